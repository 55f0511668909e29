DROP TABLE scene_turns;
DROP TABLE scene_cast;
DROP TABLE scenes;

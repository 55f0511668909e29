DROP TABLE voice_sounds;

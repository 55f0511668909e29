DROP TRIGGER switches_changed ON ai_switches;
DROP FUNCTION troupe_switches_changed();
DROP TABLE ai_switch_state;

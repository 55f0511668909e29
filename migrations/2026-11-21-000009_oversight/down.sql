DROP TABLE blocks;
DROP TABLE ai_switches;
DROP TABLE audit_log;

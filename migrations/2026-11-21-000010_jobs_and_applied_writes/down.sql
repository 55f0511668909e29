DROP TABLE job_fences;
DROP FUNCTION troupe_refuse_token_fall();
DROP TABLE applied_writes;

-- Rights that were given go with the tables and functions that they are for.
DROP FUNCTION troupe_grant_running_again();
DROP FUNCTION troupe_grant_running(name);

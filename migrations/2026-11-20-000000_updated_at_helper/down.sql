-- Fails, rightly, while a table still has the trigger: undo the tables' own migrations first.
DROP FUNCTION troupe_stamp_updates(regclass);
DROP FUNCTION troupe_touch_updated_at();

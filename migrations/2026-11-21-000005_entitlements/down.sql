DROP TABLE user_entitlements;
DROP FUNCTION troupe_user_changed();
DROP TABLE premium_entitlements;

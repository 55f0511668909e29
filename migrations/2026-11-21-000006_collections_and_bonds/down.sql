DROP TABLE bond_state;
DROP TABLE rolls;
DROP FUNCTION troupe_refuse_roll_change();
DROP TABLE roll_state;
DROP TABLE character_owned_styles;
DROP TRIGGER forget_custom_character ON character_custom_styles;
DROP FUNCTION troupe_forget_custom_character();
DROP TABLE character_user_state;

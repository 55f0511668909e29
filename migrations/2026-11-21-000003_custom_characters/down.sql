DROP TABLE character_custom_styles;

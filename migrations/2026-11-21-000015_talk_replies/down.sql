DROP TABLE talk_replies;
DROP FUNCTION troupe_longest(text[]);

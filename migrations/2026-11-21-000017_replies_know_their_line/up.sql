-- The bot's own message that shows the member's line, above the answer: it is taken away with the answer. Null where
-- there is none: the member wrote it themselves, or nobody else sees it.
ALTER TABLE talk_replies ADD COLUMN line_message_id discord_id;

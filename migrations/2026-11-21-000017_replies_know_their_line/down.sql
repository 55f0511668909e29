ALTER TABLE talk_replies DROP COLUMN line_message_id;

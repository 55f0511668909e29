DROP TABLE talk_forgotten;

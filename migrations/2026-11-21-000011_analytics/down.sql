DROP TABLE user_first_seen;
DROP TABLE analytics_daily_metrics;

DROP TABLE roll_odds;
DROP TABLE trades;
DROP FUNCTION troupe_refuse_trade_change();

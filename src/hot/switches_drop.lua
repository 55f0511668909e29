-- Takes out a kill switch that PostgreSQL had yet to be told of; where PostgreSQL has one of that field, it is put again.
--
-- KEYS[1]  the copy, as in switches_put.lua
-- ARGV     field, the channel on which a change is told
--
-- Replies 1 when it was there, else 0.

if redis.call('HDEL', KEYS[1], 'pending:' .. ARGV[1]) == 0 then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('PUBLISH', ARGV[2], 'pending')
return 1

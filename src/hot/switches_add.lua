-- Adds a kill switch that PostgreSQL has yet to be told of, unless a later one of its field is there.
--
-- KEYS[1]  the copy, as in switches_put.lua
-- ARGV     field, since when in ms, notice, the channel on which a change is told
--
-- Replies 1 when added, else 0.

local there = redis.call('HGET', KEYS[1], 'pending:' .. ARGV[1])
local since = there and tonumber(string.match(there, '^(%d+) '))
if since and since >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'pending:' .. ARGV[1], ARGV[2] .. ' ' .. ARGV[3], ARGV[1], ARGV[3])
redis.call('PUBLISH', ARGV[4], 'pending')
return 1

-- Drops a policy's copy and refuses older ones for a while.
-- KEYS: 1 the copy
-- ARGV: 1 the version that will be committed, 2 the fence's time in ms, 3 the time in ms or empty
-- Reply: 1
local now = tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local floor = tonumber(redis.call('HGET', KEYS[1], 'floor') or 0)
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'floor', math.max(floor, tonumber(ARGV[1])), 'fenced_until', now + tonumber(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1

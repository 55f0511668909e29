-- Puts a policy's copy, unless a newer one is there or a fence asks for a newer one.
-- KEYS: 1 the copy
-- ARGV: 1 version, 2 body, 3 lifetime in ms, 4 the time in ms or empty
-- Reply: 1 when put, else 0
local now = tonumber(ARGV[4])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local held = redis.call('HMGET', KEYS[1], 'version', 'floor', 'fenced_until')
local version = tonumber(ARGV[1])
if held[1] and version < tonumber(held[1]) then return 0 end
if held[2] and now < tonumber(held[3]) and version < tonumber(held[2]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'body', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1

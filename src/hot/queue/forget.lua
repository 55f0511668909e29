-- Remembers that a member was erased. KEYS: forgotten. ARGV: now, the member, how long (ms). Replies OK.

local now, life = ARGV[1], tonumber(ARGV[3])
if now == '' then
    local time = redis.call('TIME')
    now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
else
    now = tonumber(now)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - life))
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[2])
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', life))
return redis.status_reply('OK')

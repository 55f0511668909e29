-- Takes, keeps or drops a leader's lock.
--
-- KEYS[1]  the lock: a text, its owner
-- ARGV[1]  take, keep or drop
-- ARGV[2]  the owner
-- ARGV[3]  its lifetime in milliseconds; not read by drop
--
-- Replies 1, or 0 where the lock is another's, or nobody's when it is kept or dropped.

local holder = redis.call('GET', KEYS[1])

if ARGV[1] == 'take' and not holder then
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
    return 1
end
if holder ~= ARGV[2] then
    return 0
end
if ARGV[1] == 'drop' then
    redis.call('DEL', KEYS[1])
else
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 1

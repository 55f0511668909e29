-- Does this server take a write and run a script? A PING would be answered by a full or a read-only one as well.
-- KEYS[1]  the probe's key
-- ARGV[1]  what to write
-- ARGV[2]  its lifetime in milliseconds
-- Replies what was written.
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('GET', KEYS[1])

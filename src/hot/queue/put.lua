-- Takes a write in, unless it is there. ARGV: key, item, rank, kind, since, most writes.
-- Replies 'kept', 'present' or 'full'.

local key = ARGV[1]
redis.call('ZREM', dropped, key)
if redis.call('HEXISTS', items, key) == 1 then return 'present' end
if redis.call('HLEN', items) >= tonumber(ARGV[6]) then return 'full' end
redis.call('HSET', items, key, ARGV[2])
write_note(key, { rank = ARGV[3], attempts = 0, by = '', kind = ARGV[4], since = ARGV[5], reason = '' })
redis.call('ZADD', waiting, ARGV[3], key)
return 'kept'

-- Makes a write a dead letter, whether it stands here or not. ARGV: now, key, item, rank, kind, attempts, reason.
-- Replies 1, or 0 when an operator has dropped it.

local key = ARGV[2]
if redis.call('ZSCORE', dropped, key) then
    remove(key)
    return 0
end
local now = whole(time(ARGV[1]))
leave_place(key)
redis.call('HSET', items, key, ARGV[3])
write_note(key, {
    rank = ARGV[4], attempts = tonumber(ARGV[6]), by = '', kind = ARGV[5], since = now, reason = ARGV[7]
})
redis.call('ZADD', dead, now, key)
return 1

-- Keeps a lease's slots for another life, unless one of them was lost.
--
-- KEYS: the lease's record, its slots.
-- ARGV: now (empty: Redis's own time), lease, holder, the slots' life, the record's life, and for each of the slots how
--   long its key lives at least.
-- Reply: 1 kept, 0 lost (nothing changed).

local now = moment(ARGV[1])
local lease, holder, life, record_life = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local until_then = whole(now + life)

local record = redis.call('GET', KEYS[1])
if not record or holder_of(record) ~= holder then
    return 0
end
for i = 2, #KEYS do
    local ends = redis.call('ZSCORE', KEYS[i], lease)
    if not ends or tonumber(ends) <= now then
        return 0
    end
end

redis.call('PEXPIRE', KEYS[1], record_life)
for i = 2, #KEYS do
    redis.call('ZADD', KEYS[i], until_then, lease)
    live_at_least(KEYS[i], ARGV[4 + i])
end
return 1

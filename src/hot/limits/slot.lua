-- One lease's slot by itself: what a cluster keeps away from the place's keys.
--
-- KEYS: the slots.
-- ARGV: now (empty: Redis's own time), lease, its life, cap (empty: only to keep a slot that the lease holds).
-- Reply, flat: 1, slots left                                           the lease holds one
--              0, slots held, when the next becomes free (-1: none)    it does not

local now = moment(ARGV[1])
local now_text = whole(now)
local slots, lease, life, cap = KEYS[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])

local used = redis.call('ZCOUNT', slots, '(' .. now_text, '+inf')
local holds = tonumber(redis.call('ZSCORE', slots, lease) or 0) > now
if cap and holds then
    return { 1, math.max(cap - used, 0) }
end
if not holds and (not cap or used >= cap) then
    local before = math.max(used - (cap or used), 0)
    local free = redis.call('ZRANGEBYSCORE', slots, '(' .. now_text, '+inf', 'WITHSCORES', 'LIMIT', before, 1)[2]
    return { 0, used, free and tonumber(free) or -1 }
end
redis.call('ZREMRANGEBYSCORE', slots, '-inf', now_text)
redis.call('ZADD', slots, whole(now + life), lease)
if redis.call('PEXPIRE', slots, life, 'GT') == 0 then
    redis.call('PEXPIRE', slots, life, 'NX')
end
return { 1, math.max((cap or used) - used - 1, 0) }

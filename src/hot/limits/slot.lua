-- One lease's slot by itself: what a cluster keeps away from the place's keys.
--
-- KEYS: the slots.
-- ARGV: now (empty: Redis's own time), the keys' prefix, lease, holder, its life, cap (empty: only to keep a slot that
--   the lease holds), whether the line goes round the places; how long the call would wait yet (empty: not at all),
--   and if so: most who wait, its place, when it came (empty: now).
-- Reply, flat: 1, slots left                                           the lease holds one
--              0, slots held, calls in line, when the next becomes     it does not
--                 free (-1: none)
--              3, its place, of how many, when to ask again (-1: never)  in line
--              4, when to ask again (-1: never)                          the line is full

local now = moment(ARGV[1])
local now_text = whole(now)
local slots, prefix, lease, holder, life, cap = KEYS[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])

local used = redis.call('ZCOUNT', slots, '(' .. now_text, '+inf')
local holds = tonumber(redis.call('ZSCORE', slots, lease) or 0) > now
if not cap then
    if not holds then
        return { 0, used, 0, -1 }
    end
    redis.call('ZADD', slots, whole(now + life), lease)
    live_at_least(slots, life)
    return { 1, 0 }
end

local line, gone = read_line(slots, now)
local own, waiter = find_waiter(line, lease, holder)
local waiting = #line - (own and 1 or 0)
local function leave()
    if waiter then
        redis.call('ZREM', slots, waiter.member)
        if waiting > 0 then
            tell_freed(prefix)
        end
    end
end

if holds then
    return { 1, math.max(cap - used - waiting, 0) }
end
local me
local ahead, ends = waiting, nil
if ARGV[8] ~= '' then
    me = { ends = now + tonumber(ARGV[8]), place = ARGV[10], lease = lease, holder = holder }
    me.arrived = waiter and waiter.arrived or tonumber(ARGV[11]) or next_arrival(line, now)
    ahead, ends = count_ahead(line, me, ARGV[7] == '1')
end
if used + ahead >= cap then
    if not me or me.ends <= now then
        leave()
        local before = math.max(used - cap, 0)
        local free = redis.call('ZRANGEBYSCORE', slots, '(' .. now_text, '+inf', 'WITHSCORES', 'LIMIT', before, 1)[2]
        return { 0, used, waiting, free and tonumber(free) or -1 }
    end
    if not own then
        if #line >= tonumber(ARGV[9]) then
            return { 4, retry_at(slots, now, line[1] and line[1].ends) }
        end
        join_line(slots, gone, me, now)
    end
    return { 3, ahead + 1, waiting + 1, retry_at(slots, now, ends) }
end
leave()
redis.call('ZREMRANGEBYSCORE', slots, '0', now_text)
redis.call('ZADD', slots, whole(now + life), lease)
live_at_least(slots, life)
return { 1, math.max(cap - used - waiting - 1, 0) }

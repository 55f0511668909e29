-- The line for a slot: what reserve.lua, slot.lua, settle.lua, leave.lua and free.lua share.
--
-- A waiter is a member 'ENDS PLACE LEASE HOLDER' of the slots' sorted set, with a score below 0: when it came, less LINE.

local LINE = 1000000000000000

-- Those who wait, in the order of coming, and the members whose time is over.
local function read_line(slots, now)
    local line, gone = {}, {}
    local found = redis.call('ZRANGEBYSCORE', slots, '-inf', '(0', 'WITHSCORES')
    for i = 1, #found, 2 do
        local ends, place, lease, holder = string.match(found[i], '^(%d+) (%S+) (%S+) (%S+)$')
        if ends and tonumber(ends) > now then
            line[#line + 1] = {
                member = found[i], ends = tonumber(ends), place = place, lease = lease, holder = holder,
                arrived = tonumber(found[i + 1]) + LINE,
            }
        else
            gone[#gone + 1] = found[i]
        end
    end
    return line, gone
end

local function find_waiter(line, lease, holder)
    for at, waiter in ipairs(line) do
        if waiter.lease == lease and waiter.holder == holder then
            return at, waiter
        end
    end
end

-- When the next to come has come: no two have come at once.
local function next_arrival(line, now)
    local last = line[#line]
    return last and math.max(now, last.arrived + 1) or now
end

-- How many are served before `me`, who may have joined or is about to, and when the first of these gives up.
local function count_ahead(line, me, fair)
    local all = { unpack(line) }
    local own = find_waiter(all, me.lease, me.holder)
    if not own then
        own = 1
        while all[own] and all[own].arrived <= me.arrived do
            own = own + 1
        end
        table.insert(all, own, me)
    end
    local ranks, seen = {}, {}
    for at, waiter in ipairs(all) do
        local earlier = seen[waiter.place] or 0
        seen[waiter.place] = earlier + 1
        ranks[at] = fair and earlier or 0
    end
    local ahead, ends = 0, nil
    for at, waiter in ipairs(all) do
        if ranks[at] < ranks[own] or (ranks[at] == ranks[own] and at < own) then
            ahead = ahead + 1
            ends = math.min(ends or waiter.ends, waiter.ends)
        end
    end
    return ahead, ends
end

-- Lets the slots' key live at least so long.
local function live_at_least(slots, life)
    if redis.call('PEXPIRE', slots, life, 'GT') == 0 then
        redis.call('PEXPIRE', slots, life, 'NX')
    end
end

local function join_line(slots, gone, me, now)
    for _, member in ipairs(gone) do
        redis.call('ZREM', slots, member)
    end
    local member = whole(me.ends) .. ' ' .. me.place .. ' ' .. me.lease .. ' ' .. me.holder
    redis.call('ZADD', slots, whole(me.arrived - LINE), member)
    live_at_least(slots, whole(me.ends - now))
end

-- When the one who is so far behind may try again at the latest: a lease runs out, or one before it gives up.
local function retry_at(slots, now, ends)
    local next_end = redis.call('ZRANGEBYSCORE', slots, '(' .. whole(now), '+inf', 'WITHSCORES', 'LIMIT', '0', '1')[2]
    next_end = next_end and tonumber(next_end)
    return next_end and ends and math.min(next_end, ends) or next_end or ends or -1
end

-- Tells those who wait to try again (src/hot/limits/freed.rs).
local function tell_freed(prefix)
    redis.call('PUBLISH', prefix .. 'slots', 'freed')
end

-- Reserves a call: every check of a list, all or nothing.
--
-- KEYS: as in checks.lua, then the slots again, the short memory where it comes along, the lease's record.
-- ARGV: now (empty: Redis's own time), the keys' prefix, lease, holder, the slots' life, the record's life;
--   how many slots, and for each whether its line goes round the places;
--   how long the call would wait yet (empty: not at all), and if so: most who wait, its place, whether it stays in
--   line when granted, for slots elsewhere;
--   whether the memory comes along; then as in checks.lua;
--   then how many budgets are charged, and for each: which of the budgets' keys, least, most, the key's life.
-- Reply, flat:
--   1, when a call that waits came in line (below 0: it has not    granted, or granted before to the same holder
--     joined; -1: it does not wait),
--     then for each check what is left (-1: it counts nothing; a version: as in look.lua), what was charged to each
--     budget, and where it comes along how many turns, and these
--   0, the check's place (from 0), how it stands (as in look.lua)  refused; after a window: when the penalty that
--                                                                  this overrun led to ends (-1: none)
--   2                                                              asked for before by another, settled, or run out
--   3, its place, of how many, when to ask again (-1: never)       in line
--   4, when to ask again (-1: never)                               the line is full

local now = moment(text())
local now_text = whole(now)
local prefix, lease, holder, life, record_life = text(), text(), text(), text(), text()
local fair, lines, gone = {}, {}, {}
for i = 1, number() do
    fair[i] = text() == '1'
end
local me
local waits, most_waiting, stays = text(), 0, 0
if waits ~= '' then
    most_waiting = number()
    me = { ends = now + tonumber(waits), place = text(), lease = lease, holder = holder }
    stays = number()
end
local recalls = number()
local record = KEYS[#KEYS]
local stem = string.sub(record, 1, #record - #lease)

local function slots_of(i)
    return KEYS[#KEYS - 1 - recalls - #fair + i]
end

local known = redis.call('GET', record)
if known and holder_of(known) ~= holder then
    return { 2 }
end
-- The same holder asks again, because its answer got lost: nothing is refused or counted any more.
local again = known and true or false

for i = 1, #fair do
    if not again and not fair[i] then
        heal(slots_of(i), stem, prefix, now_text)
    end
    lines[i], gone[i] = read_line(slots_of(i), now)
    for _, waiter in ipairs(lines[i]) do
        if not again and waiter.lease == lease and waiter.holder ~= holder then
            return { 2 }
        end
    end
end
if me and #fair > 0 then
    local _, waiter = find_waiter(lines[1], lease, holder)
    me.arrived = waiter and waiter.arrived or next_arrival(lines[1], now)
    me.joined = waiter and true or false
end

-- Leaves the lines from that one on, and tells the others where there are some.
local function leave_lines(first)
    local left, others = false, false
    for i = first, #fair do
        local _, waiter = find_waiter(lines[i], lease, holder)
        if waiter then
            redis.call('ZREM', slots_of(i), waiter.member)
            left = true
        end
        others = others or #lines[i] > (waiter and 1 or 0)
    end
    if left and others then
        tell_freed(prefix)
    end
end

-- Whoever is refused waits no more.
local function refuse(...)
    if me then
        leave_lines(1)
    end
    return { ... }
end

-- Notes an overrun. Answers when the penalty ends that it led to, or -1.
local function strike(strikes, level, lock, most, within, first, longest, quiet)
    redis.call('ZREMRANGEBYSCORE', strikes, '-inf', now - within)
    redis.call('ZADD', strikes, 'NX', now, lease)
    redis.call('PEXPIRE', strikes, within)
    if redis.call('ZCARD', strikes) < most then
        return -1
    end
    redis.call('DEL', strikes)
    local reached = redis.call('INCR', level)
    redis.call('PEXPIRE', level, quiet)
    local length = math.min(first * 2 ^ (reached - 1), longest)
    redis.call('SET', lock, now + length .. ' ' .. reached, 'PX', length)
    return now + length
end

-- 1. Ask every check, in order.
local reply, windows, slots, lefts, room = { 1, -1 }, {}, {}, {}, {}
local blocked
for place = 0, begin_checks() - 1 do
    local kind = text()
    local left = -1
    if kind == 'absent' then
        local which, notice = read_notice(now)
        if which > 0 and not again then
            return refuse(0, place, which, notice)
        end
    elseif kind == 'version' then
        left = read_version(now)
        if left == 2 and not again then
            return refuse(0, place, left)
        end
    elseif kind == 'never' then
        if not again then
            return refuse(0, place)
        end
    elseif kind == 'window' then
        local from, limit, period, has_penalty = key(), number(), number(), number()
        local penalty = has_penalty == 1
            and { key(), key(), key(), number(), number(), number(), number(), number() }
        local floor = whole(now - period)
        local used = count_above(from, floor)
        if used >= limit and not again then
            local free = next_free(from, floor, used, limit)
            return refuse(0, place, used, free and free + period or -1, penalty and strike(unpack(penalty)) or -1)
        end
        windows[#windows + 1] = { from, floor, whole(period + 5000) }
        left = limit - used - (again and 0 or 1)
    elseif kind == 'budget' then
        local limit, amount, days = number(), number(), number()
        local today = days > 0 and KEYS[next_budget]
        local used = sum_days(days)
        if used + amount > limit and not again then
            return refuse(0, place, each_day(days))
        end
        left = limit - used
        if today then
            room[today] = math.min(room[today] or left, left)
            lefts[#reply + 1] = today
        end
    else
        local from, cap = key(), number()
        local at = #slots + 1
        local used, waiting = count_above(from, now_text), #lines[at]
        if find_waiter(lines[at], lease, holder) then
            waiting = waiting - 1
        end
        if again then
            local ends = redis.call('ZSCORE', from, lease)
            if not ends or tonumber(ends) <= now then
                return { 2 }
            end
        elseif not blocked then
            local ahead, ends = waiting, nil
            if me then
                ahead, ends = count_ahead(lines[at], me, fair[at])
            end
            if used + ahead >= cap then
                if not me or me.ends <= now then
                    local free = next_free(from, now_text, used, cap)
                    return refuse(0, place, used, waiting, free or -1)
                end
                blocked = { at = at, ahead = ahead, ends = ends }
            end
        end
        slots[at] = from
        left = cap - used - waiting - (again and 0 or 1)
    end
    reply[#reply + 1] = (kind == 'window' or kind == 'budget' or kind == 'slot') and math.max(left, 0) or left
end

-- 2. Only a slot is missing: stand in line, for that one and those before it.
if blocked then
    local from = slots_of(blocked.at)
    for i = 1, blocked.at do
        if #lines[i] >= most_waiting and not find_waiter(lines[i], lease, holder) then
            return refuse(4, retry_at(slots_of(i), now, lines[i][1] and lines[i][1].ends))
        end
    end
    for i = 1, blocked.at do
        if not find_waiter(lines[i], lease, holder) then
            join_line(slots_of(i), gone[i], me, now)
            if i == blocked.at then
                lines[i][#lines[i] + 1] = me
            end
        end
    end
    leave_lines(blocked.at + 1)
    return { 3, blocked.ahead + 1, #lines[blocked.at], retry_at(from, now, blocked.ends) }
end

-- 3. None refused: count.
local charged, charges = {}, again and charges_of(known)
local written = { holder }
for i = 1, number() do
    local budget, least, most, budget_life = KEYS[number()], number(), number(), text()
    local name = string.sub(budget, #prefix + 1)
    local amount
    if again then
        amount = charges[name] or 0
    else
        amount = math.max(math.min(most, room[budget]), least)
        add_to(budget, amount, budget_life)
        written[#written + 1] = name .. '=' .. whole(amount)
    end
    charged[i] = amount
    for place, today in pairs(lefts) do
        if today == budget and not again then
            reply[place] = math.max(reply[place] - amount, 0)
        end
    end
end
for _, amount in ipairs(charged) do
    reply[#reply + 1] = amount
end
if recalls == 1 then
    local turns = redis.call('LRANGE', KEYS[#KEYS - 1], 0, -1)
    reply[#reply + 1] = #turns
    for _, turn in ipairs(turns) do
        reply[#reply + 1] = turn
    end
end
if again then
    return reply
end

for _, window in ipairs(windows) do
    local from, floor, window_life = window[1], window[2], window[3]
    redis.call('ZREMRANGEBYSCORE', from, '-inf', floor)
    redis.call('ZADD', from, now_text, lease)
    redis.call('PEXPIRE', from, window_life)
    written[#written + 1] = string.sub(from, #prefix + 1)
end
redis.call('SET', record, table.concat(written, ' '), 'PX', record_life)
local ends = whole(now + life)
for at, from in ipairs(slots) do
    redis.call('ZREMRANGEBYSCORE', from, '0', now_text)
    redis.call('ZADD', from, ends, lease)
    -- Another's longer lease must not end with ours.
    live_at_least(from, fair[at] and life or record_life)
end
if me then
    if me.arrived then
        reply[2] = me.joined and me.arrived or -me.arrived
    end
    if stays == 0 then
        leave_lines(1)
    end
end
return reply

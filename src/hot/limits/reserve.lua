-- Reserves a call: every check of a list, all or nothing.
--
-- KEYS: as in checks.lua, then the lease's record.
-- ARGV: now (empty: Redis's own time), lease, holder, the slots' life, the record's life; then as in checks.lua;
--   then how many budgets are charged, and for each: which of the budgets' keys, amount, the key's life.
-- Reply, flat:
--   1, then for each check what is left (-1: it counts nothing)    granted, or granted before to the same holder
--   0, the check's place (from 0), how it stands (as in look.lua)  refused; after a window: when the penalty that
--                                                                  this overrun led to ends (-1: none)
--   2                                                              asked for before by another, settled, or run out

local now = moment(text())
local now_text = whole(now)
local lease, holder, life, record_life = text(), text(), text(), text()
local record = KEYS[#KEYS]

local held_by = redis.call('GET', record)
if held_by and held_by ~= holder then
    return { 2 }
end
-- The same holder asks again, because its answer got lost: nothing is refused or counted any more.
local again = held_by and true or false

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
local reply, windows, slots = { 1 }, {}, {}
for place = 0, begin_checks() - 1 do
    local kind = text()
    local left = -1
    if kind == 'absent' then
        local which, notice = read_notice(now)
        if which > 0 and not again then
            return { 0, place, which, notice }
        end
    elseif kind == 'window' then
        local from, limit, period, has_penalty = key(), number(), number(), number()
        local penalty = has_penalty == 1
            and { key(), key(), key(), number(), number(), number(), number(), number() }
        local floor = whole(now - period)
        local used = count_above(from, floor)
        if used >= limit and not again then
            local free = next_free(from, floor, used, limit)
            return { 0, place, used, free and free + period or -1, penalty and strike(unpack(penalty)) or -1 }
        end
        windows[#windows + 1] = { from, floor, whole(period + 5000) }
        left = limit - used
    elseif kind == 'budget' then
        local limit, amount, days = number(), number(), number()
        local used = sum_days(days)
        if used + amount > limit and not again then
            return { 0, place, each_day(days) }
        end
        left = limit - used - (again and 0 or amount)
    else
        local from, cap = key(), number()
        local used = count_above(from, now_text)
        if again then
            local ends = redis.call('ZSCORE', from, lease)
            if not ends or tonumber(ends) <= now then
                return { 2 }
            end
        elseif used >= cap then
            return { 0, place, used, next_free(from, now_text, used, cap) or -1 }
        end
        slots[#slots + 1] = from
        left = cap - used
    end
    if not again and (kind == 'window' or kind == 'slot') then
        left = left - 1
    end
    reply[#reply + 1] = kind == 'absent' and -1 or math.max(left, 0)
end
if again then
    return reply
end

-- 2. None refused: count.
redis.call('SET', record, holder, 'PX', record_life)
for _, window in ipairs(windows) do
    local from, floor, window_life = window[1], window[2], window[3]
    redis.call('ZREMRANGEBYSCORE', from, '-inf', floor)
    redis.call('ZADD', from, now_text, lease)
    redis.call('PEXPIRE', from, window_life)
end
for _ = 1, number() do
    local budget, amount, budget_life = KEYS[number()], text(), text()
    if amount ~= '0' and redis.call('INCRBY', budget, amount) == tonumber(amount) then
        redis.call('PEXPIRE', budget, budget_life)
    end
end
local ends = whole(now + life)
for _, from in ipairs(slots) do
    redis.call('ZREMRANGEBYSCORE', from, '-inf', now_text)
    redis.call('ZADD', from, ends, lease)
    -- Another's longer lease must not end with ours.
    if redis.call('PEXPIRE', from, life, 'GT') == 0 then
        redis.call('PEXPIRE', from, life, 'NX')
    end
end
return reply

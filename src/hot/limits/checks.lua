-- Reading a list of checks: what reserve.lua and look.lua share.
--
-- KEYS: the budgets' keys, in the order of the checks; then the other checks' keys, in their order.
-- ARGV, after the script's own: how many budgets' keys; how many checks; then each check:
--   absent  N, then N fields (0: the key holds one text)          1 key
--   version the caller's version                                  1 key
--   never                                                         no key
--   window  limit, period, has a penalty (0, 1)                   1 key
--           penalty: most, within, first, longest, quiet          3 more keys: strikes, level, lock
--   budget  limit, amount, N                                      N budgets' keys
--   slot    cap                                                   1 key
-- Times are in milliseconds. Nothing here writes.

local next_argument, next_key, next_budget = 1, 1, 1
local spent -- what each budget's key holds, read at once when the first is asked for
local budgets = 0

local function text()
    next_argument = next_argument + 1
    return ARGV[next_argument - 1]
end

local function number()
    return tonumber(text())
end

local function key()
    next_key = next_key + 1
    return KEYS[next_key - 1]
end

-- How many checks follow.
local function begin_checks()
    budgets = number()
    next_key = budgets + 1
    return number()
end

-- The first notice in force: its place (from 1) and text; 0 without.
local function read_notice(now)
    local from, fields = key(), number()
    local found
    if fields == 0 then
        found = { redis.call('GET', from) }
    else
        local names = {}
        for i = 1, fields do
            names[i] = text()
        end
        found = redis.call('HMGET', from, unpack(names))
    end
    for place, notice in ipairs(found) do
        if notice then
            local ends = tonumber(string.match(notice, '^(%d+) '))
            if not ends or ends == 0 or ends > now then
                return place, notice
            end
        end
    end
    return 0
end

-- What a policy's copy says of the caller's version: 0 the newest, 1 unknown, 2 stale.
local function read_version(now)
    local held = redis.call('HMGET', key(), 'version', 'body', 'floor', 'fenced_until')
    local version = text()
    if held[3] and now < tonumber(held[4]) and tonumber(version) < tonumber(held[3]) then
        return 2
    end
    if not held[2] then
        return 1
    end
    return held[1] == version and 0 or 2
end

-- How many members have a score above `floor`, a text.
local function count_above(from, floor)
    return redis.call('ZCOUNT', from, '(' .. floor, '+inf')
end

-- The score at which, of `used` above `floor`, the next place within `limit` becomes free; nil for none.
local function next_free(from, floor, used, limit)
    local before = whole(math.max(used - limit, 0))
    local score = redis.call('ZRANGEBYSCORE', from, '(' .. floor, '+inf', 'WITHSCORES', 'LIMIT', before, '1')[2]
    return score and tonumber(score)
end

-- What all budgets' keys hold, less what is `void` of it, by key.
local function read_budgets(void)
    spent = redis.call('MGET', unpack(KEYS, 1, budgets))
    for i = 1, budgets do
        spent[i] = math.max((tonumber(spent[i] or 0) or 0) - (void[KEYS[i]] or 0), 0)
    end
end

-- What was used on the next `days` together.
local function sum_days(days)
    if not spent then
        read_budgets({})
    end
    local used = 0
    for i = next_budget, next_budget + days - 1 do
        used = used + spent[i]
    end
    next_budget = next_budget + days
    return used
end

-- What was used on each of the `days` that were summed last.
local function each_day(days)
    return unpack(spent, next_budget - days, next_budget - 1)
end

-- How each of a list of checks stands. Writes nothing.
--
-- KEYS and ARGV: now (empty: Redis's own time), then as in checks.lua.
-- Reply, flat, for each check:
--   absent  0, or the notice's place and its text
--   window  calls in it, when the next place becomes free (-1: none)
--   budget  what was used on each day
--   slot    slots held, when the next becomes free (-1: none)

local now = moment(text())
local reply = {}

local function say(...)
    for _, value in ipairs({ ... }) do
        reply[#reply + 1] = value
    end
end

local function say_counted(from, floor, limit, after)
    local used = count_above(from, floor)
    local free = next_free(from, floor, used, limit)
    say(used, free and free + after or -1)
end

for _ = 1, begin_checks() do
    local kind = text()
    if kind == 'absent' then
        say(read_notice(now))
    elseif kind == 'window' then
        local from, limit, period, has_penalty = key(), number(), number(), number()
        if has_penalty == 1 then
            next_key, next_argument = next_key + 3, next_argument + 5
        end
        say_counted(from, whole(now - period), limit, period)
    elseif kind == 'budget' then
        next_argument = next_argument + 2
        local days = number()
        sum_days(days)
        say(each_day(days))
    else
        say_counted(key(), whole(now), number(), 0)
    end
end
return reply

-- How each of a list of checks stands, as if abandoned leases had been taken back (heal.lua). Writes nothing.
--
-- KEYS: as in checks.lua, then the slots again whose abandoned leases count no more.
-- ARGV: now (empty: Redis's own time), the keys' prefix, how many such slots, for each the name of its leases' records
--   without the lease; then as in checks.lua.
-- Reply, flat, for each check:
--   absent  0, or the notice's place and its text
--   version 0 the newest, 1 unknown, 2 stale
--   never   nothing
--   window  calls in it, when the next place becomes free (-1: none)
--   budget  what was used on each day
--   slot    slots held, calls in line, when the next becomes free (-1: none)

local now = moment(text())
local prefix = text()
local reply = {}

-- What abandoned leases count for: in budgets how much, in windows which leases, by key.
local void, gone = {}, {}
local stems = number()
for i = 1, stems do
    local stem = text()
    for _, lease in ipairs(read_abandoned(KEYS[#KEYS - stems + i], whole(now))) do
        local record = read_counted(stem, lease)
        if record then
            for key, amount in pairs(charges_of(record)) do
                void[prefix .. key] = (void[prefix .. key] or 0) + amount
            end
            for _, window in ipairs(windows_of(record)) do
                gone[prefix .. window] = gone[prefix .. window] or {}
                gone[prefix .. window][lease] = true
            end
        end
    end
end

local function say(...)
    for _, value in ipairs({ ... }) do
        reply[#reply + 1] = value
    end
end

local function say_counted(from, floor, limit, after)
    local scores = {}
    local found = redis.call('ZRANGEBYSCORE', from, '(' .. floor, '+inf', 'WITHSCORES')
    for i = 1, #found, 2 do
        if not (gone[from] and gone[from][found[i]]) then
            scores[#scores + 1] = tonumber(found[i + 1])
        end
    end
    local free = scores[math.max(#scores - limit, 0) + 1]
    say(#scores, free and free + after or -1)
end

local checks = begin_checks()
if budgets > 0 then
    read_budgets(void)
end
for _ = 1, checks do
    local kind = text()
    if kind == 'absent' then
        say(read_notice(now))
    elseif kind == 'version' then
        say(read_version(now))
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
    elseif kind == 'slot' then
        local from, cap = key(), number()
        local used = count_above(from, whole(now))
        say(used, #read_line(from, now), next_free(from, whole(now), used, cap) or -1)
    end
end
return reply

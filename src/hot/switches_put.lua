-- Puts PostgreSQL's kill switches in place of the copy, unless the copy is of a newer version.
--
-- KEYS[1]  the copy: a hash of version; of each switch's field with its notice; and of pending:FIELD with
--          `SINCE NOTICE` for each switch that PostgreSQL has yet to be told of
-- ARGV[1]  version
-- ARGV[2]  the channel on which a change is told
-- ARGV[3]  how many switches; then each: field, since when in ms, notice
-- then     how many pending ones; then each, likewise: put where there is no copy at all
--
-- Replies 0 when the copy is newer, 1 when nothing changed, 2 when something did.

local held, all = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do held[all[i]] = all[i + 1] end
local known, version = tonumber(held.version), tonumber(ARGV[1])
if known and version < known then return 0 end
local changed = known ~= version

local at = 3
local function switches()
    local list = {}
    for _ = 1, tonumber(ARGV[at]) do
        list[#list + 1] = { field = ARGV[at + 1], since = tonumber(ARGV[at + 2]), notice = ARGV[at + 3] }
        at = at + 3
    end
    at = at + 1
    return list
end

local wanted, since, pending = {}, {}, {}
for _, switch in ipairs(switches()) do
    wanted[switch.field], since[switch.field] = switch.notice, switch.since
end
for field, text in pairs(held) do
    local of = string.match(field, '^pending:(.*)$')
    if of then
        local began, notice = string.match(text, '^(%d+) (.*)$')
        if began then pending[of] = { since = tonumber(began), notice = notice } end
    end
end
for _, switch in ipairs(switches()) do
    local there = pending[switch.field]
    if not known and not (there and there.since >= switch.since) then
        pending[switch.field] = switch
        redis.call('HSET', KEYS[1], 'pending:' .. switch.field, string.format('%.0f ', switch.since) .. switch.notice)
        changed = true
    end
end
for field, switch in pairs(pending) do
    if since[field] and since[field] >= switch.since then
        redis.call('HDEL', KEYS[1], 'pending:' .. field)
        changed = true
    else
        wanted[field] = switch.notice
    end
end

-- Of the same version only what is missing is put: what has ended may be gone for one process and not for another.
if changed then
    for field in pairs(held) do
        if not wanted[field] and field ~= 'version' and string.sub(field, 1, 8) ~= 'pending:' then
            redis.call('HDEL', KEYS[1], field)
        end
    end
end
for field, notice in pairs(wanted) do
    if held[field] ~= notice then
        redis.call('HSET', KEYS[1], field, notice)
        changed = true
    end
end
if not changed then return 1 end
redis.call('HSET', KEYS[1], 'version', ARGV[1])
redis.call('PUBLISH', ARGV[2], ARGV[1])
return 2

-- What every script of the queue begins with.
--
-- KEYS: waiting, later, taken, dead (sorted sets), items, notes (hashes), dropped (sorted set).
-- A write stands in exactly one of the first four: in `waiting` by its rank, in `later` by when it is due, in
-- `taken` by when its taker's time is over, in `dead` by when it died. `items` has the write itself, `notes` has
-- `rank|attempts|taker|kind|since|reason`. Times are milliseconds since 1970.

local waiting, later, taken, dead, items, notes, dropped = unpack(KEYS)

local function time(argument)
    if argument ~= '' then return tonumber(argument) end
    local now = redis.call('TIME')
    return tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
end

local function whole(number) return string.format('%.0f', number) end

local function note_of(key)
    local text = redis.call('HGET', notes, key)
    if not text then return nil end
    local rank, attempts, by, kind, since, reason = string.match(text, '^(%d+)|(%d+)|([^|]*)|([^|]*)|(%d+)|(.*)$')
    return { rank = rank, attempts = tonumber(attempts), by = by, kind = kind, since = since, reason = reason }
end

local function write_note(key, note)
    local fields = { note.rank, whole(note.attempts), note.by, note.kind, note.since, note.reason }
    redis.call('HSET', notes, key, table.concat(fields, '|'))
end

local function leave_place(key)
    for _, place in ipairs({ waiting, later, taken, dead }) do redis.call('ZREM', place, key) end
end

local function remove(key)
    leave_place(key)
    redis.call('HDEL', notes, key)
    return redis.call('HDEL', items, key)
end

-- How many writes stand where, and since when the oldest of them waits. ARGV: how many of each place to look at for
-- the latter. Replies { waiting, later, taken, dead, since or 0 }.

local oldest = 0
for _, place in ipairs({ waiting, later, taken }) do
    for _, key in ipairs(redis.call('ZRANGE', place, 0, tonumber(ARGV[1]) - 1)) do
        local note = note_of(key)
        if note and (oldest == 0 or tonumber(note.since) < oldest) then oldest = tonumber(note.since) end
    end
end
local function count(place) return redis.call('ZCARD', place) end
return { count(waiting), count(later), count(taken), count(dead), oldest }

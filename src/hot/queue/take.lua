-- Takes the most urgent writes that are due. ARGV: now, taker, most writes, most bytes, time for them (ms), most
-- writes to bring back from elsewhere.
-- Replies a list of { key, item, attempts, since }; at least one where any is due, whatever its size.

local now, by = time(ARGV[1]), ARGV[2]
local most_bytes, life, batch = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

local function bring_back(place, failed)
    for _, key in ipairs(redis.call('ZRANGEBYSCORE', place, '-inf', whole(now), 'LIMIT', 0, batch)) do
        redis.call('ZREM', place, key)
        local note = note_of(key)
        if note then
            if failed then
                note.attempts = note.attempts + 1
                note.reason = 'its process ended in the middle'
            end
            note.by = ''
            write_note(key, note)
            redis.call('ZADD', waiting, note.rank, key)
        end
    end
end

bring_back(taken, true)
bring_back(later, false)

local replies, bytes = {}, 0
for _, key in ipairs(redis.call('ZRANGE', waiting, 0, tonumber(ARGV[3]) - 1)) do
    local item, note = redis.call('HGET', items, key), note_of(key)
    if not item or not note then
        remove(key)
    else
        bytes = bytes + #item
        if #replies > 0 and bytes > most_bytes then break end
        redis.call('ZREM', waiting, key)
        redis.call('ZADD', taken, whole(now + life), key)
        note.by = by
        write_note(key, note)
        replies[#replies + 1] = { key, item, note.attempts, tonumber(note.since) }
    end
end
return replies

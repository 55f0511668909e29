-- Makes a dead letter, or a write that waits for its next try, due now. ARGV: now, key.
-- Replies 1, or 0 when it stands in neither place.

local key, note = ARGV[2], note_of(ARGV[2])
if not note then return 0 end
if redis.call('ZREM', dead, key) + redis.call('ZREM', later, key) == 0 then return 0 end
note.attempts, note.by, note.since = 0, '', whole(time(ARGV[1]))
write_note(key, note)
redis.call('ZADD', waiting, note.rank, key)
return 1

-- Gives a taken write back, to be tried again later. ARGV: now, key, taker, delay (ms), attempts, reason.
-- Replies 1, or 0 when this taker no longer has it.

local key, note = ARGV[2], note_of(ARGV[2])
if not note or note.by ~= ARGV[3] or redis.call('ZREM', taken, key) == 0 then return 0 end
note.by, note.attempts, note.reason = '', tonumber(ARGV[5]), ARGV[6]
write_note(key, note)
redis.call('ZADD', later, whole(time(ARGV[1]) + tonumber(ARGV[4])), key)
return 1

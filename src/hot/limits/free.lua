-- Frees one lease's slot by itself: what a cluster keeps away from the place's keys.
--
-- KEYS: the slots.
-- ARGV: now (empty: Redis's own time), the keys' prefix, lease.
-- Reply: 1 when it held one. Who waits is told.

if redis.call('ZREM', KEYS[1], ARGV[3]) == 0 then
    return 0
end
if #read_line(KEYS[1], moment(ARGV[1])) > 0 then
    tell_freed(ARGV[2])
end
return 1

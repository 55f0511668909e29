-- Takes a day's counters out of counting, as a batch.
--
-- KEYS[1]  the counters: a hash of numbers by metric
-- KEYS[2]  the batch; of the same slot
--
-- Replies the batch's metrics and numbers in turn; none where there were no counters. A batch that is there
-- already is only read: its first answer got lost.

if redis.call('EXISTS', KEYS[2]) == 0 and redis.call('EXISTS', KEYS[1]) == 1 then
    redis.call('RENAME', KEYS[1], KEYS[2])
end
return redis.call('HGETALL', KEYS[2])

-- Adds to the counters of a place's day.
--
-- KEYS[1]  the counters: a hash of numbers by metric
-- ARGV[1]  their lifetime in milliseconds
-- ARGV[2], ARGV[3], ...  a metric and by how much, and so on
--
-- Replies OK.

for at = 2, #ARGV, 2 do
    redis.call('HINCRBY', KEYS[1], ARGV[at], ARGV[at + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return redis.status_reply('OK')

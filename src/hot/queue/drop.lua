-- Drops a write for good, here and in the file of whichever process has it too. ARGV: now, key, how long that is
-- remembered (ms). Replies whether it stood here.

local now, life = time(ARGV[1]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', dropped, '-inf', whole(now - life))
redis.call('ZADD', dropped, whole(now), ARGV[2])
redis.call('PEXPIRE', dropped, whole(life))
return remove(ARGV[2])

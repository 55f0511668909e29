-- Where writes stand. ARGV: their keys. Replies a letter each: w(aiting), l(ater), t(aken), d(ead), x (dropped),
-- or - when they are unknown.

local function standing(key)
    if redis.call('ZSCORE', dropped, key) then return 'x' end
    if redis.call('ZSCORE', waiting, key) then return 'w' end
    if redis.call('ZSCORE', later, key) then return 'l' end
    if redis.call('ZSCORE', taken, key) then return 't' end
    if redis.call('ZSCORE', dead, key) then return 'd' end
    return '-'
end

local replies = {}
for n, key in ipairs(ARGV) do replies[n] = standing(key) end
return table.concat(replies)

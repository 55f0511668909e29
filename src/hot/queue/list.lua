-- A page of the writes in one place. ARGV: its letter (w, l, t, d), how many to skip, how many at most, 1 to have the
-- items too. Replies a list of { key, note, item or '' }.

local places = { w = waiting, l = later, t = taken, d = dead }
local first = tonumber(ARGV[2])
local replies = {}
for _, key in ipairs(redis.call('ZRANGE', places[ARGV[1]], first, first + tonumber(ARGV[3]) - 1)) do
    local note = redis.call('HGET', notes, key)
    if note then
        local item = ARGV[4] == '1' and redis.call('HGET', items, key) or ''
        replies[#replies + 1] = { key, note, item or '' }
    end
end
return replies

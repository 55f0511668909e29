-- Adds, revises or drops one turn of a short memory; then trims whole turns, oldest first, while over a cap.
--
-- KEYS[1]  the turns: a list of JSON texts, oldest first, each beginning {"interaction":"<digits>","count":<digits>,
-- ARGV[1]  add, revise or drop
-- ARGV[2]  the turn's interaction
-- The rest is for add and revise:
-- ARGV[3]  the turn; it fits the caps by itself
-- ARGV[4]  most lines
-- ARGV[5]  most bytes
-- ARGV[6]  the list's lifetime in milliseconds
--
-- Replies 1, or 0 where nothing was done: the turn to add was there before, the one to revise or drop was not.

local turns = redis.call('LRANGE', KEYS[1], 0, -1)
local found
for at, turn in ipairs(turns) do
    if string.match(turn, '^{"interaction":"(%d+)"') == ARGV[2] then
        found = at
        break
    end
end

if (ARGV[1] == 'add') == (found ~= nil) then
    return 0
end
if ARGV[1] == 'drop' then
    redis.call('LREM', KEYS[1], 1, turns[found])
    return 1
end
if ARGV[1] == 'add' then
    redis.call('RPUSH', KEYS[1], ARGV[3])
    turns[#turns + 1] = ARGV[3]
else
    redis.call('LSET', KEYS[1], found - 1, ARGV[3])
    turns[found] = ARGV[3]
end

-- From the newest back, as many as fit.
local lines, bytes, kept = 0, 0, 0
for at = #turns, 1, -1 do
    lines = lines + tonumber(string.match(turns[at], '^{"interaction":"%d+","count":(%d+)'))
    bytes = bytes + #turns[at]
    if lines > tonumber(ARGV[4]) or bytes > tonumber(ARGV[5]) then
        break
    end
    kept = kept + 1
end
if kept == 0 then
    redis.call('DEL', KEYS[1])
    return 1
end
redis.call('LTRIM', KEYS[1], -kept, -1)
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 1

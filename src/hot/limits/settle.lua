-- Ends a lease, once.
--
-- KEYS: the lease's record; the charged budgets; the slots; when it is given back, the windows.
-- ARGV: holder, lease, what becomes of the record (the text that it holds from now on; empty: it goes);
--   how many budgets, and for each: what is added (below 0: taken back), the key's life.
-- Reply: 0 no such lease of this holder, 1 done, 2 done before.

local holder, lease, becomes = ARGV[1], ARGV[2], ARGV[3]
local held_by = redis.call('GET', KEYS[1])
if held_by ~= holder then
    return held_by == 'done' and 2 or 0
end
if becomes == '' then
    redis.call('DEL', KEYS[1])
else
    redis.call('SET', KEYS[1], becomes, 'KEEPTTL')
end

local budgets = tonumber(ARGV[4])
for i = 1, budgets do
    local budget, added, life = KEYS[1 + i], tonumber(ARGV[3 + 2 * i]), ARGV[4 + 2 * i]
    if added ~= 0 then
        local sum = redis.call('INCRBY', budget, added)
        if sum <= 0 then
            redis.call('DEL', budget)
        elseif sum == added then
            redis.call('PEXPIRE', budget, life)
        end
    end
end
for i = budgets + 2, #KEYS do
    redis.call('ZREM', KEYS[i], lease)
end
return 1

-- Ends a lease, once; and changes a short memory by the way, however the lease stands.
--
-- KEYS: the lease's record; the charged budgets; the slots; when it is given back, the windows; the memory, if any.
-- ARGV: now (empty: Redis's own time), the keys' prefix, holder, lease,
--   how long the record lives from now on (empty: it goes, and nobody is told of the slots);
--   how many budgets, and for each: what was used, the key's life; how many slots;
--   change_memory's arguments after the key (memory.lua), if any.
-- Reply: 0 no such lease of this holder, 1 done, 2 done before.

local now, prefix, holder, lease, known_for = moment(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local budgets = tonumber(ARGV[6])
local slots = tonumber(ARGV[7 + 2 * budgets])
local after = 8 + 2 * budgets
local sets_end = #KEYS
if ARGV[after] then
    change_memory(KEYS[#KEYS], unpack(ARGV, after))
    sets_end = #KEYS - 1
end

local record = redis.call('GET', KEYS[1])
if record == 'done' then
    return 2
end
if not record or holder_of(record) ~= holder then
    return 0
end
if known_for == '' then
    redis.call('DEL', KEYS[1])
else
    redis.call('SET', KEYS[1], 'done', 'PX', known_for)
end

-- By the record, not by the holder's memory: what was taken back as abandoned is not taken back twice.
local charges = charges_of(record)
for i = 1, budgets do
    local budget, used, life = KEYS[1 + i], tonumber(ARGV[5 + 2 * i]), ARGV[6 + 2 * i]
    add_to(budget, used - (charges[string.sub(budget, #prefix + 1)] or 0), life)
end
local others = false
for i = budgets + 2, sets_end do
    local freed = redis.call('ZREM', KEYS[i], lease) == 1
    if freed and i <= budgets + 1 + slots then
        others = others or #read_line(KEYS[i], now) > 0
    end
end
if others and known_for ~= '' then
    tell_freed(prefix)
end
return 1

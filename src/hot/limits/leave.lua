-- Leaves lines.
--
-- KEYS: slots.
-- ARGV: now (empty: Redis's own time), the keys' prefix, lease, holder.
-- Reply: how many lines were left. Where others wait they are told.

local now, prefix, lease, holder = moment(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local left, others = 0, false
for _, slots in ipairs(KEYS) do
    local line = read_line(slots, now)
    local _, waiter = find_waiter(line, lease, holder)
    if waiter then
        left = left + redis.call('ZREM', slots, waiter.member)
    end
    others = others or #line > (waiter and 1 or 0)
end
if left > 0 and others then
    tell_freed(prefix)
end
return left

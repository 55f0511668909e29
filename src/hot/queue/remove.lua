-- Removes writes, wherever they stand. ARGV: their keys. Replies how many there were.

local removed = 0
for _, key in ipairs(ARGV) do removed = removed + remove(key) end
return removed

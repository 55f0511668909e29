-- Adds, revises or drops one turn of a short memory; then trims whole turns, oldest first, while over a cap.
--
-- key          the turns: a list of JSON texts, oldest first, each beginning {"interaction":"<digits>","count":<digits>,
-- how          add, revise or drop
-- interaction  the turn's
-- The rest is for add and revise:
-- turn_text    the turn; it fits the caps by itself
-- most_lines   most lines
-- most_bytes   most bytes
-- life         the list's lifetime in milliseconds
--
-- Gives 1, or 0 where nothing was done: the turn to add was there before, the one to revise or drop was not.

local function change_memory(key, how, interaction, turn_text, most_lines, most_bytes, life)
    local turns = redis.call('LRANGE', key, 0, -1)
    local found
    for at, turn in ipairs(turns) do
        if string.match(turn, '^{"interaction":"(%d+)"') == interaction then
            found = at
            break
        end
    end

    if (how == 'add') == (found ~= nil) then
        return 0
    end
    if how == 'drop' then
        redis.call('LREM', key, 1, turns[found])
        return 1
    end
    if how == 'add' then
        redis.call('RPUSH', key, turn_text)
        turns[#turns + 1] = turn_text
    else
        redis.call('LSET', key, found - 1, turn_text)
        turns[found] = turn_text
    end

    -- From the newest back, as many as fit.
    local lines, bytes, kept = 0, 0, 0
    for at = #turns, 1, -1 do
        lines = lines + tonumber(string.match(turns[at], '^{"interaction":"%d+","count":(%d+)'))
        bytes = bytes + #turns[at]
        if lines > tonumber(most_lines) or bytes > tonumber(most_bytes) then
            break
        end
        kept = kept + 1
    end
    if kept == 0 then
        redis.call('DEL', key)
        return 1
    end
    redis.call('LTRIM', key, -kept, -1)
    redis.call('PEXPIRE', key, life)
    return 1
end

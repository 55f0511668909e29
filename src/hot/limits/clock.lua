-- Milliseconds since 1970: the argument, or Redis's own time where that is empty.
-- (As texts they have 13 digits, and Lua writes numbers of up to 14 digits exactly.)
local function moment(argument)
    if argument ~= '' then
        return tonumber(argument)
    end
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end

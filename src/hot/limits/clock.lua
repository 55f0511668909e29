-- Milliseconds since 1970: the argument, or Redis's own time where that is empty.
local function moment(argument)
    if argument ~= '' then
        return tonumber(argument)
    end
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A whole number as text. (Redis writes a number that it is given by a script as a fraction, exactly but slowly.)
local function whole(number)
    return string.format('%d', number)
end

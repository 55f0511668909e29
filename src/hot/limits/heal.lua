-- A lease's record (src/hot/limits/record.rs), and taking back what abandoned leases count for.
--
-- The keys that a record names lie in the place's slot of a cluster, as the record does.

local function holder_of(record)
    return string.match(record, '^%S+')
end

-- What the record's lease was charged, by key without the prefix.
local function charges_of(record)
    local charges = {}
    for key, amount in string.gmatch(record, ' ([^ =]+)=(%d+)') do
        charges[key] = tonumber(amount)
    end
    return charges
end

-- Budgets hold only what is above 0: what was given back leaves nothing behind.
local function add_to(budget, added, life)
    if added == 0 then
        return
    end
    local sum = redis.call('INCRBY', budget, whole(added))
    if sum <= 0 then
        redis.call('DEL', budget)
    elseif life and sum == added then
        redis.call('PEXPIRE', budget, life)
    end
end

-- The leases of these slots that ran out, some at a time.
local function read_abandoned(slots, now_text)
    return redis.call('ZRANGEBYSCORE', slots, '0', now_text, 'LIMIT', '0', '100')
end

-- The record of a lease that ran out, if anything is counted for it yet; `stem` is its name without the lease.
local function read_counted(stem, lease)
    local record = redis.call('GET', stem .. lease)
    return record and record ~= 'done' and record or nil
end

-- The windows of a record, by key without the prefix.
local function windows_of(record)
    local windows = {}
    for part in string.gmatch(record, ' (%S+)') do
        if not string.find(part, '=', 1, true) then
            windows[#windows + 1] = part
        end
    end
    return windows
end

-- Takes back what the leases of these slots that ran out count for.
local function heal(slots, stem, prefix, now_text)
    for _, lease in ipairs(read_abandoned(slots, now_text)) do
        redis.call('ZREM', slots, lease)
        local record = read_counted(stem, lease)
        if record then
            for key, amount in pairs(charges_of(record)) do
                add_to(prefix .. key, -amount)
            end
            for _, window in ipairs(windows_of(record)) do
                redis.call('ZREM', prefix .. window, lease)
            end
            redis.call('SET', stem .. lease, holder_of(record), 'KEEPTTL')
        end
    end
end

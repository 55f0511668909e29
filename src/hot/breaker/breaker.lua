-- A provider's breaker: how its latest calls ended, whether it is open, and who tries it again.
--
-- KEYS[1]  the breaker: a hash of slot, ok, failed, ok_before, failed_before; until, streak; probe, probe_until
-- ARGV[1]  report, probe or verdict
-- ARGV[2]  the time in ms, or empty
-- ARGV[3]  the channel on which openings and closings are told, with the provider's name as ARGV[4]
-- ARGV[5]  the rules, in ms where they are times: slot, least calls, first pause, longest pause, a probe's time, life
-- ARGV[11] report: calls that went well; probe and verdict: who probes
-- ARGV[12] report: calls that failed; verdict: ok, failed, or none
--
-- Replies {0} for closed, {1, ms left} for open, {2, ms left to whoever probes, or 0} for half-open, and to a probe
-- {3} when it is the asker's.

local now = tonumber(ARGV[2])
if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local slot_time, least = tonumber(ARGV[5]), tonumber(ARGV[6])
local first, longest, probe_time = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])

local held = redis.call('HMGET', KEYS[1], 'until', 'streak', 'probe', 'probe_until')
local ends, streak = tonumber(held[1] or 0), tonumber(held[2] or 0)
local holder, probe_ends = held[3], tonumber(held[4] or 0)

local function whole(number)
    return string.format('%.0f', number)
end

local function tell(left)
    redis.call('PUBLISH', ARGV[3], whole(left) .. ' ' .. ARGV[4])
end

local function open()
    local pause = math.min(first * 2 ^ math.min(streak, 30), longest)
    redis.call('DEL', KEYS[1])
    redis.call('HSET', KEYS[1], 'until', whole(now + pause), 'streak', whole(streak + 1))
    redis.call('PEXPIRE', KEYS[1], ARGV[10])
    tell(pause)
    return { 1, pause }
end

local function standing()
    if ends == 0 then return { 0 } end
    if now < ends then return { 1, ends - now } end
    return { 2, holder and math.max(probe_ends - now, 0) or 0 }
end

local function report(ok, failed)
    if ends ~= 0 or ok + failed == 0 then return standing() end
    local slot = math.floor(now / slot_time)
    local counts = redis.call('HMGET', KEYS[1], 'slot', 'ok', 'failed', 'ok_before', 'failed_before')
    for i = 1, 5 do counts[i] = tonumber(counts[i] or 0) end
    local ok_before, failed_before = 0, 0
    if counts[1] == slot then
        ok, failed = ok + counts[2], failed + counts[3]
        ok_before, failed_before = counts[4], counts[5]
    elseif counts[1] == slot - 1 then
        ok_before, failed_before = counts[2], counts[3]
    end
    local all, bad = ok + failed + ok_before + failed_before, failed + failed_before
    if tonumber(ARGV[12]) > 0 and all >= least and bad * 2 >= all then return open() end
    redis.call('HSET', KEYS[1], 'slot', whole(slot), 'ok', whole(ok), 'failed', whole(failed),
        'ok_before', whole(ok_before), 'failed_before', whole(failed_before))
    redis.call('PEXPIRE', KEYS[1], ARGV[10])
    return { 0 }
end

local function probe(asker)
    if ends == 0 or now < ends then return standing() end
    if holder and holder ~= asker and now < probe_ends then return standing() end
    redis.call('HSET', KEYS[1], 'probe', asker, 'probe_until', whole(now + probe_time))
    redis.call('PEXPIRE', KEYS[1], ARGV[10])
    return { 3 }
end

local function verdict(asker, outcome)
    if holder ~= asker then return standing() end
    if outcome == 'failed' then return open() end
    if outcome == 'ok' then
        redis.call('DEL', KEYS[1])
        tell(0)
        return { 0 }
    end
    redis.call('HDEL', KEYS[1], 'probe', 'probe_until')
    holder = nil
    return standing()
end

if ARGV[1] == 'report' then return report(tonumber(ARGV[11]), tonumber(ARGV[12])) end
if ARGV[1] == 'probe' then return probe(ARGV[11]) end
return verdict(ARGV[11], ARGV[12])

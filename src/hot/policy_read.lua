-- Reads a policy's copy, unless the reader has that very version.
-- KEYS: 1 the copy
-- ARGV: 1 the reader's version, or -1
-- Reply: {} without a copy, {version} when it is the reader's, else {version, body}
local held = redis.call('HMGET', KEYS[1], 'version', 'body')
if not held[2] then return {} end
if held[1] == ARGV[1] then return {held[1]} end
return held

// The counting of one limit lives in two keys that Redis changes together:
//   KEYS[1], a hash: for each bucket of customers one packed string of 15 bytes a customer (8 its code, see `codesOf`, 7 the
//     microsecond of its newest send, both big-endian), plus `generation`, `used` and `made` (by Redis's clock, in seconds).
//     A bucket is named by the last 14 bits
//     of the code, two bytes. Packed like this a customer takes about 40 bytes; a member of a sorted set takes a hundred.
//   KEYS[2], a sorted set: of each bucket a time at which its first customer was sent to, or an earlier one, so nobody is
//     counted too long and few buckets are read in vain. Its member at infinity names the generation again.
// A counting without a name, with two different ones, or with that of a Redis that was started anew since (it may have
// forgotten its last second) must be counted anew from PostgreSQL. So must one that is old when it would refuse somebody: places
// of processes that died before they claimed a message are in it, and nobody else gives them back.

/** Customers of a bucket stand one behind the other, each in so many bytes. */
export const ENTRY_BYTES = 15;

/** How long after it was made a counting may refuse customers. */
export const RECOUNT_AFTER_SECONDS = 600;

const COUNTING = `
local counts, leaving = KEYS[1], KEYS[2]
local byte, char, part, search = string.byte, string.char, string.sub, string.find
local function runId()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
end
local function alive()
  local named = redis.call('HGET', counts, 'generation')
  if not named or not redis.call('ZSCORE', leaving, named) then return false end
  local run = runId()
  if part(named, 2, #run + 1) ~= run then return false end
  return named
end
local function used()
  return tonumber(redis.call('HGET', counts, 'used') or '0')
end
local function isOld()
  local made = tonumber(redis.call('HGET', counts, 'made') or '0')
  return math.abs(tonumber(redis.call('TIME')[1]) - made) >= ${RECOUNT_AFTER_SECONDS}
end
local function forget()
  redis.call('DEL', counts, leaving)
  return {}
end
-- The bucket of the code that begins at a place of a string.
local function bucketOf(codes, at)
  local high, low = byte(codes, at + 6, at + 7)
  return char(high % 64, low)
end
local function find(packed, code)
  local at = search(packed, code, 1, true)
  while at and (at - 1) % 15 ~= 0 do at = search(packed, code, at + 1, true) end
  return at
end
local function soonest(packed)
  local first = nil
  for at = 9, #packed, 15 do
    local time = part(packed, at, at + 6)
    if not first or time < first then first = time end
  end
  return (struct.unpack('>I7', first))
end
local function keep()
  redis.call('PEXPIRE', counts, 172800000)
  redis.call('PEXPIRE', leaving, 172800000)
end
-- Forgets who was sent to at the cutoff or before.
local function sweep(cutoff)
  local due = redis.call('ZRANGEBYSCORE', leaving, '-inf', cutoff)
  if #due == 0 then return end
  local last, gone = struct.pack('>I7', cutoff), 0
  for _, bucket in ipairs(due) do
    local packed, kept = redis.call('HGET', counts, bucket) or '', {}
    for at = 1, #packed, 15 do
      if part(packed, at + 8, at + 14) > last then
        kept[#kept + 1] = part(packed, at, at + 14)
      else
        gone = gone + 1
      end
    end
    if #kept == 0 then
      redis.call('HDEL', counts, bucket)
      redis.call('ZREM', leaving, bucket)
    else
      packed = table.concat(kept)
      redis.call('HSET', counts, bucket, packed)
      redis.call('ZADD', leaving, soonest(packed), bucket)
    end
  end
  if gone > 0 then redis.call('HINCRBY', counts, 'used', -gone) end
end
-- The nth send in order of time that somebody counts from, in microseconds; '' where there are not so many.
local function nthSend(nth)
  local times, place = {}, 0
  while true do
    local bound = redis.call('ZRANGE', leaving, place, place, 'WITHSCORES')
    if not bound[1] or #bound[1] > 2 then break end
    -- Only a limit that was lowered by much asks for a late one; sorting at each bucket would cost more than reading all.
    if nth <= 50 and #times >= nth then
      table.sort(times)
      if times[nth] <= tonumber(bound[2]) then break end
    end
    local packed = redis.call('HGET', counts, bound[1])
    local first = soonest(packed)
    if first > tonumber(bound[2]) then
      redis.call('ZADD', leaving, first, bound[1])
    else
      for at = 9, #packed, 15 do times[#times + 1] = struct.unpack('>I7', packed, at) end
      place = place + 1
    end
  end
  table.sort(times)
  return times[nth] and string.format('%.0f', times[nth]) or ''
end
-- The send after whose day there is room for one more, or where there is room, after whose day there is more.
local function nextRoom(taken, cap, most)
  local nth = cap >= 0 and taken > cap and taken - cap + 1 or 1
  return most and nth > most and '' or nthSend(nth)
end
-- Buckets of the codes in a string by name, and the name of each code's.
local function read(codes)
  local buckets, names, named = {}, {}, {}
  for at = 1, #codes, 8 do
    local bucket = bucketOf(codes, at)
    named[#named + 1] = bucket
    if not buckets[bucket] then
      buckets[bucket] = ''
      names[#names + 1] = bucket
    end
  end
  for from = 1, #names, 1000 do
    for i, packed in ipairs(redis.call('HMGET', counts, unpack(names, from, math.min(from + 999, #names)))) do
      buckets[names[from + i - 1]] = packed or ''
    end
  end
  return buckets, named
end
-- Writes buckets; firsts names those that may have got a first customer, each with its time.
local function write(buckets, changed, firsts)
  local pairs = {}
  for bucket in next, changed do
    pairs[#pairs + 1] = bucket
    pairs[#pairs + 1] = buckets[bucket]
    if #pairs >= 2000 then
      redis.call('HSET', counts, unpack(pairs))
      pairs = {}
    end
  end
  if #pairs > 0 then redis.call('HSET', counts, unpack(pairs)) end
  pairs = {}
  for bucket, time in next, firsts do
    pairs[#pairs + 1] = time
    pairs[#pairs + 1] = bucket
    if #pairs >= 2000 then
      redis.call('ZADD', leaving, 'LT', unpack(pairs))
      pairs = {}
    end
  end
  if #pairs > 0 then redis.call('ZADD', leaving, 'LT', unpack(pairs)) end
end
`;

/**
 * KEYS; ARGV: now and cutoff in microseconds, cap (-1: none), codes of different customers in one string.
 *
 * @returns nothing where nobody counted yet, or too long ago to refuse somebody; else generation, used, the send after whose
 *   day there is room ('' unless somebody was refused), a sign for each code (`+` a new place, `=` counted before, `-` refused), then index (from 0)
 *   and mark of each whose mark is not `now`
 */
export const RESERVE = `${COUNTING}
local named = alive()
if not named then return {} end
local now, cap, codes = tonumber(ARGV[1]), tonumber(ARGV[3]), ARGV[4]
sweep(tonumber(ARGV[2]))
local before = used()
local taken, full = before, false
local buckets, bucketsOf = read(codes)
local changed, firsts = {}, {}
local time = struct.pack('>I7', now)
local signs, answer = {}, {named, '', '', ''}
for at = 1, #codes, 8 do
  local code, bucket = part(codes, at, at + 7), bucketsOf[(at + 7) / 8]
  local packed = buckets[bucket]
  local known = find(packed, code)
  local sign = '-'
  if known then
    sign = '='
    local last, mine = part(packed, known + 8, known + 14), time
    -- Each reservation has a mark of its own, so it can be told from those after it.
    if last >= time then
      local later = struct.unpack('>I7', last) + 1
      mine = struct.pack('>I7', later)
      answer[#answer + 1] = tostring((at - 1) / 8)
      answer[#answer + 1] = string.format('%.0f', later)
    end
    buckets[bucket] = part(packed, 1, known + 7) .. mine .. part(packed, known + 15)
    changed[bucket] = true
  elseif cap < 0 or taken < cap then
    sign = '+'
    taken = taken + 1
    buckets[bucket] = packed .. code .. time
    changed[bucket] = true
    firsts[bucket] = ARGV[1]
  else
    full = true
  end
  signs[#signs + 1] = sign
end
if full and isOld() then return forget() end
write(buckets, changed, firsts)
if taken ~= before then redis.call('HSET', counts, 'used', taken) end
keep()
answer[2] = tostring(taken)
if full then answer[3] = nextRoom(taken, cap) end
answer[4] = table.concat(signs)
return answer`;

/**
 * KEYS; ARGV: cutoff in microseconds, cap (-1: none), codes in one string, and if need be after how many leaving customers
 * it is not worth looking for room.
 *
 * @returns nothing where nobody counted yet, or too long ago to say that there is no room; else generation, used, the send
 *   after whose day there is (more) room or '',
 *   then the mark of each code, '' for one who does not count
 */
export const LOOK = `${COUNTING}
local named = alive()
if not named then return {} end
sweep(tonumber(ARGV[1]))
local taken, cap = used(), tonumber(ARGV[2])
if cap >= 0 and taken >= cap and isOld() then return forget() end
local answer = {named, tostring(taken), nextRoom(taken, cap, tonumber(ARGV[4] or ''))}
local codes = ARGV[3]
local buckets, bucketsOf = read(codes)
for at = 1, #codes, 8 do
  local packed = buckets[bucketsOf[(at + 7) / 8]]
  local known = find(packed, part(codes, at, at + 7))
  answer[#answer + 1] = known and string.format('%.0f', (struct.unpack('>I7', packed, known + 8))) or ''
end
return answer`;

/** KEYS; ARGV: generation, codes in one string, the mark of each. Frees the places whose mark is still the same. */
export const RELEASE = `${COUNTING}
if alive() ~= ARGV[1] then return 0 end
local codes, freed = ARGV[2], 0
local buckets, bucketsOf = read(codes)
local changed = {}
for at = 1, #codes, 8 do
  local code, bucket = part(codes, at, at + 7), bucketsOf[(at + 7) / 8]
  local packed = buckets[bucket]
  local known = find(packed, code)
  if known and struct.unpack('>I7', packed, known + 8) == tonumber(ARGV[3 + (at - 1) / 8]) then
    buckets[bucket] = part(packed, 1, known - 1) .. part(packed, known + 15)
    changed[bucket] = true
    freed = freed + 1
  end
end
for bucket in next, changed do
  if buckets[bucket] == '' then
    redis.call('HDEL', counts, bucket)
    redis.call('ZREM', leaving, bucket)
    changed[bucket] = nil
  end
end
write(buckets, changed, {})
if freed > 0 then redis.call('HINCRBY', counts, 'used', -freed) end
return freed`;

/**
 * KEYS; ARGV: generation, or '' for a counting that is being made; codes in one string, the time of each in microseconds.
 * Counts every customer at least from that time on, whatever the limit: it has happened.
 */
export const CONFIRM = `${COUNTING}
if ARGV[1] ~= '' and alive() ~= ARGV[1] then return 0 end
local codes, added = ARGV[2], 0
local buckets, bucketsOf = read(codes)
local changed, firsts = {}, {}
for at = 1, #codes, 8 do
  local code, bucket = part(codes, at, at + 7), bucketsOf[(at + 7) / 8]
  local packed = buckets[bucket]
  local known = find(packed, code)
  local micros = ARGV[3 + (at - 1) / 8]
  local time = struct.pack('>I7', tonumber(micros))
  if not known then
    added = added + 1
    buckets[bucket] = packed .. code .. time
    changed[bucket] = true
    if not firsts[bucket] or tonumber(micros) < tonumber(firsts[bucket]) then firsts[bucket] = micros end
  elseif part(packed, known + 8, known + 14) < time then
    buckets[bucket] = part(packed, 1, known + 7) .. time .. part(packed, known + 15)
    changed[bucket] = true
  end
end
write(buckets, changed, firsts)
if added > 0 then redis.call('HINCRBY', counts, 'used', added) end
keep()
return added`;

/**
 * KEYS[1], KEYS[2], then the same two of a counting that was made from PostgreSQL, and the lock of who makes one; ARGV: whose
 * lock it is. The lock is from before PostgreSQL was read: where it is gone, so may be what others counted since.
 *
 * @returns the generation in force, or '' if this one came to nothing
 */
export const BEGIN = `${COUNTING}
if redis.call('GET', KEYS[5]) ~= ARGV[1] then
  redis.call('DEL', KEYS[3], KEYS[4])
  return ''
end
local named = alive()
if not named then
  named = '#' .. runId() .. ARGV[1]
  redis.call('DEL', counts, leaving)
  if redis.call('EXISTS', KEYS[3], KEYS[4]) == 2 then
    redis.call('RENAME', KEYS[3], counts)
    redis.call('RENAME', KEYS[4], leaving)
  end
  redis.call('HSET', counts, 'generation', named, 'made', redis.call('TIME')[1])
  redis.call('ZADD', leaving, '+inf', named)
  keep()
end
redis.call('DEL', KEYS[3], KEYS[4], KEYS[5])
return named`;

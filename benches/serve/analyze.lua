-- Requests for wrk: comments of about 400 bytes, each another one, as a client of Perspective sends them.
-- Arguments: milliseconds between the requests of a connection (0 for none), and an API key if one is asked for.

local words = {
  "the", "council", "bridge", "closed", "again", "people", "think", "money", "road", "nobody", "asked", "really", "should",
  "article", "wrong", "thanks", "years", "before", "idiots", "nonsense", "better", "please", "read", "plan", "city",
}
local pause, query, state = 0, "", 12345

-- Numbers that look random, and are the same every time.
local function next_number(below)
  state = (state * 1103515245 + 12345) % 2147483648
  return math.floor(state / 65536) % below + 1
end

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("state", 12345 + threads * 7919)
end

function init(arguments)
  pause = tonumber(arguments[1] or "0")
  if arguments[2] then query = "?key=" .. arguments[2] end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local text, length = {}, 0
  while length < 400 do
    local word = words[next_number(#words)]
    text[#text + 1] = word
    length = length + #word + 1
  end
  local body = '{"comment":{"text":"' .. table.concat(text, " ") .. '."},"languages":["en"],'
    .. '"requestedAttributes":{"TOXICITY":{}}}'
  return wrk.format(nil, "/v1alpha1/comments:analyze" .. query, nil, body)
end

function delay()
  return pause
end

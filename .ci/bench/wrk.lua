-- What wrk is told and tells: `wrk -s wrk.lua URL -- SCENE FILE FIRST PAUSE` prints its figures as a line of JSON.
-- SCENE is `get`; or `walk`, which asks for the paths in FILE one after the other, from line FIRST on and again from
-- the first; or `post`, which posts the form in FILE with {n} in it counted up from FIRST. Between two requests of a
-- connection lie PAUSE milliseconds, give or take half of them, where it is not 0.
local lines, count = {}, 0

function init(arguments)
  local scene, file, pause = arguments[1] or "get", arguments[2], tonumber(arguments[4] or "0")
  count = tonumber(arguments[3] or "0")
  if pause > 0 then
    function delay() return pause / 2 + math.random(0, pause) end
  end
  if scene == "get" then return end
  for line in io.lines(file) do lines[#lines + 1] = line end
  if scene == "post" then
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  end
  function request()
    count = count + 1
    if scene == "walk" then return wrk.format(nil, lines[(count - 1) % #lines + 1]) end
    return wrk.format(nil, nil, nil, (lines[1]:gsub("{n}", tostring(count))))
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "p50_ms": %.4f, "p99_ms": %.4f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end

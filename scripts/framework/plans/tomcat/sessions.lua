-- SPDX-License-Identifier: BSD-2-Clause
--
-- For wrk: each thread asks one Tomcat of those in LOAD_TARGETS, in sessions
-- that it goes on with by their cookies, and counts what comes back; LOAD_RESULT
-- names the file that is written in the end.

local threads = {}

-- Before the threads begin.
function setup(thread)
	local targets = {}
	local target, host, port

	for target in os.getenv("LOAD_TARGETS"):gmatch("%S+") do
		targets[#targets + 1] = target
	end
	target = targets[#threads % #targets + 1]
	host, port = target:match("^(.*):(%d+)$")
	thread.addr = wrk.lookup(host:gsub("[%[%]]", ""), port)[1]
	thread:set("target", target)
	thread:set("pool", tonumber(os.getenv("LOAD_POOL")))
	threads[#threads + 1] = thread
end

-- In each thread.
function init(args)
	wrk.headers["Host"] = target
	without = wrk.format("GET", "/count.jsp")
	with = {}
	turn, good, bad, sessions = 0, 0, 0, 0
end

-- Its sessions take turns; as long as there are too few, one more is begun.
function request()
	turn = turn % pool + 1
	return with[turn] or without
end

function response(status, headers, body)
	local name, value, cookie

	if status == 200 then
		good = good + 1
	else
		bad = bad + 1
	end
	for name, value in pairs(headers) do
		if name:lower() == "set-cookie" then
			cookie = value:match("^JSESSIONID=[^;]+")
		end
	end
	if cookie then
		sessions = sessions + 1
		wrk.headers["Cookie"] = cookie
		with[(sessions - 1) % pool + 1] = wrk.format("GET", "/count.jsp")
	end
end

function done(summary, latency, requests)
	local file = assert(io.open(os.getenv("LOAD_RESULT"), "w"))
	local lost = summary.errors.connect + summary.errors.read +
	    summary.errors.write + summary.errors.timeout
	local opened = 0

	file:write(string.format("seconds %.3f\n", summary.duration / 1e6))
	for _, thread in ipairs(threads) do
		file:write(string.format("node %s %d %d\n", thread:get("target"),
		    thread:get("good"), thread:get("bad")))
		opened = opened + thread:get("sessions")
	end
	file:write(string.format("unanswered %d\nsessions %d\n", lost, opened))
	for _, part in ipairs({50, 90, 99}) do
		file:write(string.format("latency %d%% %.2f\n", part,
		    latency:percentile(part) / 1e3))
	end
	file:close()
end

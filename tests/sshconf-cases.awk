# SPDX-License-Identifier: BSD-2-Clause
# Write COUNT configurations for ssh into the directory DIR, the same ones for
# the same SEED: N.conf with its N-inc-*.conf, and N.args, one argument a line,
# the host last.  About one in twelve has a mistake in it.

function random(n)	# 0 to n - 1; the same everywhere, unlike rand()
{
	state = (state * 16807) % 2147483647
	return int(state / 65536) % n
}

function pick(list,	part, n)
{
	n = split(list, part, "|")
	return part[1 + random(n)]
}

function chance(percent)
{
	return random(100) < percent
}

# The same word in another case now and then.
function spell(word)
{
	return chance(15) ? toupper(word) : chance(15) ? tolower(word) : word
}

# A word, quoted if it must be and sometimes if it need not.
function quoted(word)
{
	if (word ~ /[ #]/ || chance(10))
		return chance(70) ? "\"" word "\"" : "'" word "'"
	return word
}

function patterns(	text, n)
{
	for (n = 1 + random(3); n > 0; n--)
		text = text " " (chance(20) ? "!" : "") \
		    quoted(pick(host_patterns))
	return substr(text, 2)
}

# A comma list for Match.
function pattern_list(choices,	text, n)
{
	for (n = 1 + random(2); n > 0; n--)
		text = text "," (chance(20) ? "!" : "") pick(choices)
	return substr(text, 2)
}

function one_criterion(	what)
{
	what = pick("host|originalhost|user|localuser|exec|exec|final" \
	    "|canonical")
	if (what == "final" || what == "canonical")
		return what
	if (what == "exec")
		return what " \"" pick(commands) "\""
	if (what ~ /host/)
		return what (chance(20) ? "=" : " ") \
		    pattern_list(host_patterns)
	return what " " pattern_list(user_patterns)
}

function match_line(	text, n)
{
	if (chance(10))
		return (chance(30) ? "!" : "") "all"
	for (n = 1 + random(3); n > 0; n--)
		text = text " " (chance(25) ? "!" : "") one_criterion()
	return substr(text, 2) (chance(5) ? " all" : "")
}

function option_line(	i, value)
{
	i = 1 + random(options)
	value = pick(values[i])
	if (value ~ /^=/)	# taken as it stands
		value = substr(value, 2)
	else if (value !~ /[ "'\\]/)
		value = quoted(value)
	return spell(keyword[i]) pick(" | | |\t|=| = |  ") value
}

function block(file, lines)
{
	if (chance(60))
		print spell("Host") pick(" |=|\t") patterns() > file
	else
		print spell("Match") " " match_line() > file
	for (; lines > 0; lines--) {
		if (chance(8))
			print pick("|# a comment|   |\t# Host web1") > file
		print pick("|  |\t") option_line() > file
	}
}

function include(name)
{
	return pick("\"" dir "/" name ".conf\"|" dir "/" name "*.conf|" \
	    dir "/" name ".co?f " dir "/no-such-*")
}

function config(name, depth,	file, n, inner)
{
	file = dir "/" name ".conf"
	for (n = random(3); n > 0; n--)
		print option_line() > file
	for (n = 1 + random(5); n > 0; n--) {
		if (chance(70))
			block(file, 1 + random(5))
		if (depth < 3 && chance(25)) {
			inner = name "-inc-" ++included
			config(inner, depth + 1)
			print "  Include " include(inner) > file
		}
	}
	if (depth == 0 && chance(8))
		print pick(mistakes) > file
	printf "" > file
	close(file)
}

function arguments(file,	n)
{
	if (chance(20))
		print "-l\n" pick("deploy|alice|root") > file
	if (chance(20))
		print "-p\n" pick("22|2222|65535") > file
	for (n = random(4); n > 0; n--)
		print "-o\n" option_line() > file
	print pick(hosts) > file
	close(file)
}

BEGIN {
	state = seed
	hosts = "web1|web2|WEB1|web2.example.com|db-01|10.0.0.7|127.1|::1" \
	    "|fe80:0::0:1|x|a.b.c.example.com|1.2.3"
	host_patterns = "*|web*|web?|WEB*|web1|*.example.com|db-0?|10.0.*" \
	    "|127.*|::1|*:*|none|?|*b*|web2.example.com|x"
	user_patterns = "root|deploy|alice|al*|*|nobody|?oot|ROOT"
	commands = "true|false|test %h = web1|test %p = 22|test %r = alice" \
	    "|test '%n' = web2|test %u = root|exit 3|test %h != %n" \
	    "|test $(expr length %k%l%L%d%i%%) -gt 20"
	mistakes = "NoSuchKeyword yes|Port|Port 0|Port 65536|Port http s" \
	    "|Compression maybe|User a b|User \"|Match host" \
	    "|Match sideways x|Match all host x|IdentityFile \"\"" \
	    "|Ciphers rot13|MACs +nonsense|ConnectTimeout soon" \
	    "|UserKnownHostsFile none x|SendEnv A=B|SetEnv A|ProxyJump a,,b" \
	    "|ServerAliveCountMax -1|StrictHostKeyChecking perhaps" \
	    "|IdentityAgent ${NO_SUCH_VARIABLE_HERE}|HostName %q" \
	    "|UserKnownHostsFile ~/%z|ControlPath ~nosuchuser/x" \
	    "|ConnectionAttempts 0|Match !all x|LocalForward 80" \
	    "|Include \"\"|RekeyLimit 3|PermitRemoteOpen a" \
	    "|EscapeChar ab|IPQoS fast|Tunnel maybe|TunnelDevice x" \
	    "|CanonicalDomains -x|StreamLocalBindMask 999"
}

# The input is keywords and values: KEYWORD|VALUE|VALUE...
!/^#/ && NF {
	keyword[++options] = substr($0, 1, index($0, "|") - 1)
	values[options] = substr($0, index($0, "|") + 1)
}

END {
	for (i = 1; i <= count; i++) {
		included = 0
		config(i, 0)
		arguments(dir "/" i ".args")
	}
}

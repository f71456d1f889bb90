# SPDX-License-Identifier: BSD-2-Clause
# -G prints what ssh -G prints.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# Lists of algorithms differ by what either side has, and some settings by who
# built ssh: Debian has defaults of its own for three.
settings() {
	sed -E '/^(gssapi.*|forwardx11trusted|ipqos) /d
	    /^(ciphers|macs|kexalgorithms|casignaturealgorithms) /d
	    /^(hostkeyalgorithms|hostbasedacceptedalgorithms) /d
	    /^pubkeyacceptedalgorithms /d' "$@" | sort
}

same_as_ssh() {	# HOST [FLAG...]
	local host=$1

	shift
	ssh -G -F "${CONFIG:-$FLEET/ssh_config}" "$@" "$host" >theirs
	exits 0 cpssh -G ${1:+-x "$*"} -H "$host"
	diff <(settings theirs) <(settings out)
}

@test "for hosts of the fleet" {
	same_as_ssh web1
	same_as_ssh db7 -p 12 -l me
	same_as_ssh elsewhere.example.com
	same_as_ssh 127.0.0.1
}

@test "for nothing but defaults" {
	: >config
	use_config "$T/config"
	same_as_ssh example.com
}

@test "for a configuration with all sorts of words" {
	config 'Host a* !ab' 'HostName %h.example.com' 'User "in quotes"' \
	    'Host *' 'ConnectTimeout 2m' 'ServerAliveInterval 1h' \
	    'Match host *.example.com user in*' 'Port 2200' \
	    "IdentityFile ~/.ssh/%r@%h" 'SendEnv A B*' 'SetEnv X=1' \
	    'ProxyJump me@gate:99' 'StrictHostKeyChecking accept-new' \
	    'RekeyLimit 1G 1h' 'LogLevel DEBUG1' 'ControlPersist 5'
	same_as_ssh abc
	same_as_ssh ab
	same_as_ssh xyz
}

@test "visits nobody, and takes hosts from every list" {
	exits 0 cpssh -G -H "127.0.0.1:$(refused_port)"
	printf 'web1\nweb2\n' | exits 0 cpssh -G -h -
	out_counts 2 '^hostname 127.0.0.1$'
}

# SPDX-License-Identifier: BSD-2-Clause
# -x and -X: ssh's own flags.

# shellcheck disable=SC2016  # the remote shell expands
load lib

prints() {	# LINE ARGUMENT...
	local line=$1

	shift
	exits 0 cpssh -G -H web1 "$@"
	out_has "^$line\$"
}

@test "flags that carry a value" {
	prints 'port 77' -x '-p 77'
	prints 'port 77' -X -p77
	prints 'port 77' -X -p -X 77
	prints 'user me' -x '-l me'
	prints 'user me' -x '-o User=me'
	prints 'user me' -x '-oUser=me'
	prints 'user me' -X -o -X 'User me'
	prints "identityfile $T/k" -x "-i $T/k"
	prints 'proxyjump gate' -x '-J gate'
}

@test "flags that carry none, clustered too" {
	prints 'addressfamily inet' -x -4
	prints 'addressfamily inet6' -x -6
	prints 'forwardagent yes' -x -A
	prints 'forwardagent no' -x -a -O ForwardAgent=no
	prints 'compression yes' -x -C
	prints 'compression yes' -x -qC4
	prints 'requesttty force' -x -tt
	prints 'requesttty true' -x -t
	prints 'requesttty false' -x -T
	exits 0 cpssh -x '-q -v' -H web1 true
}

@test "-x is split as a shell would, -X is not" {
	prints 'setenv A=x y' -x "-o 'SetEnv \"A=x y\"'"
	prints 'setenv A=x y' -X -o -X 'SetEnv "A=x y"'
}

@test "-F names the configuration" {
	exits 0 "$CPSSH" -x "-F $FLEET/ssh_config" -H web1 true
}

@test "both share one list in the order of the command line" {
	prints 'port 1' -x '-p 1' -X -p2
	prints 'port 2' -X -p2 -x '-p 1'
}

@test "an unknown flag is wrong usage" {
	exits 2 cpssh -x -N -H web1 true
	err_has '-N'
	exits 2 cpssh -x 'word' -H web1 true
	err_has 'word'
	exits 2 cpssh -x "-o 'unfinished" -H web1 true
}

# SPDX-License-Identifier: BSD-2-Clause
# A server whose questions are odd, or hostile.

load lib
load accounts

# asks_start MODE...: asksshd; `bad MODE` is its host:port, what it was told is
# in $T/told.
asks_start() {
	local mode port

	: >"$FLEET/bad"
	mkfifo modes
	"$TESTBIN/asksshd" -k "$KEYS/host_ed25519" "$@" >modes 2>told \
	    </dev/null 3>&- &
	remember $!
	while read -r mode port; do
		echo "$mode $port" >>"$FLEET/bad"
		know_host "$port" ed25519 >>"$FLEET/known_hosts"
	done <modes
	rm modes
	edit_config 's/IdentityFile .*/IdentityFile none/'
}

told_is() { is told "$1" 'what the server was told'; }

@test "a password, and rounds that ask nothing" {
	asks_start right
	exits 0 with_password -H "$(bad right)" true
	told_is "right keyboard-interactive $PASSWORD"
	err_is ''
}

@test "a wrong one, where both methods are offered: once" {
	asks_start both
	exits 4 with_password -H "$(bad both)" true
	told_is "both keyboard-interactive $PASSWORD"
	says 'tried keyboard-interactive: the password is wrong, or'
	exits 4 with_password -H "$(bad both)" \
	    -O PreferredAuthentications=password,keyboard-interactive true
	says 'tried password: the password is wrong, or'
	exits 4 with_password -O PreferredAuthentications=password \
	    -H "$(bad both)" true
	[ "$(wc -l <told)" = 3 ]
}

@test "the password is told once, however often it is asked for" {
	asks_start often
	exits 4 with_password -H "$(bad often)" true
	told_is "often keyboard-interactive $PASSWORD"
	says 'login refused: the host asks "Password:"'
}

@test "a host that asks nothing for ever is left" {
	asks_start nothing
	exits 4 with_password -H "$(bad nothing)" true
	says 'the host asks on and on, last "patience"'
}

@test "more than a password at a time: nothing is told" {
	asks_start pair name many
	exits 4 with_password -H "$(bad pair) $(bad name) $(bad many)" true
	out_has 'the host asks "Code:"; that is only answered where there is one'
	out_has 'the host asks "Your name:"'
	told_is ''
}

@test "with one host the user answers, and sees what may be seen" {
	asks_start pair name
	typing '4711\n' ': Code: ' with_password --no-progress \
	    -H "$(bad pair)" true
	ends 0
	out_lacks '4711'
	told_is "pair keyboard-interactive $PASSWORD
pair keyboard-interactive 4711"
	: >told
	typing 'alice\n' ': Your name: ' with_password --no-progress \
	    -H "$(bad name)" true
	ends 0
	out_has 'Your name: alice'
	told_is "name keyboard-interactive alice
name keyboard-interactive $PASSWORD"
}

@test "what the host says steers no terminal and stays short" {
	asks_start ugly
	exits 4 with_password -v -H "$(bad ugly)" true
	out_lacks '[\e\a]'
	err_lacks '[\e\a]'
	err_lacks '^(FAKE|web9)'
	out_has 'the host asks "\\x1b\[2JFAKE'
	[ "$(wc -L <out)" -lt 1000 ]
	[ "$(wc -l <out)" = 1 ]
	begin_typing with_password --no-progress -H "$(bad ugly)" true
	wait_until 20 has_line 'FAKE' out
	printf '\n' >&"$TYPIST"
	exec {TYPIST}>&-
	ends 4
	out_lacks '\e\[2J|\e\]|\a'
	out_has '^127.0.0.1:\d+: \\x1b\]0;title\\x07 web9: SUCCESS: \\x1b\[2JFAKE'
	[ "$(wc -c <out)" -lt 3000 ]
}

@test "a new password is wanted: one clear line" {
	asks_start change
	exits 4 with_password -H "$(bad change)" true
	out_has 'login refused: the password has expired: log in with ssh and change it$'
	told_is "change password $PASSWORD"
}

@test "silence once it has the password: the clock" {
	asks_start hang
	exits 4 with_password --connect-timeout 4 -H "$(bad hang)" true
	says 'timed out during login'
	told_is "hang keyboard-interactive $PASSWORD"
}

@test "it hangs up once it has the password" {
	asks_start close
	exits 4 with_password -H "$(bad close)" true
	says 'login refused: .*(closed|reset).* after keyboard-interactive'
	told_is "close keyboard-interactive $PASSWORD"
}

# SPDX-License-Identifier: BSD-2-Clause
# Where the password is while it is needed, and that it is nowhere afterwards.

# shellcheck disable=SC2016  # the remote shell expands
# shellcheck disable=SC2030,SC2031  # a test's variables are its own
load lib
load accounts

setup_file() {
	accounts_need
	accounts_new
	accounts_start 'LogLevel VERBOSE' 'PasswordAuthentication yes'
}

# places PID: where the password is in the process' memory: the mapping's
# addresses, a line each time.
places() {
	perl -e '
		my ($pid, $text) = @ARGV;
		open(my $maps, "<", "/proc/$pid/maps") or die "maps: $!";
		open(my $mem, "<:raw", "/proc/$pid/mem") or die "mem: $!";
		while (<$maps>) {
			/^(\w+)-(\w+) r\S* .*?(\[v\w+\])?$/ or next;
			next if $3;
			my $place = "$1-$2\n";
			my ($from, $at, $end) = (hex($1), hex($1), hex($2));
			sysseek($mem, $at, 0) or next;
			my $data = "";
			while ($at < $end && sysread($mem, $data, $end - $at,
			    length($data))) {
				$at = $from + length($data);
			}
			print $place while $data =~ /\Q$text\E/g;
		}' "$1" "$PASSWORD"
}
holds() { places "$1" | wc -l; }

# The rest of it would do harm as well, and the first bytes of freed memory are
# soon others.
holds_half() {
	local PASSWORD=${PASSWORD:$((${#PASSWORD} / 4))}

	holds "$1"
}

needs_plain() {
	! sanitized || skip "a sanitizer has more memory than can be read"
}

# begin_waiting COMMAND...: with a password from a file; the remote command has
# begun on all hosts, and ends when $REMOTE/gate is opened.
begin_waiting() {
	password_file
	mkfifo -m 666 "$REMOTE/gate"
	begin cpssh --no-progress --password-file password "$@" \
	    "echo x >>$REMOTE/begun; read x <$REMOTE/gate"
}
all_begun() { [ "$(wc -l <"$REMOTE/begun")" = "$1" ]; }

@test "once all are in, it is nowhere in our memory: password" {
	needs_plain
	begin_waiting -H 'alice@web1 bob@web2'
	wait_until 20 all_begun 2
	[ "$(holds "$BEGUN")" = 0 ]
	[ "$(holds_half "$BEGUN")" = 0 ]
}

# So long that memory of its size is seldom used again.
@test "the same: keyboard-interactive" {
	needs_plain
	PASSWORD="open $(printf '%03d' {1..130})"
	accounts_new
	echo 'auth required pam_unix.so' >"$ACCOUNTS/pam"
	echo 'account required pam_unix.so' >>"$ACCOUNTS/pam"
	accounts_start 'UsePAM yes' 'KbdInteractiveAuthentication yes'
	begin_waiting -H 'alice@web1 bob@web2'
	wait_until 20 all_begun 2
	[ "$(holds "$BEGUN")" = 0 ]
	[ "$(holds_half "$BEGUN")" = 0 ]
}

@test "the same: typed" {
	needs_plain
	mkfifo -m 666 "$REMOTE/gate"
	typing "$PASSWORD\n" 'password: ' cpssh -A --no-progress -H web1 \
	    "echo x >>$REMOTE/begun; read x <$REMOTE/gate"
	wait_until 20 all_begun 1
	pid=$(descendants "$BEGUN" | head -n 1)
	[ "$(cat "/proc/$pid/comm")" = cpssh ]
	[ "$(holds_half "$pid")" = 0 ]
}

@test "the same: with compression" {
	needs_plain
	begin_waiting -O Compression=yes -H 'alice@web1 bob@web2'
	wait_until 20 all_begun 2
	[ "$(holds_half "$BEGUN")" = 0 ]
}

# A host that never lets us in: the password is still wanted.
begin_held() {
	bad_start silent
	password_file
	begin "$@" "$CPSSH" -F "$FLEET/ssh_config" -v --no-progress \
	    --connect-timeout 60 --password-file "$T/password" \
	    -H "web1 $(bad silent)" true
	wait_until 20 has_line 'SUCCESS' out
}

@test "while a host may want it, it is there once, and in no core file" {
	needs_plain
	ulimit -c unlimited
	begin_held
	[ "$(holds "$BEGUN")" = 1 ]
	finds '^Max core file size +0 +0 ' "/proc/$BEGUN/limits"
	# what is not dumped has the flag dd
	sed -n "/^$(places "$BEGUN") /,/^VmFlags/p" "/proc/$BEGUN/smaps" >map
	finds '^VmFlags:.* dd( |$)' map
	kill -QUIT "$BEGUN"
	ends 131
	run ! ls -d core*
}

@test "it is in no argument, no environment, no output, no message" {
	begin_held
	run ! grep -qaF sesame "/proc/$BEGUN/cmdline"
	run ! grep -qaF sesame "/proc/$BEGUN/environ"
	kill -TERM "$BEGUN"
	ends 143
	out_lacks sesame
	err_lacks sesame
}

@test "another process of the same user cannot look" {
	needs_plain
	echo "$PASSWORD" >password
	chmod 600 password
	chown "$LOGIN" password
	begin_held setpriv --reuid "$LOGIN" --regid "$LOGIN" --clear-groups
	[ "$(stat -c %u "/proc/$BEGUN/mem")" = 0 ]
	run ! as_login cat "/proc/$BEGUN/environ"
	run ! as_login head -c 1 "/proc/$BEGUN/maps"
}

@test "programs that we run do not have it" {
	needs_plain
	config "Match exec \"sleep 61\""
	password_file
	begin cpssh --no-progress --password-file password -H web1 true
	wait_until 20 child_runs
	pid=$(descendants "$BEGUN" | head -n 1)
	[ "$(holds "$pid")" = 0 ]
	run ! grep -qaF sesame "/proc/$pid/environ"
	kill -TERM "$BEGUN"
	ends 143
}
# Before it has become another program, it has what we have.
child_runs() {
	[ "$(cat "/proc/$(descendants "$BEGUN" | head -n 1)/comm")" = sleep ]
}

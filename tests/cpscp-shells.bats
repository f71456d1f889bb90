# SPDX-License-Identifier: BSD-2-Clause
# cpscp on hosts with other shells and other tools.

load lib
load copy

setup_file() { :; }

# shellcheck disable=SC2016,SC1003  # nothing is to be expanded

# What there is to copy, and one round of it: new, over the old, preserved.
round() {
	local names name

	mkdir -p t/sub/deep t/shut
	names=("it's" $'new\nline' $'\x80\xff\x88' '-r' 'a b' '$x' '!1' '\\')
	for name in "${names[@]}"; do
		echo "$name" >"t/$name"
		echo "$name" >"t/sub/$name"
		exits 0 cpscp -H web1 "t/$name" "$REMOTE/$name"
		exits 0 cpscp -H web1 "t/$name" "$REMOTE/$name"
		cmp "t/$name" "$REMOTE/$name"
	done
	echo x >t/sub/deep/x
	echo x >t/shut/x
	chmod 755 t/sub/deep/x
	chmod 555 t/shut
	printf '%0200d' 0 >"t/$(printf '%0200d' 0)"
	: >t/zero
	touch -d '2001-02-03 04:05:06' t/sub/* t/* t
	exits 0 cpscp -r -H web1 t "$REMOTE"
	same_trees
	rm -rf "$REMOTE/t/shut"
	exits 0 cpscp -r -H web1 t "$REMOTE"
	same_trees
	rm -rf "$REMOTE/t"
	exits 0 cpscp -r --preserve -H web1 t "$REMOTE"
	same_trees
	diff <(cd t && find . -printf '%p %m %Ts\n' | sort) \
	    <(cd "$REMOTE/t" && find . -printf '%p %m %Ts\n' | sort)
	exits 4 cpscp -H web1 t/zero "$REMOTE/t/sub/deep/x/y"
	truncate -s 2G large
	exits 3 cpscp -t 1 -H web1 large "$REMOTE/large"
	[ ! -e "$REMOTE/large" ]
	leaves_nothing
}

same_trees() {
	diff -r t "$REMOTE/t"
	diff <(cd t && find . -printf '%p %m\n' | sort) \
	    <(cd "$REMOTE/t" && find . -printf '%p %m\n' | sort)
}

# with_path DIR: a server whose commands find programs in DIR alone
with_path() { fleet_start "SetEnv PATH=$1"; }

# tools DIR SOURCE NAME...: links to programs
tools() {
	local dir=$1 name

	mkdir -p "$dir"
	shift
	for name; do
		ln -s "$(command -v "$name")" "$dir/$name"
	done
}

@test "dash, and nothing but what is needed" {
	tools "$T/bin" sh dd mkdir rm mv cat chmod find printf touch env tar id \
	    stat date umask readlink cp chown
	with_path "$T/bin"
	round
}

@test "without stat, readlink and date" {
	tools "$T/bin" sh dd mkdir rm mv cat chmod find touch env tar id cp
	with_path "$T/bin"
	round
}

@test "one file does not need tar" {
	tools "$T/bin" sh dd mkdir rm mv cat chmod find
	with_path "$T/bin"
	mkdir t
	echo x >t/x
	exits 0 cpscp -H web1 t/x "$REMOTE"
	cmp t/x "$REMOTE/x"
	exits 4 cpscp -r -H web1 t "$REMOTE"
	out_has 'tar: .*not found'
	leaves_nothing
}

@test "busybox" {
	local busybox

	busybox=$(command -v busybox) || skip 'there is no busybox'
	mkdir bin
	"$busybox" --install -s "$T/bin" || "$busybox" --list |
		while read -r name; do
			ln -s "$busybox" "$T/bin/$name"
		done
	with_path "$T/bin"
	exits 0 cpssh -i -H web1 'exec sh -c "help | head -n 1"'
	round
}

@test "busybox, as root" {
	local busybox

	needs_root 'to log in as root'
	busybox=$(command -v busybox) || skip 'there is no busybox'
	mkdir bin
	for name in $("$busybox" --list); do
		ln -s "$busybox" "$T/bin/$name"
	done
	with_path "$T/bin"
	config 'User root'
	round
}

# login_shell SHELL
login_shell() {
	local shell

	needs_root "to change the user's login shell"
	shell=$(command -v "$1") || skip "there is no $1"
	usermod -s "$shell" "$LOGIN"
	fleet_start
	round
	usermod -s /bin/sh "$LOGIN"
}

@test "csh as the login shell" { login_shell csh; }
@test "fish as the login shell" { login_shell fish; }
@test "bash as the login shell" { login_shell bash; }
@test "zsh as the login shell" { login_shell zsh; }

# SPDX-License-Identifier: BSD-2-Clause
# cpscp: modes, owners, times.

load lib
load copy

setup_file() { fleet_start "Subsystem sftp internal-sftp"; }

sources() {
	mkdir -p t/shut t/open
	echo x >t/plain
	echo x >t/run
	echo x >t/secret
	echo x >t/shut/x
	echo x >t/suid
	chmod 664 t/plain
	chmod 775 t/run t/open
	chmod 600 t/secret
	chmod 6755 t/suid
	chmod 444 t/shut/x
	chmod 555 t/shut
	touch -d '2001-02-03 04:05:06' t/*/* t/* t
}

check_masks() {	# USER
	local mask

	sources
	for mask in 022 027 077; do
		umask $mask
		fleet_start
		umask 022
		exits 0 cpscp -l "$1" -H web1 -r t "$REMOTE/t$mask"
		diff <(modes "$REMOTE/t$mask") <(masked_modes t $mask)
		exits 0 cpscp -l "$1" -H web1 t/run "$REMOTE/run$mask"
		[ "$(stat -c %a "$REMOTE/run$mask")" = \
		    "$(printf %o $((0775 & ~mask)))" ]
		exits 0 cpscp -l "$1" -H web1 --preserve -r t "$REMOTE/p$mask"
		diff <(times "$REMOTE/p$mask") <(times t | sed 's/6755/755/')
	done
	leaves_nothing
}

@test "modes are the source's, less what the umask there takes" {
	check_masks "$LOGIN"
}

@test "for root no less" {
	needs_root 'to log in as root'
	check_masks root
	[ "$(stat -c %U "$REMOTE/t022/plain")" = root ]
}

@test "times are those of the copy, unless preserved" {
	sources
	exits 0 cpscp -H web1 t/plain "$REMOTE"
	exits 0 cpscp -H web1 -r t "$REMOTE"
	[ -z "$(find "$REMOTE" -not -newermt 2020-01-01)" ]
	exits 0 cpscp -H web1 -X -p t/plain "$REMOTE/p"
	[ "$(stat -c '%a %Y' "$REMOTE/p")" = "$(stat -c '%a %Y' t/plain)" ]
	rm -rf "$REMOTE/t/shut"
	exits 0 cpscp -H web1 --preserve -r t "$REMOTE"
	[ "$(stat -c '%a %Y' "$REMOTE/t/run")" = "$(stat -c '%a %Y' t/run)" ]
}

@test "a file that is replaced keeps its mode, and its owner" {
	local user=$LOGIN

	[ "$(id -u)" != 0 ] || user=root
	sources
	as_login mkdir -p "$REMOTE/t/open"
	as_login sh -c "cd $REMOTE && echo old >t/plain && chmod 600 t/plain &&
	    echo old >t/run && chmod 640 t/run && echo old >one &&
	    chmod 604 one"
	exits 0 cpscp -l "$user" -H web1 -r t "$REMOTE"
	exits 0 cpscp -l "$user" -H web1 t/run "$REMOTE/one"
	[ "$(stat -c '%U %a' "$REMOTE/t/plain")" = "$LOGIN 600" ]
	[ "$(stat -c '%U %a' "$REMOTE/t/run")" = "$LOGIN 640" ]
	[ "$(stat -c '%U %a' "$REMOTE/t/secret")" = "$user 600" ]
	[ "$(stat -c '%U %a' "$REMOTE/one")" = "$LOGIN 604" ]
	[ "$(cat "$REMOTE/one" "$REMOTE/t/plain")" = x$'\n'x ]
	exits 0 cpscp -l "$user" -H web1 --preserve t/run "$REMOTE/one"
	[ "$(stat -c '%U %a' "$REMOTE/one")" = "$LOGIN 775" ]
}

@test "what is preserved is what scp preserves" {
	sources
	chmod 1777 t/open
	chmod 400 t/secret
	as_login mkdir "$REMOTE/ours" "$REMOTE/theirs"
	scp -rp -q -F "$FLEET/ssh_config" t t/suid t/shut \
	    "web1:$REMOTE/theirs"
	exits 0 cpscp -r -X -p -H web1 t t/suid t/shut "$REMOTE/ours"
	diff <(times "$REMOTE/ours" | sed 1d) \
	    <(times "$REMOTE/theirs" | sed 1d)
	scp -p -q -F "$FLEET/ssh_config" t/suid "web1:$REMOTE/theirs/one"
	exits 0 cpscp -X -p -H web1 t/suid "$REMOTE/ours/one"
	diff <(stat -c '%a %Y' "$REMOTE/ours/one") \
	    <(stat -c '%a %Y' "$REMOTE/theirs/one")
}

@test "what directories there forbid" {
	sources
	exits 0 cpscp -H web1 -r t "$REMOTE"
	[ "$(stat -c %a "$REMOTE/t/shut")" = 555 ]
	# files in it cannot be replaced by their owner, the others can
	rm -rf "${REMOTE:?}/t/shut"
	exits 0 cpscp -H web1 -r t "$REMOTE"
	[ "$(stat -c %a "$REMOTE/t/shut")" = 555 ]
	exits 0 cpscp -H web1 -r t/shut "$REMOTE/new"
	[ "$(stat -c %a "$REMOTE/new")" = 555 ]
	leaves_nothing
}

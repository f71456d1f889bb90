# SPDX-License-Identifier: BSD-2-Clause
# Every unambiguous prefix of a long option of pssh 2.3.6 means here what it
# means there: our own options must not take one.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# pssh 2.3.6's long options: what shows that OPTION (with its value, if it has
# one) was understood, by way of probe().
all='hosts host user par outdir errdir fileappend timeout option verbose
	askpass extra-args extra-arg host-glob version help inline
	inline-stdout send-input print no-headers'

# The prefixes that pssh takes for OPTION: optparse wants an exact match or the
# only option that begins so.
prefixes() {
	local length prefix other count

	for ((length = 1; length < ${#1}; length++)); do
		prefix=${1:0:length}
		count=0
		for other in $all; do
			[ "$other" != "$prefix" ] || count=9
			[[ $other != "$prefix"* ]] || count=$((count + 1))
		done
		[ $count != 1 ] || echo "$prefix"
	done
}

# probe OPTION-AS-WRITTEN NAME: something that NAME changes, in $T/seen.  With
# "" for the first it is what happens without.
probe() {
	local given=${1:+--$1}

	rm -rf "$T/dir" "$T/seen"
	case $2 in
	hosts) given=${given:+$given=hosts} ;;
	user) given=${given:+$given=somebody} ;;
	par | timeout) given=${given:+$given=nonsense} ;;
	outdir | errdir) given=${given:+$given=$T/dir} ;;
	option) given=${given:+$given=Port=77} ;;
	extra-args | extra-arg) given=${given:+$given=-p78} ;;
	host-glob) given=${given:+$given=nobody*} ;;
	esac
	case $2 in
	hosts) cpssh ${given:+"$given"} -G ;;
	user | option | extra-args | extra-arg) cpssh ${given:+"$given"} -G -H web1 ;;
	host-glob) cpssh ${given:+"$given"} -G -h hosts ;;
	outdir | errdir)
		cpssh ${given:+"$given"} -H web1 true
		ls "$T/dir"
		;;
	fileappend)
		cpssh -o "$T/dir" -H web1 echo x
		cpssh ${given:+"$given"} -o "$T/dir" -H web1 echo x
		cat "$T/dir/web1"
		;;
	inline-stdout) cpssh ${given:+"$given"} -H web1 echo out\; echo err \>\&2 ;;
	send-input) echo 'echo fed' | cpssh -i ${given:+"$given"} -H web1 ;;
	no-headers) cpssh -i ${given:+"$given"} -H web1 echo x ;;
	*) cpssh ${given:+"$given"} -H web1 echo x ;;
	esac >"$T/seen" 2>&1 </dev/null || true
	# the time of day, and the option as it was written, may differ
	sed -i "s/[0-9:]\{8\}//; s/--\($1\|$2\)\b/OPTION/g
		s/[0-9.]* s\b//" "$T/seen"
	# stdout and stderr meet in any order
	sort -o "$T/seen" "$T/seen"
}

@test "all of them" {
	local name prefix count=0

	echo web1 >hosts
	for name in $all; do
		[ "$name" != askpass ] || continue
		probe "" "$name"
		mv seen without
		probe "$name" "$name"
		mv seen whole
		! cmp -s whole without || explain "--$name changes nothing"
		for prefix in $(prefixes "$name"); do
			probe "$prefix" "$name"
			diff whole seen || explain "--$prefix is not --$name"
			count=$((count + 1))
		done
	done
	[ $count = 70 ] || explain "$count prefixes were tried"
}

@test "of --askpass" {
	local prefix

	for prefix in $(prefixes askpass) askpass; do
		status=0
		cpssh "--$prefix" -H web1 true >out 2>err || status=$?
		err_lacks 'no such option|ambiguous'
	done
}

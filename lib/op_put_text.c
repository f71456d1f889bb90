/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The script is for any POSIX sh with a few of the tools that belong to it,
 * GNU's, busybox's or BSD's, and tar where there is more than one file.
 *
 * It comes as input, not as an argument: so login shells that quote otherwise
 * have nothing to misread in it, nor ps anything to show.  In braces, half of
 * it does nothing.
 *
 * A directory of its own beside the target takes what comes, so that a rename
 * is all that is left to do.  It is made by mkdir, which fails if there is
 * something of that name, be it a symbolic link.
 */
#include "config.h"

#include "op_put_script.h"
#include "op_put_text.h"

/* Variables: d the target as given, n how many sources, into the directory
 * that they go into with its slash or nothing, s ours. */
const char op_put_text_begin[] =
    "s=\n"
    "fail() { m=$*; printf '%s\\n' \"${m#./}\" >&2; exit 1; }\n"
    "clean() {\n"
    "	[ -z \"$s\" ] || rm -rf \"$s\" 2>/dev/null || {\n"
    "		chmod -R u+rwx \"$s\"\n"
    "		rm -rf \"$s\"\n"
    "	} 2>/dev/null\n"
    "}\n"
    "trap '' PIPE\n"
    "trap clean 0\n"
    "trap 'exit 1' HUP INT TERM\n"
    "need() {\n"
    "	for c; do\n"
    "		command -v $c >/dev/null || fail \"$c: not found\"\n"
    "	done\n"
    "}\n"
    /* The last words of what a tool says. */
    "try() { why=$(\"$@\" 2>&1) || fail \"$what: ${why##*: }\"; }\n"
    "private() { (umask 077; mkdir \"$1\"); }\n"
    /* c: a directory in $1 that was not there. */
    "make() {\n"
    "	c=$1.cpscp.$$\n"
    "	[ ! -e \"$c\" ] || c=$c.$(date +%s)\n"
    "	what=\"cannot write to $1\"\n"
    "	try private \"$c\"\n"
    "}\n"
    /* t: where source $2, a directory or a file, goes; how: in which way. */
    "look() {\n"
    "	t=$d\n"
    "	[ -z \"$into\" ] || t=$into$2\n"
    "	if [ $1 = d ]; then\n"
    "		how=new\n"
    "		[ -e \"$t\" ] || [ -L \"$t\" ] || return 0\n"
    "		how=merge\n"
    "		[ -d \"$t\" ] || fail \"$t: not a directory\"\n"
    "		return 0\n"
    "	fi\n"
    "	how=file\n"
    "	if [ -L \"$t\" ]; then\n"
    "		how=link\n"
    "		l=$(readlink -f \"$t\") || fail \"$t: leads nowhere\"\n"
    "		t=$l\n"
    "	fi\n"
    "	suits \"$t\"\n"
    "}\n"
    /* Can a file take this place? */
    "suits() {\n"
    "	[ ! -d \"$1\" ] || fail \"$1: is a directory\"\n"
    "	[ ! -e \"$1\" ] || [ -f \"$1\" ] || fail \"$1: not a file\"\n"
    "}\n"
    "check() { look \"$2\" \"$3\"; }\n";

/* What a file that is replaced leaves to its successor: its owner, and its
 * mode unless modes are preserved. */
const char op_put_text_keep[] =
    "rights() {\n"
    "	stat -c '%u:%g %a' \"$@\" 2>/dev/null ||\n"
    "		stat -f '%u:%g %Lp' \"$@\" 2>/dev/null\n"
    "}\n"
    "keep_one() {\n"
    "	[ -f \"$2\" ] || return 0\n"
    "	old=$(rights \"$2\")\n"
    "	[ \"$old\" != \"$(rights \"$1\")\" ] || return 0\n"
    "	mode=000${old#* }\n"
    "	chown \"${old% *}\" \"$1\" 2>/dev/null\n"
    "	[ -n \"$preserve\" ] || chmod \"${mode#${mode%???}}\" \"$1\"\n"
    "}\n"
    /* The same for many, from $f$p to $t$p: most often all are alike. */
    "keep() {\n"
    "	for e; do\n"
    "		shift\n"
    "		o=$t$p/${e##*/}\n"
    "		[ ! -e \"$o\" ] || set -- \"$@\" \"$o\" \"$e\"\n"
    "	done\n"
    "	[ $# -gt 0 ] || return 0\n"
    "	alike $(rights \"$@\") || while [ $# -gt 0 ]; do\n"
    "		keep_one \"$2\" \"$1\"\n"
    "		shift 2\n"
    "	done\n"
    "}\n"
    "alike() {\n"
    "	while [ $# -gt 0 ]; do\n"
    "		[ \"$1 $2\" = \"$3 $4\" ] || return 1\n"
    "		shift 4\n"
    "	done\n"
    "}\n";

/* Renaming: 1 if there is a directory by now, since mv would move into it.
 * Where a directory forbids writing, that goes for its "..", too.  What a
 * symbolic link leads to may be anywhere. */
const char op_put_text_move[] =
    "move() {\n"
    "	what=$2 m=\n"
    "	[ ! -d \"$1\" ] || [ -w \"$1\" ] || { m=1; chmod u+w \"$1\"; }\n"
    "	if ! mv -fT \"$1\" \"$2\" 2>/dev/null; then\n"
    "		[ ! -d \"$2\" ] || return 1\n"
    "		try mv -f \"$1\" \"$2\"\n"
    "	fi\n"
    "	[ -z \"$m\" ] || chmod u-w \"$2\"\n"
    "}\n"
    "replace() {\n"
    "	keep_one \"$1\" \"$2\"\n"
    "	if [ $how = link ] && [ $n -gt 1 ]; then\n"
    "		( begin_aside \"${2%/*}/\"\n"
    "		what=$2\n"
    "		try cp -p \"$1\" \"$s/0\"\n"
    "		move \"$s/0\" \"$2\" || suits \"$2\" ) || exit 1\n"
    "	else\n"
    "		move \"$1\" \"$2\" || suits \"$2\"\n"
    "	fi\n"
    "}\n"
    /* In a subshell: another directory of ours. */
    "begin_aside() {\n"
    "	s=\n"
    "	trap clean 0\n"
    "	trap 'exit 1' HUP INT TERM\n"
    "	make \"$1\"\n"
    "	s=$c\n"
    "}\n"
    "place() {\n"
    "	look \"$2\" \"$3\"\n"
    "	f=$s/$1\n"
    "	case $how in\n"
    "	file | link) replace \"$f\" \"$t\"; return ;;\n"
    "	new) move \"$f\" \"$t\" && return ;;\n"
    "	esac\n"
    "	fits ''\n"
    "	mounts\n"
    "	merge ''\n"
    "}\n";

/* What is in $f$1 goes into the directory $t$1: directories that are new
 * there as they are, files many at a time, each by a rename of its own. */
const char op_put_text_merge[] =
    "fits() {\n"
    "	[ -r \"$f$1\" ] && [ -w \"$f$1\" ] && [ -x \"$f$1\" ] ||\n"
    "		chmod u+rwx \"$f$1\"\n"
    "	for e in \"$f$1\"/* \"$f$1\"/.[!.]* \"$f$1\"/..?*; do\n"
    "		x=$1/${e##*/}\n"
    "		if [ ! -d \"$e\" ]; then\n"
    "			[ -f \"$t$x\" ] || [ ! -e \"$e\" ] ||\n"
    "				suits \"$t$x\"\n"
    "		elif [ -d \"$t$x\" ]; then\n"
    "			fits \"$x\"\n"
    "		elif [ -e \"$t$x\" ] || [ -L \"$t$x\" ]; then\n"
    "			fail \"$t$x: not a directory\"\n"
    "		fi\n"
    "	done\n"
    "}\n"
    "merge() {\n"
    "	for e in \"$f$1\"/*/ \"$f$1\"/.[!.]*/ \"$f$1\"/..?*/; do\n"
    "		e=${e%/}\n"
    "		[ -d \"$e\" ] || continue\n"
    "		x=$1/${e##*/}\n"
    "		if [ ! -d \"$t$x\" ] && move \"$e\" \"$t$x\"; then\n"
    "			continue\n"
    "		elif [ -z \"$other\" ] && [ ! -L \"$t$x\" ] ||\n"
    "		    same \"$e\" \"$t$x\"; then\n"
    "			merge \"$x\"\n"
    "		else\n"
    "			( aside \"$x\" ) || exit 1\n"
    "		fi\n"
    "	done\n"
    "	p=$1\n"
    "	set --\n"
    "	for e in \"$f$p\"/* \"$f$p\"/.[!.]* \"$f$p\"/..?*; do\n"
    "		[ -f \"$e\" ] || continue\n"
    "		if [ -L \"$t$p/${e##*/}\" ]; then\n"
    "			look_link \"$e\"\n"
    "			continue\n"
    "		fi\n"
    "		set -- \"$@\" \"$e\"\n"
    "		[ $# -lt 200 ] || { many \"$@\"; set --; }\n"
    "	done\n"
    "	[ $# = 0 ] || many \"$@\"\n"
    "}\n"
    "look_link() { (\n"
    "	into=$t$p/ n=2\n"
    "	look f \"${1##*/}\"\n"
    "	replace \"$1\" \"$t\"\n"
    ") || exit 1; }\n"
    "many() {\n"
    "	keep \"$@\"\n"
    "	what=$t$p\n"
    "	try mv -f \"$@\" \"$t$p/\"\n"
    "}\n"
    /* A mount point, or a link: another file system perhaps. */
    "device() { stat -c %d \"$@\" 2>/dev/null || stat -f %d \"$@\"; }\n"
    "same() { [ \"$(device \"$1/.\")\" = \"$(device \"$2/.\")\" ]; }\n"
    /* other: there may be mount points below $t. */
    "mounts() {\n"
    "	other=1\n"
    "	[ -r /proc/self/mountinfo ] || return 0\n"
    "	a=$(cd \"$t\" && pwd -P) || return 0\n"
    "	case $a in *[!A-Za-z0-9_./,:=@%+-]*) return 0 ;; esac\n"
    "	while read -r m m m m m more; do\n"
    "		case $m in \"${a%/}\"/*) return 0 ;; esac\n"
    "	done </proc/self/mountinfo\n"
    "	other=\n"
    "}\n"
    "aside() {\n"
    "	e=$f$1\n"
    "	begin_aside \"$t$1/\"\n"
    "	what=$t$1\n"
    "	try cp -Rp \"$e\" \"$s/0\"\n"
    "	f=$s/0 t=$t$1\n"
    "	merge ''\n"
    "}\n";

/* Where to: into a directory, or to a new name. */
const char op_put_text_settle[] =
    "into=\n"
    "if [ -d \"$d\" ]; then\n"
    "	into=${d%/}/\n"
    "elif [ $n -gt 1 ] || [ -n \"$slash\" ]; then\n"
    "	[ ! -e \"$d\" ] || fail \"$d: not a directory\"\n"
    "	fail \"$d: no such directory\"\n"
    "fi\n"
    "all check\n"
    "b=$into\n"
    "if [ $n = 1 ]; then\n"
    "	b=${t%/*}/\n"
    "	[ $how != merge ] || b=$t/\n"
    "fi\n"
    "[ -d \"$b\" ] || fail \"$b: no such directory\"\n"
    "make \"$b\"\n"
    "s=$c\n";

const char op_put_text_take_file[] =
    "what=$t\n"
    "take() { cat >\"$s/0\"; }\n"
    "try take\n"
    "[ -n \"$(find \"$s/0\" -size ${size}c)\" ] ||\n"
    "	fail \"$t: the copy was cut short\"\n"
    "[ -n \"$preserve\" ] ||\n"
    "	mode=$(printf %o $((0$mode & ~0$(umask))))\n"
    "try chmod $mode \"$s/0\"\n"
    "[ -z \"$preserve\" ] || try env TZ=UTC0 touch -t $time \"$s/0\"\n";

/* What tar says first is what is wrong; then it goes on as far as it can. */
const char op_put_text_take_tree[] =
    "flags=-xomf\n"
    "[ -z \"$preserve\" ] || flags=-xopf\n"
    "more=\n"
    "[ -n \"$preserve\" ] || [ \"$(id -u)\" != 0 ] ||\n"
    "	more=--no-same-permissions\n"
    "take() { cd \"$s\" && tar $flags - $more; }\n"
    "why=$(take 2>&1) && [ -f \"$s/" OP_PUT_END "\" ] || {\n"
    "	[ -z \"$why\" ] || printf '%s\\n' \"$why\" >&2\n"
    "	why=${why%%\n*}\n"
    "	why=${why#tar: }\n"
    "	[ $n -gt 1 ] || why=${why#0/}\n"
    "	case $why in\n"
    "	*': Wrote only '*)\n"
    "		why=\"${why%%: Wrote only *}: No space left on device\" ;;\n"
    "	esac\n"
    "	fail \"${why:-the copy was cut short}\"\n"
    "}\n"
    /* A directory that its owner may not fill: not all tars can. */
    "shut() {\n"
    "	mode=$1\n"
    "	[ -n \"$preserve\" ] ||\n"
    "		mode=$(printf %o $((0$mode & ~0$(umask))))\n"
    "	what=$2\n"
    "	try chmod $mode \"$s/$2\"\n"
    "}\n";

const char op_put_text_end[] =
    "all place\n"
    "clean\n"
    "s=\n"
    "echo cpssh-$((40+2))\n";

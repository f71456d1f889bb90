/* SPDX-License-Identifier: BSD-2-Clause */
/* The script that sends: POSIX sh, and GNU's tar and find where they are. */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "buf.h"
#include "op_get_script.h"
#include "quote.h"

/* It is read to its end before it begins: it comes by the standard input. */
static const char head[] =
    "{\n"
    "LC_ALL=C COPYFILE_DISABLE=1\n"
    "export LC_ALL COPYFILE_DISABLE\n"
    "unset CDPATH\n"
    "fail() {\n"
    "	printf '%s\\n' \"$1\" >&2\n"
    "	exit 1\n"
    "}\n"
    "command -v tar >/dev/null || exit 127\n"
    "printf '%s' '" OP_GET_HELLO "'\n"
    "set --\n";

/*
 * The kernel's own files hold more, or less, than their size says, and tar
 * believes that: so what is named like that is copied first.
 */
static const char kernel[] =
    "odd() {\n"
    "	first=\n"
    "	if [ ! -s \"$1\" ]; then\n"
    "		read -r first <\"$1\" || [ -n \"$first\" ]\n"
    "		return\n"
    "	fi\n"
    "	[ ! -h \"$1\" ] || set -- \"$(readlink -f \"$1\")\"\n"
    "	case $1 in /sys/*) ;; *) false ;; esac\n"
    "}\n"
    "own_copy() {\n"
    "	[ -n \"$tmp\" ] || {\n"
    "		trap 'rm -rf \"$tmp\"' 0\n"
    "		trap 'exit 1' HUP INT TERM PIPE\n"
    "		tmp=$(mktemp -d) || exit\n"
    "	}\n"
    "	copies=$((copies+1))\n"
    "	mkdir \"$tmp/$copies\" || exit\n"
    "	copy=$tmp/$copies/${1##*/}\n"
    "	cat \"$1\" >\"$copy\" || exit\n"
    "}\n"
    "tmp= odd= copies=0\n";

/*
 * As scp does it: links to files are followed, those to directories are not,
 * and special files are not copied; elsewhere than with GNU's tools all links
 * are followed.  What changes or vanishes while it is read, or is a link to
 * nothing, is told of and is no failure.
 */
static const char body[] =
    "for f do\n"
    "	[ -e \"$f\" ] || { ls -dL \"$f\" >/dev/null; exit 1; }\n"
    "	if [ -d \"$f\" ]; then\n"
    "		[ $trees = 1 ] ||\n"
    "		    fail \"${f#./} is a directory (-r copies trees)\"\n"
    "		case $(cd \"$f\" 2>/dev/null && pwd -P)/ in /proc/* | /sys/*)\n"
    "			fail \"$f: a tree of files without sizes\" ;;\n"
    "		esac\n"
    "	else\n"
    "		[ -f \"$f\" ] || fail \"${f#./}: not a regular file\"\n"
    "	fi\n"
    "	[ -r \"$f\" ] || fail \"${f#./}: Permission denied\"\n"
    "	[ -d \"$f\" ] || ! odd \"$f\" || odd=1\n"
    "done\n"
    "[ $one = 0 ] || [ $# -eq 1 ] ||\n"
    "    fail \"$# names match: several need a directory (local/)\"\n"
    "[ -z \"$odd\" ] || for f do\n"
    "	shift\n"
    "	[ -d \"$f\" ] || ! odd \"$f\" || {\n"
    "		own_copy \"$f\"\n"
    "		f=$copy\n"
    "	}\n"
    "	set -- \"$@\" \"$f\"\n"
    "done\n"
    "how= find=\n"
    "case $(tar --version; find --version) in\n"
    "*'(GNU tar)'*)\n"
    "	how='--format=gnu --no-unquote --hard-dereference --sparse' ;;\n"
    "esac 2>/dev/null\n"
    "case $(find --version) in\n"
    "*'(GNU findutils)'*) find=$how ;;\n"
    "esac 2>/dev/null\n"
    "tree() {\n"
    "	[ -n \"$find\" ] || { tar -chf - $how \"$1\"; return; }\n"
    "	{\n"
    "		find -H \"$1\" \\( -type d -o -xtype f \\) -print0 \\\n"
    "		    -o -fprintf /dev/stderr 'not copied: %p\\n' ||\n"
    "			echo 'find: failed' >&2\n"
    "	} | tar -chf - $how --null --no-recursion -T -\n"
    "}\n"
    "split() {\n"
    "	f=$1\n"
    "	while [ \"$f\" != \"${f%/}\" ]; do f=${f%/}; done\n"
    "	d=${f%/*}/ b=${f##*/}\n"
    "}\n"
    "each() {\n"
    "	all=0\n"
    "	for f do\n"
    "		(\n"
    "			split \"$f\"\n"
    "			cd \"$d\" || exit\n"
    "			[ -d \"$b\" ] && { tree \"./$b\"; exit; }\n"
    "			tar -chf - $how \"./$b\"\n"
    "		) || all=$?\n"
    "	done\n"
    "	return $all\n"
    "}\n"
    "files() {\n"
    "	for f do\n"
    "		shift\n"
    "		split \"$f\"\n"
    "		case $d in /*) ;; *) d=$PWD/$d ;; esac\n"
    "		set -- \"$@\" -C \"$d\" \"./$b\"\n"
    "	done\n"
    "	tar -cf - -h $how \"$@\"\n"
    "}\n"
    "run() {\n"
    "	if [ $one = 1 ] && [ -d \"$1\" ]; then\n"
    "		cd \"$1\" && tree .\n"
    "	elif [ $trees = 0 ] && [ -n \"$how\" ]; then\n"
    "		files \"$@\"\n"
    "	else\n"
    "		each \"$@\"\n"
    "	fi\n"
    "}\n"
    "exec 3>&1\n"
    "told=$(run \"$@\" 2>&1 >&3 3>&-)\n"
    "status=$?\n"
    "[ -n \"$told\" ] || exit $status\n"
    "case $status$told in\n"
    "0*'find: failed'*) status=1 ;;\n"
    "esac\n"
    "told=$(printf '%s\\n' \"$told\" | grep -v -e '^find: failed$' \\\n"
    "    -e 'xiting with failure status' -e 'rror exit delayed from')\n"
    "fine='^not copied: \n"
    ": file changed as we read it$\n"
    ": File removed before we read it$\n"
    ": No such file or directory$\n"
    ": Too many levels of symbolic links$\n"
    ": socket ignored$'\n"
    "bad=$(printf '%s\\n' \"$told\" | grep -v \"$fine\")\n"
    "[ -n \"$bad\" ] || [ $status -gt 2 ] || status=0\n"
    /* What failed is told last. */
    "{\n"
    "	printf '%s\\n' \"$told\" | grep \"$fine\"\n"
    "	[ -z \"$bad\" ] || printf '%s\\n' \"$bad\"\n"
    "} >&2\n"
    "exit $status\n"
    "} </dev/null\n";

/* NAME, not to be taken for an option. */
static void
add_literal(struct buf *script, const char *name)
{
	struct buf path = { 0 };

	if (*name != '/')
		buf_adds(&path, "./");
	buf_adds(&path, name);
	quote_word(script, buf_text(&path));
	buf_free(&path);
}

/* Does a letter of a pattern mean itself?  Between brackets some more do
 * not. */
static bool
is_plain(char letter, bool in_brackets)
{
	return isalnum((unsigned char)letter) ||
	    strchr(in_brackets ? "./_*?[]-^!" : "./_*?[-", letter) != NULL;
}

/* The same for the shell to expand; a backslash takes their meaning from "*",
 * "?" and "[". */
static void
add_pattern(struct buf *script, const char *name)
{
	bool in_brackets = false;

	if (*name == '~') {
		size_t len = strcspn(name, "/");

		buf_add(script, name, len);
		name += len;
	} else if (*name != '/') {
		buf_adds(script, "./");
	}
	for (; *name != '\0'; name++) {
		bool escaped = *name == '\\' && name[1] != '\0';

		name += escaped;
		if (*name == '\n')
			buf_adds(script, "'\n'");
		else if (escaped || !is_plain(*name, in_brackets))
			buf_addf(script, "\\%c", *name);
		else
			buf_addc(script, *name);
		if (!escaped && (*name == '[' || *name == ']'))
			in_brackets = *name == '[';
	}
}

/* "~" and "~user", and nothing that a shell could take for more. */
static bool
has_home(const char *name)
{
	size_t len = 1;

	if (*name != '~')
		return false;
	while (isalnum((unsigned char)name[len]) || name[len] == '_' ||
	    name[len] == '-' || name[len] == '.')
		len++;
	return name[len] == '/' || name[len] == '\0';
}

char *
op_get_script(char *const *remotes, bool trees, bool one)
{
	struct buf script = { 0 };

	buf_adds(&script, head);
	buf_addf(&script, "trees=%d one=%d\n", trees, one);
	for (; *remotes != NULL; remotes++) {
		const char *name = *remotes;
		bool plain = !has_home(name) && strpbrk(name, "*?[\\") == NULL;

		/* What is there by just that name is meant. */
		if (!plain) {
			buf_adds(&script, "if [ -e ");
			add_literal(&script, name);
			buf_adds(&script, " ] || [ -h ");
			add_literal(&script, name);
			buf_adds(&script, " ]; then ");
		}
		buf_adds(&script, "set -- \"$@\" ");
		add_literal(&script, name);
		if (!plain) {
			buf_adds(&script, "; else set -- \"$@\" ");
			add_pattern(&script, name);
			buf_adds(&script, "; fi");
		}
		buf_addc(&script, '\n');
	}
	buf_adds(&script, kernel);
	buf_adds(&script, body);
	return buf_release(&script);
}

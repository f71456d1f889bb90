# SPDX-License-Identifier: BSD-2-Clause
# The manual page has all that there is, and nothing else.

load lib

setup_file() { :; }

@test "its environment variables are those of the options" {
	grep -ohE '\.env = "[A-Z_]+"' "$SRCDIR"/lib/front.c \
	    "$SRCDIR"/cmd/cpssh.c | sed 's/.*"\(.*\)"/PSSH_\1/' | sort >options
	sed -n '/^\.Sh ENVIRONMENT/,/^Others:/s/^\.It Ev //p' \
	    "$SRCDIR/man/cpssh.1" >page
	[ -s page ]
	diff options page
}

# keywords CLASS: those that lib/sshconf_keywords.c has in it.
keywords() {
	tr -s '\n\t ' ' ' <"$SRCDIR/lib/sshconf_keywords.c" |
	    grep -oE "= ([A-Z]+\(|\{) ?\"[a-z0-9]+\", (KIND_[A-Z]+, )?$1\>" |
	    sed 's/.*"\(.*\)".*/\1/' | sort
}

# page_words START END: the words between two lines of the page, folded.
page_words() {
	sed -n "/$1/,/$2/p" "$SRCDIR/man/cpssh.1" |
	    tr -c 'A-Za-z0-9\n' '\n' | tr '[:upper:]' '[:lower:]' | sort -u
}

@test "it names every keyword that is honoured" {
	# Without LocalCommand, which is told, it means nothing.
	keywords H | grep -vxE 'permitlocalcommand|localcommand|proxyusefdpass' \
	    >code
	[ "$(wc -l <code)" -gt 40 ]
	page_words '^These are honoured' '^\.Ed' >page
	comm -23 code page >missing
	diff /dev/null missing
}

@test "it names every promise that is not kept" {
	keywords PROMISE >code
	[ "$(wc -l <code)" -gt 10 ]
	page_words '^A promise that' '^If security hangs' >page
	comm -23 code page >missing
	diff /dev/null missing
	keywords SECURITY >code
	[ "$(wc -l <code)" -gt 5 ]
	page_words '^If security hangs' '^A keyword that' >page
	comm -23 code page >missing
	diff /dev/null missing
}

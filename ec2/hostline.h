/* SPDX-License-Identifier: BSD-2-Clause */
/* An instance as a line of a host file that cpssh reads. */
#ifndef HOSTLINE_H
#define HOSTLINE_H

#include "instance.h"

/* What --address is unless it is given. */
#define HOSTLINE_ADDRESS "public-dns,public-ip,private-dns,private-ip,ipv6"

struct hostline {
	char		**address;	/* names for instance_value(): the
					 * first that there is counts */
	const char	*user;		/* or NULL */
	const char	*user_tag;	/* the tag that has the user, or NULL */
	char		**extra;	/* names: "key=value" behind the host;
					 * or NULL */
};

/* Read the comma-separated list of --address, or of --extra, into *LIST.
 * NULL, or in fresh memory what is wrong. */
char	*hostline_names(char ***list, const char *text);

/* What is taken for the address, and for the user, in fresh memory; NULL: it
 * has none that cpssh would take for one. */
char	*hostline_address(const struct hostline *, const struct instance *);
char	*hostline_user(const struct hostline *, const struct instance *);

/* "user@address key=value", in fresh memory.  NULL: it has no address.  Names
 * and values of variables have '_' for bytes that cannot stand there; a tag's
 * variable has the name of its key. */
char	*hostline_text(const struct hostline *, const struct instance *);

/* FORMAT with the values for {name}, {address} and {user}, control characters
 * escaped, and nothing where there is none; "\\t" and "\\n" are a tab and a
 * newline; "{{" is a brace.  In fresh memory. */
char	*hostline_format(const struct hostline *, const struct instance *,
	    const char *format);

/* NULL, or in fresh memory what is wrong with FORMAT. */
char	*hostline_format_fault(const char *format);

/* TEXT with '_' for all that cannot stand in a word of a host file. */
char	*hostline_word(const char *text);

#endif

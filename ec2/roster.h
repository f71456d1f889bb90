/* SPDX-License-Identifier: BSD-2-Clause */
/* What will be printed, an entry for each instance, until it is known that
 * nothing is missing.  Long texts wait in a file. */
#ifndef ROSTER_H
#define ROSTER_H

#include <stdbool.h>
#include <stddef.h>

struct roster;

/* What an entry has beside its text; all is copied. */
struct roster_entry {
	const char	*id;		/* the instance's: comes once only */
	const char	*sort;		/* numbers in it count as such */
	const char	*group;		/* or NULL */
};

struct roster *roster_new(void);

/* Add an entry.  False: the text cannot be kept (errno). */
bool	 roster_add(struct roster *, const struct roster_entry *,
	    const char *text);

/* What was added since the last mark is taken back. */
void	 roster_mark(struct roster *);
void	 roster_again(struct roster *);

/* Take all entries of FROM, in order; it is empty then. */
void	 roster_take(struct roster *, struct roster *from);

/* Sort, and drop what is there twice. */
void	 roster_sort(struct roster *);

size_t	 roster_count(const struct roster *);

/* Entry number I, valid as long as it is there; and its text, in fresh memory,
 * or NULL if it cannot be read (errno). */
void	 roster_entry(const struct roster *, size_t i, struct roster_entry *);
char	*roster_text(const struct roster *, size_t i);

/* NULL is ignored. */
void	 roster_free(struct roster *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* XML that streams in from a server that nobody need trust: no DOCTYPE, no more
 * than XML_DEEP elements in each other, no text longer than XML_TEXT in one
 * element.  Namespaces and attributes mean nothing here. */
#ifndef XML_H
#define XML_H

#include <stdbool.h>
#include <stddef.h>

#define XML_DEEP 24
#define XML_NAME 128			/* of one element */
#define XML_TEXT (256 * 1024)

struct xml;

/* Called when the element at PATH has closed: the names from below the root
 * down to it, as "reservationSet/item/ownerId"; "" for the root itself.  TEXT
 * is what stood between its tags, without blanks at its ends, and "" if it had
 * elements in it.  Both are valid until the call returns. */
typedef void (*xml_closed)(void *context, const char *path, const char *text);

struct xml *xml_new(xml_closed, void *context);

/* In documents whose root has this NAME only elements at PATHS, and those that
 * they stand in, are told: all else is passed over, which saves time.  PATHS is
 * sorted, NULL-ended, and stays. */
void	 xml_only(struct xml *, const char *name, const char *const *paths);

/* Elements of these NAMES, wherever they stand, are not even read, as if they
 * were not there: a document may be mostly that.  All that is asked of what is
 * in one is that its end tag is the first of its name.  NAMES is sorted,
 * NULL-ended, and stays. */
void	 xml_leave_out(struct xml *, const char *const *names);

/* The next LEN bytes, less than INT_MAX.  False: they are no XML that is read
 * here; after that nothing more is called. */
bool	 xml_feed(struct xml *, const char *data, size_t len);

/* There are no more.  False: the document was not complete. */
bool	 xml_end(struct xml *);

/* What was wrong, in words, valid as long as it is; NULL if nothing was. */
const char *xml_wrong(const struct xml *);

/* The root element's name, or "" before it. */
const char *xml_root(const struct xml *);

/* Free it.  NULL is ignored. */
void	 xml_free(struct xml *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The host list: bytes that someone else reads, cut into lines, lines into
 * targets, ranges expanded.  Nothing here reads or waits. */
#ifndef HOSTS_H
#define HOSTS_H

#include <stddef.h>

struct hosts;
struct target;

/* Whoever receives the targets, in order; TARGET is the receiver's to free. */
typedef void hosts_receiver(void *context, struct target *target);

/* Targets that do not match one of the GLOBS (NULL-terminated, fnmatch(3) on
 * the bare host; NULL or empty: all match) are dropped.  Only lists that are
 * fed are subject to them, not words.  GLOBS must outlive the hosts. */
struct hosts *hosts_new(char *const *globs, hosts_receiver *, void *context);

/* The next LEN bytes of the list that messages call NAME.  A bad line is told
 * on stderr with NAME and its number and skipped. */
void	 hosts_feed(struct hosts *, const char *name, const char *data,
	    size_t len);

/* The list called NAME has ended; a last line may lack its newline.  The next
 * list begins at line 1. */
void	 hosts_end(struct hosts *, const char *name);

/* The value of one -H: entries separated by blanks, no comments, no fields. */
void	 hosts_words(struct hosts *, const char *text);

void	 hosts_free(struct hosts *);

#endif

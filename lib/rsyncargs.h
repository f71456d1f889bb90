/* SPDX-License-Identifier: BSD-2-Clause */
/* The flags of rsync(1) that cprsync's -x and -X pass on. */
#ifndef RSYNCARGS_H
#define RSYNCARGS_H

/* Which of the NULL-terminated WORDS (or NULL) cannot be used here and why, in
 * fresh memory; or NULL.  What rsync itself does not know passes. */
char	*rsyncargs_refused(char *const *words);

/* Have the rsync here read WORDS, which it does at once and touching nothing.
 * Returns 0, or -1 after it has said on our stderr what it cannot take, or the
 * errno because of which it cannot be run. */
int	 rsyncargs_try(char *const *words);

#endif

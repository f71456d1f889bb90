/* SPDX-License-Identifier: BSD-2-Clause */
/* What a command on the host is connected to here: where its input comes from
 * and where its output goes. */
#ifndef ENDS_H
#define ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct job;
struct sink_waiter;

enum {
	ENDS_OVER = 0,		/* no more input will come */
	ENDS_LATER = -1,	/* none for now: the job will be poked */
	ENDS_FAILED = -2,	/* job_stop() has been told why */
};

/* What is NULL is as with a plain command. */
struct ends {
	/* The next bytes of input, their number; *DATA is lent until the next
	 * call, and may be ROOM, which has LEN bytes. */
	ssize_t	(*input)(struct job *, char *room, size_t len,
		    const char **data);

	/* LEN of these bytes are on their way. */
	void	(*sent)(struct job *, size_t len);

	/* Must output wait?  Then the job is poked, by the waiter or without
	 * it, when it need not any more. */
	bool	(*blocked)(struct job *, struct sink_waiter *);

	/* Take what the command wrote to its standard output.  NULL, or in
	 * fresh memory why not. */
	char	*(*output)(struct job *, const char *data, size_t len);

	/* The same of standard error. */
	char	*(*errors)(struct job *, const char *data, size_t len);

	/* What an exit status other than 0 means, in fresh memory, or NULL. */
	char	*(*status_words)(struct job *, int status);
};

#endif

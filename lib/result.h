/* SPDX-License-Identifier: BSD-2-Clause */
/* How a visit ended, how all of them did, and the exit status of that. */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stdint.h>

enum ending {
	ENDED_WELL,
	ENDED_STATUS,		/* the command exited non-zero */
	ENDED_SIGNAL,		/* the command died by a signal */
	ENDED_TIMEOUT,		/* the visit's limit, -t, ran out */
	ENDED_UNREACHED,	/* not connected or not let in */
	ENDED_LOST,		/* let in, but then the connection broke */
	ENDED_LOCAL,		/* our own trouble: no place for the output */
	ENDED_INTERRUPTED,	/* ended by us, on the user's word */
	ENDED_CANCELLED,	/* not begun, on the user's word */
	ENDINGS
};

#define RESULT_STEPS 16

struct result {
	enum ending	 ending;
	char		*message;	/* why, or NULL */
	const char	*step;		/* during which, or NULL */
	int		 exit_status;	/* with ENDED_WELL, ENDED_STATUS */
	char		 signal[16];	/* "TERM", with ENDED_SIGNAL */
	bool		 maybe_running;	/* could not be made sure it ended */
	bool		 left_behind;	/* it ended, and others of its output's
					 * holders could not be made to */

	/* When each step began, in ns of the loop's clock, and the end. */
	struct {
		const char	*name;
		uint64_t	 began;
	} steps[RESULT_STEPS];
	unsigned	 step_count;
	uint64_t	 ended;

	uint64_t	 bytes_out, bytes_err;	/* received on each stream */
	uint64_t	 bytes_in;		/* sent to its standard input */
	uint64_t	 dropped;		/* not kept: --max-output */
};

/* The words after [FAILURE] HOST in the report, pssh's where it has some.  The
 * caller frees them; NULL when there is nothing to say. */
char	*result_words(const struct result *);
void	 result_clear(struct result *);

struct tally {
	unsigned	 count[ENDINGS];
	unsigned	 total;
	unsigned	 running;	/* something may be, on that many */
};

void	 tally_add(struct tally *, const struct result *);
unsigned tally_failed(const struct tally *);

/* "3 hosts: 2 ok, 1 lost", in fresh memory. */
char	*tally_words(const struct tally *);

/* pssh's exit status by the worst host; pscp's, where any failure is 4, if the
 * run COPIES.  SIGNAL is the one that ended it (SIGINT, SIGTERM...), or 0. */
int	 tally_exit_status(const struct tally *, bool copies, int signal);

#endif

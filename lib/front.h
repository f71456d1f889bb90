/* SPDX-License-Identifier: BSD-2-Clause */
/* What every command begins with: the options they share, the configuration,
 * the surroundings; and their one main(). */
#ifndef FRONT_H
#define FRONT_H

#include "options.h"
#include "plan.h"
#include "sshargs.h"

struct command {
	const char	*name;
	const char	*usage;		/* options and operands, for --help */
	const char	*summary;
	const struct option_row *options;	/* its own; the last is empty */
	long		 timeout;	/* -t unless it is given */
	bool		 copies;	/* any failure is exit status 4 */
	enum sshargs_language language;	/* of -x and -X */
	bool		 own_extras;	/* its options have -x and -X */

	/* Decide what to do from OPERANDS, of which there are COUNT; what is
	 * wrong with them is told by options_usage_error(). */
	void		(*take_operands)(struct plan *, char **operands,
			    int count);

	/* Decide the rest, when all options are known, -x among them.  May be
	 * NULL. */
	void		(*prepare)(struct plan *);
};

/* Run COMMAND and return the exit status. */
int	 front_main(const struct command *command, int argc, char **argv);

/* COUNT words with a space between each two, in fresh memory. */
char	*front_join(char **words, int count);

#endif

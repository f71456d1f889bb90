/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said when a signal ends the program: what runs in the cloud goes on
 * and costs, and the user must hear of it. */
#ifndef PARTING_H
#define PARTING_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP have "PROGRAM: WORDS" said before they
 * end the program, in place of what was to be said before; those that are
 * ignored stay so.  With a PATIENT text the first of them only has that said:
 * the work at hand goes on, and the second one ends the program. */
void	 parting_set(const char *patient, const char *words);

/* The PATIENT text of who has asked for something that is not to be undone. */
#define PARTING_ASKED "EC2 has been asked: its answer is waited for (once " \
	"more to end at once)"

/* Such a signal has come and is to be obeyed when the work at hand is done. */
bool	 parting_waits(void);

/* Say no more, and obey the signal that has come; returns if none has. */
void	 parting_obey(void);

#endif

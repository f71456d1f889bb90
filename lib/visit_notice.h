/* SPDX-License-Identifier: BSD-2-Clause */
/* What a host wants to be read before the login (RFC 4252, section 5.4). */
#ifndef VISIT_NOTICE_H
#define VISIT_NOTICE_H

struct job;

/* The login is over: if the host had something to say, put it where its stderr
 * goes, as ssh would have; what a hop said is told with -v only. */
void	 visit_notice(struct job *);

#endif

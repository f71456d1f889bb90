/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps that every visit begins with, from the configuration to the
 * login, whatever is to be done there. */
#ifndef VISIT_H
#define VISIT_H

struct job;
struct step_entry;

/* Ends with an entry without a name. */
extern const struct step_entry visit_steps[];

/* The limit that one of these steps set with job_limit() has passed: record
 * what that means. */
void	 visit_limit_passed(struct job *);

#endif

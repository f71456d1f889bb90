/* SPDX-License-Identifier: BSD-2-Clause */
/* All hosts: so many visits at once, until the list is done or the user says
 * stop. */
#ifndef FLEET_H
#define FLEET_H

struct plan;

/* Do what PLAN says and return the exit status.  Messages have told of what
 * went wrong. */
int	 fleet_run(const struct plan *plan);

#endif

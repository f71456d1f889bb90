/* SPDX-License-Identifier: BSD-2-Clause */
/* One call after a while, for those who have no handle of their own to keep
 * and to close. */
#ifndef ALARM_H
#define ALARM_H

#include <stdint.h>

#include <uv.h>

struct alarm;

/* Call CALL in MS milliseconds, which ends the alarm.  The loop does not wait
 * for it. */
struct alarm *alarm_set(uv_loop_t *, uint64_t ms, void (*call)(void *context),
	    void *context);

/* It is not called any more.  NULL is ignored. */
void	 alarm_drop(struct alarm *);

#endif

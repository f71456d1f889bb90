/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "alarm.h"
#include "mem.h"

struct alarm {
	uv_timer_t	 timer;
	void		(*call)(void *);
	void		*context;
};

static void
closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
fired(uv_timer_t *timer)
{
	struct alarm *alarm = timer->data;

	alarm_drop(alarm);
	alarm->call(alarm->context);
}

struct alarm *
alarm_set(uv_loop_t *loop, uint64_t ms, void (*call)(void *context),
    void *context)
{
	struct alarm *alarm = mem_zero(sizeof(*alarm));

	alarm->call = call;
	alarm->context = context;
	uv_timer_init(loop, &alarm->timer);
	uv_unref((uv_handle_t *)&alarm->timer);
	alarm->timer.data = alarm;
	uv_timer_start(&alarm->timer, fired, ms, 0);
	return alarm;
}

void
alarm_drop(struct alarm *alarm)
{
	if (alarm == NULL)
		return;
	/* The memory stays until the loop's next turn. */
	uv_close((uv_handle_t *)&alarm->timer, closed);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "progress.h"
#include "sink.h"

#define PACE 100	/* ms between two drawings */
#define MEASURE 500	/* ms over which a rate is measured */

struct progress {
	uv_loop_t	*loop;
	struct sink	*out, *err;
	uv_timer_t	 timer;		/* draws when nothing else happens */
	uint64_t	 began, drawn;
	bool		 shown, held;
	struct progress_counts counts;

	/* How fast bytes move, and when that was last looked at. */
	double		 rate;		/* a second */
	uint64_t	 measured, moved_then;
};

static void
make_way(void *context)
{
	progress_hide(context);
}

static void
tick(uv_timer_t *timer)
{
	progress_draw(timer->data);
}

/* Another program may be writing what we print to the same terminal. */
static bool
shares_terminal(void)
{
	struct stat status;

	return fstat(STDOUT_FILENO, &status) == 0 &&
	    (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

struct progress *
progress_new(uv_loop_t *loop, struct sink *out, struct sink *err)
{
	struct progress *progress;

	if (!sink_is_terminal(err) || shares_terminal())
		return NULL;
	progress = mem_zero(sizeof(*progress));
	progress->loop = loop;
	progress->out = out;
	progress->err = err;
	progress->began = progress->measured = uv_now(loop);
	sink_on_begin(out, make_way, progress);
	sink_on_begin(err, make_way, progress);
	uv_timer_init(loop, &progress->timer);
	progress->timer.data = progress;
	uv_timer_start(&progress->timer, tick, PACE, 1000);
	uv_unref((uv_handle_t *)&progress->timer);
	return progress;
}

void
progress_set(struct progress *progress, const struct progress_counts *counts)
{
	if (progress != NULL)
		progress->counts = *counts;
}

void
progress_hide(struct progress *progress)
{
	if (progress == NULL || !progress->shown)
		return;
	progress->shown = false;
	sink_write(progress->err, "\r\033[K", 4);
	sink_flush(progress->err);
}

void
progress_hold(struct progress *progress, bool hold)
{
	if (progress == NULL)
		return;
	progress_hide(progress);
	progress->held = hold;
}

static void
add_time(struct buf *line, uint64_t seconds)
{
	if (seconds < 3600)
		buf_addf(line, "%u:%02u", (unsigned)(seconds / 60),
		    (unsigned)(seconds % 60));
	else
		buf_addf(line, "%u:%02u:%02u", (unsigned)(seconds / 3600),
		    (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
}

static void
add_bytes(struct buf *line, double bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	unsigned unit = 0;

	while (bytes >= 999.5 && unit < 4) {
		bytes /= 1000;
		unit++;
	}
	buf_addf(line, "%.*f %s", unit > 0 && bytes < 9.95 ? 1 : 0, bytes,
	    units[unit]);
}

/* Some seconds count, the last one most. */
static void
measure(struct progress *progress)
{
	uint64_t now = uv_now(progress->loop), moved = *progress->counts.moved;
	uint64_t passed = now - progress->measured;
	double rate;

	if (passed < MEASURE)
		return;
	rate = (double)(moved - progress->moved_then) * 1000 / (double)passed;
	progress->rate = progress->rate > 0 ?
	    0.7 * progress->rate + 0.3 * rate : rate;
	progress->measured = now;
	progress->moved_then = moved;
}

/* Bytes: how many of how many, how fast, how long. */
static void
add_copy(struct progress *progress, struct buf *line)
{
	uint64_t moved = *progress->counts.moved;
	uint64_t expected = progress->counts.expected;

	measure(progress);
	buf_adds(line, ", ");
	add_bytes(line, (double)moved);
	if (expected > 0) {
		buf_adds(line, " of ");
		add_bytes(line, (double)expected);
	}
	if (progress->rate < 1)
		return;
	buf_adds(line, ", ");
	add_bytes(line, progress->rate);
	buf_adds(line, "/s");
	if (expected > moved) {
		buf_adds(line, ", ");
		add_time(line, (uint64_t)((double)(expected - moved) /
		    progress->rate) + 1);
		buf_adds(line, " left");
	}
}

/* BRIEF: without what the status lines tell as well. */
static void
compose(struct progress *progress, struct buf *line, bool brief)
{
	const struct progress_counts *counts = &progress->counts;
	uint64_t seconds = (uv_now(progress->loop) - progress->began) / 1000;

	line->len = 0;
	buf_addf(line, "%u of ", counts->done);
	if (counts->total > 0)
		buf_addf(line, "%u", counts->total);
	else
		buf_addc(line, '?');
	buf_adds(line, " done");
	if (!brief)
		buf_addf(line, ": %u ok", counts->well);
	if (!brief || counts->done > counts->well)
		buf_addf(line, ", %u failed", counts->done - counts->well);
	/* More than one line's room is not there. */
	if (counts->moved == NULL)
		buf_addf(line, ", %u running", counts->running);
	buf_adds(line, ", ");
	add_time(line, seconds);
	if (counts->moved != NULL)
		add_copy(progress, line);
}

/* A line that wraps could not be taken off again. */
static void
fit(struct progress *progress, struct buf *line)
{
	struct winsize size;

	compose(progress, line, false);
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col == 0 || line->len < size.ws_col)
		return;
	compose(progress, line, true);
	if (line->len >= size.ws_col)
		line->len = size.ws_col - 1u;
}

void
progress_draw(struct progress *progress)
{
	struct buf line = { 0 };
	uint64_t now;

	if (progress == NULL || progress->held)
		return;
	now = uv_now(progress->loop);
	if (now - progress->began < PACE || now - progress->drawn < PACE ||
	    sink_busy(progress->out) || sink_busy(progress->err) ||
	    (sink_is_terminal(progress->out) &&
	    !sink_at_line_start(progress->out)) ||
	    tcgetpgrp(STDERR_FILENO) != getpgrp())
		return;
	fit(progress, &line);
	progress_hide(progress);
	sink_write(progress->err, line.data, line.len);
	sink_flush(progress->err);
	progress->shown = true;
	progress->drawn = now;
	buf_free(&line);
}

static void
closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
progress_free(struct progress *progress)
{
	if (progress == NULL)
		return;
	progress_hide(progress);
	sink_on_begin(progress->out, NULL, NULL);
	sink_on_begin(progress->err, NULL, NULL);
	uv_close((uv_handle_t *)&progress->timer, closed);
}

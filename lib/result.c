/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "result.h"

/* The signals that RFC 4254, section 6.10, names, with the numbers that users
 * know from pssh's reports. */
static const struct {
	const char	*name;
	int		 number;
} signals[] = {
	{ "ABRT", SIGABRT }, { "ALRM", SIGALRM }, { "FPE", SIGFPE },
	{ "HUP", SIGHUP }, { "ILL", SIGILL }, { "INT", SIGINT },
	{ "KILL", SIGKILL }, { "PIPE", SIGPIPE }, { "QUIT", SIGQUIT },
	{ "SEGV", SIGSEGV }, { "TERM", SIGTERM }, { "USR1", SIGUSR1 },
	{ "USR2", SIGUSR2 },
};

static void
add_signal(struct buf *words, const char *name)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (strcmp(signals[i].name, name) == 0) {
			buf_addf(words, "Killed by signal %d (SIG%s)",
			    signals[i].number, name);
			return;
		}
	}
	buf_addf(words, "Killed by signal %s", name);
}

static void
add_ending(struct buf *words, const struct result *result)
{
	switch (result->ending) {
	case ENDED_STATUS:
		buf_addf(words, "Exited with error code %d",
		    result->exit_status);
		break;
	case ENDED_SIGNAL:
		add_signal(words, result->signal);
		break;
	case ENDED_TIMEOUT:
		buf_adds(words, "Timed out");
		break;
	case ENDED_INTERRUPTED:
		buf_adds(words, "Interrupted");
		break;
	case ENDED_CANCELLED:
		buf_adds(words, "Cancelled");
		break;
	default:
		break;
	}
}

char *
result_words(const struct result *result)
{
	struct buf words = { 0 };

	add_ending(&words, result);
	if (result->message != NULL)
		buf_join(&words, ", ", result->message);
	if (result->maybe_running)
		buf_join(&words, ", ",
		    "the remote command may still be running");
	else if (result->left_behind)
		buf_join(&words, ", ",
		    "something that the command started is still running");
	if (result->dropped > 0) {
		buf_join(&words, ", ", "output cut short by ");
		buf_addf(&words, "%llu bytes (see --max-output)",
		    (unsigned long long)result->dropped);
	}
	if (words.len == 0)
		return NULL;
	return buf_release(&words);
}

void
result_clear(struct result *result)
{
	free(result->message);
	*result = (struct result){ 0 };
}

void
tally_add(struct tally *tally, const struct result *result)
{
	tally->count[result->ending]++;
	tally->total++;
	tally->running += result->maybe_running || result->left_behind;
}

unsigned
tally_failed(const struct tally *tally)
{
	return tally->total - tally->count[ENDED_WELL];
}

static void
add_count(struct buf *line, unsigned count, const char *what)
{
	if (count > 0)
		buf_addf(line, ", %u %s", count, what);
}

char *
tally_words(const struct tally *tally)
{
	const unsigned *count = tally->count;
	struct buf line = { 0 };

	buf_addf(&line, "%u host%s: %u ok", tally->total,
	    tally->total == 1 ? "" : "s", count[ENDED_WELL]);
	add_count(&line, count[ENDED_STATUS], "exited non-zero");
	add_count(&line, count[ENDED_SIGNAL], "killed by a signal");
	add_count(&line, count[ENDED_TIMEOUT], "timed out");
	add_count(&line, count[ENDED_UNREACHED], "not reached");
	add_count(&line, count[ENDED_LOST], "lost");
	add_count(&line, count[ENDED_LOCAL], "failed here");
	add_count(&line, count[ENDED_INTERRUPTED], "interrupted");
	add_count(&line, count[ENDED_CANCELLED], "not begun");
	add_count(&line, tally->running, "may still be at work");
	return buf_release(&line);
}

int
tally_exit_status(const struct tally *tally, bool copies, int signal)
{
	const unsigned *count = tally->count;

	if (signal != 0)
		return 128 + signal;
	if (count[ENDED_TIMEOUT] + count[ENDED_SIGNAL] > 0)
		return 3;
	if (count[ENDED_UNREACHED] + count[ENDED_LOST] +
	    count[ENDED_LOCAL] > 0)
		return 4;
	if (tally_failed(tally) == 0)
		return 0;
	return copies ? 4 : 5;
}

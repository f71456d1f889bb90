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

const char *
ending_name(enum ending ending)
{
	static const char *const names[ENDINGS] = {
		[ENDED_WELL] = "well",
		[ENDED_STATUS] = "status",
		[ENDED_SIGNAL] = "signal",
		[ENDED_TIMEOUT] = "timeout",
		[ENDED_UNREACHED] = "unreached",
		[ENDED_LOST] = "lost",
		[ENDED_LOCAL] = "local",
		[ENDED_INTERRUPTED] = "interrupted",
		[ENDED_CANCELLED] = "cancelled",
	};

	return names[ending];
}

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

static void
add_part(struct buf *words, const char *text)
{
	if (words->len > 0)
		buf_adds(words, ", ");
	buf_adds(words, text);
}

char *
result_words(const struct result *result)
{
	struct buf words = { 0 };

	add_ending(&words, result);
	if (result->message != NULL)
		add_part(&words, result->message);
	if (result->maybe_running)
		add_part(&words, "the remote command may still be running");
	else if (result->left_behind)
		add_part(&words,
		    "something that the command started is still running");
	if (result->dropped > 0) {
		add_part(&words, "output cut short by ");
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

int
tally_exit_status(const struct tally *tally, int signal)
{
	const unsigned *count = tally->count;

	if (signal != 0)
		return 128 + signal;
	if (count[ENDED_TIMEOUT] + count[ENDED_SIGNAL] > 0)
		return 3;
	if (count[ENDED_UNREACHED] + count[ENDED_LOST] +
	    count[ENDED_LOCAL] > 0)
		return 4;
	return tally_failed(tally) > 0 ? 5 : 0;
}

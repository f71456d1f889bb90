/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "msg.h"
#include "parting.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

/* Changed only while the signals are blocked. */
static char *patient_line, *last_line;
static volatile sig_atomic_t came;

static void
say(const char *line)
{
	if (line != NULL && write(STDERR_FILENO, line, strlen(line)) < 0)
		return;
}

static void
take_signal(int number)
{
	if (patient_line != NULL && came == 0) {
		came = number;
		say(patient_line);
		return;
	}
	say(last_line);
	signal(number, SIG_DFL);
	raise(number);
}

static void
handle_signals(void)
{
	struct sigaction ours = { .sa_handler = take_signal }, theirs;

	sigemptyset(&ours.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaddset(&ours.sa_mask, signals[i]);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		sigaction(signals[i], NULL, &theirs);
		if (theirs.sa_handler != SIG_IGN)
			sigaction(signals[i], &ours, NULL);
	}
}

static void
replace(char **line, const char *words)
{
	free(*line);
	*line = words == NULL ? NULL :
	    mem_print("%s: %s\n", msg_name(), words);
}

void
parting_set(const char *patient, const char *words)
{
	sigset_t blocked, before;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	replace(&patient_line, patient);
	replace(&last_line, words);
	handle_signals();
	sigprocmask(SIG_SETMASK, &before, NULL);
}

bool
parting_waits(void)
{
	return came != 0;
}

void
parting_obey(void)
{
	int number = came;

	if (number == 0)
		return;
	signal(number, SIG_DFL);
	raise(number);
}

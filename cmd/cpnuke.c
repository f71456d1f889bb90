/* SPDX-License-Identifier: BSD-2-Clause */
/* cpnuke: kill processes on many hosts at once. */
#include "config.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "front.h"
#include "mem.h"
#include "msg.h"
#include "op_exec.h"

#define AT(member) offsetof(struct plan, member)
#define NAME_MOST 15	/* Linux's */

static const struct option_row options[] = {
	{ '\0', "signal", "NAME", "instead of KILL", OPTION_TEXT, AT(signal) },
	{ '\0', "full", NULL, "match arguments", OPTION_FLAG, AT(full) },
	{ '\0', "unquoted", NULL, "for a shell there", OPTION_FLAG,
	    AT(unquoted) },
	{ .name = NULL },
};

/*
 * What runs on the host, for any login shell; %s are pgrep's option and the
 * signal.  The pattern comes as a line of input, so that it is in no command
 * line that it could match.  Whatever stands between us and the first process
 * is spared, and that too: it is our own session.  What has ended by itself
 * meanwhile is no trouble, as with pkill.  No program is needed but pgrep, and
 * ps where there is no /proc.
 */
static const char script[] =
    "exec sh -c 'IFS= read -r pattern || exit 2; "
    "up() { if [ -r /proc/$1/status ]; then "
    "while read -r key value; do "
    "[ \"$key\" != PPid: ] || echo $value; done </proc/$1/status; "
    "else ps -o ppid= -p $1; fi; }; "
    "ours=\" 1 \"; pid=$$; while [ ${pid:-0} -gt 1 ]; do "
    "ours=\"$ours$pid \"; pid=$(up $pid); pid=$((pid)); done; "
    "found=$(pgrep %s-- \"$pattern\"); status=$?; killed=1; "
    "for pid in $found; do case $ours in *\" $pid \"*) ;; "
    "*) if why=$(kill -%s $pid 2>&1); then killed=0; "
    "elif [ -d /proc/$pid ] || ps -p $pid >/dev/null 2>&1; then "
    "echo \"$why\" >&2; fi ;; esac; done; "
    "[ $status -gt 1 ] && exit $status; exit $killed'";

static const char *const signals[] = {
	"ABRT", "ALRM", "BUS", "CHLD", "CONT", "FPE", "HUP", "ILL", "INT",
	"IO", "KILL", "PIPE", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP",
	"SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2",
	"VTALRM", "WINCH", "XCPU", "XFSZ",
};

static const char *
status_words(int status)
{
	switch (status) {
	case 1:
		return "nothing matched that could be killed";
	case 2:
		return "the pattern is not understood there";
	case 127:
		return "no pgrep there (Debian has it in procps)";
	default:
		return NULL;
	}
}

/* The signal's name without SIG, or its number. */
static const char *
signal_name(const char *name)
{
	const char *word = name;
	char *end;

	if (isdigit((unsigned char)*word) && strtoul(word, &end, 10) <= 64 &&
	    *end == '\0')
		return word;
	if (strncasecmp(word, "SIG", 3) == 0)
		word += 3;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (strcasecmp(word, signals[i]) == 0)
			return signals[i];
	}
	options_usage_error("--signal %s: not a signal", name);
}

/* A kernel keeps no more of a name, so this would match nothing. */
static void
check_length(const struct plan *plan, const char *pattern)
{
	size_t len = strspn(pattern, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	if (!plan->full && !plan->unquoted && pattern[len] == '\0' &&
	    len > NAME_MOST)
		msg_warn("%s: names of processes are cut after %d characters "
		    "(--full matches command lines)", pattern, NAME_MOST);
}

static void
take_operands(struct plan *plan, char **operands, int count)
{
	const char *signal;

	if (count == 0)
		options_usage_error("Pattern not specified.");
	if (count > 1)
		options_usage_error("Extra arguments given after the pattern.");
	if (*operands[0] == '\0')
		options_usage_error("an empty pattern would match everything");
	if (strchr(operands[0], '\n') != NULL)
		options_usage_error("a pattern is one line");
	signal = plan->signal != NULL ? signal_name(plan->signal) : "KILL";
	check_length(plan, operands[0]);
	plan->op = &op_exec;
	plan->status_words = status_words;
	if (plan->unquoted) {
		plan->command = mem_print("pkill -%s %s%s", signal,
		    plan->full ? "-f " : "", operands[0]);
	} else {
		plan->command = mem_print(script, plan->full ? "-f " : "",
		    signal);
		plan->input_text = mem_print("%s\n", operands[0]);
	}
	/* This host may be one of them: we must not match ourselves. */
	memset(operands[0], '*', strlen(operands[0]));
}

static const struct command cpnuke = {
	.name = "cpnuke",
	.usage = "[OPTIONS] pattern",
	.summary = "Kill the processes that a pattern matches, on many hosts.",
	.options = options,
	.timeout = 60,
	.take_operands = take_operands,
};

int
main(int argc, char **argv)
{
	return front_main(&cpnuke, argc, argv);
}

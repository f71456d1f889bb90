/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines read by tables: one row an option.  --help, the environment
 * and the check against the man page all come from the same rows. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option_kind {
	OPTION_FLAG,		/* bool: true */
	OPTION_NUMBER,		/* long, from least to most */
	OPTION_SECONDS,		/* long: as OPTION_NUMBER, or "1m30s" */
	OPTION_SIZE,		/* uint64_t */
	OPTION_TEXT,		/* char *: the last one given */
	OPTION_LIST,		/* char **: all given, in order */
	OPTION_WORDS,		/* char **: split as a shell would, appended */
	OPTION_HELP,
	OPTION_VERSION,
};

struct option_row {
	char		 letter;	/* '\0': none */
	const char	*name;		/* without its dashes */
	const char	*metavar;	/* NULL if it takes no argument */
	const char	*help;		/* a few words */
	enum option_kind kind;
	size_t		 offset;	/* of what it sets, in the settings */
	long		 least, most;
	const char	*env;		/* CPSSH_env and PSSH_env set it too */
	bool		 pssh;		/* pssh has it: its prefixes stay */
};

/* A set of rows that belong together; the last one has no name. */
struct option_rows {
	const struct option_row *const *tables;	/* NULL-terminated */
	const char	*usage;		/* after "Usage: PROGRAM " */
	const char	*summary;
};

/* Set SETTINGS from the environment, then from the command line.  Options end
 * at the first operand.  Returns its index in ARGV.  What is wrong is told by
 * options_usage_error(); --help and --version print and exit with 0. */
int	 options_read(const struct option_rows *, void *settings, int argc,
	    char **argv);

/* Free what was set for one table's rows. */
void	 options_free(const struct option_row *, void *settings);

/* "PROGRAM: error: WHAT", and exit with status 2. */
_Noreturn void options_usage_error(const char *format, ...)
	    __attribute__((format(printf, 1, 2)));

/* Append a copy of TEXT to a list of OPTION_LIST's kind (NULL: none yet). */
void	 options_append(char ***list, const char *text);

#endif

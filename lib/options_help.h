/* SPDX-License-Identifier: BSD-2-Clause */
/* What --help and --version print.  Only for options.c. */
#ifndef OPTIONS_HELP_H
#define OPTIONS_HELP_H

struct option_rows;

/* Print it on stdout and exit with 0, or 1 if that failed. */
_Noreturn void options_help(const struct option_rows *);
_Noreturn void options_version(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that the command line decided; read-only once the run begins. */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct op;
struct outdir;
struct secret;
struct sshconf;

struct plan {
	/* Hosts. */
	char		**host_files;	/* -h; "-" is stdin */
	char		**host_words;	/* -H */
	char		**globs;	/* -g */
	char		*user;		/* -l */
	bool		 allow_empty;

	/* Pace and clocks; times in seconds. */
	long		 par;			/* -p */
	long		 handshakes;		/* at most so many at once */
	long		 timeout;		/* -t; 0 or less: none */
	long		 connect_timeout;	/* -1: as ssh_config says */

	/* ssh. */
	char		**ssh_options;	/* -O */
	char		**ssh_words;	/* -x and -X, split */
	char		*ssh_config;	/* -F */
	struct sshconf	*sshconf;	/* what became of these */
	bool		 print_config;	/* -G */
	bool		 askpass;	/* -A */
	char		*password_file;	/* --password-file */
	struct secret	*password;	/* what it says; fleet_run() takes it */
	bool		 verbose;	/* -v */

	/* What to do. */
	const struct op	*op;
	char		*command;	/* NULL: the login shell */
	bool		 send_input;	/* -I */
	bool		 stdin_free;	/* nothing above reads stdin */
	char		*input;		/* --input */

	/* Output. */
	char		*outdir_path, *errdir_path;	/* -o, -e */
	bool		 append;			/* --fileappend */
	struct outdir	*outdir, *errdir;		/* these, opened */
	bool		 inline_out, inline_stdout;	/* -i */
	bool		 print;				/* -P */
	bool		 no_headers, headers_to_stderr;
	bool		 no_progress;
	uint64_t	 max_output;	/* a host and stream; 0: no bound */
};

#endif

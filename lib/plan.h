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
struct tree;

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
	bool		 copies;	/* any failure is exit status 4 */
	uint64_t	 each;		/* bytes that each host will be sent;
					 * 0: not known */
	const struct op	*op;
	char		*command;	/* NULL: the login shell */
	bool		 send_input;	/* -I */
	bool		 stdin_free;	/* nothing above reads stdin */
	char		*input;		/* --input */
	char		*input_text;	/* or this, to every host */
	/* What an exit status means, or NULL where it says nothing. */
	const char	*(*status_words)(int status);

	/* Where each host has a directory of its own for what it sends. */
	char		*localdir_path;
	struct outdir	*localdir;	/* this, opened */

	/* cprsync's. */
	char		**rsync_args;	/* rsync and its options and places */
	char		**rsync_words;	/* -x and -X: for rsync */
	bool		 recursive, archive, compress, download;

	/* cpscp's. */
	bool		 preserve;	/* modes and times */
	bool		 sftp;		/* by SFTP, whatever else there is */
	char		**locals;	/* what to copy */
	struct tree	*tree;		/* this, listed */
	char		*target;	/* where to */
	char		*script;	/* that the hosts run */

	/* What is fetched, and what op_get makes of it. */
	char		**remotes;
	char		*get_below;	/* in the host's directory */
	char		*get_as;	/* by that name, or NULL: its own */
	char		**get_names;	/* that it may have then, patterns */

	/* cpnuke's. */
	char		*signal;
	bool		 full, unquoted;

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

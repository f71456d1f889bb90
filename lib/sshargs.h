/* SPDX-License-Identifier: BSD-2-Clause */
/* The flags of ssh(1) that -x and -X pass on, read as ssh reads them and told
 * again as ssh_config options. */
#ifndef SSHARGS_H
#define SSHARGS_H

#include <stdbool.h>

struct sshargs {
	/* "Port=22"..., NULL-terminated.  As in ssh, what flags such as -p
	 * say comes before any -o, wherever it stands. */
	char	**overrides;
	char	**options;
	char	*file;		/* -F, or NULL */
	int	 verbose;	/* -v, how often */
	bool	 quiet;		/* -q */
};

/* Read the NULL-terminated WORDS into ARGS.  Returns NULL, or in fresh memory
 * which flag is unknown or cannot be used here and why.  ARGS must be cleared
 * in both cases. */
char	*sshargs_read(struct sshargs *args, char *const *words);

/* Free what ARGS holds. */
void	 sshargs_clear(struct sshargs *);

#endif

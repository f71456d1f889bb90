/* SPDX-License-Identifier: BSD-2-Clause */
/* The flags of ssh(1) that -x and -X pass on, read as ssh reads them and told
 * again as ssh_config options. */
#ifndef SSHARGS_H
#define SSHARGS_H

#include <stdbool.h>

struct sshargs {
	char	**options;	/* "Port=22"..., NULL-terminated, or NULL */
	char	*config_file;	/* -F, or NULL */
	char	*user;		/* -l, or NULL */
	bool	 verbose;	/* -v */
};

/* Read WORDS (NULL-terminated, or NULL for none) into ARGS, which is { 0 }.
 * Returns NULL, or in fresh memory which flag is unknown or cannot be used
 * here and why. */
char	*sshargs_read(struct sshargs *args, char *const *words);

/* Free what ARGS holds. */
void	 sshargs_clear(struct sshargs *);

#endif

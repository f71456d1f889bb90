/* SPDX-License-Identifier: BSD-2-Clause */
/* The flags of ssh(1), or of scp(1), that -x and -X pass on, read as these read
 * them and told again as ssh_config options. */
#ifndef SSHARGS_H
#define SSHARGS_H

#include <stdbool.h>

/* Whose flags they are. */
enum sshargs_language { SSHARGS_SSH, SSHARGS_SCP };

struct sshargs {
	enum sshargs_language language;

	/* Options for sshconf_option(), NULL-terminated, never NULL.  As in
	 * ssh, flags such as -4 or -A set OVERRIDES, which count whatever was
	 * said before; -o, -p, -l, -i and -J are OPTIONS in their order, after
	 * the -O ones. */
	char	**overrides;
	char	**options;
	char	*file;		/* -F, or NULL */
	int	 verbose;	/* -v, how often */
	bool	 quiet;		/* -q */
	bool	 recursive;	/* scp's -r */
	bool	 preserve;	/* scp's -p */
	bool	 sftp;		/* scp's -s */
};

/* Read the NULL-terminated WORDS into ARGS.  Returns NULL, or in fresh memory
 * which flag is unknown or cannot be used here and why.  ARGS must be cleared
 * in both cases. */
char	*sshargs_read(struct sshargs *args, enum sshargs_language,
	    char *const *words);

/* Free what ARGS holds. */
void	 sshargs_clear(struct sshargs *);

#endif

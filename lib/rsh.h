/* SPDX-License-Identifier: BSD-2-Clause */
/* A local program that believes to reach a host by a remote shell, as rsync
 * does: the shell is ourselves, called anew, and hands the streams up to us. */
#ifndef RSH_H
#define RSH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <uv.h>

struct rsh;

/* In the program that is called as the remote shell, as its first act: 0 to
 * 255, what to exit with, when all is over.  -1: we were not called so. */
int	 rsh_main(int argc, char **argv);

/* The command that calls this program so, for RSYNC_RSH: in fresh memory; NULL
 * if our own file cannot be named. */
char	*rsh_name(void);

struct rsh_owner {
	/* Something has changed. */
	void	(*poke)(void *context);

	/* The program has printed something on its stdout (1) or stderr (2);
	 * LEN is 0 at the end. */
	void	(*printed)(void *context, int fd, const char *data, size_t len);
	void	*context;
};

/* Run ARGS, with the remote shell in its environment.  OWNER is copied; it is
 * never called before this returns.  NULL with errno. */
struct rsh *rsh_start(uv_loop_t *, const char *const *args,
	    const struct rsh_owner *owner);

/* Hold back what it prints (true), or let it flow. */
void	 rsh_hold(struct rsh *, bool hold);

/* What it wants to be run on the host; NULL as long as it has not said. */
const char *rsh_command(const struct rsh *);

/* What it sends there: how many bytes, 0 at the end, -1 if none for now. */
ssize_t	 rsh_read(struct rsh *, void *data, size_t len);

/* What comes from there; not if there is more than it should take. */
bool	 rsh_full(const struct rsh *);
void	 rsh_write(struct rsh *, const char *data, size_t len);

/* The command on the host has ended, with STATUS. */
void	 rsh_end(struct rsh *, int status);

/* Has the program ended, and all it printed been told?  Its exit status, or
 * -1 if a signal ended it, or it could not be run. */
bool	 rsh_ended(const struct rsh *, int *status);

/* Let go of it; what runs is asked to end.  NULL is ignored. */
void	 rsh_drop(struct rsh *);

#endif

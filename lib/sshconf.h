/* SPDX-License-Identifier: BSD-2-Clause */
/* What ssh_config(5) says for a host: parsed once a run, asked once a host.
 * A pure machine: it opens configuration files when told to, but it neither
 * looks names up nor runs anything. `Match exec` is a question it returns. */
#ifndef SSHCONF_H
#define SSHCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct target;
struct sshconf;		/* the run's configuration */
struct sshconf_query;	/* one host's way through it */

enum sshconf_strict {	/* StrictHostKeyChecking */
	STRICT_ASK, STRICT_YES, STRICT_ACCEPT_NEW, STRICT_NO
};

enum sshconf_tty {	/* RequestTTY */
	TTY_AUTO, TTY_NO, TTY_YES, TTY_FORCE
};

/* The answer.  Strings are fully expanded (tokens, ~, environment); lists are
 * NULL-terminated and never NULL; a string that nobody set is NULL unless said
 * otherwise. */
struct hostconf {
	char	*original;	/* the host as it was asked for */
	char	*hostname;	/* what to look up: never NULL */
	char	*user;		/* never NULL */
	int	 port;		/* 22 if nobody said */
	int	 family;	/* AF_UNSPEC, AF_INET or AF_INET6 */
	char	*bind_address;
	long	 connect_timeout;	/* seconds; 0 if nobody said */
	int	 connection_attempts;
	char	*proxy_jump;	/* NULL for none */
	char	*proxy_command;	/* NULL for none */
	char	*proxy_written;	/* the same with its tokens */

	char	**identity_files;
	bool	 identity_files_said;	/* else they are ssh's defaults */
	char	**certificate_files;
	bool	 identities_only;
	char	*identity_agent;	/* socket path; NULL: no agent */
	bool	 pubkey, password, kbdint;	/* ...Authentication */
	char	*preferred_methods;	/* PreferredAuthentications, or NULL */
	int	 password_prompts;
	bool	 batch_mode;
	bool	 quiet;			/* LogLevel: errors at most */

	enum sshconf_strict strict;
	char	**user_known_hosts, **global_known_hosts;
	char	*host_key_alias;
	bool	 hash_known_hosts;

	/* Algorithm lists with '+', '-' and '^' worked out against ssh's
	 * defaults; NULL if nobody said anything. */
	char	*ciphers, *macs, *kex, *host_key_algorithms;
	bool	 host_keys_ordered;	/* the user gave host_key_algorithms
					 * an order: keep it, as ssh does,
					 * whatever known_hosts has */
	char	*pubkey_algorithms;

	char	**send_env;	/* patterns, in order, "-NAME" taken out */
	char	**set_env;	/* "NAME=VALUE" */
	bool	 forward_agent;
	char	*forward_agent_path;	/* this one instead of ours, or NULL */
	bool	 compression;
	enum sshconf_tty tty;
	int	 alive_interval, alive_count_max;
	bool	 tcp_keepalive;		/* TCPKeepAlive: SO_KEEPALIVE */

	/* Why a host so configured must not be visited, or NULL: a promise
	 * that we cannot keep and on which security hangs, or something of
	 * which ssh would die as well (see sshconf_failure()).  Then the rest
	 * may not be filled in. */
	char	*refusal;
	char	**notes;	/* promises not kept, harmless: told with -v */
};

/* DEFAULT_USER is -l's, or NULL. */
struct sshconf *sshconf_new(const char *default_user);
void	 sshconf_free(struct sshconf *);

/* One -o/-O value, "Key=value" or "Key value"; the first one of a key wins,
 * and wins over files.  Returns NULL, or what is wrong with it in fresh
 * memory. */
char	*sshconf_option(struct sshconf *, const char *text);

/* Read FILE (-F; "none" reads nothing), or with NULL ~/.ssh/config and
 * /etc/ssh/ssh_config, with what they include.  Call once, after the options.
 * Returns NULL, or "FILE: line N: what" in fresh memory. */
char	*sshconf_read(struct sshconf *, const char *file);

enum sshconf_state {
	SSHCONF_DONE,	/* sshconf_result() has the answer */
	SSHCONF_ASK,	/* run sshconf_command(), then sshconf_answer() */
};

/* Begin to work out TARGET's configuration; both arguments must outlive the
 * query. */
struct sshconf_query *sshconf_ask(const struct sshconf *,
	    const struct target *);
enum sshconf_state sshconf_step(struct sshconf_query *);
const char *sshconf_command(const struct sshconf_query *);
void	 sshconf_answer(struct sshconf_query *, bool matched);

/* The result, the caller's to free; after SSHCONF_DONE, once. */
struct hostconf *sshconf_result(struct sshconf_query *);
void	 sshconf_query_free(struct sshconf_query *);
void	 hostconf_free(struct hostconf *);

/* After SSHCONF_DONE, what is wrong with the host's configuration so that ssh
 * too would end here ("hostname contains invalid characters", an unset
 * variable in a path), or NULL.  It is the result's refusal as well. */
const char *sshconf_failure(const struct sshconf_query *);

/* After SSHCONF_DONE and before sshconf_result(), write what `ssh -G` prints
 * for the host, in its form and order; nothing if there is a failure, which
 * this may be the first to find. */
void	 sshconf_print(struct sshconf_query *, FILE *);

/* One of the places in a ProxyJump, "[user@]host[:port]" or an ssh:// URI;
 * NULL if it is none. */
struct target *sshconf_hop(const char *text);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of sftp.h. */
#ifndef SFTP_PRIV_H
#define SFTP_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libssh2.h>
#include <libssh2_sftp.h>

#include "sftp.h"

struct job;
struct session;

struct sftp {
	struct job	*job;
	struct session	*session;
	LIBSSH2_SFTP	*client;	/* once it is started */
	bool		 busy;		/* a call is to be made again */
	bool		 lost;
	bool		 asked_again;	/* for a channel */
	unsigned long	 code;		/* of the last SFTP_NO */
	char		*words;		/* of SFTP_LOST */
	struct sftp	*first;		/* of those of one connection */
	uint64_t	 allowed;	/* the first: to be received in all */
	bool		 plain_rename;	/* the server has no other */
	struct sftp_file *files;
	char		*region;	/* what is written, see sftp_file.c */
};

struct sftp_file {
	struct sftp	*sftp;
	LIBSSH2_SFTP_HANDLE *handle;
	size_t		 unanswered;
	bool		 ready;		/* libssh2 takes more */
	bool		 idle;		/* it had nothing to do last time */
	bool		 reading;
	struct sftp_file *next;
};

/* What the host may send in answer to one request; libssh2 keeps it all. */
#define SFTP_REPLY (320 * 1024)

/* RESULT is what a call of libssh2 returned, RESULT < 0 its error. */
enum sftp_answer sftp_judge(struct sftp *, int result);

#endif

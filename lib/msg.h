/* SPDX-License-Identifier: BSD-2-Clause */
/* One-line messages to the user.  Whatever is in them, they stay one line:
 * bytes that could steer a terminal are escaped, since much of what we say
 * was first said by a server that we do not trust. */
#ifndef MSG_H
#define MSG_H

#include <stdarg.h>
#include <stddef.h>

/* The program's name, with which every message begins.  Not copied. */
void	 msg_init(const char *progname);
const char *msg_name(void);

/* Who writes the finished line (with its newline) in place of a plain
 * write to stderr; NULL brings the plain write back.  The report uses this to
 * keep messages and the progress line apart. */
void	 msg_set_writer(void (*writer)(const char *line, size_t len));

/* "cpssh: MESSAGE" */
void	 msg_warn(const char *format, ...)
	    __attribute__((format(printf, 1, 2)));

/* "cpssh: MESSAGE", then exit with STATUS.  Only for what ends the whole run;
 * what is wrong with one host is the job's to tell. */
_Noreturn void msg_die(int status, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/* "cpssh: HOST: MESSAGE" */
void	 msg_host(const char *host, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/* With -v only.  HOST may be NULL. */
void	 msg_chat(const char *host, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));
extern int msg_chatty;

#endif

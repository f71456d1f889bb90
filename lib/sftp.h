/* SPDX-License-Identifier: BSD-2-Clause */
/* SFTP (draft-ietf-secsh-filexfer-02) over a visit's connection, with libssh2's
 * client.
 *
 * No call waits.  One that answers SFTP_WAIT is to be made again with the same
 * arguments when the job is poked, and no other before it has ended.  After
 * SFTP_LOST there is nothing left to do but sftp_free().
 *
 * Paths are as the server takes them: relative ones begin where it does, most
 * often in the user's home directory. */
#ifndef SFTP_H
#define SFTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <libssh2.h>
#include <libssh2_sftp.h>

#include "step.h"

struct buf;
struct job;
struct sftp;
struct sftp_file;	/* or directory, open there */

enum sftp_answer {
	SFTP_DONE,
	SFTP_WAIT,
	SFTP_NO,	/* the server says no, see sftp_words() */
	SFTP_LOST,	/* connection and server are of no use any more */
};

/* For JOB, whose session is logged in.  Nothing happens before
 * sftp_start(). */
struct sftp *sftp_new(struct job *);

/* At any time, the session being still there: files that are open go with it,
 * and so does the connection if anything is under way or it was lost.  NULL is
 * ignored. */
void	 sftp_free(struct sftp *);

/* Open a channel with the subsystem.  SFTP_NO: the host has none for us. */
enum sftp_answer sftp_start(struct sftp *);

/* What the last SFTP_NO or SFTP_LOST means, in fresh memory: "Permission
 * denied".  Servers give a code, but for many things the same: after a write
 * that failed, sftp_space() may know more. */
char	*sftp_words(struct sftp *);

/* The code of the last SFTP_NO: LIBSSH2_FX_NO_SUCH_FILE and others. */
unsigned long sftp_code(const struct sftp *);

/* Was ANSWER, the last one, that there is nothing? */
bool	 sftp_missing(const struct sftp *, enum sftp_answer answer);

/* What is at PATH; FOLLOW: where a symbolic link leads. */
enum sftp_answer sftp_stat(struct sftp *, const char *path, bool follow,
	    LIBSSH2_SFTP_ATTRIBUTES *);

/* Is that what is there, S_IFDIR, S_IFREG or S_IFLNK? */
bool	 sftp_is(const LIBSSH2_SFTP_ATTRIBUTES *, mode_t type);

/* Change what ATTRIBUTES' flags say. */
enum sftp_answer sftp_set(struct sftp *, const char *path,
	    LIBSSH2_SFTP_ATTRIBUTES *);

enum sftp_answer sftp_mkdir(struct sftp *, const char *path, mode_t);
enum sftp_answer sftp_rmdir(struct sftp *, const char *path);
enum sftp_answer sftp_remove(struct sftp *, const char *path);

/* Rename, replacing at once what is at TO, as rename(2) does.  After a SFTP_NO
 * sftp_replaces() tells whether the server can do that: if not, something was
 * there, perhaps. */
enum sftp_answer sftp_rename(struct sftp *, const char *from, const char *to);
bool	 sftp_replaces(const struct sftp *);

/* What the symbolic link at PATH says, put into TARGET. */
enum sftp_answer sftp_readlink(struct sftp *, const char *path,
	    struct buf *target);

/* How many bytes the user may write where PATH is. */
enum sftp_answer sftp_space(struct sftp *, const char *path, uint64_t *bytes);

/* Open: a new file for writing, which must not be there; a file for reading; a
 * directory.  Then *FILE is to be closed, unless sftp_free() comes first. */
enum sftp_answer sftp_create(struct sftp *, const char *path, mode_t,
	    struct sftp_file **file);
enum sftp_answer sftp_open(struct sftp *, const char *path,
	    struct sftp_file **file);
enum sftp_answer sftp_opendir(struct sftp *, const char *path,
	    struct sftp_file **file);

/* Writing, one file at a time.  Put bytes to where sftp_room() says, as many
 * as it says at most, 0 for now when as much as is good is on its way; then
 * give their number, which may be 0, to sftp_write().  Here SFTP_DONE means:
 * all of them are on their way, and there may be room again; SFTP_WAIT: the
 * same, but there is none before the job is poked. */
char	*sftp_room(struct sftp_file *, size_t *len);
enum sftp_answer sftp_write(struct sftp_file *, size_t len);

/* How many bytes the server has not yet said to have written. */
size_t	 sftp_unanswered(const struct sftp_file *);

/* Read the next LEN bytes at most, *GOT of them, 0 at the end.  Four times LEN
 * is asked for ahead, so that much memory it takes. */
enum sftp_answer sftp_read(struct sftp_file *, char *data, size_t len,
	    size_t *got);

/* The next name in a directory, "." and ".." among them, put into NAME, and
 * what it is (as by sftp_stat(), links not followed), if the server tells.
 * An empty name: there are no more. */
enum sftp_answer sftp_readdir(struct sftp_file *, struct buf *name,
	    LIBSSH2_SFTP_ATTRIBUTES *);

/* sftp_set() of an open file. */
enum sftp_answer sftp_file_set(struct sftp_file *, LIBSSH2_SFTP_ATTRIBUTES *);

/* Close it.  The file is gone whatever the answer, but for SFTP_WAIT.  What is
 * unanswered must be waited for before that. */
enum sftp_answer sftp_close(struct sftp_file *);

/* sftp_start() as a step, with a limit of time, and told with -v. */
enum step sftp_enter(struct sftp *);

/* Start *BESIDE, which is NULL at first: another one in the same connection,
 * freed before this.  A step; no others can be started meanwhile.  STEP_NEXT,
 * and *NARROW: the host allows no more. */
enum step sftp_widen(struct sftp *, struct sftp **beside, bool *narrow);

/* For struct op. */
void	 sftp_limit_passed(struct job *);

/* For steps to return: SFTP_DONE is STEP_NEXT, SFTP_WAIT is STEP_WAIT, and what
 * failed is recorded, WHAT being the beginning of the message: a path. */
enum step sftp_step(struct sftp *, enum sftp_answer, const char *what);

#endif

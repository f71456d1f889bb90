/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libssh2 leaves to us: a channel that ends is an end, not silence; a
 * server that sends what nobody has asked for is not listened to for ever,
 * since libssh2 keeps all of it; and what is under way when the visit ends is
 * freed, for which the connection has to be dead.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "job.h"
#include "mem.h"
#include "session.h"
#include "sftp.h"
#include "sftp_priv.h"

#define UNASKED_MOST (4 << 20)	/* bytes beyond what was asked for */
#define PATH_MOST 8192		/* in an answer */

static const char ended[] = "the host's SFTP server has ended";

struct sftp *
sftp_new(struct job *job)
{
	struct sftp *sftp = mem_zero(sizeof(*sftp));

	sftp->job = job;
	sftp->session = job->session;
	sftp->first = sftp;
	sftp->allowed = session_received(job->session) + UNASKED_MOST;
	return sftp;
}

/* Nothing comes and nothing goes any more: so every call of libssh2 ends, and
 * frees what it had. */
static void
end_calls(struct sftp *sftp)
{
	session_cut(sftp->session);
	while (sftp->files != NULL) {
		struct sftp_file *file = sftp->files;

		sftp->files = file->next;
		libssh2_sftp_close_handle(file->handle);
		free(file);
	}
	/* It ends with one call, and frees with the next. */
	if (sftp->client == NULL) {
		libssh2_sftp_init(session_ssh(sftp->session));
		libssh2_sftp_init(session_ssh(sftp->session));
	}
}

void
sftp_free(struct sftp *sftp)
{
	if (sftp == NULL)
		return;
	if (sftp->files != NULL || sftp->busy || sftp->lost)
		end_calls(sftp);
	if (sftp->client != NULL)
		libssh2_sftp_shutdown(sftp->client);
	free(sftp->words);
	free(sftp->region);
	free(sftp);
}

static enum sftp_answer
lose(struct sftp *sftp, char *words)
{
	free(sftp->words);
	sftp->words = words;
	sftp->lost = true;
	return SFTP_LOST;
}

/* Would it block: or is there nothing to wait for? */
static enum sftp_answer
wait_more(struct sftp *sftp)
{
	if (session_received(sftp->session) > sftp->first->allowed)
		return lose(sftp, mem_dup("the host sends far more than it "
		    "was asked for"));
	if (sftp->client != NULL &&
	    libssh2_channel_eof(libssh2_sftp_get_channel(sftp->client)))
		return lose(sftp, mem_dup(ended));
	session_quick(sftp->session);
	sftp->busy = true;
	return SFTP_WAIT;
}

enum sftp_answer
sftp_judge(struct sftp *sftp, int result)
{
	if (result == LIBSSH2_ERROR_EAGAIN)
		return wait_more(sftp);
	sftp->busy = false;
	if (result >= 0)
		return SFTP_DONE;
	sftp->code = sftp->client == NULL ? LIBSSH2_FX_OK :
	    libssh2_sftp_last_error(sftp->client);
	if (result == LIBSSH2_ERROR_SFTP_PROTOCOL &&
	    sftp->code != LIBSSH2_FX_OK)
		return SFTP_NO;
	/* libssh2's own words are of timeouts. */
	if (result == LIBSSH2_ERROR_CHANNEL_CLOSED)
		return lose(sftp, mem_dup(ended));
	if (!session_broken(sftp->session))
		return lose(sftp, mem_print("the host's SFTP server answers "
		    "what makes no sense (libssh2 error %d)", result));
	return lose(sftp, session_words(sftp->session, result));
}

/* For each request, the first time that it is made. */
static void
allow(struct sftp *sftp)
{
	if (!sftp->busy)
		sftp->first->allowed += SFTP_REPLY;
}

/* A server that allows one channel may not yet have done with the last one
 * when it is asked for another.  That there was no channel at all libssh2 tells
 * in words only; after anything else it is not to be asked again. */
static bool
may_ask_again(struct sftp *sftp, LIBSSH2_SESSION *ssh)
{
	char *words = NULL;

	libssh2_session_last_error(ssh, &words, NULL, 0);
	return sftp->job->shut != NULL && !sftp->asked_again &&
	    words != NULL && strstr(words, "startup channel") != NULL;
}

enum sftp_answer
sftp_start(struct sftp *sftp)
{
	LIBSSH2_SESSION *ssh = session_ssh(sftp->session);
	int error;

	session_listen(sftp->session, true);
	sftp->client = libssh2_sftp_init(ssh);
	if (sftp->client != NULL)
		return sftp_judge(sftp, 0);
	error = libssh2_session_last_errno(ssh);
	if (error == LIBSSH2_ERROR_EAGAIN ||
	    session_broken(sftp->session))
		return sftp_judge(sftp, error);
	if (may_ask_again(sftp, ssh)) {
		sftp->asked_again = true;
		return sftp_start(sftp);
	}
	/* It has a channel to close yet. */
	sftp->busy = true;
	sftp->code = LIBSSH2_FX_NO_CONNECTION;
	return SFTP_NO;
}

bool
sftp_missing(const struct sftp *sftp, enum sftp_answer answer)
{
	return answer == SFTP_NO && sftp->code == LIBSSH2_FX_NO_SUCH_FILE;
}

unsigned long
sftp_code(const struct sftp *sftp)
{
	return sftp->code;
}

char *
sftp_words(struct sftp *sftp)
{
	static const char *const words[] = {
		[LIBSSH2_FX_EOF] = "it ends there",
		[LIBSSH2_FX_NO_SUCH_FILE] = "No such file or directory",
		[LIBSSH2_FX_PERMISSION_DENIED] = "Permission denied",
		[LIBSSH2_FX_FAILURE] = "Failure (SFTP says no more)",
		[LIBSSH2_FX_BAD_MESSAGE] = "Bad message",
		[LIBSSH2_FX_NO_CONNECTION] = "there is no SFTP server for us",
		[LIBSSH2_FX_CONNECTION_LOST] = "the server's connection is "
		    "lost",
		[LIBSSH2_FX_OP_UNSUPPORTED] = "the server cannot do that",
	};

	if (sftp->lost)
		return mem_dup(sftp->words);
	if (sftp->code < sizeof(words) / sizeof(words[0]) &&
	    words[sftp->code] != NULL)
		return mem_dup(words[sftp->code]);
	return mem_print("SFTP error %lu", sftp->code);
}

enum sftp_answer
sftp_stat(struct sftp *sftp, const char *path, bool follow,
    LIBSSH2_SFTP_ATTRIBUTES *attributes)
{
	allow(sftp);
	memset(attributes, 0, sizeof(*attributes));
	return sftp_judge(sftp, libssh2_sftp_stat_ex(sftp->client, path,
	    (unsigned)strlen(path),
	    follow ? LIBSSH2_SFTP_STAT : LIBSSH2_SFTP_LSTAT, attributes));
}

bool
sftp_is(const LIBSSH2_SFTP_ATTRIBUTES *attributes, mode_t type)
{
	return (attributes->flags & LIBSSH2_SFTP_ATTR_PERMISSIONS) != 0 &&
	    (attributes->permissions & S_IFMT) == type;
}

enum sftp_answer
sftp_set(struct sftp *sftp, const char *path,
    LIBSSH2_SFTP_ATTRIBUTES *attributes)
{
	allow(sftp);
	return sftp_judge(sftp, libssh2_sftp_stat_ex(sftp->client, path,
	    (unsigned)strlen(path), LIBSSH2_SFTP_SETSTAT, attributes));
}

enum sftp_answer
sftp_mkdir(struct sftp *sftp, const char *path, mode_t mode)
{
	allow(sftp);
	return sftp_judge(sftp, libssh2_sftp_mkdir_ex(sftp->client, path,
	    (unsigned)strlen(path), (long)mode));
}

enum sftp_answer
sftp_rmdir(struct sftp *sftp, const char *path)
{
	allow(sftp);
	return sftp_judge(sftp, libssh2_sftp_rmdir_ex(sftp->client, path,
	    (unsigned)strlen(path)));
}

enum sftp_answer
sftp_remove(struct sftp *sftp, const char *path)
{
	allow(sftp);
	return sftp_judge(sftp, libssh2_sftp_unlink_ex(sftp->client, path,
	    (unsigned)strlen(path)));
}

/* libssh2 1.11.0 cannot ask for posix-rename@openssh.com, and no release tells
 * whether the server has it before it has been tried. */
enum sftp_answer
sftp_rename(struct sftp *sftp, const char *from, const char *to)
{
	int result = LIBSSH2_FX_OP_UNSUPPORTED;

	allow(sftp);
#if LIBSSH2_VERSION_NUM >= 0x010b01
	if (!sftp->plain_rename)
		result = libssh2_sftp_posix_rename_ex(sftp->client, from,
		    strlen(from), to, strlen(to));
#endif
	if (result == LIBSSH2_FX_OP_UNSUPPORTED) {
		sftp->plain_rename = true;
		result = libssh2_sftp_rename_ex(sftp->client, from,
		    (unsigned)strlen(from), to, (unsigned)strlen(to),
		    LIBSSH2_SFTP_RENAME_ATOMIC | LIBSSH2_SFTP_RENAME_NATIVE);
	}
	return sftp_judge(sftp, result);
}

bool
sftp_replaces(const struct sftp *sftp)
{
	return !sftp->plain_rename;
}

enum sftp_answer
sftp_readlink(struct sftp *sftp, const char *path, struct buf *target)
{
	int len;

	allow(sftp);
	buf_clear(target);
	len = libssh2_sftp_symlink_ex(sftp->client, path,
	    (unsigned)strlen(path), buf_reserve(target, PATH_MOST), PATH_MOST,
	    LIBSSH2_SFTP_READLINK);
	if (len > 0)
		target->len += (size_t)len;
	return sftp_judge(sftp, len);
}

enum sftp_answer
sftp_space(struct sftp *sftp, const char *path, uint64_t *bytes)
{
	LIBSSH2_SFTP_STATVFS space;
	int result;

	allow(sftp);
	memset(&space, 0, sizeof(space));
	result = libssh2_sftp_statvfs(sftp->client, path, strlen(path),
	    &space);
	*bytes = space.f_bavail < UINT64_MAX / (space.f_frsize | 1) ?
	    space.f_bavail * space.f_frsize : UINT64_MAX;
	return sftp_judge(sftp, result);
}

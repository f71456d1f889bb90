/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libssh2_sftp_write() is given all that the server has not yet answered, and
 * what is new behind that.  It never looks at the former, of which it keeps
 * copies: so what is new lies always at the same place, behind as much room as
 * may be unanswered, and that room is never touched, so that it takes no
 * memory.
 *
 * It takes new bytes only if it was not waiting for an answer before, which
 * nothing tells but that it has just returned one.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "session.h"
#include "sftp.h"
#include "sftp_priv.h"

#define WINDOW (2 << 20)	/* unanswered: 40 MB/s over 50 ms */
#define PIECE (4 * 30000)	/* libssh2 makes requests of 30000 bytes */
#define NAME_MOST 4096

/* HANDLE is what a call returned that opens. */
static enum sftp_answer
opened(struct sftp *sftp, LIBSSH2_SFTP_HANDLE *handle, struct sftp_file **file)
{
	*file = NULL;
	if (handle == NULL)
		return sftp_judge(sftp, libssh2_session_last_errno(
		    session_ssh(sftp->session)));
	*file = mem_zero(sizeof(**file));
	(*file)->sftp = sftp;
	(*file)->handle = handle;
	(*file)->ready = true;
	(*file)->next = sftp->files;
	sftp->files = *file;
	return sftp_judge(sftp, 0);
}

static LIBSSH2_SFTP_HANDLE *
open_as(struct sftp *sftp, const char *path, unsigned long flags, mode_t mode,
    int type)
{
	if (!sftp->busy)
		sftp->first->allowed += SFTP_REPLY;
	return libssh2_sftp_open_ex(sftp->client, path, (unsigned)strlen(path),
	    flags, (long)mode, type);
}

enum sftp_answer
sftp_create(struct sftp *sftp, const char *path, mode_t mode,
    struct sftp_file **file)
{
	return opened(sftp, open_as(sftp, path, LIBSSH2_FXF_WRITE |
	    LIBSSH2_FXF_CREAT | LIBSSH2_FXF_EXCL, mode,
	    LIBSSH2_SFTP_OPENFILE), file);
}

enum sftp_answer
sftp_open(struct sftp *sftp, const char *path, struct sftp_file **file)
{
	return opened(sftp, open_as(sftp, path, LIBSSH2_FXF_READ, 0,
	    LIBSSH2_SFTP_OPENFILE), file);
}

enum sftp_answer
sftp_opendir(struct sftp *sftp, const char *path, struct sftp_file **file)
{
	return opened(sftp, open_as(sftp, path, 0, 0, LIBSSH2_SFTP_OPENDIR),
	    file);
}

char *
sftp_room(struct sftp_file *file, size_t *len)
{
	struct sftp *sftp = file->sftp;
	bool room = file->ready && file->unanswered <= WINDOW - PIECE &&
	    session_backlog(sftp->session) < SESSION_ENOUGH;

	if (sftp->region == NULL)
		sftp->region = mem_resize(NULL, 1, WINDOW + PIECE);
	*len = room ? PIECE : 0;
	return sftp->region + WINDOW;
}

enum sftp_answer
sftp_write(struct sftp_file *file, size_t len)
{
	struct sftp *sftp = file->sftp;
	bool idle = file->idle;
	ssize_t taken;

	if (file->unanswered + len == 0)
		return SFTP_DONE;
	sftp->first->allowed += len / 50;
	taken = libssh2_sftp_write(file->handle,
	    sftp->region + WINDOW - file->unanswered, file->unanswered + len);
	file->unanswered += len;
	file->ready = taken >= 0;
	file->idle = taken == 0;
	if (taken > 0)
		file->unanswered -= (size_t)taken;
	if (taken < 0 && taken != LIBSSH2_ERROR_EAGAIN)
		file->unanswered = 0;	/* it forgets them */
	if (taken == 0 && idle)
		taken = LIBSSH2_ERROR_EAGAIN;
	return sftp_judge(sftp, (int)taken);
}

size_t
sftp_unanswered(const struct sftp_file *file)
{
	return file->unanswered;
}

enum sftp_answer
sftp_read(struct sftp_file *file, char *data, size_t len, size_t *got)
{
	struct sftp *sftp = file->sftp;
	ssize_t taken;

	if (!file->reading)
		sftp->first->allowed += 5 * len + SFTP_REPLY;
	file->reading = true;
	taken = libssh2_sftp_read(file->handle, data, len);
	*got = taken > 0 ? (size_t)taken : 0;
	sftp->first->allowed += *got + *got / 8;
	return sftp_judge(sftp, (int)taken);
}

enum sftp_answer
sftp_readdir(struct sftp_file *file, struct buf *name,
    LIBSSH2_SFTP_ATTRIBUTES *attributes)
{
	struct sftp *sftp = file->sftp;
	int len;

	if (!sftp->busy)
		sftp->first->allowed += SFTP_REPLY;
	buf_clear(name);
	memset(attributes, 0, sizeof(*attributes));
	len = libssh2_sftp_readdir_ex(file->handle,
	    buf_reserve(name, NAME_MOST), NAME_MOST, NULL, 0, attributes);
	if (len > 0)
		name->len += (size_t)len;
	return sftp_judge(sftp, len);
}

enum sftp_answer
sftp_file_set(struct sftp_file *file, LIBSSH2_SFTP_ATTRIBUTES *attributes)
{
	return sftp_judge(file->sftp, libssh2_sftp_fstat_ex(file->handle,
	    attributes, 1));
}

enum sftp_answer
sftp_close(struct sftp_file *file)
{
	struct sftp *sftp = file->sftp;
	enum sftp_answer answer = sftp_judge(sftp,
	    libssh2_sftp_close_handle(file->handle));
	struct sftp_file **link = &sftp->files;

	if (answer == SFTP_WAIT)
		return answer;
	while (*link != file)
		link = &(*link)->next;
	*link = file->next;
	free(file);
	return answer;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of collect.h.
 *
 * Lanes, which are SFTP sessions of their own in one connection, take one file
 * after the other, so that the round trips of small ones are not taken one
 * after the other.  The first lane lists directories beside.  What a lane does
 * is an act after the other, each of which makes one request. */
#ifndef COLLECT_PRIV_H
#define COLLECT_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "buf.h"
#include "result.h"
#include "sftp.h"
#include "step.h"

struct archive;
struct archive_entry;
struct fetch;
struct job;
struct lane;
struct plan;

#define COLLECT_LANES 8
#define COLLECT_READ_MOST (320 * 1024)	/* of which four are asked for */
#define COLLECT_SMALL (64 * 1024)	/* a file read before it is sent on */

/* Something that is to be fetched. */
struct found {
	struct found	*next;
	char		*path;		/* there */
	char		*name;		/* in the stream */
	bool		 asked;		/* by the user, so it must be there */
	bool		 link;		/* not yet followed */
	mode_t		 mode;
	uint64_t	 size;
	uint32_t	 time;
};

/* Returns STEP_AGAIN when another act is to follow, STEP_NEXT when the lane
 * may take something else. */
typedef enum step lane_act(struct lane *);

struct lane {
	struct collecting *collecting;
	struct sftp	*sftp;
	lane_act	*act;		/* NULL: it has nothing to do */
	struct found	*file;
	struct sftp_file *open;
	struct buf	 data;		/* of a small file */
	uint64_t	 left;		/* of a large one */
	bool		 over;		/* no more comes of the small one */
};

struct collecting {
	struct job	*job;
	const struct plan *plan;
	struct lane	 lanes[COLLECT_LANES];
	size_t		 lane_count;	/* that can be used */
	bool		 narrow;	/* the host allows no more */
	size_t		 turn;		/* bytes moved in this one */

	/* What is asked for (collect_find.c). */
	char		**remote;	/* of plan->remotes, looked for */
	char		*path;		/* without what a shell made of it */
	const char	*rest;		/* of the pattern that it is */
	char		*part;		/* the present one, as fnmatch has it */
	char		**places;	/* that have matched so far */
	size_t		 place;		/* looked at */
	struct buf	 matches;	/* there so far, each with its NUL */
	struct found	*wanted, **last_wanted;
	size_t		 count;		/* of these */

	/* Directories (collect_list.c), the last first, and files. */
	struct found	*above;
	size_t		 above_len;	/* bytes of their names */
	struct found	*listed;	/* the one that is open */
	struct sftp_file *directory;
	unsigned	 dots;		/* in it */
	struct found	*files, **last_file;
	size_t		 file_count;

	/* The stream (collect_pack.c). */
	struct fetch	*fetch;
	size_t		 piece;		/* added at a time at most */
	size_t		 read_most;
	char		*room;		/* for so many bytes */
	struct archive	*archive;
	struct archive_entry *entry;
	bool		 ending;	/* it takes nothing more */
	const struct lane *owner;	/* sends a large file now, or NULL */

	struct buf	 told;		/* what was not copied, and why */
};

/* Go on with ACT. */
enum step collect_then(struct lane *, lane_act *act);

/* The visit ends: with the server's answer about PATH, or what is wrong with
 * what it said. */
enum step collect_refused(struct lane *, enum sftp_answer, const char *path);
enum step collect_fail(struct lane *, enum ending, const char *format, ...)
	    __attribute__((format(printf, 3, 4)));

/* LEN bytes of a file have come. */
void	 collect_moved(struct lane *, size_t len);

/* PATH was left out. */
void	 collect_note(struct collecting *, const char *path, const char *why);

/* What is at PATH, by these attributes, called NAME in the stream; these two
 * are taken over. */
struct found *collect_found(char *path, char *name,
	    const LIBSSH2_SFTP_ATTRIBUTES *);
void	 collect_found_free(struct found *);

/* The acts that begin: look for what is asked for; list directories until
 * there are enough files to go on with; fetch lane->file. */
lane_act collect_find, collect_list, collect_file;

/* Is there something left to be listed? */
bool	 collect_is_listing(const struct collecting *);

/* Close collecting->directory, which is PATH.  STEP_NEXT: that is done. */
enum step collect_close_directory(struct lane *, const char *path);

/* NAME as a name in the directory DIR, which "" is the root's; in fresh
 * memory. */
char	*collect_below(const char *dir, const char *name);

/* Why NAME, in a directory, is none; or NULL. */
const char *collect_bad_name(struct buf *name);

/* Is it "." or ".."? */
bool	 collect_is_dots(struct buf *name);

/* Begin the stream.  False: there is no thread for it. */
bool	 collect_pack_begin(struct collecting *);

/* May LANE add a piece?  Else the job is poked when it may. */
bool	 collect_pack_ready(const struct lane *);

/* Add a directory, or the beginning of a file of SIZE bytes; a piece of it; the
 * end of all.  NULL, or in fresh memory what is wrong. */
char	*collect_pack_head(struct collecting *, const struct found *,
	    uint64_t size);
char	*collect_pack_data(struct collecting *, const char *data, size_t len);
char	*collect_pack_end(struct collecting *);
void	 collect_pack_free(struct collecting *);

#endif

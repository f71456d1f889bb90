/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of deliver.h.
 *
 * The work is divided into phases, a phase into tasks, and a task into acts,
 * each of which makes one request.  Lanes, which are SFTP sessions of their own
 * in one connection, take one task after the other until the phase has no
 * more: so small files do not take their round trips one after the other. */
#ifndef DELIVER_PRIV_H
#define DELIVER_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "result.h"
#include "sftp.h"
#include "step.h"

struct job;
struct lane;
struct plan;
struct tree;

/* What is where an entry of the tree goes to. */
enum fate {
	FATE_UNKNOWN,
	FATE_NEW,	/* nothing: it gets its name, a directory as a whole */
	FATE_REPLACE,	/* a file */
	FATE_MERGE,	/* a directory, for what is in this one */
	FATE_INSIDE,	/* it goes with the directory that it is in */
	FATE_DONE,	/* this, by now */
};

/* One for each entry. */
struct slot {
	uint32_t	 parent;	/* of one that comes again: itself */
	uint32_t	 user, group;	/* of what is replaced */
	uint16_t	 mode;
	uint8_t		 fate;
	char		*place;		/* where a link has led, or NULL */
};

/* Returns STEP_NEXT at the task's end, STEP_AGAIN to be called again. */
typedef enum step lane_act(struct lane *);

struct lane {
	struct sending	*sending;
	struct sftp	*sftp;
	lane_act	*act;		/* NULL: it has no task */
	bool		 waiting;	/* for an answer */
	bool		 cleared;	/* what it was about, when all ends */
	size_t		 entry;		/* the task's */
	struct buf	 path, other;
	unsigned	 links;		/* followed */
	LIBSSH2_SFTP_ATTRIBUTES attributes;
	struct sftp_file *file;
	int		 fd;		/* what goes there, or -1 */
	uint64_t	 left;		/* of it */
	char		*why;		/* to give up, if nothing better is
					 * found */
};

/* Find the next task and begin it with lane->act.  False: there is none. */
struct phase {
	bool	(*next)(struct lane *);
	bool	 alone;		/* one task after the other */
	bool	 last;		/* of a step */
};

#define DELIVER_LANES 8

struct sending {
	struct job	*job;
	const struct plan *plan;
	const struct tree *tree;
	struct slot	*slots;
	char		*target;
	bool		 slash;		/* it had some at its end */
	bool		 into;		/* it is a directory */
	char		*stage;		/* our own directory there */
	bool		 staged;	/* it is there */
	uint32_t	 user, group;	/* ours, there */
	struct lane	 lanes[DELIVER_LANES];
	size_t		 lane_count;
	const struct phase *phase;
	size_t		 next;		/* where it goes on */
	size_t		 made, begun;	/* behind the last entry */
	bool		 ending;	/* too early */
	bool		 clearing;	/* and removing what was begun */
	uint64_t	 cleared, seen;	/* requests for that */
};

extern const struct phase deliver_phases[], deliver_endings[];

/* The phases. */
bool	 deliver_look(struct lane *);
bool	 deliver_check_directories(struct lane *);
bool	 deliver_make_stage(struct lane *);
bool	 deliver_make_directories(struct lane *);
bool	 deliver_check_files(struct lane *);
bool	 deliver_send(struct lane *);
bool	 deliver_settle(struct lane *);
bool	 deliver_place(struct lane *);
bool	 deliver_shut(struct lane *);
bool	 deliver_sweep(struct lane *);
bool	 deliver_clear_files(struct lane *);
bool	 deliver_clear_directories(struct lane *);

/* Go on with ACT.  Returns STEP_AGAIN. */
enum step deliver_then(struct lane *, lane_act *);

/* Begin a task about ENTRY with ACT.  Returns true. */
bool	 deliver_begin(struct lane *, size_t entry, lane_act *);

/* Give up, WORDS, taken over, saying why; what was begun is removed first. */
enum step deliver_stop(struct lane *, enum ending, char *words);

/* Give up because of what the server has answered of WHAT; or wait for it. */
enum step deliver_refused(struct lane *, enum sftp_answer, const char *what);

/* The same of the lane's entry, there being no room perhaps. */
enum step deliver_cannot_write(struct lane *, enum sftp_answer);

/* Where ENTRY is at first, and where it goes to: put into PATH and lent. */
const char *deliver_staged(const struct sending *, size_t entry, struct buf *);
const char *deliver_placed(const struct sending *, size_t entry, struct buf *);

/* What is to be removed when lane ends before its time.  An act. */
enum step deliver_abandon(struct lane *);

#endif

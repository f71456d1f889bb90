/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "mem.h"
#include "msg.h"
#include "muster.h"
#include "parting.h"

/* Nobody may be left at the other end of stdout: told nevertheless. */
static void
tell_ids(const struct muster *muster, const struct launched *all, size_t from)
{
	struct buf ids = { 0 };
	bool failed = !muster->print;

	for (size_t i = from; i < all->count; i++) {
		const char *id = all->list[i].fields[INSTANCE_ID];

		if (muster->print && printf("%s\n", id) < 0)
			failed = true;
		buf_join(&ids, " ", id);
	}
	if (fflush(stdout) != 0)
		failed = true;
	if (ids.len > 0 && failed)
		msg_warn("launched %s", buf_text(&ids));
	buf_free(&ids);
}

/* What to say if a signal ends us while EC2 is asked. */
static void
part_knowing_nothing(const struct muster *muster)
{
	char *words = mem_print("ended; whether machines were launched is not "
	    "known: the same command with --run %s --client-token %s tells",
	    muster->launch->run, muster->token);

	parting_set(PARTING_ASKED, words);
	free(words);
}

/* The same when it has answered. */
static void
part_knowing(const struct muster *muster, const struct launched *all)
{
	char *words = mem_print("ended; %zu launched machine%s of run %s "
	    "stay%s (to end them: ec2-terminate --run %s)", all->count,
	    all->count == 1 ? "" : "s", muster->launch->run,
	    all->count == 1 ? "s" : "", muster->launch->run);

	parting_set(NULL, all->count > 0 ? words : NULL);
	free(words);
}

/* It may have been done: EC2 knows by the token. */
static enum launch_outcome
look(const struct muster *muster, const char *token, struct launched *all)
{
	size_t before = all->count;

	if (launch_look(muster->api, muster->launch, token, all) &&
	    all->count > before)
		return LAUNCH_DONE;
	msg_warn("whether machines were launched is not known, none is to be "
	    "seen yet: the same command with --run %s --client-token %s tells, "
	    "and launches them if they are not there", muster->launch->run,
	    muster->token);
	return LAUNCH_UNKNOWN;
}

static enum launch_outcome
launch_batch(const struct muster *muster, int number, long least, long most,
    struct launched *all)
{
	char *token = muster->most <= LAUNCH_BATCH ? mem_dup(muster->token) :
	    mem_print("%s-%d", muster->token, number);
	size_t before = all->count;
	enum launch_outcome outcome;
	char *why = NULL;

	part_knowing_nothing(muster);
	outcome = launch_run(muster->api, muster->launch, token, least, most,
	    all, &why);
	if (why != NULL)
		msg_warn("%s", why);
	if (outcome == LAUNCH_UNKNOWN && !muster->launch->dry)
		outcome = look(muster, token, all);
	if (outcome == LAUNCH_DONE && all->count - before < (size_t)most)
		outcome = LAUNCH_SCARCE;
	tell_ids(muster, all, before);
	part_knowing(muster, all);
	free(why);
	free(token);
	return outcome;
}

enum launch_outcome
muster_all(const struct muster *muster, struct launched *all)
{
	enum launch_outcome outcome = LAUNCH_DONE;
	long left = muster->most;

	for (int number = 1; left > 0 && outcome == LAUNCH_DONE &&
	    !parting_waits(); number++) {
		long most = left < LAUNCH_BATCH ? left : LAUNCH_BATCH;
		/* Those after them may not be had: so many must be of these. */
		long least = muster->least - (long)all->count - (left - most);

		left -= most;
		outcome = launch_batch(muster, number, least > 1 ? least : 1,
		    most, all);
	}
	if (outcome == LAUNCH_WOULD)
		msg_warn("dry run: it would be done");
	else if (all->count > 0)
		msg_warn("launched %zu of %ld as run %s (to end them: "
		    "ec2-terminate --run %s)", all->count, muster->most,
		    muster->launch->run, muster->launch->run);
	parting_obey();
	return outcome;
}

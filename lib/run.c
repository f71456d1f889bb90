/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "agent.h"
#include "crowd.h"
#include "hostkey.h"
#include "jump.h"
#include "keyring.h"
#include "password.h"
#include "plan.h"
#include "prompt.h"
#include "resolve.h"
#include "run.h"
#include "turn.h"
#include "unlock.h"
#include "visit.h"

void
run_begin(struct run *run, const struct plan *plan)
{
	run->plan = plan;
	run->entry = &visit;
	run->loop = loop_open();
	run->handshakes.room = (unsigned)plan->handshakes;
	run->hostkeys = hostkeys_new();
	run->crowds = crowds_new(uv_hrtime());
	run->keyring = keyring_new();
	run->agents = agents_new(run->loop);
	run->jumps = jumps_new(run);
	run->passwords = passwords_new(plan->password);
	run->turns = turns_new(run->loop);
	run->unlocks = unlocks_new(run);
}

char *
run_ask(struct run *run, void (*around)(void *context, bool taken),
    void *context)
{
	run->prompts = prompts_new(run->loop, around, context);
	return !run->plan->askpass ? NULL :
	    passwords_ask(run->passwords, run->prompts, run->plan->stdin_free);
}

void
run_count(const struct run *run, struct progress_counts *counts)
{
	uint64_t all = run->plan->each * counts->total;

	/* What comes from hosts has a place there. */
	if (!run->plan->copies && run->plan->localdir == NULL)
		return;
	counts->moved = &run->moved;
	counts->expected = all > run->given_up ? all - run->given_up : 0;
}

void
run_settle(struct run *run, const struct job *job)
{
	if (job->result.bytes_in < run->plan->each)
		run->given_up += run->plan->each - job->result.bytes_in;
}

void
run_drain(struct run *run)
{
	jumps_end(run->jumps);
}

void
run_end(struct run *run)
{
	turns_free(run->turns);
	unlocks_free(run->unlocks);
	if (run->prompts != NULL)
		prompts_free(run->prompts);
	agents_release(run->agents);
	jumps_free(run->jumps);
	resolve_close();
	loop_close(run->loop);
	crowds_free(run->crowds);
	keyring_free(run->keyring);
	passwords_free(run->passwords);
	hostkeys_free(run->hostkeys);
}

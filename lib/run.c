/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "agent.h"
#include "hostkey.h"
#include "jump.h"
#include "keyring.h"
#include "plan.h"
#include "resolve.h"
#include "run.h"
#include "visit.h"

void
run_begin(struct run *run, const struct plan *plan)
{
	run->plan = plan;
	run->entry = &visit;
	run->loop = loop_open();
	run->handshakes.room = (unsigned)plan->handshakes;
	run->hostkeys = hostkeys_new();
	run->keyring = keyring_new();
	run->agents = agents_new(run->loop);
	run->jumps = jumps_new(run);
}

void
run_drain(struct run *run)
{
	jumps_end(run->jumps);
}

void
run_end(struct run *run)
{
	agents_release(run->agents);
	jumps_free(run->jumps);
	resolve_close();
	loop_close(run->loop);
	keyring_free(run->keyring);
	hostkeys_free(run->hostkeys);
}

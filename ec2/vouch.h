/* SPDX-License-Identifier: BSD-2-Clause */
/* Host keys by the cloud's word: what each instance printed on its console when
 * it booted (GetConsoleOutput) goes to a known_hosts file, before anybody is
 * told that the host is there.  Consoles lag, so they are asked again and
 * again. */
#ifndef VOUCH_H
#define VOUCH_H

#include <stdbool.h>

#include "api.h"
#include "hostline.h"
#include "instance.h"

struct vouch;

/* Keys go to the file PATH, mode 0600, in which others that had one of an
 * instance's names lose it; "-" is stdout.  Names are all addresses of the
 * instance, and the one that HOSTLINE chooses, with PORT if it is neither 0 nor
 * 22.  NULL if PATH is NULL: no keys are asked for.
 *
 * Ends the program with status 2 if PATH cannot be read or written. */
struct vouch *vouch_new(struct api *, const char *path,
	    const struct hostline *hostline, int port);

/* Begin with an instance of PLACE, which stays; the instance is copied.
 * http_run() does the work.  HEARD is called once: KNOWN, its keys are in the
 * file; or never will be, which has been told. */
void	 vouch_ask(struct vouch *, const struct place *place,
	    const struct instance *instance,
	    void (*heard)(void *context, bool known), void *context);

/* Call nobody any more.  True: nothing is under way; else IDLE is called once
 * when that is so. */
bool	 vouch_stop(struct vouch *, void (*idle)(void *context),
	    void *context);

/* Could the file not be written?  That has been told. */
bool	 vouch_failed(const struct vouch *);

/* When nothing is under way.  NULL is ignored. */
void	 vouch_free(struct vouch *);

#endif

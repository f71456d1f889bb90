/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each instance goes round: its console is asked for; are there keys in it, it
 * waits, a moment, for others that the file can be written with at once; else
 * it waits to be asked again.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "buf.h"
#include "console.h"
#include "gate.h"
#include "http.h"
#include "known.h"
#include "mem.h"
#include "msg.h"
#include "vouch.h"

#define USAGE 2
#define MOST_CALLS 20			/* at once: AWS counts them */
#define FIRST_PAUSE 1000		/* ms */
#define LONGEST_PAUSE 10000
#define GATHER 100			/* ms, until the file is written */
#define CALL_SECONDS 20

struct vouch {
	struct api	*api;
	const char	*path;
	const struct hostline *hostline;
	int		 port;
	struct known	 known;
	struct gate	 gate;
	struct guest	*guests;
	bool		 writing;	/* write_soon() will be called */
	bool		 failed, stopped;
	void		(*idle)(void *context);
	void		*idle_context;
};

struct guest {
	struct vouch	*vouch;
	const struct place *place;
	char		*id;
	char		*names[INSTANCE_FIELDS + 2];	/* NULL-terminated */
	bool		 stale;		/* ask what is not the latest */
	struct buf	 console;
	long		 pause;
	struct gate_pass pass;
	bool		 found;		/* its keys are to be written */
	void		(*heard)(void *context, bool known);
	void		*context;
	struct guest	*next;
};

struct vouch *
vouch_new(struct api *api, const char *path, const struct hostline *hostline,
    int port)
{
	struct vouch *vouch;
	char *why = NULL;

	if (path == NULL)
		return NULL;
	vouch = mem_zero(sizeof(*vouch));
	vouch->api = api;
	vouch->path = path;
	vouch->hostline = hostline;
	vouch->port = port;
	vouch->gate.room = MOST_CALLS;
	if (strcmp(path, "-") != 0)
		why = known_read(&vouch->known, path);
	/* A place that cannot be written to is better known at once. */
	if (why == NULL && strcmp(path, "-") != 0)
		why = known_write(&vouch->known, path);
	if (why != NULL)
		msg_die(USAGE, "%s", why);
	return vouch;
}

static void
free_guest(struct guest *guest)
{
	free(guest->id);
	for (char **name = guest->names; *name != NULL; name++)
		free(*name);
	buf_free(&guest->console);
	free(guest);
}

void
vouch_free(struct vouch *vouch)
{
	if (vouch == NULL)
		return;
	http_drop(api_http(vouch->api), vouch);
	while (vouch->guests != NULL) {
		struct guest *guest = vouch->guests;

		vouch->guests = guest->next;
		http_drop(api_http(vouch->api), guest);
		free_guest(guest);
	}
	known_free(&vouch->known);
	free(vouch);
}

bool
vouch_failed(const struct vouch *vouch)
{
	return vouch->failed;
}

bool
vouch_stop(struct vouch *vouch, void (*idle)(void *context), void *context)
{
	vouch->stopped = true;
	vouch->idle = idle;
	vouch->idle_context = context;
	return vouch->gate.inside == 0;
}

/* GUEST is done with: take it out, then tell. */
static void
dismiss(struct guest *guest, bool known)
{
	struct guest **link = &guest->vouch->guests;

	while (*link != guest)
		link = &(*link)->next;
	*link = guest->next;
	guest->heard(guest->context, known);
	free_guest(guest);
}

static void
dismiss_found(struct vouch *vouch, bool known)
{
	struct guest *next;

	for (struct guest *guest = vouch->guests; guest != NULL;
	    guest = next) {
		next = guest->next;
		if (guest->found && !vouch->stopped)
			dismiss(guest, known);
	}
}

static void
write_soon(void *context)
{
	struct vouch *vouch = context;
	char *why = known_write(&vouch->known, vouch->path);

	vouch->writing = false;
	if (vouch->stopped) {
		free(why);
		return;
	}
	if (why != NULL)
		msg_warn("%s", why);
	vouch->failed = vouch->failed || why != NULL;
	dismiss_found(vouch, why == NULL);
	free(why);
}

/* The keys are out: let the user have them. */
static void
take_keys(struct guest *guest, const struct console_key *keys, size_t count)
{
	struct vouch *vouch = guest->vouch;
	char **texts = mem_zero((count + 1) * sizeof(*texts));
	bool print = strcmp(vouch->path, "-") == 0;

	for (size_t i = 0; i < count; i++)
		texts[i] = keys[i].text;
	if (print)
		buf_clear(&vouch->known.text);
	known_set(&vouch->known, guest->names, texts, count);
	free(texts);
	if (print) {
		fputs(buf_text(&vouch->known.text), stdout);
		fflush(stdout);
		dismiss(guest, true);
		return;
	}
	guest->found = true;
	if (!vouch->writing)
		http_after(api_http(vouch->api), GATHER, write_soon, vouch);
	vouch->writing = true;
}

static void	enter_gate(void *context);

static void
ask_later(struct guest *guest)
{
	http_after(api_http(guest->vouch->api), guest->pause, enter_gate,
	    guest);
	guest->pause += guest->pause / 2;
	if (guest->pause > LONGEST_PAUSE)
		guest->pause = LONGEST_PAUSE;
}

static void
read_console(struct guest *guest)
{
	struct console_key *keys = NULL;
	size_t count = console_keys(buf_text(&guest->console),
	    guest->console.len, &keys);

	if (count > 0)
		take_keys(guest, keys, count);
	else
		ask_later(guest);
	console_free(keys, count);
}

static void
take_error(struct guest *guest, const struct api_error *error)
{
	char *words;

	/* Not every kind of machine has a console that is read at any time. */
	if (!guest->stale && (api_is(error, "UnsupportedOperation") ||
	    api_is(error, "InvalidParameterCombination"))) {
		guest->stale = true;
		ask_later(guest);
	} else if (api_is(error, "InvalidInstanceID.NotFound") ||
	    error->throttled || error->status == 0 || error->status >= 500) {
		ask_later(guest);
	} else {
		words = api_words(error);
		msg_warn("%s: no console to be had: %s", guest->id, words);
		free(words);
		dismiss(guest, false);
	}
}

static void
hear_api(void *context, const struct api_error *error)
{
	struct guest *guest = context;
	struct vouch *vouch = guest->vouch;

	gate_leave(&vouch->gate, &guest->pass);
	if (vouch->stopped) {
		if (vouch->gate.inside == 0 && vouch->idle != NULL)
			vouch->idle(vouch->idle_context);
	} else if (error != NULL) {
		take_error(guest, error);
	} else {
		read_console(guest);
	}
}

static void
closed(void *context, const char *path, const char *text)
{
	struct guest *guest = context;

	if (strcmp(path, "output") == 0)
		base64_decode(&guest->console, text);
}

static void
again(void *context)
{
	struct guest *guest = context;

	buf_clear(&guest->console);
}

static void
ask(void *context)
{
	struct guest *guest = context;
	struct query query = { 0 };
	struct api_call call = {
		.action = "GetConsoleOutput", .query = &query,
		.place = guest->place, .closed = closed, .again = again,
		.done = hear_api, .context = guest, .seconds = CALL_SECONDS,
	};

	if (guest->vouch->stopped) {
		gate_leave(&guest->vouch->gate, &guest->pass);
		return;
	}
	buf_clear(&guest->console);
	query_add(&query, "InstanceId", guest->id);
	if (!guest->stale)
		query_add(&query, "Latest", "true");
	api_start(guest->vouch->api, &call);
	query_clear(&query);
}

static void
enter_gate(void *context)
{
	struct guest *guest = context;

	if (gate_enter(&guest->vouch->gate, &guest->pass))
		ask(guest);
}

/* NAME is used up. */
static void
add_name(struct guest *guest, char *name)
{
	int port = guest->vouch->port;
	size_t count = 0;

	if (name != NULL && port != 0 && port != 22) {
		char *plain = name;

		name = mem_print("[%s]:%d", plain, port);
		free(plain);
	}
	while (guest->names[count] != NULL) {
		if (name != NULL && strcmp(guest->names[count], name) == 0) {
			free(name);
			return;
		}
		count++;
	}
	guest->names[count] = name;
}

void
vouch_ask(struct vouch *vouch, const struct place *place,
    const struct instance *instance, void (*heard)(void *context, bool known),
    void *context)
{
	static const enum instance_field addresses[] = {
		INSTANCE_PUBLIC_DNS, INSTANCE_PUBLIC_IP, INSTANCE_PRIVATE_DNS,
		INSTANCE_PRIVATE_IP, INSTANCE_IPV6,
	};
	struct guest *guest = mem_zero(sizeof(*guest));

	guest->vouch = vouch;
	guest->place = place;
	guest->id = mem_dup(instance->fields[INSTANCE_ID]);
	guest->pause = FIRST_PAUSE;
	guest->pass.call = ask;
	guest->pass.context = guest;
	guest->heard = heard;
	guest->context = context;
	add_name(guest, hostline_address(vouch->hostline, instance));
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++)
		add_name(guest, mem_dup(instance->fields[addresses[i]]));
	guest->next = vouch->guests;
	vouch->guests = guest;
	enter_gate(guest);
}

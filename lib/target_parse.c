/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading "[user@]host[:port] [user] [key=value]..." */
#include "config.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "escape.h"
#include "hostset.h"
#include "mem.h"
#include "num.h"
#include "target.h"

#define BLANKS " \t"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* What ssh(1) takes in no host name and no user name, since both end up in
 * ProxyCommand and Match exec, which a shell runs. */
#define SHELL_CHARACTERS "'`\"$\\;&<>|(){}"

static char *
bad_name(const char *kind, const char *name)
{
	return mem_print("bad %s \"%.*s\"", kind, TARGET_SHOWN, name);
}

/* Only what can be shown as it is: no control bytes, no broken UTF-8. */
static bool
is_printable(const char *text)
{
	struct buf shown = { 0 };
	bool same;

	/* Plain ASCII is nearly every line there is. */
	for (const char *at = text;; at++) {
		if (*at == '\0')
			return true;
		if ((*at < 0x20 && *at != '\t') || *at >= 0x7f)
			break;
	}
	escape_add(&shown, text, strlen(text), "\t");
	same = strcmp(buf_text(&shown), text) == 0;
	buf_free(&shown);
	return same;
}

/* An IPv6 address, with or without a zone ("%eth0"). */
static bool
is_ipv6(const char *text)
{
	struct in6_addr address;
	size_t len = strcspn(text, "%");
	char *bare = mem_ndup(text, len);
	bool is = inet_pton(AF_INET6, bare, &address) == 1 &&
	    (text[len] == '\0' || text[len + 1] != '\0');

	free(bare);
	return is;
}

static char *
take_user(struct target *target, const char *user, size_t len)
{
	target->user = mem_ndup(user, len);
	if (len == 0)
		return mem_dup("empty user name");
	if (len > TARGET_NAME_MAX || *user == '-' ||
	    target->user[strcspn(target->user, SHELL_CHARACTERS)] != '\0')
		return bad_name("user name", target->user);
	return NULL;
}

/* The host is the LEN bytes at TEXT, brackets around an address taken off. */
static char *
take_host(struct target *target, const char *text, size_t len)
{
	const char *host = target->host = mem_ndup(text, len);

	if (len == 0)
		return mem_dup("empty host name");
	if (len > TARGET_NAME_MAX)
		return mem_dup("host name too long");
	/* '=': someone left the host out before its variables. */
	if (*host == '-' || host[strcspn(host, SHELL_CHARACTERS "@=")] != '\0')
		return bad_name("host name", host);
	if (strchr(host, ':') != NULL && strchr(host, '[') == NULL &&
	    !is_ipv6(host))
		return bad_name("IPv6 address", host);
	return NULL;
}

/* Does TEXT begin with brackets that are no range but stand around an address
 * or a name?  The length with both brackets, or 0. */
static size_t
bracketed_length(const char *text)
{
	const char *end = strchr(text, ']');

	if (*text != '[' || end == NULL || (end[1] != '\0' && end[1] != ':'))
		return 0;
	if (hostset_is_range(text + 1, (size_t)(end - text) - 1))
		return 0;
	return (size_t)(end - text) + 1;
}

/* "host[:port]" */
static char *
take_host_port(struct target *target, const char *text)
{
	size_t bracketed = bracketed_length(text);
	const char *colon;
	char *wrong;

	if (bracketed > 0) {
		colon = text[bracketed] == ':' ? text + bracketed : NULL;
		wrong = take_host(target, text + 1, bracketed - 2);
	} else {
		colon = strchr(text, ':');
		/* More than one: an address, and all of it. */
		if (colon != NULL && strchr(colon + 1, ':') != NULL)
			colon = NULL;
		wrong = take_host(target, text, colon == NULL ? strlen(text) :
		    (size_t)(colon - text));
	}
	if (wrong == NULL && colon != NULL &&
	    !num_port(colon + 1, &target->port))
		wrong = bad_name("port", colon + 1);
	return wrong;
}

static char *
take_entry(struct target *target, const char *entry)
{
	const char *at = strrchr(entry, '@');
	char *wrong = NULL;

	if (at != NULL) {
		wrong = take_user(target, entry, (size_t)(at - entry));
		entry = at + 1;
	}
	return wrong != NULL ? wrong : take_host_port(target, entry);
}

/* "key=value"; EQUALS points at the '=' in FIELD. */
static char *
take_var(struct target *target, const char *field, const char *equals)
{
	struct target_var *var;
	size_t len = (size_t)(equals - field);

	if (strspn(field, LETTERS "_") == 0 ||
	    strspn(field, LETTERS "0123456789_.:/-") != len)
		return bad_name("variable", field);
	target->vars = mem_resize(target->vars, target->var_count + 1,
	    sizeof(*target->vars));
	var = &target->vars[target->var_count++];
	var->name = mem_ndup(field, len);
	var->value = mem_dup(equals + 1);
	return NULL;
}

/* Take the fields of TEXT.  *OLD_USER is the first that is neither the entry
 * nor a variable, in fresh memory, and *OLD_USERS how many such there are. */
static char *
take_fields(struct target *target, const char *text, char **old_user,
    unsigned *old_users)
{
	char *wrong = NULL;

	for (unsigned place = 0; wrong == NULL; place++) {
		size_t len;
		char *field;
		const char *equals;

		text += strspn(text, BLANKS);
		len = strcspn(text, BLANKS);
		if (len == 0 && place > 0)
			return NULL;
		field = mem_ndup(text, len);
		equals = strchr(field, '=');
		if (place == 0)
			wrong = take_entry(target, field);
		else if (equals != NULL)
			wrong = take_var(target, field, equals);
		else if ((*old_users)++ == 0)
			*old_user = mem_dup(field);
		free(field);
		text += len;
	}
	return wrong;
}

char *
target_parse(struct target *target, const char *text)
{
	char *old_user = NULL, *wrong, *told = NULL;
	unsigned old_users = 0;

	*target = (struct target){ 0 };
	if (is_printable(text))
		wrong = take_fields(target, text, &old_user, &old_users);
	else
		wrong = mem_dup("control characters");
	if (wrong == NULL && old_users > 1)
		told = mem_print("Bad line: \"%.*s\". Format should be "
		    "[user@]host[:port] [user]", TARGET_SHOWN, text);
	else if (wrong == NULL && old_users == 1 && target->user != NULL)
		told = mem_print("User specified twice in line: \"%.*s\"",
		    TARGET_SHOWN, text);
	else if (wrong == NULL && old_users == 1)
		wrong = take_user(target, old_user, strlen(old_user));

	if (wrong != NULL)
		told = mem_print("Bad line: \"%.*s\": %s", TARGET_SHOWN, text,
		    wrong);
	if (told != NULL)
		target_clear(target);
	free(old_user);
	free(wrong);
	return told;
}

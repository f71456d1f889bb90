/* SPDX-License-Identifier: BSD-2-Clause */
/* %tokens, ${NAME} and ~ in values: ssh_config(5), TOKENS and ENVIRONMENT
 * VARIABLES. */
#include "config.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "digest.h"
#include "mem.h"
#include "sshconf_priv.h"

static void
add_connection(struct buf *out, const struct sshconf_facts *facts)
{
	struct buf text = { 0 };
	char *hash;

	buf_addf(&text, "%s%s%d%s%s", facts->conf->this_host, facts->host,
	    facts->port, facts->user, facts->jump);
	hash = digest_sha1_hex(text.data, text.len);
	buf_adds(out, hash);
	free(hash);
	buf_free(&text);
}

static void
add_token(struct buf *out, const struct sshconf_facts *facts, char token)
{
	const struct sshconf *conf = facts->conf;

	switch (token) {
	case 'C':
		add_connection(out, facts);
		break;
	case 'L':
		buf_add(out, conf->this_host, strcspn(conf->this_host, "."));
		break;
	case 'd':
		buf_adds(out, conf->home);
		break;
	case 'h':
		buf_adds(out, facts->host);
		break;
	case 'i':
		buf_adds(out, conf->uid);
		break;
	case 'j':
		buf_adds(out, facts->jump);
		break;
	case 'k':
		buf_adds(out, facts->alias);
		break;
	case 'l':
		buf_adds(out, conf->this_host);
		break;
	case 'n':
		buf_adds(out, facts->original);
		break;
	case 'p':
		buf_addf(out, "%d", facts->port);
		break;
	case 'r':
		buf_adds(out, facts->user);
		break;
	default:	/* 'u' */
		buf_adds(out, conf->local_user);
	}
}

/* *TEXT is behind "${".  Moves it behind the brace. */
static char *
add_variable(struct buf *out, const char **text)
{
	const char *end = strchr(*text, '}'), *value;
	char *name;

	if (end == NULL)
		return mem_print("environment variable '%s' missing closing "
		    "'}'", *text);
	if (end == *text)
		return mem_dup("zero-length environment variable");
	name = mem_ndup(*text, (size_t)(end - *text));
	value = getenv(name);
	if (value == NULL) {
		char *wrong = mem_print("env var ${%s} has no value", name);

		free(name);
		return wrong;
	}
	buf_adds(out, value);
	free(name);
	*text = end + 1;
	return NULL;
}

char *
sshconf_expand(const struct sshconf_facts *facts, const char *text,
    const char *allowed, bool dollar, char **error)
{
	struct buf out = { 0 };

	*error = NULL;
	while (*text != '\0' && *error == NULL) {
		size_t len = strcspn(text, "%$");

		buf_add(&out, text, len);
		text += len;
		if (dollar && text[0] == '$' && text[1] == '{') {
			text += 2;
			*error = add_variable(&out, &text);
		} else if (*text != '%' || allowed == NULL) {
			if (*text != '\0')
				buf_addc(&out, *text++);
		} else if (text[1] == '%') {
			buf_addc(&out, '%');
			text += 2;
		} else if (text[1] == '\0') {
			*error = mem_dup("a single % at the end");
		} else if (strchr(allowed, text[1]) == NULL) {
			*error = mem_print("unknown key %%%c", text[1]);
		} else {
			add_token(&out, facts, text[1]);
			text += 2;
		}
	}
	if (*error == NULL)
		return buf_release(&out);
	buf_free(&out);
	return NULL;
}

char *
sshconf_tilde(const struct sshconf *conf, const char *text, char **error)
{
	const char *path, *home = conf->home;
	size_t len;

	*error = NULL;
	if (*text != '~')
		return mem_dup(text);
	len = strcspn(++text, "/");
	path = text + len + strspn(text + len, "/");
	if (len > 0) {
		char *name = mem_ndup(text, len);
		struct passwd *user = getpwnam(name);

		if (user == NULL)
			*error = mem_print("No such user %s", name);
		free(name);
		if (user == NULL)
			return NULL;
		home = user->pw_dir;
	}
	len = strlen(home);
	return mem_print("%s%s%s", home,
	    len == 0 || home[len - 1] != '/' ? "/" : "", path);
}

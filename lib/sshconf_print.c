/* SPDX-License-Identifier: BSD-2-Clause */
/* What `ssh -G` prints. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "sshconf_priv.h"

/* "keyword value", and free the value; NULL prints nothing. */
static void
print_fresh(FILE *out, enum sshconf_id id, char *value)
{
	if (value != NULL)
		fprintf(out, "%s %s\n", sshconf_keywords[id].name, value);
	free(value);
}

static void
print_each(FILE *out, enum sshconf_id id, char *const *words)
{
	for (; words != NULL && *words != NULL; words++)
		fprintf(out, "%s %s\n", sshconf_keywords[id].name, *words);
}

static void
print_together(FILE *out, enum sshconf_id id, char *const *words)
{
	fputs(sshconf_keywords[id].name, out);
	if (*words == NULL)
		fputs(" none", out);
	for (; *words != NULL; words++)
		fprintf(out, " %s", *words);
	fputc('\n', out);
}

static void
print_list(FILE *out, const struct sshconf_list *list, enum sshconf_id id)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->lines[i]->id == id)
			fprintf(out, "%s %s\n", sshconf_keywords[id].name,
			    list->lines[i]->text);
}

static void
print_keys(struct sshconf_query *query, FILE *out)
{
	static const char *const names[] = {
		"rsa", "ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk", "xmss",
		"dsa", NULL
	};

	print_list(out, &query->identities, ID_IDENTITYFILE);
	if (query->identities.count > 0)
		return;
	for (const char *const *name = names; *name != NULL; name++)
		fprintf(out, "identityfile ~/.ssh/id_%s\n", *name);
}

/* What we would offer where that is for us to say, else what ssh would. */
static void
print_algorithms(struct sshconf_query *query, FILE *out, enum sshconf_id id)
{
	enum algorithms kind = sshconf_keywords[id].algorithms;
	const char *set = sshconf_text(query, id);
	char *list;

	if (kind == ALGORITHMS_PUBKEY || kind == ALGORITHMS_CA) {
		print_fresh(out, id, set != NULL ? mem_dup(set) :
		    algorithms_assemble(kind, "-"));
		return;
	}
	list = algorithms_offer(kind, set, NULL);
	print_fresh(out, id, list != NULL ? list : mem_dup(""));
}

/* By default ssh learns new keys only into the files that it knows best. */
static const char *
update_host_keys(const struct sshconf_query *query)
{
	const struct sshconf_line *files = query->found[ID_USERKNOWNHOSTSFILE];
	const char *set = sshconf_text(query, ID_UPDATEHOSTKEYS);
	const char *persist = sshconf_text(query, ID_CONTROLPERSIST);
	const char *path = sshconf_text(query, ID_CONTROLPATH);
	const char *command = sshconf_text(query, ID_REMOTECOMMAND);

	if (set == NULL)
		return sshconf_long(query, ID_VERIFYHOSTKEYDNS, 0) == 0 &&
		    (files == NULL || (files->words[1] == NULL &&
		    strcmp(files->words[0], "~/.ssh/known_hosts") == 0)) ?
		    "true" : "false";
	if (strcmp(set, "ask") != 0)
		return set;
	/* Asked only where it can be. */
	if ((persist != NULL && strcmp(persist, "no") != 0 && path != NULL &&
	    strcasecmp(path, "none") != 0) ||
	    (command != NULL && strcasecmp(command, "none") != 0) ||
	    query->result->tty == TTY_NO ||
	    sshconf_long(query, ID_LOGLEVEL, 3) < 3)
		return "false";
	return set;
}

static void
print_agent(struct sshconf_query *query, FILE *out)
{
	const char *path = sshconf_text(query, ID_AGENTPATH);

	if (path != NULL)
		print_fresh(out, ID_FORWARDAGENT, sshconf_path(query,
		    "ForwardAgent", path));
	else
		fprintf(out, "forwardagent %s\n",
		    query->result->forward_agent ? "yes" : "no");
}

static void
print_escape(struct sshconf_query *query, FILE *out)
{
	const char *text = sshconf_text(query, ID_ESCAPECHAR);

	if (text != NULL && *text == '^' && text[1] != '\0')
		fprintf(out, "escapechar \\^%c\n", (text[1] & 31) + '@');
	else
		fprintf(out, "escapechar %s\n", text == NULL ? "~" : text);
}

static void
print_rekey(struct sshconf_query *query, FILE *out)
{
	const struct sshconf_line *time = query->found[ID_REKEYTIME];

	fprintf(out, "rekeylimit %ld %s\n", sshconf_long(query,
	    ID_REKEYLIMIT, 0), time == NULL ? "0" : time->words[0]);
}

static void
print_proxy(struct sshconf_query *query, FILE *out)
{
	const char *jump = sshconf_text(query, ID_PROXYJUMP);
	const char *command = sshconf_text(query, ID_PROXYCOMMAND);

	if (jump != NULL && strcmp(jump, "none") != 0)
		fprintf(out, "proxyjump %s\n", jump);
	else if (command != NULL && strcasecmp(command, "none") != 0)
		fprintf(out, "proxycommand %s\n", command);
}

/* Keywords whose value is one text, or several words in one line. */
static void
print_plain(struct sshconf_query *query, FILE *out, enum sshconf_id id)
{
	const struct sshconf_keyword *keyword = &sshconf_keywords[id];
	const struct sshconf_line *line = query->found[id];
	const char *text = keyword->fallback;

	if (line != NULL && line->words != NULL) {
		print_together(out, id, line->words);
		return;
	}
	if (line != NULL)
		text = line->text;
	if (text == NULL)
		return;
	if ((keyword->kind == KIND_STRING || keyword->kind == KIND_COMMAND) &&
	    line != NULL && strcasecmp(text, "none") == 0 &&
	    (keyword->off != NULL || id == ID_SECURITYKEYPROVIDER))
		return;
	switch (id) {
	case ID_CONTROLPATH:
	case ID_IDENTITYAGENT:
		print_fresh(out, id, sshconf_path(query, keyword->name, text));
		break;
	case ID_REMOTECOMMAND:
		print_fresh(out, id, sshconf_expand_all(query, keyword->name,
		    text, TOKENS_USUAL, false));
		break;
	default:
		fprintf(out, "%s %s\n", keyword->name, text);
	}
}

static void
print_keyword(struct sshconf_query *query, FILE *out, enum sshconf_id id)
{
	const struct hostconf *result = query->result;

	switch (id) {
	case ID_HOST:
		fprintf(out, "host %s\n", result->original);
		break;
	case ID_USER:
		fprintf(out, "user %s\n", result->user);
		break;
	case ID_HOSTNAME:
		fprintf(out, "hostname %s\n", result->hostname);
		break;
	case ID_PORT:
		fprintf(out, "port %d\n", result->port);
		break;
	case ID_HOSTKEYALIAS:
		print_fresh(out, id, mem_dup(result->host_key_alias));
		break;
	case ID_TUNNEL:
		if (sshconf_long(query, ID_CLEARALLFORWARDINGS, 0))
			fprintf(out, "tunnel false\n");
		else
			print_plain(query, out, id);
		break;
	case ID_PROXYUSEFDPASS:
		fprintf(out, "proxyusefdpass %s\n", result->proxy_jump ==
		    NULL && sshconf_long(query, id, 0) ? "yes" : "no");
		break;
	case ID_UPDATEHOSTKEYS:
		fprintf(out, "updatehostkeys %s\n", update_host_keys(query));
		break;
	case ID_DYNAMICFORWARD:
	case ID_LOCALFORWARD:
	case ID_REMOTEFORWARD:
		if (!sshconf_long(query, ID_CLEARALLFORWARDINGS, 0))
			print_list(out, &query->forwards, id);
		break;
	case ID_IDENTITYFILE:
		print_keys(query, out);
		break;
	case ID_CERTIFICATEFILE:
		print_list(out, &query->certificates, id);
		break;
	case ID_USERKNOWNHOSTSFILE:
		print_together(out, id, result->user_known_hosts);
		break;
	case ID_GLOBALKNOWNHOSTSFILE:
		print_together(out, id, result->global_known_hosts);
		break;
	case ID_SENDENV:
		print_each(out, id, result->send_env);
		break;
	case ID_SETENV:
		print_each(out, id, result->set_env);
		break;
	case ID_FORWARDAGENT:
		print_agent(query, out);
		break;
	case ID_CANONICALIZEPERMITTEDCNAMES:
		/* With the capital: scripts may look for it. */
		fprintf(out, "canonicalizePermittedcnames %s\n",
		    sshconf_text(query, id) != NULL ?
		    sshconf_text(query, id) : "none");
		break;
	case ID_ESCAPECHAR:
		print_escape(query, out);
		break;
	case ID_REKEYLIMIT:
		print_rekey(query, out);
		break;
	default:
		if (sshconf_keywords[id].kind == KIND_ALGORITHMS)
			print_algorithms(query, out, id);
		else
			print_plain(query, out, id);
	}
}

/* Values that only printing expands must be good before anything is printed. */
static bool
is_printable(struct sshconf_query *query)
{
	const char *control = sshconf_text(query, ID_CONTROLPATH);
	const char *remote = sshconf_text(query, ID_REMOTECOMMAND);

	if (query->result == NULL || query->failure != NULL)
		return false;
	if (control != NULL)
		free(sshconf_path(query, "ControlPath", control));
	if (remote != NULL)
		free(sshconf_expand_all(query, "RemoteCommand", remote,
		    TOKENS_USUAL, false));
	return query->failure == NULL;
}

void
sshconf_print(struct sshconf_query *query, FILE *out)
{
	if (!is_printable(query))
		return;
	for (int id = 0; id < ID_PROXYCOMMAND; id++)
		print_keyword(query, out, (enum sshconf_id)id);
	print_proxy(query, out);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Promises that the configuration makes and that we do not keep. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "sshconf_priv.h"

/* Keywords as the manual spells them are easier to read, but only the ones
 * that are told need it. */
static const struct {
	enum sshconf_id id;
	const char *spelling;
} spellings[] = {
	{ ID_CANONICALIZEHOSTNAME, "CanonicalizeHostname" },
	{ ID_CHECKHOSTIP, "CheckHostIP" }, { ID_FORWARDX11, "ForwardX11" },
	{ ID_HOSTBASEDAUTHENTICATION, "HostbasedAuthentication" },
	{ ID_NOHOSTAUTHENTICATIONFORLOCALHOST,
	    "NoHostAuthenticationForLocalhost" },
	{ ID_SESSIONTYPE, "SessionType" }, { ID_STDINNULL, "StdinNull" },
	{ ID_FORKAFTERAUTHENTICATION, "ForkAfterAuthentication" },
	{ ID_TUNNEL, "Tunnel" }, { ID_VERIFYHOSTKEYDNS, "VerifyHostKeyDNS" },
	{ ID_UPDATEHOSTKEYS, "UpdateHostKeys" },
	{ ID_REQUIREDRSASIZE, "RequiredRSASize" },
	{ ID_BINDINTERFACE, "BindInterface" },
	{ ID_LOCALCOMMAND, "LocalCommand" },
	{ ID_REMOTECOMMAND, "RemoteCommand" },
	{ ID_PKCS11PROVIDER, "PKCS11Provider" },
	{ ID_REVOKEDHOSTKEYS, "RevokedHostKeys" },
	{ ID_KNOWNHOSTSCOMMAND, "KnownHostsCommand" },
	{ ID_VERSIONADDENDUM, "VersionAddendum" },
	{ ID_REFUSECONNECTION, "RefuseConnection" },
	{ ID_DYNAMICFORWARD, "DynamicForward" },
	{ ID_LOCALFORWARD, "LocalForward" },
	{ ID_REMOTEFORWARD, "RemoteForward" },
	{ ID_CHANNELTIMEOUT, "ChannelTimeout" },
	{ ID_ADDKEYSTOAGENT, "AddKeysToAgent" }, { ID_IPQOS, "IPQoS" },
	{ ID_REKEYLIMIT, "RekeyLimit" },
};

static const char *
spelling(enum sshconf_id id)
{
	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++)
		if (spellings[i].id == id)
			return spellings[i].spelling;
	return sshconf_keywords[id].name;
}

/* "FILE line N: Keyword value", or without the place for an option. */
static char *
quote_line(const struct sshconf_line *line)
{
	const char *value = line->text != NULL ? line->text :
	    line->words != NULL ? line->words[0] : "";

	if (line->number == 0)
		return mem_print("%s %s", spelling(line->id), value);
	return mem_print("%s %s (%s line %u)", spelling(line->id), value,
	    line->file, line->number);
}

static void
note(struct hostconf *result, const struct sshconf_line *line,
    const char *what)
{
	char *place = quote_line(line);
	char *text = mem_print("%s: %s", place, what);
	size_t count = 0;

	while (result->notes[count] != NULL)
		count++;
	result->notes = sshconf_add_word(result->notes, &count, text);
	free(text);
	free(place);
}

static void
refuse(struct sshconf_query *query, const struct sshconf_line *line,
    const char *what)
{
	char *place;

	if (query->result->refusal != NULL)
		return;
	place = quote_line(line);
	query->result->refusal = mem_print("%s: %s", place, what);
	free(place);
}

/* Does the line ask for nothing? */
static bool
is_off(const struct sshconf_line *line)
{
	const struct sshconf_keyword *keyword = &sshconf_keywords[line->id];
	const char *off = keyword->off != NULL ? keyword->off :
	    keyword->fallback;
	const char *value = line->text != NULL ? line->text :
	    line->words != NULL ? line->words[0] : "";

	/* Keys smaller than this are refused by everybody. */
	if (line->id == ID_REQUIREDRSASIZE)
		return line->value <= 1024;
	return off != NULL && strcasecmp(value, off) == 0;
}

/* Why we cannot do what LINE asks for. */
static const char *
reason(enum sshconf_id id)
{
	switch (id) {
	case ID_REMOTECOMMAND:
		return "there is a command already";
	case ID_SESSIONTYPE:
		return "no command is to run there";
	case ID_REFUSECONNECTION:
		return "connection refused by configuration";
	default:
		return "not supported, and security hangs on it";
	}
}

static void
judge_forwards(struct sshconf_query *query)
{
	if (sshconf_long(query, ID_CLEARALLFORWARDINGS, 0))
		return;
	for (size_t i = 0; i < query->forwards.count; i++)
		note(query->result, query->forwards.lines[i],
		    "not supported, ignored");
}

/* ssh would wait on itself for ever. */
static void
judge_jump(struct sshconf_query *query)
{
	const struct hostconf *result = query->result;
	struct sshconf_place place;
	const char *last;

	if (result->proxy_jump == NULL)
		return;
	last = strrchr(result->proxy_jump, ',');
	if (!sshconf_parse_place(last == NULL ? result->proxy_jump : last + 1,
	    &place))
		return;
	if (strcmp(place.host, result->hostname) == 0 && result->port ==
	    (place.port > 0 ? place.port : 22) && (place.user == NULL ||
	    strcmp(place.user, result->user) == 0))
		sshconf_fail(query, mem_print("jumphost loop via %s",
		    place.host));
	sshconf_clear_place(&place);
}

/* What depends on more than one keyword. */
static void
judge_pairs(struct sshconf_query *query)
{
	const char *command = sshconf_text(query, ID_LOCALCOMMAND);

	if (sshconf_long(query, ID_PROXYUSEFDPASS, 0) &&
	    query->result->proxy_command != NULL)
		refuse(query, query->found[ID_PROXYUSEFDPASS],
		    "not supported");
	if (sshconf_long(query, ID_PERMITLOCALCOMMAND, 0) &&
	    command != NULL && strcasecmp(command, "none") != 0)
		note(query->result, query->found[ID_LOCALCOMMAND],
		    "not supported, ignored");
	if (query->result->connection_attempts <= 0)
		sshconf_fail(query,
		    mem_dup("Invalid number of ConnectionAttempts"));
	for (size_t i = 0; i < query->notes.count; i++)
		note(query->result, query->notes.lines[i],
		    "Unsupported option");
}

void
sshconf_judge(struct sshconf_query *query)
{
	query->result->notes = mem_zero(sizeof(*query->result->notes));
	for (int id = 0; id < ID_COUNT; id++) {
		const struct sshconf_line *line = query->found[id];

		if (line == NULL || line->id != (enum sshconf_id)id ||
		    is_off(line))
			continue;
		if (id == ID_TUNNEL &&
		    sshconf_long(query, ID_CLEARALLFORWARDINGS, 0))
			continue;
		if (sshconf_keywords[id].class == CLASS_SECURITY)
			refuse(query, line, reason(line->id));
		else if (sshconf_keywords[id].class == CLASS_PROMISE)
			note(query->result, line, "not supported, ignored");
	}
	judge_forwards(query);
	judge_jump(query);
	judge_pairs(query);
	if (query->failure != NULL) {
		free(query->result->refusal);
		query->result->refusal = mem_dup(query->failure);
	}
}

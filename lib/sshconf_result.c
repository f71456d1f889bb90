/* SPDX-License-Identifier: BSD-2-Clause */
/* From the lines that count to the answer. */
#include "config.h"

#include <ctype.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sys/socket.h>

#include "mem.h"
#include "sshconf_priv.h"
#include "target.h"

/* If HOST is an address, its usual form in fresh memory ("127.1" and
 * "0:0::1" have one), else NULL.  Nobody is asked for it. */
static char *
usual_address(const char *host, int family)
{
	struct addrinfo hints = {
		.ai_family = family, .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	struct addrinfo *info;
	char name[NI_MAXHOST];
	bool good;

	if (getaddrinfo(host, "22", &hints, &info) != 0)
		return NULL;
	good = info->ai_next == NULL && getnameinfo(info->ai_addr,
	    info->ai_addrlen, name, sizeof(name), NULL, 0,
	    NI_NUMERICHOST) == 0;
	freeaddrinfo(info);
	return good ? mem_dup(name) : NULL;
}

char *
sshconf_settle_host(struct sshconf_query *query)
{
	char *host = sshconf_hostname(query);

	/* Only these can begin an address or stand in one. */
	if (isdigit((unsigned char)*host) || strpbrk(host, ":%") != NULL) {
		char *usual = usual_address(host, (int)sshconf_long(query,
		    ID_ADDRESSFAMILY, AF_UNSPEC));

		if (usual != NULL) {
			free(host);
			return usual;
		}
		if (strpbrk(host, ":%") != NULL)
			return host;
	}
	for (char *c = host; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return host;
}

/* The tokens of values that are expanded once all is known. */
static struct sshconf_facts
facts(const struct sshconf_query *query)
{
	const struct hostconf *result = query->result;
	const char *jump = sshconf_text(query, ID_PROXYJUMP);

	return (struct sshconf_facts){
		.conf = query->conf, .host = result->hostname,
		.original = result->original, .user = result->user,
		.port = result->port,
		.alias = result->host_key_alias == NULL ? result->original :
		    result->host_key_alias,
		.jump = jump == NULL || strcmp(jump, "none") == 0 ? "" : jump,
	};
}

char *
sshconf_expand_all(struct sshconf_query *query, const char *keyword,
    const char *text, const char *allowed, bool dollar)
{
	struct sshconf_facts known = facts(query);
	char *error, *expanded;

	expanded = sshconf_expand(&known, text, allowed, dollar, &error);
	if (expanded == NULL)
		sshconf_fail(query, mem_print("%s %s: %s", keyword, text,
		    error));
	free(error);
	return expanded;
}

char *
sshconf_path(struct sshconf_query *query, const char *keyword,
    const char *text)
{
	char *error, *full, *expanded;

	full = sshconf_tilde(query->conf, text, &error);
	if (full == NULL) {
		sshconf_fail(query, mem_print("%s %s: %s", keyword, text,
		    error));
		free(error);
		return NULL;
	}
	expanded = sshconf_expand_all(query, keyword, full, TOKENS_USUAL, true);
	free(full);
	return expanded;
}

static char **
paths(struct sshconf_query *query, const char *keyword,
    const char *const *texts)
{
	char **list = mem_zero(sizeof(*list));
	size_t count = 0;

	for (; *texts != NULL; texts++) {
		char *full;

		if (strcasecmp(*texts, "none") == 0)
			continue;
		full = sshconf_path(query, keyword, *texts);
		if (full != NULL)
			list = sshconf_add_word(list, &count, full);
		free(full);
	}
	return list;
}

/* Key files, DEFAULTS if none are said. */
static char **
key_files(struct sshconf_query *query, const char *keyword,
    const struct sshconf_list *list, const char *const *defaults)
{
	const char **texts;
	char **files;

	if (list->count == 0)
		return paths(query, keyword, defaults);
	texts = mem_zero((list->count + 1) * sizeof(*texts));
	for (size_t i = 0; i < list->count; i++)
		texts[i] = list->lines[i]->text;
	files = paths(query, keyword, texts);
	free(texts);
	return files;
}

/* The socket that IdentityAgent or ForwardAgent names; NULL for none. */
static char *
agent_socket(const char *name)
{
	const char *value = name;

	if (strcmp(name, "none") == 0)
		return NULL;
	if (strcmp(name, "SSH_AUTH_SOCK") == 0)
		value = getenv(name);
	else if (*name == '$')
		value = getenv(name + 1);
	return value == NULL || *value == '\0' ? NULL : mem_dup(value);
}

static char *
agent(struct sshconf_query *query, enum sshconf_id id, const char *fallback)
{
	const char *text = sshconf_text(query, id);
	char *name, *found;

	if (text == NULL)
		return fallback == NULL ? NULL : agent_socket(fallback);
	name = sshconf_path(query, sshconf_keywords[id].name, text);
	if (name == NULL)
		return NULL;
	found = agent_socket(name);
	free(name);
	return found;
}

static char **
copy_words(char *const *words)
{
	char **copy = mem_zero(sizeof(*copy));
	size_t count = 0;

	for (; words != NULL && *words != NULL; words++)
		copy = sshconf_add_word(copy, &count, *words);
	return copy;
}

static char **
found_words(const struct sshconf_query *query, enum sshconf_id id)
{
	return query->found[id] == NULL ? NULL : query->found[id]->words;
}

static void
fill_files(struct sshconf_query *query)
{
	static const char *const keys[] = {
		"~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ecdsa_sk",
		"~/.ssh/id_ed25519", "~/.ssh/id_ed25519_sk", NULL
	};
	static const char *const no_keys[] = { NULL };
	static const char *const user_hosts[] = {
		"~/.ssh/known_hosts", "~/.ssh/known_hosts2", NULL
	};
	static char *const global_hosts[] = {
		SSHCONF_SYSTEM_DIR "/ssh_known_hosts",
		SSHCONF_SYSTEM_DIR "/ssh_known_hosts2", NULL
	};
	struct hostconf *result = query->result;
	char **said = found_words(query, ID_USERKNOWNHOSTSFILE);

	result->identity_files = key_files(query, "IdentityFile",
	    &query->identities, keys);
	result->identity_files_said = query->identities.count > 0;
	result->certificate_files = key_files(query, "CertificateFile",
	    &query->certificates, no_keys);
	result->user_known_hosts = paths(query, "UserKnownHostsFile",
	    said == NULL ? user_hosts : (const char *const *)said);
	said = found_words(query, ID_GLOBALKNOWNHOSTSFILE);
	if (said != NULL && strcasecmp(said[0], "none") == 0)
		said++;
	result->global_known_hosts = copy_words(
	    found_words(query, ID_GLOBALKNOWNHOSTSFILE) == NULL ?
	    global_hosts : said);
	result->identity_agent = agent(query, ID_IDENTITYAGENT,
	    "SSH_AUTH_SOCK");
	result->forward_agent_path = agent(query, ID_AGENTPATH, NULL);
}

/* ssh hands its jump hosts to a shell; what that would make of quotes, we do
 * ourselves, and nothing else. */
static void
fill_jump(struct sshconf_query *query, const char *text)
{
	char *jump = sshconf_expand_all(query, "ProxyJump", text,
	    TOKENS_PROXY, false);
	char *out = jump;

	if (jump == NULL)
		return;
	for (const char *in = jump; *in != '\0'; in++)
		if (*in != '"' && *in != '\'')
			*out++ = *in;
	*out = '\0';
	query->result->proxy_jump = jump;
	if (!sshconf_good_user(jump) || strpbrk(jump, "$\\ \t") != NULL)
		sshconf_fail(query, mem_print("Invalid ProxyJump \"%s\"",
		    jump));
}

static void
fill_proxy(struct sshconf_query *query)
{
	const char *command = sshconf_text(query, ID_PROXYCOMMAND);
	const char *jump = sshconf_text(query, ID_PROXYJUMP);

	if (command != NULL && strcasecmp(command, "none") != 0) {
		query->result->proxy_command = sshconf_expand_all(query,
		    "ProxyCommand", command, TOKENS_PROXY, false);
		query->result->proxy_written = mem_dup(command);
	}
	if (jump != NULL && strcmp(jump, "none") != 0)
		fill_jump(query, jump);
}

static void
fill_plain(struct sshconf_query *query)
{
	struct hostconf *result = query->result;
	const struct sshconf_line *keys = query->found[ID_HOSTKEYALGORITHMS];

	result->family = (int)sshconf_long(query, ID_ADDRESSFAMILY,
	    AF_UNSPEC);
	result->bind_address = mem_dup(sshconf_text(query, ID_BINDADDRESS));
	result->connect_timeout = sshconf_long(query, ID_CONNECTTIMEOUT, 0);
	result->connection_attempts = (int)sshconf_long(query,
	    ID_CONNECTIONATTEMPTS, 1);
	result->identities_only = sshconf_long(query, ID_IDENTITIESONLY, 0);
	result->pubkey = sshconf_long(query, ID_PUBKEYAUTHENTICATION, 1);
	result->password = sshconf_long(query, ID_PASSWORDAUTHENTICATION, 1);
	result->kbdint = sshconf_long(query, ID_KBDINTERACTIVEAUTHENTICATION,
	    1);
	result->preferred_methods = mem_dup(sshconf_text(query,
	    ID_PREFERREDAUTHENTICATIONS));
	result->password_prompts = (int)sshconf_long(query,
	    ID_NUMBEROFPASSWORDPROMPTS, 3);
	result->batch_mode = sshconf_long(query, ID_BATCHMODE, 0);
	result->quiet = sshconf_long(query, ID_LOGLEVEL, 3) < 3;
	result->strict = (enum sshconf_strict)sshconf_long(query,
	    ID_STRICTHOSTKEYCHECKING, STRICT_ASK);
	result->hash_known_hosts = sshconf_long(query, ID_HASHKNOWNHOSTS, 0);
	result->ciphers = mem_dup(sshconf_text(query, ID_CIPHERS));
	result->macs = mem_dup(sshconf_text(query, ID_MACS));
	result->kex = mem_dup(sshconf_text(query, ID_KEXALGORITHMS));
	result->host_key_algorithms = mem_dup(sshconf_text(query,
	    ID_HOSTKEYALGORITHMS));
	result->host_keys_ordered = keys != NULL && keys->reordered;
	result->pubkey_algorithms = mem_dup(sshconf_text(query,
	    ID_PUBKEYACCEPTEDALGORITHMS));
	result->send_env = copy_words(query->send_env);
	result->set_env = copy_words(found_words(query, ID_SETENV));
	result->forward_agent = sshconf_long(query, ID_FORWARDAGENT, 0);
	result->compression = sshconf_long(query, ID_COMPRESSION, 0);
	result->tty = (enum sshconf_tty)sshconf_long(query, ID_REQUESTTTY,
	    TTY_AUTO);
	result->alive_interval = (int)sshconf_long(query,
	    ID_SERVERALIVEINTERVAL, 0);
	result->alive_count_max = (int)sshconf_long(query,
	    ID_SERVERALIVECOUNTMAX, 3);
	result->tcp_keepalive = sshconf_long(query, ID_TCPKEEPALIVE, 1);
}

void
sshconf_finish(struct sshconf_query *query)
{
	struct hostconf *result = mem_zero(sizeof(*result));

	query->result = result;
	result->original = mem_dup(query->target->host);
	result->user = mem_dup(sshconf_user(query));
	result->port = sshconf_query_port(query);
	result->hostname = query->failure != NULL ?
	    mem_dup(query->target->host) : query->host != NULL ?
	    mem_dup(query->host) : sshconf_settle_host(query);
	result->host_key_alias = mem_dup(sshconf_text(query,
	    ID_HOSTKEYALIAS));
	for (char *c = result->host_key_alias; c != NULL && *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	fill_plain(query);
	fill_files(query);
	fill_proxy(query);
	sshconf_judge(query);
}

void
hostconf_free(struct hostconf *conf)
{
	if (conf == NULL)
		return;
	free(conf->original);
	free(conf->hostname);
	free(conf->user);
	free(conf->bind_address);
	free(conf->proxy_jump);
	free(conf->proxy_command);
	free(conf->proxy_written);
	mem_free_all(conf->identity_files);
	mem_free_all(conf->certificate_files);
	free(conf->identity_agent);
	free(conf->preferred_methods);
	mem_free_all(conf->user_known_hosts);
	mem_free_all(conf->global_known_hosts);
	free(conf->host_key_alias);
	free(conf->ciphers);
	free(conf->macs);
	free(conf->kex);
	free(conf->host_key_algorithms);
	free(conf->pubkey_algorithms);
	mem_free_all(conf->send_env);
	mem_free_all(conf->set_env);
	free(conf->forward_agent_path);
	free(conf->refusal);
	mem_free_all(conf->notes);
	free(conf);
}

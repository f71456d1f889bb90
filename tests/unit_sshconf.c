/* SPDX-License-Identifier: BSD-2-Clause */
/* sshconf: what a configuration says for a host.  tests/sshconf-oracle.bats
 * compares with ssh; here is what ssh -G does not show. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "mem.h"
#include "sshconf_priv.h"
#include "target.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Read TEXT as the file "conf"; what is wrong goes to *WRONG. */
static struct sshconf *
read_text(const char *user, const char *text, char **wrong)
{
	struct sshconf *conf = sshconf_new(user);
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	*wrong = sshconf_read_from(conf, "conf", file);
	fclose(file);
	return conf;
}

/* What CONF says for the entry, commands answered with true. */
static struct hostconf *
ask(const struct sshconf *conf, const char *entry)
{
	struct target target;
	struct sshconf_query *query;
	struct hostconf *result;

	assert_null(target_parse(&target, entry));
	query = sshconf_ask(conf, &target);
	while (sshconf_step(query) == SSHCONF_ASK)
		sshconf_answer(query, true);
	result = sshconf_result(query);
	assert_null(sshconf_result(query));
	sshconf_query_free(query);
	target_clear(&target);
	return result;
}

static struct hostconf *
ask_text(const char *text, const char *entry)
{
	char *wrong;
	struct sshconf *conf = read_text(NULL, text, &wrong);
	struct hostconf *result;

	if (wrong != NULL)
		fail_msg("%s", wrong);
	result = ask(conf, entry);
	sshconf_free(conf);
	return result;
}

static void
nothing_said(void **state)
{
	struct hostconf *host;

	(void)state;
	unsetenv("SSH_AUTH_SOCK");
	host = ask_text("\n", "Web1");
	assert_string_equal(host->original, "Web1");
	assert_string_equal(host->hostname, "web1");
	assert_non_null(host->user);
	assert_int_equal(host->port, 22);
	assert_int_equal(host->family, AF_UNSPEC);
	assert_null(host->bind_address);
	assert_int_equal(host->connect_timeout, 0);
	assert_int_equal(host->connection_attempts, 1);
	assert_null(host->proxy_jump);
	assert_null(host->proxy_command);
	assert_false(host->identity_files_said);
	assert_non_null(strstr(host->identity_files[0], "/.ssh/id_rsa"));
	assert_null(host->certificate_files[0]);
	assert_false(host->identities_only);
	assert_null(host->identity_agent);
	assert_true(host->pubkey && host->password && host->kbdint);
	assert_null(host->preferred_methods);
	assert_int_equal(host->password_prompts, 3);
	assert_false(host->batch_mode);
	assert_int_equal(host->strict, STRICT_ASK);
	assert_non_null(strstr(host->user_known_hosts[0],
	    "/.ssh/known_hosts"));
	assert_string_equal(host->global_known_hosts[1],
	    "/etc/ssh/ssh_known_hosts2");
	assert_null(host->host_key_alias);
	assert_null(host->ciphers);
	assert_null(host->host_key_algorithms);
	assert_null(host->send_env[0]);
	assert_null(host->set_env[0]);
	assert_false(host->forward_agent || host->compression);
	assert_int_equal(host->tty, TTY_AUTO);
	assert_true(host->tcp_keepalive);
	assert_null(host->refusal);
	assert_null(host->notes[0]);
	hostconf_free(host);
}

static void
values(void **state)
{
	struct hostconf *host;

	(void)state;
	setenv("MY_AGENT", "/my/agent", 1);
	host = ask_text("HostName real.%h\nUser alice\nPort 2222\n"
	    "AddressFamily inet6\nBindAddress ::1\nConnectTimeout 1m\n"
	    "ConnectionAttempts 3\nProxyJump gate,\"%r@last.%n\":23\n"
	    "IdentityFile /k/%u%%%r\nIdentityFile none\n"
	    "IdentityFile \"/k/${MY_AGENT} x\"\nCertificateFile /c\n"
	    "IdentitiesOnly yes\nIdentityAgent $MY_AGENT\n"
	    "PasswordAuthentication no\nPubkeyAuthentication unbound\n"
	    "KbdInteractiveAuthentication no\nBatchMode yes\n"
	    "PreferredAuthentications publickey\nNumberOfPasswordPrompts 1\n"
	    "StrictHostKeyChecking accept-new\nHostKeyAlias ALIAS\n"
	    "UserKnownHostsFile /a.%k \"/b c\"\nGlobalKnownHostsFile none\n"
	    "HashKnownHosts yes\nCiphers aes256-ctr\nMACs hmac-sha1\n"
	    "KexAlgorithms ecdh-sha2-nistp256\nHostKeyAlgorithms +ssh-rsa\n"
	    "SendEnv A B*\nSendEnv -B* C\nSetEnv X=1 \"Y=2 3\"\n"
	    "ForwardAgent /other\nCompression yes\nRequestTTY force\n"
	    "ServerAliveInterval 5\nServerAliveCountMax 2\n"
	    "TCPKeepAlive no\n", "web1");
	assert_string_equal(host->hostname, "real.web1");
	assert_string_equal(host->user, "alice");
	assert_int_equal(host->port, 2222);
	assert_int_equal(host->family, AF_INET6);
	assert_string_equal(host->bind_address, "::1");
	assert_int_equal(host->connect_timeout, 60);
	assert_int_equal(host->connection_attempts, 3);
	assert_string_equal(host->proxy_jump, "gate,alice@last.web1:23");
	assert_true(host->identity_files_said);
	assert_non_null(strstr(host->identity_files[0], "%alice"));
	assert_string_equal(host->identity_files[1], "/k//my/agent x");
	assert_null(host->identity_files[2]);
	assert_string_equal(host->certificate_files[0], "/c");
	assert_true(host->identities_only);
	assert_string_equal(host->identity_agent, "/my/agent");
	assert_true(host->pubkey && !host->password && !host->kbdint);
	assert_string_equal(host->preferred_methods, "publickey");
	assert_int_equal(host->password_prompts, 1);
	assert_true(host->batch_mode);
	assert_int_equal(host->strict, STRICT_ACCEPT_NEW);
	assert_string_equal(host->user_known_hosts[0], "/a.alias");
	assert_string_equal(host->user_known_hosts[1], "/b c");
	assert_null(host->global_known_hosts[0]);
	assert_string_equal(host->host_key_alias, "alias");
	assert_true(host->hash_known_hosts);
	assert_string_equal(host->ciphers, "aes256-ctr");
	assert_string_equal(host->macs, "hmac-sha1");
	assert_string_equal(host->kex, "ecdh-sha2-nistp256");
	assert_non_null(strstr(host->host_key_algorithms, ",ssh-rsa"));
	assert_false(host->host_keys_ordered);
	assert_string_equal(host->send_env[0], "A");
	assert_string_equal(host->send_env[1], "C");
	assert_null(host->send_env[2]);
	assert_string_equal(host->set_env[1], "Y=2 3");
	assert_true(host->forward_agent && host->compression);
	assert_string_equal(host->forward_agent_path, "/other");
	assert_int_equal(host->tty, TTY_FORCE);
	assert_int_equal(host->alive_interval, 5);
	assert_int_equal(host->alive_count_max, 2);
	assert_false(host->tcp_keepalive);
	assert_null(host->refusal);
	hostconf_free(host);
}

static void
who_wins(void **state)
{
	static const char text[] = "User conf\nPort 1\nHost a\nHostName x\n";
	char *wrong;
	struct sshconf *conf = read_text("flag", text, &wrong);
	struct hostconf *host;

	(void)state;
	assert_null(wrong);
	host = ask(conf, "a");
	assert_string_equal(host->user, "flag");
	assert_int_equal(host->port, 1);
	hostconf_free(host);
	host = ask(conf, "entry@a:9");
	assert_string_equal(host->user, "entry");
	assert_int_equal(host->port, 9);
	assert_string_equal(host->hostname, "x");
	hostconf_free(host);
	sshconf_free(conf);
	host = ask_text(text, "b");
	assert_string_equal(host->user, "conf");
	assert_string_equal(host->hostname, "b");
	hostconf_free(host);
}

static void
options_first(void **state)
{
	struct sshconf *conf = sshconf_new(NULL);
	static const char text[] = "Port 3\nIdentityFile /c\n";
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct hostconf *host;

	(void)state;
	assert_null(sshconf_option(conf, "Port=1"));
	assert_null(sshconf_option(conf, "port 2"));
	assert_null(sshconf_option(conf, " IDENTITYFILE = /a"));
	assert_null(sshconf_option(conf, "IdentityFile=/a"));
	assert_null(sshconf_read_from(conf, "conf", file));
	fclose(file);
	host = ask(conf, "h");
	assert_int_equal(host->port, 1);
	assert_string_equal(host->identity_files[0], "/a");
	assert_string_equal(host->identity_files[1], "/c");
	assert_null(host->identity_files[2]);
	hostconf_free(host);
	sshconf_free(conf);
}

static void
wrong_options(void **state)
{
	static const struct {
		const char *text, *wrong;
	} rows[] = {
		{ "Foo=1", "command-line: line 0: Bad configuration option: "
		    "foo" },
		{ "Port=x", "command-line line 0: Bad port 'x'." },
		{ "Port", "command-line line 0: no argument after keyword "
		    "\"port\"" },
		{ "Host=x", "command-line line 0: Host directive not "
		    "supported as a command-line option" },
		{ "Include=x", "command-line line 0: Include directive not "
		    "supported as a command-line option" },
		{ "User=a b", "command-line line 0: keyword user extra "
		    "arguments at end of line" },
		{ "User=-oProxyCommand", "command-line line 0: remote "
		    "username contains invalid characters" },
		{ "ProxyJump=a;b", "command-line line 0: Invalid ProxyJump "
		    "\"a;b\"" },
	};
	struct sshconf *conf = sshconf_new(NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *wrong = sshconf_option(conf, rows[i].text);

		assert_non_null(wrong);
		assert_string_equal(wrong, rows[i].wrong);
		free(wrong);
	}
	sshconf_free(conf);
}

static void
wrong_files(void **state)
{
	static const struct {
		const char *text, *wrong;
	} rows[] = {
		{ "\n\nFoo bar\n", "conf: line 3: Bad configuration option: "
		    "foo" },
		{ "Host *\nUseKeychain yes\n", "conf: line 2: Bad "
		    "configuration option: usekeychain" },
		{ "Host x\nPort 0\n", "conf line 2: Bad port '0'." },
		{ "User \"open\n", "conf line 1: invalid quotes" },
		{ "Compression", "conf line 1: no argument after keyword "
		    "\"compression\"" },
		{ "Compression #\n", "conf line 1: missing argument." },
		{ "ConnectTimeout x\n", "conf line 1: invalid time value." },
		{ "ServerAliveCountMax -1\n",
		    "conf line 1: integer value too small." },
		{ "ServerAliveCountMax 99999999999\n",
		    "conf line 1: integer value too large." },
		{ "ServerAliveCountMax 1x\n",
		    "conf line 1: integer value invalid." },
		{ "Match\n", "conf line 1: no argument after keyword "
		    "\"match\"" },
		{ "Match host\n", "conf line 1: Bad Match condition: missing "
		    "criteria for host" },
		{ "Match hots a\n", "conf line 1: Bad Match condition: "
		    "unsupported attribute hots" },
		{ "Match all host a\n", "conf line 1: Bad Match condition: "
		    "'all' cannot be combined with other Match attributes" },
		{ "Host \"\"\n", "conf line 1: keyword host empty argument" },
		{ "Include \"\"\n", "conf line 1: keyword include empty "
		    "argument" },
		{ "Include %h\n", "conf line 1: cannot expand include path "
		    "%h" },
		{ "Ciphers rot13\n", "conf line 1: Bad SSH2 cipher spec "
		    "'rot13'." },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *wrong;
		struct sshconf *conf = read_text(NULL, rows[i].text, &wrong);

		assert_non_null(wrong);
		assert_string_equal(wrong, rows[i].wrong);
		free(wrong);
		sshconf_free(conf);
	}
}

static void
words_to_ignore(void **state)
{
	static const struct {
		const char *text;
		bool good;		/* is the file */
		const char *refusal;	/* of the host "a" */
	} rows[] = {
		{ "IgnoreUnknown Use*\nUseKeychain yes\n", true, NULL },
		{ "IgnoreUnknown x,usekeychain\nHost b\nUseKeychain y\n",
		    true, NULL },
		/* For every host, so it is as good as before the blocks. */
		{ "Host *\nIgnoreUnknown use*\nUseKeychain y\n", true, NULL },
		{ "Match all\nIgnoreUnknown use*\nHost q\nUseKeychain y\n",
		    true, NULL },
		{ "UseKeychain yes\nIgnoreUnknown Use*\n", false, NULL },
		{ "IgnoreUnknown y\nIgnoreUnknown x\nX 1\n", false, NULL },
		{ "Host a\nIgnoreUnknown use*\nUseKeychain y\n", true, NULL },
		{ "Host b\nIgnoreUnknown use*\nHost *\nUseKeychain y\n", true,
		    "conf: line 4: Bad configuration option: usekeychain" },
		{ "Host b\nIgnoreUnknown use*\nHost *\nIgnoreUnknown x,use*\n"
		    "UseKeychain y\n", true, NULL },
		{ "Host a\nIgnoreUnknown x\nHost *\nIgnoreUnknown use*\n"
		    "UseKeychain y\n", true,
		    "conf: line 5: Bad configuration option: usekeychain" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *wrong;
		struct sshconf *conf = read_text(NULL, rows[i].text, &wrong);
		struct hostconf *host;

		assert_int_equal(wrong == NULL, rows[i].good);
		if (wrong == NULL) {
			host = ask(conf, "a");
			if (rows[i].refusal == NULL)
				assert_null(host->refusal);
			else
				assert_string_equal(host->refusal,
				    rows[i].refusal);
			hostconf_free(host);
		}
		free(wrong);
		sshconf_free(conf);
	}
}

static void
promises(void **state)
{
	static const struct {
		const char *text;
		const char *refusal, *note;	/* how they begin; or NULL */
	} rows[] = {
		{ "RevokedHostKeys /r\n", "RevokedHostKeys /r (conf line 1): ",
		    NULL },
		{ "RevokedHostKeys none\n", NULL, NULL },
		{ "KnownHostsCommand /c %H\n", "KnownHostsCommand /c %H",
		    NULL },
		{ "KnownHostsCommand none\n", NULL, NULL },
		{ "RequiredRSASize 2048\n", "RequiredRSASize 2048", NULL },
		{ "RequiredRSASize 1024\n", NULL, NULL },
		{ "RemoteCommand ls\n", "RemoteCommand ls", NULL },
		{ "RemoteCommand none\n", NULL, NULL },
		{ "SessionType none\n", "SessionType none", NULL },
		{ "SessionType default\n", NULL, NULL },
		{ "BindInterface eth0\n", "BindInterface eth0", NULL },
		{ "CanonicalizeHostname yes\n", "CanonicalizeHostname true",
		    NULL },
		{ "CanonicalizeHostname no\n", NULL, NULL },
		{ "RefuseConnection not today\n",
		    "RefuseConnection not today", NULL },
		{ "ProxyUseFdpass yes\n", NULL, NULL },
		{ "ProxyUseFdpass yes\nProxyCommand x\n", "proxyusefdpass",
		    NULL },
		{ "LocalForward 80 a:80\n", NULL, "LocalForward 80 [a]:80" },
		{ "LocalForward 80 a:80\nClearAllForwardings yes\n", NULL,
		    NULL },
		{ "ForwardX11 yes\n", NULL, "ForwardX11 yes (conf line 1): " },
		{ "ForwardX11 no\n", NULL, NULL },
		{ "Tunnel yes\n", NULL, "Tunnel point-to-point" },
		{ "LocalCommand x\n", NULL, NULL },
		{ "LocalCommand x\nPermitLocalCommand yes\n", NULL,
		    "LocalCommand x" },
		{ "PKCS11Provider /l\n", NULL, "PKCS11Provider /l" },
		{ "RSAAuthentication yes\n", NULL, "rsaauthentication" },
		{ "UpdateHostKeys no\n", NULL, NULL },
		{ "UpdateHostKeys yes\n", NULL, "UpdateHostKeys true" },
		{ "RekeyLimit default none\n", NULL, NULL },
		{ "RekeyLimit 1G\n", NULL, "RekeyLimit 1073741824" },
		{ "ControlMaster auto\nControlPath ~/x\nLogLevel debug\n"
		    "VisualHostKey yes\nGSSAPIAuthentication yes\n", NULL,
		    NULL },
		{ "ConnectionAttempts 0\n", "Invalid number of Connection",
		    NULL },
		{ "ProxyJump host\n", "jumphost loop via host", NULL },
		{ "ProxyJump host:23\n", NULL, NULL },
		{ "ProxyJump x%h$(y)\n", "Invalid ProxyJump", NULL },
		{ "HostName %p\n", "HostName %p: unknown key %p", NULL },
		{ "IdentityFile ${NO_SUCH_ONE}\n", "IdentityFile ${", NULL },
		{ "UserKnownHostsFile ~nosuchuser/x\n",
		    "UserKnownHostsFile ~nosuchuser/x: No such user", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hostconf *host = ask_text(rows[i].text, "host");

		if ((rows[i].refusal == NULL) != (host->refusal == NULL))
			fail_msg("%s: %s", rows[i].text, host->refusal);
		if (rows[i].refusal != NULL)
			assert_memory_equal(host->refusal, rows[i].refusal,
			    strlen(rows[i].refusal));
		if ((rows[i].note == NULL) != (host->notes[0] == NULL))
			fail_msg("%s: %s", rows[i].text, host->notes[0]);
		if (rows[i].note != NULL)
			assert_memory_equal(host->notes[0], rows[i].note,
			    strlen(rows[i].note));
		hostconf_free(host);
	}
}

/* Names that would mean something to a shell never get to one. */
static void
hostile_names(void **state)
{
	static const char *const names[] = {
		"-oProxyCommand=x", "a;b", "a b", "$(id)", "`id`", "a|b",
		"a\nb", "a\\b", "a'b", "",
	};
	char *wrong;
	struct sshconf *conf = read_text(NULL, "Match exec \"x %h\"\n",
	    &wrong);

	(void)state;
	assert_null(wrong);
	for (size_t i = 0; i + 1 < COUNT(names); i++) {
		struct target target = {
			.host = (char *)(uintptr_t)names[i]
		};
		struct sshconf_query *query = sshconf_ask(conf, &target);
		struct hostconf *host;

		assert_int_equal(sshconf_step(query), SSHCONF_DONE);
		assert_string_equal(sshconf_failure(query),
		    "hostname contains invalid characters");
		host = sshconf_result(query);
		assert_string_equal(host->refusal, sshconf_failure(query));
		hostconf_free(host);
		sshconf_query_free(query);
		target = (struct target){
			.host = (char *)(uintptr_t)"a",
			.user = (char *)(uintptr_t)"x;y"
		};
		query = sshconf_ask(conf, &target);
		assert_int_equal(sshconf_step(query), SSHCONF_DONE);
		assert_string_equal(sshconf_failure(query),
		    "remote username contains invalid characters");
		sshconf_query_free(query);
	}
	sshconf_free(conf);
}

static void
questions(void **state)
{
	static const char text[] =
	    "Match exec \"first %h %p\" host a exec \"second %r\"\n"
	    "Port 1\n"
	    "Match host b exec never\n"
	    "Match !exec \"third %n\"\n"
	    "User third\n";
	static const struct {
		const char *command;
		bool answer;
	} rows[] = {
		{ "first a 22", true }, { "second me", true },
		{ "third a", false },
	};
	struct target target = {
		.host = (char *)(uintptr_t)"a", .user = (char *)(uintptr_t)"me"
	};
	char *wrong;
	struct sshconf *conf = read_text(NULL, text, &wrong);
	struct sshconf_query *query = sshconf_ask(conf, &target);
	struct hostconf *host;

	(void)state;
	assert_null(wrong);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(sshconf_step(query), SSHCONF_ASK);
		assert_string_equal(sshconf_command(query), rows[i].command);
		sshconf_answer(query, rows[i].answer);
	}
	assert_int_equal(sshconf_step(query), SSHCONF_DONE);
	host = sshconf_result(query);
	assert_int_equal(host->port, 1);
	hostconf_free(host);
	sshconf_query_free(query);

	/* A query may be given up while it waits. */
	query = sshconf_ask(conf, &target);
	assert_int_equal(sshconf_step(query), SSHCONF_ASK);
	sshconf_query_free(query);
	sshconf_free(conf);
}

/* Lines that only a newer ssh reads, and one that each reads its own way. */
static void
ways_to_write_match(void **state)
{
	static const struct {
		const char *line, *command;
	} rows[] = {
		{ "exec \"a b\"", "a b" }, { "exec a", "a" },
		{ "exec=a", "a" }, { "exec \"a=b\"", "a=b" },
		{ "exec \"a \\\"b\\\" c\"", "a \"b\" c" },
		{ "exec 'a b'", "a b" }, { "host=a exec='x y'", "x y" },
		{ "host=\"a\" exec=\"x \\\"y\\\"\" # c", "x \"y\"" },
		{ "exec \"a\\\\b\"", "a\\\\b" },
	};
	struct target target = { .host = (char *)(uintptr_t)"a" };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = mem_print("Match %s\n", rows[i].line), *wrong;
		struct sshconf *conf = read_text(NULL, text, &wrong);
		struct sshconf_query *query = sshconf_ask(conf, &target);

		if (wrong != NULL)
			fail_msg("%s", wrong);
		assert_int_equal(sshconf_step(query), SSHCONF_ASK);
		assert_string_equal(sshconf_command(query), rows[i].command);
		sshconf_query_free(query);
		sshconf_free(conf);
		free(text);
	}
}

static void
many_keys(void **state)
{
	char text[101 * 20], *at = text;
	struct hostconf *host;

	(void)state;
	for (int i = 0; i < 101; i++)
		at += snprintf(at, 20, "IdentityFile /%d\n", i);
	host = ask_text(text, "a");
	assert_non_null(strstr(host->refusal, "Too many identity files"));
	hostconf_free(host);
}

static char directory[] = "/tmp/unit_sshconf-XXXXXX";

static int
make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) == NULL ? -1 : 0;
}

static int
remove_directory(void **state)
{
	char *command = mem_print("rm -r '%s'", directory);
	int status = system(command);

	(void)state;
	free(command);
	return status;
}

/* Write a file of the directory; "@" in TEXT stands for its path. */
static char *
write_file(const char *name, const char *text, mode_t mode)
{
	char *path = mem_print("%s/%s", directory, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (; *text != '\0'; text++) {
		if (*text == '@')
			fputs(directory, file);
		else
			fputc(*text, file);
	}
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

/* Read the file called NAME and compare what is wrong with WANTED, in which
 * "@" stands for the directory; NULL: nothing. */
static struct sshconf *
read_named(const char *name, const char *wanted)
{
	struct sshconf *conf = sshconf_new(NULL);
	char *path = mem_print("%s/%s", directory, name);
	char *wrong = sshconf_read(conf, path);
	const char *seen = wrong;

	if (wanted == NULL && wrong != NULL)
		fail_msg("%s", wrong);
	for (; wanted != NULL && *wanted != '\0'; wanted++) {
		size_t len = *wanted == '@' ? strlen(directory) : 1;

		assert_non_null(seen);
		assert_memory_equal(seen, *wanted == '@' ? directory : wanted,
		    len);
		seen += len;
	}
	assert_true(seen == NULL || *seen == '\0');
	free(wrong);
	free(path);
	return conf;
}

static void
files(void **state)
{
	struct hostconf *host;
	struct sshconf *conf;

	(void)state;
	sshconf_free(read_named("none-such", "Can't open user config file "
	    "@/none-such: No such file or directory"));
	conf = sshconf_new(NULL);
	assert_null(sshconf_read(conf, "none"));
	sshconf_free(conf);

	/* -F's own file may be writable by others, what it includes not. */
	free(write_file("open", "Port 5\n", 0666));
	free(write_file("main", "Host a\nInclude @/open\n", 0600));
	sshconf_free(read_named("open", NULL));
	sshconf_free(read_named("main",
	    "Bad owner or permissions on @/open"));

	free(write_file("1.inc", "Host *\n Port 1\nHost b\n Port 2\n",
	    0600));
	free(write_file("2.inc", "User two\nMatch user two\nPort 3\n",
	    0644));
	free(write_file("main", "Host b\n  Include \"@/?.inc\" @/none-*\n"
	    "  HostName from-b\nHost *\n  Include @/2.inc\n", 0600));
	conf = read_named("main", NULL);
	host = ask(conf, "b");
	assert_int_equal(host->port, 1);
	assert_string_equal(host->user, "two");
	assert_string_equal(host->hostname, "from-b");
	hostconf_free(host);
	host = ask(conf, "c");
	assert_int_equal(host->port, 3);
	hostconf_free(host);
	sshconf_free(conf);

	free(write_file("3.inc", "Host z\nPort x\n", 0600));
	free(write_file("main", "Include @/3.inc\n", 0600));
	sshconf_free(read_named("main", "@/3.inc line 2: Bad port 'x'."));
}

static void
files_in_circles(void **state)
{
	static const char many[] = "Too many recursive configuration includes";

	(void)state;
	free(write_file("self", "Include @/self\n", 0600));
	sshconf_free(read_named("self", many));
	free(write_file("even", "Include @/odd @/odd\n", 0600));
	free(write_file("odd", "Host x\nInclude @/even @/even\n", 0600));
	sshconf_free(read_named("even", many));

	/* No circle, but 2^14 ways to the last one. */
	for (int i = 0; i < 14; i++) {
		char name[8], *text = mem_print("Include @/c%d @/c%d\n",
		    i + 1, i + 1);

		snprintf(name, sizeof(name), "c%d", i);
		free(write_file(name, text, 0600));
		free(text);
	}
	free(write_file("c14", "Port 1\n", 0600));
	sshconf_free(read_named("c0", many));
}

/* The connection's hash: fixed facts make it comparable. */
static void
tokens(void **state)
{
	struct sshconf conf = {
		.local_user = (char *)(uintptr_t)"me",
		.home = (char *)(uintptr_t)"/home/me",
		.uid = "12", .this_host = "here.example.com",
	};
	const struct sshconf_facts facts = {
		.conf = &conf, .host = "there", .original = "alias",
		.user = "you", .alias = "key", .jump = "gate", .port = 99,
	};
	char *error, *text;

	(void)state;
	text = sshconf_expand(&facts, "%h %n %r %k %j %p %u %d %i %l %L %%",
	    TOKENS_USUAL, false, &error);
	assert_string_equal(text, "there alias you key gate 99 me /home/me "
	    "12 here.example.com here %");
	free(text);
	/* printf here.example.comthere99yougate | sha1sum */
	text = sshconf_expand(&facts, "%C", TOKENS_USUAL, false, &error);
	assert_string_equal(text, "94e43af0fceaf628f864c594bfa86140a7720ce3");
	free(text);
	assert_null(sshconf_expand(&facts, "%", TOKENS_USUAL, false, &error));
	free(error);
	assert_null(sshconf_expand(&facts, "%u", TOKENS_PROXY, false,
	    &error));
	assert_string_equal(error, "unknown key %u");
	free(error);
	assert_null(sshconf_expand(&facts, "${X", "h", true, &error));
	free(error);
	text = sshconf_expand(&facts, "${X", "h", false, &error);
	assert_string_equal(text, "${X");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said),
		cmocka_unit_test(values),
		cmocka_unit_test(who_wins),
		cmocka_unit_test(options_first),
		cmocka_unit_test(wrong_options),
		cmocka_unit_test(wrong_files),
		cmocka_unit_test(words_to_ignore),
		cmocka_unit_test(promises),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(questions),
		cmocka_unit_test(ways_to_write_match),
		cmocka_unit_test(many_keys),
		cmocka_unit_test(tokens),
		cmocka_unit_test(files),
		cmocka_unit_test(files_in_circles),
	};

	return cmocka_run_group_tests(tests, make_directory,
	    remove_directory);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* hostkey: known_hosts, compared with what ssh-keygen finds in it. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "hostkey.h"
#include "hostkey_blob.h"
#include "hostkey_file.h"
#include "hostkey_line.h"
#include "mem.h"
#include "sshconf.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static char root[] = "/tmp/unit_hostkey.XXXXXX";
static char *known, *global;	/* paths of known_hosts files */

/* The keys of the tests, made anew each time. */
enum { ED, ED2, RSA, ECDSA, KEYS };
static const char *const kinds[KEYS] = { "ed25519", "ed25519", "rsa", "ecdsa" };
static struct {
	char	*text;		/* "TYPE BASE64" */
	char	*fingerprint;
	unsigned char *blob;
	size_t	 len;
} keys[KEYS];

static char *user_files[2], *global_files[2];

static struct hostconf
conf_of(const char *host, int port)
{
	struct hostconf conf = {
		.hostname = (char *)(uintptr_t)host,
		.port = port,
		.strict = STRICT_YES,
		.user_known_hosts = user_files,
		.global_known_hosts = global_files,
	};

	return conf;
}

/* What the shell COMMAND prints, the caller's to free. */
static char *
output_of(const char *command)
{
	FILE *pipe = popen(command, "r");
	struct buf text = { 0 };
	char some[512];
	size_t len;

	assert_non_null(pipe);
	while ((len = fread(some, 1, sizeof(some), pipe)) > 0)
		buf_add(&text, some, len);
	pclose(pipe);
	return buf_release(&text);
}

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) < 0, 0);
	assert_int_equal(fclose(file), 0);
}

static char *
read_file(const char *path)
{
	char *command = mem_print("cat '%s'", path);
	char *text = output_of(command);

	free(command);
	return text;
}

/* TEXT with every "$N" replaced by key N, the caller's to free. */
static char *
with_keys(const char *text)
{
	struct buf out = { 0 };

	for (; *text != '\0'; text++) {
		if (*text == '$')
			buf_adds(&out, keys[*++text - '0'].text);
		else
			buf_addc(&out, *text);
	}
	return buf_release(&out);
}

static void
write_known(const char *path, const char *text)
{
	char *whole = with_keys(text);

	write_file(path, whole);
	free(whole);
}

static enum hostkey_verdict
verdict_of(const struct hostconf *conf, int key)
{
	struct hostkeys *all = hostkeys_new();
	struct hostkey_answer answer;
	enum hostkey_verdict verdict;

	hostkey_check(all, conf, keys[key].blob, keys[key].len, true, &answer);
	verdict = answer.verdict;
	hostkey_clear(&answer);
	hostkeys_free(all);
	return verdict;
}

/* Each row as OpenSSH 9.2 was seen to judge, but for those that say so. */
static void
verdicts(void **state)
{
	static const struct {
		const char *file, *host;
		int port;
		const char *alias;
		int key;
		enum hostkey_verdict verdict;
	} rows[] = {
		{ "", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "web1 $0\n", "web1", 22, NULL, ED, HOSTKEY_KNOWN },
		{ "web1 $0", "WEB1", 22, NULL, ED, HOSTKEY_KNOWN },
		{ "WEB1 $0", "web1", 22, NULL, ED, HOSTKEY_KNOWN },
		{ "web1 $0\r\n", "web1", 22, NULL, ED, HOSTKEY_KNOWN },
		{ " \tweb1 \t $0 a comment\n", "web1", 22, NULL, ED,
		    HOSTKEY_KNOWN },
		{ "#web1 $0\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "web2 $0\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "web2,web1,web3 $0\n", "web1", 22, NULL, ED, HOSTKEY_KNOWN },
		{ "web1 $1\n", "web1", 22, NULL, ED, HOSTKEY_CHANGED },
		{ "web1 $3\n", "web1", 22, NULL, ED, HOSTKEY_CHANGED },
		{ "web1 $1\nweb1 $0\n", "web1", 22, NULL, ED, HOSTKEY_KNOWN },
		{ "web1 $0\nweb1 $1\n", "web1", 22, NULL, ED, HOSTKEY_KNOWN },
		{ "web1 $2\n", "web1", 22, NULL, RSA, HOSTKEY_KNOWN },
		{ "web1 $3\n", "web1", 22, NULL, ECDSA, HOSTKEY_KNOWN },
		/* ports */
		{ "[web1]:2222 $0\n", "web1", 2222, NULL, ED, HOSTKEY_KNOWN },
		{ "[web1]:2222 $0\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "[web1]:2222 $0\n", "web1", 2223, NULL, ED, HOSTKEY_NEW },
		{ "web1 $0\n", "web1", 2222, NULL, ED, HOSTKEY_KNOWN },
		{ "web1 $1\n", "web1", 2222, NULL, ED, HOSTKEY_NEW },
		{ "[web1]:22 $0\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "[web1]:2222 $1\nweb1 $0\n", "web1", 2222, NULL, ED,
		    HOSTKEY_CHANGED },
		{ "[::1]:2222 $0\n", "::1", 2222, NULL, ED, HOSTKEY_KNOWN },
		{ "::1 $0\n", "::1", 22, NULL, ED, HOSTKEY_KNOWN },
		/* the alias stands for all of it */
		{ "foo $0\n", "web1", 2222, "foo", ED, HOSTKEY_KNOWN },
		{ "foo $0\n", "web1", 2222, "FOO", ED, HOSTKEY_KNOWN },
		{ "[foo]:2222 $0\n", "web1", 2222, "foo", ED, HOSTKEY_NEW },
		{ "web1 $0\n", "web1", 22, "foo", ED, HOSTKEY_NEW },
		/* patterns */
		{ "* $0\n", "web1", 22, NULL, ED, HOSTKEY_KNOWN },
		{ "web? $0\n", "web1", 22, NULL, ED, HOSTKEY_KNOWN },
		{ "web? $0\n", "web10", 22, NULL, ED, HOSTKEY_NEW },
		{ "*,!web1 $0\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "!web1,* $0\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "!web1 $0\n", "web2", 22, NULL, ED, HOSTKEY_NEW },
		{ "*,!127.* $0\n", "127.0.0.1", 2222, NULL, ED,
		    HOSTKEY_KNOWN },
		{ "[*]:2222 $0\n", "web1", 2222, NULL, ED, HOSTKEY_KNOWN },
		/* markers */
		{ "@revoked * $0\n", "web1", 22, NULL, ED, HOSTKEY_REVOKED },
		{ "@revoked * $0\n", "web1", 22, NULL, ED2, HOSTKEY_NEW },
		{ "web1 $0\n@revoked web1 $0\n", "web1", 22, NULL, ED,
		    HOSTKEY_REVOKED },
		{ "@revoked web1 $0\nweb1 $0\n", "web1", 22, NULL, ED,
		    HOSTKEY_REVOKED },
		{ "@revoked web1 $0\nweb1 $1\n", "web1", 22, NULL, ED,
		    HOSTKEY_REVOKED },
		{ "@revoked web2 $0\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		/* ssh would take it: it looks at the port's name alone */
		{ "@revoked web1 $0\n", "web1", 2222, NULL, ED,
		    HOSTKEY_REVOKED },
		{ "@cert-authority * $1\n", "web1", 22, NULL, ED,
		    HOSTKEY_ONLY_CA },
		{ "@cert-authority * $0\n", "web1", 22, NULL, ED,
		    HOSTKEY_ONLY_CA },
		{ "@cert-authority * $1\nweb1 $0\n", "web1", 22, NULL, ED,
		    HOSTKEY_KNOWN },
		{ "@cert-authority * $0\nweb1 $1\n", "web1", 22, NULL, ED,
		    HOSTKEY_CHANGED },
		{ "@bogus web1 $0\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "@revoked @revoked web1 $0\n", "web1", 22, NULL, ED,
		    HOSTKEY_NEW },
		{ "@revoked", "web1", 22, NULL, ED, HOSTKEY_NEW },
		/* ssh misses the end of the word, and ignores the line */
		{ "@revoked\tweb1 $0\n", "web1", 22, NULL, ED,
		    HOSTKEY_REVOKED },
		/* broken lines */
		{ "web1\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "web1 ssh-ed25519\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "web1 ssh-ed25519 AAAA\n", "web1", 22, NULL, ED,
		    HOSTKEY_NEW },
		{ "web1 ssh-ed25519 ???\nweb1 $0\n", "web1", 22, NULL, ED,
		    HOSTKEY_KNOWN },
		{ "web1 1024 35 1234\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "web1 ssh-foo $0\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "|1|x|y $0\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
		{ "| $0\n", "|", 22, NULL, ED, HOSTKEY_NEW },
		{ ", $0\n", "web1", 22, NULL, ED, HOSTKEY_NEW },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hostconf conf = conf_of(rows[i].host, rows[i].port);
		enum hostkey_verdict verdict;

		conf.host_key_alias = (char *)(uintptr_t)rows[i].alias;
		write_known(known, rows[i].file);
		verdict = verdict_of(&conf, rows[i].key);
		if (verdict != rows[i].verdict)
			fail_msg("%s:%d in \"%s\": %d, not %d", rows[i].host,
			    rows[i].port, rows[i].file, verdict,
			    rows[i].verdict);
	}
}

static void
every_file_counts(void **state)
{
	struct hostconf conf = conf_of("web1", 22);
	char *none[] = { (char *)(uintptr_t)"none", NULL };
	char *missing[] = { (char *)(uintptr_t)"/nonexistent/x", root, NULL };

	(void)state;
	write_known(known, "web1 $1\n");
	write_known(global, "web1 $0\n");
	assert_int_equal(verdict_of(&conf, ED), HOSTKEY_KNOWN);
	write_known(global, "@revoked web1 $1\n");
	assert_int_equal(verdict_of(&conf, ED2), HOSTKEY_REVOKED);
	write_known(global, "");
	conf.user_known_hosts = none;
	assert_int_equal(verdict_of(&conf, ED2), HOSTKEY_NEW);
	conf.user_known_hosts = missing;
	assert_int_equal(verdict_of(&conf, ED2), HOSTKEY_NEW);
}

static void
broken_keys_are_refused(void **state)
{
	struct hostconf conf = conf_of("web1", 22);
	struct hostkeys *all = hostkeys_new();
	struct hostkey_answer answer;

	(void)state;
	conf.strict = STRICT_NO;
	write_known(known, "web1 $0\n");
	for (size_t len = 0; len < keys[ED].len; len++) {
		hostkey_check(all, &conf, keys[ED].blob, len, true, &answer);
		assert_int_equal(answer.verdict, HOSTKEY_BROKEN);
		assert_int_equal(answer.ruling, HOSTKEY_REFUSE);
		assert_non_null(answer.message);
		hostkey_clear(&answer);
	}
	hostkeys_free(all);
}

static void
answers_say_where_and_what(void **state)
{
	struct hostconf conf = conf_of("web1", 2222);
	struct hostkeys *all = hostkeys_new();
	struct hostkey_answer answer;
	char *where = mem_print("%s:2", known);

	(void)state;
	write_known(known, "# mine\n[web1]:2222 $2\n");
	hostkey_check(all, &conf, keys[ED].blob, keys[ED].len, true, &answer);
	assert_int_equal(answer.verdict, HOSTKEY_CHANGED);
	assert_string_equal(answer.name, "[web1]:2222");
	assert_string_equal(answer.type, "ED25519");
	assert_string_equal(answer.fingerprint, keys[ED].fingerprint);
	assert_string_equal(answer.file, known);
	assert_int_equal(answer.line, 2);
	assert_string_equal(answer.known_type, "RSA");
	assert_string_equal(answer.known_fingerprint, keys[RSA].fingerprint);
	assert_non_null(strstr(answer.message, keys[ED].fingerprint));
	assert_non_null(strstr(answer.message, keys[RSA].fingerprint));
	assert_non_null(strstr(answer.message, where));
	assert_null(strchr(answer.message, '\n'));
	hostkey_clear(&answer);
	hostkeys_free(all);
	free(where);
}

static void
rulings(void **state)
{
	static const struct {
		const char *file;
		enum sshconf_strict strict;
		bool may_ask;
		enum hostkey_ruling ruling;
		bool add, unsafe;
		const char *says;	/* NULL: nothing */
	} rows[] = {
		{ "web1 $0", STRICT_YES, true, HOSTKEY_ACCEPT, false, false,
		    NULL },
		{ "", STRICT_YES, true, HOSTKEY_REFUSE, false, false,
		    "no host key is known" },
		{ "", STRICT_ASK, true, HOSTKEY_ASK, true, false, "trust it" },
		{ "", STRICT_ASK, false, HOSTKEY_REFUSE, false, false,
		    "nobody to ask" },
		{ "", STRICT_ACCEPT_NEW, true, HOSTKEY_ACCEPT, true, false,
		    "accepted" },
		{ "", STRICT_NO, true, HOSTKEY_ACCEPT, true, false,
		    "accepted" },
		{ "@cert-authority * $1", STRICT_YES, true, HOSTKEY_REFUSE,
		    false, false, "cannot be checked" },
		{ "@cert-authority * $1", STRICT_ASK, true, HOSTKEY_ASK, true,
		    false, "cannot be checked" },
		{ "@cert-authority * $1", STRICT_ACCEPT_NEW, true,
		    HOSTKEY_ACCEPT, true, false, "accepted" },
		{ "web1 $1", STRICT_YES, true, HOSTKEY_REFUSE, false, false,
		    "has changed" },
		{ "web1 $1", STRICT_ASK, true, HOSTKEY_REFUSE, false, false,
		    "has changed" },
		{ "web1 $1", STRICT_ACCEPT_NEW, true, HOSTKEY_REFUSE, false,
		    false, "has changed" },
		{ "web1 $1", STRICT_NO, true, HOSTKEY_ACCEPT, false, true,
		    "has changed" },
		{ "@revoked * $0", STRICT_YES, true, HOSTKEY_REFUSE, false,
		    false, "revoked" },
		{ "@revoked * $0", STRICT_ACCEPT_NEW, true, HOSTKEY_REFUSE,
		    false, false, "revoked" },
		/* ssh would go on, without passwords */
		{ "@revoked * $0", STRICT_NO, true, HOSTKEY_REFUSE, false,
		    false, "revoked" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hostconf conf = conf_of("web1", 22);
		struct hostkeys *all = hostkeys_new();
		struct hostkey_answer answer;

		conf.strict = rows[i].strict;
		write_known(known, rows[i].file);
		hostkey_check(all, &conf, keys[ED].blob, keys[ED].len,
		    rows[i].may_ask, &answer);
		assert_int_equal(answer.ruling, rows[i].ruling);
		assert_int_equal(answer.add, rows[i].add);
		assert_int_equal(answer.unsafe, rows[i].unsafe);
		if (rows[i].says == NULL)
			assert_null(answer.message);
		else
			assert_non_null(strstr(answer.message, rows[i].says));
		hostkey_clear(&answer);
		hostkeys_free(all);
	}
}

static void
known_types_come_first(void **state)
{
	static const char list[] = "ssh-ed25519,ecdsa-sha2-nistp256,"
	    "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256";
	static const char rsa_first[] = "rsa-sha2-512,rsa-sha2-256,"
	    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp521";
	static const struct {
		const char *file;
		int port;
		const char *result;
	} rows[] = {
		{ "", 22, list },
		{ "web1 $0\n", 22, list },
		{ "web1 $2\n", 22, rsa_first },
		{ "web1 $0\nweb1 $2\n", 22, list },
		{ "web1 $2\nweb1 $3\n", 22, "ecdsa-sha2-nistp256,rsa-sha2-512,"
		    "rsa-sha2-256,ssh-ed25519,ecdsa-sha2-nistp521" },
		{ "web1 $2\n", 2222, rsa_first },
		{ "[web1]:2222 $0\nweb1 $2\n", 2222, list },
		{ "@revoked web1 $2\n", 22, list },
		{ "@cert-authority web1 $2\n", 22, list },
		{ "web2 $2\n", 22, list },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hostconf conf = conf_of("web1", rows[i].port);
		struct hostkeys *all = hostkeys_new();
		char *result;

		write_known(known, rows[i].file);
		result = hostkey_algorithms(all, &conf, list);
		assert_string_equal(result, rows[i].result);
		free(result);
		hostkeys_free(all);
	}
}

/* The lines of the file for NAME, "3 7 " and so on. */
static char *
our_lines(struct hostkey_file *file, const char *name,
    struct hostkey_hasher *hasher)
{
	struct buf out = { 0 };
	size_t count;
	struct hostkey_line *const *lines = hostkey_file_find(file, name,
	    FIND_ALL, hasher, &count);

	for (unsigned number = 1; number <= 200; number++) {
		for (size_t i = 0; i < count; i++) {
			if (lines[i]->number != number)
				continue;
			buf_addf(&out, "%u ", number);
			break;
		}
	}
	return buf_release(&out);
}

static char *
keygen_lines(const char *name)
{
	char *command = mem_print("ssh-keygen -f '%s' -F '%s' 2>/dev/null | "
	    "sed -n 's/^# Host .* found: line \\([0-9]*\\).*/\\1/p' | "
	    "tr '\\n' ' '", known, name);
	char *lines = output_of(command);

	free(command);
	return lines;
}

static const char *
one_of(const char *const *words, size_t count)
{
	return words[(size_t)rand() % count];
}

static void
add_random_line(struct buf *file)
{
	static const char *const names[] = {
		"web1", "web2", "Web1", "db.example.com", "10.0.0.1", "::1",
		"[web1]:2222", "[::1]:2222", "web*", "*.example.com", "?eb1",
		"*", "[*]:2222", "!web2", "!*.com", "!10.*", "", "[web1]*",
	};
	static const char *const starts[] = {
		"", "", "", "", "", " ", "\t", "#", "@revoked ",
		"@cert-authority ", "@other ", "@revoked",
	};
	static const char *const ends[] = {
		"", "", "", "\r", " comment", "\t# x",
	};
	unsigned count = 1 + (unsigned)rand() % 3;

	buf_adds(file, one_of(starts, COUNT(starts)));
	for (unsigned i = 0; i < count; i++)
		buf_addf(file, "%s%s", i > 0 ? "," : "",
		    one_of(names, COUNT(names)));
	/* Always a key: ssh-keygen finds lines that ssh does not take. */
	buf_addf(file, "%s%s%s\n", rand() % 4 > 0 ? " " : " \t ",
	    keys[rand() % KEYS].text, one_of(ends, COUNT(ends)));
}

static void
finds_what_ssh_keygen_finds(void **state)
{
	static const char *const names[] = {
		"web1", "web2", "db.example.com", "10.0.0.1", "::1",
		"[web1]:2222", "[::1]:2222", "other",
	};
	struct hostkey_hasher *hasher = hostkey_hasher_new();
	unsigned found = 0;

	(void)state;
	srand(42);
	for (int round = 0; round < 8; round++) {
		struct hostkey_file *file;
		struct buf text = { 0 };

		for (int i = 0; i < 40; i++)
			add_random_line(&text);
		write_file(known, buf_text(&text));
		buf_free(&text);
		if (round % 2 == 1) {
			char *command = mem_print("ssh-keygen -q -H -f '%s' "
			    ">/dev/null 2>&1", known);

			/* Broken lines make it fail: then nothing changes. */
			free(output_of(command));
			free(command);
		}
		file = hostkey_file_read(known);
		for (size_t i = 0; i < COUNT(names); i++) {
			char *ours = our_lines(file, names[i], hasher);
			char *theirs = keygen_lines(names[i]);

			assert_string_equal(ours, theirs);
			found += strlen(ours) > 0;
			free(ours);
			free(theirs);
		}
		hostkey_file_free(file);
	}
	assert_true(found > 30);
	hostkey_hasher_free(hasher);
}

static void
finds_hashed_names(void **state)
{
	struct hostconf conf = conf_of("web1", 22);
	char *command = mem_print("ssh-keygen -q -H -f '%s' >/dev/null 2>&1",
	    known), *text;

	(void)state;
	write_known(known, "web1,web2 $0\n[web1]:2222 $2\n@revoked web3 $0\n");
	free(output_of(command));
	text = read_file(known);
	assert_non_null(strstr(text, "|1|"));
	assert_null(strstr(text, "web1"));
	free(text);
	assert_int_equal(verdict_of(&conf, ED), HOSTKEY_KNOWN);
	assert_int_equal(verdict_of(&conf, ED2), HOSTKEY_CHANGED);
	conf = conf_of("WEB2", 22);
	assert_int_equal(verdict_of(&conf, ED), HOSTKEY_KNOWN);
	conf = conf_of("web1", 2222);
	assert_int_equal(verdict_of(&conf, RSA), HOSTKEY_KNOWN);
	conf = conf_of("web3", 22);
	assert_int_equal(verdict_of(&conf, ED), HOSTKEY_REVOKED);
	conf = conf_of("web4", 22);
	assert_int_equal(verdict_of(&conf, ED), HOSTKEY_NEW);
	free(command);
}

static enum hostkey_verdict
verdict_in(struct hostkeys *all, const struct hostconf *conf, int key)
{
	struct hostkey_answer answer;
	enum hostkey_verdict verdict;

	hostkey_check(all, conf, keys[key].blob, keys[key].len, true, &answer);
	verdict = answer.verdict;
	hostkey_clear(&answer);
	return verdict;
}

/* The search for hashed names stops early: never too early. */
static void
no_hashed_line_is_overlooked(void **state)
{
	static const char *const files[] = {
		"web0 $1\nweb1 $2\nweb1 $3\nweb1 $0\nweb2 $1\n",
		"web1 $0\nweb0 $1\nweb1 $3\nweb2 $1\nweb1 $2\n",
		"web1 $2\nweb2 $1\n@cert-authority web1 $1\nweb1 $3\nweb1 $0\n",
	};
	char *command = mem_print("ssh-keygen -q -H -f '%s' >/dev/null 2>&1",
	    known);
	struct hostkey_hasher *hasher = hostkey_hasher_new();
	struct buf hashed = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct hostconf one = conf_of("web1", 22);
		struct hostconf two = conf_of("web2", 22);
		struct hostkeys *all = hostkeys_new();
		char *text;

		write_known(known, files[i]);
		free(output_of(command));
		assert_int_equal(verdict_in(all, &two, ED2), HOSTKEY_KNOWN);
		free(hostkey_algorithms(all, &one, "ssh-ed25519"));
		assert_int_equal(verdict_in(all, &one, RSA), HOSTKEY_KNOWN);
		assert_int_equal(verdict_in(all, &one, ED), HOSTKEY_KNOWN);
		assert_int_equal(verdict_in(all, &one, ED2), HOSTKEY_CHANGED);
		hostkeys_free(all);
		assert_int_equal(verdict_of(&one, ED), HOSTKEY_KNOWN);

		/* ssh-keygen does not hash these, but ssh reads them */
		buf_adds(&hashed, "@revoked ");
		hostkey_line_hash(&hashed, "web1", hasher);
		text = mem_print("%s%s $0\n", files[i], buf_text(&hashed));
		buf_clear(&hashed);
		write_known(known, text);
		assert_int_equal(verdict_of(&one, ED), HOSTKEY_REVOKED);
		free(output_of(command));
		assert_int_equal(verdict_of(&one, ED), HOSTKEY_REVOKED);
		assert_int_equal(verdict_of(&one, RSA), HOSTKEY_KNOWN);
		free(text);
	}
	hostkey_hasher_free(hasher);
	buf_free(&hashed);
	free(command);
}

static char *
add(struct hostkeys *all, const struct hostconf *conf, int key)
{
	return hostkey_add(all, conf, keys[key].blob, keys[key].len);
}

static void
adds_to_files(void **state)
{
	struct hostconf conf = conf_of("Web1", 22);
	struct hostkeys *all = hostkeys_new();
	char *text, *expected = with_keys("web0 $1\nweb1 $0\n[web1]:2222 $2\n");

	(void)state;
	write_known(known, "web0 $1");	/* its newline is missing */
	assert_int_equal(verdict_in(all, &conf, ED), HOSTKEY_NEW);
	assert_null(add(all, &conf, ED));
	assert_null(add(all, &conf, ED));	/* not twice */
	assert_int_equal(verdict_in(all, &conf, ED), HOSTKEY_KNOWN);
	assert_int_equal(verdict_in(all, &conf, ED2), HOSTKEY_CHANGED);
	conf = conf_of("web1", 2222);
	assert_int_equal(verdict_in(all, &conf, RSA), HOSTKEY_NEW);
	assert_null(add(all, &conf, RSA));
	assert_int_equal(verdict_in(all, &conf, RSA), HOSTKEY_KNOWN);
	text = read_file(known);
	assert_string_equal(text, expected);
	assert_int_equal(verdict_of(&conf, RSA), HOSTKEY_KNOWN);
	free(text);
	free(expected);
	hostkeys_free(all);
}

static void
adds_hashed(void **state)
{
	struct hostconf conf = conf_of("web1", 2222);
	struct hostkeys *all = hostkeys_new();
	char *lines, *text;

	(void)state;
	conf.hash_known_hosts = true;
	write_known(known, "");
	assert_null(add(all, &conf, ED));
	lines = keygen_lines("[web1]:2222");
	assert_string_equal(lines, "1 ");
	text = read_file(known);
	assert_int_equal(strncmp(text, "|1|", 3), 0);
	assert_int_equal(verdict_in(all, &conf, ED), HOSTKEY_KNOWN);
	assert_int_equal(verdict_of(&conf, ED), HOSTKEY_KNOWN);
	free(text);
	free(lines);
	hostkeys_free(all);
}

static void
makes_file_and_directory(void **state)
{
	struct hostconf conf = conf_of("web1", 22);
	struct hostkeys *all = hostkeys_new();
	char *directory = mem_print("%s/.ssh", root);
	char *path = mem_print("%s/known_hosts", directory);
	char *files[] = { path, NULL };
	struct stat status;

	(void)state;
	umask(0);
	conf.user_known_hosts = files;
	assert_null(add(all, &conf, ED));
	assert_int_equal(stat(directory, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	umask(022);
	hostkeys_free(all);
	free(path);
	free(directory);
}

static void
failure_to_add_is_a_warning(void **state)
{
	struct hostconf conf = conf_of("web1", 22);
	struct hostkeys *all = hostkeys_new();
	char *path = mem_print("%s/no/such/known_hosts", root);
	char *files[] = { path, NULL };
	char *warning;

	(void)state;
	conf.user_known_hosts = files;
	warning = add(all, &conf, ED);
	assert_non_null(strstr(warning, path));
	assert_int_equal(verdict_in(all, &conf, ED), HOSTKEY_KNOWN);
	free(warning);
	hostkeys_free(all);
	free(path);
}

static void
dev_null_forgets(void **state)
{
	struct hostconf conf = conf_of("web1", 22);
	struct hostkeys *all = hostkeys_new();
	char *files[] = { (char *)(uintptr_t)"/dev/null", NULL };

	(void)state;
	conf.user_known_hosts = files;
	assert_null(add(all, &conf, ED));
	assert_int_equal(verdict_in(all, &conf, ED2), HOSTKEY_NEW);
	files[0] = (char *)(uintptr_t)"none";
	assert_null(add(all, &conf, ED));
	assert_int_equal(verdict_in(all, &conf, ED2), HOSTKEY_NEW);
	files[0] = NULL;
	assert_null(add(all, &conf, ED));
	hostkeys_free(all);
}

/* Someone else holds the lock and never lets go. */
static void
a_held_lock_is_not_waited_for(void **state)
{
	struct hostconf conf = conf_of("web1", 22);
	struct hostkeys *all = hostkeys_new();
	char *warning, *text;
	int fd;

	(void)state;
	write_known(known, "");
	fd = open(known, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	warning = add(all, &conf, ED);
	assert_non_null(strstr(warning, "locked"));
	text = read_file(known);
	assert_string_equal(text, "");
	close(fd);
	free(text);
	free(warning);
	hostkeys_free(all);
}

#define WRITERS	4
#define ADDED	100

static void
write_many(int writer)
{
	struct hostkeys *all = hostkeys_new();

	for (int i = 0; i < ADDED; i++) {
		char *host = mem_print("w%d-%d", writer, i);
		struct hostconf conf = conf_of(host, 22);

		if (add(all, &conf, RSA) != NULL)
			_exit(1);
		free(host);
	}
	_exit(0);
}

static void
writers_do_not_mix_lines(void **state)
{
	struct hostkey_hasher *hasher = hostkey_hasher_new();
	struct hostkey_file *file;
	int status, left = WRITERS;

	(void)state;
	write_known(known, "");
	for (int i = 0; i < WRITERS; i++) {
		pid_t pid = fork();

		assert_int_not_equal(pid, -1);
		if (pid == 0)
			write_many(i);
	}
	for (; left > 0; left--) {
		assert_int_not_equal(wait(&status), -1);
		assert_int_equal(status, 0);
	}
	file = hostkey_file_read(known);
	for (int i = 0; i < WRITERS * ADDED; i++) {
		char *host = mem_print("w%d-%d", i / ADDED, i % ADDED);
		size_t count;

		hostkey_file_find(file, host, FIND_ALL, hasher, &count);
		assert_int_equal(count, 1);
		free(host);
	}
	hostkey_file_free(file);
	hostkey_hasher_free(hasher);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* 5,000 hosts that 5,000 lines know: without the index this takes minutes. */
static void
judge_many(bool hashed)
{
	struct hostkey_hasher *hasher = hostkey_hasher_new();
	struct hostkeys *all = hostkeys_new();
	struct buf text = { 0 };
	double before;

	for (int i = 0; i < 5000; i++) {
		char *host = mem_print("web%d.example.com", i);

		if (hashed)
			hostkey_line_hash(&text, host, hasher);
		else
			buf_adds(&text, host);
		buf_addf(&text, " %s\n", keys[ED].text);
		free(host);
	}
	hostkey_hasher_free(hasher);
	write_file(known, buf_text(&text));
	buf_free(&text);
	before = seconds();
	for (int i = 0; i < 5000; i++) {
		char *host = mem_print("web%d.example.com", i);
		struct hostconf conf = conf_of(host, 22);

		assert_int_equal(verdict_in(all, &conf, ED), HOSTKEY_KNOWN);
		free(host);
	}
	assert_true(seconds() - before < 2);
	hostkeys_free(all);
}

static void
many_hosts_are_cheap(void **state)
{
	(void)state;
	judge_many(false);
	judge_many(true);
}

static void
make_key(int i)
{
	char *path = mem_print("%s/key%d", root, i);
	char *command = mem_print("ssh-keygen -q -t %s -N '' -C '' -f '%s' && "
	    "cut -d' ' -f1,2 '%s.pub' | tr -d '\\n'", kinds[i], path, path);
	const struct hostkey_type *type;
	const char *end;

	keys[i].text = output_of(command);
	free(command);
	assert_true(hostkey_blob_parse(keys[i].text, &end, &type,
	    &keys[i].blob, &keys[i].len));
	command = mem_print("ssh-keygen -lf '%s' | cut -d' ' -f2 | tr -d '\\n'",
	    path);
	keys[i].fingerprint = output_of(command);
	free(command);
	free(path);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	known = mem_print("%s/known", root);
	global = mem_print("%s/global", root);
	user_files[0] = known;
	global_files[0] = global;
	for (int i = 0; i < KEYS; i++)
		make_key(i);
	return 0;
}

static int
forget_global(void **state)
{
	(void)state;
	unlink(global);
	return 0;
}

static int
clean_up(void **state)
{
	char *command = mem_print("rm -rf '%s'", root);

	(void)state;
	free(output_of(command));
	free(command);
	free(known);
	free(global);
	for (int i = 0; i < KEYS; i++) {
		free(keys[i].text);
		free(keys[i].fingerprint);
		free(keys[i].blob);
	}
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test_teardown(every_file_counts, forget_global),
		cmocka_unit_test(broken_keys_are_refused),
		cmocka_unit_test(answers_say_where_and_what),
		cmocka_unit_test(rulings),
		cmocka_unit_test(known_types_come_first),
		cmocka_unit_test(finds_what_ssh_keygen_finds),
		cmocka_unit_test(finds_hashed_names),
		cmocka_unit_test(no_hashed_line_is_overlooked),
		cmocka_unit_test(adds_to_files),
		cmocka_unit_test(adds_hashed),
		cmocka_unit_test(makes_file_and_directory),
		cmocka_unit_test(failure_to_add_is_a_warning),
		cmocka_unit_test(dev_null_forgets),
		cmocka_unit_test(a_held_lock_is_not_waited_for),
		cmocka_unit_test(writers_do_not_mix_lines),
		cmocka_unit_test(many_hosts_are_cheap),
	};

	return cmocka_run_group_tests(tests, set_up, clean_up);
}

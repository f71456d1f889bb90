/* SPDX-License-Identifier: BSD-2-Clause */
/* sshargs: the flags of ssh(1) made options. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "mem.h"
#include "quote.h"
#include "sshargs.h"
#include "sshconf.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Overrides, a bar, options. */
static char *
show(const struct sshargs *args)
{
	struct buf text = { 0 };

	for (char **word = args->overrides; *word != NULL; word++)
		buf_addf(&text, "%s ", *word);
	buf_adds(&text, "|");
	for (char **word = args->options; *word != NULL; word++)
		buf_addf(&text, " %s", *word);
	return buf_release(&text);
}

static void
accepted(void **state)
{
	static const struct {
		const char *words, *shown;
	} rows[] = {
		{ "", "|" },
		{ "-p 22", "| Port=\"22\"" },
		{ "-p22 -l bob", "| Port=\"22\" User=\"bob\"" },
		{ "-i a -ib", "| IdentityFile=\"a\" IdentityFile=\"b\"" },
		{ "-i 'a \"b\" \\ #c'",
		    "| IdentityFile=\"a \\\"b\\\" \\\\ #c\"" },
		{ "-4", "AddressFamily=inet |" },
		{ "-4 -6", "AddressFamily=inet6 AddressFamily=inet |" },
		{ "-Aa", "ForwardAgent=no ForwardAgent=yes |" },
		{ "-4Cp22",
		    "Compression=yes AddressFamily=inet | Port=\"22\"" },
		{ "-t", "RequestTTY=yes |" },
		{ "-tt", "RequestTTY=force RequestTTY=yes |" },
		{ "-T", "RequestTTY=no |" },
		{ "-tTt", "RequestTTY=yes RequestTTY=no RequestTTY=yes |" },
		{ "-J a,b", "| ProxyJump=a,b" },
		{ "-o Port=1 -oUser=x -o 'SendEnv A B'",
		    "| Port=1 User=x SendEnv A B" },
		{ "-c aes128-ctr -m hmac-sha1",
		    "MACs=\"hmac-sha1\" Ciphers=\"aes128-ctr\" |" },
		{ "-b ::1 -e none",
		    "EscapeChar=\"none\" BindAddress=\"::1\" |" },
		{ "-x -k -2 -n", "StdinNull=yes GSSAPIDelegateCredentials=no "
		    "ForwardX11=no |" },
		{ "-q", "LogLevel=QUIET |" },
		{ "-P prod", "| Tag=\"prod\"" },
		{ "-4 --", "AddressFamily=inet |" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char **words = quote_split(rows[i].words);
		struct sshargs args;
		char *shown;

		assert_null(sshargs_read(&args, SSHARGS_SSH, words));
		shown = show(&args);
		assert_string_equal(shown, rows[i].shown);
		free(shown);
		sshargs_clear(&args);
		mem_free_all(words);
	}
}

static void
counted_and_named(void **state)
{
	char *words[] = {
		"-vv", "-F", "first", "-qv", "-Fsecond", NULL
	};
	struct sshargs args;

	(void)state;
	assert_null(sshargs_read(&args, SSHARGS_SSH, words));
	assert_int_equal(args.verbose, 3);
	assert_true(args.quiet);
	assert_string_equal(args.file, "second");
	sshargs_clear(&args);
	assert_null(args.file);
}

static void
scp_accepted(void **state)
{
	static const struct {
		const char *words, *shown;
		bool recursive, preserve, sftp;
	} rows[] = {
		{ "-p", "|", false, true }, { "-r", "|", true, false },
		{ "-rp", "|", true, true }, { "-s", "|", .sftp = true },
		{ "-P 22 -i a", "| Port=\"22\" IdentityFile=\"a\"" },
		{ "-4", "AddressFamily=inet |" },
		{ "-BC6", "AddressFamily=inet6 Compression=yes "
		    "BatchMode=yes |" },
		{ "-c x -J a -o B=c", "Ciphers=\"x\" | ProxyJump=a B=c" },
		{ "-2 -3 -A -O -R -T -X nrequests=3 -Xbuffer=5", "|" },
		{ "-q", "LogLevel=QUIET |" }, { "-v -Fa", "|" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char **words = quote_split(rows[i].words), *shown;
		struct sshargs args;

		assert_null(sshargs_read(&args, SSHARGS_SCP, words));
		shown = show(&args);
		assert_string_equal(shown, rows[i].shown);
		assert_int_equal(args.recursive, rows[i].recursive);
		assert_int_equal(args.preserve, rows[i].preserve);
		assert_int_equal(args.sftp, rows[i].sftp);
		free(shown);
		sshargs_clear(&args);
		mem_free_all(words);
	}
}

static void
scp_refused(void **state)
{
	static const struct {
		const char *words, *reason;
	} rows[] = {
		{ "-l 100", "scp's -l:" }, { "-S ssh", "scp's -S:" },
		{ "-D sftp", "scp's -D:" }, { "-1", "scp's -1:" },
		{ "-t", "scp has no flag -t" }, { "-N", "scp has no flag -N" },
		{ "host", "\"host\" is not a flag of scp" },
		{ "-P", "scp's -P needs a value" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char **words = quote_split(rows[i].words), *wrong;
		struct sshargs args;

		wrong = sshargs_read(&args, SSHARGS_SCP, words);
		assert_non_null(wrong);
		assert_non_null(strstr(wrong, rows[i].reason));
		free(wrong);
		sshargs_clear(&args);
		mem_free_all(words);
	}
}

static void
refused(void **state)
{
	static const struct {
		const char *words, *reason;
	} rows[] = {
		{ "-N", "ssh's -N:" }, { "-f", "ssh's -f:" },
		{ "-W a:1", "ssh's -W:" }, { "-L 1:a:1", "ssh's -L:" },
		{ "-R 1", "ssh's -R:" }, { "-D 1", "ssh's -D:" },
		{ "-w 0", "ssh's -w:" }, { "-M", "ssh's -M:" },
		{ "-S none", "ssh's -S:" }, { "-O exit", "ssh's -O:" },
		{ "-Q key", "ssh's -Q:" }, { "-V", "ssh's -V:" },
		{ "-G", "ssh's -G:" }, { "-g", "ssh's -g:" },
		{ "-s", "ssh's -s:" }, { "-y", "ssh's -y:" },
		{ "-1", "ssh's -1:" }, { "-X", "ssh's -X:" },
		{ "-Y", "ssh's -Y:" }, { "-K", "ssh's -K:" },
		{ "-I lib.so", "ssh's -I:" }, { "-E log", "ssh's -E:" },
		{ "-B eth0", "ssh's -B:" },
		{ "-4N", "ssh's -N:" },
		{ "-z", "no flag -z" }, { "-4z", "no flag -z (in \"-4z\")" },
		{ "-H", "no flag -H" }, { "-?", "no flag -?" },
		{ "--port=22", "no flag --" },
		{ "host", "\"host\" is not a flag" },
		{ "-", "\"-\" is not a flag" },
		{ "''", "\"\" is not a flag" },
		{ "-4 host -6", "\"host\" is not a flag" },
		{ "-- uptime", "\"uptime\" is not a flag" },
		{ "-p", "-p needs a value" }, { "-4o", "-o needs a value" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char **words = quote_split(rows[i].words);
		struct sshargs args;
		char *wrong = sshargs_read(&args, SSHARGS_SSH, words);

		assert_non_null(wrong);
		assert_non_null(strstr(wrong, rows[i].reason));
		assert_null(strchr(wrong, '\n'));
		free(wrong);
		sshargs_clear(&args);
		mem_free_all(words);
	}
}

/* The flags that ssh(1) and scp(1) document, and no others, mean something: the
 * rows above say what. */
static void
no_others(void **state)
{
	static const char *const known[] = {
		[SSHARGS_SSH] = "1246AaBbCcDEeFfGgIiJKkLlMmNnOoPpQqRSsTtVvWwXx"
		    "Yy",
		[SSHARGS_SCP] = "12346ABCcDFiJlOoPpqRrSsTvX",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		for (int name = '!'; name <= '~'; name++) {
			char flag[] = { '-', (char)name, '\0' };
			char *words[] = { flag, "value", NULL };
			struct sshargs args;
			char *wrong = sshargs_read(&args,
			    (enum sshargs_language)i, words);

			/* "--" ends them. */
			if (name != '-')
				assert_int_equal(wrong != NULL &&
				    strstr(wrong, "has no flag") != NULL,
				    strchr(known[i], name) == NULL);
			free(wrong);
			sshargs_clear(&args);
		}
	}
}

/* Whatever the flags are made of, sshconf must be able to read it. */
static void
understood(void **state)
{
	char *words[] = {
		"-4", "-6", "-A", "-a", "-b", "::1", "-C", "-c", "aes128-ctr",
		"-e", "none", "-i", "a \"b\"\\", "-J", "a,b@c:22", "-k",
		"-l", "bob", "-m", "hmac-sha2-256", "-n", "-o", "Port 9",
		"-P", "tag", "-p", "22", "-q", "-T", "-tt", "-x", NULL
	};
	struct sshconf *conf = sshconf_new(NULL);
	struct sshargs args;

	(void)state;
	assert_null(sshargs_read(&args, SSHARGS_SSH, words));
	for (char **text = args.overrides; *text != NULL; text++)
		assert_null(sshconf_option(conf, *text));
	for (char **text = args.options; *text != NULL; text++)
		assert_null(sshconf_option(conf, *text));
	sshargs_clear(&args);
	sshconf_free(conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted),
		cmocka_unit_test(counted_and_named),
		cmocka_unit_test(scp_accepted),
		cmocka_unit_test(scp_refused),
		cmocka_unit_test(refused),
		cmocka_unit_test(no_others),
		cmocka_unit_test(understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

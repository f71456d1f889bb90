/* SPDX-License-Identifier: BSD-2-Clause */
/* environ: what the remote command is offered. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "environ.h"
#include "job.h"
#include "sshconf.h"
#include "target.h"

#define LIST(...) ((char *[]){ __VA_ARGS__, NULL })
#define NONE ((char *[]){ NULL })

static char *ours[] = { "LANG=C", "LC_ALL=de_DE=x", "SECRET=1", "PATH=/bin",
    "NO_VALUE", "LC_EMPTY=", NULL };

/* A visit of the third host with SENT and SET is offered EXPECTED. */
static void
assert_offered(char **sent, char **set, unsigned count, char **expected)
{
	struct hostconf conf = { .send_env = sent, .set_env = set };
	struct target target = { .host = "web3", .number = 2 };
	struct run run = { .node_count = count };
	struct job job = { .run = &run, .conf = &conf, .target = &target };
	char **saved = environ, **offered;
	size_t i;

	environ = ours;
	offered = environ_offered(&job);
	environ = saved;
	for (i = 0; expected[i] != NULL; i++) {
		assert_non_null(offered[i]);
		assert_string_equal(offered[i], expected[i]);
	}
	assert_null(offered[i]);
	for (i = 0; offered[i] != NULL; i++)
		free(offered[i]);
	free(offered);
}

static void
the_host_and_its_number(void **state)
{
	(void)state;
	assert_offered(NONE, NONE, 7, LIST("PSSH_NODENUM=2",
	    "PSSH_NUMNODES=7", "PSSH_HOST=web3"));
}

/* A list that is still being read has no number of hosts. */
static void
number_not_known(void **state)
{
	(void)state;
	assert_offered(NONE, NONE, 0, LIST("PSSH_NODENUM=2",
	    "PSSH_HOST=web3"));
}

static void
sent_by_pattern(void **state)
{
	(void)state;
	assert_offered(LIST("LC_*", "LANG"), NONE, 0, LIST("LANG=C",
	    "LC_ALL=de_DE=x", "LC_EMPTY=", "PSSH_NODENUM=2",
	    "PSSH_HOST=web3"));
	/* Names are matched whole, in their own case; each is sent once. */
	assert_offered(LIST("LAN", "lang", "ANG", "PAT?", "P*"), NONE, 0,
	    LIST("PATH=/bin", "PSSH_NODENUM=2", "PSSH_HOST=web3"));
	/* What has no value is nobody's. */
	assert_offered(LIST("*E*"), NONE, 0, LIST("SECRET=1", "LC_EMPTY=",
	    "PSSH_NODENUM=2", "PSSH_HOST=web3"));
}

static void
set(void **state)
{
	(void)state;
	assert_offered(LIST("SECRET"), LIST("A=1", "B=x y"), 0, LIST("A=1",
	    "B=x y", "SECRET=1", "PSSH_NODENUM=2", "PSSH_HOST=web3"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_and_its_number),
		cmocka_unit_test(number_not_known),
		cmocka_unit_test(sent_by_pattern),
		cmocka_unit_test(set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

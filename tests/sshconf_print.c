/* SPDX-License-Identifier: BSD-2-Clause */
/* ssh -G with our configuration code, for comparison with the real one:
 * sshconf_print [-F file] [-l user] [-p port] [-o option]... host
 * Match exec commands are run here, as the loop would run them. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "mem.h"
#include "num.h"
#include "sshconf.h"
#include "target.h"

/* As ssh runs it: nobody sees what it prints. */
static bool
run(const char *command)
{
	char *quiet = mem_print("exec >/dev/null\n%s", command);
	bool good = system(quiet) == 0;

	free(quiet);
	return good;
}

static void
check(char *wrong)
{
	if (wrong == NULL)
		return;
	fprintf(stderr, "%s\n", wrong);
	free(wrong);
	exit(255);
}

/* Not main's: what ends the program early must not look like a leak. */
static struct sshconf *conf;

int
main(int argc, char **argv)
{
	struct target target = { 0 };
	struct sshconf_query *query;
	const char *file = NULL;
	int option, status = 0;

	conf = sshconf_new(NULL);
	while ((option = getopt(argc, argv, "F:l:p:o:")) != -1) {
		if (option == 'F')
			file = optarg;
		else if (option == 'l')
			target.user = optarg;
		else if (option == 'p' && num_port(optarg, &target.port))
			continue;
		else if (option == 'o')
			check(sshconf_option(conf, optarg));
		else
			return 2;
	}
	if (optind + 1 != argc)
		return 2;
	target.host = argv[optind];
	check(sshconf_read(conf, file));
	query = sshconf_ask(conf, &target);
	while (sshconf_step(query) == SSHCONF_ASK)
		sshconf_answer(query, run(sshconf_command(query)));
	sshconf_print(query, stdout);
	if (sshconf_failure(query) != NULL) {
		fprintf(stderr, "%s\n", sshconf_failure(query));
		status = 255;
	}
	sshconf_query_free(query);
	sshconf_free(conf);
	return status;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "sshconf_priv.h"

struct sshconf *
sshconf_new(const char *default_user)
{
	struct sshconf *conf = mem_zero(sizeof(*conf));
	struct passwd *user = getpwuid(getuid());

	conf->user = mem_dup(default_user);
	conf->local_user = mem_dup(user == NULL ? "" : user->pw_name);
	conf->home = mem_dup(user == NULL ? "/" : user->pw_dir);
	snprintf(conf->uid, sizeof(conf->uid), "%lu",
	    (unsigned long)getuid());
	if (gethostname(conf->this_host, sizeof(conf->this_host)) != 0)
		conf->this_host[0] = '\0';
	conf->this_host[sizeof(conf->this_host) - 1] = '\0';
	return conf;
}

void
sshconf_free(struct sshconf *conf)
{
	if (conf == NULL)
		return;
	for (size_t i = 0; i < conf->count; i++)
		sshconf_clear_line(&conf->lines[i]);
	free(conf->lines);
	for (size_t i = 0; i < conf->file_count; i++)
		free(conf->files[i]);
	free(conf->files);
	free(conf->user);
	free(conf->local_user);
	free(conf->home);
	free(conf);
}

char *
sshconf_option(struct sshconf *conf, const char *text)
{
	struct sshconf_where where = {
		.conf = conf, .file = "command-line", .option = true,
		.user = true,
	};
	char *copy = mem_dup(text);
	char *wrong = sshconf_parse_line(&where, copy);

	free(copy);
	return wrong;
}

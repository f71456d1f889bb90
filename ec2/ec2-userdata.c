/* SPDX-License-Identifier: BSD-2-Clause */
/* ec2-userdata: keep, and act on, what this machine was told when it was
 * launched. */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "common.h"
#include "hook.h"
#include "imds.h"
#include "mem.h"
#include "msg.h"
#include "options.h"
#include "store.h"
#include "userdata.h"

#define AT(member) offsetof(struct settings, member)

struct settings {
	char		*dir;
	bool		 fail_empty;
	char		*file;
	char		*hook;
	bool		 imdsv1;
	char		*print;
	char		**secrets;
	long		 timeout;
	bool		 verbose;
};

static const struct option_row rows[] = {
	{ '\0', "dir", "DIR", "not /var/local", OPTION_TEXT,
	    AT(dir) },
	{ '\0', "fail-empty", NULL, "none: exit 1", OPTION_FLAG,
	    AT(fail_empty) },
	{ '\0', "file", "FILE", "- is stdin", OPTION_TEXT,
	    AT(file) },
	{ '\0', "hook", "DIR", "run DIR/KEY", OPTION_TEXT,
	    AT(hook) },
	{ '\0', "imdsv1", NULL, "without a token", OPTION_FLAG,
	    AT(imdsv1) },
	{ '\0', "print", "KEY", "its value alone", OPTION_TEXT,
	    AT(print) },
	{ '\0', "secret", "KEY", "mode 0600", OPTION_LIST,
	    AT(secrets) },
	{ '\0', "timeout", "S", "to answer: 60", OPTION_SECONDS,
	    AT(timeout), 0, 24L * 60 * 60 },
	{ 'v', "verbose", NULL, "tell each step", OPTION_FLAG,
	    AT(verbose) },
	{ '\0', "help", NULL, "this text", OPTION_HELP },
	{ '\0', "version", NULL, "the version", OPTION_VERSION },
	{ .name = NULL },
};

static const struct option_row *const tables[] = { rows, NULL };

static const struct option_rows options = {
	.tables = tables,
	.usage = "[OPTIONS]",
	.summary = "Keep what this EC2 instance was told when it was "
	    "launched.",
};

/* False: told why. */
static bool
read_file(const char *path, struct buf *text)
{
	bool done = userdata_load(text, path);

	if (!done)
		msg_warn("cannot read %s: %s", path, strerror(errno));
	return done;
}

/* False: told why. */
static bool
ask_service(const struct settings *settings, struct buf *text)
{
	struct imds *imds = imds_new(settings->imdsv1,
	    (unsigned)settings->timeout);
	enum imds_answer answer;
	char *why = NULL;

	answer = imds_get(imds, "user-data", text, &why);
	if (answer != IMDS_OK && answer != IMDS_NONE)
		msg_warn("%s", why);
	free(why);
	imds_free(imds);
	return answer == IMDS_OK || answer == IMDS_NONE;
}

static int
print(const struct settings *settings, const struct userdata *data)
{
	const char *value = userdata_value(data, settings->print);

	if (value == NULL) {
		msg_warn("the user-data has no %s", settings->print);
		return COMMON_SHORT;
	}
	if (puts(value) < 0 || fflush(stdout) != 0) {
		msg_warn("cannot write to stdout: %s", strerror(errno));
		return COMMON_SHORT;
	}
	return COMMON_DONE;
}

static int
keep(const struct settings *settings, const struct userdata *data)
{
	const char *dir = settings->dir != NULL ? settings->dir : "/var/local";
	char *why = store_write(dir, data, settings->secrets);

	if (why != NULL) {
		msg_warn("%s", why);
		free(why);
		return COMMON_SHORT;
	}
	for (size_t i = 0; i < data->count; i++)
		msg_chat(NULL, "%s/%s", dir, data->pairs[i].key);
	if (settings->hook != NULL &&
	    !hook_run(settings->hook, data, settings->secrets))
		return COMMON_SHORT;
	return COMMON_DONE;
}

static int
use(const struct settings *settings, const struct buf *text)
{
	struct userdata data = { 0 };
	char *why = text->len > USERDATA_MOST ?
	    mem_dup("more than 16 KB") :
	    userdata_read(&data, text->data, text->len);
	int status;

	if (why != NULL) {
		msg_warn("user-data: %s; nothing was kept", why);
		free(why);
		status = COMMON_SHORT;
	} else if (settings->print != NULL) {
		status = print(settings, &data);
	} else if (data.count == 0) {
		msg_warn("there is no user-data");
		status = settings->fail_empty ? COMMON_SHORT : COMMON_DONE;
	} else {
		status = keep(settings, &data);
	}
	userdata_wipe(&data);
	return status;
}

static void
check_keys(char *const *keys)
{
	for (; keys != NULL && *keys != NULL; keys++) {
		if (!userdata_is_key(*keys, strlen(*keys)))
			options_usage_error("--secret %s: no name for a key",
			    *keys);
	}
}

int
main(int argc, char **argv)
{
	struct settings settings = { .timeout = 60 };
	struct buf text = { 0 };
	int first, status;

	common_begin("ec2-userdata");
	first = options_read(&options, &settings, argc, argv);
	if (first < argc)
		options_usage_error("%s: no operands are expected",
		    argv[first]);
	check_keys(settings.secrets);
	msg_chatty = settings.verbose;
	buf_reserve(&text, 4 * USERDATA_MOST);
	if (settings.file != NULL ? !read_file(settings.file, &text) :
	    !ask_service(&settings, &text))
		status = COMMON_FAILED;
	else
		status = use(&settings, &text);
	buf_wipe(&text);
	mem_free_all(settings.secrets);
	free(settings.dir);
	free(settings.file);
	free(settings.hook);
	free(settings.print);
	return status;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* cprsync: bring trees to many hosts, or from them, by the real rsync. */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "front.h"
#include "mem.h"
#include "msg.h"
#include "op_rsync.h"
#include "rsh.h"
#include "rsyncargs.h"

#define AT(member) offsetof(struct plan, member)

static const struct option_row options[] = {
	{ 'r', "recursive", NULL, "trees", OPTION_FLAG, AT(recursive),
	    .env = "RECURSIVE", .pssh = true },
	{ 'a', "archive", NULL, "as rsync -a", OPTION_FLAG, AT(archive),
	    .env = "ARCHIVE", .pssh = true },
	{ 'z', "compress", NULL, "as rsync -z", OPTION_FLAG, AT(compress),
	    .env = "COMPRESS", .pssh = true },
	{ 'S', "ssh-args", "STR", "ssh flags", OPTION_WORDS, AT(ssh_words),
	    .pssh = true },
	{ 'x', "extra-args", "STR", "rsync's flags", OPTION_WORDS,
	    AT(rsync_words), .pssh = true },
	{ 'X', "extra-arg", "STR", "one of them", OPTION_LIST,
	    AT(rsync_words), .pssh = true },
	{ 'd', "download", NULL, "from the hosts", OPTION_FLAG, AT(download),
	    .pssh = true },
	{ .name = NULL },
};

/* A path there; a colon at its beginning would mean rsync's own daemon. */
static void
add_remote(struct plan *plan, const char *path)
{
	char *place = mem_print("%s%s%s", OP_RSYNC_HOST,
	    *path == ':' ? "./" : "", path);

	options_append(&plan->rsync_args, place);
	free(place);
}

/* A path here; a colon before its first slash would mean another host. */
static void
add_local(struct plan *plan, const char *path)
{
	char *place = mem_print("%s%s",
	    path[strcspn(path, ":/")] == ':' ? "./" : "", path);

	options_append(&plan->rsync_args, place);
	free(place);
}

/* Before the flags of -x, which may say otherwise.  What rsync's own quoting
 * leaves to a shell there goes past the shell. */
static void
add_options(struct plan *plan, const char *remote)
{
	char *shell = rsh_name();

	if (shell == NULL)
		msg_die(1, "cannot name our own program for rsync to call");
	options_append(&plan->rsync_args, "rsync");
	options_append(&plan->rsync_args, "-e");
	options_append(&plan->rsync_args, shell);
	free(shell);
	if (strpbrk(remote, "\n`") != NULL)
		options_append(&plan->rsync_args, "-s");
	if (plan->verbose)
		options_append(&plan->rsync_args, "-v");
	if (plan->recursive)
		options_append(&plan->rsync_args, "-r");
	if (plan->archive)
		options_append(&plan->rsync_args, "-a");
	if (plan->compress)
		options_append(&plan->rsync_args, "-z");
	for (char **word = plan->rsync_words; word != NULL && *word != NULL;
	    word++)
		options_append(&plan->rsync_args, *word);
	options_append(&plan->rsync_args, "--");
}

static void
take_operands(struct plan *plan, char **operands, int count)
{
	char *why;

	if (count == 0)
		options_usage_error("Paths not specified.");
	if (count == 1)
		options_usage_error(plan->download ?
		    "Local path not specified." :
		    "Remote path not specified.");
	if (plan->download && count > 2)
		options_usage_error(
		    "Extra arguments given after the local path.");
	why = rsyncargs_refused(plan->rsync_words);
	if (why != NULL)
		options_usage_error("-x: %s", why);
	plan->op = &op_rsync;
	add_options(plan, operands[plan->download ? 0 : count - 1]);
	if (plan->download) {
		add_remote(plan, operands[0]);
		plan->localdir_path = mem_dup(operands[1]);
		return;
	}
	for (int i = 0; i < count - 1; i++)
		add_local(plan, operands[i]);
	add_remote(plan, operands[count - 1]);
}

/* Better found out now than on every host. */
static void
try_flags(struct plan *plan)
{
	int error = rsyncargs_try(plan->rsync_words);

	if (error > 0)
		msg_die(1, "rsync cannot be run here: %s%s", strerror(error),
		    error == ENOENT ? " (is it installed?)" : "");
	if (error < 0)
		options_usage_error("-x: the rsync here does not take "
		    "these flags");
}

static const struct command cprsync = {
	.name = "cprsync",
	.usage = "[OPTIONS] source... remote",
	.summary = "Bring trees to many hosts by rsync, or (-d) from them.",
	.options = options,
	.copies = true,
	.own_extras = true,
	.take_operands = take_operands,
	.prepare = try_flags,
};

int
main(int argc, char **argv)
{
	int called;

	msg_init("cprsync");
	called = rsh_main(argc, argv);
	return called >= 0 ? called : front_main(&cprsync, argc, argv);
}

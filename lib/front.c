/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "fleet.h"
#include "front.h"
#include "loop.h"
#include "mem.h"
#include "msg.h"
#include "outdir.h"
#include "password.h"
#include "session.h"
#include "sshargs.h"
#include "sshconf.h"
#include "tree.h"

#define PAR 32			/* pssh's */
#define HANDSHAKES 128
#define MAX_OUTPUT (64u * 1024 * 1024)
#define FILES_OF_OURS 32	/* that are not any host's */

#define AT(member) offsetof(struct plan, member)

/* The options that every command has. */
static const struct option_row common[] = {
	{ 'h', "hosts", "FILE", "hosts, - is stdin",
	    OPTION_LIST, AT(host_files), .env = "HOSTS", .pssh = true },
	{ 'H', "host", "STR", "hosts, in a word",
	    OPTION_LIST, AT(host_words), .pssh = true },
	{ 'g', "host-glob", "GLOB", "hosts that match",
	    OPTION_LIST, AT(globs), .pssh = true },
	{ 'l', "user", "USER", "log in as USER",
	    OPTION_TEXT, AT(user), .env = "USER", .pssh = true },
	{ 'p', "par", "N", "hosts at once: 32", OPTION_NUMBER, AT(par),
	    1, INT_MAX, .env = "PAR", .pssh = true },
	{ 't', "timeout", "S", "limit per host", OPTION_SECONDS, AT(timeout),
	    LONG_MIN, INT_MAX, .env = "TIMEOUT", .pssh = true },
	{ '\0', "connect-timeout", "S", "to get in: 10",
	    OPTION_SECONDS, AT(connect_timeout), 0, INT_MAX,
	    .env = "CONNECT_TIMEOUT" },
	{ 'o', "outdir", "DIR", "stdout to files",
	    OPTION_TEXT, AT(outdir_path), .env = "OUTDIR", .pssh = true },
	{ 'e', "errdir", "DIR", "stderr to files",
	    OPTION_TEXT, AT(errdir_path), .env = "ERRDIR", .pssh = true },
	{ '\0', "fileappend", NULL, "append to files",
	    OPTION_FLAG, AT(append), .pssh = true },
	{ 'O', "option", "K=V", "as in ssh_config", OPTION_LIST,
	    AT(ssh_options), .env = "OPTIONS", .pssh = true },
	{ 'F', "ssh-config", "FILE", "configuration",
	    OPTION_TEXT, AT(ssh_config), .env = "SSH_CONFIG" },
	{ 'A', "askpass", NULL, "ask a password", OPTION_FLAG, AT(askpass),
	    .env = "ASKPASS", .pssh = true },
	{ '\0', "password-file", "FILE", "or from a file", OPTION_TEXT,
	    AT(password_file), .env = "PASSWORD_FILE" },
	{ 'v', "verbose", NULL, "name each step", OPTION_FLAG, AT(verbose),
	    .env = "VERBOSE", .pssh = true },
	{ '\0', "allow-empty", NULL, "no hosts is fine",
	    OPTION_FLAG, AT(allow_empty) },
	{ '\0', "max-handshakes", "N", "at once: 128", OPTION_NUMBER,
	    AT(handshakes), 1, INT_MAX, .env = "MAX_HANDSHAKES" },
	{ 'i', "inline", NULL, "show output", OPTION_FLAG, AT(inline_out),
	    .env = "INLINE", .pssh = true },
	{ '\0', "max-output", "SIZE", "kept for -i: 64M",
	    OPTION_SIZE, AT(max_output), .env = "MAX_OUTPUT" },
	{ '\0', "no-headers", NULL, "no status lines",
	    OPTION_FLAG, AT(no_headers), .pssh = true },
	{ '\0', "headers-to-stderr", NULL, "status lines: err",
	    OPTION_FLAG, AT(headers_to_stderr) },
	{ '\0', "no-progress", NULL, "no progress line",
	    OPTION_FLAG, AT(no_progress) },
	{ '\0', "help", NULL, "this text", OPTION_HELP, .pssh = true },
	{ '\0', "version", NULL, "the version", OPTION_VERSION, .pssh = true },
	{ .name = NULL },
};

/* Those whose language differs, by enum sshargs_language. */
static const struct option_row extras[][3] = {
	[SSHARGS_SSH] = {
		{ 'x', "extra-args", "STR", "ssh flags",
		    OPTION_WORDS, AT(ssh_words), .pssh = true },
		{ 'X', "extra-arg", "STR", "one ssh flag",
		    OPTION_LIST, AT(ssh_words), .pssh = true },
		{ .name = NULL },
	},
	[SSHARGS_SCP] = {
		{ 'x', "extra-args", "STR", "scp flags",
		    OPTION_WORDS, AT(ssh_words), .pssh = true },
		{ 'X', "extra-arg", "STR", "one scp flag",
		    OPTION_LIST, AT(ssh_words), .pssh = true },
		{ .name = NULL },
	},
};

char *
front_join(char **words, int count)
{
	struct buf line = { 0 };

	for (int i = 0; i < count; i++) {
		if (i > 0)
			buf_addc(&line, ' ');
		buf_adds(&line, words[i]);
	}
	return buf_release(&line);
}

/* Descriptors 0 to 2 are what they are taken for, nothing that we open gets
 * in their place, what else we were given goes to no program that we start,
 * and no core file tells of keys. */
static void
secure_surroundings(void)
{
	struct rlimit none = { 0, 0 };
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
#ifdef CLOSE_RANGE_CLOEXEC
	close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
#endif
	setrlimit(RLIMIT_CORE, &none);
	/* A write beyond a limit fails instead: that is one host's trouble. */
	signal(SIGXFSZ, SIG_IGN);
}

static bool
is_stdin(const char *file)
{
	return strcmp(file, "-") == 0 || strcmp(file, "/dev/stdin") == 0;
}

/* What calls stdin a list of hosts, or NULL. */
static const char *
lists_stdin(const struct plan *plan)
{
	for (char **file = plan->host_files; file != NULL && *file != NULL;
	    file++)
		if (is_stdin(*file))
			return *file;
	return NULL;
}

static void
check_plan(const struct plan *plan)
{
	if (plan->host_files == NULL && plan->host_words == NULL)
		options_usage_error("Hosts not specified.");
	if (plan->password_file != NULL && is_stdin(plan->password_file) &&
	    (plan->send_input || lists_stdin(plan) != NULL))
		options_usage_error("--password-file %s: stdin has other "
		    "things to say", plan->password_file);
	if (plan->send_input && plan->input != NULL)
		options_usage_error("-I and --input exclude each other");
	if (plan->send_input && lists_stdin(plan) != NULL)
		options_usage_error("-I and -h %s both want stdin: "
		    "send a file with --input FILE", lists_stdin(plan));
}

static void
give_options(struct sshconf *conf, char *const *texts, const char *origin)
{
	for (; texts != NULL && *texts != NULL; texts++) {
		char *why = sshconf_option(conf, *texts);

		if (why != NULL)
			options_usage_error("%s %s: %s", origin, *texts, why);
	}
}

/* Flags, then -O, then the -o among -x and -X: the order in which ssh takes
 * them as pssh passes them on; the first value wins. */
static void
configure(struct plan *plan, enum sshargs_language language)
{
	static char *const nothing[] = { NULL };
	struct sshargs args;
	char *why = sshargs_read(&args, language, plan->ssh_words != NULL ?
	    plan->ssh_words : nothing);

	if (why != NULL)
		options_usage_error("-x: %s", why);
	plan->sshconf = sshconf_new(plan->user);
	give_options(plan->sshconf, args.overrides, "-x");
	give_options(plan->sshconf, plan->ssh_options, "-O");
	give_options(plan->sshconf, args.options, "-x");
	if (plan->ssh_config == NULL)
		plan->ssh_config = mem_dup(args.file);
	why = sshconf_read(plan->sshconf, plan->ssh_config);
	if (why != NULL)
		msg_die(1, "%s", why);
	if (args.verbose > 0)
		msg_chatty = 1;
	plan->recursive |= args.recursive;
	plan->preserve |= args.preserve;
	plan->sftp |= args.sftp;
	sshargs_clear(&args);
}

static struct secret *
read_password(const char *file)
{
	char *why = NULL;
	struct secret *secret = password_read(file, &why);

	if (secret == NULL)
		options_usage_error("--password-file %s", why);
	return secret;
}

static struct outdir *
open_directory(const char *path, bool append)
{
	struct outdir *dir;

	if (path == NULL)
		return NULL;
	dir = outdir_open(path, append);
	if (dir == NULL)
		exit(1);
	return dir;
}

/* Lower -p to what the limit on open files allows. */
static void
fit_files(struct plan *plan)
{
	unsigned long files = loop_raise_files(), each = 1;
	long most;

	each += plan->outdir != NULL ? 1 : 0;
	each += plan->errdir != NULL ? 1 : 0;
	each += plan->localdir != NULL || plan->rsync_args != NULL ? 5 : 0;
	each += plan->inline_out ? 2 : plan->inline_stdout ? 1 : 0;
	most = files > FILES_OF_OURS + each ?
	    (long)((files - FILES_OF_OURS) / each) : 1;
	if (plan->par <= most)
		return;
	msg_warn("-p %ld lowered to %ld: only %lu files may be open "
	    "(ulimit -n)", plan->par, most, files);
	plan->par = most;
}

static void
forget(struct plan *plan)
{
	sshconf_free(plan->sshconf);
	outdir_free(plan->outdir);
	outdir_free(plan->errdir);
	outdir_free(plan->localdir);
	mem_free_all(plan->host_files);
	mem_free_all(plan->host_words);
	mem_free_all(plan->globs);
	mem_free_all(plan->ssh_options);
	mem_free_all(plan->ssh_words);
	free(plan->user);
	free(plan->ssh_config);
	free(plan->command);
	free(plan->input);
	free(plan->input_text);
	free(plan->signal);
	mem_free_all(plan->locals);
	tree_free(plan->tree);
	free(plan->target);
	free(plan->script);
	mem_free_all(plan->rsync_args);
	mem_free_all(plan->rsync_words);
	free(plan->password_file);
	free(plan->outdir_path);
	free(plan->errdir_path);
	free(plan->localdir_path);
	mem_free_all(plan->remotes);
	free(plan->get_below);
	free(plan->get_as);
	mem_free_all(plan->get_names);
}

int
front_main(const struct command *command, int argc, char **argv)
{
	const struct option_row *const tables[] = {
		common, command->options,
		command->own_extras ? NULL : extras[command->language], NULL
	};
	const struct option_rows rows = {
		tables, command->usage, command->summary
	};
	struct plan plan = {
		.par = PAR,
		.handshakes = HANDSHAKES,
		.timeout = command->timeout,
		.copies = command->copies,
		.connect_timeout = -1,
		.max_output = MAX_OUTPUT,
	};
	char *why;
	int first, status;

	secure_surroundings();
	msg_init(command->name);
	first = options_read(&rows, &plan, argc, argv);
	command->take_operands(&plan, argv + first, argc - first);
	check_plan(&plan);
	msg_chatty = plan.verbose;
	configure(&plan, command->language);
	if (command->prepare != NULL)
		command->prepare(&plan);
	plan.outdir = open_directory(plan.outdir_path, plan.append);
	plan.errdir = open_directory(plan.errdir_path, plan.append);
	plan.localdir = open_directory(plan.localdir_path, false);
	fit_files(&plan);
	if (plan.password_file != NULL)
		plan.password = read_password(plan.password_file);
	plan.stdin_free = !plan.send_input && lists_stdin(&plan) == NULL;
	why = session_begin();
	if (why != NULL)
		msg_die(1, "%s", why);
	status = fleet_run(&plan);
	session_end();
	forget(&plan);
	return status;
}

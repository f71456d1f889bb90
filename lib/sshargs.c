/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "quote.h"
#include "sshargs.h"

enum action {
	ADD,		/* TEXT is the keyword, the value is the flag's */
	OVERRIDE,	/* the same, and it counts whatever was said before */
	SET,		/* TEXT is keyword and value, as OVERRIDE */
	OPTION,		/* -o */
	CONFIG,		/* -F */
	TTY,		/* -t: the second one forces it */
	VERBOSE,
	RECURSIVE,
	PRESERVE,
	SFTP,
	QUIET,
	NOTHING,	/* it makes no difference here */
	REFUSE		/* TEXT says why */
};

static const char forwards[] = "ports are not forwarded";
static const char gssapi[] = "GSSAPI is not supported";
static const char multiplexing[] = "there is no control master";
static const char no_command[] = "a command is what this is for";
static const char report[] = "see this program's own options";
static const char x11[] = "X11 is not forwarded";

struct flag {
	char	 name;
	bool	 has_value;
	enum action action;
	const char *text;
};

static const struct flag ssh_flags[] = {
	{ '1', false, REFUSE, "SSH protocol v.1 is no longer supported" },
	{ '2', false, NOTHING, NULL },
	{ '4', false, SET, "AddressFamily=inet" },
	{ '6', false, SET, "AddressFamily=inet6" },
	{ 'A', false, SET, "ForwardAgent=yes" },
	{ 'a', false, SET, "ForwardAgent=no" },
	{ 'B', true, REFUSE, "choosing the interface is not supported; "
	    "-b takes an address" },
	{ 'b', true, OVERRIDE, "BindAddress" },
	{ 'C', false, SET, "Compression=yes" },
	{ 'c', true, OVERRIDE, "Ciphers" },
	{ 'D', true, REFUSE, forwards },
	{ 'E', true, REFUSE, "there is no log file; redirect stderr" },
	{ 'e', true, OVERRIDE, "EscapeChar" },
	{ 'F', true, CONFIG, NULL },
	{ 'f', false, REFUSE, "this does not go to the background" },
	{ 'G', false, REFUSE, report },
	{ 'g', false, REFUSE, forwards },
	{ 'I', true, REFUSE, "PKCS#11 is not supported; put the key into "
	    "ssh-agent" },
	{ 'i', true, ADD, "IdentityFile" },
	{ 'J', true, ADD, "ProxyJump" },
	{ 'K', false, REFUSE, gssapi },
	{ 'k', false, SET, "GSSAPIDelegateCredentials=no" },
	{ 'L', true, REFUSE, forwards },
	{ 'l', true, ADD, "User" },
	{ 'M', false, REFUSE, multiplexing },
	{ 'm', true, OVERRIDE, "MACs" },
	{ 'N', false, REFUSE, no_command },
	{ 'n', false, SET, "StdinNull=yes" },
	{ 'O', true, REFUSE, multiplexing },
	{ 'o', true, OPTION, NULL },
	{ 'P', true, ADD, "Tag" },
	{ 'p', true, ADD, "Port" },
	{ 'Q', true, REFUSE, report },
	{ 'q', false, QUIET, "LogLevel=QUIET" },
	{ 'R', true, REFUSE, forwards },
	{ 'S', true, REFUSE, multiplexing },
	{ 's', false, REFUSE, "subsystems are not supported" },
	{ 'T', false, SET, "RequestTTY=no" },
	{ 't', false, TTY, NULL },
	{ 'V', false, REFUSE, report },
	{ 'v', false, VERBOSE, NULL },
	{ 'W', true, REFUSE, forwards },
	{ 'w', true, REFUSE, "tunnels are not supported" },
	{ 'X', false, REFUSE, x11 },
	{ 'x', false, SET, "ForwardX11=no" },
	{ 'Y', false, REFUSE, x11 },
	{ 'y', false, REFUSE, "messages do not go to syslog" },
	{ .name = '\0' },
};

/* How strictly names are looked at makes no difference here. */
static const struct flag scp_flags[] = {
	{ '1', false, REFUSE, "SSH protocol v.1 is no longer supported" },
	{ '2', false, NOTHING, NULL },
	{ '3', false, NOTHING, NULL },
	{ '4', false, SET, "AddressFamily=inet" },
	{ '6', false, SET, "AddressFamily=inet6" },
	{ 'A', false, NOTHING, NULL },
	{ 'B', false, SET, "BatchMode=yes" },
	{ 'C', false, SET, "Compression=yes" },
	{ 'c', true, OVERRIDE, "Ciphers" },
	{ 'D', true, REFUSE, "there is no SFTP server to choose" },
	{ 'F', true, CONFIG, NULL },
	{ 'i', true, ADD, "IdentityFile" },
	{ 'J', true, ADD, "ProxyJump" },
	{ 'l', true, REFUSE, "the bandwidth is not limited; fewer hosts at "
	    "once (--par) take less" },
	{ 'O', false, NOTHING, NULL },
	{ 'o', true, OPTION, NULL },
	{ 'P', true, ADD, "Port" },
	{ 'p', false, PRESERVE, NULL },
	{ 'q', false, QUIET, "LogLevel=QUIET" },
	{ 'R', false, NOTHING, NULL },
	{ 'r', false, RECURSIVE, NULL },
	{ 'S', true, REFUSE, "there is no ssh program to choose" },
	{ 's', false, SFTP, NULL },
	{ 'T', false, NOTHING, NULL },
	{ 'v', false, VERBOSE, NULL },
	{ 'X', true, NOTHING, NULL },
	{ .name = '\0' },
};

/* By enum sshargs_language. */
static const struct {
	const char	*name;
	const struct flag *flags;
} languages[] = {
	[SSHARGS_SSH] = { "ssh", ssh_flags },
	[SSHARGS_SCP] = { "scp", scp_flags },
};

static const struct flag *
find(enum sshargs_language language, char name)
{
	const struct flag *flag = languages[language].flags;

	while (flag->name != '\0' && flag->name != name)
		flag++;
	return flag->name != '\0' ? flag : NULL;
}

/* Put TEXT, which is taken over, in front of LIST or at its end. */
static void
put(char ***list, char *text, bool front)
{
	size_t count = 0;

	while ((*list)[count] != NULL)
		count++;
	*list = mem_resize(*list, count + 2, sizeof(**list));
	if (front)
		memmove(*list + 1, *list, (count + 1) * sizeof(**list));
	else
		(*list)[count + 1] = NULL;
	(*list)[front ? 0 : count] = text;
}

/* KEYWORD="VALUE", as ssh_config(5) quotes.  Whether that is allowed is not
 * for us to say, but an empty value is always wrong. */
static char *
option(const char *keyword, const char *value)
{
	struct buf text = { 0 };

	/* What is read to the end of the line takes quotes as they are. */
	if (strcmp(keyword, "ProxyJump") == 0)
		return mem_print("%s=%s", keyword, value);
	buf_addf(&text, "%s=\"", keyword);
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			buf_addc(&text, '\\');
		buf_addc(&text, *value);
	}
	buf_addc(&text, '"');
	return buf_release(&text);
}

/* The second -t in a row, so to speak, forces a terminal. */
static void
want_tty(struct sshargs *args)
{
	bool again = false;

	for (char **text = args->overrides; *text != NULL; text++) {
		if (strncmp(*text, "RequestTTY=", 11) != 0)
			continue;
		again = strcmp(*text, "RequestTTY=yes") == 0;
		break;
	}
	put(&args->overrides, mem_dup(again ? "RequestTTY=force" :
	    "RequestTTY=yes"), true);
}

static char *
apply(struct sshargs *args, const struct flag *flag, const char *value)
{
	switch (flag->action) {
	case ADD:
		put(&args->options, option(flag->text, value), false);
		break;
	case OVERRIDE:
		put(&args->overrides, option(flag->text, value), true);
		break;
	case QUIET:
		args->quiet = true;
		/* FALLTHROUGH */
	case SET:
		put(&args->overrides, mem_dup(flag->text), true);
		break;
	case OPTION:
		put(&args->options, mem_dup(value), false);
		break;
	case CONFIG:
		free(args->file);
		args->file = mem_dup(value);
		break;
	case TTY:
		want_tty(args);
		break;
	case VERBOSE:
		args->verbose++;
		break;
	case RECURSIVE:
		args->recursive = true;
		break;
	case PRESERVE:
		args->preserve = true;
		break;
	case SFTP:
		args->sftp = true;
		break;
	case NOTHING:
		break;
	case REFUSE:
		return mem_print("%s's -%c: %s",
		    languages[args->language].name, flag->name, flag->text);
	}
	return NULL;
}

/* Read the flags that stand together in *WORDS, and with them the next word
 * if it is a value.  *WORDS is then the last word that was used. */
static char *
read_word(struct sshargs *args, char *const **words)
{
	const char *text = **words, *name = languages[args->language].name;
	char *wrong = NULL;

	if (*text != '-' || text[1] == '\0')
		return mem_print("\"%s\" is not a flag of %s", text, name);
	if (strcmp(text, "--") == 0)
		return (*words)[1] == NULL ? NULL :
		    mem_print("\"%s\" is not a flag of %s", (*words)[1],
		    name);
	while (*++text != '\0' && wrong == NULL) {
		const struct flag *flag = find(args->language, *text);
		const char *value = NULL;

		if (flag == NULL)
			return mem_print("%s has no flag -%c (in \"%s\")",
			    name, *text, **words);
		if (flag->has_value) {
			value = text[1] != '\0' ? text + 1 : *++*words;
			if (value == NULL) {
				--*words;
				return mem_print("%s's -%c needs a value",
				    name, *text);
			}
		}
		wrong = apply(args, flag, value);
		if (flag->has_value)
			break;
	}
	return wrong;
}

char *
sshargs_read(struct sshargs *args, enum sshargs_language language,
    char *const *words)
{
	char *wrong = NULL;

	*args = (struct sshargs){
		.language = language,
		.overrides = mem_zero(sizeof(*args->overrides)),
		.options = mem_zero(sizeof(*args->options)),
	};
	for (; *words != NULL && wrong == NULL; words++)
		wrong = read_word(args, &words);
	return wrong;
}

void
sshargs_clear(struct sshargs *args)
{
	mem_free_all(args->overrides);
	mem_free_all(args->options);
	free(args->file);
	*args = (struct sshargs){ 0 };
}

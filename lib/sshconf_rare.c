/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of keywords that we only check and print. */
#include "config.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "mem.h"
#include "sshconf_priv.h"

static char *
missing(void)
{
	return mem_dup("missing argument.");
}

/* Is the next word there and not empty?  It is not taken. */
static bool
has_word(const struct sshconf_args *args)
{
	return *args->words != NULL && **args->words != '\0';
}

/* WORD must stand alone if it is in the list OF. */
static bool
stands_wrong(const struct sshconf_args *args, size_t count, const char *word,
    const char *lone)
{
	return strcasecmp(word, lone) == 0 &&
	    (count > 0 || *args->words != NULL);
}

static char *
alone(const struct sshconf_args *args, const char *word)
{
	return mem_print("keyword %s \"%s\" argument must appear alone.",
	    args->keyword, word);
}

static char *
parse_add_keys(struct sshconf_line *line, struct sshconf_args *args)
{
	static const char *const words[] = {
		"no", "false", "false", "false", "yes", "true", "true", "true",
		"ask", "ask", "confirm", "confirm", NULL
	};
	const char *word = sshconf_next(args), *time = sshconf_next(args);
	const char *shown = NULL;
	long seconds;

	if (word == NULL)
		return missing();
	for (int i = 0; words[i] != NULL; i += 2)
		if (strcasecmp(word, words[i]) == 0)
			shown = words[i + 1];
	if (shown != NULL && time == NULL) {
		line->text = mem_dup(shown);
		return NULL;
	}
	if (shown == NULL && time == NULL && sshconf_seconds(word, &seconds)) {
		line->text = mem_print("%ld", seconds);
		return NULL;
	}
	if (shown != NULL && strcmp(shown, "confirm") == 0 &&
	    sshconf_seconds(time, &seconds)) {
		line->text = mem_print("confirm %ld", seconds);
		return NULL;
	}
	return mem_dup("unsupported option");
}

/* One end of TunnelDevice, LEN bytes at WORD. */
static bool
is_tunnel(const char *word, size_t len)
{
	char *copy = mem_ndup(word, len);
	long number;
	bool good = strcasecmp(copy, "any") == 0 ||
	    sshconf_number(copy, INT_MAX - 2, &number) == NULL;

	free(copy);
	return good;
}

static char *
parse_tunnel_device(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *word = has_word(args) ? sshconf_next(args) : NULL;
	const char *remote;
	size_t len;

	if (word == NULL)
		return missing();
	len = strcspn(word, ":");
	remote = word[len] == ':' ? word + len + 1 : "any";
	if (!is_tunnel(word, len) || !is_tunnel(remote, strlen(remote)))
		return mem_dup("Bad tun device.");
	line->text = mem_print("%.*s:%s", (int)len, word, remote);
	return NULL;
}

static char *
parse_cnames(struct sshconf_line *line, struct sshconf_args *args)
{
	struct buf list = { 0 };
	size_t count = 0;
	char *word;

	while ((word = sshconf_next(args)) != NULL) {
		const char *colon = strchr(word, ':');

		if (stands_wrong(args, count, word, "none")) {
			buf_free(&list);
			return alone(args, word);
		}
		if (strcasecmp(word, "none") != 0 && strcmp(word, "*") != 0 &&
		    (colon == NULL || colon[1] == '\0')) {
			buf_free(&list);
			return mem_print("Invalid permitted CNAME \"%s\"",
			    word);
		}
		if (count++ > 0)
			buf_addc(&list, ' ');
		for (const char *c = word; *c != '\0'; c++)
			buf_addc(&list, (char)tolower((unsigned char)*c));
		if (strcmp(word, "*") == 0)
			buf_adds(&list, ":*");
	}
	if (count == 0)
		line->id = ID_IGNORED;
	line->text = buf_release(&list);
	return NULL;
}

static char *
parse_persist(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *word = has_word(args) ? sshconf_next(args) : NULL;
	long seconds;

	if (word == NULL)
		return mem_dup("Missing ControlPersist argument.");
	if (strcmp(word, "no") == 0 || strcmp(word, "false") == 0)
		line->text = mem_dup("no");
	else if (strcmp(word, "yes") == 0 || strcmp(word, "true") == 0)
		line->text = mem_dup("yes");
	else if (!sshconf_seconds(word, &seconds))
		return mem_dup("Bad ControlPersist argument.");
	else if (seconds == 0)
		line->text = mem_dup("yes");
	else
		line->text = mem_print("%ld", seconds);
	return NULL;
}

static char *
parse_escape(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *word = has_word(args) ? sshconf_next(args) : NULL;

	if (word == NULL)
		return missing();
	if (strcmp(word, "none") != 0 && word[1] != '\0' &&
	    (word[0] != '^' || word[2] != '\0' ||
	    (unsigned char)word[1] < 64 || (unsigned char)word[1] > 127))
		return mem_dup("Bad escape character.");
	line->text = mem_dup(word);
	return NULL;
}

/* The quality of service that WORD is a name or number of, as ssh prints it;
 * NULL if it is none. */
static char *
quality(const char *word)
{
	static const struct {
		const char *name;
		long number;
	} names[] = {
		{ "none", INT_MAX }, { "af11", 0x28 }, { "af12", 0x30 },
		{ "af13", 0x38 }, { "af21", 0x48 }, { "af22", 0x50 },
		{ "af23", 0x58 }, { "af31", 0x68 }, { "af32", 0x70 },
		{ "af33", 0x78 }, { "af41", 0x88 }, { "af42", 0x90 },
		{ "af43", 0x98 }, { "cs0", 0 }, { "cs1", 0x20 },
		{ "cs2", 0x40 }, { "cs3", 0x60 }, { "cs4", 0x80 },
		{ "cs5", 0xa0 }, { "cs6", 0xc0 }, { "cs7", 0xe0 },
		{ "ef", 0xb8 }, { "le", 0x04 }, { "lowdelay", 0x10 },
		{ "throughput", 0x08 }, { "reliability", 0x04 },
	};
	const size_t count = sizeof(names) / sizeof(*names);
	char *end;
	long number;

	for (size_t i = 0; i < count; i++)
		if (strcasecmp(word, names[i].name) == 0)
			return mem_dup(names[i].name);
	number = strtol(word, &end, 0);
	if (*word == '\0' || *end != '\0' || number < 0 || number > 255)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (number == names[i].number)
			return mem_dup(names[i].name);
	return mem_print("0x%02lx", (unsigned long)number);
}

static char *
parse_ipqos(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *first = sshconf_next(args), *second = sshconf_next(args);
	char *interactive = quality(first == NULL ? "" : first);
	char *bulk = quality(second != NULL ? second :
	    first == NULL ? "" : first);
	char *wrong = NULL;

	if (interactive == NULL || bulk == NULL)
		wrong = mem_print("Bad IPQoS value: %s", interactive != NULL ?
		    second : first == NULL ? "(null)" : first);
	else
		line->text = mem_print("%s %s", interactive, bulk);
	free(interactive);
	free(bulk);
	return wrong;
}

/* A number of bytes with K, M or G after it. */
static bool
scaled(const char *word, long *bytes)
{
	static const char suffixes[] = "bkmgtpe";
	size_t len = strspn(word, "0123456789");
	char *digits;
	const char *suffix;
	int shift;
	bool good;

	if (word[len] != '\0' && (word[len + 1] != '\0' || strchr(suffixes,
	    tolower((unsigned char)word[len])) == NULL))
		return false;
	suffix = word[len] == '\0' ? suffixes :
	    strchr(suffixes, tolower((unsigned char)word[len]));
	shift = 10 * (int)(suffix - suffixes);
	digits = mem_ndup(word, len);
	good = sshconf_number(digits, LONG_MAX >> shift, bytes) == NULL;
	free(digits);
	if (good)
		*bytes <<= shift;
	return good;
}

static char *
parse_rekey(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *word = has_word(args) ? sshconf_next(args) : NULL;
	const char *time;
	long seconds;

	if (word == NULL)
		return missing();
	if (strcmp(word, "default") != 0 && !scaled(word, &line->value))
		return mem_print("Bad number '%s'", word);
	if (line->value != 0 && line->value < 16)
		return mem_dup("RekeyLimit too small");
	line->text = mem_print("%ld", line->value);
	time = sshconf_next(args);
	if (time == NULL || strcmp(time, "none") == 0)
		return NULL;
	if (!sshconf_seconds(time, &seconds))
		return mem_dup("invalid time value.");
	/* Two values with a keyword, first come first served each. */
	line->words = mem_zero(2 * sizeof(*line->words));
	line->words[0] = mem_print("%ld", seconds);
	return NULL;
}

static char *
parse_mask(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *word = has_word(args) ? sshconf_next(args) : NULL;
	char *end;

	if (word == NULL)
		return mem_dup("Missing StreamLocalBindMask argument.");
	line->value = strtol(word, &end, 8);
	if (end == word || line->value < 0 || line->value > 0777)
		return mem_dup("Bad mask.");
	line->text = mem_print("0%lo", (unsigned long)line->value);
	return NULL;
}

static bool
is_domain(const char *name)
{
	if (!isalnum((unsigned char)*name) || strstr(name, "..") != NULL)
		return false;
	for (; *name != '\0'; name++)
		if (!isalnum((unsigned char)*name) &&
		    strchr(".-_", *name) == NULL)
			return false;
	return true;
}

static char *
parse_domains(struct sshconf_line *line, struct sshconf_args *args)
{
	size_t count = 0;
	char *word;

	while ((word = sshconf_next(args)) != NULL) {
		if (stands_wrong(args, count, word, "none"))
			return alone(args, word);
		if (!is_domain(word))
			return mem_print("bad domain name \"%s\"", word);
		for (char *c = word; *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
		if (word[strlen(word) - 1] == '.')
			word[strlen(word) - 1] = '\0';
		line->words = sshconf_add_word(line->words, &count, word);
	}
	if (count == 0)
		line->id = ID_IGNORED;
	return NULL;
}

static char *
parse_channel_timeout(struct sshconf_line *line, struct sshconf_args *args)
{
	size_t count = 0;
	long seconds;
	char *word;

	while ((word = sshconf_next(args)) != NULL) {
		const char *equals = strchr(word, '=');

		if (stands_wrong(args, count, word, "none"))
			return alone(args, word);
		if (strcasecmp(word, "none") != 0 && (equals == NULL ||
		    equals == word || !sshconf_seconds(equals + 1, &seconds)))
			return mem_print("invalid channel timeout %s", word);
		line->words = sshconf_add_word(line->words, &count, word);
	}
	return count == 0 ? missing() : NULL;
}

static char *
parse_keystroke(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *word = has_word(args) ? sshconf_next(args) : NULL;

	if (word == NULL)
		return missing();
	if (strcmp(word, "yes") == 0 || strcmp(word, "true") == 0)
		line->text = mem_dup("yes");
	else if (strcmp(word, "no") == 0 || strcmp(word, "false") == 0)
		line->text = mem_dup("no");
	else if (strncmp(word, "interval:", 9) != 0 ||
	    sshconf_number(word + 9, 1000, &line->value) != NULL ||
	    line->value == 0)
		return mem_print("unsupported argument \"%s\"", word);
	else
		line->text = mem_print("%ld", line->value);
	return NULL;
}

char *
sshconf_parse_rare(struct sshconf_line *line, struct sshconf_args *args)
{
	switch (sshconf_keywords[line->id].kind) {
	case KIND_ADDKEYS:
		return parse_add_keys(line, args);
	case KIND_TUNDEVICE:
		return parse_tunnel_device(line, args);
	case KIND_CNAMES:
		return parse_cnames(line, args);
	case KIND_PERSIST:
		return parse_persist(line, args);
	case KIND_ESCAPE:
		return parse_escape(line, args);
	case KIND_IPQOS:
		return parse_ipqos(line, args);
	case KIND_REKEY:
		return parse_rekey(line, args);
	case KIND_MASK:
		return parse_mask(line, args);
	case KIND_DOMAINS:
		return parse_domains(line, args);
	case KIND_CHANNELTIMEOUT:
		return parse_channel_timeout(line, args);
	default:
		return parse_keystroke(line, args);
	}
}

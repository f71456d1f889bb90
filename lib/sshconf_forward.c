/* SPDX-License-Identifier: BSD-2-Clause */
/* Values that name places: jump hosts, and forwardings that we only check and
 * print. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "mem.h"
#include "sshconf_priv.h"

/* One hop as `ssh -G` prints it. */
static char *
show_place(const struct sshconf_place *place)
{
	bool brackets = strchr(place->host, ':') != NULL ||
	    place->host[strspn(place->host, "1234567890.")] == '\0';
	struct buf text = { 0 };

	if (place->user != NULL)
		buf_addf(&text, "%s@", place->user);
	buf_addf(&text, brackets ? "[%s]" : "%s", place->host);
	if (place->port > 0)
		buf_addf(&text, ":%d", place->port);
	return buf_release(&text);
}

/* One hop of a ProxyJump.  ssh is strict with the command line only: the
 * files' hops may have quotes, which its shell takes away. */
static bool
parse_hop(const struct sshconf_line *line, const char *text,
    struct sshconf_place *place)
{
	if (!sshconf_parse_place(text, place))
		return false;
	if (line->number > 0 || (sshconf_good_host(place->host) &&
	    (place->user == NULL || sshconf_good_user(place->user))))
		return true;
	sshconf_clear_place(place);
	return false;
}

/* The last hop is the one next to the target, and the only one that ssh does
 * not print as it was written. */
char *
sshconf_parse_jump(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *text = args->rest + strspn(args->rest, " \t\r\n=");
	size_t len = strcspn(text, "#");
	char *hops, *hop, *comma;
	struct sshconf_place place;
	bool good = true;

	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	while (sshconf_next(args) != NULL)
		continue;
	if (len == 4 && strncasecmp(text, "none", 4) == 0) {
		line->text = mem_dup("none");
		return NULL;
	}
	hops = mem_ndup(text, len);
	comma = strrchr(hops, ',');
	hop = comma == NULL ? hops : comma + 1;
	if (parse_hop(line, hop, &place)) {
		char *shown = show_place(&place);

		line->text = mem_print("%.*s%s", (int)(hop - hops), hops,
		    shown);
		free(shown);
		sshconf_clear_place(&place);
	}
	while (line->text != NULL && good && comma != NULL) {
		*comma = '\0';
		comma = strrchr(hops, ',');
		good = parse_hop(line, comma == NULL ? hops : comma + 1,
		    &place);
		sshconf_clear_place(&place);
	}
	free(hops);
	if (line->text == NULL || !good)
		return mem_print("Invalid ProxyJump \"%.*s\"", (int)len, text);
	return NULL;
}

struct field {
	char	*text;
	bool	 is_path;
};

/* Cut one field, up to a colon, off *TEXT in place; false at the end or if the
 * brackets are wrong. */
static bool
cut_field(char **text, struct field *field)
{
	char *in = *text, *out = *text;
	bool brackets = *in == '[';

	if (*in == '\0')
		return false;
	*field = (struct field){ .text = *text };
	if (brackets)
		in++;
	for (; *in != '\0' && *in != (brackets ? ']' : ':'); in++) {
		if (!brackets && *in == '\\' && *++in == '\0')
			return false;
		field->is_path |= *in == '/';
		*out++ = *in;
	}
	if (brackets) {
		if (*in != ']' || (in[1] != ':' && in[1] != '\0'))
			return false;
		in++;
	}
	*text = *in == ':' ? in + 1 : in;
	*out = '\0';
	return true;
}

/* One end of a forwarding, FIELDS[0] to FIELDS[COUNT - 1]: "path", "port" or
 * "host port", as `ssh -G` prints it.  False if it is none. */
static bool
show_end(struct buf *out, const struct field *fields, int count, int least)
{
	int port;

	if (count == 1 && fields[0].is_path) {
		buf_addf(out, " %s", fields[0].text);
		return true;
	}
	port = sshconf_port(fields[count - 1].text);
	if (count < 1 || count > 2 || port < least ||
	    (port == 0 && strcmp(fields[count - 1].text, "0") != 0))
		return false;
	if (count == 2)
		buf_addf(out, " [%s]:%d", fields[0].text, port);
	else
		buf_addf(out, " %d", port);
	return true;
}

/* TEXT, "listen:connect" or without the latter, is changed.  FAR: how many
 * fields of COUNT say where to connect. */
static bool
show_forward(struct sshconf_line *line, char *text, bool dynamic)
{
	int least = line->id == ID_REMOTEFORWARD ? 0 : 1;
	struct field fields[4];
	struct buf out = { 0 };
	int count = 0, far = 0;
	bool good;

	while (count < 4 && cut_field(&text, &fields[count]))
		count++;
	good = count > 0 && *text == '\0';
	if (good && !dynamic) {
		far = fields[count - 1].is_path ? 1 : 2;
		good = count > far;
	}
	good = good && show_end(&out, fields, count - far, least);
	if (good && far > 0)
		good = show_end(&out, fields + count - far, far, 1);
	if (good && dynamic && line->id == ID_REMOTEFORWARD)
		buf_adds(&out, " [socks]:0");
	if (good)
		line->text = mem_dup(buf_text(&out) + 1);
	buf_free(&out);
	return good;
}

char *
sshconf_parse_forward(struct sshconf_line *line, struct sshconf_args *args)
{
	char *first = sshconf_next(args), *second = NULL, *text, *expanded;
	char *error = NULL;
	bool good;

	if (first == NULL || *first == '\0')
		return mem_dup("Missing argument.");
	if (line->id != ID_DYNAMICFORWARD) {
		second = sshconf_next(args);
		if ((second == NULL || *second == '\0') &&
		    line->id == ID_LOCALFORWARD)
			return mem_dup("Missing target argument.");
	}
	text = second == NULL || *second == '\0' ? mem_dup(first) :
	    mem_print("%s:%s", first, second);
	expanded = sshconf_expand(NULL, text, NULL, true, &error);
	good = expanded != NULL && show_forward(line, expanded,
	    second == NULL || *second == '\0');
	free(error);
	free(expanded);
	free(text);
	return good ? NULL : mem_dup("Bad forwarding specification.");
}

char *
sshconf_parse_open(struct sshconf_line *line, struct sshconf_args *args)
{
	size_t count = 0;
	char *word;

	while ((word = sshconf_next(args)) != NULL) {
		const char *port = strrchr(word, ':');
		bool lone = strcasecmp(word, "none") == 0 ||
		    strcasecmp(word, "any") == 0;

		if (lone && (count > 0 || *args->words != NULL))
			return mem_print("keyword %s \"%s\" argument must "
			    "appear alone.", args->keyword, word);
		if (!lone && (port == NULL || (strcmp(port, ":*") != 0 &&
		    sshconf_port(port + 1) <= 0)))
			return mem_print("bad port number in %s",
			    args->keyword);
		line->words = sshconf_add_word(line->words, &count, word);
	}
	return count == 0 ? mem_dup("missing permitremoteopen specification") :
	    NULL;
}

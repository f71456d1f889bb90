/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of a line, and the numbers among them. */
#include "config.h"

#include <ctype.h>
#include <limits.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#include "buf.h"
#include "mem.h"
#include "num.h"
#include "sshconf_priv.h"
#include "target.h"

#define BLANKS " \t\r\n"

/* *END is a double quote in the token that begins at TOKEN: what follows up
 * to the next quote belongs to it.  The part before moves over the quote. */
static char *
quoted_token(char *token, char *end, char **text)
{
	char *close = strchr(end + 1, '"');

	memmove(token + 1, token, (size_t)(end - token));
	*text = NULL;
	if (close == NULL)
		return NULL;
	*close++ = '\0';
	*text = close + strspn(close, BLANKS);
	return token + 1;
}

char *
sshconf_token(char **text)
{
	char *token = *text, *end;
	bool equals;

	if (token == NULL)
		return NULL;
	end = strpbrk(token, BLANKS "\"=");
	if (end == NULL) {
		*text = NULL;
		return token;
	}
	if (*end == '"')
		return quoted_token(token, end, text);
	equals = *end == '=';
	*end++ = '\0';
	end += strspn(end, BLANKS);
	if (*end == '=' && !equals) {
		end++;
		end += strspn(end, BLANKS);
	}
	*text = end;
	return token;
}

/* Take one word off TEXT, which does not begin with a blank.  Returns what
 * follows it, NULL if a quote is left open. */
static const char *
take_word(const char *text, struct buf *word)
{
	char quote = '\0';

	for (; *text != '\0'; text++) {
		if (*text == '\\' && (text[1] == '\'' || text[1] == '"' ||
		    text[1] == '\\' || (quote == '\0' && text[1] == ' ')))
			buf_addc(word, *++text);
		else if (quote == '\0' && (*text == ' ' || *text == '\t'))
			return text;
		else if (quote == '\0' && (*text == '"' || *text == '\''))
			quote = *text;
		else if (quote != '\0' && *text == quote)
			quote = '\0';
		else
			buf_addc(word, *text);
	}
	return quote == '\0' ? text : NULL;
}

char **
sshconf_split(const char *text)
{
	char **words = mem_zero(sizeof(*words));
	size_t count = 0;

	for (;;) {
		struct buf word = { 0 };

		text += strspn(text, " \t");
		if (*text == '\0' || *text == '#')
			return words;
		text = take_word(text, &word);
		if (text != NULL)
			words = sshconf_add_word(words, &count,
			    buf_text(&word));
		buf_free(&word);
		if (text == NULL) {
			mem_free_all(words);
			return NULL;
		}
	}
}

char **
sshconf_add_word(char **words, size_t *count, const char *word)
{
	words = mem_resize(words, *count + 2, sizeof(*words));
	words[(*count)++] = mem_dup(word);
	words[*count] = NULL;
	return words;
}

char *
sshconf_next(struct sshconf_args *args)
{
	return *args->words == NULL ? NULL : *args->words++;
}

const char *
sshconf_number(const char *text, long most, long *value)
{
	const char *digits;

	if (text == NULL || *text == '\0')
		return "missing";
	digits = text + strspn(text, BLANKS);
	if (*digits == '+')
		digits++;
	if (num_parse(digits, 0, most, value))
		return NULL;
	if (*digits == '-' && digits[1] != '\0' &&
	    digits[1 + strspn(digits + 1, "0123456789")] == '\0')
		return "too small";
	if (*digits != '\0' && digits[strspn(digits, "0123456789")] == '\0')
		return "too large";
	return "invalid";
}

bool
sshconf_seconds(const char *text, long *value)
{
	return num_seconds(*text == '+' ? text + 1 : text, value);
}

int
sshconf_port(const char *text)
{
	long number;
	struct servent *service;

	if (sshconf_number(text, 65535, &number) == NULL)
		return (int)number;
	service = getservbyname(text, "tcp");
	return service == NULL ? 0 : ntohs((uint16_t)service->s_port);
}

bool
sshconf_good_host(const char *host)
{
	if (*host == '-')
		return false;
	for (; *host != '\0'; host++)
		if (strchr("'`\"$\\;&<>|(){}", *host) != NULL ||
		    isspace((unsigned char)*host) ||
		    iscntrl((unsigned char)*host))
			return false;
	return true;
}

bool
sshconf_good_user(const char *user)
{
	if (*user == '-')
		return false;
	for (; *user != '\0'; user++)
		if (strchr("'`\";&<>|(){}", *user) != NULL ||
		    (isspace((unsigned char)*user) && user[1] == '-') ||
		    (*user == '\\' && user[1] == '\0'))
			return false;
	return true;
}

/* Cut TEXT, "host", "host:port" or "[host]:port", in place.  Returns what
 * follows the colon, "" if nothing does, NULL if TEXT is none of them. */
static char *
cut_host(char **text)
{
	char *end;

	if (**text == '[') {
		end = strchr(++*text, ']');
		if (end == NULL)
			return NULL;
		*end++ = '\0';
	} else {
		end = *text + strcspn(*text, ":/");
	}
	if (*end == '\0')
		return end;
	if (*end != ':' && *end != '/')
		return NULL;
	*end = '\0';
	return end + 1;
}

bool
sshconf_parse_place(const char *text, struct sshconf_place *place)
{
	bool uri = strncmp(text, "ssh://", 6) == 0;
	char *copy = mem_dup(uri ? text + 6 : text);
	char *host = copy, *at = uri ? strchr(copy, '@') : strrchr(copy, '@');
	char *port;
	bool good;

	*place = (struct sshconf_place){ 0 };
	if (at != NULL) {
		*at = '\0';
		if (uri)
			copy[strcspn(copy, ";")] = '\0';
		place->user = mem_dup(copy);
		host = at + 1;
	}
	port = cut_host(&host);
	if (port != NULL && uri)
		port[strcspn(port, "/")] = '\0';
	good = port != NULL && *host != '\0' &&
	    (place->user == NULL || *place->user != '\0');
	if (good && *port != '\0') {
		place->port = sshconf_port(port);
		good = place->port > 0;
	}
	if (good)
		place->host = mem_dup(host);
	else
		sshconf_clear_place(place);
	free(copy);
	return good;
}

void
sshconf_clear_place(struct sshconf_place *place)
{
	free(place->user);
	free(place->host);
	*place = (struct sshconf_place){ 0 };
}

struct target *
sshconf_hop(const char *text)
{
	struct sshconf_place place;
	struct target *target;

	if (!sshconf_parse_place(text, &place))
		return NULL;
	target = mem_zero(sizeof(*target));
	target->user = place.user;
	target->host = place.host;
	target->port = place.port;
	return target;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "quote.h"

/* Characters that no shell reads anything into.  '=' is missing: at the front
 * of a command, "a=b" is an assignment. */
static const char plain[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "0123456789_-+:,./@%";

#define BLANKS " \t\r\n"

void
quote_word(struct buf *out, const char *word)
{
	/* A leading '%' names a job. */
	if (*word != '\0' && *word != '%' &&
	    word[strspn(word, plain)] == '\0') {
		buf_adds(out, word);
		return;
	}
	buf_addc(out, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, *word);
	}
	buf_addc(out, '\'');
}

/* Take one word off TEXT into WORD.  Returns what follows it, NULL if a quote
 * is left open. */
static const char *
take_word(const char *text, struct buf *word)
{
	char quote = '\0';

	for (; *text != '\0'; text++) {
		if (quote == '\0' && strchr(BLANKS, *text) != NULL)
			return text;
		if (quote == '\0' && (*text == '\'' || *text == '"')) {
			quote = *text;
		} else if (*text == quote) {
			quote = '\0';
		} else if (*text == '\\' && quote != '\'') {
			/* Within "", a backslash only serves " and \ here. */
			if (quote == '"' && text[1] != '"' && text[1] != '\\') {
				buf_addc(word, '\\');
				continue;
			}
			if (text[1] == '\0')
				return NULL;
			buf_addc(word, *++text);
		} else {
			buf_addc(word, *text);
		}
	}
	return quote == '\0' ? text : NULL;
}

char **
quote_split(const char *text)
{
	char **words = mem_zero(sizeof(*words));
	size_t count = 0;

	for (;;) {
		struct buf word = { 0 };

		text += strspn(text, BLANKS);
		if (*text == '\0')
			return words;
		text = take_word(text, &word);
		if (text == NULL) {
			buf_free(&word);
			mem_free_all(words);
			return NULL;
		}
		words = mem_resize(words, count + 2, sizeof(*words));
		words[count++] = buf_release(&word);
		words[count] = NULL;
	}
}

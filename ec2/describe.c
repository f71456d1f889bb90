/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All pages of DescribeInstances:
 *
 * - a page is asked for, and its instances are handed on as they come;
 * - an answer without nextToken was the last page.
 *
 * AWS wants no page size where ids are given, and then answers all at once. A
 * token that was there before would have us turn round for ever.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "mem.h"

#define PAGE "1000"

struct describing {
	struct api	*api;
	struct describe	 what;
	struct query	 form;		/* of all pages */
	struct instance_reader *reader;
	char		*token;		/* this page's answer's */
	char		**tokens;	/* of all pages so far */
	size_t		 token_count;
};

static void next_page(struct describing *);

static void
page_closed(void *context, const char *path, const char *text)
{
	struct describing *describing = context;

	if (strcmp(path, "nextToken") == 0) {
		free(describing->token);
		describing->token = mem_dup(text);
	} else {
		instance_reader_closed(describing->reader, path, text);
	}
}

static void
page_again(void *context)
{
	struct describing *describing = context;

	instance_reader_again(describing->reader);
	free(describing->token);
	describing->token = NULL;
	if (describing->what.again != NULL)
		describing->what.again(describing->what.context);
}

static void
end(struct describing *describing, const struct api_error *error)
{
	describing->what.done(describing->what.context, error);
	instance_reader_free(describing->reader);
	query_clear(&describing->form);
	for (size_t i = 0; i < describing->token_count; i++)
		free(describing->tokens[i]);
	free(describing->tokens);
	free(describing->token);
	free(describing);
}

static bool
was_there(const struct describing *describing)
{
	for (size_t i = 0; i < describing->token_count; i++)
		if (strcmp(describing->tokens[i], describing->token) == 0)
			return true;
	return false;
}

static void
page_done(void *context, const struct api_error *error)
{
	static const struct api_error loop = {
		.status = 200,
		.code = "",
		.message = "the list's pages go round in a circle: a NextToken "
		    "came twice",
		.request = "",
	};
	struct describing *describing = context;

	if (error != NULL) {
		end(describing, error);
		return;
	}
	if (describing->what.page != NULL)
		describing->what.page(describing->what.context);
	if (describing->token == NULL || *describing->token == '\0')
		end(describing, NULL);
	else if (was_there(describing))
		end(describing, &loop);
	else
		next_page(describing);
}

static void
next_page(struct describing *describing)
{
	struct api_call call = {
		.action = "DescribeInstances",
		.place = describing->what.place,
		.paths = instance_reader_paths,
		.unread = instance_reader_unread,
		.closed = page_closed,
		.again = page_again,
		.done = page_done,
		.context = describing,
		.seconds = describing->what.seconds,
	};
	struct query form = { 0 };

	query_join(&form, &describing->form);
	if (describing->token != NULL) {
		query_add(&form, "NextToken", describing->token);
		describing->tokens = mem_resize(describing->tokens,
		    describing->token_count + 1, sizeof(*describing->tokens));
		describing->tokens[describing->token_count++] =
		    describing->token;
		describing->token = NULL;
	}
	call.query = &form;
	api_start(describing->api, &call);
	query_clear(&form);
}

void
describe_start(struct api *api, const struct describe *what)
{
	struct describing *describing = mem_zero(sizeof(*describing));

	describing->api = api;
	describing->what = *what;
	describing->reader = instance_reader_new(what->place->region,
	    what->found, what->context);
	if (what->ids == NULL)
		query_add(&describing->form, "MaxResults", PAGE);
	for (int i = 0; what->ids != NULL && what->ids[i] != NULL; i++)
		query_addf(&describing->form, what->ids[i], "InstanceId.%d",
		    i + 1);
	if (what->filters != NULL)
		query_join(&describing->form, what->filters);
	next_page(describing);
}

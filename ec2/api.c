/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call:
 *
 * - the form is made, signed and posted;
 * - a good answer (status 200) is read as it streams in, by closed(); of any
 *   other answer the error is read;
 * - done() is called.
 *
 * On the way, again after a growing, random while: a connection that fails, an
 * answer that is cut short or no XML, an error of the server's, too many calls.
 * At once, but only one time: when our clock is off by what the answer's Date
 * says; when the keys have ended and there are new ones.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "api_error.h"
#include "creds.h"
#include "env.h"
#include "mem.h"
#include "msg.h"
#include "post.h"
#include "xml.h"

#define API_VERSION "2016-11-15"
#define SECONDS 60
#define FAILED 3
#define ERROR_TEXT 2000		/* more of what is told is cut */
#define ANSWER_MOST (512u << 20)
#define UNREACHED_TRIES 4	/* when nothing answers: no long wait */

struct api {
	struct http	*http;
	struct awsconf	*conf;
	char		*region;
	struct creds	creds;
	long		attempts;	/* AWS_MAX_ATTEMPTS; 0: not set */
};

/* A call under way. */
struct work {
	struct api	*api;
	struct api_call	 call;
	struct query	 form;
	char		*action;
	long long	 end;		/* no try begins after that */
	int		 tries;
	bool		 resigned;	/* for another clock, or with new
					 * keys */

	/* This try. */
	struct xml	*xml;
	bool		 told;		/* closed() was called */
	char		*code, *message, *request;
	struct buf	 start;		/* of an answer that is no XML */
};

static long
attempts(const struct awsconf *conf)
{
	const char *text = env_text("AWS_MAX_ATTEMPTS");
	char *end;
	long number;

	if (text == NULL)
		text = awsconf_get(conf, NULL, "max_attempts");
	if (text == NULL)
		return 0;
	number = strtol(text, &end, 10);
	return *end == '\0' && number > 0 ? number : 0;
}

struct api *
api_new(struct http *http, struct awsconf *conf, const char *region)
{
	struct api *api = mem_zero(sizeof(*api));
	char *wrong;

	api->http = http;
	api->conf = conf;
	api->region = mem_dup(region);
	api->attempts = attempts(conf);
	wrong = creds_find(&api->creds, conf, region);
	if (wrong != NULL)
		msg_die(FAILED, "%s", wrong);
	return api;
}

void
api_free(struct api *api)
{
	if (api == NULL)
		return;
	creds_clear(&api->creds);
	free(api->region);
	free(api);
}

struct http *
api_http(const struct api *api)
{
	return api->http;
}

const char *
api_key_id(const struct api *api)
{
	return api->creds.id;
}

static void
forget_try(struct work *work)
{
	xml_free(work->xml);
	work->xml = NULL;
	free(work->code);
	free(work->message);
	free(work->request);
	work->code = work->message = work->request = NULL;
	buf_clear(&work->start);
}

static void
work_free(struct work *work)
{
	forget_try(work);
	buf_free(&work->start);
	query_clear(&work->form);
	free(work->action);
	free(work);
}

static void
add_text(char **to, const char *text)
{
	free(*to);
	*to = mem_ndup(text, strnlen(text, ERROR_TEXT));
}

/* Is it the answer to this call?  A page of some proxy's may come with status
 * 200 and be good XML. */
static bool
is_ours(const struct work *work)
{
	const char *root = xml_root(work->xml);
	size_t len = strlen(work->action);

	return strncmp(root, work->action, len) == 0 &&
	    strcmp(root + len, "Response") == 0;
}

/* Something of an answer is complete.  There are two kinds of errors:
 * Response/Errors/Error and ErrorResponse/Error. */
static void
element(void *context, const char *path, const char *text)
{
	struct work *work = context;

	if ((*path == 'r' || *path == 'R') &&
	    strcasecmp(path, "requestId") == 0)
		add_text(&work->request, text);
	if (work->told || is_ours(work)) {
		work->told = true;
		if (work->call.closed != NULL)
			work->call.closed(work->call.context, path, text);
		return;
	}
	if (strncmp(path, "Errors/", 7) == 0)
		path += 7;
	if (strcmp(path, "Error/Code") == 0 && work->code == NULL)
		add_text(&work->code, text);
	else if (strcmp(path, "Error/Message") == 0 && work->message == NULL)
		add_text(&work->message, text);
}

static bool
take_data(void *context, long status, const char *data, size_t len)
{
	struct work *work = context;

	(void)status;
	if (work->start.len < 200)
		buf_add(&work->start, data, len < 200 ? len : 200);
	/* What is no XML is read to its end as nothing: its status counts. */
	xml_feed(work->xml, data, len);
	return true;
}

static void begin_try(void *context);

/* An upper bound that grows, and a random part of it. */
static long
backoff(const struct work *work, enum api_next next)
{
	long most = 250L << (work->tries < 8 ? work->tries : 8);
	unsigned random = 0;

	if (next == API_SLOWLY)
		most *= 2;
	if (most > 20000)
		most = 20000;
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (unsigned)http_now();
	return 50 + (long)(random % (unsigned)most);
}

/* True if the call goes on. */
static bool
again(struct work *work, enum api_next next, const struct api_error *error)
{
	long wait = backoff(work, next);
	char *words;

	if (http_now() + wait > work->end ||
	    (work->api->attempts > 0 && work->tries >= work->api->attempts) ||
	    (error->status == 0 && work->tries >= UNREACHED_TRIES))
		return false;
	words = api_words(error);
	msg_chat(NULL, "%s: again in %ld ms: %s", work->action, wait, words);
	free(words);
	http_after(work->api->http, wait, begin_try, work);
	return true;
}

/* The signature may be at fault, in a way that can be mended.  True: it was. */
static bool
mend(struct work *work, const struct api_error *error, time_t date)
{
	if (work->resigned)
		return false;
	if (api_error_is_clock(error) && post_learn(date)) {
		msg_chat(NULL, "%s: the clock here is off; signing for the "
		    "server's", work->action);
	} else if (api_error_is_expired(error) &&
	    work->api->creds.expires != 0) {
		work->api->creds.expires = 1;	/* begin_try gets new ones */
	} else {
		return false;
	}
	work->resigned = true;
	http_after(work->api->http, 0, begin_try, work);
	return true;
}

static void
finish(struct work *work, const struct api_error *error)
{
	if (error == NULL && work->request != NULL)
		msg_chat(NULL, "%s: done (request %s)", work->action,
		    work->request);
	work->call.done(work->call.context, error);
	work_free(work);
}

/* What an answer that is no good XML may be worth: the first line of it. */
static char *
strange(struct work *work, const struct http_reply *reply)
{
	size_t line = strcspn(buf_text(&work->start), "\r\n");

	return mem_print("HTTP status %ld, and the answer is no XML (%s): "
	    "%.*s", reply->status, xml_wrong(work->xml) != NULL ?
	    xml_wrong(work->xml) : "it ends early",
	    (int)(line < 80 ? line : 80), buf_text(&work->start));
}

static void
tried(void *context, const struct http_reply *reply)
{
	struct work *work = context;
	bool whole = reply->failed == NULL && xml_end(work->xml);
	struct api_error error = {
		.status = reply->status,
		.code = work->code != NULL ? work->code : "",
		.message = work->message != NULL ? work->message : "",
		.request = work->request != NULL ? work->request : "",
	};
	enum api_next next;
	char *words = NULL;

	if (whole && reply->status == 200 && is_ours(work)) {
		finish(work, NULL);
		return;
	}
	if (reply->failed != NULL)
		words = mem_print("%s: %s", work->call.place->url,
		    reply->failed);
	else if (!whole && work->code == NULL)
		words = strange(work, reply);
	else if (work->code == NULL)
		words = mem_print("HTTP status %ld, and <%s> is no answer to "
		    "this", reply->status, xml_root(work->xml));
	if (words != NULL)
		error.message = words;
	next = api_error_next(&error);
	/* Cut short, or not even begun: a good answer that is broken. */
	if (reply->passing || (reply->failed == NULL && !whole &&
	    reply->status == 200))
		next = API_AGAIN;
	error.throttled = next == API_SLOWLY;
	error.passing = next != API_TELL;
	if (!mend(work, &error, reply->date) &&
	    (next == API_TELL || !again(work, next, &error)))
		finish(work, &error);
	free(words);
}

static void
renew_creds(struct api *api)
{
	struct creds fresh = { 0 };
	char *wrong = creds_find(&fresh, api->conf, api->region);

	if (wrong == NULL) {
		creds_clear(&api->creds);
		api->creds = fresh;
	} else {
		/* The old ones may last a little. */
		msg_warn("no new credentials: %s", wrong);
		free(wrong);
	}
}

static void
begin_try(void *context)
{
	struct work *work = context;
	struct api *api = work->api;
	struct http_handler handler = {
		.data = take_data,
		.done = tried,
		.context = work,
	};
	long long left = work->end - http_now();
	struct post post;

	forget_try(work);
	if (work->told && work->call.again != NULL)
		work->call.again(work->call.context);
	work->told = false;
	work->tries++;
	work->xml = xml_new(element, work);
	if (work->call.paths != NULL) {
		char *root = mem_print("%sResponse", work->action);

		xml_only(work->xml, root, work->call.paths);
		free(root);
	}
	if (work->call.unread != NULL)
		xml_leave_out(work->xml, work->call.unread);
	if (creds_old(&api->creds))
		renew_creds(api);
	post_make(&post, "ec2", work->call.place, &api->creds, &work->form);
	post.request.most = ANSWER_MOST;
	post.request.total_ms = left > 5000 ? (long)left : 5000;
	http_start(api->http, &post.request, &handler);
	post_clear(&post);
}

void
api_start(struct api *api, const struct api_call *call)
{
	struct work *work = mem_zero(sizeof(*work));

	work->api = api;
	work->call = *call;
	work->action = mem_dup(call->action);
	work->end = http_now() +
	    1000LL * (call->seconds > 0 ? call->seconds : SECONDS);
	query_add(&work->form, "Action", call->action);
	query_add(&work->form, "Version", API_VERSION);
	if (call->query != NULL)
		query_join(&work->form, call->query);
	msg_chat(NULL, "%s: %s (%s)", work->action, call->place->url,
	    call->place->region);
	http_after(api->http, 0, begin_try, work);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "env.h"
#include "http_transfer.h"
#include "mem.h"
#include "msg.h"

#define CONNECT_MS 10000
#define TOTAL_MS 300000
#define SILENT_SECONDS 30
#define BUFFER (128L << 10)

static size_t
take_data(char *data, size_t size, size_t count, void *context)
{
	struct http_transfer *transfer = context;
	size_t len = size * count;
	long status = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	if (len > transfer->most - transfer->got) {
		transfer->too_much = true;
		return 0;
	}
	transfer->got += len;
	if (!transfer->handler.data(transfer->handler.context, status, data,
	    len))
		return 0;
	return len;
}

static size_t
take_header(char *line, size_t size, size_t count, void *context)
{
	struct http_transfer *transfer = context;
	size_t len = size * count;

	if (len > 5 && len < 80 && strncasecmp(line, "Date:", 5) == 0) {
		char *date = mem_ndup(line + 5, len - 5);
		time_t then = curl_getdate(date, NULL);

		transfer->reply.date = then > 0 ? then : 0;
		free(date);
	}
	return len;
}

static void
or_die(bool well)
{
	if (!well)
		msg_die(1, "out of memory");
}

static void
add_header(struct http_transfer *transfer, const char *line)
{
	struct curl_slist *longer = curl_slist_append(transfer->headers, line);

	or_die(longer != NULL);
	transfer->headers = longer;
}

#define SET(option, value) \
	or_die(curl_easy_setopt(transfer->easy, option, value) == CURLE_OK)

static void
set_method(struct http_transfer *transfer, const struct http_request *request)
{
	if (request->body != NULL || strcmp(request->method, "POST") == 0) {
		transfer->len = request->len;
		transfer->body = mem_ndup(request->body, request->len);
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDS, transfer->body);
		SET(CURLOPT_POSTFIELDSIZE, (long)request->len);
		/* Older ones wait a second for a "100 Continue" otherwise. */
		add_header(transfer, "Expect:");
	}
	if (strcmp(request->method, "GET") != 0)
		SET(CURLOPT_CUSTOMREQUEST, request->method);
	for (size_t i = 0; request->headers != NULL &&
	    request->headers[i] != NULL; i++)
		add_header(transfer, request->headers[i]);
	SET(CURLOPT_HTTPHEADER, transfer->headers);
}

static void
set_protocol(struct http_transfer *transfer)
{
	const char *bundle = env_text("AWS_CA_BUNDLE");

#if LIBCURL_VERSION_NUM >= 0x075500
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
	SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (bundle != NULL)
		SET(CURLOPT_CAINFO, bundle);
	SET(CURLOPT_USERAGENT, "cpssh/" PACKAGE_VERSION);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_BUFFERSIZE, BUFFER);
}

static void
set_limits(struct http_transfer *transfer, const struct http_request *request)
{
	long connect = request->connect_ms > 0 ? request->connect_ms :
	    CONNECT_MS;
	long total = request->total_ms > 0 ? request->total_ms : TOTAL_MS;

	SET(CURLOPT_CONNECTTIMEOUT_MS, connect);
	SET(CURLOPT_TIMEOUT_MS, total);
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, (long)SILENT_SECONDS);
	if (request->direct) {
		SET(CURLOPT_PROXY, "");
		SET(CURLOPT_NOPROXY, "*");
	}
}

struct http_transfer *
http_transfer_new(const struct http_request *request,
    const struct http_handler *handler)
{
	struct http_transfer *transfer = mem_zero(sizeof(*transfer));

	or_die(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	transfer->easy = curl_easy_init();
	or_die(transfer->easy != NULL);
	transfer->handler = *handler;
	transfer->reply.fd = -1;
	transfer->most = request->most;
	SET(CURLOPT_URL, request->url);
	SET(CURLOPT_ERRORBUFFER, transfer->words);
	SET(CURLOPT_PRIVATE, transfer);
	SET(CURLOPT_WRITEFUNCTION, take_data);
	SET(CURLOPT_WRITEDATA, transfer);
	SET(CURLOPT_HEADERFUNCTION, take_header);
	SET(CURLOPT_HEADERDATA, transfer);
	set_method(transfer, request);
	set_protocol(transfer);
	set_limits(transfer, request);
	transfer->connect = request->connect;
	SET(CURLOPT_CONNECT_ONLY, (long)request->connect);
	return transfer;
}

/* May it go well the next time? */
static bool
is_passing(CURLcode result)
{
	switch (result) {
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_PARTIAL_FILE:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_SSL_CONNECT_ERROR:
		return true;
	default:
		return false;
	}
}

/* libcurl closes its own when the transfer is taken from it. */
static int
copy_connection(CURL *easy)
{
	curl_socket_t fd;

	if (curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
	    fd == CURL_SOCKET_BAD)
		return -1;
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

void
http_transfer_settle(struct http_transfer *transfer, CURLcode result)
{
	if (transfer->connect && result == CURLE_OK)
		transfer->reply.fd = copy_connection(transfer->easy);
}

void
http_transfer_done(struct http_transfer *transfer, CURLcode result)
{
	struct http_reply *reply = &transfer->reply;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE,
	    &reply->status);
	if (transfer->too_much) {
		reply->failed = mem_print("the answer is longer than %zu bytes",
		    transfer->most);
	} else if (result != CURLE_OK) {
		reply->failed = mem_dup(transfer->words[0] != '\0' ?
		    transfer->words : curl_easy_strerror(result));
		reply->passing = is_passing(result);
	}
	if (transfer->handler.done != NULL)
		transfer->handler.done(transfer->handler.context, reply);
}

void
http_transfer_free(struct http_transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	for (struct curl_slist *h = transfer->headers; h != NULL; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(transfer->headers);
	mem_wipe(transfer->body, transfer->len);
	http_clear(&transfer->reply);
	free(transfer);
}

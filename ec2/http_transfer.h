/* SPDX-License-Identifier: BSD-2-Clause */
/* One transfer of libcurl's, set up as all of ours are. */
#ifndef HTTP_TRANSFER_H
#define HTTP_TRANSFER_H

#include <curl/curl.h>

#include "http.h"

struct http_transfer {
	CURL		*easy;
	struct curl_slist *headers;
	char		*body;		/* what is sent */
	size_t		 len;
	struct http_handler handler;
	struct http_reply reply;
	size_t		 got, most;
	bool		 too_much;
	bool		 connect;
	char		 words[CURL_ERROR_SIZE];
	struct http_transfer *next;	/* of those in one http */
};

/* Ready to be performed; REQUEST is copied.  HANDLER has the answer's body. */
struct http_transfer *http_transfer_new(const struct http_request *,
	    const struct http_handler *handler);

/* libcurl is through with it, but still has it: take what goes with it. */
void	 http_transfer_settle(struct http_transfer *, CURLcode result);

/* libcurl is through with it: fill in the reply and tell the handler. */
void	 http_transfer_done(struct http_transfer *, CURLcode result);

/* Free it, and overwrite what it sent. */
void	 http_transfer_free(struct http_transfer *);

#endif

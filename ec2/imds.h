/* SPDX-License-Identifier: BSD-2-Clause */
/* What the machine we are on is told about itself: EC2's instance metadata
 * service, version 2 (a token first, by PUT).  Asked without any proxy.
 *
 * AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE
 * (IPv4, IPv6), AWS_EC2_METADATA_DISABLED, AWS_METADATA_SERVICE_TIMEOUT and
 * AWS_METADATA_SERVICE_NUM_ATTEMPTS are honoured.
 *
 * Source: "Use the Instance Metadata Service to access instance metadata",
 * EC2 user guide. */
#ifndef IMDS_H
#define IMDS_H

#include <stdbool.h>

#include "buf.h"

struct imds;

enum imds_answer {
	IMDS_OK,
	IMDS_NONE,		/* it answers, but has nothing there */
	IMDS_ABSENT,		/* nothing answers: we are not on EC2, or
				 * nobody wants it asked */
	IMDS_FAILED,		/* it answers, but not as it should */
};

/* V1: without a token where none is given out.  PATIENCE: for so many seconds
 * it is asked again while nothing answers (a machine that boots may have no
 * network yet); 0: AWS_METADATA_SERVICE_NUM_ATTEMPTS times, which is once
 * where it is not set. */
struct imds *imds_new(bool v1, unsigned patience);

/* Append what is at PATH, as "meta-data/instance-id" or "user-data", to BODY.
 * The token is kept from one call to the next.  In fresh memory why not in
 * *WHY unless the answer is IMDS_OK. */
enum imds_answer imds_get(struct imds *, const char *path, struct buf *body,
	    char **why);

/* NULL is ignored. */
void	 imds_free(struct imds *);

#endif

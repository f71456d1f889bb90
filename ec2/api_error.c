/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "api_error.h"
#include "mem.h"

static bool
is_among(const char *code, const char *const *codes)
{
	for (; *codes != NULL; codes++)
		if (strcmp(*codes, code) == 0)
			return true;
	return false;
}

bool
api_is(const struct api_error *error, const char *code)
{
	return error != NULL && strcmp(error->code, code) == 0;
}

enum api_next
api_error_next(const struct api_error *error)
{
	static const char *const slowly[] = {
		"RequestLimitExceeded", "Throttling", "ThrottlingException",
		"ThrottledException", "RequestThrottled",
		"RequestThrottledException", "TooManyRequestsException",
		"EC2ThrottledException", "BandwidthLimitExceeded",
		"LimitExceededException", "SlowDown",
		"PriorRequestNotComplete", NULL,
	};
	static const char *const again[] = {
		"InternalError", "InternalFailure", "Unavailable",
		"ServiceUnavailable", "RequestTimeout",
		"RequestTimeoutException", NULL,
	};

	if (is_among(error->code, slowly) || error->status == 429)
		return API_SLOWLY;
	if (is_among(error->code, again))
		return API_AGAIN;
	/* InsufficientInstanceCapacity comes as a 500: with another code than
	 * those above it is an answer, not an accident. */
	if (*error->code != '\0')
		return API_TELL;
	return error->status >= 500 && error->status <= 504 &&
	    error->status != 501 ? API_AGAIN : API_TELL;
}

bool
api_error_is_clock(const struct api_error *error)
{
	static const char *const codes[] = {
		"RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture",
		"AuthFailure", "InvalidSignatureException",
		"SignatureDoesNotMatch", NULL,
	};

	return is_among(error->code, codes);
}

bool
api_error_is_expired(const struct api_error *error)
{
	static const char *const codes[] = {
		"ExpiredToken", "ExpiredTokenException", "RequestExpired",
		NULL,
	};

	return is_among(error->code, codes);
}

/* What to do, by code. */
static const char *
advice(const char *code)
{
	static const char *const rows[][2] = {
		{ "AuthFailure", "are these keys right, and still valid?" },
		{ "SignatureDoesNotMatch", "is the secret key right?" },
		{ "InvalidClientTokenId", "is the access key right?" },
		{ "ExpiredToken", "the session has ended: get new keys" },
		{ "RequestExpired", "the session has ended, or the clock here "
		    "is wrong" },
		{ "UnauthorizedOperation", "whose keys these are may not do "
		    "that: the IAM policy must allow it" },
		{ "OptInRequired", "the region is not enabled for this "
		    "account" },
		{ "DryRunOperation", "it would have succeeded" },
		{ "RequestLimitExceeded", "too many calls for this account "
		    "and region; try later" },
		{ "InsufficientInstanceCapacity", "try another availability "
		    "zone or type, or later" },
		{ "InstanceLimitExceeded", "ask AWS for more, or launch "
		    "fewer" },
		{ "VcpuLimitExceeded", "ask AWS for more, or launch fewer" },
		{ "MaxSpotInstanceCountExceeded", "ask AWS for more, or "
		    "launch fewer" },
		{ "InvalidAMIID.NotFound", "AMIs differ from region to "
		    "region" },
		{ "InvalidInstanceID.NotFound", "right after a launch this "
		    "may pass; ids differ from region to region" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i][0], code) == 0)
			return rows[i][1];
	return NULL;
}

char *
api_words(const struct api_error *error)
{
	const char *help = advice(error->code);
	bool coded = *error->code != '\0', asked = *error->request != '\0';

	return mem_print("%s%s%s%s%s%s%s%s", error->code, coded ? ": " : "",
	    error->message, asked ? " (request " : "", error->request,
	    asked ? ")" : "", help != NULL ? "; " : "",
	    help != NULL ? help : "");
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* sign: AWS's own vectors, and a request as we send them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sign.h"

/* 2015-08-30 12:36:00, with which all of the published vectors are made. */
#define THEN 1440938160

static const char token[] =
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW"
    "LWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGd"
    "QrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU"
    "9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz"
    "+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

static char *
authorization(const struct sign_header *headers, size_t count,
    const char *body)
{
	struct secret *key = secret_new();
	struct sign sign = {
		.method = "POST",
		.path = "/",
		.headers = headers,
		.header_count = count,
		.body = body,
		.len = strlen(body),
		.region = "us-east-1",
		.service = "service",
		.id = "AKIDEXAMPLE",
		.key = key,
		.now = THEN,
	};
	static const char text[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
	char *value;

	secret_add(key, text, strlen(text));
	value = sign_authorization(&sign);
	secret_free(key);
	return value;
}

static void
post_vanilla(void **state)
{
	static const struct sign_header headers[] = {
		{ "host", "example.amazonaws.com" },
		{ "x-amz-date", "20150830T123600Z" },
	};
	char *value = authorization(headers, 2, "");

	(void)state;
	assert_string_equal(value, "AWS4-HMAC-SHA256 Credential="
	    "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
	    "SignedHeaders=host;x-amz-date, Signature="
	    "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
	free(value);
}

static void
post_with_token(void **state)
{
	static const struct sign_header headers[] = {
		{ "host", "example.amazonaws.com" },
		{ "x-amz-date", "20150830T123600Z" },
		{ "x-amz-security-token", token },
	};
	char *value = authorization(headers, 3, "");

	(void)state;
	assert_string_equal(value, "AWS4-HMAC-SHA256 Credential="
	    "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
	    "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature="
	    "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead");
	free(value);
}

static void
post_form(void **state)
{
	static const struct sign_header headers[] = {
		{ "content-type", "application/x-www-form-urlencoded" },
		{ "host", "example.amazonaws.com" },
		{ "x-amz-date", "20150830T123600Z" },
	};
	char *value = authorization(headers, 3, "Param1=value1");

	(void)state;
	assert_string_equal(strstr(value, "SignedHeaders="),
	    "SignedHeaders=content-type;host;x-amz-date, Signature="
	    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
	free(value);
}

static void
dates(void **state)
{
	char date[SIGN_DATE_SIZE];

	(void)state;
	sign_date(THEN, date);
	assert_string_equal(date, "20150830T123600Z");
	sign_date(0, date);
	assert_string_equal(date, "19700101T000000Z");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(post_vanilla),
		cmocka_unit_test(post_with_token),
		cmocka_unit_test(post_form),
		cmocka_unit_test(dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* ec2-csr: what the framework's scripts need of certificate requests; see
 * cpssh-framework(7).  Secrets come by the standard input. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "common.h"
#include "csr.h"
#include "imds.h"
#include "mem.h"
#include "msg.h"
#include "options.h"
#include "secret.h"

#define REQUEST_MOST (64 * 1024)

static const struct option_row rows[] = {
	{ '\0', "help", NULL, "this text", OPTION_HELP },
	{ '\0', "version", NULL, "the version", OPTION_VERSION },
	{ .name = NULL },
};

static const struct option_row *const tables[] = { rows, NULL };

static const struct option_rows options = {
	.tables = tables,
	.usage = "self | key FILE | prove ID NAME KEY | read NAME",
	.summary = "Make and read the certificate requests of workers.",
};

static int
refuse(const char *why)
{
	msg_warn("%s", why);
	return COMMON_SHORT;
}

/* "ID NAME" of the machine that this runs on. */
static int
self(void)
{
	static const char *const items[] = { "meta-data/instance-id",
	    "meta-data/local-hostname" };
	struct imds *imds = imds_new(false, 60);
	struct buf said[2] = { { 0 } };
	enum imds_answer answer = IMDS_OK;
	char *why = NULL;
	int status = COMMON_FAILED;

	for (int i = 0; i < 2 && answer == IMDS_OK; i++)
		answer = imds_get(imds, items[i], &said[i], &why);
	if (answer != IMDS_OK) {
		msg_warn("%s", why);
		free(why);
	} else {
		const char *id = buf_text(&said[0]), *name = buf_text(&said[1]);
		const char *wrong = csr_judge(id, name);

		if (wrong == NULL) {
			printf("%s %s\n", id, name);
			status = COMMON_DONE;
		} else {
			status = refuse(wrong);
		}
	}
	imds_free(imds);
	buf_free(&said[0]);
	buf_free(&said[1]);
	return status;
}

static int
key(const char *path)
{
	char hex[CSR_HEX_SIZE];
	const char *why = csr_key(path, hex);

	if (why != NULL) {
		msg_warn("%s: %s", path, why);
		return COMMON_SHORT;
	}
	puts(hex);
	return COMMON_DONE;
}

static int
prove(const char *id, const char *name, const char *fingerprint)
{
	struct secret *secret = secret_new();
	char hex[CSR_HEX_SIZE], byte;
	const char *why = NULL;
	ssize_t got;

	/* by the byte, so that no copy stays in a buffer */
	while (why == NULL && (got = read(STDIN_FILENO, &byte, 1)) != 0) {
		if (got < 0 && errno != EINTR)
			why = "the secret cannot be read";
		else if (got > 0 && !secret_add(secret, &byte, 1))
			why = "the secret is too long";
	}
	secret_chop(secret, '\n');
	if (why == NULL)
		why = csr_prove(secret, id, name, fingerprint, hex);
	secret_free(secret);
	if (why != NULL)
		return refuse(why);
	puts(hex);
	return COMMON_DONE;
}

static int
judge(const char *name)
{
	char *pem = mem_zero(REQUEST_MOST);
	size_t len = fread(pem, 1, REQUEST_MOST, stdin);
	struct csr csr = { 0 };
	const char *why = len == REQUEST_MOST ? "it is too long" :
	    csr_read(&csr, pem, len, name);

	free(pem);
	if (why != NULL) {
		msg_warn("the request of %s: %s", name, why);
		return COMMON_SHORT;
	}
	printf("%s %s %s\n", csr.id, csr.proof, csr.key);
	return COMMON_DONE;
}

int
main(int argc, char **argv)
{
	int unused = 0, first, status;
	char **operand;

	common_begin("ec2-csr");
	first = options_read(&options, &unused, argc, argv);
	operand = argv + first;
	argc -= first;
	if (argc == 1 && strcmp(operand[0], "self") == 0)
		status = self();
	else if (argc == 2 && strcmp(operand[0], "key") == 0)
		status = key(operand[1]);
	else if (argc == 4 && strcmp(operand[0], "prove") == 0)
		status = prove(operand[1], operand[2], operand[3]);
	else if (argc == 2 && strcmp(operand[0], "read") == 0)
		status = judge(operand[1]);
	else
		options_usage_error("not so");
	if (fflush(stdout) != 0)
		msg_die(COMMON_FAILED, "cannot write to stdout: %s",
		    strerror(errno));
	return status;
}

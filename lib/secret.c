/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "msg.h"
#include "secret.h"

struct secret {
	size_t	size;		/* of all of it */
	size_t	most;		/* bytes of text, without the NUL */
	size_t	len;
	char	text[];
};

#ifdef __has_feature
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif

/* LeakSanitizer looks for leaks as a debugger would. */
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#define MAY_BE_WATCHED 1
#else
#define MAY_BE_WATCHED 0
#endif

static void
shut_the_door(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	/* The limit means nothing where cores are piped to a program. */
	if (!MAY_BE_WATCHED)
		prctl(PR_SET_DUMPABLE, 0);
}

struct secret *
secret_new(void)
{
	return secret_roomy(SECRET_MOST);
}

struct secret *
secret_roomy(size_t most)
{
	size_t size = sizeof(struct secret) + most + 1;
	struct secret *secret = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (secret == MAP_FAILED)
		msg_die(1, "out of memory");
	shut_the_door();
	/* As well as can be: limits may forbid the lock, old kernels know
	 * nothing of the rest. */
	mlock(secret, size);
	madvise(secret, size, MADV_DONTDUMP);
	madvise(secret, size, MADV_WIPEONFORK);
	secret->size = size;
	secret->most = most;
	return secret;
}

bool
secret_add(struct secret *secret, const char *data, size_t len)
{
	if (len > secret->most - secret->len || memchr(data, '\0', len) != NULL)
		return false;
	memcpy(secret->text + secret->len, data, len);
	secret->len += len;
	secret->text[secret->len] = '\0';
	return true;
}

const char *
secret_text(const struct secret *secret)
{
	return secret->text;
}

size_t
secret_len(const struct secret *secret)
{
	return secret->len;
}

void
secret_chop(struct secret *secret, char byte)
{
	if (secret->len > 0 && secret->text[secret->len - 1] == byte)
		secret->text[--secret->len] = '\0';
}

void
secret_clear(struct secret *secret)
{
	explicit_bzero(secret->text, secret->most + 1);
	secret->len = 0;
}

void
secret_free(struct secret *secret)
{
	if (secret == NULL)
		return;
	secret_clear(secret);
	munmap(secret, secret->size);
}

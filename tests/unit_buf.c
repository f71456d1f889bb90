/* SPDX-License-Identifier: BSD-2-Clause */
/* buf: a growable byte buffer, against a model that is too simple to be wrong;
 * and what mem has to say. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "mem.h"

#define MODEL_SIZE 4096

static void
assert_holds(struct buf *buf, const char *model, size_t len)
{
	assert_int_equal(buf->len, len);
	assert_true(buf->room >= buf->len);
	if (len > 0)
		assert_memory_equal(buf->data, model, len);
	assert_memory_equal(buf_text(buf), model, len);
	assert_int_equal(buf_text(buf)[len], '\0');
}

static void
random_operations(void **state)
{
	static char model[MODEL_SIZE + 512], piece[512];
	struct buf buf = { 0 };
	size_t len = 0;

	(void)state;
	srandom(1);
	for (int round = 0; round < 200000; round++) {
		size_t size = (size_t)random() % sizeof(piece);

		if (len + size < MODEL_SIZE && random() % 2 == 0) {
			memset(piece, 'a' + round % 26, size);
			buf_add(&buf, piece, size);
			memcpy(model + len, piece, size);
			len += size;
		} else if (random() % 50 == 0) {
			buf_clear(&buf);
			len = 0;
		} else {
			size = len == 0 ? 0 : (size_t)random() % (len + 1);
			buf_skip(&buf, size);
			memmove(model, model + size, len - size);
			len -= size;
		}
		if (round % 16 == 0)
			assert_holds(&buf, model, len);
	}
	/* What was taken from the front is used again. */
	assert_true(buf.room <= 4 * MODEL_SIZE);
	buf_free(&buf);
}

static void
each_way_to_add(void **state)
{
	struct buf buf = { 0 };
	char *text;

	(void)state;
	buf_add(&buf, NULL, 0);
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf_text(&buf), "");
	buf_adds(&buf, "one");
	buf_addc(&buf, ' ');
	buf_addf(&buf, "%s %d", "two", 3);
	assert_string_equal(buf_text(&buf), "one two 3");
	buf_skip(&buf, 4);
	text = buf_release(&buf);
	assert_string_equal(text, "two 3");
	free(text);
	assert_null(buf.start);
	assert_int_equal(buf.len + buf.room, 0);
	text = buf_release(&buf);
	assert_string_equal(text, "");
	free(text);
}

/* A format's result that fits exactly, or by one byte does not. */
static void
formats_of_every_length(void **state)
{
	char expected[301];

	(void)state;
	memset(expected, 'x', sizeof(expected));
	for (int len = 0; len <= 300; len++) {
		struct buf buf = { 0 };

		buf_addf(&buf, "%.*s", len, expected);
		assert_holds(&buf, expected, (size_t)len);
		buf_free(&buf);
	}
}

static void
reserved_room_is_there(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	for (size_t size = 1; size < 100000; size = size * 3 + 1) {
		memset(buf_reserve(&buf, size), 'r', size);
		buf.len += size;
		buf_skip(&buf, size / 2);
	}
	for (size_t i = 0; i < buf.len; i++)
		assert_int_equal(buf.data[i], 'r');
	buf_wipe(&buf);
	assert_null(buf.start);
	buf_wipe(&buf);
	buf_adds(&buf, "again");
	assert_string_equal(buf_text(&buf), "again");
	buf_free(&buf);
	buf_free(&buf);
}

static void
memory(void **state)
{
	char *text = mem_print("%s-%d", "a", 7);
	char *zero = mem_zero(0);
	static const char bytes[] = { 'a', '\0', 'b' };

	(void)state;
	assert_string_equal(text, "a-7");
	free(text);
	assert_non_null(zero);
	zero = mem_resize(zero, 0, 8);
	assert_non_null(zero);
	free(zero);
	assert_null(mem_dup(NULL));
	text = mem_ndup(bytes, sizeof(bytes));
	assert_memory_equal(text, bytes, sizeof(bytes));
	assert_int_equal(text[sizeof(bytes)], '\0');
	mem_wipe(text, sizeof(bytes));
	mem_wipe(NULL, 3);
	text = mem_ndup(NULL, 0);
	assert_string_equal(text, "");
	free(text);
}

static void
joins(void **state)
{
	struct buf buf = { 0 };

	(void)state;
	buf_join(&buf, ", ", "one");
	assert_string_equal(buf_text(&buf), "one");
	buf_join(&buf, ", ", "two");
	buf_join(&buf, "; ", "");
	assert_string_equal(buf_text(&buf), "one, two; ");
	buf_free(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins),
		cmocka_unit_test(random_operations),
		cmocka_unit_test(each_way_to_add),
		cmocka_unit_test(formats_of_every_length),
		cmocka_unit_test(reserved_room_is_there),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

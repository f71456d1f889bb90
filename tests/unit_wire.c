/* SPDX-License-Identifier: BSD-2-Clause */
/* wire and ring: reading with bounds, and rows that elements leave. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "ring.h"
#include "wire.h"

static void
what_was_written_is_read(void **state)
{
	struct buf buf = { 0 };
	struct wire wire, string;
	uint32_t number;
	uint8_t byte;

	(void)state;
	wire_add_u32(&buf, 0xfedcba98);
	wire_add_string(&buf, "a\0b", 3);
	wire_add_string(&buf, "", 0);
	buf_addc(&buf, 7);
	wire = (struct wire){ (unsigned char *)buf.data, buf.len };
	assert_true(wire_u32(&wire, &number));
	assert_int_equal(number, 0xfedcba98);
	assert_true(wire_string(&wire, &string));
	assert_int_equal(string.left, 3);
	assert_memory_equal(string.at, "a\0b", 3);
	assert_false(wire_is(&string, "a"));
	assert_true(wire_string(&wire, &string));
	assert_true(wire_is(&string, ""));
	assert_true(wire_byte(&wire, &byte));
	assert_int_equal(byte, 7);
	assert_false(wire_byte(&wire, &byte));
	assert_int_equal(wire.left, 0);
	buf_free(&buf);
}

/* Nothing is taken of what is not all there. */
static void
what_is_cut_stays(void **state)
{
	static const unsigned char bytes[] = "\0\0\0\3abc";
	struct wire string;
	uint32_t number;

	(void)state;
	for (size_t len = 0; len < 7; len++) {
		struct wire wire = { bytes, len };

		assert_false(wire_string(&wire, &string));
		assert_ptr_equal(wire.at, bytes);
		assert_int_equal(wire.left, len);
		assert_int_equal(wire_u32(&wire, &number), len >= 4);
		assert_false(wire_skip(&wire, len + 1));
	}
}

static void
a_huge_length_is_no_string(void **state)
{
	struct wire wire = { (const unsigned char *)"\xff\xff\xff\xff", 4 };
	struct wire string;

	(void)state;
	assert_false(wire_string(&wire, &string));
	assert_int_equal(wire.left, 4);
}

static void
rows_keep_their_order(void **state)
{
	struct ring head, other, one, two, three;

	(void)state;
	ring_init(&head);
	ring_init(&other);
	assert_null(ring_first(&head));
	ring_add(&head, &two);
	ring_add(&head, &three);
	ring_push(&head, &one);
	ring_remove(&two);
	ring_remove(&two);	/* is in none any more */
	assert_ptr_equal(ring_first(&head), &one);
	ring_move(&other, &head);
	assert_null(ring_first(&head));
	ring_remove(&one);
	assert_ptr_equal(ring_first(&other), &three);
	ring_remove(&three);
	assert_null(ring_first(&other));
	ring_move(&head, &other);
	assert_null(ring_first(&head));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(what_is_cut_stays),
		cmocka_unit_test(a_huge_length_is_no_string),
		cmocka_unit_test(rows_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* hostline, filters, roster: what becomes of an instance, and what is asked
 * for. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "filters.h"
#include "hostline.h"
#include "mem.h"
#include "roster.h"
#include "target.h"

static void
set(struct instance *instance, enum instance_field field, const char *text)
{
	free(instance->fields[field]);
	instance->fields[field] = mem_dup(text);
}

static void
is(char *text, const char *expected)
{
	if (expected == NULL) {
		assert_null(text);
	} else {
		assert_non_null(text);
		assert_string_equal(text, expected);
	}
	free(text);
}

static void
addresses(void **state)
{
	struct instance instance = { 0 };
	struct hostline line = { 0 };

	(void)state;
	assert_null(hostline_names(&line.address,
	    "tag:ssh,public-dns,private_ip,ipv6,id"));
	set(&instance, INSTANCE_ID, "i-1");
	is(hostline_text(&line, &instance), "i-1");
	set(&instance, INSTANCE_IPV6, "2001:db8::1");
	is(hostline_text(&line, &instance), "2001:db8::1");
	set(&instance, INSTANCE_PUBLIC_DNS, "");
	set(&instance, INSTANCE_PRIVATE_IP, "10.0.0.1");
	is(hostline_text(&line, &instance), "10.0.0.1");
	set(&instance, INSTANCE_PUBLIC_DNS, "ec2-1.example.org");
	is(hostline_text(&line, &instance), "ec2-1.example.org");
	instance_add_tag(&instance, "ssh", "127.0.0.1:2201");
	line.user = "admin";
	line.user_tag = "login";
	is(hostline_text(&line, &instance), "admin@127.0.0.1:2201");
	instance_add_tag(&instance, "login", "bob@example");
	is(hostline_text(&line, &instance), "bob@example@127.0.0.1:2201");
	mem_free_all(line.address);
	instance_clear(&instance);
}

/* Whoever sets tags must not get a host of his own into the list. */
static void
hostile_tags(void **state)
{
	static const char *const bad[] = {
		"a b", "a\nb", "-oProxyCommand=x", "a,b", "a[1-9]", "$(x)",
		"a#b", "u@h", "a=b", "a;b", "\303\251", "",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct instance instance = { 0 };
		struct hostline line = { .user_tag = "user" };

		assert_null(hostline_names(&line.address, "tag:host,id"));
		set(&instance, INSTANCE_ID, "i-1");
		instance_add_tag(&instance, "host", bad[i]);
		is(hostline_text(&line, &instance), "i-1");
		if (strchr(bad[i], '@') == NULL) {
			instance_add_tag(&instance, "user", bad[i]);
			is(hostline_text(&line, &instance), "i-1");
		}
		mem_free_all(line.address);
		instance_clear(&instance);
	}
}

/* Whatever it is, the line is one that cpssh reads, with that many variables. */
static void
variables(void **state)
{
	struct instance instance = { 0 };
	struct hostline line = { 0 };
	struct target target;
	char *text;

	(void)state;
	assert_null(hostline_names(&line.address, "id"));
	assert_null(hostline_names(&line.extra,
	    "tag:role,az,tag:a b,tag:1x,tag:none,tag:aws:x/y,sg,name"));
	set(&instance, INSTANCE_ID, "i-1");
	set(&instance, INSTANCE_AZ, "us-east-1a");
	instance_add_tag(&instance, "role", "db #1\twith\nlines\303\251");
	instance_add_tag(&instance, "a b", "=c=");
	instance_add_tag(&instance, "1x", "y");
	instance_add_tag(&instance, "aws:x/y", "z");
	instance_add_tag(&instance, "Name", "web");
	instance_add_group(&instance, "sg-1", "one");
	instance_add_group(&instance, "sg-2", "two");
	text = hostline_text(&line, &instance);
	assert_string_equal(text, "i-1 role=db__1_with_lines__ az=us-east-1a "
	    "a_b==c= _1x=y aws:x/y=z sg=one,two name=web");
	assert_null(target_parse(&target, text));
	assert_int_equal(target.var_count, 7);
	assert_string_equal(target_var(&target, "sg"), "one,two");
	target_clear(&target);
	free(text);
	mem_free_all(line.address);
	mem_free_all(line.extra);
	instance_clear(&instance);
}

static void
wrong_names(void **state)
{
	char **list = NULL;

	(void)state;
	is(hostline_names(&list, "id,colour"), "there is no \"colour\"");
	is(hostline_names(&list, "id,,id"), "there is no \"\"");
	is(hostline_names(&list, "tag:"), "there is no \"tag:\"");
	mem_free_all(list);
	list = NULL;
	is(hostline_names(&list, ""), "the list is empty");
	is(hostline_format_fault("{id} {colour}"), "there is no {colour}");
	is(hostline_format_fault("{id"), "a brace is left open");
	is(hostline_format_fault("{{ {tag:x} {address} {user}\\"), NULL);
}

static void
formats(void **state)
{
	struct instance instance = { 0 };
	struct hostline line = { .user = "u" };

	(void)state;
	assert_null(hostline_names(&line.address, "private-ip"));
	set(&instance, INSTANCE_ID, "i-1");
	set(&instance, INSTANCE_PRIVATE_IP, "10.0.0.1");
	instance_add_tag(&instance, "Name", "a\nb\033[1m\303\251");
	is(hostline_format(&line, &instance,
	    "{user}@{address}\\t{private-ip}\\\\{{id}{tag:Name}{tag:no}}\\n"),
	    "u@10.0.0.1\t10.0.0.1\\{id}a\\nb\\x1b[1m\303\251}\n");
	mem_free_all(line.address);
	instance_clear(&instance);
}

static void
asked_for(void **state)
{
	struct filters *filters = filters_new();
	struct query query = { 0 };

	(void)state;
	assert_null(filters_tag(filters, "role=web,db\\,x"));
	assert_null(filters_tag(filters, "owner"));
	assert_null(filters_raw(filters, "vpc-id=vpc 1+~"));
	assert_null(filters_tag(filters, "role=a&b=c"));
	filters_group(filters, "sg-1,sg-2");
	filters_group(filters, "default");
	is(filters_raw(filters, "nothing"),
	    "\"nothing\" is not of the form Name=Value");
	is(filters_tag(filters, "=x"),
	    "\"=x\" is not of the form Key=Value");
	query_add(&query, "MaxResults", "5");
	filters_query(filters, &query);
	assert_string_equal(buf_text(&query.form), "MaxResults=5"
	    "&Filter.1.Name=tag%3Arole&Filter.1.Value.1=web"
	    "&Filter.1.Value.2=db%2Cx&Filter.1.Value.3=a%26b%3Dc"
	    "&Filter.2.Name=tag-key&Filter.2.Value.1=owner"
	    "&Filter.3.Name=vpc-id&Filter.3.Value.1=vpc+1%2B~"
	    "&Filter.4.Name=instance.group-id&Filter.4.Value.1=sg-1"
	    "&Filter.4.Value.2=sg-2"
	    "&Filter.5.Name=instance.group-name&Filter.5.Value.1=default");
	query_clear(&query);
	filters_free(filters);
}

static void
add(struct roster *roster, const char *id, const char *sort)
{
	struct roster_entry entry = { .id = id, .sort = sort };

	assert_true(roster_add(roster, &entry, sort));
}

/* Sorted as people count, each once, and nothing of a page that was void. */
static void
rosters(void **state)
{
	static const char *const expected[] = { "web1", "web2", "web10" };
	struct roster *roster = roster_new(), *other = roster_new();
	struct roster_entry entry;

	(void)state;
	add(roster, "i-3", "web10");
	roster_mark(roster);
	add(roster, "i-9", "void");
	roster_again(roster);
	add(other, "i-2", "web2");
	add(other, "i-3", "web10");
	add(roster, "i-1", "web1");
	roster_take(roster, other);
	roster_free(other);
	roster_sort(roster);
	assert_int_equal(roster_count(roster), 3);
	for (size_t i = 0; i < 3; i++) {
		is(roster_text(roster, i), expected[i]);
		roster_entry(roster, i, &entry);
		assert_string_equal(entry.sort, expected[i]);
		assert_null(entry.group);
	}
	roster_free(roster);
}

/* More than stays in memory. */
static void
long_roster(void **state)
{
	struct roster *roster = roster_new();
	char text[1000], id[20];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 5000; i++) {
		struct roster_entry entry = { .id = id, .sort = id };

		snprintf(id, sizeof(id), "i-%d", i);
		memcpy(text, id, strlen(id) + 1);
		text[strlen(id)] = ' ';
		assert_true(roster_add(roster, &entry, text));
	}
	roster_sort(roster);
	for (size_t i = 0; i < 5000; i++) {
		char *read = roster_text(roster, i);

		snprintf(id, sizeof(id), "i-%zu ", i);
		assert_non_null(read);
		assert_int_equal(strlen(read), sizeof(text) - 1);
		assert_memory_equal(read, id, strlen(id));
		free(read);
	}
	roster_free(roster);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(hostile_tags),
		cmocka_unit_test(variables),
		cmocka_unit_test(wrong_names),
		cmocka_unit_test(formats),
		cmocka_unit_test(asked_for),
		cmocka_unit_test(rosters),
		cmocka_unit_test(long_roster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* xml: what servers may send, in pieces of any size; and instances out of it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "instance.h"
#include "xml.h"

static void
note(void *context, const char *path, const char *text)
{
	buf_addf(context, "%s=%s\n", path, text);
}

/* Read TEXT in pieces of SIZE bytes: is it whole, and what was called? */
static bool
read_xml(const char *text, size_t len, size_t size, struct buf *called,
    char *wrong, size_t room)
{
	struct xml *xml = xml_new(note, called);
	bool well = true;

	for (size_t at = 0; well && at < len; at += size)
		well = xml_feed(xml, text + at, len - at < size ? len - at :
		    size);
	well = well && xml_end(xml);
	*wrong = '\0';
	if (xml_wrong(xml) != NULL) {
		assert_true(strlen(xml_wrong(xml)) < room);
		memcpy(wrong, xml_wrong(xml), strlen(xml_wrong(xml)) + 1);
	}
	xml_free(xml);
	return well;
}

static void
elements(void **state)
{
	static const char text[] = "<?xml version=\"1.0\"?>\n"
	    "<e:Answer xmlns:e='http://x'><a>1</a><set><item> two\n</item>"
	    "<item/></set><b>x<!-- no -->&amp;<c/>y</b><d>&#65;B</d>"
	    "</e:Answer>\n";
	static const char expected[] = "a=1\nset/item=two\nset/item=\nset=\n"
	    "b/c=\nb=\nd=AB\n=\n";
	char wrong[200];

	(void)state;
	for (size_t size = 1; size < sizeof(text); size++) {
		struct buf called = { 0 };

		assert_true(read_xml(text, strlen(text), size, &called, wrong,
		    sizeof(wrong)));
		assert_string_equal(buf_text(&called), expected);
		buf_free(&called);
	}
}

/* No piece of a document is taken for all of it. */
static void
cut_short(void **state)
{
	static const char text[] = "<r><a>1</a><b>2</b></r>";
	char wrong[200];

	(void)state;
	for (size_t len = 0; len < strlen(text); len++) {
		struct buf called = { 0 };

		assert_false(read_xml(text, len, 7, &called, wrong,
		    sizeof(wrong)));
		assert_true(wrong[0] != '\0');
		buf_free(&called);
	}
}

static void
refuse(const char *text, size_t len, const char *why)
{
	struct buf called = { 0 };
	char wrong[200];

	assert_false(read_xml(text, len, 16384, &called, wrong,
	    sizeof(wrong)));
	assert_non_null(strstr(wrong, why));
	buf_free(&called);
}

static void
tricks(void **state)
{
	static const char doctype[] = "<!DOCTYPE r [<!ENTITY a \"b\">"
	    "<!ENTITY c SYSTEM \"file:///etc/passwd\">]><r>&a;&c;</r>";
	static const char html[] = "<html><body>Bad<br>Gateway</body></html>";

	(void)state;
	refuse(doctype, strlen(doctype), "DOCTYPE");
	refuse(html, strlen(html), "line 1");
	refuse("{\"a\": 1}", 8, "line 1");
	refuse("<r>&unknown;</r>", 16, "line 1");
	refuse("<r></r><r></r>", 14, "line 1");
}

static void
too_much(void **state)
{
	struct buf text = { 0 };

	(void)state;
	for (int i = 0; i < XML_DEEP + 1; i++)
		buf_adds(&text, "<a>");
	refuse(text.data, text.len, "in each other");
	buf_clear(&text);
	buf_adds(&text, "<r><a>");
	memset(buf_reserve(&text, XML_TEXT + 1), 'x', XML_TEXT + 1);
	text.len += XML_TEXT + 1;
	refuse(text.data, text.len, "text");
	buf_clear(&text);
	buf_adds(&text, "<r><");
	memset(buf_reserve(&text, XML_NAME + 1), 'x', XML_NAME + 1);
	text.len += XML_NAME + 1;
	buf_adds(&text, "/></r>");
	refuse(text.data, text.len, "name");
	buf_clear(&text);
	buf_adds(&text, "<r a='");
	memset(buf_reserve(&text, 4 * XML_TEXT), 'x', 4 * XML_TEXT);
	text.len += 4 * XML_TEXT;
	refuse(text.data, text.len, "tag");
	buf_free(&text);
}

struct reading {
	struct xml	*xml;
	struct instance_reader *reader;
	struct buf	 json;
};

static void
to_reader(void *context, const char *path, const char *text)
{
	struct reading *reading = context;

	instance_reader_closed(reading->reader, path, text);
}

static void
to_json(void *context, const struct instance *instance)
{
	struct reading *reading = context;

	instance_json(&reading->json, instance, NULL);
	buf_addc(&reading->json, '\n');
}

/* In any order of elements, and with what nobody knows. */
static void
instances(void **state)
{
	static const char text[] = "<DescribeInstancesResponse>"
	    "<nextToken>t</nextToken><reservationSet><item>"
	    "<ownerId>123</ownerId><groupSet><item><groupId>sg-0</groupId>"
	    "</item></groupSet><instancesSet><item><instanceId>i-1</instanceId>"
	    "<instanceState><code>16</code><name>running</name></instanceState>"
	    "<tagSet><item><value>v \"1\"</value><key>k</key></item><item>"
	    "<key>empty</key><value/></item></tagSet><newThing><x/></newThing>"
	    "<groupSet><item><groupId>sg-1</groupId><groupName>g</groupName>"
	    "</item></groupSet><ipAddress/><networkInterfaceSet><item>"
	    "<ipv6AddressesSet><item><ipv6Address>::1</ipv6Address></item>"
	    "</ipv6AddressesSet></item></networkInterfaceSet></item><item>"
	    "<instanceId>i-2</instanceId></item></instancesSet></item><item>"
	    "<instancesSet><item><dnsName>d</dnsName><instanceId>i-3"
	    "</instanceId></item><item><dnsName>no id</dnsName></item>"
	    "</instancesSet></item></reservationSet>"
	    "</DescribeInstancesResponse>";
	static const char expected[] =
	    "{\"id\":\"i-1\",\"state\":\"running\",\"ipv6\":\"::1\","
	    "\"owner\":\"123\",\"region\":\"here\","
	    "\"security_groups\":{\"sg-1\":\"g\"},"
	    "\"tags\":{\"k\":\"v \\\"1\\\"\",\"empty\":\"\"}}\n"
	    "{\"id\":\"i-2\",\"owner\":\"123\",\"region\":\"here\","
	    "\"security_groups\":{},\"tags\":{}}\n"
	    "{\"id\":\"i-3\",\"public_dns\":\"d\",\"region\":\"here\","
	    "\"security_groups\":{},\"tags\":{}}\n";
	struct reading reading = { 0 };
	struct instance again;
	struct buf json = { 0 };

	(void)state;
	reading.reader = instance_reader_new("here", to_json, &reading);
	reading.xml = xml_new(to_reader, &reading);
	assert_true(xml_feed(reading.xml, text, strlen(text)));
	assert_true(xml_end(reading.xml));
	assert_string_equal(buf_text(&reading.json), expected);
	xml_free(reading.xml);
	instance_reader_free(reading.reader);

	/* And back. */
	assert_true(instance_from_json(&again, expected,
	    strcspn(expected, "\n")));
	instance_json(&json, &again, NULL);
	assert_memory_equal(buf_text(&json), expected, json.len);
	instance_clear(&again);
	assert_false(instance_from_json(&again, "{}", 2));
	instance_clear(&again);
	buf_free(&json);
	buf_free(&reading.json);
}

/* What is passed over, or not even read, changes nothing of the rest, however
 * the document is cut. */
static void
only_what_is_wanted(void **state)
{
	static const char text[] = "<r><a>1</a><ab>2</ab><set><item><b>3</b>"
	    "<bc>4</bc><c><b>5</b></c></item><unread a='1'><b>6</b></unread>"
	    "<unread><b>7</unread><unreadable><item><b>8</b></item>"
	    "</unreadable><item><unread/><b>9</b>x</item><unread>"
	    "<unrea></unrea></unread></set><d>10</d></r>";
	static const char expected[] = "a=1\nset/item/b=3\nset/item=\n"
	    "set/item/b=9\nset/item=\nset=\nd=10\n=\n";
	static const char *const paths[] = { "a", "d", "set/item/b", NULL };
	static const char *const names[] = { "unread", "unrest", NULL };

	(void)state;
	for (size_t size = 1; size < sizeof(text); size++) {
		struct buf called = { 0 };
		struct xml *xml = xml_new(note, &called);

		xml_only(xml, "r", paths);
		xml_leave_out(xml, names);
		for (size_t at = 0; at < strlen(text); at += size)
			assert_true(xml_feed(xml, text + at,
			    strlen(text) - at < size ? strlen(text) - at :
			    size));
		assert_true(xml_end(xml));
		assert_string_equal(buf_text(&called), expected);
		xml_free(xml);
		buf_free(&called);
	}
}

/* Documents that are cut short, or have comments, are no others by it. */
static void
left_out(void **state)
{
	static const char *const names[] = { "unread", NULL };
	static const char *const texts[] = {
		"<r><unread>", "<r><unread></unread", "<r><unr", "<r><",
		"<r><unread></unread><!-- <unread> --></r>",
		"<r><![CDATA[<unread>]]></r>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf called = { 0 };
		struct xml *xml = xml_new(note, &called);
		bool well;

		xml_leave_out(xml, names);
		well = xml_feed(xml, texts[i], strlen(texts[i])) &&
		    xml_end(xml);
		assert_true(well == (i > 3));
		assert_true(well == (xml_wrong(xml) == NULL));
		xml_free(xml);
		buf_free(&called);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(tricks),
		cmocka_unit_test(too_much),
		cmocka_unit_test(instances),
		cmocka_unit_test(only_what_is_wanted),
		cmocka_unit_test(left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

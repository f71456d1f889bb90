/* SPDX-License-Identifier: BSD-2-Clause */
/* The input is the cloud's answer to DescribeInstances.  It does not matter in
 * which pieces it comes, or whether only what is wanted is read; what is found
 * in it survives being kept as JSON; and its host line is one that cpssh reads
 * as one host. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fuzz.h"
#include "hostline.h"
#include "mem.h"
#include "target.h"
#include "xml.h"

static char *names[] = { "tag:Name", "public_dns", "id", NULL };
static char *extras[] = { "tag:Name", "sg", "az", NULL };
static const struct hostline line = {
	.address = names,
	.user_tag = "user",
	.extra = extras,
};

struct reading {
	struct instance_reader *reader;
	struct buf	 json;
};

static void
check_line(const struct instance *instance)
{
	char *text = hostline_text(&line, instance), *format;
	struct target target;

	if (text != NULL) {
		char *wrong = target_parse(&target, text);

		require(strchr(text, '\n') == NULL);
		/* What looks like an address may still be a wrong one. */
		if (wrong == NULL)
			require(target.var_count <= 3);
		free(wrong);
		target_clear(&target);
	}
	format = hostline_format(&line, instance, "{tag:Name}{sg}{user}");
	require(strpbrk(format, "\n\033\r") == NULL);
	free(format);
	free(text);
}

static void
found(void *context, const struct instance *instance)
{
	struct reading *reading = context;
	size_t start = reading->json.len;
	struct instance copy;
	struct buf again = { 0 };

	check_line(instance);
	instance_json(&reading->json, instance, NULL);
	/* Two tags of one key, which EC2 does not have, are no JSON. */
	if (instance_from_json(&copy, reading->json.data + start,
	    reading->json.len - start)) {
		instance_json(&again, &copy, NULL);
		require(again.len == reading->json.len - start);
		require(memcmp(again.data, reading->json.data + start,
		    again.len) == 0);
	}
	instance_clear(&copy);
	buf_free(&again);
	buf_addc(&reading->json, '\n');
}

static void
closed(void *context, const char *path, const char *text)
{
	struct reading *reading = context;

	require(strlen(path) <= (size_t)XML_DEEP * (XML_NAME + 1));
	require(strlen(text) <= XML_TEXT);
	instance_reader_closed(reading->reader, path, text);
}

/* True if it was a whole document.  CHOOSY: read what is wanted alone. */
static bool
read_all(struct reading *reading, const uint8_t *data, size_t size,
    size_t piece, bool choosy)
{
	struct xml *xml = xml_new(closed, reading);
	bool well = true;

	if (choosy) {
		xml_only(xml, "DescribeInstancesResponse",
		    instance_reader_paths);
		xml_leave_out(xml, instance_reader_unread);
	}

	reading->reader = instance_reader_new("r", found, reading);
	for (size_t at = 0; well && at < size; at += piece)
		well = xml_feed(xml, (const char *)data + at,
		    size - at < piece ? size - at : piece);
	well = well && xml_end(xml);
	require(well || xml_wrong(xml) != NULL);
	instance_reader_free(reading->reader);
	xml_free(xml);
	return well;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece = size > 0 ? data[size / 2] % 7 + 1u : 1;

	for (int choosy = 0; choosy < 2; choosy++) {
		struct reading whole = { 0 }, pieces = { 0 };

		if (read_all(&whole, data, size, size + 1, choosy)) {
			require(read_all(&pieces, data, size, piece, choosy));
			require(strcmp(buf_text(&whole.json),
			    buf_text(&pieces.json)) == 0);
		}
		buf_free(&whole.json);
		buf_free(&pieces.json);
	}
	return 0;
}

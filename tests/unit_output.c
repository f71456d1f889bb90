/* SPDX-License-Identifier: BSD-2-Clause */
/* output: what a host's command prints, to wherever it goes. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "loop.h"
#include "mem.h"
#include "outdir.h"
#include "output.h"
#include "plan.h"
#include "scratch.h"
#include "sink.h"
#include "spool.h"

static char root[] = "/tmp/unit_output.XXXXXX";
static uv_loop_t *loop;
static int out_fd, err_fd;	/* temporary files */
static struct output_sinks sinks;
static struct plan plan;
static struct output *output;

static int
temporary_file(void)
{
	char *path = mem_print("%s/sink.XXXXXX", root);
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	free(path);
	return fd;
}

static int
setup(void **state)
{
	(void)state;
	loop = loop_open();
	plan = (struct plan){ 0 };
	out_fd = temporary_file();
	err_fd = temporary_file();
	sinks.out = sink_open(loop, out_fd, NULL, NULL);
	sinks.err = sink_open(loop, err_fd, NULL, NULL);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	output_free(output);
	output = NULL;
	sink_close(sinks.out);
	sink_close(sinks.err);
	close(out_fd);
	close(err_fd);
	outdir_free(plan.outdir);
	outdir_free(plan.errdir);
	loop_close(loop);
	return 0;
}

static void
open_output(const char *file)
{
	output = output_new(&plan, &sinks, "web1", file, file);
	assert_null(output_open(output));
}

static void
add(enum output_stream stream, const char *text)
{
	assert_null(output_add(output, stream, text, strlen(text)));
}

/* All of FD's file; the caller frees it. */
static char *
contents(int fd)
{
	size_t len = (size_t)lseek(fd, 0, SEEK_END);
	char *text = mem_zero(len + 1);

	assert_int_equal(pread(fd, text, len, 0), len);
	return text;
}

static void
assert_printed(struct sink *sink, int fd, const char *expected)
{
	char *text;

	sink_flush(sink);
	text = contents(fd);
	assert_string_equal(text, expected);
	free(text);
}

static void
assert_file(const char *name, const char *expected)
{
	char *path = mem_print("%s/%s", root, name), *text;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	text = contents(fd);
	assert_string_equal(text, expected);
	close(fd);
	free(text);
	free(path);
}

static void
whole_lines_on_two_streams(void **state)
{
	(void)state;
	plan.print = true;
	open_output(NULL);
	add(OUTPUT_OUT, "on");
	add(OUTPUT_ERR, "error\nhal");
	assert_printed(sinks.out, out_fd, "");
	assert_printed(sinks.err, err_fd, "web1: error\n");
	add(OUTPUT_OUT, "e\n\ntwo\nthr");
	assert_printed(sinks.out, out_fd, "web1: one\nweb1: \nweb1: two\n");
	add(OUTPUT_ERR, "f");
	assert_null(output_end(output));
	assert_null(output_end(output));
	assert_printed(sinks.out, out_fd,
	    "web1: one\nweb1: \nweb1: two\nweb1: thr\n");
	assert_printed(sinks.err, err_fd, "web1: error\nweb1: half\n");
}

/* A line is not kept for ever: it is broken, and nothing of it lost. */
static void
long_line(void **state)
{
	const size_t most = 64 * 1024;
	char *line = mem_zero(most + 3), *expected;

	(void)state;
	memset(line, 'x', most + 2);
	plan.print = true;
	open_output(NULL);
	add(OUTPUT_OUT, line);
	add(OUTPUT_OUT, "\n");
	expected = mem_print("web1: %.*s\nweb1: xx\n", (int)most, line);
	assert_printed(sinks.out, out_fd, expected);
	free(line);
	free(expected);
}

static void
nothing_asked_for(void **state)
{
	(void)state;
	open_output(NULL);
	add(OUTPUT_OUT, "one\n");
	assert_null(output_end(output));
	assert_printed(sinks.out, out_fd, "");
	assert_null(output_kept(output, OUTPUT_OUT));
	assert_null(output_kept(output, OUTPUT_ERR));
	assert_int_equal(output_dropped(output), 0);
	output_free(NULL);
}

static void
assert_kept(enum output_stream stream, const char *expected)
{
	const struct spool *kept = output_kept(output, stream);
	char text[64] = "";

	assert_non_null(kept);
	assert_true(spool_read(kept, 0, text, sizeof(text) - 1) >= 0);
	assert_string_equal(text, expected);
}

static void
kept_for_the_report(void **state)
{
	(void)state;
	plan.inline_out = true;
	open_output(NULL);
	add(OUTPUT_OUT, "one\ntw");
	add(OUTPUT_ERR, "error");
	add(OUTPUT_OUT, "o\n");
	assert_null(output_end(output));
	assert_kept(OUTPUT_OUT, "one\ntwo\n");
	assert_kept(OUTPUT_ERR, "error");
	assert_printed(sinks.out, out_fd, "");
	assert_int_equal(output_dropped(output), 0);
}

static void
only_stdout_kept(void **state)
{
	(void)state;
	plan.inline_stdout = true;
	open_output(NULL);
	add(OUTPUT_OUT, "one");
	add(OUTPUT_ERR, "error");
	assert_kept(OUTPUT_OUT, "one");
	assert_null(output_kept(output, OUTPUT_ERR));
}

/* The bound is each stream's own, and only on what is kept. */
static void
bound(void **state)
{
	char *path = mem_print("%s/bound", root);

	(void)state;
	plan.inline_out = plan.print = true;
	plan.max_output = 4;
	plan.outdir = outdir_open(path, false);
	open_output("web1");
	add(OUTPUT_OUT, "one\ntwo\n");
	add(OUTPUT_ERR, "12345");
	add(OUTPUT_ERR, "67");
	assert_null(output_end(output));
	assert_kept(OUTPUT_OUT, "one\n");
	assert_kept(OUTPUT_ERR, "1234");
	assert_int_equal(output_dropped(output), 7);
	assert_printed(sinks.out, out_fd, "web1: one\nweb1: two\n");
	assert_file("bound/web1", "one\ntwo\n");
	free(path);
}

static void
write_files(bool append, const char *out, const char *err)
{
	char *out_path = mem_print("%s/out", root);
	char *err_path = mem_print("%s/err", root);

	plan.outdir = outdir_open(out_path, append);
	plan.errdir = outdir_open(err_path, append);
	output = output_new(&plan, &sinks, "web1", "web1.o", "web1.e");
	assert_null(output_open(output));
	add(OUTPUT_OUT, out);
	add(OUTPUT_ERR, err);
	assert_null(output_end(output));
	assert_null(output_end(output));
	output_free(output);
	output = NULL;
	outdir_free(plan.outdir);
	outdir_free(plan.errdir);
	plan.outdir = plan.errdir = NULL;
	free(out_path);
	free(err_path);
}

static void
files(void **state)
{
	(void)state;
	write_files(false, "first", "error");
	write_files(false, "one\nno end", "");
	assert_file("out/web1.o", "one\nno end");
	assert_file("err/web1.e", "");
	write_files(true, "!", "2");
	assert_file("out/web1.o", "one\nno end!");
	assert_file("err/web1.e", "2");
}

static void
file_that_cannot_be_made(void **state)
{
	char *words;

	(void)state;
	plan.outdir = outdir_open(root, false);
	output = output_new(&plan, &sinks, "..", "..", NULL);
	words = output_open(output);
	assert_string_equal(words,
	    "cannot create output file ..: Invalid argument");
	free(words);
}

/* The disk is full, as far as we are concerned, at 4 bytes. */
static void
full_disk(void **state)
{
	struct rlimit old, few;
	char *words;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	few = (struct rlimit){ 4, old.rlim_max };
	plan.outdir = outdir_open(root, false);
	open_output("full");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	words = output_add(output, OUTPUT_OUT, "123456", 6);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_string_equal(words,
	    "cannot write output file full: File too large");
	free(words);
	assert_null(output_end(output));
	assert_file("full", "1234");
}

static void
caught_up(void *context)
{
	++*(int *)context;
}

/* Whoever prints waits for a slow reader of either stream; who only keeps
 * does not. */
static void
slow_reader(void **state)
{
	static char plenty[1024 * 1024];
	int ends[2], times = 0;
	struct sink_waiter waiter = { .call = caught_up, .context = &times };

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	sink_close(sinks.err);
	sinks.err = sink_open(loop, ends[1], NULL, NULL);
	sink_write(sinks.err, plenty, sizeof(plenty));
	open_output(NULL);
	assert_false(output_blocked(output, &waiter));
	output_free(output);
	plan.print = true;
	open_output(NULL);
	assert_true(output_blocked(output, &waiter));
	while (sink_busy(sinks.err)) {
		assert_true(read(ends[0], plenty, sizeof(plenty)) > 0);
		uv_run(loop, UV_RUN_NOWAIT);
	}
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(times, 1);
	assert_false(output_blocked(output, &waiter));
	close(ends[0]);
	close(ends[1]);
}

static int
make_root(void **state)
{
	(void)state;
	return mkdtemp(root) == NULL ? -1 : 0;
}

static int
remove_root(void **state)
{
	(void)state;
	return scratch_remove(root);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(whole_lines_on_two_streams),
		TEST(long_line),
		TEST(nothing_asked_for),
		TEST(kept_for_the_report),
		TEST(only_stdout_kept),
		TEST(bound),
		TEST(files),
		TEST(file_that_cannot_be_made),
		TEST(full_disk),
		TEST(slow_reader),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}

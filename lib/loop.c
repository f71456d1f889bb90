/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>

#include "loop.h"
#include "msg.h"

#define HOOKS 4
#define SIGNALS 3

struct hook {
	void	(*call)(void *context);
	void	*context;
};

static struct {
	uv_loop_t	 loop;
	uv_idle_t	 idle;		/* runs while something is queued */
	uv_prepare_t	 prepare;
	uv_signal_t	 signals[SIGNALS];
	unsigned	 signal_count;
	struct later	*first, **last;
	struct hook	 hooks[HOOKS];
	unsigned	 hook_count;
	void		(*on_signal)(void *context, int signal);
	void		*signal_context;
} us;

static void
append(struct later *later)
{
	later->queued = true;
	later->next = NULL;
	*us.last = later;
	us.last = &later->next;
}

static struct later *
take_first(void)
{
	struct later *later = us.first;

	us.first = later->next;
	if (us.first == NULL)
		us.last = &us.first;
	later->queued = false;
	return later;
}

static void
run_later(uv_idle_t *idle)
{
	struct later mark = { .call = NULL };
	struct later *later;

	/* What is queued from here on is for the turn after this one. */
	append(&mark);
	while ((later = take_first()) != &mark)
		later->call(later->context);
	if (us.first == NULL)
		uv_idle_stop(idle);
}

static void
run_hooks(uv_prepare_t *prepare)
{
	(void)prepare;
	for (unsigned i = 0; i < us.hook_count; i++)
		us.hooks[i].call(us.hooks[i].context);
}

uv_loop_t *
loop_open(void)
{
	int error = uv_loop_init(&us.loop);

	if (error != 0)
		msg_die(1, "event loop: %s", uv_strerror(error));
	us.first = NULL;
	us.last = &us.first;
	uv_idle_init(&us.loop, &us.idle);
	uv_prepare_init(&us.loop, &us.prepare);
	/* Neither keeps the loop alive: they serve those who do. */
	uv_unref((uv_handle_t *)&us.prepare);
	uv_prepare_start(&us.prepare, run_hooks);
	return &us.loop;
}

void
loop_later(uv_loop_t *loop, struct later *later)
{
	(void)loop;
	if (later->queued)
		return;
	append(later);
	uv_idle_start(&us.idle, run_later);
}

void
loop_forget(uv_loop_t *loop, struct later *later)
{
	(void)loop;
	if (!later->queued)
		return;
	for (struct later **at = &us.first; *at != NULL; at = &(*at)->next) {
		if (*at != later)
			continue;
		*at = later->next;
		if (us.last == &later->next)
			us.last = at;
		break;
	}
	later->queued = false;
}

void
loop_before_wait(uv_loop_t *loop, void (*call)(void *context), void *context)
{
	(void)loop;
	if (us.hook_count == HOOKS)
		msg_die(1, "too many hooks in the event loop");
	us.hooks[us.hook_count++] = (struct hook){ call, context };
}

static void
got_signal(uv_signal_t *handle, int number)
{
	(void)handle;
	us.on_signal(us.signal_context, number);
}

static bool
is_ignored(int number)
{
	struct sigaction old;

	return sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

void
loop_signals(uv_loop_t *loop, void (*handler)(void *context, int signal),
    void *context)
{
	static const int numbers[SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

	us.on_signal = handler;
	us.signal_context = context;
	signal(SIGPIPE, SIG_IGN);
	for (unsigned i = 0; i < SIGNALS; i++) {
		uv_signal_t *watch = &us.signals[us.signal_count];

		/* nohup and a shell's background jobs ask for this. */
		if (numbers[i] != SIGTERM && is_ignored(numbers[i]))
			continue;
		uv_signal_init(loop, watch);
		uv_signal_start(watch, got_signal, numbers[i]);
		uv_unref((uv_handle_t *)watch);
		us.signal_count++;
	}
}

void
loop_die_of_pipe(void)
{
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

void
loop_close(uv_loop_t *loop)
{
	uv_close((uv_handle_t *)&us.idle, NULL);
	uv_close((uv_handle_t *)&us.prepare, NULL);
	for (unsigned i = 0; i < us.signal_count; i++)
		uv_close((uv_handle_t *)&us.signals[i], NULL);
	us.signal_count = us.hook_count = 0;
	uv_run(loop, UV_RUN_DEFAULT);
	uv_loop_close(loop);
}

unsigned long
loop_raise_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 256;
	if (limit.rlim_cur < limit.rlim_max) {
		struct rlimit more = limit;

		more.rlim_cur = limit.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &more) == 0)
			limit = more;
	}
	return limit.rlim_cur == RLIM_INFINITY ? 1UL << 20 :
	    (unsigned long)limit.rlim_cur;
}

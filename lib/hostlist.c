/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hostlist.h"
#include "inlet.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"

struct source {
	const char	*name;		/* in messages */
	int		 fd;
	bool		 is_file;
};

struct hostlist {
	uv_loop_t	*loop;
	const struct plan *plan;
	struct hosts	*hosts;
	struct source	*sources;
	size_t		 count, at;	/* the one being read */
	struct inlet	*inlet;		/* if it is a stream */
	bool		 held, over, failed;
	void		(*ended)(void *);
	void		*context;
};

static void	 go_on(struct hostlist *);

/* NULL, or why FILE cannot be read, in pssh's words. */
static char *
open_source(struct source *source, const char *file)
{
	struct stat status;

	source->name = file;
	if (strcmp(file, "-") == 0) {
		source->name = "stdin";
		source->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	} else {
		source->fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	}
	if (source->fd >= 0 && fstat(source->fd, &status) == 0) {
		if (!S_ISDIR(status.st_mode)) {
			source->is_file = S_ISREG(status.st_mode) &&
			    strcmp(file, "-") != 0;
			return NULL;
		}
		errno = EISDIR;
	}
	return mem_print("Could not open hosts file: %s: %s", source->name,
	    strerror(errno));
}

struct hostlist *
hostlist_open(uv_loop_t *loop, const struct plan *plan,
    hosts_receiver *receive, void (*ended)(void *context), void *context,
    char **why)
{
	struct hostlist *list = mem_zero(sizeof(*list));

	list->loop = loop;
	list->plan = plan;
	list->hosts = hosts_new(plan->globs, receive, context);
	list->ended = ended;
	list->context = context;
	while (plan->host_files != NULL &&
	    plan->host_files[list->count] != NULL)
		list->count++;
	list->sources = mem_zero(list->count * sizeof(*list->sources));
	for (size_t i = 0; i < list->count; i++)
		list->sources[i].fd = -1;
	for (size_t i = 0; i < list->count; i++) {
		*why = open_source(&list->sources[i], plan->host_files[i]);
		if (*why != NULL) {
			hostlist_free(list);
			return NULL;
		}
	}
	return list;
}

static void
end_source(struct hostlist *list, int error)
{
	struct source *source = &list->sources[list->at];

	if (error != 0) {
		msg_warn("cannot read hosts from %s: %s", source->name,
		    strerror(error));
		list->failed = true;
	}
	hosts_end(list->hosts, source->name);
	close(source->fd);
	source->fd = -1;
	list->at++;
}

static void
read_file(struct hostlist *list)
{
	struct source *source = &list->sources[list->at];
	char piece[16 * 1024];
	ssize_t got;

	while ((got = read(source->fd, piece, sizeof(piece))) != 0) {
		if (got > 0)
			hosts_feed(list->hosts, source->name, piece,
			    (size_t)got);
		else if (errno != EINTR)
			break;
	}
	end_source(list, got < 0 ? errno : 0);
}

static void
got_piece(void *context, const char *data, size_t len, int error)
{
	struct hostlist *list = context;

	if (len > 0) {
		hosts_feed(list->hosts, list->sources[list->at].name, data,
		    len);
		return;
	}
	inlet_close(list->inlet);
	list->inlet = NULL;
	end_source(list, error);
	go_on(list);
}

static void
go_on(struct hostlist *list)
{
	while (list->at < list->count) {
		if (!list->sources[list->at].is_file) {
			list->inlet = inlet_open(list->loop,
			    list->sources[list->at].fd, got_piece, list);
			inlet_hold(list->inlet, list->held);
			return;
		}
		read_file(list);
	}
	for (char **words = list->plan->host_words;
	    words != NULL && *words != NULL; words++)
		hosts_words(list->hosts, *words);
	list->over = true;
	list->ended(list->context);
}

void
hostlist_start(struct hostlist *list)
{
	go_on(list);
}

void
hostlist_hold(struct hostlist *list, bool hold)
{
	list->held = hold;
	if (list->inlet != NULL)
		inlet_hold(list->inlet, hold);
}

void
hostlist_stop(struct hostlist *list)
{
	inlet_close(list->inlet);
	list->inlet = NULL;
}

bool
hostlist_is_open(const struct hostlist *list)
{
	return !list->over;
}

bool
hostlist_failed(const struct hostlist *list)
{
	return list->failed;
}

void
hostlist_free(struct hostlist *list)
{
	if (list == NULL)
		return;
	inlet_close(list->inlet);
	for (size_t i = 0; i < list->count; i++)
		if (list->sources[i].fd >= 0)
			close(list->sources[i].fd);
	hosts_free(list->hosts);
	free(list->sources);
	free(list);
}

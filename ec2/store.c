/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "store.h"
#include "whole.h"

/* The names of what is ours, a line each.  No key begins with a dot. */
#define LIST ".ec2-userdata"
#define LIST_MOST (16 * USERDATA_MOST)

struct store_file {
	const char *name, *value;
	mode_t	 mode;
	char	*fresh;			/* its name until it is renamed */
};

struct store {
	int	 fd;			/* the directory */
	const char *path;
	struct store_file *files;	/* the list is the first */
	size_t	 count;
};

static char *
trouble(const struct store *store, const char *key)
{
	return mem_print("%s/%s: %s", store->path, key, strerror(errno));
}

/* Is the file KEY as it should be? */
static bool
is_right(const struct store *store, const char *key, const char *value,
    mode_t mode)
{
	size_t len = strlen(value);
	int fd = openat(store->fd, key, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	struct stat st;
	char *has = mem_zero(len + 2);
	bool right;

	right = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & 07777) == mode && st.st_uid == geteuid() &&
	    st.st_size == (off_t)len + 1 &&
	    read(fd, has, len + 1) == (ssize_t)len + 1 &&
	    memcmp(has, value, len) == 0 && has[len] == '\n';
	if (fd >= 0)
		close(fd);
	mem_wipe(has, len + 2);
	return right;
}

static char *
lay_aside(const struct store *store, struct store_file *file)
{
	char *text, *why = NULL;

	if (is_right(store, file->name, file->value, file->mode))
		return NULL;
	text = mem_print("%s\n", file->value);
	/* What a process that is killed leaves is known for ours. */
	file->fresh = mem_print(LIST ".%s.%ld", file->name, (long)getpid());
	/* From an earlier process of our number that was killed. */
	unlinkat(store->fd, file->fresh, 0);
	if (!whole_lay(store->fd, file->fresh, text, strlen(text), file->mode))
		why = trouble(store, file->name);
	mem_wipe(text, strlen(text));
	return why;
}

/* What is in the way that a rename would not replace. */
static char *
check_place(const struct store *store, const char *key)
{
	struct stat st;

	if (fstatat(store->fd, key, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISDIR(st.st_mode))
		return NULL;
	errno = EISDIR;
	return trouble(store, key);
}

static char *
write_files(struct store *store)
{
	char *why = NULL;

	for (size_t i = 0; i < store->count && why == NULL; i++) {
		why = check_place(store, store->files[i].name);
		if (why == NULL)
			why = lay_aside(store, &store->files[i]);
	}
	for (size_t i = 0; i < store->count && why == NULL; i++) {
		struct store_file *file = &store->files[i];

		if (file->fresh == NULL)
			continue;
		if (renameat(store->fd, file->fresh, store->fd,
		    file->name) != 0) {
			why = trouble(store, file->name);
			break;
		}
		free(file->fresh);
		file->fresh = NULL;
	}
	fsync(store->fd);
	return why;
}

/* Add KEY to LIST, whose lines have no newline at the end of the last. */
static void
list_add(struct buf *list, const char *key, size_t len)
{
	const char *line = buf_text(list);

	while (*line != '\0') {
		size_t there = strcspn(line, "\n");

		if (there == len && memcmp(line, key, len) == 0)
			return;
		line += there + (line[there] == '\n');
	}
	if (list->len > 0)
		buf_addc(list, '\n');
	buf_add(list, key, len);
}

/* What is in the list by now.  No list is an empty one, as is one that we may
 * not read. */
static void
list_read(const struct store *store, struct buf *list)
{
	int fd = openat(store->fd, LIST, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	char *text = mem_zero(LIST_MOST + 1);

	if (fd >= 0) {
		if (read(fd, text, LIST_MOST) < 0)
			text[0] = '\0';
		close(fd);
	}
	for (const char *line = text; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (userdata_is_key(line, len))
			list_add(list, line, len);
		line += len + (line[len] == '\n');
	}
	free(text);
}

static char *
write_all(struct store *store, const struct userdata *data,
    char *const *secrets)
{
	struct buf list = { 0 };
	char *why;

	list_read(store, &list);
	store->count = data->count + 1;
	store->files = mem_zero(store->count * sizeof(*store->files));
	for (size_t i = 0; i < data->count; i++) {
		const struct userdata_pair *pair = &data->pairs[i];

		list_add(&list, pair->key, strlen(pair->key));
		store->files[i + 1] = (struct store_file){ .name = pair->key,
		    .value = pair->value,
		    .mode = userdata_is_secret(pair->key, secrets) ? 0600 :
		    0644 };
	}
	store->files[0] = (struct store_file){ .name = LIST,
	    .value = buf_text(&list), .mode = 0644 };
	why = write_files(store);
	for (size_t i = 0; i < store->count; i++) {
		if (store->files[i].fresh != NULL)
			unlinkat(store->fd, store->files[i].fresh, 0);
		free(store->files[i].fresh);
	}
	free(store->files);
	buf_free(&list);
	return why;
}

char *
store_write(const char *path, const struct userdata *data,
    char *const *secrets)
{
	struct store store = { .path = path };
	char *why;

	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return mem_print("cannot make %s: %s", path, strerror(errno));
	store.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store.fd < 0)
		return mem_print("%s: %s", path, strerror(errno));
	why = write_all(&store, data, secrets);
	close(store.fd);
	return why;
}

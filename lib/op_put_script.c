/* SPDX-License-Identifier: BSD-2-Clause */
/* What is particular to a run, and the parts that it needs, in their order. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "mem.h"
#include "op_put_script.h"
#include "op_put_text.h"
#include "plan.h"
#include "quote.h"
#include "tree.h"

bool
op_put_is_plain(const struct plan *plan)
{
	return plan->tree->source_count == 1 &&
	    !plan->tree->sources[0].is_dir;
}

/* Add d=TARGET without slashes at its end, and whether there were some.  It
 * begins with a slash, or with "./" so that it looks like no option. */
static void
add_target(struct buf *script, const char *target)
{
	size_t len = strlen(target), user = 0;
	char *word;

	while (len > 1 && target[len - 1] == '/')
		len--;
	buf_addf(script, "slash=%s\n", target[len] == '/' ? "1" : "");
	if (strncmp(target, "~/", 2) == 0 || strcmp(target, "~") == 0) {
		size_t skip = 1 + strspn(target + 1, "/");

		target += skip;
		len = len > skip ? len - skip : 0;
	} else if (*target == '~') {
		user = 1 + strspn(target + 1, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
		if (user == 1 || (target[user] != '/' && target[user] != '\0'))
			user = 0;
	}
	buf_adds(script, "d=");
	buf_add(script, target, user);
	word = mem_ndup(target + user, len - user);
	if (user == 0 && *word != '/')
		buf_adds(script, "./");
	if (len == 0)
		buf_addc(script, '.');
	else if (*word != '\0')	/* quotes would make "~user" a name */
		quote_word(script, word);
	buf_addc(script, '\n');
	if (user > 0)
		buf_addf(script, "case $d in '~'*) fail \"%.*s: no such "
		    "user\" ;; esac\n", (int)user, target);
	free(word);
}

static void
add_sources(struct buf *script, const struct tree *tree)
{
	buf_addf(script, "n=%zu\nall() {\n", tree->source_count);
	for (size_t i = 0; i < tree->source_count; i++) {
		const struct tree_source *source = &tree->sources[i];

		buf_addf(script, "\"$1\" %zu %c ", i,
		    source->is_dir ? 'd' : 'f');
		quote_word(script, source->name);
		buf_addc(script, '\n');
	}
	buf_adds(script, "}\n");
}

static void
add_file(struct buf *script, const struct tree_entry *file)
{
	char when[32];
	struct tm time;

	if (gmtime_r(&file->mtime.tv_sec, &time) == NULL ||
	    strftime(when, sizeof(when), "%Y%m%d%H%M.%S", &time) == 0)
		when[0] = '\0';
	buf_addf(script, "size=%llu mode=%o time=%s\n",
	    (unsigned long long)file->size, (unsigned)file->mode & 0777, when);
}

/* From the bottom up: what is above may shut us out. */
static void
add_shut(struct buf *script, const struct tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		const struct tree_entry *entry = &tree->entries[i];
		char *name;

		if (!entry->again || (entry->mode & 0700) == 0700)
			continue;
		name = mem_print("%zu/%s", entry->source,
		    entry->path + entry->below);
		buf_addf(script, "shut %o ", (unsigned)entry->mode & 0777);
		quote_word(script, name);
		buf_addc(script, '\n');
		free(name);
	}
}

char *
op_put_script(const struct plan *plan)
{
	struct buf script = { 0 };

	buf_adds(&script, "{\n");
	buf_adds(&script, op_put_text_begin);
	buf_addf(&script, "need mkdir mv rm chmod %s\necho cpssh-$((40+1))\n",
	    op_put_is_plain(plan) ? "cat find" : "tar");
	buf_adds(&script, op_put_text_keep);
	buf_adds(&script, op_put_text_move);
	if (!op_put_is_plain(plan))
		buf_adds(&script, op_put_text_merge);
	buf_addf(&script, "preserve=%s\n", plan->preserve ? "1" : "");
	add_target(&script, plan->target);
	add_sources(&script, plan->tree);
	buf_adds(&script, op_put_text_settle);
	if (op_put_is_plain(plan)) {
		add_file(&script, &plan->tree->entries[0]);
		buf_adds(&script, op_put_text_take_file);
	} else {
		buf_adds(&script, op_put_text_take_tree);
		add_shut(&script, plan->tree);
	}
	buf_adds(&script, op_put_text_end);
	buf_adds(&script, "}\n");
	return buf_release(&script);
}

char *
op_put_command(const char *script)
{
	return mem_print("exec sh -c 'eval \"$(dd bs=1 count=%zu "
	    "2>/dev/null)\"'", strlen(script));
}

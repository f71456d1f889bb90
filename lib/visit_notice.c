/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "escape.h"
#include "job.h"
#include "msg.h"
#include "output.h"
#include "session.h"
#include "sshconf.h"
#include "visit_notice.h"

/* TEXT in lines, whatever it ends them with. */
static void
add_lines(struct buf *lines, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n"), shown = len;

		if (shown > 0 && text[shown - 1] == '\r')
			shown--;
		escape_add(lines, text, shown, "\t");
		buf_addc(lines, '\n');
		text += len + (text[len] == '\n');
	}
}

/* Libraries without our patches know of it only if the host was asked what it
 * takes. */
void
visit_notice(struct job *job)
{
	struct buf lines = { 0 };
	char *text = NULL;

	if (job->conf->quiet || libssh2_userauth_banner(
	    session_ssh(job->session), &text) != 0 || text == NULL)
		return;
	if (job->output == NULL) {
		msg_chat(job->label, "the host says: %s", text);
		return;
	}
	add_lines(&lines, text);
	/* No room on the disk is told when the command's output comes. */
	free(output_add(job->output, OUTPUT_ERR, lines.data, lines.len));
	buf_free(&lines);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* ProxyCommand of ssh_config(5): a program that carries the bytes. */
#ifndef PROXY_H
#define PROXY_H

#include "link.h"

/* Start COMMAND, through the user's shell as ssh does.  What it writes to
 * stderr are messages about the host LABEL.  Returns NULL with errno set if
 * that cannot be; that the program is of no use, the link tells. */
struct link *proxy_link(uv_loop_t *, const char *command, const char *label);

#endif

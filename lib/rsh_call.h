/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of rsh.h: what both sides know. */
#ifndef RSH_CALL_H
#define RSH_CALL_H

#define RSH_MARK "CPRSYNC_RSH"	/* in the environment of the remote shell */
#define RSH_SOCKET 3		/* what it has inherited */
#define RSH_COMMAND_MOST (128 * 1024)

#endif

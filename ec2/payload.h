/* SPDX-License-Identifier: BSD-2-Clause */
/* The user-data that a machine is launched with, as the options say. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

/* Put together, in base64, in fresh memory that the caller overwrites: the
 * pairs of DATA ("KEY=VALUE"; "KEY=@FILE" for what stands in a file, but for a
 * newline at its end), and for each KEY of SELF this machine's name as EC2
 * gives it; or all that is in FILE ("-": stdin).  NULL if there is none.  Any
 * list, and FILE, may be NULL.
 *
 * Ends the program with status 2 if the options cannot be meant, and with 3 if
 * this machine's name cannot be found. */
char	*payload_make(char *const *data, char *const *self, const char *file);

#endif

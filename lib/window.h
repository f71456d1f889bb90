/* SPDX-License-Identifier: BSD-2-Clause */
/* How much a host may have on its way to us that we have not read: the window
 * of RFC 4254, section 5.2.  All hosts share one budget, so that memory is
 * bounded however many they are and however slow our own reader is: 16 MB for
 * what commands print, 64 MB where the hosts send files. */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/* The share of one of HOSTS (0 counts as 1), in bytes: at least 4 kB, at most
 * 4 MB.  Where they send FILES it is 2 MB for up to 32 hosts, which a line of
 * 50 ms fills at more than 30 MB/s. */
uint32_t window_share(unsigned long hosts, bool files);

#endif

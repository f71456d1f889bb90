/* SPDX-License-Identifier: BSD-2-Clause */
/* How much output a host may have on its way to us that we have not read: the
 * window of RFC 4254, section 5.2.  All hosts share one budget, so that memory
 * is bounded however many they are and however slow our own reader is. */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdint.h>

/* The share of one of HOSTS (0 counts as 1) in the 16 MB, in bytes: at least
 * 4 kB, at most 4 MB, which a line of 50 ms fills at 60 MB/s and more. */
uint32_t window_share(unsigned long hosts);

#endif

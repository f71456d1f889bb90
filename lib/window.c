/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "window.h"

#define BUDGET (16u * 1024 * 1024)
#define MOST (4u * 1024 * 1024)
#define LEAST 4096u

uint32_t
window_share(unsigned long hosts)
{
	unsigned long share = BUDGET / (hosts > 0 ? hosts : 1);

	if (share > MOST)
		return MOST;
	return share < LEAST ? LEAST : (uint32_t)share;
}

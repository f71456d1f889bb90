/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "window.h"

#define BUDGET (16u * 1024 * 1024)
#define FILES_BUDGET (64u * 1024 * 1024)
#define FILES_ENOUGH (2u * 1024 * 1024)
#define MOST (4u * 1024 * 1024)
#define LEAST 4096u

uint32_t
window_share(unsigned long hosts, bool files)
{
	unsigned long share, of_files;

	if (hosts == 0)
		hosts = 1;
	share = BUDGET / hosts;
	of_files = FILES_BUDGET / hosts;
	if (of_files > FILES_ENOUGH)
		of_files = FILES_ENOUGH;
	if (files && share < of_files)
		share = of_files;
	if (share > MOST)
		return MOST;
	return share < LEAST ? LEAST : (uint32_t)share;
}

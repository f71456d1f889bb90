/* SPDX-License-Identifier: BSD-2-Clause */
/* What every fuzz target has. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* libFuzzer's entry, which fuzz_replay.c calls as well. */
int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* End the program, which is how a target reports. */
static inline void
require(bool truth)
{
	if (!truth)
		abort();
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the API says of a failure, and what that means. */
#ifndef API_ERROR_H
#define API_ERROR_H

#include <stdbool.h>

#include "api.h"

enum api_next {
	API_TELL,		/* it stays so */
	API_AGAIN,		/* in a while */
	API_SLOWLY,		/* too much was asked for */
};

/* What is best done about it. */
enum api_next api_error_next(const struct api_error *);

/* May the reason be that our clock and theirs differ, or that the keys have
 * ended? */
bool	 api_error_is_clock(const struct api_error *);
bool	 api_error_is_expired(const struct api_error *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What every visit begins with, from the configuration to the login, whatever
 * is to be done there. */
#ifndef VISIT_H
#define VISIT_H

#include "step.h"

/* It sets limits, and is not asked to stop: nothing runs there yet. */
extern const struct op visit;

#endif

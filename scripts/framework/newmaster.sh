#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The name that people type for newmaster.
exec "$(dirname -- "$(readlink -f -- "$0")")/newmaster" "$@"

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# partworkers.sh [option of partition...]: one load generator, and Tomcat on
# the rest, as it always was called.

exec "$(dirname "$(readlink -f "$0")")/partition" "$@" lg=1 tomcat=rest

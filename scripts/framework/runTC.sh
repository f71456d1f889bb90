#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# runTC.sh N: the Tomcat test on N workers, as it always was called.

[ $# -gt 0 ] || { echo 'usage: runTC.sh N [option of runtest...]' >&2; exit 2; }
n=$1
shift
exec "$(dirname "$(readlink -f "$0")")/runtest" "$@" "$n" tomcat

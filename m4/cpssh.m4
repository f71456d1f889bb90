# SPDX-License-Identifier: BSD-2-Clause
# configure's own checks: language, switches, hardening, libssh2.

# CPSSH_TRY(FLAGS, VARIABLE, [compile | link])
# Adds FLAGS to VARIABLE if the compiler takes them without a word, with the
# user's own CFLAGS beside them.
AC_DEFUN([CPSSH_TRY],
[AC_MSG_CHECKING([whether $CC takes $1])
cpssh_cflags=$CFLAGS
cpssh_ldflags=$LDFLAGS
CFLAGS="$CFLAGS $AM_CFLAGS $1 -Werror"
LDFLAGS="$LDFLAGS $AM_LDFLAGS"
AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>
#include <string.h>]],
    [[char b[16]; memset(b, 0, sizeof(b)); return puts(b) == EOF;]])],
    [cpssh_ok=yes], [cpssh_ok=no])
CFLAGS=$cpssh_cflags
LDFLAGS=$cpssh_ldflags
AC_MSG_RESULT([$cpssh_ok])
AS_IF([test $cpssh_ok = yes], [$2="[$]$2 $1"])])

# The language, and the warnings that everything must be clean under.
AC_DEFUN([CPSSH_LANGUAGE],
[AM_CFLAGS=
AM_LDFLAGS=
AC_SUBST([AM_CFLAGS])
AC_SUBST([AM_LDFLAGS])
m4_foreach_w([flag], [-std=gnu11 -Wall -Wextra
    -Wno-missing-field-initializers -Wshadow
    -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wformat=2
    -Wvla], [CPSSH_TRY(flag, [AM_CFLAGS])
])])

AC_DEFUN([CPSSH_SWITCHES],
[AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [make warnings errors])],
    [], [enable_werror=no])
AC_ARG_ENABLE([sanitize],
    [AS_HELP_STRING([--enable-sanitize],
	[build with AddressSanitizer and UndefinedBehaviorSanitizer])],
    [], [enable_sanitize=no])
AC_ARG_ENABLE([fuzz],
    [AS_HELP_STRING([--enable-fuzz],
	[build the fuzz targets (make fuzz; needs CC=clang)])],
    [], [enable_fuzz=no])
AS_IF([test "$enable_fuzz" = yes], [enable_sanitize=yes
    CPSSH_TRY([-fsanitize=fuzzer-no-link], [AM_CFLAGS])
    AS_IF([test $cpssh_ok = no],
	[AC_MSG_ERROR([--enable-fuzz needs clang: configure with CC=clang])])
    FUZZ_LIBS=-fsanitize=fuzzer])
AC_SUBST([FUZZ_LIBS])
AM_CONDITIONAL([FUZZ], [test "$enable_fuzz" = yes])
AM_CONDITIONAL([SANITIZE], [test "$enable_sanitize" = yes])
# Last, so that no check above is decided by a warning in its test program.
AS_IF([test "$enable_werror" = yes], [AM_CFLAGS="$AM_CFLAGS -Werror"])])

# Sanitizers and _FORTIFY_SOURCE hide each other's findings: one or the other.
AC_DEFUN([CPSSH_HARDENING],
[AS_IF([test "$enable_sanitize" = yes],
    [CPSSH_TRY([-fsanitize=address,undefined], [AM_CFLAGS])
    AS_IF([test $cpssh_ok = no],
	[AC_MSG_ERROR([this compiler has no sanitizers to enable])])
    CPSSH_TRY([-fno-sanitize-recover=all], [AM_CFLAGS])
    CPSSH_TRY([-fno-omit-frame-pointer], [AM_CFLAGS])
    CPSSH_TRY([-U_FORTIFY_SOURCE], [AM_CFLAGS])],
    [CPSSH_TRY([-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3], [AM_CFLAGS])
    AS_IF([test $cpssh_ok = no],
	[CPSSH_TRY([-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2], [AM_CFLAGS])])])
CPSSH_TRY([-fstack-protector-strong], [AM_CFLAGS])
CPSSH_TRY([-fstack-clash-protection], [AM_CFLAGS])
CPSSH_TRY([-fcf-protection], [AM_CFLAGS])
CPSSH_TRY([-fPIE], [AM_CFLAGS])
CPSSH_TRY([-pie], [AM_LDFLAGS])
CPSSH_TRY([-Wl,-z,relro], [AM_LDFLAGS])
CPSSH_TRY([-Wl,-z,now], [AM_LDFLAGS])
CPSSH_TRY([-Wl,-z,noexecstack], [AM_LDFLAGS])])

# libssh2 from --with-libssh2=PREFIX, else from the private build that
# scripts/build-libssh2 leaves in the source tree, else from the system.
AC_DEFUN([CPSSH_LIBSSH2],
[AC_ARG_WITH([libssh2],
    [AS_HELP_STRING([--with-libssh2=PREFIX],
	[the libssh2 under PREFIX (default: build-deps/libssh2 in the source
	tree if scripts/build-libssh2 made it, else the system's; "system"
	for the system's in any case)])],
    [], [with_libssh2=default])
AS_CASE([$with_libssh2],
    [default], [with_libssh2=`cd "$srcdir" && pwd`/build-deps/libssh2
	AS_IF([test ! -e "$with_libssh2/lib/pkgconfig/libssh2.pc"],
	    [with_libssh2=system])],
    [yes | no], [AC_MSG_ERROR([--with-libssh2 takes a prefix or "system"])])
cpssh_static=
AS_IF([test "$with_libssh2" != system],
    [PKG_CONFIG_PATH=$with_libssh2/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
    export PKG_CONFIG_PATH
    AS_IF([test ! -e "$with_libssh2/lib/pkgconfig/libssh2.pc"],
	[AC_MSG_ERROR([no libssh2 under $with_libssh2])])
    AS_IF([test -e "$with_libssh2/lib/libssh2.a"], [cpssh_static=--static])])
AC_MSG_CHECKING([for libssh2 >= 1.11.0])
cpssh_version=`$PKG_CONFIG --modversion libssh2 2>/dev/null`
AC_MSG_RESULT([${cpssh_version:-no} ($with_libssh2)])
AS_IF([! $PKG_CONFIG --atleast-version=1.11.0 libssh2],
    [AC_MSG_ERROR([libssh2 >= 1.11.0 is needed, found ${cpssh_version:-none}: run scripts/build-libssh2, then configure again])])
LIBSSH2_CFLAGS=`$PKG_CONFIG --cflags libssh2`
LIBSSH2_LIBS=`$PKG_CONFIG --libs $cpssh_static libssh2`
AC_SUBST([LIBSSH2_CFLAGS])
AC_SUBST([LIBSSH2_LIBS])
AC_SUBST([LIBSSH2_FROM], [$with_libssh2])

# The mark that scripts/build-libssh2 leaves.
AC_MSG_CHECKING([whether libssh2 has our patches])
AS_IF([test "`$PKG_CONFIG --variable=cpssh_patched libssh2`" = 1],
    [AC_MSG_RESULT([yes])
    AC_DEFINE([HAVE_PATCHED_LIBSSH2], [1],
	[libssh2 comes from scripts/build-libssh2, with its patches.])],
    [AC_MSG_RESULT([no])])
cpssh_libs=$LIBS
LIBS="$LIBSSH2_LIBS $LIBS"
AC_CHECK_FUNCS([libssh2_channel_open_begin])
LIBS=$cpssh_libs])

# The EC2 commands, unless they are not wanted, and their libraries.
AC_DEFUN([CPSSH_EC2],
[AC_ARG_ENABLE([ec2],
    [AS_HELP_STRING([--disable-ec2],
	[leave out ec2-hosts and its sisters, and the libraries they need])],
    [], [enable_ec2=yes])
AS_IF([test "$enable_ec2" = yes],
    [PKG_CHECK_MODULES([CURL], [libcurl >= 7.68])
    PKG_CHECK_MODULES([EXPAT], [expat >= 2.2])
    PKG_CHECK_MODULES([JANSSON], [jansson >= 2.12])
    PKG_CHECK_MODULES([INIH], [inih >= 48])])
AM_CONDITIONAL([EC2], [test "$enable_ec2" = yes])])

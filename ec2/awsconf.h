/* SPDX-License-Identifier: BSD-2-Clause */
/* What AWS's two files say for the profile in use, and what our own file of
 * keys says. */
#ifndef AWSCONF_H
#define AWSCONF_H

#include <stdbool.h>

struct awsconf;

/* Read them.  PROFILE NULL: AWS_PROFILE, AWS_DEFAULT_PROFILE, "default".  OWN
 * is the path of a file of the form key=value (accesskey, secretkey, region,
 * workerami, keypair, instancetype, securitygroups, subnet, iamprofile), or
 * NULL; if there are keys in it that others may read, it is refused.  Ends the
 * program with status 3 when a file, or the profile, cannot be used. */
struct awsconf *awsconf_read(const char *profile, const char *own);

/* Was the profile named by PROFILE, not by the environment? */
bool	 awsconf_named(const struct awsconf *);

/* The profile in use. */
const char *awsconf_profile(const struct awsconf *);

/* The value of KEY for a profile (NULL: the one in use), from the credentials
 * file or else the config file, or NULL. */
const char *awsconf_get(const struct awsconf *, const char *profile,
	    const char *key);

/* Is there such a profile in either of them? */
bool	 awsconf_has(const struct awsconf *, const char *profile);

/* The value of KEY for SERVICE ("ec2") in the profile's [services], in fresh
 * memory, or NULL. */
char	*awsconf_service(const struct awsconf *, const char *service,
	    const char *key);

/* The value of KEY in our own file, or NULL. */
const char *awsconf_own(const struct awsconf *, const char *key);

/* Overwrite and free it.  NULL is ignored. */
void	 awsconf_free(struct awsconf *);

#endif

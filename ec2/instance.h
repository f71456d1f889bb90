/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of one instance. */
#ifndef INSTANCE_H
#define INSTANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct instance_pair {
	char		*key;
	char		*value;
};

enum instance_field {
	INSTANCE_ID,
	INSTANCE_STATE,
	INSTANCE_PUBLIC_DNS,
	INSTANCE_PUBLIC_IP,
	INSTANCE_PRIVATE_DNS,
	INSTANCE_PRIVATE_IP,
	INSTANCE_IPV6,
	INSTANCE_TYPE,
	INSTANCE_AMI,
	INSTANCE_AZ,
	INSTANCE_VPC,
	INSTANCE_SUBNET,
	INSTANCE_KEY_NAME,
	INSTANCE_LAUNCH_TIME,
	INSTANCE_LAUNCH_INDEX,
	INSTANCE_LIFECYCLE,		/* "spot", or none */
	INSTANCE_ARCHITECTURE,
	INSTANCE_REASON,		/* of its state: why it went down */
	INSTANCE_OWNER,			/* the account, of the reservation */
	INSTANCE_RESERVATION,
	INSTANCE_REGION,
	INSTANCE_FIELDS
};

struct instance {
	char		*fields[INSTANCE_FIELDS];	/* NULL: none */
	struct instance_pair *groups;	/* id and name */
	size_t		 group_count;
	struct instance_pair *tags;
	size_t		 tag_count;
};

/* A field's name: "private_ip". */
const char *instance_name(enum instance_field);

/* The value of its tag KEY, or NULL. */
const char *instance_tag(const struct instance *, const char *key);

/* Its value for NAME, a field's name ('-' is as good as '_'), "tag:KEY", "name"
 * (its tag Name) or "sg" (its groups' names, with commas between): in fresh
 * memory, or NULL if it has none.  instance_knows: is there such a name? */
char	*instance_value(const struct instance *, const char *name);
bool	 instance_knows(const char *name);

/* Add a tag or a group; both strings are copied. */
void	 instance_add_tag(struct instance *, const char *key,
	    const char *value);
void	 instance_add_group(struct instance *, const char *id,
	    const char *name);

/* Append it as a JSON object on one line, with its fields by their names and
 * MORE, pairs of a name and a value (NULL-ended; NULL: none), as strings, and
 * the objects "security_groups" (names by id) and "tags".  Read such an object
 * into an empty one; false: it is none. */
void	 instance_json(struct buf *, const struct instance *,
	    const char *const *more);
bool	 instance_from_json(struct instance *, const char *text, size_t len);

/* A deep copy into an empty one, and the end of one; { 0 } then. */
void	 instance_copy(struct instance *to, const struct instance *from);
void	 instance_clear(struct instance *);

/* Reads instances out of an answer: feed it from api_call's closed(). */
struct instance_reader;

/* FOUND is called for each instance when it is complete; *INSTANCE ends
 * afterwards.  REGION may be NULL. */
struct instance_reader *instance_reader_new(const char *region,
	    void (*found)(void *context, const struct instance *instance),
	    void *context);
void	 instance_reader_closed(struct instance_reader *, const char *path,
	    const char *text);

/* Where DescribeInstances answers what they read, for api_call; and the
 * nextToken and the requestId. */
extern const char *const instance_reader_paths[];

/* Elements in which nothing of that is, but much else. */
extern const char *const instance_reader_unread[];

/* Forget what is unfinished. */
void	 instance_reader_again(struct instance_reader *);
void	 instance_reader_free(struct instance_reader *);

#endif

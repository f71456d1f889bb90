/* SPDX-License-Identifier: BSD-2-Clause */
/* Instances as DescribeInstances and RunInstances answer them: in
 * instancesSet/item, the first with reservationSet/item around it. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "mem.h"

/* One instance has no more of them. */
#define MOST_PAIRS 256

#define CHUNK 16384

/* Strings of the instance at hand, which end together: one by one they would
 * take a tenth of all the time. */
struct chunk {
	struct chunk	*next;
	size_t		 used, size;
	char		 text[];
};

struct instance_reader {
	struct instance	 instance;	/* its strings are ours */
	struct instance_pair tags[MOST_PAIRS], groups[MOST_PAIRS];
	struct chunk	*chunks;
	char		*reservation, *owner, *region;
	char		*key, *value;	/* of the tag or group at hand */
	void		(*found)(void *context, const struct instance *);
	void		*context;
};

struct element {
	const char	*path;		/* below instancesSet/item */
	enum instance_field field;
};

static const struct element elements[] = {
	{ "instanceId", INSTANCE_ID },
	{ "instanceState/name", INSTANCE_STATE },
	{ "dnsName", INSTANCE_PUBLIC_DNS },
	{ "ipAddress", INSTANCE_PUBLIC_IP },
	{ "privateDnsName", INSTANCE_PRIVATE_DNS },
	{ "privateIpAddress", INSTANCE_PRIVATE_IP },
	{ "ipv6Address", INSTANCE_IPV6 },
	{ "networkInterfaceSet/item/ipv6AddressesSet/item/ipv6Address",
	    INSTANCE_IPV6 },
	{ "instanceType", INSTANCE_TYPE },
	{ "imageId", INSTANCE_AMI },
	{ "placement/availabilityZone", INSTANCE_AZ },
	{ "vpcId", INSTANCE_VPC },
	{ "subnetId", INSTANCE_SUBNET },
	{ "keyName", INSTANCE_KEY_NAME },
	{ "launchTime", INSTANCE_LAUNCH_TIME },
	{ "amiLaunchIndex", INSTANCE_LAUNCH_INDEX },
	{ "instanceLifecycle", INSTANCE_LIFECYCLE },
	{ "architecture", INSTANCE_ARCHITECTURE },
	{ "reason", INSTANCE_REASON },
};

#define RESERVATION "reservationSet/item/"
#define ITEM RESERVATION "instancesSet/item/"

const char *const instance_reader_paths[] = {
	"nextToken",
	"requestId",
	ITEM "amiLaunchIndex",
	ITEM "architecture",
	ITEM "dnsName",
	ITEM "groupSet/item/groupId",
	ITEM "groupSet/item/groupName",
	ITEM "imageId",
	ITEM "instanceId",
	ITEM "instanceLifecycle",
	ITEM "instanceState/name",
	ITEM "instanceType",
	ITEM "ipAddress",
	ITEM "ipv6Address",
	ITEM "keyName",
	ITEM "launchTime",
	ITEM "networkInterfaceSet/item/ipv6AddressesSet/item/ipv6Address",
	ITEM "placement/availabilityZone",
	ITEM "privateDnsName",
	ITEM "privateIpAddress",
	ITEM "reason",
	ITEM "subnetId",
	ITEM "tagSet/item/key",
	ITEM "tagSet/item/value",
	ITEM "vpcId",
	RESERVATION "ownerId",
	RESERVATION "reservationId",
	NULL
};

const char *const instance_reader_unread[] = {
	"association", "attachment", "availabilityZoneId",
	"blockDeviceMapping", "bootMode", "capacityReservationSpecification",
	"clientToken", "cpuOptions", "currentInstanceBootMode", "description",
	"ebsOptimized", "enaSupport", "enclaveOptions", "hibernationOptions",
	"hypervisor", "interfaceType", "macAddress", "maintenanceOptions",
	"metadataOptions", "monitoring", "networkInterfaceId",
	"networkPerformanceOptions", "operator", "platformDetails",
	"privateDnsNameOptions", "privateIpAddressesSet", "productCodes",
	"rootDeviceName", "rootDeviceType", "sourceDestCheck", "status",
	"tenancy", "usageOperation", "usageOperationUpdateTime",
	"virtualizationType", NULL
};

static void
set(char **to, const char *text)
{
	free(*to);
	*to = *text != '\0' ? mem_dup(text) : NULL;
}

static char *
keep(struct instance_reader *reader, const char *text)
{
	struct chunk *chunk = reader->chunks;
	size_t len = strlen(text) + 1;
	char *copy;

	if (chunk == NULL || len > chunk->size - chunk->used) {
		size_t size = len > CHUNK ? len : CHUNK;

		chunk = mem_zero(sizeof(*chunk) + size);
		chunk->size = size;
		chunk->next = reader->chunks;
		reader->chunks = chunk;
	}
	copy = chunk->text + chunk->used;
	memcpy(copy, text, len);
	chunk->used += len;
	return copy;
}

/* The instance at hand is none any more. */
static void
forget(struct instance_reader *reader)
{
	struct chunk *chunk = reader->chunks;

	while (chunk != NULL && chunk->next != NULL) {
		reader->chunks = chunk->next;
		free(chunk);
		chunk = reader->chunks;
	}
	if (chunk != NULL)
		chunk->used = 0;
	reader->key = reader->value = NULL;
	reader->instance = (struct instance){
		.tags = reader->tags,
		.groups = reader->groups,
	};
}

struct instance_reader *
instance_reader_new(const char *region,
    void (*found)(void *context, const struct instance *instance),
    void *context)
{
	struct instance_reader *reader = mem_zero(sizeof(*reader));

	reader->region = mem_dup(region);
	reader->found = found;
	reader->context = context;
	forget(reader);
	return reader;
}

static void
hand_over(struct instance_reader *reader)
{
	struct instance *instance = &reader->instance;

	instance->fields[INSTANCE_REGION] = reader->region;
	instance->fields[INSTANCE_RESERVATION] = reader->reservation;
	instance->fields[INSTANCE_OWNER] = reader->owner;
	if (instance->fields[INSTANCE_ID] != NULL)
		reader->found(reader->context, instance);
	forget(reader);
}

/* A tag or a group is complete: add it to PAIRS. */
static void
add(struct instance_reader *reader, struct instance_pair *pairs,
    size_t *count)
{
	if (reader->key != NULL && *count < MOST_PAIRS)
		pairs[(*count)++] = (struct instance_pair){
			.key = reader->key,
			.value = reader->value != NULL ? reader->value :
			    keep(reader, ""),
		};
	reader->key = reader->value = NULL;
}

/* Something of a tag or a group. */
static void
pair(struct instance_reader *reader, const char *path, const char *text)
{
	struct instance *instance = &reader->instance;

	if (strcmp(path, "tagSet/item/key") == 0 ||
	    strcmp(path, "groupSet/item/groupId") == 0)
		reader->key = keep(reader, text);
	else if (strcmp(path, "tagSet/item/value") == 0 ||
	    strcmp(path, "groupSet/item/groupName") == 0)
		reader->value = keep(reader, text);
	else if (strcmp(path, "tagSet/item") == 0)
		add(reader, reader->tags, &instance->tag_count);
	else if (strcmp(path, "groupSet/item") == 0)
		add(reader, reader->groups, &instance->group_count);
}

/* PATH is below instancesSet/item. */
static void
part(struct instance_reader *reader, const char *path, const char *text)
{
	struct instance *instance = &reader->instance;

	if (*path == 't' || *path == 'g') {
		pair(reader, path, text);
		return;
	}
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		char **field = &instance->fields[elements[i].field];

		/* Most are told apart by their first byte: this is where the
		 * time goes. */
		if (*path == *elements[i].path && *field == NULL &&
		    *text != '\0' && strcmp(path, elements[i].path) == 0)
			*field = keep(reader, text);
	}
}

void
instance_reader_closed(struct instance_reader *reader, const char *path,
    const char *text)
{
	static const char reservation[] = "reservationSet/item";
	static const char item[] = "instancesSet/item";

	if (strncmp(path, reservation, strlen(reservation)) == 0) {
		path += strlen(reservation);
		if (*path == '\0') {
			set(&reader->reservation, "");
			set(&reader->owner, "");
			return;
		}
		path++;
	}
	if (strcmp(path, "reservationId") == 0)
		set(&reader->reservation, text);
	else if (strcmp(path, "ownerId") == 0)
		set(&reader->owner, text);
	if (strncmp(path, item, strlen(item)) != 0)
		return;
	path += strlen(item);
	if (*path == '\0')
		hand_over(reader);
	else
		part(reader, path + 1, text);
}

void
instance_reader_again(struct instance_reader *reader)
{
	forget(reader);
	set(&reader->reservation, "");
	set(&reader->owner, "");
}

void
instance_reader_free(struct instance_reader *reader)
{
	if (reader == NULL)
		return;
	instance_reader_again(reader);
	free(reader->chunks);
	free(reader->region);
	free(reader);
}

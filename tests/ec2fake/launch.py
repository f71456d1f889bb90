# SPDX-License-Identifier: BSD-2-Clause
"""RunInstances and TerminateInstances."""
import base64
import binascii
import re
import secrets

import render
from cloud import Problem

TYPES = re.compile(r"(t[1-4][a-z]?|m[1-8][a-z]*|c[1-8][a-z]*|r[3-8][a-z]*)"
                   r"\.(nano|micro|small|medium|x?large|[1-9][0-9]?xlarge)")


def exists(value, code, message):
    """In this cloud all exists but what is called missing."""
    if value and re.search(r"missing|-0+\Z", value):
        raise Problem(code, message)


def read_tags(params, resource):
    tags = {}
    for number in params.groups("TagSpecification"):
        prefix = f"TagSpecification.{number}"
        kind = params.need(prefix + ".ResourceType")
        if kind not in ("instance", "volume", "network-interface",
                        "spot-instances-request"):
            raise Problem("InvalidParameterValue", f"'{kind}' is not a valid "
                          "taggable resource type for this operation.")
        for item in params.groups(prefix + ".Tag"):
            key = params.need(f"{prefix}.Tag.{item}.Key")
            value = params.get(f"{prefix}.Tag.{item}.Value", "")
            if len(key) > 127 or len(value) > 255 or key.startswith("aws:"):
                raise Problem("InvalidParameterValue", f"Tag key {key} or its "
                              "value is too long or reserved")
            if kind == resource:
                if key in tags:
                    raise Problem("InvalidParameterValue",
                                  f"Duplicate tag key '{key}' specified.")
                tags[key] = value
    if len(tags) > 50:
        raise Problem("TagLimitExceeded", "More than 50 tags specified")
    return tags


def read_user_data(params):
    text = params.get("UserData", "")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Problem("InvalidParameterValue", "Invalid BASE64 encoding of "
                      "user data.") from None
    if len(data) > 16384:
        raise Problem("InvalidParameterValue",
                      "User data is limited to 16384 bytes")
    return data


def read_groups(params):
    ids = params.list("SecurityGroupId")
    names = params.list("SecurityGroup")
    for group in ids:
        exists(group, "InvalidGroup.NotFound",
               f"The security group '{group}' does not exist")
        if not re.fullmatch("sg-[0-9a-f]{8,17}", group):
            raise Problem("InvalidGroupId.Malformed",
                          f'Invalid id: "{group}" (expecting "sg-...")')
    for name in names:
        exists(name, "InvalidGroup.NotFound", "The security group "
               f"'{name}' does not exist in default VPC 'vpc-0a1b2c3d'")
    return ([(group, "group-" + group[3:]) for group in ids]
            + [("sg-0a1b2c3d", name) for name in names]
            or [("sg-0a1b2c3d", "default")])


def read_market(params):
    market = params.get("InstanceMarketOptions.MarketType")
    price = params.get("InstanceMarketOptions.SpotOptions.MaxPrice")
    kind = params.get("InstanceMarketOptions.SpotOptions.SpotInstanceType")
    if market not in (None, "spot") or (market is None and (price or kind)):
        raise Problem("InvalidParameterValue", "The market type is invalid")
    if price and not re.fullmatch(r"[0-9]*\.?[0-9]+", price):
        raise Problem("InvalidParameterValue", f"Invalid value '{price}' for "
                      "spotPrice")
    if kind not in (None, "one-time", "persistent"):
        raise Problem("InvalidParameterValue", f"spotInstanceType: {kind}")
    return market == "spot"


def read_launch(params):
    """What each instance is to be like."""
    ami = params.need("ImageId")
    if not re.fullmatch("ami-[0-9a-f]{8,17}", ami):
        raise Problem("InvalidAMIID.Malformed",
                      f'Invalid id: "{ami}" (expecting "ami-...")')
    exists(ami, "InvalidAMIID.NotFound",
           f"The image id '[{ami}]' does not exist")
    kind = params.get("InstanceType", "m1.small")
    if not TYPES.fullmatch(kind):
        raise Problem("InvalidParameterValue",
                      f"Invalid value '{kind}' for InstanceType.")
    key = params.get("KeyName", "")
    exists(key, "InvalidKeyPair.NotFound",
           f"The key pair '{key}' does not exist")
    subnet = params.get("SubnetId", "subnet-0a1b2c3d")
    exists(subnet, "InvalidSubnetID.NotFound",
           f"The subnet ID '{subnet}' does not exist")
    profile = params.get("IamInstanceProfile.Name", "")
    arn = params.get("IamInstanceProfile.Arn", "")
    if profile and arn or arn and not re.fullmatch(
            "arn:aws:iam::[0-9]{12}:instance-profile/.+", arn):
        raise Problem("InvalidParameterValue", f"Value ({arn}) for parameter "
                      "iamInstanceProfile.arn is invalid.")
    profile = profile or arn.split("/")[-1]
    exists(profile, "InvalidParameterValue", f"Value ({profile}) for "
           "parameter iamInstanceProfile.name is invalid. Invalid IAM "
           "Instance Profile name")
    token = params.get("ClientToken", "")
    if len(token) > 64 or not token.isascii():
        raise Problem("InvalidParameterValue",
                      "ClientToken has more than 64 ASCII characters")
    if params.get("MetadataOptions.HttpTokens", "required") not in (
            "required", "optional"):
        raise Problem("InvalidParameterValue", "HttpTokens")
    if params.get("InstanceInitiatedShutdownBehavior", "stop") not in (
            "stop", "terminate"):
        raise Problem("InvalidParameterValue", "shutdown behavior")
    params.number("MetadataOptions.HttpPutResponseHopLimit", 1, 64)
    return {
        "ami": ami, "type": kind, "key": key, "subnet": subnet,
        "profile": profile, "token": token, "groups": read_groups(params),
        "spot": read_market(params), "user_data": read_user_data(params),
        "zone": params.get("Placement.AvailabilityZone", ""),
        "tags": read_tags(params, "instance"),
        "protected": params.flag("DisableApiTermination"),
    }


def read_counts(params):
    params.need("MinCount")
    params.need("MaxCount")
    least = params.number("MinCount", 1, 100000)
    most = params.number("MaxCount", 1, 100000)
    if least > most:
        raise Problem("InvalidParameterValue", f"Minimum count ({least}) must "
                      f"not be greater than maximum count ({most})")
    return least, most


def reservation(cloud, ids):
    made = [cloud.instances[i] for i in ids]
    items = "".join(render.instance(i, i.tags) for i in made)
    return (render.reservation_head(made[0])
            + f"<instancesSet>{items}</instancesSet>")


def run_instances(cloud, region, params, dry):
    fields = read_launch(params)
    least, most = read_counts(params)
    params.done()
    dry(params)
    token = (region, fields["token"])
    asked = {k: v for k, v in params.values.items() if k != "DryRun"}
    if fields["token"] and token in cloud.launches:
        before, ids = cloud.launches[token]
        if before != asked:
            raise Problem("IdempotentParameterMismatch", "Arguments on this "
                          "idempotent request are inconsistent with arguments "
                          "used in previous request(s).")
        return reservation(cloud, ids)
    if cloud.room() < least:
        raise Problem("InsufficientInstanceCapacity", "We currently do not "
                      f"have sufficient {fields['type']} capacity in the "
                      "Availability Zone you requested.", 500)
    number = "r-" + secrets.token_hex(8)
    ids = [cloud.add(region=region, reservation=number, index=index, fresh=True,
                     **{**fields, "tags": dict(fields["tags"])}).id
           for index in range(min(most, cloud.room()))]
    if fields["token"]:
        cloud.launches[token] = (asked, ids)
    if cloud.machines:
        for name in ids:
            cloud.machines.boot(cloud.instances[name])
    return reservation(cloud, ids)


def terminate_instances(cloud, region, params, dry, find):
    ids = params.list("InstanceId")
    params.get("Force")
    params.get("SkipOsShutdown")
    params.done()
    if not ids:
        raise Problem("MissingParameter", "The request must contain the "
                      "parameter InstanceId")
    if len(ids) > 1000:
        raise Problem("InvalidParameterValue", "More than 1000 instances")
    instances = find(cloud, region, ids)
    dry(params)
    # one that is protected protects its whole zone, no other
    kept = {i.zone for i in instances if i.protected}
    items = ""
    for instance in instances:
        if instance.zone in kept:
            continue
        before = instance.state
        cloud.end(instance)
        items += ("<item>" + render.element("instanceId", instance.id)
                  + render.state("currentState", instance.state)
                  + render.state("previousState", before) + "</item>")
    if kept:
        name = next(i.id for i in instances if i.protected)
        raise Problem("OperationNotPermitted", f"The instance '{name}' may "
                      "not be terminated. Modify its 'disableApiTermination' "
                      "instance attribute and try again.")
    return f"<instancesSet>{items}</instancesSet>"

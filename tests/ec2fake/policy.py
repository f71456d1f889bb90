# SPDX-License-Identifier: BSD-2-Clause
"""IAM: what the policies allow, when there are any.  Every resource that a
request touches must be allowed for it, and a condition whose key the request
does not have is not met.  What is not understood is refused when it is read.

After the Service Authorization Reference of AWS, actions of Amazon EC2."""
import json
import re

from cloud import ACCOUNT, Problem

KEYS = {"Sid", "Effect", "Action", "Resource", "Condition"}


def listed(value):
    return value if isinstance(value, list) else [value]


def matches(pattern, text):
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c)
             for c in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


OPERATORS = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringLike": matches,
}


class Statement:
    def __init__(self, fields):
        if set(fields) - KEYS or fields["Effect"] != "Allow":
            raise ValueError(f"not understood: {fields}")
        if not re.fullmatch("[A-Za-z0-9]+", fields.get("Sid", "x")):
            raise ValueError(f"no Sid: {fields['Sid']}")
        self.actions = listed(fields["Action"])
        self.resources = listed(fields["Resource"])
        self.tests = [(OPERATORS[operator], key, listed(values))
                      for operator, tests in fields.get("Condition",
                                                        {}).items()
                      for key, values in tests.items()]

    def allows(self, action, resource, context):
        return (any(matches(a, action) for a in self.actions)
                and any(matches(r, resource) for r in self.resources)
                and all(key in context and any(test(v, context[key])
                                               for v in values)
                        for test, key, values in self.tests))


def read(paths):
    statements = []
    for path in paths:
        with open(path, encoding="ascii") as file:
            document = json.load(file)
        if set(document) != {"Version", "Statement"} \
                or document["Version"] != "2012-10-17":
            raise ValueError(f"{path}: no policy")
        statements += [Statement(s) for s in document["Statement"]]
    return statements


def arn(region, kind, name="*", account=ACCOUNT):
    return f"arn:aws:ec2:{region}:{account}:{kind}/{name}"


def tags(kind, pairs):
    return {f"aws:{kind}Tag/{key}": value for key, value in pairs.items()}


def request_tags(values):
    """Of the instances that are asked for."""
    found = {}
    for name, value in values.items():
        at = re.fullmatch(r"(TagSpecification\.\d+)\.Tag\.(\d+)\.Key", name)
        if at and values[at[1] + ".ResourceType"] == "instance":
            found[value] = values.get(f"{at[1]}.Tag.{at[2]}.Value", "")
    return found


def of_launch(region, values):
    def asked(prefix):
        return [v for n, v in values.items()
                if re.fullmatch(prefix + r"\.\d+", n)]

    given = tags("Request", request_tags(values))
    launch = "ec2:RunInstances"
    yield launch, arn(region, "image", values.get("ImageId"), ""), {}
    yield launch, arn(region, "subnet", values.get("SubnetId", "*")), {}
    yield launch, arn(region, "network-interface"), {}
    yield launch, arn(region, "volume"), {}
    yield launch, arn(region, "instance"), given
    for group in asked("SecurityGroupId") or ["sg-0a1b2c3d"]:
        yield launch, arn(region, "security-group", group), {}
    if "KeyName" in values:
        yield launch, arn(region, "key-pair", values["KeyName"]), {}
    if values.get("InstanceMarketOptions.MarketType") == "spot":
        yield launch, arn(region, "spot-instances-request"), {}
    if given:
        yield "ec2:CreateTags", arn(region, "instance"), {
            **given, "ec2:CreateAction": "RunInstances"}
    profile = values.get("IamInstanceProfile.Name") or values.get(
        "IamInstanceProfile.Arn", "").split("/")[-1]
    if profile:		# whose role has its name
        yield "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/{profile}", {
            "iam:PassedToService": "ec2.amazonaws.com"}


def touched(cloud, region, action, values):
    """(action, resource, context) of all that this request does."""
    if action == "RunInstances":
        yield from of_launch(region, values)
    elif action in ("DescribeInstances", "DescribeRegions"):
        yield "ec2:" + action, "*", {}
    else:
        for name, value in values.items():
            if re.fullmatch(r"InstanceId(\.\d+)?", name):
                instance = cloud.instances.get(value)
                yield "ec2:" + action, arn(region, "instance", value), tags(
                    "Resource", instance.tags if instance else {})


def check(cloud, region, action, values):
    """What was allowed, as "ACTION RESOURCE"; all, if there is no policy."""
    if cloud.policy is None:
        return []
    allowed = []
    for deed, resource, context in touched(cloud, region, action, values):
        if not any(s.allows(deed, resource, context) for s in cloud.policy):
            raise Problem("UnauthorizedOperation", "You are not authorized to "
                          "perform this operation. User: arn:aws:iam::"
                          f"{ACCOUNT}:user/test is not authorized to perform: "
                          f"{deed} on resource: {resource} because no "
                          f"identity-based policy allows the {deed} action",
                          403)
        kind = re.sub(r"^(arn:aws:[a-z0-9]+:.*:)([a-z-]+)/.*$", r"\2", resource)
        allowed.append(f"{deed} {kind}")
    return allowed

# SPDX-License-Identifier: BSD-2-Clause
"""The parameters of a request, read strictly: what is unknown, doubled or out
of order is refused, each must be asked for."""
import re
import urllib.parse

from cloud import Problem


class Params:
    def __init__(self, body):
        self.values = {}
        self.asked = {"Action", "Version", "DryRun"}
        try:
            pairs = urllib.parse.parse_qsl(
                body.decode("ascii"), keep_blank_values=True,
                strict_parsing=True, errors="strict")
        except (UnicodeError, ValueError):
            raise Problem("MalformedQueryString",
                          "The body is no form") from None
        for name, value in pairs:
            if name in self.values:
                raise Problem("InvalidParameter", f"{name} came twice")
            self.values[name] = value

    def get(self, name, default=None):
        self.asked.add(name)
        return self.values.get(name, default)

    def need(self, name):
        value = self.get(name)
        if not value:
            raise Problem("MissingParameter", "The request must contain the "
                          f"parameter {name}")
        return value

    def number(self, name, least, most, default=None):
        value = self.get(name)
        if value is None:
            return default
        if not re.fullmatch(r"-?[0-9]{1,9}", value):
            raise Problem("InvalidParameterValue", f"Value ({value}) for "
                          f"parameter {name} is invalid. Not an integer.")
        if not least <= int(value) <= most:
            raise Problem("InvalidParameterValue", f"Value ( {value} ) for "
                          f"parameter {name} is invalid. Expecting a value "
                          f"from {least} to {most}.")
        return int(value)

    def flag(self, name):
        value = self.get(name, "false")
        if value not in ("true", "false"):
            raise Problem("InvalidParameterValue", f"Value ({value}) for "
                          f"parameter {name} is invalid")
        return value == "true"

    def list(self, prefix):
        """prefix.1, prefix.2 ... as a list: no gaps."""
        values = []
        while (name := f"{prefix}.{len(values) + 1}") in self.values:
            values.append(self.get(name))
        return values

    def groups(self, prefix):
        """How many prefix.N.* there are, for N from 1."""
        number = 0
        while any(name.startswith(f"{prefix}.{number + 1}.")
                  for name in self.values):
            number += 1
        return range(1, number + 1)

    def done(self):
        """All that came was asked for."""
        for name in self.values:
            if name not in self.asked:
                raise Problem("UnknownParameter",
                              f"The parameter {name} is not recognized")


def glob(pattern):
    """AWS's wildcards: * and ?, taken literally after a backslash."""
    parts = re.findall(r"\\.|[^\\]|\\\Z", pattern, re.DOTALL)
    return re.compile("".join(
        ".*" if p == "*" else "." if p == "?" else re.escape(p[-1])
        for p in parts), re.DOTALL)


FIELDS = {
    "architecture": lambda i: ["x86_64"],
    "availability-zone": lambda i: [i.zone],
    "client-token": lambda i: [i.token],
    "dns-name": lambda i: [i.public_dns],
    "group-id": lambda i: [g[0] for g in i.groups],
    "group-name": lambda i: [g[1] for g in i.groups],
    "hypervisor": lambda i: ["xen"],
    "iam-instance-profile.name": lambda i: [i.profile],
    "image-id": lambda i: [i.ami],
    "instance-id": lambda i: [i.id],
    "instance-lifecycle": lambda i: ["spot"] if i.spot else [],
    "instance-state-name": lambda i: [i.state],
    "instance-type": lambda i: [i.type],
    "instance.group-id": lambda i: [g[0] for g in i.groups],
    "instance.group-name": lambda i: [g[1] for g in i.groups],
    "ip-address": lambda i: [i.public_ip],
    "key-name": lambda i: [i.key],
    "launch-index": lambda i: [str(i.index)],
    "network-interface.ipv6-addresses.ipv6-address": lambda i: [i.ipv6],
    "private-dns-name": lambda i: [i.private_dns],
    "private-ip-address": lambda i: [i.private_ip],
    "reservation-id": lambda i: [i.reservation],
    "subnet-id": lambda i: [i.subnet],
    "vpc-id": lambda i: [i.vpc],
}


def read_filters(params):
    filters = []
    total = 0
    for number in params.groups("Filter"):
        name = params.need(f"Filter.{number}.Name")
        values = params.list(f"Filter.{number}.Value")
        if not values:
            raise Problem("InvalidParameterValue", "The filter '"
                          f"{name}' has no values")
        if (name not in FIELDS and name != "tag-key"
                and not re.fullmatch("tag:.+", name)):
            raise Problem("InvalidParameterValue",
                          f"The filter '{name}' is invalid")
        total += len(values)
        filters.append((name, [glob(value) for value in values]))
    if total > 200:
        raise Problem("FilterLimitExceeded", "The maximum number of filter "
                      f"values specified on a single call is 200: {total}")
    return filters


def passes(instance, tags, filters):
    for name, patterns in filters:
        if name == "tag-key":
            values = list(tags)
        elif name.startswith("tag:"):
            values = [tags[name[4:]]] if name[4:] in tags else []
        else:
            values = FIELDS[name](instance)
        if not any(p.fullmatch(v) for p in patterns for v in values):
            return False
    return True

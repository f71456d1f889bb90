# SPDX-License-Identifier: BSD-2-Clause
"""The state of the cloud: regions, instances, keys, and what the tests set."""
import itertools
import os
import re
import secrets
import threading
import time

STATES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48,
          "stopping": 64, "stopped": 80}
REGIONS = ["us-east-1", "us-west-2", "eu-central-1", "ap-southeast-2"]
ACCOUNT = "123456789012"


class Problem(Exception):
    """An error reply: its code, message and HTTP status."""

    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class Key:
    def __init__(self, name, secret, token=None, expires=None, who="user/test"):
        self.name = name
        self.secret = secret
        self.token = token
        self.expires = expires
        self.who = who


class Instance:
    """One virtual machine.  xml is what render made of it, None if that is
    no longer so."""

    def __init__(self, **fields):
        self.id = "i-" + secrets.token_hex(8)[:17].rjust(17, "0")
        self.reservation = "r-" + secrets.token_hex(8)
        self.region = "us-east-1"
        self.state = "pending"
        self.reason = ""
        self.ami = "ami-0123456789abcdef0"
        self.type = "t3.micro"
        self.key = ""
        self.zone = ""
        self.index = 0
        self.launched = time.time()
        self.private_ip = ""
        self.private_dns = ""
        self.public_ip = ""
        self.public_dns = ""
        self.ipv6 = ""
        self.subnet = "subnet-0a1b2c3d"
        self.vpc = "vpc-0a1b2c3d"
        self.groups = [("sg-0a1b2c3d", "default")]
        self.profile = ""
        self.spot = False
        self.token = ""
        self.user_data = b""
        self.tags = {}
        self.console = None
        self.protected = False
        self.fresh = False		# launched just now
        self.sought = 0			# in vain, as it was not visible yet
        self.polls = 0			# how often it was seen
        self.consoles = 0
        self.ending = 0
        self.xml = None
        self.__dict__.update(fields)
        self.zone = self.zone or self.region + "a"

    def turn(self, state):
        self.state = state
        self.xml = None
        if state == "running":
            self.reason = ""
        if state in ("shutting-down", "terminated"):
            self.public_ip = self.public_dns = ""
        if state == "terminated":
            self.private_ip = self.private_dns = self.ipv6 = ""
            self.subnet = self.vpc = ""


class Cloud:
    def __init__(self):
        self.lock = threading.RLock()
        self.instances = {}		# by id, in order of launch
        self.launches = {}		# (region, ClientToken): (parameters, ids)
        self.tokens = {}		# NextToken: what goes on
        self.keys = {}
        self.numbers = itertools.count(1)
        self.pool = []			# addresses that are real
        self.faults = []
        self.policy = None		# statements; none: all is allowed
        self.released = threading.Event()
        self.log = None
        self.used = {}			# address that is real: id
        self.machines = None		# what boots instances, if they are
        self.settings = {
            "pending": "1",		# polls, or seconds "1.5s", or "hold"
            "shutting": "1",
            "hidden": "0",		# polls until a new instance is there
            "untagged": "0",		# polls until its tags are
            "capacity": "1000000",
            "console-lag": "0",
            "console": "",		# a file
            "skew": "0",		# seconds that our clock is ahead
            "ignore-max": "no",		# all on one page
            "empty-page": "no",		# each page is followed by an empty one
            "loop": "no",		# the next page is the same again
            "session": "3600",		# seconds that given keys are good for
            "imds": "",			# the instance that asks
            "imds-v1": "no",		# optional tokens
            "imds-v2": "yes",
            "hold": "yes",		# real ones run when their sshd answers
            "role": "worker",		# real ones have that of their launch
            "public-key": "",		# a file: that of every key pair
            "user-data": "",		# a file, instead of the instance's
            "web-identity": "web-identity-token",
            "container-token": "",
            "role-arn": f"arn:aws:iam::{ACCOUNT}:role/worker",
        }

    def __getitem__(self, name):
        return self.settings[name]

    def now(self):
        return time.time() + float(self["skew"])

    # --- making instances ---

    def address(self, instance, given):
        """A real one if there is a pool and it was given none, else one in
        10/8."""
        number = next(self.numbers)
        instance.private_ip = "10.%d.%d.%d" % (
            number // 62500 % 250, number // 250 % 250, number % 250 + 4)
        free = [a for a in self.pool if a not in self.used]
        if free and not given:
            instance.private_ip = free[0]
            self.used[free[0]] = instance.id
        if self.machines:
            self.used[instance.private_ip] = instance.id
        dashed = instance.private_ip.replace(".", "-")
        instance.private_dns = "ip-%s.%s" % (
            dashed, "ec2.internal" if instance.region == "us-east-1"
            else instance.region + ".compute.internal")
        public = "54.%d.%d.%d" % (
            number // 62500 % 250, number // 250 % 250, number % 250 + 4)
        instance.public_ip = public
        instance.public_dns = "ec2-%s.%s.amazonaws.com" % (
            public.replace(".", "-"), "compute-1"
            if instance.region == "us-east-1" else instance.region + ".compute")

    def add(self, **fields):
        instance = Instance(**fields)
        given = {k: v for k, v in fields.items() if k in (
            "private_ip", "private_dns", "public_ip", "public_dns", "ipv6")}
        self.address(instance, "private_ip" in given)
        instance.__dict__.update(given)
        instance.xml = None
        self.instances[instance.id] = instance
        return instance

    def free(self, instance):
        for address, owner in list(self.used.items()):
            if owner == instance.id:
                del self.used[address]

    def room(self):
        taken = sum(1 for i in self.instances.values()
                    if i.state not in ("terminated", "shutting-down"))
        return int(self["capacity"]) - taken

    # --- time goes by ---

    def poll(self, instance):
        """Somebody asks for it: it may have got further since."""
        instance.polls += 1
        if self.machines:
            return
        if instance.state == "pending" and self.is_over(
                self["pending"], instance.polls, instance.launched):
            instance.turn("running")
        elif instance.state == "shutting-down":
            instance.ending += 1
            if self.is_over(self["shutting"], instance.ending, 0):
                instance.turn("terminated")
                self.free(instance)

    @staticmethod
    def is_over(setting, polls, since):
        if setting == "hold":
            return False
        if setting.endswith("s"):
            return time.time() - since >= float(setting[:-1])
        return polls > int(setting)

    def is_hidden(self, instance):
        """New ones are not seen at first: whoever looks counts."""
        if not instance.fresh or instance.sought >= int(self["hidden"]):
            return False
        instance.sought += 1
        return True

    def tags_of(self, instance):
        if instance.fresh and instance.polls <= int(self["untagged"]):
            return {}
        return instance.tags

    def end(self, instance):
        if instance.state != "terminated":
            instance.turn("shutting-down")
            if self.machines:
                self.machines.end(instance)

    # --- keys ---

    def new_key(self, who):
        key = Key("ASIA" + secrets.token_hex(8).upper(),
                  secrets.token_urlsafe(30), secrets.token_urlsafe(200),
                  self.now() + float(self["session"]), who)
        self.keys[key.name] = key
        return key

    # --- faults ---

    def fault(self, action):
        """The fault that is due for this action, if any, used up by this."""
        with self.lock:
            for fault in self.faults:
                if not re.fullmatch(fault["action"], action):
                    continue
                if fault["after"] > 0:
                    fault["after"] -= 1
                    continue
                if fault["times"] == 0:
                    continue
                fault["times"] -= 1
                return fault
        return None

    def note(self, line):
        if self.log is not None:
            with self.lock:
                os.write(self.log, (line + "\n").encode())

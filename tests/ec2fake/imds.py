# SPDX-License-Identifier: BSD-2-Clause
"""The instance metadata service, version 2 (and 1 if told so), and the
endpoint that gives containers their keys."""
import json
import secrets
import socket

import render
from cloud import ACCOUNT
from web import Handler

TOKEN_TTL = "X-aws-ec2-metadata-token-ttl-seconds"


class Metadata(Handler):
    tokens = {}

    def plain(self, status, text="", kind="text/plain", **headers):
        self.answer(status, text, kind, **headers)

    def instance(self):
        """Who asks: the one that was set, else by the address."""
        cloud = self.cloud
        name = cloud["imds"] or cloud.used.get(self.client_address[0])
        return cloud.instances.get(name)

    def begin(self):
        """Whether there is anything left to do."""
        self.read_request()
        fault = self.cloud.fault(f"imds {self.command} {self.path}")
        self.cloud.note(json.dumps(
            {"imds": self.command, "path": self.path,
             **({"fault": fault["kind"]} if fault else {})}))
        if not fault:
            return True
        if fault["kind"] == "refuse":
            self.plain(fault.get("status", 503))
            return False
        return not self.instead(fault, "ec2")

    def do_PUT(self):
        if not self.begin():
            return
        ttl = self.headers.get(TOKEN_TTL, "")
        if self.path != "/latest/api/token" or self.cloud["imds-v2"] != "yes":
            self.plain(404)
        elif self.headers.get("X-Forwarded-For"):
            self.plain(403)
        elif not ttl.isdigit() or not 1 <= int(ttl) <= 21600:
            self.plain(400)
        else:
            token = secrets.token_urlsafe(40)
            self.tokens[token] = (self.cloud.now() + int(ttl),
                                  self.client_address[0])
            if self.cloud.machines:	# it goes no further than that
                self.connection.setsockopt(socket.IPPROTO_IP,
                                           socket.IP_TTL, 1)
            self.plain(200, token, **{TOKEN_TTL: ttl})

    def do_GET(self):
        if not self.begin():
            return
        if self.path.startswith("/container/"):
            self.container()
            return
        token = self.headers.get("X-aws-ec2-metadata-token")
        fine = (self.cloud["imds-v1"] == "yes" if token is None else
                self.is_good(token))
        if not fine:
            self.plain(401)
            return
        with self.cloud.lock:
            found = self.look_up(self.path)
        if found is None:
            self.plain(404, "<html>404 - Not Found</html>", "text/html")
        elif self.path.endswith("user-data"):
            self.plain(200, found, "application/octet-stream")
        else:
            self.plain(200, found)

    def is_good(self, token):
        until, address = self.tokens.get(token, (0, ""))
        return until > self.cloud.now() and address == self.client_address[0]

    def public_key(self, instance):
        if not instance.key or not self.cloud["public-key"]:
            return ""
        with open(self.cloud["public-key"]) as file:
            return file.read()

    def user_data(self, instance):
        if self.cloud["user-data"]:
            with open(self.cloud["user-data"], "rb") as file:
                return file.read()
        return (instance.user_data or None) if instance else None

    def role(self, instance):
        """A real machine has the one that it was launched with, or none."""
        if self.cloud.machines:
            return instance.profile if instance else ""
        return self.cloud["role"]

    def role_keys(self, role):
        key = self.cloud.new_key(f"assumed-role/{role}/i-0")
        return json.dumps({
            "Code": "Success", "Type": "AWS-HMAC",
            "LastUpdated": render.moment(self.cloud.now())[:-5] + "Z",
            "AccessKeyId": key.name, "SecretAccessKey": key.secret,
            "Token": key.token,
            "Expiration": render.moment(key.expires)[:-5] + "Z"}, indent=1)

    def look_up(self, path):
        i = self.instance()
        role = self.role(i)
        iam = "/latest/meta-data/iam/security-credentials/"
        if path == "/latest/user-data":
            return self.user_data(i)
        if role and path in (iam, iam[:-1]):
            return role
        if role and path == iam + role:
            return self.role_keys(role)
        if not i:
            return None
        document = {"accountId": ACCOUNT, "architecture": "x86_64",
                    "availabilityZone": i.zone, "imageId": i.ami,
                    "instanceId": i.id, "instanceType": i.type,
                    "privateIp": i.private_ip, "region": i.region,
                    "version": "2017-09-30"}
        values = {
            "dynamic/instance-identity/document":
                json.dumps(document, indent=1),
            "meta-data/ami-id": i.ami,
            "meta-data/hostname": i.private_dns,
            "meta-data/instance-id": i.id,
            "meta-data/instance-type": i.type,
            "meta-data/local-hostname": i.private_dns,
            "meta-data/local-ipv4": i.private_ip,
            "meta-data/public-hostname": i.public_dns,
            "meta-data/public-ipv4": i.public_ip,
            "meta-data/placement/availability-zone": i.zone,
            "meta-data/placement/region": i.region,
            "meta-data/public-keys/0/openssh-key": self.public_key(i),
        }
        return values.get(path.removeprefix("/latest/")) or None

    def container(self):
        wanted = self.cloud["container-token"]
        if wanted and self.headers.get("Authorization") != wanted:
            self.plain(401, '{"code":"Unauthorized"}', "application/json")
            return
        with self.cloud.lock:
            key = self.cloud.new_key("assumed-role/task/container")
        self.plain(200, json.dumps({
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/task",
            "AccessKeyId": key.name, "SecretAccessKey": key.secret,
            "Token": key.token,
            "Expiration": render.moment(key.expires)[:-5] + "Z"}),
            "application/json")

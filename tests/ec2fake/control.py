# SPDX-License-Identifier: BSD-2-Clause
r"""How tests speak to the cloud: a line of words each, one line of answer.

\x0a and \x09 in a VALUE are a newline and a tab.

add [count=N] [FIELD=VALUE] [tag:KEY=VALUE]   instances, as fields of Instance
launch [FIELD=VALUE] [tag:KEY=VALUE]          one that is real
fault KIND [action=REGEX] [times=N] [after=N] [NAME=VALUE]   (web.py has them)
clear                            no faults any more
release                          what the fault `hold` has held goes on
forget                           no instances any more
set NAME=VALUE                   (cloud.py has the names)
change ID [FIELD=VALUE] [tag:KEY=VALUE]
state ID STATE
console ID FILE                  what its console says
data ID                          its user data, base64
pool ADDRESS...                  what instances get as private addresses
key NAME SECRET [TOKEN]          lets these in
policy FILE...                   what they may do; without one, all
ids [STATE]                      of all that are, or are in that state
list                             ID,STATE,ADDRESS,NAME,PROCESS of real ones
"""
import base64
import re
import shlex
import socketserver
import threading

import policy
from cloud import STATES, Key

NUMBERS = ("times", "after", "status", "bytes")


def pairs(words):
    """FIELD=VALUE and tag:KEY=VALUE apart."""
    fields, tags = {}, {}
    for word in words:
        name, _, value = word.partition("=")
        value = value.replace(r"\x0a", "\n").replace(r"\x09", "\t")
        if name.startswith("tag:"):
            tags[name[4:]] = value
        else:
            fields[name] = value
    for name in ("spot", "protected"):
        if name in fields:
            fields[name] = fields[name] == "yes"
    if "launched" in fields:
        fields["launched"] = float(fields["launched"])
    if "groups" in fields:
        fields["groups"] = [tuple(g.split(":")) for g in
                            fields["groups"].split(",")]
    return fields, tags


def add(cloud, *words):
    fields, tags = pairs(words)
    count = int(fields.pop("count", 1))
    fields.setdefault("state", "running")
    made = [cloud.add(tags=dict(tags), index=n, **fields)
            for n in range(count)]
    return " ".join(i.id for i in made[:100])


def launch(cloud, *words):
    fields, tags = pairs(words)
    instance = cloud.add(tags=tags, fresh=True, **fields)
    cloud.machines.boot(instance)
    return instance.id


def change(cloud, name, *words):
    fields, tags = pairs(words)
    instance = cloud.instances[name]
    instance.__dict__.update(fields)
    instance.tags.update(tags)
    instance.xml = None


def fault(cloud, kind, *words):
    fields = dict(word.split("=", 1) for word in words)
    made = {"kind": kind, "action": ".*", "times": 1, "after": 0, **fields}
    for name in NUMBERS:
        if name in made:
            made[name] = int(made[name])
    if "seconds" in made:
        made["seconds"] = float(made["seconds"])
    if kind == "drip" and "seconds" not in made:
        made["seconds"] = 0.1
    cloud.faults.append(made)


def settle(cloud, *words):
    for word in words:
        name, value = word.split("=", 1)
        if name not in cloud.settings:
            raise KeyError(name)
        cloud.settings[name] = value


def state(cloud, name, what):
    if what not in STATES:
        raise KeyError(what)
    cloud.instances[name].turn(what)


def console(cloud, name, path):
    cloud.instances[name].console = path


def data(cloud, name):
    return base64.b64encode(cloud.instances[name].user_data).decode()


def pool(cloud, *addresses):
    cloud.pool = list(addresses)


def key(cloud, name, secret, token=None):
    cloud.keys[name] = Key(name, secret, token)


def allow(cloud, *paths):
    cloud.policy = policy.read(paths) if paths else None


def ids(cloud, what=None):
    return " ".join(i.id for i in cloud.instances.values()
                    if what in (None, i.state))


def real(cloud):
    """Those whose machine is there; names as far as they are plain."""
    return " ".join(",".join((
        i.id, i.state, i.private_ip,
        re.sub("[^A-Za-z0-9._-]", "_", i.tags.get("Name", "")) or "-",
        str(m.process.pid) if m.process else "-"))
        for m in cloud.machines.all.values() for i in [m.instance])


def forget(cloud):
    for instance in cloud.instances.values():
        cloud.end(instance)
    cloud.instances.clear()
    cloud.launches.clear()
    cloud.used.clear()


COMMANDS = {"add": add, "launch": launch, "change": change, "fault": fault, "set": settle,
            "clear": lambda cloud: cloud.faults.clear(), "state": state,
            "console": console, "data": data, "pool": pool, "key": key,
            "forget": forget, "policy": allow, "ids": ids, "list": real,
            "release": lambda cloud: cloud.released.set()}


def run(cloud, line):
    name, *words = shlex.split(line)
    with cloud.lock:
        return COMMANDS[name](cloud, *words) or ""


class Control(socketserver.StreamRequestHandler):
    cloud = None

    def handle(self):
        for line in self.rfile:
            try:
                reply = f"ok {run(self.cloud, line.decode())}\n"
            except (KeyError, TypeError, ValueError) as problem:
                reply = f"error {problem!r}\n"
            self.wfile.write(reply.encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


def serve(address):
    server = Server(address, Control)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]

# SPDX-License-Identifier: BSD-2-Clause
"""moto's server on any free port of loopback, which lets only those in who
sign with a key that it knows, and to what the policy in the file $MOTO_POLICY
allows, if there is one.  Prints "api PORT" and "key NAME SECRET", then
closes stdout; runs until it is ended."""
import json
import os
import signal
import sys
import threading
import warnings

os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "0"
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
warnings.simplefilter("ignore")

from moto.core import DEFAULT_ACCOUNT_ID  # noqa: E402
from moto.iam.models import iam_backends  # noqa: E402
from moto.moto_server.werkzeug_app import (  # noqa: E402
    DomainDispatcherApplication, create_backend_app)
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *args):
        pass


POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["ec2:*", "sts:*"], "Resource": "*"}]})
if "MOTO_POLICY" in os.environ:
    with open(os.environ["MOTO_POLICY"], encoding="ascii") as file:
        POLICY = file.read()
iam = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
iam.create_user("us-east-1", "test")
iam.put_user_policy("test", "all", POLICY)
key = iam.create_access_key("test")
server = make_server("127.0.0.1", 0,
                     DomainDispatcherApplication(create_backend_app),
                     threaded=True, request_handler=Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("api", server.server_port)
print("key", key.access_key_id, key.secret_access_key)
sys.stdout.flush()
os.close(1)
signal.pause()

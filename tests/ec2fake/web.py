# SPDX-License-Identifier: BSD-2-Clause
"""HTTP: requests in, answers out, and everything that may go wrong."""
import http.server
import json
import re
import socket
import socketserver
import threading
import time

import api
import render

DEEP = 100000


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "ec2fake"
    cloud = None		# of the class, set once
    who = region = ""
    allowed = []
    body = b""

    def log_message(self, *args):
        pass

    def date_time_string(self, timestamp=None):
        return super().date_time_string(timestamp or self.cloud.now())

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle(self):
        try:
            super().handle()
        except OSError:		# the client has gone, or wants no TLS
            pass

    def read_request(self):
        """The body, and the parts of the path."""
        length = self.headers.get("Content-Length", "0")
        size = int(length) if re.fullmatch("[0-9]{1,7}", length) else 0
        self.body = self.rfile.read(size)
        self.url_path, _, self.url_query = self.path.partition("?")
        self.who = self.region = ""
        self.allowed = []

    def head(self, status, headers):
        lines = [f"HTTP/1.1 {status} {self.responses[status][0]}",
                 "Server: ec2fake", "Date: " + self.date_time_string()]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def answer(self, status, text, kind="text/xml;charset=UTF-8", **headers):
        """What is long comes in chunks, as AWS sends it."""
        data = text if isinstance(text, bytes) else text.encode()
        headers = {"Content-Type": kind,
                   **{k.replace("_", "-"): v for k, v in headers.items()}}
        if len(data) < 60000:
            headers["Content-Length"] = len(data)
            self.wfile.write(self.head(status, headers) + data)
            return
        headers["Transfer-Encoding"] = "chunked"
        self.wfile.write(self.head(status, headers))
        for start in range(0, len(data), 8191):
            part = data[start:start + 8191]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    # --- what goes wrong on purpose ---

    def hang_up(self):
        self.close_connection = True

    def stay_silent(self):
        """Until the client gives up."""
        self.connection.recv(1)
        self.hang_up()

    def drip(self, status, text, fault):
        data = text.encode()
        self.wfile.write(self.head(status, {
            "Content-Type": "text/xml", "Content-Length": len(data)}))
        for start in range(0, len(data), fault.get("bytes", 1)):
            self.wfile.write(data[start:start + fault.get("bytes", 1)])
            time.sleep(fault.get("seconds", 0.1))

    def truncate(self, status, text, fault):
        data = text.encode()
        kept = fault.get("bytes", len(data) // 2)
        headers = {"Content-Type": "text/xml"}
        if fault.get("length", "yes") == "yes":
            headers["Content-Length"] = len(data)
        else:			# then only the XML tells
            headers["Connection"] = "close"
        self.wfile.write(self.head(status, headers) + data[:kept])
        self.hang_up()

    def endless(self, name):
        """60 MB and more of one field, or of levels, until nobody reads."""
        self.wfile.write(self.head(200, {"Content-Type": "text/xml",
                                         "Connection": "close"}))
        self.wfile.write(b"<DescribeInstancesResponse><reservationSet>")
        part = b"<item>" * DEEP if name == "deep" else b"x" * 600000
        if name == "long":
            self.wfile.write(b"<item><instancesSet><item><instanceId>")
        for _ in range(100):
            self.wfile.write(part)
        self.hang_up()

    def instead(self, fault, service):
        """Answers as the fault wants; False if the request is to be served."""
        kind = fault["kind"]
        if kind == "throttle":
            text = render.error(service, "RequestLimitExceeded",
                                "Request limit exceeded.", "fault-id")
            self.answer(503, text)
        elif kind == "error":
            text = render.error(fault.get("root", service), fault["code"],
                                fault.get("message", "As you wish."),
                                "fault-id")
            self.answer(fault.get("status", 400), text)
        elif kind == "html":
            self.answer(fault.get("status", 500), "<html><head><title>Oops"
                        "</title></head><body><h1>Oops</h1><br></body></html>",
                        "text/html")
        elif kind == "empty":
            self.answer(fault.get("status", 200), "")
        elif kind == "garbage":
            self.answer(200, b"\x00\xff\xfe\x1b[31mgarbage\x07" * 9)
        elif kind == "doctype":
            self.answer(200, '<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY a '
                        '"aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
                        '<!ENTITY c SYSTEM "file:///etc/passwd">]>\n<r>&b;&c;'
                        "</r>")
        elif kind == "redirect":
            self.answer(302, "", Location=fault["to"])
        elif kind in ("deep", "long"):
            self.endless(kind)
        elif kind == "drop":
            self.hang_up()
        elif kind == "hang":
            self.stay_silent()
        else:
            return False
        return True

    def spoil(self, fault, status, text):
        """A good answer, delivered badly."""
        kind = fault["kind"]
        if kind == "cut":
            self.hang_up()
        elif kind == "late":	# done, but nobody hears of it
            self.stay_silent()
        elif kind == "drip":
            self.drip(status, text, fault)
        elif kind == "truncate":
            self.truncate(status, text, fault)
        elif kind == "goodbye":	# and hangs up unannounced
            self.answer(status, text)
            self.hang_up()
        else:
            return False
        return True


class Api(Handler):
    def do_POST(self):
        self.read_request()
        found = re.search(rb"(?:\A|&)Action=([A-Za-z]+)", self.body)
        action = found[1].decode() if found else "?"
        fault = self.cloud.fault(action) or {"kind": ""}
        service = "sts" if action in ("AssumeRole", "GetCallerIdentity") \
            else "ec2"
        if fault["kind"]:
            self.cloud.note(json.dumps(
                {"action": action, "fault": fault["kind"]}))
        if fault["kind"] == "slow":
            time.sleep(fault["seconds"])
        elif fault["kind"] == "hold":
            self.cloud.released.wait()
        if self.instead(fault, service):
            return
        status, text = api.answer(self.cloud, self)
        if not self.spoil(fault, status, text):
            self.answer(status, text)

    do_GET = do_PUT = do_POST


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def server_bind(self):
        """Without asking a name server for our own name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        pass			# clients go away


def serve(handler, address, context=None):
    """Listens and answers in the background; the port."""
    server = Server(address, handler)
    if context:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]

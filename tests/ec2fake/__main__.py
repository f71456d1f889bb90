# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for EC2 on loopback: its API and that of STS, with each signature
checked, the instance metadata service, and a port to set it up by, that lets
it fail in all the ways the real one does.

ec2fake [--address A] [--api-port N] [--imds-address A] [--imds-port N]
    [--tls CERTIFICATE KEY] [--tls-port N] [--machines PROGRAM DIRECTORY]
    [--log FILE] [COMMAND...]

Ports are any free ones.  Prints a line "NAME PORT" for api, imds, control and
tls, then closes stdout; runs until it is ended.  Each COMMAND is one of those
that control.py has.  The keys of AWS's documentation are let in.
With --machines what is launched is booted, see machines.py.
"""
import argparse
import os
import signal
import ssl
import sys

import control
import machines
import web
from cloud import Cloud
from imds import Metadata

KEY = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def tls(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--api-port", type=int, default=0)
    parser.add_argument("--imds-address")
    parser.add_argument("--imds-port", type=int, default=0)
    parser.add_argument("--log")
    parser.add_argument("--machines", nargs=2)
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--tls-port", type=int, default=0)
    parser.add_argument("commands", nargs="*")
    args = parser.parse_args()

    cloud = Cloud()
    control.key(cloud, *KEY)
    if args.machines:
        cloud.machines = machines.Machines(cloud, *args.machines)
    if args.log:
        cloud.log = os.open(args.log,
                            os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for command in args.commands:
        control.run(cloud, command)
    web.Handler.cloud = cloud
    control.Control.cloud = cloud
    ports = {
        "api": web.serve(web.Api, (args.address, args.api_port)),
        "imds": web.serve(Metadata, (args.imds_address or args.address,
                                     args.imds_port)),
        "control": control.serve((args.address, 0)),
    }
    if args.tls:
        ports["tls"] = web.serve(web.Api, (args.address, args.tls_port),
                                 tls(*args.tls))
    for name, port in ports.items():
        print(name, port)
    sys.stdout.flush()
    os.close(1)
    signal.pause()


main()

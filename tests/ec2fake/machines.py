# SPDX-License-Identifier: BSD-2-Clause
"""Instances that are real: a program is run for each that is launched, and is
the machine.

PROGRAM boot ID PRIVATE-IP PRIVATE-DNS PUBLIC-DNS runs as long as the machine
does and ends with it, also when it is killed; what it prints is the console.
PROGRAM end ID comes after it, in any case, and clears away.
"""
import os
import signal
import socket
import subprocess
import threading
import time

AT_ONCE = 4			# more only get in each other's way


class Machine:
    def __init__(self, instance):
        self.instance = instance
        self.process = None
        self.unwanted = False


class Machines:
    def __init__(self, cloud, program, directory):
        self.cloud = cloud
        self.program = program
        self.directory = directory
        self.all = {}			# by id, those that are not over
        self.turns = threading.Semaphore(AT_ONCE)

    def console(self, name):
        return os.path.join(self.directory, name + ".console")

    def boot(self, instance):
        """Returns at once; the cloud's lock is held, as it is for end()."""
        machine = Machine(instance)
        self.all[instance.id] = machine
        instance.console = self.console(instance.id)
        names = (instance.id, instance.private_ip, instance.private_dns,
                 instance.public_dns)
        threading.Thread(target=self.live, args=(machine, names),
                         daemon=True).start()

    def end(self, instance):
        machine = self.all.get(instance.id)
        if machine:
            machine.unwanted = True
            if machine.process:
                machine.process.send_signal(signal.SIGKILL)

    def start(self, machine, names):
        """Whether it has begun: somebody may have ended it before."""
        with self.cloud.lock, open(self.console(names[0]), "ab") as console:
            if not machine.unwanted:
                machine.process = subprocess.Popen(
                    [self.program, "boot", *names], stdin=subprocess.DEVNULL,
                    stdout=console, stderr=console)
        return machine.process

    def live(self, machine, names):
        with self.turns:
            if self.start(machine, names) and self.greets(machine, names[1]):
                self.turn(machine, "running")
        if machine.process:
            machine.process.wait()
        subprocess.run([self.program, "end", names[0]], check=False,
                       stdin=subprocess.DEVNULL)
        with self.cloud.lock:
            instance = machine.instance
            if not machine.unwanted:
                instance.reason = ("Client.InstanceInitiatedShutdown"
                                   if instance.state == "running" else
                                   "Server.InternalError")
            instance.turn("terminated")
            self.cloud.free(instance)
            self.all.pop(instance.id)

    def turn(self, machine, state):
        with self.cloud.lock:
            if machine.instance.state == "pending":
                machine.instance.turn(state)

    def greets(self, machine, address):
        """Its SSH server does, if `hold` says that this is waited for."""
        while self.cloud["hold"] == "yes":
            try:
                with socket.create_connection((address, 22), 0.5) as ssh:
                    if ssh.recv(4) == b"SSH-":
                        break
            except OSError:
                pass
            if machine.process.poll() is not None:
                return False
            time.sleep(0.02)
        return True

# SPDX-License-Identifier: BSD-2-Clause
"""fewchannels.py HOSTKEY AUTHORIZED_KEYS MOST [NOISE]: a bastion that carries
MOST connections a login and refuses more with RFC 4254's RESOURCE_SHORTAGE.
NOISE comes first on each of them, as what a command writes to stderr would.
Prints its port, then closes stdout; a line on stderr for each login."""
import asyncio
import os
import sys
import warnings

warnings.simplefilter("ignore")
import asyncssh  # noqa: E402
from asyncssh.packet import String, UInt32  # noqa: E402

EXTENDED_DATA = 95  # RFC 4254, section 5.2
STDERR = 1

host_key, authorized, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
noise = sys.argv[4].encode() if len(sys.argv) > 4 else b""


class Bastion(asyncssh.SSHServer):
    def connection_made(self, conn):
        self.carried = 0

    def auth_completed(self):
        print("login", file=sys.stderr, flush=True)

    async def carry(self, host, port, reader, writer):
        if noise:
            writer.channel.send_packet(
                EXTENDED_DATA, UInt32(STDERR), String(noise))
        try:
            to, back = await asyncio.open_connection(host, port)
            await asyncio.gather(pump(reader, back), pump(to, writer))
        finally:
            self.carried -= 1

    def connection_requested(self, host, port, from_host, from_port):
        if self.carried >= most:
            raise asyncssh.ChannelOpenError(
                asyncssh.OPEN_RESOURCE_SHORTAGE, "enough")
        self.carried += 1
        return lambda reader, writer: self.carry(host, port, reader, writer)


async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def main():
    server = await asyncssh.create_server(
        Bastion, "127.0.0.1", 0, server_host_keys=[host_key],
        authorized_client_keys=authorized, encoding=None)
    print(server.sockets[0].getsockname()[1], flush=True)
    os.close(1)
    await server.wait_closed()

asyncio.run(main())

"""Everything that is wrong with a network, in one process of its own, so that its work never delays who measures.

Run with a folder of certificates; the first line of output names the ports. The line `heal` on standard input makes
every one of them an honest server; the end of standard input ends it."""
import asyncio
import gzip
import json
import os
import resource
import socket
import ssl
import struct
import sys
from pathlib import Path

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nfine\n"
BOMB = gzip.compress(bytes(64 << 20), 6)  # 64 KiB on the wire


async def head(reader):
    await reader.readuntil(b"\r\n\r\n")


def says(answer):
    async def play(reader, writer):
        await head(reader)
        writer.write(answer)
        await writer.drain()
    return play


def drips(at_once, slowly):
    async def play(reader, writer):
        await head(reader)
        writer.write(at_once)
        for byte in slowly:
            await asyncio.sleep(1)
            writer.write(bytes([byte]))
            await writer.drain()
    return play


def floods(first, piece):
    async def play(reader, writer):
        await head(reader)
        writer.write(first)
        while True:
            writer.write(piece)
            await writer.drain()
    return play


async def silent(reader, writer):
    while await reader.read(65536):
        pass


async def resets(reader, writer):
    await reader.read(1)
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def hangs_up(reader, writer):
    await reader.read(1)


async def loops(reader, writer):
    await head(reader)
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


async def speaks_plainly(reader, writer):
    await reader.read(5)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


async def dies_in_handshake(reader, writer):
    await reader.read(5)
    writer.write(b"\x16\x03\x03\x00\x7a\x02\x00")  # the beginning of a ServerHello
    await writer.drain()


async def drips_in_handshake(reader, writer):
    await reader.read(5)
    for byte in b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03":
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.3)


PLAIN = {
    "reset": resets,
    "silent": silent,
    "hangs-up": hangs_up,
    "drips-head": drips(b"HTTP/1.1 200", b" OK and so on for ever"),
    "drips-body": drips(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"x" * 99),
    "endless-body": floods(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 16384),
    "endless-chunks": floods(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                             b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    "endless-head": floods(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"x" * 1000 + b"\r\n"),
    "many-headers": says(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % i for i in range(500)) + b"\r\n"),
    "bomb": says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB),
    "redirects": loops,
    "too-short": says(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nnot fifty"),
    "two-lengths": says(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
    "huge-length": says(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nhello"),
    "minus-length": says(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"),
    "length-and-chunks": says(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "cut-chunk": says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello"),
    "bad-chunk": says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello"),
    "not-http": says(b"220 mail.example ESMTP\r\n\r\n"),
    "broken": says(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"),
    "refuses": None,
    "black-hole": None,
    # to an https URL:
    "tls-hangs": silent,
    "tls-drips": drips_in_handshake,
    "tls-dies": dies_in_handshake,
    "tls-resets": resets,
    "tls-plain": speaks_plainly,
}
TLS = ["expired", "early", "self-signed", "wrong-host", "no-intermediate", "old"]


def context(folder, name):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    if name == "old":
        made.set_ciphers("ALL:@SECLEVEL=0")
        made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        made.maximum_version = ssl.TLSVersion.TLSv1_1
    return made


def careful(play):
    async def handle(reader, writer):
        try:
            await asyncio.wait_for(play(reader, writer), 30)
        except (OSError, EOFError, asyncio.TimeoutError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()
    return handle


class Names(asyncio.DatagramProtocol):
    """A name server. The first label of a name says what happens to those who ask for it; `also` answers as the other
    of two servers does."""

    def __init__(self, kind):
        self.kind, self.healed, self.asked = kind, False, 0

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, sender):
        for answer in self.answers(data, stream=False):
            self.transport.sendto(answer, sender)

    def answers(self, question, stream):
        self.asked += 1
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode("latin1").lower())
            at += question[at] + 1
        kind = "good" if self.healed else labels[0]
        asked = question[12:at + 5]
        is_a = struct.unpack(">H", question[at + 1:at + 3])[0] == 1

        def reply(code=0, address=None, flags=0x8180, number=question[:2], ttl=0):
            record = b"\xc0\x0c\x00\x01\x00\x01" + struct.pack(">IH", ttl, 4) + socket.inet_aton(address) if address else b""
            return number + struct.pack(">HHHHH", flags | code, 1, 1 if record else 0, 0, 0) + asked + record

        good = reply(address="127.0.0.1" if is_a else None)
        if kind == "circle":  # an alias of itself
            alias = b"\xc0\x0c\x00\x05\x00\x01" + struct.pack(">IH", 0, 2) + b"\xc0\x0c"
            return [question[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0) + asked + alias]
        if kind == "nxdomain":
            return [reply(3)]
        if kind == "servfail" or (kind == "half" and self.kind == "first"):
            return [reply(2)]
        if kind == "silence":
            return []
        if kind == "metadata":
            return [reply(address="169.254.169.254" if is_a else None)]
        if kind == "garbage":
            return [question[:2] + b"\x81\x80" + bytes(range(64))]
        if kind == "forged":  # a stranger's guess before the true answer
            return [reply(address="169.254.169.254" if is_a else None, number=bytes(x ^ 0x55 for x in question[:2])), good]
        if kind == "long" and not stream:
            return [reply(flags=0x8380)]  # truncated: ask again over TCP
        if kind in ("rebinds", "turns") and is_a and self.asked % 2:
            return [reply(address="169.254.169.254" if kind == "rebinds" else "127.0.0.2")]
        return [good]

    async def stream(self, reader, writer):
        size, = struct.unpack(">H", await reader.readexactly(2))
        for answer in self.answers(await reader.readexactly(size), stream=True):
            writer.write(struct.pack(">H", len(answer)) + answer)
        await writer.drain()


async def name_server(kind):
    loop = asyncio.get_running_loop()
    for _ in range(50):  # a port that is free for both
        udp, names = await loop.create_datagram_endpoint(lambda: Names(kind), ("127.0.0.1", 0))
        port = udp.get_extra_info("sockname")[1]
        try:
            await asyncio.start_server(careful(names.stream), "127.0.0.1", port)
            return names, port
        except OSError:
            udp.close()
    raise OSError("no port for a name server")


class Town:
    def __init__(self, folder):
        self.folder, self.ports, self.servers, self.kept = folder, {}, {}, []

    async def open(self):
        for name, play in PLAIN.items():
            if play:
                await self.serve(name, careful(play))
        for name in TLS:
            await self.serve(name, careful(says(GOOD)), context(self.folder, name))
        self.refuse("refuses", listening=False)
        self.refuse("black-hole", listening=True)
        self.names = [await name_server(kind) for kind in ("first", "second")]
        self.ports["good"] = self.ports["broken"]

    async def serve(self, name, handler, tls=None):
        server = await asyncio.start_server(handler, "127.0.0.1", self.ports.get(name, 0), ssl=tls, backlog=512,
                                            reuse_address=True, ssl_handshake_timeout=10 if tls else None)
        self.servers[name] = server
        self.ports[name] = server.sockets[0].getsockname()[1]

    def refuse(self, name, listening):
        """A port that is ours and does not answer: refused, or with a queue that is full and never emptied."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", 0))
        self.ports[name] = sock.getsockname()[1]
        self.kept.append(sock)
        if listening:
            sock.listen(0)
            for _ in range(4):
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(sock.getsockname())
                self.kept.append(filler)

    async def heal(self):
        for sock in self.kept:
            sock.close()
        for server in self.servers.values():
            server.close()
        for names, _ in self.names:
            names.healed = True
        for name in PLAIN:
            secure = name.startswith("tls-")
            await self.serve(name, careful(says(GOOD)), context(self.folder, "good") if secure else None)
        for name in TLS:
            await self.serve(name, careful(says(GOOD)), context(self.folder, "good"))


async def main():
    town = Town(Path(sys.argv[1]))
    await town.open()
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # peers that leave early are the rule here
    print(json.dumps({"ports": town.ports, "names": [port for _, port in town.names]}), flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip() == "heal":
            await town.heal()
            print("healed", flush=True)
    os._exit(0)  # what is in the middle of a flood needs no goodbye


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))
    asyncio.run(main())

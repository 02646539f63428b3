"""An honest server in a process of its own that notes when each request arrived: the neighbour who must not suffer.

Commands on standard input: `report` prints and forgets what came, `status N` is what GET answers from then on."""
import asyncio
import json
import sys
import time


class Witness(asyncio.Protocol):
    came, status = [], 200

    def connection_made(self, transport):
        self.transport, self.data = transport, b""

    def data_received(self, data):
        now = time.time()
        self.data += data
        head, found, body = self.data.partition(b"\r\n\r\n")
        if not found:
            return
        line, *fields = head.decode("latin1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (field.partition(":") for field in fields)}
        if len(body) < int(headers.get("content-length", 0)):
            return
        method, path, _ = line.split(" ")
        status = 200 if method == "POST" else Witness.status
        event = json.loads(body) if method == "POST" else None
        Witness.came.append((now, method, path, status, event and event["type"],
                             event and event["data"].get("monitor", {}).get("id")))
        self.transport.write(b"HTTP/1.1 %d Answer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
        self.transport.close()


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Witness, "127.0.0.1", 0, backlog=512)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command, *rest = line.split()
        if command == "status":
            Witness.status = int(rest[0])
        came, Witness.came = Witness.came, ([] if command == "report" else Witness.came)
        print(json.dumps(came if command == "report" else "done"), flush=True)


if __name__ == "__main__":
    asyncio.run(main())

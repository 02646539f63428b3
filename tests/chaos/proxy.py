"""A TCP proxy in front of Postgres that is slow, silent, or loses the answer to a COMMIT."""
import select
import socket
import threading
import time

COMMIT = b"\x00commit\x00"  # what binds the engine's prepared statement of that name
PLAIN_COMMIT = b"COMMIT\x00"


class Proxy:
    """`delay` seconds are added to each direction; while `silent`, nothing passes and nothing is closed."""

    def __init__(self, port):
        self.target, self.delay, self.silent = port, 0.0, False
        # A function called at each COMMIT: None, "before" or "after" it reached Postgres; "late": it reaches Postgres
        # when `late` is set, whatever has become of the client.
        self.cut, self.late = None, threading.Event()
        self.cuts = {"before": 0, "after": 0, "late": 0}
        self._open, self._closed, self._lock = set(), False, threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"postgresql://gochron@127.0.0.1:{self.port}/gochron?sslmode=disable"

    def drop(self):
        """Every connection that is open now is reset."""
        with self._lock:
            for s in self._open:
                _shut(s)

    def close(self):
        self._closed = True
        _shut(self._listener)
        self._listener.close()
        self.drop()

    def _accept(self):
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        with self._lock:
            self._open |= {client, server}
        try:
            self._pass(client, server)
        except OSError:
            pass
        with self._lock:
            self._open -= {client, server}
        client.close()
        server.close()

    def _pass(self, client, server):
        while True:
            readable, _, _ = select.select([client, server], [], [], 0.5)
            for source in readable:
                data = source.recv(65536)
                while self.silent and not self._closed:
                    time.sleep(0.05)
                if not data:
                    return
                if self.delay:
                    time.sleep(self.delay)
                if source is client and self._loses(data, server):
                    return
                (server if source is client else client).sendall(data)

    def _loses(self, data, server):
        """True when this was a COMMIT whose answer the client is never to see."""
        if not self.cut or (COMMIT not in data and PLAIN_COMMIT not in data):
            return False
        where = self.cut()
        if where:
            self.cuts[where] += 1
        if where == "late":
            self.late.wait(60)
        if where in ("after", "late"):
            server.sendall(data)
            server.settimeout(5)
            server.recv(4096)  # it has taken effect
        return where is not None


def _shut(s):
    try:
        s.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass

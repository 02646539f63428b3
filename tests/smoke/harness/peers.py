"""Sockets that can die and come back on the same port."""
import socket
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass  # a peer that hangs up early is part of the game


_deaf = []  # ports of stories that are over


class Port:
    """A loopback port that stays ours while nobody listens on it: connecting is then refused."""

    def __init__(self):
        self.number = 0
        self._reserve()

    def _reserve(self):
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", self.number))
        self.number = self._socket.getsockname()[1]

    def listen(self):
        self._socket.listen(256)
        return self._socket

    def refuse(self):
        """Closes the listening socket and takes the port back, deaf."""
        self._socket.close()
        self._reserve()

    def close(self):
        """Deaf until this process ends: an engine may go on asking for it, and must not reach another story."""
        self.refuse()
        _deaf.append(self)


class HttpPeer:
    """Serves `handler(request)` on a loopback port, over TLS when given a context."""

    def __init__(self, tls=None):
        self.port = Port()
        self._tls = tls
        self._server = None
        self.scheme = "https" if tls else "http"
        self.revive()

    def handle(self, request):
        raise NotImplementedError

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port.number}"

    def revive(self):
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def any(self):
                peer.handle(self)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = any

            def log_message(self, *_):
                pass

        server = _Server(("127.0.0.1", 0), Handler, bind_and_activate=False)
        server.socket.close()
        server.socket = self.port.listen()
        if self._tls:
            server.socket = self._tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def die(self):
        """From here on connecting is refused. Connections that are open may finish."""
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
        self._server = None
        self.port.refuse()

    def close(self):
        if self._server:
            self.die()
        self.port.close()


class Target(HttpPeer):
    """A service to watch. Set `status`, `body`, `headers` or `delay`; `die()` and `revive()` it."""

    def __init__(self, tls=None):
        self.status, self.body, self.headers, self.delay = 200, b"fine\n", {}, 0.0
        self.seen = []  # (method, path, headers, body)
        self._released = threading.Event()
        super().__init__(tls)

    def handle(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.seen.append((request.command, request.path, dict(request.headers), body))
        if self.delay:
            self._released.wait(self.delay)
        request.send_response(self.status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(self.body)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(self.body)

    def release(self):
        """Ends every delay, for good."""
        self._released.set()

    def close(self):
        self.release()
        super().close()


class TcpTarget:
    """Says `banner` to whoever connects."""

    def __init__(self, banner=b"220 ready\r\n"):
        self.banner = banner
        self.port = Port()
        self._alive = False
        self.revive()

    def revive(self):
        listener = self.port.listen()
        self._alive = True
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def _serve(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.sendall(self.banner)
                    connection.settimeout(5)
                    connection.recv(4096)
                except OSError:
                    pass

    def die(self):
        self.port._socket.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self.port.refuse()
        self._alive = False

    def close(self):
        if self._alive:
            self.die()
        self.port.close()


def self_signed(folder, names):
    """A certificate and key for `names` (subjectAltName entries), signed by nobody but itself; returns both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=smoke", "-addext", f"subjectAltName={','.join(names)}", "-keyout", key,
                    "-out", certificate], check=True, capture_output=True)
    return certificate, key


def tls_context(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context

"""A reader of server-sent events, after the WHATWG's own rules."""
import http.client
import queue
import threading
from urllib.parse import urlencode, urlsplit

from .api import Answer


class Event:
    def __init__(self, id, type, data):
        self.id, self.type, self.data = id, type, data

    def __repr__(self):
        return f"{self.type} {self.id}"


class EventStream:
    """Open once the constructor returns. A thread reads, so that a test can wait."""

    def __init__(self, api, last_id=None, headers=None, **query):
        where = urlsplit(api.engine.url)
        self._connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
        all_headers = {"Authorization": f"Bearer {api.token}", "Accept": "text/event-stream", **(headers or {})}
        if last_id is not None:
            all_headers["Last-Event-ID"] = str(last_id)
        self._connection.request("GET", "/api/events/stream" + ("?" + urlencode(query) if query else ""),
                                 headers=all_headers)
        self._response = self._connection.getresponse()
        self.status = self._response.status
        self.headers = {k.lower(): v for k, v in self._response.getheaders()}
        self.last_id, self.retry, self.comments, self.seen = None, None, [], []
        self._events, self.ended = queue.Queue(), threading.Event()
        if self.status == 200:
            self._thread = threading.Thread(target=self._read, daemon=True)
            self._thread.start()
            self._opened.wait(10)

    @classmethod
    def refused(cls, api, **how):
        """The answer to a stream that is not to begin."""
        one = cls(api, **how)
        assert one.status != 200
        answer = Answer(one.status, one._response.getheaders(), one._response.read())
        one._connection.close()
        return answer

    def _read(self):
        fields = {}
        try:
            while line := self._response.readline():
                line = line.decode().rstrip("\n")
                if line == "":
                    self._dispatch(fields)
                    fields = {}
                elif line.startswith(":"):
                    self.comments.append(line[1:].strip())
                else:
                    name, _, value = line.partition(": ")
                    fields.setdefault(name, []).append(value)
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass  # closed by the test, or the engine was killed
        self.ended.set()
        self._opened.set()

    def _dispatch(self, fields):
        if "id" in fields:
            self.last_id = fields["id"][-1]
        if "retry" in fields:
            self.retry = int(fields["retry"][-1])
        if "data" in fields:
            event = Event(fields.get("id", [None])[-1], fields.get("event", ["message"])[-1], "\n".join(fields["data"]))
            self.seen.append(event)
            self._events.put(event)
        self._opened.set()

    @property
    def _opened(self):
        return self.__dict__.setdefault("_opened_event", threading.Event())

    def next(self, within=10.0):
        try:
            return self._events.get(timeout=within)
        except queue.Empty:
            raise AssertionError(f"no event within {within} s; seen: {self.seen}, ended: {self.ended.is_set()}") from None

    def take(self, count, within=10.0):
        return [self.next(within) for _ in range(count)]

    def is_quiet(self):
        return self._events.empty()

    def close(self):
        import socket
        try:
            self._response.fp.raw._sock.shutdown(socket.SHUT_RDWR)
        except (AttributeError, OSError):
            pass
        self._connection.close()

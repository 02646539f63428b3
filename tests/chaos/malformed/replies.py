"""Reads what a server answered, and says what is wrong with it. RFC 9112 to the letter: a client that guesses would
hide the reply that went to somebody else."""
import json
import re

STATUS_LINE = re.compile(rb"HTTP/1\.1 (\d{3}) [A-Za-z -]*")
PROBLEM = {"type", "title", "status", "detail", "code", "request_id", "errors"}
DOCUMENTED_5XX = {501, 503, 505}  # a transfer coding or a version that is not spoken; busy


class Wrong(AssertionError):
    """The server broke a rule."""


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        values = [v for k, v in self.headers if k == name]
        if len(values) > 1:
            raise Wrong(f"{name} came {len(values)} times")
        return values[0] if values else None

    @property
    def closes(self):
        return self.header("connection") == "close"

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:300]!r}"


def split(data, to_head=False):
    """The first reply and the rest; (None, data) while it is not whole. `to_head`: it has no body whatever its head says."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None, data
    first, *lines = data[:end].split(b"\r\n")
    match = STATUS_LINE.fullmatch(first)
    if not match:
        raise Wrong(f"no status line: {data[:200]!r}")
    headers = []
    for line in lines:
        name, colon, value = line.partition(b": ")
        if not colon:
            raise Wrong(f"no header line: {line!r}")
        headers.append((name.decode("ascii").lower(), value.decode("latin-1")))
    reply = Reply(int(match[1]), headers, b"")
    if reply.status == 100:
        return split(data[end + 4:], to_head)
    length = reply.header("content-length")
    if (length is None) != (reply.status in (204, 304)):
        raise Wrong(f"Content-Length {length}: {reply!r}")
    size = 0 if to_head or length is None else int(length)
    body = data[end + 4:end + 4 + size]
    if len(body) < size:
        return None, data
    reply.body = body
    return reply, data[end + 4 + size:]


def judge(reply, to_head=False):
    """Raises what no answer of this server may be, whatever it was asked."""
    if reply.status >= 500 and reply.status not in DOCUMENTED_5XX:
        raise Wrong(f"a {reply.status}: {reply!r}")
    if not reply.header("x-request-id") or not reply.header("date"):
        raise Wrong(f"no X-Request-Id or no Date: {reply!r}")
    if reply.status == 503 and not reply.header("retry-after"):
        raise Wrong(f"503 without Retry-After: {reply!r}")
    kind = (reply.header("content-type") or "").split(";")[0]
    if reply.status >= 400 and kind != "application/problem+json":
        raise Wrong(f"an error that is {kind}: {reply!r}")
    if to_head or not kind.endswith("json"):
        return
    try:
        document = json.loads(reply.body.decode("utf-8"))
    except ValueError as e:
        raise Wrong(f"not JSON ({e}): {reply!r}") from None
    if reply.status < 400:
        return
    if not PROBLEM <= set(document) or document["status"] != reply.status or not document["detail"]:
        raise Wrong(f"not a whole problem: {reply!r}")
    if document["request_id"] != reply.header("x-request-id"):
        raise Wrong(f"the problem has another request id: {reply!r}")

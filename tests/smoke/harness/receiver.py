"""A webhook receiver that trusts nobody: it verifies both signatures with Python's own hmac and holds every request
against what it was told to expect."""
import base64
import hashlib
import hmac
import json
import threading
import time

from .peers import HttpPeer
from .waiting import eventually


def github_signature(secret, body):
    """X-Gochron-Signature: keyed with the secret exactly as shown."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def standard_signature(secret, message_id, timestamp, body):
    """Standard Webhooks: keyed with the decoded bytes of the same secret."""
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


class Attempt:
    def __init__(self, headers, body):
        self.at = time.time()
        self.headers = {k.lower(): v for k, v in headers.items()}
        self.raw = body
        self.event = json.loads(body)
        self.id = self.headers.get("webhook-id")
        self.answered = None  # the status, once chosen


class Hook:
    """One channel's place at the receiver."""

    def __init__(self, receiver, path):
        self.receiver = receiver
        self.url = receiver.url + path
        self.secret = None          # as shown at creation; the receiver verifies with it
        self.previous_secret = None  # during a roll's overlap
        self.attempts = []          # every valid request, repeats too
        self.apart = 0              # seconds that the sender's clock is ahead of ours
        self.answers = []           # for the next attempts: (status, headers); then 200
        self.decide = None          # or a function of the attempt that gives (status, headers), instead of `answers`
        self.delay = 0.0            # before answering
        self.expected = set()       # ids of events that a test asked for
        self._gate = threading.Event()
        self._gate.set()

    # -- what it answers ------------------------------------------------------------------------------------------

    def answer(self, *statuses, headers=None):
        """The next attempts get these, in this order; later ones 200."""
        self.answers += [(status, headers or {}) for status in statuses]

    def hold(self):
        """Attempts are read but not answered until `release()`."""
        self._gate.clear()

    def release(self):
        self._gate.set()

    # -- what it saw ----------------------------------------------------------------------------------------------

    def of(self, event_type=None, webhook_id=None):
        return [a for a in list(self.attempts) if (event_type is None or a.event["type"] == event_type)
                and (webhook_id is None or a.id == webhook_id)]

    def expect(self, event_type, within=10.0, incident=None):
        """Waits for an event that no call named before; returns its first attempt."""
        def fresh():
            for attempt in self.of(event_type):
                if attempt.id not in self.expected and (
                        incident is None or attempt.event["data"]["incident"]["id"] == incident):
                    return attempt
            return None

        try:
            attempt = eventually(fresh, within)
        except AssertionError:
            seen = [(a.event["type"], a.id) for a in self.attempts]
            raise AssertionError(f"no {event_type} within {within} s; the receiver saw {seen}") from None
        self.expected.add(attempt.id)
        return attempt

    def expect_attempts(self, webhook_id, count, within=10.0):
        """Waits for `count` attempts at one event; every repeat carries the same bytes."""
        eventually(lambda: len(self.of(webhook_id=webhook_id)) >= count, within, what=f"{count} attempts")
        attempts = self.of(webhook_id=webhook_id)
        assert len({a.raw for a in attempts}) == 1, "a repeat differs from the first attempt"
        return attempts

    def check(self, request, body):
        """Why a request is not what a channel may send; nothing when it is."""
        if request.command != "POST":
            return f"{request.command} instead of POST"
        headers = request.headers
        if headers.get("Content-Type") != "application/json":
            return f"Content-Type {headers.get('Content-Type')}"
        for _ in range(100):  # the test learns the secret a moment after the channel exists
            if self.secret:
                break
            time.sleep(0.05)
        else:
            return "came before the test knew the secret"
        if not hmac.compare_digest(headers.get("X-Gochron-Signature", ""), github_signature(self.secret, body)):
            return "X-Gochron-Signature does not verify"
        message, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not stamp.isdigit() or abs(int(stamp) - self.apart - time.time()) > 60:
            return f"webhook-timestamp {stamp!r} is not the time of this attempt"
        wanted = [standard_signature(self.secret, message, stamp, body)]
        if self.previous_secret:
            wanted.append(standard_signature(self.previous_secret, message, stamp, body))
            previous = github_signature(self.previous_secret, body)
            if not hmac.compare_digest(headers.get("X-Gochron-Signature-Previous", ""), previous):
                return "X-Gochron-Signature-Previous does not verify"
        elif headers.get("X-Gochron-Signature-Previous"):
            return "X-Gochron-Signature-Previous outside an overlap"
        if set(headers.get("webhook-signature", "").split(" ")) != set(wanted):
            return "webhook-signature does not verify"
        event = json.loads(body)
        if event["id"] != message:
            return "webhook-id is not the event's id"
        missing = {"id", "type", "version", "timestamp", "sequence", "data", "links"} - set(event)
        return f"the body misses {missing}" if missing else None


class Receiver(HttpPeer):
    """`faults` is everything that should not have come; the fixture fails the test when it is not empty."""

    def __init__(self):
        self.hooks, self.faults = {}, []
        self._lock = threading.Lock()
        super().__init__()

    def hook(self, name=None):
        path = f"/{name or f'hook{len(self.hooks)}'}"
        assert path not in self.hooks
        self.hooks[path] = Hook(self, path)
        return self.hooks[path]

    def handle(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        hook = self.hooks.get(request.path)
        fault = hook.check(request, body) if hook else "no test asked for this path"
        if fault:
            self.faults.append(f"{request.command} {request.path}: {fault}\n{request.headers}{body[:500]!r}")
            return self._reply(request, 400, {})
        with self._lock:
            attempt = Attempt(request.headers, body)
            hook.attempts.append(attempt)
            if hook.decide:
                status, headers = hook.decide(attempt)
            else:
                status, headers = hook.answers.pop(0) if hook.answers else (200, {})
            attempt.answered = status
        hook._gate.wait(30)
        if hook.delay:
            time.sleep(hook.delay)
        return self._reply(request, status, headers)

    @staticmethod
    def _reply(request, status, headers):
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "3")
        request.end_headers()
        request.wfile.write(b"ok\n")

    def unexpected(self):
        """Faults, and events that no test asked for."""
        found = list(self.faults)
        for path, hook in self.hooks.items():
            for attempt in hook.attempts:
                if attempt.id not in hook.expected:
                    found.append(f"{path}: unexpected {attempt.event['type']} {attempt.id}")
        return found

    def close(self):
        for hook in self.hooks.values():
            hook.release()
        super().close()

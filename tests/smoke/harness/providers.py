"""What paging and chat providers take: a receiver that holds each request against the rules of the provider's own
documentation (provider_rules/, where each names its source), and a relay for mail."""
import email
import email.policy
import json
import re
import threading
from pathlib import Path
from urllib.parse import parse_qsl

from .peers import HttpPeer
from .schema import violations
from .waiting import eventually

RULES = {path.stem: json.loads(path.read_text()) for path in (Path(__file__).parent / "provider_rules").glob("*.json")}

# What each answers when it accepts.
ACCEPTED = {
    "slack": (200, b"ok"), "pagerduty": (202, b'{"status":"success","message":"Event processed","dedup_key":"k"}'),
    "opsgenie": (202, b'{"result":"Request will be processed","took":0.1,"requestId":"r"}'),
    "sms": (201, b'{"sid":"SMeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee","status":"queued"}'), "discord": (204, b""),
    "teams": (202, b""), "telegram": (200, b'{"ok":true,"result":{"message_id":1}}'), "mattermost": (200, b"ok"),
    "ntfy": (200, b'{"id":"x","event":"message"}'), "gotify": (200, b'{"id":1}'),
    "pushover": (200, b'{"status":1,"request":"r"}'), "google_chat": (200, b'{"name":"spaces/A/messages/B"}'),
}


class Sent:
    def __init__(self, path, headers, body):
        self.path = path
        self.headers = {k.lower(): v for k, v in headers.items()}
        self.raw = body
        kind = self.headers.get("content-type", "").split(";")[0]
        self.body = dict(parse_qsl(body.decode(), strict_parsing=True)) if "urlencoded" in kind else json.loads(body)


class Provider(HttpPeer):
    """One provider's API. `faults` is every way in which a request broke its rules."""

    def __init__(self, name):
        self.name, self.sent, self.faults = name, [], []
        self.answers = []  # for the next requests: (status, headers, body); then what it answers when it accepts
        self._lock = threading.Lock()
        super().__init__()

    def answer(self, status, body=b"", **headers):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers.append((status, {k.replace("_", "-"): v for k, v in headers.items()}, raw))

    def check(self, request, body):
        if request.command != "POST":
            return [f"{request.command} instead of POST"]
        fitting = [r for r in RULES[self.name]["requests"] if re.fullmatch(r["path"], request.path)]
        if not fitting:
            return [f"no such path: {request.path}"]
        rule = fitting[0]
        found = []
        if request.headers.get("Content-Type", "").split(";")[0] != rule["media"]:
            found.append(f"Content-Type {request.headers.get('Content-Type')}")
        if len(body) > rule.get("most_bytes", 1 << 20):
            found.append(f"{len(body)} bytes")
        for name, pattern in rule.get("headers", {}).items():
            if not re.fullmatch(pattern, request.headers.get(name, "")):
                found.append(f"{name}: {request.headers.get(name)}")
        return found + violations(Sent(request.path, request.headers, body).body, rule["schema"], {})

    def handle(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        faults = self.check(request, body)
        with self._lock:
            if faults:
                self.faults.append((request.path, faults, body[:2000]))
            else:
                self.sent.append(Sent(request.path, request.headers, body))
            status, headers, raw = (400, {}, b"{}") if faults else (
                self.answers.pop(0) if self.answers else (ACCEPTED[self.name][0], {}, ACCEPTED[self.name][1]))
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        if status != 204:
            request.send_header("Content-Length", str(len(raw)))
        request.end_headers()
        if status != 204:
            request.wfile.write(raw)

    def expect(self, count, within=10.0):
        """Waits until so many requests have come, and returns them."""
        eventually(lambda: len(self.sent) >= count or self.faults, within, what=f"{count} requests to {self.name}")
        assert not self.faults, self.faults
        return self.sent


def parts_of(message):
    """The plain text and the HTML of a mail."""
    return [part.get_content() for part in message.iter_parts()]


class Relay:
    """An SMTP server on aiosmtpd. `replies`: what it says after DATA, then 250."""

    def __init__(self, tls=None, implicit=False, require_starttls=False, auth=None, port=0):
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult, LoginPassword

        self.mails, self.envelopes, self.replies, self.refused = [], [], [], {}
        self.over_tls, self.tried = [], []
        relay = self

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address in relay.refused:
                    return relay.refused[address]
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server, session, envelope):
                reply = relay.replies.pop(0) if relay.replies else "250 2.0.0 taken"
                if reply == "cut":
                    server.transport.abort()
                    return "421 gone"
                if reply.startswith("250"):
                    relay.over_tls.append(session.ssl is not None or implicit)
                    relay.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
                    relay.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
                return reply

        def authenticator(server, session, envelope, mechanism, data):
            relay.tried.append(mechanism)
            good = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == auth
            return AuthResult(success=good, handled=good)

        how = {"hostname": "127.0.0.1", "port": port or self._free(), "ready_timeout": 10}
        if tls and implicit:
            how["ssl_context"] = tls
        elif tls:
            how.update(tls_context=tls, require_starttls=require_starttls)
        if auth:
            how.update(authenticator=authenticator, auth_required=True, auth_require_tls=not implicit)
        self.controller = Controller(Handler(), **how)
        self.controller.start()
        self.host, self.port = "127.0.0.1", how["port"]
        self.url = f"{'smtps' if implicit else 'smtp'}://127.0.0.1:{self.port}"

    @staticmethod
    def _free():
        import socket
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            return s.getsockname()[1]

    def expect(self, count, within=15.0):
        eventually(lambda: len(self.mails) >= count, within, what=f"{count} mails")
        return self.mails

    def close(self):
        self.controller.stop()

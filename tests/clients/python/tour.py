"""The tour in Python: what a program does with the generated client, against GOCHRON_URL with GOCHRON_TOKEN."""
import os
import threading
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

from gochron_client import AuthenticatedClient
from gochron_client.api.channels import create_channel, delete_channel, test_channel
from gochron_client.api.monitors import create_monitor, delete_monitor, get_monitor, list_monitors, update_monitor
from gochron_client.models import (
    Attempt, HttpCheckInput, HttpMonitor, HttpMonitorInput, ListMonitorsResponse200, MonitorPatch,
    MonitorType, Problem, WebhookChannel, WebhookChannelInput, WebhookSecret, WebhookTargetInput)
from gochron_client.types import UNSET
from verify import verify

MARK = os.environ["TOUR_MARK"]
client = AuthenticatedClient(base_url=os.environ["GOCHRON_URL"], token=os.environ["GOCHRON_TOKEN"])
received: list[tuple[dict[str, str], bytes]] = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def monitor_named(number: int) -> HttpMonitorInput:
    return HttpMonitorInput(type_="http", name=f"{MARK} {number}", paused=True, tags=["tour"],
                            description="made by a tour", http=HttpCheckInput(url="https://shop.example/health"))


def webhooks() -> None:
    receiver = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    target = WebhookTargetInput(url=f"http://127.0.0.1:{receiver.server_port}/")
    channel = create_channel.sync(client=client, body=WebhookChannelInput(
        type_="webhook", name=MARK, webhook=target))
    assert isinstance(channel, WebhookChannel) and isinstance(channel.secret, WebhookSecret), channel
    secret = channel.secret.value
    assert isinstance(secret, str)
    attempt = test_channel.sync(channel.id, client=client)
    assert isinstance(attempt, Attempt) and attempt.error is None, attempt
    (headers, body), = received
    assert verify(secret, headers, body), "it is gochron's"
    assert not verify(secret, headers, body + b" "), "what was changed is not"
    assert delete_channel.sync_detailed(channel.id, client=client).status_code == HTTPStatus.NO_CONTENT
    receiver.shutdown()


def created() -> list[HttpMonitor]:
    made = []
    for number in range(5):
        key = f"{MARK}-{number}"
        first, again = (create_monitor.sync(client=client, body=monitor_named(number), idempotency_key=key)
                        for _ in range(2))
        assert isinstance(first, HttpMonitor) and isinstance(again, HttpMonitor), first
        assert first.id == again.id, "a request that is repeated has no second effect"
        made.append(first)
    return made


def listed(made: list[HttpMonitor]) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = list_monitors.sync(client=client, q=MARK, limit=2, cursor=cursor or UNSET)
        assert isinstance(page, ListMonitorsResponse200) and len(page.data) <= 2, page
        seen += [x.id for x in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [x.id for x in made]
    some = list_monitors.sync(client=client, ids=[made[1].id, made[3].id], type_=[MonitorType.HTTP, MonitorType.TCP],
                              updated_since=made[0].updated_at)
    assert isinstance(some, ListMonitorsResponse200) and {x.id for x in some.data} == {made[1].id, made[3].id}, some


def patched(monitor: HttpMonitor) -> None:
    now = get_monitor.sync_detailed(monitor.id, client=client)
    etag = now.headers["ETag"]
    ends = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(hours=1)
    patch = MonitorPatch(name=f"{MARK} patched", description=None, expires_at=ends)
    after = update_monitor.sync(monitor.id, client=client, body=patch, if_match=etag)
    assert isinstance(after, HttpMonitor), after
    assert (after.name, after.description, after.expires_at) == (patch.name, None, ends)
    assert after.interval_seconds == monitor.interval_seconds, "what was not named stays"
    stale = update_monitor.sync(monitor.id, client=client, body=patch, if_match=etag)
    assert isinstance(stale, Problem) and stale.status == HTTPStatus.PRECONDITION_FAILED, stale


def refused() -> None:
    body = monitor_named(0)
    body.interval_seconds = 0
    body.timeout_ms = 1
    problem = create_monitor.sync(client=client, body=body)
    assert isinstance(problem, Problem) and problem.status == HTTPStatus.UNPROCESSABLE_ENTITY, problem
    assert {x.pointer for x in problem.errors} == {"/interval_seconds", "/timeout_ms"}


def deleted(made: list[HttpMonitor]) -> None:
    for monitor in made:
        assert delete_monitor.sync_detailed(monitor.id, client=client).status_code == HTTPStatus.NO_CONTENT
    gone = get_monitor.sync(made[0].id, client=client)
    assert isinstance(gone, Problem) and gone.code == "not_found", gone


webhooks()
monitors = created()
listed(monitors)
patched(monitors[0])
refused()
deleted(monitors)
print("the tour is done")

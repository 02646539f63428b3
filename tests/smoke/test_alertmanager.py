"""Debian's Alertmanager pages through us: its own binary, with a configuration of ours, on loopback."""
import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

import pytest

from harness.peers import Port
from harness.waiting import eventually

BINARY = shutil.which("prometheus-alertmanager")

CONFIG = """
route:
  receiver: gochron
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1s
receivers:
  - name: gochron
    webhook_configs:
      - url: {url}
        send_resolved: true
"""


class Alertmanager:
    def __init__(self, url):
        assert BINARY, "no prometheus-alertmanager: script/bootstrap installs it"
        self.home = tempfile.mkdtemp(prefix="gochron-alertmanager-")
        with open(os.path.join(self.home, "config.yml"), "w") as f:
            f.write(CONFIG.format(url=url))
        self.port = Port()
        self.address = f"127.0.0.1:{self.port.number}"
        self.process = subprocess.Popen(
            [BINARY, f"--config.file={self.home}/config.yml", f"--storage.path={self.home}/data",
             f"--web.listen-address={self.address}", "--cluster.listen-address="],
            stdout=open(os.path.join(self.home, "log"), "w"), stderr=subprocess.STDOUT)
        eventually(lambda: self.ask("GET", "/-/ready") == 200, within=20)

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.address, timeout=5)
        try:
            connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def fire(self, name, ends_in=None, **labels):
        now = datetime.now(timezone.utc)
        alert = {"labels": {"alertname": name, "severity": "page", "instance": "db-1", **labels},
                 "annotations": {"summary": f"{name} on db-1", "description": "It is what it is.",
                                 "runbook_url": "https://wiki.example.com/db"},
                 "startsAt": (now - timedelta(seconds=30)).isoformat(),
                 "generatorURL": "http://prometheus.example.com/graph"}
        alert["endsAt"] = (now + timedelta(seconds=ends_in)).isoformat()
        assert self.ask("POST", "/api/v2/alerts", [alert]) == 200

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        shutil.rmtree(self.home, ignore_errors=True)


@pytest.fixture
def alertmanager(world, api):
    monitor = api.create("/api/monitors", {"name": world.name("prometheus"), "type": "manual", "manual": {}})
    path = urlsplit(world.wait_status(monitor, "up")["inbound_url"]).path
    running = Alertmanager(api.engine.url + path)
    running.monitor = monitor
    yield running
    running.close()


def test_an_existing_prometheus_pages_through_us(world, api, alertmanager, receiver):
    hook = receiver.hook()
    monitor = alertmanager.monitor
    world.rule([monitor], [world.channel(hook)])
    alertmanager.fire("DiskFull", ends_in=300)
    told = hook.expect("incident.opened", within=20).event["data"]["incident"]
    assert told["title"] == "DiskFull on db-1" and told["severity"] == "critical"
    assert told["runbook_url"] == "https://wiki.example.com/db" and told["cause"]["message"] == "It is what it is."
    assert told["details"]["labels"]["instance"] == "db-1" and told["source"] == "inbound"
    began = datetime.fromisoformat(told["started_at"].replace("Z", "+00:00"))
    assert 20 < (datetime.now(timezone.utc) - began).total_seconds() < 120, "since when, Alertmanager says"

    # It says so again each second; that changes nothing.
    before = api.get(f"/api/incidents/{told['id']}")
    alertmanager.fire("DiskFull", ends_in=300)
    alertmanager.fire("Slow", ends_in=300)
    hook.expect("incident.opened", within=20)
    rows = world.incidents(monitor)
    assert sorted(x["title"] for x in rows) == ["DiskFull on db-1", "Slow on db-1"]
    assert api.get(f"/api/incidents/{told['id']}")["sequence"] == before["sequence"]

    api.post(f"/api/incidents/{told['id']}/acknowledge")
    hook.expect("incident.acknowledged")
    alertmanager.fire("DiskFull", ends_in=-1)
    alertmanager.fire("Slow", ends_in=-1)
    for _ in range(2):
        hook.expect("incident.resolved", within=30)
    world.wait_status(monitor, "up")
    assert all(x["state"] == "resolved" and x["resolved_by"] == "inbound" for x in world.incidents(monitor))

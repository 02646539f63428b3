"""What most stories set up, in few words."""
import uuid
from urllib.parse import urlsplit

from .waiting import eventually


class World:
    """Over one client of one engine."""

    def __init__(self, api):
        self.api = api
        self.mark = uuid.uuid4().hex[:8]
        self._count = 0

    def name(self, noun):
        self._count += 1
        return f"{noun} {self.mark}-{self._count}"

    def monitor(self, target, **more):
        """Checked each second; a check may take 800 ms."""
        http = {"url": target.url + "/", **more.pop("http", {})}
        body = {"name": self.name("monitor"), "type": "http", "interval_seconds": 1, "timeout_ms": 800, "http": http}
        return self.api.create("/api/monitors", {**body, **more})

    def heartbeat(self, period=2, grace=1, **more):
        own = {"period_seconds": period, "grace_seconds": grace, **more.pop("heartbeat", {})}
        body = {"name": self.name("job"), "type": "heartbeat", "heartbeat": own}
        return self.api.create("/api/monitors", {**body, **more})

    def channel(self, hook, **more):
        """A webhook channel to `hook`, which learns the secret. Returns the channel."""
        webhook = {"url": hook.url, **more.pop("webhook", {})}
        body = {"name": self.name("channel"), "type": "webhook", "webhook": webhook}
        channel = self.api.create("/api/channels", {**body, **more})
        hook.secret = channel["secret"]["value"]
        return channel

    def contact_method(self, user, hook, **more):
        """A webhook of the user's to `hook`, which learns the secret; not verified."""
        webhook = {"url": hook.url, **more.pop("webhook", {})}
        body = {"name": self.name("method"), "user_id": user, "type": "webhook", "webhook": webhook}
        method = self.api.create("/api/contact-methods", {**body, **more})
        hook.secret = method["secret"]["value"]
        return method

    def verified(self, user, hook, **more):
        """The same, verified by the code that it got."""
        method = self.contact_method(user, hook, **more)
        path = f"/api/contact-methods/{method['id']}"
        assert self.api.post(path + "/send-code")["succeeded"]
        code = hook.expect("contact_method.verification").event["data"]["contact_method"]["code"]
        return self.api.post(path + "/verify", {"code": code})

    def rule(self, monitors, channels, **more):
        body = {"name": self.name("rule"), "monitor_ids": [m["id"] for m in monitors],
                "channel_ids": [c["id"] for c in channels]}
        return self.api.create("/api/alert-rules", {**body, **more})

    def policy(self, channels, delays=(0,), **more):
        """An escalation policy with a step for each delay, to each channel in turn."""
        steps = [{"key": f"step-{i}", "delay_seconds": delay,
                  "targets": [{"type": "channel", "id": channels[i % len(channels)]["id"]}]}
                 for i, delay in enumerate(delays)]
        return self.api.create("/api/escalation-policies", {"name": self.name("policy"), "steps": steps, **more})

    def ping(self, job, suffix="", method="POST", body=None, expect=200):
        """A signal to a heartbeat, as the job itself would send it: no token."""
        path = urlsplit(job["ping_url"]).path + suffix
        answer = self.api.send(method, path, body, token=None)
        assert answer.status == expect, f"{method} {path}: {answer!r}"
        return answer

    def status(self, monitor):
        return self.api.get(f"/api/monitors/{monitor['id']}")["status"]

    def wait_status(self, monitor, status, within=10.0):
        path = f"/api/monitors/{monitor['id']}"

        def reached():
            seen = self.api.get(path)
            assert seen["status"] == status, f"status {seen['status']} ({seen['status_reason']}), not {status}"
            return seen

        return eventually(reached, within)

    def incidents(self, monitor):
        return self.api.all("/api/incidents", monitor_id=monitor["id"])

    def deliveries(self, channel):
        return self.api.all(f"/api/channels/{channel['id']}/deliveries")

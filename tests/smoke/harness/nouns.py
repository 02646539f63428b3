"""What users configure: the path's noun, and a body that makes one of that name, which does nothing by itself."""
import pytest

RECEIVER = {}  # whom policies tell


@pytest.fixture(scope="module", autouse=True)
def somebody_to_tell(shared_api):
    """For modules that make policies: they name a channel."""
    RECEIVER.update(shared_api.create("/api/channels", {
        "name": "of policies", "type": "webhook", "webhook": {"url": "http://127.0.0.1:9/"}}))


def POLICY(name):
    return {"name": name, "steps": [{"key": "one", "targets": [{"type": "channel", "id": RECEIVER["id"]}]}]}


def WINDOW(name):
    return {"name": name, "one_off": {"start_at": "2036-01-01T00:00:00.000Z", "end_at": "2036-01-01T01:00:00.000Z"}}


NOUNS = {
    "monitors": lambda name: {"name": name, "type": "http", "paused": True, "http": {"url": "http://127.0.0.1:9/"}},
    "channels": lambda name: {"name": name, "type": "webhook", "webhook": {"url": "http://127.0.0.1:9/"}},
    "alert-rules": lambda name: {"name": name, "selector": {"tags": ["nobody"]}},
    "schedules": lambda name: {"name": name},
    "escalation-policies": POLICY,
    "maintenance-windows": WINDOW,
    "teams": lambda name: {"name": name},
}

"""Every operation of the document that writes, with a path and a body that are real."""
import re

from .nouns import WINDOW
from .waiting import eventually

METHODS = ("put", "post", "patch", "delete")
ID = re.compile(r"\b(mon|rule|chn|inc|dlv|tok|usr|sch|pol|mw|cm|nr|team)_[0-9a-z]{26}\b")
PREFIXES = {"monitors": "mon", "channels": "chn", "alert-rules": "rule", "incidents": "inc", "deliveries": "dlv",
            "tokens": "tok", "users": "usr", "schedules": "sch", "escalation-policies": "pol",
            "contact-methods": "cm", "notification-rules": "nr", "teams": "team", "maintenance-windows": "mw"}


def one_of_each(world, api, target, receiver):
    """A thing of each noun, by its prefix. The incident is open, the delivery done, the rule names nobody's all."""
    hook = receiver.hook()
    monitor, channel = world.monitor(target), world.channel(hook)
    rule = world.rule([monitor], [channel], events=["incident.opened"])
    world.wait_status(monitor, "up")
    target.status = 500
    incident = hook.expect("incident.opened").event["data"]["incident"]["id"]
    delivery = eventually(lambda: [d for d in world.deliveries(channel) if d["state"] == "succeeded"])[0]["id"]
    token = api.call("POST", "/api/tokens", {"name": "walked", "scopes": ["*:read"]}, expect=201).json["id"]
    user = api.create("/api/users", {"email": f"{world.mark}@example.com", "name": "Walker"})["id"]
    schedule = api.create("/api/schedules", {"name": "walked"})["id"]
    policy = world.policy([channel])["id"]
    window = api.create("/api/maintenance-windows", WINDOW("walked"))["id"]
    owner = api.create("/api/users", {"email": f"owner-{world.mark}@example.com", "name": "Owner"})["id"]
    method = world.contact_method(owner, receiver.hook())["id"]
    notified = api.create("/api/notification-rules", {"user_id": owner, "contact_method_id": method})["id"]
    team = api.create("/api/teams", {"name": "walked"})["id"]
    return {"mw": window, "cm": method, "nr": notified, "team": team, "pol": policy, "sch": schedule, "usr": user, "mon": monitor["id"], "chn": channel["id"], "rule": rule["id"], "inc": incident, "dlv": delivery,
            "tok": token}


def with_real_ids(example, ids):
    if isinstance(example, dict):
        return {k: with_real_ids(v, ids) for k, v in example.items()}
    if isinstance(example, list):
        return list(dict.fromkeys(with_real_ids(x, ids) for x in example)) \
            if all(isinstance(x, str) for x in example) else [with_real_ids(x, ids) for x in example]
    return ID.sub(lambda m: ids[m.group(1)], example) if isinstance(example, str) else example


def example_of(operation):
    """(media type, body) or (None, None)."""
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        if "example" in media:
            return kind, media["example"]
        for example in media.get("examples", {}).values():
            return kind, example["value"]
        return kind, {}
    return None, None


def parameters_of(api, method, path):
    """The names of what the operation takes."""
    all_ = api.operation(method, path)["parameters"]
    return {(api._resolve(p["$ref"]) if "$ref" in p else p)["name"] for p in all_}


def writes(api, ids):
    """(method, template, path, body, headers) of each write under /api. A path whose placeholders are of no noun that
    is known here keeps them: whoever walks decides what that means."""
    for template, item in api.spec["paths"].items():
        if not template.startswith("/api/"):
            continue
        for method, operation in item.items():
            if method not in METHODS:
                continue
            path = template
            prefix = PREFIXES.get(template.split("/")[2])
            if prefix:
                path = path.replace("{id}", ids[prefix])
            kind, body = example_of(operation)
            yield method.upper(), template, path, with_real_ids(body, ids), {"Content-Type": kind} if kind else {}

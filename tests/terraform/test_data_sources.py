"""What a configuration can ask for: one thing by id, key, name or e-mail address, who is on call, limits, addresses."""
import uuid

import pytest

from workspace import HEADER, Workspace


def unique(word):
    return f"{word}-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def monitor(api):
    return api.create("/api/monitors", {"name": unique("shop"), "key": unique("key"), "type": "manual", "manual": {}})


def look_up(workspace, kind, **by):
    given = "\n".join(f'  {name} = "{x}"' for name, x in by.items())
    return workspace.write(text=HEADER + f'data "gochron_{kind}" "it" {{\n{given}\n}}\n'
                           f'output "it" {{\n  value = data.gochron_{kind}.it\n  sensitive = true\n}}\n')


def found(workspace, kind, **by):
    look_up(workspace, kind, **by).apply()
    return workspace.outputs()["it"]


@pytest.mark.parametrize("by", ["id", "key", "name"])
def test_a_monitor_is_found_by_id_key_and_name(workspace, monitor, by):
    it = found(workspace, "monitor", **{by: monitor[by]})
    assert {name: it[name] for name in ("id", "key", "name", "type")} == {
        "id": monitor["id"], "key": monitor["key"], "name": monitor["name"], "type": "manual"}
    assert it["status"], "the facts of its life are there, too"
    workspace.plan_is_empty()


def test_a_person_is_found_by_email_whatever_its_case(workspace, api):
    user = api.create("/api/users", {"email": unique("ada") + "@example.com", "name": unique("Ada")})
    assert found(workspace, "user", email=user["email"].upper())["id"] == user["id"]


def test_a_token_is_found_by_name_among_more_than_a_page(workspace, api):
    name = unique("one-of-many")
    for i in range(210):
        api.create("/api/tokens", {"name": f"{name}-{i}", "scopes": ["monitors:read"]})
    assert found(workspace, "api_token", name=f"{name}-0")["name"] == f"{name}-0"


def test_a_channel_is_found_among_those_of_its_type(workspace, api):
    name = unique("ops")
    hook = {"name": name, "type": "webhook", "webhook": {"url": "https://hooks.example.com/a"}}
    mail = {"name": name, "type": "email", "email": {"to": ["ops@example.com"]}}
    made = {x["type"]: api.create("/api/channels", x) for x in (hook, mail)}
    assert found(workspace, "channel_webhook", name=name)["url"] == "https://hooks.example.com/a"
    assert found(workspace, "channel_email", name=name)["to"] == ["ops@example.com"]
    told = look_up(workspace, "channel_email", id=made["webhook"]["id"]).refused()
    assert "it is of type `webhook`: use `gochron_channel_webhook`" in told


def test_two_of_one_name_are_both_told(workspace, api):
    name = unique("twins")
    twins = [api.create("/api/monitors", {"name": name, "key": unique("twin"), "type": "manual", "manual": {}}) for _ in range(2)]
    told = look_up(workspace, "monitor", name=name).refused()
    assert "More than one such monitor" in told and 'name = "twins' in told
    for twin in twins:
        assert twin["id"] in told and twin["key"] in told
    assert "Say which by its `id` or its `key`." in told


def test_what_is_not_there_is_told_with_what_is_like_it(workspace, monitor):
    told = look_up(workspace, "monitor", name=monitor["name"][:-1]).refused()
    assert "No such monitor" in told and monitor["name"] in told and "Is one of these meant" in told
    told = look_up(workspace, "monitor", key="never.was").refused()
    assert 'no monitor with the key "never.was"' in told and "use the resource" in told and "with data.gochron_monitor.it" in told


@pytest.mark.parametrize("by, says", [
    ({}, "Exactly one of these attributes must be configured: [id,key,name]"),
    ({"id": "mon_1", "name": "x"}, "Exactly one of these attributes must be configured: [id,key,name]"),
    ({"id": "usr_01jd9e6h6gf4g8w1q6v5q8z3ab"}, "must match ^mon_"),
    ({"key": "No Key"}, "must match ^[a-z0-9._-]{1,100}$")])
def test_a_question_that_cannot_be_answered_is_not_asked(workspace, by, says):
    told = look_up(workspace, "monitor", **by).refused("validate", "-no-color")
    assert says in told


def test_who_is_on_call(workspace, api):
    ada = api.create("/api/users", {"email": unique("ada") + "@example.com", "name": "Ada"})
    schedule = api.create("/api/schedules", {"name": unique("Primary"), "time_zone": "UTC", "layers": [{
        "key": "all", "name": "All", "members": [[ada["id"]]], "rotation": {"unit": "week", "anchor_local": "2026-01-05T09:00:00"}}]})
    it = found(workspace.write("more.tf", f'''
data "gochron_oncall" "now" {{
  schedule_ids = ["{schedule["id"]}"]
  at           = "2037-01-31T12:00:00+02:00"
}}
output "now" {{
  value = data.gochron_oncall.now
}}
'''), "schedule", id=schedule["id"])
    assert it["name"] == schedule["name"]
    now = workspace.outputs()["now"]
    assert now["user_ids"] == [ada["id"]]
    assert now["schedules"] == [{"schedule_id": schedule["id"], "schedule_name": schedule["name"], "user_ids": [ada["id"]]}]
    workspace.write("more.tf", 'data "gochron_oncall" "now" {\n  schedule_ids = ["sch_01jd9e6h6gf4g8w1q6v5q8z3ab"]\n}\n')
    assert "sch_01jd9e6h6gf4g8w1q6v5q8z3ab" in workspace.refused() and "No such schedule" in workspace.refused()


@pytest.mark.parametrize("given, says", [
    ('at = "tomorrow"', "A string value was provided that is not valid RFC3339"), ('schedule_ids = ["primary"]', 'schedule_ids = ["primary"]'),
    ('at = "9999-12-31T00:00:00Z"', 'at = "9999-12-31T00:00:00Z"')])
def test_a_question_about_duty_that_is_none_is_refused_at_its_attribute(workspace, given, says):
    told = workspace.write(text=HEADER + f'data "gochron_oncall" "now" {{\n  {given}\n}}\n').refused()
    assert says in told, told


def test_the_limits_and_whose_token_it_is(workspace, api):
    workspace.write(text=HEADER + '''
data "gochron_limits" "all" {}
data "gochron_organization" "own" {}
output "all" { value = data.gochron_limits.all }
output "own" { value = data.gochron_organization.own }
''').apply()
    limits, own = workspace.outputs()["all"], workspace.outputs()["own"]
    assert limits["plan"] == own["plan"] == "self_hosted"
    assert limits["monitors"]["maximum"] is None and limits["tokens"]["used"] >= 1
    assert own["id"] == api.get("/api/organization")["id"]


def test_the_addresses_that_a_firewall_lets_in(make_engine, tmp_path):
    engine = make_engine("--egress-addresses", "192.0.2.7", "2001:db8::/48", "198.51.100.0/24").start()
    workspace = Workspace(tmp_path, engine.api())
    workspace.write(text=HEADER + 'data "gochron_egress_ips" "all" {}\noutput "all" { value = data.gochron_egress_ips.all }\n').apply()
    assert workspace.outputs()["all"] == {
        "addresses": ["192.0.2.7", "2001:db8::/48", "198.51.100.0/24"],
        "cidr_blocks": ["192.0.2.7/32", "2001:db8::/48", "198.51.100.0/24"],
        "ipv4_cidr_blocks": ["192.0.2.7/32", "198.51.100.0/24"], "ipv6_cidr_blocks": ["2001:db8::/48"]}

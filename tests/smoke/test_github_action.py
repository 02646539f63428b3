"""The GitHub action of integrations/, run as a runner does: inputs by action.yml, GitHub's environment files, the real
server."""
import re
import shutil

import pytest

from harness.actions_runner import ACTION, EXPRESSION, SPEC, Runner
from harness.peers import Port

@pytest.fixture
def runner(shared_api, tmp_path):
    for program in ("curl", "jq"):
        assert shutil.which(program), f"the action needs {program}"
    token = shared_api.create("/api/tokens", {"name": "ci", "scopes": ["monitors:read", "monitors:write"]})["secret"]
    return Runner(shared_api.with_token(token), tmp_path)


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_a_check_is_made_waited_for_and_deleted(runner, api, target, world, shell):
    target.body = b"version 2\n"
    key = f"deploy-{world.mark}"
    made, _ = runner.step("create", shell=shell, key=key, target_url=target.url + "/", keyword="version 2",
                          interval_seconds=1, tags="ci team:shop")
    monitor = api.get(f"/api/monitors/{made['monitor']}")
    assert monitor["paused"] and monitor["expires_at"] and monitor["tags"] == ["ci", "team:shop"]
    assert (monitor["name"], monitor["http"]["required_keyword"]) == (key, "version 2")
    again, _ = runner.step("create", shell=shell, key=key, target_url=target.url + "/", interval_seconds=1)
    assert again == made, "a job that runs again takes it over"
    waited, said = runner.step("wait", shell=shell, monitor=made["monitor"], stable_seconds=1, timeout_seconds=30)
    assert (waited["satisfied"], waited["status"], waited["reason"]) == ("true", "up", "")
    assert said.strip() == f"up since {waited['status-since']}"
    assert f"| {key} | up | " in runner.summary
    _, said = runner.step("delete", shell=shell, monitor=key)
    assert "is deleted" in said and api.call("GET", f"/api/monitors/{made['monitor']}", expect=404)
    for name in (made["monitor"], key):
        assert "gone already" in runner.step("delete", shell=shell, monitor=name)[1]
    entry = api.get("/api/audit-log", resource_id=made["monitor"])["data"][0]
    assert entry["reason"] == "https://github.com/shop/shop/actions/runs/42"


def test_what_does_not_become_well_fails_the_step_and_says_why(runner, target, world):
    target.status = 503
    made, _ = runner.step("create", key=world.mark, name="a | b `c` <d>", target_url=target.url + "/", interval_seconds=1)
    waited, said = runner.step("wait", expect=1, monitor=made["monitor"], stable_seconds=0, timeout_seconds=4)
    assert (waited["satisfied"], waited["status"]) == ("false", "down") and "503" in waited["reason"]
    assert said.startswith("::error title=gochron::down since ") and said.count("\n") == 1
    assert r"| a \| b \`c\` \<d\> | down |" in runner.summary
    waited, _ = runner.step("wait", monitor=made["monitor"], status="down,degraded", stable_seconds=0, timeout_seconds=30)
    assert waited["satisfied"] == "true"
    runner.step("delete", monitor=made["monitor"])


def test_a_whole_monitor_can_be_given(runner, api, world):
    body = '{"type": "tcp", "tcp": {"host": "127.0.0.1", "port": 9}, "name": "\\"quoted\\" $(false) `false`", "tags": []}'
    made, _ = runner.step("create", key=world.mark, body=body)
    monitor = api.get(f"/api/monitors/{made['monitor']}")
    assert (monitor["type"], monitor["name"], monitor["tags"]) == ("tcp", '"quoted" $(false) `false`', [])
    runner.step("delete", monitor=made["monitor"])


def test_what_is_wrong_is_named(runner, target):
    nobody = Port()
    nobody.close()
    id = "mon_01h455vb4pex5vsknk084sn02q"
    cases = [
        (("nonsense",), {}, "command is"),
        (("create",), {}, "target-url"),
        (("create",), {"key": "Not A Key", "target_url": target.url}, "key takes"),
        (("create",), {"body": "[1]"}, "no JSON object"),
        (("create",), {"ttl_seconds": "soon", "target_url": target.url}, "ttl-seconds"),
        (("create",), {"target_url": "shop", "interval_seconds": 0}, "/interval_seconds"),
        (("create",), {"target_url": "shop", "interval_seconds": 0}, "/http/url"),
        (("wait",), {}, "monitor is not given"),
        (("wait",), {"monitor": id}, "No such monitor"),
        (("wait",), {"monitor": "nobody"}, "no monitor nobody"),
        (("wait",), {"monitor": "a/../b"}, "no id and no key"),
        (("wait",), {"monitor": id, "status": "up&x=1"}, "status takes"),
        (("delete",), {"monitor": id, "token": "gct_wrong"}, "token"),
        (("delete",), {"monitor": id, "url": target.url}, "not as gochron does"),
    ]
    target.status = 401
    for command, inputs, words in cases:
        _, said = runner.step(*command, expect=1, **inputs)
        assert said.startswith("::error title=gochron::") and said.count("\n") == 1 and words in said, (inputs, said)


def test_the_script_takes_what_action_yml_gives_and_nothing_else():
    (step,) = SPEC["runs"]["steps"]
    used = set(re.findall(r"\$\{?([A-Z_]+)", (ACTION / "gate.sh").read_text()))
    assert {x for x in used if not x.startswith("GITHUB_")} == set(step["env"])
    assert {m for text in step["env"].values() for m in EXPRESSION.findall(text)} == {f"inputs.{x}" for x in SPEC["inputs"]}

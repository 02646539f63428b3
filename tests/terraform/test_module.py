"""A user's module with tests of its own: `terraform test`, with the provider mocked and against the server."""
import re
import shutil

import pytest

from workspace import PROVIDER

MODULE = PROVIDER / "examples/modules/watched-service"


@pytest.fixture
def module(workspace):
    shutil.copytree(MODULE, workspace.folder, dirs_exist_ok=True)
    return workspace


def test_the_modules_tests_pass_and_leave_nothing(module, api):
    before = len(api.all("/api/monitors"))
    done = module.run("test", "-no-color")
    assert re.search(r"Success! 5 passed, 0 failed", done.text), done
    assert len(api.all("/api/monitors")) == before
    made = [x for x in api.all("/api/audit-log", action="create") if "shop-under-test" in str(x)]
    assert made, "the second file's runs were against the server"


def test_a_module_that_is_wrong_fails_its_tests(module):
    text = (MODULE / "main.tf").read_text()
    module.write("main.tf", text.replace("? 30 : 300", "? 60 : 300"))
    done = module.run("test", "-no-color", "-filter=tests/tiers.tftest.hcl", expect=1)
    assert "tier 1 is not checked every 30 seconds" in done.words, done

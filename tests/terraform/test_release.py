"""What a registry or a mirror is given: built, packed, named and summed as they take it, and installed from there."""
import hashlib
import json
import os
import platform
import shutil
import subprocess
import zipfile

import pytest

from workspace import HEADER, HOSTS, PROVIDER, ROOM, ROOT, Workspace

VERSION = "9.8.7"
TARGET = "linux_" + {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
NAME = f"terraform-provider-gochron_{VERSION}"

MIRROR = """provider_installation {
  filesystem_mirror {
    path = "%s"
  }
}
"""


def release(*args):
    return subprocess.run([ROOT / "script/release-provider", *args], capture_output=True, text=True, timeout=900)


@pytest.fixture(scope="module")
def built():
    done = release(VERSION, TARGET)
    assert done.returncode == 0, done.stderr
    folder = ROOM / "release" / VERSION
    yield folder
    shutil.rmtree(folder)


def test_the_sums_are_of_the_files_and_all_files_have_one(built):
    sums = dict(reversed(line.split("  ")) for line in (built / f"{NAME}_SHA256SUMS").read_text().splitlines())
    assert set(sums) == {f"{NAME}_{TARGET}.zip", f"{NAME}_manifest.json"}
    assert {x.name for x in built.iterdir()} == {*sums, f"{NAME}_SHA256SUMS"}
    for name, expected in sums.items():
        assert hashlib.sha256((built / name).read_bytes()).hexdigest() == expected
    assert json.loads((built / f"{NAME}_manifest.json").read_text())["metadata"]["protocol_versions"] == ["6.0"]


def test_a_zip_holds_the_program_that_a_registry_expects(built):
    with zipfile.ZipFile(built / f"{NAME}_{TARGET}.zip") as archive:
        program, licence = archive.infolist()
        assert (program.filename, licence.filename) == (f"terraform-provider-gochron_v{VERSION}", "LICENSE")
        assert program.external_attr >> 16 & 0o111 and not licence.external_attr >> 16 & 0o111
        text = archive.read(program)
    assert str(ROOT).encode() not in text, "it tells where it was built"


def test_whoever_builds_it_again_gets_the_same_bytes(built):
    before = (built / f"{NAME}_SHA256SUMS").read_bytes()
    os.utime(ROOT / "LICENSE")
    done = release(VERSION, TARGET)
    assert done.returncode == 0, done.stderr
    assert (built / f"{NAME}_SHA256SUMS").read_bytes() == before


@pytest.mark.parametrize("args, says", [((), "script/release-provider VERSION"), (("v1.2.3",), "script/release-provider VERSION"),
                                        (("1.2.3", "plan9_amd64"), "no target plan9_amd64")])
def test_what_is_no_release_is_refused(args, says):
    done = release(*args)
    assert done.returncode != 0 and says in done.stderr


def test_it_is_installed_from_a_mirror_by_init(built, api, tmp_path):
    for host in HOSTS:
        place = tmp_path / "mirror" / host / "gochron/gochron"
        place.mkdir(parents=True)
        shutil.copy(built / f"{NAME}_{TARGET}.zip", place / f"{NAME}_{TARGET}.zip")
    workspace = Workspace(tmp_path / "work", api, installation=MIRROR % (tmp_path / "mirror"))
    workspace.write(text=HEADER.replace('source = "gochron/gochron"', f'source  = "gochron/gochron"\n      version = "~> {VERSION}"') +
                    'resource "gochron_monitor" "it" {\n  name   = "from a mirror"\n  manual = {}\n}\n')
    assert f"v{VERSION}" in workspace.run("init", "-no-color").text
    assert VERSION in (workspace.folder / ".terraform.lock.hcl").read_text()
    workspace.apply()
    workspace.plan_is_empty()
    workspace.destroy()


def test_the_manifest_says_what_the_provider_speaks():
    manifest = json.loads((PROVIDER / "terraform-registry-manifest.json").read_text())
    assert manifest == {"version": 1, "metadata": {"protocol_versions": ["6.0"]}}

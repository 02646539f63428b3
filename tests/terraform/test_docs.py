"""The provider's documentation is what the schema, the templates and the examples make of it."""
import re
import subprocess

from workspace import PROVIDER, ROOT

DOCS = PROVIDER / "docs"


def test_the_documentation_is_up_to_date():
    done = subprocess.run([ROOT / "script/terraform-docs", "--check"], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"run script/terraform-docs\n{done.stdout[-5000:]}{done.stderr[-3000:]}"


def test_every_link_between_its_pages_leads_somewhere():
    pages = list(DOCS.rglob("*.md"))
    assert len(pages) > 50
    for page in pages:
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if not link.startswith("https://"):
                assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_every_attribute_says_what_it_is():
    for page in DOCS.rglob("*.md"):
        for line in page.read_text().splitlines():
            if re.match(r"^- `\w+` \([^)]*\)$", line):
                raise AssertionError(f"{page.relative_to(DOCS)}: {line}")

"""What the documents quote and link to is there."""
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUOTE = re.compile(r"^```cpp\n// (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```.*?^```$|`[^`]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)\)")


def documents():
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split()]


def test_quoted_code_is_the_code():
    quotes = QUOTE.findall((ROOT / "CONTRIBUTING.md").read_text())
    assert len(quotes) == 3
    for path, text in quotes:
        source = (ROOT / path).read_text()
        for part in re.split(r"(?=^TEST_CASE)", text, flags=re.MULTILINE):
            assert part.rstrip() in source, f"CONTRIBUTING.md quotes {path} as it no longer is"


def target_of(document, link):
    """The file behind a link. What the server shows under /docs is a guide, but for the reference."""
    page = re.match(r"/docs/([\w-]+)", link)
    if page and page[1] != "api":
        return ROOT / "docs" / "guides" / f"{page[1]}.md"
    return ROOT / "docs" / "reference" if page or link == "/openapi.json" else document.parent / link


def test_links_lead_somewhere():
    for document in documents():
        prose = CODE.sub("", document.read_text())
        for link in LINK.findall(prose):
            assert target_of(document, link).exists(), f"{document.relative_to(ROOT)} links to {link}"


def test_scripts_explain_themselves():
    for script in ("bootstrap", "server", "test", "bench", "lint"):
        done = subprocess.run([ROOT / "script" / script, "--help"], capture_output=True, text=True, timeout=10)
        assert done.returncode == 0 and f"script/{script}" in done.stdout

"""What is written for who changes the program names files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from criu_tui.commands import SCOPES

from tests.documents import DOCS, PARTS, WRITTEN, keys_page, page

ROOT = Path(__file__).parent.parent
PROGRAM = ROOT / "tui" / "criu_tui"
DOCUMENTS = (
    "tui/ARCHITECTURE.md",
    "tui/docs/archives.md",
    "tui/docs/boundary.md",
    "tui/docs/checks.md",
    "tui/docs/filters.md",
    "tui/docs/json.md",
    "tui/docs/keys.md",
    "tui/docs/memory.md",
    "tui/docs/options.md",
    "tui/docs/performance.md",
    "tui/docs/sharing.md",
    ".github/CONTRIBUTING.md",
    ".github/SECURITY.md",
    "README.md",
    "tests/dumps/README.md",
)
PATH = re.compile(r"`((?:[\w.-]+/)+(?:[\w.-]+\.\w+)?|[\w-]+\.(?:py|md|toml))`")
"""A path with a folder in it, or a file, in code style."""
NOT_HERE = frozenset({"restore.log", "criu/include/magic.h", "images/", "dump/", "pod.tar/ctr.tar"})
"""Files of CRIU, of a dump, or of each folder in tests/dumps."""


@pytest.mark.quick
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_is_there(document: str) -> None:
    text = (ROOT / document).read_text()
    named = {path for path in PATH.findall(text) if path not in NOT_HERE and "NAME" not in path}
    beside = (ROOT, PROGRAM, PROGRAM / "core", (ROOT / document).parent)
    assert sorted(path for path in named if not any((base / path).exists() for base in beside)) == []


@pytest.mark.quick
def test_the_page_of_keys_is_what_the_program_binds() -> None:
    assert (DOCS / "keys.md").read_text(encoding="utf-8") == keys_page(), "python -m tests.documents writes it anew"


@pytest.mark.parametrize("name", WRITTEN)
def test_a_page_tells_what_the_program_knows(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == page(name), "python -m tests.documents writes it anew"


@pytest.mark.quick
def test_the_page_of_keys_leaves_no_command_out() -> None:
    told = {command.id for _, scope in PARTS for command in scope}
    assert {command.id for scope in SCOPES for command in scope} <= told


@pytest.mark.quick
def test_every_picture_and_page_that_is_linked_is_there() -> None:
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
        assert [link for link in links if not ((ROOT / document).parent / link).exists()] == [], document

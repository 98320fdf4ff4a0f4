"""What is written for who changes the program names files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAM = ROOT / "tui" / "criu_tui"
DOCUMENTS = (
    "tui/ARCHITECTURE.md",
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

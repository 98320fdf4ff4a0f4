"""What the kernel saw: no view and no export opens, makes, renames or removes anything below a dump for writing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.report.registry import PRINTED, SHOWN

from tests.conftest import DUMPS
from tests.pseudo_terminal import ALTERNATE_SCREEN, OURS, Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CALLS = (
    *("creat", "mkdir", "rmdir", "unlink", "rename", "link", "symlink", "truncate", "ftruncate", "mknod", "chmod"),
    *("fchmod", "chown", "fchown", "lchown", "utime", "futimesat", "setxattr", "removexattr", "mount", "umount"),
)
WRITING = re.compile(rf"\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)\b|^\d+ +(?:{'|'.join(_CALLS)})\w*\(")
"""Of a line of strace: a flag of open(2), or a call, that changes what it names."""

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(
        not os.environ.get("CI") and shutil.which("strace") is None, reason="strace is not installed here"
    ),
]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    shutil.copytree(DUMPS / "incremental", tmp_path / "incremental", symlinks=True)
    return tmp_path / "incremental" / "dump"


def traced(command: Sequence[str], trace: Path) -> list[str]:
    return ["strace", "-f", "-y", "-s", "512", "-e", "trace=%file,%desc", "-o", str(trace), *command]


def writes(trace: Path, below: Path) -> list[str]:
    """Calls that change something whose path lies there; with -y a descriptor is shown with its path."""
    lines = trace.read_text(errors="replace").splitlines()
    # The working directory is shown too where an absolute path has no use for it.
    named = [re.sub(r'AT_FDCWD<[^>]*>, "/', '"/', line) for line in lines]
    assert any(str(below) in line for line in named), "nothing was read"
    return [line for line in named if str(below) in line and WRITING.search(line)]


VIEWS = [
    # A checkpoint is compared with another one: here with itself.
    *((name, *(["--against", "."] if name == "diff" else [])) for name in PRINTED),
    ("plan", "--counters"),
    ("coverage", "--contents"),
    ("search", "--pattern", "ELF"),
]


def test_no_view_writes_below_a_dump(dump: Path, tmp_path: Path) -> None:
    for number, view in enumerate(VIEWS):
        trace = tmp_path / f"trace-{number}"
        command = traced([*OURS, "--print", *view, str(dump)], trace)
        done = subprocess.run(command, cwd=dump, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b""), view
        assert writes(trace, dump.parent) == [], view


def test_no_pane_and_no_export_writes_below_a_dump(dump: Path, tmp_path: Path) -> None:
    trace, out = tmp_path / "trace", tmp_path / "out"
    out.mkdir()
    # Inside of the dump, where a name without a directory would lie.
    with Terminal(["env", "-C", str(dump), *traced([*OURS, "."], trace)]) as terminal:
        terminal.wait_for(ALTERNATE_SCREEN)
        terminal.settle(1.0)
        for kind in SHOWN.values():
            terminal.press(kind.key)
            terminal.settle(0.5)
            # The name that is offered, refused; then files outside.
            terminal.press("e")
            terminal.press("\r")
            terminal.press("\x1b")
            for suffix in ("txt", "json", "md", "svg"):
                terminal.press("e")
                terminal.press(f"\x15{out}/{kind.id}.{suffix}")
                terminal.press("\r")
                terminal.settle(0.5)
        terminal.press("\x03")
        terminal.press("\x03")
        assert terminal.status() == 0
    assert len(list(out.iterdir())) >= 4
    assert writes(trace, dump.parent) == []

"""The command line that the checks propose restores as it stands."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.real.surroundings import Place, attempt, place
from tests.real.test_checks import libraries, start

if TYPE_CHECKING:
    from pathlib import Path


class Needing(NamedTuple):
    """A dump that asks for options."""

    words: tuple[str, ...]
    """What the program does beside the rest."""
    dumped_with: tuple[str, ...]
    proposed: tuple[str, ...]
    """What the command line must have."""
    shell: bool = False
    """Whether it leads no session of its own."""


ALWAYS = ("--ext-unix-sk", "--link-remap")
TCP = ("--tcp-established", "--network-lock", "skip")
NEEDING = (
    Needing((), (), ()),
    Needing(("tcp",), TCP, TCP),
    Needing(("lock",), ("--file-locks",), ("--file-locks",)),
    Needing((), ("--shell-job",), ("--shell-job",), shell=True),
    Needing(("tcp", "lock"), (*TCP, "--file-locks"), (*TCP, "--file-locks")),
    Needing(("tcp",), (*TCP, "--shell-job"), (*TCP, "--shell-job"), shell=True),
    Needing(("lock",), ("--file-locks", "--shell-job"), ("--file-locks", "--shell-job"), shell=True),
    Needing(("tcp", "lock"), (*TCP, "--file-locks", "--shell-job"), (*TCP, "--file-locks", "--shell-job"), shell=True),
)


def dump(inside: Place, command: list[str], pid: int, *options: str) -> Path:
    images = inside.base / "images"
    images.mkdir()
    done = subprocess.run(
        [*inside.inside(), *command, "dump", "-t", str(pid), "-D", images, "-v4", "-o", "dump.log", *options],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, (images / "dump.log").read_text(errors="replace")[-2000:]
    return images


@pytest.mark.parametrize("needing", NEEDING, ids=lambda each: "-".join((*each.proposed, "none"))[2:40])
def test_the_proposed_command_line_restores(
    tmp_path: Path, criu_command: list[str], version: str, programs: Path, needing: Needing
) -> None:
    libraries(tmp_path)
    with place(tmp_path) as inside:
        pid = start(inside, programs / "surroundings", tmp_path / "ready", *needing.words, shell=needing.shell)
        images = dump(inside, criu_command, pid, *ALWAYS, *needing.dumped_with)
        found = attempt(inside, criu_command, version, images)
    assert found.failing == []
    assert found.restored, found.log[-2000:]
    words = found.printed["restore_command"].split()
    assert {*ALWAYS, *needing.proposed} <= set(words)
    assert all(option["complete"] and option["why"] for option in found.printed["restore_options"])

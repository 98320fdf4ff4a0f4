"""The command line that the checks propose restores as it stands; and what a container needs from outside."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.real.criu import wait_for
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


class OfContainer(NamedTuple):
    """Something that a container needs, gone."""

    check: str
    script: str = ""
    prefix: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    named: str = ""


OF_CONTAINER = {
    "file-in-root": OfContainer("files", "rm rootfs/data", named="/data"),
    "mode-in-root": OfContainer("files", "chmod 600 rootfs/data", named="/data"),
    "program-in-root": OfContainer("files", "echo >>rootfs/program", named="/program"),
    "cwd-in-root": OfContainer("directories", "rmdir rootfs/home", named="/home"),
    "no-tar": OfContainer("tools", "ln -s $(command -v ip) bin/", ("env", "PATH={base}/bin"), named="tar"),
    "no-ip": OfContainer("tools", "ln -s $(command -v tar) bin/", ("env", "PATH={base}/bin"), named="ip"),
}


@pytest.mark.parametrize("name", ["nothing", *OF_CONTAINER])
def test_a_container_with_a_mount_from_outside(
    tmp_path: Path, criu_command: list[str], version: str, programs: Path, name: str
) -> None:
    broken = OF_CONTAINER.get(name)
    with place(tmp_path) as inside:
        inside.run(
            f"cd {tmp_path}; mkdir -p ready bin external rootfs/ext rootfs/tmp rootfs/proc rootfs/home;"
            f"echo >external/file; echo >rootfs/data; cp {programs}/surroundings rootfs/program;"
            f"setsid rootfs/program {tmp_path}/ready {tmp_path}/rootfs in {tmp_path}/external"
            " </dev/null >/dev/null 2>said &"
        )
        wait_for(lambda: any((tmp_path / "ready").iterdir()), "the container is not ready")
        pid = int(next((tmp_path / "ready").iterdir()).name)
        images = dump(inside, criu_command, pid, "--external", "mnt[/ext]:key", "--network-lock", "skip")
        prefix: list[str] = []
        if broken is not None:
            inside.run(f"cd {tmp_path}; {broken.script}")
            prefix = [each.format(base=tmp_path) for each in broken.prefix]
        found = attempt(inside, criu_command, version, images, prefix=prefix, contained=True)
    if broken is None:
        assert found.failing == []
        assert found.restored, found.log[-2000:]
        command = found.printed["restore_command"]
        assert f"--root {tmp_path}/rootfs" in command
        assert f"mnt[key]:{tmp_path}/external" in re.sub(r"['\\]", "", command)
        return
    assert not found.restored
    assert found.ids == {broken.check}, found.failing
    assert broken.named in f"{found.failing[0]['path']} {found.failing[0]['what']}"

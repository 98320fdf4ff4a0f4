"""The command line that the checks propose restores as it stands; and what a container needs from outside."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.real.criu import wait_for
from tests.real.surroundings import Place, attempt, place
from tests.real.test_checks import dump, libraries, start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.real.asker import Asker


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


@pytest.mark.parametrize("needing", NEEDING, ids=lambda each: "-".join((*each.proposed, "none"))[2:40])
def test_the_proposed_command_line_restores(
    tmp_path: Path, criu_command: list[str], version: str, programs: Path, asker: Asker, needing: Needing
) -> None:
    libraries(tmp_path)
    with place(tmp_path, asker) as inside:
        pid = start(inside, programs / "surroundings", tmp_path / "ready", *needing.words, shell=needing.shell)
        images = dump(inside, criu_command, pid, tmp_path / "images", *ALWAYS, *needing.dumped_with)
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
    named: str = ""
    path: str = ""
    """Where programs are looked for instead, below the directory of the container."""


OF_CONTAINER = {
    "file": OfContainer("files", "rm rootfs/data", "/data"),
    "mode": OfContainer("files", "chmod 600 rootfs/data", "/data"),
    "program": OfContainer("files", "echo >>rootfs/program", "/program"),
    "cwd": OfContainer("directories", "rmdir rootfs/home", "/home"),
    "mount-source": OfContainer("mounts", "rm -r external", "external"),
    "root": OfContainer("mounts", "rm -r rootfs", "rootfs"),
    "no-tar": OfContainer("tools", "ln -s $(command -v ip) bin/", "tar", path="bin"),
    "no-ip": OfContainer("tools", "ln -s $(command -v tar) bin/", "ip", path="bin"),
}
KINDS = {"named": ((), "mnt[/ext]:key"), "detected": ((), "mnt[]"), "user": (("user",), "mnt[]")}
"""Of containers: what the program is told, and how the mount from outside is named in the dump."""


@dataclass(frozen=True, slots=True)
class Contained:
    """A container that was dumped."""

    kind: str
    inside: Place
    images: Path

    @property
    def base(self) -> Path:
        return self.inside.base

    def mend(self) -> None:
        """Its files, and what is mounted from outside, as they were."""
        self.inside.run(f"cd {self.base}; rm -rf rootfs external bin; cp -a kept/. .; mkdir bin")


@pytest.fixture(scope="module")
def container(
    request: pytest.FixtureRequest,
    asker: Asker,
    criu_command: list[str],
    programs: Path,
) -> Iterator[Contained]:
    words, external = KINDS[request.param]
    with tempfile.TemporaryDirectory() as made, place(Path(made), asker) as inside:
        base = Path(made)
        # Root of a user namespace is nobody here, and has to get there: pytest keeps its own directories closed.
        base.chmod(0o755)
        inside.run(
            f"cd {base}; mkdir -p ready kept/external; cd kept; mkdir -p rootfs/ext rootfs/tmp rootfs/proc rootfs/home;"
            f"echo >external/file; echo >rootfs/data; cp {programs}/surroundings rootfs/program; cd ..;"
            f"{'chown -R 100000:100000 ready kept;' if words else ''} cp -a kept/. .;"
            f"setsid rootfs/program {base}/ready {base}/rootfs in {base}/external {' '.join(words)}"
            " </dev/null >/dev/null 2>said &"
        )
        wait_for(lambda: any((base / "ready").iterdir()), "the container is not ready")
        pid = int(next((base / "ready").iterdir()).name)
        images = dump(inside, criu_command, pid, base / "images", "--external", external, "--network-lock", "skip")
        yield Contained(request.param, inside, images)


@pytest.mark.parametrize("container", KINDS, indirect=True, scope="module")
def test_a_container_restores_with_a_mount_from_outside(
    container: Contained, criu_command: list[str], version: str
) -> None:
    container.mend()
    found = attempt(container.inside, criu_command, version, container.images, contained=True)
    assert found.failing == []
    assert found.restored, found.log[-3000:]
    command = re.sub(r"['\\]", "", found.printed["restore_command"])
    assert f"--root {container.base}/rootfs" in command
    assert (f"mnt[key]:{container.base}/external" if container.kind == "named" else "mnt[]") in command


@pytest.mark.parametrize(
    ("container", "name"),
    # In other containers only what is mounted differs.
    [
        (kind, name)
        for kind in KINDS
        for name, lacks in OF_CONTAINER.items()
        if kind == "named" or lacks.check == "mounts"
    ],
    indirect=["container"],
    scope="module",
)
def test_what_a_container_lacks_is_what_criu_fails_on(
    container: Contained, criu_command: list[str], version: str, name: str
) -> None:
    broken = OF_CONTAINER[name]
    container.mend()
    container.inside.run(f"cd {container.base}; {broken.script}")
    prefix = ["env", f"PATH={container.base}/{broken.path}"] if broken.path else []
    found = attempt(container.inside, criu_command, version, container.images, prefix=prefix, contained=True)
    assert not found.restored
    assert found.ids == {broken.check}, found.failing
    assert broken.named in f"{found.failing[0]['path']} {found.failing[0]['what']}"

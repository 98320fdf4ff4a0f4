"""Room for deleted files where a restore writes them, by what the file system says of itself (statvfs(3))."""

from __future__ import annotations

import dataclasses
import os
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight import room
from criu_tui.core.restore.preflight.attempt import Attempt
from criu_tui.core.restore.preflight.check import State
from criu_tui.core.restore.preflight.machine import Machine
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.releases import criu

from tests.conftest import TESTS

if TYPE_CHECKING:
    from pathlib import Path

GHOST = TESTS / "images" / "unlink_fstat04"
"""It holds a deleted file of 1,000 bytes."""
SYS_RESOURCE = 1 << 24
"""CAP_SYS_RESOURCE (capabilities(7))."""


@dataclasses.dataclass
class FileSystem:
    """What statvfs(3) says: blocks of 512 bytes."""

    free: int
    for_all: int
    flags: int = 0
    blocks: int = 100


@pytest.mark.parametrize(
    ("system", "permitted", "kind", "state"),
    [
        # A thousand bytes take two blocks.
        (FileSystem(2, 2), 0, "ext4", State.OK),
        (FileSystem(1, 1), SYS_RESOURCE, "ext4", State.FAILS),
        # What is kept back is for who has the capability.
        (FileSystem(2, 0), 0, "ext4", State.FAILS),
        (FileSystem(2, 0), SYS_RESOURCE, "ext4", State.OK),
        (FileSystem(1, 1), SYS_RESOURCE, "btrfs", State.UNKNOWN),
        (FileSystem(9, 9, os.ST_RDONLY), SYS_RESOURCE, "ext4", State.FAILS),
        # One that does not say how large it is.
        (FileSystem(0, 0, blocks=0), SYS_RESOURCE, "fuse", State.OK),
    ],
)
def test_ghosts_need_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: FileSystem, permitted: int, kind: str, state: State
) -> None:
    said = SimpleNamespace(
        f_bfree=system.free, f_bavail=system.for_all, f_frsize=512, f_flag=system.flags, f_blocks=system.blocks
    )
    monkeypatch.setattr(os, "statvfs", lambda _: said)
    monkeypatch.setattr(room, "file_system_of", lambda _: kind)
    host = Host(Mode.ALWAYS, None, 0, None, None)
    around = Surroundings(host, lambda: Machine(permitted=permitted), here=True, root=tmp_path)
    (found,) = room.GhostRoom().look(Attempt(Dump(GHOST), criu("4.3"), around))
    assert found.state is state
    # The directory that it lay in is gone: CRIU writes it above.
    assert found.path == str(tmp_path)

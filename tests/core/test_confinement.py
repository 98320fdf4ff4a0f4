"""Cgroups that a restore mounts, against what the machine has done with their controllers."""

from __future__ import annotations

import dataclasses
import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode
from criu_tui.core.images.schema import core_pb2, inventory_pb2
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight.attempt import Attempt
from criu_tui.core.restore.preflight.check import State
from criu_tui.core.restore.preflight.confinement import Cgroups, SecurityModule
from criu_tui.core.restore.preflight.machine import Machine
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS, TESTS

if TYPE_CHECKING:
    from pathlib import Path

CONTROLLERS = frozenset(("blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids"))
LIKE_THE_DUMPS = Machine(
    controllers=CONTROLLERS,
    file_systems=frozenset(("cgroup", "cgroup2")),
    hierarchies=frozenset(("memory",)),
    delegated=frozenset(("misc",)),
)


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        (LIKE_THE_DUMPS, ""),
        (dataclasses.replace(LIKE_THE_DUMPS, hierarchies=None, delegated=None), ""),
        (dataclasses.replace(LIKE_THE_DUMPS, delegated=frozenset(("memory",))), "in use by cgroups of version 2"),
        (dataclasses.replace(LIKE_THE_DUMPS, hierarchies=frozenset(("memory,misc",))), "were mounted together"),
        (dataclasses.replace(LIKE_THE_DUMPS, controllers=CONTROLLERS - {"memory"}), "no controller memory"),
        (dataclasses.replace(LIKE_THE_DUMPS, file_systems=frozenset(("cgroup",))), "no unified cgroups"),
    ],
)
def test_a_controller_is_of_one_hierarchy(machine: Machine, said: str) -> None:
    around = Surroundings(Host(Mode.ALWAYS, None, 0, None, None), lambda: machine)
    found = list(Cgroups().look(Attempt(Dump(TESTS / "images" / "cgroup02"), criu("4.3"), around)))
    failing = [check.what for check in found if check.state is State.FAILS]
    assert len(failing) == bool(said)
    assert said in "".join(failing)


LOADED = frozenset(("docker-default", "lxc", ":one://inner"))


# Names as apparmor(7) has them: stacked by //&, of a namespace between colons.
@pytest.mark.parametrize(
    ("profile", "missing"),
    [
        ("docker-default", ""),
        ("docker-default (enforce)", ""),
        ("nginx", "nginx"),
        ("lxc//&docker-default", ""),
        ("lxc//&nginx", "nginx"),
        ("lxc//&unconfined", ""),
        (":one:inner", ""),
        ("lxc//&:one:inner", ""),
        ("lxc//&:two:inner", ":two:inner"),
    ],
)
def test_every_profile_of_a_task_has_to_be_loaded(tmp_path: Path, profile: str, missing: str) -> None:
    images = tmp_path / "dump"
    shutil.copytree(DUMPS / "random-1" / "dump", images)
    dump = Dump(images)
    pid = next(iter(dump.pids))
    for inventory in dump.entries("inventory.img", kinds.INVENTORY, inventory_pb2.inventory_entry, single=True):
        inventory.lsmtype = inventory_pb2.APPARMOR
        (images / "inventory.img").write_bytes(encode(kinds.INVENTORY, (inventory,)))
    for core in dump.entries(f"core-{pid}.img", kinds.CORE, core_pb2.core_entry, single=True):
        core.thread_core.creds.lsm_profile = profile
        (images / f"core-{pid}.img").write_bytes(encode(kinds.CORE, (core,)))

    def said(machine: Machine) -> list[tuple[State, str]]:
        around = Surroundings(Host(Mode.ALWAYS, None, 0, None, None), lambda: machine)
        found = SecurityModule().look(Attempt(Dump(images), criu("4.3"), around))
        return [(check.state, check.what) for check in found]

    ((state, what),) = said(Machine(lsm="apparmor", profiles=LOADED))
    assert state is (State.FAILS if missing else State.OK)
    assert f"profile {missing} of" in what or not missing
    assert [state for state, _ in said(Machine(lsm="apparmor"))] == [State.UNKNOWN]
    assert [state for state, _ in said(Machine(lsm="selinux"))] == [State.FAILS]

"""Cgroups that a restore mounts, against what the machine has done with their controllers."""

from __future__ import annotations

import dataclasses

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight.attempt import Attempt, Surroundings
from criu_tui.core.restore.preflight.check import State
from criu_tui.core.restore.preflight.confinement import Cgroups
from criu_tui.core.restore.preflight.machine import Machine
from criu_tui.core.restore.releases import criu

from tests.conftest import TESTS

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

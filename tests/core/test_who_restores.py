"""What who restores may not do, and what the next dump needs: limits that cannot be raised, memory that is tracked."""

from __future__ import annotations

import dataclasses

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.limits import limits
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight.attempt import Attempt
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.credentials import CapabilitiesCheck
from criu_tui.core.restore.preflight.limits import SystemLimits
from criu_tui.core.restore.preflight.machine import HostRange, Machine
from criu_tui.core.restore.preflight.run import run
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.preflight.tracking import MemoryTracking
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS

SYS_RESOURCE = 1 << 24
"""CAP_SYS_RESOURCE (capabilities(7))."""
ALL_CAPABILITIES = (1 << 41) - 1
NUMBERS = (("vm/max_map_count", 65530), ("fs/nr_open", 1 << 30))
ALL = (HostRange(0, (1 << 32) - 1),)
"""/proc/self/uid_map of the first user namespace."""


def attempt(name: str, machine: Machine) -> Attempt:
    around = Surroundings(Host(Mode.ALWAYS, None, 0, None, None), lambda: machine)
    return Attempt(Dump(DUMPS / name / "dump"), criu("4.3"), around)


def own(name: str) -> dict[str, int]:
    """The hard limits of a dump's first task."""
    dump = Dump(DUMPS / name / "dump")
    return {each.name: each.hard for each in limits(dump, next(iter(dump.pids)))}


# do_prlimit in kernel/sys.c asks for the capability in the first user namespace, and only to raise the hard limit.
@pytest.mark.parametrize(
    ("machine", "lower", "said"),
    [
        (Machine(permitted=0, uids=ALL), {}, False),
        (Machine(permitted=0, uids=ALL), {"core": 4096}, True),
        (Machine(permitted=SYS_RESOURCE, uids=ALL), {"core": 4096}, False),
        # All capabilities of a user namespace are not enough.
        (Machine(permitted=SYS_RESOURCE, uids=(HostRange(0, 65536),)), {"core": 4096}, True),
    ],
)
def test_a_hard_limit_is_raised_only_with_a_capability(machine: Machine, lower: dict[str, int], said: bool) -> None:
    name = "random-1"
    known = dataclasses.replace(machine, sysctls=NUMBERS, hard_limits=tuple((own(name) | lower).items()))
    found = [check for check in SystemLimits().look(attempt(name, known)) if "hard limits" in check.what]
    assert [check.state for check in found] == [State.UNKNOWN] * said
    assert all("core" in check.what for check in found)


def test_within_a_user_namespace_nobody_raises_them_but_that_of_files() -> None:
    """CRIU raises its own limit of files before it makes the namespace."""
    name = "userns-three-extents"
    known = dict.fromkeys(own(name), 0)
    machine = Machine(permitted=SYS_RESOURCE, uids=ALL, sysctls=NUMBERS, hard_limits=tuple(known.items()))
    found = [check for check in SystemLimits().look(attempt(name, machine)) if "hard limits" in check.what]
    assert found
    assert all("core" in check.what and "nofile" not in check.what for check in found)


@pytest.mark.parametrize(
    ("tracks", "state", "words"), [(True, State.OK, ""), (False, State.OK, "does not track"), (None, State.UNKNOWN, "")]
)
def test_a_chain_of_dumps_goes_on_where_memory_is_tracked(tracks: bool | None, state: State, words: str) -> None:
    found = checks(attempt("incremental", Machine(soft_dirty=tracks)))
    assert [check.state for check in found] == [state]
    assert words in found[0].what


def test_of_a_dump_by_itself_nothing_is_said() -> None:
    assert checks(attempt("random-1", Machine(soft_dirty=False))) == []


def checks(made: Attempt) -> list[Check]:
    assert MemoryTracking.needs is Needs.MACHINE
    return [check for each in run(made, (MemoryTracking(),)) for check in each.checks]


def test_a_bounding_set_is_never_wider_than_that_of_who_restores() -> None:
    """What a task had is given to it; of what it could get by a program, what CRIU itself cannot get is lost."""
    made = attempt("random-1", Machine(uid=0, permitted=ALL_CAPABILITIES, bounding=~1 & ALL_CAPABILITIES))
    (found,) = CapabilitiesCheck().look(made)
    assert found.state is State.OK
    assert "CAP_CHOWN is not in the bounding set" in found.why
    whole = attempt("random-1", Machine(uid=0, permitted=ALL_CAPABILITIES, bounding=ALL_CAPABILITIES))
    assert "bounding set" not in next(CapabilitiesCheck().look(whole)).why

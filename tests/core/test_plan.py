"""The write plan against what real CRIU mapped, and its rules on small address spaces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import MapFlag, Prot, VmaStatus
from criu_tui.core.pages.entries import PageFlag
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.restore.commit_charge import budget, needless
from criu_tui.core.restore.counters import counters
from criu_tui.core.restore.plan import plan
from criu_tui.core.restore.releases import Mark, criu
from criu_tui.core.restore.steps import Action, Cause

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.plan import TaskPlan

TRUTHS = [
    (folder.name, version, folder / file)
    for folder in sorted(DUMPS.iterdir())
    for version, file in (("4.2.1", "restore-4.2.1.json"), ("3.19", "restore-pre-4.0.json"))
    if (folder / file).exists()
]


def logged_flags(flags: int, status: int) -> int:
    """The restorer adds MAP_FIXED, and makes an AIO ring as anonymous memory."""
    return flags | MapFlag.FIXED | (MapFlag.ANONYMOUS if status & VmaStatus.AIORING else 0)


def mmap_rows(task: TaskPlan) -> list[list[int]]:
    return [
        [s.vma.start, s.vma.end, s.requested_prot, logged_flags(s.vma.flags, s.vma.status)]
        for s in task.steps
        if s.action is Action.MMAP
    ]


def premap_rows(task: TaskPlan) -> list[list[int]]:
    return [[s.vma.start, s.vma.end] for s in task.steps if s.action in (Action.PREMAP, Action.MREMAP)]


def test_the_truths_are_all_here() -> None:
    assert len(TRUTHS) == 20


@pytest.mark.parametrize(("name", "version", "truth"), TRUTHS, ids=[f"{n}-{v}" for n, v, _ in TRUTHS])
def test_plan_equals_the_restore(name: str, version: str, truth: Path, recorded_host: Host) -> None:
    restore: dict[str, Any] = json.loads(truth.read_text())
    made = plan(Dump(DUMPS / name / "dump"), criu(version))
    charges = budget(made, recorded_host)
    failure = restore["failure"]
    for pid, task in restore["tasks"].items():
        # The recorded rows of a failed restore end at the failure, which is the last of them.
        mmaps, premaps = mmap_rows(made.by_pid[int(pid)]), premap_rows(made.by_pid[int(pid)])
        if failure is None:
            assert mmaps == task["mmap"]
            assert premaps == task["premap"]
        else:
            assert mmaps[: len(task["mmap"])] == task["mmap"]
            assert premaps[: len(task["premap"])] == task["premap"]
    if failure is None:
        assert charges.failure is None
    else:
        assert charges.failure is not None
        step = charges.failure.step
        assert step.pid == failure["task"]
        assert step.action.value == failure["step"]
        if "start" in failure:
            assert step.vma.start == failure["start"]


@pytest.mark.parametrize(("name", "version", "truth"), TRUTHS, ids=[f"{n}-{v}" for n, v, _ in TRUTHS])
def test_counters_and_batches_equal_the_restore(name: str, version: str, truth: Path) -> None:
    restore: dict[str, Any] = json.loads(truth.read_text())
    dump = Dump(DUMPS / name / "dump")
    found = counters(dump, plan(dump, criu(version)))
    for pid, task in restore["tasks"].items():
        counted = found[int(pid)]
        assert counted.unread is None
        if task["counters"]:
            assert counted.named() == task["counters"]
        if restore["restored"]:
            assert [[b.address, b.first_length, b.vectors] for b in counted.batches] == task["iov_batches"]


def write_dump(directory: Path, *tasks: demos.DemoTask) -> Dump:
    demos.write(demos.DemoDump("test", tasks), directory)
    return Dump(directory)


def reservation_below_data(directory: Path) -> Dump:
    return write_dump(
        directory,
        demos.DemoTask(
            7,
            0,
            "t",
            (
                demos.Mapping(0x10000, 0x4000, Prot.NONE),
                demos.Mapping(0x14000, 0x1000, Prot.READ | Prot.WRITE, pages=(0x14000,)),
                demos.Mapping(0x20000, 0x4000, Prot.NONE),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("version", "below", "above"),
    [
        # (before 3.2: always; 3.2-3.19: the end counts; 4.0+: it does not; trailing: all releases)
        ("2.0", Prot.WRITE, Prot.WRITE),
        ("3.1", Prot.WRITE, Prot.WRITE),
        ("3.2", Prot.WRITE, Prot.WRITE),
        ("3.19", Prot.WRITE, Prot.WRITE),
        ("4.0", Prot.NONE, Prot.WRITE),
        ("4", Prot.NONE, Prot.WRITE),
        ("4.2.1", Prot.NONE, Prot.WRITE),
        ("needed", Prot.NONE, Prot.NONE),
    ],
)
def test_reservations_around_data_by_release(tmp_path: Path, version: str, below: Prot, above: Prot) -> None:
    steps = plan(reservation_below_data(tmp_path), criu(version)).by_pid[7].steps
    assert [step.requested_prot for step in steps] == [below, Prot.READ | Prot.WRITE, above]


@pytest.mark.parametrize(("version", "reservations"), [("3.19", 2), ("4.2.1", 1), ("needed", 0)])
def test_what_is_charged_for_no_page_is_told(
    tmp_path: Path, recorded_host: Host, version: str, reservations: int
) -> None:
    made = plan(reservation_below_data(tmp_path), criu(version))
    assert needless(made, budget(made, recorded_host)) == reservations * 0x4000


def test_pages_that_a_child_does_not_inherit_are_charged_for_something(tmp_path: Path, recorded_host: Host) -> None:
    """CRIU 4.3 leaves such VMAs out of the COW pairs: their child maps them anew, and reads its own pages."""
    status = VmaStatus.REGULAR | VmaStatus.ANON_PRIVATE | VmaStatus.NOT_ACCOUNTABLE
    shared = demos.Mapping(0x10000, 0x1000, Prot.READ, status=status, pages=(0x10000,))
    dump = write_dump(tmp_path, demos.DemoTask(7, 0, "t", (shared,)), demos.DemoTask(8, 7, "t", (shared,)))
    charged = {}
    for version in ("4.2.1", "4.3"):
        made = plan(dump, criu(version))
        charges = budget(made, recorded_host)
        charged[version] = charges.charged
        assert needless(made, charges) == 0
    assert charged == {"4.2.1": 0x1000, "4.3": 0x2000}


def test_the_needed_rule_asks_for_any_entry_however_a_vma_is_restored(tmp_path: Path) -> None:
    huge = MapFlag.PRIVATE | MapFlag.ANONYMOUS | MapFlag.HUGETLB
    shadow = VmaStatus.REGULAR | VmaStatus.SHSTK
    mappings = tuple(
        mapping
        for base in (0x200000, 0xA00000)
        for mapping in (
            demos.Mapping(base, 0x200000, Prot.READ, huge),
            demos.Mapping(base + 0x200000, 0x1000, Prot.READ, status=shadow),
            demos.Mapping(base + 0x202000, 0x1000, Prot.READ),
        )
    )
    write_dump(tmp_path, demos.DemoTask(7, 0, "t", mappings))
    # The first three have a page each that is lazy alone, the others none.
    entries = [(mapping.start, 1, int(PageFlag.LAZY)) for mapping in mappings[:3]]
    (tmp_path / "pagemap-7.img").write_bytes(encode_pagemap(1, entries))
    steps = plan(Dump(tmp_path), criu("needed")).by_pid[7].steps
    assert [steps.of(index).write_added for index in range(6)] == [True] * 3 + [False] * 3
    assert {steps.of(1).action, steps.of(2).action} == {Action.PREMAP, Action.MMAP}


def test_private_memory_above_the_task_size_is_not_shared_memory(tmp_path: Path, recorded_host: Host) -> None:
    """CRIU's test of a private VMA asks for its end (criu/include/vma.h); the kernel's charge does not."""
    above = demos.Mapping(0x7FFFFFFFF000, 0x1000, Prot.READ | Prot.WRITE)
    dump = write_dump(tmp_path, demos.DemoTask(7, 0, "t", (above,)))
    made = plan(dump, criu("4.2.1"))
    (step,) = made.by_pid[7].steps
    assert (step.action, step.requested_prot, step.cause) == (Action.MMAP, above.prot, Cause.ABOVE)
    assert "above the task size" in made.reason(step)
    assert "shared" not in made.reason(step)
    assert budget(made, recorded_host).charged == above.size


@pytest.mark.parametrize(
    ("version", "mark"),
    [
        ("2.0", Mark.NEVER),
        ("3.1.9", Mark.NEVER),
        ("3.2", Mark.CLOSED),
        ("3.19", Mark.CLOSED),
        ("3.20", Mark.CLOSED),
        ("4", Mark.HALF_OPEN),
        ("4.0", Mark.HALF_OPEN),
        ("5.0", Mark.HALF_OPEN),
        ("needed", Mark.NEEDED),
    ],
)
def test_versions_choose_their_rule(version: str, mark: Mark) -> None:
    assert criu(version).rule.mark is mark


@pytest.mark.parametrize("version", ["", "x", "1.8", "4.2.x", "-1", "4.2.1\x1b[31m", "٤.٢"])
def test_other_versions_are_refused_in_one_line(version: str) -> None:
    with pytest.raises(ValueError, match="CRIU") as caught:
        criu(version)
    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_reasons_name_the_deciding_entry() -> None:
    dump = Dump(DUMPS / "prot-none-400g" / "dump")
    for version, words in (
        (
            "3.19",
            "next dumped page 7eb861200000 begins exactly at this VMA's end: CRIU 3.19 counts that as inside",
        ),
        ("4.2.1", "next dumped page 7eb861200000 begins exactly at this VMA's end, which is outside"),
    ):
        made = plan(dump, criu(version))
        step = next(s for s in made.by_pid[16363].steps if s.vma.start == 0x7E8661200000)
        assert words in made.reason(step)


def test_every_step_of_every_dump_has_a_reason() -> None:
    for name, version, _ in TRUTHS:
        made = plan(Dump(DUMPS / name / "dump"), criu(version))
        for task, index in made.execution_order():
            reason = made.reason(task.steps.of(index))
            assert reason
            assert "{" not in reason


def test_a_common_vma_after_one_of_the_childs_own_is_no_cow_pair(tmp_path: Path) -> None:
    # The walk's stride runs past it; seen with real CRIU in growsdown-fork.
    rw = Prot.READ | Prot.WRITE
    first, common = demos.Mapping(0x10000, 0x1000, rw), demos.Mapping(0x30000, 0x1000, rw)
    own, last = demos.Mapping(0x20000, 0x1000, rw), demos.Mapping(0x40000, 0x1000, rw)
    dump = write_dump(
        tmp_path,
        demos.DemoTask(7, 0, "t", (first, common, last)),
        demos.DemoTask(8, 7, "t", (first, own, common, last)),
    )
    made = plan(dump, criu("4.2.1"))
    assert [s.vma.start for s in made.by_pid[8].scratch] == [first.start, last.start]
    assert [s.vma.start for s in made.by_pid[7].scratch] == [first.start, last.start]


def test_a_version_may_have_a_v_and_one_number() -> None:
    assert (criu("v3.19").version, criu("v3.19").rule) == ("3.19", criu("3.19").rule)
    assert criu("4").rule is criu("4.0").rule

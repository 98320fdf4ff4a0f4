"""What two checkpoints hold once, since both say it, changes nothing of what is said of either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import MapFlag, Prot, VmaStatus
from criu_tui.core.pages.pagemaps import coverages_of, pagemap_of
from criu_tui.core.report import diff
from criu_tui.core.report.against import compared
from criu_tui.core.report.report import Report
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.releases import criu
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

PAGE = 4096
BASE = 0x10000000
HOST = Host(Mode.HEURISTIC, mem=1 << 30, swap=0, limit=0, committed=0)
PROGRAM = demos.Mapping(
    0x400000, 4 * PAGE, Prot.READ | Prot.EXEC, MapFlag.PRIVATE, VmaStatus.REGULAR | VmaStatus.FILE_PRIVATE
)


@st.composite
def tasks(draw: st.DrawFn) -> tuple[demos.DemoTask, ...]:
    """A few tasks of few kinds, so that those of two draws are often the same."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        size = draw(st.sampled_from((1, 1, 1, 3)))
        dumped = tuple(BASE + n * PAGE for n in range(draw(st.integers(0, size))))
        mappings: tuple[demos.Mapping, ...] = (
            demos.Mapping(BASE, size * PAGE, draw(st.sampled_from((3, 3, 1))), pages=dumped),
        )
        if draw(st.booleans()):
            mappings = (PROGRAM, *mappings)
        comm = draw(st.sampled_from(("a", "a", "b")))
        made.append(
            demos.DemoTask(
                7 + number, 0 if not number else 7, comm, mappings, draw(st.sampled_from(((0, 0), (0, 0), (5, 5))))
            )
        )
    return tuple(made)


def written(where: Path, made: tuple[demos.DemoTask, ...]) -> Path:
    where.mkdir()
    demos.write(demos.DemoDump("", made), where)
    return where


def said(first: Path, second: Path) -> tuple[object, ...]:
    """All that is said of two checkpoints: what differs, and what either has and would charge."""
    report = compared(Report(Dump(first), criu("4.2.1"), HOST), Dump(second))
    assert report.against is not None
    text, found = list(diff.text(report, None)), diff.json(report, None)
    both = (report, report.against.report)
    held = [
        [
            (list(one.dump.address_space(pid).vmas), one.dump.core(pid), list(pagemap_of(one.dump, pid)),
             list(coverages_of(one.dump, pid)), list(one.plan.by_pid[pid].steps), one.budget.charged)
            for pid in one.dump.pids
        ]
        for one in both
    ]  # fmt: skip
    return text, found, held, [list(map(str, one.dump.problems)) for one in both], [one.dump.half_read for one in both]


@settings(max_examples=60, deadline=None)
@given(
    first=tasks(),
    second=tasks(),
    same=st.booleans(),
    damaged=st.sampled_from((None, None, "mm-7.img", "core-7.img", "pagemap-7.img", "files.img", "pages-1.img")),
    left=st.sampled_from((0, 20, None)),
)
def test_the_differences_are_those_of_checkpoints_that_hold_nothing_together(
    first: tuple[demos.DemoTask, ...],
    second: tuple[demos.DemoTask, ...],
    same: bool,
    damaged: str | None,
    left: int | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    base = tmp_path_factory.mktemp("held")
    places = written(base / "a", first), written(base / "b", first if same else second)
    if damaged is not None:
        image = places[1] / damaged
        if left is None:
            image.unlink()
        else:
            image.write_bytes(image.read_bytes()[: -left or None])
    together = said(*places)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Dump, "hold_with", lambda *_: None)
        assert said(*places) == together


def test_of_images_that_are_the_same_the_files_they_name_may_be_others(tmp_path: Path) -> None:
    """Two programs of one id and size: the image of the memory has the id alone."""
    one, other = (Dump(written(tmp_path / comm, (demos.DemoTask(7, 0, comm, (PROGRAM,)),))) for comm in ("cat", "dog"))
    assert (tmp_path / "cat" / "mm-7.img").read_bytes() == (tmp_path / "dog" / "mm-7.img").read_bytes()
    report = compared(Report(one, criu("4.2.1"), HOST), other)
    assert report.against is not None
    paths = [
        (each.name, each.turn.words) for each in report.against.checkpoints.differences if each.span or each.other_span
    ]
    assert sorted(paths) == [("file /usr/local/bin/cat", "gone"), ("file /usr/local/bin/dog", "new")]
    assert one.address_space(7) is other.address_space(7)


def test_what_is_the_same_is_held_once_and_what_is_not_is_not(tmp_path: Path) -> None:
    kept, changed = (demos.DemoTask(7, 0, "a", (PROGRAM,)), demos.DemoTask(8, 7, "b", (PROGRAM,)))
    first = Dump(written(tmp_path / "a", (kept, changed)))
    grown = demos.Mapping(BASE, PAGE, Prot.READ, pages=(BASE,))
    second = Dump(written(tmp_path / "b", (kept, changed._replace(comm="c", mappings=(PROGRAM, grown)))))
    second.hold_with(first)
    for pid, held in ((7, True), (8, False)):
        for dump in (first, second):
            coverages_of(dump, pid)
        assert (first.core_entry(pid) is second.core_entry(pid)) is held
        assert (first.address_space(pid) is second.address_space(pid)) is held
        assert (pagemap_of(first, pid) is pagemap_of(second, pid)) is held
        assert (coverages_of(first, pid) is coverages_of(second, pid)) is held

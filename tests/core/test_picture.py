"""The picture of a step: what each rule makes of a VMA, and by what."""

from __future__ import annotations

from criu_tui.core.dump.dump import Dump
from criu_tui.core.report import picture
from criu_tui.core.report.report import Report
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS

HOST = Host(Mode.HEURISTIC, 24684084 << 10, 0, 0, 0)
RESERVED = 0x7E431D600000


def test_what_a_child_inherits_is_mapped_without_any_comparison() -> None:
    """CRIU premaps what parent and child share writable before it looks at any page (criu/mem.c)."""
    report = Report(Dump(DUMPS / "prot-none-400g-fork" / "dump"), criu("4.2.1"), HOST)
    steps = report.plan.by_pid[16462].steps
    step = next(step for step in steps if step.vma.start == RESERVED)
    drawn = [line for _, line in picture.lines(report, step)]
    assert any("no page decides how this VMA is mapped" in line for line in drawn)
    assert not any("entry.start" in line for line in drawn)

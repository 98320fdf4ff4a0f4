"""Releases: which rule each has, and that one more of them is one more entry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import Prot, VmaStatus
from criu_tui.core.findings.finding import Severity
from criu_tui.core.report import detail, heading, picture, two_releases
from criu_tui.core.report import plan as plan_report
from criu_tui.core.report.report import Report
from criu_tui.core.restore import releases
from criu_tui.core.restore.releases import NEEDED, NEWEST, RULES, Change, Mark, Rule, criu, of_rule, stand_ins

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host

GIB = 1 << 30


def reservation(directory: Path, status: VmaStatus, *, forked: bool) -> Dump:
    """A 400 GiB PROT_NONE reservation above a page, in one task or two."""
    base = 0x7E0000000000
    mappings = (
        demos.Mapping(base - 0x1000, 0x1000, Prot.READ | Prot.WRITE, pages=(base - 0x1000,)),
        demos.Mapping(base, 400 * GIB, Prot.NONE, status=status),
        demos.Mapping(base + 401 * GIB, 0x1000, Prot.READ | Prot.WRITE, pages=(base + 401 * GIB,)),
    )
    tasks = [demos.DemoTask(7, 0, "t", mappings), demos.DemoTask(8, 7, "t", mappings)]
    demos.write(demos.DemoDump("test", tuple(tasks[: 1 + forked])), directory)
    return Dump(directory)


ANON = VmaStatus.REGULAR | VmaStatus.ANON_PRIVATE
NOT_COUNTED = ANON | VmaStatus.NOT_ACCOUNTABLE


@pytest.mark.parametrize(
    ("version", "status", "refused"),
    [
        ("4.2.1", ANON, "forked-reservation"),
        ("4.2.1", NOT_COUNTED, "forked-reservation"),
        # What an older CRIU dumped does not say that it was never counted.
        ("4.3", ANON, "forked-reservation"),
        ("4.3", NOT_COUNTED, None),
        ("4.9", NOT_COUNTED, None),
        ("9", ANON, "forked-reservation"),
    ],
)
def test_a_forked_reservation_by_who_dumped_and_who_restores(
    tmp_path: Path, recorded_host: Host, version: str, status: VmaStatus, refused: str | None
) -> None:
    report = Report(reservation(tmp_path, status, forked=True), criu(version), recorded_host)
    errors = [found for found in report.findings if found.severity is Severity.ERROR]
    assert [found.id for found in errors] == ([refused] if refused else [])
    if refused:
        dump_again = status == ANON
        assert ("dump again with CRIU 4.3 or later" in errors[0].advice) is dump_again
        assert ("restore with CRIU 4.3 or later" in errors[0].advice) is not dump_again
    if version == "4.3" and status == ANON:
        assert "dumped by a CRIU before 4.3, so CRIU 4.3 cannot tell" in errors[0].why


@pytest.mark.parametrize(("version", "known"), [("4.3", True), ("4.2.5", True), ("4.9", False), ("9", False)])
def test_every_verdict_on_an_unknown_release_says_so(
    tmp_path: Path, recorded_host: Host, version: str, *, known: bool
) -> None:
    report = Report(reservation(tmp_path, ANON, forked=False), criu(version), recorded_host)
    assert report.criu.known is known
    says = f"CRIU {version} (not known: taken for {NEWEST})"
    assert (says in heading.heading(report, 7, 200)) is not known
    assert any(says in note for _, note in plan_report.notes(report)) is not known
    assert ("release-unknown" in [found.id for found in report.findings]) is not known


def test_the_newest_release_has_the_newest_rule() -> None:
    assert criu(NEWEST).rule is RULES[-1]
    assert [made.rule for made in stand_ins()] == [*reversed(RULES), NEEDED.rule]
    assert all(criu(made.version) == made and made.known for made in stand_ins())
    assert [rule.first for rule in RULES] == sorted(rule.first for rule in RULES)


def test_a_change_is_named_by_its_first_release() -> None:
    change = Change((4, 2))
    assert (change.before, change.later) == ("before 4.2", "CRIU 4.2 or later")
    assert [change.lacks(criu(version).numbers) for version in ("4.1.1", "4.2", "5")] == [True, False, False]
    assert not change.lacks(None)


def test_one_more_rule_is_one_more_entry(tmp_path: Path, recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rules may share a mark; whatever shows rules shows the new one, and no plan is mistaken for another."""
    later = Rule("later", Mark.HALF_OPEN, "5.0+", (5, 0), "5.0", "entry.start >= vma.end", accounting=True)
    added = (*RULES, later)
    for module in (releases, picture, plan_report):
        monkeypatch.setattr(module, "RULES", added)
    stand_ins.cache_clear()
    try:
        chosen = criu("5.1")
        assert chosen.rule is later
        report = Report(reservation(tmp_path, ANON, forked=True), chosen, recorded_host)
        steps = report.plan.by_pid[7].steps
        assert any("5.0+" in line for _, line in picture.lines(report, steps.of(0)))
        assert plan_report.first_place(report) is not None
        assert detail.lines(report, 7, steps.vmas[0].start)
        for other in stand_ins():
            assert two_releases.json(report, None, other)
        plans = {id(report.planned(of_rule(rule))[1]) for rule in (*added, NEEDED.rule)}
        assert len(plans) == len(added) + 1
        assert heading.next_criu(of_rule(later)) == of_rule(RULES[-1])
    finally:
        stand_ins.cache_clear()


def test_two_releases_have_their_charges_as_bars_of_one_scale(tmp_path: Path, recorded_host: Host) -> None:
    demos.write(demos.demo("boundary"), tmp_path)
    report = Report(Dump(tmp_path), criu("3.19"), recorded_host)
    table = two_releases.table(report, 4242, criu("4.3"))
    bars = {line.split("  ")[0]: line.count("█") for _, line in table.notes}
    # 600 GiB fill the scale; 20 MiB and 23.5 GiB of it are less than a cell of twenty.
    assert (bars["CRIU 3.19"], bars["CRIU 4.3"], bars["the host"]) == (two_releases.CHARGES, 0, 0)
    column = next(column for column in table.columns if "│" in column.title)
    before = [column.text(row) for row in table.rows]
    # 200 and 400 GiB under 3.19, nothing under 4.3: half of the left side, and all of it.
    assert [(cell.index("│"), cell.count("█"), cell.rstrip()[-1]) for cell in before] == [(7, 3, "│"), (7, 6, "│")]


def test_a_task_that_two_releases_map_alike_leads_to_one_that_they_do_not(recorded_host: Host) -> None:
    place = DUMPS / "random-2-fork"
    old, new = (json.loads((place / f"restore-{name}.json").read_text())["tasks"] for name in ("pre-4.0", "4.2.1"))
    assert [pid for pid in new if new[pid]["mmap"] != old[pid]["mmap"]] == ["16658"]
    report = Report(Dump(place / "dump"), criu("4.2.1"), recorded_host)
    said = {pid: two_releases.table(report, pid, criu("3.19")).empty for pid in report.dump.pids}
    assert said == {
        16656: "CRIU 4.2.1 and CRIU 3.19 do the same with task 16656, but not with 16658",
        16657: "CRIU 4.2.1 and CRIU 3.19 do the same with task 16657, but not with 16658",
        16658: "",
    }


def test_mirrored_bars_grow_apart() -> None:
    assert two_releases.mirrored(6, 3, 6) == "██████ │ ███"
    assert two_releases.mirrored(0, 6, 6) == "       │ ██████"
    assert two_releases.mirrored(4, 0, 6).strip() == "████ │"
    # A part of a cell is at the outer end.
    assert two_releases.mirrored(7, 7, 12) == "  ▐███ │ ███▌"
    assert two_releases.mirrored(1, 0, 1 << 20) == "     ▐ │"
    assert two_releases.mirrored(0, 0, 0).strip() == "│"


def test_the_heading_says_no_task_only_where_there_is_none() -> None:
    """Of a forked program; and of a dump that left nothing but its log."""
    forked = Report(Dump(DUMPS / "prot-none-1g-fork" / "dump"), criu("4.3"))
    assert heading.heading(forked, None, 80).split(" │ ")[1] == "3 tasks"
    failed = Report(Dump(DUMPS / "userns-root-unmapped" / "dump"), criu("4.3"))
    assert heading.heading(failed, None, 80).split(" │ ")[1] == "no task"

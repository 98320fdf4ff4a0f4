"""A restore.log against the plan: real logs of CRIU 4.2.1, and what differs in ones made from them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import MapFlag, Prot, VmaStatus
from criu_tui.core.logs.comparison import Comparison, Likeness, compare_restore
from criu_tui.core.logs.reading import read_log
from criu_tui.core.logs.restore_log import parse_restore, read_restore
from criu_tui.core.report import log as log_report
from criu_tui.core.report import log_notes
from criu_tui.core.report import plan as plan_report
from criu_tui.core.report.report import Report
from criu_tui.core.restore.commit_charge import budget
from criu_tui.core.restore.counters import Counters, counters
from criu_tui.core.restore.plan import Plan, plan
from criu_tui.core.restore.reading_in import ReadBatch
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.steps import Step

GRANTED, REFUSED = "prot-none-400g", "prot-none-400g-fork"


def real_log(name: str) -> Path:
    return DUMPS / name / "restore-4.2.1.log"


def made(name: str, version: str = "4.2.1") -> Plan:
    return plan(Dump(DUMPS / name / "dump"), criu(version))


def edited(name: str, old: str, new: str) -> Comparison:
    """The real log with a line changed, against the plan."""
    lines = real_log(name).read_text().splitlines()
    assert sum(old in line for line in lines) == 1
    return compared(name, [line.replace(old, new) for line in lines])


def compared(name: str, lines: Iterable[str], version: str = "4.2.1") -> Comparison:
    plan = made(name, version)
    return compare_restore(plan, parse_restore(enumerate(lines, 1), plan.by_pid))


def report_of(name: str, host: Host, version: str = "4.2.1") -> Report:
    return Report(Dump(DUMPS / name / "dump"), criu(version), host, given_log=real_log(name))


def test_a_restore_that_ended_well_is_as_predicted() -> None:
    dump = Dump(DUMPS / GRANTED / "dump")
    log = read_restore(read_log(real_log(GRANTED)), dump.pids)
    assert (log.finished, log.failed, log.refusal) == (True, False, None)
    found = compare_restore(made(GRANTED), log, lambda: counters(dump, made(GRANTED)))
    # Counted in the log: 15 lines of mmap, five counters and one read.
    assert (found.mappings, found.counted) == ((15, 15), (6, 6))
    text = real_log(GRANTED).read_text().splitlines()
    assert {match.line for match in found.matches.values()} == {
        number
        for number, line in enumerate(text, 1)
        if any(word in line for word in ("\tmmap(0x", "\tpremap 0x", " nr_", "- render "))
    }
    assert [found.matches[line].number for line in sorted(found.matches) if "mmap(" in text[line - 1]] == list(
        range(1, 16)
    )


def test_a_restore_that_was_refused_stopped_where_the_budget_says(recorded_host: Host) -> None:
    log = read_restore(read_log(real_log(REFUSED)), made(REFUSED).by_pid)
    assert log.failed
    predicted = budget(made(REFUSED), recorded_host).failure
    assert predicted is not None
    found = compare_restore(made(REFUSED), log)
    assert found.mappings == (7, 7)
    assert found.refused is not None
    assert found.refused.step == predicted.step
    assert "Unable to map ANON_VMA" in real_log(REFUSED).read_text().splitlines()[found.refused.line - 1]
    # Seven premaps went well before it.
    assert found.refused.number == 8


def test_the_failed_restore_is_explained(recorded_host: Host) -> None:
    report = report_of(REFUSED, recorded_host)
    notes = " ".join(line for _, line in log_notes.notes(report))
    assert "7 of 7 mappings as predicted for CRIU 4.2.1" in notes
    assert "stopped at step 8 of 16 of task 16462, premap 7e431d600000-7e751d600000, 200 GiB" in notes
    first = report.findings[0]
    assert (first.id, first.pid, first.start) == ("premap-refused", 16462, 0x7E431D600000)
    assert "COW pair: task 16463 inherits it" in first.why
    assert "200 GiB > RAM + swap 23.5 GiB: ENOMEM" in first.why
    assert plan_report.first_place(report) == (16462, 0x7E431D600000)


def test_a_log_without_mappings_is_not_said_to_have_some(tmp_path: Path) -> None:
    """CRIU logs mappings at its fourth level only (pr_debug)."""
    log = tmp_path / "restore.log"
    told = ("Error", "successfully", "ersion")
    log.write_text("".join(line for line in real_log(GRANTED).open() if any(word in line for word in told)))
    report = Report(Dump(DUMPS / GRANTED / "dump"), criu("4.2.1"), given_log=log)
    notes = [line for _, line in log_notes.notes(report)]
    assert "no mapping (-v4 logs them) to hold against the plan for CRIU 4.2.1" in notes


def test_the_plan_is_that_of_the_criu_that_wrote_the_log(recorded_host: Host) -> None:
    # Under 3.19 the plan maps the reservations writable, which is not what 4.2.1 did.
    report = report_of(GRANTED, recorded_host, "3.19")
    (found,) = report.restores.values()
    assert found.plan.criu.version == "4.2.1"
    assert found.mappings == (15, 15)


def test_a_log_of_another_run_is_not_compared(tmp_path: Path, recorded_host: Host) -> None:
    path = tmp_path / "restore.log"
    path.write_text(real_log(GRANTED).read_text().replace("Dump CRIU run id = b", "Dump CRIU run id = a"))
    report = Report(Dump(DUMPS / GRANTED / "dump"), criu("4.2.1"), recorded_host, given_log=path)
    assert report.restores == {}
    assert "log-of-another-run" in [finding.id for finding in report.findings]


@pytest.mark.parametrize(
    ("old", "new", "logged", "predicted"),
    [
        # The boundary bug: asked for with WRITE.
        (
            "mmap(0x7e8661200000 -> 0x7eb861200000, 0x0 ",
            "mmap(0x7e8661200000 -> 0x7eb861200000, 0x2 ",
            "mmap 7e8661200000-7eb861200000 -w-",
            "mmap 7e8661200000-7eb861200000 ---",
        ),
        ("0x4aa000 -> 0x4b0000", "0x4aa000 -> 0x4af000", "mmap 0000004aa000-0000004af000 rw-", None),
        ("0x4aa000 -> 0x4b0000", "0x5aa000 -> 0x5b0000", "mmap 0000005aa000-0000005b0000 rw-", "nothing"),
    ],
)
def test_what_differs_is_named(old: str, new: str, logged: str, predicted: str | None) -> None:
    first, *rest = edited(GRANTED, old, new).different
    assert first.logged == logged
    assert first.predicted == (predicted or "mmap 0000004aa000-0000004b0000 rw-")
    # A mapping that the plan lacks leaves out one that it has: the next says so, and no other.
    assert len(rest) == (predicted == "nothing")
    assert all(match.predicted.startswith("mmap 0000004aa000-0000004b0000 rw- before ") for match in rest)


def test_a_counter_that_differs_is_named() -> None:
    dump = Dump(DUMPS / GRANTED / "dump")
    lines = real_log(GRANTED).read_text().replace("nr_restored_pages: 17", "nr_restored_pages: 18").splitlines()
    log = parse_restore(enumerate(lines, 1), dump.pids)
    found = compare_restore(made(GRANTED), log, lambda: counters(dump, made(GRANTED)))
    (different,) = found.different
    assert (different.logged, different.predicted) == ("nr_restored_pages 18", "nr_restored_pages 17")
    assert found.counted == (5, 6)


def test_a_mapping_refused_in_place_and_an_area_refused() -> None:
    lines = [
        "(00.1) pie: 16363: \tmmap(0x7e8661200000 -> 0x7eb861200000, 0x2 0x32 -1)",
        "(00.1) pie: 16363: Error (criu/pie/restorer.c:1883): "
        "Can't restore 0x7e8661200000 mapping with 0xfffffffffffffff4",
    ]
    found = compared(GRANTED, lines, "3.19")
    assert found.refused is not None
    assert found.refused.step is not None
    assert found.refused.step.vma.start == 0x7E8661200000
    area = ["(00.1)  16462: Error (criu/mem.c:1363): Unable to reserve memory (859000000 bytes)"]
    found = compared(REFUSED, area)
    assert found.refused is not None
    assert found.refused.logged == "an area of 859,000,000 bytes"
    assert found.refused.step is None
    # The log finds a COW pair in every private VMA: all but vsyscall.
    *private, _ = Dump(DUMPS / REFUSED / "dump").address_space(16462).vmas
    assert len(private) == real_log(REFUSED).read_text().count("Found two COW VMAs")
    total = sum(vma.size for vma in private)
    assert found.refused.predicted == f"private mappings of {total:,} bytes"


def test_lines_of_tasks_that_the_dump_lacks_are_counted_not_kept() -> None:
    lines = ["(00.1)  7: \tpremap 0x1000-0x2000 -> 3000", "nonsense", "(00.1)  7: nr_lazy:           5"]
    lines += [f"(00.1)  {pid}: \tpremap 0x1000-0x2000 -> 3000" for pid in range(100_000, 101_000)]
    log = parse_restore(enumerate(lines, 1), made(GRANTED).by_pid)
    assert log.tasks == {}
    found = compare_restore(made(GRANTED), log, dict)
    assert [(match.line, match.pid, match.verdict) for match in found.matches.values()] == [(1, 7, Likeness.DIFFERENT)]
    assert found.other_lines == 1002
    assert not found.agrees


def test_steps_that_a_finished_restore_never_logged(recorded_host: Host, tmp_path: Path) -> None:
    lines = real_log(GRANTED).read_text().splitlines()
    *_, last = (line for line in lines if "\tmmap(0x" in line)
    lines.remove(last)
    found = compared(GRANTED, lines)
    assert found.mappings == (14, 14)
    (absent,) = found.absent
    assert (absent.pid, absent.number) == (16363, 15)
    assert absent.step is not None
    assert f"mmap(0x{absent.step.vma.start:x} " in last
    path = tmp_path / "restore.log"
    path.write_text("\n".join(lines))
    report = Report(Dump(DUMPS / GRANTED / "dump"), criu("4.2.1"), recorded_host, given_log=path)
    assert "predicted but not logged in a restore that finished: 1 step, first mmap" in " ".join(
        line for _, line in log_notes.notes(report)
    )
    (finding,) = (finding for finding in report.findings if finding.id == "restore-off-the-plan")
    assert (finding.pid, finding.start) == (16363, absent.step.vma.start)
    # One that did not finish, or is of a lower level, says nothing of the rest.
    assert compared(GRANTED, [line for line in lines if "finished" not in line]).absent == ()
    assert compared(GRANTED, [line for line in lines if "finished" in line]).absent == ()


def test_a_task_that_a_finished_restore_never_logged() -> None:
    own = [line for line in real_log(REFUSED).read_text().splitlines() if " 16462: \tpremap" in line]
    found = compared(REFUSED, [*own, "(01.1) Restore finished successfully. Tasks resumed."])
    assert [(absent.pid, absent.predicted) for absent in found.absent if absent.step is None] == [
        (16463, "any mapping")
    ]


def test_values_are_compared_not_their_words() -> None:
    def batches(pages: int) -> dict[int, Counters]:
        return {16363: Counters(0, 0, 0, 0, 0, (ReadBatch(0x1000, pages * 4096, 1),))}

    line = f"(00.1)  16363: `- render 1 iovs (0x1000:{2501 * 4096}...)"
    log = parse_restore([(1, line)], made(GRANTED).by_pid)
    assert compare_restore(made(GRANTED), log, lambda: batches(2501)).counted == (1, 1)
    (different,) = compare_restore(made(GRANTED), log, lambda: batches(2510)).different
    # Both are 9.8 MiB.
    assert different.logged == "preadv of 1 at 000000001000, 10,244,096 bytes first"
    assert different.predicted == "preadv of 1 at 000000001000, 10,280,960 bytes first"


def test_map_flags_are_compared() -> None:
    # Private, fixed and anonymous in the log; NORESERVE would change what is charged.
    (different,) = edited(GRANTED, "0x7eb861200000, 0x0 0x32 ", "0x7eb861200000, 0x0 0x4032 ").different
    assert "noreserve" in different.logged.lower()
    assert "noreserve" not in different.predicted.lower()


def test_premaps_of_what_grows_down_may_begin_a_page_lower() -> None:
    name = "growsdown-fork"
    steps = [(task.pid, step) for task in made(name).tasks for step in task.scratch]
    assert any(step.vma.traits.growsdown for _, step in steps)
    assert not all(step.vma.traits.growsdown for _, step in steps)

    def line(pid: int, step: Step, lower: int) -> str:
        return f"(00.1)  {pid}: \tpremap 0x{step.vma.start - lower:014x}-0x{step.vma.end:014x} -> 0"

    lines = [line(pid, step, 4096 * step.vma.traits.growsdown) for pid, step in steps]
    found = compared(name, lines)
    assert found.mappings == (len(steps), len(steps))
    assert found.matches[1].step == steps[0][1]
    # Nothing else does.
    index = next(index for index, (_, step) in enumerate(steps) if not step.vma.traits.growsdown)
    lines[index] = line(*steps[index], 4096)
    first = next(compared(name, lines).different)
    assert (first.line, first.predicted) == (index + 1, "nothing")


@pytest.mark.parametrize(
    ("value", "verdict", "said"),
    [
        ("0xfffffffffffffff4", Likeness.REFUSED, ""),
        ("0xffffffffffffffea", Likeness.FAILED, " (EINVAL)"),
        # It mapped elsewhere.
        ("0x7f0000000000", Likeness.FAILED, ""),
    ],
)
def test_only_enomem_is_a_refusal_for_memory(value: str, verdict: Likeness, said: str) -> None:
    error = "(00.1) pie: 16363: Error (criu/pie/restorer.c:1883): Can't restore 0x7e8661200000 mapping with "
    found = compared(GRANTED, [error + value], "3.19").refused
    assert found is not None
    assert (found.verdict, found.logged) == (verdict, f"mmap 7e8661200000-7eb861200000 -w-{said}")


@pytest.mark.parametrize(
    ("words", "verdict"),
    [("Cannot allocate memory", Likeness.REFUSED), ("Operation not permitted", Likeness.FAILED)],
)
def test_want_of_memory_refuses_a_premap(words: str, verdict: Likeness, recorded_host: Host, tmp_path: Path) -> None:
    path = tmp_path / "restore.log"
    path.write_text(real_log(REFUSED).read_text().replace("ANON_VMA: Cannot allocate memory", f"ANON_VMA: {words}"))
    report = Report(Dump(DUMPS / REFUSED / "dump"), criu("4.2.1"), recorded_host, given_log=path)
    (found,) = report.restores.values()
    assert found.refused is not None
    assert (found.refused.verdict, found.refused.number) == (verdict, 8)
    # Only then the host's memory explains it.
    notes = " ".join(line for _, line in log_notes.notes(report))
    assert ("RAM + swap" in notes) is (verdict is Likeness.REFUSED)


def test_the_area_holds_a_page_more_where_guard_pages_are(tmp_path: Path) -> None:
    rw = Prot.READ | Prot.WRITE
    plain = MapFlag.PRIVATE | MapFlag.ANONYMOUS
    mappings = (
        demos.Mapping(0x10000, 0x1000, rw),
        demos.Mapping(0x20000, 0x2000, rw, plain | MapFlag.GROWSDOWN),
        demos.Mapping(0x30000, 0x4000, rw, plain, VmaStatus.REGULAR | VmaStatus.ANON_PRIVATE | VmaStatus.SHSTK),
    )
    demos.write(demos.DemoDump("test", (demos.DemoTask(7, 0, "t", mappings),)), tmp_path)
    plan_ = plan(Dump(tmp_path), criu("4.2.1"))
    # Seven pages of memory and one below the shadow stack; one more where the kernel hides guard pages.
    for logged, predicted in ((8, 8), (9, 9), (10, 8)):
        line = f"(00.1)  7: Error (criu/mem.c:1363): Unable to reserve memory ({logged * 4096} bytes)"
        found = compare_restore(plan_, parse_restore([(1, line)], plan_.by_pid)).refused
        assert found is not None
        assert found.predicted == f"private mappings of {predicted * 4096:,} bytes"


def test_each_matched_line_says_its_step(recorded_host: Host, tmp_path: Path) -> None:
    # Beside the images it is found without being named.
    shutil.copytree(DUMPS / REFUSED / "dump", tmp_path / "dump")
    shutil.copy(real_log(REFUSED), tmp_path / "restore.log")
    report = Report(Dump(tmp_path / "dump"), criu("4.2.1"), recorded_host)
    table = log_report.table(report)
    titles = [column.title for column in table.columns]
    assert titles == ["Log", "Line", "Time", "Task", "Level", "Subsystem", "Plan", "Text"]
    row = table.rows[log_report.first_row(report)]
    assert row.line.text.startswith("Unable to map")
    assert table.columns[6].text(row) == "8 refused"
    assert table.place(row) == (16462, Dump(tmp_path / "dump").address_space(16462).vmas[7].span)
    before = table.rows[log_report.first_row(report) - 1]
    assert table.columns[6].text(before) == "7 as predicted"


def test_pages_beyond_the_allowance_are_not_compared(recorded_host: Host) -> None:
    name = "prot-none-1g-fork"
    dump, plan_ = Dump(DUMPS / name / "dump"), made(name)
    full = counters(dump, plan_)
    # Of the parent, which inherits nothing, no page is compared.
    (_, *children) = full
    pages = sum(full[pid].restored + full[pid].shared for pid in children)
    assert (len(children), pages) == (2, 36)
    assert counters(dump, plan_, pages) == full
    # One page short: the two counters that hang on it are left out, and nothing else is.
    short = counters(dump, plan_, pages - 1)
    assert [pid for pid, own in short.items() if own.unread is not None] == children[1:]
    lines = [f"(00.1)  {pid}: {name}: {value}" for pid, own in full.items() for name, value in own.named().items()]
    log = parse_restore(enumerate(lines, 1), plan_.by_pid)
    found = compare_restore(plan_, log, lambda: short)
    assert found.counted == (5 * len(full) - 2, 5 * len(full) - 2)
    assert list(found.uncounted) == children[1:]
    assert found.agrees


def test_a_mapped_file_that_is_not_there_is_named_plainly(tmp_path: Path) -> None:
    code = VmaStatus.REGULAR | VmaStatus.FILE_PRIVATE
    tasks = tuple(
        demos.DemoTask(pid, ppid, "absent", (demos.Mapping(0x400000, 4096, Prot.READ, MapFlag.PRIVATE, code, pages),))
        for pid, ppid, pages in ((7, 0, ()), (8, 7, (0x400000,)))
    )
    demos.write(demos.DemoDump("test", tasks), tmp_path)
    # What the child has written is compared with the file, which the parent has not written.
    error = counters(Dump(tmp_path), plan(Dump(tmp_path), criu("4.2.1")))[8].unread
    assert error is not None
    assert str(error).endswith("the mapped file cannot be compared: no such file or directory")

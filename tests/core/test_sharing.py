"""What is handed to others: places, command lines, Markdown, files; and never anything into a dump."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.command_line.parsing import parser
from criu_tui.core.base.text import display_safe
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report import checks, export, findings, log, maps, markdown, overview, place, plan, shell
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu
from criu_tui.core.tables.table import Column, Table, Tone
from criu_tui.core.tables.view import View
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import DUMPS
from tests.pseudo_terminal import Terminal

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host

HOLE = 0x7E8661200000
PID = 16363


@pytest.fixture
def report(recorded_host: Host) -> Report:
    return Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu("3.19"), recorded_host)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("7e8661200000", HOLE),
        ("0x7E9000000000", 0x7E9000000000),
        (" 7eb861200fff ", 0x7EB861200FFF),
        ("+1M", HOLE + (1 << 20)),
        ("+4K", HOLE + 4096),
        ("heap", 0x32DB9000),
        ("[heap]", 0x32DB9000),
        ("src/hole", 0x400000),
    ],
)
def test_places_as_people_write_them(report: Report, text: str, address: int) -> None:
    assert place.go_to(report, PID, text, HOLE) == place.TaskAddress(PID, address)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1000", "no VMA holds 1000: one starts"),
        ("-1T", "one ends"),
        ("no such file", "is no address"),
        ("+much", "no distance"),
        ("[]", "is no address"),
        ("fffffffffffffffff", "is no address"),
    ],
)
def test_nowhere_says_what_is_near(report: Report, text: str, says: str) -> None:
    with pytest.raises(place.NowhereError) as raised:
        place.go_to(report, PID, text, HOLE)
    assert says in str(raised.value)


@pytest.mark.parametrize("text", ["heap", "1000", "+1M"])
def test_without_tasks_there_is_no_place_of_one(tmp_path: Path, recorded_host: Host, text: str) -> None:
    (tmp_path / "restore.log").write_text("(00.049127) Error (criu/cr-restore.c:2536): Restoring FAILED.\n")
    with pytest.raises(place.NowhereError, match="no tasks in this dump"):
        place.go_to(Report(Dump(tmp_path), criu("4.2.1"), recorded_host), 0, text, None)


def test_an_address_of_another_task_is_found_there(recorded_host: Host) -> None:
    forked = Report(Dump(DUMPS / "random-2-fork" / "dump"), criu("4.2.1"), recorded_host)
    first, *others = forked.dump.pids
    own = {vma.span for vma in forked.dump.address_space(first).vmas}
    pid, vma = next(
        (pid, vma) for pid in others for vma in forked.dump.address_space(pid).vmas
        if not any(span.overlaps(vma.span) for span in own)
    )  # fmt: skip
    assert place.go_to(forked, first, f"{vma.start:x}", None).address == vma.start
    assert place.go_to(forked, first, f"{vma.start:x}", None).pid in (pid, *others)


def test_the_command_line_opens_the_same_place(report: Report) -> None:
    program, *words = shlex.split(place.command_line(report, "plan", PID, HOLE))
    assert program == "criu-tui"
    options = parser().parse_args(words)
    assert Path(options.dump).samefile(report.dump.path)
    assert (options.criu, options.pane, options.task, options.goto) == ("3.19", "plan", PID, HOLE)
    assert place.lines(report, "plan", PID, HOLE)[:2] == [
        "# 7e8661200000",
        "# 7e8661200000-7eb861200000 --- 200 GiB anon",
    ]


def test_what_a_row_without_addresses_says_is_copied_and_runs_nothing(recorded_host: Host) -> None:
    failed = Report(Dump(DUMPS / "userns-no-map" / "dump"), criu(NEWEST), recorded_host)
    found = findings.table(failed)
    title, why, *_ = said = place.said_at(found, found.rows[0])
    assert title == "the dump failed: the user namespace does not map id 0"
    assert why.startswith("why: ")
    *comments, _ = place.lines(failed, "findings", None, None, said)
    assert all(line.startswith("# ") for line in comments)
    assert comments[0] == f"# {title}"
    lines = log.table(failed)
    (line,) = place.said_at(lines, lines.rows[log.first_row(failed)])
    assert line.endswith("error  Unable to convert uid or gid")


def test_a_row_with_addresses_says_nothing_beside_them(report: Report) -> None:
    plan_table = plan.table(report, PID)
    assert place.said_at(plan_table, plan_table.rows[0]) == []


def test_the_command_of_the_restore_is_copied_as_it_is_typed(report: Report) -> None:
    overview.finish(report)
    table = overview.table(report)
    assert table.command is not None
    assert [each for each in map(table.command, table.rows) if each] == [checks.command(report)]


SPECIAL = "\\'\"$`!# ;&|()<>*?[]{}~=^%\t\n\xa0é"
SHELLS = ("bash", "dash", "zsh", "fish")


def shells() -> list[str]:
    """Those that are here; where all is tested, all of them are."""
    assert not os.environ.get("CI") or all(map(shutil.which, SHELLS)), "a shell is missing"
    return [name for name in SHELLS if shutil.which(name)]


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(min_size=1, max_size=20),
        st.text("\\'\"$`!# ;&|()<>*?[]{}~=^%\t\n\xa0é", max_size=12).map(os.fsencode),
    )
)
@example(b"=ls")
@example(b"a\\")
@example(b"it's")
@example(b"\\'")
@example(b"")
@example(b"\x1b]52;c;aGk=\x07\n/")
def test_every_shell_reads_any_path_back_and_a_terminal_sees_no_control(name: bytes) -> None:
    if b"\0" in name or name.endswith(b"\n"):
        with pytest.raises(shell.UnpastableError):
            shell.word(os.fsdecode(name))
        return
    written = shell.word(os.fsdecode(name))
    assert written.isprintable()
    for program in shells():
        done = subprocess.run([program, "-c", f"printf %s {written}"], capture_output=True, check=True)
        assert done.stdout == name, program


HOSTILE = (
    *("/tmp/lib;touch x;.so", "/tmp/`touch x`", "/tmp/$(touch x)", "a && touch x", "a | touch x", "a\ntouch x\n"),
    *("'; touch x; '", '"; touch x; "', "\\'; touch x #", "a > x", "a\\", "!touch", "!!", "~~~", "```\ntouch x\n```"),
    *("# a; touch x", "it's; touch x", "\x1b; touch x", "{touch,x}", "*", "=(touch x)", "<(touch x)", "& touch x"),
)


def test_what_is_pasted_runs_nothing_but_the_command_itself(report: Report, tmp_path: Path) -> None:
    """Into interactive shells, line by line as from a clipboard, a place and a pane whose every row is hostile."""
    programs = tmp_path / "programs"
    programs.mkdir()
    stub = programs / "criu-tui"
    stub.write_text('#!/bin/sh\nfor word; do printf "%s\\0" "$word"; done >>"$RAN"\n')
    touch = programs / "touch"
    touch.write_text('#!/bin/sh\n: >"$RAN.touched"\n')
    stub.chmod(0o755)
    touch.chmod(0o755)
    table = Table(
        "Maps of 1 a;touch x",
        (Column("Path", lambda row: row, 10),),
        [display_safe(name) for name in HOSTILE],
        lambda row: (None, None),
        lambda row: Tone.PLAIN,
    )
    pasted = [markdown.text(report, "maps", PID, HOLE, View(table), 100_000)]
    opened = []
    for name in HOSTILE:
        made = Report(report.dump, report.criu, _host(), opened_with=(f"/hostile/{name}/.",))
        opened.append(f"/hostile/{name}/.")
        pasted += [f"{shell.comment(display_safe(name))}\n{place.command_line(made, 'maps', None, None)}\n"]
    for program in shells():
        ran = tmp_path / program
        options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}.get(program, [])
        start = [program, *options, "-i"]
        workplace = tmp_path / f"in-{program}"
        workplace.mkdir()
        extra = {"PATH": f"{programs}:{os.environ['PATH']}", "RAN": str(ran), "HOME": str(tmp_path), "PS1": "$ "}
        with Terminal(["env", "-C", str(workplace), *start], extra=extra) as terminal:
            terminal.settle(0.5)
            for text in pasted:
                for line in text.splitlines():
                    os.write(terminal.master, line.encode() + b"\r")
                    terminal.settle()
            os.write(terminal.master, b"\recho $((6*7))\r" if program != "fish" else b"\rmath 6 x 7\r")
            terminal.shows("42")
        words = ran.read_bytes().split(b"\0")
        assert [os.fsdecode(word) for word in words if word.startswith(b"/hostile/")] == opened, program
        assert words.count(b"--pane") == len(pasted), program
        assert not list(tmp_path.glob("*.touched")), program
        assert list(workplace.iterdir()) == [], program


def _host() -> Host:
    from criu_tui.core.restore.host import Host, Mode

    return Host(Mode.ALWAYS, mem=0, swap=0, limit=0, committed=0)


def test_a_pane_as_markdown_cannot_close_its_fence(report: Report) -> None:
    hostile = "~~~\n# <b>now</b> outside ~~~~~ @you #1 https://x.example"
    table = Table(
        "Maps of 1 ``<img>`` [x](y)",
        (Column("Path", lambda row: row, 10),),
        [hostile.replace("\n", " ")],
        lambda row: (None, None),
        lambda row: Tone.PLAIN,
    )
    lines = markdown.text(report, "maps", PID, HOLE, View(table), 10_000).splitlines()
    fence = lines[-1]
    assert set(fence) == {"~"}
    assert [number for number, line in enumerate(lines) if line.startswith(fence)] == [2, 4, 6, len(lines) - 1]
    # Outside of the fences stands nothing of the dump's.
    assert lines[0] == "### criu-tui maps"
    assert {lines[1], lines[5]} == {""}


def test_markdown_says_what_it_leaves_out(report: Report) -> None:
    view = View(maps.table(report, PID))
    whole = markdown.text(report, "maps", PID, None, view, 10_000)
    cut = markdown.text(report, "maps", PID, None, view, 300)
    assert "more lines" not in whole
    assert len(cut) < len(whole)
    # 18 lines are a note, the header and 16 rows.
    shown = cut.count("\n# 0000") + cut.count("\n# '0000") + cut.count("VMAs,") + cut.count("Start  ")
    assert f"... {18 - shown} more lines" in cut


def test_nothing_is_written_into_a_dump_by_whatever_name(tmp_path: Path) -> None:
    dump_path = tmp_path / "dump"
    dump_path.mkdir()
    (dump_path / "pstree.img").write_bytes(b"")
    (dump_path / "inside").mkdir()
    (tmp_path / "link").symlink_to(dump_path)
    parent = tmp_path / "before"
    parent.mkdir()
    (parent / "pstree.img").write_bytes(b"")
    (dump_path / "parent").symlink_to("../before")
    dump = Dump(dump_path)
    for name in (
        "dump/x.txt",
        "dump/inside/x.txt",
        "link/x.txt",
        "dump/../dump/x.svg",
        "before/x.json",
        "link/inside/x.md",
    ):
        with pytest.raises(export.ExportError, match="nothing is written there"):
            export.target(str(tmp_path / name), dump)
    assert sorted(path.name for path in dump_path.iterdir()) == ["inside", "parent", "pstree.img"]


def test_nothing_is_written_into_any_other_dump(tmp_path: Path) -> None:
    """Neither into one that is not open, nor further down, nor where one has come by the time of writing."""
    dump = Dump(DUMPS / "prot-none-1g" / "dump")
    other = tmp_path / "other"
    (other / "further" / "down").mkdir(parents=True)
    (other / "core-1.img").write_bytes(b"")
    for name in ("other/x.txt", "other/further/down/x.txt"):
        with pytest.raises(export.ExportError, match="lies in a dump"):
            export.target(str(tmp_path / name), dump)
    place = tmp_path / "place"
    place.mkdir()
    checked = export.target(str(place / "x.txt"), dump)
    (place / "inventory.img").write_bytes(b"")
    with pytest.raises(export.ExportError, match="lies in a dump"):
        export.write(checked, "rows")
    (place / "inventory.img").unlink()
    place.rmdir()
    for target in (other, other / "further"):
        place.symlink_to(target)
        with pytest.raises(export.ExportError):
            export.write(checked, "rows")
        place.unlink()
    above = tmp_path / "above"
    (above / "place").mkdir(parents=True)
    checked = export.target(str(above / "place" / "x.txt"), dump)
    above.rename(tmp_path / "moved")
    (other / "place").mkdir()
    above.symlink_to(other)
    with pytest.raises(export.ExportError, match="leads elsewhere"):
        export.write(checked, "rows")
    # What is taken out of a dump and what is recorded goes the same way.
    with pytest.raises(export.ExportError, match="leads elsewhere"), export.new_file(checked, 0o600):
        pass
    with pytest.raises(export.ExportError, match="leads elsewhere"):
        export.create(checked, 0o600)
    assert not list(tmp_path.rglob("x.txt"))


def test_an_export_is_new_or_not_at_all(tmp_path: Path) -> None:
    dump = Dump(DUMPS / "prot-none-1g" / "dump")
    target = export.target(str(tmp_path / "maps.txt"), dump)
    assert export.write(target, "rows\n") == 5
    for there in ("maps.txt", "dangling.txt"):
        (tmp_path / "dangling.txt").unlink(missing_ok=True)
        (tmp_path / "dangling.txt").symlink_to(tmp_path / "elsewhere.txt")
        with pytest.raises(export.ExportError, match="is there already"):
            export.write(export.target(str(tmp_path / there), dump), "other")
    assert target.read_text() == "rows\n"
    assert not (tmp_path / "elsewhere.txt").exists()
    for odd in ("~no-such-user/x.txt", "a\0b/x.txt", "a\0b.txt"):
        with pytest.raises(export.ExportError):
            export.write(export.target(odd, dump), "")
    with pytest.raises(export.ExportError, match="end the name in"):
        export.target(str(tmp_path / "maps.exe"), dump)
    with pytest.raises(export.ExportError, match="no such file or directory"):
        export.target(str(tmp_path / "nowhere" / "maps.txt"), dump)

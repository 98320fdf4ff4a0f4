"""What is handed to others: places, command lines, Markdown, files; and never anything into a dump."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report import export, maps, markdown, place
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu
from criu_tui.core.tables.table import Column, Table, Tone
from criu_tui.core.tables.view import View
from criu_tui.options import parser
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DUMPS

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
    assert place.go_to(report, PID, text, HOLE) == place.Place(PID, address)


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
        "7e8661200000",
        "7e8661200000-7eb861200000 --- 200 GiB anon",
    ]


@given(st.binary(min_size=1, max_size=20).filter(lambda name: b"\0" not in name))
def test_a_shell_reads_any_path_back_and_a_terminal_sees_no_control(name: bytes) -> None:
    word = os.fsdecode(name)
    dump = Dump(DUMPS / "prot-none-1g" / "dump")
    made = Report(dump, criu(NEWEST), _host(), opened_with=(word,))
    line = place.command_line(made, "maps", None, None)
    assert line.isprintable()
    quoted = line.removeprefix("criu-tui ").removesuffix(" --pane maps")
    done = subprocess.run(["bash", "-c", f"printf %s {quoted}"], capture_output=True, check=True)
    assert done.stdout == name


def _host() -> Host:
    from criu_tui.core.restore.host import Host, Mode

    return Host(Mode.ALWAYS, mem=0, swap=0, limit=0, committed=0)


def test_a_pane_as_markdown_cannot_close_its_fence(report: Report) -> None:
    hostile = "```\n# <b>now</b> outside `````"
    table = Table(
        "Maps of 1 ``<img>`` [x](y)",
        (Column("Path", lambda row: row, 10),),
        [hostile.replace("\n", " ")],
        lambda row: (None, None),
        lambda row: Tone.PLAIN,
    )
    text = markdown.text(report, "maps", PID, HOLE, View(table), 10_000)
    lines = text.splitlines()
    fence = lines[-1]
    assert set(fence) == {"`"}
    assert lines.count(fence) == 1
    assert not any(fence in line for line in lines[:-1] if line != f"{fence}text")
    assert r"\<img\>" in lines[0]


def test_markdown_says_what_it_leaves_out(report: Report) -> None:
    view = View(maps.table(report, PID))
    whole = markdown.text(report, "maps", PID, None, view, 10_000)
    cut = markdown.text(report, "maps", PID, None, view, 300)
    assert "more lines" not in whole
    assert len(cut) < len(whole)
    # 18 lines are a note, the header and 16 rows.
    shown = cut.count("\n0000") + cut.count("VMAs,") + cut.count("Start  ")
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

"""A log searched by its bytes gives the very rows that its lines, taken apart one by one, give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base.progress import CancelledError, Progress
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report import log
from criu_tui.core.report.report import Report
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.filter import FilterError, parse
from criu_tui.core.tables.view import View
from hypothesis import example, given
from hypothesis import strategies as st

from tests.bench import logs
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from criu_tui.core.report.log import LogRow
    from criu_tui.core.tables.table import Table

HOST = Host(Mode.HEURISTIC, mem=1 << 40, swap=0, limit=0, committed=0)
LINES = (
    b"(00.000068) Version: 4.2.1 (gitid 0)",
    b"(00.012345)  11824: \tpremap 0x7e0000000000-0x7e0000001000 -> 00007e0000000000",
    b"(00.012346)  11824: Error (criu/files-reg.c:2353): File is gone",
    b"(00.012347) Warn  (criu/mem.c:12): mem: Nothing to do",
    b"(00.012348) pie: 7: Restoring scheduler params 0.0.0",
    b"pie: 7: without a time",
    b"(00.1) 007: a PID with zeros",
    b"(00.1) 12345678901: a PID that is none",
    b"(00.1) mem: two (messages) here (00.000002) sk unix: the second",
    b"(00.1) one\\n(00.000003) another behind an escaped end",
    b"(00.1) Error (not a source",
    b"Error (criu/cr-restore.c:1480): 42 killed by signal 11: Segmentation fault",
    b'{"log":"(00.1) Error (criu/mem.c:1): No 7\\n","stream":"stderr"}',
    b'{"log":"(00.1) tab\\tinside\\n","stream":"stderr"}',
    b"Nov 29 00:00:01 host criu[812]: (00.1) sk unix: behind a stamp",
    b"^[[31mco^[[0mloured^[[0m (00.1) 5: text",
    b"\x1b[31m(00.1) bytes \x1b of an escape",
    b"(00.1) &lt;entities&gt; &amp; more",
    b"(00.1) \xff\xfe no UTF-8, \xc3\x89T\xc3\x89 neither case",
    b"(00.1) a\ttab\tand  spaces",
    b"(00.1) carriage return\r",
    b"(00.1) " + b"long " * 1000,
    b"",
    b"nothing of CRIU's at all",
)
WORDS = (
    "premap", "PREMAP", "p", "1", "118", "00.1", "0.0", "7", "07", "error", "warning", "ning", "warn", "pie", "gone",
    '"file is"', '"  "', '" "', "sk", "mem", "mem:", "criu/", "0x7e", "x1b", "\\x1b", "&", "<", "été", "é", "…", "^",
    "coloured", "second", "messages)", "(", ")", '") "', "long", "n", "zzzz", "5:", ": ", "another", "stderr",
    "12345678901",
    "level:error", "level:", "-level:err", "task:7", "task:>0", "line:<5", "text:gone", "time:=00.1", "subsystem:pie",
    "addr:7e0000000000", "log:restore",
)  # fmt: skip


def table(directory: Path, lines: Sequence[bytes], others: int = 0) -> Table[LogRow]:
    (directory / "restore.log").write_bytes(b"\n".join(lines))
    for number in range(others):
        (directory / f"restore-{number}.log").write_bytes(b"\n".join(reversed(lines)))
    return log.table(Report(Dump(directory), criu("4.2.1"), HOST))


def check(made: Table[LogRow], typed: str) -> None:
    """All at once, and narrowed from what its first half found, against each line taken apart."""
    slow = made._replace(search=None)
    try:
        wanted = parse(typed, made)
    except FilterError:
        return
    found = list(View(made).arranged(None, wanted).order)
    assert found == list(View(slow).arranged(None, parse(typed, slow)).order)
    first, space, _ = typed.partition(" ")
    if space and '"' not in first:
        narrowed = View(made).arranged(None, parse(first, made)).arranged(None, wanted)
        assert list(narrowed.order) == found


@pytest.mark.parametrize("word", WORDS)
def test_every_kind_of_line_and_word(tmp_path: Path, word: str) -> None:
    made = table(tmp_path, [line for line in LINES for _ in range(2)], others=1)
    for typed in (word, f"-{word}", f"{word} 1", f"0 {word}", f"{word} -premap"):
        check(made, typed)


@given(
    lines=st.lists(
        st.sampled_from(LINES) | st.binary(max_size=40).map(lambda b: b"(00.1) " + b.replace(b"\n", b"")), max_size=40
    ),
    words=st.lists(st.sampled_from(WORDS) | st.text(st.characters(codec="utf-8"), max_size=4), max_size=3),
    without=st.booleans(),
)
@example(lines=[b"(00.1) 5: pie"] * 20, words=["pie"], without=False)
@example(lines=[b"(00.1) a) b"] * 20, words=["b"], without=True)
def test_any_lines_and_words(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], words: list[str], without: bool
) -> None:
    made = table(tmp_path_factory.mktemp("log"), lines)
    check(made, " ".join(f"-{word}" if without else word for word in words))


@pytest.mark.parametrize("shape", logs.SHAPES)
@pytest.mark.parametrize("typed", ["7", "premap", "error -gone", "fil", "file 10", "-1", "level:err 2"])
def test_logs_of_several_blocks(tmp_path: Path, shape: str, typed: str) -> None:
    logs.generate(tmp_path / "restore.log", 3000, shape)
    check(log.table(Report(Dump(tmp_path), criu("4.2.1"), HOST)), typed)


def test_the_plan_s_words_are_found_too() -> None:
    kept = DUMPS / "prot-none-400g"
    made = log.table(Report(Dump(kept / "dump"), criu("4.2.1"), HOST, given_log=kept / "restore-4.2.1.log"))
    assert any(column.title == "Plan" for column in made.columns)
    for typed in ("predicted", "-predicted", "3", "plan:as", "plan:=", "as -1"):
        check(made, typed)


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    made = table(tmp_path, LINES)
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        View(made).arranged(None, parse("premap", made), progress)


def test_a_log_that_has_shrunk_has_no_such_lines_any_more(tmp_path: Path) -> None:
    made = table(tmp_path, [b"(00.1) premap"] * 5000)
    (tmp_path / "restore.log").write_bytes(b"(00.1) premap\n" * 3)
    assert list(View(made).arranged(None, parse("premap", made)).order) == [0, 1, 2]

"""Chains of incremental dumps: what each wrote and what is read of it, against a table of all pages."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from criu_tui.core.dump.dump import Dump
from criu_tui.core.pages.chain import flattened, levels
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.entries import PageFlag
from criu_tui.core.report import chain
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import DUMPS
from tests.core.test_differences import letters, made

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PAGE = 4096
PRESENT, PARENT = int(PageFlag.PRESENT), int(PageFlag.PARENT)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_counts_are_those_of_a_table_of_all_pages(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.mktemp("chain")
    tables: list[dict[int, str]] = []
    for step in range(data.draw(st.integers(1, 4))):
        known = tables[-1] if tables else {}
        table = {}
        for number in range(12):
            choice = data.draw(st.sampled_from("-wp" if number in known else "-w"))
            if choice != "-":
                table[number] = choice
        entries = [(number, 1, PRESENT if choice == "w" else PARENT) for number, choice in table.items()]
        made(base / str(step), entries, letters("x" * sum(choice == "w" for choice in table.values())))
        if step:
            (base / str(step) / "parent").symlink_to(f"../{step - 1}")
        tables.append(table)
    tables.reverse()
    found = levels(Dump(base / str(len(tables) - 1)))
    assert len(found) == len(tables)
    needed = set(tables[0])
    for depth, (level, table) in enumerate(zip(found, tables, strict=True)):
        older = tables[depth + 1] if depth + 1 < len(tables) else {}
        here = {number for number, choice in table.items() if choice == "w"}
        assert (level.new, level.rewritten) == (len(here - older.keys()), len(here & older.keys()))
        assert level.inherited == len(table) - len(here)
        assert level.read == len(here & needed)
        assert level.lost == 0
        assert level.stored == len(here) * PAGE
        assert level.may_go == (depth > 0 and not here & needed)
        needed -= here
    assert flattened(found).pages == len(tables[0])


def test_a_level_that_may_go_is_not_missed(tmp_path: Path) -> None:
    """The newest dump reads the same with a link past it."""
    made(tmp_path / "0", [(0, 4, PRESENT)], letters("abcd"))
    made(tmp_path / "1", [(0, 2, PARENT), (2, 2, PRESENT)], letters("XY"))
    made(tmp_path / "2", [(0, 2, PARENT), (2, 2, PRESENT)], letters("cd"))
    (tmp_path / "1" / "parent").symlink_to("../0")
    (tmp_path / "2" / "parent").symlink_to("../1")
    dump = Dump(tmp_path / "2")
    assert [level.may_go for level in levels(dump)] == [False, True, False]

    def pages(dump: Dump) -> list[bytes | None]:
        start = dump.address_space(7).vmas[0].start
        with PageBytes(dump) as contents:
            return [contents.read(7, start + number * PAGE) for number in range(4)]

    before = pages(dump)
    (tmp_path / "2" / "parent").unlink()
    (tmp_path / "2" / "parent").symlink_to("../0")
    assert pages(Dump(tmp_path / "2")) == before


def test_pages_that_no_parent_has_are_lost(tmp_path: Path) -> None:
    made(tmp_path / "0", [(0, 1, PRESENT)], letters("a"))
    made(tmp_path / "1", [(0, 2, PARENT)], b"")
    (tmp_path / "1" / "parent").symlink_to("../0")
    newest, oldest = levels(Dump(tmp_path / "1"))
    assert (newest.lost, oldest.lost, oldest.read) == (0, 1, 1)


def test_holes_of_dedup_are_counted(tmp_path: Path) -> None:
    made(tmp_path / "0", [(0, 4, PRESENT)], letters("abcd"))
    with (tmp_path / "0" / "pages-1.img").open("r+b") as file:
        # What a hole is to the file system it may round: a file that ends in one it keeps as it is.
        file.truncate(2 * PAGE)
        file.truncate(4 * PAGE)
    (level,) = levels(Dump(tmp_path / "0"))
    block = os.statvfs(tmp_path).f_bsize
    assert level.holes == (2 * PAGE if block <= PAGE else 0)


def test_the_timeline_of_a_real_chain() -> None:
    report = Report(Dump(DUMPS / "incremental" / "dump"), criu("4.3"))
    oldest, newest = chain.table(report).rows
    assert (oldest.depth, oldest.new, oldest.read, oldest.never_read) == (1, 17, 12, 5)
    assert (newest.rewritten, newest.inherited) == (5, 12)
    assert [*chain.text(report, None)][1].startswith("2 dumps; flattened: 17 pages, 68 KiB")


def test_dumps_of_a_chain_are_told_apart_by_where_they_lie_at_80_columns() -> None:
    table = chain.table(Report(Dump(DUMPS / "incremental" / "dump"), criu("4.3")))
    fit = table.fit(80)
    first, second = (table.fitted(index, fit)[-1] for index in range(2))
    assert (first.rstrip()[-6:], second.rstrip()[-4:]) == ("parent", "dump")

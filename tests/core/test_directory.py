"""Dumps found by the names of files, as deep as is promised and no deeper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.progress import Progress
from criu_tui.core.demos import DEMOS
from criu_tui.core.report import start
from criu_tui.core.source import places
from criu_tui.core.source.directory import Directory
from criu_tui.core.source.entries import entries
from criu_tui.core.source.holding import Holding, holding

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def make(path: Path, *names: str) -> Path:
    path.mkdir(parents=True)
    for name in names:
        (path / name).write_bytes(b"")
    return path


def test_what_a_directory_holds(tmp_path: Path) -> None:
    assert holding(make(tmp_path / "images", "inventory.img")) is Holding.DUMP
    assert holding(make(tmp_path / "cut", "core-7.img")) is Holding.DUMP
    assert holding(make(tmp_path / "failed", "dump.log")) is Holding.LOG
    # Disk images of virtual machines end in .img too.
    assert holding(make(tmp_path / "machines", "disk.img", "readme")) is Holding.OTHER
    assert holding(tmp_path / "absent") is Holding.OTHER
    for path in DUMPS.iterdir():
        if path.is_dir():
            assert holding(path / "dump") is not Holding.OTHER


def test_dumps_below_come_by_depth_and_name(tmp_path: Path) -> None:
    deep = make(tmp_path / "a" / "b" / "c", "pstree.img")
    make(tmp_path / "a" / "b" / "d" / "much" / "too" / "deep", "pstree.img")
    near = make(tmp_path / "z", "dump.log")
    make(tmp_path / ".hidden", "pstree.img")
    (tmp_path / "link").symlink_to(near)
    (tmp_path / "loop").symlink_to(tmp_path)
    found = places.checkpoints(Directory(tmp_path), Progress())
    assert [each.source.path for each in found.found] == [near, deep]
    assert found.complete


def test_a_search_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        make(tmp_path / str(number))
    monkeypatch.setattr(places, "LOOKED_AT", 3)
    assert not places.checkpoints(Directory(tmp_path), Progress()).complete


def test_the_picker_marks_dumps_and_puts_them_first(tmp_path: Path) -> None:
    make(tmp_path / "aaa")
    # The second task has a thread, which has a core image of its own.
    names = ("pstree.img", "core-1.img", "mm-1.img", "core-2.img", "mm-2.img", "core-3.img")
    make(tmp_path / "images", *names)
    make(tmp_path / "parent" / "one", "dump.log")
    found = entries(tmp_path)
    assert [(e.path.name, e.holding, e.tasks, e.dumps) for e in found] == [
        ("images", Holding.DUMP, 2, 0),
        ("parent", Holding.OTHER, 0, 1),
        ("aaa", Holding.OTHER, 0, 0),
    ]
    rows = start.table(tmp_path).rows
    assert (rows[0].name, rows[0].what, rows[0].dump) == ("images/", "dump of 2 tasks", True)
    assert {row.demo for row in rows} >= set(DEMOS)
    assert [row.what for row in rows if row.name == "parent/"] == ["1 dump inside"]


def test_names_of_directories_are_hostile_too(tmp_path: Path) -> None:
    make(tmp_path / "\x1b]52;c;eA==\x07[bold]", "pstree.img")
    assert all(row.name.isprintable() for row in start.table(tmp_path).rows)


def test_sizes_are_those_of_regular_files_whether_opened_or_not(tmp_path: Path) -> None:
    (tmp_path / "opened").write_bytes(b"12345")
    (tmp_path / "left").write_bytes(b"123")
    (tmp_path / "link").symlink_to("opened")
    (tmp_path / "below").mkdir()
    source = Directory(tmp_path)
    for name in ("opened", "link"):
        with source.open(name) as file:
            assert file.size == 5
    assert dict(source.sizes(["left", "opened", "link", "below", "absent"])) == {"opened": 5, "left": 3}

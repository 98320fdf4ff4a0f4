"""The screen that stands while a place is looked through, and what is looked through behind it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from criu_tui.command_line import choosing
from criu_tui.command_line.options import UsageError
from criu_tui.core.base.progress import CancelledError, Measure, Progress
from criu_tui.core.dump.container import container_of
from criu_tui.core.source.arriving import Arrival, Search
from criu_tui.core.source.directory import Directory
from criu_tui.core.source.places import Places, lone_archive, root
from criu_tui.screens.open import OpenApp
from criu_tui.screens.opening import OpeningApp
from criu_tui.widgets.table_lines import HEADER_LINES
from criu_tui.widgets.virtual_table import VirtualTable

from tests.app.support import SMALL, WIDE, screen, until
from tests.archives import build

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_long_search_says_how_far_it_is_and_can_be_given_up() -> None:
    progress = Progress("opening pod.tar", Measure.BYTES)
    held = threading.Event()

    def look() -> Places:
        while not held.wait(0.01):
            progress.check(3 << 20, 8 << 20)
        return Places()

    app = OpeningApp(Search(look, progress), early=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "3 MiB of 8 MiB" in screen(app))
        assert "opening pod.tar" in screen(app)
        await pilot.press("escape")
        await until(pilot, lambda: progress.cancelled or not app.is_running)
    assert app.return_value is None
    assert app.error is None
    held.set()


async def test_what_a_search_finds_is_returned() -> None:
    found = Places(complete=False)
    app = OpeningApp(Search(lambda: found, Progress()), early=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.return_value is not None)
    assert app.return_value is found


def test_what_a_search_raises_is_raised() -> None:
    def look() -> Places:
        raise FileNotFoundError(2, "No such file or directory")

    with pytest.raises(FileNotFoundError):
        Search(look, Progress()).places()
    progress, held = Progress(), threading.Event()

    def wait() -> Places:
        held.wait(60)
        return Places()

    search = Search(wait, progress)
    search.close()
    with pytest.raises(CancelledError):
        search.places()
    held.set()


@pytest.mark.parametrize("packed", [False, True])
def test_the_layer_of_an_image_is_read_behind_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, packed: bool
) -> None:
    monkeypatch.setattr(choosing, "LONG", 1)
    place = build.oci(tmp_path / "o", "every-kind")
    given = str(build.pack(place, tmp_path / "o.tar") if packed else place)
    begun = choosing.begun(given, Progress())
    assert isinstance(begun, Arrival)
    (found,), (expected,) = choosing.ended(begun, given).found, choosing.places(given, Progress()).found
    assert found.source.path == expected.source.path
    assert found.source.names() == expected.source.names()
    for name in found.source.names():
        assert found.source.file(name).read_bytes() == expected.source.file(name).read_bytes()
    said = container_of(found.source)
    assert said is not None
    assert said == container_of(expected.source)
    assert (said.engine, said.pod) == ("CRI-O", "counters")
    assert container_of(begun.so_far().sub("checkpoint")) == said


def test_only_an_archive_that_is_all_there_is_stands_for_a_place(tmp_path: Path) -> None:
    alone = tmp_path / "a" / "b"
    alone.mkdir(parents=True)
    archive = build.pack(build.podman(tmp_path / "p"), alone / "x.tar.gz")
    found = lone_archive(Directory(tmp_path / "a"))
    assert found is not None
    assert found.file.source.path / found.file.name == archive
    (alone / "y.tar.gz").write_bytes(archive.read_bytes())
    assert lone_archive(Directory(tmp_path / "a")) is None
    assert lone_archive(Directory(tmp_path / "p")) is None
    assert lone_archive(root(build.pack(tmp_path / "p", tmp_path / "p.tar"), Progress())) is None


def test_a_place_that_is_not_there_is_an_error_of_use(tmp_path: Path) -> None:
    given = str(tmp_path / "gone")
    with pytest.raises(UsageError, match="no such file or directory"):
        choosing.ended(choosing.begun(given, Progress()), given)


async def test_the_start_screen_says_where_there_is_no_checkpoint_and_what_to_press(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    async with OpenApp(tmp_path).run_test(size=SMALL) as pilot:
        drawn = screen(pilot.app)
        assert "No checkpoint in" in drawn
        assert "Enter on a demo" in drawn
        assert "0 checkpoints" in drawn


@pytest.mark.parametrize(("size", "framed"), [(SMALL, False), ((120, 40), True)])
async def test_a_double_click_opens_and_a_frame_stands_where_there_is_room(
    tmp_path: Path, size: tuple[int, int], *, framed: bool
) -> None:
    build.images("prot-none-1g", tmp_path / "dump")
    app = OpenApp(tmp_path)
    async with app.run_test(size=size) as pilot:
        drawn = screen(app)
        assert "No checkpoint" not in drawn
        assert "1 checkpoint, " in drawn
        assert ("╭─ Open a checkpoint" in drawn) is framed
        assert await pilot.double_click(VirtualTable, offset=(5, HEADER_LINES))
        await pilot.pause()
    assert app.return_value is not None
    assert app.return_value.path == tmp_path / "dump"

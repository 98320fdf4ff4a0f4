"""The app over an archive that is still being read, and going from one container to another."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from criu_tui.app import CriuTui
from criu_tui.core.base.progress import Progress
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.listing import listed
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.source.arriving import Arrival
from criu_tui.core.source.places import checkpoints, root
from criu_tui.screens.arriving import Arriving

from tests.app.support import WIDE, screen, settle, shows, until
from tests.archives import build
from tests.conftest import DUMPS
from tests.core.test_arriving import PAGES, Slow, come, packed, pids_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from criu_tui.core.restore.host import Host

NAME = "prot-none-1g-fork"


async def test_panes_open_before_the_archive_has_come_and_go_on_when_it_has(
    tmp_path: Path, recorded_host: Host
) -> None:
    data = packed(lambda names: names)
    file = Slow(data)
    file.let(len(data) // 2)
    arrival = Arrival(file, tmp_path / "a.tar.gz", Progress("reading a.tar.gz"))
    app = CriuTui(Report(Dump(come(arrival)), criu("4.2.1"), recorded_host))
    pids = list(Dump(DUMPS / NAME / "dump").pids)
    async with app.run_test(size=WIDE) as pilot:
        await shows(pilot, "reading a.tar.gz")
        await pilot.press("]")
        await until(pilot, lambda: app.main.pid == sorted(pids)[1])
        await pilot.press("3")
        await shows(pilot, "planned once all of the archive has been read")
        await pilot.press("6")
        await shows(pilot, "the archive is still being read")
        await pilot.press("1")
        file.let()
        await until(pilot, lambda: not app.main.report.dump.arriving)
        await settle(pilot)
        assert app.main.pid == sorted(pids)[1], "where the user was"
        assert list(app.main.report.dump.pids) == pids
        assert not app.query(Arriving)
        await pilot.press("3")
        await settle(pilot)
        assert "every mapping is granted" in screen(app) or "fails in task" in screen(app)


async def test_tasks_that_come_later_join_those_there_and_the_selection_stays(
    tmp_path: Path, recorded_host: Host
) -> None:
    whole = Dump(DUMPS / NAME / "dump")
    *before, last = pids_of(whole.files_listed)
    others = tuple(f"{kind}-{pid}." for pid in before for kind in ("core", "mm"))
    # The images of the last task, pages, those of the others, many more pages, the tree.
    data = packed(lambda names: sorted(names, key=lambda n: (n == "pstree.img", n.startswith(others), n)), more=PAGES)
    file = Slow(data)
    file.let(len(data) // 4)
    arrival = Arrival(file, tmp_path / "a.tar.gz", Progress("reading a.tar.gz"))
    app = CriuTui(Report(Dump(come(arrival)), criu("4.2.1"), recorded_host))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.goes_on)
        assert list(app.main.report.dump.pids) == [last]
        await pilot.press("1", "j", "j", "j")
        where = whole.address_space(last).vmas[3].start
        await until(pilot, lambda: app.main.address == where)
        file.let(len(data) * 3 // 4)
        await until(pilot, lambda: len(app.main.report.dump.pids) == len(whole.pids) and app.main.panes.front.current)
        assert app.main.report.dump.arriving
        assert "pstree.img" not in app.main.report.dump.files_listed
        assert (app.main.pid, app.main.address, app.main.pane) == (last, where, "maps")
        assert list(app.main.report.dump.pids) == sorted(whole.pids)
        await until(pilot, lambda: f"still being read, {arrival.progress.share} so far" in screen(app))
        file.let()
        await until(pilot, lambda: not app.main.report.dump.arriving)
        await settle(pilot)
        assert (app.main.pid, app.main.address, app.main.pane) == (last, where, "maps")
        assert "still being read" not in screen(app)
        assert "only what has come so far" not in screen(app)


async def test_leaving_gives_up_reading(tmp_path: Path, recorded_host: Host) -> None:
    data = packed(lambda names: names)
    file = Slow(data)
    file.let(len(data) // 2)
    arrival = Arrival(file, tmp_path / "a.tar.gz", Progress())
    app = CriuTui(Report(Dump(come(arrival)), criu("4.2.1"), recorded_host))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.query(Arriving))
    assert arrival.progress.cancelled
    file.let()
    assert arrival.done(60)


async def test_keys_go_from_container_to_container_and_back(
    tmp_path: Path, recorded_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    pod = tmp_path / "pod"
    pod.mkdir()
    for name, dump in (("one", "prot-none-1g"), ("two", NAME), ("three", "every-kind")):
        made = build.crio(tmp_path / name, dump)
        build.pack(made, pod / f"{name}.tar")
        shutil.rmtree(made)
    beside = list(listed(checkpoints(root(pod, Progress()), Progress())))
    assert sorted(each.path.name for each in beside) == ["one.tar", "three.tar", "two.tar"]
    first = checkpoints(root(beside[0].path, Progress()), Progress()).found[0].source
    app = CriuTui(Report(Dump(first), criu("4.2.1"), recorded_host), beside=beside)
    said: list[str] = []
    monkeypatch.setattr(app, "notify", lambda message, **_: said.append(message))
    dumps = {"one.tar": "prot-none-1g", "two.tar": NAME, "three.tar": "every-kind"}

    def expected_of(archive: str) -> list[int]:
        return list(Dump(DUMPS / dumps[archive] / "dump").pids)

    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        for keys, at in ((")", 1), (")", 2), (")", 0), ("(", 2)):
            await pilot.press(keys)
            await settle(pilot)
            assert list(app.main.report.dump.pids) == expected_of(beside[at].path.name)
            assert app.main.pid in app.main.report.dump.pids
        await pilot.press("O")
        await settle(pilot)
        assert all(each.what in screen(app) for each in beside)
        await pilot.press("k", "enter")
        await settle(pilot)
        assert list(app.main.report.dump.pids) == expected_of(beside[1].path.name)
        beside[0].path.write_bytes(b"gone")
        await pilot.press("(")
        await settle(pilot)
        assert "one.tar: is a file, but no archive" in said[-1]
        assert list(app.main.report.dump.pids) == expected_of(beside[1].path.name)


async def test_one_container_has_no_other(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    app = CriuTui(Report(Dump(DUMPS / NAME / "dump"), criu("4.2.1"), recorded_host))
    said: list[str] = []
    monkeypatch.setattr(app, "notify", lambda message, **_: said.append(message))
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press(")", "O")
        await settle(pilot)
        assert said == ["no other container here"] * 2
        assert len(app.screen_stack) == 1

"""Files of a dump that change while it is looked at: told to who uses the app; who does not use it is not woken up."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from criu_tui.app import CriuTui
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.changes import looked_for
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.screens import changes

from tests.app.support import SMALL, settle, shows, until
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from criu_tui.core.restore.host import Host


async def test_a_key_has_the_files_looked_at(
    tmp_path: Path, recorded_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Report] = []

    def counted(report: Report) -> str | None:
        looks.append(report)
        return looked_for(report)

    monkeypatch.setattr(f"{changes.__name__}.looked_for", counted)
    monkeypatch.setattr(changes, "EVERY", 0.1)
    monkeypatch.setattr(changes, "AFTER", 0.01)
    directory = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-400g" / "dump", directory)
    app = CriuTui(Report(Dump(directory), criu("4.2.1"), recorded_host), "maps")
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await until(pilot, lambda: looks)
        await pilot.pause(0.5)
        # The first look is for what the files are; none follows by itself.
        assert len(looks) == 1
        (directory / "pstree.img").write_bytes((directory / "pstree.img").read_bytes() + b"\0")
        await pilot.press("down")
        await shows(pilot, "CHANGED ON DISK")

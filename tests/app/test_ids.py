"""Pane 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.app.support import opened, screen

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host


async def test_the_ids_pane_shows_extents_and_the_check(recorded_host: Host) -> None:
    async with opened("userns-three-extents", recorded_host, pane="ids") as (app, _):
        shown = screen(app)
        inside, host = (next(line for line in shown.splitlines() if each in line) for each in ("  1001  ", "101001"))
        assert inside.split() == ["0", "1000", "1001", "65536"]
        assert host.split() == ["0", "1000", "1001", "100000", "101000", "101001", "165536"]
        assert "uid 0 is 100000 and gid 0 is 100000 on the host" in shown

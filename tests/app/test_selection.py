"""One selection in every pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base.units import address
from criu_tui.core.drawings.hexdump import ROW
from criu_tui.panes.pane import Pane
from criu_tui.panes.resting import REST
from criu_tui.panes.selection import Selected

from tests.app.support import HOLE, SMALL, WIDE, opened, place, rows_shown, screen, settle

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host
    from textual.message import Message


@pytest.mark.parametrize("size", [SMALL, WIDE])
@pytest.mark.parametrize(
    ("name", "pid"),
    [
        ("prot-none-400g", 16363),
        ("prot-none-1g", 24417),
        ("random-1", 16612),
        ("trailing-reservation", 16569),
        ("userns-three-extents", 1),
    ],
)
async def test_each_pane_shows_the_dump(recorded_host: Host, name: str, pid: int, size: tuple[int, int]) -> None:
    async with opened(name, recorded_host, size) as (app, pilot):
        for key, pane in zip("1234", ("maps", "coverage", "plan", "ids"), strict=True):
            await pilot.press(key)
            await settle(pilot)
            table = app.query_one(f"#{pane}", Pane).table
            assert table.has_focus
            assert table.table is not None
            assert len(table.table.rows) > 0
            assert table.table.cells(0)[0] in screen(app)
            assert f"task {pid}" in screen(app)


async def test_a_selection_moves_every_pane(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, WIDE) as (app, pilot):
        for _ in range(7):
            await pilot.press("down")
        await settle(pilot)
        assert [place(app, pane) for pane in ("maps", "coverage")] == [HOLE] * 2
        await pilot.press("3")
        await settle(pilot)
        assert place(app, "plan") == HOLE
        await pilot.press("j", "k", "k")
        await settle(pilot)
        assert place(app, "maps") == place(app, "plan") == 0x32DB9000
        assert "000032db9000-000032ddb000 rw- 136 KiB heap" in screen(app)


@pytest.mark.parametrize("size", [SMALL, WIDE])
@pytest.mark.parametrize("keys", ["1", "2", ("2", "enter"), "7"])
async def test_a_pane_that_was_not_seen_has_followed(
    recorded_host: Host, size: tuple[int, int], keys: str | tuple[str, ...]
) -> None:
    async with opened("prot-none-400g", recorded_host, size) as (app, pilot):
        await pilot.press(*keys)
        await settle(pilot)
        await pilot.press("3", "end", "up")
        await settle(pilot)
        there = place(app, "plan")
        await pilot.press(keys[0])
        await settle(pilot)
        front = app.main.panes.front
        assert front.row_address == app.main.address == there
        assert there is not None
        assert f"\n{address(there)}" in screen(app).replace("│", "")
        await pilot.press("up", "down")
        await settle(pilot)
        if keys == "7":
            # A byte of the row above, and of this one.
            assert app.main.address is not None
            assert abs(app.main.address - there) <= ROW
        else:
            assert app.main.address == there


@pytest.mark.parametrize(
    # Not Coverage on a small screen: the last rows have more room for a moment, until what is below them is there.
    ("key", "size"),
    [*((key, WIDE) for key in "1235789IU"), *((key, SMALL) for key in "135789IU")],
)
async def test_a_pane_is_as_it_was_when_one_comes_back(recorded_host: Host, key: str, size: tuple[int, int]) -> None:
    """Also once rows are made anew, as those of some panes are when checks are made."""
    async with opened("every-kind", recorded_host, size) as (app, pilot):
        for away in ("0", "4", "0"):
            await pilot.press(key)
            await settle(pilot)
            await pilot.press("pagedown", "up", "up")
            await settle(pilot)
            await pilot.pause(2 * REST)
            before = screen(app)
            app.main.panes.outdate()
            await pilot.press(away)
            await settle(pilot)
            await pilot.press(key)
            await settle(pilot)
            await pilot.pause(2 * REST)
            assert screen(app) == before


async def test_a_row_without_address_is_not_left_for_the_one_before_it(recorded_host: Host) -> None:
    """The selected address is that of a register, and the cursor has gone on to a limit."""
    async with opened("random-2-fork", recorded_host) as (app, pilot):
        await pilot.press("8")
        await settle(pilot)
        table = app.main.panes.front.table
        while app.main.panes.front.row_address is None:
            await pilot.press("down")
        await pilot.press("end")
        last = table.cursor
        for report_changes in (False, True):
            await settle(pilot)
            if report_changes:
                app.main.panes.outdate()
            await pilot.press("0", "8")
            await settle(pilot)
            assert table.cursor == last
        # Another place is gone to.
        await pilot.press("1", "home", "8")
        await settle(pilot)
        assert app.main.address == 0x400000


async def test_the_selection_outlives_sort_filter_and_resize(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        await pilot.press("g", *"7e8661200000", "enter")
        await settle(pilot)
        assert place(app, "maps") == app.main.address == HOLE
        # Start, End, Size: the largest first.
        await pilot.press("s", "s", "s")
        await settle(pilot)
        assert "Size▼" in screen(app)
        assert place(app, "maps") == HOLE
        assert rows_shown(app, "maps")[0] == f"{0x7EB861C00000:012x}"
        await pilot.press("S")
        await settle(pilot)
        assert "Size▲" in screen(app)
        assert place(app, "maps") == HOLE
        await pilot.press("slash", *"prot", "colon", *"---", "enter")
        await settle(pilot)
        # Still the smallest first: 200 GiB less 6 MiB, 200 GiB, 400 GiB.
        assert rows_shown(app, "maps") == ["7f1c61c00000", "7e8661200000", "7eb861c00000"]
        assert place(app, "maps") == HOLE
        assert "3 of 16 rows with prot:---" in screen(app)
        await pilot.resize_terminal(*WIDE)
        await settle(pilot)
        await pilot.press("V")
        await settle(pilot)
        assert place(app, "maps") == place(app, "coverage") == HOLE
        assert len(rows_shown(app, "maps")) == 3
        await pilot.press("escape", "escape")
        await settle(pilot)
        assert len(rows_shown(app, "maps")) == 16
        assert rows_shown(app, "maps")[0] == "000000400000"
        assert place(app, "maps") == HOLE


@pytest.mark.parametrize("pane", ["maps", "coverage", "plan"])
async def test_a_move_is_told_once(recorded_host: Host, pane: str) -> None:
    async with opened("prot-none-1g", recorded_host, pane=pane) as (app, pilot):
        told = []
        original = Pane.post_message

        def post(self: Pane, message: Message) -> bool:
            if isinstance(message, Selected):
                told.append(message)
            return original(self, message)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Pane, "post_message", post)
            await pilot.press("down")
            await settle(pilot)
        assert len(told) == 1
        assert app.main.address is not None


async def test_what_is_asked_for_is_seen_through_a_filter(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, version="3.19") as (app, pilot):
        await pilot.press("3", "slash", *"provided", "enter")
        await settle(pilot)
        assert place(app, "plan") != HOLE
        await pilot.press("f")
        await settle(pilot)
        assert place(app, "plan") == app.main.address == HOLE
    async with opened("prot-none-400g", recorded_host, WIDE) as (app, pilot):
        await pilot.press("2", "slash", *"vdso", "enter", "1", "home")
        await settle(pilot)
        # Rows gone past do not undo a filter elsewhere; a place that is named does.
        assert len(rows_shown(app, "coverage")) == 1
        await pilot.press("g", *"7e8661200000", "enter")
        await settle(pilot)
        assert place(app, "coverage") == HOLE


async def test_what_is_asked_for_in_another_task_is_seen_through_a_filter(recorded_host: Host) -> None:
    async with opened("prot-none-400g-fork", recorded_host, pane="plan") as (app, pilot):
        pid, address = app.main.pid, app.main.address
        await pilot.press("right_square_bracket", "slash", *"provided", "enter")
        await settle(pilot)
        assert app.main.pid != pid
        assert place(app, "plan") != address
        await pilot.press("f")
        await settle(pilot)
        assert (app.main.pid, app.main.address, place(app, "plan")) == (pid, address, address)


async def test_backspace_goes_back_to_where_another_place_was_gone_to_from(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    async with opened("prot-none-400g", recorded_host) as (app, pilot):
        monkeypatch.setattr(app, "notify", lambda message, **_: said.append(message))
        await pilot.press("j", "j")
        await settle(pilot)
        first = app.main.address
        await pilot.press("g", *"heap", "enter")
        await settle(pilot)
        assert app.main.address == 0x32DB9000
        # Rows that are passed are no places of their own.
        await pilot.press("3", "j", "j")
        await settle(pilot)
        passed = app.main.address
        assert passed not in (first, 0x32DB9000)
        await pilot.press("backspace")
        await settle(pilot)
        assert (app.main.pane, app.main.address) == ("maps", 0x32DB9000)
        await pilot.press("backspace")
        await settle(pilot)
        assert (app.main.pane, app.main.address) == ("maps", first) == ("maps", place(app, "maps"))
        await pilot.press("backspace")
        await settle(pilot)
        assert said == ["there is nowhere to go back to"]


async def test_a_command_that_leads_to_a_place_in_another_pane_is_left_with_one_backspace(recorded_host: Host) -> None:
    async with opened("prot-none-400g", recorded_host, version="3.19") as (app, pilot):
        await pilot.press("1", "home", "j")
        await settle(pilot)
        before = app.main.address
        await pilot.press("f")
        await settle(pilot)
        assert (app.main.pane, app.main.address) == ("plan", HOLE)
        await pilot.press("backspace")
        await settle(pilot)
        assert (app.main.pane, app.main.address) == ("maps", before)
        # In the bytes, where backspace returns from pointers, it goes back too once none has been followed.
        await pilot.press("7", "backspace")
        await settle(pilot)
        assert app.main.pane == "maps"

"""The task tree, and switching between tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.panes.pane import Pane
from criu_tui.panes.selection import Selected
from criu_tui.panes.tasks import TasksPane

from tests.app.support import WIDE, opened, screen, settle

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host


async def test_tasks_switch_by_key_and_by_tree(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host, WIDE) as (app, pilot):
        assert app.main.pid == 16656
        await pilot.press("right_square_bracket")
        await settle(pilot)
        assert app.main.pid == 16657
        app.query_one(TasksPane).table.focus()
        await pilot.press("end")
        await settle(pilot)
        assert app.main.pid == 16658
        assert "task 16658" in screen(app)


async def test_the_task_tree_comes_back_with_its_room(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host, WIDE) as (app, pilot):
        tasks = app.query_one(TasksPane)
        assert tasks.display
        tasks.table.focus()
        await pilot.resize_terminal(100, 40)
        await settle(pilot)
        assert not tasks.display
        # The keys go on where they can be seen.
        assert app.query_one("#maps", Pane).table.has_focus
        await pilot.resize_terminal(200, 40)
        await settle(pilot)
        assert tasks.display
        await pilot.press("t")
        await pilot.resize_terminal(210, 40)
        await settle(pilot)
        assert not tasks.display


async def test_a_task_tree_asked_for_stays(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host) as (app, pilot):
        await pilot.press("t")
        await pilot.resize_terminal(82, 24)
        await settle(pilot)
        assert app.query_one(TasksPane).table.has_focus
        await pilot.press("j")
        await settle(pilot)
        assert app.main.pid == 16657
        await pilot.press("t")
        assert not app.query_one(TasksPane).display
        assert app.query_one("#maps", Pane).table.has_focus


async def test_a_late_selection_does_not_undo_a_switch_of_task(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host, WIDE) as (app, pilot):
        maps = app.query_one("#maps", Pane)
        late = Selected(maps, 16656, 0x1000)
        await pilot.press("right_square_bracket")
        maps.post_message(late)
        await settle(pilot)
        assert app.main.pid == 16657
        assert app.main.address != 0x1000


async def test_a_switch_of_task_leaves_alone_what_shows_the_whole_dump(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host, WIDE) as (app, pilot):
        ids, maps = app.query_one("#ids", Pane), app.query_one("#maps", Pane)
        table, rows = ids.table.table, maps.table.table
        await pilot.press("right_square_bracket")
        await settle(pilot)
        assert ids.table.table is table
        assert maps.table.table is not rows
        assert ids.pid == maps.pid == 16657

"""How the main screen is brought to another dump, or to a place of which a story tells; and room for what covers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.report.report import Report
    from criu_tui.screens.main import MainScreen


def go_on(screen: MainScreen, dump: Dump, *, afresh: bool) -> None:
    """Shows another dump in the same panes: at the same place where it has that, or `afresh`, as one just opened."""
    screen.panes.once_complete(lambda: _go_on(screen, dump, afresh=afresh))


def look_at(screen: MainScreen, report: Report, pane: str, place: tuple[int, int] | None) -> None:
    """Shows a place, task and address, in a pane; the report may be of another dump."""
    screen.panes.once_complete(lambda: _look_at(screen, report, pane, place))


def leave_room(screen: MainScreen, lines: int) -> None:
    """Leaves so many lines at the bottom to what stands on it; panes that are seen then have their rows."""
    screen.panes.cover(lines)
    screen.show_heading()
    screen.describe_place()
    if screen.panes.complete:
        screen.update_seen()


def _look_at(screen: MainScreen, report: Report, pane: str, place: tuple[int, int] | None) -> None:
    pid, address = place or (next(iter(report.dump.pids), None), None)
    screen.panes.tasks_held = len(report.dump.tasks)
    screen.chosen = True
    screen.select(report=report, pid=pid, address=address, asked_for=True)
    screen.panes.fill_tasks(screen.selection)
    screen.action_pane(pane)


def _go_on(screen: MainScreen, dump: Dump, *, afresh: bool) -> None:
    report = screen.report.of(dump)
    screen.panes.tasks_held = len(dump.tasks)
    screen.chosen = screen.chosen and not afresh
    screen.decides_front = not screen.chosen
    same = not afresh and screen.pid in dump.pids
    pid = screen.pid if same else next(iter(dump.pids), None)
    screen.select(report=report, pid=pid, address=screen.address if same else None)
    screen.panes.fill_tasks(screen.selection)
    screen.panes.give_room()
    screen.show_heading()
    screen.describe_place()
    screen.update_seen()

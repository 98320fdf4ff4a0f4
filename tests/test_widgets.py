"""Widgets on a screen of their own: where lines are, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.tables.rows import Rows
from criu_tui.core.tables.table import Column, Table, Tone
from criu_tui.core.tables.view import View
from criu_tui.widgets.compositing import LineScreen
from criu_tui.widgets.heat_view import LEAD, HeatView
from criu_tui.widgets.looks import AHEAD
from criu_tui.widgets.notes import Notes, shortened, wrapped
from criu_tui.widgets.table_lines import HEADER_LINES
from criu_tui.widgets.virtual_table import VirtualTable
from textual.app import App
from textual.geometry import Region
from textual.widgets import Static

from tests.app.support import screen
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from rich.color import Color as RichColor
    from textual.app import ComposeResult
    from textual.message import Message
    from textual.widget import Widget

HOLE = 0x7E8661200000
COUNT = 100


class Alone(App[None]):
    """One widget, and the messages that it sends."""

    def __init__(self, made: Widget) -> None:
        super().__init__()
        self.made = made
        self.sent: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.made

    def on_heat_view_zoomed(self, event: HeatView.Zoomed) -> None:
        self.sent.append(event)

    def on_virtual_table_header_clicked(self, event: VirtualTable.HeaderClicked) -> None:
        self.sent.append(event)


def numbers(count: int = COUNT) -> View[int]:
    """Rows from 0 on with three columns of 20 characters."""
    columns: tuple[Column[int], ...] = tuple(
        Column(f"column {n}", lambda row: f"row {row} ".ljust(20, "."), 20) for n in range(3)
    )
    rows = Rows(count, lambda index: index)
    return View(Table("numbers", columns, rows, lambda row: (1, None), lambda _: Tone.PLAIN))


class Chosen(VirtualTable):
    """Filled with a row chosen before anything has been laid out."""

    def on_mount(self) -> None:
        self.show(numbers(), 50)


def room(table: VirtualTable) -> int:
    return table.scrollable_content_region.height - HEADER_LINES


async def test_a_line_put_on_screen_stays_a_third_from_the_top_until_it_is_moved() -> None:
    table = Chosen()
    async with Alone(table).run_test(size=(80, 24)) as pilot:
        for height in (24, 40, 10):
            await pilot.resize_terminal(80, height)
            await pilot.pause()
            assert 50 - table.scroll_offset.y == room(table) // 3
        table.action_move(1)
        top = table.scroll_offset.y
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert table.scroll_offset.y == top, "it is in view, and was moved to"


async def test_a_row_in_view_is_selected_without_scrolling() -> None:
    """Each line that moves is written anew, over a connection that may be slow."""
    table = Chosen()
    async with Alone(table).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        table.scroll_to(y=table.scroll_offset.y - 2, animate=False, immediate=True)
        await pilot.pause()
        top = table.scroll_offset.y
        for row in (50, 51, 50):
            table.select(row)
            await pilot.pause()
            assert table.scroll_offset.y == top


async def test_rows_come_one_by_one_before_the_cursor_is_at_the_edge() -> None:
    """Nothing stands beside them, so that the terminal moves all but one; the clicked one stays below the mouse."""
    table = Chosen()
    async with Alone(table).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        last = table.scroll_offset.y + room(table) - 1
        for position in range(table.cursor + 1, last + 10):
            top = table.scroll_offset.y
            table.action_move(1)
            assert table.scroll_offset.y == top + (position > last - AHEAD)
        top = table.scroll_offset.y
        await pilot.click(VirtualTable, offset=(1, HEADER_LINES + room(table) - 1))
        assert table.cursor == top + room(table) - 1
        assert table.scroll_offset.y == top
        table.action_move_to(1)
        for _ in range(3):
            table.action_move(-1)
        assert table.cursor == table.scroll_offset.y == 0
        table.action_move_to(-2)
        table.action_move_to(-1)
        table.action_move(1)
        assert table.cursor == COUNT - 1
        assert table.scroll_offset.y == COUNT - room(table)


async def test_the_scrollbar_knows_of_what_was_scrolled_before_it_was_there() -> None:
    table = VirtualTable()
    async with Alone(table).run_test(size=(80, 24)) as pilot:
        table.show(numbers(10))
        await pilot.pause()
        assert not table.show_vertical_scrollbar
        table.show(numbers(), 50)
        await pilot.pause()
        assert table.vertical_scrollbar.position == table.scroll_y > 0


@pytest.mark.parametrize(("x", "left", "column"), [(5, 0, 0), (25, 0, 1), (5, 19, 0), (22, 19, 1), (26, 19, 2)])
async def test_a_title_is_clicked_where_it_is_seen(x: int, left: int, column: int) -> None:
    """The first column stays when the others are scrolled, here by 19 characters of columns of 22."""
    table = Chosen()
    app = Alone(table)
    async with app.run_test(size=(46, 24)) as pilot:
        await pilot.pause()
        table.action_scroll_columns(left)
        assert table.left == left
        await pilot.click(table, offset=(x, 0))
        await pilot.pause()
        assert [message.column for message in app.sent if isinstance(message, VirtualTable.HeaderClicked)] == [column]


async def test_a_heat_map_without_room_for_cells_lets_go_of_the_memory_that_it_has_drawn() -> None:
    dump = Dump(DUMPS / "prot-none-1g-fork" / "dump")
    pid = dump.tasks[0].pid
    vmas = dump.address_space(pid).vmas
    heat = HeatView()
    async with Alone(heat).run_test(size=(60, 10)) as pilot:
        heat.show_vmas(dump, pid, vmas[:1], vmas[0].start)
        await pilot.resize_terminal(LEAD, 10)
        await pilot.pause()
        heat.show_vmas(dump, pid, vmas[-1:], vmas[-1].start)
        await pilot.press("right", "left", "down", "up", "end")
        assert heat.address == vmas[-1].start
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        assert [line.span.start for line in heat.seen()] == [vmas[-1].start]


async def test_a_heat_map_says_when_its_cells_hold_other_pages_than_before() -> None:
    dump = Dump(DUMPS / "prot-none-400g" / "dump")
    pid = dump.tasks[0].pid
    space = dump.address_space(pid)
    heat = HeatView()
    app = Alone(heat)
    async with app.run_test(size=(60, 12)) as pilot:
        heat.show_vmas(dump, pid, space.vmas, HOLE)
        await pilot.pause()
        few = heat.pages
        said = len(app.sent)
        await pilot.resize_terminal(200, 60)
        await pilot.pause()
        assert heat.pages < few
        assert len(app.sent) == said + 1
        assert heat.address == HOLE


async def test_styles_follow_focus_and_theme() -> None:
    """They are kept, and worked out anew when what they are made of changes."""
    table = VirtualTable()
    async with Alone(table).run_test() as pilot:
        table.show(numbers())
        table.focus()
        await pilot.pause()
        focused, muted = table.cursor_style, table.muted_style
        pilot.app.set_focus(None)
        await pilot.pause()
        assert table.cursor_style.bgcolor != focused.bgcolor
        assert backgrounds(table, HEADER_LINES) == {table.cursor_style.bgcolor}
        pilot.app.theme = "textual-light"
        await pilot.pause()
        assert table.muted_style.color != muted.color
        background = table.muted_style.bgcolor
        assert background is not None
        assert background.triplet is not None
        assert sum(background.triplet) > 3 * 128
        assert backgrounds(table, HEADER_LINES + 1) == {table.own_style.bgcolor}
        table.focus()
        await pilot.pause()
        assert backgrounds(table, HEADER_LINES) == {table.cursor_style.bgcolor}


def backgrounds(table: VirtualTable, line: int) -> set[RichColor | None]:
    return {segment.style.bgcolor for segment in table.render_line(line) if segment.style}


@pytest.mark.parametrize("few", ["NO_COLOR", "ansi-dark"])
async def test_without_colours_the_cursor_is_reversed_and_what_matters_less_is_dim(
    monkeypatch: pytest.MonkeyPatch, few: str
) -> None:
    if few == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
    table = VirtualTable()
    async with Alone(table).run_test() as pilot:
        if few != "NO_COLOR":
            pilot.app.theme = few
        table.show(numbers())
        table.focus()
        await pilot.pause()
        assert table.cursor_style.reverse
        assert table.muted_style.dim
        # No colours of a theme that reversing would turn back into those around it.
        assert table.cursor_style.bgcolor == table.own_style.bgcolor
        pilot.app.set_focus(None)
        await pilot.pause()
        assert not table.cursor_style.reverse
        assert table.cursor_style.underline


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("why: one two three", 12, ["why: one two", "  three"]),
        ("reason        next page begins exactly", 30, ["reason        next page begins", f"{'':14}exactly"]),
        # With less than half of the room behind it a column is no place to go on at.
        ("reason        next page", 20, ["reason        next", "  page"]),
        (f"a {'x' * 12}", 8, ["a xxxxxx", "  xxxxxx"]),
        ("short", 12, ["short"]),
    ],
)
def test_what_goes_on_in_a_further_line_is_set_in(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines


async def test_lines_without_room_are_marked_at_the_last_one_that_is_seen() -> None:
    app = Alone(Notes(limit=9))
    async with app.run_test(size=(20, 8)) as pilot:
        app.made.styles.height = 2
        for lines, seen in (
            (["one", "two", "three"], ["one", "two…"]),
            (["one", "two"], ["one", "two"]),
            (["one", "a line of 20 signs..", "three"], ["one", "a line of 20 signs.…"]),
            (["four", "a line of 20 signs..", "five"], ["four", "a line of 20 signs.…"]),
        ):
            assert isinstance(app.made, Notes)
            app.made.show([(Tone.PLAIN, line) for line in lines])
            await pilot.pause()
            assert [line.rstrip() for line in screen(app).splitlines()[:3]] == [*seen, ""]


def test_what_is_shortened_is_cut_at_the_end_of_its_last_line() -> None:
    assert shortened("why: one two three four five", 12, 2, "…") == "why: one two three fou…"
    assert shortened("why: one two", 12, 1, "…") == "why: one two"


class Over(App[None]):
    """A line that can go, on a screen of ours."""

    def get_default_screen(self) -> LineScreen:
        return LineScreen()

    def compose(self) -> ComposeResult:
        yield Static("stays")
        yield Static("goes", id="goes")


@pytest.mark.parametrize("coming", [False, True])
async def test_what_has_gone_or_come_is_drawn_whoever_asks_first_where_widgets_lie(coming: bool) -> None:
    app = Over()
    async with app.run_test() as pilot:
        line = app.screen.query_one("#goes")
        line.display = not coming
        await pilot.pause()
        compositor = app.screen._compositor
        # As after scrolling: the map is made anew for the next who asks, who may come before the next layout.
        compositor.reflow_visible(app.screen, app.screen.size)
        compositor._dirty_regions.clear()
        line.display = coming
        assert (line in compositor.full_map) is coming
        assert Region(0, 1, 80, 1) in compositor._dirty_regions

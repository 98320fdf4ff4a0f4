"""Order and filter of a pane's table: what has been asked for, what is worked on, what is shown."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.content import Content

from criu_tui.core.base.progress import CancelledError, Progress
from criu_tui.core.tables.known import KEPT_TEXTS
from criu_tui.core.tables.table import Tone
from criu_tui.core.tables.view import Sort, View
from criu_tui.panes.selection import Narrowed

if TYPE_CHECKING:
    from criu_tui.core.tables.table import Table
    from criu_tui.core.tables.terms import Filter
    from criu_tui.panes.pane import Pane
    from criu_tui.widgets.progress import ProgressLine


class _Left:
    """What was shown before a partial view."""

    def __init__(self, view: View[Any], row: int | None, text: str) -> None:
        self.view = view
        self.row = row
        """That the cursor was on, or has been moved to since."""
        self.text = text
        """The filter."""
        self.put: int | None = None
        """The row of the partial view that the cursor was then put on."""


class Arranging:
    """Sorts and narrows the table of a pane; a very long one in a thread, with progress."""

    def __init__(self, pane: Pane) -> None:
        self._pane = pane
        self.filter_text = ""
        self._sort: Sort | None = None
        """Order and filter asked for; the view that has them may still be worked on."""
        self._typed_on = False
        """Whether a filter is being typed."""
        self._last_filter = ""
        """The one that "next match" looks for after all rows are shown again."""
        self._work: Progress | None = None
        """What the view to be shown next waits for."""
        self._left: _Left | None = None
        """What a partial view is shown in place of."""
        self._shown_text = ""
        """The filter of the view shown."""
        self._preparing: Progress | None = None
        """What makes the cells that filters search, of the table shown."""

    @property
    def view(self) -> View[Any] | None:
        """The view shown."""
        return self._pane.table.view

    def show_new(self, table: Table[Any], pid: int, address: int | None, *, stays: bool = False) -> None:
        """Shows a table in place of the one before, with the cursor at an address, arranged as that one was.

        Of the same rows made anew the cursor keeps its own if it is there, or `stays` wherever it is.
        """
        if self._preparing is not None:
            self._preparing.cancel()
            self._preparing = None
        shown = self._pane.table
        before, row, view = shown.table, shown.row, View(table)
        self._left = None
        kept = None if before is None or row is None else view.again(before.rows[row], row)
        found = kept if stays and kept is not None else view.find(pid, address, kept)
        shown.show(view, found if found is not None else kept or 0)
        self._pane.border_title = Content(table.title)
        self._pane.give_room()
        self._shown_text = ""
        self.arrange(None if before is None else _same_column(self._sort, before, table), self.filter_text)

    def arrange(self, sort: Sort | None, text: str, row: int | None = None) -> None:
        """Sorts and narrows the table shown; the cursor then is on `row`, or where it was."""
        view = self._whole_view
        if view is None:
            return
        self._stop_work()
        try:
            wanted = self._pane.asking.parsed(text, view.table) if text.strip() else None
        except ValueError as error:
            # What was shown stays, so that a term half typed does not make the rows jump.
            self._give_up_partial()
            self._pane.say(str(error), Tone.WARNING)
            return
        self.filter_text, self._sort = text, sort
        if wanted:
            self._last_filter = text
        if sort == view.sort and not wanted and not view.filter:
            if self.view is not view:
                self._show_arranged(view, row)
                return
            self._shown_text = text
            self.say_state()
            if row is not None:
                self._pane.table.select(row)
                self._pane.selected()
        elif (wanted or sort is not None) and (
            len(view.table.rows) > KEPT_TEXTS or not view.quick_for(wanted or None, sort)
        ):
            self._work = Progress("filtering" if wanted else "sorting")
            long = partial(self._arrange_long, view, sort, wanted, row, self._work, self._pane.progress_line)
            self._pane.run_worker(long, group="arrange", thread=True)
        else:
            self._show_arranged(view.arranged(sort, wanted), row)

    @property
    def _whole_view(self) -> View[Any] | None:
        """The view shown; where that is partial, the one before it."""
        return self.view if self._left is None else self._left.view

    def prepare(self) -> None:
        """Has what filters search made behind the screen, where it takes long: a filter may be typed soon."""
        view = self.view
        if view is not None and not view.quick and self._preparing is None:
            self._preparing = Progress()
            self._pane.run_worker(partial(_know_texts, view, self._preparing), group="texts", thread=True)

    def _arrange_long(
        self,
        view: View[Any],
        sort: Sort | None,
        wanted: Filter[Any] | None,
        row: int | None,
        progress: Progress,
        line: ProgressLine,
    ) -> None:
        cursor, first = self._pane.table.row, True

        def show(some: View[Any]) -> None:
            nonlocal first
            skipped, first = first and cursor is not None and some.order[-1] < cursor, False
            if not skipped:
                # Rows that end above the cursor so early would jump there, and back with the next ones.
                self._pane.app.call_from_thread(self._show_partial, progress, some, row)

        made = None
        with line.during(progress), suppress(CancelledError):
            made = view.arranged(sort, wanted, progress, show)
        self._pane.app.call_from_thread(self._end_work, progress, made, row)

    def _show_partial(self, work: Progress, view: View[Any], row: int | None) -> None:
        """Shows the rows found so far; what is selected stays until all are."""
        shown = self._pane.table
        if work is not self._work or work.cancelled or shown.table is not view.table:
            return
        left = self._left
        if left is None and self.view is not None:
            left = _Left(self.view, shown.row, self._shown_text)
        elif left is not None and shown.row != left.put:
            left.row = shown.row
        assert left is not None
        shown.show(view, left.row if row is None else row)
        left.put = shown.row
        self._left = left
        self._shown_text = self.filter_text
        self.say_state()

    def _give_up_partial(self) -> None:
        """Shows again what was shown before rows of a filter that is not to be."""
        if self._left is not None:
            self.filter_text = self._left.text
            self._show_arranged(self._left.view)

    def _end_work(self, work: Progress, view: View[Any] | None, row: int | None) -> None:
        """Shows what a thread has made, unless it has been cancelled or something else asked for since."""
        if work is not self._work:
            return
        if work.cancelled or view is None:
            self._stop_work()
            self._give_up_partial()
            return
        self._work = None
        if self._pane.table.table is view.table:
            self._show_arranged(view, row)

    def _stop_work(self) -> None:
        """What is shown stays."""
        if self._work is not None:
            self._work.cancel()
            self._work = None
            self.filter_text = self._shown_text
            self._sort = None if self.view is None else self.view.sort

    def _show_arranged(self, view: View[Any], row: int | None = None) -> None:
        shown = self._pane.table
        left, self._left = self._left, None
        before = shown.row
        if left is not None:
            row = left.row if row is None and before == left.put else row
            before = left.row
        shown.show(view, row)
        self._shown_text = self.filter_text
        self.say_state()
        self._pane.post_message(Narrowed())
        if shown.row not in (before, None):
            # The selection is always the row that is seen to be selected.
            self._pane.selected()

    def expect(self, *, filter_typed: bool) -> None:
        """A filter is being typed from now on, or no more."""
        if filter_typed != self._typed_on:
            self._typed_on = filter_typed
            self.say_state()

    def say_state(self) -> None:
        """How many rows there are and by what rule, while it is not all of them in their own order, or may soon not be.

        While a filter is typed there is a line for it all the time: what comes and goes moves the rows.
        """
        view = self.view
        if view is None:
            return
        said = []
        if view.filter:
            said.append(f"{view.count} rows with {self._shown_text.strip()}")
        if view.sort is not None:
            title = view.table.columns[view.sort.column].title or "mark"
            said.append(f"by {title}, {'largest' if view.sort.descending else 'smallest'} first")
        undo = "all rows" if view.filter else "their own order"
        unsaid = f"{view.count} rows" if self._typed_on else ""
        self._pane.say(f"{'; '.join(said)}; esc: {undo}" if said else unsaid or self._pane.usual_state)

    # What keys and clicks ask for

    def filter_by(self, text: str, row: int | None = None) -> None:
        """Shows only rows that a text matches, with the cursor on `row`; those still to come as well."""
        view = self.view
        if view is None:
            self.filter_text = text
        elif text == self.filter_text and row is None:
            self.say_state()
        else:
            self.arrange(view.sort, text, row)

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """Title of the column that decides the order, empty for the table's own, and whether the largest come first."""
        view = self.view
        if view is None or view.sort is None:
            return "", False
        return view.table.columns[view.sort.column].title, view.sort.descending

    def arrange_as(self, text: str, title: str, *, descending: bool) -> None:
        """By somebody else's filter and order, who names the column; in the table's own where that is not here."""
        view = self.view
        if view is None:
            self.filter_text = text
            return
        titles = [column.title for column in view.table.columns]
        sort = Sort(titles.index(title), descending) if title and title in titles else None
        if (sort, text) == (view.sort, self.filter_text):
            self.say_state()
        else:
            self.arrange(sort, text)

    def unhide(self, pid: int, address: int) -> None:
        """Shows all rows when the filter hides the one at an address of a task."""
        view = self.view
        row = None if view is None else view.find(pid, address)
        if view is not None and row is not None and view.position(row) is None:
            self.arrange(view.sort, "", row)

    def sort_next(self, step: int) -> None:
        """The next column's order, and after the last one the table's own."""
        view = self.view
        if view is None:
            return
        columns = len(view.table.columns)
        current = columns if view.sort is None else view.sort.column
        following = (current + step) % (columns + 1)
        self.arrange(None if following == columns else _usual(view.table, following), self.filter_text)

    def sort_by(self, column: int) -> None:
        """By a column; the other way round when it is that one already."""
        view = self.view
        if view is None:
            return
        if view.sort is not None and view.sort.column == column:
            self.reverse()
        else:
            self.arrange(_usual(view.table, column), self.filter_text)

    def reverse(self) -> None:
        """The other way round."""
        view = self.view
        if view is not None:
            sort = view.sort or Sort(0)
            self.arrange(Sort(sort.column, not sort.descending), self.filter_text)

    def go_to_match(self, step: int) -> None:
        """To the next row that the filter matches, also among all rows after the filter is gone."""
        view = self.view
        if view is None:
            return
        if not self._last_filter:
            self._pane.say("no filter yet: / asks for one", Tone.WARNING)
            return
        found = view.match(
            self._pane.asking.parsed(self._last_filter, view.table), self._pane.table.cursor + step, step
        )
        if found is None:
            self._pane.say(f"no row with {self._last_filter}", Tone.WARNING)
        else:
            self._pane.table.action_move_to(found)

    @property
    def undoable(self) -> bool:
        """Whether some rows are left out, or they are in another order than their own."""
        return self.view is not None and (bool(self.view.filter) or self.view.sort is not None)

    def undo(self) -> None:
        """Shows all rows, or when it is all of them, in their own order."""
        view = self.view
        if view is not None:
            self.arrange(view.sort if view.filter else None, "")


def _know_texts(view: View[Any], progress: Progress) -> None:
    with suppress(CancelledError):
        view.know_texts(progress)


def _usual(table: Table[Any], column: int) -> Sort:
    """The direction people want first: the largest amounts, the lowest addresses, words from A."""
    chosen = table.columns[column]
    amounts = chosen.right and chosen.sort is not None
    return Sort(column, descending=amounts)


def _same_column(sort: Sort | None, before: Table[Any], table: Table[Any]) -> Sort | None:
    """The order of a table for the one that has been built anew, by the title of its column."""
    if sort is None:
        return None
    title = before.columns[sort.column].title
    found = next((i for i, column in enumerate(table.columns) if column.title == title), None)
    return None if found is None else Sort(found, sort.descending)

"""The bytes of a task in hexadecimal and as text; the cursor is a byte."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.actions import SkipAction

from criu_tui.commands import HEX
from criu_tui.core.drawings.hexdump import ROW, HexDump
from criu_tui.core.report.contents import hex_column, hex_text, text_column
from criu_tui.core.tables.table import Tint
from criu_tui.widgets.address_view import AddressView
from criu_tui.widgets.bindings import bindings

if TYPE_CHECKING:
    from textual.binding import BindingType

    from criu_tui.core.drawings.address_lines import AddressLines
    from criu_tui.core.drawings.differing import DifferingBytes
    from criu_tui.core.drawings.hexdump import HexLine


BOTH_SIDES = 130
"""Columns from which the rows of two checkpoints stand side by side."""


class HexView(AddressView):
    """A HexDump."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings(HEX))
    commands = HEX

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._behind: list[int] = []
        """Where pointers were followed from."""
        self._differing: DifferingBytes | None = None

    def show(self, lines: AddressLines[Any] | None, address: int | None = None) -> None:
        self._behind.clear()
        super().show(lines, address)

    @property
    def dump(self) -> HexDump | None:
        return self._lines if isinstance(self._lines, HexDump) else None

    def show_differing(self, differing: DifferingBytes | None) -> None:
        """Marks the bytes that differ in another checkpoint, with its own beside them where there is room."""
        self._differing = differing
        self.refresh()

    def _segments(self, line: HexLine, cursor: int | None) -> list[Segment]:
        if self._differing is not None and line.data:
            return self._two_sides(self._differing, line, cursor)
        text = hex_text(line)
        if not line.data:
            style = self._words_style
            if cursor is not None:
                style += self.cursor_style
            return [Segment(text[:14], self.muted_style), Segment(text[14:], style)]
        if cursor is None:
            return [Segment(text[:14], self.muted_style), Segment(text[14:], self.own_style)]
        byte = cursor - line.span.start
        under = self.own_style + self.cursor_style
        digits, letter = hex_column(byte), text_column(byte)
        return [
            Segment(text[:14], self.muted_style),
            Segment(text[14:digits], self.own_style),
            Segment(text[digits : digits + 2], under),
            Segment(text[digits + 2 : letter], self.own_style),
            Segment(text[letter], under),
            Segment(text[letter + 1 :], self.own_style),
        ]

    def _two_sides(self, two: DifferingBytes, line: HexLine, cursor: int | None) -> list[Segment]:
        """A row with its changed bytes marked, and the other's row behind it."""
        text, differing = hex_text(line), two.differing(line)
        changed = self.tint_style(Tint.SHARED) + Style(bold=True, underline=True)
        styles = [self.muted_style] * 14 + [self.own_style] * (len(text) - 14)
        for byte in differing:
            for at in (hex_column(byte), hex_column(byte) + 1, text_column(byte)):
                styles[at] = changed
        if cursor is not None:
            byte = cursor - line.span.start
            for at in (hex_column(byte), hex_column(byte) + 1, text_column(byte)):
                styles[at] = self.own_style + self.cursor_style
        theirs = two.beside(line.span.start)
        if theirs is not None and self.size.width >= BOTH_SIDES:
            for index, value in enumerate(theirs):
                text += f"{' │ ' if not index else ' '}{value:02x}"
                gap = len(text) - len(styles) - 2
                styles += [self.muted_style] * gap + [changed if index in differing else self.own_style] * 2
        return [
            Segment("".join(letter for letter, _ in part), style)
            for style, part in groupby(zip(text, styles, strict=True), key=itemgetter(1))
        ]

    def _beside(self, here: HexLine, target: HexLine) -> int:
        return target.span.start + self.address % ROW if target.data else target.span.start

    def _at(self, line: HexLine, x: int) -> int:
        if not line.data:
            return line.span.start
        near = [min(abs(x - hex_column(i)), abs(x - 1 - hex_column(i)), abs(x - text_column(i))) for i in range(ROW)]
        return line.span.start + near.index(min(near))

    def action_bytes(self, count: int) -> None:
        """So many bytes right, or left when negative; over a hole at once."""
        if self.dump is None:
            return
        line = self.dump.line_at(self.address)
        if line.data:
            self._move(self.address + count)
        else:
            self._move(line.span.end if count > 0 else line.span.start - 1)

    def action_dumped(self, step: int) -> None:
        """The next or the previous stretch of dumped pages."""
        if self.dump is not None:
            found = self.dump.dumped_after(self.address) if step > 0 else self.dump.dumped_before(self.address)
            if found is not None:
                self._move(found)

    def action_follow(self) -> None:
        """To where the eight bytes under the cursor point."""
        found = None if self.dump is None else self.dump.pointer_at(self.address)
        if found is None:
            self.app.notify("no address of this task under the cursor", markup=False)
            return
        self._behind.append(self.address)
        self._move(found[0])

    def action_return(self) -> None:
        """Back from where a pointer has led; where none has, a key means what it does everywhere."""
        if not self._behind:
            raise SkipAction
        self._move(self._behind.pop())

"""The least that Textual can show, and its own table of many rows: floors for any first paint.

`python tests/bench/empty_app.py [ROWS]`
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from textual.app import App
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Empty(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("ready")


class Rows(App[None]):
    """A DataTable of as many rows and columns as the pane of the VMAs has."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows

    def compose(self) -> ComposeResult:
        from textual.widgets import DataTable

        table: DataTable[str] = DataTable(cursor_type="row")
        table.add_columns("Start", "End", "Size", "Prot", "Kind", "Flags", "Path")
        for n in range(self.rows):
            start = 0x100000000000 + n * 0x1000
            table.add_row(f"{start:012x}", f"{start + 4096:012x}", "4 KiB", "rw-", "anon", "private anonymous", "")
        yield table


if __name__ == "__main__":
    (Rows(int(sys.argv[1])) if len(sys.argv) > 1 else Empty()).run()

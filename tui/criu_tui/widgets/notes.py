"""Lines with a tone, as text that is never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from criu_tui.core.table import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable

STYLES = {
    Tone.PLAIN: "",
    Tone.DIM: "dim",
    Tone.NOTE: "$text-primary",
    Tone.WARNING: "$text-warning",
    Tone.ERROR: "bold $text-error",
}


class Notes(Static):
    """A few lines from a report; `limit` lines at most, and says how many are left out."""

    DEFAULT_CSS = """
    Notes { height: auto; }
    Notes.one-line-each { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, name: str = "", *, limit: int = 8, wrap: bool = True) -> None:
        super().__init__("", id=name or None, classes="" if wrap else "one-line-each", markup=False)
        self.limit = limit

    def show(self, lines: Iterable[tuple[Tone, str]]) -> None:
        """Shows lines, each in the colour of its tone."""
        kept = list(lines)
        left_out = len(kept) - self.limit
        if left_out > 0:
            kept = [*kept[: self.limit - 1], (Tone.DIM, f"and {left_out + 1} more; --print shows all")]
        self.display = bool(kept)
        self.update(Content("\n").join(Content.styled(line, STYLES[tone]) for tone, line in kept))

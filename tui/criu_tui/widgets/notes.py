"""Lines with a tone, as text that is never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from criu_tui.core.table import Tint, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable

STYLES = {
    Tone.PLAIN: "",
    Tone.DIM: "dim",
    Tone.NOTE: "$text-primary",
    Tone.WARNING: "$text-warning",
    Tone.ERROR: "bold $text-error",
}

TINTS = {
    Tint.PLAIN: "",
    Tint.ANONYMOUS: "$text-success",
    Tint.FILE: "$text-primary",
    Tint.SHARED: "$text-accent",
    Tint.STACK: "$text-warning",
    Tint.KERNEL: "$text-muted",
    Tint.GUARD: "$text-muted",
    Tint.PRESENT: "$text-success",
    Tint.PARENT: "$text-primary",
    Tint.LAZY: "$text-warning",
    Tint.ABSENT: "$text-muted",
}


class Notes(Static):
    """A few lines from a report; `limit` lines at most, and says how many are left out."""

    DEFAULT_CSS = """
    Notes { height: auto; }
    Notes.one-line-each { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, name: str = "", *, limit: int = 8, wrap: bool = True, classes: str = "") -> None:
        super().__init__("", id=name or None, classes=classes if wrap else f"one-line-each {classes}", markup=False)
        self.display = False
        self.limit = limit

    def show(self, lines: Iterable[tuple[Tone, str]]) -> None:
        """Shows lines, each in the colour of its tone."""
        kept = list(lines)
        left_out = len(kept) - self.limit
        if left_out > 0:
            kept = [*kept[: self.limit - 1], (Tone.DIM, f"and {left_out + 1} more; --print shows all")]
        self.display = bool(kept)
        self.update(Content("\n").join(Content.styled(line, STYLES[tone]) for tone, line in kept))

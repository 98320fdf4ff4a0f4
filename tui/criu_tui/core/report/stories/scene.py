"""One scene of a story, and what scenes are drawn with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from criu_tui.core.base.units import size
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.releases import Criu

WIDTH = 76
"""Characters of a line; it fits a frame on 80 columns."""
_BAR = 44
SAVES = "CRIU saves a running program to files, the dump, and restores it from these."
"""What stories begin with: who has only heard of CRIU has to know no more."""

Line: TypeAlias = tuple[Tone, str]
ReportOf: TypeAlias = "Callable[[str, Criu | None], Report]"
"""The report of a demo by its name under a CRIU, by default the newest."""


class Scene(NamedTuple):
    """One step of a story, and the place that it speaks of in the real panes."""

    title: str
    lines: tuple[Line, ...]
    report: Report
    pane: str
    """Id of the pane where that is seen."""
    place: tuple[int, int] | None
    """Task and address."""


def plain(text: str) -> Line:
    """A line of prose."""
    return Tone.PLAIN, text


def bars(most: int, rows: Sequence[tuple[str, int, bool | None]]) -> Iterator[Line]:
    """Amounts in bytes as bars of one scale; True fails, False is granted, None is neither."""
    for name, amount, fails in rows:
        long = amount * _BAR // most if most else 0
        bar = "█" * long if long else "▏" if amount else ""
        sign = {True: " ✗", False: " ✓", None: ""}[fails]
        tone = {True: Tone.ERROR, False: Tone.GOOD, None: Tone.PLAIN}[fails]
        yield tone, f"{name:<16} {bar} {size(amount)}{sign}"

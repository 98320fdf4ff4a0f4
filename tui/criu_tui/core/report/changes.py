"""Files that are not any more what they were when they were read, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import some

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report

SHOWN = 3
"""Names that are told."""


def looked_for(report: Report) -> str | None:
    """Looks for such files, and says which there are; None for none."""
    found = report.dump.look_for_changes()
    return said(found) if found else None


def said(names: tuple[str, ...]) -> str:
    """What it means that these files have changed."""
    which = some([display_safe(name, 80) for name in names], SHOWN)
    return f"changed on disk since it was opened: {which}. What is shown may be of before and after: open it again"

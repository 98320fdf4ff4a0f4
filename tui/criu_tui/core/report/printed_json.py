"""What all that is printed as JSON has around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.report import changes

if TYPE_CHECKING:
    from criu_tui.core.base.json import Json
    from criu_tui.core.report.report import Report

SCHEMA = 1


def complete(report: Report, content: dict[str, Json]) -> dict[str, Json]:
    """What is printed as JSON: the content, with the schema's number before and the dump's problems after it."""
    problems: list[Json] = [display_safe(str(problem)) for problem in report.dump.problems]
    if (changed := changes.looked_for(report)) is not None:
        problems.append(changed)
    return {"schema": SCHEMA, **content, "problems": problems}

"""One thing found."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.Enum):
    """How bad; in order."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


AS_WRITTEN = "images must be as CRIU wrote them: copy them again from the source"
"""The way out of images that contradict themselves."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; texts are safe to show."""

    id: str
    severity: Severity
    title: str
    why: str
    advice: str = ""
    releases: str = ""
    """CRIU releases that it concerns; empty for all."""
    pid: int | None = None
    start: int | None = None
    end: int | None = None

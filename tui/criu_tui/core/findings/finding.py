"""One thing found."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Confidence(enum.Enum):
    """How sure it is that a line of a log says why a run failed."""

    SURE = "sure: this text has one meaning"
    LIKELY = "likely"
    UNKNOWN = "the first error that says more than that something failed; not known here"


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
    log: str | None = None
    """Name of the log that shows it."""
    line: int | None = None
    """The line of that log, from 1 on."""
    confidence: Confidence | None = None
    """Of what a log says."""

    @property
    def is_error(self) -> bool:
        """Whether it is as bad as can be."""
        return self.severity is Severity.ERROR

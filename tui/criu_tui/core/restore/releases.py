"""CRIU's releases: their numbers as logs and users write them, and what each range of them does in a restore."""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

from criu_tui.core.base.text import display_safe

NEWEST = "4.2.1"

_VERSION = re.compile(r"v?\d{1,4}(\.\d{1,4}){0,3}", re.ASCII)


def numbers(version: str | None) -> tuple[int, ...] | None:
    """(4, 2, 1) of "4.2.1" or "v4.2.1", (4, 0) of "4"; None for what is no version."""
    if version is None or not _VERSION.fullmatch(version):
        return None
    first, *rest = map(int, version.removeprefix("v").split("."))
    return first, *(rest or (0,))


class Mark(enum.Enum):
    """When a release takes WRITE off a private VMA that it restores in place."""

    NEVER = "always writable"
    CLOSED = "closed end"
    HALF_OPEN = "half-open"
    NEEDED = "needed"


class Rule(NamedTuple):
    """What one range of CRIU releases does; a later release is one more entry in RULES."""

    mark: Mark
    releases: str
    first: tuple[int, ...]
    """The first release of the range."""
    comparison: str
    """How the next pagemap entry is held against the VMA."""


RULES = (
    Rule(Mark.NEVER, "before 3.2", (2, 0), "no comparison"),
    Rule(Mark.CLOSED, "3.2-3.19", (3, 2), "entry.start >  vma.end"),
    Rule(Mark.HALF_OPEN, "4.0+", (4, 0), "entry.start >= vma.end"),
)
NEEDED = Rule(Mark.NEEDED, "no release", (), "an entry overlaps it")


class Criu(NamedTuple):
    """The CRIU that will restore: a version as the user gave it, and its rule."""

    version: str
    rule: Rule

    @property
    def name(self) -> str:
        """ "CRIU 3.19", or "the needed rule"."""
        return "the needed rule" if self.rule.mark is Mark.NEEDED else f"CRIU {self.version}"


def criu(version: str) -> Criu:
    """The CRIU of a version such as "3.19", "4.2.1" or "needed".

    Raises ValueError, with a line for the user, for anything else or before 2.0.
    """
    if version == Mark.NEEDED.value:
        return Criu(version, NEEDED)
    found = numbers(version)
    if found is None:
        raise ValueError(f"{display_safe(version, 40)}: not a CRIU version; give one such as 3.19 or 4.2.1, or needed")
    chosen = [rule for rule in RULES if rule.first <= found]
    if not chosen:
        raise ValueError(f"{version}: the rules are known from CRIU 2.0 on")
    return Criu(version.removeprefix("v"), chosen[-1])

"""Pages, and the way addresses, sizes and counts are written everywhere."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PAGE = 4096
"""Bytes in a page on x86-64; the unit of pagemap entries."""


def address(value: int) -> str:
    """An address as the kernel prints it: hexadecimal, at least 12 digits, never shortened."""
    return f"{value:012x}"


@functools.lru_cache(4096)
def size(count: int) -> str:
    """A number of bytes in binary units: "200 GiB", "1.5 MiB"; "1014 MiB", "2040 KiB" where that is exact.

    Else rounded to a tenth, and written as a whole number where it comes to one: no "200.0 GiB" stands beside them.
    """
    for unit, suffix in ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit and count % unit == 0 and count // unit < 10_000:
            return f"{count // unit} {suffix}"
    if count < 1024:
        return f"{count} B"
    import humanize

    return humanize.naturalsize(count, binary=True, format="%.1f").replace(".0 ", " ")


def duration(seconds: float) -> str:
    """How long something takes: "5 s", and from 100 seconds on as people say it: "4 minutes"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    import humanize

    return humanize.naturaldelta(seconds)


def seconds(whole: int, nano: int) -> str:
    """Seconds and nanoseconds as one decimal number without zeros at its end: "1.5"."""
    return f"{whole}.{nano:09d}".rstrip("0").rstrip(".")


def moment(since_1970: float) -> datetime | None:
    """Seconds since 1970 as a time; None where no calendar has it: files may say anything of themselves."""
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(since_1970, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def number(count: int) -> str:
    """An integer with thousands separated: "65,530"."""
    return f"{count:,}"


def counted(count: int, noun: str) -> str:
    """ "1 page", "2 pages"."""
    return f"{number(count)} {noun if count == 1 else noun + 's'}"


def some(things: Sequence[object], most: int = 8) -> str:
    """The first of these and how many more there are: "12, 13, 14 and 5,002 more"."""
    shown = ", ".join(map(str, things[:most]))
    left_out = len(things) - most
    return f"{shown} and {number(left_out)} more" if left_out > 0 else shown

"""Names of one place that lead to one file: what it takes to read them does not follow from the bytes there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.limits import REPEATED_LIMIT
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import size
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Hashable

    from criu_tui.core.source.source import Source


def repeated_names(place: Source) -> dict[str, str]:
    """Names that lead to files which have been counted, beyond REPEATED_LIMIT bytes; each with the first of them."""
    first: dict[Hashable, str] = {}
    left_out: dict[str, str] = {}
    room = REPEATED_LIMIT
    for name in sorted(place.names(), key=lambda name: (len(name), name)):
        try:
            status = place.status(name)
        except OSError:
            continue
        if not status.regular or first.setdefault(status.identity, name) == name:
            continue
        if status.size > room:
            left_out[name] = first[status.identity]
        else:
            room -= status.size
    return left_out


def repeated(name: str, first: str) -> ImageError:
    """Why a file is not read by another of its names."""
    return ImageError(
        name, None, f"the same file as {display_safe(first)}: read up to {size(REPEATED_LIMIT)} of such only"
    )

"""CRIU's version numbers, as logs and users write them."""

from __future__ import annotations

import re

_VERSION = re.compile(r"v?\d{1,4}(\.\d{1,4}){0,3}", re.ASCII)


def numbers(version: str | None) -> tuple[int, ...] | None:
    """(4, 2, 1) of "4.2.1" or "v4.2.1", (4, 0) of "4"; None for what is no version."""
    if version is None or not _VERSION.fullmatch(version):
        return None
    first, *rest = map(int, version.removeprefix("v").split("."))
    return first, *(rest or (0,))

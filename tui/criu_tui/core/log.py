"""dump.log: what its first lines say about the dump (criu/log.c)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.images import ImageError, read_file

if TYPE_CHECKING:
    from criu_tui.core.dump import Dump

_HEADER_BYTES = 1 << 16
_VERSION = re.compile(rb"^\(\d+\.\d+\)\s+Version: (\S+)", re.MULTILINE)
_KERNEL = re.compile(rb"^\(\d+\.\d+\)\s+Running on \S+ Linux (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Header:
    """Facts from the head of a log, as in the dump; None for what it does not say."""

    criu: str | None = None
    kernel: str | None = None


def read_header(dump: Dump) -> Header:
    """The header of a dump's dump.log; empty when there is none."""
    try:
        data = read_file(dump.path / "dump.log", _HEADER_BYTES)
    except ImageError:
        return Header()
    version, kernel = _VERSION.search(data), _KERNEL.search(data)
    return Header(
        version[1].decode("ascii", "replace") if version else None,
        kernel[1].decode("ascii", "replace") if kernel else None,
    )

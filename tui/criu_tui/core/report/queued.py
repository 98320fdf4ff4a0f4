"""Bytes that a dump keeps beside memory, as rows of hex and text: data in flight, messages, what maps hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import number
from criu_tui.core.dump.payloads import read
from criu_tui.core.source.error import ImageError
from criu_tui.core.tables.table import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.payloads import Payload

ROW = 16
"""Bytes of a row."""
SHOWN = 4096
"""Bytes of one piece that are shown; all of them can be taken out."""
SEARCHED = 1 << 16
"""Bytes of one piece that a filter searches."""


def hex_lines(dump: Dump, what: str, payload: Payload, start: int = 0) -> Iterator[tuple[Tone, str]]:
    """A piece of data, from a byte of it on, as rows of offset, bytes and text."""
    part = payload._replace(offset=payload.offset + start, length=min(payload.length - start, SHOWN))
    which = f"{number(part.length)} from byte {number(start)} on" if start else f"the first {number(SHOWN)}"
    some = f", {which} shown" if part.length < payload.length else ""
    yield Tone.NOTE, f"{display_safe(what)}: {number(payload.length)} bytes of {payload.image}{some}"
    try:
        data = read(dump, part)
    except ImageError as error:
        yield Tone.ERROR, display_safe(str(error))
        return
    for at in range(0, len(data), ROW):
        row = data[at : at + ROW]
        yield Tone.PLAIN, f"{start + at:08x}  {row.hex(' '):<{ROW * 3 - 1}}  {printable(row)}"


def printable(data: bytes) -> str:
    """Bytes as text, a dot for each that is not printable ASCII."""
    return data.translate(_PRINTABLE).decode("ascii")


_PRINTABLE = bytes(byte if 0x20 <= byte < 0x7F else ord(".") for byte in range(256))


def searched(dump: Dump, payloads: Iterable[Payload]) -> str:
    """What a filter finds of pieces of data: their text, a dot for each byte that is none."""
    found: list[str] = []
    for payload in payloads:
        try:
            data = read(dump, payload, SEARCHED)
        except ImageError:
            continue
        found.append(printable(data))
    return " ".join(found)


def with_data(dump: Dump, table: Table[Any], parts: Callable[[Any], Sequence[Payload]]) -> Table[Any]:
    """A table whose filter also finds what is in the data of a row, as `data:text`."""
    data: Column[Any] = Column("Data", lambda row: searched(dump, parts(row)), 4)
    return table._replace(hidden=(*table.hidden, data))

"""What a place in memory holds: hex lines, where the page lies, and what the bytes read as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import PAGE, address, counted, number, size
from criu_tui.core.dump.mapped_file import elf_place
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.pages.places import AbsentContents, absent_pages
from criu_tui.core.pages.symbols import symbol_text
from criu_tui.core.report.queued import printable
from criu_tui.core.report.titles import titled
from criu_tui.core.source.error import ImageError
from criu_tui.core.tables.table import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.drawings.differing import DifferingBytes
    from criu_tui.core.drawings.hexdump import HexDump, HexLine
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.contents import PageBytes
    from criu_tui.core.pages.places import PageRun
    from criu_tui.core.report.report import Report


def hex_text(line: HexLine) -> str:
    """A line of the hex view: address, 16 bytes in two groups, the same as ASCII."""
    if not line.data:
        sign = "*" if line.repeated else "⋯"
        return f"{address(line.span.start)}  {sign} {display_safe(line.words)}"
    pairs = [f"{byte:02x}" for byte in line.data]
    return f"{address(line.span.start)}  {' '.join(pairs[:8])}  {' '.join(pairs[8:])}  {printable(line.data)}"


def hex_column(byte: int) -> int:
    """Where in `hex_text` the two digits of byte 0 to 15 of a row begin, for an address of 12 digits."""
    return 14 + byte * 3 + (1 if byte >= 8 else 0)


def text_column(byte: int) -> int:
    """Where in `hex_text` the character of byte 0 to 15 stands, for an address of 12 digits."""
    return 14 + 16 * 3 + 2 + byte


def place_line(report: Report, contents: PageBytes, pid: int, vma: Vma, where: int) -> tuple[Tone, str]:
    """Which page of a VMA an address is in, of which kind, and where its bytes lie."""
    page = where & -PAGE
    run = next(contents.runs(pid, vma, _page_of(vma, page)))
    index = (page - vma.start) // PAGE
    mapped = elf_place(report.dump, pid, vma, where)
    # Symbols only once somebody has asked for some: this line follows each move of the cursor.
    symbol = "" if mapped is None else display_safe(symbol_text(report.dump, mapped, read=False))
    at_file = "" if mapped is None else f"{display_safe(mapped.name)}+{mapped.offset:#x}  {symbol}".rstrip() + "  "
    lead = f"{address(where)}  {at_file}page {number(index)} of {number(vma.size // PAGE)}"
    if run.broken is not None:
        return Tone.ERROR, f"{lead}, {run.kind.value}: {display_safe(str(run.broken))}"
    if run.place is None:
        return Tone.DIM, f"{lead}, {_without_bytes(report, run, vma)}"
    above = f", {counted(run.place.depth, 'dump')} up" if run.place.depth else ""
    name, block = display_safe(run.place.file.name), run.place.block
    at = f"at byte {number(run.place.offset)}"
    if block is not None:
        at = (
            f"in a block of {size(block[1])} at byte {number(block[0])}"
            if block[1]
            else "in a block of zeros, not stored"
        )
    words = f"{lead}, {run.kind.value}: {name} {at}{above}"
    try:
        if contents.punched(run.place, PAGE) == PAGE:
            return Tone.WARNING, f"{words}, a hole in the file: reads as zeros"
    except ImageError as error:
        return Tone.ERROR, f"{words}: {display_safe(str(error))}"
    return Tone.PLAIN, words


def gap_words(where: int) -> str:
    """For an address that no VMA holds."""
    return f"{address(where)}  not mapped"


def cell_words(pages: int) -> str:
    """How much of memory a cell of the heat map stands for."""
    return size(pages * PAGE)


def bytes_table(report: Report, pid: int, lines: Sequence[HexLine]) -> Table[HexLine]:
    """Lines of a hex dump as rows."""
    return Table(
        titled(report, "Bytes", pid),
        (Column("Bytes", hex_text, max(map(len, map(hex_text, lines)), default=0)),),
        lines,
        lambda line: (pid, line.span),
        lambda line: Tone.PLAIN,
    )


def value_line(report: Report, view: HexDump, pid: int, where: int) -> tuple[Tone, str]:
    """The bytes at an address as numbers, as a pointer when they lead somewhere, and as text."""
    values = view.values(where)
    if values is None:
        return Tone.DIM, "no bytes here"
    parts = [f"u8 {values.u8}"]
    for name, value in (("u16", values.u16), ("u32", values.u32), ("u64", values.u64)):
        if value is not None:
            parts.append(f"{name} {value}")
    found = view.pointer_at(where)
    if found is not None:
        target, vma = found
        kind = report.dump.address_space(pid).kind(vma).value
        parts.append(f"→ {address(target)} {kind} +0x{target - vma.start:x} {report.path(vma)}".rstrip())
    if len(values.text) > 2:
        parts.append(f'"{values.text[:60]}"')
    return Tone.PLAIN, "  ".join(parts)


def other_line(two: DifferingBytes, where: int) -> tuple[Tone, str]:
    """What another checkpoint has in place of the bytes from an address to the end of their row, and as text."""
    ours, theirs = two.row_from(where)
    if not theirs:
        return Tone.DIM, "in B  no bytes"
    if ours == theirs:
        return Tone.DIM, "in B  the same to the end of the row"
    return Tone.NOTE, f"in B  {theirs.hex(' ')}  {printable(theirs)}"


def json(view: HexDump, pid: int, where: int) -> dict[str, Json]:
    """A place and the bytes from there to the end of its page, as hexadecimal."""
    found = view.pointer_at(where)
    return {
        "pid": pid,
        "address": where,
        "bytes": view.bytes_at(where).hex(),
        "points_to": None if found is None else found[0],
    }


def _page_of(vma: Vma, page: int) -> Span:
    return Span(max(vma.start, page), min(vma.end, page + PAGE))


def _without_bytes(report: Report, run: PageRun, vma: Vma) -> str:
    if run.kind is PageKind.LAZY:
        return "lazy: left to a lazy-pages server, not in the dump"
    match absent_pages(vma):
        case AbsentContents.ZEROS:
            return "absent: zeros when restored"
        case AbsentContents.FILE:
            return f"absent: read from {report.path(vma)}"
        case AbsentContents.KERNEL:
            return "absent: the kernel provides it"
    return "absent: cannot be read"

"""Names of functions and variables in mapped files, from the ELF files that are at hand (elf(5)).

Only a file of the dump itself, or one with the build id that CRIU kept, is read, and only when somebody asks for names;
nothing of it is believed before it is held against the bytes that are there.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import ELF_HEADER_LIMIT, SYMBOL_LIMIT
from criu_tui.core.base.span import Span
from criu_tui.core.dump.mapped_file import FilePlace, elf_place
from criu_tui.core.pages.elf_at_hand import ElfFiles, is_elf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.mapped_file import Contents
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.source.source import OpenFile

_PT_LOAD = 1
_SYMTAB, _DYNSYM = 2, 11
_OBJECT, _FUNCTION, _IFUNC = 1, 2, 10
_SYMBOL = struct.Struct("<IBBHQQ")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")


class Symbol(NamedTuple):
    """A function or a variable."""

    name: str
    span: Span
    """Bytes of the file, [start, end); a symbol without a size has the byte where it begins."""


class SymbolTable:
    """The symbols of one file by where they lie in it."""

    def __init__(self, symbols: list[Symbol]) -> None:
        self._symbols = sorted(symbols, key=lambda symbol: (symbol.span.start, symbol.span.end))
        self._starts = [symbol.span.start for symbol in self._symbols]
        self._named = {symbol.name: symbol for symbol in reversed(self._symbols)}

    def __len__(self) -> int:
        return len(self._symbols)

    def at(self, offset: int) -> Symbol | None:
        """The symbol that holds a byte of the file."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return None
        start = self._starts[index]
        while index >= 0 and self._starts[index] == start:
            if offset in self._symbols[index].span:
                return self._symbols[index]
            index -= 1
        return None

    def named(self, name: str) -> Symbol | None:
        """The symbol of a name."""
        return self._named.get(name)


def symbols_of(dump: Dump, place: FilePlace) -> SymbolTable:
    """The symbols of the file that is mapped at a place; none where it is not at hand."""
    return dump.once(("symbols", place.path, place.kept), lambda: _read(dump, place))


def symbol_text(dump: Dump, place: FilePlace, *, read: bool = True) -> str:
    """ "main+0x1f"; empty without a symbol, or, unless they may be read now, while symbols are not known."""
    if not read and not dump.once.known(("symbols", place.path, place.kept)):
        return ""
    found = symbols_of(dump, place).at(place.offset)
    if found is None:
        return ""
    inside = place.offset - found.span.start
    return f"{found.name}+{inside:#x}" if inside else found.name


def address_of_symbol(dump: Dump, pid: int, text: str) -> int | None:
    """The address of a symbol of any mapped file, as "main" or "libc.so.6:malloc"; None where none is known."""
    file, _, name = text.rpartition(":")
    mapped: dict[tuple[str, Contents | None], list[tuple[Vma, FilePlace]]] = {}
    for vma in dump.address_space(pid).vmas:
        place = elf_place(dump, pid, vma, vma.start)
        if place is not None and file in ("", place.name):
            mapped.setdefault((place.path, place.kept), []).append((vma, place))
    for parts in mapped.values():
        found = symbols_of(dump, parts[0][1]).named(name)
        if found is None:
            continue
        for vma, place in parts:
            inside = found.span.start - place.offset
            if 0 <= inside < vma.size:
                return vma.start + inside
    return None


def _read(dump: Dump, place: FilePlace) -> SymbolTable:
    with ElfFiles(dump) as files:
        file = files.open(place)
        if file is None:
            return SymbolTable([])
        try:
            return SymbolTable([*_symbols(file)])
        except (OSError, OverflowError, struct.error):
            return SymbolTable([])


def _symbols(file: OpenFile) -> Iterator[Symbol]:
    head = file.read_at(0, 64)
    if not is_elf(head):
        return
    segments_at, sections_at = struct.unpack_from("<QQ", head, 32)
    _, segments, section_size, sections = struct.unpack_from("<HHHH", head, 54)
    loaded = []
    for index in range(min(segments, ELF_HEADER_LIMIT)):
        kind, _, offset, address, _, length, _, _ = _SEGMENT.unpack(
            file.read_at(segments_at + index * _SEGMENT.size, _SEGMENT.size)
        )
        if kind == _PT_LOAD:
            loaded.append((Span(address, address + length), offset))
    left = SYMBOL_LIMIT
    for index in range(min(sections, ELF_HEADER_LIMIT)):
        section = _SECTION.unpack(file.read_at(sections_at + index * section_size, _SECTION.size))
        if section[1] in (_SYMTAB, _DYNSYM):
            strings = _SECTION.unpack(file.read_at(sections_at + section[6] * section_size, _SECTION.size))
            count = min(section[5] // _SYMBOL.size, left)
            left -= count
            data = file.read_at(section[4], count * _SYMBOL.size)
            names = file.read_at(strings[4], min(strings[5], file.size))
            yield from _named(data[: len(data) // _SYMBOL.size * _SYMBOL.size], names, loaded)


def _named(data: bytes, names: bytes, loaded: list[tuple[Span, int]]) -> Iterator[Symbol]:
    for at, info, _, section, value, size in _SYMBOL.iter_unpack(data):
        if not section or info & 15 not in (_OBJECT, _FUNCTION, _IFUNC):
            continue
        end = names.find(b"\0", at)
        name = names[at : end if end >= 0 else len(names)].decode("utf-8", "replace")
        place = next((value - span.start + offset for span, offset in loaded if value in span), None)
        if name and place is not None:
            yield Symbol(name, Span(place, place + max(1, size)))

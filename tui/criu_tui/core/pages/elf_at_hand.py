"""The mapped ELF files of a dump that are at hand: in the dump itself, else here or below a directory that is named.

Of the latter only those with the build id that CRIU kept: a file of the same name may be another one, or none that a
dump has any business to name.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from criu_tui.core.base.limits import ELF_HEADER_LIMIT, ELF_NOTE_LIMIT, OPEN_ELF_LIMIT
from criu_tui.core.base.units import PAGE
from criu_tui.core.pages.kept_files import kept_file
from criu_tui.core.source.directory import open_regular
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.mapped_file import Contents, FilePlace
    from criu_tui.core.source.source import OpenFile

_NT_GNU_BUILD_ID = 3
_PT_NOTE = 4


class ElfFiles:
    """Opens mapped files where they are the ones that were mapped; keeps them open until closed."""

    def __init__(self, dump: Dump) -> None:
        self._dump = dump
        self._opened: dict[tuple[str, Contents | None], OpenFile | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for opened in self._opened.values():
            if opened is not None:
                opened.close()

    def open(self, place: FilePlace) -> OpenFile | None:
        """The file at hand; None where neither the dump has it nor there is one of this path and build id."""
        key = place.path, place.kept
        if key not in self._opened:
            if len(self._opened) >= OPEN_ELF_LIMIT or not (place.build_id or place.kept):
                return None
            self._opened[key] = self._open(place)
        return self._opened[key]

    def _open(self, place: FilePlace) -> OpenFile | None:
        if place.kept is not None:
            try:
                return kept_file(self._dump, place.kept)
            except ImageError:
                return None
        return next(filter(None, (self._found(root, place) for root in self._dump.mapped_below)), None)

    def _found(self, root: Path, place: FilePlace) -> OpenFile | None:
        try:
            file = open_regular(root / place.path.lstrip("/"))
        except (ImageError, ValueError):
            return None
        try:
            if build_id_of(file) == place.build_id:
                return file
        except (OSError, OverflowError, struct.error):
            # Its headers point beyond any file.
            pass
        file.close()
        return None

    def has(self, place: FilePlace, length: int) -> bool:
        """Whether these bytes of a file are at hand."""
        file = self.open(place)
        return file is not None and place.offset + length <= -(-file.size // PAGE) * PAGE

    def read(self, place: FilePlace, length: int) -> bytes:
        """Bytes of a file that is at hand, zeros behind its end as in its last page. Raises OSError."""
        file = self.open(place)
        assert file is not None
        return file.read_at(place.offset, length).ljust(length, b"\0")


def build_id_at_hand(dump: Dump, place: FilePlace) -> str:
    """The build id of a mapped file as CRIU kept it, else as the file has it that lies in the dump; empty without."""
    if place.build_id or place.kept is None:
        return place.build_id
    return dump.once(("build id", place.kept), lambda: _read_build_id(dump, place))


def _read_build_id(dump: Dump, place: FilePlace) -> str:
    with ElfFiles(dump) as files:
        file = files.open(place)
        try:
            return "" if file is None else build_id_of(file)
        except (OSError, OverflowError, struct.error):
            return ""


def is_elf(head: bytes) -> bool:
    """Whether the first 64 bytes of a file are the header of an ELF file of 64 bits and low bytes first."""
    return head[:6] == b"\x7fELF\x02\x01" and len(head) == 64


def build_id_of(file: OpenFile) -> str:
    """The build id in the notes of an ELF file of 64 bits, in hexadecimal; empty without one. Raises OSError."""
    head = file.read_at(0, 64)
    if not is_elf(head):
        return ""
    at, entry_size, count = (
        *struct.unpack_from("<Q", head, 32), *struct.unpack_from("<HH", head, 54),
    )  # fmt: skip
    for index in range(min(count, ELF_HEADER_LIMIT)):
        header = file.read_at(at + index * entry_size, 56)
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", header)
        if kind == _PT_NOTE:
            found = _build_id(file.read_at(offset, min(length, ELF_NOTE_LIMIT)))
            if found:
                return found
    return ""


def _build_id(notes: bytes) -> str:
    at = 0
    while at + 12 <= len(notes):
        owner, length, kind = struct.unpack_from("<III", notes, at)
        name = at + 12
        data = name + -(-owner // 4) * 4
        if kind == _NT_GNU_BUILD_ID and notes[name : name + owner] == b"GNU\0":
            return notes[data : data + length].hex()
        at = data + -(-length // 4) * 4
    return ""

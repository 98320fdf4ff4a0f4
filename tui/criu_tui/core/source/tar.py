"""The members of a tar archive, from a walk over its headers alone (POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU tar).

Contents stay where they are: a member is where its bytes begin and how many they are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import MEMBER_TEXT_LIMIT, STRETCH_LIMIT
from criu_tui.core.base.units import number, size
from criu_tui.core.source.members import Member, MemberForm, Members

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.source.source import OpenFile

BLOCK = 512
"""Bytes of a header; contents are padded to a multiple of it."""
WINDOW = 1 << 16
"""Bytes that are read at once: headers of small members lie close together."""
DECIMAL = 20
"""Bytes of the longest decimal number and its line feed."""
LISTED_AT_ONCE = 4096
"""Members between two reports of progress."""

_FORMS = {
    b"0": MemberForm.REGULAR, b"\0": MemberForm.REGULAR, b"7": MemberForm.REGULAR, b"S": MemberForm.REGULAR,
    b"1": MemberForm.HARD_LINK, b"2": MemberForm.LINK, b"5": MemberForm.DIRECTORY,
}  # fmt: skip
"""By type flag; all others are devices, FIFOs and what no reader knows."""
_LONG_NAME, _LONG_LINK, _PAX, _PAX_OF_ALL = b"L", b"K", b"x", b"g"


class _Said(NamedTuple):
    """What headers before a member's own say of it."""

    name: bytes | None = None
    link: bytes | None = None
    pax: tuple[tuple[bytes, bytes], ...] = ()


class _TarError(Exception):
    """What is wrong with a header."""


def is_tar(start: bytes) -> bool:
    """Whether bytes begin as a tar archive does: with a header whose checksum is right."""
    return len(start) >= BLOCK and any(start[:BLOCK]) and _checksum_is_right(start[:BLOCK])


def walk(file: OpenFile, said: Callable[[int], None] = lambda _: None, members: Members | None = None) -> Members:
    """The members of an archive; damage ends the walk and is among its problems. Raises OSError.

    `said` is called now and then with the byte offset that the walk has reached. `members` are those
    that are added to: others may look at them while the walk waits for bytes.
    """
    members = Members(file) if members is None else members
    window = _Window(file)
    at, before = 0, _Said()
    count = 0
    try:
        while at < file.size:
            header = window.read(at, BLOCK)
            if len(header) < BLOCK:
                raise _TarError("cut within a header")
            if not any(header):
                break
            if not _checksum_is_right(header):
                raise _TarError("not a tar header: its checksum is wrong")
            form, length = header[156:157], _number(header[124:136])
            data = at + BLOCK
            at = data + -(-length // BLOCK) * BLOCK
            if form in (_LONG_NAME, _LONG_LINK, _PAX, _PAX_OF_ALL):
                before = _with(before, form, window, data, length)
                continue
            name, member, at = _member(window, header, before, data, length)
            before = _Said()
            if not members.add(name, member):
                members.problem(at, f"more than {number(len(members))} members: the rest is not listed")
                break
            count += 1
            if count % LISTED_AT_ONCE == 0:
                said(at)
        if at > file.size:
            raise _TarError("cut within a member")
    except _TarError as error:
        members.problem(at, str(error))
    members.finish()
    return members


class _Window:
    """The bytes read last."""

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self._start, self._bytes = 0, b""

    @property
    def size(self) -> int:
        return self._file.size

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes; fewer at the end of the archive."""
        from_here = offset - self._start
        if from_here < 0 or from_here + length > len(self._bytes):
            try:
                self._start, self._bytes = offset, self._file.read_at(offset, max(length, WINDOW))
            except OverflowError:
                self._start, self._bytes = offset, b""
            from_here = 0
        return self._bytes[from_here : from_here + length]

    def text(self, offset: int, length: int) -> bytes:
        """All of a long name or of pax records."""
        if length > MEMBER_TEXT_LIMIT:
            raise _TarError(f"a name or records of {size(length)}")
        text = self.read(offset, length)
        if len(text) < length:
            raise _TarError("cut within a name")
        return text


def _with(before: _Said, form: bytes, window: _Window, data: int, length: int) -> _Said:
    if form == _PAX_OF_ALL:
        return before
    text = window.text(data, length)
    if form == _LONG_NAME:
        return before._replace(name=text.rstrip(b"\0"))
    if form == _LONG_LINK:
        return before._replace(link=text.rstrip(b"\0"))
    return before._replace(pax=tuple(_records(text)))


def _records(text: bytes) -> list[tuple[bytes, bytes]]:
    """Pax records, each "LENGTH KEY=VALUE" and a line feed."""
    found = []
    at = 0
    while at < len(text):
        space = text.find(b" ", at, at + 20)
        if space < 0 or not text[at:space].isdigit():
            raise _TarError("damaged pax records")
        end = at + int(text[at:space])
        key, equals, value = text[space + 1 : end - 1].partition(b"=")
        if end <= space or end > len(text) or not equals:
            raise _TarError("damaged pax records")
        found.append((key, value))
        at = end
    return found


def _member(window: _Window, header: bytes, before: _Said, data: int, length: int) -> tuple[str, Member, int]:
    """A member's name and place, and where the next header is."""
    pax = dict(before.pax)
    if b"size" in pax:
        length = _decimal(pax[b"size"])
    name = pax.get(b"GNU.sparse.name") or pax.get(b"path") or before.name or _name(header)
    link = pax.get(b"linkpath") or before.link or header[157:257].partition(b"\0")[0]
    form = _FORMS.get(header[156:157], MemberForm.OTHER)
    if form is MemberForm.REGULAR and name.endswith(b"/"):
        form = MemberForm.DIRECTORY
    # Of links and directories some archivers give a size, and no bytes follow.
    stored = length if form in (MemberForm.REGULAR, MemberForm.OTHER) else 0
    start, whole, pieces = data, None, None
    if header[156:157] == b"S":
        pieces, whole, start = _old_sparse(window, header, data)
        after = start + -(-stored // BLOCK) * BLOCK
    else:
        after = data + -(-stored // BLOCK) * BLOCK
        if b"GNU.sparse.major" in pax:
            pieces, start = _sparse_map(window, data, stored)
            stored -= start - data
            whole = _decimal(pax.get(b"GNU.sparse.realsize", b"0"))
        elif b"GNU.sparse.map" in pax or b"GNU.sparse.numblocks" in pax:
            pieces = _sparse_records(before.pax)
            whole = _decimal(pax.get(b"GNU.sparse.size", b"0"))
    if pieces is not None and whole is not None:
        _check_pieces(pieces, stored, whole)
    held = max(0, min(stored, window.size - start))
    member = Member(
        form,
        start,
        held if whole is None else whole,
        held,
        _modified(pax.get(b"mtime"), header[136:148]),
        _text(link),
        pieces,
    )
    return _text(name), member, after


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _modified(pax: bytes | None, field: bytes) -> float:
    """Seconds since 1970; 0 where a header has no time that can be read."""
    try:
        seconds = float(pax) if pax is not None else float(_number(field))
    except (ValueError, _TarError):
        return 0.0
    return seconds if math.isfinite(seconds) else 0.0


def _name(header: bytes) -> bytes:
    name = header[:100].partition(b"\0")[0]
    # GNU's own format has times where POSIX has the beginning of a long name.
    prefix = header[345:500].partition(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _number(field: bytes) -> int:
    """An octal number, or one of base 256 where the first bit is set (GNU)."""
    if field[0] & 0x80:
        value = int.from_bytes(field[1:], "big") | (field[0] & 0x7F) << 8 * (len(field) - 1)
        if field[0] & 0x40 or value >= 1 << 63:
            raise _TarError("a size below zero or beyond any file")
        return value
    text = field.strip(b"\0 ").partition(b"\0")[0]
    if not text:
        return 0
    try:
        value = int(text, 8)
    except ValueError:
        raise _TarError("a damaged number in a header") from None
    if value < 0:
        raise _TarError("a size below zero or beyond any file")
    return value


def _decimal(text: bytes) -> int:
    if not text.isdigit() or len(text) > 19:
        raise _TarError("a damaged number in pax records")
    return int(text)


def _checksum_is_right(header: bytes) -> bool:
    """The sum of a header's bytes, those of the sum itself taken as spaces; old writers summed them signed."""
    try:
        wanted = int(header[148:156].strip(b"\0 ").partition(b"\0")[0] or b"x", 8)
    except ValueError:
        return False
    plain = sum(header) - sum(header[148:156]) + 8 * 0x20
    if plain == wanted:
        return True
    signed = sum(byte - 256 for byte in header if byte > 127) + sum(byte for byte in header if byte < 128)
    own = sum(byte - 256 if byte > 127 else byte for byte in header[148:156])
    return signed - own + 8 * 0x20 == wanted


# Sparse members: where in the file each stretch of stored bytes belongs


def _old_sparse(window: _Window, header: bytes, data: int) -> tuple[list[tuple[int, int]], int, int]:
    """Stretches, the file's length and where its bytes begin, of GNU's old format: in the header and ones after it."""
    pieces = _pairs(header[386:482])
    more, at = header[482], data
    while more:
        block = window.read(at, BLOCK)
        if len(block) < BLOCK:
            raise _TarError("cut within the map of a sparse member")
        pieces += _pairs(block[:504])
        more, at = block[504], at + BLOCK
        if len(pieces) > STRETCH_LIMIT:
            raise _TarError(f"a sparse member of more than {number(STRETCH_LIMIT)} stretches")
    return pieces, _number(header[483:495]), at


def _pairs(text: bytes) -> list[tuple[int, int]]:
    found = []
    for at in range(0, len(text) - 23, 24):
        if not text[at]:
            break
        found.append((_number(text[at : at + 12]), _number(text[at + 12 : at + 24])))
    return found


def _sparse_map(window: _Window, data: int, stored: int) -> tuple[list[tuple[int, int]], int]:
    """Stretches, and where the bytes begin, of GNU's format 1.0: decimal lines before the bytes, padded to a block."""
    count = _decimal(window.read(data, min(stored, BLOCK)).partition(b"\n")[0])
    if count > STRETCH_LIMIT:
        raise _TarError(f"a sparse member of more than {number(STRETCH_LIMIT)} stretches")
    lines = window.read(data, min(stored, (2 * count + 1) * DECIMAL)).split(b"\n")[: 2 * count + 1]
    if len(lines) < 2 * count + 1:
        raise _TarError("cut within the map of a sparse member")
    numbers = [_decimal(line) for line in lines[1:]]
    used = sum(len(line) + 1 for line in lines)
    return list(zip(numbers[::2], numbers[1::2], strict=True)), data + -(-used // BLOCK) * BLOCK


def _sparse_records(pax: tuple[tuple[bytes, bytes], ...]) -> list[tuple[int, int]]:
    """Stretches of GNU's formats 0.0, a record each, and 0.1, all in one."""
    together = dict(pax).get(b"GNU.sparse.map")
    if together is not None:
        numbers = [_decimal(text) for text in together.split(b",")] if together else []
    else:
        numbers = [_decimal(v) for k, v in pax if k in (b"GNU.sparse.offset", b"GNU.sparse.numbytes")]
    if len(numbers) % 2 or len(numbers) > 2 * STRETCH_LIMIT:
        raise _TarError("a damaged map of a sparse member")
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _check_pieces(pieces: list[tuple[int, int]], stored: int, whole: int) -> None:
    """Stretches must come in order, not overlap, end within the file and be as long as what is stored."""
    at = 0
    for start, length in pieces:
        if start < at:
            raise _TarError("the stretches of a sparse member are not in order")
        at = start + length
    if at > whole or whole >= 1 << 63 or sum(length for _, length in pieces) > stored:
        raise _TarError("a sparse member's map does not fit its bytes")

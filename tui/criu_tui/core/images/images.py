"""One image file: magic, framing, entries; every failure names file and byte.

A file is one or two little-endian u32 magics, then entries of {u32 size, protobuf
message}; some kinds carry raw bytes after an entry (criu/include/magic.h,
criu/protobuf.c). Nothing here trusts a size before it is held against the file's.
"""

from __future__ import annotations

import functools
import io
import itertools
import re
import struct
from typing import TYPE_CHECKING, BinaryIO, Generic, NamedTuple, TypeVar

from google.protobuf.message import DecodeError, Message

from criu_tui.core.base.units import number, size
from criu_tui.core.source.directory import open_regular
from criu_tui.core.source.error import ImageError as ImageError
from criu_tui.core.source.error import reason_of as reason_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from google._upb._message import Descriptor as UpbDescriptor
    from google.protobuf.descriptor import Descriptor

    from criu_tui.core.source.directory import Where
    from criu_tui.core.source.source import OpenFile

    _Descriptor = Descriptor | UpbDescriptor

IMG_COMMON_MAGIC = 0x54564319
_U32 = struct.Struct("<I")

IMAGE_LIMIT = 1 << 30
"""Bytes of an image that is read whole."""
MESSAGE_LIMIT = 1 << 26
"""Bytes of one message; an address space of a million VMAs takes as much."""
NESTED_LIMIT = 1 << 20
"""Messages within a message: of a few bytes each they would grow fiftyfold in memory."""
ENTRY_LIMIT = 1 << 20
"""Entries of an image that are kept as messages."""
PAYLOAD_LIMIT = 1 << 28
"""Bytes of all messages of an image together."""
PACKED = 8
"""How much longer a file may be than the blocks it takes: some file systems compress; more is holes."""

M = TypeVar("M", bound=Message)


class Kind(NamedTuple):
    """A kind of image: the type magic, and whether it follows the common magic."""

    name: str
    magic: int
    first_magic: int | None = IMG_COMMON_MAGIC


INVENTORY = Kind("inventory", 0x58313116, None)
PSTREE = Kind("pstree", 0x50273030)
CORE = Kind("core", 0x55053847)
IDS = Kind("ids", 0x54432030)
MM = Kind("mm", 0x57492820)
VMAS = Kind("vmas", 0x54123737)
PAGEMAP = Kind("pagemap", 0x56084025)
USERNS = Kind("userns", 0x55474906)
CREDS = Kind("creds", 0x54023547)
FILES = Kind("files", 0x56303138)
REG_FILES = Kind("reg-files", 0x50363636)
FDINFO = Kind("fdinfo", 0x56213732)
FS = Kind("fs", 0x51403912)
MEMFD = Kind("memfd", 0x48453499)
GHOST_FILE = Kind("ghost-file", 0x52583605)
TTY_INFO = Kind("tty-info", 0x59453036)
AUTOFS = Kind("autofs", 0x49353943)
IPCNS_SHM = Kind("ipcns-shm", 0x46283044)
IPCNS_MSG = Kind("ipcns-msg", 0x55453737)
IPCNS_SEM = Kind("ipcns-sem", 0x59573019)
UTSNS = Kind("utsns", 0x54473203)
TIMENS = Kind("timens", 0x43114433)
NETNS = Kind("netns", 0x55933752)
NETDEV = Kind("netdev", 0x57373951)
MNTS = Kind("mountpoints", 0x55563928)
CGROUP = Kind("cgroup", 0x59383330)
REMAP_FPATH = Kind("remap-fpath", 0x59133954)
PIDNS = Kind("pidns", 0x61157326)


_NAMES = r"""(?:
        (?:apparmor|binfmt-misc|bpfmap-data|bpfmap-file|cgroup|cipher|cpuinfo|eventfd|eventpoll|eventpoll-tfd
          |ext-files|fanotify|fanotify-mark|fifo|fifo-data|filelocks|files|inetsk|inotify|inotify-wd|inventory
          |irmap-cache|memfd|netlinksk|ns-files|packetsk|pidfd|pipes|pipes-data|pstree|reg-files|remap-fpath
          |seccomp|signalfd|sk-queues|timerfd|tty|tty-data|tty-info|tunfile|unixsk)
      |(?:autofs|binfmt-misc|core|creds|fdinfo|fs|ids|ifaddr|ip6tables|ipcns-(?:msg|sem|shm|var)|iptables|itimers
          |mm|mountpoints|netdev|netns|netns-ct|netns-exp|nftables|pagemap|pagemap-shmem|pages|pages-shmem|pidns
          |posix-timers|rlimit|route|route6|rule|sigacts|signal-p|signal-s|timens|userns|utsns|vmas)-\d{1,20}
      |(?:ghost-file|tcp-stream)-[0-9a-f]{1,8}
      |pages-\d{1,10}\.comp
      |tmpfs(?:-dev)?-\d{1,10}\.tar\.gz
      |amdgpu-.+
    )\.img"""
"""Images that CRIU and its plugins have written from 2013 to 4.2.1, and those that are known but not supported."""


def known_name(name: str) -> bool:
    """Whether a file name is that of an image kind that some CRIU writes."""
    return _names().fullmatch(name) is not None


@functools.cache
def _names() -> re.Pattern[str]:
    # Not before someone asks: compiling takes as long as reading a small dump.
    return re.compile(_NAMES, re.VERBOSE | re.ASCII)


class Image(NamedTuple, Generic[M]):
    """The entries of an image that could be read, and what stopped the reading, if anything did."""

    entries: tuple[M, ...]
    error: ImageError | None = None
    size: int = 0
    """Bytes of all messages."""


def read_file(where: Where, limit: int | None = None) -> bytes:
    """The bytes of a regular file, at most `limit` of them.

    Raises ImageError for anything that is not a readable regular file, and without a
    limit for one of more than IMAGE_LIMIT bytes; never blocks on a FIFO or a device. A
    file that grows meanwhile is read as long as it was when opened.
    """
    with open_regular(where) as file:
        length = length_of(file) if limit is None else min(limit, file.size)
        return _read(file.stream, length, where.name)


def length_of(file: OpenFile) -> int:
    """Bytes of an open image; raises ImageError when there are more than IMAGE_LIMIT."""
    if file.size > IMAGE_LIMIT:
        raise ImageError(file.name, None, f"of {size(file.size)}: more than any image of this kind")
    return file.size


def _read(file: BinaryIO, count: int, name: str) -> bytes:
    """Up to `count` bytes; raises ImageError when the system gives an error instead."""
    try:
        # None where a file of /proc would block.
        return file.read(count) or b""
    except OSError as error:
        raise ImageError(name, None, reason_of(error)) from error


def payload_start(data: bytes, kind: Kind, name: str) -> int:
    """Byte offset of the first entry, the magics having been checked.

    Images written before CRIU 1.6 have no common magic; both forms are accepted.
    Raises ImageError when the magic is cut or another kind's.
    """
    if len(data) < 4:
        raise ImageError(name, len(data), "cut within the magic number")
    first = _U32.unpack_from(data)[0]
    if first == kind.magic:
        return 4
    if kind.first_magic is not None and first == kind.first_magic:
        if len(data) < 8:
            raise ImageError(name, len(data), "cut within the magic number")
        second = _U32.unpack_from(data, 4)[0]
        if second == kind.magic:
            return 8
        raise ImageError(name, 4, f"magic 0x{second:08x} is not that of a {kind.name} image")
    raise ImageError(name, 0, f"magic 0x{first:08x} is not that of a {kind.name} image")


def decode(data: bytes, kind: Kind, name: str, message: type[M], *, single: bool = False) -> Image[M]:
    """All entries of an image as messages of one type; with `single`, only the first.

    What precedes damage is kept; `error` says what and where the damage is.
    """
    return _decode(io.BytesIO(data), len(data), PAYLOAD_LIMIT, kind, name, message, single=single)


def _payload_limit(blocks: int) -> int:
    """Bytes of messages that are kept of a file which takes this many bytes of its disk.

    One message is always read, since not every file system says how many it takes.
    """
    return min(PAYLOAD_LIMIT, MESSAGE_LIMIT + PACKED * blocks)


def _decode(
    file: BinaryIO, length: int, most: int, kind: Kind, name: str, message: type[M], *, single: bool
) -> Image[M]:
    """`decode` of a file that had `length` bytes when it was opened, up to `most` bytes of messages."""
    entries: list[M] = []
    kept = 0
    try:
        offset = payload_start(_read(file, min(length, 8), name), kind, name)
        file.seek(offset)
        while offset < length and not (single and entries):
            if len(entries) == ENTRY_LIMIT:
                raise ImageError(name, offset, f"more than {number(ENTRY_LIMIT)} entries: the rest is not read")
            payload = _payload(file, length, offset, name, len(entries))
            if kept + len(payload) > most:
                raise ImageError(
                    name, offset, f"more than {size(most)} of messages: the rest is not read", len(entries)
                )
            entries.append(parse(payload, message, name, offset + 4, len(entries)))
            kept += len(payload)
            offset += 4 + len(payload)
    except ImageError as error:
        return Image(tuple(entries), error, kept)
    return Image(tuple(entries), size=kept)


def _payload(file: BinaryIO, length: int, offset: int, name: str, entry: int) -> bytes:
    """The next entry's payload; the file stands at its size. Raises ImageError as `frame` does."""
    head = _read(file, 4, name)
    wanted = _frame_size(head, length, offset, name, entry)
    payload = _read(file, wanted, name)
    if len(payload) < wanted:
        raise ImageError(name, offset, "the file became shorter while it was read", entry)
    return payload


def _frame_size(head: bytes, length: int, offset: int, name: str, entry: int) -> int:
    """The size that an entry at an offset says it has, held against the file's length."""
    if len(head) < 4:
        raise ImageError(name, offset, f"cut within the size of an entry, {len(head)} of 4 bytes", entry)
    wanted: int = _U32.unpack(head)[0]
    if offset + 4 + wanted > length:
        raise ImageError(
            name, offset, f"entry of {wanted} bytes, but only {length - offset - 4} are left in the file", entry
        )
    if wanted > MESSAGE_LIMIT:
        raise ImageError(name, offset, f"entry of {size(wanted)}: more than any message", entry)
    return wanted


def frame(data: bytes, offset: int, name: str, entry: int) -> tuple[bytes, int]:
    """The payload of the entry at a byte offset, and the offset after it.

    Raises ImageError when the file ends before the entry does.
    """
    start = offset + 4
    wanted = _frame_size(data[offset:start], len(data), offset, name, entry)
    return data[start : start + wanted], start + wanted


def parse(payload: bytes, message: type[M], name: str, offset: int, entry: int) -> M:
    """One protobuf message; raises ImageError when the bytes are not one, or not a whole one."""
    kind = message.DESCRIPTOR.name
    if _nests_too_much(payload, message.DESCRIPTOR):
        reason = f"more than {number(NESTED_LIMIT)} messages within one {kind}: more than is read"
        raise ImageError(name, offset, reason, entry)
    try:
        found = message.FromString(payload)
    except (DecodeError, UnicodeDecodeError) as error:
        # Text that is not UTF-8 is none to protobuf's implementation in Python; the usual one hands out its bytes.
        raise ImageError(name, offset, f"not a {kind} message", entry) from error
    if not found.IsInitialized():
        missing = _missing(found)
        if missing is not None:
            raise ImageError(name, offset, f"a {kind} message without its {missing}", entry)
    return found


def _nests_too_much(payload: bytes, descriptor: _Descriptor) -> bool:
    """Whether more than NESTED_LIMIT messages lie within one, at any depth.

    Nearly all are let through by the bytes that begin such a message, which other
    fields hold too; only where there are too many of these is it walked through.
    """
    if len(payload) <= NESTED_LIMIT or sum(map(payload.count, _nested_tags(descriptor))) <= NESTED_LIMIT:
        return False
    return next(itertools.islice(_nested(payload, descriptor), NESTED_LIMIT, None), None) is not None


def _nested(payload: bytes, descriptor: _Descriptor) -> Iterator[_Descriptor]:
    """The messages within one, at any depth, as their types; where the bytes are none, a level ends.

    Wire format: protobuf.dev/programming-guides/encoding.
    """
    levels = [(0, len(payload), descriptor)]
    while levels:
        at, end, here = levels.pop()
        inner = _message_fields(here)
        while at < end:
            tag, at = _varint(payload, at)
            wire = tag & 7
            if wire == _LENGTH:
                length, at = _varint(payload, at)
                found = inner.get(tag >> 3)
                if found is not None:
                    yield found
                    if _message_fields(found):
                        levels.append((at, min(end, at + length), found))
                at += length
            elif wire == _VARINT:
                at = _varint(payload, at)[1]
            elif wire in _FIXED:
                at += _FIXED[wire]


_VARINT, _LENGTH = 0, 2
_FIXED = {1: 8, 5: 4}
"""Bytes of a value, by wire type."""


def _varint(payload: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the low ones first, and the offset behind it; cut, what there is of it."""
    value = shift = 0
    while at < len(payload):
        byte = payload[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            break
        shift += 7
        if shift == 70:
            break
    return value, at


@functools.cache
def _message_fields(descriptor: _Descriptor) -> dict[int, _Descriptor]:
    """The types of a message's fields that are messages, by number."""
    return {field.number: field.message_type for field in descriptor.fields if field.message_type is not None}


@functools.cache
def _nested_tags(descriptor: _Descriptor) -> tuple[bytes, ...]:
    """Bytes one of which begins every field that repeats a message, however its tag is written."""
    tags: set[int] = set()
    seen: set[str] = set()
    rest: list[_Descriptor] = [descriptor]
    while rest:
        here = rest.pop()
        if here.full_name in seen:
            continue
        seen.add(here.full_name)
        for field in here.fields:
            if field.message_type is not None:
                rest.append(field.message_type)
                if field.is_repeated:
                    low = (field.number << 3 | 2) & 0x7F
                    tags |= {low, low | 0x80}
    return tuple(bytes((tag,)) for tag in sorted(tags))


def _missing(message: Message) -> str | None:
    """The first required field that a message lacks, such as "vmas[3].start"; None when only enums are lacking.

    protobuf keeps an enum's unknown value among the unknown fields: that is no damage.
    """
    rest = [("", message)]
    while rest:
        path, here = rest.pop()
        for field in here.DESCRIPTOR.fields:
            if field.is_required and field.enum_type is None and not here.HasField(field.name):
                return f"{path}{field.name}"
        rest += ((f"{path}{step}.", inner) for step, inner in _inner(here) if not inner.IsInitialized())
    return None


def _inner(message: Message) -> Iterator[tuple[str, Message]]:
    """The messages that are set in a message, with the names that lead to them."""
    for field in message.DESCRIPTOR.fields:
        if field.message_type is None:
            continue
        if field.is_repeated:
            repeated: Sequence[Message] = getattr(message, field.name)
            yield from ((f"{field.name}[{index}]", inner) for index, inner in enumerate(repeated))
        elif message.HasField(field.name):
            yield field.name, getattr(message, field.name)


def text_of(value: str | bytes) -> str:
    """A string field as text: protobuf gives bytes for one that is not UTF-8, as names of files may be."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogateescape")


def read_entries(where: Where, kind: Kind, message: type[M], *, single: bool = False) -> Image[M]:
    """`decode` for a file, entry by entry; a file that cannot be read is an Image with only an error."""
    try:
        with open_regular(where) as file:
            most = _payload_limit(file.allocated)
            return _decode(file.stream, file.size, most, kind, where.name, message, single=single)
    except ImageError as error:
        return Image((), error)


def encode(kind: Kind, messages: Iterable[Message]) -> bytes:
    """The bytes of an image that holds these messages."""
    parts = [_U32.pack(kind.magic)]
    if kind.first_magic is not None:
        parts.insert(0, _U32.pack(kind.first_magic))
    for message in messages:
        payload = message.SerializeToString()
        parts += (_U32.pack(len(payload)), payload)
    return b"".join(parts)

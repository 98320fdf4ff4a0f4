"""One image file: magic, framing, entries; every failure names file and byte.

A file is one or two little-endian u32 magics, then entries of {u32 size, protobuf
message}; some kinds carry raw bytes after an entry (criu/include/magic.h,
criu/protobuf.c). Nothing here trusts a size before it is held against the file's.
"""

from __future__ import annotations

import errno
import os
import stat
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Generic, TypeVar

from google.protobuf.message import DecodeError, Message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

IMG_COMMON_MAGIC = 0x54564319
IMG_SERVICE_MAGIC = 0x55105940
_U32 = struct.Struct("<I")

M = TypeVar("M", bound=Message)


class ImageError(Exception):
    """Why an image, or the rest of it, cannot be read: file, byte offset and reason."""

    def __init__(self, file: str, offset: int | None, reason: str, entry: int | None = None) -> None:
        self.file = file
        self.offset = offset
        self.reason = reason
        self.entry = entry
        super().__init__(file, offset, reason, entry)

    def __str__(self) -> str:
        where = self.file
        if self.offset is not None:
            where += f": byte {self.offset}"
        if self.entry is not None:
            where += f" (entry {self.entry})"
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of image: the type magic, and whether it follows the common or service magic."""

    name: str
    magic: int
    first_magic: int | None = IMG_COMMON_MAGIC


INVENTORY = Kind("inventory", 0x58313116, None)
PSTREE = Kind("pstree", 0x50273030)
CORE = Kind("core", 0x55053847)
IDS = Kind("ids", 0x54432030)
MM = Kind("mm", 0x57492820)
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
STATS = Kind("stats", 0x57093306, IMG_SERVICE_MAGIC)


@dataclass(frozen=True, slots=True)
class Image(Generic[M]):
    """The entries of an image that could be read, and what stopped the reading, if anything did."""

    entries: tuple[M, ...]
    error: ImageError | None = None


def read_file(path: Path, limit: int | None = None) -> bytes:
    """The bytes of a regular file, at most `limit` of them.

    Raises ImageError for anything that is not a readable regular file; never blocks on
    a FIFO or a device.
    """
    with open_regular(path) as file:
        try:
            return file.read() if limit is None else file.read(limit)
        except OSError as error:
            raise ImageError(path.name, None, reason_of(error)) from error


def open_regular(path: Path) -> BinaryIO:
    """Opens a regular file for reading, without blocking on anything else.

    Raises ImageError when it is none, or cannot be opened.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "not a name of a file"
        raise ImageError(path.name, None, reason) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ImageError(path.name, None, "not a regular file")
    return os.fdopen(descriptor, "rb")


def reason_of(error: OSError) -> str:
    """The system's words for an error, without the path that Python adds."""
    if error.errno == errno.ENXIO:
        return "not a regular file"
    return (error.strerror or str(error)).lower()


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
    entries: list[M] = []
    try:
        offset = payload_start(data, kind, name)
        while offset < len(data) and not (single and entries):
            payload, offset = frame(data, offset, name, len(entries))
            entries.append(parse(payload, message, name, offset - len(payload), len(entries)))
    except ImageError as error:
        return Image(tuple(entries), error)
    return Image(tuple(entries))


def frame(data: bytes, offset: int, name: str, entry: int) -> tuple[bytes, int]:
    """The payload of the entry at a byte offset, and the offset after it.

    Raises ImageError when the file ends before the entry does.
    """
    if offset + 4 > len(data):
        raise ImageError(name, offset, f"cut within the size of an entry, {len(data) - offset} of 4 bytes", entry)
    length = _U32.unpack_from(data, offset)[0]
    start = offset + 4
    if start + length > len(data):
        raise ImageError(
            name, offset, f"entry of {length} bytes, but only {len(data) - start} are left in the file", entry
        )
    return data[start : start + length], start + length


def parse(payload: bytes, message: type[M], name: str, offset: int, entry: int) -> M:
    """One protobuf message; raises ImageError when the bytes are not one."""
    try:
        return message.FromString(payload)
    except DecodeError as error:
        raise ImageError(name, offset, f"not a {message.DESCRIPTOR.name} message", entry) from error


def read_entries(path: Path, kind: Kind, message: type[M], *, single: bool = False) -> Image[M]:
    """`decode` for a file; a file that cannot be read is an Image with only an error."""
    try:
        data = read_file(path)
    except ImageError as error:
        return Image((), error)
    return decode(data, kind, path.name, message, single=single)


def encode(kind: Kind, messages: Iterable[Message]) -> bytes:
    """The bytes of an image that holds these messages."""
    parts = [_U32.pack(kind.magic)]
    if kind.first_magic is not None:
        parts.insert(0, _U32.pack(kind.first_magic))
    for message in messages:
        payload = message.SerializeToString()
        parts += (_U32.pack(len(payload)), payload)
    return b"".join(parts)

"""A compressed file as a plain one: its bytes in memory or, when they are many, in a private temporary file.

The temporary file has no name, so that nothing is left of it however this process ends.
"""

from __future__ import annotations

import bz2
import errno
import lzma
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import lz4.frame
from isal import isal_zlib

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import size
from criu_tui.core.source.blocks import BLOCK, BlockFile
from criu_tui.core.source.error import ImageError, reason_of
from criu_tui.core.source.source import OpenFile

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.base.progress import Progress

MEMORY = 64 << 20
"""Bytes that are kept in memory before a file is made."""
READ = 1 << 18
"""Bytes of the compressed file that are read at once."""
PIECE = 1 << 20
"""Bytes that are decompressed at once."""
ZEROS = bytes(BLOCK)
KEPT_FREELY, KEPT_RATIO = 256 << 20, 250
"""Bytes other than zeros that any archive may come to, and how many for each of its own it may come to beyond."""
ALL_FREELY, ALL_RATIO = 64 << 30, 1000
"""The same for all bytes: dumps of memory that is mostly zeros compress far, and such zeros are not kept."""
WINDOW_LIMIT = 1 << 28
"""Bytes that a decompressor may look back; `zstd --long=27` needs half as many, `xz -9` a quarter."""
_LOOKING_BACK: dict[int, int] = {zstd.DecompressionParameter.window_log_max: WINDOW_LIMIT.bit_length() - 1}

# Its stubs give an error where the module has the class of it.
_GZIP_ERROR: type[Exception] = getattr(isal_zlib, "error")  # noqa: B009
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x04\x22\x4d\x18": "lz4",
}


def compression(start: bytes) -> str | None:
    """What the bytes of a file that begins so are compressed with; None when they are not."""
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic)), None)


class Spool(OpenFile):
    """Bytes that were written once, in order, and are then read anywhere."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 0, 0)
        self.error: ImageError | None = None
        """Why there are no more bytes, when what they come from did not end well."""
        self._memory: bytearray | None = bytearray()
        self._blocks: BlockFile | None = None

    def write(self, data: bytes) -> None:
        """Adds bytes; `allocated` counts pieces that are not all zeros. Raises OSError when there is no room."""
        if self._memory is not None and self.size + len(data) > MEMORY:
            self._blocks = BlockFile(_nameless())
            with memoryview(self._memory) as held:
                for at in range(0, len(held), PIECE):
                    self._blocks.write(held[at : at + PIECE])
            self._memory = None
        if self._memory is not None:
            self._memory += data
        elif self._blocks is not None:
            self._blocks.write(data)
        self.size += len(data)
        view = memoryview(data)
        pieces = (view[at : at + BLOCK] for at in range(0, len(data), BLOCK))
        self.allocated += sum(len(piece) for piece in pieces if piece != ZEROS[: len(piece)])

    def end(self) -> None:
        """No more bytes come. Raises OSError."""
        if self._blocks is not None:
            self._blocks.flush()

    def read_at(self, offset: int, length: int) -> bytes:
        if self._memory is not None:
            return bytes(memoryview(self._memory)[offset : offset + length])
        return b"" if self._blocks is None else self._blocks.read(offset, length)

    def close(self) -> None:
        self._memory = None
        if self._blocks is not None:
            self._blocks.close()
            self._blocks = None


def spooled(file: OpenFile, progress: Progress) -> Spool:
    """The decompressed bytes of a file, as far as it can be decompressed; `error` says where and why not further.

    `progress` counts bytes of the compressed file. Raises CancelledError.
    """
    kind = compression(file.read_at(0, 8))
    made = Spool(file.name)
    source = _Counted(file, progress)
    try:
        for piece in _PIECES[kind or ""](source):
            made.write(piece)
            if made.allocated > max(KEPT_FREELY, KEPT_RATIO * source.at) or made.size > max(
                ALL_FREELY, ALL_RATIO * source.at
            ):
                reason = f"{size(made.size)} out of {size(source.at)}: more than any dump compresses; not read further"
                made.error = ImageError(file.name, source.at, reason)
                break
    except OSError as error:
        made.error = ImageError(file.name, source.at, _no_room(error) or reason_of(error))
    except (EOFError, ValueError, RuntimeError, lzma.LZMAError, zstd.ZstdError, _GZIP_ERROR) as error:
        made.error = ImageError(file.name, source.at, f"damaged {kind} data: {display_safe(str(error), 120)}")
    except BaseException:
        made.close()
        raise
    made.end()
    return made


def copied(read: Callable[[int], bytes], name: str, progress: Progress) -> Spool:
    """All that a pipe gives. Raises OSError and CancelledError."""
    made = Spool(name)
    try:
        while data := read(PIECE):
            made.write(data)
            progress.check(made.size)
    except BaseException:
        made.close()
        raise
    made.end()
    return made


class _Counted:
    """A file from its beginning, and how much of it has been read."""

    def __init__(self, file: OpenFile, progress: Progress) -> None:
        self._file, self._progress = file, progress
        self.at = 0

    def read(self, length: int = READ) -> bytes:
        data = self._file.read_at(self.at, length)
        self.at += len(data)
        self._progress.check(self.at, self._file.size)
        return data


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes | None: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


def _streams(source: _Counted, make: Callable[[], _Decompressor]) -> Iterator[bytes]:
    """What the streams of a file hold, one after another; zeros after the last one are padding."""
    data = source.read()
    while data.strip(b"\0"):
        one = make()
        while not one.eof:
            yield one.decompress(data, PIECE)
            data = b""
            if one.needs_input and not one.eof:
                data = source.read()
                if not data:
                    raise EOFError("it ends before its last stream does")
        data = one.unused_data or source.read()


def _gzip(source: _Counted) -> Iterator[bytes]:
    data = source.read()
    while data.strip(b"\0"):
        one = isal_zlib.decompressobj(wbits=31)
        while not one.eof:
            yield one.decompress(data, PIECE)
            data = one.unconsumed_tail
            if not data and not one.eof:
                data = source.read()
                if not data:
                    # What it has held back comes with the last call.
                    yield one.flush()
                    if not one.eof:
                        raise EOFError("it ends before its last member does")
                    return
        data = one.unused_data or source.read()


_PIECES: dict[str, Callable[[_Counted], Iterator[bytes]]] = {
    "gzip": _gzip,
    "zstd": lambda source: _streams(source, lambda: zstd.ZstdDecompressor(options=_LOOKING_BACK)),
    "bzip2": lambda source: _streams(source, bz2.BZ2Decompressor),
    "xz": lambda source: _streams(source, lambda: lzma.LZMADecompressor(memlimit=WINDOW_LIMIT)),
    "lz4": lambda source: _streams(source, lz4.frame.LZ4FrameDecompressor),
}


def _nameless() -> int:
    """A file without a name, for this user alone."""
    for place in _places():
        try:
            return os.open(place, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:
            try:
                descriptor, path = tempfile.mkstemp(prefix="criu-tui-", dir=place)
            except OSError:
                continue
            Path(path).unlink()
            return descriptor
    raise OSError(errno.ENOSPC, "no place for a temporary file")


def _places() -> list[str]:
    # /tmp often lies in memory, which is what is being saved here.
    return [place for place in (os.environ.get("TMPDIR"), "/var/tmp", "/tmp") if place]


def _no_room(error: OSError) -> str | None:
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return None
    return f"no room for the decompressed bytes in {_places()[0]}; set TMPDIR to a place with more"

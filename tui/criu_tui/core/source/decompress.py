"""What a compressed file holds, piece by piece: gzip, zstd, bzip2, xz and LZ4, of one stream or of several."""

from __future__ import annotations

import bz2
import lzma
import re
import sys
from typing import TYPE_CHECKING, Protocol

import lz4.frame
from isal import isal_zlib

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.limits import WINDOW_LIMIT
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import size

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.base.progress import Progress
    from criu_tui.core.source.source import OpenFile

READ = 1 << 18
"""Bytes of the compressed file that are read at once."""
PIECE = 1 << 20
"""Bytes that are decompressed at once."""
STEP = 512
"""The same shortly before damage."""
_LOOKING_BACK: dict[int, int] = {zstd.DecompressionParameter.window_log_max: WINDOW_LIMIT.bit_length() - 1}

# Its stubs give an error where the module has the class of it.
_GZIP_ERROR: type[Exception] = getattr(isal_zlib, "error")  # noqa: B009
DAMAGE = (EOFError, ValueError, RuntimeError, lzma.LZMAError, zstd.ZstdError, _GZIP_ERROR)
"""What damaged data raises."""
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x04\x22\x4d\x18": "lz4",
}


START = 512
"""Bytes by which a file is told."""
_SKIPPED = expression(rb"[\x50-\x5f]\x2a\x4d\x18(....)", re.DOTALL)
"""A frame of zstd or LZ4 that holds no data, and its length; pzstd begins with one."""


def compression(start: bytes) -> str | None:
    """What a file whose first START bytes these are is compressed with; None when it is not."""
    at, skipped = 0, _SKIPPED.match(start)
    while skipped is not None:
        at = skipped.end() + int.from_bytes(skipped[1], "little")
        skipped = _SKIPPED.match(start, at)
    if at >= len(start) > 8:
        # A frame that goes on beyond what was read: LZ4 has no use for those.
        return "zstd"
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic, at)), None)


def why(kind: str, error: Exception) -> str:
    """What is wrong with compressed data, from what its decompressor raised."""
    words = display_safe(str(error), 120)
    if "too much memory" in words or "memory usage limit" in words.casefold():
        return f"{kind} data that looks back more than {size(WINDOW_LIMIT)}, for which as much memory is needed"
    return f"damaged {kind} data: {words}"


def pieces(kind: str, source: InOrder) -> Iterator[bytes]:
    """The bytes that a file of a compression, or of none, holds. Raises one of DAMAGE, OSError and CancelledError."""
    steps = _Steps()
    try:
        for piece in _PIECES[kind](source, steps):
            steps.given += len(piece)
            yield piece
    except EOFError:
        raise
    except DAMAGE:
        yield from _before_damage(kind, source, steps.given)
        raise


def _before_damage(kind: str, source: InOrder, given: int) -> Iterator[bytes]:
    """What precedes the damage in the piece that it was met in: a decompressor that raises an error gives none of it.

    So all is decompressed once more, that piece in small steps. What comes in a pipe cannot be.
    """
    again = _Steps(given)
    try:
        for piece in _PIECES[kind](source.again(), again):
            again.given += len(piece)
            if again.given > given:
                yield piece
    except (*DAMAGE, OSError):
        return


class _Steps:
    """How many bytes are decompressed at once: few from a place on where damage is known to follow."""

    def __init__(self, small_from: int | None = None) -> None:
        self._small_from = small_from
        self.given = 0
        """Bytes that have been decompressed."""

    @property
    def next(self) -> int:
        return PIECE if self._small_from is None or self.given < self._small_from else STEP


class InOrder:
    """A file from its beginning, and how much of it has been read."""

    def __init__(self, file: OpenFile, progress: Progress) -> None:
        self._file, self._progress = file, progress
        self.at = 0
        """Bytes that have been read."""

    def again(self) -> InOrder:
        """The same file from its beginning; a pipe can be read no further than its first bytes."""
        return InOrder(self._file, self._progress)

    def read(self, length: int = READ) -> bytes:
        """The next bytes, up to so many; none at the end. Raises OSError and CancelledError."""
        data = self._file.read_at(self.at, length)
        self.at += len(data)
        self._progress.check(self.at, self._file.size or None)
        return data


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes | None: ...
    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


def _streams(source: InOrder, steps: _Steps, make: Callable[[], _Decompressor]) -> Iterator[bytes]:
    """What the streams of a file hold, one after another; zeros after one are padding."""
    data = source.read()
    while data := data.lstrip(b"\0"):
        one = make()
        while not one.eof:
            yield one.decompress(data, steps.next)
            data = b""
            if one.needs_input and not one.eof:
                data = source.read()
                if not data:
                    raise EOFError("it ends before its last stream does")
        data = one.unused_data or source.read()


def _as_it_is(source: InOrder, _: _Steps) -> Iterator[bytes]:
    while data := source.read(PIECE):
        yield data


def _gzip(source: InOrder, steps: _Steps) -> Iterator[bytes]:
    data = source.read()
    while data := data.lstrip(b"\0"):
        one = isal_zlib.decompressobj(wbits=31)
        while not one.eof:
            yield one.decompress(data, steps.next)
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


def _bzip2(source: InOrder, steps: _Steps) -> Iterator[bytes]:
    try:
        yield from _streams(source, steps, bz2.BZ2Decompressor)
    except OSError as error:
        if error.errno is not None:
            raise
        # So it says that data is damaged.
        raise ValueError(str(error)) from None


_PIECES: dict[str, Callable[[InOrder, _Steps], Iterator[bytes]]] = {
    "": _as_it_is,
    "gzip": _gzip,
    "zstd": lambda source, steps: _streams(source, steps, lambda: zstd.ZstdDecompressor(options=_LOOKING_BACK)),
    "bzip2": _bzip2,
    "xz": lambda source, steps: _streams(source, steps, lambda: lzma.LZMADecompressor(memlimit=WINDOW_LIMIT)),
    "lz4": lambda source, steps: _streams(source, steps, lz4.frame.LZ4FrameDecompressor),
}

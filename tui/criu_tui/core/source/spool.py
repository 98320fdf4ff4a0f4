"""A compressed file as a plain one: its bytes in memory or, when they are many, in a private temporary file.

The temporary file has no name, so that nothing is left of it however this process ends. What has
come so far can be read by any thread while one writes; compressing for the disk has a thread of its own.
"""

from __future__ import annotations

import errno
import os
import queue
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.base.units import size
from criu_tui.core.source.blocks import BLOCK, BlockFile
from criu_tui.core.source.decompress import DAMAGE, PIECE, START, InOrder, compression, pieces, why
from criu_tui.core.source.error import NOT_YET, ImageError, reason_of
from criu_tui.core.source.source import OpenFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.base.progress import Progress

MEMORY = 64 << 20
"""Bytes that are kept in memory before a file is made."""
WAITING = 8
"""Pieces that wait to be written."""
ZEROS = bytes(BLOCK)
KEPT_FREELY, KEPT_RATIO = 256 << 20, 250
"""Bytes other than zeros that any archive may come to, and how many for each of its own it may come to beyond."""
ALL_FREELY, ALL_RATIO = 64 << 30, 1000
"""The same for all bytes: dumps of memory that is mostly zeros compress far, and such zeros are not kept."""


class NotYetError(OSError):
    """Bytes of an archive that has not been read so far."""

    def __init__(self) -> None:
        super().__init__(errno.EAGAIN, NOT_YET)


class Spool(OpenFile):
    """Bytes that one thread writes once, in order, and any thread reads anywhere."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 0, 0)
        self.error: ImageError | None = None
        """Why there are no more bytes, when what they come from did not end well."""
        self.come = threading.Condition(threading.RLock())
        """Held while bytes are added; told of when some were."""
        self.there = 0
        """Bytes that can be read; those on their way to the disk cannot."""
        self.ended = False
        """Whether no more bytes come."""
        self._memory: bytearray | None = bytearray()
        self._writer: _Writer | None = None

    @property
    def where(self) -> str:
        """What keeps the bytes, and how many it keeps: "in memory", "2.1 GiB in /var/tmp"."""
        writer = self._writer
        return "in memory" if writer is None else f"{size(writer.blocks.stored)} in {writer.place}"

    def write(self, data: bytes) -> None:
        """Adds bytes; `allocated` counts pieces that are not all zeros. Raises OSError when there is no room."""
        if self._writer is None and self.size + len(data) > MEMORY:
            with self.come:
                self._writer = _Writer(self._written)
                with memoryview(self._memory or b"") as held:
                    for at in range(0, len(held), PIECE):
                        self._writer.blocks.write(held[at : at + PIECE])
                self._memory = None
                self.there = self._writer.blocks.size
            self._writer.start()
        if self._writer is not None:
            self._writer.put(data)
        else:
            with self.come:
                assert self._memory is not None
                self._memory += data
                self.there = len(self._memory)
                self.come.notify_all()
        self.size += len(data)
        view = memoryview(data)
        parts = (view[at : at + BLOCK] for at in range(0, len(data), BLOCK))
        self.allocated += sum(len(part) for part in parts if part != ZEROS[: len(part)])

    def _written(self) -> None:
        assert self._writer is not None
        with self.come:
            self.there = self._writer.blocks.size
            self.come.notify_all()

    def end(self) -> None:
        """No more bytes come. Raises OSError."""
        try:
            if self._writer is not None:
                self._writer.end()
        finally:
            with self.come:
                if self._writer is not None:
                    self.there = self.size = self._writer.blocks.size
                self.ended = True
                self.come.notify_all()

    def wait_for(self, upto: int) -> None:
        """Returns once that many bytes can be read, or no more come."""
        with self.come:
            self.come.wait_for(lambda: self.ended or self.there >= upto)

    def read_at(self, offset: int, length: int) -> bytes:
        """Raises NotYetError while any of the bytes have not come."""
        with self.come:
            if not self.ended and offset + length > self.there:
                raise NotYetError
            if self._memory is not None:
                return bytes(memoryview(self._memory)[offset : offset + length])
            writer = self._writer
        return b"" if writer is None else writer.blocks.read(offset, length)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        with self.come:
            self._memory, self._writer = None, None
            self.ended = True
            self.come.notify_all()


class _Writer:
    """Compresses bytes and writes them to a file without a name, one piece after another."""

    def __init__(self, written: Callable[[], object]) -> None:
        descriptor, self.place = _nameless()
        self.blocks = BlockFile(descriptor)
        self._pieces: queue.Queue[bytes | None] = queue.Queue(WAITING)
        self._tell = written
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)

    def start(self) -> None:
        """Begins to write what is put."""
        self._thread.start()

    def put(self, piece: bytes) -> None:
        """Raises what an earlier piece could not be written for."""
        if self._error is not None:
            raise self._error
        self._pieces.put(piece)

    def _run(self) -> None:
        while (piece := self._pieces.get()) is not None:
            if self._error is not None:
                continue
            try:
                self.blocks.write(piece)
            except OSError as error:
                self._error = error
            self._tell()

    def end(self) -> None:
        """Writes what is left. Raises OSError."""
        self._finish()
        if self._error is not None:
            raise self._error
        self.blocks.flush()

    def close(self) -> None:
        """Gives the file back to the disk."""
        self._finish()
        self.blocks.close()

    def _finish(self) -> None:
        if self._thread.is_alive():
            self._pieces.put(None)
            self._thread.join()


def spooled(file: OpenFile, progress: Progress, made: Spool | None = None) -> Spool:
    """The decompressed bytes of a file, as far as it can be decompressed; `error` says where and why not further.

    `progress` counts bytes of the compressed file. Raises CancelledError.
    """
    kind = compression(file.read_at(0, START)) or ""
    made = Spool(file.name) if made is None else made
    source = InOrder(file, progress)
    try:
        for piece in pieces(kind, source):
            made.write(piece)
            if made.allocated > max(KEPT_FREELY, KEPT_RATIO * source.at) or made.size > max(
                ALL_FREELY, ALL_RATIO * source.at
            ):
                reason = f"{size(made.size)} out of {size(source.at)}: more than any dump compresses; not read further"
                made.error = ImageError(file.name, source.at, reason)
                break
    except OSError as error:
        made.error = ImageError(file.name, source.at, _no_room(error) or reason_of(error))
    except DAMAGE as error:
        made.error = ImageError(file.name, source.at, why(kind, error))
    except BaseException:
        made.close()
        raise
    try:
        made.end()
    except OSError as error:
        made.error = made.error or ImageError(file.name, source.at, _no_room(error) or reason_of(error))
    return made


def _nameless() -> tuple[int, str]:
    """A file without a name, for this user alone, and the directory whose disk it takes."""
    for place in _places():
        try:
            return os.open(place, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600), place
        except OSError:
            try:
                descriptor, path = tempfile.mkstemp(prefix="criu-tui-", dir=place)
            except OSError:
                continue
            Path(path).unlink()
            return descriptor, place
    raise OSError(errno.ENOSPC, "no place for a temporary file")


def _places() -> list[str]:
    # /tmp often lies in memory, which is what is being saved here.
    return [place for place in (os.environ.get("TMPDIR"), "/var/tmp", "/tmp") if place]


def _no_room(error: OSError) -> str | None:
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return None
    return f"no room for the decompressed bytes in {_places()[0]}; set TMPDIR to a place with more"

"""What each place that a checkpoint lies in can be asked: its names, their bytes, status and links.

A directory of this machine is one such place, and so is a directory within an archive.
Names are of files directly in it; what lies further down or above is a source of its own.
"""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
import io
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Self

from criu_tui.core.source.error import ImageError, reason_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from criu_tui.core.source.arriving import Arrival

READ_AHEAD = 1 << 16
"""Bytes that are asked of an archive at once when one of its files is read from end to end."""


class FileStatus(NamedTuple):
    """What stat(2) says of a file, or an archive's header."""

    size: int
    """Bytes."""
    allocated: int
    """Bytes that it takes on its disk; holes take none."""
    modified: float
    """Seconds since 1970."""
    regular: bool
    directory: bool
    identity: Hashable
    """Equal for two names of one file, and for no two files."""


class OpenFile(ABC):
    """A regular file, opened for reading: any range of its bytes, or all of them in order."""

    by_several = False
    """Whether several threads may read it at once."""

    def __init__(self, name: str, size: int, allocated: int) -> None:
        self.name = name
        self.size = size
        """Bytes that it had when it was opened."""
        self.allocated = allocated
        """Bytes that it took on its disk, as far as that is said."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def read_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from an offset on; fewer at the end. Raises OSError, or OverflowError beyond 2**63."""

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Fills a buffer of bytes from an offset on; returns how many there were. Raises as `read_at` does."""
        data = self.read_at(offset, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    @property
    def on_disk(self) -> int:
        """Bytes of it that its disk holds: what is read of the file is held against them."""
        return self.allocated

    @property
    def stream(self) -> BinaryIO:
        """The bytes in order, from the first one on; it is closed with the file."""
        return io.BufferedReader(_InOrder(self), READ_AHEAD)

    def data_from(self, offset: int) -> int | None:
        """The first offset from this one on that does not lie in a hole; None without one. Raises OSError."""
        return offset if offset < self.size else None

    def hole_from(self, offset: int) -> int | None:
        """The first offset from this one on that lies in a hole, the end of the file being one; None beyond it.

        Raises OSError.
        """
        return self.size if offset < self.size else None

    @abstractmethod
    def close(self) -> None:
        """Gives back what reading needs."""


class InMemory(OpenFile):
    """Bytes that are at hand, as a file."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__(name, len(data), len(data))
        self._data = data

    def read_at(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]

    def close(self) -> None:
        """Nothing is to be given back."""


class _InOrder(io.RawIOBase):
    """The ranges of a file one after another."""

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        bases = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}
        self._at = bases[whence] + offset
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        data = self._file.read_at(self._at, len(view))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


class Source(ABC):
    """A place that holds files. Two are equal when they are the same place by the same path."""

    path: Path
    """The directory, or the archive that it lies in."""
    lone = False
    """Whether it is one log by itself, of any name, that no images lie beside."""
    running = False
    """Whether it is processes that run, in the place of a dump of them."""
    without_pages: str | None = None
    """Why no byte of a page can be read here, although images say that there are pages; None where they can."""

    @abstractmethod
    def names(self) -> frozenset[str]:
        """Names of all that lies here. Raises OSError."""

    @abstractmethod
    def open(self, name: str) -> OpenFile:
        """Opens a regular file, a link to one followed, without blocking on anything else.

        Raises ImageError when it is none, or cannot be opened.
        """

    @abstractmethod
    def status(self, name: str, *, follow: bool = True) -> FileStatus:
        """Of a file, or of what a link leads to. Raises OSError, or ValueError for what is no name."""

    def sizes(self, names: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Those of the names that are of regular files, and the bytes of each; links are not followed."""
        for name in names:
            try:
                status = self.status(name, follow=False)
            except OSError:
                continue
            if status.regular:
                yield name, status.size

    @abstractmethod
    def link(self, name: str) -> str | None:
        """Where a symbolic link leads, as it is written; None for what is no link."""

    @abstractmethod
    def sub(self, name: str) -> "Source":
        """The directory that a name, or a relative or absolute path as in a link, leads to from here.

        Raises OSError where nothing is, and ValueError for what is no name.
        """

    @property
    @abstractmethod
    def above(self) -> "Source | None":
        """The directory that holds this one; None where there is none, or none that belongs to the checkpoint."""

    @property
    @abstractmethod
    def identity(self) -> Hashable:
        """Equal for two paths to one place, and for no two places. Raises OSError."""

    @property
    def places(self) -> tuple[Hashable, ...]:
        """The identities of all directories that its files lie in. Raises OSError."""
        return (self.identity,)

    @property
    def problems(self) -> tuple[ImageError, ...]:
        """What is wrong with the place itself, such as an archive that is cut."""
        return ()

    @property
    def annotations(self) -> Mapping[str, str]:
        """What an OCI manifest says of the checkpoint."""
        return {}

    @property
    def arrival(self) -> "Arrival | None":
        """What goes on reading the archive of which this is only what has come so far; None for a whole place."""
        return None

    def remember(self) -> None:
        """Keeps what every file is now, for `changed`: also of those that have not been read yet."""
        return

    def changed(self) -> frozenset[str]:
        """Names of files that are not any more what they were when they were read or remembered first."""
        return frozenset()

    def outside(self) -> Mapping[str, str]:
        """Names of files that are not read, since they are links out of this place, and where each leads as written.

        Raises OSError.
        """
        return {}

    def file(self, name: str) -> "SourceFile":
        """A name of a file here, whether or not there is one."""
        return SourceFile(self, name)

    def is_regular(self, name: str) -> bool:
        """Whether a name leads to a regular file; False also where that cannot be told."""
        try:
            return self.status(name).regular
        except (OSError, ValueError):
            return False

    def read(self, name: str, limit: int) -> bytes:
        """The first bytes of a regular file, at most `limit` of them. Raises ImageError."""
        with self.open(name) as file:
            try:
                return file.read_at(0, min(limit, file.size))
            except OSError as error:
                raise ImageError(name, None, reason_of(error)) from error

    def read_small(self, name: str, most: int) -> bytes | None:
        """All bytes of a regular file, by one read; None where they are more than `most`, or not all to be had so.

        Raises ImageError.
        """
        with self.open(name) as file:
            if file.size > most:
                return None
            try:
                data = file.read_at(0, file.size)
            except OSError:
                return None
            return data if len(data) == file.size else None


class SourceFile(NamedTuple):
    """A file by where it lies and its name there."""

    source: Source
    name: str

    def open(self) -> OpenFile:
        """Raises ImageError."""
        return self.source.open(self.name)

    def read_bytes(self) -> bytes:
        """All of it. Raises ImageError."""
        with self.open() as file:
            return self.source.read(self.name, file.size)

"""A directory of this machine as a source."""

from __future__ import annotations

import errno
import itertools
import operator
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from criu_tui.core.base.limits import HOLES_COUNTED, MEMBER_LIMIT, PACKED
from criu_tui.core.base.text import display_safe
from criu_tui.core.source.error import ImageError, reason_of
from criu_tui.core.source.repeated import repeated, repeated_names
from criu_tui.core.source.source import FileStatus, OpenFile, Source, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

Where = Path | SourceFile
"""A file of this machine, or of a source."""
FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
Version = tuple[int, int, int, int]
"""Of a file by what stat(2) says: device and inode, bytes, time of the last change in nanoseconds."""
BLOCK = 512
"""Bytes of a block as stat(2) counts them."""


class Directory(Source):
    """A directory by its path.

    Links to files are followed within it, and anywhere when that is asked for. Other names of one file are
    read up to REPEATED_LIMIT bytes: CRIU gives each image a file of its own.
    """

    def __init__(self, path: Path, *, follow_links: bool = False, other_names: bool = False) -> None:
        """`other_names`: a file is read by whichever of its names is asked for."""
        self.path = path
        self.follow_links = follow_links
        self._text = os.fspath(path)
        self._within = os.path.join(self._text, "")  # noqa: PTH118
        """What stands before the names of files: for a name that begins with a slash, too."""
        self._identity: Hashable = None
        self._repeated: dict[str, str] | None = {} if other_names else None
        self._first: dict[str, Version] = {}
        """What each file was when it was opened or remembered first."""
        self._changed: set[str] = set()
        self._sizes: dict[str, int] = {}
        """Bytes of the files that were opened, links left out."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Directory) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def names(self) -> frozenset[str]:
        # Names alone: of 25,000 files the entries take half as long again.
        return frozenset(os.listdir(self._text))  # noqa: PTH208

    def open(self, name: str) -> OpenFile:
        return _Opened(name, *self._open(name))

    def read_small(self, name: str, most: int) -> bytes | None:
        # Each task has some: what lets a file be read in pieces is not made for them.
        descriptor, status = self._open(name)
        try:
            data = os.pread(descriptor, status.st_size, 0) if status.st_size <= most else None
        except OSError:
            return None
        finally:
            os.close(descriptor)
        return data if data is not None and len(data) == status.st_size else None

    def _open(self, name: str) -> tuple[int, os.stat_result]:
        """The descriptor of a regular file, and its status. A device is not even opened: to some that is an order."""
        path = self._within + name
        try:
            status = os.lstat(path)
            is_link = stat.S_ISLNK(status.st_mode)
            if not stat.S_ISREG((os.stat(path) if is_link else status).st_mode):  # noqa: PTH116
                raise ImageError(name, None, "not a regular file")
            descriptor = os.open(path, FLAGS if is_link else FLAGS | os.O_NOFOLLOW)
        except (OSError, ValueError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else "not a name of a file"
            raise ImageError(name, None, reason) from error
        try:
            return descriptor, self._checked(name, path, descriptor, is_link=is_link)
        except ImageError:
            os.close(descriptor)
            raise

    def _checked(self, name: str, path: str, descriptor: int, *, is_link: bool) -> os.stat_result:
        """The status of an open file; raises ImageError for one that is not to be read under this name."""
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ImageError(name, None, "not a regular file")
        if is_link and not self.follow_links:
            # By what has been opened, since a link may lead elsewhere by now.
            target = os.path.realpath(f"/proc/self/fd/{descriptor}")
            if not target.startswith(os.path.join(os.path.realpath(self._text), "")):  # noqa: PTH118
                leads = display_safe(os.readlink(path), 200)  # noqa: PTH115
                raise ImageError(name, None, f"a link to {leads}, outside of the dump: not followed (--follow-links)")
        if is_link or status.st_nlink > 1:
            if self._repeated is None:
                self._repeated = repeated_names(self)
            if (first := self._repeated.get(name)) is not None:
                raise repeated(name, first)
        if self._first.setdefault(name, found := _version(status)) != found:
            self._changed.add(name)
        if not is_link:
            self._sizes.setdefault(name, status.st_size)
        return status

    def remember(self) -> None:
        for name in itertools.islice(self.names(), MEMBER_LIMIT):
            if name not in self._first:
                with suppress(OSError, ValueError):
                    self._first.setdefault(name, _version(self._status(name)))

    def changed(self) -> frozenset[str]:
        for name, first in list(self._first.items()):
            try:
                if _version(self._status(name)) != first:
                    self._changed.add(name)
            except OSError:
                self._changed.add(name)
        return frozenset(self._changed)

    def _status(self, name: str) -> os.stat_result:
        return os.stat(self._within + name)  # noqa: PTH116

    def status(self, name: str, *, follow: bool = True) -> FileStatus:
        found = os.stat(self._within + name, follow_symlinks=follow)  # noqa: PTH116
        regular, directory = stat.S_ISREG(found.st_mode), stat.S_ISDIR(found.st_mode)
        identity = (found.st_dev, found.st_ino)
        return FileStatus(found.st_size, found.st_blocks * BLOCK, found.st_mtime, regular, directory, identity)

    def sizes(self, names: Iterable[str]) -> Iterator[tuple[str, int]]:
        # Of 25,000 files, a record of each takes as long as asking for it; most of a dump's have been opened by then.
        rest = set(names)
        known = self._sizes.keys() & rest
        yield from zip(known, map(self._sizes.__getitem__, known), strict=True)
        for name in rest - known:
            try:
                found = os.lstat(self._within + name)
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode):
                yield name, found.st_size

    def link(self, name: str) -> str | None:
        try:
            return os.readlink(self._within + name)  # noqa: PTH115
        except (OSError, ValueError):
            return None

    def outside(self) -> Mapping[str, str]:
        if self.follow_links:
            return {}
        with os.scandir(self._text) as entries:
            links = sorted(entry.name for entry in itertools.islice(entries, MEMBER_LIMIT) if entry.is_symlink())
        within = os.path.join(os.path.realpath(self._text), "")  # noqa: PTH118
        return {
            name: os.readlink(path)  # noqa: PTH115
            for name in links
            if self.is_regular(name) and not os.path.realpath(path := self._within + name).startswith(within)
        }

    def sub(self, name: str) -> Directory:
        target = self.path / name
        status = target.stat()
        # Resolved: a path through more than 40 links is refused by the kernel (path_resolution(7)).
        found = Directory(target.resolve(), follow_links=self.follow_links)
        found._identity = (status.st_dev, status.st_ino)
        return found

    @property
    def above(self) -> Directory | None:
        # Of the absolute path, since "." is its own parent.
        resolved = self.path.resolve()
        return None if resolved == resolved.parent else Directory(resolved.parent, follow_links=self.follow_links)

    @property
    def identity(self) -> Hashable:
        if self._identity is None:
            status = self.path.stat()
            self._identity = (status.st_dev, status.st_ino)
        return self._identity


_version: Callable[[os.stat_result], Version] = operator.attrgetter("st_dev", "st_ino", "st_size", "st_mtime_ns")


class _Opened(OpenFile):
    """By its descriptor: read with pread(2), never mapped, so that a file that shrinks is a short read."""

    by_several = True

    def __init__(self, name: str, descriptor: int, status: os.stat_result) -> None:
        super().__init__(name, status.st_size, status.st_blocks * BLOCK)
        self._descriptor = descriptor
        self._stream: BinaryIO | None = None
        self._counted = 0

    def read_at(self, offset: int, length: int) -> bytes:
        return os.pread(self._descriptor, length, offset)

    def read_into(self, offset: int, buffer: memoryview) -> int:
        return os.preadv(self._descriptor, [buffer], offset)

    @property
    def on_disk(self) -> int:
        """By its blocks, and where these cannot hold it by its holes: ZFS, and file systems of a network or of FUSE,
        say the number of blocks late or never."""
        if self.size <= PACKED * self.allocated or self._counted:
            return max(self.allocated, self._counted)
        at: int | None = 0
        for _ in range(HOLES_COUNTED):
            if (start := self.data_from(at or 0)) is None or (at := self.hole_from(start)) is None:
                break
            self._counted += at - start
        return max(self.allocated, self._counted)

    @property
    def stream(self) -> BinaryIO:
        if self._stream is None:
            self._stream = os.fdopen(self._descriptor, "rb", closefd=False)
        return self._stream

    def data_from(self, offset: int) -> int | None:
        return self._seek(offset, os.SEEK_DATA)

    def hole_from(self, offset: int) -> int | None:
        return self._seek(offset, os.SEEK_HOLE)

    def _seek(self, offset: int, whence: int) -> int | None:
        before = os.lseek(self._descriptor, 0, os.SEEK_CUR)
        try:
            return os.lseek(self._descriptor, offset, whence)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return None
            raise
        finally:
            os.lseek(self._descriptor, before, os.SEEK_SET)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def opened_descriptor(name: str, descriptor: int) -> OpenFile:
    """A regular file by its descriptor, which is closed with it."""
    return _Opened(name, descriptor, os.fstat(descriptor))


def located(where: Where) -> SourceFile:
    """A file of this machine as one of the directory that it lies in."""
    if isinstance(where, SourceFile):
        return where
    # Whoever names a file means what it leads to, whatever else leads there.
    return SourceFile(Directory(where.parent, follow_links=True, other_names=True), where.name)


def open_regular(where: Where) -> OpenFile:
    """Opens a regular file for reading, without blocking on anything else. Raises ImageError as `Source.open` does."""
    return located(where).open()


def is_regular(path: Path) -> bool:
    """Whether a path leads to a regular file; False also where that cannot be told."""
    return located(path).source.is_regular(path.name)

"""A pane written to a file: never into a dump, never over another file."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from criu_tui.core.base.text import display_safe
from criu_tui.core.source.error import reason_of
from criu_tui.core.source.holding import Holding, holding, holding_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

SUFFIXES = (".txt", ".json", ".md", ".svg")
ENDINGS = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
"""The same in words."""


class ExportError(Exception):
    """Nothing was written; the message is one line that says why."""


def target(text: str, dump: Dump) -> Path:
    """The file that a text names, checked: its kind is known, and it lies outside the dump and its parents.

    Raises ExportError.
    """
    if Path(text.strip()).suffix not in SUFFIXES:
        raise ExportError(f"{display_safe(text)}: end the name in {ENDINGS}")
    return outside(text, dump)


def outside(text: str, dump: Dump) -> Path:
    """The file that a text names, which lies outside of the dump, its parents and any other. Raises ExportError."""
    try:
        path = Path(text.strip()).expanduser()
    except RuntimeError:
        raise ExportError(f"{display_safe(text)}: no such user") from None
    shown = display_safe(str(path))
    try:
        directory = path.parent.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        why = reason_of(error) if isinstance(error, OSError) else "no name of a directory"
        raise ExportError(f"{display_safe(str(path.parent))}: {why}") from None
    for found in dump.chain():
        # By device and inode: a link or a bind mount gives a directory other names.
        try:
            above = {(each.st_dev, each.st_ino) for each in (at.stat() for at in (directory, *directory.parents))}
            inside = not above.isdisjoint(found.source.places)
        except OSError as error:
            raise ExportError(f"{shown}: whether it lies in the dump cannot be told: {reason_of(error)}") from None
        if inside:
            raise ExportError(f"{shown}: lies in the dump, and nothing is written there; give another directory")
    for at in (directory, *directory.parents):
        if holding(at) is Holding.DUMP:
            lies = f"lies in a dump, {display_safe(str(at))}" if at != directory else "lies in a dump"
            raise ExportError(f"{shown}: {lies}, and nothing is written there; give another directory")
    return directory / path.name


def write(path: Path, content: str) -> int:
    """Writes a new file and returns its length in bytes. Raises ExportError, as new_file does."""
    data = content.encode("utf-8", "backslashreplace")
    with new_file(path, 0o644) as file:
        file.write(data)
    return len(data)


@contextmanager
def new_file(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A file that was not there before, where `outside` has found it may lie; it goes again when writing fails.

    Raises ExportError, also when there is one of that name, or the directory is no longer the one that was checked.
    """
    with _directory_of(path) as directory:
        descriptor = _created(directory, path, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
        except BaseException as error:
            with suppress(OSError):
                os.unlink(path.name, dir_fd=directory)
            if isinstance(error, OSError):
                raise ExportError(f"{display_safe(str(path))}: {reason_of(error)}") from None
            raise


def create(path: Path, mode: int) -> int:
    """The descriptor of such a file, for who writes as long as the program runs. Raises ExportError."""
    with _directory_of(path) as directory:
        return _created(directory, path, mode)


@contextmanager
def _directory_of(path: Path) -> Iterator[int]:
    """The directory of a file, open: it stays this one, whatever its path leads to by then."""
    try:
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise ExportError(f"{display_safe(str(path.parent))}: {reason_of(error)}") from None
    try:
        if os.readlink(f"/proc/self/fd/{directory}") != str(path.parent):  # noqa: PTH115
            raise ExportError(f"{display_safe(str(path.parent))}: leads elsewhere by now")
        if holding_of(frozenset(os.listdir(directory))) is Holding.DUMP:  # noqa: PTH208
            raise ExportError(f"{display_safe(str(path))}: lies in a dump, and nothing is written there")
        yield directory
    finally:
        os.close(directory)


def _created(directory: int, path: Path, mode: int) -> int:
    """The descriptor of a new file in an open directory. Raises ExportError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path.name, flags, mode, dir_fd=directory)
    except FileExistsError:
        raise ExportError(f"{display_safe(str(path))}: is there already; nothing is overwritten") from None
    except ValueError:
        raise ExportError(f"{display_safe(str(path))}: not a name of a file") from None
    except OSError as error:
        raise ExportError(f"{display_safe(str(path))}: {reason_of(error)}") from None

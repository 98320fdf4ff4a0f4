"""A pane written to a file: never into a dump, never over another file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.source.error import reason_of
from criu_tui.core.source.holding import Holding, holding, holding_of

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump

SUFFIXES = (".txt", ".json", ".md", ".svg")


class ExportError(Exception):
    """Nothing was written; the message is one line that says why."""


def target(text: str, dump: Dump) -> Path:
    """The file that a text names, checked: its kind is known, and it lies outside the dump and its parents.

    Raises ExportError.
    """
    if Path(text.strip()).suffix not in SUFFIXES:
        raise ExportError(f"{display_safe(text)}: end the name in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
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
    """Writes a new file and returns its length in bytes.

    Raises ExportError, also when there is one of that name, or the directory is no longer the one that was checked.
    """
    data = content.encode("utf-8", "backslashreplace")
    try:
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise ExportError(f"{display_safe(str(path.parent))}: {reason_of(error)}") from None
    try:
        # From here on the directory is this one, whatever its path leads to by now.
        if os.readlink(f"/proc/self/fd/{directory}") != str(path.parent):  # noqa: PTH115
            raise ExportError(f"{display_safe(str(path.parent))}: leads elsewhere by now")
        if holding_of(frozenset(os.listdir(directory))) is Holding.DUMP:  # noqa: PTH208
            raise ExportError(f"{display_safe(str(path))}: lies in a dump, and nothing is written there")
        _write_new(directory, path, data)
    finally:
        os.close(directory)
    return len(data)


def _write_new(directory: int, path: Path, data: bytes) -> None:
    """Writes a new file into an open directory. Raises ExportError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path.name, flags, 0o644, dir_fd=directory)
    except FileExistsError:
        raise ExportError(f"{display_safe(str(path))}: is there already; nothing is overwritten") from None
    except ValueError:
        raise ExportError(f"{display_safe(str(path))}: not a name of a file") from None
    except OSError as error:
        raise ExportError(f"{display_safe(str(path))}: {reason_of(error)}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        with suppress(OSError):
            os.unlink(path.name, dir_fd=directory)
        raise ExportError(f"{display_safe(str(path))}: {reason_of(error)}") from None

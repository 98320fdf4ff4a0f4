"""A pane written to a file: never into a dump, never over another file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.source.error import reason_of

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
    """The file that a text names, which lies outside the dump and its parents. Raises ExportError."""
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
    return directory / path.name


def write(path: Path, content: str) -> int:
    """Writes a new file and returns its length in bytes. Raises ExportError, also when there is one of that name."""
    data = content.encode("utf-8", "backslashreplace")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
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
        path.unlink(missing_ok=True)
        raise ExportError(f"{display_safe(str(path))}: {reason_of(error)}") from None
    return len(data)

"""What a person has made of the screen, from one run to the next: the one file that this program writes unasked.

It lies in the XDG state directory (XDG Base Directory Specification 0.8) and has settings alone: nothing of any dump.
Whatever is wrong with it, the program runs as without it.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

from criu_tui.core.base.text import display_safe
from criu_tui.core.report.registry import LAYOUTS
from criu_tui.core.source.error import reason_of
from criu_tui.core.source.holding import Holding, holding
from criu_tui.terminal import held

LARGEST = 4096
"""Bytes of the file that are read; it has a few lines."""
SHARES = range(20, 81)
"""Percent of the room that a pane beside another one may have."""
TREE = range(14, 61)
"""Columns that the task tree may have."""


class NotKeptError(Exception):
    """Nothing was written; the message is one line that says why."""


class Settings:
    """What somebody has set; at first as for one who has set nothing. No NamedTuple: making one takes longer than
    reading the file, and the first screen waits for that."""

    def __init__(self) -> None:
        self.theme = ""
        """Name of the one chosen; empty: our own dark one."""
        self.few_colours_theme = ""
        """The same for a terminal of few colours."""
        self.explained: bool | None = None
        """Whether words and pictures are shown in full; None: where there is room."""
        self.tree_shown = True
        """Whether the task tree is shown where there is room."""
        self.tree = 26
        """Its columns."""
        self.shares = dict.fromkeys(LAYOUTS, (50, 60))
        """Of the panes of each layout: percent of the width for that at the left, of the height for the upper two."""


class Kept:
    """The settings and the file that they are kept in; without a file they last as long as the run."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self.settings = Settings() if file is None else recalled(file)

    @classmethod
    def of_user(cls) -> Self:
        """Those of whoever runs this."""
        return cls(place())

    def keep(self, *names: str) -> str:
        """Writes settings of these names as they are now; returns why that cannot be, the first time, as one line."""
        if self._file is None:
            return ""
        # Another run may have changed others meanwhile.
        there = recalled(self._file)
        for name in names:
            setattr(there, name, getattr(self.settings, name))
        try:
            keep(self._file, there)
        except NotKeptError as error:
            said = f"not remembered for the next time: {display_safe(str(self._file))}: {error}"
            self._file = None
            return said
        return ""


def place() -> Path | None:
    """The file, whether it is there or not; None where there is no directory for it."""
    # The specification has relative paths ignored.
    state = os.environ.get("XDG_STATE_HOME", "")
    try:
        base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    except RuntimeError:
        return None
    return base / "criu-tui" / "screen" if base.is_absolute() else None


def recalled(file: Path) -> Settings:
    """What a file says, as far as it makes sense; the rest is as if nobody had set it."""
    found = Settings()
    for line in _text(file).splitlines():
        name, _, value = line.partition(" = ")
        words = value.split(" ")
        match name, [int(word) for word in words] if all(map(_is_small, words)) else []:
            case "theme" | "few_colours_theme", [] if _is_name(value):
                setattr(found, name, value)
            case "explained" | "tree_shown", [(0 | 1) as shown]:
                setattr(found, name, bool(shown))
            case "tree", [columns] if columns in TREE:
                found.tree = columns
            case layout, [left, top] if layout in LAYOUTS and left in SHARES and top in SHARES:
                found.shares[layout] = left, top
    return found


def _is_name(word: str) -> bool:
    return word.isascii() and word.replace("-", "").isalnum()


def _is_small(word: str) -> bool:
    return len(word) < 4 and word.isascii() and word.isdecimal()


def _text(file: Path) -> str:
    """What a regular file begins with; nothing where it cannot be read. What is no file is not waited for."""
    with suppress(OSError):
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return os.read(descriptor, LARGEST).decode("ascii", "replace")
        finally:
            os.close(descriptor)
    return ""


def keep(file: Path, settings: Settings) -> None:
    """Writes the settings in place of the file, or leaves it as it is. Raises NotKeptError."""
    content = "".join(f"{name} = {value}\n" for name, value in _lines(settings).items()).encode("ascii")
    try:
        _check(file.parent)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with held():
            _replace(file, content)
    except OSError as error:
        raise NotKeptError(reason_of(error)) from None


def _lines(settings: Settings) -> dict[str, str]:
    """What differs from the settings of somebody who has set nothing."""
    usual = Settings()
    lines = {
        name: str(int(value) if isinstance(value, bool) else value)
        for name, value in vars(settings).items()
        if name != "shares" and value != getattr(usual, name)
    }
    shares = {layout: f"{left} {top}" for layout, (left, top) in settings.shares.items()}
    return lines | {
        layout: share for layout, share in shares.items() if settings.shares[layout] != usual.shares[layout]
    }


def _check(directory: Path) -> None:
    """Raises NotKeptError where no file may be made, and OSError as the system does."""
    there = directory.resolve()
    while not there.exists():
        there = there.parent
    if there.stat().st_uid != os.geteuid():
        # As for root with the home of somebody else, who could then not change it.
        raise NotKeptError("the directory belongs to another user")
    if any(holding(each) is Holding.DUMP for each in (there, *there.parents)):
        raise NotKeptError("it lies in a dump, and nothing is written there")


def _replace(file: Path, content: bytes) -> None:
    """A reader finds the old file or the new one, never half of either."""
    descriptor, made = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        Path(made).replace(file)
    except OSError:
        with suppress(OSError):
            Path(made).unlink()
        raise

"""Where a restore would run: on what machine, below which root, with whose memory."""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.preflight.machine import Machine


class Surroundings(NamedTuple):
    """Where a restore would run."""

    host: "Host"
    """Its memory; parts of it may be unknown."""
    facts: "Callable[[], Machine] | None" = None
    """Of the machine, read when first asked for; None: those of this one where it is `here`, else no machine's."""
    here: bool = False
    """Whether it is the machine that this runs on, and may be looked at: only then its files can be."""
    root: Path | None = None
    """Where the file system of the restore lies, as `criu restore --root` takes it; None: it was not said."""
    criu: tuple[str, ...] = ()
    """The command of a CRIU that may be run and asked; empty: none may."""

"""The restore that is judged: which dump, by which CRIU, on what machine, below which root."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.preflight.machine import Machine
    from criu_tui.core.restore.releases import Criu


class Surroundings(NamedTuple):
    """Where a restore would run."""

    host: Host
    """Its memory; parts of it may be unknown."""
    facts: Callable[[], Machine] | None = None
    """Of the machine, read when first asked for; None: those of this one where it is `here`, else no machine's."""
    here: bool = False
    """Whether it is the machine that this runs on, and may be looked at: only then its files can be."""
    root: Path | None = None
    """Where the file system of the restore lies, as `criu restore --root` takes it; None: it was not said."""
    criu: tuple[str, ...] = ()
    """The command of a CRIU that may be run and asked; empty: none may."""


class Attempt(NamedTuple):
    """One restore."""

    dump: Dump
    criu: Criu
    around: Surroundings

    @property
    def machine(self) -> Machine:
        """The facts of the machine; asked for only by checks that need them."""
        assert self.around.facts is not None
        return self.around.facts()

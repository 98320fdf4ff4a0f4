"""The restore that is judged: which dump, by which CRIU, in what surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.machine import Machine
    from criu_tui.core.restore.preflight.surroundings import Surroundings
    from criu_tui.core.restore.releases import Criu


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

"""What is true of a machine that may restore, beside its memory: read here from /proc and /sys, or given as JSON."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """Facts of a machine; None where one is not known."""

    kernel: str | None = None
    """ "6.18.4"."""
    arch: str | None = None
    """As uname(2) says it: "x86_64"."""


def this_machine() -> Machine:
    """The machine that this runs on."""
    own = os.uname()
    return Machine(own.release, own.machine)

"""Which of a task's permitted capabilities its bounding set lacks (capabilities(7))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.capabilities import capability_names
from criu_tui.core.base.units import some
from criu_tui.core.dump.credentials import credentials_of

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump

SHOWN = 12
"""Capabilities of one task in a sentence."""


def beyond_bounding(dump: Dump) -> str:
    """Of the first task that has some, in words: what is permitted and not in the bounding set; else nothing.

    A restorer drops from its bounding set before it sets the others (criu/pie/restorer.c: restore_creds), and
    can set none that it has not.
    """
    for task in dump.tasks:
        found = credentials_of(dump, task.pid) if dump.core(task.pid).alive else None
        if found is None:
            continue
        beyond = capability_names(found.capabilities.permitted & ~found.capabilities.bounding)
        if beyond:
            return (
                f"; task {task.pid} has {some(beyond, SHOWN)} permitted and not in its bounding set (cap_prm, cap_bnd)"
            )
    return ""

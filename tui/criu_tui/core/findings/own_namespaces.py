"""Namespaces that tasks say they are in and no image describes, or that no restore makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.dump.namespaces import namespaces
from criu_tui.core.findings.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

_IMAGES = {"uts": "utsns", "user": "userns", "mnt": "mountpoints", "ipc": "ipcns-var"}
"""The image that CRIU always writes of a namespace of a kind, by its id (criu/namespaces.c)."""


_NESTED = {"mnt": "unshare --mount", "net": "unshare --net"}
"""Kinds that a task may have of its own below the first one, and what makes one (criu/include/namespaces.h)."""


def own_namespaces(dump: Dump) -> Iterator[Finding]:
    """Namespaces without their image; nothing can be said where inventory.img does not name CRIU's own."""
    every = namespaces(dump)
    first = dump.tasks[0].pid if dump.tasks else None
    with_criu = {found.kind for found in every if found.shared_with_criu and first in found.pids}
    for found in every:
        if found.kind in _NESTED and found.kind in with_criu and found.shared_with_criu is False:
            yield Finding(
                "namespace-nested",
                Severity.ERROR,
                f"task {found.pids[0]} is in a {found.kind} namespace of its own, and the first task in none",
                "a dump takes it along, but CRIU restores such a namespace only below a first task that has one too, "
                "and says “Can't restore sub-task in NS”",
                f"dump a tree whose first task has its own ({_NESTED[found.kind]} for the whole program, a container), "
                "or end that task before the dump",
                pid=found.pids[0],
            )
            continue
        kind = _IMAGES.get(found.kind)
        name = f"{kind}-{found.id}.img"
        if kind is None or found.shared_with_criu is not False or name in dump.files_listed:
            continue
        yield Finding(
            "namespace-missing",
            Severity.ERROR,
            f"{found.kind} namespace {found.id} is not in the dump",
            f"task {found.pids[0]} is in it, it is not CRIU's own, and there is no {name}",
            "copy it from the source, or dump again",
            pid=found.pids[0],
        )

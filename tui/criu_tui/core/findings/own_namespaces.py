"""Namespaces that tasks say they are in and no image describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.dump.namespaces import namespaces
from criu_tui.core.findings.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

_IMAGES = {"uts": "utsns", "user": "userns", "mnt": "mountpoints", "ipc": "ipcns-var"}
"""The image that CRIU always writes of a namespace of a kind, by its id (criu/namespaces.c)."""


def own_namespaces(dump: Dump) -> Iterator[Finding]:
    """Namespaces without their image; nothing can be said where inventory.img does not name CRIU's own."""
    for found in namespaces(dump):
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

"""Images that a dump writes of every task that lives, and that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import counted, some
from criu_tui.core.dump.descriptors import table_id
from criu_tui.core.dump.namespaces import ids_of
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import fdinfo_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

SHOWN = 12
"""Names in one finding."""
_OF_TASKS = ("fs-", "fdinfo-")
"""One is there of what was left as it was dumped, if not of images that somebody made to try out something."""
_WITHOUT = {
    "ids": "without it CRIU takes the images for corrupted, or restores a child without its files",
    "fs": "without it CRIU crashes where it looks for the task's directories",
    "fdinfo": "files.img has pipes or sockets, which descriptors alone lead to, and CRIU crashes where none does",
}
"""What comes of an image that is missing (criu/pstree.c, criu/cr-restore.c, criu/files.c)."""
_WITHOUT_DESCRIPTORS = (fdinfo_pb2.REG, fdinfo_pb2.MEMFD)
"""Types of files that may be mapped, a directory or a program alone."""


def task_images(dump: Dump) -> Iterator[Finding]:
    """Each kind of which some are missing."""
    lacking = [*_missing(dump)]
    for kind, why in _WITHOUT.items():
        names = [name for name in lacking if name.startswith(f"{kind}-")]
        if names:
            yield Finding(
                "task-image-missing",
                Severity.ERROR,
                f"{some(names, SHOWN)} {'is' if len(names) == 1 else 'are'} not here",
                f"a dump writes one of this kind for {counted(len(names), 'task')} that it has; {why}",
                "copy it again from where it was dumped, and compare the lists of files",
            )


def lacking_or_damaged(dump: Dump) -> list[str]:
    """Images that the dump should have and that are not here, or cannot be read to their end; of a log alone none."""
    if not dump.has_images:
        return []
    damaged = (problem.file for problem in dump.problems if problem.file.endswith(".img"))
    return sorted({*damaged, *_missing(dump)})


def _missing(dump: Dump) -> Iterator[str]:
    if dump.arriving or dump.source.running or not {"files.img", "inventory.img"} <= set(dump.files_listed):
        return
    if not any(name.startswith(_OF_TASKS) for name in dump.files_listed):
        return
    for pid in dump.pids:
        if dump.core_entry(pid) is None or not dump.core(pid).alive:
            continue
        if ids_of(dump, pid) is None:
            yield f"ids-{pid}.img"
        if f"fs-{pid}.img" not in dump.files_listed:
            yield f"fs-{pid}.img"
    if not any(name.startswith("fdinfo-") for name in dump.files_listed):
        # A task that has none open has no such image.
        every = dump.entries("files.img", kinds.FILES, fdinfo_pb2.file_entry)
        if any(entry.type not in _WITHOUT_DESCRIPTORS for entry in every):
            yield from sorted({f"fdinfo-{number}.img" for pid in dump.pids if (number := table_id(dump, pid))})

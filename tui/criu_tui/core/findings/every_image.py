"""Images that no other finding reads: read to their end, so that what is said does not depend on who looked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.limits import CHECKED_LIMIT
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, some
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.images import kinds
from criu_tui.core.images.entries import entries_of, head_of_file
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump

READ_ELSEWHERE = frozenset(
    (
        kinds.PAGEMAP, kinds.SHMEM_PAGEMAP, kinds.PAGES, kinds.PAGES_OLD, kinds.SHM_PAGES_OLD, kinds.MM, kinds.CORE,
        kinds.INVENTORY, kinds.PSTREE, kinds.FILES, kinds.MEMFD_INODE, kinds.GHOST_FILE,
    )
)  # fmt: skip
"""Kinds that the dump itself reads, or that hold raw bytes of any length."""
OF_A_PLUGIN = "amdgpu-"
SHOWN = 12
"""Names in one finding."""


def every_image(dump: Dump) -> Iterator[Finding]:
    """Reads them; what stops that is kept as a problem of the dump. Of images that mean nothing here, says so."""
    if dump.encrypted:
        return
    read = 0
    for name in sorted(dump.files_listed):
        named = kinds.kind_of_name(name)
        if named is None or not named[0].message or named[0] in READ_ELSEWHERE:
            continue
        read += 1
        if read > CHECKED_LIMIT:
            break
        try:
            with dump.source.open(name) as file:
                head = head_of_file(file)
                if head.kind is not named[0] and head.kind.message != named[0].message:
                    raise ImageError(name, 0, f"holds an image of kind {head.kind.name}")
                for _ in entries_of(file, head):
                    pass
        except ImageError as error:
            dump.note_problem(name, error)
    plugins = sorted(name for name in dump.files_listed if name.startswith(OF_A_PLUGIN) and name.endswith(".img"))
    if plugins:
        yield Finding(
            "image-unread",
            Severity.NOTE,
            f"{counted(len(plugins), 'image')} of a plugin: not read here",
            f"{some([display_safe(name, 80) for name in plugins], SHOWN)}: whether they are whole is not known",
            "restore with the same plugin and driver, which will tell",
        )

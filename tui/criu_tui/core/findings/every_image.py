"""Images that no other finding reads: read to their end, so that what is said does not depend on who looked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.limits import CHECKED_LIMIT
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, some
from criu_tui.core.dump.listed import by_stem, names_by_kind
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.images import kinds
from criu_tui.core.images.entries import entries_of, head_of_file
from criu_tui.core.images.payloads import PAYLOADS
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
OF_A_PLUGIN = "amdgpu"
SHOWN = 12
"""Names in one finding."""


def every_image(dump: Dump) -> Iterator[Finding]:
    """Reads them; what stops that is kept as a problem of the dump. Of images that mean nothing here, says so."""
    if dump.encrypted:
        return
    read = 0
    of_kinds = (
        (kind, names)
        for kind, names in names_by_kind(dump).items()
        if kind is not None and kind.message and kind not in READ_ELSEWHERE
    )
    for name, kind in sorted((name, kind) for kind, names in of_kinds for name in names):
        read += 1
        if read > CHECKED_LIMIT:
            break
        if dump.read_whole.get(name) is kind and kind not in PAYLOADS:
            # Of messages alone, and read to its end: there is nothing more to say of it.
            continue
        try:
            with dump.source.open(name) as file:
                head = head_of_file(file)
                if head.kind is not kind and head.kind.message != kind.message:
                    raise ImageError(name, 0, f"holds an image of kind {head.kind.name}")
                for _ in entries_of(file, head):
                    pass
        except ImageError as error:
            dump.note_problem(name, error)
    named = (name for stem, names in by_stem(dump).items() if stem.startswith(OF_A_PLUGIN) for name in names)
    plugins = sorted(name for name in named if name.startswith(f"{OF_A_PLUGIN}-"))
    if plugins:
        yield Finding(
            "image-unread",
            Severity.NOTE,
            f"{counted(len(plugins), 'image')} of a plugin: not read here",
            f"{some([display_safe(name, 80) for name in plugins], SHOWN)}: whether they are whole is not known",
            "restore with the same plugin and driver, which will tell",
        )

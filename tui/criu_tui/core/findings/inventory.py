"""Images that are missing, unreadable, or of a kind that this CRIU refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.limits import UNKNOWN_LIMIT
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, some
from criu_tui.core.dump.dump import COMPRESSED_VERSION
from criu_tui.core.dump.listed import unknown_images
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.restore.releases import COMPRESSED_PAGES, NEWEST, UPROBES
from criu_tui.core.source.crac import Unpacked
from criu_tui.core.source.error import LeftOutError, OddError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.releases import Criu

SHOWN = 12
"""Names in one finding."""


def missing(dump: Dump) -> Iterator[Finding]:
    """What the directory lacks that a finished dump has."""
    if dump.has_images and "inventory.img" not in dump.files_listed:
        yield Finding(
            "dump-incomplete",
            Severity.ERROR,
            "the dump is not complete",
            "inventory.img is written last, and it is not here: the dump failed, or still runs",
            "look into dump.log for why; where there is none (-v0, another -o or work directory), dump again with -v4 "
            "-o dump.log",
        )


def left_by_failure(dump: Dump) -> Iterator[Finding]:
    """Images beside the log of the dump that failed while it wrote them."""
    if dump.has_images:
        yield Finding(
            "dump-failed-images",
            Severity.NOTE,
            "the images here were left by a dump that failed",
            "CRIU writes them until it fails, inventory.img last; nothing can be restored from them, and there is "
            "nothing to copy or compare",
            "mend what made the dump fail, and dump again",
        )


def packed_pages(dump: Dump) -> Iterator[Finding]:
    """Pages that only the CRIU of CRaC unpacks."""
    if isinstance(dump.source, Unpacked):
        name = min(dump.source.packed.values())
        yield Finding(
            "crac-pages",
            Severity.WARNING,
            "the pages are compressed as CRaC keeps them",
            f"{display_safe(name)} in place of {display_safe(name.replace('.comp.', '.'))}: no other CRIU looks for it",
            "restore with the CRIU of the JDK that dumped, or unpack it with `lz4 -d` for another one",
        )


def inventory(dump: Dump, criu: Criu) -> Iterator[Finding]:
    """What inventory.img says that a CRIU of this version refuses."""
    entry = dump.inventory
    if entry is None:
        return
    if entry.img_version < 1:
        yield Finding(
            "too-old",
            Severity.ERROR,
            f"images of version {entry.img_version} are too old",
            "CRIU says “Too old image, no longer supported”",
            "restore with the CRIU that dumped",
        )
    if entry.img_version > COMPRESSED_VERSION:
        yield Finding(
            "version-unknown",
            Severity.ERROR,
            f"images of version {entry.img_version} are not known",
            f"every CRIU up to {NEWEST} says “Not supported images version”; how their pages are stored is not known",
            "restore with the CRIU that dumped",
        )
    elif entry.img_version == COMPRESSED_VERSION:
        refused = COMPRESSED_PAGES.lacks(criu.numbers)
        yield Finding(
            "compressed",
            Severity.ERROR if refused else Severity.NOTE,
            f"{criu.name} refuses images with compressed pages" if refused else "the pages are compressed",
            "images of version 3: it says “Not supported images version”"
            if refused
            else "a CRIU built without LZ4, such as Debian's, says “Image uses memory page compression but CRIU was "
            "built without LZ4 support”",
            f"restore with {COMPRESSED_PAGES.later}, built with LZ4, or after `crit decompress`",
            COMPRESSED_PAGES.before if refused else "",
        )
    if entry.pre_dump_mode:
        yield Finding(
            "pre-dump",
            Severity.WARNING,
            "this is a pre-dump",
            "it holds pages only",
            "restore from the dump that follows it",
        )
    if entry.allow_uprobes and UPROBES.lacks(criu.numbers):
        yield Finding(
            "uprobes-unknown",
            Severity.ERROR,
            "dumped with --allow-uprobes",
            f"{criu.name} does not know uprobes",
            f"restore with {UPROBES.later}",
            UPROBES.before,
        )


def unreadable(dump: Dump) -> Iterator[Finding]:
    """Every image that could not be read, or not to its end; of a pre-dump, which has few, only those it has."""
    if dump.encrypted:
        yield Finding(
            "encrypted",
            Severity.ERROR,
            "the images are encrypted",
            "cipher.img holds the key that they were encrypted with; encrypted images are not supported here, so "
            "none of them is read",
            "decrypt them first, or dump again without encryption",
        )
        return
    partial = not dump.has_images or (dump.inventory is not None and dump.inventory.pre_dump_mode)
    for problem in dump.problems:
        absent = problem.file.endswith(".img") and problem.file not in dump.files_listed
        if problem.file == "parent" or (absent and (partial or problem.file == "inventory.img")):
            continue
        if isinstance(problem, OddError):
            yield Finding(
                "archive-odd",
                Severity.WARNING,
                str(problem),
                "`tar` unpacks it the same way; engines do not write such archives",
                "if that is not meant, export the checkpoint again",
            )
            continue
        more = isinstance(problem, LeftOutError)
        yield Finding(
            "image-missing" if absent else "image-unreadable",
            Severity.ERROR,
            f"{display_safe(problem.file)} {'has more than is kept of it' if more else 'cannot be read'}",
            str(problem),
            "all that is said here leaves the rest out" if more else "copy it again from the source, or dump again",
        )


def links_outside(dump: Dump) -> Iterator[Finding]:
    """Links out of the dump, or out of one of its parents: CRIU follows them, and they are not read here unasked."""
    for depth, each in enumerate(dump.chain()):
        try:
            found = each.source.outside()
        except OSError:
            continue
        if found:
            shown = [f"{'parent/' * depth}{display_safe(n, 80)} -> {display_safe(to, 80)}" for n, to in found.items()]
            yield Finding(
                "link-outside",
                Severity.WARNING,
                f"{counted(len(found), 'file')} of {'a parent of ' if depth else ''}the dump "
                f"{'leads' if len(found) == 1 else 'lead'} out of it: not read",
                f"{some(shown, SHOWN)}: symbolic links, which CRIU follows",
                "--follow-links reads them too, where that is meant",
            )


def unknown(dump: Dump) -> Iterator[Finding]:
    """Images and fields that no known CRIU writes; nothing is concluded from them."""
    names = unknown_images(dump)
    if names:
        yield Finding(
            "image-unknown",
            Severity.NOTE,
            f"{counted(len(names), 'image')} of unknown kind",
            some([display_safe(name, 80) for name in names], SHOWN),
            "a plugin or a newer CRIU wrote them; they are not read",
        )
    fields = dump.unknown_fields
    if fields:
        shown = [f"field {f.number} of {f.message} in {display_safe(name, 80)}" for f, name in sorted(fields.items())]
        yield Finding(
            "field-unknown",
            Severity.NOTE,
            f"{counted(len(fields), 'unknown field')}{' or more' if len(fields) == UNKNOWN_LIMIT else ''}",
            some(shown, SHOWN),
            "a newer CRIU wrote them; they are passed over",
        )

"""Id maps with holes, and ids that no map covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.idmap import OVERFLOW_ID, check_root, to_host
from criu_tui.core.owners import owners
from criu_tui.core.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump import Dump
    from criu_tui.core.idmap import IdMap


def id_maps(dump: Dump) -> Iterator[Finding]:
    """What the id maps leave out, and ids that had no mapping."""
    space = dump.user_namespace
    if space is not None:
        check = check_root(space.uid_map, space.gid_map)
        if not check.ok:
            yield Finding(
                "userns-root-unmapped",
                Severity.ERROR,
                "the user namespace does not map id 0",
                check.reason,
                "map id 0 (unshare --map-root-user or --map-auto)",
            )
        for name, extents in (("uid", space.uid_map), ("gid", space.gid_map)):
            yield from extent_findings(name, extents)
    for owner in owners(dump):
        ids = (owner.uid, owner.gid, *(found for _, found in (*owner.other_uids, *owner.other_gids)))
        if OVERFLOW_ID in ids:
            yield Finding(
                "id-unmapped",
                Severity.ERROR,
                f"{display_safe(owner.object, 60)} has an id that had no mapping when dumped",
                f"it holds {OVERFLOW_ID}, which CRIU writes for an id that no extent covers",
                "extend the id map of the namespace and dump again",
                pid=owner.pid,
            )


def extent_findings(name: str, extents: IdMap) -> Iterator[Finding]:
    """What is odd about the extents of one map, with its consequence."""
    for index, extent in enumerate(extents):
        if extent.count == 0:
            yield Finding("extent-empty", Severity.WARNING, f"{name} extent {extent} is empty", "it maps no id")
        for side, first in (("inside", extent.first), ("outside", extent.lower_first)):
            if first + extent.count > 1 << 32:
                why = "the kernel refuses such an extent"
                yield Finding(
                    "extent-wraps", Severity.ERROR, f"{name} extent {extent} reaches beyond 32 bits {side}", why
                )
            elif first + extent.count == 1 << 32:
                yield Finding(
                    "extent-to-the-top",
                    Severity.WARNING,
                    f"{name} extent {extent} reaches the last id {side}",
                    "CRIU adds in 32 bits, so its end wraps to 0 and CRIU maps none of it, while the kernel maps all",
                    "leave the last id out of the map",
                )
        for earlier in extents[:index]:
            if extent.inside.overlaps(earlier.inside) or extent.outside.overlaps(earlier.outside):
                yield Finding(
                    "extent-overlap",
                    Severity.ERROR,
                    f"{name} extents {earlier} and {extent} overlap",
                    "the first one wins; the kernel refuses to write such a map",
                )
    if extents and to_host(extents, 65534) is None:
        yield Finding(
            "overflow-unmapped",
            Severity.NOTE,
            f"{name} 65534 is not mapped",
            "unmapped owners appear as 65534; a restore that needs to act for one is refused (uns: send req error)",
            "cover 65534 with an extent",
            "up to 4.2",
        )

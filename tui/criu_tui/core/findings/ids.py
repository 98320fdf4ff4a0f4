"""Id maps with holes, and ids that no map covers."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.dump.idmap import MOST_EXTENTS, OVERFLOW_ID, Flaw, check_root, flaws, to_host
from criu_tui.core.dump.owners import IdKind, owners
from criu_tui.core.dump.user_namespace import user_namespace_of
from criu_tui.core.findings.advice import BY_ID
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.restore.releases import CGROUPS_LATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.idmap import Flawed, IdMap, UserNamespace
    from criu_tui.core.dump.owners import Owner

ROOT = BY_ID["userns-root-unmapped"]
NOBODY = 65534
"""What the kernel shows for an id without a mapping (/proc/sys/kernel/overflowuid)."""


def id_maps(dump: Dump) -> Iterator[Finding]:
    """What the id maps leave out, and ids that had no mapping."""
    space = user_namespace_of(dump)
    if space is not None:
        check = check_root(space.uid_map, space.gid_map)
        if not check.ok:
            yield Finding(
                ROOT.id,
                Severity.ERROR,
                ROOT.title,
                check.reason,
                ROOT.own_advice,
            )
        for name, extents in (("uid", space.uid_map), ("gid", space.gid_map)):
            yield from extent_findings(name, extents)
    found = owners(dump)
    for owner in found:
        yield from _unmapped(owner, space)
    if space is not None:
        for kind, extents in ((IdKind.UID, space.uid_map), (IdKind.GID, space.gid_map)):
            yield from nobody(kind, extents, found)


def _unmapped(owner: Owner, space: UserNamespace | None) -> Iterator[Finding]:
    """Ids that had no mapping when dumped, and those that the namespace of the images does not map."""
    lost = sorted({found.role for found in owner.unmapped})
    if lost:
        yield Finding(
            "id-unmapped",
            Severity.ERROR,
            f"{_name(owner)} has an id that had no mapping when dumped",
            f"{OVERFLOW_ID} as {', '.join(lost)}: CRIU writes that for an id that no extent covers, and a restore "
            "fails there, or gives the object to the wrong owner",
            "extend the id map of the namespace and dump again",
            pid=owner.pid,
        )
    if space is None or owner.outside:
        return
    maps = {IdKind.UID: space.uid_map, IdKind.GID: space.gid_map}
    uncovered = sorted(
        {
            f"{found.role} {found.number}"
            for found in owner.ids
            if found.number not in (OVERFLOW_ID, NOBODY) and to_host(maps[found.kind], found.number) is None
        }
    )
    if uncovered:
        yield Finding(
            "id-uncovered",
            Severity.ERROR,
            f"{_name(owner)} has an id that the maps do not cover",
            f"no extent holds {', '.join(uncovered)}: the kernel refuses it in the restored namespace (EINVAL)",
            "images must be as CRIU wrote them; else extend the id map and dump again",
            pid=owner.pid,
        )


def _name(owner: Owner) -> str:
    return display_safe(owner.object, 60)


_EDITED = "images must be as CRIU wrote them: no kernel has such a map"


def extent_findings(name: str, extents: IdMap) -> Iterator[Finding]:
    """What is odd about the extents of one map ("uid" or "gid"), with its consequence."""
    if len(extents) > MOST_EXTENTS:
        yield Finding(
            "extents-too-many",
            Severity.ERROR,
            f"the {name} map has {counted(len(extents), 'extent')}",
            f"the kernel takes {MOST_EXTENTS} at most",
            _EDITED,
        )
    for found in islice(flaws(extents), MOST_EXTENTS):
        yield _flaw(name, found)


def _flaw(name: str, found: Flawed) -> Finding:
    extent = f"{name} extent {found.extent}"
    match found.flaw:
        case Flaw.EMPTY:
            why = "it maps no id, and the kernel refuses to write it (EINVAL)"
            return Finding("extent-empty", Severity.WARNING, f"{extent} is empty", why, _EDITED)
        case Flaw.WRAPS:
            why = "the kernel refuses to write such an extent (EINVAL), so no restore can make this namespace"
            return Finding("extent-wraps", Severity.ERROR, f"{extent} reaches beyond 32 bits", why, _EDITED)
        case Flaw.TO_THE_TOP:
            return Finding(
                "extent-to-the-top",
                Severity.ERROR,
                f"{extent} reaches the last id",
                "CRIU adds in 32 bits: the end wraps to 0 and it maps none of these ids on that side; "
                "the kernel refuses to write such an extent (EINVAL)",
                "leave 4294967295 out of the map",
            )
    side = "inside" if found.flaw is Flaw.OVERLAPS_INSIDE else "outside"
    return Finding(
        "extent-overlap",
        Severity.ERROR,
        f"{name} extents {found.earlier} and {found.extent} overlap {side}",
        "where both hold an id the first in the list decides; the kernel refuses to write such a map (EINVAL)",
        _EDITED,
    )


def nobody(kind: IdKind, extents: IdMap, found: Sequence[Owner]) -> Iterator[Finding]:
    """Objects that belong to id 65534, which the map leaves out.

    CRIU's helper outside acts for that id when it moves tasks between cgroups (criu/namespaces.c: usernsd). It
    is refused where the id has no mapping and id 0 is not 0 on the host.
    """
    if not extents or to_host(extents, NOBODY) is not None:
        return
    owned = [o for o in found if not o.outside and any(i.kind is kind and i.number == NOBODY for i in o.ids)]
    if not owned:
        return
    root = to_host(extents, 0)
    size = sum(extent.count for extent in extents)
    name = kind.value
    yield Finding(
        "overflow-unmapped",
        Severity.NOTE if root in (None, 0) else Severity.WARNING,
        f"{name} {NOBODY} is not mapped",
        f"{display_safe(owned[0].object, 60)} belongs to it; the map holds {counted(size, 'id')}"
        + (f", and {name} 0 is {root} on the host" if root else "")
        + "; owners without a mapping appear as 65534, and a restore that has to act for one of them is refused "
        "(uns: send req error: Invalid argument)",
        "cover 65534 with an extent, or map 0 to host id 0",
        CGROUPS_LATE.before,
        pid=owned[0].pid,
    )

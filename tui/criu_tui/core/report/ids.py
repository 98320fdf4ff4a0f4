"""Every object that carries ids, and the id maps they go through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core import idmap
from criu_tui.core.namespaces import namespaces
from criu_tui.core.owners import capability_names, owners
from criu_tui.core.table import Column, Table, Tone, widest
from criu_tui.core.text import counted, display_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.owners import Owner
    from criu_tui.core.report.json_type import Json
    from criu_tui.core.report.report import Report

GROUPS_SHOWN = 16
"""In one row; JSON has them all."""


def table(report: Report) -> Table[Owner]:
    """Every object that carries ids, with its ids inside the namespace and on the host."""
    rows = list(owners(report.dump))
    space = report.dump.user_namespace
    uid_map = space.uid_map if space else None
    gid_map = space.gid_map if space else None
    return Table(
        "Ids",
        (
            Column("Object", lambda r: _owner(report, r), widest("Object", {_owner(report, r) for r in rows})),
            Column("Uid", lambda r: str(r.uid), 10, right=True, sort=lambda r: r.uid),
            Column("Host uid", lambda r: _host_text(uid_map, r.uid), 10, right=True),
            Column("Gid", lambda r: str(r.gid), 10, right=True, sort=lambda r: r.gid),
            Column("Host gid", lambda r: _host_text(gid_map, r.gid), 10, right=True),
            Column("Others", _other_ids, widest("Others", {_other_ids(r) for r in rows}), weight=1),
            Column("Capabilities", lambda r: capability_names(r.capabilities) if r.pid else "", 12, weight=2),
        ),
        rows,
        lambda r: (r.pid, None),
        lambda r: Tone.ERROR if idmap.OVERFLOW_ID in (r.uid, r.gid) else Tone.PLAIN,
        notes=tuple(notes(report)),
        empty="no ids in this dump",
    )


def _owner(report: Report, row: Owner) -> str:
    comm = f" {report.comm(row.pid)}" if row.pid is not None else ""
    return display_safe(row.object, 60) + comm


def notes(report: Report) -> Iterator[tuple[Tone, str]]:
    """The id maps and what CRIU's check says of them."""
    own = [n for n in namespaces(report.dump) if not n.shared_with_criu]
    if own:
        shown = ", ".join(f"{n.kind} {n.id}{f' ({display_safe(n.detail, 80)})' if n.detail else ''}" for n in own)
        yield Tone.PLAIN, f"namespaces of its own: {shown}"
    space = report.dump.user_namespace
    if space is None:
        yield Tone.PLAIN, "no user namespace of its own in this dump: ids are the same on the host"
        return
    for name, extents in (("uid", space.uid_map), ("gid", space.gid_map)):
        for extent in extents:
            yield (
                Tone.PLAIN,
                f"{name} inside [{extent.inside.start}, {extent.inside.end}) is "
                f"[{extent.outside.start}, {extent.outside.end}) on the host: "
                f"{counted(extent.count, 'id')}",
            )
        if not extents:
            yield Tone.WARNING, f"no {name} is mapped"
    check = idmap.check_root(space.uid_map, space.gid_map)
    yield (Tone.PLAIN if check.ok else Tone.ERROR), check.reason


def json(report: Report, only: int | None) -> dict[str, Json]:
    space = report.dump.user_namespace
    check = idmap.check_root(space.uid_map, space.gid_map) if space else None
    uid_map = space.uid_map if space else None
    gid_map = space.gid_map if space else None
    rows = list(owners(report.dump))
    tasks: list[Json] = [
        {
            "pid": row.pid,
            "comm": report.comm(row.pid),
            **_ids_of(row, uid_map, gid_map),
            "capabilities": capability_names(row.capabilities),
        }
        for row in rows
        if row.pid is not None and row.object.startswith("task ") and only in (None, row.pid)
    ]
    others: list[Json] = [
        {"object": display_safe(row.object), **_ids_of(row, uid_map, gid_map)}
        for row in rows
        if row.pid is None or not row.object.startswith("task ")
    ]
    return {
        "uid_map": [[e.first, e.lower_first, e.count] for e in uid_map or ()],
        "gid_map": [[e.first, e.lower_first, e.count] for e in gid_map or ()],
        "check": {
            "ok": check.ok if check else True,
            "reason": check.reason if check else "the tasks live in CRIU's own user namespace",
        },
        "tasks": tasks,
        "objects": others,
        "namespaces": [
            {
                "kind": n.kind,
                "id": n.id,
                "tasks": list(n.pids),
                "own": not n.shared_with_criu,
                "detail": display_safe(n.detail),
            }
            for n in namespaces(report.dump)
        ],
    }


def text(report: Report, only: int | None) -> Iterator[str]:
    """The same for all tasks: ids belong to the whole dump."""
    yield from table(report).text()


def host_id(extents: idmap.IdMap | None, inside: int) -> int | None:
    """The id on the host; the same number when there is no map."""
    return inside if extents is None else idmap.to_host(extents, inside)


def _host_text(extents: idmap.IdMap | None, inside: int) -> str:
    found = host_id(extents, inside)
    return "none" if found is None else str(found)


def _other_ids(row: Owner) -> str:
    """Ids that differ from the object's uid and gid, and the first groups."""
    odd = [f"{role} {found}" for role, found in row.other_uids if found != row.uid]
    odd += [f"{role} {found}" for role, found in row.other_gids if role != "group" and found != row.gid]
    groups = [f"group {found}" for role, found in row.other_gids if role == "group"]
    odd += groups[:GROUPS_SHOWN]
    if len(groups) > GROUPS_SHOWN:
        odd.append(f"and {counted(len(groups) - GROUPS_SHOWN, 'more group')}")
    return " ".join(odd)


def _ids_of(row: Owner, uid_map: idmap.IdMap | None, gid_map: idmap.IdMap | None) -> dict[str, Json]:
    named: dict[str, Json] = {role: found for role, found in (*row.other_uids, *row.other_gids) if role != "group"}
    return {
        "uid": row.uid,
        "host_uid": host_id(uid_map, row.uid),
        "gid": row.gid,
        "host_gid": host_id(gid_map, row.gid),
        **named,
        "groups": [found for role, found in row.other_gids if role == "group"],
    }

"""The id maps, every object that carries ids, and conversions."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.dump import idmap
from criu_tui.core.dump.dump import NO_IMAGES
from criu_tui.core.dump.namespaces import clocks
from criu_tui.core.dump.owners import IdKind, capability_names
from criu_tui.core.dump.user_namespace import user_namespace_of
from criu_tui.core.findings.ids import NOBODY, extent_findings
from criu_tui.core.report import id_maps, namespaces
from criu_tui.core.report.findings import SEVERITY_TONES
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.idmap import Extent, IdMap
    from criu_tui.core.dump.owners import Id, Owner
    from criu_tui.core.report.report import Report

_OWN = "the tasks live in CRIU's own user namespace"
GROUPS_SHOWN = 16
"""In one row; JSON has them all."""


def table(report: Report) -> Table[Owner]:
    """Every object that carries ids, with its ids inside the namespace and on the host."""
    rows = report.owners
    return Table(
        "Ids",
        (
            Column("Object", lambda r: _object(report, r), widest("Object", {_object(report, r) for r in rows})),
            *_id_columns(report, IdKind.UID, "Uid"),
            *_id_columns(report, IdKind.GID, "Gid"),
            Column(
                "Others", lambda r: _others(report, r), widest("Others", {_others(report, r) for r in rows}), weight=1
            ),
            Column("Capabilities", _capabilities, widest("Capabilities", {_capabilities(r) for r in rows}), weight=2),
        ),
        rows,
        lambda r: (r.pid, None),
        lambda r: Tone.ERROR if any(found.unmapped for found in r.ids) else Tone.PLAIN,
        notes=tuple(notes(report)),
        empty="no ids in this dump",
    )


def _id_columns(report: Report, kind: IdKind, title: str) -> tuple[Column[Owner], Column[Owner]]:
    """The object's own id of a kind, inside and on the host."""

    def sides(row: Owner) -> tuple[int | None, int | None]:
        own = next((found for found in row.ids if found.kind is kind), None)
        return (None, None) if own is None else _sides(report, row, own)

    def text(row: Owner, side: int) -> str:
        return "" if row.first(kind) is None else _text(sides(row)[side])

    def key(row: Owner, side: int) -> int:
        found = sides(row)[side]
        return -1 if found is None else found

    return (
        Column(title, lambda r: text(r, 0), 10, right=True, sort=lambda r: key(r, 0)),
        Column(f"Host {title.lower()}", lambda r: text(r, 1), 10, right=True, sort=lambda r: key(r, 1)),
    )


def _object(report: Report, row: Owner) -> str:
    comm = f" {report.comm(row.pid)}" if row.pid is not None else ""
    return display_safe(row.object, 60) + comm


def map_of(report: Report, kind: IdKind) -> IdMap | None:
    """The map that ids of a kind go through; None where the tasks live in CRIU's own user namespace."""
    space = user_namespace_of(report.dump)
    if space is None:
        return None
    return space.uid_map if kind is IdKind.UID else space.gid_map


def _sides(report: Report, row: Owner, found: Id) -> tuple[int | None, int | None]:
    """An id inside the namespace and on the host; None where it has no mapping."""
    extents_of = map_of(report, found.kind)
    if row.outside:
        return idmap.inwards(extents_of, found.number).criu, found.number
    if found.number == idmap.OVERFLOW_ID:
        return found.number, None
    return found.number, idmap.outwards(extents_of, found.number).criu


def _text(found: int | None) -> str:
    return "none" if found is None else str(found)


def _pair(report: Report, row: Owner, found: Id) -> str:
    """ "fsuid 0→100000"."""
    if found.number == idmap.OVERFLOW_ID and not found.unmapped:
        return f"{found.role} not set"
    inside, host = _sides(report, row, found)
    return f"{found.role} {_text(inside)}→{_text(host)}"


def _others(report: Report, row: Owner) -> str:
    """Ids that differ from the object's own, and the first groups, each with the one on the host."""
    shown = []
    groups = 0
    seen: set[IdKind] = set()
    for found in row.ids:
        if found.kind not in seen:
            seen.add(found.kind)
            continue
        group = found.role == "group"
        groups += group
        if (group and groups <= GROUPS_SHOWN) or (not group and found.number != row.first(found.kind)):
            shown.append(_pair(report, row, found))
    if groups > GROUPS_SHOWN:
        shown.append(f"and {counted(groups - GROUPS_SHOWN, 'more group')}")
    return " ".join(shown)


def _capabilities(row: Owner) -> str:
    """All five sets, equal ones together: "effective permitted bounding: all; inheritable ambient: none"."""
    if row.capabilities is None:
        return ""
    names: dict[int, list[str]] = {}
    for name, mask in asdict(row.capabilities).items():
        names.setdefault(mask, []).append(name)
    return "; ".join(f"{' '.join(sets)}: {capability_names(mask)}" for mask, sets in names.items())


def lines(report: Report, row: Owner) -> list[tuple[Tone, str]]:
    """Everything known of one object: each id inside and on the host, and the capability sets."""
    tone = Tone.ERROR if any(found.unmapped for found in row.ids) else Tone.PLAIN
    side = "as CRIU saw them, outside" if row.outside else "inside→host"
    shown = [(tone, f"{_object(report, row)}: {' '.join(_pair(report, row, found) for found in row.ids)} ({side})")]
    lost = sorted({found.role for found in row.ids if found.unmapped})
    if lost:
        shown.append((Tone.ERROR, f"no mapping when dumped: {', '.join(lost)} ({idmap.OVERFLOW_ID})"))
    if row.capabilities is not None:
        shown.append((Tone.PLAIN, f"capabilities: {_capabilities(row)}"))
    return shown


# The maps


def notes(report: Report) -> Iterator[tuple[Tone, str]]:
    """What CRIU's check says of the maps, what is odd about them, and which namespaces are the dump's own."""
    space = user_namespace_of(report.dump)
    failed = id_maps.failed_log(report)
    if failed is not None and failed.root_check is not None:
        yield Tone.ERROR, failed.root_check.reason
    elif space is None and report.dump.arriving:
        yield Tone.NOTE, "no image of a user namespace among what has come so far"
    elif not report.dump.has_images:
        yield Tone.NOTE, f"which ids the tasks had is not known: {NO_IMAGES}"
    elif space is None:
        yield Tone.PLAIN, "no user namespace of its own in this dump: ids are the same on the host"
    else:
        check = idmap.check_root(space.uid_map, space.gid_map)
        yield (Tone.PLAIN if check.ok else Tone.ERROR), check.reason
        for name, found in (("uid", space.uid_map), ("gid", space.gid_map)):
            for finding in extent_findings(name, found):
                yield SEVERITY_TONES[finding.severity], f"{finding.title}: {finding.why}"
    lost = sum(bool(row.unmapped) for row in report.owners)
    if lost:
        yield Tone.ERROR, f"{counted(lost, 'object')} with an id that had no mapping when dumped ({idmap.OVERFLOW_ID})"
    own = [n for n in report.namespaces if n.shared_with_criu is False]
    if own:
        yield Tone.PLAIN, f"namespaces of its own: {', '.join(f'{n.kind} {n.id}' for n in own)}"


def parse_id(text: str) -> int | None:
    """A uid or gid as typed; None for what is none."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 10 and int(digits) in idmap.ALL_IDS):
        return None
    return int(digits)


def conversions(report: Report, typed: str) -> list[tuple[Tone, str]]:
    """A typed id as uid and as gid, from inside to the host and back."""
    if not typed.strip():
        return []
    found = parse_id(typed)
    if found is None:
        return [(Tone.WARNING, f"{display_safe(typed, 20)}: an id is a number from 0 to {idmap.OVERFLOW_ID}")]
    shown: list[tuple[Tone, str]] = []
    odd: list[tuple[Tone, str]] = []
    for here, there, convert in (("inside", "on the host", idmap.outwards), ("on the host", "inside", idmap.inwards)):
        words = []
        for kind in IdKind:
            possible = {convert(extents_of, found) for extents_of in _possible_maps(report, kind)}
            if len(possible) != 1:
                words.append(f"{kind.value} unknown")
                continue
            (made,) = possible
            words.append(f"{kind.value} {_text(made.criu)}")
            if made.differs:
                odd.append(
                    (
                        Tone.WARNING,
                        f"{kind.value} {found} {here}: {_text(made.criu)} to CRIU, {_text(made.kernel)} to the kernel "
                        f"(none shows as {NOBODY})",
                    )
                )
        shown.append((Tone.PLAIN, f"{found} {here}: {', '.join(words)} {there}"))
    return shown + odd


def _possible_maps(report: Report, kind: IdKind) -> list[IdMap | None]:
    """The map of the images or, after a dump that failed, each that its log allows."""
    failed = id_maps.failed_log(report)
    if failed is None:
        return [map_of(report, kind)] if report.dump.has_images else []
    return [maps[0 if kind is IdKind.UID else 1] for maps in failed.possible_maps]


# Printed


def text(report: Report, only: int | None) -> Iterator[str]:
    """The maps drawn, everything that carries ids, and the namespaces; with `only`, of one task."""
    made = table(report)
    for _, line in id_maps.drawing(report):
        yield line
    rows = [row for row in made.rows if only is None or row.pid == only]
    yield from made.of(rows).text()
    yield ""
    spaces = namespaces.table(report)
    yield from spaces.of([row for row in spaces.rows if only is None or only in row.pids]).titled_text()


def map_json(extents: Sequence[Extent]) -> list[Json]:
    """Each extent as [first inside, first outside, count]."""
    return [[e.first, e.lower_first, e.count] for e in extents]


def json(report: Report, only: int | None) -> dict[str, Json]:
    """The id maps, the objects that carry ids, and the namespaces, for programs."""
    space = user_namespace_of(report.dump)
    failed = id_maps.failed_log(report)
    if failed is not None:
        maps, check = failed.id_maps, failed.root_check
    elif space is not None:
        maps = space.uid_map, space.gid_map
        check = idmap.check_root(*maps)
    elif report.dump.has_images:
        maps, check = ((), ()), None
    else:
        maps = check = None
    uid_map, gid_map = (None, None) if maps is None else map(map_json, maps)
    source = f"userns-{space.id}.img" if space else display_safe(failed.path.name) if failed else None
    rows = report.owners
    tasks: list[Json] = [
        {"pid": row.pid, "comm": report.comm(row.pid), **_row_json(report, row)}
        for row in rows
        if row.pid is not None and _is_task(row) and only in (None, row.pid)
    ]
    others: list[Json] = [
        {"object": display_safe(row.object), **_row_json(report, row)}
        for row in rows
        if not _is_task(row) and only in (None, row.pid)
    ]
    read = clocks(report.dump)
    return {
        "uid_map": uid_map,
        "gid_map": gid_map,
        "source": source,
        "check": {
            "ok": check.ok if check else None if maps is None else True,
            "reason": check.reason if check else NO_IMAGES if maps is None else _OWN,
        },
        "tasks": tasks,
        "objects": others,
        "namespaces": namespaces.json(report, only),
        "clocks": None if read is None else {"monotonic": list(read[0]), "boottime": list(read[1])},
    }


def _is_task(row: Owner) -> bool:
    return row.object == f"task {row.pid}"


def _row_json(report: Report, row: Owner) -> dict[str, Json]:
    """Ids by role as in the image; those on the host under host_uid, host_gid and, for the others, "host"."""
    named: dict[str, Json] = {}
    host: dict[str, Json] = {}
    groups: list[Json] = []
    host_groups: list[Json] = []
    for found in row.ids:
        _, there = _sides(report, row, found)
        if found.role == "group":
            groups.append(found.number)
            host_groups.append(there)
        elif found.role in ("uid", "gid"):
            named |= {found.role: found.number, f"host_{found.role}": there}
        else:
            named[found.role] = found.number
            host[found.role] = there
    made: dict[str, Json] = {**named, "host": host, "groups": groups, "host_groups": host_groups}
    made["unmapped"] = [found.role for found in row.ids if found.unmapped]
    if row.capabilities is not None:
        made["capabilities"] = capability_names(row.capabilities.effective)
        made["capability_sets"] = {name: capability_names(mask) for name, mask in asdict(row.capabilities).items()}
    return made

"""What the tasks of a dump share beside memory: sockets, pipes, mounts, deleted files, each a table of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base import linux
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, size
from criu_tui.core.dump.descriptors import Holder, holders
from criu_tui.core.dump.ghosts import Ghost, ghosts, image_of
from criu_tui.core.dump.mounts import Mount, mounts
from criu_tui.core.dump.peers import peer_of
from criu_tui.core.dump.pipes import Pipe, pipes
from criu_tui.core.dump.sockets import Socket, protocol_name, queue_of, sockets
from criu_tui.core.report import kernel_sections, rootfs
from criu_tui.core.report.namespace_sections import (
    cgroup_table,
    cgroups_json,
    device_table,
    devices_json,
    route_table,
    routes_json,
)
from criu_tui.core.report.queued import with_data
from criu_tui.core.report.section import Section, column
from criu_tui.core.tables.table import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.report.report import Report


def held_by(held: Sequence[Holder]) -> str:
    """ "5:3 6:3": PID and descriptor of everyone who holds a thing; the first few of many."""
    words = [*map(str, held[:8])]
    return " ".join((*words, f"+{len(held) - 8}") if len(held) > 8 else words)


def _first_holder(dump: Dump, files: Sequence[int]) -> int | None:
    return next((held.pid for file_id in files for held in holders(dump).get(file_id, ()) if held.pid), None)


# Sockets


def socket_table(report: Report) -> Table[Socket]:
    """Every socket with both its ends."""
    dump = report.dump
    rows = tuple(sockets(dump).values())

    def peer(row: Socket) -> str:
        found = peer_of(dump, row)
        if found is None:
            return display_safe(row.remote)
        if found.file_id is None:
            return f"{display_safe(found.name)}, not in the dump"
        held = held_by(holders(dump).get(found.file_id, ()))
        return f"{display_safe(found.name)} {held}".rstrip()

    def outside(row: Socket) -> bool:
        found = peer_of(dump, row)
        return row.stream and found is not None and found.file_id is None

    def queued(row: Socket) -> int:
        return sum(each.payload.length for each in queue_of(dump, row))

    table = Table(
        "Sockets",
        (
            column("Family", lambda r: linux.named(r.family, linux.FAMILIES, "family"), rows),
            column("Protocol", protocol_name, rows),
            column("State", lambda r: linux.named(r.state, linux.SOCKET_STATES, "state") if r.state else "", rows),
            column("Local", lambda r: display_safe(r.local), rows),
            column("Peer", peer, rows),
            Column("Queued", lambda r: size(queued(r)) if queued(r) else "", 8, right=True, sort=queued, weight=1),
            column("Held by", lambda r: held_by(holders(dump).get(r.id, ())), rows, weight=2),
        ),
        rows,
        lambda r: (_first_holder(dump, (r.id,)), None),
        lambda r: Tone.WARNING if outside(r) else Tone.PLAIN,
        total=counted(len(rows), "socket"),
        empty="no sockets in this dump",
    )
    return with_data(dump, table, lambda r: [queued.payload for queued in queue_of(dump, r)])


def _sockets_json(report: Report) -> Json:
    dump = report.dump
    found: list[Json] = []
    for each in sockets(dump).values():
        peer = peer_of(dump, each)
        found.append(
            {
                "id": each.id,
                "family": linux.named(each.family, linux.FAMILIES, "family"),
                "type": linux.named(each.type, linux.SOCKET_TYPES, "type"),
                "protocol": protocol_name(each),
                "state": linux.named(each.state, linux.SOCKET_STATES, "state") if each.state else None,
                "local": display_safe(each.local),
                "remote": display_safe(each.remote),
                "inode": each.ino,
                "peer": None if peer is None else {"id": peer.file_id, "name": display_safe(peer.name)},
                "peer_in_dump": None if peer is None else peer.file_id is not None,
                "flags": each.flags,
                "backlog": each.backlog,
                "shutdown": linux.named(each.shutdown, linux.SHUTDOWNS, "shutdown"),
                "net_namespace": each.ns_id,
                "queue": [
                    {"what": part.what, "bytes": part.payload.length, "image": part.payload.image,
                     "offset": part.payload.offset, "files": list(part.files)}
                    for part in queue_of(dump, each)
                ],
                "facts": {display_safe(name): display_safe(words) for name, words in each.facts},
                "held_by": holders_json(holders(dump).get(each.id, ())),
            }
        )  # fmt: skip
    return found


def holders_json(held: Sequence[Holder]) -> list[Json]:
    """Who holds a thing, for programs."""
    return [{"pid": each.pid, "fd": each.fd} for each in held]


# Pipes


def pipe_table(report: Report) -> Table[Pipe]:
    """Every pipe and fifo with both its ends."""
    dump = report.dump
    rows = tuple(pipes(dump).values())

    def length(row: Pipe) -> int:
        return 0 if row.data is None else row.data.payload.length

    table = Table(
        "Pipes",
        (
            column("Pipe", lambda r: f"{'fifo' if r.fifo else 'pipe'}:[{r.number}]", rows),
            column("Written by", lambda r: held_by(r.writers) or "not in the dump", rows),
            Column("In it", lambda r: size(length(r)), 8, right=True, sort=length),
            column("Read by", lambda r: held_by(r.readers) or "not in the dump", rows),
            column("Path", lambda r: display_safe(r.path or ""), rows, weight=1),
        ),
        rows,
        lambda r: (_first_holder(dump, r.files), None),
        lambda r: Tone.WARNING if r.peer_outside else Tone.PLAIN,
        total=counted(len(rows), "pipe"),
        empty="no pipes in this dump",
    )
    return with_data(report.dump, table, lambda r: () if r.data is None else (r.data.payload,))


def _pipes_json(report: Report) -> Json:
    return [
        {
            "pipe": each.number,
            "fifo": each.fifo,
            "path": None if each.path is None else display_safe(each.path),
            "files": list(each.files),
            "readers": holders_json(each.readers),
            "writers": holders_json(each.writers),
            "bytes": 0 if each.data is None else each.data.payload.length,
            "capacity": None if each.data is None else each.data.capacity,
        }
        for each in pipes(report.dump).values()
    ]


# Mounts


def mount_table(report: Report) -> Table[Mount]:
    """The mounts of each namespace, each below what it is mounted on."""
    rows = mounts(report.dump)
    namespaces = {row.namespace for row in rows}
    return Table(
        "Mounts",
        (
            column("Id", lambda r: str(r.id), rows),
            column("Mount point", lambda r: f"{'  ' * min(r.depth, 12)}{display_safe(r.point)}", rows),
            column("Type", lambda r: display_safe(r.file_system), rows),
            column("Source", lambda r: display_safe(r.source), rows, weight=1),
            column("Root", lambda r: display_safe(r.root), rows, weight=4),
            column("External", lambda r: display_safe(r.external), rows, weight=2),
            column("Propagation", lambda r: r.propagation, rows, weight=3),
            column("Options", _mount_options, rows, weight=5),
        ),
        rows,
        lambda r: (None, None),
        lambda r: Tone.WARNING if r.external else Tone.PLAIN,
        total=f"{counted(len(rows), 'mount')} in {counted(len(namespaces), 'namespace')}",
        empty="no mounts in this dump",
    )


def _mount_options(row: Mount) -> str:
    flags = [flag for flag in row.flags if flag not in ("private", "slave", "shared", "unbindable")]
    return display_safe(",".join(filter(None, (*flags, row.options))))


def _mounts_json(report: Report) -> Json:
    return [
        {
            "namespace": each.namespace,
            "id": each.id,
            "parent": each.parent_id,
            "depth": each.depth,
            "type": display_safe(each.file_system),
            "mountpoint": display_safe(each.point),
            "root": display_safe(each.root),
            "source": display_safe(each.source),
            "flags": list(each.flags),
            "options": display_safe(each.options),
            "propagation": each.propagation,
            "external": display_safe(each.external) or None,
            "device": f"{each.device >> 20}:{each.device & 0xFFFFF}",
            "deleted": each.deleted,
            "by_plugin": each.by_plugin,
        }
        for each in mounts(report.dump)
    ]


# Deleted files


def ghost_table(report: Report) -> Table[Ghost]:
    """Files that were deleted while open, with their contents in the dump."""
    rows = ghosts(report.dump)
    return Table(
        "Deleted files",
        (
            column("Image", lambda r: image_of(r.id), rows),
            column("Mode", lambda r: linux.mode_text(r.mode), rows),
            column("Owner", lambda r: f"{r.uid}:{r.gid}", rows, weight=1),
            Column("Size", lambda r: "" if r.size is None else size(r.size), 9, right=True, sort=lambda r: r.size or 0),
            column("Path", lambda r: display_safe(r.path or ""), rows),
        ),
        rows,
        lambda r: (None, None),
        lambda r: Tone.PLAIN,
        total=counted(len(rows), "deleted file"),
        empty="no deleted files in this dump",
    )


def _ghosts_json(report: Report) -> Json:
    return [
        {
            "id": each.id,
            "image": image_of(each.id),
            "path": None if each.path is None else display_safe(each.path),
            "mode": each.mode,
            "uid": each.uid,
            "gid": each.gid,
            "size": each.size,
            "symlink": display_safe(each.symlink_target) or None,
        }
        for each in ghosts(report.dump)
    ]


SECTIONS = (
    Section("sockets", "sockets", socket_table, _sockets_json),
    Section("pipes", "pipes", pipe_table, _pipes_json),
    Section("mounts", "mounts", mount_table, _mounts_json),
    Section("ghosts", "deleted files", ghost_table, _ghosts_json),
    Section("devices", "network devices", device_table, devices_json),
    Section("routes", "routes", route_table, routes_json),
    Section("cgroups", "cgroups", cgroup_table, cgroups_json),
    Section("ipc", "IPC objects", kernel_sections.ipc_table, kernel_sections.ipc_json),
    Section("sysctls", "kernel settings", kernel_sections.sysctl_table, kernel_sections.sysctl_json),
    Section("clocks", "clocks", kernel_sections.clock_table, kernel_sections.clock_json),
    Section("formats", "program formats", kernel_sections.format_table, kernel_sections.format_json),
    Section("bpf_maps", "bpf maps", kernel_sections.bpf_table, kernel_sections.bpf_json),
    Section("rootfs", "root file system", rootfs.table, rootfs.json),
)
"""In the order of the pane and of --print files."""


def json(report: Report) -> dict[str, Json]:
    """Every section by its id."""
    return {section.id: section.json(report) for section in SECTIONS}

"""What the kernel keeps for the tasks of a dump beside files: IPC objects, settings, clocks, formats, bpf maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number, size
from criu_tui.core.dump.bpf_maps import BpfMap, bpf_maps
from criu_tui.core.dump.listed import numbered
from criu_tui.core.dump.namespaces import clocks_of
from criu_tui.core.dump.payloads import Payload, read
from criu_tui.core.dump.sysctls import Format, Sysctl, formats, sysctls
from criu_tui.core.dump.system_v import SystemV, system_v
from criu_tui.core.images import kinds
from criu_tui.core.report.queued import with_data
from criu_tui.core.report.section import column, plain
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table

VALUES_SHOWN = 16
"""Values of semaphores and types of messages that a row shows."""


class IpcRow(NamedTuple):
    """A System V object and the namespace that it lies in."""

    namespace: int
    object: SystemV

    @property
    def parts(self) -> tuple[tuple[str, Payload], ...]:
        """Its bytes, each piece with what it is."""
        found = self.object
        if found.kind == "msg":
            return tuple((f"message of type {kind}", part) for kind, part in zip(found.types, found.parts, strict=True))
        return tuple(("values" if found.kind == "sem" else "segment", part) for part in found.parts)


def ipc_table(report: Report) -> Table[IpcRow]:
    """Shared memory segments, sets of semaphores and queues of messages."""
    dump = report.dump
    rows = tuple(IpcRow(namespace, found) for namespace, found in system_v(dump))
    shown = (
        column("Kind", lambda r: r.object.kind, rows),
        column("Ipc", lambda r: str(r.namespace), rows),
        column("Id", lambda r: str(r.object.id), rows),
        column("Key", lambda r: f"{r.object.key:#010x}", rows),
        column("Mode", lambda r: f"{r.object.mode & 0o777:03o}", rows),
        column("Owner", lambda r: "{}:{}".format(*r.object.owner), rows),
        column("Holds", lambda r: ipc_words(dump, r.object), rows),
    )
    table = plain("IPC objects", shown, rows, "System V object")
    return with_data(dump, table, lambda r: [part for _, part in r.parts])


def ipc_words(dump: Dump, found: SystemV) -> str:
    """ "64 KiB", "values 0 1", "2 messages, 12 bytes, types 1 7"."""
    match found.kind:
        case "shm":
            return size(found.size)
        case "sem":
            values = [str(value) for value in semaphores(dump, found)[:VALUES_SHOWN]]
            return f"{counted(found.size, 'semaphore')}: {' '.join(values)}"
    types = " ".join(map(str, found.types[:VALUES_SHOWN]))
    held = sum(part.length for part in found.parts)
    return f"{counted(found.size, 'message')}, {counted(held, 'byte')}" + (f", types {types}" if types else "")


def semaphores(dump: Dump, found: SystemV) -> tuple[int, ...]:
    """The values of a set; none where they cannot be read."""
    try:
        data = b"".join(read(dump, part) for part in found.parts)
    except ImageError as error:
        dump.note_problem(error.file, error)
        return ()
    return tuple(int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data) - 1, 2))


def ipc_json(report: Report) -> Json:
    """The same for programs."""
    return [
        {
            "kind": found.kind, "namespace": namespace, "id": found.id, "key": found.key, "mode": found.mode,
            "owner": list(found.owner), "creator": list(found.creator), "size": found.size,
            "values": list(semaphores(report.dump, found)) if found.kind == "sem" else None,
            "messages": [
                {"type": kind, "bytes": part.length} for kind, part in zip(found.types, found.parts, strict=False)
            ],
        }
        for namespace, found in system_v(report.dump)
    ]  # fmt: skip


def sysctl_table(report: Report) -> Table[Sysctl]:
    """Settings of IPC, network and UTS namespaces."""
    rows = sysctls(report.dump)
    shown = (
        column("Namespace", lambda r: f"{r.kind} {r.namespace}", rows),
        column("Setting", lambda r: display_safe(r.name), rows),
        column("Value", lambda r: display_safe(r.value, 200), rows),
    )
    return plain("Kernel settings", shown, rows, "setting")


def sysctl_json(report: Report) -> Json:
    """The same for programs."""
    return [
        {
            "kind": each.kind, "namespace": each.namespace, "name": display_safe(each.name),
            "value": display_safe(each.value),
        }
        for each in sysctls(report.dump)
    ]  # fmt: skip


class Clock(NamedTuple):
    """A clock of a time namespace, when dumped."""

    namespace: int
    """0: of a dump without one of its own."""
    name: str
    seconds: int
    nanoseconds: int


def _clocks(dump: Dump) -> tuple[Clock, ...]:
    found: list[Clock] = []
    for namespace, _ in numbered(dump, kinds.TIMENS):
        known = clocks_of(dump, namespace)
        if known is not None:
            found += (Clock(namespace, "monotonic", *known[0]), Clock(namespace, "boottime", *known[1]))
    return tuple(found)


def clock_table(report: Report) -> Table[Clock]:
    """The clocks that a restored time namespace goes on from."""
    rows = _clocks(report.dump)
    shown = (
        column("Time", lambda r: str(r.namespace or ""), rows),
        column("Clock", lambda r: r.name, rows),
        column("When dumped", lambda r: f"{number(r.seconds)}.{r.nanoseconds:09d} s", rows),
    )
    return plain("Clocks", shown, rows, "clock")


def clock_json(report: Report) -> Json:
    """The same for programs."""
    return [
        {"namespace": each.namespace, "clock": each.name, "sec": each.seconds, "nsec": each.nanoseconds}
        for each in _clocks(report.dump)
    ]


def format_table(report: Report) -> Table[Format]:
    """What binfmt_misc hands programs to."""
    rows = formats(report.dump)
    shown = (
        column("Name", lambda r: display_safe(r.name), rows),
        column("Enabled", lambda r: "yes" if r.enabled else "no", rows),
        column("Interpreter", lambda r: display_safe(r.interpreter), rows),
        column("Told by", lambda r: display_safe(r.told_by, 200), rows),
        column("Flags", lambda r: display_safe(r.flags), rows),
    )
    return plain("Program formats", shown, rows, "program format")


def format_json(report: Report) -> Json:
    """The same for programs."""
    return [
        {
            "name": display_safe(each.name), "enabled": each.enabled, "interpreter": display_safe(each.interpreter),
            "flags": display_safe(each.flags), "told_by": display_safe(each.told_by),
        }
        for each in formats(report.dump)
    ]  # fmt: skip


def bpf_table(report: Report) -> Table[BpfMap]:
    """What bpf maps hold."""
    rows = bpf_maps(report.dump)
    shown = (
        column("Map", lambda r: str(r.map_id), rows),
        column("Entries", lambda r: number(r.entries), rows),
        column("Keys", lambda r: counted(r.keys.length, "byte"), rows),
        column("Values", lambda r: counted(r.values.length, "byte"), rows),
    )
    return with_data(report.dump, plain("Bpf maps", shown, rows, "bpf map"), lambda r: [part for _, part in r.parts])


def bpf_json(report: Report) -> Json:
    """The same for programs; bytes in hexadecimal, keys and values one after another."""
    found: list[Json] = []
    for row in bpf_maps(report.dump):
        try:
            keys, values = read(report.dump, row.keys).hex(), read(report.dump, row.values).hex()
        except ImageError as error:
            report.dump.note_problem(error.file, error)
            keys = values = ""
        found.append({"map": row.map_id, "entries": row.entries, "keys": keys, "values": values})
    return found

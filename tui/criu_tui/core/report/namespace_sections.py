"""What lives in the namespaces of a dump: network devices and routes, cgroups and what is set in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.base.text import display_safe
from criu_tui.core.dump.cgroups import cgroups
from criu_tui.core.dump.network import Device, Route, devices, routes
from criu_tui.core.report.section import column, plain

if TYPE_CHECKING:
    from criu_tui.core.base.json import Json
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table


def device_table(report: Report) -> Table[Device]:
    """Network devices with their addresses."""
    rows = devices(report.dump)
    shown = (
        column("Net", lambda r: str(r.namespace), rows),
        column("Device", lambda r: f"{r.number} {display_safe(r.name)}", rows),
        column("Kind", lambda r: r.kind, rows),
        column("Flags", lambda r: " ".join(linux.bits(r.flags, linux.DEVICE_FLAGS)), rows, 2),
        column("Mtu", lambda r: str(r.mtu), rows, 3),
        column("Hardware", lambda r: r.hardware, rows, 4),
        column("Peer", lambda r: r.peer, rows, 5),
        column("Addresses", lambda r: " ".join(r.addresses), rows),
    )
    return plain("Network devices", shown, rows, "network device")


def devices_json(report: Report) -> Json:
    """The same for programs."""
    return [
        {
            "namespace": each.namespace, "index": each.number, "name": display_safe(each.name), "kind": each.kind,
            "mtu": each.mtu, "flags": list(linux.bits(each.flags, linux.DEVICE_FLAGS)), "hardware": each.hardware,
            "addresses": list(each.addresses), "peer": each.peer or None, "master": each.master or None,
        }
        for each in devices(report.dump)
    ]  # fmt: skip


def route_table(report: Report) -> Table[Route]:
    """Routes of every table."""
    rows = routes(report.dump)
    shown = (
        column("Net", lambda r: str(r.namespace), rows),
        column("To", lambda r: r.destination, rows),
        column("By", lambda r: r.gateway, rows),
        column("Device", lambda r: str(r.device or ""), rows),
        column("Table", lambda r: str(r.table), rows, 1),
        column("Metric", lambda r: str(r.metric or ""), rows, 2),
    )
    return plain("Routes", shown, rows, "route")


def routes_json(report: Report) -> Json:
    """The same for programs."""
    return [
        {
            "namespace": each.namespace, "destination": each.destination, "gateway": each.gateway or None,
            "device": each.device, "table": each.table, "metric": each.metric,
        }
        for each in routes(report.dump)
    ]  # fmt: skip


class CgroupRow(NamedTuple):
    """A cgroup, or one of its settings; text is as in the dump."""

    controllers: str
    path: str
    name: str
    value: str


def _cgroup_rows(report: Report) -> tuple[CgroupRow, ...]:
    return tuple(
        CgroupRow(found.controllers, found.path, name, value)
        for found in cgroups(report.dump)
        for name, value in (("", _owner(found.mode, found.uid, found.gid)), *found.settings)
    )


def _owner(mode: int | None, uid: int | None, gid: int | None) -> str:
    return "" if mode is None else f"{linux.mode_text(mode | 0o40000)} {uid}:{gid}"


def cgroup_table(report: Report) -> Table[CgroupRow]:
    """Each cgroup with its owner, then what is set in it."""
    rows = _cgroup_rows(report)
    shown = (
        column("Controllers", lambda r: display_safe(r.controllers) or "unified", rows),
        column("Path", lambda r: display_safe(r.path), rows),
        column("Setting", lambda r: display_safe(r.name), rows),
        column("Value", lambda r: display_safe(r.value, 200), rows),
    )
    return plain("Cgroups", shown, rows, "cgroup or setting")


def cgroups_json(report: Report) -> Json:
    """The same for programs."""
    return [
        {
            "controllers": display_safe(each.controllers), "path": display_safe(each.path), "mode": each.mode,
            "uid": each.uid, "gid": each.gid,
            "properties": {display_safe(name): display_safe(value) for name, value in each.settings},
        }
        for each in cgroups(report.dump)
    ]  # fmt: skip

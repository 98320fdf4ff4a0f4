"""What tasks share: namespaces, mounts, id maps, cgroups; and what the dump and its engine say of themselves."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from criu_tui.core.base.units import number
from criu_tui.core.dump.cgroups import cgroups
from criu_tui.core.dump.container import container_of
from criu_tui.core.dump.mounts import mounts
from criu_tui.core.dump.namespaces import namespaces
from criu_tui.core.dump.network import devices, routes
from criu_tui.core.dump.sysctls import sysctls
from criu_tui.core.dump.system_v import system_v
from criu_tui.core.dump.user_namespace import user_namespace_of
from criu_tui.core.images.messages import text_of
from criu_tui.core.pages.differences.difference import Topic
from criu_tui.core.pages.differences.facts import FactName
from criu_tui.core.pages.differences.files import payload_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.mounts import Mount

_OF_THE_RUN = frozenset(
    {"root_ids", "root_cg_set", "ns_per_id", "dump_uptime", "pre_dump_mode", "dump_criu_run_id", "plugins_entry"}
)
"""Fields of the inventory that are new in each dump, or told elsewhere."""
_ENGINE = (
    "engine", "engine_version", "name", "id", "pod", "namespace", "image", "digest", "runtime", "runtime_version",
    "criu", "created", "hostname",
)  # fmt: skip
"""What an engine says of the container, whenever the checkpoint was taken."""
_RUNNING = ("time",)
"""Kinds of namespaces whose details are clocks."""


def beyond_tasks(dump: Dump, called: Mapping[int, int]) -> dict[FactName, str]:
    """All of these as facts in words; `called` are the PIDs of the tasks of both, as the first has them."""
    return dict(
        chain(
            _of(Topic.NAMESPACE, _namespaces(dump, called)),
            _of(Topic.NAMESPACE, _network(dump)),
            _kernel_settings(dump),
            _of(Topic.NAMESPACE, _system_v(dump)),
            _of(Topic.MOUNT, _mounts(dump)),
            _of(Topic.ID_MAP, _id_maps(dump)),
            _of(Topic.CGROUP, _settings(dump)),
            _of(Topic.INVENTORY, _inventory(dump)),
            _of(Topic.ENGINE, _engine(dump)),
        )
    )


def _of(topic: Topic, told: Iterator[tuple[str, str]]) -> Iterator[tuple[FactName, str]]:
    return ((FactName(topic, name), words) for name, words in told)


def _namespaces(dump: Dump, called: Mapping[int, int]) -> Iterator[tuple[str, str]]:
    """Of each kind: which tasks are together in one, by the first of them; and what its image says."""
    for found in namespaces(dump):
        both = [called[pid] for pid in found.pids if pid in called]
        if not both:
            continue
        whose = "CRIU's own" if found.shared_with_criu else f"with task {both[0]}"
        for pid in both:
            yield f"{found.kind} of {pid}", whose
        if found.detail and found.kind not in _RUNNING:
            yield f"{found.kind} with {both[0]}", found.detail


class _Ordinal:
    """Numbers things from 1 on, in the order that they are met."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}

    def __call__(self, number: int) -> int:
        return self._known.setdefault(number, len(self._known) + 1)


def _network(dump: Dump) -> Iterator[tuple[str, str]]:
    ordinal = _Ordinal()
    for device in devices(dump):
        own = ordinal(device.namespace)
        words = [device.kind, f"mtu {device.mtu}", f"flags {device.flags:#x}", device.hardware, *device.addresses]
        yield f"net {own} device {device.name}", " ".join(filter(None, words))
    for route in routes(dump):
        way = f"{route.destination} table {route.table} metric {route.metric}"
        yield f"net {ordinal(route.namespace)} route {way}", f"by {route.gateway or 'link'} device {route.device}"


def _kernel_settings(dump: Dump) -> Iterator[tuple[FactName, str]]:
    """Those of a network device are left out: a device more would be told by each of them."""
    ordinals = {"ipc": _Ordinal(), "net": _Ordinal()}
    of_devices = {f"net/{family}/conf/{device.name}/" for device in devices(dump) for family in ("ipv4", "ipv6")}
    for each in sysctls(dump):
        # Those of UTS are what its namespace says.
        if each.kind in ordinals and not each.name.startswith(tuple(of_devices)):
            every = FactName(Topic.NAMESPACE, f"{each.kind} {ordinals[each.kind](each.namespace)} settings")
            yield every, "of its own"
            yield FactName(Topic.NAMESPACE, f"{every.name} {each.name}", every), each.value


def _system_v(dump: Dump) -> Iterator[tuple[str, str]]:
    ordinal = _Ordinal()
    for namespace, found in system_v(dump):
        words = [f"key {found.key:#010x} mode {found.mode & 0o777:03o} uid {found.owner[0]} gid {found.owner[1]}"]
        words += [f"size {number(found.size)}", *(payload_words(dump, part) for part in found.parts)]
        yield f"ipc {ordinal(namespace)} {found.kind} {found.id}", ", ".join(words)


def _mounts(dump: Dump) -> Iterator[tuple[str, str]]:
    ordinal = _Ordinal()
    met: dict[tuple[int, str], int] = {}
    for mount in mounts(dump):
        place = ordinal(mount.namespace), mount.point
        met[place] = met.get(place, 0) + 1
        again = f" ({met[place]})" if met[place] > 1 else ""
        space = "" if place[0] == 1 else f"namespace {place[0]} "
        yield f"{space}{mount.point}{again}", _mount(mount)


def _mount(mount: Mount) -> str:
    words = [mount.file_system, mount.source, f"root {mount.root}", *mount.flags, mount.options]
    words += [name for name, number in (("slave", mount.master_id), ("shared", mount.shared_id)) if number]
    words += ["external " + mount.external] if mount.external else []
    words += ["deleted"] if mount.deleted else []
    return " ".join(filter(None, words))


def _id_maps(dump: Dump) -> Iterator[tuple[str, str]]:
    space = user_namespace_of(dump)
    for name, extents in () if space is None else (("uid", space.uid_map), ("gid", space.gid_map)):
        yield name, ", ".join(map(str, extents))


def _settings(dump: Dump) -> Iterator[tuple[str, str]]:
    for group in cgroups(dump):
        place = f"{group.controllers or 'unified'} {group.path}"
        if group.mode is not None:
            yield f"{place} permissions", f"{group.mode:o} uid {group.uid} gid {group.gid}"
        for setting in group.settings:
            yield f"{place} {setting.name}", setting.value.strip()


def _inventory(dump: Dump) -> Iterator[tuple[str, str]]:
    if dump.inventory is None:
        return
    for field, value in dump.inventory.ListFields():
        if field.name not in _OF_THE_RUN:
            yield field.name, str(value)
    if dump.inventory.HasField("plugins_entry"):
        yield "plugins", " ".join(map(text_of, dump.inventory.plugins_entry.plugins))


def _engine(dump: Dump) -> Iterator[tuple[str, str]]:
    found = container_of(dump.source)
    if found is None:
        return
    yield from ((name, getattr(found, name)) for name in _ENGINE if getattr(found, name))
    yield "command", " ".join(found.command)
    for address in found.addresses:
        yield f"address {address.interface}", " ".join((address.ip, address.mac, address.gateway))
    for mount in found.mounts:
        yield f"mount {mount.destination}", " ".join((mount.type, mount.source, *mount.options))

"""The cgroups of a dump: who is in which, and what is set in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import CGROUP_DEPTH_LIMIT, path_cut
from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import cgroup_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump


class Membership(NamedTuple):
    """One line of /proc/PID/cgroup; text is as in the dump."""

    controller: str
    """Empty for the unified hierarchy of version 2."""
    path: str


class Setting(NamedTuple):
    """A file of a cgroup that CRIU restores."""

    name: str
    value: str


class Cgroup(NamedTuple):
    """One directory of a hierarchy."""

    controllers: str
    path: str
    mode: int | None
    uid: int | None
    gid: int | None
    settings: tuple[Setting, ...]


def memberships(dump: Dump, number: int | None) -> tuple[Membership, ...]:
    """The cgroups of a set, which tasks name by its number."""
    if number is None:
        return ()
    return dump.once("cgroup sets", lambda: _sets(dump)).get(number, ())


def _sets(dump: Dump) -> dict[int, tuple[Membership, ...]]:
    return {
        group.id: tuple(Membership(path_cut(text_of(each.name)), path_cut(text_of(each.path))) for each in group.ctls)
        for entry in dump.entries("cgroup.img", kinds.CGROUP, cgroup_pb2.cgroup_entry, single=True)
        for group in entry.sets
    }


def cgroups(dump: Dump) -> tuple[Cgroup, ...]:
    """Every directory of every hierarchy, each below the one that it lies in."""
    return dump.once("cgroups", lambda: tuple(_cgroups(dump)))


def _cgroups(dump: Dump) -> Iterator[Cgroup]:
    for entry in dump.entries("cgroup.img", kinds.CGROUP, cgroup_pb2.cgroup_entry, single=True):
        for controller in entry.controllers:
            names = path_cut(",".join(map(text_of, controller.cnames)))
            rest = [(directory, "", 0) for directory in reversed(controller.dirs)]
            while rest:
                directory, above, depth = rest.pop()
                path = path_cut(f"{above}/{text_of(directory.dir_name).strip('/')}".rstrip("/"))
                perms = directory.dir_perms if directory.HasField("dir_perms") else None
                yield Cgroup(
                    names,
                    path or "/",
                    None if perms is None else perms.mode,
                    None if perms is None else perms.uid,
                    None if perms is None else perms.gid,
                    tuple(Setting(text_of(each.name), text_of(each.value)) for each in directory.properties),
                )
                if depth < CGROUP_DEPTH_LIMIT:
                    rest += ((child, path, depth + 1) for child in reversed(directory.children))

"""Mounts of running processes that CRIU dumps only when they are named as given from outside (--external).

The rules are those of criu/mount.c: resolve_shared_mounts and validate_mounts. Each was tried with CRIU 4.3
(tests/real/test_will_it_dump.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.dump.mounts import FILE_SYSTEMS
from criu_tui.core.live.mounts import LiveMount, live_mounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.live.tree import LiveTree

MADE = frozenset(FILE_SYSTEMS.values()) - {"fuse"}
"""File systems that a restore makes; of fuse CRIU knows the name alone (criu/filesystems.c: always_fail)."""


class Seen(NamedTuple):
    """A mount of one of the mount namespaces that tasks are in."""

    mount: LiveMount
    first: bool
    """Whether it is in the namespace of the first task: only there it can be named."""
    top: bool
    """Whether it is the root of its namespace."""

    @property
    def file_system(self) -> tuple[tuple[int, int], str, str, str]:
        """What two mounts of one file system have in common (mounts_sb_equal)."""
        mount = self.mount
        return mount.device, mount.source, mount.kind, mount.own_options


class External(NamedTuple):
    """A mount that has to come from outside."""

    seen: Seen
    why: str

    @property
    def slave(self) -> bool:
        """Whether it is so for the group that it takes mounts from."""
        return self.why == SLAVE


SLAVE = "it is a slave of mounts that no task sees, and a restore cannot make it one again"
PART = "it shows a part of a file system that is mounted nowhere as a whole"
UNKNOWN = "CRIU makes no file system of its kind"


def external_mounts(tree: LiveTree) -> tuple[list[External], list[External]]:
    """Those that can be named, and those that cannot: of a namespace that is not the first task's own.

    None where all tasks are in the mount namespace of who looks: CRIU then leaves it as it is.
    """
    return tree.once("external mounts", lambda: _external_mounts(tree))


def _external_mounts(tree: LiveTree) -> tuple[list[External], list[External]]:
    if not any(tree.outside(task, "mnt") for task in tree.tasks if task.alive):
        return [], []
    found = list(_not_made(list(_seen(tree))))
    may_be_named = tree.outside(tree.root, "mnt")
    named = [each for each in found if each.seen.first and may_be_named]
    return named, [each for each in found if each not in named and not _comes_along(each, named)]


def _seen(tree: LiveTree) -> Iterator[Seen]:
    spaces = {task.namespace("mnt"): task for task in reversed(tree.tasks) if task.alive}
    for space, task in spaces.items():
        mounts = list(live_mounts(tree.text(task, "mountinfo")))
        known = {mount.id for mount in mounts}
        for mount in mounts:
            yield Seen(mount, space == tree.root.namespace("mnt"), mount.parent not in known)


def _not_made(all_seen: list[Seen]) -> Iterator[External]:
    groups = {each.mount.shared for each in all_seen}
    alike: dict[object, list[Seen]] = {}
    for each in all_seen:
        alike.setdefault(each.file_system, []).append(each)
    for each in all_seen:
        mount, others = each.mount, alike[each.file_system]
        roots = [one.mount for one in others if one.first and one.top and _below(mount.root, one.mount.root)]
        if mount.master and mount.master not in groups and all(root.master != mount.master for root in roots):
            yield External(each, SLAVE)
        elif roots:
            continue
        elif mount.root == "/":
            if mount.kind not in MADE:
                yield External(each, UNKNOWN)
        elif not any(one.mount.root == "/" or (one.top and _below(mount.root, one.mount.root)) for one in others):
            yield External(each, PART)


def _comes_along(one: External, named: Iterable[External]) -> bool:
    """Whether it is bound from a mount that is named."""
    mount = one.seen.mount
    return any(
        other.seen.file_system == one.seen.file_system
        and _below(mount.root, other.seen.mount.root)
        and (not one.slave or other.seen.mount.master == mount.master)
        for other in named
    )


def _below(path: str, base: str) -> bool:
    return path == base or path.startswith(f"{base.rstrip('/')}/")

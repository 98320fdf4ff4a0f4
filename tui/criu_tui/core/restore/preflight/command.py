"""The command line that a restore of these images needs, each option with the reason for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.units import counted
from criu_tui.core.dump.cgroups import cgroups
from criu_tui.core.dump.descriptors import locks
from criu_tui.core.dump.ghosts import remaps
from criu_tui.core.dump.listed import numbered
from criu_tui.core.dump.mounts import mounts
from criu_tui.core.dump.terminals import terminals
from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import (
    netdev_pb2,
    pidns_pb2,
    regfile_pb2,
    remap_file_path_pb2,
    sk_unix_pb2,
    tty_pb2,
)
from criu_tui.core.restore.preflight.lazy import lazy_pages
from criu_tui.core.restore.preflight.mounted import DETECTED, DEVICE, source_of
from criu_tui.core.restore.preflight.network import connections
from criu_tui.core.restore.preflight.unix_sockets import EXTERNAL
from criu_tui.core.restore.preflight.where import own_namespace, root_of
from criu_tui.core.source.directory import Directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt

NETWORK_LOCKS = {1: "nftables", 2: "skip"}
"""inventory.network_lock_method; 0 is iptables, the default."""
TO_NAME = "TO-NAME"
"""Stands for what no image tells."""
UNPACKED = "DIRECTORY-OF-THE-IMAGES"
"""Stands for images that lie in an archive, which CRIU does not open."""


_NETNS = kinds.NETNS, netdev_pb2.netns_entry
_PIDNS = kinds.PIDNS, pidns_pb2.pidns_entry


class Option(NamedTuple):
    """One option with its value."""

    words: tuple[str, ...]
    why: str
    named: bool = True
    """Whether all of it is known; else it holds TO_NAME."""


def restore_command(attempt: Attempt) -> tuple[str, ...]:
    """The words of the command line, not quoted; as in the dump, so make them safe before showing them."""
    source = attempt.dump.source
    images = str(source.path.absolute()) if isinstance(source, Directory) else UNPACKED
    return ("criu", "restore", "-D", images, *(word for option in options(attempt) for word in option.words))


def options(attempt: Attempt) -> tuple[Option, ...]:
    """What the images ask for, in the order of `criu --help`."""
    return attempt.dump.once(
        ("restore options", attempt.around.root, attempt.around.here),
        lambda: tuple(_all(attempt)),
    )


def _all(attempt: Attempt) -> Iterator[Option]:
    yield from _of_tree(attempt)
    yield from _of_files(attempt.dump)
    yield from _of_mounts(attempt)
    yield from _of_namespaces(attempt.dump)


def _of_tree(attempt: Attempt) -> Iterator[Option]:
    dump = attempt.dump
    if own_namespace(dump, "mnt"):
        root = root_of(attempt)
        yield Option(
            ("--root", TO_NAME if root is None else str(root)),
            "the root of the tasks' own mount namespace",
            root is not None,
        )
    if dump.tasks and needs_shell_job(dump):
        yield Option(("--shell-job",), "the session or the terminal of the tasks lies outside the dump")
    if left := lazy_pages(dump):
        yield Option(("--lazy-pages",), f"{counted(left, 'page')} of the dump to be brought by criu lazy-pages")
    if any(group.path != "/" for group in cgroups(dump)):
        yield Option(("--manage-cgroups=soft",), "tasks return to their cgroups, which are made where missing")


def needs_shell_job(dump: Dump) -> bool:
    """Whether the root task leads no session, or a terminal belongs to one outside (criu/pstree.c, criu/tty.c)."""
    top = dump.tasks[0]
    sessions = {task.sid for task in dump.tasks} | {task.pid for task in dump.tasks} | {0}
    outside = any(entry.sid not in sessions for entry in terminals(dump).values())
    return top.sid != top.pid or outside


def _of_files(dump: Dump) -> Iterator[Option]:
    connected = connections(dump)
    inventory = dump.inventory
    if inventory is not None and inventory.tcp_close:
        yield Option(("--tcp-close",), "dumped with it")
    elif connected:
        yield Option(("--tcp-established",), f"{counted(len(connected), 'TCP connection')}")
    if connected and inventory is not None and (lock := NETWORK_LOCKS.get(inventory.network_lock_method)):
        yield Option(("--network-lock", lock), "connections were kept still with it")
    messages = [file.message for file in dump.files.values()]
    if any(isinstance(each, sk_unix_pb2.unix_sk_entry) and each.uflags & EXTERNAL for each in messages):
        yield Option(("--ext-unix-sk",), "unix sockets with the other end outside the dump")
    if locks(dump):
        yield Option(("--file-locks",), "locks on files")
    if any(each.kind == remap_file_path_pb2.LINKED for each in remaps(dump).values()):
        yield Option(("--link-remap",), "deleted files with another name")
    if inventory is not None and inventory.allow_uprobes:
        yield Option(("--allow-uprobes",), "dumped with it")
    number = 3
    for each in messages:
        if isinstance(each, regfile_pb2.reg_file_entry) and each.ext:
            yield _inherited(number, text_of(each.name), "a file that was given from outside")
            number += 1
    for terminal in terminals(dump).values():
        if terminal.type == tty_pb2.EXT_TTY:
            yield _inherited(number, f"tty[{terminal.rdev:x}:{terminal.dev:x}]", "a terminal from outside")
            number += 1


def _inherited(number: int, key: str, what: str) -> Option:
    """A descriptor that who calls CRIU has open."""
    return Option(("--inherit-fd", f"fd[{number}]:{key}"), f"{what}: open it as descriptor {number}", named=False)


def _of_mounts(attempt: Attempt) -> Iterator[Option]:
    detected = ""
    for mount in mounts(attempt.dump):
        if not mount.external:
            continue
        if mount.external == DETECTED:
            flags = ("m" if mount.master_id else "") + ("s" if mount.shared_id else "")
            detected = "".join(sorted({*detected, *flags, ":"}))
        elif mount.external == DEVICE:
            yield Option(
                ("--external", f"dev[{mount.source}]:{TO_NAME}"), f"a device is mounted at {mount.point}", named=False
            )
        else:
            source = source_of(mount) if attempt.around.here else None
            place = TO_NAME if source is None else str(source)
            words = ("--external", f"mnt[{mount.external}]:{place}")
            yield Option(words, f"from outside, mounted at {mount.point}", source is not None)
    if detected:
        flags = detected.replace(":", "")
        yield Option(("--external", f"mnt[]:{flags}" if flags else "mnt[]"), "mounts from outside that CRIU found")


def _of_namespaces(dump: Dump) -> Iterator[Option]:
    keys = [
        *(net.ext_key for _, name in numbered(dump, kinds.NETNS) for net in dump.entries(name, *_NETNS, single=True)),
        *(pid.ext_key for _, name in numbered(dump, kinds.PIDNS) for pid in dump.entries(name, *_PIDNS, single=True)),
    ]
    for number, key in enumerate(filter(None, map(text_of, keys)), 10):
        yield _inherited(number, key, "a namespace from outside")

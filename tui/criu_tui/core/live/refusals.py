"""What of a task CRIU refuses to dump, whatever options it is given, rule by rule.

Each rule was tried on a process of its own with CRIU 4.3 (tests/real/test_will_it_dump.py); where it stands in the
source is said beside it. Memory and files that a plugin takes are told apart by their device.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.idmap import Extent, check_root
from criu_tui.core.images.schema import fdinfo_pb2
from criu_tui.core.live.external import external_mounts
from criu_tui.core.live.files import MEMFD, type_of
from criu_tui.core.live.kinship import shared_by
from criu_tui.core.live.mounts import live_mounts
from criu_tui.core.live.vmas import AIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.live.descriptors import OpenedFile
    from criu_tui.core.live.mounts import LiveMount
    from criu_tui.core.live.process import Process
    from criu_tui.core.live.sockets import LiveSocket
    from criu_tui.core.live.tree import LiveTree

MEMORY_DEVICES = 1
"""Major number of /dev/null, /dev/zero, /dev/urandom and the like, which are opened again as files."""
_MISCELLANEOUS = 10
_OPENED_AGAIN = frozenset({200, 235})
"""Minor numbers among the miscellaneous devices: tun, autofs."""
NVIDIA = 195
GRAPHICS = 226
_NVIDIA = "it takes cuda-checkpoint and CRIU's cuda plugin"
_AMD = "it takes CRIU's amdgpu plugin"
_KERNELS_OWN = ("[vvar]", "[vvar_vclock]", "[vdso]", "[vsyscall]", "[uprobes]")
_SHARED_ONCE = ("pid", "user", "ipc", "uts", "time")
"""Namespaces of which all tasks of a dump must be in one (criu/namespaces.c)."""
_PROTOCOLS = frozenset({0, 6, 17, 136})
"""Of inet sockets: IP, TCP, UDP, UDP-Lite (criu/sk-inet.c)."""
_RAW = 3
_DUMPED_MAPS = ("1", "2")
"""BPF_MAP_TYPE_HASH and BPF_MAP_TYPE_ARRAY."""


class Undumpable(NamedTuple):
    """One thing that CRIU does not dump; texts are safe to show."""

    what: str
    why: str
    advice: str = ""
    path: str | None = None


def of_task(tree: LiveTree, task: Process) -> Iterator[Undumpable]:
    """What is wrong with the task itself: traced, or elsewhere than the first one."""
    if task.pid == tree.reader.pid:
        yield Undumpable("this program is among the tasks", "CRIU cannot dump itself", "look at a task below")
    if task.tracer:
        yield Undumpable(
            f"traced by process {task.tracer}",
            "CRIU traces a task to dump it, and a task has one tracer (compel/src/lib/infect.c)",
            "end the debugger, or whatever traces it",
        )
    if not tree.session(task) and task.alive:
        yield Undumpable(
            "the leader of its session is outside of the pid namespace",
            "the session cannot be made again (criu/pstree.c)",
            "start the container with a session of its own, such as by setsid",
        )
    if task is tree.root:
        return
    for shared in shared_by(task.ppid, task.pid):
        yield Undumpable(
            f"it shares its {shared} with its parent",
            "CRIU dumps no tasks that were cloned so, threads excepted (criu/cr-dump.c)",
            "start it by fork or posix_spawn, or wait until it has ended or called exec",
        )
    for kind in _SHARED_ONCE:
        own = task.namespace(kind)
        if own and own != tree.root.namespace(kind):
            yield Undumpable(
                f"in another {kind} namespace than task {tree.inner(tree.root)}",
                f"CRIU dumps one {kind} namespace for a tree (criu/namespaces.c)",
                "dump the tree within it by itself",
            )


def of_users(tree: LiveTree) -> Iterator[Undumpable]:
    """What is wrong with the user namespace of the first task."""
    if not tree.outside(tree.root, "user"):
        return
    maps = [_extents(tree.text(tree.root, name)) for name in ("uid_map", "gid_map")]
    found = check_root(maps[0], maps[1])
    if not found.ok:
        yield Undumpable("its user namespace has no id 0", found.reason, "map id 0, as by newuidmap PID 0 100000 65536")


def _extents(text: str) -> tuple[Extent, ...]:
    return tuple(Extent(*map(int, line.split())) for line in text.splitlines() if len(line.split()) == 3)


def of_mounts(tree: LiveTree) -> Iterator[Undumpable]:
    """Mounts from outside in a namespace where none can be named."""
    for external in external_mounts(tree)[1]:
        mount = external.seen.mount
        shown = display_safe(mount.point)
        yield Undumpable(
            f"{display_safe(mount.kind)} is mounted at {shown} from outside",
            f"{external.why}; only in a mount namespace of the first task's own it could be named (criu/mount.c)",
            "dump the tree of which the first task is in that mount namespace, or unmount it",
            shown,
        )


def of_memory(tree: LiveTree, task: Process) -> Iterator[Undumpable]:
    """Mappings of devices, of the kernel's own objects, and of System V memory outside of an IPC namespace."""
    for mapped in tree.mappings(task):
        name = mapped.name
        if not name or name in _KERNELS_OWN:
            # Most mappings of a large process have no name.
            continue
        shown = display_safe(name)
        if name.startswith(("anon_inode:", "/secretmem")):
            yield Undumpable(
                f"{shown} is mapped at {mapped.start:x}",
                "CRIU opens mapped files again, and this is no file that can be opened (criu/proc_parse.c)",
                _instead(name),
                shown,
            )
        elif mapped.flags & {"io", "pf"} and not name.startswith(AIO):
            plugin = _plugin(int(mapped.device.partition(":")[0], 16), name)
            yield Undumpable(
                f"the device {shown} is mapped at {mapped.start:x}",
                "its memory belongs to the device (criu/proc_parse.c, handle_device_vma)",
                plugin or "close the device before the dump",
                shown,
            )
        elif name.startswith("/SYSV") and not tree.outside(task, "ipc"):
            yield Undumpable(
                f"System V shared memory is mapped at {mapped.start:x}",
                "CRIU dumps it with an IPC namespace alone (criu/cr-dump.c)",
                "start the process in an IPC namespace of its own, such as by unshare --ipc",
                shown,
            )


def _instead(name: str) -> str:
    return "make the program do without io_uring (UV_USE_IO_URING=0 for Node.js)" if "io_uring" in name else ""


def _plugin(major: int, name: str) -> str:
    """What dumps a graphics card; empty for any other device."""
    if major == NVIDIA or name.startswith("/dev/nvidia"):
        return _NVIDIA
    return _AMD if major == GRAPHICS or name.startswith(("/dev/kfd", "/dev/dri/")) else ""


def of_files(tree: LiveTree, task: Process) -> Iterator[tuple[OpenedFile, Undumpable]]:
    """Descriptors of kinds that CRIU has no images for, and files that lie on no mount of the task."""
    mounts = _mounts_of_all(tree)
    for opened in tree.files(task):
        found = _of_file(tree, task, opened, mounts)
        if found is not None:
            yield opened, found


def _mounts_of_all(tree: LiveTree) -> dict[int, LiveMount]:
    """The mounts of all mount namespaces that tasks are in: a file may be of any of them."""
    spaces = {task.namespace("mnt"): task for task in tree.tasks if task.alive}
    texts = (tree.text(task, "mountinfo") for task in spaces.values())
    return tree.once("mounts", lambda: {mount.id: mount for text in texts for mount in live_mounts(text)})


def of_build(tree: LiveTree, task: Process) -> Iterator[tuple[OpenedFile, Undumpable]]:
    """Descriptors that CRIU dumps or not by how it was built, and what the host has."""
    for opened in tree.files(task):
        shown = display_safe(opened.target)
        if opened.anonymous == "bpf-map" and opened.first("map_type") in _DUMPED_MAPS:
            yield opened, Undumpable(shown, "a CRIU that was built with libbpf dumps it, others do not", "", shown)
        if opened.target.startswith(MEMFD) and opened.status is not None and opened.status.st_blksize > PAGE:
            yield (
                opened,
                Undumpable(f"{shown} is of huge pages", "CRIU needs free huge pages here to tell it", "", shown),
            )


def _of_file(tree: LiveTree, task: Process, opened: OpenedFile, mounts: dict[int, LiveMount]) -> Undumpable | None:
    kind, shown = type_of(opened, tree.sockets(task)), display_safe(opened.target)
    if opened.anonymous == "bpf-map" and opened.first("map_type") not in _DUMPED_MAPS:
        kinds = "hash tables and arrays are dumped, other kinds of maps not (criu/bpfmap.c)"
        return Undumpable(f"{shown} of kind {display_safe(opened.first('map_type'))}", kinds, "", shown)
    if opened.anonymous and kind == fdinfo_pb2.UND:
        return Undumpable(shown, "CRIU has no image for such a file (criu/files.c)", _instead(opened.target), shown)
    if kind == fdinfo_pb2.PIDFD:
        return _of_pidfd(tree, opened, shown)
    if kind == fdinfo_pb2.NS:
        return _of_namespace(tree, opened, shown)
    if stat.S_ISBLK(opened.mode):
        return Undumpable(f"block device {shown}", "CRIU opens no block device again (criu/files.c)", "", shown)
    if stat.S_ISCHR(opened.mode) and kind == fdinfo_pb2.REG and not _opened_again(opened):
        major, minor = opened.device
        plugin = _plugin(major, opened.target)
        return Undumpable(
            f"character device {major}:{minor} {shown}",
            "the state of a device is the driver's (criu/files.c, dump_chrdev)",
            plugin or "close it before the dump",
            shown,
        )
    if kind != fdinfo_pb2.REG or opened.mount < 0 or not mounts:
        return None
    if opened.mount not in mounts:
        return Undumpable(
            f"{shown} lies on no mount of the task",
            f"mount {opened.mount} is not in its mountinfo: it was unmounted, or is the kernel's own or of "
            "another mount namespace (criu/files-reg.c)",
            "close it, or give --external 'file[MOUNT:INODE]'",
            shown,
        )
    above = next((each for each in mounts.values() if each.parent == opened.mount and _within(opened.path, each)), None)
    if above is not None:
        hidden = f"{shown} is hidden by what is mounted on {display_safe(above.point)}"
        return Undumpable(hidden, "CRIU cannot reach it by its name (criu/files-reg.c)", "close it", shown)
    return None


def _opened_again(opened: OpenedFile) -> bool:
    """Whether a character device is dumped as the file that it is, which lies on a mount like others."""
    major, minor = opened.device
    return major == MEMORY_DEVICES or (major == _MISCELLANEOUS and minor in _OPENED_AGAIN)


def _within(path: str, mount: LiveMount) -> bool:
    return path == mount.point or path.startswith(f"{mount.point.rstrip('/')}/")


def _of_pidfd(tree: LiveTree, opened: OpenedFile, shown: str) -> Undumpable | None:
    pid = int(opened.first("Pid") or -1)
    if pid > 0 and pid not in {task.pid for task in tree.tasks}:
        return Undumpable(
            f"pidfd of process {pid}, which is not among the tasks",
            "only a task of the dump can be referred to again (criu/pidfd.c)",
            "dump a tree that holds both, or close it",
            shown,
        )
    return None


def _of_namespace(tree: LiveTree, opened: OpenedFile, shown: str) -> Undumpable | None:
    known = {number for task in (*tree.tasks, tree.reader) for _, number in task.namespaces}
    if opened.inode in known:
        return None
    return Undumpable(f"{shown}: no task is in that namespace", "it is not in the dump (criu/namespaces.c)", "", shown)


def of_sockets(tree: LiveTree, task: Process) -> Iterator[tuple[OpenedFile, Undumpable]]:
    """Sockets of protocols that CRIU does not know, with answers unread, or whose other end stays behind."""
    for opened in tree.files(task):
        if not opened.target.startswith("socket:"):
            continue
        socket = tree.sockets(task).get(opened.inode)
        found = _unknown_socket(opened) if socket is None else _of_socket(tree, socket)
        if found is not None:
            yield opened, found


def _unknown_socket(opened: OpenedFile) -> Undumpable:
    shown = display_safe(opened.target)
    return Undumpable(
        f"{shown} is of no family that CRIU dumps",
        "unix, inet, netlink and packet sockets are dumped, others such as vsock and alg not (criu/sockets.c)",
        "close it before the dump",
        shown,
    )


def _of_socket(tree: LiveTree, socket: LiveSocket) -> Undumpable | None:
    name = f"socket:[{socket.inode}]"
    if socket.family in (2, 10) and socket.type != _RAW and socket.protocol not in _PROTOCOLS:
        go = "for Go programs GODEBUG=multipathtcp=0" if socket.protocol == 262 else ""
        return Undumpable(
            f"{name} is of protocol {socket.protocol}", "TCP, UDP and UDP-Lite are dumped (criu/sk-inet.c)", go
        )
    if socket.family == 16 and socket.queued:
        return Undumpable(
            f"netlink {name} has answers that nobody has read",
            "they cannot be sent again (criu/sk-netlink.c)",
            "try again",
        )
    if socket.family == 1 and socket.type != 2 and socket.peer and socket.peer not in tree.held_sockets:
        return Undumpable(
            f"unix {name}: the other end, inode {socket.peer}, belongs to no task of the tree",
            "half of a connection cannot be made again (criu/sk-unix.c)",
            "dump a tree that holds both ends, or close the connection; --external 'unix[INODE]' leaves it to a plugin",
        )
    return None

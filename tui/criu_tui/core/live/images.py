"""The images that a dump of running processes would begin with, made in memory: tasks, VMAs, pages, files, namespaces.

Ids of tasks are those inside the pid namespace of the first one, ids of users those inside its user namespace, as a
dump has them (criu/pstree.c, criu/cr-dump.c). The bytes of pages are not read.
"""

from __future__ import annotations

import platform
import threading
from functools import partial
from typing import TYPE_CHECKING

from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.idmap import Extent, IdMap, inwards
from criu_tui.core.dump.task import TASK_ALIVE, TASK_STOPPED, TASK_ZOMBIE
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode
from criu_tui.core.images.schema import (
    core_pb2,
    creds_pb2,
    fdinfo_pb2,
    fs_pb2,
    inventory_pb2,
    mm_pb2,
    pstree_pb2,
    userns_pb2,
)
from criu_tui.core.live.files import LiveFiles
from criu_tui.core.live.mounts import mount_entries
from criu_tui.core.live.process import NAMESPACES
from criu_tui.core.live.vmas import entries, guards, pagemap, vmas
from criu_tui.core.pages.reader import encode_pagemap

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.live.process import Process
    from criu_tui.core.live.tree import LiveTree

_ARCHITECTURES = {
    "x86_64": core_pb2.core_entry.X86_64,
    "armv7l": core_pb2.core_entry.ARM,
    "aarch64": core_pb2.core_entry.AARCH64,
    "ppc64le": core_pb2.core_entry.PPC64,
    "s390x": core_pb2.core_entry.S390,
    "mips64": core_pb2.core_entry.MIPS,
    "loongarch64": core_pb2.core_entry.LOONGARCH64,
    "riscv64": core_pb2.core_entry.RISCV64,
}
_STATES = {"Z": TASK_ZOMBIE, "X": TASK_ZOMBIE, "T": TASK_STOPPED}
_KNOWN_LIMITS = ("cpu time", "file size", "data size", "stack size", "core file size", "resident set", "processes",
                 "open files", "locked memory", "address space", "file locks", "pending signals", "msgqueue size",
                 "nice priority", "realtime priority", "realtime timeout")  # fmt: skip
"""Lines of /proc/PID/limits, in the order of RLIMIT_*."""
_UNLIMITED = (1 << 64) - 1


class LiveImages:
    """Images by name; each is made when it is first asked for, from one thread at a time."""

    def __init__(self, tree: LiveTree) -> None:
        self.tree = tree
        self.sizes: dict[str, int] = {}
        """Bytes of each image of pages that has been counted: they are not there to be read."""
        self._lock = threading.RLock()
        self._files = LiveFiles(tree)
        self._spaces: dict[tuple[str, int], int] = {}
        self._made: dict[str, bytes] = {}
        self._vmas: dict[int, list[Vma]] = {}
        own = tree.root.namespace("user")
        self._outer = tree.reader.namespace("user")
        self._maps = None if own in (0, self._outer) else (self._map("uid_map"), self._map("gid_map"))
        self._makers = dict(self._plan())

    @property
    def names(self) -> frozenset[str]:
        """Of all images, those of pages included."""
        return frozenset(self._makers)

    def read(self, name: str) -> bytes:
        """The bytes of an image; KeyError without such an image."""
        make = self._makers[name]
        with self._lock:
            if name not in self._made:
                self._made[name] = make()
            return self._made[name]

    def _plan(self) -> dict[str, Callable[[], bytes]]:
        """What makes each image. Files are numbered as tasks come to them, so that files.img is made after all."""
        tree = self.tree
        made: dict[str, Callable[[], bytes]] = {
            "inventory.img": self._inventory,
            "pstree.img": self._pstree,
            "files.img": self._all_files,
            "memfd.img": lambda: self._after_files(kinds.MEMFD_INODE, self._files.memfds),
            "tty-info.img": lambda: self._after_files(kinds.TTY_INFO, self._files.terminals),
        }
        for number, task in enumerate(tree.tasks, start=1):
            pid = tree.inner(task)
            made[f"core-{pid}.img"] = partial(self._core, task)
            made[f"ids-{pid}.img"] = partial(self._own_ids, task)
            if not task.alive:
                continue
            made |= {f"core-{tid}.img": partial(self._other_thread, task) for tid in tree.threads(task)[1:]}
            made[f"mm-{pid}.img"] = partial(self._mm, task)
            made[f"pagemap-{pid}.img"] = partial(self._pagemap, task, number)
            made[f"pages-{number}.img"] = bytes
            made[f"fdinfo-{pid}.img"] = partial(self._fdinfo, task)
            made[f"fs-{pid}.img"] = partial(self._fs, task)
        if self._maps is not None:
            made[f"userns-{self._space('user', tree.root)}.img"] = self._userns
        if tree.outside(tree.root, "mnt"):
            name = f"mountpoints-{self._space('mnt', tree.root)}.img"
            made[name] = lambda: encode(kinds.MNTS, mount_entries(tree.text(tree.root, "mountinfo")))
        return made

    # Namespaces and users

    def _space(self, kind: str, task: Process) -> int:
        return self._spaces.setdefault((kind, task.namespace(kind)), len(self._spaces) + 1)

    def _map(self, name: str) -> IdMap:
        lines = (line.split() for line in self.tree.text(self.tree.root, name).splitlines())
        return tuple(Extent(*map(int, words)) for words in lines if len(words) == 3)

    def _inside(self, number: int, which: int) -> int:
        """A user (0) or group (1) as it is called inside the user namespace."""
        found = inwards(None if self._maps is None else self._maps[which], number).kernel
        return 0xFFFFFFFF if found is None else found

    def _userns(self) -> bytes:
        assert self._maps is not None
        made = userns_pb2.userns_entry()
        for extents, into in zip(self._maps, (made.uid_map, made.gid_map), strict=True):
            for extent in extents:
                into.add(first=extent.first, lower_first=extent.lower_first, count=extent.count)
        return encode(kinds.USERNS, (made,))

    def _ids(self, task: Process) -> core_pb2.task_kobj_ids_entry:
        pid = self.tree.inner(task)
        made = core_pb2.task_kobj_ids_entry(vm_id=pid, files_id=pid, fs_id=pid, sighand_id=pid)
        for kind in NAMESPACES:
            if task.namespace(kind):
                setattr(made, f"{kind}_ns_id", self._space(kind, task))
        return made

    def _own_ids(self, task: Process) -> bytes:
        return encode(kinds.IDS, (self._ids(task),))

    # The tree

    def _inventory(self) -> bytes:
        own = self._ids(self.tree.reader)
        made = inventory_pb2.inventory_entry(img_version=2, fdinfo_per_id=True, ns_per_id=True, root_ids=own)
        return encode(kinds.INVENTORY, (made,))

    def _pstree(self) -> bytes:
        tree = self.tree
        inner = {task.pid: tree.inner(task) for task in tree.tasks}
        return encode(
            kinds.PSTREE,
            (
                pstree_pb2.pstree_entry(
                    pid=inner[task.pid],
                    ppid=0 if task is tree.root else inner.get(task.ppid, inner[tree.root.pid]),
                    pgid=tree.group(task),
                    sid=tree.session(task),
                    threads=tree.threads(task),
                )
                for task in tree.tasks
            ),
        )

    def _core(self, task: Process) -> bytes:
        made = self._thread(task)
        own = made.tc
        own.task_state = _STATES.get(task.state, TASK_ALIVE)
        own.exit_code, own.personality, own.flags, own.blk_sigset = task.exit_code & 0xFFFFFFFF, 0, 0, 0
        own.comm = task.comm
        limits = self.tree.text(task, "limits").splitlines()[1:]
        if len(limits) == len(_KNOWN_LIMITS):
            for line in limits:
                soft, hard = line[26:].split()[:2]
                own.rlimits.rlimits.add(cur=_limit(soft), max=_limit(hard))
        return encode(kinds.CORE, (made,))

    def _other_thread(self, task: Process) -> bytes:
        return encode(kinds.CORE, (self._thread(task),))

    def _thread(self, task: Process) -> core_pb2.core_entry:
        made = core_pb2.core_entry(mtype=_ARCHITECTURES.get(platform.machine(), core_pb2.core_entry.UNKNOWN))
        made.thread_core.futex_rla = made.thread_core.futex_rla_len = 0
        if len(task.uids) == len(task.gids) == 4:
            made.thread_core.creds.CopyFrom(self._creds(task))
        return made

    def _creds(self, task: Process) -> creds_pb2.creds_entry:
        uids, gids = ([self._inside(each, which) for each in ids] for which, ids in enumerate((task.uids, task.gids)))
        sets = [(each & 0xFFFFFFFF, each >> 32) for each in task.capabilities]
        return creds_pb2.creds_entry(
            uid=uids[0], euid=uids[1], suid=uids[2], fsuid=uids[3],
            gid=gids[0], egid=gids[1], sgid=gids[2], fsgid=gids[3],
            groups=[self._inside(each, 1) for each in task.groups],
            cap_inh=sets[0], cap_prm=sets[1], cap_eff=sets[2], cap_bnd=sets[3], cap_amb=sets[4],
            secbits=0, no_new_privs=task.no_new_privileges,
        )  # fmt: skip

    # Memory

    def _vmas_of(self, task: Process) -> list[Vma]:
        with self._lock:
            if task.pid not in self._vmas:
                made = list(vmas(self.tree.mappings(task), partial(self._files.of_mapping, task)))
                self._vmas[task.pid] = [*made, *guards(self.tree.pages(task) or ())]
            return self._vmas[task.pid]

    def _mm(self, task: Process) -> bytes:
        made = mm_pb2.mm_entry(exe_file_id=self._executable(task))
        begin_code, end_code, stack, begin_data, end_data, brk, *ends = task.layout
        made.mm_start_code, made.mm_end_code, made.mm_start_stack = begin_code, end_code, stack
        made.mm_start_data, made.mm_end_data, made.mm_start_brk = begin_data, end_data, brk
        heap = next((each.end for each in self.tree.mappings(task) if each.name == "[heap]"), brk)
        made.mm_brk = heap
        made.mm_arg_start, made.mm_arg_end, made.mm_env_start, made.mm_env_end = ends
        for vma in self._vmas_of(task):
            made.vmas.add(
                start=vma.start, end=vma.end, pgoff=vma.pgoff, shmid=vma.shmid,
                prot=vma.prot, flags=vma.flags, status=vma.status, fd=vma.fd, madv=vma.madv or None,
            )  # fmt: skip
        return encode(kinds.MM, (made,))

    def _executable(self, task: Process) -> int:
        target = self.tree.directory(task, "exe").target
        mapped = next((each for each in self.tree.mappings(task) if each.inode and each.name == target), None)
        if mapped is not None:
            return self._files.of_mapping(task, mapped)
        return self._files.of_opened(task, self.tree.directory(task, "exe"))[0]

    def _pagemap(self, task: Process, number: int) -> bytes:
        found = entries(pagemap(self._vmas_of(task), self.tree.pages(task) or ()))
        self.sizes[f"pages-{number}.img"] = sum(pages for _, pages, _ in found) * PAGE
        return encode_pagemap(number, found)

    def pages_size(self, name: str) -> int:
        """Bytes that an image of pages would have."""
        number = int(name.removeprefix("pages-").removesuffix(".img"))
        self.read(f"pagemap-{self.tree.inner(self.tree.tasks[number - 1])}.img")
        return self.sizes[name]

    # Files

    def _fdinfo(self, task: Process) -> bytes:
        made = []
        for opened in self.tree.files(task):
            number, kind = self._files.of_opened(task, opened)
            flags = 1 if opened.flags & 0o2000000 else 0
            made.append(fdinfo_pb2.fdinfo_entry(id=number, flags=flags, type=kind, fd=opened.fd))  # type: ignore[arg-type]
        return encode(kinds.FDINFO, made)

    def _fs(self, task: Process) -> bytes:
        cwd, root = (self._files.of_opened(task, self.tree.directory(task, name))[0] for name in ("cwd", "root"))
        return encode(kinds.FS, (fs_pb2.fs_entry(cwd_id=cwd, root_id=root, umask=task.umask),))

    def _all_files(self) -> bytes:
        for name in sorted(self._makers):
            if name.startswith(("mm-", "fdinfo-", "fs-")):
                self.read(name)
        return encode(kinds.FILES, self._files.entries())

    def _after_files(self, kind: kinds.ImageKind, made: Callable[[], object]) -> bytes:
        self.read("files.img")
        return encode(kind, made())  # type: ignore[arg-type]


def _limit(text: str) -> int:
    return _UNLIMITED if text == "unlimited" else int(text)

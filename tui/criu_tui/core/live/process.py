"""One process and its threads, as /proc tells of them; and the tree below a process.

Sources: proc(5), proc_pid_status(5), proc_pid_stat(5).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from criu_tui.core.base.kernel_files import lines
from criu_tui.core.base.limits import TASK_LIMIT
from criu_tui.core.source.error import reason_of

PROC = Path("/proc")
NAMESPACES = ("pid", "net", "ipc", "uts", "mnt", "user", "cgroup", "time")
_ZOMBIE, _DEAD = "Z", "Xx"
_STOPPED = "T"


class LiveError(Exception):
    """A process cannot be read; the message is one line that names what of it, and why."""


class Process(NamedTuple):
    """A task by what the kernel says of it; ids of users are those that the reader sees."""

    pid: int
    """As the reader sees it."""
    ppid: int
    pgid: int
    sid: int
    inner: tuple[int, ...]
    """Its pid in each pid namespace that it is in, the reader's first; so are the next three."""
    inner_pgid: tuple[int, ...]
    inner_sid: tuple[int, ...]
    inner_tids: tuple[tuple[int, ...], ...]
    """Of each of its threads, the first one first."""
    tids: tuple[int, ...]
    comm: str
    state: str
    """One letter, as in /proc/PID/stat."""
    terminal: int
    """Device number of its controlling terminal; 0 without one."""
    tracer: int
    """PID of the task that traces it, 0 for none; of a thread that is traced, too."""
    uids: tuple[int, ...]
    """Real, effective, saved and of the file system."""
    gids: tuple[int, ...]
    groups: tuple[int, ...]
    capabilities: tuple[int, ...]
    """Inheritable, permitted, effective, bounding and ambient sets."""
    no_new_privileges: int
    seccomp: int
    umask: int
    rss: int
    """Bytes."""
    flags: int
    exit_code: int
    layout: tuple[int, ...]
    """start_code, end_code, start_stack, start_data, end_data, start_brk, arg_start, arg_end, env_start, env_end."""
    namespaces: tuple[tuple[str, int], ...]
    """Kind and inode; empty where they may not be seen."""

    @property
    def alive(self) -> bool:
        """Whether it has an address space."""
        return self.state not in (_ZOMBIE, *_DEAD)

    @property
    def stopped(self) -> bool:
        """Whether a signal has stopped it."""
        return self.state == _STOPPED

    @property
    def kernel_thread(self) -> bool:
        """Whether it is a thread of the kernel (PF_KTHREAD), which has no memory of its own."""
        return bool(self.flags & 0x200000)

    def namespace(self, kind: str) -> int:
        """The inode of its namespace; 0 where that may not be seen."""
        return dict(self.namespaces).get(kind, 0)


def read(path: Path) -> bytes:
    """All of a file of /proc. Raises LiveError."""
    try:
        with path.open("rb", buffering=0) as file:
            return file.readall()
    except OSError as error:
        raise LiveError(f"{path}: {reason_of(error)}") from error


def link(path: Path) -> str:
    """Where a link of /proc leads, as the kernel writes it; empty where that may not be seen. Never raises."""
    try:
        return str(path.readlink())
    except OSError:
        return ""


def process(pid: int) -> Process:
    """What the kernel says of a process. Raises LiveError when there is none, or it ends meanwhile."""
    where = PROC / str(pid)
    status = _status(where / "status")
    comm, stat = _stat(where / "stat")
    tids = [pid]
    try:
        tids += sorted(int(each.name) for each in (where / "task").iterdir() if int(each.name) != pid)
    except OSError as error:
        raise LiveError(f"{where / 'task'}: {reason_of(error)}") from error
    threads = [status, *(_thread(where / "task" / str(tid) / "status") for tid in tids[1:])]
    inner = _numbers(status, "NSpid") or (pid,)
    return Process(
        pid=pid,
        ppid=int(stat[1]),
        pgid=int(stat[2]),
        sid=int(stat[3]),
        inner=inner,
        inner_pgid=_numbers(status, "NSpgid") or (int(stat[2]),),
        inner_sid=_numbers(status, "NSsid") or (int(stat[3]),),
        inner_tids=tuple(_numbers(of, "NSpid") or (tid,) for tid, of in zip(tids, threads, strict=True)),
        tids=tuple(tids),
        comm=comm,
        state=stat[0],
        terminal=int(stat[4]),
        tracer=next((traced for of in threads if (traced := _number(of, "TracerPid"))), 0),
        uids=_numbers(status, "Uid"),
        gids=_numbers(status, "Gid"),
        groups=_numbers(status, "Groups"),
        capabilities=tuple(
            int(status.get(name, "0"), 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
        ),
        no_new_privileges=_number(status, "NoNewPrivs"),
        seccomp=_number(status, "Seccomp"),
        umask=int(status.get("Umask", "22"), 8),
        rss=_number(status, "VmRSS") * 1024,
        flags=int(stat[6]),
        exit_code=int(stat[49]),
        layout=tuple(int(stat[index]) for index in (23, 24, 25, 42, 43, 44, 45, 46, 47, 48)),
        namespaces=tuple(_namespaces(where / "ns")),
    )


def tree(pid: int) -> list[Process]:
    """A process and all below it, parents first. Raises LiveError when the first of them cannot be read.

    The others may end, or start, while they are read: those that have ended are left out.
    """
    found = [process(pid)]
    for above in found:
        for child in _children(above):
            if len(found) == TASK_LIMIT:
                return found
            try:
                found.append(process(child))
            except LiveError:
                continue
    return found


def _children(above: Process) -> list[int]:
    children: set[int] = set()
    for tid in above.tids:
        try:
            children.update(map(int, read(PROC / str(above.pid) / "task" / str(tid) / "children").split()))
        except LiveError:
            continue
    return sorted(children)


def _status(path: Path) -> dict[str, str]:
    fields = (line.partition(":") for line in lines(read(path).decode(errors="replace")))
    return {name: value.strip() for name, _, value in fields}


def _thread(path: Path) -> dict[str, str]:
    try:
        return _status(path)
    except LiveError:
        # It has ended.
        return {}


def _numbers(status: dict[str, str], name: str) -> tuple[int, ...]:
    return tuple(map(int, status.get(name, "").split()))


def _number(status: dict[str, str], name: str) -> int:
    return int((status.get(name) or "0").split()[0])


def _stat(path: Path) -> tuple[str, list[str]]:
    """The name, which may hold any character, and the fields after it."""
    text = read(path).decode(errors="replace")
    begin, end = text.index("("), text.rindex(")")
    return text[begin + 1 : end], text[end + 2 :].split()


def _namespaces(where: Path) -> list[tuple[str, int]]:
    found = []
    for kind in NAMESPACES:
        _, _, number = link(where / kind).partition(":")
        if number:
            found.append((kind, int(number.strip("[]"))))
    return found

"""What is true of a machine that may restore, beside its memory: read here from /proc and /sys, or given as JSON."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base import linux
from criu_tui.core.base.kernel_files import lines
from criu_tui.core.dump.namespaces import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOLS = ("ip", "iptables", "iptables-restore", "ip6tables", "ip6tables-restore", "nft", "tar")
"""What CRIU runs beside itself (criu/net.c, criu/tty.c)."""
PLUGINS = ("/usr/lib/criu", "/usr/local/lib/criu", "/usr/lib64/criu", "/usr/lib/x86_64-linux-gnu/criu")
"""Where CRIU's packages put them; CRIU_LIBS_DIR names another place."""
SYSCTLS = (
    "fs/nr_open",
    "fs/aio-max-nr",
    "fs/aio-nr",
    "kernel/pid_max",
    "vm/max_map_count",
    "net/ipv4/ip_nonlocal_bind",
    *(f"user/max_{kind}_namespaces" for kind in KINDS),
)
LISTENING = 0x0A
HARD_COLUMNS = slice(47, 68)
"""Columns of /proc/PID/limits (fs/proc/base.c: proc_pid_limits)."""
_PROTOCOLS = ("tcp", "udp", "udplite")


class Port(NamedTuple):
    """A local port that a socket here has."""

    protocol: str
    """ "tcp", "udp" or "udplite"."""
    address: str
    """ "0.0.0.0", "::1"."""
    port: int
    listens: bool


class HostRange(NamedTuple):
    """An extent of /proc/self/uid_map: `length` ids from `first` on exist here."""

    first: int
    length: int


@dataclass(frozen=True, slots=True)
class Machine:
    """Facts of a machine and of who would restore on it; None where one is not known."""

    kernel: str | None = None
    """ "6.18.4"."""
    arch: str | None = None
    """As uname(2) says it: "x86_64"."""
    uid: int | None = None
    """Who would restore."""
    permitted: int | None = None
    """Capabilities of who would restore, bit by bit."""
    bounding: int | None = None
    last_capability: int | None = None
    ids: frozenset[int] | None = None
    """Ids of tasks, threads, process groups and sessions that are taken."""
    uids: tuple[HostRange, ...] | None = None
    """Which user ids exist in the namespace of who would restore."""
    gids: tuple[HostRange, ...] | None = None
    namespaces: frozenset[str] | None = None
    """Kinds that the kernel knows."""
    cpu: str | None = None
    """ "GenuineIntel 6 85": vendor, family, model."""
    cpu_flags: frozenset[str] | None = None
    file_systems: frozenset[str] | None = None
    """Those that are loaded."""
    controllers: frozenset[str] | None = None
    """Of cgroups, those that are enabled."""
    hierarchies: frozenset[str] | None = None
    """Controllers of cgroups of version 1, those that are mounted together joined as in "cpu,cpuacct"."""
    delegated: frozenset[str] | None = None
    """Controllers that groups of version 2 make use of."""
    userfaultfd: bool | None = None
    seccomp: bool | None = None
    soft_dirty: bool | None = None
    """Whether the kernel keeps in mind which pages were written (CONFIG_MEM_SOFT_DIRTY)."""
    hard_limits: tuple[tuple[str, int], ...] | None = None
    """Of who would restore, by the names of linux.RLIMITS; linux.UNLIMITED where there is none."""
    lsm: str | None = None
    """ "apparmor", "selinux" or "none", as CRIU finds it (criu/lsm.c)."""
    profiles: frozenset[str] | None = None
    """Of AppArmor, those that are loaded."""
    addresses: frozenset[str] | None = None
    """Networks that are local to the machine: "127.0.0.0/8", "10.0.0.5/32", "::1/128"."""
    ports: tuple[Port, ...] | None = None
    interfaces: frozenset[str] | None = None
    tools: frozenset[str] | None = None
    """Which of TOOLS are installed."""
    plugins: frozenset[str] | None = None
    """Of CRIU: "cuda_plugin"."""
    sysctls: tuple[tuple[str, int], ...] = ()
    """Numbers by name, with slashes: those of SYSCTLS that the kernel has."""

    @property
    def release(self) -> tuple[int, int] | None:
        """(6, 18) of the kernel; None where it is not known."""
        found = re.match(r"(\d{1,4})\.(\d{1,4})", self.kernel or "")
        return None if found is None else (int(found[1]), int(found[2]))

    def sysctl(self, name: str) -> int | None:
        """One of SYSCTLS; None where it is not known."""
        return dict(self.sysctls).get(name)


def this_machine(proc: Path = Path("/proc"), sys: Path = Path("/sys")) -> Machine:
    """The machine that this runs on, and who runs this."""
    own = os.uname()
    status = dict(_pairs(proc / "self/status"))
    cpu = dict(_pairs(proc / "cpuinfo", "\n\n"))
    vendor = " ".join(cpu.get(key, "?") for key in ("vendor_id", "cpu family", "model"))
    systems = frozenset(line.split()[-1] for line in _lines(proc / "filesystems") if line.split())
    return Machine(
        kernel=own.release,
        arch=own.machine,
        uid=os.geteuid(),
        permitted=_hexadecimal(status.get("CapPrm")),
        bounding=_hexadecimal(status.get("CapBnd")),
        last_capability=_number(proc / "sys/kernel/cap_last_cap"),
        ids=frozenset(_taken(proc)),
        uids=_ranges(proc / "self/uid_map"),
        gids=_ranges(proc / "self/gid_map"),
        namespaces=_names(proc / "self/ns", "|".join(KINDS)),
        cpu=vendor if "vendor_id" in cpu else None,
        cpu_flags=frozenset(cpu["flags"].split()) if "flags" in cpu else None,
        file_systems=systems or None,
        controllers=_controllers(proc, sys),
        hierarchies=_hierarchies(proc),
        delegated=_delegated(sys),
        userfaultfd=(proc / "sys/vm/unprivileged_userfaultfd").exists(),
        seccomp=(proc / "sys/kernel/seccomp").exists(),
        soft_dirty=_soft_dirty(proc),
        hard_limits=_hard_limits(proc),
        lsm=_lsm(sys),
        profiles=_profiles(sys),
        addresses=frozenset(_addresses(proc)),
        ports=tuple(_ports(proc)),
        # What /sys shows may be another network namespace's.
        interfaces=frozenset(line.partition(":")[0].strip() for line in _lines(proc / "net/dev") if ":" in line),
        tools=frozenset(tool for tool in TOOLS if shutil.which(tool, path=_path()) is not None),
        plugins=_plugins(),
        sysctls=tuple((name, value) for name in SYSCTLS if (value := _number(proc / "sys" / name)) is not None),
    )


def _path() -> str:
    own = os.environ.get("PATH", os.defpath)
    # Where an ordinary user looks, root's own places are often left out.
    return own if os.geteuid() == 0 else f"{own}:/usr/local/sbin:/usr/sbin:/sbin"


def _lines(path: Path) -> Iterator[str]:
    try:
        yield from lines(path.read_bytes().decode(errors="replace"))
    except OSError:
        return


def _pairs(path: Path, end: str | None = None) -> Iterator[tuple[str, str]]:
    """ "name : value" lines, up to the first empty one where an end is given."""
    for line in _lines(path):
        if end is not None and not line.strip():
            return
        name, _, value = line.partition(":")
        yield name.strip(), value.strip()


def _number(path: Path) -> int | None:
    first = next(_lines(path), "").strip()
    return int(first) if first.isdecimal() else None


def _hexadecimal(text: str | None) -> int | None:
    return int(text, 16) if text and re.fullmatch(r"[0-9a-fA-F]{1,16}", text) else None


def _names(directory: Path, pattern: str) -> frozenset[str] | None:
    try:
        return frozenset(each.name for each in directory.iterdir() if re.fullmatch(pattern, each.name))
    except OSError:
        return None


def _taken(proc: Path) -> Iterator[int]:
    for name in _names(proc, r"\d+") or ():
        yield int(name)
        stat = next(_lines(proc / name / "stat"), "")
        # The name in parentheses may hold anything.
        fields = stat.rpartition(")")[2].split()
        yield from (int(field) for field in fields[2:4] if field.isdecimal() and field != "0")
        yield from map(int, _names(proc / name / "task", r"\d+") or ())


def _ranges(path: Path) -> tuple[HostRange, ...] | None:
    rows = [line.split() for line in _lines(path)]
    return tuple(HostRange(int(first), int(length)) for first, _, length in rows) or None


def _controllers(proc: Path, sys: Path) -> frozenset[str] | None:
    old = [line.split() for line in _lines(proc / "cgroups") if not line.startswith("#")]
    found = {row[0] for row in old if len(row) == 4 and row[3] == "1"}
    return frozenset(found | set(next(_lines(sys / "fs/cgroup/cgroup.controllers"), "").split())) or None


def _hierarchies(proc: Path) -> frozenset[str] | None:
    """A line of /proc/cgroups is: name, hierarchy (0: none of version 1), groups, enabled."""
    together: dict[str, list[str]] = {}
    for row in (line.split() for line in _lines(proc / "cgroups") if not line.startswith("#")):
        if len(row) == 4 and row[1] != "0":
            together.setdefault(row[1], []).append(row[0])
    return frozenset(",".join(sorted(names)) for names in together.values()) or None


def _delegated(sys: Path) -> frozenset[str] | None:
    """Of the top of version 2, where it is mounted: alone, or beside version 1."""
    for top in (sys / "fs/cgroup", sys / "fs/cgroup/unified"):
        if (top / "cgroup.subtree_control").exists():
            return frozenset(next(_lines(top / "cgroup.subtree_control"), "").split())
    return None


def _soft_dirty(proc: Path) -> bool | None:
    """Whether any own mapping has the flag "sd": where the kernel knows it, each has at first (proc_pid_smaps(5))."""
    flags = [value.split() for name, value in _pairs(proc / "self/smaps") if name == "VmFlags"]
    return any("sd" in words for words in flags) if flags else None


def _hard_limits(proc: Path) -> tuple[tuple[str, int], ...] | None:
    """The lines of /proc/self/limits are in the order of RLIMIT_*; the hard one is the second number."""
    hard = [line[HARD_COLUMNS].strip() for line in list(_lines(proc / "self/limits"))[1:]]
    if len(hard) != len(linux.RLIMITS):
        return None
    numbers = (int(each) if each.isdecimal() else linux.UNLIMITED for each in hard)
    return tuple((name, number) for (name, _), number in zip(linux.RLIMITS, numbers, strict=True))


def _lsm(sys: Path) -> str:
    if (sys / "kernel/security/apparmor").exists():
        return "apparmor"
    return "selinux" if (sys / "fs/selinux").exists() else "none"


def _profiles(sys: Path) -> frozenset[str] | None:
    lines = [line.rpartition(" (")[0] for line in _lines(sys / "kernel/security/apparmor/profiles")]
    return frozenset(lines) or None


def _addresses(proc: Path) -> Iterator[str]:
    prefix = ""
    for line in _lines(proc / "net/fib_trie"):
        words = line.split()
        if words[:1] == ["|--"]:
            prefix = words[1]
        elif words[1:] == ["host", "LOCAL"]:
            yield f"{prefix}{words[0]}"
    for line in _lines(proc / "net/if_inet6"):
        yield f"{ipaddress.IPv6Address(bytes.fromhex(line.split()[0]))}/128"


def _ports(proc: Path) -> Iterator[Port]:
    for protocol in _PROTOCOLS:
        for suffix in ("", "6"):
            for line in list(_lines(proc / f"net/{protocol}{suffix}"))[1:]:
                _, local, _, state, *_ = line.split()
                address, _, port = local.partition(":")
                yield Port(protocol, _address(address), int(port, 16), int(state, 16) == LISTENING)


def _address(text: str) -> str:
    """ "127.0.0.1" of "0100007F": words of 32 bits in the machine's own order."""
    raw = b"".join(struct.pack("=I", int(text[at : at + 8], 16)) for at in range(0, len(text), 8))
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw)


def _plugins() -> frozenset[str]:
    given = os.environ.get("CRIU_LIBS_DIR")
    places = (given,) if given else PLUGINS
    return frozenset(name[:-3] for place in places for name in _names(Path(place), r".+\.so") or ())

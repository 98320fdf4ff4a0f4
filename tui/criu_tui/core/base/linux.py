"""Names of the kernel's numbers, as its manual pages write them; values of x86-64, which most architectures share.

Each function names any number: what has no name is shown as the number itself.
"""

from __future__ import annotations

SIGNALS = (
    *("HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM"),
    *("TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF"),
    *("WINCH", "IO", "PWR", "SYS"),
)
"""Signals from 1 on, as in signal(7)."""
FIRST_REALTIME, LAST_SIGNAL = 32, 64

OPEN_FLAGS = (
    (0o20200000, "TMPFILE"),
    (0o100, "CREAT"),
    (0o200, "EXCL"),
    (0o400, "NOCTTY"),
    (0o1000, "TRUNC"),
    (0o2000, "APPEND"),
    (0o4000, "NONBLOCK"),
    (0o20000, "ASYNC"),
    (0o40000, "DIRECT"),
    (0o100000, "LARGEFILE"),
    (0o200000, "DIRECTORY"),
    (0o400000, "NOFOLLOW"),
    (0o1000000, "NOATIME"),
    (0o2000000, "CLOEXEC"),
    (0o4010000, "SYNC"),
    (0o10000, "DSYNC"),
    (0o10000000, "PATH"),
)
"""O_* bits of open(2) above the access mode; of two that share bits the longer one comes first."""
_ACCESS = ("RDONLY", "WRONLY", "RDWR", "3")

FAMILIES = {
    1: "unix", 2: "inet", 10: "inet6", 15: "key", 16: "netlink", 17: "packet", 29: "can", 31: "bluetooth",
    38: "alg", 40: "vsock", 44: "xdp",
}  # fmt: skip
"""Address families, as in address_families(7)."""
SOCKET_TYPES = {1: "stream", 2: "dgram", 3: "raw", 4: "rdm", 5: "seqpacket", 6: "dccp", 10: "packet"}
PROTOCOLS = {
    0: "ip", 1: "icmp", 2: "igmp", 4: "ipip", 6: "tcp", 17: "udp", 33: "dccp", 41: "ipv6", 47: "gre", 50: "esp",
    51: "ah", 58: "icmpv6", 103: "pim", 132: "sctp", 136: "udplite", 255: "raw", 262: "mptcp",
}  # fmt: skip
"""Protocols of inet sockets, as in protocols(5)."""
SOCKET_STATES = {
    1: "established", 2: "syn-sent", 3: "syn-recv", 4: "fin-wait-1", 5: "fin-wait-2", 6: "time-wait", 7: "closed",
    8: "close-wait", 9: "last-ack", 10: "listen", 11: "closing", 12: "new-syn-recv",
}  # fmt: skip
"""The kernel's TCP_* states, which sockets of other families use too."""
SHUTDOWNS = {0: "none", 1: "read", 2: "write", 3: "both"}
NETLINK = {
    0: "route", 1: "unused", 2: "usersock", 3: "firewall", 4: "sock_diag", 5: "nflog", 6: "xfrm", 7: "selinux",
    8: "iscsi", 9: "audit", 10: "fib_lookup", 11: "connector", 12: "netfilter", 13: "ip6_fw", 14: "dnrtmsg",
    15: "kobject_uevent", 16: "generic", 18: "scsitransport", 19: "ecryptfs", 20: "rdma", 21: "crypto", 22: "smc",
}  # fmt: skip
"""Netlink protocols, as in netlink(7)."""
ETHERNET = {0x0001: "802.3", 0x0003: "all", 0x0800: "ip", 0x0806: "arp", 0x8100: "802.1q", 0x86DD: "ipv6"}
"""Protocols of packet sockets, as in <linux/if_ether.h>."""

NAMESPACES = {
    0x80: "time", 0x20000: "mnt", 0x2000000: "cgroup", 0x4000000: "uts", 0x8000000: "ipc", 0x10000000: "user",
    0x20000000: "pid", 0x40000000: "net",
}  # fmt: skip
"""CLONE_NEW* bits, as in namespaces(7)."""

EPOLL = (
    (0x1, "IN"), (0x2, "PRI"), (0x4, "OUT"), (0x8, "ERR"), (0x10, "HUP"), (0x40, "RDNORM"), (0x80, "RDBAND"),
    (0x100, "WRNORM"), (0x200, "WRBAND"), (0x400, "MSG"), (0x2000, "RDHUP"), (1 << 28, "EXCLUSIVE"),
    (1 << 29, "WAKEUP"), (1 << 30, "ONESHOT"), (1 << 31, "ET"),
)  # fmt: skip
"""EPOLL* bits of epoll_ctl(2)."""
INOTIFY = (
    (0x1, "ACCESS"), (0x2, "MODIFY"), (0x4, "ATTRIB"), (0x8, "CLOSE_WRITE"), (0x10, "CLOSE_NOWRITE"), (0x20, "OPEN"),
    (0x40, "MOVED_FROM"), (0x80, "MOVED_TO"), (0x100, "CREATE"), (0x200, "DELETE"), (0x400, "DELETE_SELF"),
    (0x800, "MOVE_SELF"), (0x2000, "UNMOUNT"), (0x4000, "Q_OVERFLOW"), (0x8000, "IGNORED"), (1 << 24, "ONLYDIR"),
    (1 << 25, "DONT_FOLLOW"), (1 << 26, "EXCL_UNLINK"), (1 << 29, "MASK_ADD"), (1 << 30, "ISDIR"), (1 << 31, "ONESHOT"),
)  # fmt: skip
"""IN_* bits of inotify(7)."""
FANOTIFY = (
    (0x1, "ACCESS"), (0x2, "MODIFY"), (0x4, "ATTRIB"), (0x8, "CLOSE_WRITE"), (0x10, "CLOSE_NOWRITE"), (0x20, "OPEN"),
    (0x40, "MOVED_FROM"), (0x80, "MOVED_TO"), (0x100, "CREATE"), (0x200, "DELETE"), (0x400, "DELETE_SELF"),
    (0x800, "MOVE_SELF"), (0x1000, "OPEN_EXEC"), (0x4000, "Q_OVERFLOW"), (0x8000, "FS_ERROR"), (0x10000, "OPEN_PERM"),
    (0x20000, "ACCESS_PERM"), (0x40000, "OPEN_EXEC_PERM"), (1 << 27, "EVENT_ON_CHILD"), (1 << 28, "RENAME"),
    (1 << 30, "ONDIR"),
)  # fmt: skip
"""FAN_* bits of fanotify_mark(2)."""
SEALS = ((0x1, "SEAL"), (0x2, "SHRINK"), (0x4, "GROW"), (0x8, "WRITE"), (0x10, "FUTURE_WRITE"), (0x20, "EXEC"))
"""F_SEAL_* bits of fcntl(2)."""
MS_RDONLY = 1
MOUNT_FLAGS = (
    (MS_RDONLY, "ro"), (2, "nosuid"), (4, "nodev"), (8, "noexec"), (16, "sync"), (64, "mand"), (128, "dirsync"),
    (256, "nosymfollow"), (1024, "noatime"), (2048, "nodiratime"), (4096, "bind"), (16384, "rec"),
    (1 << 16, "posixacl"), (1 << 17, "unbindable"), (1 << 18, "private"), (1 << 19, "slave"), (1 << 20, "shared"),
    (1 << 21, "relatime"), (1 << 23, "i_version"), (1 << 24, "strictatime"), (1 << 25, "lazytime"),
)  # fmt: skip
"""MS_* bits of mount(2), as the options that set them."""
DEVICE_FLAGS = (
    (0x1, "up"), (0x2, "broadcast"), (0x4, "debug"), (0x8, "loopback"), (0x10, "pointopoint"), (0x20, "notrailers"),
    (0x40, "running"), (0x80, "noarp"), (0x100, "promisc"), (0x200, "allmulti"), (0x400, "master"), (0x800, "slave"),
    (0x1000, "multicast"), (0x2000, "portsel"), (0x4000, "automedia"), (0x8000, "dynamic"), (0x10000, "lower_up"),
    (0x20000, "dormant"), (0x40000, "echo"),
)  # fmt: skip
"""IFF_* bits of netdevice(7)."""
SIGACTION_FLAGS = (
    (0x1, "NOCLDSTOP"), (0x2, "NOCLDWAIT"), (0x4, "SIGINFO"), (0x4000000, "RESTORER"), (0x8000000, "ONSTACK"),
    (0x10000000, "RESTART"), (0x40000000, "NODEFER"), (0x80000000, "RESETHAND"),
)  # fmt: skip
"""SA_* bits of sigaction(2)."""
SECUREBITS = (
    (0x1, "NOROOT"), (0x2, "NOROOT_LOCKED"), (0x4, "NO_SETUID_FIXUP"), (0x8, "NO_SETUID_FIXUP_LOCKED"),
    (0x10, "KEEP_CAPS"), (0x20, "KEEP_CAPS_LOCKED"), (0x40, "NO_CAP_AMBIENT_RAISE"),
    (0x80, "NO_CAP_AMBIENT_RAISE_LOCKED"),
)  # fmt: skip
"""SECBIT_* bits of capabilities(7)."""

POLICIES = {0: "other", 1: "fifo", 2: "rr", 3: "batch", 5: "idle", 6: "deadline", 7: "ext"}
"""Of sched(7)."""
CLOCKS = {
    0: "realtime", 1: "monotonic", 2: "process cpu time", 3: "thread cpu time", 4: "monotonic_raw",
    5: "realtime_coarse", 6: "monotonic_coarse", 7: "boottime", 8: "realtime_alarm", 9: "boottime_alarm", 11: "tai",
}  # fmt: skip
"""Of clock_getres(2)."""
RLIMITS = (
    ("cpu", "s"), ("fsize", "B"), ("data", "B"), ("stack", "B"), ("core", "B"), ("rss", "B"), ("nproc", ""),
    ("nofile", ""), ("memlock", "B"), ("as", "B"), ("locks", ""), ("sigpending", ""), ("msgqueue", "B"), ("nice", ""),
    ("rtprio", ""), ("rttime", "us"),
)  # fmt: skip
"""RLIMIT_* of getrlimit(2) in their order, with their units: seconds, bytes, microseconds or a count."""
UNLIMITED = (1 << 64) - 1
"""RLIM_INFINITY."""
LOCK_TYPES = {0: "read", 1: "write", 2: "unlock"}
LOCK_KINDS = ((1, "posix"), (2, "flock"), (4, "ofd"), (8, "lease"))
"""What kind of lock one is, in CRIU's own bits (criu/include/file-lock.h)."""
SIGEV = {0: "signal", 1: "none", 2: "thread", 4: "signal to a thread"}
"""SIGEV_* of sigevent(3type)."""


def signal_name(number: int) -> str:
    """ "SIGTERM", "SIGRTMIN+2"; as the kernel counts, whose first real-time signal is 32."""
    if 0 < number <= len(SIGNALS):
        return f"SIG{SIGNALS[number - 1]}"
    if FIRST_REALTIME <= number <= LAST_SIGNAL:
        beyond = number - FIRST_REALTIME
        return f"SIGRTMIN+{beyond}" if beyond else "SIGRTMIN"
    return f"signal {number}"


def signal_names(mask: int) -> tuple[str, ...]:
    """The signals of a set: bit 0 is signal 1."""
    return tuple(signal_name(bit + 1) for bit in range(mask.bit_length()) if mask >> bit & 1)


def ended(status: int) -> str:
    """How a dead task ended, from the status that wait(2) gives its parent."""
    if status & 0x7F:
        core = ", core dumped" if status & 0x80 else ""
        return f"killed by {signal_name(status & 0x7F)}{core}"
    return f"exit status {status >> 8 & 0xFF}"


LARGEFILE = 0o100000
"""Of the flags of open(2): set on every file that a 64-bit process opens, so that it says nothing."""


def open_flags(flags: int) -> str:
    """O_* flags without their prefix, the access mode first: "RDWR NONBLOCK"."""
    return " ".join((_ACCESS[flags & 3], *bits(flags & ~3, OPEN_FLAGS)))


def bits(value: int, names: tuple[tuple[int, str], ...]) -> tuple[str, ...]:
    """Names of the bits that are set, in the table's order; what no name has as one hexadecimal number."""
    found: list[str] = []
    for mask, name in names:
        if value & mask == mask:
            found.append(name)
            value &= ~mask
    return (*found, f"0x{value:x}") if value else tuple(found)


def named(value: int, names: dict[int, str], noun: str) -> str:
    """The name of a number; "NOUN 7" when it has none."""
    return names.get(value) or f"{noun} {value}"


def mode_text(mode: int) -> str:
    """Type and permissions of a file as ls(1) shows them: "-rw-r--r--"."""
    kinds = {0o1: "p", 0o2: "c", 0o4: "d", 0o6: "b", 0o10: "-", 0o12: "l", 0o14: "s"}
    letters = [letter if mode >> 8 - index & 1 else "-" for index, letter in enumerate("rwxrwxrwx")]
    for bit, index, set_letter in ((0o4000, 2, "s"), (0o2000, 5, "s"), (0o1000, 8, "t")):
        if mode & bit:
            letters[index] = set_letter if letters[index] == "x" else set_letter.upper()
    return kinds.get(mode >> 12 & 0o17, "?") + "".join(letters)

"""Every kind of image that CRIU has written: magic, file name, message of its entries.

From criu/include/magic.h, criu/image-desc.c and protobuf-desc.c, 2012 to CRIU 4.3; names as crit has them.
"""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
import re
from collections.abc import Iterable
from typing import NamedTuple

IMG_COMMON_MAGIC = 0x54564319
"""What an image begins with since CRIU 1.6."""
IMG_SERVICE_MAGIC = 0x55105940
"""The same for images that do not belong to a dump: statistics, caches."""


class ImageKind(NamedTuple):
    """A kind of image."""

    title: str
    """As crit calls it, such as "MM"."""
    magic: int | None
    """None for raw images: what another program wrote, without a head of CRIU's."""
    pattern: str
    """The file's name before ".img": %u stands for a decimal number, %x for a hexadecimal one, %s for a word."""
    message: str = ""
    """Of its entries; empty where these are no messages."""
    first_magic: int | None = IMG_COMMON_MAGIC
    """What precedes the magic since CRIU 1.6; None where nothing does."""

    @property
    def name(self) -> str:
        """The file's name without number and suffix, such as "mm"."""
        return self.pattern.partition("-%")[0]


KINDS: list[ImageKind] = []
"""All of them, the one that is still written before older ones of the same magic or name."""


def _kind(
    title: str, magic: int | None, pattern: str, message: str = "", first_magic: int | None = IMG_COMMON_MAGIC
) -> ImageKind:
    KINDS.append(ImageKind(title, magic, pattern, message, first_magic))
    return KINDS[-1]


APPARMOR = _kind("APPARMOR", 0x59423047, "apparmor", "apparmor_entry")
AUTOFS = _kind("AUTOFS", 0x49353943, "autofs-%u", "autofs_entry")
BINFMT_MISC = _kind("BINFMT_MISC", 0x67343323, "binfmt-misc", "binfmt_misc_entry")
BINFMT_MISC_OLD = _kind("BINFMT_MISC_OLD", 0x67343323, "binfmt-misc-%u", "binfmt_misc_entry")
BPFMAP_DATA = _kind("BPFMAP_DATA", 0x64324033, "bpfmap-data", "bpfmap_data_entry")
BPFMAP_FILE = _kind("BPFMAP_FILE", 0x57506142, "bpfmap-file", "bpfmap_file_entry")
CGROUP = _kind("CGROUP", 0x59383330, "cgroup", "cgroup_entry")
CORE = _kind("CORE", 0x55053847, "core-%u", "core_entry")
CPUINFO = _kind("CPUINFO", 0x61404013, "cpuinfo", "cpuinfo_entry")
CREDS = _kind("CREDS", 0x54023547, "creds-%u", "creds_entry")
EVENTFD_FILE = _kind("EVENTFD_FILE", 0x44523722, "eventfd", "eventfd_file_entry")
EVENTPOLL_FILE = _kind("EVENTPOLL_FILE", 0x45023858, "eventpoll", "eventpoll_file_entry")
EVENTPOLL_TFD = _kind("EVENTPOLL_TFD", 0x44433746, "eventpoll-tfd", "eventpoll_tfd_entry")
EXT_FILES = _kind("EXT_FILES", 0x59255641, "ext-files", "ext_file_entry")
FANOTIFY_FILE = _kind("FANOTIFY_FILE", 0x55096122, "fanotify", "fanotify_file_entry")
FANOTIFY_MARK = _kind("FANOTIFY_MARK", 0x56506035, "fanotify-mark", "fanotify_mark_entry")
FDINFO = _kind("FDINFO", 0x56213732, "fdinfo-%u", "fdinfo_entry")
FIFO = _kind("FIFO", 0x58364939, "fifo", "fifo_entry")
FIFO_DATA = _kind("FIFO_DATA", 0x59333054, "fifo-data", "pipe_data_entry")
FILES = _kind("FILES", 0x56303138, "files", "file_entry")
FILE_LOCKS = _kind("FILE_LOCKS", 0x54323616, "filelocks", "file_lock_entry")
FS = _kind("FS", 0x51403912, "fs-%u", "fs_entry")
GHOST_FILE = _kind("GHOST_FILE", 0x52583605, "ghost-file-%x", "ghost_file_entry")
IDS = _kind("IDS", 0x54432030, "ids-%u", "task_kobj_ids_entry")
IFADDR = _kind("IFADDR", None, "ifaddr-%u")
INETSK = _kind("INETSK", 0x56443851, "inetsk", "inet_sk_entry")
INOTIFY_FILE = _kind("INOTIFY_FILE", 0x48424431, "inotify", "inotify_file_entry")
INOTIFY_WD = _kind("INOTIFY_WD", 0x54562009, "inotify-wd", "inotify_wd_entry")
INVENTORY = _kind("INVENTORY", 0x58313116, "inventory", "inventory_entry", None)
IP6TABLES = _kind("IP6TABLES", None, "ip6tables-%u")
IPCNS_MSG = _kind("IPCNS_MSG", 0x55453737, "ipcns-msg-%u", "ipc_msg_entry")
IPCNS_SEM = _kind("IPCNS_SEM", 0x59573019, "ipcns-sem-%u", "ipc_sem_entry")
IPCNS_SHM = _kind("IPCNS_SHM", 0x46283044, "ipcns-shm-%u", "ipc_shm_entry")
IPC_VAR = _kind("IPC_VAR", 0x53115007, "ipcns-var-%u", "ipc_var_entry")
IPTABLES = _kind("IPTABLES", None, "iptables-%u")
IRMAP_CACHE = _kind("IRMAP_CACHE", 0x57004059, "irmap-cache", "irmap_cache_entry", IMG_SERVICE_MAGIC)
ITIMERS = _kind("ITIMERS", 0x57464056, "itimers-%u", "itimer_entry")
MEMFD_INODE = _kind("MEMFD_INODE", 0x48453499, "memfd", "memfd_inode_entry")
MM = _kind("MM", 0x57492820, "mm-%u", "mm_entry")
MNTS = _kind("MNTS", 0x55563928, "mountpoints-%u", "mnt_entry")
NETDEV = _kind("NETDEV", 0x57373951, "netdev-%u", "net_device_entry")
NETLINK_SK = _kind("NETLINK_SK", 0x58005614, "netlinksk", "netlink_sk_entry")
NETNF_CT = _kind("NETNF_CT", None, "netns-ct-%u")
NETNF_EXP = _kind("NETNF_EXP", None, "netns-exp-%u")
NETNS = _kind("NETNS", 0x55933752, "netns-%u", "netns_entry")
NFTABLES = _kind("NFTABLES", None, "nftables-%u")
NS_FILES = _kind("NS_FILES", 0x61394011, "ns-files", "ns_file_entry")
PACKETSK = _kind("PACKETSK", 0x60454618, "packetsk", "packet_sock_entry")
PAGEMAP = _kind("PAGEMAP", 0x56084025, "pagemap-%u", "pagemap_entry")
PAGES = _kind("PAGES", None, "pages-%u")
PAGES_OLD = _kind("PAGES_OLD", 0x56084025, "pages-%u")
PIDFD = _kind("PIDFD", 0x54435556, "pidfd", "pidfd_entry")
PIDNS = _kind("PIDNS", 0x61157326, "pidns-%u", "pidns_entry")
PIPES = _kind("PIPES", 0x56513555, "pipes", "pipe_entry")
PIPES_DATA = _kind("PIPES_DATA", 0x56453709, "pipes-data", "pipe_data_entry")
POSIX_TIMERS = _kind("POSIX_TIMERS", 0x52603957, "posix-timers-%u", "posix_timer_entry")
PSIGNAL = _kind("PSIGNAL", 0x59255647, "signal-p-%u", "siginfo_entry")
PSTREE = _kind("PSTREE", 0x50273030, "pstree", "pstree_entry")
REG_FILES = _kind("REG_FILES", 0x50363636, "reg-files", "reg_file_entry")
REMAP_FPATH = _kind("REMAP_FPATH", 0x59133954, "remap-fpath", "remap_file_path_entry")
RLIMIT = _kind("RLIMIT", 0x57113925, "rlimit-%u", "rlimit_entry")
ROUTE = _kind("ROUTE", None, "route-%u")
ROUTE6 = _kind("ROUTE6", None, "route6-%u")
RULE = _kind("RULE", None, "rule-%u")
SECCOMP = _kind("SECCOMP", 0x64413049, "seccomp", "seccomp_entry")
SHMEM_PAGEMAP = _kind("SHMEM_PAGEMAP", 0x56084025, "pagemap-shmem-%u", "pagemap_entry")
SHM_PAGES_OLD = _kind("SHM_PAGES_OLD", 0x56084025, "pages-shmem-%u")
SIGACT = _kind("SIGACT", 0x55344201, "sigacts-%u", "sa_entry")
SIGNAL = _kind("SIGNAL", 0x59255647, "signal-s-%u", "siginfo_entry")
SIGNALFD = _kind("SIGNALFD", 0x57323820, "signalfd", "signalfd_entry")
SK_QUEUES = _kind("SK_QUEUES", 0x56264026, "sk-queues", "sk_packet_entry")
STATS = _kind("STATS", 0x57093306, "stats-%s", "stats_entry", IMG_SERVICE_MAGIC)
TCP_STREAM = _kind("TCP_STREAM", 0x51465506, "tcp-stream-%x", "tcp_stream_entry")
TIMENS = _kind("TIMENS", 0x43114433, "timens-%u", "timens_entry")
TIMERFD = _kind("TIMERFD", 0x50493712, "timerfd", "timerfd_entry")
TMPFS_DEV = _kind("TMPFS_DEV", None, "tmpfs-dev-%u.tar.gz")
TMPFS_IMG = _kind("TMPFS_IMG", None, "tmpfs-%u.tar.gz")
TTY_DATA = _kind("TTY_DATA", 0x59413026, "tty-data", "tty_data_entry")
TTY_FILES = _kind("TTY_FILES", 0x59433025, "tty", "tty_file_entry")
TTY_INFO = _kind("TTY_INFO", 0x59453036, "tty-info", "tty_info_entry")
TUNFILE = _kind("TUNFILE", 0x57143751, "tunfile", "tunfile_entry")
UNIXSK = _kind("UNIXSK", 0x54373943, "unixsk", "unix_sk_entry")
USERNS = _kind("USERNS", 0x55474906, "userns-%u", "userns_entry")
UTSNS = _kind("UTSNS", 0x54473203, "utsns-%u", "utsns_entry")
VMAS = _kind("VMAS", 0x54123737, "vmas-%u", "vma_entry")

OF_TASK = frozenset(
    (CORE, CREDS, FS, IDS, ITIMERS, MM, PAGEMAP, PAGES_OLD, POSIX_TIMERS, PSIGNAL, RLIMIT, SIGACT, SIGNAL, VMAS)
)
"""Kinds whose number is that of a task, or of a thread of one."""

_UNSUPPORTED = ("cipher", "amdgpu-")
"""Beginnings of names of images that are known and not read: keys, and what a plugin keeps of a graphics card."""
_SUFFIXES = (".tar.gz", ".comp")
"""What may stand between number and ".img": an archive of a file system, compressed pages of another program."""
_DIGITS = {"%u": ("0123456789", 20), "%x": ("0123456789abcdef", 8)}
"""Of a number in a file's name: which there are, and how many at most."""
_BY_NAME: dict[str, ImageKind] = {}
_BY_STEM: dict[str, list[tuple[ImageKind, str, int]]] = {}
"""What stands before a number, with the digits of the number and how many there may be."""
_BY_MAGIC: dict[int, tuple[ImageKind, ...]] = {}


def kind_of_name(file: str) -> tuple[ImageKind, str] | None:
    """The kind of image that a file's name says it is, and the number or word in it; None for other names."""
    if not _BY_NAME:
        # Not before someone asks: an open dump needs few kinds, and those by their constants.
        for kind in KINDS:
            if "%" not in kind.pattern:
                _BY_NAME.setdefault(kind.pattern, kind)
        for form, (digits, most) in _DIGITS.items():
            for kind in KINDS:
                stem, numbered, _ = kind.pattern.partition(f"-{form}")
                if numbered:
                    _BY_STEM.setdefault(stem, []).append((kind, digits, most))
    if not file.endswith(".img"):
        if file in ("stats-dump", "stats-restore"):
            return STATS, file.partition("-")[2]
        return (IRMAP_CACHE, "") if file == IRMAP_CACHE.pattern else None
    name = file[:-4]
    if name in _BY_NAME:
        return _BY_NAME[name], ""
    stem, _, number = name.rpartition("-")
    if "." in number:
        for suffix in _SUFFIXES:
            number = number.removesuffix(suffix)
    for found, digits, most in _BY_STEM.get(stem, ()):
        if 0 < len(number) <= most and not number.strip(digits):
            return found, number
    return None


def kind_of_stem(stem: str, names: Iterable[str]) -> tuple[ImageKind | None, list[str]]:
    """The kind of images of a stem, and those of the names that are the stem, a hyphen and a number of the kind alone.

    The same as asking `kind_of_name` of each, without a call of Python's for it.
    """
    named = kind_of_name(f"{stem}-0.img")
    if named is None or named[1] != "0":
        return None, []
    digits, most = next((digits, most) for kind, digits, most in _BY_STEM[stem] if kind is named[0])
    return named[0], [*filter(re.compile(f"{re.escape(stem)}-[{digits}]{{1,{most}}}[.]img").fullmatch, names)]


def known_name(file: str) -> bool:
    """Whether a file name is that of an image kind that some CRIU, or a plugin of it, writes."""
    return kind_of_name(file) is not None or (file.endswith(".img") and file.startswith(_UNSUPPORTED))


def kinds_of_magic(magic: int) -> tuple[ImageKind, ...]:
    """The kinds of a type magic, today's first; none for a number that is no kind's."""
    if not _BY_MAGIC:
        for kind in KINDS:
            if kind.magic is not None:
                _BY_MAGIC[kind.magic] = (*_BY_MAGIC.get(kind.magic, ()), kind)
    return _BY_MAGIC.get(magic, ())

"""CRIU's releases: their numbers as logs and users write them, and every fact that depends on one.

A release that plans as the newest rule does is a new `newest` in the last entry of RULES; one that
plans otherwise is one more entry; a bug that it fixes or an image that it first reads is one Change.
No other module compares numbers of releases.
"""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
import enum
import functools
from typing import NamedTuple

from criu_tui.core.base.text import display_safe

Numbers = tuple[int, ...]
"""(4, 2, 1) of release 4.2.1."""

_PARTS, _DIGITS = 4, 4
"""Numbers in a version, and digits of each, at most."""


def numbers(version: str | None) -> Numbers | None:
    """(4, 2, 1) of "4.2.1" or "v4.2.1", (4, 0) of "4"; None for what is no version."""
    parts = [] if version is None else version.removeprefix("v").split(".")
    decimal = (part.isascii() and part.isdecimal() and len(part) <= _DIGITS for part in parts)
    if not parts or len(parts) > _PARTS or not all(decimal):
        return None
    first, *rest = map(int, parts)
    return first, *(rest or (0,))


class Change(NamedTuple):
    """What CRIU does from one release on."""

    since: Numbers

    @property
    def release(self) -> str:
        """ "4.2"."""
        return ".".join(map(str, self.since))

    @property
    def before(self) -> str:
        """ "before 4.2": the releases without it."""
        return f"before {self.release}"

    @property
    def later(self) -> str:
        """ "CRIU 4.2 or later": the releases with it."""
        return f"CRIU {self.release} or later"

    def lacks(self, version: Numbers | None) -> bool:
        """Whether a release is known to be without it; one of no known number is not."""
        return version is not None and version < self.since


BOUNDARY_FIXED = Change((4, 0))
"""An entry that begins at a VMA's end no longer counts as inside (criu/mem.c: private_vma_no_write)."""
WIDE_COUNTS = Change((4, 2))
"""Page counts in field 5 of a pagemap entry (images/pagemap.proto); from then on field 2 is written as 0."""
GUARD_VMAS = Change((4, 2))
"""Guard regions as VMAs at the end of the list (criu/mem.c)."""
UPROBES = Change((4, 2))
"""`--allow-uprobes` (criu/cr-restore.c)."""
SHADOW_STACKS = Change((4, 0))
"""Shadow stacks of x86-64 (criu/arch/x86/shstk.c)."""
SPLIT_VDSO = Change((4, 1))
"""The vDSO of kernels from 6.13 on (criu/vdso.c)."""
SPLIT_VDSO_KERNEL = (6, 13)
"""From here on the kernel maps the vDSO's data in two parts."""
RSEQ = Change((3, 17))
"""Restartable sequences are dumped (criu/cr-dump.c); from 3.17.1 without a crash in the parasite."""
RSEQ_KERNEL = (4, 18)
"""The first kernel that has restartable sequences."""
RSEQ_RESTORED = Change((3, 18))
"""Restartable sequences are restored in every state (criu/cr-restore.c)."""
USERNS_FREED_ONCE = Change((4, 1))
"""The maps of a user namespace are freed once when a dump fails (criu/namespaces.c: free_userns_maps)."""
CGROUPS_LATE = Change((4, 3))
"""Tasks move into their cgroups once they have their credentials (criu/cgroup.c)."""
BOTH_NAMESPACES = Change((1, 3))
"""Which mounts share a file system is looked for in all dumped mount namespaces at once (CRIU's commit 8d446a7af)."""
OWN_NAMESPACE_KEPT = Change((1, 8))
"""Descriptor 0 stays open where tasks are restored into CRIU's own mount namespace (CRIU's commit af956f45a)."""
LSM_CACHED = Change((3, 2, 1))
"""The security module of the host is kept in the cache of what the kernel can do (criu#323)."""
SIT_ATTRIBUTES = Change((3, 8))
"""All attributes of sit tunnels are dumped, those of zero too (criu#445)."""
LONG_MOUNTS = Change((2, 7))
"""Lines of mountinfo beyond 1 KiB are read (criu/proc_parse.c: parse_mountinfo)."""
SECOND_NETNS = Change((3, 6))
"""Several net namespaces in one tree, told apart by their ids (criu/net.c)."""
COMPAT_ERRORS = Change((3, 7))
"""The error of a call in a 32-bit task is noticed (compel: Do not loose sign of result in compat syscall)."""
INTERFACE_PRIORITIES = Change((3, 8))
"""net_prio.ifpriomap is written for the interfaces alone that are there (criu#447)."""
EPOLL_DUPLICATES = Change((3, 12))
"""The file of a descriptor that an epoll set watches is found by kcmp (criu/eventpoll.c)."""
TIMERS_OF_THREADS = Change((3, 16))
"""The thread that a POSIX timer notifies is dumped (criu#1532)."""
HUGETLB = Change((3, 17))
"""Memory from hugetlbfs is dumped (criu/mem.c)."""
BREAKPOINTS_TRIED = Change((4, 2))
"""Hardware breakpoints are tried before they are relied on (criu/kerndat.c: kerndat_breakpoints)."""
PLUGINS_NAMED = Change((4, 1))
"""The inventory names the plugins that a restore needs (criu/image.c: check_inventory_plugins)."""
CUDA_PLUGIN = Change((4, 0))
"""The plugin for NVIDIA's CUDA comes with CRIU (plugins/cuda)."""
CUDA_THAWED = Change((4, 1))
"""A container that its runtime has frozen is thawed for cuda-checkpoint (criu#2508)."""
CUDA_BY_DRIVER = Change((4, 1))
"""The CUDA plugin looks for the driver in /proc/driver/nvidia/gpus, not for /dev/nvidiactl (criu#2509)."""
FREEZER_RETRIED = Change((4, 1))
"""A freezer of cgroup v1 that stays at FREEZING is thawed and set to freeze again (criu/seize.c; criu#2545)."""
PIDFDS = Change((4, 1))
"""Pidfds of processes within the tree are dumped (criu/pidfd.c)."""
NFT_PER_RUN = Change((4, 1))
"""Connections are locked by an nftables table of the run's own, which 4.1 fails to make where one exists
(criu#2650)."""
LEADER_OF_TIMERS = Change((4, 3))
"""The number of a task's first thread is known when its POSIX timers are written (criu#2887)."""
SUID_TO_ROOT = Change((3, 11))
"""A criu that a user runs with the suid bit restores as uid 0 (criu/cr-restore.c: needs_prep_creds)."""
FUSE_BINDS = Change((3, 18))
"""Bind mounts of a fuse mount from outside are dumped (criu/mount.c; criu#2135)."""
TIMER_IDS = Change((4, 2))
"""POSIX timers are made with their ids where the kernel can, from 6.15 on (criu#2634)."""
SHADOW_STACK_ORDER = Change((4, 2))
"""Shadow stacks are restored in the order of their tasks' memory (criu#2782)."""
ELF_OF_LINUX = Change((4, 2))
"""A vDSO may be marked as Linux's own, as on ARM from 6.12 on (criu#2751)."""
TASK_SIZE_ASKED = Change((4, 2, 1))
"""The end of a task's addresses on x86 is asked of the kernel, and not 47 bits (criu#2877)."""
FIELDS_WITHOUT_LABELS = Change((4, 2, 1))
"""pycriu asks the fields of protobuf 7 itself whether they repeat, as these have no label (criu#3008)."""
USERNS_READ_ONCE = Change((4, 3))
"""The image of a user namespace is read once, for the handlers of binfmt_misc in it too (criu#2924)."""
GNU_HASH = Change((4, 1))
"""Symbols of the vDSO are found by its GNU hash, the only one of AArch64 from 6.11 on (criu/pie-util-vdso.c)."""
CONNECTED_DATAGRAMS = Change((3, 17))
"""Unix datagram sockets may be established, as kernels from 5.15 on have connected ones (criu#1669)."""
SHORT_PAGEMAPS = Change((4, 0))
"""/proc/PID/pagemap is read on where the kernel gives less than was asked for (criu/pagemap-cache.c; criu#2365)."""
BPF_MAP_EXTRA = Change((3, 17))
"""fdinfo of a BPF map with map_extra, which kernels have from 5.16 on (criu/bpfmap.c)."""
USERFAULT_EVENTS = Change((3, 14))
"""Events of userfaultfd in a user namespace on kernels from 5.4 on (criu#964)."""
STACK_GAP = Change((3, 2, 1))
"""Stacks without a guard page in smaps, as kernels from 4.12 on show them (criu#322)."""
OVERLAY_MOUNT_IDS = Change((1, 7))
"""Mounts of files on overlayfs are looked up where kernels from 3.18 to 4.1 tell them wrongly (criu/files-reg.c)."""
VETH_OUTSIDE = Change((4, 3))
"""A veth pair is made by the helper outside of the user namespace, as kernels from 7.0 on ask (criu#3006)."""
IPC_IDS = Change((3, 18))
"""Ids of System V IPC are set by the task itself, as kernels with sysctls of their own IPC namespace ask
(criu#1982)."""
LARGE_XSAVE = Change((3, 19))
"""Register state beyond 4096 bytes, as of Intel's CPUs with AMX (compel: XSAVE on newer Intel CPUs; criu#2310)."""
GPU_BUFFER_CAPPED = Change((3, 19))
"""KFD_MAX_BUFFER_SIZE: memory of AMD's GPUs is copied in pieces (plugins/amdgpu)."""
IPV6_ABSENT = Change((3, 19))
"""A kernel without IPv6 is taken as it is (criu/kerndat.c; criu#2222)."""
SOCKET_OPTIONS = Change((4, 2))
"""SO_PASSCRED and SO_PASSSEC are asked of the sockets alone that have them (criu/sockets.c; criu#2705)."""
SOCKET_LABELS = Change((3, 13))
"""The label of new sockets is set back only where SELinux is on (criu#693)."""
BRANCH_PROTECTION = Change((4, 2))
"""The restorer is compiled without branch protection on 64-bit ARM, whatever the build's flags (criu#2709)."""
TIME_NAMESPACES = Change((3, 14))
"""It restores into a time namespace, which keeps the monotonic clock (criu/timens.c)."""
SHELL_GROUP = Change((3, 12))
"""With --shell-job the process group of a task that leads one is kept (criu/pstree.c; criu#593)."""
SHELL_TERMINAL = Change((3, 9))
"""The terminal of --shell-job is found again, which 3.8 broke (criu#460)."""
SHELL_TTY_MOUNT = Change((3, 18))
"""With `--shell-job` a terminal on a mount outside is passed over (criu/files-reg.c)."""
LISTENING_UNIX = Change((2, 5))
"""Unix sockets without a name listen again after 2.4 broke that (criu#195)."""
PID_MAX_RAISED = Change((2, 5))
"""kernel.pid_max is raised to the largest pid of the dump (criu/pstree.c)."""
SIGNAL_OF_A_STOP = Change((3, 16))
"""A task that was stopped by a signal is told of as stopped, not as killed by signal 127 (criu/cr-restore.c)."""
KERNEL_7_1 = Change((4, 2, 1))
"""Dumps on kernel 7.1, which before that failed without a message (checkpoint-restore/criu#3002)."""
DROPPED_TCP_SHUT = Change((3, 15))
"""Sockets whose connections --tcp-close drops are shut down, so that programs learn of it (criu#1134)."""
DETACHED_IN_NAMESPACE = Change((3, 16))
"""criu-ns keeps CRIU, the first process of its pid namespace, where it is to restore detached (scripts/criu-ns)."""
ONE_SHOT_TIMERS = Change((4, 1))
"""Timers of setitimer that are to fire once are restored (criu/timer.c)."""
ROOT_MOUNT_FLAGS = Change((4, 2))
"""The root mount gets its flags back, read-only among them (criu/mount.c)."""
PROPAGATION_IN_NAMESPACE = Change((4, 1, 1))
"""Mount propagation is set from inside the mount's own namespace, as kernels from mid 2025 on ask (criu/mount-v2.c)."""
ACCOUNTING = Change((4, 3))
"""VMA status bit 18: the kernel did not count the mapping when it was dumped (criu/proc_parse.c)."""
COMPRESSED_PAGES = Change((4, 3))
"""Images of version 3, whose pages may be compressed (images/inventory.proto, images/pagemap.proto)."""
FILE_MODES = Change((2, 4))
"""The mode of a file is compared with the dumped one (criu/files-reg.c: open_path)."""
BUILD_IDS = Change((3, 15))
"""The build id of a file is compared with the dumped one (criu/files-reg.c: validate_with_build_id)."""


class Mark(enum.Enum):
    """When WRITE is taken off a private VMA that is restored in place."""

    NEVER = enum.auto()
    CLOSED = enum.auto()
    """When the next entry begins above the VMA's end; one that begins at its end counts as inside."""
    HALF_OPEN = enum.auto()
    NEEDED = enum.auto()
    """When no entry overlaps the VMA, which no release asks."""


class Rule(NamedTuple):
    """How one range of CRIU releases maps memory; a later one is one more entry in RULES."""

    name: str
    mark: Mark
    releases: str
    first: Numbers
    """The first release of the range."""
    newest: str
    """The last release of the range; it stands for the others. For the newest rule, the last one known."""
    comparison: str
    """How the next pagemap entry is held against the VMA."""
    accounting: bool = False
    """Whether VMA status bit 18 counts: then no COW pair of such VMAs, and no WRITE for a premapped PROT_NONE one."""
    changes: str = ""
    """What changes with it, in a sentence."""


RULES = (
    Rule(
        "always writable", Mark.NEVER, "before 3.2", (2, 0), "3.1", "no comparison",
        changes="every private mapping is asked for writable, and charged",
    ),
    Rule(
        "closed end", Mark.CLOSED, "3.2-3.19", (3, 2), "3.19", "entry.start >  vma.end",
        changes="not writable where no dumped page lies inside, but one that begins at the end is taken for inside",
    ),
    Rule(
        "half-open", Mark.HALF_OPEN, "4.0-4.2.1", (4, 0), "4.2.1", "entry.start >= vma.end",
        changes="a dumped page that begins at the end is outside; what a fork shares is still asked for writable",
    ),
    Rule(
        "not accountable", Mark.HALF_OPEN, "4.3+", (4, 3), "4.3", "entry.start >= vma.end",
        changes="what the kernel did not charge when 4.3 dumped it is not charged again, forked copies included",
        accounting=True,
    ),
)  # fmt: skip
"""In the order of their releases."""
NEEDED_RULE = Rule(
    "needed", Mark.NEEDED, "no release", (), "needed", "an entry overlaps it",
    changes="no release: writable only where a dumped page lies, the least that a restore has to ask for",
)  # fmt: skip

NEWEST = RULES[-1].newest
LATEST = Change(numbers(NEWEST) or ())
"""What the newest release known has."""
BEFORE_ACCOUNTING = next(rule.newest for rule in reversed(RULES) if not rule.accounting)
"""The last release that premaps every private VMA with WRITE."""


class Criu(NamedTuple):
    """The CRIU that will restore: a version as the user gave it, and its rule."""

    version: str
    rule: Rule

    @property
    def numbers(self) -> Numbers | None:
        """None for the needed rule."""
        return numbers(self.version)

    @property
    def known(self) -> bool:
        """Whether its rule is its own: a release after the newest one known is taken to plan as that does."""
        found = self.numbers
        return found is None or found <= (numbers(NEWEST) or ())

    @property
    def name(self) -> str:
        """ "CRIU 3.19", "the needed rule", "CRIU 4.9 (not known: taken for 4.3)"."""
        if self.rule is NEEDED_RULE:
            return "the needed rule"
        return f"CRIU {self.version}" if self.known else f"CRIU {self.version} (not known: taken for {NEWEST})"

    @property
    def reads_wide_counts(self) -> bool:
        """Whether page counts that only field 5 has are planned with; without them every entry has no pages.

        Releases before 4.0 read field 2 too. But nobody restores images that are so much younger with them;
        they are chosen for their comparison, which is shown as it is with counts that can be read.
        """
        return self.rule.mark is not Mark.HALF_OPEN or not WIDE_COUNTS.lacks(self.numbers)

    @property
    def planning(self) -> tuple[Rule, bool]:
        """All that a plan depends on: two CRIUs with the same make the same plan."""
        return self.rule, self.reads_wide_counts


def of_rule(rule: Rule) -> Criu:
    """The CRIU that stands for a rule: the newest release that has it."""
    return Criu(rule.newest, rule)


NEEDED = of_rule(NEEDED_RULE)
"""Stands for the rule that no release has."""


@functools.cache
def stand_ins() -> tuple[Criu, ...]:
    """One CRIU for each rule, from the newest release to the oldest, then the needed rule."""
    return (*map(of_rule, reversed(RULES)), NEEDED)


def criu(version: str) -> Criu:
    """The CRIU of a version such as "3.19", "4.2.1" or "needed".

    A release after the newest one known has the newest rule. Raises ValueError, with a line for the
    user, for what is no version or before 2.0.
    """
    if version == NEEDED.version:
        return NEEDED
    found = numbers(version)
    if found is None:
        raise ValueError(
            f"{display_safe(version, 40)}: not a CRIU version; give one such as 3.19 or {NEWEST}, or {NEEDED.version}"
        )
    chosen = [rule for rule in RULES if rule.first <= found]
    if not chosen:
        raise ValueError(f"{version}: the rules are known from CRIU 2.0 on")
    return Criu(version.removeprefix("v"), chosen[-1])

"""Failures met in the field, by the words that CRIU logs; source lines change, words hardly."""

from __future__ import annotations

import re
from dataclasses import dataclass

LOOKED_AT = 4096
"""Characters of a line that are looked at."""


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """One failure: how its log line reads, what it means, which releases have it, what helps."""

    id: str
    pattern: re.Pattern[str]
    title: str
    why: str
    releases: str
    advice: str
    before: tuple[int, ...] | None = None
    """Only in logs of a CRIU before this release; None for all."""

    def in_log_of(self, version: tuple[int, ...] | None) -> bool:
        """Whether a CRIU of this version can have it; an unknown one can."""
        return self.before is None or version is None or version < self.before


def _known(
    id_: str,
    pattern: str,
    title: str,
    why: str,
    releases: str,
    advice: str,
    *,
    before: tuple[int, ...] | None = None,
) -> KnownFailure:
    return KnownFailure(id_, re.compile(pattern), title, why, releases, advice, before)


KNOWN_FAILURES = (
    _known(
        "mapping-refused",
        r"Can't restore (0x)?[0-9a-f]+ mapping with 0xf+f4",
        "the kernel refused a mapping of the restorer (ENOMEM)",
        "a private mapping asked for with WRITE is charged its whole length; before CRIU 4.0 a reservation that "
        "dumped data merely touches was asked for with WRITE",
        "before 4.0 for reservations below data; any release when memory is really short",
        "restore with CRIU 4.0 or later, set vm.overcommit_memory=1, or add swap",
    ),
    _known(
        "premap-refused",
        r"Unable to map ANON_VMA: Cannot allocate memory",
        "the kernel refused a premapped mapping (ENOMEM)",
        "mappings shared by a parent and a child task, and all of an incremental or lazy restore, are premapped "
        "with WRITE, pages or not",
        "all up to 4.2.1",
        "set vm.overcommit_memory=1 for the restore, add swap, or flatten the chain of parent dumps",
    ),
    _known(
        "premap-area",
        r"Unable to reserve memory \(\d+ bytes\)",
        "no room for the area that mappings are premapped in",
        "an area as long as all private mappings together is reserved, and that is more than the kernel grants",
        "all",
        "set vm.overcommit_memory=1 for the restore, or lift the limit on address space",
    ),
    _known(
        "userns-root-unmapped",
        r"Unable to convert uid or gid",
        "the user namespace does not map id 0",
        "before dumping, CRIU converts uid 0 and gid 0 of the namespace to host ids, and one has no mapping",
        "all",
        "map id 0 (unshare --map-root-user or --map-auto), run CRIU inside that user namespace, or dump as root "
        "from the initial namespace a tree whose root task owns all of its namespaces",
    ),
    _known(
        "namespace-owner",
        r"One or more namespaces doesn't belong to the target user namespace",
        "a namespace was not created from the task's user namespace",
        "CRIU dumps namespaces only together with the user namespace that owns them",
        "all",
        "unshare the user namespace first and the others from inside it",
    ),
    _known(
        "usernsd",
        r"uns: send req error: Invalid argument",
        "a privileged request from inside the user namespace was refused",
        "the helper outside could not act for an id that the maps leave out",
        "up to 4.2",
        "map host id 0, or cover id 65534 too",
    ),
    _known(
        "userns-join",
        r"Failed to setns when join-ns|join-ns with user-namespace is not fully tested",
        "joining a user namespace failed",
        "--join-ns of a user namespace is not complete",
        "all",
        "restore into a namespace that CRIU makes itself",
    ),
    _known(
        "guard-pages",
        r"MADV_GUARD_INSTALL\) failed|Can't dump page with parasite|should_dump_page failed",
        "guard pages could not be dumped or restored",
        "the C library makes guard pages with madvise on kernels from 6.13 on",
        "before 4.2",
        "dump and restore with CRIU 4.2 on a kernel from 6.15 on",
    ),
    _known(
        "vmas-unsorted",
        r"VMA-s are not sorted in the image file",
        "the mm image is not sorted",
        "CRIU 4.2 appends guard VMAs at the end of the list, which older releases do not expect",
        "images of 4.2 restored by 4.1 or older",
        "restore with CRIU 4.2 or later",
    ),
    _known(
        "page-outside-vma",
        r"Page entry address [0-9a-f]+ outside of VMA|Trying to restore page for non-private VMA",
        "a dumped page lies in no private VMA",
        "pagemap and mm images contradict each other",
        "all",
        "dump again; images edited by hand must agree",
    ),
    _known(
        "high-memory",
        r"Can't restore high memory region",
        "a mapping lies above what this machine can address",
        "the dump comes from a machine with a larger address space",
        "all",
        "restore on a machine with the same address width",
    ),
    _known(
        "vdso",
        r"Unexpected rt vDSO area bounds|Failed to fill self vdso symtable|Can't find vDSO area in image"
        r"|vDSO isn't provided by kernel|Task had vdso, restorer doesn't",
        "the vDSO is not as CRIU expects it",
        "kernels from 6.13 on lay it out differently",
        "before 4.1 on such kernels",
        "use CRIU 4.1 or later",
    ),
    _known(
        "rseq",
        r"has rseq but kernel lacks get_rseq_conf|Dump \d+ rseq failed",
        "restartable sequences could not be dumped",
        "C libraries from 2.35 on register them, which older releases do not know",
        "before 3.17.1",
        "use CRIU 3.17.1 or later, or start the program with GLIBC_TUNABLES=glibc.pthread.rseq=0",
    ),
    _known(
        "rseq-crash",
        r"killed by signal 11: Segmentation fault",
        "a restored task died at once",
        "restartable sequences are not restored, which C libraries from 2.35 on rely on",
        "before 3.18",
        "use CRIU 3.18 or later, or start the program with GLIBC_TUNABLES=glibc.pthread.rseq=0",
        before=(3, 18),
    ),
    _known(
        "task-crashed",
        r"killed by signal (4: Illegal|7: Bus|11: Segmentation|31: Bad system)",
        "a restored task died at once",
        "it met an instruction, a page or a system call that is not what it was where it was dumped: signal 4 points "
        "at the CPU, 7 and 11 at mapped files that differ, 31 at a seccomp filter",
        "all",
        "restore with the same CPU features, the same files and the same kernel",
    ),
    _known(
        "cpu-mismatch",
        r"CPU instruction capabilities do not match|FPU feature required by image|CPU xfeatures has unsupported bits"
        r"|CPU xsave (max )?size mismatch|FPU xsave area present",
        "this CPU lacks what the dump relies on",
        "the task may use instructions or register state that this machine does not have",
        "all",
        "restore on a like CPU; --cpu-cap=none if the task is known not to need it",
    ),
    _known(
        "shadow-stack",
        r"shadow stack on non-CET machine|Unable to prepare shadow stack vma|Cannot unlock CET",
        "shadow stacks cannot be restored here",
        "the dumped task has one, and this machine or release does not",
        "before 4.0; any on another CET setting",
        "use the same CET setting, and CRIU 4.2",
    ),
    _known(
        "parent-chain",
        r"No parent for snapshot pagemap|Missing [0-9a-f]+ in parent pagemap|Hole .* not found in parent"
        r"|No parent image found|Can't open parent path|Pid-reuse detection failed",
        "the chain of parent dumps is broken",
        "pages marked as being in the parent are looked up through the link `parent`",
        "all",
        "copy every level of the chain and keep the links relative",
    ),
    _known(
        "lazy-pages",
        r"lazy-pages\.socket failed|Unable to open an userfaultfd descriptor|UFFDIO_COPY",
        "the lazy-pages daemon could not be used",
        "a lazy restore needs `criu lazy-pages` in the same work directory, and the right to use userfaultfd",
        "all",
        "start the daemon first; vm.unprivileged_userfaultfd=1 without root",
    ),
    _known(
        "pid-taken",
        r"Can't fork for \d+: File exists|Pid \d+ do not match expected|Thread pid mismatch|Unable to create a thread",
        "a PID that the dump needs is taken",
        "tasks and threads get their old ids back",
        "all",
        "restore in a PID namespace of its own (unshare -p, criu-ns), or end the task that has it",
    ),
    _known(
        "image-format",
        r"Too old image|Not supported images version|Magic doesn't match|Img trimmed|Unexpected EOF|Core march mismatch"
        r"|Image corrupted|Dumped with --allow-uprobes",
        "an image is damaged or of another release",
        "CRIU could not read one of the images",
        "all",
        "compare the sizes with the source; restore with a release not older than the one that dumped",
    ),
    _known(
        "fsnotify",
        r"Can't find suitable path for handle|Can't dump that handle",
        "an inotify or fanotify watch has no path",
        "the watched file is known by a handle that leads to no path",
        "all",
        "dump with --force-irmap, or --irmap-scan-path DIR",
    ),
    _known(
        "file-absent",
        r"Can't open file .* on restore: No such file|- Can't open vma|Unable to open fd=\d+ id=",
        "a file that was open or mapped is not here",
        "files are opened again by their path",
        "all",
        "copy the file, restore with the same root (--root), or hand it in with --inherit-fd",
    ),
    _known(
        "file-changed",
        r"has bad size \d+ \(expect \d+\)|has bad mode 0\d+ \(expect|has bad build-ID",
        "a file has changed since the dump",
        "size, mode or build id of an open or mapped file is not what it was",
        "all",
        "restore with the same root file system; keep growing logs out of it; --skip-file-rwx-check for modes",
    ),
    _known(
        "ghost-too-big",
        r"Can't dump ghost file .* of \d+ size",
        "an unlinked file is larger than CRIU takes along",
        "files that are open but have no path are dumped with their contents, up to a limit",
        "all",
        "--ghost-limit 8M, or ghost-limit 8M in /etc/criu/runc.conf",
    ),
    _known(
        "link-remap",
        r"Can't create link remap for",
        "an unlinked file has other links, which CRIU may not use",
        "a temporary link would have to be made beside them",
        "all",
        "dump with --link-remap",
    ),
    _known(
        "huge-pages",
        r"path=/anon_hugepage|pmc_init: Can't allocate",
        "huge pages or a huge mapping could not be handled",
        "memory from hugetlbfs is known from 3.17 on, counts beyond 32 bits from 4.2 on",
        "before 3.17; before 4.2 for very large mappings",
        "use CRIU 4.2, and reserve huge pages on the target",
    ),
    _known(
        "mount-unreachable",
        r"Can't lookup mount=|Open files on overmounted mounts|doesn't have a proper root mount"
        r"|is autodetected external mount|has unreachable sharing|unsupported id|mnt: Can't mount at|Unable to mount",
        "a mount cannot be dumped or made again",
        "it comes from outside the container, or nothing that is dumped leads to it",
        "all",
        "--external mnt[PATH]:KEY when dumping and mnt[KEY]:SOURCE when restoring; --enable-external-masters",
    ),
    _known(
        "terminal",
        r"Found dangling tty|Don't have tty to inherit session|Found slave peer index|No task found with sid"
        r"|A session leader of \d+ is outside|Requested sid \d+ doesn't match",
        "a terminal or session reaches outside the tree",
        "the tasks were started from a shell whose terminal is not dumped",
        "all",
        "--shell-job on both sides, or start the program with setsid and its output redirected",
    ),
    _known(
        "external-socket",
        r"External socket is used|Can't dump half of stream unix connection|External socket found in image",
        "a unix socket has its other end outside the tree",
        "CRIU cannot restore one end alone",
        "all",
        "--ext-unix-sk, or --external unix[INODE]; or dump the peer too",
    ),
    _known(
        "tcp",
        r"Connected TCP socket|In-flight connection|Need to set the --tcp-close options|Can't bind inet socket"
        r"|Can't connect inet socket back",
        "a TCP connection cannot be dumped or restored",
        "connections are kept only on demand, and only where the addresses are the same",
        "all",
        "--tcp-established with the same address, or --tcp-close on both sides; --skip-in-flight",
    ),
    _known(
        "network-lock",
        r"Locking network failed|iptables-restore -w failed|Locking network failed using nftables",
        "the network could not be locked",
        "connections are frozen with iptables or nftables rules, and that tool failed or left a chain behind",
        "all",
        "--network-lock nftables or skip; install iptables; remove a chain named CRIU",
    ),
    _known(
        "cgroup",
        r"Can't move \d+ into|couldn't set cgns prefix|Failed writing .* to|Unable to freeze cgroup"
        r"|Timeout reached\. Try",
        "cgroups could not be frozen or restored",
        "the cgroups that were dumped are not those that this machine has",
        "all",
        "--manage-cgroups=ignore, --cgroup-root, or a longer --timeout",
    ),
    _known(
        "lsm",
        r"mismatched lsm types|can't write lsm profile|err scanfing",
        "the security profile is not that of the dump",
        "AppArmor or SELinux here is another, or lacks the profile",
        "all",
        "load the profile, or --lsm-profile TYPE:NAME",
    ),
    _known(
        "capabilities",
        r"Unable to restore capabilities|Unable to set real, effective and saved user ID|Unable to drop capability",
        "ids or capabilities could not be restored",
        "whoever restores lacks them, or the user namespace does not map the ids",
        "all",
        "restore as root, with a map that covers every id of the dump",
    ),
    _known(
        "seccomp",
        r"SECCOMP_SET_MODE_FILTER returned|Corrupted filter index|failed to suspend seccomp",
        "a seccomp filter could not be restored",
        "the kernel must let CRIU suspend filters and set them again",
        "all",
        "a kernel with CONFIG_CHECKPOINT_RESTORE",
    ),
    _known(
        "io-uring",
        r"(Unknown shit 600|f000 600|anon_inode:\[io_uring\])",
        "a task uses io_uring",
        "CRIU does not dump its rings",
        "all up to 4.2.1",
        "turn it off in the program, such as UV_USE_IO_URING=0",
    ),
    _known(
        "device",
        r"handle_device_vma plugin failed|Can't handle non-regular mapping|Missing required plugin",
        "a task maps a device",
        "only a plugin for that device can dump or restore it",
        "all",
        "install the plugin (cuda, amdgpu) and the same driver on both sides",
    ),
)


def recognise(text: str, version: tuple[int, ...] | None = None) -> KnownFailure | None:
    """The known failure that a log line is, if any, in a log of this CRIU version."""
    beginning = text[:LOOKED_AT]
    return next(
        (known for known in KNOWN_FAILURES if known.pattern.search(beginning) and known.in_log_of(version)), None
    )

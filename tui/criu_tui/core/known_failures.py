"""Failures met in the field, by the words that CRIU logs; source lines change, words hardly."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """One failure: how its log line reads, what it means, which releases have it, what helps."""

    id: str
    pattern: re.Pattern[str]
    title: str
    why: str
    releases: str
    advice: str


def _known(id_: str, pattern: str, title: str, why: str, releases: str, advice: str) -> KnownFailure:
    return KnownFailure(id_, re.compile(pattern), title, why, releases, advice)


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
)


def recognise(text: str) -> KnownFailure | None:
    """The known failure that a log line is, if any."""
    return next((known for known in KNOWN_FAILURES if known.pattern.search(text)), None)

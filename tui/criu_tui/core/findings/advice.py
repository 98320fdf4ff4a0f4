"""What is known of each failure met in the field: how CRIU logs it, what it means, who has it, the way out.

The one table of it: findings from logs and from images take their words here. Patterns match words that
CRIU prints, never source lines, which every release changes. The first that matches counts, so that what
names a cause more closely stands before what names it less.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from criu_tui.core.findings.runtimes import SAME_ON_THE_HOST, in_containers
from criu_tui.core.restore.releases import (
    ACCOUNTING,
    BEFORE_ACCOUNTING,
    BOUNDARY_FIXED,
    CGROUPS_LATE,
    CUDA_PLUGIN,
    ELF_OF_LINUX,
    EPOLL_DUPLICATES,
    GUARD_VMAS,
    HUGETLB,
    INTERFACE_PRIORITIES,
    IPC_IDS,
    IPV6_ABSENT,
    LARGE_XSAVE,
    LISTENING_UNIX,
    LONG_MOUNTS,
    NEWEST,
    NFT_PER_RUN,
    PID_MAX_RAISED,
    PIDFDS,
    PROPAGATION_IN_NAMESPACE,
    RSEQ,
    RSEQ_RESTORED,
    SECOND_NETNS,
    SHADOW_STACK_ORDER,
    SHADOW_STACKS,
    SHELL_TERMINAL,
    SIGNAL_OF_A_STOP,
    SOCKET_OPTIONS,
    SPLIT_VDSO,
    TIMER_IDS,
    TIMERS_OF_THREADS,
    UPROBES,
    VETH_OUTSIDE,
    WIDE_COUNTS,
    Change,
    Numbers,
)

NOT_BY_HAND = (
    "checkpoint and restore with the command of the engine or runtime (runc checkpoint, podman container checkpoint, "
    "lxc-checkpoint), not with criu by hand"
)
"""For whoever runs CRIU on a container: only its engine knows what belongs to it and what does not."""
LOOKED_AT = 4096
"""Characters of a line that are looked at."""


class KnownFailure(NamedTuple):
    """One failure: how its log line reads, what it means, which releases have it, what helps."""

    id: str
    pattern: re.Pattern[str]
    title: str
    why: str
    releases: str
    own_advice: str
    """For who runs CRIU."""
    option: str = ""
    """The option of CRIU that helps, as "--ghost-limit 8M"."""
    container: str = ""
    """What helps who runs a container, beside the option."""
    thread: str = ""
    """Where maintainers said so, as "criu#2701"."""
    before: Change | None = None
    """Only in logs of a CRIU without this; None for all."""
    sure: bool = True
    """The words have this one meaning; False: others are possible."""
    with_detail: str = ""
    """What a log written with -v4 has beyond others of this failure."""

    @property
    def advice(self) -> str:
        """The way out for CRIU itself, then for those who run it through a container runtime."""
        ways = [self.own_advice]
        if self.container:
            ways.append(f"in containers: {self.container}")
        if self.option:
            told = in_containers(self.option)
            ways.append(told.removeprefix("in containers: ") if self.container else told)
        if not self.container and not self.option:
            ways.append(SAME_ON_THE_HOST)
        return "; ".join(ways)

    def advice_for(self, *, detailed: bool) -> str:
        """The way out as `advice` has it; for a log not written with -v4 also what that would show."""
        again = f"; run again with -v4: {self.with_detail}" if self.with_detail and not detailed else ""
        return self.advice + again

    def in_log_of(self, version: Numbers | None) -> bool:
        """Whether a CRIU of this version can have it; an unknown one can."""
        return self.before is None or version is None or self.before.lacks(version)


def _known(
    id_: str,
    pattern: str,
    title: str,
    why: str,
    releases: str,
    advice: str,
    *,
    option: str = "",
    container: str = "",
    thread: str = "",
    before: Change | None = None,
    sure: bool = True,
    with_detail: str = "",
) -> KnownFailure:
    compiled = re.compile(pattern)
    return KnownFailure(
        id_, compiled, title, why, releases, advice, option, container, thread, before, sure, with_detail
    )


KNOWN_FAILURES = (
    # Before any run
    _known(
        "build-failed",
        r"\bprotoc(-c)?: |fatal error: \S{1,100}\.h: No such file|(make(\[\d+\])?|Makefile:\d+): \*\*\*"
        r"|undefined reference to"
        r"|\.[chS]:\d{1,6}(:\d{1,4})?: (fatal )?[eE]rror: |relocation R_\w+ against|multiple definition of"
        r"|cc1: error: |Unsupported relocation of type|Unexpected undefined symbol|libraries are installed"
        r"|ld returned \d|ld: cannot find|conflicting types for|redefinition of|error: unknown type name"
        r"|protoc(-c)?: (command )?not found|error: .{0,80}\[-Werror",
        "CRIU could not be built",
        "a library or its headers are missing, or the compiler or C library is newer than this source",
        "all",
        "install what it is built from (protobuf-compiler, libprotobuf-dev, libprotobuf-c-dev, protobuf-c-compiler, "
        "python3-protobuf, libnl-3-dev, libcap-dev, libbsd-dev, libnet1-dev, uuid-dev, libnftables-dev, "
        "libgnutls28-dev, pkg-config, asciidoc, xmlto); install as root, or with a PREFIX= and DESTDIR= that may be "
        "written; give CC= and LD= of one tool chain, the linker of the compiler; take a newer release of CRIU for a "
        "newer compiler, kernel headers or C library",
        sure=False,
    ),
    # Memory
    _known(
        "mapping-refused",
        r"Can't restore (0x)?[0-9a-f]+ mapping with 0xf+f4",
        "the kernel refused a mapping of the restorer (ENOMEM)",
        f"a private mapping asked for with WRITE is charged its whole length; {BOUNDARY_FIXED.before} a reservation "
        "that dumped data merely touches was asked for with WRITE",
        f"{BOUNDARY_FIXED.before} for reservations below data; any release when memory is really short",
        "set vm.overcommit_memory=1 for the restore, add swap, or restore on a host with more memory; what was "
        f"reserved below data: with {BOUNDARY_FIXED.later}",
        container="vm.overcommit_memory is the host's: set it on the host or node, and use a current CRIU there",
        thread="criu#2364",
    ),
    _known(
        "mapping-failed",
        r"Can't restore (0x)?[0-9a-f]+ mapping with 0x|Unable to remap [0-9a-f]+ ?->|Can't mremap"
        r"|Unable to remap a private",
        "the kernel refused a mapping of the restorer",
        "the value behind “with” is a negative errno: …ea EINVAL, …f3 EACCES, …ff EPERM, …f2 EFAULT; the file mapped "
        "there is another, may not be mapped so, or the address is not free",
        "all",
        "look at the VMA of that address: compare the file it maps with the dumped one, and the mount options "
        "(noexec) of its file system; where moving private memory fails with EINVAL, try another kernel",
        sure=False,
    ),
    _known(
        "premap-refused",
        r"Unable to map ANON_VMA: (Cannot allocate memory|Out of memory)",
        "the kernel refused a premapped mapping (ENOMEM)",
        "mappings shared by a parent and a child task, and all of an incremental or lazy restore, are premapped with "
        "WRITE, pages or not",
        f"all; from {ACCOUNTING.release} on not for memory that the kernel had not counted",
        "set vm.overcommit_memory=1 for the restore, add swap, or flatten the chain of parent dumps",
        container="vm.overcommit_memory is the host's: set it on the host or node; podman: restore from a checkpoint "
        "without --import-previous",
        thread="criu#3010",
    ),
    _known(
        "premap-area",
        r"Unable to reserve memory \((\d+ bytes|[0-9a-f]+)\)|No suitable area for task_restore",
        "no room for the area that mappings are premapped in",
        "before it maps anything CRIU reserves one area as long as all private mappings together, and that is more "
        "than the address space, or a limit on it, leaves",
        "all",
        "nothing but a smaller address space helps, overcommit does not: run the program without ThreadSanitizer or "
        "what else reserves so much; lift the limit on address space (ulimit -v) where there is one",
    ),
    _known(
        "pages-unreadable",
        r"Can't read async pr bytes|Reached EOF unexpectedly while reading page|Can't read mapping page"
        r"|Page read err|Can't read pages data",
        "the pages of a task cannot be read into its memory",
        "the pages file is shorter than the pagemap says, or the memory was mapped without WRITE (EFAULT): CRIU "
        f"{ACCOUNTING.release} does that to premapped PROT_NONE memory that holds data",
        f"all for short files; {ACCOUNTING.release} for PROT_NONE memory of an incremental or streamed dump",
        "compare the sizes of pages-*.img with the source and copy them again; restore with CRIU "
        f"{BEFORE_ACCOUNTING}, or from a full dump",
        sure=False,
    ),
    _known(
        "guard-pages",
        r"MADV_GUARD_INSTALL|PAGE_IS_GUARD|Can't dump page with parasite|should_dump_page failed",
        "guard pages could not be dumped or restored",
        "the C library makes guard pages of thread stacks with madvise on kernels from 6.13 on, and CRIU cannot read "
        "them",
        GUARD_VMAS.before,
        f"dump and restore with {GUARD_VMAS.later} on a kernel from 6.15 on",
        thread="criu#2626",
        sure=False,
    ),
    _known(
        "vmas-unsorted",
        r"VMA-s are not sorted in the image file",
        "the mm image is not sorted",
        f"CRIU {GUARD_VMAS.release} appends guard VMAs at the end of the list, which older releases do not expect",
        f"images of {GUARD_VMAS.release} restored by a release {GUARD_VMAS.before}",
        f"restore with {GUARD_VMAS.later}",
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
        r"Can't (restore|dump) high memory region",
        "a mapping lies above what this machine can address",
        "the dump comes from a machine with a larger address space (57 bits, or 48 bits on arm64)",
        "all",
        "restore on a machine with the same address width",
        thread="criu#706",
    ),
    _known(
        "huge-pages",
        r"path=/anon_hugepage|pmc_init: Can't allocate",
        "huge pages or a huge mapping could not be handled",
        f"memory from hugetlbfs is known from {HUGETLB.release} on, counts beyond 32 bits from {WIDE_COUNTS.release} "
        "on",
        f"{HUGETLB.before}; {WIDE_COUNTS.before} for very large mappings",
        f"use {WIDE_COUNTS.later}, and reserve huge pages on the target",
        container="huge pages are the host's (Kubernetes: hugepages-2Mi of the node)",
        thread="criu#1533",
    ),
    _known(
        "aio",
        r"Failed to check aio rings|Pending AIO requests|Not valid ring|wrong aio|AIO context screwed|Ring (setup"
        r"|remap) failed|Can't submit aio|Kernel doesn't remap AIO|Ring size is not aligned|/dev/aio|\[aio\]",
        "a ring of asynchronous I/O (AIO) could not be dumped or restored",
        "CRIU needs every ring idle while it dumps, and makes it again with io_setup; a limit, or a request in "
        "flight, prevents that",
        "all",
        "raise fs.aio-max-nr on the target; dump while no AIO request is pending, or turn native AIO off in the "
        "program (databases: innodb_use_native_aio=0)",
        container="set the sysctl fs.aio-max-nr on the host",
    ),
    _known(
        "thp",
        r"Cannot (disable|re-enable|restore) THP|THP_DISABLE",
        "transparent huge pages could not be switched",
        "CRIU turns them off for a task with prctl while it restores, and the kernel refused",
        "all",
        "use a newer kernel and CRIU, or set /sys/kernel/mm/transparent_hugepage/enabled to madvise",
    ),
    _known(
        "shared-memory",
        r"Can't (mmap|map|resize|restore|find my|dup) shmem|shmid=0x|SysV shmem|sysv shmem|with SysVIPC shmem map"
        r"|Can't map shmem",
        "shared memory could not be dumped or restored",
        "System V segments live in an IPC namespace, and anonymous shared memory is made anew as large as it was: "
        "the namespace must be dumped too, and /dev/shm or memory must have the room",
        "all",
        "run the tasks in an IPC namespace of their own (unshare -i, a container), and give the target enough memory "
        "and shmmax",
        container="a larger --shm-size, and no --ipc=host",
        sure=False,
    ),
    # Name spaces and ids
    _known(
        "namespace-limit",
        r"(unshare|namespace|netns|mntns|clone|[Ff]ork).{0,120}No space left on device",
        "no further namespace may be made",
        "the kernel counts namespaces by user and by depth, and says “No space left on device” where that is reached, "
        "or where more than 32 are inside one another",
        "all",
        "raise user.max_user_namespaces and the others of user.max_*, and restore in fewer namespaces inside one "
        "another",
        container="set the sysctls on the host",
    ),
    _known(
        "userns-root-unmapped",
        r"Unable to convert uid or gid",
        "the user namespace does not map id 0",
        "before dumping, CRIU converts uid 0 and gid 0 of the namespace to host ids, and one has no mapping",
        "all",
        "map id 0 (unshare --map-root-user or --map-auto), run CRIU inside that user namespace, or dump as root from "
        "the initial namespace a tree whose root task owns all of its namespaces",
        container="checkpoint as root of the host: podman without rootless, docker without userns-remap",
        thread="criu#562",
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
        CGROUPS_LATE.before,
        f"map host id 0, or cover id 65534 too; {CGROUPS_LATE.later} does not ask for it",
        container="give the container all 65536 ids (podman --uidmap, docker userns-remap, /etc/subuid), or none "
        "of its own",
        thread="criu#2902",
    ),
    _known(
        "userns-join",
        r"Failed to setns when join-ns|join-ns with user-namespace is not fully tested|while joining userns",
        "joining a namespace failed",
        "--join-ns of a user namespace is not complete; any other needs that namespace to exist and the right to "
        "enter it",
        "all",
        "restore into a namespace that CRIU makes itself",
        thread="criu#1206",
    ),
    _known(
        "external-namespace",
        r"Unable to find an external (netns|pidns)|from an external network namespace|Invalid join_ns|join-ns file"
        r"|join-ns pid namespace not supported|invalid namespace type|Conflicting flags: --join-ns"
        r"|more than one netns if the --emptyns",
        "a namespace that comes from outside was not handed over",
        "a dump made with --external net[INODE]:KEY (as runtimes do for a network or pid namespace given by path) "
        "needs the same key on restore, handed over by --inherit-fd fd[N]:KEY; sockets of a namespace that no dumped "
        "task is in cannot be dumped",
        "all",
        "--inherit-fd fd[N]:KEY with N open on the namespace's file, or --join-ns TYPE:FILE",
        container=f"{NOT_BY_HAND}; restore into a pod or container that has been made the same way, by a current "
        f"runtime",
        sure=False,
    ),
    _known(
        "userns-maps",
        r"Can't write user ns mapping|[ug]id_map|user/group mappings|Can't fork for \d+: .*userns",
        "the id maps of the user namespace could not be set",
        "the kernel takes a map of more than one id only from a process with CAP_SETUID and CAP_SETGID in the parent "
        "namespace, and only of ids that are mapped there",
        "all",
        "restore as root of the host, or where every host id of the dumped map is mapped (/etc/subuid, /etc/subgid)",
        container="docker: the same userns-remap; podman: as root, or with the same --uidmap",
        sure=False,
    ),
    _known(
        "nested-netns",
        r"Can't dump nested net(work)? namespace|Can't make netns id",
        "a task has its own network namespace inside the container",
        "a service in the tree unshared the network (systemd's PrivateNetwork=yes, snaps, a container in a "
        "container), and this release dumps nested net namespaces only where it can tell them apart by their ids",
        f"{SECOND_NETNS.before}; later ones need a kernel that reports NSIDs",
        f"stop that service or set PrivateNetwork=no for it, or dump with a newer CRIU ({SECOND_NETNS.later})",
        container="find the task with “lsns -t net” inside, and keep services with a network namespace of their own "
        "out",
        thread="lxd#5309",
    ),
    _known(
        "nested-pidns",
        r"Can't dump nested (pid|user|ipc|uts|time|cgroup|mnt) namespace|Nested (pid|user) namespaces",
        "a task lives in a namespace nested inside the tree's own",
        "a container, a sandbox or a service of systemd runs inside what is dumped (browsers, docker in docker, "
        "unshare, units with namespaces of their own); CRIU restores one level of this kind of namespace",
        "all",
        "end the nested container or sandbox before the dump (browsers: --no-sandbox), or dump it separately; of "
        "units, set ProtectHostname=no (uts), PrivateUsers=no (user), PrivateIPC=no (ipc)",
    ),
    _known(
        "pidns-without-init",
        r"Can't (dump|restore) a? ?pid namespace without the process init|without the process init"
        r"|Can't make pidns id",
        "the dumped root task is not the init of its pid namespace",
        "a pid namespace can only be dumped whole, from its first process on",
        "all",
        "dump the init process of that namespace (the container's pid 1 as seen from the host), not a task inside",
        container="use the runtime's own checkpoint command, which dumps init and all",
        thread="criu#2084",
    ),
    _known(
        "transport-socket",
        r"Can't (bind|connect) (the )?transport socket|Can't send (file )?descriptor to|/crtools-fd-\d+-\d+",
        "the socket that restored tasks hand descriptors over is taken",
        "its name is made of a pid and a number of the run: two restores at once in one network namespace can choose "
        "the same",
        "all; newer ones choose a name of the run's own",
        "restore one after the other, each in a network namespace of its own, or with a newer CRIU",
        thread="criu#2499",
        sure=False,
    ),
    _known(
        "task-tree",
        r"Can't find a parent for \d+|Unexpected task \d+ in a tree|Can't figure out which sid"
        r"|Can't restore sub-task in NS|Can't restore (sid|pgid)|Can't set kernel pid_max"
        r"|pstree item has invalid pid",
        "the tree of tasks cannot be made as it was",
        "sessions and process groups are given back through the tasks that led them, and ids up to the dumped "
        "pid_max: one that is not among the dumped tasks, or is taken here, cannot be",
        "all",
        "dump the tree from its session leader on (setsid when it starts), restore in a pid namespace of its own "
        "(criu-ns, unshare -p), and raise kernel.pid_max as far as where it was dumped",
        option="--shell-job",
        sure=False,
    ),
    _known(
        "setns",
        r"Can't setns \d+/\w+|Can't (switch|restore) (to )?(mnt|net|pid)_?ns|Can't setup target netns"
        r"|Unable to enter existing",
        "a namespace of a task could not be entered",
        "CRIU enters the namespaces of tasks with setns, which wants CAP_SYS_ADMIN there and a single thread; a "
        "nested mount namespace that was not restored cannot be entered either",
        "all",
        "run as root of the host; end containers or services with a mount namespace of their own inside, or use a "
        "newer CRIU",
        thread="lxd#6320",
        sure=False,
    ),
    _known(
        "restore-needs-pidns",
        r"This process tree can only be restored in a new pid namespace"
        r"|Unable to restore into an empty PID namespace|First PID in a PID namespace needs to be",
        "these images need a new pid namespace to restore into",
        "the tree was dumped with processes whose ids or session start in another pid namespace",
        "all",
        "run `criu restore` under unshare -p, or with criu-ns, which makes the pid namespace",
    ),
    _known(
        "session-outside",
        r"A session leader of (zombie process )?\d+(\(\d+\))? is outside|is not a session leader"
        r"|Can't find a session leader|Requested sid \d+ doesn't match",
        "a task's session leader is outside the dumped tree",
        "the tasks were started from a shell or through docker exec, so that their session belongs to a process that "
        "is not dumped",
        "all",
        "start the program with setsid, or dump and restore with --shell-job; dump the session leader's tree instead",
        option="--shell-job",
        container="leave processes of `exec` sessions (docker exec, kubectl exec) before the checkpoint",
        thread="criu#1655",
    ),
    _known(
        "ids-intersect",
        r"Current [sg]id \d+ intersects with",
        "an id that the dump needs is the restorer's own session or process group",
        "ids of the dump are given back as they were, and the session or group that CRIU itself runs in has one of "
        "them",
        "all",
        "start the restore in a new session and pid namespace of its own: setsid, unshare -p, or criu-ns from "
        "outside the container",
        thread="criu#2851",
    ),
    _known(
        "kernel-without",
        r"(sysctl|directory|file|option|infrastructure) is (missing(?! in the archive)|incomplete"
        r"|inaccessible: No such)|is inaccessible: No such file|Can't stat self map_files|System call kcmp is not",
        "the kernel was built without what CRIU needs",
        "these files are there in kernels with CONFIG_CHECKPOINT_RESTORE and the options that criu.org names; kernels "
        "of small boards, clouds and WSL 1 leave some out",
        "all",
        "use a kernel with CONFIG_CHECKPOINT_RESTORE, the *_DIAG options and what else `criu check --all` names "
        "(another "
        "distribution's, or one built for it); in a container or a rented server it is the host's",
        thread="criu#2026",
    ),
    _known(
        "fork-not-permitted",
        r"Can't fork for \d+: Operation not permitted|clone3.*Operation not permitted|ns_last_pid.*(Read-only"
        r"|Permission denied)",
        "CRIU may not choose the ids of new tasks",
        "clone3 with a given pid, or a write to /proc/sys/kernel/ns_last_pid, wants CAP_SYS_ADMIN or "
        "CAP_CHECKPOINT_RESTORE in the pid namespace",
        "all",
        "run as root, or with CAP_CHECKPOINT_RESTORE",
        container="--cap-add CHECKPOINT_RESTORE --cap-add SYS_PTRACE; kernels before 5.9 need --privileged or "
        "/proc/sys/kernel/ns_last_pid mounted writable",
        thread="osgi#631",
    ),
    _known(
        "pid-max",
        r"[Ww]rite \d+ to \S{0,60}ns_last_pid: Invalid argument|Can't set kernel pid_max"
        r"|Pid \d+ do not match expected (32768|4194304)",
        "a pid of the dump is beyond this host's largest",
        f"kernel.pid_max is smaller here than where it was dumped; releases {PID_MAX_RAISED.before} do not raise it",
        "all",
        "raise it: sysctl kernel.pid_max=4194304, or as it was where it was dumped; a newer CRIU does so itself, as "
        "root",
        container="the sysctl kernel.pid_max is the host's",
    ),
    _known(
        "pid-taken",
        r"Can't fork for \d+: (File exists|Device or resource busy)|Pid \d+ do not match expected"
        r"|Thread pid mismatch|Unable to create a thread|Can't (lock|set|open) last_pid|Setting PID failed"
        r"|ns_last_pid|Conflict with a dead task with the same PID",
        "a PID or thread id that the dump needs is taken or cannot be chosen",
        "tasks and threads get their old ids back, and one is in use here, or CRIU may not choose ids",
        "all",
        "restore in a PID namespace of its own (unshare -p, criu-ns), or end the task that has it; try again on a "
        "fresh pid range where only the timing was unlucky; a newer kernel (5.5 on, with CRIU 3.15 or later) lets "
        "clone3 choose the pid, so that others take it less often",
        container="restore into a new container, whose pid namespace is empty",
        thread="criu#1268",
    ),
    _known(
        "fork-refused",
        r"Can't fork for \d+: (Cannot allocate memory|Out of memory)",
        "the kernel refused memory for a new process",
        "a fork is charged for a copy of all that its parent has premapped",
        "all",
        "set vm.overcommit_memory=1 for the restore, or add swap",
        container="vm.overcommit_memory is the host's: set it on the host or node; raise the container's memory limit",
    ),
    _known(
        "fork-limit",
        r"Can't fork for \d+: Resource temporarily unavailable",
        "a limit on processes is reached",
        "RLIMIT_NPROC of whoever restores, pids.max of the cgroup, or kernel.pid_max leaves no room for another",
        "all",
        "raise pids.max and ulimit -u for whoever restores",
        container="--pids-limit -1; kubelet: podPidsLimit",
    ),
    _known(
        "fork-flags",
        r"Can't fork for \d+: Invalid argument|Set CLONE_PARENT \| CLONE_NEWPID",
        "the kernel does not take the flags that the first process is made with",
        "a restore inside a pid namespace, or into one of an old kernel, asks for CLONE_PARENT with CLONE_NEWPID",
        "all",
        "restore with a newer kernel, from outside the container, or without --restore-sibling",
        sure=False,
    ),
    _known(
        "timens",
        r"[Tt]ime namespaces? (is|are)? ?not supported|time namespace|monotonic clock offset|boottime clock offset"
        r"|time_for_children|timens_offsets",
        "the time namespace could not be restored",
        "clocks are kept through a time namespace, which kernels have from 5.11 on (5.6 in part) and which cannot be "
        "nested",
        "all",
        "restore on a kernel with CONFIG_TIME_NS, as root of the host; where the offsets are refused, a host whose "
        "clocks are not behind the dump's",
    ),
    # Whom CRIU may not seize
    _known(
        "traced",
        r"Unseizable non-zombie|Unseizable|Unable to interrupt (the process|task)|can't interrupt task"
        r"|Can't interrupt task|wrong task attached|zombie (\d+ \(comm .*\) )?found while seizing|Can't attach to \d+",
        "a task could not be seized: something else traces it, or CRIU may not",
        "CRIU stops tasks with ptrace, of which a task can have one: strace, gdb or another debugger or profiler "
        "holds it already; or a security module (yama, SELinux, AppArmor) or a missing CAP_SYS_PTRACE forbids it",
        "all",
        "detach strace, gdb or the debugger (TracerPid in /proc/PID/status says who), run CRIU as root with "
        "CAP_SYS_PTRACE, and set kernel.yama.ptrace_scope=0; where the freezer of cgroup v2 stopped the tasks "
        "(--freeze-cgroup), dump without it or on a newer kernel, and thaw the cgroup first",
        container="run with --cap-add SYS_PTRACE or --privileged where CRIU itself runs in the container",
        thread="criu#1753",
        sure=False,
    ),
    _known(
        "criu-in-tree",
        r"The criu itself is within dumped tree",
        "CRIU itself is among the tasks that it should dump",
        "it was started inside the tree, as from a shell or a container that it then dumps, and cannot stop itself",
        "all",
        "start CRIU from outside the dumped tree: from another terminal with setsid, or from the host for a "
        "container; check the pid given with -t",
        container="checkpoint from the host with the runtime's command, not from inside the container",
        thread="criu#2080",
    ),
    _known(
        "proc-children",
        r"/children on procfs: No such file|task/\d+/children",
        "the kernel does not list the children of a task",
        "CRIU finds the tree through /proc/PID/task/TID/children, which kernels built without CONFIG_PROC_CHILDREN "
        "lack",
        "all",
        "use a kernel with CONFIG_PROC_CHILDREN and what else `criu check --all` names",
        thread="criu#2511",
    ),
    _known(
        "proc-denied",
        r"Can't open (/proc/)?\d+/\S{1,100} on procfs: (Operation not permitted|Permission denied)"
        r"|Unable to open /proc/\d+/\S{1,100}: (Operation not permitted|Permission denied)",
        "a file of a task in /proc is not shown to whoever runs CRIU",
        "the kernel shows pagemap, map_files and others only to root of the host: root of a container (OpenVZ, LXC, "
        "a rented server that is one) is not, nor is one without CAP_SYS_ADMIN, CAP_SYS_PTRACE or "
        "CAP_CHECKPOINT_RESTORE",
        "all",
        "run CRIU as root of the host, or inside a real virtual machine (KVM)",
        container="--privileged, or --cap-add CHECKPOINT_RESTORE --cap-add SYS_PTRACE --cap-add SYS_ADMIN where CRIU "
        "runs inside",
        thread="criu#1164",
    ),
    _known(
        "pid-reused",
        r"Task pid reused while suspending",
        "a task ended, and its pid was given to another, while CRIU stopped the tree",
        "the tree forks and ends tasks faster than CRIU stops them",
        "all",
        "dump again; freeze the tree first (--freeze-cgroup DIR), so that it cannot fork meanwhile",
        option="--freeze-cgroup DIR",
        sure=False,
    ),
    _known(
        "pid-gone",
        r"Unable to open /proc/\d+|Can't open /?(proc/)?\d+/?.*: No such (file or directory|process)"
        r"|No such process.*freez|Can't open \d+/|The root (task|process) \d+ .*not|A root task is dead"
        r"|Can't read \d+'s stat|stat for \d+ is corrupted",
        "the task that should be dumped does not exist",
        "the pid given is of no process any more, or is counted in another pid namespace than CRIU's",
        "all",
        "give the pid as the namespace that CRIU runs in counts it (docker inspect -f {{.State.Pid}}), of a process "
        "that still runs",
        sure=False,
    ),
    _known(
        "stopped-alone",
        r"Individually stopped threads|Zombie with(out)? (threads|children)|Zombies? (with )?threads?"
        r"|Stopped tasks are not supported|unsupported stop signal|pending SIGTRAP|Unexpected \d+ task interruption"
        r"|task not stopped after seize",
        "a task is in a state of stopping that cannot be dumped",
        "one of its threads is stopped or dead alone, or a debugger has left a trap behind",
        "all",
        "let the task run (kill -CONT), wait until its threads are gone, and dump again",
        sure=False,
    ),
    _known(
        "freeze",
        r"Timeout reached\. Try|[Uu]nable to freeze|Unable to interrupt the current operation"
        r"|Unknown freezer state|Neither a cgroupv1",
        "the tasks could not be frozen in time",
        "CRIU waits for all tasks to stop, 10 seconds unless told otherwise; one sits in the kernel (disk, NFS, "
        "FUSE, a GPU) or the freezer of its cgroup is held by somebody else",
        "all",
        "look for a task in state D (ps), raise --timeout, leave --freeze-cgroup away, or thaw the cgroup first",
        option="--timeout 60",
        container="do not checkpoint a paused container; on cgroup v2 use a current runc or crun",
        thread="criu#2366",
    ),
    _known(
        "unprivileged-task",
        r"can't dump unpriv[ia]l[ei]ged task whose /proc doesn't belong to it|whose /proc doesn",
        "a task's /proc belongs to another user than the task",
        "the task changed its uid or runs a file that it may not read, so that the kernel marks it not dumpable and "
        "gives its /proc to root; the code that CRIU puts into it then has no right to read it",
        "all",
        "run the task under one uid all along (start it as that user instead of setuid later), or let it call "
        "prctl(PR_SET_DUMPABLE, 1); make its executable readable by its owner",
        container="start the container with the user that the program runs as (USER, --user) instead of switching "
        "inside",
        thread="criu#2243",
    ),
    _known(
        "parasite-selinux",
        r"check selinux execmem policy|mmap\(PROT_WRITE \| PROT_EXEC\) failed|remote mmap\(\) failed",
        "code of CRIU could not be put into the task",
        "a page that is writable and executable was refused, by SELinux (execmem, execmod), by a seccomp filter, or "
        "by a hardened kernel",
        "all",
        "allow execmem (setsebool deny_execmem 0, or a policy module; setenforce 0 to try), or look at the seccomp "
        "filter",
        container="--security-opt label=disable to try",
    ),
    _known(
        "infect-failed",
        r"No suitable VMA? found to run|Can't map remote parasite|Unable to connect a transport socket|Can't inject"
        r"|Can't dump task \d+ running in 32-bit mode|with LDT descriptors|The task is not in parasite code",
        "code of CRIU could not run inside the task",
        "the parasite that reads a task from inside needs memory there, a socket back, and a task of a kind that "
        "this build supports (64 bit; 32 bit only with CONFIG_COMPAT)",
        "all",
        "use a current CRIU built for this architecture; “Permission denied” is a security module (AppArmor, "
        "SELinux) or a seccomp filter of the task: try without it",
        container="--security-opt apparmor=unconfined (LXD: also the profiles loaded inside, such as dhclient's)",
        sure=False,
    ),
    # Descriptors
    _known(
        "mount-sharing",
        r"Failed to copy sharing|Can't copy sharing|Failed to (set|move) .{0,40}group .{0,60}(mount|sharing)",
        "the sharing of a mount could not be made again",
        "the new mount engine gives a mount the group of another one, which the kernel does only between mounts of one "
        "file system where one is seen from the other: devices and files that are bound one by one are not",
        "3.17 and later, most often with external mounts (NVIDIA's runtime, /etc/hosts, Kubernetes)",
        "--mntns-compat-mode, which is the mount engine of before 3.17, when dumping and when restoring; or a newer "
        "CRIU",
        option="--mntns-compat-mode",
        thread="criu#2023",
    ),
    _known(
        "bind-source",
        r"create criu restore mount(point)? for|bind mount source (stat|does not exist)",
        "what the runtime should bind into the container is not on this host",
        "a container is restored with the bind mounts that it had: files and libraries of the host must be there under "
        "the same names, those of a GPU's driver with its version in them",
        "all",
        "make the source on this host: the same files, and for a GPU the same driver version on both hosts",
    ),
    _known(
        "plugin-unfit",
        r"Unable to load .{1,300}\.so: |undefined symbol: .{0,60}(plugin|cr_)|Failed in init\(.{0,60}\) of"
        r"|plugin .{0,80}(version|mismatch)",
        "a plugin of CRIU does not fit to this CRIU",
        "a plugin calls functions of the program: one built from a later or earlier source finds them missing",
        "all",
        "install program and plugin from the same release (the same package or the same source), and remove other "
        "builds from the directory of --libdir, /usr/lib/criu",
        thread="criu#2521",
    ),
    _known(
        "cuda-tool",
        r"toggl\w+ CUDA|OS call failed or operation not supported|restore thread ID for process",
        "cuda-checkpoint could not stop or start the GPU's part of a task",
        "NVIDIA's tool traces the task and talks to the driver: it wants root, a driver that can, and a task with a "
        "CUDA context",
        "drivers from 550 on; --action from 555, NVML from 570",
        "run it as root (sudo) on the host, with /proc of the task in sight (hidepid, containers: as the host's root), "
        "and with the newest driver",
        thread="cuda-checkpoint#6",
        sure=False,
    ),
    _known(
        "inherit-fd",
        r"Can't fstat inherit fd|inherit fd \d+ .{0,60}(closed|not open)|Invalid inherit fd",
        "a descriptor that should be handed to the restore is not open",
        "whoever calls CRIU opens what the container keeps from outside, and names it with --inherit-fd: it had closed "
        "it before CRIU ran, which is a bug of the caller",
        "all",
        "use another release of the runtime (a newer crun, runc or engine), or open the descriptor in the very shell "
        "that starts criu (3<>FILE)",
        thread="crun#1367",
    ),
    _known(
        "size-misread",
        r"Can't allocate \d{12,} bytes",
        "CRIU asked for more memory than any host has",
        "a size was read wrongly: from an image of another release, or by a bug of this one",
        "all",
        "use a newer CRIU; with images of another release the one that wrote them",
        sure=False,
    ),
    _known(
        "mount-peers",
        r"Two shared mounts .{1,60}different sets of children|doesn't have a proper point for",
        "mounts that are shared do not have the same mounts below them",
        "where the one of a group has what the other has not, an old release refuses the dump, even where only options "
        "differ or something is mounted over",
        "most often releases before 2.0",
        "use a newer CRIU; or make these mounts private (mount --make-private), or umount what only the one has",
        sure=False,
    ),
    _known(
        "stop-signal",
        r"[Tt]ask (stopped|signaled) with (1|2|3|10|12|13|15)\b|(killed|stopped) by signal (1|2|3|10|12|15)\b"
        r"|was killed by (1|2|3|15)\b",
        "somebody sent a task a signal while it was restored",
        "SIGTERM, SIGINT or SIGHUP comes from outside: systemd ends all of a unit that it stops, such as that of the "
        "container before, and supervisors, shells and time limits do so too",
        "all",
        "restore into another unit (another name of the container, or --systemd-cgroup off), let the old one be gone "
        "first, and look into the journal for who stopped it",
        sure=False,
    ),
    _known(
        "network-loopback",
        r"FIB table does not exist",
        "a network namespace has no routing table yet",
        "the kernel makes the table when the first device is brought up: in a namespace whose lo is down ip has "
        "nothing to save",
        "all",
        "bring the loopback device up in that namespace (ip link set lo up) before the dump",
        option="--empty-ns net",
    ),
    _known(
        "feature-gate-unknown",
        r"unrecognized feature gate",
        "the kubelet does not know a feature gate of that name",
        "the gate of checkpoints is called ContainerCheckpoint, and is there from Kubernetes 1.25 on",
        "all",
        "write ContainerCheckpoint: true in featureGates (--feature-gates=ContainerCheckpoint=true); from 1.30 on it "
        "is on by itself",
        thread="kubernetes#112327",
    ),
    _known(
        "device-nvidia",
        r"(Can't dump file|that type).*\bchr (195|50[0-9]|51[01]|23[4-9]):\d+|nvidia|/dev/nvidia|\bcuda\b(?![_-])",
        "a task uses an NVIDIA GPU",
        "the descriptor or mapping is an NVIDIA device (major 195 and nvidia-uvm), which only the cuda plugin of "
        "CRIU and the tool cuda-checkpoint can save",
        f"all; the plugin comes with CRIU {CUDA_PLUGIN.release} and needs driver 550 or later (570 for most uses)",
        "install CRIU's cuda plugin (criu-cuda-plugin, /usr/lib/criu/cuda_plugin.so) and NVIDIA's cuda-checkpoint in "
        "PATH, with the same driver on both sides; or close the GPU before the dump",
        container="runc and crun load the plugin where CRIU finds it (--libdir, /usr/lib/criu)",
        thread="cuda-checkpoint#7",
    ),
    _known(
        "cuda-plugin",
        r"cuda_plugin: |cuda-checkpoint|CUDA (state|in process)",
        "the cuda plugin could not check the GPU state in or out",
        "CRIU's plugin runs the tool cuda-checkpoint for each task with a CUDA context; it is missing, too old, "
        "timed out, or failed",
        f"{CUDA_PLUGIN.release} and later",
        "check that cuda-checkpoint is in PATH and that the driver is 555 or later on both sides; raise --timeout, "
        "since moving GPU memory takes long; the driver itself does not support managed memory (UVM), IPC memory "
        "(NCCL), NVML in use and the multi-process service: use the newest driver, and end these before the dump; run "
        "cuda-checkpoint --toggle --pid PID by hand to see its own message",
        option="--timeout 300",
        thread="cuda-checkpoint#4",
        sure=False,
    ),
    _known(
        "plugin-foreign",
        r"amdgpu_plugin: .{0,60}(/dev/kfd|/dev/dri).{0,40}No such (file|device)|cuda_plugin: .{0,80}no CUDA-capable",
        "a plugin of CRIU took a device that is none of its own",
        "plugins that are installed are asked one after the other, and one for GPUs that this machine does not have "
        "answered",
        "all",
        "remove the plugin that does not belong here (amdgpu_plugin.so or cuda_plugin.so) from the directory of "
        "--libdir, /usr/lib/criu, or use a newer CRIU",
        thread="criu#2531",
    ),
    _known(
        "amdgpu-plugin",
        r"amdgpu_plugin: |Number of devices mismatch|Number of xgmi groups|Failed to match (all GPU groups|remaining "
        r"nodes)|CR not supported on current kernel|KFD_MAX_BUFFER_SIZE|Check user is in \"video\" group"
        r"|KFD file descriptor not valid",
        "the amdgpu plugin could not save or restore the GPU state",
        "it asks the kernel's driver (KFD) for it, and wants the same GPUs, as many, of the same generation, joined "
        "in the same way, on both sides; whoever runs it must be in the groups video and render",
        "all",
        "use the same GPUs, driver (ROCm) and release of CRIU on both sides; a kernel with checkpoint support of KFD "
        "(from 5.18 on); KFD_MAX_BUFFER_SIZE=2G where memory is short; close what the plugin does not know (RDMA, "
        "DMA buffers shared with tasks outside the tree)",
        container="hand over /dev/kfd and /dev/dri alike (--device /dev/kfd --device /dev/dri)",
        sure=False,
    ),
    _known(
        "device-gpu",
        r"(Can't dump file|that type).*\bchr (226|511|24[0-9]|23[0-9]):\d+|/dev/dri|/dev/kfd|amdgpu_plugin|amdgpu: "
        r"|\bkfd\b",
        "a task uses a GPU (DRM, /dev/dri, /dev/kfd)",
        "the descriptor is a graphics device, whose state only a plugin for it can save: CRIU has one for amdgpu "
        "with ROCm, none for graphics of other drivers",
        "all",
        "close the device or keep the program off the GPU before the dump (no hardware rendering); for ROCm install "
        "the amdgpu plugin of CRIU and the same driver on both sides",
        thread="criu#1873",
    ),
    _known(
        "message-queue",
        r"path=/?[\w./-]* .*mqueue|mqueue|POSIX message queue"
        r"|Can't lookup mount=-?\d+ for fd=\d+ path=/(?!ptmx)[^/\s]+$",
        "a task has a POSIX message queue open, or a file of a file system that no mount shows",
        "the descriptor's path is on no mount of the task's namespace: a queue of mq_open lives in a hidden mqueue "
        "file system, and POSIX message queues are not supported by CRIU; an --external mnt option does not help",
        "all",
        "close the message queue (mq_close) before the dump; for another file, keep its mount in the tasks' mount "
        "namespace",
        thread="criu#1785",
        sure=False,
    ),
    _known(
        "io-uring",
        r"Unknown shit 600|f000 600|anon_inode:\[io_uring\]|io_uring"
        r"|mapfile link \S+: No such device or address",
        "a task uses io_uring",
        "CRIU does not dump its rings, neither the descriptor nor its mappings",
        f"all up to {NEWEST}",
        "turn io_uring off in the program, such as UV_USE_IO_URING=0 for Node.js and libuv, or "
        "kernel.io_uring_disabled=2 before it starts",
        container="-e UV_USE_IO_URING=0, or a seccomp profile that refuses io_uring_setup",
        thread="criu#2131",
    ),
    _known(
        "pidfd",
        r"pidfd: |anon_inode:\[?pidfd\]?|pidfs|\bpidfd\b",
        "a task has a pidfd open that cannot be dumped",
        f"pidfds are dumped from CRIU {PIDFDS.release} on, of processes within the tree, and not of threads "
        "(PIDFD_THREAD)",
        f"{PIDFDS.before} for all; later for processes outside the tree",
        f"dump with {PIDFDS.later}, together with the process that the pidfd stands for, or close it",
    ),
    _known(
        "memfd-secret",
        r"secretmem|memfd_secret|/secretmem",
        "a task uses secret memory (memfd_secret)",
        "the kernel lets nobody read such memory, CRIU neither",
        "all",
        "turn it off in the program or with secretmem.enable=0 on the kernel's command line",
    ),
    _known(
        "bpf-perf",
        r"anon_inode:\[?(bpf[\w-]*|perf_event|userfaultfd|kvm[\w-]*|fscontext|landlock[\w-]*|seccomp notify|btf"
        r"|dmabuf|sync_file)|BPF map type|bpf_link|anon_inode:\[perf_event\]",
        "a task has a kernel object open that cannot be dumped (bpf, perf, userfaultfd, kvm)",
        "CRIU knows regular files, pipes, sockets, epoll, eventfd, signalfd, timerfd, inotify, memfd and BPF maps of "
        "two types; programs, links, perf events and virtual machines hold state that it cannot read",
        "all",
        "close the descriptor, or end the monitoring or profiling inside the task, before the dump",
    ),
    _known(
        "device",
        r"handle_device_vma plugin failed|Can't handle non-regular mapping|Missing required plugin|Can't load plugin"
        r"|Failed to load plugin",
        "a task maps a device, or a plugin for one is missing",
        "only a plugin for that device can dump or restore it",
        "all",
        "install the plugin (cuda, amdgpu) and the same driver on both sides; --libdir says where plugins are",
    ),
    _known(
        "fd-unsupported",
        r"Can't dump file \d+ of that type|Unknown shit|Unsupported mapping found|Unexpected VMA met"
        r"|Strange file mapped",
        "a task has a descriptor or mapping of a kind that CRIU does not dump",
        "what it is stands in brackets: chr MAJOR:MINOR is a device, anon a kernel object, unknown a file of a file "
        "system without names",
        "all",
        "find it with `ls -l /proc/PID/fd/N` and close it, or hand it over with --external and --inherit-fd; devices "
        "need a plugin",
    ),
    _known(
        "epoll",
        r"Dump eventpoll|kid_lookup_epoll|epoll: |kcmp-epoll failed",
        "an epoll set watches a descriptor that cannot be dumped or added again",
        "the watched descriptor was closed while a duplicate lives on, often in another process or with the "
        "terminal's program (an editor's terminal), so that its number leads to no file; on restore EPERM means that "
        "the file is of a kind that cannot be watched",
        f"all; kernels before 4.13 and CRIU {EPOLL_DUPLICATES.before} find no duplicates",
        "start the program from a plain terminal or with setsid and its output redirected, so that no foreign "
        "descriptor is inherited; use a newer CRIU and kernel",
        with_detail="it names the descriptor (tfd)",
        thread="criu#769",
        sure=False,
    ),
    _known(
        "pipe-data",
        r"splicing data|for stealing data|(pick|push) pipe data|packetized mode for pipes|fake fifo|Can't open fifo"
        r"|piped data size|Unable to reopen the pipe|Wanted to restore \d+ bytes, but got|Can't map mem for pipe buf",
        "what stands in a pipe or FIFO could not be saved or put back",
        "CRIU takes the data out of each pipe by splice and puts it back on restore, for which the pipe must be as "
        "large as it was; pipes in packet mode (O_DIRECT) are not supported; a FIFO must lie at its path",
        "all",
        "raise fs.pipe-max-size and fs.pipe-user-pages-soft; let the reader empty the pipe before the dump; restore "
        "where the FIFO is at its path; do not use O_DIRECT pipes",
        sure=False,
    ),
    _known(
        "fd-number",
        r"Too big FD number|Too many open files|busy target|dup # ->|Can't chose service_fd_base|Can't dup local fd",
        "there is no room for the descriptors of the dump",
        "their numbers or CRIU's own beside them exceed the limit on open files",
        "all",
        "raise the limit (ulimit -n, fs.nr_open) for whoever restores",
        container="--ulimit nofile=1048576, and LimitNOFILE of the runtime's service",
    ),
    _known(
        "descriptor",
        r"Can't (stat|statfs|read link of|get owner signum on) (fd )?\d+|Can't setup \d+ file owner|fcntl call on fd"
        r"|Unable to set file descriptor flags|Can't (sent|get) fd[ =]\d+|Can't (create|restore params on) "
        r"(eventfd|signalfd)|Not enough space to replace|Can't fstat inherit fd",
        "a descriptor of a task could not be read or made again",
        "CRIU makes each file once and hands it to the tasks that share it; its owner for signals, its flags and its "
        "kind must be what this kernel allows to whoever restores",
        "all",
        "look at the lines of the same pid before it, which name the file; let the program close it before the dump, "
        "or hand it over with --inherit-fd; run as root of the host",
        sure=False,
    ),
    _known(
        "file-locks",
        r"Some file locks are hold|Unresolved lock found|We have a blocked file lock|Can not set (flock|posix lock"
        r"|ofd lock)|Conflicting lease|Can't set lease|Unknown (file lock|flock)|Dump file lock failed",
        "a task holds a file lock",
        "locks (flock, fcntl, leases) are dumped only on demand, since nobody keeps others from taking them meanwhile",
        "all",
        "--file-locks on both sides, dump and restore",
        option="--file-locks",
        thread="criu#1370",
    ),
    _known(
        "fsnotify",
        r"Can't find suitable path for handle|Can't dump that handle|Can't decode handle|irmap: Failed to resolve"
        r"|fsnotify: ",
        "an inotify or fanotify watch has no path",
        "the watched file is known by a handle that leads to no path, as on overlayfs, or was deleted; on restore "
        "the path must exist here, cgroup files too",
        "all",
        "dump with --force-irmap, or --irmap-scan-path DIR; where a watch cannot be added with EINVAL, its mask is of "
        "another kernel: restore on one like it; restore where the watched file exists; end the service "
        "that watches it",
        option="--force-irmap",
        container="docker: another storage driver than aufs, whose files have no handles (vfs, or overlay2 with "
        "nfs_export=on)",
        thread="criu#284",
    ),
    # Files
    _known(
        "jvm-data",
        r"hsperfdata",
        "a file of the JVM's own counters (hsperfdata) is not as it was",
        "the JVM maps a file below /tmp/hsperfdata_USER, which another host or container does not have",
        "all",
        "start the JVM with -XX:-UsePerfData or -XX:+PerfDisableSharedMem, or bring the file along",
    ),
    _known(
        "proc-file",
        r"Can't open file /?proc/\d+/\S{0,200} on restore|Can't open file /?proc/\d+/",
        "a file of /proc of a task or a thread cannot be opened again",
        "tasks and threads are made one after the other, threads last, so that such a file is not there yet when the "
        "descriptor is restored; of a task outside the tree it never is",
        "all",
        "close it before the dump: the program opens the file below /proc/PID anew each time that it reads it, or "
        "watches itself through /proc/self after the restore",
        thread="criu#1553",
    ),
    _known(
        "file-absent",
        r"Can't open file .* on restore: (No such|Permission)|- Can't open vma|Unable to open fd=\d+ id="
        r"|Can't find target file|Can't open (cwd|root)|Can't chdir|Unable to find the \d+ memfd",
        "a file that was open or mapped is not here",
        "files are opened again by their path",
        "all",
        "copy the file, or make it or its directory, restore with the same root (--root), or hand it in with "
        "--inherit-fd; let the program keep it where it is on both sides, or close it before the dump",
        container="restore from an image that has the file, with the same volumes",
        sure=False,
    ),
    _known(
        "cgroup-file",
        r"File /?sys/fs/cgroup/\S{0,300} has bad",
        "a directory or file of cgroups that a task has open is not as it was",
        "systemd and other managers of cgroups keep their root open, whose mode CRIU gives back only where it is "
        "below the root that it dumps",
        "all",
        "give --cgroup-root when dumping as well as when restoring, so that its mode is dumped too; or make it as it "
        "was (chmod), or --skip-file-rwx-check; a newer CRIU",
        option="--skip-file-rwx-check",
        thread="criu commit cb19e69e6",
    ),
    _known(
        "directory-mode",
        r"has bad mode 04\d{4} \(expect",
        "a directory that a task has open has other permissions than at the dump",
        "directories of cgroups and of tmpfs are made anew with the permissions of whoever makes them",
        "all",
        "chmod it as it was (the mode in octal stands behind “expect”), or --skip-file-rwx-check; of a directory of a "
        "cgroup, name that with --cgroup-root when dumping, so that it is restored with its modes",
        option="--skip-file-rwx-check",
    ),
    _known(
        "file-changed",
        r"has bad size \d+ \(expect \d+\)|has bad mode 0\d+ \(expect|has bad build-ID",
        "a file has changed since the dump",
        "size, mode or build id of an open or mapped file is not what it was",
        "all",
        "restore with the same root file system; keep growing logs out of it, or copy the file of the time of the "
        "dump, or make it as long as it was (truncate -s with the size expected); "
        "--skip-file-rwx-check for modes, --file-validation filesize for build ids",
        container="restore from the same image with the same volumes; a log that goes on growing belongs into a "
        "volume of "
        "its own; the line “skip-file-rwx-check” or “file-validation filesize” in /etc/criu/runc.conf (crun: "
        "/etc/criu/crun.conf)",
        thread="criu#515",
    ),
    _known(
        "path-of-another-file",
        r"Unaccessible path opened",
        "the path of an open file leads to another file now",
        "what is open was replaced at its path, as a device whose number changed or a file that was mounted over",
        "all",
        "for a device dump with --evasive-devices, which takes any path to it; else let the program open the file "
        "anew, or do not mount over it",
        option="--evasive-devices",
    ),
    _known(
        "file-not-dumped",
        r"Can't (get path|readlinkat|note link remap|seek (file|ghost)|stat path|get owner of link remap)"
        r"|The path \[.*\] is not supported|fiemap|Buffer for read ?link",
        "an open or mapped file could not be dumped",
        "CRIU looks each up by its path inside the task's mount namespace, where it must lead to the very same file; "
        "one that was deleted, replaced or mounted over takes an option",
        "all",
        "close the file before the dump; --link-remap and --ghost-limit for deleted ones, --evasive-devices for a "
        "device, --external file[MOUNT_ID:INODE] for one from outside; keep it on a file system other than NFS, FUSE "
        "or aufs; try a newer CRIU and kernel where it lies on overlayfs or btrfs",
        option="--link-remap",
        sure=False,
    ),
    _known(
        "aufs",
        r"\baufs\b|sbinfo|Too many branches|branch pathname",
        "files on aufs could not be told from their branches",
        "aufs tells of a mapped file where it lies in a branch, and CRIU looks the branches up below /sys/fs/aufs",
        "all",
        "another storage driver than aufs: overlay2, vfs or btrfs",
        container="docker: “storage-driver”: “overlay2” in /etc/docker/daemon.json",
        thread="criu#284",
        sure=False,
    ),
    _known(
        "ghost-too-big",
        r"Can't dump ghost file .* of \d+ size",
        "an unlinked file is larger than CRIU takes along",
        "files that are open but have no path are dumped with their contents, up to a limit of 1 MiB",
        "all",
        "--ghost-limit 8M, larger than the size named",
        option="--ghost-limit 8M",
        thread="criu#202",
    ),
    _known(
        "read-only",
        r"Read-only file system",
        "a file must be made where the file system is read-only",
        "unlinked files are made again beside their old path, and CRIU makes a temporary directory to look at mounts: "
        "both need a writable place",
        "all",
        "restore with that mount writable, or give the container a writable /tmp (a tmpfs)",
        container="--tmpfs /tmp, or a root file system that is not read-only",
        thread="criu#520",
        sure=False,
    ),
    _known(
        "link-remap-refused",
        r"Can't link remap to .{0,400}: (Invalid cross|Operation not permitted|Permission denied|Read-only|No such)",
        "the link that would keep an unlinked file could not be made",
        "--link-remap gives the file another name beside the old one, which the file system or the kernel refused: a "
        "link across layers of overlayfs or mounts (EXDEV), one to a file of somebody else (EPERM), a directory that "
        "is gone (ENOENT) or read-only",
        "all",
        "let the program keep the file on a volume or tmpfs of its own; fs.protected_hardlinks=0 for EPERM; a newer "
        "CRIU takes along as a ghost what it cannot link, up to --ghost-limit",
        option="--ghost-limit 64M",
        sure=False,
    ),
    _known(
        "link-remap-absent",
        r"Can't link \S{0,200}link_remap\.\d+ -> .{0,300}: No such file",
        "the link that the dump made beside an unlinked file is not here",
        "--link-remap leaves a file link_remap.N beside the unlinked one, outside of the images: on another host, in "
        "another pod, or in an empty /dev/shm it is missing",
        "all",
        "bring link_remap.N to the same directory here, restore on the same file system, or dump so that the mount it "
        "lies on, such as /dev/shm, is dumped too (not external)",
        container="/dev/shm of the container's own (no --ipc=host, no shared volume), so that it comes with the dump",
        thread="criu#2980",
    ),
    _known(
        "ghost-restore",
        r"(?<!unix: )ghost|Can't (open|create node for|make) ghost|Can't link .* -> .*: File exists"
        r"|Can't link \S+(cr\.\d+\.ghost|link_remap)|Unlink remap|fake link|Can't unlink remap"
        r"|No space left on device.*ghost",
        "an unlinked file (ghost) could not be made again",
        "its contents are written under a temporary name beside its old path and linked there; the directory is "
        "missing or read only, or a file of that name exists already, as one left by a restore that failed",
        "all",
        "remove leftovers named *.cr.N.ghost and link_remap.N beside the path, and restore on the same, writable "
        "file system",
        thread="criu#201",
        sure=False,
    ),
    _known(
        "link-remap",
        r"Can't create link remap for|Can't link remap to",
        "an unlinked file has other links, which CRIU may not use",
        "a temporary link would have to be made beside them",
        "all",
        "dump with --link-remap",
        option="--link-remap",
        thread="criu#105",
    ),
    _known(
        "cgroup-cpuset",
        r"cpuset.{0,200}(No spa ?c ?e left|Invalid argument)|Restoring special cpuset|cpuset\.(cpus|mems)",
        "a task cannot be moved into its cgroup, since the CPUs or memory nodes of that are not set (cpuset)",
        "a cpuset without cpuset.cpus and cpuset.mems takes no task, which the kernel tells as “No space left on "
        "device”; or the host has no such CPUs",
        "all",
        "set cpuset.cpus and cpuset.mems of the parent cgroups, or --manage-cgroups=ignore or none",
        option="--manage-cgroups ignore",
        thread="criu#1407",
    ),
    _known(
        "pipe-size",
        r"Can't restore pipe size|Unable to set a pipe size|pipe size",
        "a pipe cannot be made as large as it was",
        "a pipe beyond fs.pipe-max-size, or one more beyond the user's share of pages, needs CAP_SYS_RESOURCE, which "
        "the root of a user namespace lacks",
        "all",
        "raise fs.pipe-max-size and fs.pipe-user-pages-soft on the target",
        thread="lxd#2153",
    ),
    _known(
        "no-space",
        r"No space left on device|Disk quota exceeded|Can't write img file.*No space",
        "there was no room to write",
        "images are as large as the memory of the tasks; a restore writes unlinked files and tmpfs contents",
        "all",
        "give the images directory (-D) another file system with more room, and check df and quotas",
    ),
    _known(
        "tmpfs-tar",
        r"Can't (dump|restore) tmpfs content|^tar: |tar: .*|\btar\b.*(not found|No such file)",
        "the contents of a tmpfs could not be saved or restored",
        "CRIU runs `tar` for them; it is missing, cannot read a file, or lacks an option (busybox)",
        "all",
        "install GNU tar where CRIU runs, and give tmpfs the room",
        sure=False,
    ),
    # Mounts
    _known(
        "mount-propagation",
        r"Failed to make mount \d+ (slave|shared)|MOVE_MOUNT_SET_GROUP",
        "the propagation of a mount could not be set",
        "kernels from the middle of 2025 on (6.15.x, 6.16) let mount propagation be changed only from inside the "
        "mount's own namespace, which older releases of CRIU do from outside",
        f"{PROPAGATION_IN_NAMESPACE.before} on such kernels",
        f"use {PROPAGATION_IN_NAMESPACE.later}, or an older kernel; --mntns-compat-mode avoids mount-v2",
        option="--mntns-compat-mode",
        thread="criu#2695",
    ),
    _known(
        "mountinfo",
        r"Bad format in \d+ mountinfo|Failed to parse (mountinfo|FS specific)|Can't parse \d+'s mountinfo"
        r"|Error parsing mount options",
        "the list of mounts could not be parsed",
        "a line of /proc/PID/mountinfo is longer or of another form than this release expects: overlayfs with many "
        "layers (2.x), new options of new kernels",
        f"old releases: lines of overlay beyond 1 KiB fail {LONG_MOUNTS.before}",
        "upgrade: this release is too old for such mounts; use a newer CRIU",
        thread="criu#554",
    ),
    _known(
        "mount-kind",
        r"FS mnt \S{1,400} dev \S+ root \S{1,400} unsupported id",
        "a file system of a kind that CRIU does not dump is mounted",
        "of proc, sysfs, tmpfs, devpts, overlayfs, cgroups, mqueue and a few others it knows how to mount them again; "
        "of others (debugfs, tracefs, configfs, bpf, securityfs, NFS, FUSE) only who mounted them does",
        "all, each for what it does not know",
        "umount it before the dump, or leave it out of the container; name it with --external mnt[PATH]:KEY and "
        "mnt[KEY]:SOURCE; --enable-fs KIND for one that can simply be mounted again; --skip-mnt PATH where no task "
        "needs it; or a newer CRIU",
        option="--enable-fs KIND",
        thread="podman#12574",
    ),
    _known(
        "mount-of-mapped-file",
        r"Can't lookup mount=-?\d+ for fd=-\d+ path=(?!/anon_hugepage)",
        "a mapped file, the executable among them, lies on a mount that the task does not have",
        "some kernels of distributions show files of overlayfs on another mount or device than they are on (Ubuntu's "
        "5.0 and later with shiftfs); or the task maps a file from another mount namespace",
        "all",
        "try another kernel, or a storage driver other than overlay2 (docker: vfs, btrfs); do not map files from "
        "outside",
        thread="criu#860",
    ),
    _known(
        "file-outside",
        r"Can't lookup mount=(?!\S{1,20} for fd=\d{1,10} path=/(?:dev/(?:pts/|tty|console|ptmx)"
        r"|ptmx\b))\S{1,20} for fd=\d",
        "an open file lies on a mount that the task's mount namespace does not have",
        "the descriptor came from outside of the container, as with docker exec, nsenter, a shell's redirection or a "
        "program that enters the namespace; or its mount was taken away; or a kernel tells files of overlayfs wrongly",
        "all",
        "close the descriptor before the dump, and do not let the task inherit it: start the program from inside with "
        "its output redirected to files there; else --external file[MOUNT_ID:INODE] when dumping and --inherit-fd "
        "when restoring, or --external mnt[PATH]:KEY for the mount; where it is overlayfs, another kernel or storage "
        "driver",
        container="leave exec sessions first; keep logs and sockets of outside on volumes",
        thread="criu#1533",
        sure=False,
    ),
    _known(
        "mount-unreachable",
        r"Can't lookup mount=(?!\S{1,20} for fd=\d)|Open files on overmounted mounts|doesn't have a proper (root mount"
        r"|point)|is autodetected external mount|has unreachable sharing|unsupported id|No mapping for .* mountpoint"
        r"|Mount \d+ .*(master_id|unreachable)|No parent found for mountpoint|is overmounted"
        r"|Can't find mount(point)? (id|mnt_id)",
        "a mount cannot be dumped: it comes from outside the container",
        "bind mounts (volumes, /etc/hosts, GPU files, sockets) have their source outside, and CRIU must be told so; "
        "or nothing that is dumped leads to it",
        "all",
        "--external mnt[PATH]:KEY when dumping and --external mnt[KEY]:SOURCE when restoring (--ext-mount-map auto "
        "in old releases), or --external mnt[] for all; --enable-external-masters for sharing; --skip-mnt PATH where "
        "no task needs it; a newer CRIU knows more of overmounts",
        option="--enable-external-masters",
        container=f"{NOT_BY_HAND}, which names its own mounts; restore with the runtime that made the checkpoint "
        f"(podman --runtime runc or crun); those made later from outside or inside must go",
        sure=False,
    ),
    _known(
        "mount-failed",
        r"mnt(-v2)?: (Can't|Unable to|Failed to) .*mount|Can't (re)?mount at|Unable to mount|Can't restore ext mount"
        r"|Can't bind-mount|Can't create mountpoint|Unable to (mkdir|create) mountpoint|Failed to (open_tree"
        r"|move_mount)|The --root option is required|pivot_root\(",
        "a mount cannot be made again",
        "its source is missing, its target does not exist under the new root, or the right to mount is",
        "all",
        "look at the errno behind it: ENOENT create source and target, EINVAL an option of this kernel or a wrong "
        "root (--root must be a mount point), EPERM CAP_SYS_ADMIN; --external mnt[KEY]:SOURCE for those from outside",
        container=f"{NOT_BY_HAND}; restore with the same volumes and the same rootfs (podman: without "
        f"--ignore-volumes)",
        sure=False,
    ),
    _known(
        "mount-inaccessible",
        r"The file system .* is inaccessible|Mount root for \S+ not found|isn't empty"
        r"|is a fuse mount but not external|failed to dump fs"
        r"|unsupported feature|autofs|binfmt_misc",
        "a file system inside cannot be dumped",
        "FUSE, autofs and binfmt_misc have their state in a process or in the kernel outside of what is dumped; files "
        "on btrfs have other device numbers than their mount, and are not found behind what is mounted over them",
        "all",
        "unmount it before the dump, or name it with --external mnt[PATH]:KEY; keep containers on another file system "
        "than btrfs (LXD, Incus: a storage pool of the kind dir)",
        sure=False,
    ),
    # Terminals
    _known(
        "terminal-driver",
        r"Unable to find a tty driver",
        "a terminal of a kind that CRIU does not know is open",
        "pseudo-terminals, the console and some serial lines are known; rdev is the number of the device, as 0x440 for "
        "ttyS0 (4:64)",
        "all, each for what it does not know",
        "--external tty[RDEV:DEV] when dumping, with --inherit-fd fd[N]:tty[RDEV:DEV] when restoring; or close it, or "
        "start the program with its input and output redirected; a newer CRIU knows more kinds",
        option="--external tty[RDEV:DEV]",
    ),
    _known(
        "shell-terminal",
        r"Can't get self_stdin_fdid|Unable to get a file descriptor with the 0 id",
        "the terminal of --shell-job could not be handed on",
        f"CRIU 3.8 looks for it where it has not been put yet; that was mended in {SHELL_TERMINAL.release}",
        "3.8",
        f"use {SHELL_TERMINAL.later}, or 3.7; without --shell-job, start the program with setsid and its output "
        "redirected",
        thread="criu#460",
    ),
    _known(
        "terminal",
        r"Can't lookup mount=\S{1,20} for fd=\d{1,10} path=/(?:dev/(?:pts/|tty|console|ptmx)|ptmx\b)"
        r"|Found dangling tty|Don't have tty to inherit session|Found slave peer index|No task found with sid"
        r"|Task attached to shell terminal|Standard stream is not a terminal|tty: (Can't|Unable|The master|Only one"
        r"|Unexpected|Corrupted|Found|ctty|Not all|No )",
        "a terminal or session reaches outside the tree",
        "the tasks were started from a shell whose terminal is not dumped",
        "all",
        "--shell-job on both sides, or start the program with setsid and its output redirected (< /dev/null > file "
        "2>&1)",
        option="--shell-job",
        container="run without -t, or keep the terminal open at the restore (criu: --external tty[RDEV:DEV]); where "
        "CRIU has restored it once already, restore with --mntns-compat-mode, whose mounts a second dump finds again",
        thread="criu#593",
    ),
    # Sockets and the network
    _known(
        "external-socket",
        r"External socket is used|Can't dump half of stream unix connection|External socket found in image"
        r"|name-less external|Unix socket \S+ with(out| unreachable) peer|Dangling connection|FATAL: Peer",
        "a unix socket has its other end outside the tree",
        "CRIU cannot restore one end alone: the peer, such as dbus, X11, nscd, syslog or a docker socket, is not "
        "dumped",
        "all",
        "--ext-unix-sk, or --external unix[INODE]; or dump the peer process too (its whole session, as a VNC server "
        "with its programs), or close the connection: stop nscd, sssd or syslog, or run the program without X11, "
        "D-Bus and Wayland",
        option="--ext-unix-sk",
        thread="criu#505",
    ),
    _known(
        "unix-listen",
        r"Can't make usk listen",
        "a unix socket could not listen again",
        "CRIU 2.4 binds sockets without a name wrongly; in others the path of the socket is taken or gone",
        "2.4 for sockets without a name",
        f"use {LISTENING_UNIX.later}, a current one; make the directory of the socket, and remove a stale one",
        thread="criu#195",
        sure=False,
    ),
    _known(
        "unix-socket",
        r"unix: (Can't|Unable|In-flight|Found a closed|Non-empty|Unsupported|No socket|ghost|The path|Bad unix|Wrong"
        r"|Failed)|Can't bind unix socket|Relative bind path|Can't connect (0x|#)?[0-9a-f]+ socket",
        "a unix socket could not be dumped or restored",
        "its path does not exist under the new root, exists already, or a connection on it was not accepted yet",
        "all",
        "remove the stale socket file, make its directory, or dump when no connection is being made",
        sure=False,
    ),
    _known(
        "tcp-repair",
        r"Can't repair (options|MSS)|TCP_REPAIR|Name resolved on unconnected|recv failed \(|Can't turn TCP repair"
        r"|repair mode|libsoccr_save\(\) failed"
        r"|Can't set (repair queue|queue seq)|Failed to (un)?lock TCP connection|soccr",
        "a TCP connection could not be saved or repaired",
        "the kernel gives or takes a connection's state only in repair mode, from root of its network namespace "
        "(CAP_NET_ADMIN), and refuses some states: half-closed ones (CLOSE_WAIT, FIN_WAIT) before kernel 4.10 and CRIU "
        "2.10",
        "all",
        "run as root with CAP_NET_ADMIN, with a newer kernel and CRIU; close such connections before the dump; "
        "--tcp-close restores the sockets closed instead",
        option="--tcp-close",
        thread="criu#2721",
        sure=False,
    ),
    _known(
        "mptcp",
        r"Unsupported proto 262|GODEBUG=multipathtcp|MPTCP",
        "a socket of a protocol that CRIU does not dump: MPTCP",
        "protocol 262 is MPTCP, which programs in Go from 1.24 on listen with unless told otherwise",
        "all",
        "start Go programs with GODEBUG=multipathtcp=0, others without MPTCP",
        container="-e GODEBUG=multipathtcp=0",
    ),
    _known(
        "socket-protocol",
        r"Unsupported proto \d+ for socket|Unsupported (socket )?(type|family|protocol)|Unknown inet socket type",
        "a socket of a protocol that CRIU does not dump",
        "TCP, UDP, UDP-Lite and raw sockets are known; the number is that of /etc/protocols: 1 is ICMP (ping), 58 is "
        "ICMPv6 (router discovery of systemd-networkd, NetworkManager), 132 is SCTP",
        "all; ICMP: newer releases",
        "end the service that holds it before the dump (ss -a -p shows it), or use a newer CRIU",
        thread="criu#1138",
    ),
    _known(
        "tcp-address",
        r"Can't (bind|connect) inet socket.{0,60}: (Cannot assign requested address|Address already in use)",
        "the address or port of a socket is not to be had here",
        "sockets get back the address and port that they had: the address is of another host, or another process, "
        "perhaps the one that was dumped, has the port already",
        "all",
        "give this host the address (ip addr add), end the process that has the port (ss -a -p), restore into a "
        "network namespace of its own, or close connections with --tcp-close on both sides",
        option="--tcp-close",
        thread="criu#1784",
    ),
    _known(
        "udp-corked",
        r"Can't dump corked",
        "half a datagram waits in a UDP socket (UDP_CORK)",
        "the program collects one datagram out of several writes, and what was written so far cannot be read back",
        "all",
        "dump again when the program has sent it, or let it not use UDP_CORK or MSG_MORE",
        thread="criu#409",
    ),
    _known(
        "tcp",
        r"Connected TCP socket|In-flight connection|Need to set the --tcp-close options|Can't bind inet socket"
        r"|Can't connect inet socket back|Can't shutdown socket|Unknown inet socket"
        r"|Can't listen on a socket|inet: (Can't|Connected|couldn't)",
        "a TCP connection cannot be dumped or restored",
        "connections are kept only on demand, and only where the addresses are the same",
        "all",
        "--tcp-established with the same address, or --tcp-close on both sides; --skip-in-flight for half-open ones",
        option="--tcp-established",
    ),
    _known(
        "netlink-socket",
        r"^netlink: |The netlink socket|Can't (bind|create|connect) netlink|The socket has data to read",
        "a netlink socket could not be dumped or restored",
        "one with unread messages, of many groups, or of a port that is taken cannot be made again as it was",
        "all",
        "dump again when the program has read its messages; end services such as udev or NetworkManager inside",
        thread="criu#1065",
        sure=False,
    ),
    _known(
        "socket-options",
        r"Can't get 1:(16|34)\S* opt",
        "an option of a socket cannot be read (SO_PASSCRED, SO_PASSSEC)",
        "kernels from 6.16 on know these options for unix and netlink sockets alone, and older releases ask every "
        "socket for them",
        f"{SOCKET_OPTIONS.before} on such kernels",
        f"use {SOCKET_OPTIONS.later}, or an older kernel",
        thread="criu#2705",
    ),
    _known(
        "socket-family",
        r"Unknown socket collected|[Uu]nsupported (socket )?family|Unknown socket family",
        "a socket of a family that CRIU does not dump",
        "unix, inet, netlink and packet sockets are known; the number is the family: 15 is PF_KEY, 17 packet, 29 CAN, "
        "31 Bluetooth, 38 the kernel's cryptography (AF_ALG), 40 virtual machines (vsock), 44 XDP",
        "all",
        "close it, or end the program or service that has it before the dump (ss -a -p, lsof); it cannot be dumped by "
        "any release",
    ),
    _known(
        "packet-socket",
        r"^packet: |packet_diag|Diag module missing|sockets: .*not collected|Sockets \(family"
        r"|sock diag infrastructure|_DIAG|Unknown pair family",
        "the kernel does not tell CRIU about a kind of socket",
        "sockets are listed through modules of the kernel (unix_diag, tcp_diag, udp_diag, inet_diag, packet_diag, "
        "netlink_diag)",
        "all",
        "load the modules on the host (modprobe tcp_diag udp_diag unix_diag packet_diag netlink_diag), or a kernel "
        "with them; where the kernel has them, a newer library of netlink (libnl3) for CRIU, as old ones cut the "
        "kernel's answer short",
    ),
    _known(
        "network-tool",
        r"IP tool failed on|RTNETLINK answers|Cannot find device|Error: (ipv[46]|inet|Nexthop|either|argument)",
        "`ip` could not save or restore addresses, routes or rules",
        "CRIU hands them to the tool ip, whose message stands just above: “Network is unreachable” names a route to "
        "a gateway that no restored device reaches, “File exists” does no harm",
        "all",
        "look at the line of ip above; make the route reachable (device up, address first), restore with the same "
        "network or with --empty-ns net and set it up from outside; install iproute2",
        option="--empty-ns net",
        thread="criu#1899",
        sure=False,
    ),
    _known(
        "network-link-exists",
        r"(ERROR )?-17 reported by netlink|Can't restore link: -17|error renaming interface .{0,200}file exists",
        "a network device of the dump exists already",
        "the runtime, a hook or a network plugin has made the device in the namespace before CRIU makes it (EEXIST)",
        "all",
        "restore into an empty network namespace that is set up from outside: --empty-ns net when dumping and "
        "restoring, without the hook, or with a newer CRIU where docker's own hook complains",
        option="--empty-ns net",
        thread="criu#165",
    ),
    _known(
        "network-link-kind",
        r"Unsupported link \d+ \(type|Unsupported link type|Unsupported link \d+",
        "a network device of a kind that CRIU does not dump",
        "lo, veth, bridges, tun and tap, macvlan, sit and a few others are known; the kind stands in brackets. Modules "
        "of tunnels (ipip, gre, as network plugins load them) make a device of theirs in every new namespace",
        "all, each for what it does not know",
        "remove the device in that namespace before the dump (ip link del), or keep tunnels out of new ones "
        "(net.core.fb_tunnels_only_for_init_net=1, or unload the module ipip, ip_gre, ip6_tunnel); use a newer CRIU",
        container="set that sysctl on the host or node before the container is made",
        thread="criu#3147",
    ),
    _known(
        "network-link",
        r"reported by netlink|Can't restore link|Unable to create a veth pair|Unknown peer net namespace"
        r"|Unsupported link|Unable to find the \d+ master|Can't (add interface|get index|set flags|get flags)"
        r"|macvlan|Unable to specify ifindex|NSID|check_link_nsid|Unable to restore network links|veth",
        "a network device could not be made again",
        "the kernel refused it, with the errno of the line: EPERM in a user namespace means that CAP_NET_ADMIN in "
        "the device's own and its peer's namespace is asked for, which kernel 7.0 does for veth pairs; EOPNOTSUPP a "
        "kind without a module",
        f"all; EPERM for veth: kernel 7.0 and later with CRIU {VETH_OUTSIDE.before}",
        f"run as root with CAP_NET_ADMIN, a newer CRIU ({VETH_OUTSIDE.release}) on kernel 7.0; load the device's "
        "module; --external "
        "veth[IN]:OUT@BRIDGE for the container's own device; where the runtime (LXC, docker) hands over a name or an "
        "address that the kernel refuses (ERANGE, -34), another release of the runtime",
        thread="criu#3004",
        sure=False,
    ),
    _known(
        "network-lock",
        r"Locking network failed|iptables-restore -w failed|Locking network failed using nftables"
        r"|ip6?tables.*(failed|not found|No such)|execvp\(\"ip6?tables|Iptables configuration failed|chain .*CRIU"
        r"|Locking connection failed|nft command error|Can't restore ip6?tables dump|xtables"
        r"|built without libnftables|without nftables",
        "the network could not be locked",
        "connections are frozen with iptables or nftables rules, and that tool is missing, failed, or left a chain "
        "behind",
        f"all; nftables: {NFT_PER_RUN.release} fails where its table exists already",
        "run as root (CAP_NET_ADMIN in that network namespace), install iptables where CRIU runs, and load its "
        "modules (ip_tables, iptable_filter, ip6_tables, xt_mark, nf_tables), or --network-lock nftables or skip; "
        "remove a chain or table named CRIU; rules of the container's own need the same modules here, and the same "
        "iptables (legacy or nft); “invalid option -- w” asks for a newer iptables",
        option="--network-lock nftables",
        thread="criu#2828",
    ),
    _known(
        "tun",
        r"^tun: |No tun device|tun device",
        "a tun or tap device could not be dumped or restored",
        "it needs the network namespace in the dump and the tun module of the kernel",
        "all",
        "dump the network namespace too, and load the module tun",
        thread="criu#838",
    ),
    _known(
        "ipc-ids",
        r"(sem|msg|shm)_next_id|Failed to set desired IPC",
        "the id of a System V IPC object could not be chosen",
        "ids are chosen through sysctls of the IPC namespace, which newer kernels tie to who opens them: the helper "
        "outside of a user namespace may no longer write them",
        f"{IPC_IDS.before} in user namespaces",
        f"use {IPC_IDS.later}, or restore as root of the host without a user namespace",
        thread="criu#1982",
    ),
    _known(
        "ipv6-absent",
        r"ipv6 (dgram|stream)? ?socket: Address family|has_ipv6_freebind",
        "the kernel has no IPv6, which this release wants",
        "CRIU tries an IPv6 socket when it finds out what the kernel can do, and takes its absence for an error",
        IPV6_ABSENT.before,
        f"use {IPV6_ABSENT.later}, or boot without ipv6.disable=1 (net.ipv6.conf.all.disable_ipv6=1 does no harm)",
        thread="criu#2222",
    ),
    _known(
        "ipv6-sysctl",
        r"Failed to (read|write|dump|restore)?.{0,12}(conf|sysctl)|Can't (read|write|open) sysctl|sysctl",
        "a network or kernel setting (sysctl) could not be read or set",
        "the kernel here lacks it, or makes it read-only in this namespace",
        "all",
        "use the same kernel options on both sides (IPv6 on or off alike), restore as root of the namespace, and "
        "--weak-sysctls where a setting does not matter",
        sure=False,
    ),
    # Cgroups
    _known(
        "cgroup-ifprio",
        r"ifpriomap|net_prio",
        "a cgroup property names network interfaces that this host lacks",
        "net_prio.ifpriomap lists the interfaces of the host that was dumped on, and each is written back",
        INTERFACE_PRIORITIES.before,
        "--manage-cgroups=soft or none, or a newer CRIU, which leaves absent interfaces out",
        option="--manage-cgroups soft",
        container="runc --manage-cgroups-mode soft",
        thread="criu#447",
    ),
    _known(
        "cgroup",
        r"^cg: |Can't move \d+ into|couldn't set cgns prefix|Failed writing .* to|cgroup|cg-prop|Corrupted root cgset",
        "cgroups could not be dumped or restored",
        "the cgroups or properties that were dumped are not those that this machine has (v1 and v2, a missing "
        "controller, a parent without room, a group that exists)",
        "all",
        "--manage-cgroups=ignore or soft, --cgroup-root, the same cgroup version on both sides",
        option="--manage-cgroups ignore",
        thread="criu#453",
        sure=False,
    ),
    # Security
    _known(
        "selinux",
        r"[Ss]elinux|SELinux|security\.selinux",
        "SELinux: the label of a task or socket cannot be used",
        "CRIU takes labels along and wants them in a form that it knows: “kernel” and unconfined ones of old "
        "releases, or a host without a policy, are refused",
        "all",
        "use a newer CRIU and container-selinux; setenforce 0 to try; the same policy on both sides",
        container="podman run --security-opt label=disable, or a host with SELinux enabled as on the other side",
        thread="criu#2011",
        sure=False,
    ),
    _known(
        "lsm",
        r"mismatched lsm types|can't write lsm profile|err scanfing|[Aa]pp[Aa]rmor|\bAA\b|lsm profile|--lsm-profile"
        r"|unknown lsm",
        "the security profile is not that of the dump",
        "AppArmor or SELinux here is another, or lacks the profile",
        "all",
        "load the profile (apparmor_parser), or --lsm-profile TYPE:NAME; restore as root outside of any profile",
        option="--lsm-profile apparmor:NAME",
        container="--security-opt apparmor=unconfined when the container is made",
        thread="criu#323",
    ),
    _known(
        "capabilities",
        r"Unable to (restore|get|read) capabilit|Unable to set real, effective and saved|Unable to (drop"
        r"|raise ambient) capability|Caps size mismatch|SECUREBITS|Can't setgroups|Can't setup supplementary"
        r"|Unable to set fs[ug]id|NO_SETUID_FIXUP|CAPs not allowed|Unable to set (user|group) ID",
        "ids or capabilities could not be restored",
        "whoever restores lacks some of the capabilities that the task had, its bounding set does not have them, or "
        "the user namespace does not map the ids",
        "all",
        "restore as root with every capability of the dump (capsh --print; the bounding set too) and a map that "
        "covers every id",
        container="--privileged, or --cap-add for each capability that is missing where CRIU runs",
        thread="criu#499",
    ),
    _known(
        "seccomp-suspend",
        r"suspending seccomp failed|failed to suspend seccomp|PTRACE_O_SUSPEND_SECCOMP|couldn't suspend seccomp",
        "seccomp could not be suspended",
        "while a task is dumped its filters must rest; kernels from 4.3 on can do that, with "
        "CONFIG_CHECKPOINT_RESTORE, for root",
        "kernels before 4.3, or without CONFIG_CHECKPOINT_RESTORE",
        "use a newer kernel with CONFIG_CHECKPOINT_RESTORE",
        container="run the container with --security-opt seccomp=unconfined",
        thread="criu#112",
    ),
    _known(
        "seccomp",
        r"SECCOMP_SET_MODE_FILTER|Corrupted filter|seccomp|SECCOMP",
        "a seccomp filter could not be dumped or restored",
        "the kernel must let CRIU read filters and set them again, and tells of them only to root of the initial "
        "namespace",
        "all",
        "a kernel with CONFIG_CHECKPOINT_RESTORE, from 4.4 on; run as root",
        container="--security-opt seccomp=unconfined when the container is made",
    ),
    _known(
        "limits",
        r"RLIMIT_\w+|rlimit|resource \d+|cur > max|sched (policy|param)|Can't get nice|setpriority|oom_score_adj"
        r"|sys_sched|Can't restore (nice|sched)",
        "a limit, a priority or the OOM score of a task could not be set",
        "raising a limit wants CAP_SYS_RESOURCE, a priority CAP_SYS_NICE, a lower oom_score_adj CAP_SYS_RESOURCE in "
        "the initial user namespace: without root of the host they stay what whoever restores has",
        "all",
        "restore as root of the host, or raise the limits of whoever restores first (ulimit, LimitNOFILE, "
        "OOMScoreAdjust)",
        container="podman: as root; docker and Kubernetes: limits and oom_score_adj of the container as they were at "
        "the dump",
        sure=False,
    ),
    _known(
        "loginuid",
        r"loginuid",
        "the login uid of a task could not be set",
        "it is the audit system's, and may be set once, or with CAP_AUDIT_CONTROL",
        "all",
        "restore with CAP_AUDIT_CONTROL, from outside a login session, or on a kernel whose CONFIG_AUDIT is as where "
        "it was dumped; a container or service started by systemd has none",
        sure=False,
    ),
    _known(
        "prctl-mm",
        r"PR_SET_MM|prctl failed @|Can't restore EXE link|Caps.*SYS_RESOURCE|PR_SET_DUMPABLE|PR_SET_MM_MAP",
        "the kernel refused to set the layout of a task's memory (PR_SET_MM)",
        "prctl(PR_SET_MM, PR_SET_MM_MAP) sets where code, data, stack and arguments lie, and wants CAP_SYS_RESOURCE "
        "in the user namespace of the task (from 5.9 on CAP_CHECKPOINT_RESTORE for the executable), which an "
        "unprivileged container lacks",
        "all",
        "run criu restore with CAP_SYS_RESOURCE and CAP_CHECKPOINT_RESTORE",
        container="--cap-add SYS_RESOURCE --cap-add CHECKPOINT_RESTORE (or --privileged)",
        thread="criu#2322",
    ),
    _known(
        "no-privilege",
        r"You need to be root|Unable to (apply root mount options|open the proc file system): Operation not permitted"
        r"|Running as non-root requires|CRIU needs to have the CAP_SYS_ADMIN"
        r"|CAP_CHECKPOINT_RESTORE|One needs CAP_SYS_RESOURCE|CAP_AUDIT_CONTROL|Unable to unshare"
        r"|Unable to create a new (netns|mntns|time)|Can't unshare",
        "CRIU lacks the privilege for this",
        "most of what it does is kept for root: CAP_SYS_ADMIN, or from 5.9 on CAP_CHECKPOINT_RESTORE with "
        "--unprivileged",
        "all",
        "run as root of the host, or setcap cap_checkpoint_restore+eip and --unprivileged; mounts in a user namespace "
        "(proc, options of the root) need CAP_SYS_ADMIN there, and a proc that nothing is mounted over",
        container="--privileged where CRIU runs inside a container",
    ),
    # Kernel, CPU, vDSO
    _known(
        "vdso",
        r"Unexpected rt vDSO area bounds|Failed to fill self vdso symtable|Can't find (rt )?vDSO"
        r"|vDSO isn't provided by kernel|Task had vdso, restorer doesn't|VVAR and VVAR_VCLOCK|nonconsecutive vvar"
        r"|vdso: |Failed to map vdso|[Ss]pecial mapping|VVAR area without support|vDSO",
        "the vDSO is not as CRIU expects it",
        "kernels from 6.13 on lay it out differently",
        f"{SPLIT_VDSO.before} on such kernels",
        f"use {SPLIT_VDSO.later}; {ELF_OF_LINUX.later} on ARM with kernels from 6.12 on",
        thread="criu#2532",
    ),
    _known(
        "rseq",
        r"has rseq but kernel lacks get_rseq_conf|Dump \d+ rseq failed|rseq|RSEQ",
        "restartable sequences could not be dumped",
        "C libraries from 2.35 on register them, which older releases do not know, and CRIU reads them with a ptrace "
        "call of kernels from 5.13 on",
        RSEQ.before,
        f"use {RSEQ_RESTORED.later} on a kernel from 5.13 on, or start the program with "
        "GLIBC_TUNABLES=glibc.pthread.rseq=0",
        container="-e GLIBC_TUNABLES=glibc.pthread.rseq=0",
        thread="criu#1696",
    ),
    _known(
        "xsave-size",
        r"Can't set FPU registers for \d+: Bad address|max xsave frame exceed",
        "the register state of this CPU is larger than this release has room for",
        "CPUs such as Intel's Sapphire Rapids (AMX) save 11008 bytes, and older releases have 4096 for them",
        LARGE_XSAVE.before,
        f"use {LARGE_XSAVE.later}",
        thread="criu#2310",
    ),
    _known(
        "cpu-mismatch",
        r"CPU instruction capabilities do not match|CPU capabili?ti?es do not match|FPU feature required"
        r"|CPU xfeatures has unsupported|CPU xsave (max )?size mismatch|FPU xsave area present|No cpuinfo image"
        r"|cpu: |Can't set (xstate|FPU)|PAC",
        "this CPU lacks what the dump relies on",
        "the task may use instructions or register state that this machine does not have",
        "all",
        "restore on a like CPU; --cpu-cap=none if the task is known not to need it; mask features with "
        "GLIBC_TUNABLES when it starts",
        option="--cpu-cap none",
        container="Kubernetes: nodes of one kind of CPU, by a node selector",
    ),
    _known(
        "registers",
        r"(obtain|get|set|read|restore) (\w+ |floating-point |guarded-storage )?reg(ister)?s\b|PTRACE_[GS]ETREGSET"
        r"|Couldn't (get|set) (TM|VSX|VXRS|GS|RI)|authentication key|authantication key|RI bit|CS register"
        r"|thread area|Can't obtain FPU|Corruption in (FPU|\w+ area)|register's data mismatch|Only 64 bit tasks",
        "the registers of a task could not be read or set",
        "the kernel hands them out through ptrace: ESRCH means that the task has died meanwhile, EINVAL, EIO or "
        "EFAULT that they are of another size or kind than this release knows for this CPU and kernel",
        "all",
        "use a newer CRIU on both sides, and a CPU and kernel of the same kind; look for what killed the task (dmesg)",
        sure=False,
    ),
    _known(
        "shadow-stack",
        r"shadow stack|Cannot unlock CET|shstk: ",
        "shadow stacks cannot be restored here",
        "the dumped task has one, and this machine or release does not",
        f"{SHADOW_STACKS.before}; any on another CET setting",
        f"use the same CET setting, and {SHADOW_STACK_ORDER.later}",
    ),
    _known(
        "timers",
        r"posix timer|Can't create timers|timerfd|itimer|Unexpected timer id|PR_TIMER_CREATE|Invalid timer value",
        "a timer could not be dumped or restored",
        "POSIX timers get their old ids back, which the kernel hands out one after the other; releases "
        f"{TIMERS_OF_THREADS.before} do not dump which thread a timer notifies",
        f"all; from {TIMER_IDS.release} on timers are made with their ids on kernels from 6.15 on",
        f"use {TIMER_IDS.later} on both sides; values that make no sense are a bug of that release on that "
        "architecture: report it",
        thread="criu#1532",
        sure=False,
    ),
    _known(
        "criu-crashed",
        r"(dump|restore) signaled with \d+|CRIU was killed with signal|criu\[\d+\]: segfault"
        r"|criu.{0,60}(Segmentation fault|core dumped|SIGSEGV)|^(Segmentation fault|Aborted|Bus error"
        r"|Illegal instruction)( \(core dumped\))?$|\*\*\* .{1,80} \*\*\*|(free|malloc|realloc"
        r"|munmap_chunk)\(\): (invalid|corrupted|double|unaligned)",
        "CRIU itself crashed",
        "it ended by a signal before it could say why: a bug of that build, or a library that does not fit to it",
        "all",
        "look into dmesg for “segfault” and the library it names, use a newer release or the distribution's own "
        "package, and run the same criu command by hand",
        thread="criu#519",
    ),
    _known(
        "soft-dirty",
        r"[Tt]racking memory is not available|[Dd]irty (memory )?track\w* .{0,20}not|soft[- _]dirty|clear_refs"
        r"|kernel doesn't support memory changes|Mem dirty tracking",
        "the kernel cannot tell which pages have changed",
        "pre-dumps and incremental dumps rest on the soft-dirty bit, which kernels have with CONFIG_MEM_SOFT_DIRTY on "
        "x86, POWER and s390; AArch64 has none",
        "all",
        "make full dumps (without --track-mem, pre-dump and parent dumps), or use a kernel with CONFIG_MEM_SOFT_DIRTY; "
        "remove /run/criu.kdat after a change of kernel",
        container="without --pre-dump, --pre-checkpoint and --parent-path; the kernel is the host's",
        sure=False,
    ),
    _known(
        "kernel-feature",
        r"map_files|kcmp failed|System call kcmp|CONFIG_|Unsupported kernel|failed when initializing kerndat|kerndat"
        r"|pagemap-cache: Failed|PAGEMAP_SCAN|dirty (tracking|memory tracker)|Can't read pme|CRIU built without"
        r"|(?<![\w-])(?<!experimental )features?\b|pidfd_(open|getfd) syscall is not supported",
        "the kernel lacks a feature that CRIU needs",
        "CONFIG_CHECKPOINT_RESTORE, CONFIG_MEM_SOFT_DIRTY and a few others must be in the kernel; cloud and embedded "
        "kernels leave some out",
        "all",
        "run `criu check --all` and use a kernel with what it names; remove /run/criu.kdat after a change of kernel",
        sure=False,
    ),
    _known(
        "proc-unparsed",
        r"Can't parse|Unable to parse(?! (a value|value|the ))|Bad format in|Parsing \d+'s stat failed"
        r"|Error parsing proc|No records of type"
        r"|error parsing \[|Bogus mapping|No data left in proc file|Unknown lock option|Invalid file lock info",
        "a file of /proc reads other than this release expects",
        "CRIU learns most of a task from /proc: a newer kernel shows lines there that an older release does not know; "
        "some kernels of distributions and sandboxes (gVisor, LXCFS, OpenVZ) show others",
        "old releases on newer kernels",
        "use a newer CRIU, made after this kernel, or an older kernel; run on a real kernel, not in a sandbox",
        sure=False,
    ),
    _known(
        "task-state",
        r"Error reading \d+'s auxv|Failed obtaining futex robust list|Can't get (proc fd|rlimit)|Can't fstat exe link"
        r"|Unable to statfs fd|Can't make \w+ id for \d+|ptrace: |PEEKSIGINFO|Pre-dumping files failed",
        "a part of a task's state could not be read",
        "CRIU reads it from /proc and through ptrace: the task died meanwhile, the kernel lacks the call, or whoever "
        "dumps lacks the right to it",
        "all",
        "run as root of the host and `criu check --all`; look into dmesg for a task that was killed; use a newer CRIU",
        sure=False,
    ),
    _known(
        "task-made",
        r"wait for \d+ resulted in|unexpectedly continued|waitpid(\(| for)|Can't drop the dumpable flag"
        r"|Can't (mmap section|map|remap) .{0,20}restore(r)? (code|blob)|Can't move task args|Unknown task state"
        r"|supplementary groups",
        "a task could not be made again",
        "the process that is to become it met an error, or was ended from outside",
        "all",
        "look at the lines of the same pid before it, and into dmesg (OOM killer, a crash, a security module); restore "
        "as root of the host, and try a newer CRIU",
        sure=False,
    ),
    _known(
        "restorer-step",
        r"Unable to set (PR_SET_\w+|no_new_privs|a thread name)|Unable to unmap|Can't restore membarrier"
        r"|Failed to (recover futex|poll from inotify|read inotify|set SIGCHLD|restore SIGCHLD)|Unable to send siginfo"
        r"|Unable to block signals|Restorer stack smash|mprotect\([0-9a-f]+, \d+\) failed|madvise failed|madvise\("
        r"|PR_GET_CHILD_SUBREAPER|Unable to map a guard page|shmat\(\) with NULL|mremap\(\) for shmem",
        "the kernel refused a step of the restorer",
        "the last code before the task itself runs sets what only the task can set for itself; the number behind it "
        "is a negative errno: -1 EPERM, -12 ENOMEM, -13 EACCES, -14 EFAULT, -22 EINVAL",
        "all",
        "restore as root of the host, with the same kernel and a newer CRIU; EINVAL is a call or flag that this kernel "
        "lacks, EPERM and EACCES a capability or a seccomp filter",
        container="--privileged to try, --security-opt seccomp=unconfined",
        sure=False,
    ),
    _known(
        "task-memory",
        r"Unable to unmap|Can't unmap guard page|Failed to get clock ticks|Can't (dump unprotect|rollback unprotected)"
        r"|Unable to map ANON_VMA",
        "the memory of a task could not be laid out",
        "CRIU maps private memory before it starts a task, and moves it into place there",
        "all",
        "compare kernel, architecture and limits (ulimit -v, memory.max, vm.max_map_count) with where it was dumped; "
        "use a newer CRIU on both sides",
        sure=False,
    ),
    _known(
        "uprobes",
        r"allow-uprobes|\[uprobes\]",
        "a task has probes of a tracer in its code (uprobes)",
        "perf, bpftrace or another tracer has put break points there, which are dumped with the code: without the same "
        "probes the restored task dies of SIGTRAP",
        f"all; from {UPROBES.release} on with an option",
        "end the tracer before the dump, or give --allow-uprobes on both sides and set the same probes again",
        option="--allow-uprobes",
    ),
    # Images and transport
    _known(
        "parent-chain",
        r"No parent for snapshot pagemap|Missing [0-9a-f]+ in parent pagemap|Hole .* not found in parent"
        r"|No parent image found|Can't open parent path|Pid-reuse detection failed|Invalid parent image",
        "the chain of parent dumps is broken",
        "pages marked as being in the parent are looked up through the link `parent`",
        "all",
        "copy every level of the chain and keep the links relative; where the dump itself says it, make a full dump "
        "(without --prev-images-dir), since releases and builds with other C libraries (musl) have had bugs there",
        container="runc: --parent-path relative to --image-path; podman: --import-previous with the checkpoint that "
        "--with-previous followed",
    ),
    _known(
        "lazy-pages",
        r"lazy-pages\.socket|Unable to open an userfaultfd|UFFDIO|uffd|userfaultfd|lazy-pages: |No lazy-pages socket"
        r"|UFFD is not supported|Lazy pages are not available",
        "the lazy-pages daemon or userfaultfd failed",
        "a lazy restore needs the daemon `criu lazy-pages` in the same work directory, and the right to use "
        "userfaultfd; “Bad file descriptor” of the daemon follows a task that has exited or been killed while its "
        "pages were sent",
        "all",
        "start the daemon first; a kernel with CONFIG_USERFAULTFD, 4.11 or later; vm.unprivileged_userfaultfd=1 "
        "without root; look into lazy-pages.log of both ends, and at why the task ended",
        container="runc restore --lazy-pages with `criu lazy-pages` in its --work-path; the others cannot do it",
        thread="criu#1280",
        sure=False,
    ),
    _known(
        "image-streamer",
        r"image streamer|img-(streamer|proxy|cache)|streamer-(capture|serve)|--stream cannot",
        "the image streamer could not be talked to",
        "--stream sends images through a socket in the images directory to the program criu-image-streamer, which "
        "must run already",
        "all",
        "start criu-image-streamer (capture or serve) with the same --images-dir first, and wait for its socket; "
        "leave --stream away without it",
    ),
    _known(
        "page-unreadable",
        r"(splice|process_vm_readv|Can't (read|splice)).{0,80}(Bad address|-14\b)",
        "a page of the task's memory cannot be read",
        "the kernel gives no page there (EFAULT): a mapped file was cut short meanwhile, the memory is a device's, or "
        "the C library guards it (kernels from 6.13 on)",
        f"all; guard pages {GUARD_VMAS.before}",
        f"use {GUARD_VMAS.later} on a kernel from 6.15 on; close devices that are mapped; do not cut files that are "
        f"mapped; "
        "--pre-dump-mode splice where read fails",
        sure=False,
    ),
    _known(
        "page-pipe",
        r"page-pipe: |Unable to (splice|vmsplice|tee)|Can't splice (all )?pages|splice: \d+|tee: \d+|vmsplice"
        r"|Only \d+ bytes",
        "the pages of a task could not be moved into the images",
        "they go through pipes to the pages file or the page server: “Broken pipe” and “Connection reset” say that "
        "the other end is gone, “Input/output error” and “File too large” come from the file system of the images",
        "all",
        "look into the page server's own log where there is one; put the images (-D) on a local file system with room "
        "(not NFS, FUSE or SMB); raise fs.pipe-user-pages-soft",
        sure=False,
    ),
    _known(
        "page-server",
        r"[Pp]age[ -]server|page-xfer: |Can't (write|connect) to (page )?server|Can't connect to server"
        r"|Can't bind .* server|Remote side closed connection|The page server doesn't answer"
        r"|Can't read pagemap from socket|Connection refused|tls: ",
        "pages could not be sent or fetched over the network",
        "the page server was not there, closed the connection, or a firewall stands between",
        "all",
        "start `criu page-server` (or lazy-pages) before, with the same --port and TLS options (--tls-cacert, "
        "--tls-cert, --tls-key, --tls-no-cn-verify for a name that differs), open the firewall, and look into its own "
        "log",
        container="runc checkpoint --page-server ADDRESS:PORT",
        sure=False,
    ),
    _known(
        "image-not-written",
        r"Unexpected EOF on \((empty-image|null)\)",
        "an image that an object needs was never written",
        "CRIU takes a file that is not there for an empty one: the dump left it out, as with --tcp-close a closed "
        "connection's tcp-stream image, or the options of dump and restore differ",
        "all",
        "the same options for dump and restore (--tcp-close, --tcp-established), and a newer CRIU for both; the line "
        "above names the image; else check in dump.log that the dump finished and that all files were copied",
        sure=False,
    ),
    _known(
        "image-format",
        r"Too old image|Not supported images version|[Mm]agic doesn't match|Img trimmed|Unexpected EOF"
        r"|Core march mismatch|Image corrupted|Images? c[uo]rrupt|Unknown image format"
        r"|LZ4|image corruption|Can't open core data|Can't read img file|missed for non-zombie",
        "an image is damaged, missing, or of another release",
        "CRIU could not read one of the images; an empty inventory or a missing core image is left by a dump that "
        "failed",
        "all",
        "compare the sizes with the source; restore with a release not older than the one that dumped; check in "
        "dump.log that the dump finished",
    ),
    _known(
        "image-absent",
        r"Unable to open \S+\.img: No such file|Can't open \S+\.img: No such file|[Nn]o inventory\.img"
        r"|Core task state data missed|IDS for root task|inventory\.img.{0,40}(not found|No such)",
        "an image is not in the directory that was given",
        "CRIU reads inventory.img first, which a dump writes last: the directory is another, or was left by a dump "
        "that failed or by a pre-dump, which cannot be restored by itself; or files were not copied",
        "all",
        "give the directory with the images (-D, --images-dir); look for “Dumping finished successfully” in dump.log, "
        "and compare the list of files with the source",
        container="the directory below which the runtime put them (runc --image-path, docker --checkpoint-dir, the "
        "folder checkpoint/ of an exported archive)",
        sure=False,
    ),
    _known(
        "image-permission",
        r"Unable to open \S+\.img: Permission denied|Can't open \S+\.img: Permission denied",
        "an image may not be read by whoever restores",
        "in a user namespace its root is an ordinary user outside, who needs the right to read the images and to "
        "enter every directory above them",
        "all",
        "chmod or chown the images and the directories above for that user",
        thread="lxc#913",
    ),
    _known(
        "request-refused",
        r"type \w+ errno 56\b|error:56\b",
        "CRIU did not take the runtime's request (errno 56, EBADRQC)",
        "it holds an option that this CRIU does not know or does not take so, from the runtime or from a line of a "
        "configuration file",
        "all",
        "use current releases of both, CRIU and runtime; take out lines of /etc/criu/*.conf that this release does not "
        "know; the containers must run, not be paused",
        sure=False,
    ),
    _known(
        "no-log",
        r"(dump|restore)\.log: no such file|Error collecting checkpoint log|read unixpacket .*EOF",
        "CRIU ended before it had opened its log",
        "it was called with an option that it does not take, lacks a library, may not write there, or crashed at once",
        "all",
        "run `criu check` and the same criu command by hand; look into dmesg for a crash",
        container="look at the runtime's own log with its debug option (runc --debug, podman --log-level debug)",
        sure=False,
    ),
    _known(
        "pod-mismatch",
        r"cannot restore (non )?pod container|pod \S{1,100} does not share the|pod \S{1,100} cannot be retrieved"
        r"|does not support pod restore",
        "the container and the pod that it should be restored into do not fit together",
        "a container of a pod shares namespaces with it, and goes back only into a pod that shares the same ones",
        "all",
        "make a pod first that shares the same namespaces, and restore into it",
        container="podman pod create --share ipc,net,uts,pid (those that the container had), then podman container "
        "restore --pod POD; runc or crun as its runtime",
    ),
    _known(
        "engine-volume",
        r"volume with name \S{1,200} already exists|(volume|mount) .{0,100}(not found|no such).{0,60}(restor"
        r"|checkpoint)|create criu restore mountpoint",
        "a volume or a mount of the container is in the way or missing",
        "an archive of a checkpoint brings the contents of its volumes along, and does not overwrite those that are "
        "there; mount points are made again under the root",
        "all",
        "remove the old volume, or restore without the archive's",
        container="podman: volume rm NAME, or restore --ignore-volumes; bind mounts must have their source on this "
        "host",
        sure=False,
    ),
    _known(
        "container-running",
        r"is not checkpointed|is running( or paused)?, (cannot restore|not restoring)|cannot restore running container"
        r"|(container|it) is already running|a complete checkpoint for this container cannot be found"
        r"|not running, not checkpointing",
        "the container is not in the state that this asks for",
        "a checkpoint is made of a container that runs, and a restore only into one that was stopped by a checkpoint",
        "all",
        "look at its state first; stop it before a restore, or restore under another name; where an engine has "
        "forgotten a checkpoint when its daemon started anew: a newer engine",
        container="podman ps -a --format json says Checkpointed; a container that was stopped otherwise is started, "
        "not restored; with an archive: restore --import FILE --name NEW",
    ),
    _known(
        "archive-unreadable",
        r"(unpacking of|failed to open|Unable to extract|error opening) (pre-)?checkpoint|archive/tar: (?!write too)"
        r"|tar: (Unexpected EOF|This does not look like|Error is not recoverable)|gzip: invalid|zstd: |(?<!write )(?<!"
        r"read )unexpected EOF$|failed to load checkpoint|checkpoint directory is missing in the archive"
        r"|failed to (inspect|read) (checkpoint|archive)|selected compression algorithm"
        r"|extracting checkpoint annotations|input \S{1,300} not a regular file",
        "the archive of the checkpoint cannot be unpacked",
        "it is not whole, packed otherwise than this release can unpack, of another kind of engine, or the disk is "
        "full",
        "all",
        "compare its size with the source and copy it again (tar -tf FILE lists it), and leave room in /var/tmp and "
        "where containers lie; unpack with the same or a newer release of the engine (zstd needs a current one, "
        "--compress gzip or none does not)",
        sure=False,
    ),
    _known(
        "criu-too-old",
        r"criu lacks support|old criu version|CRIU version \S{1,20} must be|invalid CRIU version"
        r"|does not support memory tracking|CRIU version must be|criu\S{0,10} (version )?(is )?too old",
        "the runtime asks for a newer CRIU",
        "it uses what that release of CRIU does not have yet, such as external namespaces or memory tracking",
        "all",
        f"install the newest CRIU ({NEWEST}) where the runtime runs; memory tracking (pre-dump) wants a kernel with "
        "CONFIG_MEM_SOFT_DIRTY on x86",
    ),
    _known(
        "liberty-checkpoint",
        r"CWWKE09\d\d[EWI]|CWWKC045\dE|CWWKE014\dE",
        "the server's checkpoint failed (Liberty InstantOn)",
        "the server asks CRIU for a dump as it starts and for a restore later; where one failed, checkpoint.log or "
        "restore.log in its logs/checkpoint has CRIU's own words",
        "all",
        "look into logs/checkpoint/checkpoint.log and restore.log of the server; make and restore with the "
        "capabilities CHECKPOINT_RESTORE, SYS_PTRACE (and SETPCAP, NET_ADMIN where asked for); where netlink calls "
        "are refused, SELinux does it: setsebool virt_sandbox_use_netlink 1, or a policy of one's own; a failed "
        "restore starts the server anew, unless CRIU_RESTORE_DISABLE_RECOVERY=true",
        container="podman or docker run --cap-add=CHECKPOINT_RESTORE --cap-add=SETPCAP --security-opt "
        "seccomp=unconfined (or a profile that lets clone3, ptrace and the rest through); the image's build as root",
        sure=False,
    ),
    _known(
        "stateful-instance",
        r"[Ss]tateful (stop|snapshot|migration|restore|start)|migration\.(stateful|incremental)|(dump|restore"
        r"|pre-?copy) (was )?failed( \(|: )?.{0,20}snapshot|snapshot dump failed|[Ll]ive[- ]migrat\w+"
        r"|Migration failed on |migration (dump|pre-dump|restore|final dump|predump) failed"
        r"|Failed (to run: )?.{0,120}forkmigrate",
        "the state of an instance could not be saved or moved (LXD, Incus)",
        "for containers they run CRIU, which cannot dump much of what a whole system runs (systemd, nested containers, "
        "lxcfs); their own log says no more than that it failed",
        "all",
        "look into the logs of the instance (lxc or incus info NAME --show-log; migration_dump_*.log and "
        "migration_restore_*.log in its logs directory) for CRIU's words; CRIU must be there on both sides (snap set "
        "lxd criu.enable=true); stop it and move it stopped, or use a virtual machine with migration.stateful=true",
        sure=False,
    ),
    _known(
        "criu-ns",
        r"criu-ns|criu_ns|unshare\(CLONE_NEW|Failed to (unshare|setns|mount procfs)|Cannot (unshare|setns"
        r"|set namespace)",
        "criu-ns could not make the namespaces for CRIU",
        "this script, in Python, unshares pid and mount namespaces as root, mounts a /proc of its own and runs criu "
        "there",
        "all",
        "run it as root of the host, with the criu of the same release in PATH; a current release, whose script is for "
        "Python 3; where it cannot, unshare -p -m --fork --mount-proc criu restore does the same",
        sure=False,
    ),
    _known(
        "criu-package",
        r"[Pp]ackage '?criu'? has no installation candidate|Unable to locate package criu"
        r"|No (package|match for argument):? '?criu|target not found: criu|criu \(no such package\)",
        "this distribution has no package of CRIU",
        "some releases of Debian and Ubuntu have none, and small ones do not build it",
        "all",
        "add the source that criu.org names (Ubuntu: ppa:criu/ppa; Debian: backports or unstable; RHEL and its kin: "
        "their own repositories), or build it from source",
    ),
    _known(
        "criu-missing",
        r"exec: .?criu.?:|criu (binary )?.{0,60}not found in|criu.{0,80}(executable file )?not found"
        r"|could not load .?libcriu|libcriu\.so"
        r"|undefined symbol: \S{0,40}criu|error while loading shared libraries|version `GLIBC_\S+ not found"
        r"|Can't exec criu swrk: No such file|execing criu failed|Couldn't find criu binary"
        r"|must have criu \S{1,20} or greater"
        r"|CRIU (is |are )?(not|isn't) (available|installed)|symbol lookup error: \S*criu|CRIU version check"
        r"|CRIU binary not found|requires at least CRIU",
        "the runtime found no CRIU that it can use",
        "it needs the criu program, or crun its library, of a release that it knows",
        "all",
        "install CRIU where the runtime runs, a current release, in PATH",
        container="crun: built with CRIU, with libcriu beside it; docker: the experimental mode on; LXD: snap set lxd "
        "criu.enable=true; Kubernetes: on every node",
    ),
    _known(
        "criu-not-started",
        r"Can't exec criu swrk: (Operation not permitted|Permission denied)|exec\S* .{0,80}criu.{0,20}: (Operation not "
        r"permitted|permission denied|operation not permitted)",
        "the criu program may not be started there",
        "it carries capabilities of its own (setcap), which the kernel refuses to start where the container does not "
        "have them all; or it is not executable, or lies on a mount that is noexec",
        "all",
        "give whoever starts it the capabilities that `getcap criu` names, or take from the program those that it "
        "does not need (setcap cap_checkpoint_restore,cap_sys_ptrace,cap_setpcap=eip)",
        container="--cap-add CHECKPOINT_RESTORE --cap-add SYS_PTRACE --cap-add SETPCAP, or --privileged",
        thread="openj9#18229",
    ),
    _known(
        "time-limit",
        r"context deadline exceeded|DeadlineExceeded|retrying requests that are timing out|i/o timeout"
        r"|[Tt]imed out waiting for .{0,60}(checkpoint|restore|container)",
        "the engine's time limit was over before CRIU had ended",
        "writing memory takes as long as the disk needs, and engines wait only so long",
        "all",
        "raise the engine's limit, write to a faster disk, or dump less memory; look into CRIU's own log for where it "
        "was",
        container="kubelet: ?timeout=SECONDS of the checkpoint request and runtimeRequestTimeout; crictl --timeout",
        sure=False,
    ),
    _known(
        "kubelet-refused",
        r"Forbidden \(user=|\b40[13]\b.{0,40}(Unauthorized|Forbidden)|^Unauthorized$|subresource=checkpoint"
        r"|cannot \w+ resource .{0,40}nodes/(proxy|checkpoint)",
        "the kubelet did not let the caller make a checkpoint",
        "its checkpoint request wants a client that may use nodes/checkpoint or nodes/proxy",
        "all",
        "call it with a certificate of the cluster (curl --cert apiserver-kubelet-client.crt --key … "
        "https://NODE:10250/checkpoint/NAMESPACE/POD/CONTAINER), or give the account the right to nodes/checkpoint",
        sure=False,
    ),
    _known(
        "checkpoint-image",
        r"no command specified|annotations?\.checkpoint|no such file or directory: checkpoint image"
        r"|not a (valid )?checkpoint|(config|spec)\.dump.{0,80}(no such|not)|checkpoint (image"
        r"|archive).{0,100}(invalid|missing|not )|exec format.{0,40}checkpoint",
        "the engine did not take that image or archive for a checkpoint",
        "an image of a checkpoint is told by its annotation, and each engine restores only archives of its own kind",
        "all",
        "make the image with `checkpointctl build`, or with buildah: from scratch, add the archive, config "
        "--annotation=io.kubernetes.cri-o.annotations.checkpoint.name=NAME; restore with an engine that can: CRI-O "
        "with enable_criu_support, podman, or a current containerd",
        sure=False,
    ),
    _known(
        "console-socket",
        r"console[- ]socket|[Cc]annot allocate tty|input device is not a TTY|not a terminal",
        "the runtime needs a terminal for the container and has none",
        "a container with a terminal gets it through a socket (--console-socket) when it runs in the background",
        "all",
        "run the container without a terminal (“terminal”: false in config.json, no -t), or give --console-socket to "
        "the restore too",
        sure=False,
    ),
    _known(
        "engine-name-taken",
        r"name .{0,160}((is )?already (in use|used)|in use$)|container with (given )?[iI][dD] .{0,80}exists"
        r"|container with given ID already|[Cc]ontainer .{0,100} already exists",
        "a container of that name or id is there already",
        "a restore makes the container anew, under the name and id that it had unless told otherwise",
        "all",
        "remove the old container, or restore under another name",
        container="podman: --name NEW with --import, or podman rm first; runc and crun: delete ID, or another id; "
        "docker: docker start --checkpoint on the same container, once it is stopped",
        sure=False,
    ),
    _known(
        "engine-rootfs",
        r"root ?file-?system (diff|changes)|rootfs-diff|deleted\.files|layer not known|image .{0,200}(not known"
        r"|not found)|unable to find (the )?image|[Nn]o such image",
        "the file system of the container cannot be made as it was",
        "an archive of a checkpoint holds what was changed of the image, not the image itself, which must be here",
        "all",
        "pull the same image first; restore with --ignore-rootfs where its changes do not matter",
        container="podman pull IMAGE, then restore --import; --ignore-rootfs on both sides; checkpoint with "
        "--create-image where the image goes along",
        sure=False,
    ),
    _known(
        "checkpoint-not-found",
        r"custom checkpointdir is not supported|checkpoint \S{1,100} (does not exist|not found)|[Nn]o such checkpoint"
        r"|content digest .{0,100}not found|invalid checkpoint|cannot stat .{0,200}checkpoint"
        r"|checkpoint\S{0,60}: no such file",
        "the engine does not find the checkpoint that it should restore from",
        "docker over containerd does not take a directory of one's own for the restore in several releases, and an "
        "engine looks for a checkpoint below the container of that very id",
        "docker 17.12 and later: --checkpoint-dir on start",
        "give the name and directory that the checkpoint was made with",
        container="docker: without --checkpoint-dir, copy the checkpoint to /var/lib/docker/containers/ID/checkpoints/ "
        "of the new container; podman: restore --import FILE",
        thread="moby#37344",
        sure=False,
    ),
    _known(
        "engine-restore",
        r"failed to retrieve OCI runtime container pid|init\.pid: no such file|unable to upload checkpoint"
        r"|error setting running state after restore|reading restore pid failed|read restore's children",
        "the engine lost the container that it restores",
        "runc restore failed, and docker looks for a pid that was never written: between 17.12 and 18.06 because it "
        "forgot to pass --empty-ns network, later for what CRIU's own restore.log says",
        "docker 17.12 to 18.06 by itself",
        "use a newer docker and containerd, or podman; look into restore.log",
        thread="moby#35691",
        sure=False,
    ),
    _known(
        "engine-network",
        r"static (ip|IP|mac|MAC).{0,80}(not in any subnet|not creating a network namespace|already|in use)"
        r"|requested (static )?ip .{0,80}(not|already)|IP address \S{1,60} is already in use",
        "the engine cannot give the container the address it had",
        "podman restores a container with the address and MAC that it had, on the network that it was on",
        "all",
        "restore with --ignore-static-ip and --ignore-static-mac, or make the network as it was; a newer podman, "
        "whose 4.0 to 4.3 had bugs here",
        thread="podman#16666",
        sure=False,
    ),
    _known(
        "runtime-without-checkpoint",
        r"(method|unknown method) CheckpointContainer|CheckpointContainer.{0,60}(not implemented|[Uu]nimplemented)"
        r"|checkpoint.{0,40}server could not find the requested resource|not support(ed)? (on|in) this platform"
        r"|(configured )?to not support checkpoint|onfigured runtime does not support checkpoint"
        r"|[Cc]heckpoint/[Rr]estore support (is )?not (available|enabled)|does not support checkpoint"
        r"|[Dd]aemon with experimental features|experimental (features|mode).{0,40}(checkpoint|not enabled)"
        r"|ContainerCheckpoint|(404 |daemon: )page not found|checkpoint.{0,40}(not (implemented|supported|enabled)"
        r"|[Uu]nimplemented)|enable_criu_support|unknown command \"?checkpoint|enable-criu-support|(was not compiled"
        r"|not built) with (CRIU|criu)|without (CRIU|criu) support"
        r"|(CRIU|criu) (is |was )?(not|n't) (supported|built|enabled|compiled)",
        "the container engine does not do checkpoints as it is set up",
        "each layer must have it: the engine (CRI-O with enable_criu_support, containerd from 2.0 on, docker in "
        "experimental mode), the kubelet (feature gate ContainerCheckpoint, on from 1.30), and a low-level runtime "
        "that can (runc, or crun from 0.16 on built with CRIU; not Kata, gVisor or a virtual machine)",
        "all",
        "turn it on where it is off, and use current releases of all of them",
        container="docker: {“experimental”: true} in /etc/docker/daemon.json; CRI-O: enable_criu_support = true in "
        "/etc/crio/crio.conf; podman: --runtime runc, or a crun whose version line says +CRIU; kubelet: "
        "--feature-gates=ContainerCheckpoint=true; containerd: 2.0 or later",
        sure=False,
    ),
    _known(
        "checkpoint-exists",
        r"checkpoint .{0,200}already exists|content sha256:\S{0,80} already exists|checkpoint.{0,60}: file exists"
        r"|mkdir \S{0,300}/checkpoints/\S{0,200}:$"
        r"|already exists.{0,60}checkpoint",
        "a checkpoint of that name, or the same content, is there already",
        "engines keep checkpoints by name, and containerd by content, where an unfinished one stays behind",
        "all",
        "choose another name, or remove the old one",
        container="docker checkpoint rm CONTAINER NAME; ctr -n moby content rm DIGEST; another --checkpoint-dir",
        sure=False,
    ),
    _known(
        "container-refused",
        r"(checkpoint|restor)\S* .{0,120}(requires? root|rootless|as root)|rootless.{0,120}(checkpoint|restore)"
        r"|active exec sessions|started with '?--rm|[Cc]annot (checkpoint|export) .{0,80}depend"
        r"|checkpointing containers that use|(?<!import )checkpoints of containers with dep"
        r"|container .{0,80}is not running|cannot (checkpoint|restore) .{0,80}state|[Nn]o container with name or ID"
        r"|[Nn]o such container|container \S{1,100} (does not exist|not found)|infra container"
        r"|[Cc]annot (be )?checkpoint(?! container \S{1,200}: )|not in (a )?running state",
        "the engine refused the checkpoint before it ran CRIU",
        "its own rules come first: root, whose containers are others than those of a rootless user, a container that "
        "runs, no dependent containers, no --rm without an export, no namespace shared with others",
        "all",
        "do what its message asks for: as root (sudo), with the container running, without --rm or with --export",
        container="podman: sudo, --export FILE, --ignore-rootfs or --ignore-volumes where these are refused; end exec "
        "sessions first",
        sure=False,
    ),
    _known(
        "crac-refused",
        r"CheckpointOpen\w*Exception|jdk\.crac\.(\w+\.)?\w*Exception|org\.crac\.\w*Exception",
        "the JVM refused the checkpoint (CRaC): something is open that may not be",
        "CRaC wants every file, socket and pipe closed that it does not know how to restore, and names each in an "
        "exception, as CheckpointOpenSocketException with its address",
        "all",
        "close it in beforeCheckpoint of a Resource, and open it again in afterRestore; "
        "-Djdk.crac.collect-fd-stacktraces=true says where it was opened, -Djdk.crac.resource-policies=FILE or "
        "-XX:CRaCIgnoredFileDescriptors leaves it be; frameworks need the module for CRaC (Spring Boot 3.2, Micronaut, "
        "Quarkus)",
        sure=False,
    ),
    _known(
        "crac-engine",
        r"C/R is not (configured|supported)|C/R (failed|is disabled)|criuengine|CRaCCheckpointTo|CRaCRestoreFrom"
        r"|CRaCEngine|crexec|Native checkpoint failed|invalid info for restore|Checkpoint/Restore is not (configured"
        r"|supported)|queued code -1",
        "the JVM could not run its checkpoint engine (CRaC)",
        "it runs criuengine and the criu beside it in JAVA_HOME/lib, which must be root's with the set-uid bit or "
        "have the capabilities, and writes dump4.log into the directory of -XX:CRaCCheckpointTo",
        "all",
        "look into dump4.log in the checkpoint directory; sudo chown root:root JAVA_HOME/lib/criu && sudo chmod u+s "
        "JAVA_HOME/lib/criu, and unpack the JDK as root; in containers --cap-add CHECKPOINT_RESTORE --cap-add "
        "SYS_PTRACE or --privileged; -XX:CREngine=warp where criu may not run (Azul)",
        sure=False,
    ),
    _known(
        "openj9-checkpoint",
        r"JVM(CRIU|Checkpoint|Restore)Exception|System(Checkpoint|Restore)Exception|Could not (dump|restore) the JVM"
        r"|EnableCRIUSupport|CRIUSupport|JVMCRIU|checkpointJVM",
        "the JVM's checkpoint failed (OpenJ9, InstantOn)",
        "the JVM calls CRIU through its library; err=-52 says that CRIU ran and failed, -70 that it ended while "
        "they talked, -111 that it could not be reached",
        "all",
        "look into CRIU's own log in the checkpoint directory (setLogFile, Liberty: logs/checkpoint/checkpoint.log); "
        "run with -XX:+EnableCRIUSupport, with the capabilities CHECKPOINT_RESTORE, SYS_PTRACE and SETPCAP for criu",
        container="--cap-add CHECKPOINT_RESTORE --cap-add SYS_PTRACE --cap-add SETPCAP, with --security-opt "
        "seccomp=unconfined where seccomp forbids calls",
        sure=False,
    ),
    _known(
        "service-request",
        r"was passed by RPC client|not allowed in standalone service|rst_sibling|RPC error|Wrong request"
        r"|No process with such pid|err:3\)",
        "the request to CRIU was not complete",
        "who calls CRIU through RPC, libcriu or go-criu must give an open directory for the images "
        "(images_dir_fd), the pid as CRIU's own pid namespace counts it, and run criu swrk for what a service does not "
        "do",
        "all",
        "set the directory and the pid; let the pid be of a process that runs where CRIU runs",
        sure=False,
    ),
    _known(
        "crit-failed",
        r"pycriu|\bcrit\b.{0,80}(error|Error|Traceback)|Unknown magic|Bad magic|Descriptors cannot"
        r"|google\.protobuf|MagicException|/crit(/crit|-script\.py)?\", line \d"
        r"|(IO|OS|FileNotFound)Error: .{0,200}\.img|KeyError: '"
        r"|struct\.error: unpack",
        "crit could not be run or could not read an image",
        "it is CRIU's tool for images, in Python: its module pycriu must be of the same release, and python3-protobuf "
        "fit to it",
        "all",
        "install crit with pip from the same release (pip install ./crit ./lib), with protobuf; a raw file "
        "(pages-*.img) has no magic and is none of its images",
        sure=False,
    ),
    _known(
        "lxc-configuration",
        r"lxc\.console(\.path)? configured on source host but not target|Found un-dumpable network"
        r"|please use a fresh directory for the dump|no host interface for macvlan"
        r"|Must be root to (checkpoint|restore)",
        "LXC refused before it ran CRIU",
        "the container's configuration is not one that LXC can hand to CRIU, or differs between the two hosts",
        "all",
        "make the configuration the same on both sides: lxc.console.path = none and lxc.tty.max = 0, networks of "
        "the kinds veth, macvlan, empty or none; run as root, into an empty directory",
        container="LXD and Incus keep these lines in raw.lxc of the instance",
        thread="lxd#9396",
    ),
    _known(
        "image-dir",
        r"Can't open (dir|images? dir|images directory)|Couldn't open image dir|Can't link parent snapshot"
        r"|Can't chdir to work_dir|Unable to get service fd|Can't create log|Can't open logfile",
        "the images directory cannot be opened",
        "it does not exist, or whoever runs CRIU may not read it",
        "all",
        "give an existing directory with --images-dir (-D)",
    ),
    _known(
        "configuration",
        r"[Uu]nsupported configuration file format|configuration file .{0,200}(not found|can't)|Can't open .*\.conf",
        "a configuration file of CRIU cannot be read",
        "its lines are long options without the dashes, one a line, as “tcp-established” or “ghost-limit 8M”; quotes "
        "that are not closed and other forms are refused",
        "all",
        "correct the line in /etc/criu/default.conf, /etc/criu/runc.conf (crun.conf), ~/.criu/default.conf, or the "
        "file of --config; see criu(8), “Configuration files”",
    ),
    _known(
        "request",
        r"Failed (un)?packing (request|response)|Can't (recv|read|send) (request|response)|Can't receive response"
        r"|Can't connect to (criu|socket)\b|Can't exec criu swrk",
        "the runtime and CRIU do not understand one another",
        "they talk over a socket: CRIU ended before it answered, or is too old for a request as long or as new as this",
        "all",
        "use a newer CRIU, of a release that this runtime knows; look into dmesg for a crash, and into CRIU's log",
        thread="libcontainer#479",
        sure=False,
    ),
    _known(
        "engine-combination",
        r"can (only|not|'t) be used with|cannot use --\S+ with|only (be )?used with (--|one|image)|must be relative"
        r"|(is|are) (not compatible|incompatible) with|not compatible with -|-D is required"
        r"|provide at least one name|conflicts with (the )?(option|flag|--)",
        "options were given together that exclude or need one another",
        "the engine says which: most of those for archives want --export or --import",
        "all",
        "give the options as the message says; --help of the subcommand names what goes together",
        container="as above",
    ),
    _known(
        "engine-options",
        r"requires (a maximum of|at most|at least|exactly) \d+ argument|unknown (shorthand )?flag"
        r"|flag provided but not "
        r"defined|unknown argument|cannot be used (together|with)|mutually exclusive",
        "a container runtime was called with options that it does not take so",
        "options stand behind the subcommand and before the container's name; or this release lacks one",
        "all",
        "put the options before the name of the container, and compare with --help of the subcommand",
        container="as above",
    ),
    _known(
        "options",
        r"[Uu]nknown (command|option|namespace)|unrecognized option|excessive parameter|Invalid (server address"
        r"|inherit fd|value|argument .* for)|pid not specified|command is required|No subdirs are allowed"
        r"|images-dir or work-dir is required|bad value|Bad request",
        "CRIU was called with options that it does not take",
        "this release does not know one of them, or one is missing",
        "all",
        "compare with `criu --help` of this release; a runtime may be newer than its CRIU, or a configuration file "
        "(/etc/criu/*.conf, ~/.criu) hold an unknown line",
    ),
    _known(
        "script",
        r"Script .* exited with|action scripts? failed|script ret code|script failed with|RPC client reported script",
        "an action script failed",
        "scripts of --action-script, and hooks of the runtime, run at each stage, and one ended with an error",
        "all",
        "run the script by hand with CRTOOLS_SCRIPT_ACTION set; look into the runtime's log for its hook",
    ),
    _known(
        "tool-missing",
        r"execvp\(|command not found|exec(v|vp)?( failed|\()",
        "a tool that CRIU runs is missing",
        "CRIU calls ip, iptables, nft, tar and cuda-checkpoint from PATH",
        "all",
        "install the tool where CRIU runs, and put it into PATH",
        container="in the image, where CRIU runs inside the container; on the host otherwise",
    ),
    _known(
        "systemd-ipc",
        r"IPC (shared|message|sem)|sem id|shm id|msg id|semaphore|ipc_ns|msq",
        "objects of System V IPC could not be dumped or restored",
        "they get their old ids back, through sysctls of kernels with CONFIG_CHECKPOINT_RESTORE",
        "all",
        "restore into an IPC namespace of its own, on a kernel with CONFIG_CHECKPOINT_RESTORE",
        sure=False,
    ),
    _known(
        "out-of-memory",
        r"Cannot allocate memory|Can't allocate \d+ bytes|Out of memory|Can't grow (rst|RM)",
        "the host has no memory left for this",
        "the kernel refused memory to CRIU itself (ENOMEM)",
        "all",
        "free memory or add swap; raise memory.max of the cgroup that CRIU runs in; vm.overcommit_memory=1",
    ),
    # How tasks end
    _known(
        "criu-bug",
        r"BUG at |^BUG[ :!]|Unknown printf format",
        "CRIU came upon a bug of its own",
        "it stopped itself at a place that its authors hold to be impossible; what follows, such as a crash, follows "
        "from it",
        "all",
        "report the bug in CRIU with the whole log, or try a newer release first: search its issues for the place "
        "that is named",
        thread="criu#69",
    ),
    _known(
        "stop-127",
        r"killed by signal 127",
        "a task crashed in the restorer (a stop by SIGSEGV, misreported as signal 127)",
        f"releases {SIGNAL_OF_A_STOP.before} print 127 where a task was stopped by a signal: it met a segmentation "
        "fault in the "
        "restorer's own code",
        SIGNAL_OF_A_STOP.before,
        "a newer CRIU names the signal and may have mended the crash; look for “segfault” in dmesg",
        thread="criu#1270",
    ),
    _known(
        "rseq-crash",
        r"(killed|stopped) by signal 11|stopped with 11: Segmentation fault",
        "a restored task died at once",
        "restartable sequences are not restored, which C libraries from 2.35 on rely on: the crash (segmentation "
        "fault) is in code that they own",
        RSEQ_RESTORED.before,
        f"use a newer CRIU ({RSEQ_RESTORED.later}), or start the program with GLIBC_TUNABLES=glibc.pthread.rseq=0",
        before=RSEQ_RESTORED,
        sure=False,
    ),
    _known(
        "task-crashed",
        r"(killed|stopped) by signal (4|5|6|7|8|11|31)\b|Task stopped with (4|7|11)",
        "a restored task died at once",
        "it met an instruction, a page or a system call that is not what it was where it was dumped: signal 4 points "
        "at the CPU, 7 and 11 at mapped files that differ, 31 at a seccomp filter",
        "all",
        "restore with the same CPU features, the same files and the same kernel; look for the crash in dmesg",
        sure=False,
    ),
    _known(
        "task-killed",
        r"(killed|stopped) by signal 9|was killed by 9",
        "a task was killed from outside while it was restored or dumped",
        "nothing in this log killed it before: the kernel's OOM killer, a limit of memory of its cgroup, or an "
        "administrator did",
        "all",
        "look into dmesg for “Out of memory” and into memory.events of the cgroup; give the restore more memory",
        container="raise --memory, or the pod's memory limit",
        thread="criu#255",
        sure=False,
    ),
    _known(
        "task-ended",
        r"killed by signal|stopped by signal|exited, status=|exited unexpectedly|died too early|exited with",
        "a task or a helper ended before it was restored",
        "it stopped with an error of its own that the lines before do not name",
        "all",
        "look at the last lines with the same pid, and into dmesg",
        with_detail="it shows more of these lines",
        sure=False,
    ),
    _known(
        "parasite-died",
        r"from daemon is trimmed|Can't dump (misc|itimers|sigactions|posix timers|thread)|Failed to read ack"
        r"|Parasite (exited|failed)|for daemon failed|Can't infect|Trimmed message",
        "the code that CRIU puts into a task failed or died there",
        "it answers commands over a socket; its own lines begin with “pie:” and say more",
        "all",
        "look at the pie: lines before, and into dmesg for a crash of the task",
        with_detail="it has more of these lines",
        sure=False,
    ),
    _known(
        "own-calls",
        r"Can't (fork|clone|dup file|fdopen(dir)?|init \S+ server|listen on \S+ server|accept connection)\b"
        r"|dup\(\d*\) failed|fd \d+ already in use|[Ee]poll_c(tl|reate) failed|poll(ing|\(\))? failed"
        r"|(set|clear|unset) (mask of )?blocked signals|Unable to (create pipe|close fd|mark yard|change \["
        r"|set perms on)|couldn't mkdirpat|Can't write pidfile|Can't run in the background|Exit signal not SIGCHLD",
        "a call of CRIU's own was refused",
        "it makes descriptors, processes, pipes, files and sockets for itself while it works: where one is refused, "
        "the limits and rights of whoever runs CRIU are too narrow, or something on this host is in the way",
        "all",
        "run it as root of the host with wider limits (ulimit -n, -u; TasksMax and LimitNOFILE of its service; "
        "pids.max of its cgroup), with room and right to write in the directories that it was given; look into dmesg "
        "for what was denied (SELinux, AppArmor); a newer CRIU on a newer kernel",
        sure=False,
    ),
    # By the kernel's answer alone
    _known(
        "task-gone",
        r"No such process\)?$|: -3$",
        "a task ended while CRIU was at it",
        "it exited or was killed meanwhile (ESRCH): by itself, by who waits for it, by a time limit, or by the OOM "
        "killer",
        "all",
        "look into dmesg for what killed it, keep supervisors from ending or starting tasks meanwhile, and dump again; "
        "give the pid as CRIU's own namespace counts it",
        sure=False,
    ),
    _known(
        "other-end",
        r"(Connection (refused|reset by peer|timed out)|Broken pipe|(Transport e|E)ndpoint is not connected"
        r"|No route to host|Network is unreachable|Connection aborted)\)?$|: -(32|104|107|110|111)$",
        "who CRIU talks to is gone or cannot be reached",
        "the other end of a connection (page server, lazy-pages daemon, streamer, the runtime, or code in a task that "
        "died) was not there or ended first",
        "all",
        "look into the other end's own log, which has the reason; start it first, with the same port, directory and "
        "TLS options; look into dmesg for a task that crashed",
        sure=False,
    ),
    _known(
        "input-output",
        r"(Input/output error|Stale file handle|Structure needs cleaning|Remote I/O error|File too large)\)?$|: -5$",
        "a file or device could not be read or written",
        "the file system or device below answers with an error: a network file system, FUSE, a disk with bad blocks, "
        "or a terminal whose other end is closed",
        "all",
        "look into dmesg; keep images and the tasks' files on a local file system; end what holds the closed terminal",
        sure=False,
    ),
    _known(
        "limit-reached",
        r"(Resource temporarily unavailable|Argument list too long|No buffer space available|Message too long"
        r"|File name too long|Too many (links|references: cannot splice))\)?$|: -(7|11|24|90|105)$",
        "a limit of the kernel is reached",
        "what should be made again is more, or larger, than limits here leave room for",
        "all",
        "raise the limit that the line is about (ulimit -n, -u, -l; net.core.wmem_max and rmem_max; pids.max; "
        "fs.pipe-user-pages-soft) for whoever runs CRIU, or run as root of the host",
        sure=False,
    ),
    _known(
        "criu-misstep",
        r"(Bad file descriptor|Bad address|Numerical result out of range|Value too large for defined data type"
        r"|No child processes|Interrupted system call)\)?$|: -(9|14)$",
        "CRIU asked for something that makes no sense here",
        "a descriptor, address or number of its own is wrong: most often a bug of that release with this kernel, CPU "
        "or library, or a task that died meanwhile",
        "all",
        "use a newer CRIU, or the kernel that it was made for; look into dmesg for a crash; report it with the whole "
        "log",
        sure=False,
    ),
    _known(
        "other-kind-of-file",
        r"(Invalid cross-device link|Too many levels of symbolic links|Is a directory|Directory not empty"
        r"|Text file busy|Not a directory)\)?$|: -(18|20|21|39|40)$",
        "a path leads to another kind of file, or to another file system, than at the dump",
        "links cannot be made across mounts or layers (overlayfs), and a path may have become a link or a directory",
        "all",
        "restore with the same root file system and the same mounts; on overlayfs restore from the same image",
        sure=False,
    ),
    _known(
        "not-permitted",
        r"(Operation not permitted|Permission denied)\)?$|: -(1|13)$",
        "the kernel refused a step for want of a right",
        "a capability is missing (CAP_SYS_ADMIN, CAP_NET_ADMIN, CAP_CHECKPOINT_RESTORE), a security module or "
        "seccomp forbids it, or the user namespace's root has no right on the file",
        "all",
        "run as root of the host; look for denials in dmesg and the audit log (AppArmor, SELinux); check owner and "
        "mode of the path",
        container="--privileged to try, then --cap-add for what is missing; --security-opt apparmor=unconfined or "
        "label=disable",
        sure=False,
    ),
    _known(
        "not-there",
        r"No such (file or directory|device)( or address)?\)?$|No such (file or directory|device)\)?: \S{1,200}$"
        r"|: -(2|6|19)$",
        "something that the dump needs is not there",
        "a file, device or task of that name does not exist where CRIU runs",
        "all",
        "make it exist on the target: the same root file system, devices, mounts and kernel modules",
        sure=False,
    ),
    _known(
        "exists",
        r"(File exists|Address (already )?in use|(Device or r|R)esource busy)\)?$",
        "something that the dump needs is taken",
        "a file, address, id or device of that name is in use here already, perhaps by the task that was dumped or "
        "by leftovers of a restore that failed",
        "all",
        "end the original task and clear away leftovers, or restore into namespaces of its own",
        sure=False,
    ),
    _known(
        "kernel-refused",
        r"(Invalid argument|Function not implemented|Operation not supported|Inappropriate ioctl for device"
        r"|Not supported|Protocol not supported|Address family not supported by protocol|Not a tty)\)?$"
        r"|: -22$",
        "the kernel does not know what CRIU asked for",
        "this kernel lacks the feature or has changed it: CRIU is too old for the kernel, or the kernel too old for "
        "CRIU",
        "all",
        "use a newer CRIU or another kernel, the same on both sides; run `criu check --all`",
        sure=False,
    ),
)


BY_USE = frozenset(
    [
        "archive-unreadable",
        "build-failed",
        "checkpoint-image",
        "configuration",
        "console-socket",
        "container-running",
        "criu-in-tree",
        "criu-missing",
        "criu-not-started",
        "criu-package",
        "engine-combination",
        "engine-name-taken",
        "engine-options",
        "engine-rootfs",
        "engine-volume",
        "external-socket",
        "file-changed",
        "file-locks",
        "fork-limit",
        "fork-not-permitted",
        "ghost-too-big",
        "ids-intersect",
        "image-dir",
        "image-permission",
        "image-streamer",
        "jvm-data",
        "kubelet-refused",
        "mptcp",
        "no-privilege",
        "no-space",
        "options",
        "pod-mismatch",
        "script",
        "session-outside",
        "tcp",
        "uprobes",
        "vmas-unsorted",
    ]
)
"""Those that lie in how CRIU is used: another release has them too."""
BY_ANSWER = frozenset(
    [
        "not-permitted",
        "not-there",
        "task-gone",
        "exists",
        "kernel-refused",
        "out-of-memory",
        "other-end",
        "input-output",
        "limit-reached",
        "criu-misstep",
        "other-kind-of-file",
    ]
)
"""Those that are told by the kernel's answer alone, whatever was asked of it."""
_ANSWERS = tuple(known for known in KNOWN_FAILURES if known.id in BY_ANSWER)


def answer(text: str) -> KnownFailure | None:
    """What is known of the kernel's answer at the end of a line, whatever was asked of it."""
    beginning = text[:LOOKED_AT]
    return next((known for known in _ANSWERS if known.pattern.search(beginning)), None)


def recognise(text: str, version: Numbers | None = None) -> KnownFailure | None:
    """The known failure that a log line is, if any, in a log of this CRIU version."""
    beginning = text[:LOOKED_AT]
    return next(
        (known for known in KNOWN_FAILURES if known.pattern.search(beginning) and known.in_log_of(version)), None
    )


BY_ID = {known.id: known for known in KNOWN_FAILURES}

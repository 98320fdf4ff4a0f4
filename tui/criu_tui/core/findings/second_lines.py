"""Failures that a second line of their log tells more closely than their own: the one table of them.

CRIU's error says which step failed; why often stands in a line before it, or in one of the kernel's beside it.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.findings.advice import BY_ID, NOT_BY_HAND, KnownFailure
from criu_tui.core.logs.line import LOOKED_AT
from criu_tui.core.restore.releases import (
    BOTH_NAMESPACES,
    BOUNDARY_FIXED,
    CUDA_BY_DRIVER,
    FREEZER_RETRIED,
    FUSE_BINDS,
    LARGE_XSAVE,
    LEADER_OF_TIMERS,
    LSM_CACHED,
    OWN_NAMESPACE_KEPT,
    SIT_ATTRIBUTES,
    SOCKET_LABELS,
    SPLIT_VDSO,
    SUID_TO_ROOT,
    Change,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.logs.line import LogLine

_REFUSED = r"Permission denied|Operation not permitted|with (0x)?f+(f3|ff)\b|: -(1|13)$"
_BROKEN_OFF = (
    r"reset by peer|Broken pipe|I/O error|recv failed|[Uu]nexpected EOF|connection (was )?closed|Bad file desc"
)
_SOCKETS = r"Dumping extern: |half of stream unix connection.{0,4}name"

_LOCKING = r"(?i)(un)?lock(ing)? network|network-(un)?lock scripts"

_OF_CRAC = r"^Version: \S{1,20}-crac\b"
"""How the CRIU that a JDK with CRaC brings calls itself."""
_CRACS_OWN = (
    "or take the JDK's engine that needs no CRIU (-XX:CRaCEngine=warp: Warp, in some of Azul's builds for x86-64); the "
    "system's own criu is not the one that runs"
)
"""The way around the CRIU that a JDK with CRaC brings."""


class SecondLine(NamedTuple):
    """A failure that is another one, or more closely known, by a second line of its log."""

    of: frozenset[str]
    """Ids of the known failures that the cause may be by its own words; empty for any, known or not."""
    cause: str
    """A regular expression of how the cause itself reads; few logs need one."""
    line: str
    """How the line reads that decides."""
    among: str
    """How the lines read of which the nearest up to the cause decides, of its process or of none; empty: any around."""
    known: KnownFailure
    times: int = 1
    """How many lines around must read like it."""

    def decided_by(self, lines: Sequence[LogLine], cause: LogLine) -> LogLine | None:
        """The line that makes the failure this one, if there is any."""
        decides = re.compile(self.line)
        if not self.among:
            told = (line for line in lines if decides.search(line.text[:LOOKED_AT]))
            return next(itertools.islice(told, self.times - 1, None), None)
        kind = re.compile(self.among)
        for line in reversed(lines):
            own = line.number <= cause.number and (line.pid in (None, cause.pid) or cause.pid is None)
            if own and kind.search(line.text[:LOOKED_AT]):
                return line if decides.search(line.text[:LOOKED_AT]) else None
        return None


def _second(
    of: str,
    line: str,
    id_: str,
    title: str,
    why: str,
    releases: str,
    advice: str,
    *,
    cause: str = "",
    among: str = "",
    option: str = "",
    container: str = "",
    thread: str = "",
    before: Change | None = None,
    times: int = 1,
) -> SecondLine:
    known = KnownFailure(id_, line, title, why, releases, advice, option, container, thread, before, sure=False)
    return SecondLine(frozenset(of.split()), cause, line, among, known, times)


def _not_run(of: str, cause: str, line: str) -> SecondLine:
    """A script that could not be run: the call that failed, and what CRIU then says of the script."""
    return _second(
        of,
        line,
        "script-not-run",
        "an action script could not be run",
        "CRIU runs what --action-script names by its path: “No such file” says that it, or the interpreter that its "
        "first line (#!) names, is not there; “Permission denied” that it may not be executed",
        "all",
        "give the script's whole path, with an interpreter that is here; chmod +x it, and keep it on a file system "
        "that is not mounted noexec",
        cause=cause,
    )


SECOND_LINES = (
    # The process that is to be dumped
    _second(
        "traced",
        r"^Unable to detach from \d{1,10}: No such process",
        "process-unseizable",
        "the process to dump could not be stopped: it is traced, has ended, or is the kernel's own",
        "the kernel answers EPERM to ptrace for a process that a debugger or another criu holds, for one that has "
        "ended and is not waited for yet (a zombie; one whose main thread has ended too), for threads of the kernel, "
        "and where CAP_SYS_PTRACE, yama or a security module forbids it",
        "all",
        "look at State and TracerPid in /proc/PID/status: with a TracerPid detach that strace, gdb or criu; Z "
        "(zombie) has nothing left to dump, give a pid that runs; a name in brackets (ps) is the kernel's; else run "
        "CRIU as root with CAP_SYS_PTRACE and kernel.yama.ptrace_scope=0",
        cause=r"^Unable to interrupt task: \d{1,10} \(Operation not permitted\)",
        container="--cap-add SYS_PTRACE or --privileged where CRIU itself runs in the container",
        thread="criu#1753",
    ),
    _second(
        "criu-bug",
        r"^Dumping core for thread \(pid: ",
        "thread-for-process",
        "the number given with -t is likely that of a thread, not of a process",
        "CRIU stopped itself over its tree of processes while it dumped the threads of one: the tree is counted from "
        "the pid of a process, which is that of its first thread (Tgid)",
        "all",
        "give the pid of the process: Tgid in /proc/NUMBER/status; where it was that, report the bug with the whole "
        "log",
        cause=r"BUG at (criu/)?pstree\.c",
    ),
    _second(
        "anonymous-memory",
        r"^Hugetlb size \d+ Mb is supported but cannot get dev",
        "huge-memory-file",
        "a memory file of huge pages, which CRIU did not recognise for want of huge pages",
        "CRIU finds out on which device such files lie by mapping a huge page of each size, and there was none of "
        "that size: a memfd with MFD_HUGETLB then looks like a file of an unknown mount",
        "all",
        "reserve a huge page of each size in use before the dump (sysctl vm.nr_hugepages=8; "
        "/sys/kernel/mm/hugepages), or let the program make the file without MFD_HUGETLB",
        cause=r"path=/memfd:",
    ),
    _second(
        "parasite-died",
        r"Can't setup RLIMIT_NOFILE for self",
        "own-limit-of-files",
        "CRIU may not open as many files as the task that it dumps",
        "it gets each descriptor of the task for a moment, and its own limit on open files, which it could not raise, "
        "has no room for them",
        "all",
        "raise the limit of whoever runs CRIU beyond what the task has open (ulimit -n, prlimit --nofile, "
        "LimitNOFILE), or run it with CAP_SYS_RESOURCE",
        cause=r"Can't retrieve FDs? from socket",
        container="--ulimit nofile=… and --cap-add SYS_RESOURCE where CRIU runs inside",
    ),
    _second(
        "parasite-died",
        r"Can't switch parasite \d{1,10} to daemon mode",
        "parasite-without-socket",
        "the code that CRIU puts into a task could not open its socket there",
        "it needs two descriptors in the task: the task's limit on open files leaves none, or a seccomp filter or a "
        "security module refuses the socket",
        "all",
        "compare Max open files in /proc/PID/limits with ls /proc/PID/fd, and raise it for the dump (prlimit --pid PID "
        "--nofile=4096); look for denials in dmesg and the audit log; where SELinux is enforcing, take log-file out of "
        "/etc/criu/runc.conf, whose descriptor the task gets too (criu#2735)",
        container="--ulimit nofile=… for the container",
    ),
    # Images
    _second(
        "image-not-written",
        r"Failed to read parent pre-dump inventory",
        "parent-unfinished",
        "the parent dump that --prev-images-dir names was never finished",
        "it has no inventory.img, which a dump or pre-dump writes last: that run failed, or the directory is another",
        "all",
        "look into the log of the pre-dump and make it again; or make a full dump, without --prev-images-dir",
        container="runc: --parent-path relative to --image-path; without it a full checkpoint",
    ),
    _second(
        "image-not-written",
        r"^No inventory\.img image",
        "inventory-absent",
        "there is no inventory.img in the directory that was given",
        "CRIU reads it first, and a dump writes it last: the directory is another or an empty one, what is in it is "
        "packed (*.img.gz, an archive), or was left by a dump that failed",
        "all",
        "give the directory with the images (-D, --images-dir), unpacked; look for “Dumping finished successfully” in "
        "dump.log, and dump again where it is not there",
        container="the directory below which the runtime put them (runc --image-path)",
    ),
    # Action scripts
    _not_run("tool-missing", r"^execvp\(\"/", r"^Script /.{1,800} exited with"),
    _not_run("script", r"^Script /", r"^execvp\(\"/"),
    # The kernel's own lines
    _second(
        "",
        r"avc: {1,3}denied(?!.{0,900}permissive=1)",
        "denied-by-selinux",
        "SELinux forbade it",
        "the audit line (AVC) says who was denied what: the domain in scontext wanted the right in braces on tcontext; "
        "“connectto” is the code that CRIU puts into a task, which answers over CRIU's socket",
        "hosts with SELinux in enforcing mode",
        "update the policy (container-selinux, selinux-policy), which has got rules for CRIU since; a module of one's "
        "own (ausearch -m avc -ts recent | audit2allow -M criu); setenforce 0 to try",
        cause=_REFUSED,
        container="--security-opt label=disable to try; a newer podman, crun or runc, which label CRIU's sockets",
        thread="podman#1891",
    ),
    _second(
        "",
        r"apparmor=\"?DENIED",
        "denied-by-apparmor",
        "AppArmor forbade it",
        "the audit line says which profile refused which operation on what name",
        "hosts with AppArmor",
        "allow it in that profile, or set the profile to complain (aa-complain) to try; a profile loaded inside of the "
        "container counts too",
        cause=_REFUSED,
        container="--security-opt apparmor=unconfined to try; a newer engine, whose profile lets CRIU work",
    ),
    _second(
        "",
        r"type=(1326|SECCOMP)\b|audit: seccomp",
        "denied-by-seccomp",
        "a seccomp filter forbade a system call",
        "the audit line has the number of the call (syscall=) and whose it was (pid=, exe=)",
        "all",
        "allow that call in the filter of whoever runs CRIU or of the task; a newer profile (libseccomp, "
        "containers-common) has more of them",
        cause=rf"{_REFUSED}|signal 31|Function not implemented",
        container="--security-opt seccomp=unconfined to try",
    ),
    _second(
        "mapping-refused premap-refused",
        r"__vm_enough_memory",
        "overcommit-refused",
        "the kernel's rule for committed memory refused a mapping (ENOMEM)",
        "__vm_enough_memory is the kernel's count of what all mappings together may be: the memory is not short, what "
        f"is asked for with WRITE is counted at its whole length; {BOUNDARY_FIXED.before} that took in reservations "
        "that dumped data merely touches",
        f"{BOUNDARY_FIXED.before} for reservations below data; any where memory is really short",
        f"use {BOUNDARY_FIXED.later}; sysctl vm.overcommit_memory=1 for the restore, or add swap",
        container="vm.overcommit_memory is the host's: set it on the host or node",
        thread="criu#2364",
    ),
    _second(
        "",
        r"[Oo]ut of memory: Killed process|oom-kill:|oom_reaper",
        "killed-for-memory",
        "the kernel killed a process for want of memory",
        "the line of the kernel (OOM killer) says which; a memory limit of its cgroup counts too (memcg)",
        "all",
        "give the host or the cgroup more memory (memory.max), or dump with less in memory at once",
        cause=r"killed by signal 9\b|: Killed$",
        container="raise the memory limit of the container or pod",
    ),
    # GPUs
    _second(
        "device device-nvidia cuda-plugin",
        r"/dev/nvidiactl doesn't exist",
        "cuda-plugin-off",
        "the CUDA plugin had switched itself off, as it saw no /dev/nvidiactl",
        f"{CUDA_BY_DRIVER.before} it takes that for the sign of a driver, which may lie elsewhere, as with NVIDIA's "
        "GPU operator: then nobody takes the mappings and files of the GPU",
        f"{CUDA_BY_DRIVER.before}; later it looks at /proc/driver/nvidia/gpus",
        f"where the program uses an NVIDIA GPU: {CUDA_BY_DRIVER.later}, or make /dev/nvidiactl there where CRIU runs "
        "(nvidia-modprobe); of any other device /proc/PID/maps names it: let the program not use it",
        container="CRIU must see /dev/nvidia* in its own root, on the host or node",
        thread="criu#2509",
    ),
    _second(
        "device-nvidia cuda-plugin",
        r"CUDA plugin is disabled",
        "cuda-plugin-off",
        "the CUDA plugin had switched itself off, as it saw no driver of NVIDIA's",
        "it looks at /proc/driver/nvidia/gpus and for the tool cuda-checkpoint; without it nobody takes the mappings "
        "and files of the GPU",
        f"{CUDA_BY_DRIVER.release} and later",
        "load the driver where CRIU runs (nvidia-smi must work there), let CRIU see the host's /proc, and put "
        "cuda-checkpoint on its PATH",
        container="run CRIU on the host or node, whose driver the container uses",
        thread="criu#2509",
    ),
    # Freezing
    _second(
        "freeze",
        r"freezer\.state=FREEZING",
        "freezer-stuck",
        "the freezer of its cgroup (v1) stood at FREEZING until time was up",
        "that freezer is weak: it misses tasks that are just being made or woken, and none in state D ever freezes",
        f"cgroup v1; from {FREEZER_RETRIED.release} on CRIU thaws and freezes again",
        f"try again; use {FREEZER_RETRIED.later}; boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1), whose "
        "freezer has not got it; look for a task in state D (ps), give a longer --timeout, or leave --freeze-cgroup "
        "away",
        among=r"freezer\.state=",
        option="--timeout 60",
        container="a newer runc, which tries again too",
        thread="runc#4559",
    ),
    # The CPU
    _second(
        "xsave-size",
        _OF_CRAC,
        "xsave-size-of-crac",
        "the register state of this CPU (AMX) is larger than the CRIU of CRaC has room for",
        "JDKs with CRaC (Azul's, BellSoft's) bring a CRIU of their own, 3.17.1-crac, which has 4096 bytes for what "
        "CPUs such as Intel's Sapphire Rapids save in 11008; that it works on one machine and not on the next is "
        "because their CPUs differ",
        f"3.17.1-crac; of CRIU's own releases those before {LARGE_XSAVE.release}",
        "make the checkpoint on a machine whose CPU has no AMX (grep amx /proc/cpuinfo), or in a virtual machine that "
        f"hides it; {_CRACS_OWN}; no option of the JVM or of docker makes it save more",
        container="pin the job to such nodes or runners",
        thread="boot-ui#879",
    ),
    # Files and mounts
    _second(
        "file-absent not-there program-absent",
        r"has bad (size|mode|build-ID) ",
        "system-updated",
        "the files of this system are not those of the dump: packages were updated or removed since",
        "one file that was open or mapped is gone, and another has changed; a restore needs each program and library "
        "as it was at the dump, and to copy one leads to the next",
        "all",
        "put the packages back to the versions of the dump (dnf downgrade, apt install PACKAGE=VERSION, a snapshot of "
        "the file system), or restore with the old system as root (--root, a container or chroot of its image); for "
        "dumps that are to last, run the program in a container image of its own",
        cause=r"on restore: No such file|Can't open file .{1,800}: No such file",
        container="restore from the very image of the checkpoint (by its digest), with the same volumes",
        thread="criu#1972",
    ),
    _second(
        "mount-unreachable",
        r"Dump MNT namespace \(mountpoints\)",
        "mounts-of-two-namespaces",
        "a part of a file system is mounted in one mount namespace, and its root only in another that is dumped too",
        f"{BOTH_NAMESPACES.before} CRIU looks at each mount namespace alone, so that a bind mount whose whole stands "
        "in the other one (the same device in both) counts as from outside",
        f"{BOTH_NAMESPACES.before}",
        f"use {BOTH_NAMESPACES.later}; until then mount the whole of that file system in this namespace too, or "
        "unmount the part of it before the dump",
        thread="CRIU's commit 8d446a7af",
        before=BOTH_NAMESPACES,
        times=2,
    ),
    # The vDSO
    _second(
        "vdso vdso-not-in-image",
        r"image \[vdso\] \((unset|none)\) \[vvar\] (0x)?[0-9a-f]+",
        "vdso-unmapped",
        "the program has unmapped its vDSO and kept its data page (vvar), which CRIU cannot restore",
        "Valgrind and other programs do so that run the code of another one themselves: the images have a vvar and no "
        "vDSO",
        "all",
        "dump the program without Valgrind or whatever unmaps it, keep the vDSO mapped, or unmap vvar too: images with "
        "neither are restored; there is no option for it (a CRIU of one's own with vdso_proxify left out restores it, "
        "with a vDSO mapped)",
        cause=r"Can't find vDSO area in image",
        thread="criu#488",
    ),
    _second(
        "vdso-not-in-image",
        r"^Running on .{0,300}Linux ([1-5]\.|6\.(\d|1[0-2])\.)",
        "vdso-unmapped-there",
        "the images have the data page of the vDSO (vvar) and no vDSO: the program has unmapped it",
        "Valgrind and other programs do so that run the code of another one themselves; CRIU restores tasks with both "
        "or with neither",
        "all",
        "dump the program without Valgrind or whatever unmaps it, keep the vDSO mapped, or unmap vvar too; there is no "
        f"option for it; of a dump from a kernel of 6.13 or later: dump again with {SPLIT_VDSO.later}",
        cause=r"Can't find vDSO area in image",
        thread="criu#488",
    ),
    SecondLine(
        frozenset(["task-crashed", "rseq-crash"]),
        "",
        r"^(Running on \S{1,80} )?Linux (\S{1,80} )?(3\.\d|4\.(\d|1[0-3])(\.|-)).{0,300}aarch64",
        "",
        BY_ID["vdso-not-followed"],
    ),
    _second(
        "vdso",
        _OF_CRAC,
        "vdso-of-crac",
        "the kernel lays out its vDSO in a way that the CRIU of CRaC does not know",
        "JDKs with CRaC bring a CRIU of their own, 3.17.1-crac, and Linux from 6.13 on maps the data of the vDSO in "
        "two parts (vvar and vvar_vclock), which CRaC's learned in February 2026",
        f"3.17.1-crac before that, on kernels from 6.13 on; of CRIU's own releases those before {SPLIT_VDSO.release}",
        "use a JDK with CRaC that was built after February 2026, or a kernel before 6.13 on the machine that makes the "
        f"checkpoint and where it is restored; {_CRACS_OWN}",
        cause=r"Unexpected rt vDSO area bounds|symtable",
        container="the kernel is the host's or runner's, the JDK the image's",
        thread="CRaC/criu#25",
    ),
    # Memory
    _second(
        "page-outside-vma",
        r"^(Running on \S{1,80} )?Linux .{0,300}x86_64",
        "addresses-of-another-machine",
        "the images have addresses that a task on this machine cannot have",
        "it lies above 47 bits, where tasks on x86-64 end that did not ask for more (5-level paging): the images are "
        "of another architecture, such as ARM with 48 bits, or were made of such by a program that translates images",
        "all",
        "restore on the architecture of the dump, or translate the addresses (stack, mappings, vDSO) too",
        cause=r"Page entry address [89a-f][0-9a-f]{11} outside",
        thread="criu#706",
    ),
    # Timers
    _second(
        "timers",
        r"^Version: (3\.1[6-9]|4\.[0-2])\b",
        "timer-of-no-thread",
        "a timer notifies a thread that the images name wrongly",
        f"{LEADER_OF_TIMERS.before} the number of a task's first thread is not known yet when its timers are written "
        "(SIGEV_THREAD_ID), so that any number stands there; a thread that has ended meanwhile reads like that too",
        f"3.16 to {LEADER_OF_TIMERS.before}",
        f"dump again with {LEADER_OF_TIMERS.later}; until then let another thread than the first have such timers",
        cause=r"Can't restore posix timers -22\b|Can't create posix timer - \d+(: -22)?$",
        thread="criu#2887",
        before=LEADER_OF_TIMERS,
    ),
    # Privileges
    _second(
        "prctl-mm",
        r"^(Running on \S{1,80} )?Linux (\S{1,80} )?(3\.\d|4\.(\d|1[0-2])(\.|-))",
        "executable-wants-root",
        "before Linux 4.13 only uid and gid 0 may set the executable of a task",
        "CAP_SYS_ADMIN is not enough there: a criu with the suid bit or capabilities that a user runs keeps the "
        f"user's ids {SUID_TO_ROOT.before}",
        f"{SUID_TO_ROOT.before}, kernels before 4.13",
        f"run criu restore as root itself (sudo); or {SUID_TO_ROOT.later}; or Linux 4.13 or later",
        cause=r"Can't restore EXE link \(-1\)",
        thread="CRIU's commit 4d164327b",
        before=SUID_TO_ROOT,
    ),
    # File systems
    _second(
        "mount-kind",
        r"\btype fuse\S* source",
        "fuse-bind",
        "a part of a fuse mount from outside is mounted inside",
        f"the line with its device says “type fuse”: {FUSE_BINDS.before} CRIU takes the mount from outside itself, and "
        "none of its bind mounts",
        f"{FUSE_BINDS.before}",
        f"where that mount is fuse: {FUSE_BINDS.later}, with --external mnt[PATH]:KEY for the whole one; until then "
        "unmount the part before the dump, or name it too; else umount what CRIU does not know",
        cause=r"root /\S{1,400} unsupported id",
        thread="criu#2135",
        before=FUSE_BINDS,
    ),
    # Tools
    _second(
        "tool-missing",
        r"Can't (dump|restore) tmpfs content",
        "tar-missing",
        "the program tar is missing, by which CRIU saves the contents of a tmpfs",
        "it is run from PATH for each tmpfs that is dumped or restored; minimal systems (RancherOS, distroless images) "
        "have none",
        "all",
        "install GNU tar where CRIU runs, in the PATH of whoever runs it; or leave no files in a tmpfs of the "
        "container (/dev/shm, /run, /tmp)",
        container="on the host or node that docker or the runtime runs on, not in the image",
        thread="criu#371",
    ),
    _second(
        "tool-missing",
        r"IP tool failed|Can't (dump|restore) (links|addresses|ifaddr|routes?|rules)",
        "ip-missing",
        "the program ip is missing, by which CRIU saves and restores addresses and routes",
        "it is run from PATH for each network namespace that is dumped or restored",
        "all",
        "install iproute2 where CRIU runs, in the PATH of whoever runs it (often /sbin or /usr/sbin)",
        container="on the host or node that docker or the runtime runs on, not in the image",
        thread="criu#371",
    ),
    # Security modules
    _second(
        "lsm-other",
        r"Loaded kdat cache",
        "lsm-forgotten",
        "CRIU takes this host to have another security module than the dump (SELinux, AppArmor, none)",
        f"{LSM_CACHED.before}, from 3.1 on, CRIU forgets which module the host has once it has loaded its cache "
        "(kdat), and takes a host with AppArmor or SELinux for one without; other releases mean what they say: the "
        "host of the dump had another one",
        "3.1 and 3.2; others where the hosts differ",
        f"use {LSM_CACHED.later}; with CRIU 3.1 and 3.2 delete the cache before each restore (rm /run/criu.kdat); in "
        "others restore where the same module is on, in the same mode (getenforce, aa-status)",
        container="make the container with --security-opt apparmor=unconfined or label=disable, then checkpoint it",
        thread="criu#323",
        before=LSM_CACHED,
    ),
    # Terminals
    _second(
        "",
        r"Inherit fd .{1,300} -> \d+ has been closed",
        "inherited-fd-closed",
        "a descriptor that was handed over (--inherit-fd) had been closed before its turn",
        f"{OWN_NAMESPACE_KEPT.before} CRIU itself closes number 0 where the tasks live in its own mount namespace, by "
        "mistake; in others whoever calls it did not keep that number open",
        f"{OWN_NAMESPACE_KEPT.before} for number 0",
        f"use {OWN_NAMESPACE_KEPT.later}, or hand it over under another number than 0: --inherit-fd fd[7]:KEY with "
        "criu restore ... 7<>FILE; keep it open in the program that calls criu",
        among=r"Inherit fd .{1,300} has been closed",
        container="a newer runtime, which passes descriptors by numbers above 2",
        thread="CRIU's commit af956f45a",
    ),
    _second(
        "terminal-unmade terminal",
        r"@ ?\.?/dev/(tty\d{1,2}|lxc/)",
        "terminal-of-lxc",
        "a terminal of the container is one of the host's, bound into it by LXC (/dev/ttyN)",
        "its master is open in LXC outside of the container, so that it is not among what is dumped",
        "all",
        "give the container none: lxc.tty = 0 (from LXC 2.1 on lxc.tty.max = 0), lxc.console = none "
        "(lxc.console.path = none) and lxc.pts of its own (lxc.pty.max) in its configuration, and start it anew before "
        "the dump; or hand it over: --external tty[RDEV:DEV] when dumping, --inherit-fd when restoring",
        cause=r"Unable to find a master|Can't (lookup|find)|dangling tty",
        container="the same in raw.lxc for LXD and Incus; lxc-checkpoint adds no such option itself",
        thread="lxc#1730",
    ),
    _second(
        "terminal-unmade terminal",
        r"@ ?\.?/dev/console\b",
        "console-outside",
        "the container's console is a terminal of the host's, bound to /dev/console by the engine",
        "its master is open in the engine (or in conmon, or a shell) outside of the container, so that it is not among "
        "what is dumped",
        "all",
        NOT_BY_HAND,
        cause=r"Unable to find a master",
        container="docker checkpoint, podman container checkpoint and runc checkpoint tell CRIU of the console; where "
        "theirs fails too start the container without -t",
        thread="criu#1480",
    ),
    # The vDSO
    _second(
        "vdso",
        r"\brestore\b.{0,400}--auto-dedup\b",
        "dedup-at-restore",
        "a restore with --auto-dedup took the pages out of the images as it read them",
        "what was read is punched out of pages-N.img and is zero from then on, also where this restore then fails; the "
        "page of the vDSO, which begins with the mark of ELF, reads as none",
        "all; CRaC's build of criu at the first restore already",
        "restore without --auto-dedup, from images that no restore with it has read yet: a copy made before, or a new "
        "dump (--auto-dedup at a dump, of what is in its parents, does no harm)",
        cause=r"ELF (header )?magic",
        container="runc: without --auto-dedup; CRaC: its own criu cannot do it, a released CRIU can",
        thread="CRaC/criu#3",
    ),
    # Network devices
    _second(
        "network-link",
        r"Restoring link (sit\d|\S{1,15} type 8\b)",
        "sit-attributes",
        "a tunnel of the kind sit (6in4) could not be made again: some of its attributes were not dumped",
        f"{SIT_ATTRIBUTES.before} only those that are not zero are stored, and for some, such as the protocol, nothing "
        "does not mean zero: the kernel says EINVAL",
        f"{SIT_ATTRIBUTES.before}",
        f"dump again and restore with {SIT_ATTRIBUTES.later}; or remove the tunnel before the dump (ip link del sit1)",
        cause=r"Invalid argument|-22\b|Can't restore link",
        among=r"Restoring link ",
        container="the tunnel is in the container's network namespace: remove it there",
        thread="criu#445",
        before=SIT_ATTRIBUTES,
    ),
    # Cgroups
    _second(
        "cgroup-of-dump-absent cgroup-not-restored",
        r"cgroups restore mode 0x4\b",
        "cgroup-mode-soft",
        "the cgroup of the dump is not here, and CRIU was told to use it (mode soft)",
        "a container that is restored under another name has another cgroup; soft is what CRIU does unless told "
        "otherwise, and crun up to 1.29.1 always told it so, whatever --manage-cgroups-mode said",
        "all; crun up to 1.29.1",
        "with crun up to 1.29.1 use a newer crun, or runc, so that --manage-cgroups-mode=ignore counts; of criu by "
        "hand --manage-cgroups=ignore (3.17 and later); or make that cgroup before, or restore under the old name and "
        "id",
        cause=r"No such file",
        option="--manage-cgroups ignore",
        container="podman --runtime runc",
        thread="crun#2241",
    ),
    # Freezing
    _second(
        "traced",
        r"Detected cgroup V2 freezer|cgroup\.freeze=1|freezer\.state=FROZEN|freezing processes: .{0,60}attempts done",
        "not-in-frozen-cgroup",
        "a task of the tree was not frozen with the others: it lies in another cgroup",
        "with --freeze-cgroup CRIU seizes all that is in that cgroup and waits for the rest of the tree, which is not "
        "seized: a runtime that restored the container has put its tasks into different cgroups (crun#1651), or a "
        "program has moved some",
        "all with --freeze-cgroup; containers that crun had restored once",
        "of a container restored by crun: restore it with runc or a newer crun, and checkpoint that; else compare "
        "cat /proc/PID/cgroup of the task and of the first one, and move it into the same cgroup (echo PID > "
        "/sys/fs/cgroup/.../cgroup.procs) before the dump; or dump without --freeze-cgroup",
        cause=r"Unseizable non-zombie \d+ found, state [SRI]\b",
        container="podman --runtime runc, when it is restored",
        thread="crun#1651",
    ),
    # Sockets
    _second(
        "file-absent",
        r"inet: {1,2}\t?Restore: family",
        "socket-label",
        "a network socket could not be opened, and the log does not say why",
        f"{SOCKET_LABELS.before} CRIU sets the label of new sockets (SELinux, sockcreate) back where SELinux is off "
        "too, and fails without a word",
        f"{SOCKET_LABELS.before} on hosts without SELinux",
        f"use {SOCKET_LABELS.later}",
        cause=r"Unable to open fd=\d+ id=",
        among=r"^(?!Unable to open fd=)",
        thread="criu#693",
        before=SOCKET_LABELS,
    ),
    _second(
        "tcp-address",
        r"src_addr (127\.|::1\b)",
        "loopback-address-absent",
        "the loopback device is down or has no address",
        "the socket is bound to a loopback address, which every network namespace has once lo is up",
        "all",
        "ip link set lo up in that network namespace (ip addr add 127.0.0.1/8 dev lo, or ::1/128, where it has no "
        "address; sysctl net.ipv6.conf.lo.disable_ipv6=0)",
        cause=r"[Cc]an't bind",
        among=r"src_addr \S",
    ),
    _second(
        "external-socket",
        r"X11-unix|wayland|\.X\d{1,3}\b|ICE-unix|xwayland",
        "display-server",
        "the program is connected to the display server (X11, Wayland), which is not dumped",
        "a graphical program keeps its windows, and often memory of the GPU, on the other side; a peer alone cannot "
        "be joined again",
        "all",
        "a program on the desktop cannot be checkpointed: run a display server of its own (Xvfb, Xvnc) together with "
        "it in one session, without the GPU, and dump both; --ext-unix-sk only leads to the next such failure",
        among=_SOCKETS,
        container="the same inside: a display server of its own, and no socket of the host's as a volume",
        thread="criu#1766",
    ),
    _second(
        "external-socket",
        r"pulse/native|pipewire|snd/",
        "sound-server",
        "the program is connected to the sound server, which is not dumped",
        "what plays there is kept on the other side",
        "all",
        "run it without sound (PULSE_SERVER=none, SDL_AUDIODRIVER=dummy), or with a sound server within what is dumped",
        among=_SOCKETS,
    ),
    _second(
        "external-socket",
        r"dbus|/bus\b|/bus/|at-spi|ibus",
        "message-bus",
        "the program is connected to a message bus (D-Bus), which is not dumped",
        "the bus knows it by a name that was given to this connection, so that it cannot be joined again",
        "all",
        "run it without one (unset DBUS_SESSION_BUS_ADDRESS; NO_AT_BRIDGE=1), or with a bus of its own in what is "
        "dumped (dbus-run-session); --ext-unix-sk for one that it can lose",
        among=_SOCKETS,
        option="--ext-unix-sk",
    ),
    _second(
        "external-socket",
        r"nscd|sss/pipes|systemd/(journal|notify|userdb)|/dev/log|resolve/io",
        "system-daemon-socket",
        "the program is connected to a daemon of the system, which is not dumped",
        "names (nscd, sssd) and logs (syslog, journald) are asked of daemons over sockets that stay open",
        "all",
        "--ext-unix-sk, since the C library connects anew; or stop that daemon for the dump (nscd, sssd), and log to a "
        "file instead of syslog",
        among=_SOCKETS,
        option="--ext-unix-sk",
    ),
    # The network
    _second(
        "network-lock",
        r"Unlock network|Unlocking network|network-unlock",
        "network-unlock-rule",
        "a rule that the dump had made to lock the network is gone",
        "CRIU takes its rules away, one for each connection, when all is restored, and one is not there: a second "
        "restore of the same dump, a firewall that was loaded anew, or another host",
        "all",
        "make the rule again before the restore (iptables -A with the words of the log behind -D), make a new dump, or "
        "dump and restore with --network-lock skip, where another firewall stands between",
        cause=r"Iptables configuration failed|Bad rule",
        among=_LOCKING,
        option="--network-lock skip",
        thread="criu#514",
    ),
    SecondLine(
        frozenset(["network-lock"]),
        "",
        BY_ID["iptables-missing"].words,
        "",
        BY_ID["iptables-missing"],
    ),
    _second(
        "network-lock network-rules",
        r"Unlock network|Unlocking network|network-unlock",
        "network-unlock",
        "the network could not be unlocked again",
        "what CRIU had locked with iptables or nftables for the dump is taken away at the end, and that tool failed: "
        "the connections stay shut until the rules are gone",
        "all",
        "iptables on nf_tables may hold the jump to the chain CRIU twice, which is then “busy”: --network-lock "
        "nftables, iptables-legacy (update-alternatives) on both sides, or a newer CRIU; what is left goes by hand, in "
        "that network namespace: each jump that iptables -S shows (-D INPUT -j CRIU, and OUTPUT), then -F CRIU and -X "
        "CRIU, or the table (nft list ruleset, nft delete table)",
        among=_LOCKING,
        option="--network-lock nftables",
        thread="criu#1707",
    ),
    _second(
        "tcp-address",
        r"src_addr fe80:",
        "link-local-address",
        "a connection over a link-local IPv6 address (fe80::…), which what is restored does not have any more",
        "the kernel makes that address of the MAC address: a new veth pair has another one, and engines give a "
        "container its IPv4 address back alone",
        "all",
        "drop connections at the restore (--tcp-close), or let the programs connect over IPv4, ::1 or a fixed IPv6 "
        "address; or give the interface its old MAC address before the restore (ip link set eth0 address MAC)",
        among=r"src_addr \S",
        option="--tcp-close",
        container="podman: --mac-address at run, or start it with IPv6 off (--sysctl net.ipv6.conf.all.disable_ipv6=1)",
        thread="podman#3722",
    ),
    # Sandboxes around CRIU
    _second(
        "seccomp-suspend seccomp-of-criu",
        r"^Running on \S{1,200} Linux \S{1,60}-pve\b",
        "seccomp-of-lxc",
        "CRIU itself is under a seccomp filter, as in an LXC container of Proxmox VE",
        "who lets the filters of others rest may be under none: LXC puts one around all of its container, and what "
        "runs inside, such as a Kubernetes node, cannot take it off; a profile of the pod or container changes nothing",
        "all",
        "use a virtual machine instead of the LXC container; or take the filter away in /etc/pve/lxc/ID.conf "
        "(lxc.seccomp.profile: with nothing behind it) and start the container anew: grep Seccomp /proc/self/status "
        "inside must say 0",
        cause=r"not permitted",
        container="as above: it is the outermost container that counts",
        thread="zeropod#29",
    ),
    # Registers and the vDSO
    SecondLine(
        frozenset(["vdso"]),
        r"[Cc]ompat vdso",
        BY_ID["vdso-of-32-bits"].words,
        "",
        BY_ID["vdso-of-32-bits"],
    ),
    # Images
    _second(
        "image-not-written",
        r"Cannot open core for virt pid \d",
        "images-gone-meanwhile",
        "the images were taken away before the restore had ended",
        "on s390 CRIU opens core-PID.img once more when all tasks run, to set their registers: it had read it before, "
        "and now it is not there, which it takes for an empty image",
        "all, on s390",
        "leave the directory of the images as it is until criu has ended (not only until the program runs again): a "
        "script or the restored program itself that removes or moves it comes too early; images below the task's own "
        "root or on a tmpfs that is unmounted go with it; look into dump.log whether the dump was whole",
        cause=r"Unexpected EOF on",
        thread="openj9#19027",
    ),
    # Sockets of another address
    _second(
        "tcp-address",
        r"type SOCK_DGRAM|type {1,4}2 proto {1,2}(17|136)\b",
        "udp-address",
        "a UDP socket is bound to an address that is not one of this host",
        "a socket gets back the address that it was bound to, as this one, the container's old one, or one of another "
        "host; there is no connection that --tcp-close could drop",
        "all",
        "give this host or container the same address before the restore (ip addr add; podman without "
        "--ignore-static-ip, docker --ip), or let the program close that socket before the checkpoint, or close such "
        "sockets for it (ss -K -u, of a kernel with CONFIG_INET_DIAG_DESTROY); let it listen on 0.0.0.0 or ::; sysctl "
        "net.ipv4.ip_nonlocal_bind=1 lets any address be bound",
        among=r"Restore: (family|ino)",
    ),
    # Before any run
    _second(
        "network-link unix-socket epoll timens registers shadow-stack task-made restorer-step",
        r"failed when initializing kerndat|Could not initialize kernel features",
        "kernel-untold",
        "CRIU could not find out what the kernel can do",
        "before it looks at any task it tries out calls, sockets and devices of its own: one was refused in another "
        "way "
        "than by a kernel that merely lacks it, and it gave up there",
        "all",
        "run as root of the host, with no seccomp filter and outside of a container, on a kernel with what `criu check "
        "--all` names; a newer CRIU for a newer kernel; remove /run/criu.kdat after a change of kernel",
        container="--privileged to try where CRIU runs inside; the kernel is the host's",
    ),
    # Pages over the network
    _second(
        "tls page-server page-server-absent lazy-pages lazy-daemon-absent other-end",
        r"uffd_copy|Requesting \d{1,10} pages|page-xfer: .{0,60}(pages|\bPMs?\b)|#PF at|Transferr",
        "pages-ended-early",
        "the other end was gone before all pages were over",
        "pages had been moved already, so that address, port and certificates are right: the page server, or the task "
        "whose pages are fetched, was ended too early",
        "all",
        "let the page server and criu lazy-pages both run until they say that all is over, and end the task only then; "
        "look into the other end's log and dmesg for why it ended; a time limit of a firewall or of ssh ends long "
        "transfers too",
        cause=_BROKEN_OFF,
        thread="criu#1380",
    ),
)
"""The first that fits counts."""

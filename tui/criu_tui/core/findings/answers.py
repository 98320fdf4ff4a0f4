"""What an answer of the kernel (EPERM, ENOENT …) means in one part of CRIU, as the next step to take there.

The parts are those of `areas`, by the id of the known failure whose advice they have; the answers are known
failures too, told by the end of a line alone.
"""

from __future__ import annotations

from types import MappingProxyType

from criu_tui.core.findings.advice import BY_ANSWER, KNOWN_FAILURES, LOOKED_AT

_KINDS = tuple(known for known in KNOWN_FAILURES if known.id in BY_ANSWER | {"no-space", "read-only", "fd-number"})

NEXT_STEPS = MappingProxyType(
    {
        "mount-failed": {
            "not-permitted": "mounting wants CAP_SYS_ADMIN in the user namespace that owns the mount namespace, and "
            "proc or sysfs are refused where the outer ones are partly hidden: restore as root of the host; AppArmor "
            "and SELinux forbid mounts too (dmesg, audit log)",
            "not-there": "make the source and the target of the mount under the new root (mkdir -p), load the module "
            "of its file system, or name another source with --external mnt[KEY]:SOURCE",
            "kernel-refused": "--root must be a mount point of its own (mount --bind DIR DIR; mount --make-private), "
            "and the mount's options must be known to this kernel; try --mntns-compat-mode",
            "exists": "umount what a restore that failed has left there, and end who uses it",
            "read-only": "the mount below it is read-only: make the target beforehand, or mount it writable",
            "limit-reached": "raise fs.mount-max",
            "other-kind-of-file": "a file can be mounted on a file only, a directory on a directory: the source, as an "
            "engine has made it anew, or the target is of the other kind; make both as they were; a newer engine",
        },
        "file-absent": {
            "not-permitted": "owner, mode or label of the file, a user namespace that does not map its owner, or the "
            "devices cgroup refuse it: compare them with where it was dumped (ls -lZ), restore as root of the host",
            "not-there": "copy the file or make its directory under the root of the restore, on the same mount; what "
            "lies in /tmp, /run or /dev/shm is not in a container's image",
            "exists": "remove what a restore that failed has left there",
            "kernel-refused": "the file system takes no such flag (O_DIRECT, handles): restore on a like one",
            "other-kind-of-file": "hard links cannot be made across layers of overlayfs or mounts: keep the file on a "
            "volume or tmpfs of its own, or let it be taken along as a ghost (--ghost-limit)",
            "read-only": "make the file system of that path writable for the restore",
        },
        "unix-socket": {
            "exists": "end the original task, or remove its socket file (rm); abstract names are free in a network "
            "namespace of its own",
            "not-there": "make the directory of the socket under the new root; of a socket outside, its owner must be "
            "running: --ext-unix-sk",
            "other-end": "nobody listens at the socket's path yet: start that service first; --ext-unix-sk",
            "not-permitted": "mode and owner of the socket and its directory, or AppArmor and SELinux, refuse it",
            "kernel-refused": "the kernel needs CONFIG_UNIX_DIAG (modprobe unix_diag), and 4.10 or later for sockets "
            "below other roots",
            "limit-reached": "raise net.unix.max_dgram_qlen and net.core.wmem_max: the queue of the socket is full",
        },
        "tcp": {
            "exists": "end who has the port (ss -a -p), the original task among them, wait a minute where only "
            "TIME_WAIT has it, or restore into a network namespace of its own",
            "not-permitted": "ports below 1024, transparent sockets and devices want CAP_NET_BIND_SERVICE, CAP_NET_RAW "
            "and CAP_NET_ADMIN",
            "not-there": "the network device that the socket is bound to is missing here: make it first",
            "kernel-refused": "the same IPv6 setting on both sides, and a kernel with tcp_diag, udp_diag and inet_diag",
        },
        "tcp-repair": {
            "not-permitted": "repair mode wants CAP_NET_ADMIN in the user namespace that owns the network namespace: "
            "as root of the host",
            "exists": "the connection lives here still: end the original task, or restore into a network namespace of "
            "its own",
            "kernel-refused": "use a newer kernel; --tcp-close leaves connections out",
            "other-end": "give the host the old address and route before the restore, or --tcp-close",
        },
        "netlink-socket": {
            "not-permitted": "groups of netlink want CAP_NET_ADMIN: restore as root of the host",
            "exists": "the port id is taken: restore into a network namespace of its own",
            "kernel-refused": "load netlink_diag and the module of that family",
        },
        "packet-socket": {
            "not-there": "load the kernel's modules of socket diagnostics (modprobe -a unix_diag tcp_diag udp_diag "
            "inet_diag raw_diag packet_diag netlink_diag)",
            "not-permitted": "raising buffers and setting marks wants CAP_NET_ADMIN: restore as root of the host",
            "kernel-refused": "the kernel lacks this option of sockets: one like where it was dumped, or a newer CRIU",
        },
        "terminal": {
            "not-permitted": "settings of terminals want CAP_SYS_ADMIN, and a terminal has one session: restore as "
            "root, from a session of its own (setsid), or redirect input and output to files",
            "input-output": "the other end of the terminal is closed: keep the program that has it, or redirect input "
            "and output to files",
            "not-there": "mount devpts at /dev/pts (newinstance, ptmxmode=0666), and make the device of the terminal",
            "exists": "the number of the terminal is taken: restore into a mount namespace with a devpts of its own",
            "kernel-refused": "hand the terminal over: --external tty[RDEV:DEV] when dumping, --inherit-fd when "
            "restoring",
        },
        "network-link": {
            "not-permitted": "CAP_NET_ADMIN is asked for in the device's network namespace and in its peer's: restore "
            "as root of the host",
            "exists": "remove the device that is there already (ip link del), or --empty-ns net",
            "not-there": "make the bridge or parent device first, and load the device's module (modprobe)",
            "kernel-refused": "load the module of that kind of device (modprobe), or a kernel that has it; --empty-ns "
            "net leaves the network to who calls CRIU",
            "no-space": "raise user.max_net_namespaces",
        },
        "network-lock": {
            "not-there": "install iptables (and ip6tables) or nftables, and load their modules (ip_tables, "
            "iptable_filter, ip6_tables, xt_mark, nf_tables); or --network-lock skip",
            "not-permitted": "CAP_NET_ADMIN in that network namespace; or --network-lock skip",
            "exists": "delete the table or chain named CRIU that an earlier run left",
            "kernel-refused": "the kernel lacks that part of netfilter: --network-lock nftables, or skip",
        },
        "cgroup": {
            "not-permitted": "the cgroup is not delegated to whoever restores, or mounted read-only: as root of the "
            "host; --manage-cgroups=ignore leaves cgroups to the runtime",
            "not-there": "make the cgroup and switch its controller on (cgroup.subtree_control; cgroup_enable=memory "
            "on the kernel's command line), --cgroup-root for another place, or --manage-cgroups=ignore",
            "exists": "a cgroup of v2 has either tasks or groups below it: choose an empty one with --cgroup-root; "
            "remove what is left of an earlier run; --manage-cgroups=soft",
            "kernel-refused": "this kernel does not take that property: --manage-cgroups=soft or ignore",
            "read-only": "mount /sys/fs/cgroup writable (--privileged), or --manage-cgroups=ignore",
        },
        "setns": {
            "not-permitted": "CAP_SYS_ADMIN in the user namespace that owns the namespace: as root of the host; "
            "distributions switch user namespaces off (kernel.unprivileged_userns_clone, AppArmor's restriction)",
            "not-there": "the kernel lacks this kind of namespace (CONFIG_USER_NS, CONFIG_TIME_NS, CONFIG_CGROUPS …)",
            "kernel-refused": "the kernel lacks this kind of namespace, or forbids one inside another: restore on the "
            "host",
            "no-space": "raise the number of namespaces (sysctl user.max_user_namespaces and the others of user.max_*)",
        },
        "fsnotify": {
            "no-space": "raise fs.inotify.max_user_watches",
            "fd-number": "raise fs.inotify.max_user_instances",
            "not-permitted": "fanotify wants CAP_SYS_ADMIN: restore as root of the host",
            "kernel-refused": "the kernel must have CONFIG_FHANDLE, CONFIG_INOTIFY_USER and CONFIG_FANOTIFY, and the "
            "file system handles",
        },
        "lazy-pages": {
            "not-permitted": "vm.unprivileged_userfaultfd=1, or CAP_SYS_PTRACE",
            "not-there": "start `criu lazy-pages` first, with the same --work-dir",
            "kernel-refused": "a kernel with CONFIG_USERFAULTFD, from 4.11 on for shared memory and huge pages",
            "other-end": "the dumping side (its page server) has ended or is not reachable: look into its log",
            "exists": "remove the socket lazy-pages.socket that an earlier daemon left",
        },
        "page-server": {
            "other-end": "start the page server first, on the same port, and let the firewall pass it",
            "exists": "another program has the port: choose another --port",
            "not-ready": "try again, and see that the other side goes on (its log): a socket that does not wait says "
            "so while nothing has come yet",
        },
        "page-pipe": {
            "not-permitted": "raise fs.pipe-max-size and fs.pipe-user-pages-soft",
            "fd-number": "raise the limit on open files (ulimit -n, LimitNOFILE)",
            "criu-misstep": "a page of the task cannot be read: a mapped file was cut short, or the memory is a "
            "device's or a guard page",
            "out-of-memory": "free memory: pages wait in pipes until they are written; pre-dump first, or "
            "--pre-dump-mode read",
        },
        "image-format": {
            "not-there": "check that the directory of images is whole, and the one of the right container",
            "not-permitted": "give whoever runs CRIU the right to the images directory",
            "no-space": "give the images directory (-D) a file system with more room",
        },
        "infect-failed": {
            "not-permitted": "ptrace is forbidden: kernel.yama.ptrace_scope=0, CAP_SYS_PTRACE, no other tracer, and no "
            "AppArmor, SELinux or seccomp rule against it",
            "task-gone": "the task died of what was put into it: look into dmesg for its crash; try a newer CRIU or "
            "kernel",
            "out-of-memory": "the task's limits (ulimit -v, memory.max) leave no room for CRIU's code",
        },
        "seccomp": {
            "not-permitted": "filters are told and set only with CAP_SYS_ADMIN in the initial user namespace: as root "
            "of the host",
            "kernel-refused": "a kernel with CONFIG_SECCOMP_FILTER and CONFIG_CHECKPOINT_RESTORE",
        },
        "shared-memory": {
            "no-space": "enlarge /dev/shm (mount -o remount,size=…; --shm-size) or kernel.shmmax and shmall",
            "not-permitted": "huge pages want CAP_IPC_LOCK or the group of vm.hugetlb_shm_group",
            "out-of-memory": "reserve huge pages (vm.nr_hugepages), or give memory",
            "exists": "a segment of that id is there already: an IPC namespace of its own",
        },
        "systemd-ipc": {
            "no-space": "raise kernel.shmmni, msgmni and sem",
            "exists": "an object of that id is there already: restore into an IPC namespace of its own (unshare -i)",
            "not-permitted": "as root of the host, or in an IPC namespace that whoever restores owns",
        },
        "aio": {"limit-reached": "raise fs.aio-max-nr", "kernel-refused": "a kernel with CONFIG_AIO"},
        "timers": {"limit-reached": "raise the limit on signals that wait (ulimit -i)"},
        "timens": {
            "not-permitted": "clocks are set as root of the host, with CAP_SYS_TIME",
            "limit-reached": "the dumped clock is further than this host's can be set: a host that has run longer",
            "criu-misstep": "the dumped clock is further than this host's can be set: restore without the time "
            "namespace",
        },
        "pipe-data": {"not-permitted": "raise fs.pipe-max-size and fs.pipe-user-pages-soft"},
        "task-memory": {
            "out-of-memory": "set vm.overcommit_memory=1, raise vm.max_map_count, add swap",
            "not-permitted": "raise the limit on locked memory (ulimit -l)",
            "limit-reached": "raise the limit on locked memory (ulimit -l) and vm.max_map_count",
        },
        "tun": {
            "not-there": "modprobe tun, and make /dev/net/tun",
            "exists": "remove the device of that name (ip link del)",
        },
        "script": {"not-there": "give the script's whole path", "not-permitted": "make the script executable"},
        "task-tree": {"not-permitted": "the session or group is another's: restore in a new session (setsid)"},
        "lsm": {
            "not-there": "load the profile or policy of that name first (apparmor_parser)",
            "kernel-refused": "the kernel's policy has no such label: the same policy on both sides, or --lsm-profile",
            "not-permitted": "run CRIU itself unconfined, with CAP_MAC_ADMIN",
        },
        "own-calls": {
            "fd-number": "raise the limit on open files (ulimit -n, LimitNOFILE, fs.file-max) for whoever runs CRIU",
            "limit-reached": "raise ulimit -u, pids.max and TasksMax for whoever runs CRIU",
            "no-space": "free room in the images and work directories, and in /tmp",
            "exists": "another program has that address or file: choose another --port or directory, or end what an "
            "earlier run left",
            "not-there": "the directory given (-D, --work-dir, --pidfile) does not exist: make it first",
            "read-only": "give directories on a file system that is writable",
        },
        "task-made": {
            "not-permitted": "restore as root of the host; in a container with CAP_SYS_ADMIN, CAP_CHECKPOINT_RESTORE, "
            "CAP_SETUID and CAP_SETGID",
            "exists": "the pid is in use: end who has it, or restore in a pid namespace of its own (unshare -p, "
            "criu-ns)",
            "out-of-memory": "set vm.overcommit_memory=1, add swap, raise memory.max of the cgroup",
            "limit-reached": "raise pids.max, ulimit -u and kernel.pid_max",
            "kernel-refused": "restore on a kernel as new as where it was dumped, and with a newer CRIU",
        },
        "restorer-step": {
            "limit-reached": "raise pids.max, ulimit -u and kernel.threads-max for whoever restores",
            "not-permitted": "restore as root of the host, with CAP_SYS_RESOURCE and CAP_SYS_ADMIN; a seccomp filter "
            "or security module may forbid the call",
            "out-of-memory": "set vm.overcommit_memory=1, raise vm.max_map_count, add swap",
            "kernel-refused": "this kernel does not know the call: restore on one as new as where it was dumped",
        },
        "registers": {
            "task-gone": "the task was killed meanwhile: look into dmesg (OOM killer, a crash) and at supervisors",
            "input-output": "the registers are of another size than this release knows: a newer CRIU (wide vector "
            "state such as AVX-512 and AMX), or a CPU with the same features",
            "kernel-refused": "a CPU and kernel of the same kind, and a newer CRIU",
        },
        "descriptor": {
            "not-there": "what the descriptor leads to is gone: a device, a file that was removed, or a task that "
            "ended",
            "not-permitted": "run as root of the host; the owner or mode of what it leads to refuses it",
            "fd-number": "raise the limit on open files (ulimit -n, fs.nr_open)",
        },
        "task-state": {
            "not-permitted": "ptrace and /proc are forbidden: as root of the host with CAP_SYS_PTRACE, "
            "kernel.yama.ptrace_scope=0, no seccomp rule and no /proc that is hidden (hidepid)",
            "task-gone": "the task ended meanwhile: freeze the tree first (--freeze-cgroup), and dump again",
            "not-there": "the kernel lacks that file of /proc (CONFIG_CHECKPOINT_RESTORE), or the task ended",
            "kernel-refused": "the kernel lacks the call: `criu check --all`; a newer CRIU",
        },
        "proc-unparsed": {
            "not-permitted": "read it as root of the host; /proc may be mounted with hidepid or be masked in the "
            "container",
            "not-there": "the task ended meanwhile, or the kernel lacks that file of /proc",
        },
        "kernel-feature": {
            "not-permitted": "as root of the host: in a container CRIU itself wants CAP_SYS_ADMIN, CAP_SYS_PTRACE and "
            "CAP_NET_ADMIN (--privileged), with no seccomp filter",
            "not-there": "the kernel lacks that file or device: load its module (modprobe), or one with what `criu "
            "check --all` names; in a container mount /proc and /sys whole",
            "kernel-refused": "a kernel with what `criu check --all` names, or a newer CRIU for a newer kernel",
        },
        "file-locks": {
            "limit-reached": "another task holds the lock already: end the original, and restore again",
            "not-permitted": "leases want CAP_LEASE and the file's owner: restore as root of the host",
        },
        "image-dir": {
            "not-there": "make the directory first (mkdir -p)",
            "not-permitted": "give whoever runs CRIU the right to the directory; SELinux and AppArmor labels count too",
            "read-only": "give a directory on a file system that is writable",
        },
        "options": {
            "not-there": "the file or directory given does not exist",
            "exists": "an earlier service or server still has that socket or port: end it, or remove its socket",
        },
        "device": {
            "not-there": "make the device node and load its driver, or install the plugin where --libdir looks",
            "not-permitted": "let the devices cgroup and the mode of the node allow it, or restore as root of the host",
        },
        "parent-chain": {"not-there": "copy every dump of the chain, and let the link `parent` be a relative one"},
        "image-streamer": {
            "other-end": "start criu-image-streamer first, in the same directory, and look into its log"
        },
    }
)
"""For each part what an answer asks for; where a part has none, the answer's own advice says enough."""


def next_step(part: str, text: str) -> str | None:
    """What to do where this part of CRIU failed with these words; None where its answer means nothing special there."""
    steps = NEXT_STEPS.get(part)
    if steps is None:
        return None
    end = text[:LOOKED_AT]
    return next((steps[known.id] for known in _KINDS if known.id in steps and known.pattern.search(end)), None)

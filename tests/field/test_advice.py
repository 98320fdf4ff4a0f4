"""What is known of each failure: every pattern meets a line as CRIU prints it."""

from __future__ import annotations

import re
from pathlib import Path

import criu_tui.core.findings
import pytest
from criu_tui.core.findings.advice import KNOWN_FAILURES, recognise
from criu_tui.core.findings.answers import NEXT_STEPS, next_step
from criu_tui.core.findings.areas import AREAS, PARTS, advice_of, area_of

FINDINGS = Path(criu_tui.core.findings.__path__[0])
EXAMPLES = (
    # As CRIU's own sources and the reports of the field have them.
    ("Can't restore 0x7e8661200000 mapping with 0xfffffffffffffff4", "mapping-refused"),
    ("Can't restore 7e8661200000 mapping with 0xfffffffffffffff4", "mapping-refused"),
    ("Unable to map ANON_VMA: Cannot allocate memory", "premap-refused"),
    ("Unable to reserve memory (858994487296 bytes): Cannot allocate memory", "premap-area"),
    ("Unable to convert uid or gid", "userns-root-unmapped"),
    ("One or more namespaces doesn't belong to the target user namespace", "namespace-owner"),
    ("uns: send req error: Invalid argument", "usernsd"),
    ("Failed to setns when join-ns", "userns-join"),
    ("join-ns with user-namespace is not fully tested and dangerous", "userns-join"),
    ("madvise(7f0000, 4096, MADV_GUARD_INSTALL) failed with -22", "guard-pages"),
    ("Can't dump page with parasite", "guard-pages"),
    ("VMA-s are not sorted in the image file", "vmas-unsorted"),
    ("Page entry address 1000 outside of VMA 2000-3000", "page-outside-vma"),
    ("Trying to restore page for non-private VMA", "page-outside-vma"),
    ("Can't restore high memory region 800000000000-800000001000 (task size 7ffffffff000)", "high-memory"),
    ("vdso: Unexpected rt vDSO area bounds", "vdso"),
    ("vdso: Failed to fill self vdso symtable", "vdso"),
    ("42 has rseq but kernel lacks get_rseq_conf feature", "rseq"),
    ("Dump 42 rseq failed. Fail rseq_cs dump", "rseq"),
    ("42 killed by signal 11: Segmentation fault", "task-crashed"),
    ("42 killed by signal 4: Illegal instruction", "task-crashed"),
    ("cpu: CPU instruction capabilities do not match run time", "cpu-mismatch"),
    ("cpu: CPU xsave size mismatch (832/1088)", "cpu-mismatch"),
    ("cpu: CPU xfeatures has unsupported bits (0x60000)", "cpu-mismatch"),
    ("Restoring task with shadow stack on non-CET machine", "shadow-stack"),
    ("No parent for snapshot pagemap", "parent-chain"),
    ("Missing 7f0000 in parent pagemap", "parent-chain"),
    ("uffd: connect to lazy-pages.socket failed: No such file or directory", "lazy-pages"),
    ("Can't fork for 42: File exists", "pid-taken"),
    ("Pid 42 do not match expected 43", "pid-taken"),
    ("Too old image, no longer supported", "image-format"),
    ("Magic doesn't match for core-1.img", "image-format"),
    ("Core march mismatch 3 2", "image-format"),
    ("fsnotify: Can't find suitable path for handle (dev 0x1 ino 0x2): -1", "fsnotify"),
    ("Can't open file usr/bin/x on restore: No such file or directory", "file-absent"),
    ("File usr/bin/x has bad size 5 (expect 6)", "file-changed"),
    ("Can't dump ghost file /tmp/x of 5242880 size, increase limit", "ghost-too-big"),
    ("Can't create link remap for /tmp/x. Use link-remap option.", "link-remap"),
    ("mnt: 42:./x doesn't have a proper root mount", "mount-unreachable"),
    ("tty: Found dangling tty with sid 42 pgid 42 (pts) on peer fd 0.", "terminal"),
    ("unix: External socket is used. Consider using --ext-unix-sk option.", "external-socket"),
    ("inet: Connected TCP socket, consider using --tcp-established option.", "tcp"),
    ("Locking network failed: iptables-restore returned 1", "network-lock"),
    ("cg: Can't move 42 into cpu//x/cgroup.procs (-1/-1): No such file or directory", "cgroup"),
    ("Timeout reached. Try to interrupt: 0", "freeze"),
    ("mismatched lsm types and lsm profile specified", "lsm"),
    ("Unable to restore capabilities: -1", "capabilities"),
    ("seccomp: SECCOMP_SET_MODE_FILTER returned -13 on tid 42", "seccomp"),
    ("Unknown shit 600 (anon_inode:[io_uring])", "io-uring"),
    ("handle_device_vma plugin failed: No such file or directory", "device"),
    ("Can't lookup mount=1 for fd=-3 path=/anon_hugepage (deleted)", "huge-pages"),
    ("pmc_init: Can't allocate 68719476736 bytes", "huge-pages"),
    ("Error: cannot restore pod container without --pod: invalid argument", "pod-mismatch"),
    ("Error: pod 4f does not share the network namespace", "pod-mismatch"),
    ("Error: volume with name data already exists. Use --ignore-volumes to not restore content", "engine-volume"),
    ("Error: container 4f is running or paused, cannot restore: container state improper", "container-running"),
    ("Error: unpacking of checkpoint archive /tmp/c.tar failed: unexpected EOF", "archive-unreadable"),
    ("checkpoint directory is missing in the archive file: c.tar", "archive-unreadable"),
    ("criu lacks support for external network namespace during checkpointing process", "criu-too-old"),
    ("system (architecture/kernel/CRIU) does not support memory tracking", "criu-too-old"),
    ("CWWKE0963E: The server checkpoint request failed because netlink system calls", "liberty-checkpoint"),
    ("Error: migration dump failed", "stateful-instance"),
    ("Error: snapshot dump failed", "stateful-instance"),
    ('  File "/usr/sbin/criu-ns", line 64, in run', "criu-ns"),
    ("Error: --ignore-rootfs can only be used with --export", "engine-combination"),
    ("java.lang.RuntimeException: C/R is not configured", "crac-engine"),
    ("Can't dup file: Too many open files", "fd-number"),
    ("Can't init page server: Something else", "page-server"),
    ("Exit signal not SIGCHLD", "own-calls"),
    ("mnt-v2: Failed to copy sharing from 31: to 17: Invalid argument", "mount-sharing"),
    ("Error: runc: create criu restore mount for /usr/lib64/libEGL_nvidia.so.5 mount: bind mount", "bind-source"),
    ("Unable to load /srv/cuda_plugin.so: undefined symbol: check_and_remove_inventory_plugin", "plugin-unfit"),
    ('Error toggling CUDA in process ID 42: "OS call failed"', "cuda-tool"),
    ("Can't fstat inherit fd 6: Bad file descriptor", "inherit-fd"),
    ("dump_sk_queue: Can't allocate 171798904800 bytes", "size-misread"),
    ("mnt: Two shared mounts 50, 67 have different sets of children", "mount-peers"),
    ("File srv/prefix has bad mode 040600 (expect 040777)", "directory-mode"),
    ("File srv/prefix has bad mode 0100600 (expect 0100777)", "file-changed"),
    ("Task stopped with 15: Terminated", "stop-signal"),
    ("Error: ipv4: FIB table does not exist.", "network-loopback"),
    ("unrecognized feature gate: CheckpointContainer", "feature-gate-unknown"),
    ("Segmentation fault (core dumped)", "criu-crashed"),
    ("42 killed by signal 9: Killed", "task-killed"),
    ("/usr/include/sys/mount.h:35:3: error: expected identifier before numeric constant", "build-failed"),
    ("ld: crtools.o: relocation R_X86_64_32S against `.text' can not be used", "build-failed"),
    ("Error response from daemon: page not found", "runtime-without-checkpoint"),
    ("Error response from daemon: Container 4f is not checkpointed", "container-running"),
    ("pycriu.criu.CRIUExceptionExternal: DUMP failed: Error(3): No process with such pid", "service-request"),
    ("all is well", None),
    ("Dumped with --allow-uprobes. Need to set it on restore as well.", "uprobes"),
    ("Can't link /x/link_remap.4 -> /x/y: File exists", "ghost-restore"),
    ("Can't open 42's mapfile link 7f0000: No such device or address", "io-uring"),
    ("Can't open 18209/task/18209/children on procfs: No such file or directory", "proc-children"),
    ("Can't write kernel/sem_next_id: Operation not permitted", "ipc-ids"),
    ("Unable to create a ipv6 dgram socket: Address family not supported by protocol", "ipv6-absent"),
    ("sockets: Can't get 1:16 opt: Operation not supported", "socket-options"),
    ("sockets: Can't get 1:34(34) opt: Operation not supported", "socket-options"),
    ("Can't set FPU registers for 306: Bad address", "xsave-size"),
    ("sk unix: Can't make usk listen: Invalid argument", "unix-listen"),
    ("inet: Unsupported proto 58 for socket 94c8", "socket-protocol"),
    ("Unsupported configuration file format. Please consult man page criu(8)", "configuration"),
    ("Can't create ghost regfile: Read-only file system", "read-only"),
    # From the field and from the messages of releases 1.3 to 4.2.
    ("Can't restore 7f0000 mapping with 0xfffffffffffffff3", "mapping-failed"),
    ("Can't read async pr bytes (-1 / 8192 read, 0 off, 1 iovs)", "pages-unreadable"),
    ("Pending AIO requests in ring #0", "aio"),
    ("Cannot disable THP: Invalid argument", "thp"),
    ("Can't map shmem 0x11 (0x7f0000-0x7f1000): Cannot allocate memory", "shared-memory"),
    ("Can't dump nested net namespace for 67385", "nested-netns"),
    ("Can't dump nested pid namespace for 42", "nested-pidns"),
    ("Can't dump a pid namespace without the process init", "pidns-without-init"),
    ("This process tree can only be restored in a new pid namespace.", "restore-needs-pidns"),
    ("A session leader of 42(7) is outside of its pid namespace", "session-outside"),
    ("The root process 42 is not a session leader. Consider using --shell-job option", "session-outside"),
    ("Current gid 1 intersects with pid (255) in images", "ids-intersect"),
    ("Thread pid mismatch 9844/9843", "pid-taken"),
    ("Can't fork for 42: Cannot allocate memory", "fork-refused"),
    ("Can't fork for 42: Resource temporarily unavailable", "fork-limit"),
    ("Can't fork for 42: Invalid argument", "fork-flags"),
    ("Time namespaces are not supported", "timens"),
    ("Unseizable non-zombie 42 found, state S, err -1/1", "traced"),
    ("Unable to interrupt task: 209 (Operation not permitted)", "traced"),
    ("The criu itself is within dumped tree.", "criu-in-tree"),
    ("Unable to open /proc/42/stat: No such file or directory", "pid-gone"),
    ("Individually stopped threads not supported", "stopped-alone"),
    ("can't dump unpriviliged task whose /proc doesn't belong to it", "unprivileged-task"),
    ("mmap(PROT_WRITE | PROT_EXEC) failed for 42, check selinux execmem policy", "parasite-selinux"),
    ("Can't dump task 42 running in 32-bit mode", "infect-failed"),
    ("Can't dump file 17 of that type [20666] (chr 195:255)", "device-nvidia"),
    ("cuda_plugin: cuda-checkpoint exited improperly: 1", "cuda-plugin"),
    ("Can't dump file 17 of that type [20660] (chr 226:128)", "device-gpu"),
    ("Can't lookup mount=-1 for fd=3 path=/fieldq", "message-queue"),
    ("pidfd: PIDFD_THREAD flag is currently not supported", "pidfd"),
    ("Can't dump file 5 of that type [100600] (unknown secretmem)", "memfd-secret"),
    ("Can't dump file 5 of that type [600] (anon anon_inode:bpf-prog)", "bpf-perf"),
    ("Can't dump file 5 of that type [600] (anon anon_inode:[perf_event])", "bpf-perf"),
    ("Can't dump file 5 of that type [20620] (chr 10:232)", "fd-unsupported"),
    ("epoll: kid_lookup_epoll: no match pid 15786 efd 21 tfd 3 toff 0", "epoll"),
    ("Too big FD number to restore 1048577", "fd-number"),
    ("Some file locks are hold by dumping tasks! You can try --file-locks to dump them.", "file-locks"),
    ("Can't link dev/null.cr.1.ghost -> dev/null: File exists", "ghost-restore"),
    ("Can't write img file: No space left on device", "no-space"),
    ("Can't dump tmpfs content", "tmpfs-tar"),
    ("mnt-v2: Failed to make mount 476 slave: Invalid argument", "mount-propagation"),
    ("Bad format in 22902 mountinfo: 'd03334010331327dcb/work", "mountinfo"),
    ("mnt: Can't mount at ./proc: Operation not permitted", "mount-failed"),
    ("mnt: ./mnt is a fuse mount but not external", "mount-inaccessible"),
    ("unix: Can't bind id 0x1 ino 2 addr /run/x: Address already in use", "unix-socket"),
    ("Can't repair options: Operation not permitted", "tcp-repair"),
    ("inet: Unsupported proto 262 for socket 1b2", "mptcp"),
    ("netlink: The socket has data to read", "netlink-socket"),
    ("sockets: Diag module missing (-2)", "packet-socket"),
    ("IP tool failed on route restore", "network-tool"),
    ("-1 reported by netlink: Operation not permitted", "network-link"),
    ("tun: No net_ns for tun device", "tun"),
    ("Can't open sysctl net/ipv6/conf/lo/mtu: No such file or directory", "ipv6-sysctl"),
    ("cg: Failed writing lo 0 eno1 0 to net_prio,net_cls/docker/x/net_prio.ifpriomap: No such device", "cgroup-ifprio"),
    ("Invalid selinux context kernel", "selinux"),
    ("suspending seccomp failed: Invalid argument", "seccomp-suspend"),
    ("sys_prctl(PR_SET_MM, PR_SET_MM_MAP) failed with -1", "prctl-mm"),
    ("You need to be root to run this command", "no-privilege"),
    ("Can't create posix timer - 3: -22", "timers"),
    ("/proc/<pid>/map_files is inaccessible: Operation not permitted", "kernel-feature"),
    ("page-xfer: Remote side closed connection", "page-server"),
    ("Can't open dir /x: No such file or directory", "image-dir"),
    ("unknown command: dmup", "options"),
    ("Script /x.sh exited with 1", "script"),
    ('execvp("tar", ...) failed: No such file or directory', "tmpfs-tar"),
    ('execvp("ip", ...) failed: No such file or directory', "tool-missing"),
    ("Failed to restore shm id (4 instead of 3)", "systemd-ipc"),
    ("xmalloc: Can't allocate 4096 bytes", "out-of-memory"),
    ("BUG at cr-restore.c:1225", "criu-bug"),
    ("11953 killed by signal 127: Unknown signal 127", "stop-127"),
    ("3127 killed by signal 9: Killed", "task-killed"),
    ("129 exited, status=1", "task-ended"),
    ("Can't lookup mount=795 for fd=-3 path=/bin/sh", "mount-of-mapped-file"),
    ("cg: Can't move 1 into cpuset//x.scope/cgroup.procs (-1/14): No space left on device", "cgroup-cpuset"),
    ("Can't restore pipe size: Operation not permitted", "pipe-size"),
    ("Can't fork for 8: Operation not permitted", "fork-not-permitted"),
    ("Can't setns 2/mnt: Invalid argument", "setns"),
    ("Unable to open netns-9.img: Permission denied", "image-permission"),
    ("Error collecting checkpoint log file", "no-log"),
    ('exec: "criu": executable file not found in $PATH', "criu-missing"),
    ("Message reply from daemon is trimmed (12/0)", "parasite-died"),
    ("Can't link dev/shm/link_remap.3 -> dev/shm/sem.x: No such file or directory", "link-remap-absent"),
    ("amdgpu_plugin: fstat error for /dev/kfd: No such file or directory", "plugin-foreign"),
    ("Can't bind transport socket /crtools-fd-3-0: Address in use", "transport-socket"),
    ("Can't open 0/pagemap on procfs: Operation not permitted", "proc-denied"),
    ("Can't lookup mount=40 for fd=0 path=/dev/pts/5 (deleted)", "terminal"),
    ("Can't connect inet socket back: Cannot assign requested address", "tcp-address"),
    ("net: Unsupported link 2 (type 768 kind ipip)", "network-link-kind"),
    ("ERROR -17 reported by netlink", "network-link-exists"),
    ("Failed unpacking request: Success", "request"),
    ("Can't open file proc/42/task/43/schedstat on restore: No such file or directory", "proc-file"),
    ("tty: Can't get self_stdin_fdid", "shell-terminal"),
    ("Can't exec criu swrk: No such file or directory", "criu-missing"),
    ("Can't exec criu swrk: Operation not permitted", "criu-not-started"),
    ("lxc-checkpoint: u1: criu.c: do_dump: 1192 dump signaled with 11", "criu-crashed"),
    ("lxc.console.path configured on source host but not target", "lxc-configuration"),
    ("mnt: Can't create a temporary directory: Permission denied", "not-permitted"),
    ("Can't open /dev/x: No such device or address", "not-there"),
    ("Can't make /x: File exists", "exists"),
    ("Can't set it: Invalid argument", "kernel-refused"),
    # By the part of CRIU, and by the kernel's answer, as CRIU 4.2's sources print them.
    ("net: Unable to find an external netns: extRootNetNS", "external-namespace"),
    ("Can't write user ns mapping: Operation not permitted", "userns-maps"),
    ("Task pid reused while suspending (42: 1 -> 2)", "pid-reused"),
    ("amdgpu_plugin: Number of devices mismatch (checkpointed:2 local:1)", "amdgpu-plugin"),
    ("0x5: Error splicing data: Invalid argument", "pipe-data"),
    ("The packetized mode for pipes is not supported yet", "pipe-data"),
    ("No aufs branches to search for /bin/sh", "aufs"),
    ("Write -998 to /proc/self/oom_score_adj failed: Permission denied", "limits"),
    ("Can't restore cur > max for 42.7", "limits"),
    ("Setting loginuid for 42 task failed", "loginuid"),
    ("Can't obtain FPU registers for 42: No such process", "registers"),
    ("Unable to parse: Foo", "proc-unparsed"),
    (
        "Unable to connect to image streamer socket: /x/streamer-capture.sock: No such file or directory",
        "image-streamer",
    ),
    ("page-xfer: Unable to spice data: Broken pipe", "page-server"),
    ("page-pipe: splice: -1: Broken pipe", "page-pipe"),
    ("Unable to open inventory.img: No such file or directory", "image-absent"),
    ("eventfd: Can't create eventfd 0x5: Operation not permitted", "descriptor"),
    ("Can't find a parent for 42", "task-tree"),
    ("Can't restore sid (42): Operation not permitted", "task-tree"),
    ("Error reading 42's auxv: No such process", "task-state"),
    ("wait for 42 resulted in 7f status", "task-made"),
    ("Unable to set PR_SET_CHILD_SUBREAPER(1): -1", "restorer-step"),
    ("Can't unmap guard page: Invalid argument", "task-memory"),
    ("Neither images_dir_fd nor images_dir was passed by RPC client", "service-request"),
    ("Can't do it: No such process", "task-gone"),
    ("Can't do it: Broken pipe", "other-end"),
    ("Can't do it: Input/output error", "input-output"),
    ("Can't do it: Resource temporarily unavailable", "limit-reached"),
    ("Can't do it: Bad file descriptor", "criu-misstep"),
    ("Can't do it: Invalid cross-device link", "other-kind-of-file"),
    ("mnt: FS mnt ./sys/kernel/debug dev 0x6 root / unsupported id 3a", "mount-kind"),
    ("tty: Unable to find a tty driver (rdev 0x440 dev 0x5)", "terminal-driver"),
    ("sockets: BUG! Unknown socket collected (family 38)", "socket-family"),
    ("Can't link remap to /x/y: Invalid cross-device link", "link-remap-refused"),
    ("Can't open file tmp/hsperfdata_root/1 on restore: No such file or directory", "jvm-data"),
    ("Unaccessible path opened 8:5, need 8:7", "path-of-another-file"),
    ("The path [/x/y] is not supported", "file-not-dumped"),
    ("process_vm_readv failed: Bad address", "page-unreadable"),
    ("Tracking memory is not available. Consider omitting --track-mem option.", "soft-dirty"),
    ("Can't unshare: No space left on device", "namespace-limit"),
    # As engines, virtual machines and tools around CRIU answer.
    ("File sys/fs/cgroup/systemd has bad mode 040755 (expect 040775)", "cgroup-file"),
    ("44794: Write 44793 to sys/kernel/ns_last_pid: Invalid argument", "pid-max"),
    ("Can't lookup mount=85 for fd=3 path=/var/lib/x/y.tap", "file-outside"),
    ("checkpoint_test.go:146: criu failed: type DUMP errno 56", "request-refused"),
    ("make[1]: execvp: protoc-c: Not a directory", "build-failed"),
    ("E: Package 'criu' has no installation candidate", "criu-package"),
    ("checkpointing the container: context deadline exceeded", "time-limit"),
    ("Forbidden (user=system:anonymous, verb=create, resource=nodes, subresource=checkpoint)", "kubelet-refused"),
    ("Error: failed to create container: no command specified", "checkpoint-image"),
    ("cannot allocate tty if runc will detach without setting console socket", "console-socket"),
    ("container with given ID already exists", "engine-name-taken"),
    ("Error: applying root file-system diff file: no such file or directory", "engine-rootfs"),
    ("criu/util.c:28:10: fatal error: sys/capability.h: No such file or directory", "build-failed"),
    ("rpc error: code = Unimplemented desc = unknown method CheckpointContainer", "runtime-without-checkpoint"),
    ("docker checkpoint is only supported on a Docker daemon with experimental features", "runtime-without-checkpoint"),
    ("checkpoint with name checkpoint1 already exists for container web", "checkpoint-exists"),
    ("Error response from daemon: custom checkpointdir is not supported", "checkpoint-not-found"),
    ("checkpointing a container requires root", "container-refused"),
    ("jdk.crac.impl.CheckpointOpenSocketException: tcp localAddress :: localPort 8080", "crac-refused"),
    ("Native checkpoint failed.", "crac-engine"),
    (
        "org.eclipse.openj9.criu.SystemCheckpointException: Could not dump the JVM processes, err=-52",
        "openj9-checkpoint",
    ),
    ("ModuleNotFoundError: No module named 'pycriu'", "crit-failed"),
    ("sys/kernel/ns_last_pid sysctl is inaccessible: No such file or directory", "kernel-without"),
    ("Can't dump corked dgram socket 114dabc", "udp-corked"),
    ("failed to retrieve OCI runtime container pid: open /run/x/init.pid: no such file or directory", "engine-restore"),
    ("crun: `checkpoint` requires a maximum of 2 arguments", "engine-options"),
    ("Error: requested static ip 172.16.16.8 not in any subnet on network podman", "engine-network"),
    ("KeyError: 'reg'", "crit-failed"),
    ("Unexpected EOF on (empty-image)", "image-not-written"),
    ("Error: checkpoint/restore requires at least CRIU 31100", "criu-missing"),
)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("criu/mount.c:3120", "the mounts"),
        ("mount.c:746", "the mounts"),
        ("/usr/src/debug/criu/3.19.0+git/criu/sk-unix.c:12", "the unix sockets"),
        ("criu/arch/x86/cpu.c:297", "the state of the CPU"),
        ("criu/cr-restore.c:2447", "the making of the tasks"),
        ("criu/util.c:369", "what CRIU makes for itself"),
        ("criu/unheard-of.c:369", None),
        ("", None),
    ],
)
def test_an_error_is_told_by_the_part_of_criu_that_it_comes_from(source: str, what: str | None) -> None:
    area = area_of(source)
    assert (area.what if area else None) == what


def test_every_part_of_criu_has_advice() -> None:
    assert all(advice_of(area).own_advice for area in AREAS)


@pytest.mark.parametrize(
    ("part", "line", "asks_for"),
    [
        ("fsnotify", "fsnotify: Can't add watch: No space left on device", "max_user_watches"),
        ("fsnotify", "fsnotify: Can't make inotify fd: Too many open files", "max_user_instances"),
        ("cgroup", "cg: write to cgroup.subtree_control: Device or resource busy", "--cgroup-root"),
        ("mount-failed", "mnt: Can't mount at ./proc: Operation not permitted", "CAP_SYS_ADMIN"),
        ("setns", "Can't unshare: No space left on device", "user.max_user_namespaces"),
        ("aio", "Can't make ring: Resource temporarily unavailable", "fs.aio-max-nr"),
    ],
)
def test_one_answer_of_the_kernel_asks_for_something_else_in_each_part(part: str, line: str, asks_for: str) -> None:
    """As inotify(7), user_namespaces(7), cgroups(7), mount(2) and io_setup(2) have them."""
    assert asks_for in (next_step(part, line) or "")


def test_an_answer_without_a_meaning_of_its_own_adds_nothing() -> None:
    assert next_step("mount-failed", "mnt: Can't mount at ./proc") is None
    assert next_step("no such part", "Can't do it: Operation not permitted") is None


def test_next_steps_are_for_parts_of_criu_and_known_answers() -> None:
    assert set(NEXT_STEPS) <= PARTS
    ids = {known.id for known in KNOWN_FAILURES}
    assert {answer for steps in NEXT_STEPS.values() for answer in steps} <= ids


@pytest.mark.parametrize(("line", "known"), EXAMPLES)
def test_log_lines_are_recognised(line: str, known: str | None) -> None:
    found = recognise(line, (4, 2, 1))
    assert (found.id if found else None) == known


def test_every_known_failure_has_an_example_and_says_what_helps() -> None:
    recognised = {known for _, known in EXAMPLES} | {"rseq-crash", None}
    assert recognised == {known.id for known in KNOWN_FAILURES} | {None}
    assert len({known.id for known in KNOWN_FAILURES}) == len(KNOWN_FAILURES)
    assert all(known.title and known.why and known.releases and known.advice for known in KNOWN_FAILURES)


def test_every_way_out_is_for_containers_too() -> None:
    assert [known.id for known in KNOWN_FAILURES if "in containers: " not in known.advice] == []


def test_a_crash_is_put_down_to_rseq_only_where_it_can_be() -> None:
    line = "42 killed by signal 11: Segmentation fault"
    ids = [found.id for version in ((3, 17, 1), None, (3, 18)) if (found := recognise(line, version)) is not None]
    assert ids == ["rseq-crash", "rseq-crash", "task-crashed"]


def test_each_piece_of_advice_stands_once() -> None:
    """What is foreseen from images and what a log says afterwards have the same words where they have the same id."""
    ids = {known.id for known in KNOWN_FAILURES}
    own: list[str] = []
    for source in sorted(FINDINGS.glob("*.py")):
        text = source.read_text()
        made = ids & set(re.findall(r'Finding\(\s*"([a-z0-9-]+)"', text))
        # Of huge pages that are missing here the check of them says how many.
        own += [f"{source.name}: {id_}" for id_ in made - {"huge-pages"} if f'BY_ID["{id_}"]' not in text]
    assert own == []
    advice = [known.own_advice for known in KNOWN_FAILURES]
    assert len(set(advice)) == len(advice)

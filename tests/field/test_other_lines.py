"""A second line of a log decides what a failure is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings.second_lines import SECOND_LINES
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host

_CONNECT = "(00.036913) Error (compel/src/lib/infect.c:636): Unable to connect a transport socket: Permission denied\n"
_AVC = 'audit[870]: AVC avc:  denied  {{ connectto }} for  pid=870 comm="top" tclass=unix_stream_socket permissive={}\n'
_HALF = "(00.061760) Error (criu/sk-unix.c:864): unix: Can't dump half of stream unix connection.\n"
_EXTERN = "(00.061740) unix: \tDumping extern: ino 52114 peer_ino 51208 family    1 type    1 state  1 name {}\n"
_BIND = "(00.001603)   7338: Error (soccr/soccr.c:499): Can't bind inet socket back: Cannot assign requested address\n"
_INET = (
    "(00.001555)   {}: inet: \tRestore: family AF_INET    type SOCK_STREAM    port 21 state TCP_LISTEN  src_addr {}\n"
)
_DEVICE = "(00.041880) Error (criu/proc_parse.c:114): handle_device_vma plugin failed: No such file or directory\n"
_NVIDIA = (
    "(00.041880) Error (criu/files-ext.c:95): Can't dump file 7 of that type [20666] (chr 195:255 /dev/nvidiactl)\n"
)
_ELF = "pie: 4711: Error (criu/pie/util-vdso.c:107): vdso: Invalid ELF magic\n"
_BUSY = (
    "iptables-restore v1.8.7 (nf_tables):\n"
    "line 6: CHAIN_USER_DEL failed (Device or resource busy): chain CRIU\n"
    "(00.043363) Error (criu/util.c:635): exited, status=4\n"
)
_RULE = (
    "iptables: Bad rule (does a matching rule exist in that chain?).\n"
    "(00.061402) Error (criu/netfilter.c:90): Iptables configuration failed: No such file or directory\n"
)
_VETH = "(00.012044) Error (criu/net.c:4012): net: Unable to create a veth pair: -22\n"
_UNTOLD = (
    "(00.012080) Error (criu/kerndat.c:1996): kerndat_link_nsid failed when initializing kerndat.\n"
    "(00.012101) Error (criu/crtools.c:276): Could not initialize kernel features detection.\n"
)
_TIMER = "pie: 1: Error (criu/pie/restorer.c:1293): Can't create posix timer - 0: -22\n"
_TIMERS = "pie: 1: Error (criu/pie/restorer.c:2201): Can't restore posix timers -1\n"
_OPEN = "(00.001514)   7338: Error (criu/files.c:1196): Unable to open fd=4 id=0x7\n"
_RESET = "(00.065013) Error (criu/tls.c:319): tls: Pull callback recv failed: Connection reset by peer\n"
_TIMEOUT = "(10.000780) Error (criu/cr-dump.c:1779): Timeout reached. Try to interrupt: 0\n"
_MAPPING = "pie: 1710: Error (criu/pie/restorer.c:1774): Can't restore 7ef6a0000000 mapping with fffffffffffffff4\n"
_SEIZE = "(00.103301) Error (compel/src/lib/infect.c:263): Unseizable non-zombie 136121 found, state {}, err -1/10\n"
_VDSO = "pie: 27729: Error (criu/pie/parasite-vdso.c:252): vdso: Can't find vDSO area in image\n"
_ON = "(00.000061) Running on node1 Linux {} #1 SMP x86_64\n"
_JAR = "(00.031210)  16901: Error (criu/files-reg.c:2259): Can't open file {} on restore: No such file or directory\n"
_ROOTLESS = "(00.012211) Error (mount.c:448): 71:./mnt/shared doesn't have a proper root mount\n"
_MASTER = "(00.739012) Error (criu/tty.c:2277): tty: Unable to find a master for /3\n"
_LSM = "(00.002107) Error (criu/lsm.c:181): mismatched lsm types and lsm profile specified\n"
_LINK = "(00.109241)      1: Error (criu/libnetlink.c:36): ERROR -22 reported by netlink (Invalid argument)\n"
_CGNS = "(00.004470)      1: Error (criu/cgroup.c:1140): cg: Can't move 1 into unified//a/cgroup.procs (-1/-1): {}\n"
_EXEC = "(00.168708) Error (criu/util.c:652): exec failed: No such file or directory\n"
_ARM = "(00.000061) Running on board1 Linux {} #1 SMP aarch64\n"
_UNAME = "Linux board1 {} #1 SMP PREEMPT Mon Mar 6 10:11:02 UTC 2017 aarch64 GNU/Linux\n"
_BY = "(00.000021) Version: {} (gitid 0)\n"
_FPU = "(00.014880) Error (compel/arch/x86/src/lib/infect.c:413): Can't set FPU registers for 10: Bad address\n"
_BOUNDS = "(00.025701) Error (criu/vdso.c:381): vdso: Unexpected rt vDSO area bounds\n"
_CRASH = (
    "(00.149920) Error (criu/cr-restore.c:1480): 2036 killed by signal 11: Segmentation fault\n"
    "(00.150411) Error (criu/cr-restore.c:2447): Restoring FAILED.\n"
)
_OUTSIDE = "(00.011340)   2036: Error (criu/mem.c:1117): Page entry address {0} outside of VMA {0}-ffffb40a4000\n"
_TIMERS = "(00.310201) pie: 1: Error (criu/pie/restorer.c:2201): Can't restore posix timers -22\n"
_EXE = "(00.041215) pie: 6120: Error (criu/pie/restorer.c:591): Can't restore EXE link (-1)\n"
_FUSE = "(00.004101) \ttype fuse source sshfs mnt_id 917 s_dev 0x3d / @ ./mnt/data flags 0x300006 options user_id=0\n"
_KIND = "(00.004333) Error (criu/mount.c:724): mnt: FS mnt ./mnt/jobs dev 0x3d root {} unsupported id 918\n"
_TABLES = (
    "(00.069938) Error (criu/netfilter.c:105): Iptables configuration failed\n"
    "(00.069942) Error (criu/sk-tcp.c:81): tcp: Failed to lock TCP connection 2a6f1\n"
)
_NO_TABLES = "iptables-missing"
_LINK_LOCAL = "(00.120455)     14: inet: \tRestore: family AF_INET6   port 41834 state TCP_ESTABLISHED  src_addr {}\n"
_UDP = "(00.120455)     14: inet: \tRestore: family AF_INET    {} port 30303 state 7 src_addr 10.88.0.14\n"
_UNBOUND = (
    "(00.120602)     14: Error (criu/sk-inet.c:970): Can't bind inet socket (id 33): Cannot assign requested address\n"
)
_FILTERED = "(00.101208) Error (compel/src/lib/ptrace.c:27): suspending seccomp failed: Operation not permitted\n"
_ATTACH = (
    "(00.085690) Warn  (compel/src/lib/infect.c:132): Unable to interrupt task: 4145 (Operation not permitted)\n"
    "(00.085704) Error (compel/src/lib/infect.c:426): Unable to detach from 4145: No such process\n"
)
_TREE = "(00.295119) Error (criu/pstree.c:510): BUG at criu/pstree.c:510\n"
_THREAD = "(00.295023) Dumping core for thread (pid: 5375)\n"
_MEMFD = (
    "(00.111381) Error (criu/files-reg.c:1790): Can't lookup mount=18 for fd=3 path=/memfd:x (deleted)\n"
    "(00.111402) Error (criu/cr-dump.c:1550): Dump files (pid: 13620) failed with -1\n"
)
_HUGE = "(00.002210) Hugetlb size 2 Mb is supported but cannot get dev's number\n"
_GET = "(00.111470) Error (criu/parasite-syscall.c:280): Can't retrieve FDs from socket\n"
_NOFILE = "(00.069) Error (criu/util.c:1532): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted\n"
_TRIMMED = "(00.086896) Error (compel/src/lib/infect-rpc.c:44): Message reply from daemon is trimmed (12/0)\n"
_DAEMON = "(00.086898) Error (compel/src/lib/infect.c:734): Can't switch parasite 28075 to daemon mode 0\n"
_EMPTY = "(00.041141) Error (criu/protobuf.c:72): Unexpected EOF on (empty-image)\n"
_SCRIPT = 'execvp("/opt/act.sh", ...) failed: Permission denied\n'
_FAILED = "(11.000000) Error (criu/cr-dump.c:1781): Dumping FAILED.\n"

EXAMPLES = (
    (_ATTACH, "process-unseizable"),
    (_THREAD + _TREE, "thread-for-process"),
    (_TREE, "criu-bug"),
    (_HUGE + _MEMFD, "huge-memory-file"),
    (_MEMFD, "anonymous-memory"),
    (_NOFILE + _GET, "own-limit-of-files"),
    (_GET, "parasite-died"),
    (_NOFILE + _TRIMMED + _DAEMON, "parasite-without-socket"),
    (_TRIMMED, "parasite-died"),
    (
        "(00.04) No inventory.img image\n"
        + _EMPTY
        + "(00.05) Error (criu/pstree.c:1): Failed to read parent pre-dump inventory entry\n",
        "parent-unfinished",
    ),
    ("(00.041138) No inventory.img image\n" + _EMPTY, "inventory-absent"),
    ("(00.041138) No core-4.img image\n" + _EMPTY, "image-not-written"),
    (
        "(00.01) Dumping processes (pid: 4)\n(00.07) Error (criu/util.c:647): "
        + _SCRIPT
        + "(00.08) Error (criu/action-scripts.c:86): Script /opt/act.sh exited with -1\n",
        "script-not-run",
    ),
    ("(00.07) Error (criu/util.c:647): " + _SCRIPT, "tool-missing"),
    (
        "Error (criu/util.c:642): " + _SCRIPT + "Error (criu/action-scripts.c:94): Script /opt/act.sh exited with -1\n",
        "script-not-run",
    ),
    (_AVC.format(0) + _CONNECT, "denied-by-selinux"),
    (_AVC.format(1) + _CONNECT, "infect-failed"),
    (
        _CONNECT + 'audit: type=1400 apparmor="DENIED" operation="connect" profile="docker-default"\n',
        "denied-by-apparmor",
    ),
    (_CONNECT + "audit: type=1326 auid=0 pid=870 comm=criu syscall=435 code=0x50000\n", "denied-by-seccomp"),
    (_MAPPING + "[  402.118204] __vm_enough_memory: pid: 1710, comm: dotnet\n", "overcommit-refused"),
    (_MAPPING, "mapping-refused"),
    (
        "(01.000000) Error (criu/cr-restore.c:1480): 24601 killed by signal 9: Killed\n"
        "[  402.1] Out of memory: Killed process 24601 (java) total-vm:12345kB\n",
        "killed-for-memory",
    ),
    ("(00.000380) /dev/nvidiactl doesn't exist. The CUDA plugin is disabled.\n" + _DEVICE, "cuda-plugin-off"),
    ("(00.000380) No GPU device found; CUDA plugin is disabled\n" + _DEVICE, "device"),
    ("(00.000380) No GPU device found; CUDA plugin is disabled\n" + _NVIDIA, "cuda-plugin-off"),
    ("(09.517643) freezer.state=FREEZING\n" + _TIMEOUT, "freezer-stuck"),
    ("(09.517643) freezer.state=FREEZING\n(09.617643) freezer.state=FROZEN\n" + _TIMEOUT, "freeze"),
    (_INET.format(7338, "127.0.0.1") + _BIND, "loopback-address-absent"),
    (_INET.format(7338, "127.0.0.1") + _INET.format(7338, "10.0.0.9") + _BIND, "tcp-address"),
    (_INET.format(7338, "10.0.0.9") + _INET.format(4711, "127.0.0.1") + _BIND, "tcp-address"),
    (_EXTERN.format("@/tmp/.X11-unix/X0") + _HALF, "display-server"),
    (_EXTERN.format("@/tmp/.X11-unix/X0") + _EXTERN.format("/tmp/mine") + _HALF, "external-socket"),
    (_EXTERN.format("/run/user/1000/wayland-0") + _HALF, "display-server"),
    (_EXTERN.format("/run/user/1000/pulse/native") + _HALF, "sound-server"),
    (_EXTERN.format("/run/dbus/system_bus_socket") + _HALF, "message-bus"),
    (_EXTERN.format("/var/run/nscd/socket") + _HALF, "system-daemon-socket"),
    ("(00.009) Lock network\n" + _BUSY, "network-lock"),
    ("sh: 1: iptables: not found\n(00.069725) Error (criu/util.c:657): exited, status=127\n" + _TABLES, _NO_TABLES),
    (_TABLES, "network-lock"),
    ("(00.009933) Unlock network\n" + _BUSY, "network-unlock"),
    ("(00.060102) Unlock network\n" + _RULE, "network-unlock-rule"),
    (_INET.format(7338, "::") + _OPEN, "socket-label"),
    ("(00.000030) Version: 3.13 (gitid v3.13)\n" + _INET.format(7338, "::") + _OPEN, "file-absent"),
    (_INET.format(7338, "::") + "(00.001501)   7338: \t\tCreate fd for 4\n" + _OPEN, "file-absent"),
    ("(00.062004) uffd: 52-14: uffd_copy: 0x7f7d80f1b000/4096\n" + _RESET, "pages-ended-early"),
    ("(00.062004) page-xfer: Connected to a page server\n" + _RESET, "tls"),
    (
        _JAR.format("opt/a.jar") + "(00.031511)  16887: Error (criu/files-reg.c:2094): File bin/sh has bad size 9\n",
        "system-updated",
    ),
    (_JAR.format("opt/a.jar"), "file-absent"),
    (
        "(00.0112) Dump MNT namespace (mountpoints) 8 via 904\n(00.0121) Dump MNT namespace (mountpoints) 9 via 911\n"
        + _ROOTLESS,
        "mounts-of-two-namespaces",
    ),
    ("(00.011251) Dump MNT namespace (mountpoints) 8 via 904\n" + _ROOTLESS, "mount-unreachable"),
    ("pie: 27729: vdso: image [vdso] (unset) [vvar] 0x7fff258df000-0x7fff258e2000\n" + _VDSO, "vdso-unmapped"),
    (_ON.format("5.10.0-21-amd64") + _VDSO, "vdso-unmapped-there"),
    (_ON.format("6.12.63-amd64") + _VDSO, "vdso-unmapped-there"),
    (_ON.format("6.13.0-1.fc42") + _VDSO, "vdso-not-in-image"),
    (_EXEC + "(00.169270) Error (criu/mount.c:1202): mnt: Can't dump tmpfs content\n", "tar-missing"),
    (_EXEC + "(00.169270) Error (criu/net.c:1202): IP tool failed on link save\n", "ip-missing"),
    (_EXEC, "tool-missing"),
    (
        "(00.000019) Version: 4.0 (gitid 0)\nError: Compatible vdso's size is bigger than reserved buf\n"
        "(00.004110) Error (criu/vdso.c:620): vdso: Failed to fill compat vdso symtable\n",
        "vdso-of-32-bits",
    ),
    (
        "Error (criu/protobuf.c:72): Unexpected EOF on (empty-image)\nError (criu/arch/s390/crtools.c:776): Cannot "
        "open core for virt pid 34: No such file or directory\n",
        "images-gone-meanwhile",
    ),
    ("(00.000102) Loaded kdat cache from /run/criu.kdat\n" + _LSM, "lsm-forgotten"),
    ("(00.000038) Version: 3.14 (gitid 0)\n(00.000102) Loaded kdat cache from /run/criu.kdat\n" + _LSM, "lsm-other"),
    (
        "(00.166444)   4109: Inherit fd tty:[8800:d] -> 0 has been closed\n"
        "(00.166470)   4109: Error (tty.c:917): tty: Can't open 3 (index 0): No such file or directory\n",
        "inherited-fd-closed",
    ),
    ("(00.702144) mnt: Inspecting sharing on 271 shared_id 0 master_id 3 (@./dev/tty1)\n" + _MASTER, "terminal-of-lxc"),
    (_MASTER, "terminal-unmade"),
    ("(00.958440) mnt: \t1527: c5:/0 @ ./dev/console\n" + _MASTER, "console-outside"),
    ("$ sudo criu restore -D images -d --auto-dedup\n" + _ELF, "dedup-at-restore"),
    ("$ sudo criu dump -t 4711 -D images --auto-dedup\n" + _ELF, "vdso"),
    ("(00.109187)      1: Restoring link sit1 type 8\n" + _LINK, "sit-attributes"),
    (
        "(00.109187)      1: Restoring link sit1 type 8\n(00.109188)      1: Restoring link eth0 type 2\n" + _LINK,
        "network-link",
    ),
    (
        "(00.002010) cg: Preparing cgroups yard (cgroups restore mode 0x4)\n"
        + _CGNS.format("No such file or directory"),
        "cgroup-mode-soft",
    ),
    (_CGNS.format("No such file or directory"), "cgroup-of-dump-absent"),
    ("(00.001310) Detected cgroup V2 freezer\n" + _SEIZE.format("S"), "not-in-frozen-cgroup"),
    ("(00.001310) Detected cgroup V2 freezer\n" + _SEIZE.format("t"), "traced-by-another"),
    (_SEIZE.format("S"), "traced"),
    (_ARM.format("4.9.20") + _CRASH, "vdso-not-followed"),
    (_ARM.format("4.14.1") + _CRASH, "task-crashed"),
    (_UNAME.format("4.4.52") + _CRASH, "vdso-not-followed"),
    (_ON.format("4.15.0-45-generic") + _OUTSIDE.format("ffff720a1000"), "addresses-of-another-machine"),
    (_ON.format("4.15.0-45-generic") + _OUTSIDE.format("7fff720a1000"), "page-outside-vma"),
    (_BY.format("4.2") + _TIMERS, "timer-of-no-thread"),
    (_BY.format("4.3") + _TIMERS, "timers"),
    (_BY.format("3.10") + _ON.format("4.9.0-7-amd64") + _EXE, "executable-wants-root"),
    (_BY.format("3.10") + _ON.format("4.15.0-45-generic") + _EXE, "prctl-mm"),
    (_BY.format("3.17.1") + _FUSE + _KIND.format("/jobs"), "fuse-bind"),
    (_BY.format("3.18") + _FUSE + _KIND.format("/jobs"), "mount-kind"),
    (_BY.format("3.17.1") + _FUSE + _KIND.format("/"), "mount-kind"),
    (_LINK_LOCAL.format("fe80::b0d3:deff:fe1f:6a01") + _UNBOUND, "link-local-address"),
    (_LINK_LOCAL.format("2001:db8::7") + _UNBOUND, "tcp-address"),
    (_BY.format("3.17.1-crac") + _FPU, "xsave-size-of-crac"),
    (_BY.format("3.17.1") + _FPU, "xsave-size"),
    (_BY.format("3.17.1-crac") + _BOUNDS, "vdso-of-crac"),
    (_BY.format("4.0") + _BOUNDS, "vdso"),
    (_ON.format("6.8.12-4-pve") + _FILTERED, "seccomp-of-lxc"),
    (_ON.format("6.8.0-45-generic") + _FILTERED, "seccomp-of-criu"),
    (_VETH + _UNTOLD, "kernel-untold"),
    (_VETH, "network-link"),
    (_BY.format("4.2") + _TIMER + _TIMERS, "timer-of-no-thread"),
    (_BY.format("4.3") + _TIMER + _TIMERS, "timers"),
    (_UDP.format("type 2 proto 17") + _UNBOUND, "udp-address"),
    (_UDP.format("type SOCK_DGRAM     proto IPPROTO_UDP     ") + _UNBOUND, "udp-address"),
    (_UDP.format("type SOCK_STREAM    proto IPPROTO_TCP     ") + _UNBOUND, "tcp-address"),
)
"""Lines as CRIU, the kernel and the tools print them, and the failure that they are together."""


@pytest.mark.parametrize(("lines", "known"), EXAMPLES)
def test_a_second_line_decides_what_a_failure_is(lines: str, known: str, tmp_path: Path, recorded_host: Host) -> None:
    (tmp_path / "dump.log").write_text(lines + ("" if "Restoring FAILED" in lines else _FAILED))
    assert Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings[0].id == known


def test_every_such_line_has_an_example_and_a_way_out() -> None:
    assert {each.known.id for each in SECOND_LINES} <= {known for _, known in EXAMPLES}
    assert all("in containers: " in each.known.advice for each in SECOND_LINES)

"""What is known of each failure met in the field: how CRIU logs it, what it means, who has it, the way out.

The one table of it: findings from logs and from images take their words here. Patterns match words that
CRIU prints, never source lines, which every release changes. The first that matches counts, so that what
names a cause more closely stands before what names it less.
"""

from __future__ import annotations

import functools
import re
from types import MappingProxyType
from typing import NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.findings.runtimes import SAME_ON_THE_HOST, SAME_THERE, in_containers
from criu_tui.core.restore.releases import (
    ACCOUNTING,
    BEFORE_ACCOUNTING,
    BOUNDARY_FIXED,
    CGROUPS_LATE,
    COMPAT_ERRORS,
    COMPRESSED_PAGES,
    CONNECTED_DATAGRAMS,
    CUDA_PLUGIN,
    CUDA_THAWED,
    ELF_OF_LINUX,
    EPOLL_DUPLICATES,
    FIELDS_WITHOUT_LABELS,
    GPU_BUFFER_CAPPED,
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
    PLUGINS_NAMED,
    PROPAGATION_IN_NAMESPACE,
    RSEQ,
    RSEQ_RESTORED,
    SECOND_NETNS,
    SHADOW_STACK_ORDER,
    SHADOW_STACKS,
    SHELL_GROUP,
    SHELL_TERMINAL,
    SHELL_TTY_MOUNT,
    SHORT_PAGEMAPS,
    SIGNAL_OF_A_STOP,
    SOCKET_OPTIONS,
    SPLIT_VDSO,
    TASK_SIZE_ASKED,
    TIMER_IDS,
    TIMERS_OF_THREADS,
    UPROBES,
    USERNS_READ_ONCE,
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
FAMILIES = MappingProxyType(
    {
        3: "AX25",
        4: "IPX",
        5: "APPLETALK",
        6: "NETROM",
        9: "X25",
        11: "ROSE",
        15: "KEY",
        20: "ATMSVC",
        21: "RDS",
        24: "PPPOX",
        26: "LLC",
        27: "IB",
        28: "MPLS",
        29: "CAN",
        30: "TIPC",
        31: "BLUETOOTH",
        32: "IUCV",
        33: "RXRPC",
        35: "PHONET",
        36: "IEEE802154",
        37: "CAIF",
        38: "ALG",
        39: "NFC",
        40: "VSOCK",
        41: "KCM",
        42: "QIPCRTR",
        43: "SMC",
        44: "XDP",
        45: "MCTP",
    }
)
"""Families of sockets (AF_…) that no CRIU dumps, by their number (Linux, include/linux/socket.h)."""
_FAMILY = expression(r"family (\d{1,3})\b")
_RELEASE_OR_LATER = expression(r"use CRIU (\d{1,3}(?:\.\d{1,3}){1,2}) or later")
_TOOL = expression(r"execvp\(\"([\w.-]{1,40})\"|\b([\w.-]{1,40}): command not found")
_PACKAGES = (("ip6", "iptables"), ("iptables", "iptables"), ("ip", "iproute2"), ("nft", "nftables"), ("tar", "GNU tar"))
_GHOST_SIZE = expression(r" of (\d{1,15}) size")
MIB = 1 << 20
NOT_CRIUS = "none of CRIU's"
"""How the releases of a failure begin that another program has."""
LOOKED_AT = 4096
"""Characters of a line that are looked at."""


class KnownFailure(NamedTuple):
    """One failure: how its log line reads, what it means, which releases have it, what helps."""

    id: str
    words: str
    """A regular expression for what CRIU logs."""
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
    def pattern(self) -> re.Pattern[str]:
        """How its log line reads."""
        return _compiled(self.words)

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
            ways.append(SAME_THERE if self.releases.startswith(NOT_CRIUS) else SAME_ON_THE_HOST)
        return "; ".join(ways)

    def advice_for(self, *, detailed: bool) -> str:
        """The way out as `advice` has it; for a log not written with -v4 also what that would show."""
        again = f"; run again with -v4: {self.with_detail}" if self.with_detail and not detailed else ""
        return self.advice + again

    def in_log_of(self, version: Numbers | None) -> bool:
        """Whether a CRIU of this version can have it; an unknown one can."""
        return self.before is None or version is None or self.before.lacks(version)


@functools.cache
def _compiled(words: str) -> re.Pattern[str]:
    # When it is first looked for: to compile hundreds takes longer than printing a small dump.
    return re.compile(words)


def fitted(known: KnownFailure, text: str, version: Numbers | None = None) -> KnownFailure:
    """With what the number in the line means: an option enough for that size, or the name of that family.

    In the log of a CRIU of that version without the advice to use one that it is already, where there is other advice.
    """
    known = known._replace(own_advice=_not_older(known.own_advice, version))
    family = _FAMILY.search(text[:LOOKED_AT]) if known.id == "socket-family" else None
    name = None if family is None else FAMILIES.get(int(family[1]))
    if name is not None:
        return known._replace(title=f"a socket of the family AF_{name}, which CRIU does not dump")
    tool = _TOOL.search(text[:LOOKED_AT]) if known.id == "tool-missing" else None
    name = None if tool is None else tool[1] or tool[2]
    if name is not None:
        package = next((package for begins, package in _PACKAGES if name.startswith(begins)), "the package with it")
        return known._replace(
            title=f"a tool that CRIU runs is missing: {name}",
            own_advice=f"install {name} ({package}) where CRIU runs; where it is there, give whoever runs CRIU a PATH "
            "with its directory: sudo, services and engines often lack /usr/sbin or /usr/local/bin",
        )
    size = _GHOST_SIZE.search(text[:LOOKED_AT]) if known.id == "ghost-too-big" else None
    if size is None:
        return known
    option = f"--ghost-limit {-(-int(size[1]) // MIB)}M"
    return known._replace(option=option, own_advice=f"{option}, which is enough for the size named")


def _not_older(advice: str, version: Numbers | None) -> str:
    if version is None:
        return advice
    ways = advice.split("; ")
    needed = ((_RELEASE_OR_LATER.fullmatch(way), way) for way in ways)
    left = [way for found, way in needed if found is None or version < tuple(map(int, found[1].split(".")))]
    return "; ".join(left) if left else advice


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
    return KnownFailure(
        id_, pattern, title, why, releases, advice, option, container, thread, before, sure, with_detail
    )


KNOWN_FAILURES = (
    # Before any run
    # Servers of CRIU's own
    _known(
        "page-server-port-taken",
        r"Can't bind \S{1,20} server: Address already in use",
        "the port for the page server is taken on this host",
        "another page server, or another program, listens there: a page server waits until one dump has come",
        "all",
        "give another --port, or see who listens there (ss -ltnp) and end it, an earlier page server most often",
    ),
    _known(
        "page-server-address",
        r"Can't bind \S{1,20} server: Cannot assign requested address",
        "the address for the page server is none of this host",
        "a page server is told by --address where on its own host it listens, and that is none of its addresses",
        "all",
        "leave --address away where the page server starts, so that it listens on all, or give one of its own (ip "
        "addr); the dump is given the same with its --address",
    ),
    _known(
        "service-address",
        r"^Can't bind: (No such file or directory|Address already in use)",
        "the socket of criu service cannot be made",
        "the directory of the path given with --address is not here, or an earlier service has that socket",
        "all",
        "make the directory first (mkdir -p), end the earlier service or remove its socket, or give another --address",
    ),
    _known(
        "package-source-absent",
        r"\bcriu/ppa/\S{1,60} \S{1,40} (In)?Release\b|\bcriu/ppa\S{0,40}.{0,80}does not have a Release file",
        "the archive of packages that CRIU's people keep (PPA) has nothing for this release of Ubuntu",
        "it has packages for the releases that they build for, and answers 404 for others, most often new ones",
        "none of CRIU's",
        "take it away again (add-apt-repository --remove ppa:criu/ppa), then use the distribution's own package (apt "
        "install criu, in universe; 25.04 has 4.0), or build CRIU from its release; the PPA's own page lists the "
        "releases that it has",
        container="the same on the host or node",
        thread="criu#2736",
    ),
    _known(
        "python-package",
        r"No module named '?\"?(pip|setuptools|wheel|distutils)|externally-managed-environment|invalid command "
        r"'bdist_wheel'|module 'pycriu' has no attribute|subprocess-exited-with-error|uses PEP 517",
        "CRIU's Python part (crit, pycriu) could not be built or installed",
        "`make install` hands crit and its library to pip, which is missing here, older or newer than that release "
        "expects, or may not write into the distribution's own Python",
        "all, each for the pip of its time",
        "install pip, setuptools and wheel (python3-pip, python3-setuptools, python3-wheel; python3 -m pip install -U "
        "pip setuptools wheel), or take a newer CRIU for a newer pip; where the distribution keeps its Python to "
        "itself, install criu, crit and python3-criu from packages, or PIP_BREAK_SYSTEM_PACKAGES=1; `make "
        "install-criu` installs CRIU without them",
        sure=False,
    ),
    _known(
        "build-header-absent",
        r"fatal error: (?!compel/|criu/|images/|\S{0,80}\.pb-c)\S{1,100}\.h: No such file|libraries are installed|some "
        r"of the required libraries|ld: cannot find -l|Package \S{1,60} was not found in the pkg-config",
        "CRIU could not be built: a library or its headers are not here",
        "the name of the header says whose: google/protobuf-c libprotobuf-c-dev and protobuf-c-compiler, netlink "
        "libnl-3-dev, sys/capability.h libcap-dev, bsd libbsd-dev, libnet.h libnet1-dev, uuid libuuid-dev, nftables "
        "libnftables-dev, gnutls libgnutls28-dev; drm and xf86drm of the plugin for AMD libdrm-dev",
        "all",
        "install the package with that header (apt, or dnf with -devel in its name), and build again from clean (make "
        "clean; make mrproper for another release); `make -k` names all that is absent",
        container="in the image that it is built in",
    ),
    _known(
        "compel-relocation",
        r"Unsupported relocation of type|Unexpected undefined symbol|relocation R_\w+ against.{0,200}(\.pie|parasite"
        r"|restorer|piegen)",
        "the code that CRIU puts into tasks could not be made of what the compiler wrote (compel)",
        "it must not need anything from outside: options of the distribution or a newer compiler (stack protector, "
        "-fPIE, CET, LTO, coverage, mcount, outline atomics) make it do so, or a linker of another architecture",
        "all, with compilers newer than they are",
        "build without CFLAGS, LDFLAGS and hardening of your own (env -u CFLAGS make; no -flto, --coverage, -pg), with "
        "one tool chain for CC= and LD=, from clean; or take a newer release for a newer compiler, or the "
        "distribution's package",
        container="in the image that it is built in",
        sure=False,
    ),
    _known(
        "build-headers-clash",
        r"conflicting types for|redefinition of|expected identifier before numeric constant|redeclared as",
        "CRIU could not be built: its own names clash with those of newer headers",
        "what the C library or the kernel's headers lacked when this release was made (rseq, mount_attr, clone_args, "
        "signals) they have now",
        "all, with headers newer than they are",
        "take a newer release of CRIU for a newer C library or kernel headers, or build on a distribution of the "
        "release's age",
        container="an image of that age to build in",
        sure=False,
    ),
    _known(
        "build-tool-absent",
        r"\b(protoc(-c)?|asciidoc\w*|xmlto|a2x|pkg-config|flex|bison|cc|gcc|make): (\d: )?(command )?not found"
        r"|(protoc(-c)?|asciidoc|xmlto): No such file",
        "CRIU could not be built: a tool of the build is not here",
        "protoc and protoc-c make its image formats, asciidoc and xmlto its manual pages, pkg-config finds libraries",
        "all",
        "install protobuf-compiler, protobuf-c-compiler, pkg-config (rpm: pkgconf), asciidoc and xmlto; `make criu` "
        "and `make install-criu` need no manual pages",
        container="in the image that it is built in",
    ),
    _known(
        "build-warning",
        r"error: .{0,200}\[-Werror|cc1: all warnings being treated as errors",
        "CRIU could not be built: a compiler newer than this source warns, and warnings count as errors",
        "each compiler has new warnings; what they warn of here is no fault most often",
        "all, with compilers newer than they are",
        "make WERROR=0; or take a newer release of CRIU",
        container="in the image that it is built in",
        sure=False,
    ),
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
    # Named closely, whatever part of CRIU says it
    _known(
        "terminal-inherited",
        r"Found dangling tty .{0,120}(\(ptmx\)|on peer fd ([3-9]|\d\d))",
        "a task has a terminal open that it has inherited from the program that it was started in",
        "its input and output may be redirected all the same: terminals of editors (VS Code), tmux, screen and others "
        "leave descriptors of their own open in what is started there, by the number that the line says (peer fd)",
        "all",
        "start the program from another terminal (ssh, a console), or close that descriptor for it: `setsid PROGRAM "
        "20>&-` for number 20; ls -l /proc/PID/fd shows them; or hand it over (--external tty[RDEV:DEV] when dumping, "
        "--inherit-fd fd[N]:tty[RDEV:DEV] when restoring)",
        container="run without -t, and end what was started by exec",
        thread="criu#2522",
    ),
    _known(
        "no-executable-memory",
        r"No suitable VMA? (is |are )?found",
        "no place was found in the task to run CRIU's first code at",
        "it wants a private mapping that may be executed, below the largest address of a task: one that is not "
        "there, or addresses read wrongly by a build for another word size (32-bit ARM built with other tools)",
        "all",
        "use the newest release, built for this very architecture and word size (file $(command -v criu), uname -m), "
        "or the distribution's own; compare the addresses in the log with /proc/PID/maps",
        thread="criu#779",
        sure=False,
    ),
    _known(
        "lz4-build",
        r"built without LZ4|requires CRIU built with LZ4|LZ4 support is required",
        "the pages are compressed, or shall be, and this CRIU is built without LZ4",
        f"compression of pages came with {COMPRESSED_PAGES.release}, as a part that a build may leave out "
        "(CONFIG_LZ4), and Debian's does",
        f"{COMPRESSED_PAGES.release} and later, by the build",
        "build CRIU with liblz4 (liblz4-dev, lz4-devel), or use a package with it; or undo the compression where there "
        "is one: `crit decompress DIR` (python3-pycriu and the Python module lz4); a dump needs no --compress",
    ),
    _known(
        "compressed-pages",
        r"[Cc]ompressed (block|request|size|stream|page-image)|Block decompression|[Ii]nvalid (block )?compressed"
        r"|Invalid (block_pages|direct VMA IO)|contains an LZ4 block|LZ4 range block|unknown compression mode"
        r"|cannot contain compressed|Aligned payload flag|Packed-raw VMA|Zero VMA IO block|storage kind"
        r"|Packed async job|block read: index|(advance_compressed_offsets|skip_pagemap_pages): index"
        r"|Inconsistent direct VMA IO|Uncompressed async job|Direct compressed|Block-mode async|page-image alignment",
        "the compressed pages of the dump do not fit their list",
        "the list of pages says how long each compressed block is: a pages file that was cut, mixed up with another "
        "dump or changed contradicts it",
        f"{COMPRESSED_PAGES.release} and later",
        "copy the images again, with each dump that they build on, and compare sums (sha256sum); `crit decompress DIR` "
        "tells whether the blocks are whole, and a restore needs no compression then; dump without --compress where it "
        "stays",
    ),
    _known(
        "compressed-stream",
        r"Streaming restore does not support multi-page|Compressed streaming batch",
        "a stream cannot be restored from blocks of several compressed pages",
        "a stream goes one way only, and a block would have to be read twice",
        f"{COMPRESSED_PAGES.release} and later",
        "dump with blocks of one page (--compress without --compress-block), or restore from files",
    ),
    _known(
        "pagemap-invalid",
        r"Pagemap entry .{0,60}(cannot be present|end overflows|has no pages|count overflows|overlaps|not page-aligned)"
        r"|Pagemap entry address|Too many pagemap entries|Pages image (offset|payload)"
        r"|Invalid (async page-read|pagemap I/O|parent-page range|compressed-page range)",
        "the list of pages in the dump contradicts itself",
        f"{COMPRESSED_PAGES.release} looks each entry over, which releases before did not: entries that overlap, are "
        "empty or lie beyond all addresses come of images that are damaged, edited or of a bug where they were dumped",
        f"{COMPRESSED_PAGES.release} and later",
        "copy the images again and compare sums (sha256sum); dump again, without --prev-images-dir; where the images "
        f"are whole an older release ({BEFORE_ACCOUNTING}) restores them without that check",
    ),
    _known(
        "pages-file-short",
        r"Unexpected EOF reading pages|Reached EOF while skipping|Pages image ended|Short pread \d+/\d+ at offset \d+$"
        r"|AIO zero read",
        "the file of pages ends before all pages that its list names",
        "it was cut: by a copy that broke off, a disk that was full while dumping, or a dump that wrote its pages to a "
        "page server",
        "all",
        "copy pages-*.img again and compare lengths (ls -l) with where it was dumped; with --page-server they lie in "
        "the server's directory; with --lazy-pages they come from the daemon; dump again where there is no whole copy",
    ),
    _known(
        "async-reads",
        r"AIO (read|retry|restore)|io_(setup|submit)[( ]|io_getevents failed|Can't mmap AIO buffers",
        "pages could not be read with asynchronous I/O",
        "a release with --image-io-mode reads several at once: -11 (EAGAIN) of io_setup says that fs.aio-max-nr is "
        "used up, -38 (ENOSYS) or -1 that the kernel or a seccomp filter has none",
        f"{COMPRESSED_PAGES.release} and later",
        "raise fs.aio-max-nr (sysctl fs.aio-max-nr=1048576); --image-io-mode writeback; allow io_setup and io_submit "
        "in the seccomp profile of whoever runs CRIU",
    ),
    _known(
        "direct-reads",
        r"O_DIRECT",
        "the pages file cannot be read past the page cache (O_DIRECT)",
        "the file system of the images does not do that, or not at this alignment: tmpfs of old kernels, FUSE, network "
        "file systems",
        f"{COMPRESSED_PAGES.release} and later",
        "--image-io-mode writeback, or images on a local disk file system",
        sure=False,
    ),
    _known(
        "inherit-fd-absent",
        r"External file .{1,400} has no --inherit-fd mapping",
        "a file that was dumped as one from outside is not handed over",
        "--external file[MNT:INODE] leaves it out of the dump, and the restore wants it given by the same key",
        "all",
        "--inherit-fd fd[N]:file[MNT:INODE] when restoring, where N is a descriptor that criu gets open (3</path)",
        option="--inherit-fd",
    ),
    _known(
        "own-rseq",
        r"Failed to unregister libc rseq",
        "CRIU could not take back the restartable sequences of its own C library",
        "it starts as a program of its C library (2.35 and later registers them), and must be rid of them before it "
        "becomes the task: the size that this library says is not that which the kernel was given",
        "all, with C libraries newer than they are",
        "use the newest release, built for this C library (4.0 or later for 2.40); start criu itself with "
        "GLIBC_TUNABLES=glibc.pthread.rseq=0; remove /run/criu.kdat",
        container="the criu of the host, not one copied into the container",
    ),
    _known(
        "caught-otherwise",
        r"Captured \d+ tasks, but|Uncollected (child|thread) \d+|Thread \d+ (is not in collected|is already resumed"
        r"|was not resumed)|Too many threads (discovered|for \d+)|Plugin left thread",
        "at the end of the restore there were other tasks or threads than in the dump",
        "CRIU stops all once more before it lets them go, and something had been made or had ended meanwhile: by a "
        "script (post-restore), a plugin such as that for CUDA, or a task that was killed",
        "all",
        "look into dmesg for a task that was killed; restore without scripts and plugins of your own to try, and with "
        "the driver and cuda-checkpoint of one release; restore again",
        sure=False,
    ),
    _known(
        "watch-limit",
        r"(inotify|fanotify|fsnotify|watch).{0,80}(Too many open files|No space left on device)",
        "a limit on watches (inotify, fanotify) of this user is reached",
        "the kernel counts instances (EMFILE) and watches (ENOSPC) of a user, with those of all programs of that user; "
        "no disk is full",
        "all",
        "sysctl fs.inotify.max_user_instances=8192 fs.inotify.max_user_watches=1048576 (fanotify: "
        "fs.fanotify.max_user_groups and max_user_marks), on the host, before the restore",
        container="the sysctls are the host's",
    ),
    _known(
        "fd-number",
        r"Too big FD number|Too many open files|busy target|dup # ->|Can't chose service_fd_base|Can't dup local fd",
        "the limit on open files is reached",
        "CRIU keeps pipes for the memory (of a pre-dump and of a page server most of all) and descriptors of its own "
        "open beside those of the tasks, whose numbers must be free",
        "all",
        "raise the limit (ulimit -n, up to fs.nr_open) for the criu that runs out: the dump, the page server or the "
        "restore; a dump without pre-dump needs fewer, and CRIU 3.12 or later raises it itself for a pre-dump "
        "(criu#601); “Too many open files in system” asks for fs.file-max, and a watch for "
        "fs.inotify.max_user_instances",
        container="--ulimit nofile=1048576, and LimitNOFILE of the runtime's service",
    ),
    _known(
        "user-namespace-refused",
        r"create the binfmt_misc file system: (No space left|Operation not permitted)|Namespace limit reached while"
        r"|unshare namespaces to check binfmt_misc sandboxing: (No space left|Operation not permitted)",
        "CRIU may not make a user namespace, in which it looks for binfmt_misc",
        "“No space left on device” is no full disk: the limit on user namespaces is reached, or 0; “Operation not "
        "permitted”: whoever runs CRIU, a seccomp filter or AppArmor forbids them",
        "all",
        "sysctl user.max_user_namespaces to a number above 0 (also in the namespace that CRIU runs in); for “not "
        "permitted” kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0, or CRIU as "
        "root of the host with CAP_SYS_ADMIN",
        container="--privileged, or a seccomp profile that allows unshare and mount, where CRIU runs inside",
        thread="criu#3090",
    ),
    _known(
        "image-architecture",
        r"Core march mismatch",
        "the dump is of another architecture than this CRIU",
        "registers and code are those of the machine that dumped: 1 is x86-64, 2 ARM, 3 AArch64, 4 POWER, 5 s390x, 6 "
        "MIPS, 7 LoongArch, 8 RISC-V",
        "all",
        "restore on a machine of the architecture that the number names, with a CRIU built for it (a 64-bit kernel "
        "with a 64-bit criu: uname -m and file $(command -v criu)); no CRIU translates between architectures: start "
        "the program anew here where none is at hand",
        container="a node of that architecture (kubernetes.io/arch), with its image",
    ),
    _known(
        "terminal-file",
        r"Can't open file /?dev/pts/\d.{0,60} on restore",
        "a terminal that a task had open is not here",
        "it was dumped as a file by its path: a pseudo-terminal of another session, which is gone or has another "
        "number on this host",
        "all",
        "dump with --shell-job and restore from a terminal with it; or start the program with setsid and its input, "
        "output and errors redirected to files or /dev/null; or hand it over: --external tty[RDEV:DEV] when dumping, "
        "--inherit-fd fd[N]:tty[RDEV:DEV] when restoring",
        option="--shell-job",
        container="run without -t",
        sure=False,
    ),
    _known(
        "shared-file-absent",
        r"Can't open file /?dev/shm/.{1,400} on restore: No such",
        "a file of shared memory (/dev/shm) is not here",
        "POSIX shared memory and semaphores are files on a tmpfs, which is empty after a boot and on another host, and "
        "is dumped only with its mount namespace",
        "all",
        "copy /dev/shm's files to this host before the restore (tar -C /dev/shm), with those that --link-remap has "
        "left there (link_remap.N); or run the program in a container or mount namespace with a /dev/shm of its own, "
        "which is dumped with its contents",
        container="podman 4.0 or later takes the container's /dev/shm along, older ones and docker do not "
        "(podman#12277): upgrade, or mount a directory of the host at /dev/shm; no --ipc=host",
    ),
    _known(
        "cgroup-file-absent",
        r"Can't open file /?sys/fs/cgroup.{0,400} on restore: No such",
        "a directory or file of cgroups that a task had open is not here",
        "systemd and other managers inside keep cgroups open: they must be made again first, at the same path and in "
        "the same version of cgroups",
        "all",
        "--manage-cgroups=full or soft when restoring, with the cgroups of the dump (--cgroup-root for another place), "
        "not ignore; the same version of cgroups (v1 or v2) on both sides; or make the directory first",
        option="--manage-cgroups full",
        sure=False,
    ),
    _known(
        "mapping-locked",
        r"Can't restore (0x)?[0-9a-f]+ mapping with 0xf+f5\b|mlock.{0,60}(Cannot allocate|Resource temporarily)",
        "a locked mapping is beyond the limit on locked memory",
        "memory that a task keeps from being swapped (mlock, MAP_LOCKED) counts against RLIMIT_MEMLOCK of who "
        "restores, unless it has CAP_IPC_LOCK (EAGAIN)",
        "all",
        "ulimit -l unlimited (LimitMEMLOCK=infinity) for whoever restores, or CAP_IPC_LOCK",
        container="--ulimit memlock=-1 --cap-add IPC_LOCK where CRIU runs inside",
    ),
    _known(
        "mapping-unsupported",
        r"Can't restore (0x)?[0-9a-f]+ mapping with 0xf+ed\b",
        "a file cannot be mapped on the file system that it is on here",
        "network, 9p, FUSE and some other file systems do not map files so (ENODEV): shared and writable, or at all",
        "all",
        "put the file on a local file system at the same path (mount --bind), or mount that one with a cache (9p: "
        "cache=mmap; FUSE: without direct_io)",
        container="a volume of the host's own file system, not a shared folder of a virtual machine",
    ),
    _known(
        "tcp-connected",
        r"Connected TCP socket(, consider| in image)|Need to set the --tcp-close options",
        "a task has an established TCP connection, which is dumped and restored only on demand",
        "the other end of a connection must find the same address, port and state again, so that both the dump and the "
        "restore want to be told to keep it",
        "all",
        "--tcp-established for the dump and for the restore, which needs the same address on this host (or in its "
        "network namespace); or --tcp-close on both sides, after which the program finds its connections closed; or "
        "close them before the dump (ss -tnp shows them: ssh, databases, browsers, metrics)",
        option="--tcp-established",
        thread="criu#2535",
    ),
    _known(
        "terminal-none",
        r"Don't have tty to inherit session from|Standard stream is not a terminal",
        "the restore was not started from a terminal, which a shell job wants",
        "a dump with --shell-job takes no terminal along: the restored program gets the one that criu restore runs in, "
        "and there is none in a script, a service, cron, ssh without -t, kubectl or docker exec without -t, or behind "
        "a pipe or sudo without a terminal",
        "all",
        "run criu restore --shell-job in an interactive terminal (ssh -t, docker exec -it, or script -qc 'criu restore "
        "OPTIONS' /dev/null), with input, output and errors not redirected; or start the program with setsid and its "
        "output in files, and dump and restore it without --shell-job",
        option="--shell-job",
        container="run the container without a terminal (no -t); LXC: lxc.console.path = none; LXD and Incus: the same "
        "in raw.lxc, before the dump",
        thread="go-criu#51",
    ),
    _known(
        "terminal-stop",
        r"(stopped by signal|[Tt]ask stopped with) (19|20|21|22)\b",
        "a restored task was stopped, not killed: by ctrl+Z, SIGSTOP, or for using a terminal in the background",
        "signals 19 and 20 come from somebody (kill -STOP, ctrl+Z); 21 and 22 from the kernel, to who reads from or "
        "writes to a terminal whose foreground is another group, as with criu restore in the background",
        "all",
        "run criu restore in the foreground of its terminal, with --shell-job; or start the program with setsid and "
        "its input and output redirected; kill -CONT for one that was stopped",
        option="--shell-job",
        sure=False,
    ),
    _known(
        "trap",
        r"(killed|stopped) by signal 5\b|[Tt]ask stopped with 5\b",
        "a restored task met a break point that nobody waits for (SIGTRAP)",
        "gdb, perf, bpftrace or another tracer (uprobes) had put it into the task's code when it was dumped, or CRIU's "
        "own way of stopping tasks left one in an old release",
        "all",
        "end tracers and debuggers before the dump; --allow-uprobes and the same probes on both sides where they are "
        "wanted; a newer CRIU and kernel (nothing that emulates hardware break points wrongly, as some virtual "
        "machines do)",
        option="--allow-uprobes",
        sure=False,
    ),
    _known(
        "aborted",
        r"(killed|stopped) by signal 6\b|[Tt]ask stopped with 6\b",
        "a restored task ended itself (SIGABRT)",
        "the program or its C library found something that cannot be: memory or restartable sequences not as they "
        "were, a clock that went back, a file or CPU that is another, a stack that was overwritten",
        "all",
        "look at what the program printed last; restore with the same files, libraries and kind of CPU; a newer CRIU "
        "(before 3.18 with GLIBC_TUNABLES=glibc.pthread.rseq=0 for the program)",
        sure=False,
    ),
    _known(
        "limit-signal",
        r"(killed|stopped) by signal (24|25|13|14|26|27)\b",
        "a restored task was ended by a limit, a timer or a closed pipe",
        "signal 24 is a limit of processor time, 25 one of the size of a file (ulimit -f), 13 a pipe or socket whose "
        "reader is gone, 14, 26 and 27 are timers that have run out and that the program does not handle yet",
        "all",
        "lift the limits of whoever restores (ulimit -f, -t unlimited); for timers and pipes restore sooner, or with "
        "what reads the pipe",
        sure=False,
    ),
    _known(
        "device-block",
        r"Can't dump file .{0,60}\(blk \d+:\d+",
        "a task has a disk or partition itself open, not a file on it",
        "a block device (the numbers are those of lsblk) has state that CRIU cannot bring along",
        "all",
        "close it before the dump: umount it, end who works on the device itself (virtual machines, LVM, fsck, "
        "database on a raw device, loop devices), or use a file in its place",
        container="no --device for it",
    ),
    _known(
        "device-virtual",
        r"Can't dump file .{0,60}\(chr (10:(238|241|196|137|237|236|234|242|130|228|203)|108:0|1:[124])\b",
        "a task has a device of the kernel open that cannot be dumped (vhost, VFIO, PPP, loop or mapper control, "
        "memory)",
        "virtual machines and their networks (10:238 vhost-net, 10:241 vhost-vsock, 10:196 VFIO), pppd (108:0), tools "
        "of disks (10:236, 10:237) and /dev/mem (1:1) work with the kernel's own state",
        "all",
        "end that program or let it close the device before the dump (ls -l /proc/PID/fd); virtual machines have "
        "snapshots of their own",
        container="no --device for it, and no --privileged",
    ),
    _known(
        "veth-peer",
        r"Unknown peer net namespace",
        "a veth device has its other end outside of what is dumped, and the restore is not told where it goes",
        "the pair is made anew with one end in a namespace of outside, which must be named; so must a namespace that "
        "is there already and has its devices",
        "all",
        "--external veth[IN]:OUT@BRIDGE when restoring (in old releases --veth-pair IN=OUT), as veth[eth0]:vethX@br0; "
        "or --empty-ns net on both sides and the devices set up by an action script; or dump the network namespace as "
        "one of outside: --external net[INODE]:KEY, with --inherit-fd fd[N]:KEY",
        option="--external veth[eth0]:veth1@br0",
        container="podman with a user namespace of its own (--uidmap, --userns) sets the network up only after the "
        "restore: run the container without one, or with --network none or host, and checkpoint that (podman#18502); "
        "youki before 0.7 does not tell CRIU of a network namespace from outside: a newer one, or runc or crun",
        thread="criu#569",
    ),
    _known(
        "mount-overlay",
        r"mount overlay\b.{0,400}: |Can't mount at .{0,300}overlay",
        "an overlay file system cannot be mounted again",
        "its lower, upper and work directories must be at the same paths inside, on a file system that can carry an "
        "overlay, and not be in use by another: containers inside a container have such mounts",
        "all",
        "end containers that run inside before the dump; keep the layers at the same paths, or name the mount as one "
        "of outside (--external mnt[PATH]:KEY, then mnt[KEY]:SOURCE), as engines do with the root",
        container="restore with the engine's own command, from the same image; docker in docker: --storage-driver vfs",
        sure=False,
    ),
    _known(
        "cgroup-memory",
        r"memory\.(limit_in_bytes|memsw\.limit|kmem\.|max\b|high\b).{0,120}(Device or resource busy|Invalid argument"
        r"|Operation not supported|No such file)",
        "a memory limit of a cgroup cannot be set as it was",
        "a limit cannot go below what is in use (EBUSY), that of memory with swap not below that of memory (EINVAL), "
        "and kernels without accounting of swap or of their own memory do not have it",
        "all",
        "--manage-cgroups=soft or ignore, and set the limits from outside; swapaccount=1 on the kernel's command line "
        "as where it was dumped; the same version of cgroups",
        option="--manage-cgroups soft",
        sure=False,
    ),
    _known(
        "coordinator",
        r"criu-coordinator|panicked at .{0,40}src/client\.rs",
        "criu-coordinator, which CRIU runs as an action script, failed",
        "each CRIU of a checkpoint over several hosts asks its server, and waits there for the others; it reads "
        "/etc/criu/criu-coordinator.json and the one in the images directory",
        "none of CRIU's",
        "start `criu-coordinator server` first, at the address and port that the clients are given; name each client "
        "with its dependencies in criu-coordinator.json (global: in /etc/criu); look at --log-file of server and "
        "client",
        container="the address must be reached from where CRIU runs",
        sure=False,
    ),
    _known(
        "page-server-absent",
        r"(Can't connect to (page )?server|connect to .{0,60}server).{0,80}: (Connection (refused|timed out)|No route"
        r"|Network is unreachable|Host is down)|Can't connect to server \S{1,60}:\d{1,5}$",
        "nobody listens at the address of the page server",
        "criu page-server (or the dump with --lazy-pages) must run on the other host before, takes one connection and "
        "ends with it, and a firewall may stand between",
        "all",
        "start criu page-server --images-dir DIR --port PORT on the other host first, anew for each dump, and give its "
        "--address and --port; open the port in the firewall; lazy pages come from criu dump --lazy-pages --address "
        "ADDRESS --port PORT, which waits and serves them itself (criu page-server only takes pages in): start criu "
        "lazy-pages --page-server once it waits (--status-fd tells)",
        container="runc checkpoint --page-server ADDRESS:PORT",
    ),
    _known(
        "cuda-saving-memory",
        r"(Could not|Failed to|Couldn't|Can't) checkpoint.{0,80}(out of memory|OUT_OF_MEMORY)",
        "NVIDIA's tool found no memory to save what lies in the GPU",
        "it copies the GPU's memory into that of the process, so that the host must have as much free, and the limit "
        "of the container too; of a slice of a GPU (MIG), which it does not support, it says the same",
        "all",
        "see `nvidia-smi -L` for MIG: use the whole GPU (nvidia-smi -mig 0, then reset it) where the task shall be "
        "saved; else free as much memory of the host as the task has on its GPUs, or raise the limit of its cgroup",
        container="raise the memory limit of the container or pod by what it has on the GPU; request a whole GPU",
        thread="cuda-checkpoint#42",
    ),
    _known(
        "cuda-devices",
        r"(Could not|Failed to|Couldn't|Can't) restore.{0,80}\b(invalid argument|INVALID_VALUE|no (such )?device"
        r"|invalid device)|device[- ]map.{0,60}invalid",
        "NVIDIA's tool cannot put the task onto the GPUs that are here",
        "without --device-map each GPU must be the one that it was, by its UUID; a map must name every GPU that the "
        "process had, used or not, each once on either side, and lead to GPUs of the same kind",
        "none of CRIU's",
        "compare `nvidia-smi -L` of both machines; with --device-map name all GPUs that the process saw: "
        "oldUUID=newUUID,oldUUID=newUUID; start the program with only those GPUs that it needs (CUDA_VISIBLE_DEVICES, "
        "--gpus) before the checkpoint; a driver from 580 on, of the same release on both sides",
        container="give the restored container as many GPUs of the same kind as it had",
        thread="cuda-checkpoint#46",
        sure=False,
    ),
    _known(
        "gpu-memory",
        r"(CUDA|cuda|GPU|process ID \d+).{0,80}(out of memory|OUT_OF_MEMORY)|failed to (alloc|create) BO|HIP out of "
        r"memory",
        "the GPU has not the memory that the task had on it",
        "what lay in the GPU is put back before the task goes on, and another program has the room, or this GPU is "
        "smaller; a task whose restore has failed so stays stuck in the driver",
        "all",
        "free memory of the GPU first (nvidia-smi or rocm-smi tells who has it), or take a GPU with as much; end the "
        "task that is stuck and restore again from the images; the newest driver",
        container="give the container a GPU of its own",
        thread="cuda-checkpoint#44",
    ),
    _known(
        "descriptor-clash",
        r"fd \d+ already in use|[Dd]up \d+ -> \d+ failed|dup2?\(\d+, ?\d+\) failed",
        "a number that CRIU wants for a descriptor is in use already",
        "whoever started CRIU has left descriptors open in it, or this release or a plugin of it forgot to close one",
        "all",
        "start criu from a plain shell or a caller that closes its descriptors (close_range, O_CLOEXEC); a newer CRIU; "
        "without plugins that are not needed",
        thread="criu#2269",
        sure=False,
    ),
    _known(
        "pagemap-scan",
        r"PAGEMAP_SCAN: (Invalid argument|Inappropriate ioctl|Operation not supported)",
        "this release asks the kernel for pages in a way that this kernel does not know",
        "PAGEMAP_SCAN came with kernel 6.7, the bits of it for pages that have changed and for guard pages later; "
        f"releases {SHORT_PAGEMAPS.before} take it for whole",
        f"{SHORT_PAGEMAPS.before} on kernel 6.7",
        f"use {SHORT_PAGEMAPS.later}, or another kernel; remove /run/criu.kdat after a change of kernel",
        thread="criu#2334",
        sure=False,
    ),
    _known(
        "memory-bug",
        r"BUG at (criu/)?mem\.c",
        "CRIU came upon a bug of its own at the memory of a task",
        "it happens where a pre-dump is asked of a kernel that does not track memory (no CONFIG_MEM_SOFT_DIRTY, as on "
        "AArch64 and in many virtual machines), in releases before 3.18 a dump with --track-mem too; later ones say so "
        f"themselves where --track-mem is given, while a pre-dump without it stops so up to {NEWEST}",
        f"pre-dumps up to {NEWEST}; with --track-mem before 3.18",
        "leave --track-mem and pre-dumps away where the kernel has no CONFIG_MEM_SOFT_DIRTY (criu check --feature "
        "mem_dirty_track): make full dumps",
        thread="criu#1917",
        sure=False,
    ),
    _known(
        "sysv-namespace",
        r"doesn't live in IPC ns|with SysVIPC shmem map",
        "a task has System V shared memory, whose IPC namespace is not dumped",
        "such segments belong to an IPC namespace (shmget, as of databases and of programs with X11), and are dumped "
        "with it alone: those of the host's own namespace cannot be",
        "all",
        "start the program in an IPC namespace of its own (unshare -i PROGRAM, as root; a container) and dump it "
        "there; or without such memory (X11: without MIT-SHM, as QT_X11_NO_MITSHM=1 or GDK's; Open MPI: --mca shmem "
        "mmap); to restore into a namespace that is there: --external ipc[INODE]:KEY with --inherit-fd, or --join-ns "
        "ipc:FILE",
        container="no --ipc=host",
        thread="criu#2173",
    ),
    _known(
        "stack-guard",
        r"Unable to map a guard page",
        "there is no room for the guard page of a stack",
        "below a stack that grows the kernel keeps a gap, and the page there belongs to another mapping or to CRIU's "
        "own memory meanwhile: so it was with pages of 64 KiB on POWER and ARM, now and then",
        "most often old releases",
        "restore again, as addresses are chosen anew each time; a newer CRIU and kernel; a smaller stack_guard_gap on "
        "the kernel's command line",
        thread="criu#897",
        sure=False,
    ),
    _known(
        "root-required",
        r"The --root option is required|pivot_root\(",
        "the new root of a mount namespace cannot be entered",
        "the root that a container is restored into must be a mount point of its own, named with --root; and the "
        "kernel does not leave the root that it has booted from where that is an initramfs (rootfs)",
        "all",
        "mount --bind DIR DIR (and mount --make-private DIR), then criu restore --root DIR with the same files below "
        "it; on small systems that run from an initramfs, switch_root to a real file system first; EPERM: as root of "
        "the host",
        container="restore with the engine's own command, which gives the root",
        sure=False,
    ),
    _known(
        "mount-calls",
        r"(open_tree|move_mount|fsopen|fsmount|mount_setattr).{0,300}(Function not implemented|Operation not "
        r"permitted)",
        "the kernel or a filter refuses the newer calls for mounts",
        "CRIU's mount engine from 3.17 on uses open_tree and move_mount, of kernels from 5.2 and 5.15 on, which "
        "seccomp filters of containers and sandboxes refuse too",
        "3.17 and later",
        "--mntns-compat-mode when restoring, a newer kernel, or CRIU outside of the sandbox",
        option="--mntns-compat-mode",
        container="--security-opt seccomp=unconfined or --privileged where CRIU runs inside",
        sure=False,
    ),
    _known(
        "lazy-daemon-absent",
        r"lazy-pages\.socket failed: (No such|Connection refused)|No lazy-pages socket",
        "the lazy-pages daemon is not there",
        "a restore with --lazy-pages hands its userfaultfds over a socket in the work directory to a daemon that must "
        "run already",
        "all",
        "start `criu lazy-pages --images-dir DIR --work-dir WORK` first (with --page-server --address HOST --port PORT "
        "where the pages come from another host), then criu restore --lazy-pages with the very same --work-dir; or "
        "restore without --lazy-pages where all pages are in the images",
        container="runc restore --lazy-pages with the daemon in its --work-path",
        thread="criu#2808",
    ),
    _known(
        "tls",
        r"\btls: ",
        "the TLS connection to the page server could not be made or broke",
        "both ends check one another's certificate by --tls-cacert, and its name by the address given: a certificate "
        "of another authority, an old one, another name, a key that may not be read, or the other end without TLS",
        "all with GnuTLS",
        "give both ends --tls with --tls-cacert, --tls-cert and --tls-key of one authority (by default below "
        "/etc/pki/CA and /etc/pki/criu), --tls-no-cn-verify where the name differs; look into the log of the other "
        "end, which has the reason where it only says that the connection was closed; a CRIU built with GnuTLS",
        sure=False,
    ),
    _known(
        "unix-path-absent",
        r"(unix: (ghost: )?Can't bind|Can't bind (unix )?socket\b).{0,400}: No such file",
        "the directory of a unix socket is not here",
        "a socket is bound again at its path, whose directory is gone: what lies below /run, /tmp or /var/run is empty "
        "after a boot, and another container has other directories",
        "all",
        "make the directory first, with its owner (mkdir -p; a script of --action-script at pre-restore can), or "
        "restore with the same root",
        container="restore from the same image with the same volumes and tmpfs",
        thread="criu#67",
    ),
    _known(
        "unix-path-taken",
        r"(unix: (ghost: )?Can't bind|Can't bind (unix )?socket\b).{0,400}: (Address already in use|File exists)",
        "the path or name of a unix socket is taken here",
        "a file of that name is left of a run before, or the original task or another program listens there; abstract "
        "names (@…) belong to the network namespace",
        "all",
        "end the original task (ss -xlp tells who listens), remove its stale socket file (rm PATH), or restore into a "
        "network namespace of its own (unshare -n) where the name is abstract",
        container="remove the old container first",
    ),
    _known(
        "unix-peer-absent",
        r"unix: Can't connect .{0,400}: (No such file|Connection refused|Permission denied|Protocol wrong)",
        "nobody listens where a unix socket was connected to",
        "with --ext-unix-sk a socket whose other end was outside is connected again by its path: that program must run "
        "here, listen at the same path, and take a connection of the same kind",
        "all",
        "start that service first (D-Bus, syslog, nscd, X11, a database), at the same path; dump both ends together; "
        "or close the connection before the dump",
        container="the same volumes with the service's socket",
        thread="criu#2425",
        sure=False,
    ),
    _known(
        "unix-name-long",
        r"unix: .{0,40}(The path .{0,400} is too long|Too long name|The file name is too long)",
        "the path of a unix socket is longer than the kernel takes",
        "the name of a socket has 107 bytes, and the whole path from the root to a socket that was bound by a relative "
        "one, or below another root, is longer",
        "all",
        "let the program bind it by a shorter path (another directory, a shorter name), or an abstract name",
    ),
    _known(
        "tcp-address-kind",
        r"Can't (bind|connect) inet socket( back)?.{0,30}: Invalid argument",
        "the kernel does not take the address of a TCP or UDP socket so",
        "an address of the loopback cannot talk to one of another host, an IPv6 or mapped address wants IPv6 on and "
        "the device of its scope, and the address must be on a device that is up: on another host or network one of "
        "these is not so; old releases bind some sockets twice",
        "all",
        "give this host the very address first (ip addr add, the same kind of network), with IPv6 as it was; a newer "
        "CRIU; --tcp-close on both sides where connections need not last",
        option="--tcp-close",
        thread="criu#944",
        sure=False,
    ),
    _known(
        "seccomp-unread",
        r"seccomp: Can't (fetch|collect|dump)",
        "the seccomp filters of a task cannot be read",
        "the kernel gives them (PTRACE_SECCOMP_GET_FILTER, with CONFIG_CHECKPOINT_RESTORE, from 4.4 on) only to root "
        "of the host who is under no filter: CRIU in a container, even with --privileged off its own filter, may not",
        "all",
        "run CRIU as root of the host, outside of any sandbox (grep Seccomp /proc/self/status says 0), on a kernel "
        "with CONFIG_CHECKPOINT_RESTORE; or start the task without a filter",
        container="run the container with --security-opt seccomp=unconfined, CRIU inside with --privileged",
    ),
    _known(
        "serial-console",
        r"Can't dump file .{0,60}\(chr (20[47]|22[79]|4:(6[4-9]|[7-9]\d|\d{3})):?\d*\)",
        "a task's terminal is a serial console, which this release of CRIU does not know",
        "on boards, virtual machines and mainframes the login is on a serial line (ttyAMA0, ttyS0, hvc0, ttymxc0): "
        "pseudo-terminals and virtual consoles are dumped by all releases, of serial lines only those of majors 188 "
        "and 204, from 2.2 on",
        "all, each for what it does not know",
        "start the program with setsid and its input, output and errors redirected to files or /dev/null, or from a "
        "pseudo-terminal (ssh, screen, tmux) with --shell-job; a newer CRIU; or hand the terminal over: --external "
        "tty[RDEV:DEV] when dumping, --inherit-fd fd[N]:tty[RDEV:DEV] when restoring",
        option="--shell-job",
        container="run without -t",
        thread="criu#150",
    ),
    _known(
        "terminal-number",
        r"Unable to open \S{1,100} with specified index",
        "the number of a pseudo-terminal (/dev/pts/N) is taken here",
        "a terminal whose master the program holds itself (screen, tmux, sshd, mpirun, expect) is made again with the "
        "number that it had, and another session has that number on this host",
        "all",
        "restore in a mount namespace with a devpts of its own (mount -t devpts -o newinstance,ptmxmode=0666 devpts "
        "/dev/pts; a container), as where it was dumped; or end who has that number (lsof /dev/pts/N), or change the "
        "index in tty-info.img with crit; let programs close /dev/ptmx before the dump",
        container="restore into a container of its own, with its own /dev/pts",
        thread="criu#102",
    ),
    _known(
        "terminal-data",
        r"queued data overflow",
        "a terminal holds more output than can be dumped",
        "what a program has written to a pseudo-terminal and nobody has read yet is dumped with it, up to a limit",
        "all",
        "let who has the other end read it (attach to screen or tmux, let the output go on), or redirect the output "
        "to a file; then dump again",
    ),
    _known(
        "owner-denied",
        r"Unable to change \[.{1,500} ownership|Can't reset user/group|Can't chown|[Cc]hown\(? ?.{0,200}: "
        r"Operation not permitted",
        "a file or socket cannot be given back to its owner: CAP_CHOWN is missing",
        "sockets, unlinked files, pipes and terminals are made anew and given to the user and group that they had; "
        "without root that is possible only where these are the ones that restore, such as not for a socket that root "
        "had made (jstack, a debugger)",
        "all",
        "restore as the user that owned it, as root, or with CAP_CHOWN and CAP_FOWNER (setcap), in a user namespace "
        "that maps the owner; let no other user make files or sockets in the program (run jstack and debuggers as the "
        "same user), or remove it before the dump",
        container="--cap-add CHOWN --cap-add FOWNER where CRIU runs inside, the same --user as at the dump",
        thread="criu#2762",
    ),
    _known(
        "unix-datagram-state",
        r"Non-stream socket \d+ in established state",
        "a connected datagram socket is in a state that this release does not expect",
        "kernels from 5.15 on count connected unix datagram sockets as established, which releases "
        f"{CONNECTED_DATAGRAMS.before} take for an error",
        f"{CONNECTED_DATAGRAMS.before} on kernels from 5.15 on",
        f"use {CONNECTED_DATAGRAMS.later}, or an older kernel",
        thread="criu#1669",
    ),
    _known(
        "pagemap-short",
        r"Can't read \d+'s pagemap file(?!: (Operation not|Permission|No such process))|Failed to fill cache for \d+ \("
        r"|Can't read pagemap: (Success|No such file)",
        "the page table of a very large mapping could not be read in one go",
        "the kernel gives /proc/PID/pagemap in pieces where it is asked for as much at once as for a mapping of a "
        f"terabyte (Chrome, Node, sanitizers), which releases {SHORT_PAGEMAPS.before} take for an error",
        SHORT_PAGEMAPS.before,
        f"use {SHORT_PAGEMAPS.later}, which reads on",
        thread="criu#2365",
        sure=False,
    ),
    _known(
        "image-reference",
        r"No file for fd \d+ id|No entry for reg-file-ID|Can't find regfile for|Empty list on file desc id|^ID mismatch"
        r"|Unknown file type \d|Can't find suitable NS ID|Can't find task with pid|Thread has optional"
        r"|No name present, ino|Can't get path .{0,800} relative to|mount is not found for ghost",
        "an image names an object that no other image has",
        "descriptors, files, namespaces and tasks are joined by their ids across the images of one dump: images were "
        "mixed, left out, or changed by hand (crit) with an id or type that no longer fits",
        "all",
        "restore the images of one dump as they were written, copied whole; after a change with crit compare both "
        "sides (crit decode of fdinfo-*.img and files.img: the same id and type); a CRIU not older than the one that "
        "dumped; else dump again",
        thread="criu#459",
        sure=False,
    ),
    _known(
        "pid-file",
        r"pidfile: Can't|Can't write pidfile",
        "the pid file could not be written",
        "CRIU makes the file of --pidfile anew and takes none that exists already, such as that of a run before",
        "all",
        "remove the old file (rm), or give another path whose directory exists and may be written",
    ),
    _known(
        "autofs",
        r"(?<![\w/.@-])[Aa]utofs(?![\w/.@-])|read end of the pipe with inode|Failed to find (read )?pipe (fd|_?ino)"
        r"|pipe_ino|Abandoned mount or control|Non-catatonic mount|(?<![\w/.@-])automount(?![\w/.@-])",
        "an automount point (autofs) cannot be dumped or made again",
        "its daemon (systemd or automount) talks to the kernel over a pipe: the daemon must be among what is dumped "
        "and alive, with nothing waiting in the pipe, and the kernel must tell that pipe's number (pipe_ino) and have "
        "CONFIG_AUTOFS_FS",
        "all",
        "umount it and stop its unit before the dump (systemctl mask --now proc-sys-fs-binfmt_misc.automount, or of "
        "what else `findmnt -t autofs` shows; stop autofs); or --external mnt[PATH]:KEY; a newer kernel with "
        "CONFIG_AUTOFS_FS (modprobe autofs4) and a newer CRIU",
        container="keep automounts out of the container (mask the .automount units inside)",
        sure=False,
    ),
    _known(
        "command-gone",
        r"The .{1,3}(exec|show).{1,3} action is deprecated",
        "this command of criu is no more",
        "images are shown by crit, and code is put into tasks by compel",
        "from 2.0 on",
        "crit show FILE, or crit decode -i FILE --pretty, instead of criu show; the library compel instead of "
        "criu exec",
    ),
    _known(
        "link-remap-exists",
        r"Can't link remap to .{0,400}: File exists|-> \S{0,300}link_remap\.\d{1,10}: File exists",
        "the temporary name for an unlinked file is taken",
        "the dump gives such a file another name, link_remap.N, beside the old one; a dump before, which failed or "
        "left the tasks running, has left one of that name",
        "all",
        "remove the leftovers (rm DIR/link_remap.*, as in /dev/shm) that no other dump needs, and dump again; a newer "
        "CRIU",
        container="remove them inside the container or on the volume that holds the directory",
        thread="criu#3040",
    ),
    _known(
        "unix-in-flight",
        r"unix: (In-flight connection|Non-empty write queue|Found a closed in-flight)|In-flight connection on "
        r"non-listening",
        "a connection to a unix socket has not been accepted yet",
        "it waits in the queue of a listening socket, with data in it or closed again by who made it, and cannot be "
        "made again so",
        "all",
        "dump again when the program has accepted it; end or stop the clients that connect meanwhile; a newer CRIU",
    ),
    _known(
        "descriptors-in-flight",
        r"Control messages in queue|2nd SCM_RIGHTS|More than 1 SCM|Unsupported scm|Can't (find fdesc to send"
        r"|request new fle for scm|duplicate fdinfo for scm)|likely SCM case",
        "descriptors are under way on a unix socket (SCM_RIGHTS)",
        "what was sent over a unix socket and not taken yet holds descriptors or credentials, of which only plain "
        "cases are dumped",
        "all; before 3.6 any of them",
        "dump again when the receiver has read them; a newer CRIU",
    ),
    _known(
        "unix-name",
        r"socket name with obsolete method|SIOCUNIXFILE|Unable to get a socke[rt] file descriptor"
        r"|Unable to open a socket file",
        "where a unix socket lies in the file system could not be found out",
        "its path may have been taken relative to another directory or root: the kernel tells the file itself from "
        "4.10 on (SIOCUNIXFILE), to who has CAP_NET_ADMIN",
        "all",
        "use a kernel from 4.10 on, and run as root of the host (CAP_NET_ADMIN in the network namespace); let the "
        "program bind the socket by an absolute path",
        container="--cap-add NET_ADMIN where CRIU runs inside",
        sure=False,
    ),
    _known(
        "mount-roots",
        r"has another root than mntns|with different roots|Nested mount namespaces|w/o root insertion|New root and old "
        r"root are the same|parent of the new root is unreachable",
        "tasks have another root than their mount namespace has (chroot, nested mount namespaces)",
        "CRIU takes the root of the first task for that of the namespace, and several only where the kernel tells "
        "which mount a descriptor is on (mnt_id in fdinfo, from 3.15 on)",
        "most often old releases or kernels",
        "let the program enter its root with pivot_root rather than chroot, on a directory that is a mount point "
        "(mount --bind DIR DIR); end what made mount namespaces of its own inside; a newer CRIU and kernel",
    ),
    _known(
        "mount-over",
        r"two children with same mountpoint|Resolving over [iu]nvalid device|Unable to handle mounts under"
        r"|is overmounted|Open files on overmounted mounts",
        "something is mounted over a mount that is in use",
        "files and mounts below one that another covers cannot be reached by their paths",
        "all; newer releases know more cases",
        "umount what is on top (see the mounts in /proc/PID/mountinfo) before the dump, or have the program open the "
        "files anew; a newer CRIU (3.17 on, with its new mount engine)",
    ),
    _known(
        "cgroup-exists",
        r"Abort restore of existing cgroups",
        "cgroups of the dump exist here already, and --manage-cgroups=strict forbids that",
        "in this mode every cgroup must be made by the restore itself",
        "all",
        "remove the old cgroups (rmdir below /sys/fs/cgroup), or --manage-cgroups=soft (or full), which takes those "
        "that are there",
        option="--manage-cgroups soft",
    ),
    _known(
        "cgroup-joined-otherwise",
        r"Can't mount controller dir .{0,300}: Device or resource busy",
        "the controllers of cgroups are joined otherwise here than where it was dumped",
        "CRIU mounts each hierarchy with the controllers that it had: one of them is in another hierarchy on this host "
        "already, as with cpu and cpuacct as one on newer distributions and apart on older ones, or in that of "
        "cgroup v2",
        "cgroup v1",
        "restore on a host with the same hierarchies (compare /proc/cgroups and grep cgroup /proc/mounts): the same "
        "distribution and release, or mount the controllers there as they were (mount -t cgroup -o cpu,cpuacct); or "
        "--manage-cgroups=ignore, where the limits need not come along",
        option="--manage-cgroups ignore",
        thread="criu#318",
    ),
    _known(
        "cgroup-controller-absent",
        r"Can't mount (controller dir )?\.criu\.cgyard\.\w{1,10}/[^\s:]{1,100}( cgyard)?: No such (file|device)",
        "a controller of cgroups that the images name is not in this kernel, or switched off",
        "CRIU mounts each hierarchy (cgroup v1) with the controllers that it had where it was dumped; the line names "
        "the one that cannot be mounted, which /proc/cgroups lacks, or shows with 0 in its last column",
        "cgroup v1",
        "compare /proc/cgroups of both hosts and give this one the same controllers: modprobe cls_cgroup for net_cls, "
        "netprio_cgroup for net_prio; cgroup_enable=memory on the kernel's command line where memory is off, as in "
        "kernels of Debian and of small boards; another kernel; or --manage-cgroups=ignore, where the limits need not "
        "come along",
        option="--manage-cgroups ignore",
        thread="criu#83",
    ),
    _known(
        "cgroup-version",
        r"controller \S{1,100} not found|Can't mount controller dir|Unable to mount (the )?cgroup|(open|configure"
        r"|create) the cgroup|CG paths mismatch|mount at \S{0,60}cgroup\S{0,60}: (Device or|Invalid)"
        r"|shorter than path prefix|cgroup2? \S{0,60} ?file system",
        "the controllers of cgroups are not those of the dump",
        "this host has cgroup v2 where the other had v1, joins controllers otherwise (cpu,cpuacct), holds one "
        "already in another hierarchy (“Device or resource busy”), or its kernel has one switched off",
        "all",
        "the same cgroup version and controllers on both sides (systemd.unified_cgroup_hierarchy=0 or 1 and "
        "cgroup_enable=memory on the kernel's command line; mount the missing controller of v1); or "
        "--manage-cgroups=ignore, with --cgroup-root for another place",
        option="--manage-cgroups ignore",
        thread="criu#453",
        sure=False,
    ),
    _known(
        "tcp-queue",
        r"Can't restore \S{1,20} queue data",
        "the data of a TCP connection that was sent or received does not fit in here",
        "it is put back into the queues of the new socket at once: their limits are smaller here, or the device has "
        "another MTU",
        "all",
        "raise net.ipv4.tcp_wmem and tcp_rmem, net.core.wmem_max and rmem_max as they were where it was dumped, with "
        "the same MTU; a newer CRIU; --tcp-close leaves connections out",
        option="--tcp-close",
        sure=False,
    ),
    _known(
        "socket-device",
        r"find if(name|index) for|can't get ifname|get bound dev|get interface name|bind packet socket to"
        r"|Can't bind packet socket: No such device|Can't set 1:25 .{0,40}: No such device",
        "the network device that a socket is bound to is not here",
        "a socket is bound to a device by its name (SO_BINDTODEVICE) or index, which must be there before it is made "
        "again",
        "all",
        "make a device of that name first (ip link add, or rename one), in the same network namespace; of a packet "
        "socket the index counts (ip link add NAME index NUMBER type KIND); a newer CRIU",
        sure=False,
    ),
    _known(
        "tcp-closing",
        r"Can't dump shutdown inet socket|Unexpected error returned from unconnected|Socket state \d+ obtained"
        r"|Unknown inet socket \S{1,20} state|Wrong socket in listen state|can't be enabled for half-closed"
        r"|Unable to handle listen sockets",
        "a TCP connection is just being made or closed",
        "between two states it cannot be dumped: half-closed ones (CLOSE_WAIT, FIN_WAIT, TIME_WAIT) are known from "
        "CRIU 2.10 and kernel 4.10 on",
        "most often old releases or kernels",
        "dump again a moment later, when it is open or gone (ss -t -a -p); use a newer CRIU and kernel; --tcp-close or "
        "--skip-in-flight leave such connections out",
        option="--tcp-close",
        sure=False,
    ),
    _known(
        "iptables-legacy",
        r"no legacy version present",
        "rules of the dump are of iptables' older kind (legacy), for which there is no program here",
        "a network namespace brings its rules along as iptables-save printed them, and they go back through the same "
        "kind of iptables",
        "all",
        "install iptables with its legacy programs (iptables-legacy-restore, ip6tables-legacy-restore), and the same "
        "kind of iptables on both sides; load ip_tables and ip6_tables; or --empty-ns net and set the rules from "
        "outside",
        option="--empty-ns net",
    ),
    _known(
        "network-macvlan",
        r"macvlan parent for|Missing macvlan|macvlan interface \S{1,60} via usernsd|macvlan (data|mode)",
        "a macvlan device could not be dumped or made again",
        "it hangs on a device outside of the namespace, which the restore must be told of",
        "all",
        "name its parent: --external macvlan[IFNAME]:OUTNAME when restoring; load the module macvlan; a newer CRIU",
        option="--external macvlan[eth0]:eno1",
    ),
    _known(
        "ping-groups",
        r"ping_group_range",
        "the range of groups that may ping could not be kept",
        "net.ipv4.ping_group_range of the network namespace names groups that its user namespace does not map",
        "4.1 in user namespaces",
        "use CRIU 4.2 or later, or set net.ipv4.ping_group_range=“1 0” in the namespace before the dump",
    ),
    _known(
        "deprecated",
        r"Deprecated functionality|is deprecated; see|details visit \S{1,60}Deprecation",
        "an option was used that CRIU takes no longer by itself",
        "old ways, such as --ext-mount-map, --veth-pair or --ms, were replaced, and are taken only on demand",
        "all",
        "use what took its place (--external mnt[PATH]:KEY, --external veth[IN]:OUT), or add --deprecated "
        "(CRIU_DEPRECATED=1 in the environment); use a runtime that is newer",
        option="--deprecated",
    ),
    _known(
        "parasite-refused",
        r"compel_syscall for mprotect|remote_mprotect failed|Can't create memfd in victim|Can't [rl]map memfd for "
        r"parasite|truncate memfd for parasite|memory for parasite blob",
        "a page for CRIU's code was refused inside the task",
        "CRIU maps its code, a memfd, into the task and makes it executable: a security module (SELinux's execmem, "
        "AppArmor, a distribution's own such as Kylin's), a seccomp filter, vm.memfd_noexec or a limit forbids that",
        "all",
        "a CRIU built for the kernel's own word size (64 bits); look into dmesg and the audit log for what was "
        "denied; setenforce 0 to try, or the distribution's own security module off; vm.memfd_noexec=0; a newer CRIU "
        "and kernel",
        container="--security-opt label=disable, seccomp=unconfined and apparmor=unconfined to try",
        thread="criu#2882",
        sure=False,
    ),
    _known(
        "call-trapped",
        r"was (killed|stopped) by 31 unexpectedly|si_code=\d+ si_pid=\d+ si_status=31\b",
        "a system call that CRIU makes in the task was trapped (signal 31, SIGSYS)",
        "CRIU has a task make system calls for it: a program that has its own calls trapped (Syscall User Dispatch, as "
        "Wine and others do that run the calls of another system) traps these too, and no release of CRIU switches "
        "that off; a seccomp filter is suspended on kernels from 4.3 on, if CRIU has CAP_SYS_ADMIN",
        "all",
        "let the program switch Syscall User Dispatch off before the dump (prctl(PR_SET_SYSCALL_USER_DISPATCH, "
        "PR_SYS_DISPATCH_OFF)) and on again after it; of a seccomp filter (Seccomp: 2 in /proc/PID/status): run CRIU "
        "as root of the host, or the program without the filter to try",
        container="--security-opt seccomp=unconfined to try",
        thread="criu#2037",
        sure=False,
    ),
    _known(
        "parasite-crashed",
        r"was (killed|stopped) by (4|5|6|7|8|10|11|12|31) unexpectedly|si_code=\d+ si_pid=\d+ si_status=(4|5|6|7|8|10"
        r"|11|12|31)\b",
        "the code that CRIU puts into a task crashed there",
        "signals 4, 7 and 11 point at a CPU, kernel or compiler that this build does not know (shadow stacks, wide "
        "vector registers), 31 at a seccomp filter of the task; MIPS counts otherwise (10 is a bus error, 12 a "
        "filter's)",
        "all",
        "use a newer CRIU, or one built by your distribution for this CPU; look into dmesg for “segfault”; dump "
        "without the seccomp filter to try",
        container="--security-opt seccomp=unconfined to try",
        sure=False,
    ),
    _known(
        "proc-mount",
        r"(open|create|configure|mount) the proc file system|mkdtemp failed \S{0,20}crtools-proc|^mount failed\b",
        "CRIU may not mount a /proc of its own",
        "it wants one for the namespace that it works in: the kernel lets that be mounted in a user namespace only "
        "where the /proc outside is whole, and containers mask parts of it; a task in a user namespace of its own that "
        "shares the mount namespace outside (unshare -U alone) is not restored either",
        "all",
        "run as root of the host with CAP_SYS_ADMIN, or in a container whose /proc has nothing mounted over it; start "
        "a task in a user namespace with mount and pid namespaces of its own (unshare -Ufmp --mount-proc)",
        container="--privileged, or --security-opt systempaths=unconfined (podman: unmask=all) with --cap-add "
        "SYS_ADMIN",
        sure=False,
    ),
    _known(
        "apparmor-policy",
        r"aa policy|AA policy|apparmor (parsing failed|load file)|AA namespace|aa (stack|namespace|rewriting)"
        r"|write policy for",
        "AppArmor's policies of a container could not be saved or loaded again",
        "of a container with an AppArmor namespace of its own (LXD, Incus) its policies are dumped too: "
        "apparmor_parser, securityfs and a kernel that stacks profiles (4.8 on, with CONFIG_SECURITY_APPARMOR) must "
        "be there",
        "all",
        "install apparmor_parser (package apparmor) where CRIU runs, mount securityfs, and run as root outside of any "
        "profile, on the same kernel on both sides; or run the container unconfined",
        container="lxc.apparmor.profile=unconfined, --security-opt apparmor=unconfined",
        sure=False,
    ),
    _known(
        "terminal-of-parent",
        r"ctty inheritance detected",
        "a task has /dev/tty open, and not the terminal that it stands for",
        "/dev/tty is whatever terminal controls the session: CRIU gives it back only to a task that has that terminal "
        "itself (/dev/pts/N), and here only another task of the session has it",
        "3.1 to 4.2 at least; before that the restore fails",
        "let the program keep the terminal open (as its input, output or errors), or not open /dev/tty; start it with "
        "setsid and its input and output redirected, so that it has no terminal at all; a newer CRIU may dump it",
        thread="CRIU's commit f734928c8",
    ),
    _known(
        "terminal-session",
        r"Failed to set group \d+ on \d|Can't set sid on terminal",
        "the terminal belongs to another session",
        "a restored shell job takes over the terminal that CRIU was started from, which must be the controlling "
        "terminal of the session that it is restored into; criu-ns starts a session of its own",
        "all; criu-ns takes the terminal along from 3.18 on",
        "restore from a terminal of its own with --shell-job, use a newer criu-ns, or start the program with setsid "
        "and its input and output redirected, and leave --shell-job away",
        option="--shell-job",
        thread="criu#1893",
        sure=False,
    ),
    _known(
        "punch-hole",
        r"punching hole|punch hole|Auto-deduplication failed",
        "pages that are not needed any longer could not be cut out of the images",
        "--auto-dedup and `criu dedup` make holes (fallocate), which not every file system can, and only in files "
        "that may be written",
        "all",
        "leave --auto-dedup away, or put the images on ext4, xfs, btrfs or tmpfs, writable",
    ),
    _known(
        "lxc-cgroup",
        r"criu\.c.{0,60}(cgroup|freezer path|controllers|monitor cgroup)|failed to cgroup_init",
        "LXC could not make or enter the cgroups that it restores the container into",
        "it makes lxc.payload.NAME and lxc.monitor.NAME before CRIU runs, as root of the host",
        "all",
        "run lxc-checkpoint -r as root in the host's own cgroups (not in a service with Delegate= off, nor in another "
        "container), with those of the last attempt removed; the same version of cgroups (v1 or v2) on both hosts",
        container="LXD and Incus: their daemon does it",
        sure=False,
    ),
    _known(
        "lxc-network",
        r"host interface for macvlan|Unsupported network type|failed restoring network info|append veth device name"
        r"|add macvlan entry|Found un-dumpable network",
        "LXC cannot give CRIU the network of the container",
        "only veth, macvlan and empty networks can be saved, and their bridge or device of the host must be there with "
        "the same name",
        "all",
        "use veth on a bridge of the same name on both hosts (lxc.net.0.type = veth, lxc.net.0.link), or none; not "
        "phys, ipvlan or vlan",
        container="LXD and Incus: a bridged nic device of the same parent",
        sure=False,
    ),
    _known(
        "dmtcp-plugin-absent",
        r"libdmtcp_\w+\.so'? from LD_PRELOAD cannot be preloaded",
        "a plugin that dmtcp_launch was asked for was not built with this DMTCP",
        "it goes on without it: a program over InfiniBand is then saved with connections and memory of the device that "
        "nothing restores, and crashes at the restart",
        "none of CRIU's",
        "build DMTCP (before 3.1, which has no such plugin any more) with ./configure --enable-infiniband-support, "
        "from clean; or have MPI go over TCP (Open MPI: --mca btl tcp,self; UCX_TLS=tcp,self); or use MANA, DMTCP's "
        "for MPI",
        container="in the image too, whose program loads it",
        thread="dmtcp#1046",
        sure=False,
    ),
    _known(
        "dmtcp-plugin-old",
        r"libdmtcp_\w+\.so: undefined symbol",
        "a plugin of DMTCP is of another release than DMTCP itself",
        "its InfiniBand plugin was not kept up with DMTCP 3, whose functions have other names, and 3.1 has none",
        "none of CRIU's",
        "use MANA, DMTCP's for MPI, or DMTCP 2.6, which the plugin was written for; or have MPI go over TCP (Open MPI: "
        "--mca btl tcp,self; UCX_TLS=tcp,self) without --ib",
        thread="dmtcp#1001",
        sure=False,
    ),
    _known(
        "dmtcp-adapters",
        r"does not support more than one HCA",
        "this host has more than one InfiniBand adapter, and DMTCP's plugin knows one alone",
        "it looks at the list of devices as the program starts, and gives up where there are two",
        "none of CRIU's",
        "have MPI go over TCP, without --ib (Open MPI: --mca btl tcp,self; UCX_TLS=tcp,self); or use MANA, DMTCP's for "
        "MPI; or run on nodes with one adapter",
        container="give the container one device of /dev/infiniband only",
        thread="dmtcp#923",
        sure=False,
    ),
    _known(
        "dmtcp-changed",
        r"\bareFilesEqual\b",
        "a file that DMTCP saved with the checkpoint has another content now",
        "the program went on writing it after the checkpoint; the restart compares it with the saved copy, and does "
        "not overwrite what differs",
        "none of CRIU's",
        "move the file away before the restart, so that the saved copy is put in its place, or restart with "
        "--allow-file-overwrite",
        thread="dmtcp#324",
        sure=False,
    ),
    _known(
        "dmtcp-unsaved",
        r"in writeFileFromFd\b",
        "DMTCP could not save an open file with the checkpoint",
        "DMTCP 2.4 reads it through a descriptor that need not be open for reading: 2.5 does not fail there",
        "none of CRIU's",
        "use DMTCP 2.5 or later (3 is current); or launch without --checkpoint-open-files, and keep the files "
        "themselves",
        thread="dmtcp#559",
        sure=False,
    ),
    _known(
        "dmtcp-drain",
        r"[Ss]till draining socket",
        "the other end of a socket is not under DMTCP, so what is on its way cannot be saved",
        "at a checkpoint DMTCP reads empty the connections between its own processes; it waits for a peer that was "
        "started without it (another host, a daemon, ssh, a license or database server)",
        "none of CRIU's",
        "start both ends with dmtcp_launch and the same coordinator (remote ones too: its ssh and --rm, --batch-queue "
        "plugins); or close the connection before the checkpoint; --infiniband for MPI over it",
        container="both ends in containers under one coordinator",
        thread="dmtcp#673",
        sure=False,
    ),
    _known(
        "dmtcp-signal",
        r"trying to use DMTCP's signal|DMTCP_SIGCKPT|(WARNING|ERROR) at signalwrappers\.cpp",
        "the program uses the signal that DMTCP checkpoints with (SIGUSR2)",
        "DMTCP keeps SIGUSR2 (12) for itself; Julia, debuggers and many schedulers use it too",
        "none of CRIU's",
        "dmtcp_launch --ckpt-signal NUMBER (DMTCP_SIGCKPT) with one that nothing uses, such as 10 for SIGUSR1; or "
        "build it with ./configure --enable-realtime-ckpt-signal",
        thread="dmtcp#290",
        sure=False,
    ),
    _known(
        "dmtcp-dlopen",
        r"DMTCP_DL_PLUGIN|--disable-dl-plugin|(WARNING|ERROR) at dlwrappers\.cpp:\d+ in dlopen",
        "a library that the program loads at run time was not found under DMTCP's own dlopen",
        "harmless where the program only tries whether it is there; but the dl plugin calls dlopen in its stead, so "
        "the caller's RPATH and RUNPATH do not count",
        "none of CRIU's",
        "see whether the file exists; dmtcp_launch --disable-dl-plugin (DMTCP_DL_PLUGIN=0); or name the "
        "library's directory in LD_LIBRARY_PATH",
        thread="dmtcp#447",
        sure=False,
    ),
    _known(
        "dmtcp-shm",
        r"remapShmMaps",
        "DMTCP could not map a shared file or device anew",
        "memory that is shared through a file is mapped again from it: the file is gone, or it was a device's "
        "(InfiniBand, MPI's own shared memory), which has no file to map",
        "none of CRIU's",
        "for MPI use MANA (DMTCP's for MPI), or an MPI that keeps to TCP and no shared memory (Open MPI: --mca btl "
        "tcp,self) with all of mpirun under dmtcp_launch; else the same files at the restart; use DMTCP 3 or later",
        thread="dmtcp#725",
        sure=False,
    ),
    _known(
        "dmtcp-coordinator",
        r"rejected by the coordinator|msg\.type == DMT_ACCEPT|Coordinator not found|coordinator die uncleanly"
        r"|[Dd]ifferent dmtcp_coordinator|newly started coordinator|find coordinator IP|restart peer count"
        r"|connect to (the )?(DMTCP )?[Cc]oordinator",
        "DMTCP's coordinator is not there, or already has another computation",
        "one coordinator serves one computation: a second dmtcp_restart, or one while the first run still goes on, is "
        "turned away, and so are processes of another host, port or release",
        "none of CRIU's",
        "end what is connected already (dmtcp_command --kill, or --quit for the coordinator), or start another one: "
        "dmtcp_restart --new-coordinator, --coord-port 0 (DMTCP_COORD_PORT) for each run; the same --coord-host and "
        "port for all of one computation; name all its images in one dmtcp_restart",
        container="a coordinator that the container reaches",
        thread="dmtcp#95",
        sure=False,
    ),
    _known(
        "dmtcp-lock",
        r"lock the PID MAP|in lockFile\b",
        "the directory that DMTCP works in lies on a file system without locks",
        "it locks a file that its processes share; Lustre without -o flock and some network file systems answer "
        "“Function not implemented”",
        "none of CRIU's",
        "--tmpdir DIR (DMTCP_TMPDIR) on a local file system such as /tmp for launch, coordinator and restart, or have "
        "it mounted with flock",
        container="a tmpfs or a directory of the host's own for it",
        thread="dmtcp#416",
    ),
    _known(
        "dmtcp-directory",
        r"creating checkpoint directory|(execute|write)-? ?(or write-)?access to checkpoint directory|file for "
        r"overwriting|JASSERT\(mkdir",
        "DMTCP may not write into its checkpoint directory",
        "it makes the directory of --ckptdir (DMTCP_CHECKPOINT_DIR), of the coordinator's by default, and writes one "
        "image for each process there",
        "none of CRIU's",
        "--ckptdir DIR that its user may write and enter, with room for the memory of all processes",
    ),
    _known(
        "dmtcp-file",
        r"FileExists\(|[Cc]heckpointed copy|not present at given path|file smaller than expected|was unlinked at"
        r"|current version of file into memory|fileconnection\.cpp|returned by plugin does not exist"
        r"|create directory in file path",
        "a file that the program had open is not as it was at the checkpoint (DMTCP)",
        "DMTCP keeps paths and positions of open files, not their contents: those of a job's own temporary directory "
        "are gone with the job",
        "none of CRIU's",
        "put the file back at the same path (copy it before the job ends), or launch with --checkpoint-open-files, "
        "which takes contents along, and restart with --allow-file-overwrite; keep scripts and data out of the job's "
        "temporary directory",
        container="the same mounts at the restart",
        thread="dmtcp#442",
        sure=False,
    ),
    _known(
        "dmtcp-memory",
        r"restore_brk|!= saved break|mmap_fixed_noreplace|mmappedat|bytes at (0x)?[0-9a-f]+, flags:|Restore buffer "
        r"overlaps|to reserved area|pre-ckpt location|vdso_enabled|vDSO section on the current|size mismatch\. "
        r"Current|colliding with existing region|bad heap|got mmapped to|mapped at .{0,40} instead|mtcp_sys_\w+\(?\)? "
        r"failed|(savedBrk|saved_break)|failed to mremap|Requested address \S+ but got",
        "the memory of the program cannot be laid out here as it was (DMTCP)",
        "DMTCP puts each piece back at its old address; this kernel has something else there: another layout of heap, "
        "stack or vDSO, as another kernel, the Windows Subsystem for Linux or address randomisation make it",
        "none of CRIU's",
        "restart on the same kernel as the checkpoint was made on; launch and restart without address randomisation "
        "(setarch -R, kernel.randomize_va_space=0); use the newest DMTCP; on Windows a virtual machine instead of WSL",
        container="as on the host, whose kernel counts",
        thread="dmtcp#1088",
        sure=False,
    ),
    _known(
        "dmtcp-image",
        r"DMTCP_CKPT_SIGNATURE|Invalid magic number in checkpoint|\.dmtcp extension|reading checkpoint( file)?\b"
        r"|bytes instead of .{0,40}checkpoint|failed to read after \d+ tries|(gunzip|decompress)\w* |uid of checkpoint "
        r"image|jconvert\.h|conversion failed",
        "DMTCP did not take that file as a checkpoint of its own",
        "it wants whole files *.dmtcp of the last checkpoint, written by the same release and for the same user; its "
        "restart script has handed over something else at times (an empty word)",
        "none of CRIU's",
        "name the files by hand: dmtcp_restart ckpt_*.dmtcp, all of one checkpoint and no other, with the release that "
        "wrote them (else a newer one, whose script is mended); check that they are whole (room on the disk, gzip "
        "there, or --no-gzip); another user: --no-strict-uid-checking",
        thread="dmtcp#589",
        sure=False,
    ),
    _known(
        "dmtcp",
        r"\bdmtcp_\w+|\bJASSERT\b|\bJWARNING\(|\bmtcp_\w+|computation not in running state|\bdmtcp(worker"
        r"|coordinator)\.cpp|\bDMTCP\b.{0,80}(error|fail|ERROR)",
        "DMTCP's own checkpoint or restart failed, which is not CRIU",
        "DMTCP (Apptainer's checkpoints are its) loads a library into each program, whose copies ask a coordinator: "
        "the program must be linked dynamically against a C library that the library knows, inside a container too, "
        "and be connected to the coordinator of that port",
        "none of CRIU's",
        "see that the program has connected (dmtcp_command --status says RUNNING=yes) and that coordinator, "
        "dmtcp_launch and the library are of one release; use DMTCP 3 or later; report it to DMTCP; CRIU dumps without "
        "such a library, as root",
        container="Apptainer: instance start --dmtcp-launch, with an image whose glibc is as new as the host's; CRIU: "
        "run it on the process inside, from within the container",
        thread="apptainer#664",
    ),
    _known(
        "emulated-registers",
        r"(FPU|general purpose|GP|CS) reg(ister)?s?\b.{0,40}: Input/output error",
        "the registers of a task cannot be read under this emulator (Rosetta, QEMU)",
        "an x86-64 container on a Mac with Apple's processor runs in an emulator, whose ptrace does not answer for "
        "floating-point or segment registers as a kernel does",
        "all",
        "use an image and a JDK of the machine's own architecture (--platform linux/arm64), or a host with that "
        "processor; Docker Desktop: turn Rosetta off",
        container="as above",
        thread="for-mac#6949",
    ),
    _known(
        "emulated",
        r"\bqemu-\w+(-static)?: |\brosetta error|exec format error|Exec format error",
        "the program is of another architecture than this machine, and runs in an emulator",
        "an emulator (qemu, Rosetta) shows neither the registers nor the files of /proc that CRIU needs, and has no "
        "such loader or library",
        "all",
        "use programs, JDK and images of the machine's own architecture (uname -m); checkpoint and restore on Linux of "
        "that architecture, bare or in a virtual machine",
        container="--platform linux/arm64 on ARM (Apple's M1 and later), linux/amd64 on x86, at the build and at the "
        "run",
        thread="spring-boot-crac-demo#2",
    ),
    _known(
        "gvisor-release",
        r"runsc version does not match",
        "the checkpoint was made by another release of gVisor's runsc",
        "runsc saves its own kernel, and reads a checkpoint only where its release is exactly the one written in it",
        "none of CRIU's",
        "restore with the runsc that made it (the message names both releases; two can be installed side by side as "
        "runtimes of other names), or make the checkpoint anew with the one that is to restore it",
        container="the same runsc on all nodes, before checkpoints are moved between them",
        thread="gvisor#14278",
    ),
    _known(
        "gvisor-specification",
        r"does not match across checkpoint|not contain spec for container|private memory file|validate (restore )?spec"
        r"|restore spec validation|spec for container \"|duplicate device found in the spec|networking cannot be "
        r"restored|not supported when using \S+ network|container \"\S+\" already restored",
        "the container is not set up as it was when gVisor made the checkpoint",
        "runsc compares the specification of the restore with the one in the checkpoint: mounts (which, their types "
        "and options), annotations, names, devices, kind of network and overlay must be the same",
        "none of CRIU's",
        "restore with the same config.json (the same mounts, also those that an engine adds, such as /sys/fs/cgroup), "
        "the same --overlay2 and --network flags and the same runsc, which must not be an older one; where nothing has "
        "changed it is a bug of that build: another release, a newer one",
        container="runsc's own flags in the engine's configuration; runc or crun where CRIU should do it",
        thread="gvisor#10673",
        sure=False,
    ),
    _known(
        "gvisor-descriptor",
        r"no host FD available|host FD",
        "gVisor's checkpoint has a process of an exec session, or a descriptor of the host, that the restore lacks",
        "what `runsc exec` started has descriptors of the terminal that it was run from; they are not there again",
        "none of CRIU's",
        "end all exec sessions (docker exec, kubectl exec, shells) before the checkpoint; a newer runsc restores "
        "without them; give the container the same standard streams (terminal or not) at the restore",
        container="no exec while it is checkpointed; runc or crun where CRIU should do it",
        thread="gvisor#11439",
    ),
    _known(
        "gvisor-connection",
        r"endpoint (cannot be saved in connected state|in connecting state upon save)|unsupported networking state",
        "the container has an open TCP connection, which gVisor does not save",
        "its own network stack keeps listening sockets but no connections, and one that was just closed counts until "
        "it has left TIME_WAIT",
        "none of CRIU's",
        "runsc --net-disconnect-ok, which resets connections at the checkpoint, so that programs connect again after "
        "the restore; or close them first and wait a minute",
        container="in the runtimeArgs of the engine's configuration; runc or crun with CRIU keep connections",
        thread="gvisor#10788",
    ),
    _known(
        "gvisor-host-network",
        r"hostinet\.\w{1,40}\W{1,3}is not known|\bhostinet\b.{0,80}(cannot be saved|not supported|unsupported)",
        "the container has the host's network, which this gVisor does not save",
        "sockets of --network=host are the host's own, outside of the kernel that runsc saves",
        "none of CRIU's",
        "give it gVisor's own network (runsc --network=sandbox, the default; for an engine no --net=host); see in "
        "gvisor#13404 whether a newer runsc saves it, with all such sockets closed at the restore",
        container="hostNetwork: false; runc or crun where CRIU should do it",
        thread="gvisor#6243",
    ),
    _known(
        "gvisor-socket",
        r"SCMConnectedEndpoint|HostConnectedEndpoint|conflict in gofer device mappings",
        "the container has an open connection on a unix socket of the host, which gVisor cannot save",
        "a socket that was mounted into the container and connected (--host-uds) belongs to a peer outside; a named "
        "one that is in the checkpoint must also be there at the restore",
        "none of CRIU's",
        "runsc -net-disconnect-ok, which closes such connections at the checkpoint (from October 2024 on also those of "
        "unix sockets), with a newer runsc; or let the program close them first and connect again afterwards",
        container="runsc's flags in the engine's configuration; no sockets of the host mounted into it",
        thread="gvisor#10897",
        sure=False,
    ),
    _known(
        "gvisor-file",
        r"prepareSaveDead|dead dentry|(restore|of) deleted (regular )?(file|directory)|restoreDeleted|savedDeletedOpen"
        r"|gofer\.(dentry|filesystem)|CompleteRestore",
        "a file below the container was deleted or has changed while gVisor held it open",
        "files of a mount that the host shows (gofer) are not in the checkpoint: a deleted one that is still open "
        "cannot be saved, and one that has changed not be found again",
        "none of CRIU's",
        "keep the default overlay of the root file system (no --overlay2=none), whose changes become a part of the "
        "checkpoint; nothing deleted and open on bind mounts; the same files below at the restore; a newer runsc, "
        "which saves more of them",
        container="a tmpfs of the container for what is written; runc or crun where CRIU should do it",
        thread="gvisor#11551",
        sure=False,
    ),
    _known(
        "gvisor-driver",
        r"unsupported N(vidia|VIDIA) driver version",
        "gVisor does not know this release of NVIDIA's driver",
        "nvproxy takes only releases that runsc has a description of, to the last number, and the sandbox ends before "
        "anything is restored",
        "none of CRIU's",
        "install on the host a driver that `runsc nvproxy list-supported-drivers` names, or a newer runsc that knows "
        "this one; --nvproxy-driver-version with one of the same series makes runsc take it for that, unsupported; "
        "for a restore the driver of the checkpoint",
        container="runsc's flags in the engine's configuration; the driver is the node's",
        thread="gvisor#10605",
    ),
    _known(
        "gvisor-signed-addresses",
        r"application exiting with killed by signal 4\b",
        "the program in gVisor ended by an illegal instruction (SIGILL)",
        "on 64-bit ARM a restore in gVisor gives programs new keys of pointer authentication, so that the first "
        "address that was signed before the checkpoint fails; distributions build programs and their C library with "
        "it. Elsewhere the CPU lacks an instruction that the program uses",
        NOT_CRIUS,
        "on ARM: look for a runsc that keeps these keys (PAC), until then run programs and a C library built without "
        "-mbranch-protection, use a CPU or virtual machine without PAC, or x86-64; on x86-64 restore on a like CPU",
        sure=False,
        thread="gvisor#13542",
    ),
    _known(
        "cuda-platform",
        r"^(?!.{0,400}(cuda-checkpoint-wrapper"
        r"|nvproxy)).{0,400}cuCheckpointProcessCheckpoint\b.{0,60}\bCUDA_ERROR_NOT_SUPP",
        "NVIDIA's driver does not save the GPU's part of this task, on this machine or of what it uses",
        "it has all of that for x86-64 alone: on ARM (Grace, GB10, Jetson) a task may be locked and unlocked, and not "
        "saved; elsewhere it refuses memory that processes share (CUDA IPC), and older drivers managed memory",
        NOT_CRIUS,
        "on ARM no option helps: a host with an x86-64 processor, or what the program itself saves (a framework's own "
        "checkpoints); on x86-64: a newer driver, and a program that shares none of the GPU's memory; where the task "
        "is still locked: cuda-checkpoint --action unlock --pid PID",
        container="the driver and the processor are the host's",
        sure=False,
        thread="cuda-checkpoint#51",
    ),
    _known(
        "cuda-refused-there",
        r"^(?!.{0,400}(cuda-checkpoint-wrapper|nvproxy)).{0,400}cuCheckpointProcess\w{0,20}\b.{0,100}CUDA_ERROR_",
        "NVIDIA's driver refused to take or put back the GPU's part of a task",
        "CUDA_ERROR_NOT_SUPPORTED at a restore: the GPU that it is to go to is not there under its own name in the "
        "restored container (/dev/nvidiaN), or memory is shared with other processes; ILLEGAL_STATE: it was locked, "
        "saved or restored already",
        NOT_CRIUS,
        "restore onto the same GPU first; onto another one let the runtime put the devices in by CDI, and see what "
        "the restored task has (nsenter -t PID -m ls -l /dev/nvidia*: each must be a device 195:N, not a plain file); "
        "the same driver on both sides; NCCL_P2P_DISABLE=1 NCCL_NVLS_ENABLE=0 NCCL_SHM_DISABLE=1 at the program's "
        "start; cuda-checkpoint --get-state --pid PID says how the task stands",
        container="--device nvidia.com/gpu=... (CDI) rather than NVIDIA's legacy mode",
        sure=False,
        thread="ai-dynamo/snapshot#379",
    ),
    _known(
        "gvisor-gpu-mapped",
        r"Can't save pma with non-MemoryFile of type \*nvproxy|nvproxy\.\w{1,40} is not save?able",
        "a process still has the GPU open or mapped as gVisor saves the sandbox",
        "nvproxy saves nothing of the GPU: cuda-checkpoint must have taken it from every process before; one that "
        "began with CUDA after that, or has /dev/nvidia-uvm mapped without CUDA, keeps it (gVisor's PR 14863)",
        "none of CRIU's",
        "checkpoint once all of the workload is up, and let runsc run cuda-checkpoint on every CUDA process by itself "
        "(runsc checkpoint --cuda-checkpoint-path, --save-restore-exec-argv); end what holds a device without CUDA "
        "(monitors, nvidia-smi); a newer runsc and driver",
        container="--nvproxy with the same GPUs",
        thread="gvisor#12144",
        sure=False,
    ),
    _known(
        "gvisor-gpu",
        r"cuCheckpointProcess|nvidia driver version changed|nvproxy|cuda-checkpoint-wrapper",
        "gVisor could not save or restore what the container has on the GPU",
        "inside of it NVIDIA's driver is reached through nvproxy, and cuda-checkpoint runs inside the sandbox: only "
        "drivers that this runsc knows, the same ones on both sides",
        "none of CRIU's",
        "a driver that `runsc nvproxy list-supported-drivers` names (570 or newer, the same at checkpoint and restore) "
        "and a newer runsc; let runsc run cuda-checkpoint by itself (runsc checkpoint --cuda-checkpoint-path, "
        "--save-restore-exec-argv), not the host's on the sandbox",
        container="--nvproxy with the same GPUs",
        thread="gvisor#12600",
        sure=False,
    ),
    _known(
        "gvisor-image",
        r"statefile\.New|ErrHashMismatch|checkpoint compression|state(io|ipc)\.|MemoryFile loading failed"
        r"|time (usage )?in metadata|checkpoint\.img",
        "gVisor's checkpoint cannot be read or written",
        "checkpoint.img, pages_meta.img and pages.img must be whole and of the same release and compression; or there "
        "was no room for them",
        "none of CRIU's",
        "check room and copies of the directory of --image-path; restore with the runsc that wrote it; write it anew "
        "(checkpoint --compression none)",
        sure=False,
    ),
    _known(
        "gvisor-sandbox",
        r"urpc method .{0,200}(EOF|connection|broken pipe)|sandbox (process )?(has )?(died|exited|is not running)",
        "gVisor's sandbox ended in the middle of the checkpoint or restore",
        "runsc talks to the sandbox's own process (runsc-sandbox), which crashed, was killed for memory, or gave up; "
        "why is said in its log alone",
        "none of CRIU's",
        "runsc --debug --debug-log DIR/ and read the *.boot.txt there, and dmesg for the OOM killer; the same release "
        "of runsc for both sides, a newer one; with GPUs --nvproxy and drivers that it knows",
        container="runtimeArgs of the engine; runc or crun where CRIU should do it",
        thread="gvisor#11842",
        sure=False,
    ),
    _known(
        "gvisor",
        r"\brunsc\b|urpc method|\bgofer\.dentry|no host FD available|private memory files on restore"
        r"|does not match across checkpoint restore|vfs\.CompleteRestore|\bgvisor\b|gVisor",
        "gVisor's own checkpoint or restore failed, which is not CRIU",
        "runsc saves its own kernel with all that runs on it: the restore wants the same version of runsc, the same "
        "specification (mounts, annotations, container names), the same files below, and descriptors of the host "
        "such as those of exec sessions again",
        "none of CRIU's",
        "use the same runsc for both, a newer one; the default overlay (no --overlay2=none), the same config.json "
        "and root file system; no exec sessions meanwhile; a directory of runsc --debug-log says more; GPUs go "
        "through cuda-checkpoint by itself",
        container="as above; runc or crun where CRIU should do it",
        thread="gvisor#11439",
        sure=False,
    ),
    _known(
        "ctr-incomplete",
        r"(runtime|snapshotter|image name) not found in index|unsupported checkpoint type|checkpoint (index|data OCI)"
        r"|copy (CRIU checkpoint|container spec|rw filesystem layer) blob|unable to read checkpoint (config|runtime)",
        "the image of the checkpoint does not hold all that containerd restores from",
        "it wants CRIU's images, the specification, the runtime's options and the changes of the file system as blobs "
        "of one image, and all of them in its content store",
        "none of CRIU's",
        "make it anew with all parts: ctr containers checkpoint --rw --image --task NAME REF, or the kubelet's "
        "checkpoint packed as an image (buildah with the annotation of the container's name); pull or import it whole "
        "on this node (ctr images check), with a containerd as new as the other's",
        sure=False,
    ),
    _known(
        "ctr-export",
        r"ctr: content digest .{0,100}not found|failed to (export|push).{0,120}content digest",
        "the image of a checkpoint refers to something that is not in the content store",
        "ctr containers checkpoint --image only names the image that the container was made from, of which this node "
        "has one platform's layers; an export or push wants all that it names",
        "none of CRIU's",
        "fetch all that the base image names (ctr content fetch --all-platforms IMAGE) and export again; or take the "
        "checkpoint without --image and bring the base image along by itself (ctr images pull on the other side)",
        thread="containerd#6812",
        sure=False,
    ),
    _known(
        "ctr-task-left",
        r"task must be stopped before deletion",
        "a task that was made and never ran cannot be removed by this ctr",
        "a restore that failed leaves its task behind, created and with PID 0, and only a stopped one is removed",
        "containerd before 1.6.13 and 1.7.0",
        "ctr -n NAMESPACE task rm NAME of containerd 1.6.13, 1.7.0 or newer (with --force 1.6.35, 1.7.21, 2.0.0); with "
        "an older one end the containerd-shim of that task (its -id is the container's); why the restore failed stands "
        "in what it printed then",
        container="nerdctl rm -f of a current release does the same",
        thread="containerd#7357",
    ),
    _known(
        "ctr-checkpoint",
        r"snapshot \S{1,100} does not exist|media type not found|unexpected media type"
        r"|containerd.{0,80}(WithRestore|restoreTask)",
        "ctr or containerd does not take that image for a checkpoint of a container",
        "`ctr tasks checkpoint` writes what no other command restores; `ctr containers restore` takes an image that "
        "was made with all of container, image, file system and memory, which `ctr containers create` does not",
        "all",
        "ctr containers checkpoint --rw --image --task NAME REF, then ctr containers restore --rw --live NEW REF "
        "with a name that is free; no terminal (-t); a newer containerd; or runc, podman or nerdctl",
        thread="containerd#7980",
        sure=False,
    ),
    _known(
        "runtime-files-absent",
        r"descriptors\.json: no such file|config\.dump: no such file|spec\.dump: no such file"
        r"|(network|bind\.mounts).{0,12}: no such file",
        "the directory of the checkpoint lacks what the runtime writes beside CRIU's images",
        "runc writes descriptors.json, podman and CRI-O config.dump, spec.dump and network.status: a dump by criu "
        "itself, by another runtime, one that failed or one that was copied in part has none",
        "none of CRIU's",
        "see that the checkpoint was finished and give its own directory (docker and Kubernetes: wait until the dump "
        "has ended and all is copied); make it with the same engine and runtime that restores it",
        container="podman: --export and --import carry all of it",
        thread="podmigration-operator#2",
        sure=False,
    ),
    _known(
        "other-runtime",
        r"cannot find runtime|runtime \S{1,80} not found in configured|checkpointed with .{0,80}cannot be restored"
        r"|different runtime|descriptors\.json",
        "the checkpoint was made by another runtime, or is not whole",
        "runc and crun write different files beside CRIU's images (runc: descriptors.json), and a container goes "
        "back only with the one that dumped it",
        "all",
        "restore with the runtime that made the checkpoint, and give the directory that it was written to, with all of "
        "its files",
        container="podman --runtime runc or crun, as at the checkpoint; docker: copy the whole directory of the "
        "checkpoint",
        sure=False,
    ),
    _known(
        "crac-cpu",
        r"-XX:CPUFeatures|missing CPU features|incompatible CPU features|CheckCPUFeatures",
        "this CPU lacks features that the JVM used where it was checkpointed (CRaC)",
        "the JVM compiles for the CPU that it runs on, and its image runs only where the same features are there",
        "all",
        "checkpoint with -XX:CPUFeatures=generic, or with the value that the message names, or restore on a like CPU; "
        "-XX:+IgnoreCPUFeatures where the difference does not matter",
        container="build the image of the checkpoint on the same kind of CPU as the nodes",
    ),
    _known(
        "engine-not-linux",
        r"Windows: Containers do not support|running on linux, but the .{1,60} running on"
        r"|[Cc]heckpoint\w*( and restore)? .{0,60}not (supported|implemented) on"
        r" ([Ww]indows|darwin|macOS|[Ff]ree[Bb]SD)",
        "checkpoints are for Linux containers only, and this daemon runs others",
        "CRIU works with a Linux kernel; a daemon in Windows mode, or on macOS or FreeBSD without a Linux machine, has "
        "none",
        "all",
        "use a Linux daemon: switch Docker Desktop to Linux containers (DockerCli.exe -SwitchDaemon), or run the "
        "engine on a Linux host or in a Linux virtual machine whose kernel has CONFIG_CHECKPOINT_RESTORE, with CRIU "
        "installed there",
        container="docker checkpoint also wants experimental features there",
    ),
    _known(
        "left-running",
        r"^(ERRO\[\d+\] |time=.{0,60}level=error msg=.?)?container is not destroyed",
        "the container goes on running after its checkpoint, as --leave-running and --pre-dump ask: nothing is wrong",
        "older runc reports as an error that it could not remove a container that was meant to run on; where the "
        "command ended with 0 the checkpoint is whole",
        "runc before 1.0.0-rc91",
        "ignore the message, or use a newer runc, which does not print it; without --leave-running and --pre-dump, "
        "CRIU's own log says whether the dump finished",
        sure=False,
    ),
    _known(
        "streamer-asked-twice",
        r"CRIU is requesting the image file `[^`]{1,200}` multiple times",
        "CRIU asks twice for an image, which the image streamer hands out once",
        "criu-image-streamer forgets what it has sent, to need little memory: a restore that opens an image again, as "
        "some releases and development builds of CRIU do, works from files only",
        f"some builds, with --stream; of userns-ID.img development builds of early 2026, {USERNS_READ_ONCE.before}",
        "restore without --stream: unpack the image into a directory (criu-image-streamer --images-dir DIR extract) "
        f"and restore from there; a release of CRIU and not a build between two ({USERNS_READ_ONCE.later} reads the "
        "user namespace once)",
        thread="criu#2924",
    ),
    _known(
        "streamer-written-twice",
        r"Image file \S{1,200} is being overwritten",
        "CRIU wrote an image twice, which this build of criu-image-streamer does not expect",
        "of tmpfs and ghost files CRIU begins an image anew; a build of the streamer of 2021 ended at that",
        "none of CRIU's",
        "use a newer criu-image-streamer, which lets CRIU do so; or dump into a directory, without --stream",
        thread="criu-image-streamer#8",
    ),
    _known(
        "go-messages-twice",
        r"panic: proto: file \S{1,80} is already registered",
        "a program ended before it began: two libraries in it give a file of messages one name (Go)",
        "protobuf's registry for Go takes each name once; go-criu before 6.2.0 named core.proto and sa.proto as "
        "others do (Let's Encrypt's boulder); the next two lines name both libraries. No checkpoint was touched",
        "none of CRIU's",
        "build it with go-criu 6.2.0 or later (go get github.com/checkpoint-restore/go-criu/v7), where go-criu is one "
        "of the two; a packaged program: a newer release of it; GOLANG_PROTOBUF_REGISTRATION_CONFLICT=warn in its "
        "environment lets it start till then",
        container="in the image that holds the program",
        thread="go-criu#94",
    ),
    _known(
        "checkpointctl-crashed",
        r"checkpoint-restore/checkpointctl/\S{1,80}\(",
        "checkpointctl itself crashed as it read the checkpoint",
        "a panic of Go is a fault of the tool: memparse of 1.5.0 takes numbers of pages from a field (nr_pages) that "
        f"only images of {WIDE_COUNTS.later} have",
        f"{NOT_CRIUS}; checkpointctl 1.5.0 with checkpoints of {WIDE_COUNTS.before}",
        "the checkpoint is whole: use a checkpointctl newer than 1.5.0, or 1.4.1 for such checkpoints; this program "
        "and crit x DIR mems show the memory too",
        thread="checkpointctl#221",
    ),
    _known(
        "engine-crashed",
        r"panic: runtime error|nil pointer dereference|goroutine \d+ \[|thread '.{1,60}' panicked",
        "the engine itself crashed",
        "a panic of Go or Rust is a bug in the engine or runtime, whatever it met",
        "none of CRIU's",
        "use another release of the engine, a newer one, or another engine; report it there with the whole message",
        sure=False,
    ),
    _known(
        "conmon-leftover",
        r"mkfifo at \S{1,300}/(winsz|ctl|attach): File exists",
        "the engine's monitor (conmon) meets a FIFO of the run before",
        "conmon makes its FIFOs in the container's userdata directory; winsz came with conmon 2.0.3, and an older "
        "podman does not remove it before a restore or a second start",
        "none of CRIU's",
        "use a newer podman (1.7 or later), or the conmon that came with it; until then remove that file: rm "
        "USERDATA/winsz, while the container is stopped",
        container="as above",
        thread="conmon#85",
    ),
    _known(
        "engine-monitor",
        r"conmon exited prematurely|conmon (bytes|failed)|conmon .{0,60}exit code could not",
        "the engine's monitor (conmon) ended before it had restored the container",
        "conmon runs the low-level runtime, whose message it could not hand on: CRIU's own log says why",
        "all",
        "look into restore.log and ctr.log in the container's userdata directory and into the journal of conmon; run "
        "the engine with its debug option; a newer conmon and podman",
        container="podman --log-level debug container restore",
        sure=False,
    ),
    _known(
        "network-plugin-down",
        r"loadFlannelSubnetEnv|/run/flannel/subnet\.env|/var/lib/calico/nodename|unable to connect to Cilium agent"
        r"|cni config uninitialized|cni plugin not initialized|No networks found in /etc/cni",
        "the network plugin of the node (CNI) is not up yet, and no pod gets a network without it",
        "a node or cluster that was restored or started anew makes pods before its plugin has written what they need; "
        "they are tried again, later and later",
        "none of CRIU's",
        "wait until the plugin's own pods run (kubectl get pods -A: flannel, calico, cilium) and the node is Ready; "
        "start the others after that, and wait longer for them; where the plugin does not come up, look at its log",
        container="restart kubelet, or delete the pods that wait, to try at once",
        sure=False,
    ),
    _known(
        "engine-cni",
        r"plugin type=\S{1,40} failed|netavark: |cni plugin|CNI network|failed to set ?up network"
        r"|unable to set up network",
        "the engine could not make the network for the container",
        "before a restore the engine makes the container's network anew, with the address that it had: it is taken, "
        "or the bridge is another",
        "all",
        "remove what holds the address (the old container), and an old bridge (ip link del cni-podman0); restore with "
        "another name and without the old address",
        container="podman container restore --ignore-static-ip --ignore-static-mac; podman network rm and create "
        "again; Kubernetes: restart the network plugin of the node",
        sure=False,
    ),
    _known(
        "nvidia-absent",
        r"lib(cuda|nvidia-ml)\.so\S{0,20}: cannot open|initialize NVML|CUDA_ERROR_(NO_DEVICE|OPERATING_SYSTEM"
        r"|NOT_SUPPORTED)|no CUDA-capable device",
        "the GPU is not to be had where the task is restored",
        "devices, libraries and the permission of the devices cgroup come from NVIDIA's container runtime, which "
        "must give the restored container the same ones; without a GPU only the plugin asks for it",
        "all",
        "restore with the same GPUs (as many, the same kind) through NVIDIA's runtime or CDI, on the same driver; "
        "nvidia-smi must work inside; where there is no NVIDIA GPU, remove cuda_plugin.so from /usr/lib/criu",
        container="--gpus all or --device nvidia.com/gpu=all, with the nvidia runtime as the default one; "
        "Kubernetes: the device plugin must give the pod GPUs",
        thread="criu#2993",
        sure=False,
    ),
    _known(
        "port-denied",
        r"Can't bind inet socket.{0,80}: (Permission denied|Operation not permitted)",
        "whoever restores may not take the port of a socket",
        "ports below 1024 and transparent sockets are kept for CAP_NET_BIND_SERVICE and CAP_NET_ADMIN",
        "all",
        "restore as root of the host, or with CAP_NET_BIND_SERVICE; net.ipv4.ip_unprivileged_port_start=0; let the "
        "program listen on a port from 1024 on",
        container="--cap-add NET_BIND_SERVICE where CRIU runs inside",
    ),
    _known(
        "inet-absent",
        r"Can't create inet socket.{0,80}: (Address family|Protocol) not supported",
        "the kernel has no such sockets here (IPv6, or a protocol)",
        "sockets are made again as they were: of IPv6 only where it is on, of a protocol only where its module is "
        "there",
        "all",
        "the same IPv6 setting on both sides (no ipv6.disable=1), and load the protocol's module (modprobe)",
        container="the kernel is the host's; enable IPv6 for the engine's network",
    ),
    _known(
        "socket-option-unread",
        r"Can't get (?!1:(?:16|34)\D)\d+:\d+\S{0,6} opt|Len mismatch on \d|Can't get socket filter",
        "the kernel does not tell CRIU an option of a socket",
        "a dump asks for each option by its level and number, as the line has them: a kernel without it, or a sandbox "
        "that stands in for a kernel, answers otherwise",
        "all",
        "use a kernel that has the option, or a newer CRIU; run as root of the host, on a real kernel (not gVisor or "
        "WSL "
        "1)",
        container="the host's kernel counts",
        sure=False,
    ),
    _known(
        "socket-option",
        r"Can't set (SO_MARK|\d+:\d+ )|SO_(SND|RCV)BUF|Unable to restore TCP_|Can't read TCP_KEEP|Can't restore filter"
        r"|Can't set timestamp"
        r"|window (parameters|properties)",
        "an option of a socket could not be read or set",
        "marks and large buffers want CAP_NET_ADMIN in the socket's network namespace; others are of another kernel",
        "all",
        "restore as root of the host (CAP_NET_ADMIN; CAP_NET_RAW for marks from kernel 5.17 on), with "
        "net.core.wmem_max and rmem_max as they were, on a kernel like where it was dumped; a newer CRIU",
        container="--cap-add NET_ADMIN where CRIU runs inside; net.core sysctls are the host's",
        sure=False,
    ),
    _known(
        "socket-queue",
        r"skqueue: |Can't restore socket queue|(send|recv) queue",
        "what waits in the queue of a socket could not be read or put back",
        "messages that were sent and not read yet are dumped with the socket, and sent again: the queue must have "
        "the room for them",
        "all",
        "raise net.unix.max_dgram_qlen, net.core.wmem_max and rmem_max; dump when the program has read its messages; a "
        "newer CRIU",
        sure=False,
    ),
    _known(
        "terminal-settings",
        r"tty: Can't (get|set) (tty |window )?(locked |window )?params|tty: Can't (get|set) tty|packed mode",
        "the settings of a terminal could not be read or set",
        "“Input/output error” says that its other end is closed, as when the shell, ssh or screen that had it is "
        "gone; “Operation not permitted” that whoever restores lacks CAP_SYS_ADMIN, or that the terminal is another "
        "session's",
        "all",
        "start the program with setsid and its input and output redirected (< /dev/null > file 2>&1); else keep the "
        "terminal open, restore from one with --shell-job, as root",
        option="--shell-job",
        container="run without -t; --cap-add SYS_ADMIN or --privileged where CRIU runs inside",
        sure=False,
    ),
    _known(
        "terminal-unmade",
        r"tty: (Can't (open|obtain|create|dup|send|setup|revert|change|read|place|generate)|Unable to (open|unlock"
        r"|lock|find a m|parse)|The master|Corrupted|Unexpected (TTY|format)|Not all|No (PTY|reg_d|tty-info"
        r"|tty found)|PTY data)",
        "a terminal could not be dumped or made again",
        "a pseudo-terminal is made anew with its number, in a devpts that must be mounted under the new root; one of "
        "the host's (outside of the container) or of another program has no master in the dump",
        "all",
        "mount devpts at /dev/pts (newinstance, ptmxmode=0666) with /dev/ptmx leading there; hand a terminal of "
        "outside over: --external tty[RDEV:DEV] when dumping, --inherit-fd fd[N]:tty[RDEV:DEV] when restoring; "
        "--shell-job; or run the program with its input and output redirected",
        option="--shell-job",
        container="run without -t",
        sure=False,
    ),
    _known(
        "watch-lost",
        r"fsnotify: (Can't add (watch|mark|inotify)|Unable to open (?!fd)|Can't (create|make|init) (inotify|fanotify)"
        r"|Can't open (?!file handle|mnt))|Can't add watch|Can't add mark",
        "a watch (inotify, fanotify) could not be set again",
        "the file or directory that is watched must be there when it is restored: those of cgroups (v1 and v2 have "
        "other paths), of /run, /tmp and of other hosts are not; fs.inotify's limits count too",
        "all",
        "make the path first, with the same version of cgroups on both sides; raise fs.inotify.max_user_watches and "
        "max_user_instances; EINVAL: restore on a kernel like where it was dumped; or end the service that watches it "
        "before the dump",
        container="restore from the same image with the same volumes; the limits are the host's",
        thread="criu#764",
        sure=False,
    ),
    _known(
        "sysctl-denied",
        r"sysctl \S{1,200}: (Read-only|Permission denied|Operation not permitted)|Can't write \S{1,100}/\S{1,100}: "
        r"Read-only",
        "a setting below /proc/sys may not be written here",
        "containers have /proc/sys read-only, and settings of a namespace belong to the root of the user namespace "
        "that owns it",
        "all",
        "restore as root of the host, or mount /proc/sys writable (mount -o remount,rw /proc/sys); --weak-sysctls "
        "where the settings do not matter",
        option="--weak-sysctls",
        container="--privileged, or --security-opt systempaths=unconfined",
        sure=False,
    ),
    _known(
        "file-denied",
        r"Can't open file .{0,400}: (Permission denied|Operation not permitted)",
        "a file that was open or mapped may not be opened by whoever restores",
        "its owner, mode or label (SELinux, AppArmor), a user namespace that does not map its owner, or for a device "
        "the cgroup of devices refuses it",
        "all",
        "compare owner, mode and label with where it was dumped (ls -lZ), and copy the files with their owners (tar, "
        "rsync -a); restore as root of the host",
        container="restore from the same image with the same volumes; --security-opt label=disable to try; for a "
        "device --device",
        sure=False,
    ),
    _known(
        "device-gone",
        r"Can't open file .{0,400} on restore: No such device",
        "a device that was open is not here",
        "its node is there and its driver is not, or nothing stands behind it",
        "all",
        "load the driver (modprobe) and attach the device, or let the program close it before the dump; FIFOs want "
        "their reader restored too",
        container="--device for it, on the target too",
    ),
    _known(
        "kernel-crash",
        r"BUG: (unable to handle|kernel NULL|soft lockup|KASAN)|general protection fault|Kernel panic|\bOops: "
        r"|kernel BUG at|WARNING: CPU: \d+ PID: \d+ at",
        "the kernel itself crashed or complained",
        "no program may bring it to that: it is a bug of the kernel, met while CRIU used a rare call",
        "none of CRIU's",
        "use a newer kernel of your distribution, and report it there with the whole trace of dmesg; an older kernel "
        "where it came with an update",
    ),
    _known(
        "netlink-labelled",
        r"CWWKE0963E|virt_sandbox_use_netlink|SELinux is preventing .{0,80}netlink|avc: {1,4}denied.{0,200}netlink",
        "SELinux forbids netlink in containers, with which CRIU asks for sockets",
        "its policy gives containers no netlink_tcpdiag and no other netlink of the kind, unless a switch is set",
        "all, on hosts with SELinux",
        "setsebool -P virt_sandbox_use_netlink 1 on the host (each node), or a policy of one's own; setenforce 0 to "
        "try",
        container="--security-opt label=disable, for the build of the image too (podman build --security-opt "
        "label=disable)",
        thread="guide-spring-boot#149",
    ),
    _known(
        "audit-selinux",
        r"avc: {1,4}denied|SELinux is preventing",
        "SELinux denied CRIU or the task something",
        "the audit line says who (scontext) was denied what (in braces) on what (tcontext); “connectto” and “ptrace” "
        "are CRIU's own work in a task; with permissive=1 it was allowed all the same",
        "hosts with SELinux in enforcing mode, Android among them",
        "update container-selinux and selinux-policy, which have rules for CRIU; or a policy of one's own (ausearch -m "
        "avc -ts recent | audit2allow -M criu); setenforce 0 to try",
        container="--security-opt label=disable to try",
        thread="podman#2334",
        sure=False,
    ),
    _known(
        "audit-apparmor",
        r"apparmor=.?.DENIED",
        "AppArmor denied CRIU or the task something",
        "the audit line says which profile refused which operation on what name",
        "hosts with AppArmor",
        "a line in the profile that it names for that operation (ptrace, mount, unix), or aa-complain for it; a newer "
        "engine, whose profile lets CRIU work",
        container="--security-opt apparmor=unconfined to try; LXC: lxc.apparmor.profile = unconfined",
        sure=False,
    ),
    _known(
        "audit-seccomp",
        r"\btype=(1326|SECCOMP)\b",
        "a seccomp filter denied CRIU or the task a system call",
        "the audit line has the number of the call (syscall=) and the program (exe=)",
        "all",
        "allow that call in the seccomp profile (clone3, ptrace, kcmp, process_vm_readv, userfaultfd are CRIU's)",
        container="--security-opt seccomp=unconfined to try",
        sure=False,
    ),
    _known(
        "device-rdma",
        r"chr 231:\d+|(path=|[Ff]ile )\S{0,40}infiniband|anon_inode:\S{0,3}infiniband|\buverbs\d",
        "a task uses InfiniBand or RDMA",
        "the state of such a device lies in its hardware and in the kernel's driver: no release of CRIU can dump it",
        "all",
        "close it before the dump: run MPI, UCX, NCCL or the database over TCP (such as --mca btl tcp,self; "
        "UCX_TLS=tcp,self; NCCL_IB_DISABLE=1), or checkpoint in the program itself",
        container="-e NCCL_IB_DISABLE=1, and no --device /dev/infiniband",
        sure=False,
    ),
    _known(
        "device-fuse",
        r"chr 10:229\b|(path=|[Ff]ile )\S{0,40}dev/fuse",
        "a task serves a FUSE file system",
        "the connection between the kernel and that task cannot be dumped, and neither can what is mounted by it",
        "all",
        "umount it and end its server (fusermount -u) before the dump, or run the server outside and name its mount "
        "with --external mnt[PATH]:KEY",
        container="mount it on the host and hand it in as a volume",
        sure=False,
    ),
    _known(
        "device-hardware",
        r"Can't dump file .{0,40}chr (1:11|13|14|29|81|89|90|116|153|166|180|188|189|10:(130|183|223)):?\d*\b"
        r"|(path=|[Ff]ile )\S{0,40}dev/(snd|video|input|kmsg|i2c|spidev|ttyUSB|ttyACM|watchdog|bus/usb)",
        "a task has a hardware device open (sound, camera, input, USB, a bus) or the kernel's log",
        "the state of devices lies outside of the task; only files, pipes, sockets, terminals and /dev/null and its "
        "kin can be made again",
        "all",
        "close it before the dump: end PulseAudio, PipeWire or what else holds it (ls -l /proc/PID/fd; fuser), or "
        "let the program open it anew; hand it over with --external file[MOUNT_ID:INODE] and --inherit-fd",
        container="no --device for it, or another program that holds it",
        sure=False,
    ),
    _known(
        "mount-from-outside",
        r"mnt-v2: Failed to (open_tree|move_mount) .{1,600}: Invalid argument",
        "the new mount engine cannot put in a mount from outside",
        "since 3.17 CRIU moves such mounts in with open_tree and move_mount, which LXC and others who give them "
        "(--external mnt[], --ext-mount-map) were not fitted to; or --root is no mount point of its own",
        "3.17 and later",
        "--mntns-compat-mode when restoring, which is the engine of before; --root must be a mount point of its own "
        "(mount --bind DIR DIR; mount --make-private DIR)",
        option="--mntns-compat-mode",
        thread="criu#2381",
        sure=False,
    ),
    _known(
        "mount-engine",
        r"mnt-v2: (Failed to find root for|Helper |Mount namespace root|Parent mount|Child-parent"
        r"|Failed to cross-mntns)|supposed bind",
        "the mounts cannot be put together by the new mount engine",
        "it came with CRIU 3.17 and sorts mounts by what they share; some sets of mounts, such as those that were "
        "moved or bound from elsewhere, it cannot sort",
        "3.17 and later",
        "--mntns-compat-mode, which is the engine of before, when restoring; or a newer CRIU and kernel",
        option="--mntns-compat-mode",
        thread="criu#1941",
        sure=False,
    ),
    _known(
        "anonymous-memory",
        r"Can't lookup mount=\S{1,20} for fd=-?\d+ path=/(dev/zero|SYSV|memfd:)",
        "shared memory of a task was taken for a file",
        "memory that tasks share lies on a file system that no mount shows, told by its device: a cache of another "
        "boot names another one (kdat), and segments of System V belong to an IPC namespace that must be dumped too",
        "all",
        "remove /run/criu.kdat and dump again; run the tasks in an IPC namespace of their own (unshare -i, a "
        "container); of a memfd of huge pages: reserve some before the dump (vm.nr_hugepages), by which CRIU tells "
        "their device; a newer CRIU",
        container="no --ipc=host; remove /run/criu.kdat on the host",
        sure=False,
    ),
    _known(
        "mapping-gone",
        r"mapfile link \S{1,60}: No such file",
        "a mapped file of a task could not be opened",
        "CRIU opens it through /proc/PID/map_files by the bounds of the mapping: the task has changed it meanwhile, "
        "or this kernel shows other bounds",
        "all",
        "dump again with the tree frozen first (--freeze-cgroup DIR); use a newer CRIU and kernel, and a real kernel "
        "rather than a sandbox",
        option="--freeze-cgroup DIR",
        sure=False,
    ),
    _known(
        "zdtm-test",
        r"Test zdtm/\S{1,100} FAIL|FAIL at (CRIU (dump|restore)|result check|maps compare|output flush)",
        "a test of CRIU's own suite (zdtm) failed",
        "it dumps and restores a small program and compares what that finds afterwards: what it prints just above says "
        "what differs, and the log named behind =[log]=> why CRIU failed",
        "all",
        "look into that log; run the tests as root with sources, CRIU and kernel of one age, and what they need "
        "(tools, kernel options, free pids); a test that fails now and then is known to be flaky: run it again",
        sure=False,
    ),
    _known(
        "netlink-denied",
        r"Can't send request message: (Permission denied|Operation not permitted)",
        "CRIU may not talk to the kernel over netlink",
        "it asks for sockets and network devices that way; SELinux forbids it to containers unless told otherwise",
        "all",
        "setsebool -P virt_sandbox_use_netlink 1, or a policy module of one's own; a restore goes on without it where "
        "nothing of the network is in the dump",
        container="--security-opt label=disable to try; --cap-add NET_ADMIN",
        thread="open-liberty#23360",
        sure=False,
    ),
    _known(
        "service-of-restored",
        r"(New )?[Mm]ain PID \d+ does not belong to service|Refusing to accept PID outside of service"
        r"|Supervising process \d+ which is not our child",
        "systemd does not take the restored process for that of its service",
        "CRIU puts tasks back into the cgroups that they had, which are not that of the service which ran criu; "
        "systemd takes only what is in the service's own cgroup for its process, and ends no other with it",
        "none of CRIU's",
        "restore with --manage-cgroups=ignore, so that the tasks stay in the cgroup of the service; Type=forking with "
        "PIDFile= of what criu wrote by --pidfile (owned by root), or criu restore without -d as the main process; a "
        "scope of its own (systemd-run --scope) for what shall outlive a login",
        container="not needed there: the engine makes the cgroup of the container",
        sure=False,
    ),
    _known(
        "restored-no-child",
        r"wait: pid \d+ is not a child of this shell",
        "a shell can wait only for what it has started itself, and criu has started the restored process",
        "without -d its parent is criu, which ends with it and hands on no exit code; with -d it is init or whoever "
        "adopts orphans; with --restore-sibling the caller of criu, which a shell does not learn of",
        "all",
        "let criu run without -d and wait for criu; or wait for the end alone (tail --pid=PID -f /dev/null); for the "
        "exit code restore from a program of one's own with libcriu (criu_restore_child), whose child it is then",
        container="podman wait, docker wait: the engine has the exit code",
        thread="criu#623",
    ),
    _known(
        "libcriu-lacks",
        r"could not find symbol .{0,3}criu_|undefined symbol: criu_|symbol criu_\w{1,60}.{0,40}(not found|not defined)",
        "the libcriu that is here is older than the program that was built for it, and lacks a function",
        "crun and other programs look up each function of CRIU's library by its name; criu_join_ns_add, for one, came "
        "with CRIU 3.16.1",
        "none of CRIU's",
        "install a newer CRIU with its library (criu-libs, libcriu2), and no older libcriu.so.2 in /usr/local/lib "
        "before it (ldconfig -p); or a newer crun, which goes on without what it does not need (1.8.5 for "
        "criu_join_ns_add)",
        container="podman --runtime runc, which needs the program criu alone",
    ),
    _known(
        "libcriu-missing",
        r"could not load .?libcriu|libcriu\.so\S{0,8}: cannot open shared object|error loading .{0,20}libcriu",
        "libcriu, CRIU's library, is not found",
        "crun loads it only for a checkpoint or restore, so that no package manager sees that it needs it, and a "
        "program of one's own is linked with it; the criu program alone is not enough, and a crun built elsewhere "
        "(Nix, a static one) may look in other directories",
        "none of CRIU's",
        "install it where that program runs: criu-libs (Fedora, RHEL and their kin), libcriu2 (openSUSE), on Debian "
        "and Ubuntu the package criu of the sources that criu.org names; built from source it is in lib/c: make "
        "install-lib, then ldconfig; where it is there, LD_LIBRARY_PATH of its directory, for the engine's service too",
        container="podman --runtime runc, which needs the program criu alone; Kubernetes: on every node",
        thread="criu#2418",
    ),
    _known(
        "crit-missing",
        r"Command 'crit' not found|\bcrit: (\d: )?(command )?not found|No such file or directory: '(\S{1,80}/)?crit'",
        "crit is not installed",
        "it is written in Python and comes in a package of its own, beside the module pycriu",
        "all",
        "install python3-pycriu (Debian and its kin), crit (Fedora and its kin), or pip install ./lib ./crit in "
        "CRIU's source of the same release; every image can be read here too",
        container="anywhere: the images can be read on another machine too",
        thread="criu#2506",
    ),
    _known(
        "gpu-addresses",
        r"nvmlDeviceGetHandleByPciBusId.{0,40}(Not Found|failed)|(busId|PCI).{0,60}(NVML|nvml).{0,60}[Nn]ot [Ff]ound",
        "a program looks for its GPU by the address that it had on the machine before",
        "the driver's part in the program still tells the PCI addresses of the dump, which NCCL and others hand to "
        "NVML, and here the GPUs have others",
        "none of CRIU's",
        "restore on a machine whose GPUs have the same PCI addresses (nvidia-smi --query-gpu=pci.bus_id,uuid "
        "--format=csv on both), or let the program make its communicators anew in a process that starts after the "
        "restore; a newer driver",
        container="nodes of one kind, with the GPUs in the same slots; one GPU without NCCL is not met by it",
        thread="cuda-checkpoint#48",
    ),
    _known(
        "engine-interface-old",
        r"only supported in the CRI v1 runtime API",
        "the container engine of this node speaks the old interface (CRI v1alpha2)",
        "the kubelet asks for checkpoints over CRI v1 alone",
        "none of CRIU's",
        "use containerd 2.0 or later, or CRI-O 1.25 or later with enable_criu_support = true, and restart the kubelet",
        container="as above, on each node",
        thread="k8s#104907",
    ),
    _known(
        "library-missing",
        r"error while loading shared libraries|version `GLIBC\S+ not found|symbol lookup error: \S*criu",
        "the criu program lacks a library",
        "it was built where the libraries that it names are there, of that very release",
        "all",
        "install what `ldd $(which criu)` does not find (libprotobuf-c1, libnl-3-200, libnet1, libnftables1, "
        "libgnutls30, libbsd0, libcap2), or the package of CRIU of this distribution; do not copy the program from "
        "another one",
        container="in the image, where CRIU runs inside; a static build goes anywhere",
    ),
    _known(
        "nvidia-mount",
        r"\S{0,300}(nvidia|cuda)\S{0,300} doesn't have a proper|Mount \d+ \S{0,300}(nvidia|cuda).{0,120}unreachable",
        "a file that NVIDIA's hook has mounted into the container is not known to the runtime",
        "the hook of the NVIDIA runtime mounts libraries, firmware and devices from the host when the container "
        "starts, past the runtime, which cannot tell CRIU of them",
        "all",
        "hand the GPU over by CDI (nvidia-ctk cdi generate; --device nvidia.com/gpu=all), whose mounts stand in the "
        "container's config.json; by hand --external mnt[PATH]:KEY for each, or --external mnt[]",
        container="podman --device nvidia.com/gpu=all with the CDI specification; docker and containerd: mode = “cdi” "
        "in /etc/nvidia-container-runtime/config.toml; a current NVIDIA container toolkit; the same on both sides",
        thread="nvidia-container-toolkit#834",
    ),
    _known(
        "nvidia-files",
        r"(lib(nvidia|cuda)|/nvidia/)\S{0,300}.{0,60}(has bad|No such file|build-ID)",
        "the files of NVIDIA's driver are not those of the dump",
        "tasks have mapped the libraries of the driver, whose names and contents change with its version; a container "
        "gets those of its host",
        "all",
        "the same version of the driver on both hosts (nvidia-smi), handed over in the same way",
        container="the same NVIDIA runtime or CDI specification for the restore; a restore without them finds no such "
        "files",
    ),
    _known(
        "mount-unmapped",
        r"No mapping for .{1,400} mountpoint",
        "a mount from outside was not handed over to the restore",
        "it was named as external when it was dumped, and the restore must say what stands for it here: a runtime "
        "names those that its own containers have, and others those that they have",
        "all",
        "--external mnt[KEY]:SOURCE for it (in old releases --ext-mount-map KEY:SOURCE), with the key that it was "
        "dumped with",
        container="restore with the runtime that made the checkpoint (podman --runtime runc or crun), with the same "
        "volumes; a newer runtime; paths that are others in each container (nvidia-ctk-hook…, volumes of a pod by its "
        "id) need a link of the old name to the new one",
        thread="podman#11945",
        sure=False,
    ),
    _known(
        "mount-of-container",
        r"/(sys/fs/cgroup\S{0,80}|etc/(hosts|hostname|resolv\.conf)|run/secrets\S{0,80}|dev/(shm|mqueue)) "
        r"\(.{0,80}has unreachable sharing",
        "a container's own mounts were dumped by hand",
        "cgroups, and files such as /etc/hosts, are what an engine mounts into its containers from the host; it tells "
        "CRIU of each, while --enable-external-masters alone only leads to the next failure",
        "all",
        f"{NOT_BY_HAND}; else each such mount with --external mnt[PATH]:KEY and --enable-external-masters",
        container="the engine's own checkpoint command, with a current runc, crun or LXC",
        option="--enable-external-masters",
        thread="criu#876",
        sure=False,
    ),
    _known(
        "mount-master",
        r"has unreachable sharing",
        "a mount receives mounts from one outside of the container",
        "its master is not among what is dumped, so that CRIU must be told that it stays outside",
        "all",
        "--enable-external-masters (and --enable-external-sharing) when dumping and restoring; or make it private "
        "inside (mount --make-private PATH) before the dump, or bind it without propagation; --external "
        "mnt[PATH]:KEY; a newer CRIU",
        option="--enable-external-masters",
        container="volumes with private propagation (:rprivate); the engine's own checkpoint command",
        thread="lxd#2838",
        sure=False,
    ),
    _known(
        "cuda-timeout",
        r"cuda.{0,120}([Tt]imed out|[Tt]imeout|ETIMEDOUT)|output of cuda-checkpoint: Interrupted",
        "the part of a task on the GPU could not be stopped in time",
        "the plugin waits for cuda-checkpoint as long as CRIU's time limit says, 10 seconds unless told otherwise: "
        "there is much memory to move, or the engine (CRI-O, podman, Kubernetes) had frozen the container before, and "
        "threads that are frozen cannot be stopped in whatever time",
        f"{CUDA_PLUGIN.release} and later",
        f"of a container: {CUDA_THAWED.later}, which thaws it for cuda-checkpoint (criu#2508), or one that is not "
        "paused; else raise --timeout (such as 300), or set it in the configuration file; free memory of the GPU "
        "first; the newest driver is faster",
        option="--timeout 300",
        thread="cuda-checkpoint#4",
    ),
    _known(
        "cuda-tool-missing",
        r"(find|exec\S{0,6}) .{0,10}cuda-checkpoint(?!: (Resource|Cannot))|cuda-checkpoint.{0,60}(not found"
        r"|No such file)",
        "NVIDIA's tool cuda-checkpoint is not there",
        "CRIU's plugin runs it from PATH, as whoever runs CRIU has it: under sudo, a service or an engine that is "
        "another",
        f"{CUDA_PLUGIN.release} and later",
        "install cuda-checkpoint (from NVIDIA's repository of that name, or with the driver) into /usr/local/bin or "
        "/usr/bin, which PATH of root and of the engine's service holds; driver 555 or later",
        container="on the host or node, where CRIU runs",
    ),
    _known(
        "container-tty",
        r"(checkpoint|restor|support).{0,60}containers? with (a )?(tty|TTY|terminal)|with console not supported",
        "the engine makes no checkpoints of containers with a terminal",
        "a terminal leads outside of the container, to whoever attached to it",
        "all; some engines",
        "run the container without a terminal (no -t), with its output in logs; or another engine (podman)",
        container="docker run -d without -t; podman takes containers with a terminal",
    ),
    _known(
        "crun-mount",
        r"mount `[^`]{0,300}` to `[^`]{0,300}`: ",
        "crun could not make one of the container's own mounts",
        "it mounts what the container's configuration lists before CRIU begins, for a restore as for a start: a user "
        "namespace or an outer container whose /proc or /sys is masked forbids proc and sysfs (EPERM), and a source "
        "that is not on this host is ENOENT",
        "none of CRIU's",
        "start a new container of the same image in the same way, which fails alike: run as root of the host, in an "
        "outer container with --privileged or --security-opt unmask=ALL, and make the source of each volume here",
        container="the same paths for volumes on both hosts; podman with --log-level debug names the mount",
        sure=False,
    ),
    _known(
        "containerd-mount",
        r"ctr: failed to mount |failed to mount (/tmp/containerd-mount|\{?overlay|rootfs)|mount callback failed",
        "containerd could not mount the container's file system",
        "before any restore it mounts the layers of the image that the container was made of, as a snapshot here: they "
        "are absent or not unpacked, the caller is not root, or the snapshotter is another",
        "none of CRIU's",
        "as root; pull the same image here first (ctr images pull, with the same --snapshotter), and restore under a "
        "new name; overlayfs on overlayfs (docker in docker) is refused: --snapshotter native or fuse-overlayfs",
        container="ctr -n NAMESPACE containers ls and snapshots ls show what is left of an earlier try",
        sure=False,
    ),
    _known(
        "migration-negotiation",
        r"negotiate migration types?|No source migration types|CRIU socket type|Formats other than criu rsync",
        "the two daemons found no way of migration that both have (LXD, Incus)",
        "each offers what it can: storage driver, rsync, CRIU; of a container CRIU must be there on both sides",
        "none of CRIU's",
        "install CRIU on both sides (LXD's snap: snap set lxd criu.enable=true, then reload), with releases of the "
        "daemon of one age and storage pools of one kind; or move it stopped (--stateless)",
        sure=False,
    ),
    _known(
        "migration-connection",
        r"[Mm]igration (control |sink |source )?(filesystem |control )?connection|migration \S{1,40} connection"
        r"|connection secret|migration (sink|source) secret|[Mm]igration control (source|target)"
        r"|(receiving|sending) (migration|pre-dump|final dump|storage volume)|storage volume migration",
        "the two daemons lost one another in the middle of a migration (LXD, Incus)",
        "what one of them reports is that the other has ended it, whose own log has the reason: most often CRIU's "
        "dump or restore failed there, or a firewall or proxy cut the connection",
        "none of CRIU's",
        "read the log of the other side: lxc or incus monitor --type logging --pretty, and the instance's "
        "migration_dump*.log and migration_restore*.log in /var/log/lxd or /var/log/incus; open their port 8443 both "
        "ways without a proxy; where CRIU cannot dump the instance move it stopped (--stateless)",
        sure=False,
    ),
    _known(
        "instance-busy",
        r"already being migrated|[Ii]nstance is busy|busy running a .{1,40} operation",
        "another operation has the instance (LXD, Incus)",
        "a migration, stop or restore that has not ended holds it, at times one that hangs",
        "none of CRIU's",
        "lxc or incus operation list, then wait for it or delete it; where it hangs, look whether criu still runs, end "
        "that, and reload the daemon",
    ),
    _known(
        "engine-remote",
        r"(on|for|with) (the )?(podman-)?remote( client)?s?: |(on|for|with) (the )?remote client"
        r"|not supported on remote",
        "podman here is only a client: paths and checkpoints are those of the machine that it talks to",
        "with podman machine, --remote or a connection each path is one of the other side",
        "none of CRIU's",
        "run it there (podman machine ssh, sudo podman), or copy the archive there first and give that path",
    ),
    _known(
        "instance-transfer",
        r"rsync error: |\brsync: \[|Migration API failure|[Mm]igration (sink|source) .{0,60}(fail|error)"
        r"|websocket: (close|bad handshake)",
        "the transfer of an instance broke off (LXD, Incus)",
        "its files go by rsync or by the storage's own way, and CRIU's images beside them: the other side said no (no "
        "CRIU there, another release, no room, another storage), or the connection was cut",
        "none of CRIU's",
        "look into the daemon's log of both sides (lxd.log, incusd.log; lxc or incus monitor --type logging) for the "
        "first error; the same release, rsync and CRIU on both; free room; port 8443 open without a proxy's time "
        "limit; stopped instances need no CRIU",
        container="lxc or incus move after stop, or with --stateless",
        sure=False,
    ),
    _known(
        "crac-rights",
        r"does not have the SUID bit set|is not owned by the root user and you",
        "the JVM's own criu has no rights: it is not root's with the set-uid bit (CRaC)",
        "the JVM runs as a user and relies on criu being root's and set-uid, or having capabilities; an archive that a "
        "user unpacks, a COPY or a volume loses both",
        "none of CRIU's",
        "sudo chown root:root JAVA_HOME/lib/criu && sudo chmod u+s JAVA_HOME/lib/criu (unpack the JDK as root), on a "
        "file system that is not mounted nosuid; or setcap cap_checkpoint_restore,cap_sys_ptrace,cap_setpcap=eip on "
        "it; or run the JVM as root; -XX:CRaCEngine=warp (Azul) needs neither",
        container="no no-new-privileges (Kubernetes: allowPrivilegeEscalation: true), and --cap-add "
        "CHECKPOINT_RESTORE --cap-add SYS_PTRACE",
        thread="openjdk-builds#3",
    ),
    _known(
        "crac-criu-absent",
        r"CRIU executable does not exist|CRIU at \S{1,200} is not executable|cannot lookup CRIU|Cannot execute CRIU"
        r"|cannot find CRIU to use",
        "the JVM finds no criu that it can run (CRaC)",
        "it looks for the one beside its libraries (JAVA_HOME/lib/criu), for -XX:CRaCEngineOptions=criu_location=PATH, "
        "or in PATH (older JDKs: for CRAC_CRIU_PATH and /usr/sbin/criu); not every build of a JDK brings one for "
        "each architecture",
        "none of CRIU's",
        "install criu (CRIU 4, or the CRaC project's build of it) and name it: "
        "-XX:CRaCEngineOptions=criu_location=/usr/sbin/criu; executable, for this architecture, on a file system that "
        "is not mounted noexec; older JDKs: CRAC_CRIU_PATH",
        container="in the image that the JVM runs in, at the checkpoint and at the restore",
    ),
    _known(
        "crac-options",
        r"CRaC engine (failed to configure|does not support provided option)|crexec failed to configure"
        r"|unknown configure "
        r"option|to be either 'true' or 'false'|engine option \S{1,60} specified multiple",
        "the checkpoint engine does not take an option that it was given (CRaC)",
        "-XX:CRaCEngineOptions is a list of key=value for that engine: criu takes keep_running, direct_map, "
        "legacy_criu, print_command, criu_location and args",
        "none of CRIU's",
        "java -XX:CRaCEngine=ENGINE -XX:CRaCEngineOptions=help prints what this engine takes; true and false for "
        "switches, absolute paths; options of criu itself go into args=",
        container="in JDK_JAVA_OPTIONS or the image's command",
    ),
    _known(
        "crac-engine-absent",
        r"Did not find CRaCEngine|Cannot find CRaC engine"
        r"|CRaCEngine \S{0,120} ?(file )?(does not exist|is not a library)"
        r"|CRaCEngine file does not exist|is not a library: expected|load CRaC engine|initialize its API"
        r"|provided invalid "
        r"API",
        "this JDK does not have the checkpoint engine that was asked for (CRaC)",
        "criuengine and simengine come with builds of the project, warp with Azul's; another release's library has "
        "another interface",
        "none of CRIU's",
        "leave -XX:CRaCEngine away for the default of this JDK, or name one that lies in its lib directory; do not mix "
        "libraries of several JDKs",
        container="the same JDK in the image of the checkpoint and of the restore",
    ),
    _known(
        "crac-hierarchy",
        r"move out of JVM process hierarchy",
        "criu's starter could not leave the JVM's family of processes (CRaC)",
        "it waits until process 1 has taken it over, so that criu is not among what it dumps; under a subreaper, or "
        "where process 1 does not look after orphans, that does not happen",
        "none of CRIU's",
        "run the JVM below a real init (docker run --init, tini, dumb-init), not as process 1 and not under a "
        "subreaper (some shells and supervisors); a newer JDK",
        container="--init",
    ),
    _known(
        "crac-warp-platform",
        r"\bwarp: error: (Failed to parse stat file|Cannot get thread robust list)",
        "the JVM's engine Warp does not run on this machine: it is made for x86-64 alone (CRaC)",
        "it reads registers, threads and /proc as an x86-64 kernel gives them: ARM has it not, and an emulator of "
        "x86-64 on ARM (QEMU, Rosetta) knows neither the call for a thread's robust list nor all fields of stat",
        "none of CRIU's",
        "on ARM: a JDK for aarch64 with the engine that uses CRIU (-XX:CRaCEngine=criu at the checkpoint and at the "
        "restore), or a host with an x86-64 processor",
        container="--platform linux/arm64 at the build and at the run; --cap-add CHECKPOINT_RESTORE --cap-add "
        "SYS_PTRACE for criu",
        thread="zulu-openjdk#324",
    ),
    _known(
        "crac-warp-crashed",
        r"\[libwarp\.so\+0x",
        "the JVM's engine Warp crashed as it made or read a checkpoint (CRaC)",
        "the frame of the fault lies in libwarp.so, and neither in the program nor in CRIU, which Warp does not need; "
        "Zulu 23.32 and 24.30 did so as they wrote the image (SIGBUS)",
        "none of CRIU's",
        "a newer JDK: Azul names those of July 2025 (24.32, which is 24.0.2); a SIGBUS may be a full disk or /dev/shm "
        "too (df); till then the engine that uses CRIU: -XX:CRaCEngine=criu at the checkpoint and at the restore; "
        "hs_err_pid*.log goes to Azul",
        container="room for the image in the directory of -XX:CRaCCheckpointTo",
        sure=False,
        thread="zulu-openjdk#314",
    ),
    _known(
        "crac-warp",
        r"\bwarp: (error|fatal)\b|[\[(]warp[\])]:? .{0,80}([Cc]annot|[Ff]ailed)",
        "the JVM's engine Warp failed for a reason that it names itself (CRaC)",
        "Warp works from within the JVM, without CRIU: no dump4.log is written, and none of CRIU's options apply",
        "none of CRIU's",
        "do what its first line asks for (a directory that is there and has room, an image that is whole, the same "
        "engine at the checkpoint and at the restore); -Xlog:crac=debug tells more, -XX:CRaCEngineOptions=help what "
        "it takes; a newer JDK, or the engine that uses CRIU: -XX:CRaCEngine=criu on both sides",
        container="the same image of the container for the checkpoint and the restore",
        sure=False,
    ),
    _known(
        "crac-criu-other",
        r"/lib/criu: (unrecogni[sz]ed|unknown|invalid) option",
        "what the JVM runs as its criu does not know an option that CRIU has (CRaC)",
        "JAVA_HOME/lib/criu is another program or another release of CRIU than the one that this JDK was made with; "
        "JDKs of 2022 fall over behind it (SIGBUS) and say that the restore's information is invalid",
        "none of CRIU's",
        "see what it is (JAVA_HOME/lib/criu --version): put the criu of the JDK's own build there, root's and set-uid, "
        "or name another by CRAC_CRIU_PATH; a newer JDK goes on where its checkpoint failed",
        container="in the image that the JVM runs in",
        thread="crac PR #25",
    ),
    _known(
        "crac-other-jvm",
        r"(image|checkpoint)\S{0,2} .{0,120}(made|created|taken|produced) (by|with|using) .{0,60}(JVM|JDK|[Ee]ngine"
        r"|[Vv]ersion|warp|CRIU|CREngine)|saved image with engine|different (JVM|JDK) (build"
        r"|version)|[\[(]?\bwarp\b[\])]?:? .{0,80}(mismatch|not supported)",
        "the checkpoint is of another JVM or another engine than those that restore it (CRaC)",
        "an image holds the very code of the JVM that ran, and each engine (criu, Warp, simengine) writes images of "
        "its own kind",
        "none of CRIU's",
        "restore with the same build of the JDK (java -version must say the same), by the same path, and with the same "
        "-XX:CRaCEngine (Azul from 2024-10: warp or criu) as at the checkpoint; or make the checkpoint anew",
        container="one image of the container for checkpoint and restore",
        sure=False,
    ),
    _known(
        "runtime-option",
        r"(?<!lxc-checkpoint: )(?<!criu: )(unrecognized|unknown) option .{0,3}--?(pre-dump|parent-path|tcp-\w+"
        r"|lazy-pages|file-locks|network-lock\S*|ext-unix-sk|lsm-\S+|manage-cgroups\S*|shell-job|work-path"
        r"|print-stats)",
        "this low-level runtime does not have an option that the engine passes on to it",
        "podman and others hand their options on to runc, crun or youki, of which not each knows all: pre-copy "
        "(--pre-dump, --parent-path) and lazy pages came late to crun",
        "none of CRIU's",
        "use a newer release of that runtime, or runc, which has them all",
        container="podman --runtime runc, or runtime = “runc” in containers.conf, when the container is made",
        thread="criu#1618",
    ),
    _known(
        "openj9-without",
        r"no j9criu\d* in|unrecogni[sz]ed: ?-XX:\+?EnableCRIUSupport|CRIU is not supported on this"
        r"|does not support CRIU",
        "this JVM was built without checkpoints (OpenJ9)",
        "they are in OpenJ9's builds for Linux from 2022 on (IBM Semeru 11.0.16, 17.0.4 and later), and need "
        "-XX:+EnableCRIUSupport",
        "none of CRIU's",
        "run it with a current IBM Semeru Runtime (java -version says OpenJ9) on Linux, and with "
        "-XX:+EnableCRIUSupport",
        container="icr.io/appcafe/open-liberty images with Semeru; no HotSpot, no Alpine builds",
    ),
    _known(
        "openj9-portable",
        r"non-?portable mode.{0,120}(only one|already)|[Oo]nly one checkpoint is allowed",
        "the JVM makes one checkpoint only in this mode (OpenJ9)",
        "by default what is compiled is bound to the machine of the first checkpoint (-XX:+CRIURestoreNonPortableMode)",
        "none of CRIU's",
        "run it with -XX:-CRIURestoreNonPortableMode for more checkpoints and for other machines",
        container="in JAVA_TOOL_OPTIONS or OPENJ9_JAVA_OPTIONS of the image",
    ),
    _known(
        "openj9-hook",
        r"Blocking operation is not allowed in CRIU single|running user (pre|post)-(checkpoint|restore)"
        r"|Exception thrown when running user",
        "a hook of the program failed as the JVM was checkpointed or restored (OpenJ9, InstantOn)",
        "hooks run in a mode in which only their own thread runs, so that none of them may wait for a lock, a class or "
        "a lambda that another thread has half made",
        "none of CRIU's",
        "let the hook do less: no locks, logging or first use of classes in it; register it in concurrent mode "
        "(HookMode.CONCURRENT_MODE), or use a newer JVM, which has fixed many of its own",
        container="the same in the image's server or program",
        thread="openj9#18399",
    ),
    _known(
        "lxd-without-criu",
        r"CRIU (isn't|is not) installed",
        "CRIU is not there for LXD or Incus",
        "they look for the program criu on the host that runs the daemon; that of the snap counts only once it is "
        "switched on",
        "none of CRIU's",
        "install criu on both hosts; snap: snap set lxd criu.enable=true, then systemctl reload snap.lxd.daemon; or "
        "stop the instance first, which needs no CRIU",
        container="lxc stop, then lxc move or lxc snapshot without --stateful",
        thread="lxd#5027",
    ),
    _known(
        "stateful-unset",
        r"requires? .{0,120}migration\.stateful|migration\.stateful.{0,40}(to be set|must be|needs to be)",
        "the instance was not set up for keeping its state (LXD, Incus)",
        "a stateful stop, snapshot or migration wants migration.stateful, set before the instance was started",
        "none of CRIU's",
        "incus (or lxc) config set NAME migration.stateful=true, and start it anew; for most containers CRIU fails "
        "then: stop and move them stopped, or use a virtual machine",
        container="the same for each container; limits.memory too where the message names it",
        thread="incus#2186",
    ),
    _known(
        "library-mismatch",
        r"has different size in shared object|consider re-linking",
        "criu was built for another C library than the one it runs with",
        "the symbol has grown since, as glibc's for rseq did in 2.35; CRIU runs on, but what reads its output is "
        "confused, and rseq may be mishandled",
        "most often a distribution's criu that was not built anew",
        f"update or build criu anew on this system ({NEWEST} is the newest known)",
        container="criu of the host, or of the image where it runs inside",
        thread="podman#13283",
    ),
    _known(
        "libcriu-old",
        r"[Cc]annot set CRIU unprivileged mode|Can't set unprivileged|undefined symbol: criu_set_unprivileged",
        "CRIU's library is too old: it knows no mode without root",
        "the JVM asks libcriu for it (criu_set_unprivileged, of CRIU 3.18 and later) before each checkpoint; the "
        "library that was found first is an older one, or there is none (errno -2)",
        "3.17 and earlier",
        "install CRIU 3.18 or later with its libcriu.so.2 where the JVM finds it (LD_LIBRARY_PATH, ldconfig; no older "
        "one beside it), and give criu its capabilities: setcap cap_checkpoint_restore,cap_sys_ptrace,cap_setpcap=eip "
        "/usr/sbin/criu",
        container="an image whose JDK brings CRIU along (Semeru's)",
        thread="openj9#19060",
    ),
    _known(
        "mount-of-a-link",
        r"CRIU does not support .?src-nofollow",
        "the container has a bind mount of a symbolic link itself (src-nofollow), which CRIU cannot bring back",
        "CRIU makes bind mounts by the path of their source, and would follow the link",
        "all",
        "start the container without src-nofollow in that mount's options, with the file or directory that the link "
        "leads to as its source",
        container="as above, in config.json or the engine's --mount",
        thread="crun's commit 88f45286",
    ),
    _known(
        "libcriu-mounts",
        r"resolve external bind mount|container root directory `",
        "crun could not find the place of a mount in the container's root file system",
        "each bind mount of config.json is handed to CRIU by its place below the root, which must exist there and may "
        "be no symlink that leads out of it",
        "none of CRIU's",
        "restore with the same image and config.json, whose mount points exist; use the newest crun, or runc",
        container="podman --runtime runc",
        sure=False,
    ),
    _known(
        "label-form",
        r"invalid argument .{1,200} for --lsm-profile",
        "the label given with --lsm-profile does not say of which security module it is",
        "it is taken as MODULE:LABEL only",
        "all that have it",
        "--lsm-profile apparmor:NAME or selinux:LABEL, at the restore; none where no label shall be set",
    ),
    _known(
        "lsm-option",
        r"setting LSM (profile|mount context)|--lsm-(profile|mount-context)",
        "CRIU did not take the security label that the runtime gave for the restore",
        "--lsm-profile and --lsm-mount-context are of CRIU 3.16 and later, and name a label of the module that this "
        "host has (selinux: or apparmor:)",
        "before 3.16",
        "install CRIU 3.16 or later with a libcriu of the same release; on a host without SELinux restore a checkpoint "
        "that was made without labels (--security-opt label=disable)",
        container="the same security module on both hosts",
        sure=False,
    ),
    _known(
        "runtime-absent",
        r"no valid executable found for OCI runtime|(cannot stat|getting version of) OCI runtime"
        r"|OCI runtime \S{1,80} not "
        r"found|unknown or invalid runtime name",
        "the low-level runtime that the container was made with is not on this host",
        "a container goes back with the runtime that dumped it, runc or crun, by the path or name that the engine has "
        "for it",
        "none of CRIU's",
        "install that runtime (runc or crun, with CRIU), or name its path in containers.conf (runtimes), daemon.json "
        "or config.toml; podman --runtime NAME",
        container="as above, on the node of the restore",
    ),
    _known(
        "shim-no-checkpoint",
        r"service Checkpoint: not implemented|service Checkpoint\b.{0,40}[Nn]ot ?[Ii]mplemented",
        "the runtime of that container has no checkpoints (Kata Containers, or another shim of its own)",
        "its shim answers so to every checkpoint: the container runs in a virtual machine or in a sandbox with a "
        "kernel of its own, which no CRIU of the host reaches",
        "none of CRIU's",
        "run it with runc or crun (io.containerd.runc.v2) where it is to be checkpointed; or take a snapshot of the "
        "virtual machine with its own hypervisor",
        container="Kubernetes: another RuntimeClass for such pods",
        thread="kata-containers/runtime#1473",
    ),
    _known(
        "archive-not-regular",
        r"refusing to (restore checkpoint|copy) ?.{0,300}not a regular file",
        "containerd takes only files and directories out of a checkpoint, and there is something else in it",
        "a link, a socket or a device in an archive or image could lead out of the container's directory",
        "none of CRIU's",
        "make the archive or image again with the file itself in place of the link (cp -L, tar -h), as the checkpoint "
        "of the kubelet has it",
        container="as above",
    ),
    _known(
        "cgroup-namespace-path",
        r"[Dd]o not know how to handle namespace (NEW|CLONE_NEW)?CGROUP",
        "runc restores no container into a cgroup namespace that is there already",
        "CRIU can join network, PID, IPC, UTS and mount namespaces by their path, and no cgroup namespace",
        "none of CRIU's",
        "take the path of that namespace out of config.json (linux.namespaces, type cgroup), so that it is made anew",
        container="podman: no --cgroupns=container:NAME; a pod that shares no cgroup namespace",
    ),
    _known(
        "docker-content",
        r"upload checkpoint to containerd|(get|read) checkpoint reader|decode checkpoint data|checkpoint tar stream"
        r"|retrieve checkpoint data",
        "docker could not hand the checkpoint over to containerd, or take it from there",
        "it packs the checkpoint's directory into containerd's content store for each start: the directory must be "
        "whole, the store must have room, and what an earlier attempt left there may be in the way",
        "none of CRIU's",
        "check that the directory of the checkpoint is whole and readable by root, and that /var/lib/docker and "
        "/var/lib/containerd have room; where the content “already exists” ctr -n moby content rm DIGEST; a newer "
        "docker with its own containerd; or podman",
        container="as above",
        sure=False,
    ),
    _known(
        "crio-signature",
        r"signature validation is not supported for container restore",
        "CRI-O restores nothing where a signature policy holds for the namespace",
        "an image of a checkpoint has no signature that it could check",
        "none of CRIU's",
        "restore in a namespace without a policy of its own (signature_policy_dir), or take the policy out for it",
        container="as above",
    ),
    _known(
        "criu-ended",
        r"read unixpacket|(^|msg=.)unexpected EOF\b|criu failed: (signal|exit status)|wait on criuProcess"
        r"|unable to parse the response|(?<!bfd )buffer is too small$|CRIU (exited|ended) (early|unexpectedly)",
        "CRIU ended before it had answered the runtime: it crashed, was killed, or could not start",
        "the runtime starts `criu swrk` and talks to it over a socket, which was closed; where there is no dump.log "
        "either, it ended before it had opened one",
        "all",
        "run `criu check` and criu itself by hand, which shows a crash, a missing library or a line in "
        "/etc/criu/*.conf that it does not take; look into dmesg for “segfault” of criu, the OOM killer and seccomp; "
        "use a newer CRIU, and a runtime of its age",
        container="the CRIU of the host or node is meant",
        thread="runc#2811",
        sure=False,
    ),
    _known(
        "libcriu-refused",
        r"CRIU: failed (adding|setting)|CRIU init failed|failed to set CRIU config file|criu_init_opts|initiali[sz]ing "
        r"criu opts",
        "CRIU's library did not take what the runtime asked for",
        "crun loads libcriu and hands it mounts, namespaces and options one by one: library, program and crun are of "
        "different releases, or memory is short",
        "all",
        "install crun, criu and libcriu of one distribution, the newest ones; or use runc, which needs no library",
        container="podman --runtime runc",
        sure=False,
    ),
    _known(
        "checkpoint-directory",
        r"error (creating|opening) (CRIU work|checkpoint|restore) directory|image path not set"
        r"|invalid directory to (save|restore)|error setting CRIU (root|log file|parent images path)"
        r"|mounting restore directory"
        r"|checkpoint export file|volumes export directory|saving CRIU descriptors|Can't open CRIU log",
        "the directory of the checkpoint, or the work directory, cannot be used",
        "it does not exist, may not be entered or written by the runtime (which is root of the host, under SELinux "
        "too), or was not named",
        "all",
        "make it first (mkdir -p), give an absolute path, on a local file system that root may write; look at its "
        "SELinux label (ls -Z)",
        container="runc and crun: --image-path and --work-path; docker: --checkpoint-dir",
    ),
    _known(
        "docker-namespace",
        r"bind-mount /proc/\d+/ns/\w+",
        "docker could not tie the restored container to its network",
        "it mounts the network namespace of the container's first process by its pid, before the restore has made that "
        "process",
        "some releases of docker",
        "another release of docker and containerd; podman restores such a container",
        container="podman run, podman container checkpoint --export and restore --import in place of docker",
        thread="moby#37344",
        sure=False,
    ),
    _known(
        "checkpoint-image-pull",
        r"(Failed to (pull|inspect) image|pinging container registry|ErrImage(NeverPull|Pull)|ImagePullBackOff"
        r"|short-name|manifest unknown|reading manifest).{0,400}checkpoint|checkpoint.{0,200}(ErrImage(NeverPull|Pull)"
        r"|ImagePullBackOff|did not resolve to an alias|manifest unknown|access to the resource is denied)",
        "the image of the checkpoint cannot be had on this node",
        "a name without a registry is looked for at a public one, localhost/ only in the storage of the runtime on "
        "that node, which is root's",
        "none of CRIU's",
        "push it to a registry that the node may read, and give its whole name; or build it on that node as root, with "
        "imagePullPolicy: Never or IfNotPresent",
        container="CRI-O: sudo buildah commit CONTAINER localhost/NAME; containerd: ctr -n k8s.io images import FILE",
        sure=False,
    ),
    _known(
        "namespace-absent",
        r"network namespace .{1,200} does not exist|specific network namespace is defined"
        r"|stat /proc/\d+/ns/\w+: no such",
        "a namespace that the container is in by its path does not exist here",
        "who made the container gave it a network namespace from outside (ip netns, a pod), and the restore wants "
        "the same again",
        "all",
        "make it first under the same path (ip netns add NAME), or take the path out of config.json",
        container="restore into a pod that is there already; Kubernetes makes the pod first",
    ),
    _known(
        "mounts-expected",
        r"expects following bind mounts",
        "the pod does not define the mounts that the checkpoint was made with",
        "CRI-O takes no mount from an archive that the pod's definition does not have too",
        "all",
        "add the mounts that the message names to the container in the pod (volumes and volumeMounts), with the same "
        "paths",
        container="as above; the service account's token is one of them, unless automountServiceAccountToken: false",
    ),
    _known(
        "engine-statistics",
        r"statistics not possible|\bstats-(dump|restore)\b",
        "the figures of the checkpoint could not be read",
        "CRIU writes stats-dump and stats-restore into its work directory, where old runtimes do not keep them",
        "runc before 1.1",
        "leave --print-stats away, or use a newer runtime",
        container="podman without --print-stats, or runc 1.1 or later, or crun",
        sure=False,
    ),
    _known(
        "sigframe-bad",
        r"bad frame in (rt_)?sigreturn",
        "a restored task died as it took up its registers again (a bad signal frame)",
        "CRIU builds the frame that the kernel reads them from: this release and this kernel or CPU do not agree on "
        "its size or contents, as that of vector registers",
        "most often old releases on newer kernels or CPUs",
        "use a newer CRIU and kernel on both sides, and a CPU with the same features",
        thread="criu#570",
        sure=False,
    ),
    _known(
        "packet-option",
        r"^packet: (?!.{0,80}diag)",
        "a packet socket (AF_PACKET) could not be dumped or made again",
        "tcpdump, DHCP clients and monitors of networks hold such sockets, which see frames of a device: the device "
        "must be there, and whoever restores needs CAP_NET_RAW",
        "all, each for what it does not know",
        "end the program that holds it before the dump (ss -0 -p); make the device first; restore as root of the "
        "host; a newer CRIU",
        container="--cap-add NET_RAW where CRIU runs inside",
        sure=False,
    ),
    _known(
        "engine-gone",
        r"transport is closing|ttrpc: closed|error reading from server: EOF|shim .{0,60}(exited|died|disconnected)",
        "the engine's daemon, or the shim of the container, ended in the middle of it",
        "the answer never came: the daemon or shim crashed, was restarted, or was killed for want of memory, which a "
        "checkpoint of large containers needs much of",
        "none of CRIU's",
        "look into the journal (journalctl -u containerd, docker or crio) and dmesg for why it ended; start it anew; "
        "see whether the container still runs; a newer release",
        container="as above, on the node",
        sure=False,
    ),
    _known(
        "virtuozzo",
        r"/proc/(cpt|rst)\b|\bvz(cpt|rst)\b module"
        r"|\b(vzctl|vzmigrate|prlctl|vzcpt)\b.{0,200}([Ss]uspend|[Cc]heckpoint|[Rr]estor|undump|migrat)",
        "a container of Virtuozzo or OpenVZ could not be suspended, resumed or moved",
        "from release 7 on they run CRIU, whose logs lie below /vz/dump; older ones (kernels 2.6.32 and before) have a "
        "checkpoint of their own in the kernel, which is not CRIU",
        "all",
        "look into criu_dump.*.log and criu_restore.*.log below /vz/dump/ID (the message names it), and for older ones "
        "into dmesg and vzctl.log; update to the newest vzkernel and criu of that release, the same on both nodes",
        container="as above; vzmigrate without --online moves it stopped",
        thread="criu#494",
        sure=False,
    ),
    _known(
        "engine-socket",
        r"daemon is running on \\?\"\\?\"|connect to the [Dd]ocker (daemon|API)"
        r"|[Cc]annot connect to (the )?([Dd]ocker|[Pp]odman)"
        r"|dial unix \S{1,200}: connect: (permission denied|no such file|connection refused)",
        "the engine's daemon cannot be reached",
        "it does not run, or its socket may not be opened by whoever asks",
        "none of CRIU's",
        "start it (systemctl start docker, containerd or crio), and ask as root (sudo)",
        container="as above; with the --host, --url or --runtime-endpoint of the engine that has the container",
    ),
    _known(
        "crac-library",
        r"NoClassDefFoundError: (org|jdk)[/.]crac|ClassNotFoundException: (org|jdk)\.crac|package (org"
        r"|jdk)\.crac does not exist",
        "the program's library or the JVM for CRaC is missing",
        "the interface is in the library org.crac, and what it stands for in JVMs that have CRaC (Azul Zulu, "
        "Liberica, the project's own builds)",
        "none of CRIU's",
        "add org.crac:crac to the program, and run it with a JDK that has CRaC",
        container="an image with such a JDK (azul/zulu-openjdk-crac, bellsoft/liberica-runtime-container with crac)",
    ),
    _known(
        "crac-attach",
        r"^java\.io\.IOException: Permission denied|AttachNotSupportedException|Unable to open socket file"
        r"|Unable to get pid of LinuxThreads",
        "jcmd does not reach the JVM",
        "it asks through a socket in /tmp of the JVM's own mount namespace, which only the same user, or root, may "
        "use, and which a JVM that hangs or was started with -XX:+DisableAttachMechanism does not open",
        "none of CRIU's",
        "run jcmd PID JDK.checkpoint as the JVM's user, with its own JDK, where its /tmp is in sight; or let the "
        "program ask itself (org.crac.Core.checkpointRestore())",
        container="docker or podman exec into the container, and jcmd 1 or what jcmd -l names there",
    ),
    _known(
        "crac-jdk",
        r"Unrecognized (VM )?option.{0,4}-?(XX:)?\+?CRaC|Unknown diagnostic command",
        "this JDK has no CRaC",
        "the options -XX:CRaC… and the command JDK.checkpoint are of JDKs that were built with it",
        "none of CRIU's",
        "run the program with such a JDK (java -version names it): Azul Zulu with CRaC, Liberica with CRaC, or a build "
        "of the project, on Linux",
        container="an image with such a JDK (azul/zulu-openjdk with jdk-crac, bellsoft/liberica-runtime-container with "
        "crac)",
    ),
    _known(
        "crac-arguments",
        r"ClassNotFoundException: \S{0,200}\.jar\b",
        "the restored JVM took its arguments for a new main class (CRaC)",
        "what stands behind -XX:CRaCRestoreFrom=DIR is the name of a class to run after the restore and its arguments, "
        "not the command line of the checkpoint, which the image has",
        "none of CRIU's",
        "restore with java -XX:CRaCRestoreFrom=DIR alone, without -jar and the program's path",
        container="the same in ENTRYPOINT and CMD of the image",
        thread="spring-framework#33226",
        sure=False,
    ),
    _known(
        "crac-image",
        r"/engine for reading|\bcppath\b|CRaCRestoreFrom.{0,80}(not|No such|empty)"
        r"|(restore|checkpoint) from .{0,80}no checkpoint",
        "the directory that the JVM should restore from holds no checkpoint (CRaC)",
        "it is another, or the checkpoint before has failed or was left out of the image of the container",
        "all",
        "checkpoint first (jcmd PID JDK.checkpoint with -XX:CRaCCheckpointTo=DIR), see that DIR has core-*.img, and "
        "give it to -XX:CRaCRestoreFrom",
        container="mount or copy DIR into the container, with its owner and rights",
        sure=False,
    ),
    _known(
        "engine-bug",
        r"cannot start an already running container|invalid task checkpoint option|ProcessLabel and Mountlabel"
        r"|checkpoints/\S{1,200}/config\.json: no such file",
        "this release of the engine has a bug with checkpoints",
        "its own parts do not agree about them, whatever is dumped",
        "none of CRIU's",
        "use another release of the engine, a newer one, with the containerd or runtime that it was made for; or "
        "podman",
        container="docker and containerd of one age, or podman",
        sure=False,
    ),
    _known(
        "parasite-call",
        r"(sys_(sigaction|timer_\w{1,20}|recvmsg)|getitimer) failed|send_fds failed(?! \(-22\))"
        r"|fcntl\(\d+, F_\w+\) -> -"
        r"|Unable to get (the )?(clear_child_tid|signal stack|parent death|thread name|uids)|Error calling getgroups"
        r"|Groups changed on the fly|Unable to read ambient|Unable to (get|read) capabilit"
        r"|mprotect\([0-9a-f]+, \d+\) failed|PR_GET_CHILD_SUBREAPER"
        r"|membarrier\(1 << \d+\) returned",
        "a call of the code that CRIU puts into a task was refused",
        "that code asks the kernel on the task's behalf: a seccomp filter, another word size or a release that does "
        "not know this architecture answers otherwise (-1 EPERM, -14 EFAULT, -22 EINVAL, -38 ENOSYS)",
        "all",
        "use a newer CRIU built for this architecture and word size; dump without the task's seccomp filter to try; "
        "run as root of the host",
        container="--security-opt seccomp=unconfined to try",
        sure=False,
    ),
    # Memory
    _known(
        "mapping-refused",
        r"Can't restore (0x)?[0-9a-f]+ mapping with (0x)?f+f4\b",
        "the kernel refused a mapping of the restorer (ENOMEM)",
        f"a private mapping asked for with WRITE is charged its whole length; {BOUNDARY_FIXED.before} a reservation "
        "that dumped data merely touches was asked for with WRITE",
        f"{BOUNDARY_FIXED.before} for reservations below data; any release when memory is really short",
        "set vm.overcommit_memory=1 for the restore, add swap, or restore on a host with more memory; raise "
        "vm.max_map_count where a task has tens of thousands of mappings; what was "
        f"reserved below data: with {BOUNDARY_FIXED.later}",
        container="vm.overcommit_memory is the host's: set it on the host or node, and use a current CRIU there",
        thread="criu#2364",
    ),
    _known(
        "mapping-denied",
        r"Can't restore (0x)?[0-9a-f]+ mapping with (0x)?f{6}(f{8})?f(3|f)\b",
        "a file may not be mapped by whoever restores",
        "the value behind “with” is EACCES (…f3) or EPERM (…ff): a security module (SELinux's map or execmod, "
        "AppArmor) forbids it, the file system is mounted noexec, or the file is open with other rights than it was",
        "all",
        "look into the audit log (ausearch -m avc, dmesg): setenforce 0 to try, a policy module or a newer "
        "container-selinux; the same SELinux mode where it was dumped and here; mount without noexec; "
        "vm.mmap_min_addr as low as where it was dumped; run as root of the host",
        container="--security-opt label=disable to try; Kubernetes and OpenShift: seLinuxOptions with type spc_t, or a "
        "policy of one's own",
        thread="open-liberty#29240",
        sure=False,
    ),
    _known(
        "mapping-failed",
        r"Can't restore (0x)?[0-9a-f]+ mapping with (0x)?f|Unable to remap (0x)?[0-9a-f]+( ?->|$)|Can't mremap"
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
        "there was not enough memory for a mapping of a task (premapped, ENOMEM)",
        "this machine, its virtual machine or the limit on its memory has too little memory for the program; or it is "
        "the kernel's count of committed memory, since mappings shared by a parent and a child task, and all of an "
        "incremental or lazy restore, are premapped with WRITE, pages or not",
        f"all; from {ACCOUNTING.release} on not for memory that the kernel had not counted",
        "restore with more memory (RAM of the machine or VM, memory.max of the cgroup; free -m) or swap, at least as "
        "much as where it was dumped; where there is enough of it, set vm.overcommit_memory=1 for the restore, or "
        "flatten the chain of parent dumps",
        container="raise the memory limit of the container or pod; vm.overcommit_memory is the host's: set it on the "
        "host or node; podman: restore from a checkpoint without --import-previous",
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
        "pages-over-socket",
        r"Can't read (mapping page|pages data|async pr).{0,40}(Illegal seek|\(-29\))",
        "the pages come over a socket or pipe, where they can be read in order only",
        "CRIU reads them by their place in the file (pread), which a socket does not have (ESPIPE): as with --remote, "
        "the image cache and proxy that only development builds had",
        "development builds with --remote; any where the pages file is a pipe",
        "restore from image files on a disk, without --remote; for images that come over a stream "
        "criu-image-streamer with --stream (3.15 and later); a newer CRIU",
        thread="CRIU's commit 653db70ff",
    ),
    _known(
        "pages-io-error",
        r"Can't read (mapping page|pages data|async pr).{0,40}(Input/output error|\(-5\)|Stale file handle|\(-116\))",
        "the pages file cannot be read: its disk or its file system failed",
        "the kernel answered EIO or ESTALE, from the disk, the network file system or FUSE that the images lie on",
        "all",
        "look into dmesg, copy the images to a sound local disk, compare their checksums with the source, and restore "
        "from there",
    ),
    _known(
        "pages-file-absent",
        r"Can't read pages data \(-9\)",
        "the file with the pages of a task (pages-N.img) is not there",
        "the pagemap names it, CRIU went on without it, and has nothing to read from (EBADF): it was left behind "
        "when images were copied, or lies in the directory of the page server that the dump sent its pages to",
        "all",
        "copy pages-*.img from where it was dumped; with --page-server from that server's --images-dir",
        sure=False,
    ),
    _known(
        "pages-refused",
        r"Can't read pages data \(-22\)",
        "the kernel refused to read the pages file that way (EINVAL)",
        "the images may be good: the file system that they lie on takes no such read (O_DIRECT, FUSE), or a CRIU of 32 "
        "bits before 3.7 gives the offset wrongly",
        "all for such file systems; 32 bits: before 3.7",
        "copy the images to a plain local file system (ext4, xfs) and restore from there; of 32 bits: CRIU 3.7 "
        "or later",
        thread="criu#424",
        sure=False,
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
        "high-memory-untold",
        r"Can't dump high memory region",
        "this kernel does not tell CRIU how high the addresses of a task reach (s390)",
        "before the change that the message names (of 2017) the end of its addresses depends on the task itself; CRIU "
        "counts with 4 TiB, and would lose what lies above",
        "s390, with kernels before that change",
        "use a newer kernel, which has it; or let the program map less than 4 TiB",
        container="the kernel is the host's",
        thread="CRIU's commit 6603b419c",
    ),
    _known(
        "high-memory",
        r"Can't restore high memory region",
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
        f"use {WIDE_COUNTS.later}, and reserve huge pages on the target (vm.nr_hugepages); with a release before 3.18 "
        "make a full dump of such memory, without pre-dump",
        container="huge pages are the host's (Kubernetes: hugepages-2Mi of the node)",
        thread="criu#1533",
    ),
    _known(
        "aio-larger",
        r"wrong aio: .{0,80}old_nr=(\S+) new_nr=(?!\1\b)\S",
        "the kernel makes a ring of asynchronous I/O (AIO) of another size here",
        "io_setup makes a ring larger than asked for where the kernel counts many possible processors, those that "
        "could still be plugged in among them (four requests for each, twice): new_nr is this kernel's, old_nr that of "
        "the dump, and CRIU can move the contents only into a ring of the same size",
        "all",
        "restore where as many processors are possible as where it was dumped (cat /sys/devices/system/cpu/possible): "
        "possible_cpus=N on the kernel's command line, or as many vCPUs at most in the virtual machine; or turn native "
        "AIO off in the program before the dump (databases: innodb_use_native_aio=0)",
        container="the kernel is the host's: choose a host or node with as many",
        thread="criu#2677",
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
        "sysv-partial",
        r"[Ss]ysv shmem \S{1,30} with (a|tail) hole|misordered attach|already collected as SYSVIPC",
        "a System V segment is mapped in pieces",
        "a task has unmapped or moved a part of a segment that it attached, and only whole ones can be attached again",
        "all",
        "let the program attach and detach whole segments (shmat, shmdt), or use memory of mmap; detach it before the "
        "dump",
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
        r"Can't write user ns mapping|[ug]id_map|user/group mappings|Can't fork for \d+: .{0,300}userns",
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
        "nested-cgroupns",
        r"Can't dump nested cgroup namespace",
        "a task lives in a cgroup namespace nested inside the tree's own",
        "a process that an exec or attach put into the container from outside (lxc exec, lxc-attach, docker exec, "
        "nsenter) has a cgroup namespace of its own, and so has a nested container; CRIU restores that of the root "
        "task alone",
        "all",
        "end what was put into the container by exec or attach, shells left open too (“lsns -t cgroup” tells whose "
        "they are), and start it through ssh or the container's init instead; dump nested containers separately",
    ),
    _known(
        "nested-pid-namespace",
        r"Can't dump nested pid namespace|Nested pid namespaces",
        "a task of the tree lives in a pid namespace of its own, as that of a container",
        "what is dumped has a container or sandbox below it (a shim such as containerd-shim or conmon, docker in "
        "docker, browsers, unshare --pid); CRIU dumps one pid namespace, and that from its first process on",
        "all",
        "do not give criu the shim or another parent of the container, but the container itself: its engine's own "
        "checkpoint (docker, podman, ctr, runc or crun checkpoint), or its init by criu (-t with the pid that lsns -t "
        "pid has for it); where the outer program is meant, end the inner one before the dump (browsers: --no-sandbox)",
        container="checkpoint each container by itself, by its engine; none inside of another, nor a whole engine",
        thread="criu#2086",
    ),
    _known(
        "nested-uts-namespace",
        r"Can't dump nested uts namespace",
        "a task, of systemd's units most often, has a host name of its own (a UTS namespace inside the tree's own)",
        "current systemd gives some of its services a UTS namespace each (ProtectHostname=), and CRIU dumps one for "
        "all tasks; iptables and exit lines behind it only follow",
        "all",
        "set ProtectHostname=no for that service (systemctl edit; /proc/PID/cgroup of the pid in the line says which) "
        "and restart it, or stop it for the dump; what unshare --uts or a nested container made must end before",
        container="the same inside, for each service of the container's systemd",
        thread="criu#1430",
    ),
    _known(
        "nested-pidns",
        r"Can't dump nested (pid|user|ipc|uts|time|cgroup|mnt) namespace|Nested (pid|user) namespaces|sub-task in NS",
        "a task lives in a namespace nested inside the tree's own",
        "a container, a sandbox or a service of systemd runs inside what is dumped (browsers, docker in docker, "
        "unshare, units with namespaces of their own); CRIU restores one level of this kind of namespace",
        "all",
        "end the nested container or sandbox before the dump (browsers: --no-sandbox), and what exec, attach or "
        "nsenter put into the container from outside, or dump it separately; of units, set ProtectHostname=no (uts), "
        "PrivateUsers=no (user), PrivateIPC=no (ipc)",
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
        "userns-joined",
        r"Can't setns \d+/(net|ipc|uts|time|cgroup): Operation not permitted",
        "the restored tasks may not enter a namespace that was there before them",
        "they get a user namespace of their own, which has no rights over a namespace that somebody else made, such as "
        "the network of a pod; without a user namespace it is CRIU itself that lacks CAP_SYS_ADMIN",
        "all, with --join-ns or --inherit-fd of a namespace",
        "dump and restore without a user namespace, or let CRIU make that namespace anew instead of joining one; no "
        f"release up to {NEWEST} can do both; without a user namespace run it as root of the host",
        container="Kubernetes: hostUsers: true for such pods (zeropod#96); podman and docker: without --userns and "
        "userns-remap",
        thread="criu#2651",
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
        "session-leader-lost",
        r"Can't find a session leader for|Requested sid \d+ doesn't match",
        "the leader of a task's session is not above it in the dumped tree",
        "a session is given back by way of its leader; a task whose parent has ended was given to init or to a "
        "subreaper, away from the leader, and CRIU knows only some of the ways there; or the leader was never dumped",
        "all; each knows more such trees than those before",
        f"try the newest CRIU ({NEWEST}); dump the tree from the session's leader on; start programs without forking "
        "twice (no daemon mode), or each with setsid; --shell-job where the leader is the shell",
        option="--shell-job",
        container="give the container an init (docker run --init) and leave exec sessions before the checkpoint",
        sure=False,
    ),
    _known(
        "zombie-of-outside",
        r"A session leader of zombie process",
        "a child that has ended, and that nobody has waited for, belongs to a session outside the dumped tree",
        "the number in the message is its pid; it was started through docker exec, nsenter or a shell outside, and its "
        "parent does not collect it, so that it stays a zombie; CRIU has no way to give such a session back",
        "all",
        "find its parent (ps -o pid,ppid,stat,comm; state Z) and let that wait for its children, or end it: an init "
        "that reaps then takes the zombie away; then dump again",
        container="an init that reaps in the container (docker run --init, tini); leave processes of `exec` sessions "
        "(docker exec, kubectl exec) before the checkpoint",
        thread="CRIU's commit 4ff252656",
    ),
    _known(
        "session-outside",
        r"A session leader of \d+(\(\d+\))? is outside|is not a session leader",
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
        r"PR_GET_TID_ADDRESS is not|Can.[tr] fetch file owner UIDs"
        r"|(sysctl|directory|file|option|infrastructure) is (missing(?! in the archive)|incomplete"
        r"|inaccessible: No such)|is inaccessible: No such file|Can't stat self map_files|System call kcmp is not",
        "the kernel was built without what CRIU needs",
        "these files are there in kernels with CONFIG_CHECKPOINT_RESTORE and the options that criu.org names: "
        "map_files, timers, ns_last_pid and the next ids of IPC with CONFIG_CHECKPOINT_RESTORE itself (map_files in "
        "every kernel from 4.3 on), pagemap and clear_refs with CONFIG_PROC_PAGE_MONITOR, children with "
        "CONFIG_PROC_CHILDREN, timens_offsets with CONFIG_TIME_NS, uid_map with CONFIG_USER_NS; kernels of small "
        "boards, clouds and WSL 1 leave some out, emulators (qemu, Rosetta on a Mac) and sandboxes (gVisor) have none, "
        "and a /proc that is masked or of another pid namespace hides them",
        "all",
        "see what the kernel has (zgrep CONFIG_CHECKPOINT_RESTORE /proc/config.gz, or /boot/config-*): use one with "
        "CONFIG_CHECKPOINT_RESTORE, the *_DIAG options and what else `criu check --all` names (another distribution's, "
        "or one built for it); in a container or a rented server it is the host's, with /proc mounted whole",
        thread="criu#2026",
    ),
    _known(
        "proc-not-mountable",
        r"ns_last_pid.{0,400}cannot be mounted because it is inside /proc",
        "the engine does not mount /proc/sys/kernel/ns_last_pid into a container",
        "runc lets only a few files of /proc be mounted, ns_last_pid from 1.1.3 on; CRIU writes to it where clone3 "
        "may not choose ids",
        "none of CRIU's",
        "runc 1.1.3 or later; or leave that mount away and let clone3 through the seccomp profile (kernels from 5.5 "
        "on): then CRIU needs no ns_last_pid",
        container="on the node: runc --version, and that of the engine's own copy",
        thread="runc PR #3451",
    ),
    _known(
        "last-pid-read-only",
        r"ns_last_pid.{0,300}Read-only",
        "CRIU may choose the ids of new tasks neither by clone3 nor by ns_last_pid",
        "it writes to ns_last_pid only where clone3 takes no ids: a seccomp profile refuses it (docker's and "
        "containerd's own let it through with CAP_SYS_ADMIN alone), or the kernel is older than 5.5; and /proc/sys is "
        "read-only in a container",
        "all",
        "let clone3 through: a seccomp profile of your own that allows it, with CAP_CHECKPOINT_RESTORE (kernels from "
        "5.9 on); or mount /proc/sys/kernel/ns_last_pid of the host at the same path, writable (runc from 1.1.3 on): "
        "the only way on kernels before 5.5, besides --privileged",
        container="--security-opt seccomp=FILE (unconfined to try) and --cap-add CHECKPOINT_RESTORE, or -v "
        "/proc/sys/kernel/ns_last_pid:/proc/sys/kernel/ns_last_pid; Kubernetes: seccompProfile of type Localhost (or "
        "Unconfined) and the capability in securityContext",
        thread="ci.docker#352",
    ),
    _known(
        "fork-not-permitted",
        r"Can't fork for \d+: Operation not permitted|clone3.{0,300}Operation not permitted"
        r"|ns_last_pid.{0,300}(Permission denied|Operation not permitted)|Can't set last_pid -(1|13)\b"
        r"|Unable to create a thread.{0,20}-1$",
        "CRIU may not choose the ids of new tasks",
        "clone3 with a given pid, or a write to /proc/sys/kernel/ns_last_pid, wants CAP_SYS_ADMIN or "
        "CAP_CHECKPOINT_RESTORE in the pid namespace",
        "all",
        "run as root, or with CAP_CHECKPOINT_RESTORE, in the user namespace that owns the pid namespace; on kernels "
        "before 5.5 /proc/sys must be writable (mount -o remount,rw /proc/sys); where the capability is there, SELinux "
        "may forbid it in a user namespace (Fedora, RHEL; criu PR #2022): setenforce 0 to try, ausearch -m avc",
        container="--cap-add CHECKPOINT_RESTORE --cap-add SYS_PTRACE; kernels before 5.9 need --privileged or "
        "/proc/sys/kernel/ns_last_pid mounted writable; --security-opt seccomp=unconfined where its profile refuses "
        "clone3",
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
        r"criu failed: type \w+ errno 17\b|Can't fork for \d+: (File exists|Device or resource busy)"
        r"|Pid \d+ do not match expected|Thread pid mismatch|Unable to create a thread(?!.{0,20}-11\b)|Can't (lock|set"
        r"|open) last_pid|Setting PID failed|ns_last_pid|Conflict with a dead task with the same PID",
        "a PID or thread id that the dump needs is taken or cannot be chosen",
        "tasks and threads get their old ids back, and one is in use here, or CRIU may not choose ids",
        "all",
        "restore in a PID namespace of its own (unshare -p, criu-ns), or end the task that has it, the original among "
        "them (--leave-running and --leave-stopped keep it); try again on a fresh pid range where only the timing was "
        "unlucky; a newer kernel (5.5 on, with CRIU 3.15 or later) lets clone3 choose the pid, so that others take it "
        "less often; CRaC: -XX:CRaCMinPid=128 where it is checkpointed, for pids that a new container does not use",
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
        r"Can't fork for \d+: Resource temporarily unavailable|Unable to create a thread.{0,20}-11\b",
        "a limit on processes is reached",
        "RLIMIT_NPROC of whoever restores, pids.max of the cgroup, or kernel.pid_max leaves no room for another",
        "all",
        "raise pids.max and ulimit -u for whoever restores, TasksMax of its service, and kernel.pid_max and "
        "kernel.threads-max where all of the host's are used up",
        container="--pids-limit -1; kubelet: podPidsLimit",
    ),
    _known(
        "fork-flags",
        r"Can't fork for \d+: (Invalid argument|Function not implemented)|Set CLONE_PARENT \| CLONE_NEWPID",
        "the kernel does not take the flags that the first process is made with",
        "a restore inside a pid namespace, or into one of an old kernel, asks for CLONE_PARENT with CLONE_NEWPID",
        "all",
        "restore with a newer kernel, from outside the container, or without --restore-sibling; “Function not "
        "implemented” is a seccomp profile that does not know clone3: a newer engine, or without the profile",
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
        "uninterruptible",
        r"Unseizable non-zombie \d+ found, state D\b",
        "a task is in uninterruptible sleep (state D), in which it cannot be stopped",
        "it waits in the kernel for a disk, NFS, FUSE, a device or a driver, and ptrace stops it only once that call "
        "is over; CRIU waits 10 seconds unless told otherwise",
        "all",
        "wait until that call is over, and dump again: /proc/PID/stack and /proc/PID/wchan say what it waits for; "
        "on slow storage a longer --timeout; a file system or device that never answers must be brought back or "
        "unmounted (umount -f, -l) first, and a task that stays so is a matter of the kernel or driver (dmesg); a "
        "task in a frozen cgroup of version 1 looks the same: thaw it (echo THAWED to its freezer.state) or unpause "
        "its container; one that waits for a vforked child goes on once that child runs its program or ends",
        option="--timeout 60",
        thread="criu#1649",
    ),
    _known(
        "traced-by-another",
        r"Unseizable non-zombie \d{1,10} found, state t\b",
        "a debugger or tracer holds a task (state t)",
        "it stands still in a tracer's stop: gdb, strace, a profiler, or another criu that has not let it go; CRIU "
        "stops tasks with ptrace too, of which a task can have one",
        "all",
        "detach the debugger or strace and dump again: TracerPid in /proc/PID/status says who it is; where it is a "
        "criu or a debugger that hangs, end that",
        container="TracerPid counts in the pid namespace that /proc is of: look on the host",
        thread="criu#1753",
    ),
    _known(
        "process-absent",
        r"Unable to interrupt task: \d{1,10} \(No such process\)",
        "there is no process of that pid where CRIU runs",
        "the kernel knows none of it: the process has ended, the number is another's, or it is the one that a "
        "container's own pid namespace has for it",
        "all",
        "look the pid up where CRIU runs (ps -e, pgrep -a; lsns -t pid for the first process of a container) and "
        "give that with -t; where it has ended meanwhile, its own log and dmesg say why",
        container="the pid on the host, as docker inspect -f '{{.State.Pid}}' or crictl inspect has it; or the "
        "engine's own checkpoint",
    ),
    _known(
        "never-stopped",
        r"^Unable to detach from \d{1,10}: No such process",
        "CRIU gave up before it had stopped the process, and this log does not say why",
        "it lets go of the process at its end, which it had not stopped yet: at -v1 and -v2 it logs no line where "
        "nobody listens at the address of --page-server, the most frequent reason",
        "all",
        "where --page-server is given, start `criu page-server` first, on that host and port, and let the firewall "
        "pass it",
        with_detail="the reason stands before this line",
        sure=False,
    ),
    _known(
        "traced",
        r"Unseizable non-zombie|Unseizable|Unable to interrupt (the process|task)|can't interrupt task"
        r"|Can't interrupt task|SEIZE \d+: can't|wrong task attached"
        r"|zombie (\d+ \(comm .{0,300}\) )?found while seizing|Can't attach to (\d+|init)",
        "a task could not be seized: something else traces it, or CRIU may not",
        "CRIU stops tasks with ptrace, of which a task can have one: strace, gdb or another debugger or profiler "
        "holds it already; or a security module (yama, SELinux, AppArmor) or a missing CAP_SYS_PTRACE forbids it",
        "all",
        "detach strace, gdb or the debugger (TracerPid in /proc/PID/status says who), run CRIU as root with "
        "CAP_SYS_PTRACE, and set kernel.yama.ptrace_scope=0 (3 lasts until the next boot); where the freezer of cgroup "
        "v2 stopped the tasks (--freeze-cgroup), dump without it or on a newer kernel, and thaw the cgroup first",
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
        "mapped-file-denied",
        r"Can't open (map_files|\d+'s mapfile link [\w-]+): Permission denied",
        "a file that a task maps may not be opened by whoever runs CRIU",
        "its file system may refuse root: on NFS with root_squash root is nobody, and FUSE lets in only who mounted it "
        "(without allow_other); or /proc/PID/map_files refuses who is not root of the host",
        "all",
        "run CRIU as root of the host, with CAP_SYS_PTRACE; as root already: look where the program and its libraries "
        "lie (df on the files in /proc/PID/maps), and run it from a local disk, or export the share with "
        "no_root_squash",
        container="--privileged where CRIU runs inside; an image and volumes on the node's own disk",
        thread="criu#1586",
        sure=False,
    ),
    _known(
        "proc-denied",
        r"Can't open (/proc/)?\d+/\S{1,100} on procfs: (Operation not permitted|Permission denied)"
        r"|(map_files|mapfile link)[\w /.:<>-]{0,80}?( is inaccessible)?: (Operation not permitted|Permission denied)"
        r"|Unable to open /proc/\d+/\S{1,100}: (Operation not permitted|Permission denied)"
        r"|Failed fstatat on map \S{1,40}: (Operation not permitted|Permission denied)",
        "a file of a task in /proc is not shown to whoever runs CRIU",
        "the kernel shows pagemap, map_files and others only to root of the host: root of a container (OpenVZ, LXC, a "
        "rented server that is one) is not, nor is one without CAP_SYS_ADMIN, CAP_SYS_PTRACE or CAP_CHECKPOINT_RESTORE",
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
        "proc-not-mounted",
        r"Can't open (0|self)/pagemap on procfs: No such file",
        "/proc is not mounted where CRIU runs",
        "CRIU reads nearly all from /proc, of tasks and of the kernel: in a chroot, a container's root file system "
        "or a mount namespace of one's own it must be mounted first",
        "all",
        "mount -t proc proc /proc there before CRIU starts (in a new pid namespace: unshare --mount-proc), and /sys "
        "and /dev too",
        container="where CRIU runs inside: a container with its usual /proc, not masked",
    ),
    _known(
        "pid-gone",
        r"criu failed: type \w+ errno 3\b|Unable to open /proc/\d+(?!.{0,300}Too many open files)"
        r"|Can't open /?(proc/)?\d+/?.{0,300}: No such (file or directory|process)|No such process.{0,300}freez"
        r"|Can't open \d+/(?!.{0,300}Too many open files)|The root (task|process) \d+ .{0,300}not|A root task is dead"
        r"|Can't read \d+'s stat|stat for \d+ is corrupted",
        "the task that should be dumped does not exist",
        "the pid given is of no process any more, or is counted in another pid namespace than CRIU's",
        "all",
        "give the pid as the namespace that CRIU runs in counts it (docker inspect -f {{.State.Pid}}), of a process "
        "that still runs",
        sure=False,
    ),
    _known(
        "leader-ended",
        r"Zombies with threads",
        "the main thread of a task has ended while others of its threads go on, which CRIU does not dump",
        "a program whose main() leaves by pthread_exit stays as a zombie with threads until the last of these ends",
        "all",
        "wait until its other threads are gone, or let its main thread wait for them (pthread_join) instead of ending",
        thread="criu#57",
    ),
    _known(
        "stopped-alone",
        r"Individually stopped threads|Zombie with(out)? (threads|children)|Zombies? (with )?threads?"
        r"|Stopped tasks are not supported|unsupported stop signal|pending SIGTRAP|Unexpected \d+ task interruption"
        r"|task not stopped after seize",
        "a task is in a state of stopping that cannot be dumped",
        "one of its threads is stopped or dead alone, or a debugger has left a trap behind",
        "all",
        "let the task run (kill -CONT), wait until its threads are gone, and dump again; a newer CRIU and kernel, "
        "which have had bugs with stopped tasks",
        sure=False,
    ),
    _known(
        "freezer-absent",
        r"Neither a cgroupv1",
        "the directory given with --freeze-cgroup has no freezer",
        "CRIU looks there for freezer.state (cgroup v1) or cgroup.freeze (v2) and finds neither: the cgroup is gone, "
        "the root cgroup is meant, which has none, or the path is not one of the freezer where CRIU runs",
        "all",
        "give the tasks' own cgroup below the mount of the freezer (/sys/fs/cgroup/freezer/…) or of v2 "
        "(/sys/fs/cgroup/…; /proc/PID/cgroup names it), or leave --freeze-cgroup away",
        container="a runtime names it: one that knows this host's version of cgroups, with /sys/fs/cgroup mounted "
        "where CRIU runs",
    ),
    _known(
        "freeze",
        r"Timeout reached\. Try|[Uu]nable to (freeze|thaw)|Unable to interrupt the current operation"
        r"|[Ff]reez(e|er|ing) .{0,80}time(out|d out)"
        r"|Unknown freezer state",
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
        "proc-of-another-namespace",
        r"unpriv[ia]l[ei]ged task whose /proc doesn|whose /proc doesn",
        "a task without privileges sees the /proc of another pid namespace",
        "the code that CRIU puts into the task reads /proc/self; where /proc is that of the host or of an outer "
        "namespace it mounts the right one for itself, which only CAP_SYS_ADMIN allows. A task that is not dumpable "
        "(it changed its uid, or its program may not be read) has a /proc of root's, and looks the same",
        "all",
        "mount proc anew inside of its pid namespace before the program starts (unshare --pid --fork --mount-proc; "
        "mount -t proc proc /proc), or run the program with privileges (CAP_SYS_ADMIN); where it changes its uid: "
        "start it as that user, or let it call prctl(PR_SET_DUMPABLE, 1)",
        container="an engine mounts /proc for the container's own pid namespace: leave out --pid=host and volumes on "
        "/proc; start the container with the user that the program runs as (USER, --user)",
        thread="criu#2243",
        sure=False,
    ),
    _known(
        "task-memory-limit",
        r"remote mmap\(\) failed: Cannot allocate memory",
        "a limit of the task leaves no room for CRIU's code in it",
        "CRIU puts some pages of its own into each task while it dumps, and the kernel answers that there is no "
        "more memory for it: the limit on its address space is reached, or that of its cgroup",
        "all",
        "raise the task's limit for the dump (prlimit --pid PID --as=unlimited --data=unlimited; Max address space in "
        "/proc/PID/limits), and memory.max of its cgroup",
        container="raise the memory limit of the container",
    ),
    _known(
        "parasite-selinux",
        r"check selinux execmem policy|mmap\(PROT_WRITE \| PROT_EXEC\) failed"
        r"|remote mmap\(\) failed: (Permission denied|Operation not permitted)",
        "code of CRIU could not be put into the task",
        "a page that is writable and executable was refused, by SELinux (execmem, execmod), by a seccomp filter, or "
        "by a hardened kernel",
        "all",
        "allow execmem (setsebool deny_execmem 0, or a policy module; setenforce 0 to try), or look at the seccomp "
        "filter",
        container="--security-opt label=disable to try",
    ),
    _known(
        "task-of-32-bits",
        r"Can't dump task \d+ running in 32-bit mode",
        "the task is a 32-bit program, which CRIU does not dump with this kernel or build",
        "kernels before 4.12 give such a task addresses of 64 bits once it is restored, so that CRIU refuses there; it "
        "must be built for 32 bits too (CONFIG_COMPAT), which needs a compiler and C library for them",
        "kernels before 4.12, and builds without CONFIG_COMPAT",
        "use a kernel from 4.12 on, and a CRIU that has it (`criu check --feature compat_cr` says so); or the 64-bit "
        "build of the program",
        container="the kernel and CRIU are the host's",
        thread="CRIU's commit 6f8f85ffd",
    ),
    _known(
        "segments-of-its-own",
        r"with LDT descriptors",
        "a task runs in a code segment of its own (LDT), which CRIU does not dump",
        "16-bit code under Wine, DOSEMU and other emulators puts segments into the local descriptor table "
        "(modify_ldt) and runs in them; CRIU knows the kernel's two code segments, of 64 and of 32 bits, alone",
        "all",
        "end that program before the dump; no option of CRIU's helps",
    ),
    _known(
        "infect-failed",
        r"No suitable VMA? found to run|Can't map remote parasite|Unable to connect a transport socket|Can't inject"
        r"|The task is not in parasite code|remote mmap\(\) failed",
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
        r"Failed to copy sharing|Can't copy sharing|Failed to (set|move) .{0,40}group .{0,60}(mount|sharing)"
        r"|Sharing group \(.{1,60}collision|External slavery sharing",
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
        "plugin-static",
        r"Dynamic loading not supported",
        "this CRIU is linked statically and can load no plugin",
        "a static program has no dlopen: musl's answers so, and CRIU takes a plugin that it was given for required",
        "all",
        "run a CRIU that is linked dynamically, built against a C library no newer than the one where it runs; or leave"
        " the plugins out (--libdir of an empty directory) where no task needs them",
        container="the build of CRIU that the engine or agent runs counts",
        thread="ai-dynamo/snapshot#179",
    ),
    _known(
        "plugin-library",
        r"Unable to load .{1,300}: .{1,200}: cannot open shared object file",
        "a plugin of CRIU needs a library that is not here",
        "it is loaded with CRIU, also for programs without a GPU; the line names the plugin first, then the library",
        "all",
        "install that library (ldd on the plugin's file names it; libdrm and libdrm-amdgpu for AMD's), or remove the "
        "plugin from /usr/lib/criu where no GPU is used",
        container="on the host or node, where CRIU runs",
    ),
    _known(
        "plugin-directory",
        r"Unable to open directory .{1,800}: ",
        "the directory of CRIU's plugins cannot be opened",
        "--libdir or CRIU_LIBS_DIR names one that is not there, or that whoever runs CRIU may not enter",
        "all",
        "give the directory that holds them (/usr/lib/criu, /usr/lib64/criu), or leave --libdir and CRIU_LIBS_DIR away",
        container="the environment of the engine's service counts, and /etc/criu/*.conf (libdir)",
        sure=False,
    ),
    _known(
        "plugin-file",
        r"^Unable to restore 0x[0-9a-f]{1,8}$",
        "a descriptor that a plugin dumped is given back by none",
        "a device's descriptor (of a GPU) is in the images as its plugin wrote it: the plugin is not here, or could "
        "not do it, which its own lines before say",
        "all",
        "install the plugin that dumped it (/usr/lib/criu, --libdir) with the same driver and a GPU of the same kind, "
        "and look at its lines before this one",
        container="on the host or node, where CRIU runs; the container needs the GPU's devices beside",
        sure=False,
    ),
    _known(
        "plugin-unfit",
        r"Unable to load .{1,300}\.so: |Can't load plugin|Unable to (build plugin path|read the libraries directory)"
        r"|Corrupted plugin|undefined symbol: .{0,60}(plugin|cr_)"
        r"|Failed in init\(.{0,60}\) of|plugin .{0,80}(version|mismatch)",
        "a plugin of CRIU does not fit to this CRIU",
        "a plugin calls functions of the program: one built from a later or earlier source finds them missing",
        "all",
        "install program and plugin from the same release (the same package or the same source), and remove other "
        "builds from the directory of --libdir, /usr/lib/criu",
        thread="criu#2521",
    ),
    _known(
        "cuda-driver-old",
        r"[Ii]nsufficient driver|CUDA_ERROR_INSUFFICIENT_DRIVER|driver version is insufficient",
        "NVIDIA's driver is too old for cuda-checkpoint",
        "the tool's work is done by the driver: libcuda.so of that machine cannot checkpoint",
        "driver 550 or newer; 570 for the actions and for CRIU's plugin",
        "install NVIDIA's driver 570 or newer (nvidia-smi names the one that is loaded), restart the machine or reload "
        "its modules, and see that no older libcuda.so is found first",
        container="the driver of the host counts",
        thread="cuda-checkpoint#22",
    ),
    _known(
        "cuda-shared",
        r"CUDA in (the )?process ID.{0,40}\"operation not supported\"",
        "the task has GPU memory of a kind that this driver does not save or put back",
        "most often memory that processes or GPUs share (CUDA IPC, peer access, NCCL's): vLLM and others on several "
        "GPUs have it; drivers before 575 also fail at much of PyTorch",
        "drivers before 610 for CUDA IPC",
        "start the program with NCCL_P2P_DISABLE=1 NCCL_NVLS_ENABLE=0 NCCL_SHM_DISABLE=1 and vLLM with "
        "--disable-custom-all-reduce, without MPS and managed (UVM) memory, and checkpoint it anew; or use the newest "
        "driver (a newer driver than 575.57.08; 610 and cuda-checkpoint --launch-job for CUDA IPC); the restore needs "
        "all GPUs that the task had",
        container="hand over the GPUs that the task had, or all of the machine (--gpus all)",
        sure=False,
        thread="cuda-checkpoint#27",
    ),
    _known(
        "cuda-tool",
        r"toggl\w{1,4} CUDA|OS call failed or operation not supported|restore thread ID for process"
        r"|Error \w{4,20} (CUDA in |the )?process ID \d",
        "cuda-checkpoint could not stop or start the GPU's part of a task",
        "NVIDIA's tool traces the task and talks to the driver: it wants root, a driver that can, and a task with a "
        "CUDA context",
        "drivers from 550 on; --action from 555, NVML from 570",
        "run it as root (sudo) on the host, with /proc of the task in sight (hidepid, containers: as the host's root), "
        "the driver in persistence mode (nvidia-smi -pm 1), and with the newest driver; memory that GPUs or processes "
        "share is not saved: start the program with NCCL_P2P_DISABLE=1 NCCL_NVLS_ENABLE=0 NCCL_SHM_DISABLE=1, without "
        "custom all-reduce, CUDA IPC, MPS and managed (UVM) memory (CUDA IPC is saved from driver 610 on)",
        container="hand over the GPUs that the task had, or all of the machine (--gpus all) where some of them are not "
        "enough for the driver",
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
        "somebody sent a task a signal while CRIU was at it",
        "SIGTERM, SIGINT or SIGHUP comes from outside: systemd ends all of a unit that it stops, such as that of the "
        "container before, and supervisors, shells and time limits do so too",
        "all",
        "restore into another unit (another name of the container, or --systemd-cgroup off), let the old one be gone "
        "first, and look into the journal for who stopped it; a dump is to be over before whoever stops the program "
        "does so (TimeoutStopSec, a grace period, a time limit)",
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
        "engine-hook",
        r"^(?!.*renaming interface).*?((running|executing) (\S{1,40} )?hooks?\b|nvidia-container-(cli|runtime-hook)"
        r"|lxc\.hook\.|(prestart|poststart|createRuntime|createContainer|startContainer|OCI) hooks?\b.{0,120}(fail"
        r"|error|exit)|hook .{0,80}exit status)",
        "a hook that the runtime runs for the container failed",
        "hooks run at a restore as they do at a start, but find another state: nothing is mounted yet, and processes "
        "and namespaces are those of the dump; NVIDIA's hook wants to put its driver into such a container",
        "all",
        "see the hook's own words in the message, and run it by hand; restore without it where it is not needed",
        container="NVIDIA: devices through CDI (nvidia-ctk cdi generate) rather than the hook, and no NVIDIA runtime "
        "for containers without a GPU; podman: --hooks-dir of an empty directory; CRI-O: hooks_dir in crio.conf; LXC: "
        "lxc.hook.* in the container's configuration",
        thread="cri-o#7632",
        sure=False,
    ),
    _known(
        "mount-device-absent",
        r"(Failed to open_tree|Can't bind|[Cc]an't (bind-)?mount|Unable to open|Can't stat).{0,400}"
        r"/dev/(nvidia(\d{1,3}|ctl|-uvm\S{0,8}|-modeset|-caps\S{0,20})|dri/\S{1,40}|kfd|vfio/\S{1,20}"
        r"|infiniband/\S{1,20})\b.{0,80}No such file",
        "a device file that was mounted into the container is not here",
        "the mount is of a device by its number (/dev/nvidia3, renderD129), and the container was given another one, "
        "or none, this time",
        "all",
        "see which the container has now (ls /dev/nvidia*, nvidia-smi -L), and lead the mount to that one: --external "
        "mnt[KEY]:/dev/nvidia0, with the key of the dump; or give it the device of the same number, and the same "
        "driver",
        container="give it the same device again (NVIDIA_VISIBLE_DEVICES by index, CDI, --device), or as many of the "
        "same kind under the same names; Kubernetes: restore on a node and with a request that yields them",
        thread="snapshot#305",
    ),
    _known(
        "device-nvidia",
        r"(Can't dump file|that type).{0,120}\bchr (195|50[0-9]|51[01]|23[4-9]):\d+|/dev/nvidia"
        r"|\bnvidia(\d{1,3}|ctl|-uvm\S{0,8}|-modeset|-caps)\b|\bcuda\b(?![_-]| restore tid)",
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
        "cuda-unprivileged",
        r"cuda_plugin: .{0,80}ptrace options.{0,60}(Operation not permitted|-1\b)",
        "the cuda plugin works for root alone: it suspends the task's seccomp filter, which the kernel grants no other",
        "PTRACE_O_SUSPEND_SECCOMP wants CAP_SYS_ADMIN in the initial user namespace, whether the task has a filter or "
        "not; --unprivileged does not change that",
        f"{CUDA_PLUGIN.release} and later",
        "run the dump and the restore as root (sudo); or without the plugin (--libdir /nonexistent) and with "
        "cuda-checkpoint --toggle --pid PID before the dump and after the restore, which works with --unprivileged "
        "too; a task that hangs now: cuda-checkpoint --action unlock --pid PID",
        container="SYS_ADMIN, from the host's root, not from a user namespace",
        thread="criu#3089",
    ),
    _known(
        "cuda-thread",
        r"cuda_plugin: .{0,80}(restore tid|sigmask|paused pid|Failed to track)|compel_wait_task failed after interrupt",
        "the cuda plugin lost the thread of the task that serves the GPU",
        "it stops all of a task but the thread that cuda-checkpoint talks to; where that has ended, is another one, or "
        "is traced by somebody else, the plugin cannot hold it",
        f"{CUDA_PLUGIN.release} and later",
        f"use the newest CRIU ({NEWEST}), whose plugin was mended here several times, and leave the plugin out (-L "
        "/nonexistent) for tasks without a GPU; see that the task is not killed or traced meanwhile; a task that hangs "
        "afterwards: cuda-checkpoint --action unlock --pid PID",
        thread="criu#2465",
        sure=False,
    ),
    _known(
        "cuda-restore",
        r"RESUME_DEVICES|cuda_plugin: .{0,60}[Rr]estor(e|ing) process",
        "the GPU's part of a task could not be put back",
        "cuda-checkpoint wants the same GPUs (kind and number), the same driver or a newer one, and their memory free; "
        "its own words stand in the lines of its output before",
        f"{CUDA_PLUGIN.release} and later",
        "read cuda-checkpoint's output in the lines before; give the restore as many GPUs of the same kind with the "
        "same driver (nvidia-smi must work there), and free their memory; NCCL without P2P, NVLS and shared memory "
        "(NCCL_P2P_DISABLE=1 NCCL_NVLS_ENABLE=0 NCCL_SHM_DISABLE=1) at the start of the program",
        container="the GPUs through NVIDIA's runtime or CDI in the restored container too",
        sure=False,
    ),
    _known(
        "cuda-suspend",
        r"(PAUSE|CHECKPOINT)_DEVICES|Failed to unlock process status",
        "the GPU's part of a task could not be locked or saved",
        "cuda-checkpoint locks the driver's calls of a task and moves the GPU's memory into the task's; its own words "
        "stand in the lines of its output before",
        f"{CUDA_PLUGIN.release} and later",
        "read cuda-checkpoint's output in the lines before; raise --timeout (300), since the memory takes its time, "
        "with as much free memory of the host as the GPU's; the newest driver; no memory that GPUs or processes share "
        "(NCCL_P2P_DISABLE=1 NCCL_NVLS_ENABLE=0 NCCL_SHM_DISABLE=1, no CUDA IPC, MPS, UVM); a task that hangs "
        "afterwards: cuda-checkpoint --action unlock --pid PID",
        option="--timeout 300",
        sure=False,
    ),
    _known(
        "cuda-state",
        r"(get|Unknown) CUDA state|cuda-checkpoint to retrieve"
        r"|cuda-checkpoint (exited improperly|unexpectedly signaled)"
        r"|read output of cuda-checkpoint|wait for the cuda-checkpoint",
        "cuda-checkpoint did not tell the state of a task on the GPU",
        "it asks the driver for each task: without a right to trace it, with another release of the driver's libraries "
        "than of the driver, or with no GPU in reach it fails; its own words stand in its output",
        f"{CUDA_PLUGIN.release} and later",
        "run cuda-checkpoint --get-state --pid PID by hand as root and see its own message; the tool and libcuda of "
        "the driver's release (555 or later, 570 for most uses), /dev/nvidia* in reach; hosts without an NVIDIA GPU: "
        "remove cuda_plugin.so from /usr/lib/criu",
        container="of the node, whose criu runs it",
        sure=False,
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
        "gpu-exchanged",
        r"amdgpu_plugin: .{0,80}/dev/dri/(renderD|card)\d+.{0,40}(No such|Permission|not permitted)",
        "the render device of the GPU is not among those that are handed over here",
        "a container gets some of the devices below /dev/dri, under the numbers that they have on this host; the dump "
        "used another one, or the engine handed over another GPU this time",
        "all; newer plugins find the new number by themselves",
        "restore where the same GPU is handed over under the same number, or all of /dev/dri; use a newer CRIU and "
        "amdgpu plugin, which map one GPU to another",
        container="--device /dev/kfd --device /dev/dri; Kubernetes: the device plugin chooses the GPU: ask for all of "
        "the node, or restore on a node with the same devices",
        thread="criu#2723",
    ),
    _known(
        "render-node",
        r"drm render (fd|node|device).{0,60}No such (file|device)|(open|find).{0,40}/dev/dri/renderD\d+.{0,60}No such",
        "the render node of the GPU (/dev/dri/renderD…) is not there",
        "the plugin opens it for the state of each GPU that the task used; it is not on this machine, or not where "
        "CRIU or the container sees it",
        "all",
        "ls -l /dev/dri where CRIU runs: load the driver (modprobe amdgpu), and let whoever runs CRIU see and open "
        "every renderD* there; a newer CRIU says which one it wanted",
        container="hand it over when the container is made anew as well (--device /dev/dri --device /dev/kfd)",
        thread="criu#2888",
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
        "amdgpu-topology",
        r"Number of devices mismatch|Number of xgmi groups|Failed to match (all GPU groups|remaining nodes)"
        r"|amdgpu_plugin: .{0,20}(Failed to (map GPUs|find node with gpu_id|determine iolinks|parse (node|local system)"
        r"|convert stored device)|maps_get_dest_gpu failed|[CG]PU mapping "
        r"already)",
        "the GPUs here cannot stand in for those of the dump (AMD)",
        "the plugin maps each dumped GPU to one of the same model, memory, firmware and links (XGMI, NUMA node) and "
        "finds none; GPUs that the control group of the container hides are not seen",
        "3.17 and later",
        "restore on a machine with the same GPUs, as many, joined in the same way; where they differ in little only, "
        "KFD_FW_VER_CHECK=NO (also KFD_SDMA_FW_VER_CHECK, KFD_CACHES_COUNT_CHECK, KFD_NUM_GWS_CHECK, "
        "KFD_VRAM_SIZE_CHECK, KFD_NUMA_CHECK, KFD_CAPABILITY_CHECK) in the environment of criu",
        container="as many GPUs of that model as the container had (amd.com/gpu), with /dev/kfd",
        thread="criu#2248",
    ),
    _known(
        "amdgpu-render",
        r"amdgpu_plugin: .{0,20}(DRM render minor \d+ out of range|Failed to (open render device|duplicate fd for "
        r"minor)|Can't pass NULL drm render|unable to duplicate the render fd"
        r"|Failed to find (a device with minor|valid gpu_id))|passing drm render fd = -",
        "the render device of a GPU (/dev/dri/renderD…) cannot be opened (AMD)",
        "each GPU has one, told by its minor number, which is another on another machine or is not handed over; one of "
        "a program that only draws (OpenGL, a display) is none that the driver for computing (KFD) knows",
        "3.17 and later",
        "see /dev/dri here (ls -l), load the driver amdgpu, and restore as root or in the groups video and render; a "
        "newer CRIU maps one device to another; run what shall be dumped without graphics",
        container="hand over all of /dev/dri, and /dev/kfd (--device /dev/dri --device /dev/kfd)",
        thread="criu#2723",
        sure=False,
    ),
    _known(
        "amdgpu-kernel",
        r"amdgpu_plugin: .{0,40}(CR not supported on current kernel|get version ioctl|GEM_CHANGE_HANDLE|(bo|vm"
        r"|process) info ioctl|dumper \(process\) ioctl|call (create|mmap|gem va|change) ioctl)|CR not supported on "
        r"current kernel",
        "the driver of this kernel cannot save or restore GPUs for CRIU, or not by this plugin's calls (AMD)",
        "KFD knows checkpoints from 5.18 on, buffers of render devices only in newer kernels still; the plugin and the "
        "driver must be of one age",
        "3.17 and later",
        "use a kernel or driver (ROCm's amdgpu-dkms) that has the calls, and the newest CRIU with its own plugin; run "
        "it as root of the host; dmesg says what amdgpu refused",
        container="the driver is the host's",
        sure=False,
    ),
    _known(
        "amdgpu-memory",
        r"amdgpu_plugin: .{0,20}([Ff]ailed to (alloc|GPU map|CPU map|import dmabuf|create (userptr|context|BO)|submit"
        r"|query fence)|Failed to (drain|fill) the BO|IB execution did not|Invalid sdma|Ignoring invalid (size|value))"
        r"|KFD_MAX_BUFFER_SIZE",
        "the memory of a GPU could not be copied (AMD)",
        "the plugin copies buffers with the GPU's own engine (sDMA) through a buffer of the host as large as the "
        "largest of them, which wants free memory on both",
        "3.17 and later",
        f"free memory of host and GPU, or KFD_MAX_BUFFER_SIZE=2G in the environment of criu for smaller pieces "
        f"({GPU_BUFFER_CAPPED.later}); a newer driver; dmesg says where the engine hung",
        container="raise the container engine's limits of memory, which count for criu too",
        sure=False,
    ),
    _known(
        "amdgpu-dmabuf",
        r"amdgpu_plugin: .{0,60}(dmabuf|dma buffers)",
        "a buffer that processes or GPUs share (DMA buffer) could not be saved or restored (AMD)",
        "the plugin knows those that tasks of the dump share among one another; one that somebody outside holds it "
        "cannot find",
        "4.2 and later; before that none",
        "dump all processes that share it as one tree; close what is shared with others (RDMA, graphics, IPC of ROCm) "
        "first; use the newest CRIU",
        container="one container for all that share GPU memory",
        sure=False,
    ),
    _known(
        "amdgpu-image",
        r"amdgpu_plugin: .{0,200}(size mismatch \(current|Unable to (read from|parse the|read file)|Cannot fopen)",
        "the images of the GPU are not whole (AMD)",
        "beside CRIU's images the plugin writes amdgpu-*.img, as large as the GPU's memory in use: they were not "
        "copied, are cut short, or are of another release of the plugin",
        "all",
        "copy the whole directory, with amdgpu-*.img; see that the disk did not fill; restore with the release that "
        "dumped or a newer one",
        container="the archive must hold them too",
        sure=False,
    ),
    _known(
        "amdgpu-refused",
        r"([Rr]estore (late )?ioctl failed|Failed to unpause process)",
        "AMD's driver refused to save or restore the GPU's part of a task",
        "the kernel says why with an errno and in its own log (amdgpu, kfd): no room on the GPU, other GPUs than "
        "before, a process that is not whole, or a driver without that call",
        "all",
        "look into dmesg for amdgpu and kfd; give the same kind and number of GPUs with as much memory free, the same "
        "kernel or a newer one with amdgpu's support for CRIU, and the newest CRIU with its plugin; only compute "
        "(ROCm) can be saved, no graphics",
        container="/dev/kfd and all of /dev/dri in the container, as at the dump",
        sure=False,
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
        "plugin-absent",
        r"Missing required plugin",
        "a plugin that took part in the dump is not here, and the restore needs it",
        "the inventory names the plugins whose state is in the images: cuda_plugin NVIDIA's GPUs, amdgpu_plugin AMD's; "
        "one that is installed but finds no driver switches itself off and counts as missing too",
        f"{PLUGINS_NAMED.release} and later",
        "install it (criu-cuda-plugin, criu-amdgpu-plugin: /usr/lib/criu or /usr/lib64/criu, else --libdir DIR) with "
        "the GPU's driver of the dump, and cuda-checkpoint in PATH; restore on a node that has such a GPU",
        container="on the host or node, where CRIU runs; the container needs the GPU's devices beside",
        thread="criu#2489",
    ),
    _known(
        "device-gpu",
        r"(Can't dump file|that type).{0,120}\bchr (226|511|24[0-9]|23[0-9]):\d+|/dev/dri|/dev/kfd|path=/(i915"
        r"|drm mm object)|amdgpu_plugin|amdgpu: |\bkfd\b",
        "a task uses a GPU (DRM, /dev/dri, /dev/kfd)",
        "the descriptor is a graphics device, whose state only a plugin for it can save: CRIU has one for amdgpu "
        "with ROCm, none for graphics of other drivers",
        "all",
        "close the device or keep the program off the GPU before the dump (no hardware rendering); a program that "
        "needs no GPU has inherited it from its terminal: start it from another one (ssh); for ROCm install "
        "the amdgpu plugin of CRIU and the same driver on both sides; which device a number is of, /proc/devices says",
        thread="criu#1873",
    ),
    _known(
        "message-queues-there",
        r"mqueue isn't empty",
        "there are POSIX message queues in the IPC namespace of a mounted mqueue",
        "CRIU makes an mqueue file system again only where it is empty: queues that a program has made stay until "
        "they are removed, and those of the host are seen where its IPC namespace is shared",
        "all",
        "remove them before the dump (ls and rm in that mount, /dev/mqueue most often; mq_unlink), umount it, or "
        "run the tasks in an IPC namespace of their own (unshare -i)",
        container="no --ipc=host",
    ),
    _known(
        "message-queue",
        r"path=/?[\w./-]* .{0,300}mqueue|^(?!mnt).{0,300}\bmqueue|POSIX message queue"
        r"|Can't lookup mount=-?\d+ for fd=\d+ path=/(?!ptmx\b|secretmem|memfd:|SYSV|\[)[^/\s]+"
        r"( \(deleted\))?$",
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
        r"|mapfile link \S+: No such device or address|send_fds failed \(-22\)",
        "a task uses io_uring",
        "CRIU does not dump its rings, neither the descriptor nor its mappings; kernels from 6.7 on do not even let "
        "it send the descriptor over a socket (send_fds, EINVAL)",
        f"all up to {NEWEST}",
        "turn io_uring off in the program, such as UV_USE_IO_URING=0 for Node.js and libuv, or "
        "kernel.io_uring_disabled=2 before it starts",
        container="-e UV_USE_IO_URING=0, or a seccomp profile that refuses io_uring_setup",
        thread="criu#2131",
    ),
    _known(
        "pidfd-store",
        r"Pidfd store socket|pidfds? (found in pidfd store|entry)|Can't get pidfd of|using pidfd_getfd"
        r"|socket from the previous iteration|Can't (read|send) pidfd|^pidfd_(open|getfd) syscall",
        "the socket that keeps pidfds for CRIU between pre-dumps could not be used",
        "whoever calls CRIU by libcriu or RPC hands over a unix socket (pidfd_store_sk): of datagrams, not connected, "
        "and the same one for each pre-dump and the dump; the kernel needs pidfd_open (5.3) and pidfd_getfd (5.6)",
        "3.16 and later",
        "hand over one such socket for the whole series, and leave it open; or none (pidfd_store_sk unset), so that "
        "CRIU tells by times whether a pid was used again",
        sure=False,
    ),
    _known(
        "pidfd",
        r"pidfd: |anon_inode:\[?pidfd\]?|pidfs|(?<!Can't get )\bpidfd\b",
        "a pidfd that a task has open could not be dumped or made again",
        f"pidfds are dumped from CRIU {PIDFDS.release} on, of processes within the tree, and not of threads "
        "(PIDFD_THREAD)",
        f"{PIDFDS.before} for all; later for processes outside the tree",
        f"dump with {PIDFDS.later}, together with the process that the pidfd stands for, or close it; restore on a "
        "kernel that has pidfd_open (5.3 and later)",
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
        "bpf-map",
        r"Can't dump file \d+ of that type \[\d+\] \(anon anon_inode:\[?bpf-map",
        "a task has a BPF map open, and this CRIU is built without what reads them (libbpf)",
        "a build with libbpf dumps maps of the kinds hash and array, and says of others that it does not support them; "
        "Debian's is built without",
        "builds without libbpf",
        "build CRIU with libbpf (libbpf-dev, libbpf-devel), which makes it dump hash and array maps; or close the "
        "map, or end the monitoring or tracing in the task, before the dump",
    ),
    _known(
        "bpf-map-refused",
        r"Can't (create|freeze|restore params on) bpfmap|Can't load key-value pairs to BPF|Can't perform a batch lookup"
        r"|Could not get BPF map info|for BPF map (keys|values|out_batch)|for bpfmap buffers",
        "a BPF map of a task could not be saved or made again",
        "maps of two types (hash and array) are read and filled by calls of bpf() in batches, of kernel 5.6, and want "
        "CAP_BPF (from 5.8 on) or CAP_SYS_ADMIN in the initial user namespace where unprivileged BPF is off; before "
        "5.11 the memory of a map counts against the limit on locked memory",
        "3.15 and later",
        "run as root of the host on a kernel from 5.6 on, raise ulimit -l before 5.11, with as much memory as the map "
        "has; or close the map before the dump",
        container="--cap-add BPF --cap-add SYS_RESOURCE where CRIU runs inside",
        sure=False,
    ),
    _known(
        "bpf-perf",
        r"chr 10:232\b|/dev/kvm|anon_inode:\[?(bpf[\w-]*|perf_event|userfaultfd|kvm[\w-]*|fscontext|landlock[\w-]*"
        r"|seccomp notify|btf|dmabuf|sync_file)|BPF map type|bpf_link|anon_inode:\[perf_event\]",
        "a task has a kernel object open that cannot be dumped (bpf, perf, userfaultfd, kvm)",
        "CRIU knows regular files, pipes, sockets, epoll, eventfd, signalfd, timerfd, inotify, memfd and BPF maps of "
        "two types; programs, links, perf events and virtual machines hold state that it cannot read",
        "all",
        "close the descriptor, or end the monitoring or profiling inside the task, before the dump",
    ),
    _known(
        "device",
        r"handle_device_vma plugin failed|Can't handle non-regular mapping|Can't load plugin"
        r"|Failed to load plugin",
        "a task maps a device, or the plugin for one cannot be loaded",
        "only a plugin for that device can dump or restore it; there is one for AMD's and NVIDIA's GPUs, none for RDMA "
        "(InfiniBand, RoCE), DPDK, VFIO and others",
        "all",
        "install the plugin (cuda, amdgpu) and the same driver on both sides; --libdir says where plugins are; of a "
        "device that has none (/proc/PID/maps names it) let the program unmap it before the dump or not use it: "
        "without InfiniBand by UCX_TLS=tcp,self (also sysv where the IPC namespace is dumped), NCCL_IB_DISABLE=1 or "
        "--mca btl tcp,self",
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
        "epoll-master",
        r"Unexpected state for tfd",
        "a fault of CRIU itself: it lets a task make an epoll set that does not have the watched files",
        "of the tasks that share the set it takes the one with the lowest pid, which is a child where pids have begun "
        "anew; the files are open in the parent alone. Virtuozzo's CRIU goes by the tree of tasks since June 2017",
        "Virtuozzo's before June 2017",
        "upgrade CRIU; where it stays, start the program again, so that the parent has a lower pid than its children, "
        "and dump it anew",
        thread="CRIU's commit f03848309",
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
        "pipe-packets",
        r"packetized mode for pipes",
        "a task has a pipe in packet mode (O_DIRECT), which CRIU does not dump",
        "such a pipe keeps what each write has put into it apart; CRIU knows only those that autofs makes",
        "all",
        "let the program make that pipe without O_DIRECT (pipe2), or close it before the dump; ls -l /proc/PID/fd and "
        "flags of /proc/PID/fdinfo show which it is",
    ),
    _known(
        "pipe-data",
        r"splicing data|for stealing data|(pick|push) pipe data|fake fifo|Can't open fifo"
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
        "fd-store",
        r"fd \d+ into store|Unable to a peek offset|FDSTORE_SK_OFF",
        "CRIU's store of descriptors is full or cannot be used",
        "while it restores it keeps descriptors in the queue of a unix socket, whose length is limited",
        "all; newer ones need less of it",
        "raise net.unix.max_dgram_qlen and net.core.wmem_max; use a newer CRIU",
        container="the sysctls are the host's",
        sure=False,
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
        r"Some file locks are hold|\b[Ll]ease (type|doesn)|[Bb]reak(ing)? lease|lock test result|downgrade lock"
        r"|Invalid lock entry|Unresolved lock found|We have a blocked file lock|Can not set (flock|posix lock"
        r"|ofd lock)|Conflicting lease|Can't set lease|Unknown (file lock style|flock)|Dump file lock failed",
        "a task holds a file lock",
        "locks (flock, fcntl, leases) are dumped only on demand, since nobody keeps others from taking them meanwhile",
        "all",
        "--file-locks on both sides, dump and restore; where a restore cannot take the lock, end who has it now "
        "(lslocks, the original task among them)",
        option="--file-locks",
        thread="criu#1370",
    ),
    _known(
        "fsnotify",
        r"Can't find suitable path for handle|find suitable mount point for s_dev|Can't dump that handle"
        r"|Can't decode handle|irmap: Failed to resolve|fsnotify: ",
        "an inotify or fanotify watch has no path",
        "the watched file is known by a handle that leads to no path, as on overlayfs, or was deleted; on restore "
        "the path must exist here, cgroup files too",
        "all",
        "dump with --force-irmap, or --irmap-scan-path DIR; where a watch cannot be added with EINVAL, its mask is of "
        "another kernel: restore on one like it; restore where the watched file exists; end the service "
        "that watches it; on btrfs, whose files have other device numbers than their mounts, keep them on another file "
        "system (LXD, Incus: a storage pool of the kind dir or zfs)",
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
        "file-cannot-seek",
        r"Can't restore file pos: Illegal seek",
        "what was open has no position: a namespace (nsfs), or now something else than a file",
        "a namespace that is bind-mounted at a path, as `ip netns` does, was taken for a regular file when it was "
        "dumped; or a FIFO, socket or terminal is at the path here",
        "all",
        "let the program close the file of the namespace before the dump; where it was a regular file, put that back",
        sure=False,
    ),
    _known(
        "program-absent",
        r"Can't open file /?(usr/(local/)?)?(s?bin|lib\d{0,2}|libexec)/.{1,800} on restore: No such file",
        "a program or library of the dump is not here: another version, or none, is installed",
        "what a task has mapped or open is opened again by its path, which often has the version in it: the package "
        "was updated or removed since the dump, or the restore has another root file system",
        "all",
        "install that very version of the package, as where it was dumped (dnf downgrade, apt install "
        "PACKAGE=VERSION), or restore with the file system of the dump as root (--root, a container or chroot of its "
        "image); a file alone may be copied to its path",
        container="restore from the very image of the checkpoint (by its digest), with the same volumes",
        thread="criu#1972",
    ),
    _known(
        "file-of-another-kind",
        r"Can't open file \S.{0,400}: (Is a directory|Not a directory)",
        "where a file was open at the dump there is a directory now, or the other way round",
        "files are opened again by their path, which leads to something else here",
        "all",
        "compare the path with where it was dumped (ls -ld, namei -l), and put a file of the same size and mode "
        "there, or a directory where one was; restore with the same root file system (--root)",
        container="the same image and volumes: a volume whose source was absent is made as a directory by engines",
    ),
    _known(
        "file-absent",
        r"Can't open file .{0,800} on restore: (No such|Permission)|- Can't open vma|Can't change (root|cwd)\b"
        r"|Can't find task (cwd|root) file|Unable to open fd=\d+ id=|Can't find target file|Can't open (cwd|root)"
        r"|Can't chdir(?! to work_dir)|Unable to find the \d+ memfd",
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
        "program-changed",
        r"File /?(usr/(local/)?)?(s?bin|lib\d{0,2}|libexec)/.{1,800} has bad (size|build-ID)",
        "a program or library is another one than at the dump: its package was updated, or it was built anew",
        "the memory of a task goes with the very file that it had mapped, whose size or build id is another here",
        "all",
        "put the package back to the version of the dump (dnf downgrade, apt install PACKAGE=VERSION), or restore with "
        "the file system of the dump as root (--root, a container or chroot of its image); or start the program anew "
        "and dump again",
        container="restore into the same container or from the very image of the checkpoint (by its digest; docker "
        "commit keeps one), with the same volumes",
        thread="criu#1972",
    ),
    _known(
        "file-changed",
        r"has bad size \d+ \(expect \d+\)|Build-ID \(For validation\) could not|has bad mode 0\d+ \(expect"
        r"|has bad build-ID",
        "a file has changed since the dump",
        "size, mode or build id of an open or mapped file is not what it was",
        "all",
        "restore with the same root file system; keep growing logs out of it, or copy the file of the time of the "
        "dump, or make it as long as it was (truncate -s with the size expected); --skip-file-rwx-check for modes, "
        "--file-validation filesize for build ids",
        container="restore from the same image with the same volumes; a log that goes on growing belongs into a volume "
        "of its own; the line “skip-file-rwx-check” or “file-validation filesize” in /etc/criu/runc.conf (crun: "
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
        r"Can't (readlinkat|note link remap|seek (file (data|hole)|ghost)|stat path|open mapped)"
        r"|Failed f?stat(at)? on map|Failed to resolve mapping"
        r"|The path \[.{0,800}\] is not supported|fiemap|Buffer for read ?link",
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
        r"Can't dump ghost file .{0,800} of \d+ size",
        "an unlinked file is larger than CRIU takes along",
        "files that are open but have no path are dumped with their contents, up to a limit of 1 MiB",
        "all",
        "--ghost-limit 8M, larger than the size named",
        option="--ghost-limit 8M",
        thread="criu#202",
    ),
    _known(
        "read-only",
        r"[Rr]ead-only file system",
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
        r"Can't link \S{0,200}link_remap\.\d+ -> .{0,300}: No such file"
        r"|Can't get owner of link remap .{0,400}: No such",
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
        "ghost-unread",
        r"Can't send ghost to image|Can't open ghost original file",
        "an unlinked file could not be taken along (ghost)",
        "its contents go into the images: the directory of these has no room, or the file cannot be opened once more "
        "through its descriptor, as on some network file systems and by whoever lacks the right",
        "all",
        "put the images (-D) where there is room for it, run as root of the host, or let the program close the file "
        "before the dump",
        sure=False,
    ),
    _known(
        "ghost-restore",
        r"(?<!unix: )ghost|Can't (open|create node for|make) ghost|Can't link .{0,800} -> .{0,800}: File exists"
        r"|Can't link \S+(cr\.\d+\.ghost|link_remap)|[Uu]nlink (the )?remap|fake link|Remap for non existing"
        r"|Can't (create dir: |remove )\S{0,300} AT \d|^symlink\(|No space left on device.{0,300}ghost",
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
        "cgroup-cpuset-range",
        r"cpuset\.(cpus|mems): Numerical result out of range",
        "this host has fewer CPUs or memory nodes than the cgroup (cpuset) of the dump names",
        "cpuset.cpus and cpuset.mems name CPUs and nodes by number, which the kernel refuses beyond those that it can "
        "have (ERANGE)",
        "all",
        "restore on a host with as many CPUs and nodes, or --manage-cgroups=ignore with a cgroup made for this one; or "
        "set cpuset.cpus before the dump to CPUs that both have",
        option="--manage-cgroups ignore",
    ),
    _known(
        "cgroup-cpuset",
        r"cpuset.{0,200}(No spa ?c ?e left|Invalid argument)|Restoring special cpuset|cpuset\.(cpus|mems)",
        "a task cannot be moved into its cgroup, since the CPUs or memory nodes of that are not set (cpuset)",
        "a cpuset without cpuset.cpus and cpuset.mems takes no task, which the kernel tells as “No space left on "
        "device”; or the host has no such CPUs",
        "all",
        "set cpuset.cpus and cpuset.mems of the parent cgroups from the top down, then of the cgroup itself, which "
        "CRIU before 1.4 does not do for parents that it made; or --manage-cgroups=ignore or none",
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
        "raise fs.pipe-max-size and fs.pipe-user-pages-soft on the target, or restore with CAP_SYS_RESOURCE as root of "
        "the host; end what else holds pipes of that user",
        container="--cap-add SYS_RESOURCE where CRIU runs inside; the sysctls are the host's",
        thread="lxd#2153",
    ),
    _known(
        "no-space",
        r"[Nn]o space left on device|Disk quota exceeded|Can't write img file.{0,300}No space",
        "there was no room to write",
        "images are as large as the memory of the tasks; a restore writes unlinked files and tmpfs contents",
        "all",
        "give the images directory (-D) another file system with more room, and check df -h, df -i and quotas; of a "
        "restore the file systems under its root, such as /dev/shm, /tmp and /run (mount -o remount,size=…)",
        container="a larger --shm-size and --tmpfs; room where the engine keeps containers",
    ),
    _known(
        "image-write",
        r"Can't write \d+ bytes|Error flushing image|Can't write img file|Unable to write .{0,60}image",
        "an image could not be written",
        "the file system of the images directory refused it: full, over a quota or the largest size of a file "
        "(ulimit -f), a network file system that failed, or a streamer that ended",
        "all",
        "put the images (-D) on a local file system with room, lift ulimit -f for whoever dumps, and look into "
        "dmesg; with --stream into the streamer's own log",
        sure=False,
    ),
    _known(
        "engine-files",
        r"ctr\.log.{0,40}: no such file|userdata/ctr\.log: no such file|Can't stat file \S{1,400}/userdata to tar",
        "podman takes a file of the container along that is not there",
        "an export packs what stands in the container's userdata directory, its log ctr.log among it, which a "
        "container with the log driver none, journald or passthrough does not have",
        "podman of before the end of 2021 asks for ctr.log whatever the log driver is",
        "use a newer podman, or run the container with a log driver that writes the file (--log-driver k8s-file); "
        "checkpoint without --export where the images stay on this host",
        thread="podman#11974",
    ),
    _known(
        "tmpfs-tar",
        r"Can't (dump|restore) tmpfs content|(?<![\w./-])tar: .{0,300}|(?<![\w./-])tar\b.{0,300}(not found"
        r"|No such file)",
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
        "layers, new options of new kernels; where the words quoted begin in the middle of a path the line was cut",
        f"lines of overlay beyond 1 KiB {LONG_MOUNTS.before}, beyond 4 KiB all up to {NEWEST} (criu#3129)",
        "upgrade: an old release is too old for such mounts; use a newer CRIU; with a new one: an image of fewer "
        "layers (squash it), or shorter paths of the storage, so that no line is beyond 4 KiB",
        thread="criu#554",
    ),
    _known(
        "host-file-system",
        r"isn't mount(ed)? on the host",
        "a file system that CRIU looks at on the host is not mounted there",
        "it compares devpts, devtmpfs and others of the container with the host's",
        "all",
        "mount it where CRIU runs (mount -t devpts devpts /dev/pts; mount -t devtmpfs devtmpfs /dev)",
        container="--privileged with /dev of the host where CRIU runs inside",
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
        "5.0 and later with shiftfs); or the task has mapped the file in another mount namespace, before it went into "
        "its own (setns, unshare, a launcher such as Android's zygote or Singularity's starter, which runs a program "
        "of the host), so that the mount is not in its list",
        "all",
        "compare mnt_id in /proc/PID/fdinfo with /proc/PID/mountinfo: where the mount is of another mount namespace, "
        "open and map files only after the task has entered its own (start it there anew); where it is overlayfs, "
        "try another kernel, or a storage driver other than overlay2 (docker: vfs, btrfs); where it is the launcher of "
        "a container that runs from outside, dump the process inside (its child), or run CRIU inside the container",
        thread="criu#860",
    ),
    _known(
        "stream-outside",
        r"Can't lookup mount=\S{1,20} for fd=[012] path=/dev/null",
        "standard input or output is a /dev/null from outside of the container",
        "whoever started the container opened it on the host and let the program inherit it, so that its mount is none "
        "of the container's",
        "all; crun before 0.12.2",
        "start the program from inside with its streams opened there (< /dev/null > /dev/null 2>&1); of a service or a "
        "tool of one's own: let it open /dev/null again once it is in the mount namespace; else --external "
        "mnt[PATH]:KEY for the mount that it came from",
        container="use a newer crun, runc or engine, which opens /dev/null again inside; then make the container anew, "
        "as its streams stay as they were; leave exec sessions first",
        thread="crun fc08d71d5",
        sure=False,
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
        "its output redirected to files there; a service of systemd without a mount namespace of its own (no "
        "DynamicUser, Private…, Protect…), or with StandardInput, StandardOutput and StandardError as null or a file; "
        "else --external file[MOUNT_ID:INODE] when dumping and --inherit-fd when restoring, or --external "
        "mnt[PATH]:KEY for the mount; where it is overlayfs, another kernel or storage driver",
        container="leave exec sessions first; keep logs and sockets of outside on volumes",
        thread="criu#1533",
        sure=False,
    ),
    _known(
        "terminal-mount",
        r"/dev/(console|tty\w{0,10}|pts(/\d{1,9})?|ptmx) (doesn't have a proper (root mount|point)"
        r"|is autodetected external)",
        "a terminal from outside is mounted into the container",
        "the runtime bind-mounts its terminal over /dev/console, whose other end and file system (devpts) are not "
        "among what is dumped",
        "all",
        "start the container without a terminal (no -t; “terminal”: false in config.json; lxc.console.path = none); or "
        "name the mount, --external mnt[/dev/console]:KEY when dumping and --external mnt[KEY]:/dev/console when "
        "restoring, and the terminal, --external tty[RDEV:DEV] with --inherit-fd; a newer runtime and CRIU do both",
        container="docker and podman: run without -t; old releases of runc dump no containers with a terminal",
        thread="runc#87",
        sure=False,
    ),
    _known(
        "device-bound",
        r"\./dev/(null|zero|full|u?random|tty) doesn't have a proper root mount",
        "a device of the host is bound into /dev of the container, as runtimes do in a user namespace",
        "nobody may make devices there (mknod), so that the runtime binds the host's, and crun does not tell CRIU of "
        "these mounts",
        "all; crun with a user namespace",
        "use runc for that container (podman run --runtime runc), or run it without a user namespace (no --uidmap, "
        "--userns, hostUsers: false); by hand --external mnt[/dev/urandom]:urandom for each of them when dumping and "
        "--external mnt[urandom]:/dev/urandom when restoring",
        option="--external mnt[]",
        thread="crun#1207",
    ),
    _known(
        "mount-unreachable",
        r"Can't lookup mount=(?!\S{1,20} for fd=\d)|Open files on overmounted mounts"
        r"|doesn't have a proper (root mount|point)|is autodetected external mount|has unreachable sharing"
        r"|unsupported id|No mapping for .{0,300} mountpoint|Mount \d+ .{0,300}(master_id|unreachable)"
        r"|No parent found for mountpoint|is overmounted|Can't find mount(point)? (id|mnt_id)",
        "a mount cannot be dumped: it comes from outside the container",
        "bind mounts (volumes, /etc/hosts, GPU files, sockets) have their source outside, and CRIU must be told so; "
        "or nothing that is dumped leads to it; or a file was opened in another mount namespace, before the task went "
        "into its own",
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
        "umount-refused",
        r"(Can't|Unable to|Failed to) u(n)?mount (?!forced mount).{0,400}: (Invalid argument|Operation not permitted)",
        "a mount may not be umounted here",
        "mounts that a mount namespace got from one of another user namespace are locked together and cannot be "
        "umounted one by one (EINVAL, mount_namespaces(7)); so are those that WSL and some sandboxes put over the root "
        "(/init); EPERM is a missing CAP_SYS_ADMIN in the namespace's own user namespace",
        "all",
        "run CRIU as root of the initial user namespace, from a mount namespace of one's own in which these mounts "
        "were "
        "detached and /proc mounted anew (unshare -m -p --fork, mount --make-rprivate /, umount -l PATH, mount -t proc "
        "proc /proc); --root with a directory that is a mount point of its own leaves them behind; on WSL a virtual "
        "machine",
        container="restore with the runtime on the host, not inside a container of a user namespace",
        sure=False,
    ),
    _known(
        "umount-busy",
        r"(Can't|Unable to|Failed to) u(n)?mount (?!forced mount).{0,400}: Device or resource busy",
        "a mount that CRIU has to umount is in use",
        "a task still has its working directory, root or a file there, or another mount lies on it",
        "all",
        "end who uses it (fuser -vm PATH, findmnt -R PATH), umount what lies on it first, or umount it by hand "
        "(umount -l PATH) and run CRIU again",
        sure=False,
    ),
    _known(
        "mount-source-relative",
        r"Failed to open_tree (?!/)[^\s:]\S{0,800}: No such file",
        "the source of a bind mount is a relative path, which leads nowhere from where CRIU runs",
        "runtimes take such a source as relative to the bundle, CRIU as relative to its own working directory",
        "all",
        "give the mount from outside by its absolute path (--external mnt[KEY]:/SOURCE)",
        container="make the source in config.json absolute, or run the runtime in the bundle's directory; a crun after "
        "1.29.1",
        thread="crun#2240",
    ),
    _known(
        "mount-point-of-engine",
        r"Can't (re)?mount at .{0,800}/(run/\.containerenv|\.dockerenv|etc/(hosts|hostname|resolv\.conf|localtime)"
        r"|run/secrets|var/run/secrets|dev/termination-log): No such file",
        "the file that an engine's mount belongs on is not in this root file system",
        "engines bind files of theirs on /run/.containerenv, /etc/hosts and others, and make these mount points when "
        "they make a container; a root file system that is made anew from the image (podman container restore "
        "--import) has none",
        "runtimes that do not make it before a restore",
        "use a runtime that makes it: crun 0.14 or later, runc 1.0.0-rc7 or later; or make it in the root file system "
        "before (touch FILE for a file, mkdir -p for a directory); where criu restore was run by hand its --root must "
        f"be the mounted root file system of the container, so {NOT_BY_HAND}",
        container="a newer crun or runc; restore from the image of the checkpoint, with the same volumes",
        thread="crun#342",
    ),
    _known(
        "mount-point-absent",
        r"Can't ((re)?mount at|stat mountpoint) .{0,900}: No such file",
        "the place where a mount belongs, or what is mounted there, is not there",
        "the line “Bind SOURCE to TARGET” before it names both. A target within another mount from outside (a volume "
        "in a volume) has its place in the source of the outer one, and goes missing where that is another or a "
        "fresh directory; others have it in the root file system",
        "all",
        "make the mount point: in the source directory of the outer mount where it lies within one, else in the root "
        "file system (mkdir -p for a directory, touch for a file); make the source where that is gone, or name another "
        "with --external mnt[KEY]:SOURCE; of a container that is restored by hand --root must be its mounted root file "
        "system",
        container="a runtime that makes mount points before a restore: runc 1.0.0-rc94 or later (nested ones too), "
        "crun 0.14 or later; the same volumes as at the dump",
        thread="runc#2798",
    ),
    _known(
        "mount-failed",
        r"mnt(-v2)?: (Can't|Unable to|Failed to) .{0,300}mount|Can't (re)?mount at|Unable to mount"
        r"|Can't restore ext mount|Can't bind-mount|Can't create mountpoint|Unable to (mkdir|create) mountpoint"
        r"|Failed to (open_tree|move_mount)|The --root option is required|pivot_root\(",
        "a mount cannot be opened or made again",
        "its source is missing, its target does not exist under the new root, or the right to mount is",
        "all",
        "look at the errno behind it: ENOENT create source and target, EINVAL an option of this kernel or a wrong "
        "root (--root must be a mount point), EPERM CAP_SYS_ADMIN; --external mnt[KEY]:SOURCE for those from outside",
        container=f"{NOT_BY_HAND}; restore with the same volumes and the same rootfs (podman: without "
        f"--ignore-volumes)",
        sure=False,
    ),
    _known(
        "user-namespace-without-mounts",
        r"Unable to (open|create|mount) the binfmt_misc file system: Operation not permitted",
        "a user namespace is dumped that has no mount namespace of its own",
        "CRIU looks at binfmt_misc in the tasks' mount namespace, and a task's user namespace has no right to mount "
        "in one that belongs to the host",
        "all",
        "start the program with a mount namespace beside its user namespace (unshare --user --map-root-user --mount), "
        "as engines do",
        container="checkpoint with the engine's own command",
        sure=False,
    ),
    _known(
        "mount-inaccessible",
        r"The file system .{0,800} is inaccessible|Mount root for \S+ not found|(?<!socket )isn't empty"
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
        "terminal-of-outside",
        r"Can't lookup mount=\S{1,20} for fd=\d{1,10} path=/(?:dev/(?:pts/|tty|console|ptmx)|ptmx\b)",
        "a terminal lies on a mount outside of what is dumped",
        "a task has a terminal of the host or of another container open, as from docker exec or a shell outside: its "
        "/dev/pts is none of the mounts that are dumped",
        "all",
        "start the program with setsid and its input, output and errors redirected (< /dev/null > file 2>&1), or from "
        "a terminal of its own inside; or hand the terminal over: --external tty[RDEV:DEV] when dumping, --inherit-fd "
        f"fd[N]:tty[RDEV:DEV] when restoring; --shell-job passes over it from {SHELL_TTY_MOUNT.release} on only",
        container="run without -t and without the caller's terminal as its input; end what was started by exec; where "
        "CRIU has restored it once already, restore with --mntns-compat-mode, whose mounts a second dump finds again",
        thread="criu#595",
    ),
    _known(
        "terminal",
        r"Found dangling tty|Don't have tty to inherit session|Found slave peer index|No task found with sid"
        r"|Task attached to shell terminal|Standard stream is not a terminal|tty: (Can't|Unable|The master|Only one"
        r"|Unexpected|Corrupted|Found|ctty|Not all|No )",
        "a terminal or session reaches outside the tree",
        "the tasks were started from a shell whose terminal is not dumped",
        "all",
        "--shell-job on both sides, or start the program with setsid and its output redirected (< /dev/null > file "
        "2>&1)",
        option="--shell-job",
        container="run without -t, or keep the terminal open at the restore (criu: --external tty[RDEV:DEV])",
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
        "dump the peer process too (its whole session, as a VNC server with its programs), or close the connection: "
        "stop nscd, sssd or syslog, or run the program without X11, D-Bus and Wayland; --ext-unix-sk is for datagram "
        "sockets, --external unix[INODE] for one without a name",
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
        r"(?<!net: )unix: (Can't|Unable|In-flight|Found a closed|Non-empty|Unsupported|No socket|ghost|The path"
        r"|Bad unix|Wrong"
        r"|Failed)|Can't bind unix socket|Relative bind path|Can't connect (0x|#)?[0-9a-f]+ socket",
        "a unix socket could not be dumped or restored",
        "its path does not exist under the new root, exists already, or a connection on it was not accepted yet",
        "all",
        "remove the stale socket file, make its directory, or dump when no connection is being made",
        sure=False,
    ),
    _known(
        "tcp-repair",
        r"Can't repair (options|MSS)|Failed to obtain TCP_INFO|Unable to get size of (snd|unsent|recv)|TCP_REPAIR"
        r"|Name resolved on unconnected|recv failed \(|Can't turn TCP repair|repair mode|libsoccr_save\(\) failed"
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
        "port-taken",
        r"Can't (bind|connect|listen on)(?! netlink).{0,80}: Address already in use",
        "the port of a socket is taken here",
        "the task that was dumped still runs, a copy of it or another program has the port, or the dump has closed a "
        "connection on it, whose port then waits for a minute (TIME_WAIT)",
        "all",
        "see who has the port (ss -tanp, ss -uanp): end that process, the original task among them; where only "
        "TIME_WAIT stands there, wait a minute until it is gone and restore again; else restore into a network "
        "namespace of its own (unshare -n, a container)",
        container="a port that the engine publishes (-p) is held by its proxy on the host: remove the old container "
        "first",
        thread="criu#1784",
    ),
    _known(
        "tcp-connection-taken",
        r"Can't connect inet socket.{0,60}: Cannot assign requested address",
        "a TCP connection of the same addresses and ports is in use here",
        "CRIU binds the socket to its old address first, and that had worked: the kernel refuses the four of both "
        "addresses and ports while another connection has them, of the original task, a copy of it, or its other end",
        "all",
        "see who has that port (ss -tanp, netstat -tanp) and end it, the original task among them; where only "
        "TIME_WAIT has it, wait a minute; or restore into a network namespace of its own; on another host give it the "
        "same IP address first (ip addr add); connections that need not last: --tcp-close on both sides",
        option="--tcp-close",
        container="remove the old container first, and give the new one its address (podman: without "
        "--ignore-static-ip; docker: --ip)",
        thread="criu#1773",
        sure=False,
    ),
    _known(
        "tcp-no-route",
        r"Can't connect inet socket back: (Network is unreachable|No route to host)"
        r"|\blo: <LOOPBACK(?!,UP)[^>]{0,40}>|127\.0\.0\.1\S{0,8}:? .{0,40}Network is unreachable",
        "the network namespace of the restore has no way to the address of a connection: an interface is down, or "
        "a route is missing",
        "runc and containerd give a restored container a new, empty network namespace, whose loopback interface is "
        "down until somebody brings it up; for other addresses it lacks the interface or the route",
        "all",
        "ip link set lo up in that namespace before the sockets are restored: a createRuntime or prestart hook, CNI's "
        "loopback plugin, or an --action-script at setup-namespaces; or name a namespace that is set up already "
        "(linux.namespaces with a path); other addresses: ip addr and ip route there first; connections that need not "
        "last: --tcp-close",
        container="what runs already: nsenter -t PID -n ip link set lo up",
        thread="criu#590",
    ),
    _known(
        "tcp-address",
        r"Can't bind inet socket.{0,60}: Cannot assign requested address",
        "the address of a socket is not one of this host",
        "sockets get back the address and port that they had; the address is of another host or network, has not been "
        "set yet, or is an IPv6 one that the kernel still tries out (tentative)",
        "all",
        "give this host the address first (ip addr add, with nodad for IPv6), or restore into a network namespace that "
        "has it; let programs listen on 0.0.0.0 or ::; sysctl net.ipv4.ip_nonlocal_bind=1 lets any be bound; "
        "connections that need not last: --tcp-close on both sides",
        option="--tcp-close",
        container="give the container its old address (podman: without --ignore-static-ip; docker: --ip)",
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
        "tcp-in-flight",
        r"(?<!unix: )In-flight connections? \(l\)|inet: In-flight",
        "a connection was just being made, or had not been accepted yet, on a listening socket",
        "its handshake (SYN, SYN-ACK, ACK) is not complete, or the program has not called accept() for it yet: such a "
        "connection belongs to no task and is not dumped",
        "all",
        "--skip-in-flight (2.4 and later) leaves such connections out, and their clients connect anew; or dump again "
        "at a quiet moment, or with new connections kept off (a firewall rule, the load balancer)",
        option="--skip-in-flight",
        container="runc --tcp-skip-in-flight; podman and docker: try again, or keep new connections off before",
        thread="CRIU's commit 2fdef836a",
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
        "dump again when the program has read its messages; end services such as udev or NetworkManager inside; "
        "restore in a network namespace of its own where the port is taken, as root (CAP_NET_ADMIN) for its groups",
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
        "unix, inet, netlink and packet sockets are known, others not; the number is the family (AF_…): 29 a CAN bus, "
        "31 Bluetooth, 38 the kernel's cryptography, 40 virtual machines",
        "all",
        "close it, or end the program or service that has it before the dump (ss -a -p, lsof); it cannot be dumped by "
        "any release",
    ),
    _known(
        "packet-socket",
        r"packet_diag|Diag module missing|sockets: .{0,300}not collected|Sockets \(family"
        r"|sock diag (infrastructure|socket)|diag socket for|_DIAG|Unknown pair family",
        "the kernel does not tell CRIU about a kind of socket",
        "sockets are listed through modules of the kernel (unix_diag, tcp_diag, udp_diag, inet_diag, packet_diag, "
        "netlink_diag)",
        "all",
        "load the modules on the host (modprobe tcp_diag udp_diag unix_diag packet_diag netlink_diag), or a kernel "
        "with them (CONFIG_UNIX_DIAG, INET_DIAG, PACKET_DIAG, NETLINK_DIAG); where the kernel has them, a newer "
        "library of netlink (libnl3) for CRIU, as old ones cut the kernel's answer short",
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
        "loopback-down",
        r"Unable to (bind|connect) a socket: (Cannot assign requested address|Network is unreachable)",
        "the loopback device is down or has no address, and CRIU tries out TCP on it",
        "to find out what the kernel can do with TCP CRIU connects to 127.0.0.1 before any run; in a network namespace "
        "that was just made (unshare -n, ip netns add, --network none) lo is down",
        "all",
        "ip link set lo up (ip addr add 127.0.0.1/8 dev lo where it has no address) where CRIU runs, or run CRIU "
        "outside of that network namespace",
        container="the same inside the container or pod where CRIU itself runs there",
    ),
    _known(
        "check-overlayfs-maps",
        r"unmatched dev:ino",
        "this kernel's overlayfs shows mapped files under another device than open ones",
        "CRIU tells by device and inode which file a mapping is of; on some kernels /proc/PID/maps has others there "
        "than stat has for a file on overlayfs",
        "all, on those kernels",
        "a newer kernel, or another distribution's; containers on another storage driver (btrfs, vfs) are not touched "
        "by it",
        container="podman --storage-driver vfs; the node's kernel counts",
        sure=False,
    ),
    _known(
        "check-mounts",
        r"Unable to (create a new mount namespace|remount / with MS_SLAVE|fsopen|configure overlayfs|attach tmpfs"
        r"|create (overlayfs|tmpfs)|mount (overlayfs|tmpfs)|change working directory)|failed to (mount|construct|unlink"
        r"|umount) ?(autofs|temporary|\S*overlay)",
        "`criu check` could not try out mounts here",
        "it makes a mount namespace with a tmpfs and an overlay file system in it: without CAP_SYS_ADMIN, under a "
        "container's seccomp filter or AppArmor, or on a kernel without overlayfs it cannot",
        "all",
        "run the check as root of the host; modprobe overlay (CONFIG_OVERLAY_FS); what it says of overlayfs matters "
        "only for containers on it",
        container="where CRIU runs inside: --privileged to try",
        sure=False,
    ),
    _known(
        "check-pidfd-store",
        r"Pidfd store requires",
        "the kernel cannot keep pidfds for CRIU between pre-dumps",
        "pidfd_open is of kernel 5.3, pidfd_getfd of 5.6; CRIU's service tells by them whether a pid has been used "
        "again between two dumps",
        "all, on kernels before 5.6",
        "pay no heed to it unless pre-dumps go through RPC (pidfd_store_sk); else a kernel from 5.6 on",
        container="the host's kernel counts",
    ),
    _known(
        "check-iptables-legacy",
        r"find ip6?tables version which is using iptables legacy",
        "this host has no iptables of the older kind (legacy)",
        "rules of that kind in a network namespace are saved by iptables-legacy-save; hosts with nftables alone have "
        "none of them",
        "all",
        "pay no heed to it where no container uses such rules; else install iptables (iptables-legacy and "
        "ip6tables-legacy)",
        container="on the host or node",
    ),
    _known(
        "check-basics",
        r"^Can't (make (inotify|epoll|eventfd|signalfd)|add epoll tfd|create (TCP|unix) socket|open /dev/ptmx|lock pty"
        r"|get (TCP_TIMESTAMP|socket bound dev)|create pipe)|Managed to open locked pty|No socket$"
        r"|Unable to (create inet socket|map the test file|open a test file|find the mapping|fork a child)"
        r"|struct termios has|Bad maps format|Can't make pipe to watch|Unexpected error on locked pty",
        "`criu check` could not make something that every kernel for it has",
        "epoll, eventfd, signalfd, inotify, sockets and pseudo-terminals are options of small kernels (CONFIG_EPOLL, "
        "CONFIG_EVENTFD, CONFIG_SIGNALFD, CONFIG_INOTIFY_USER, CONFIG_INET, CONFIG_UNIX98_PTYS), and sandboxes refuse "
        "some",
        "all",
        "run it on the host as root, with /dev/pts mounted and room for descriptors (ulimit -n); build a kernel with "
        "these options where they are missing",
        container="where CRIU runs inside: --privileged to try; not in gVisor",
        sure=False,
    ),
    _known(
        "check-feature-unknown",
        r"Unknown feature \S",
        "this release of CRIU knows no feature of that name",
        "the word given to `criu check --feature` is none of its list: mistyped, or of another release",
        "all",
        "`criu --help` of this release lists the names that it knows, under the options of check",
    ),
    _known(
        "check-feature",
        r"NSID isn't supported|clone3\(\) with set_tid not|compat_cr is not supported|Hardware breakpoints don't seem"
        r"|Loginuid restore is OFF|Do not have API to map vDSO|Nftables based locking requires|fdinfo doesn't "
        r"contain the|IFLA_NEW_IFINDEX isn't|No AIO (ring|syscall)|AIO r(ing|emap) |No userns proc file|CLONE_PARENT "
        r".{1,3} CLONE_NEWPID don't|(Counter|TFD|WD) mismatch|Unable to dump (pending signals|signal blocking)",
        "a feature that `criu check` asked the kernel for is not there",
        "it is tried out in a small way: NSIDs by making network devices (CRIU before 3.12 takes number 10 for one, "
        "which exists already where there are ten or more), others by a system call that a kernel, a sandbox or a "
        "missing capability refuses",
        "all; NSIDs on hosts with many network devices: before 3.12",
        f"use a newer CRIU (the newest is {NEWEST}) and a newer kernel, and run the check as root of the host, not in "
        "a container; only dumps that need the feature fail without it (NSIDs: those with several network namespaces)",
        container="where CRIU runs inside: --privileged to try",
        sure=False,
    ),
    _known(
        "socket-netns",
        r"Unable to get a socket net namespace",
        "the kernel does not tell which network namespace a socket belongs to",
        "where tasks have several network namespaces each socket is asked for its own (SIOCGSKNS): kernels before 4.10 "
        "do not know that, and it wants CAP_NET_ADMIN in the socket's namespace",
        f"{SECOND_NETNS.release} and later",
        "a kernel from 4.10 on, and root of the host; or leave one network namespace: end the service or sandbox with "
        "another (lsns -t net; PrivateNetwork=no)",
        sure=False,
    ),
    _known(
        "cgroup-ifprio",
        r"ifpriomap|net_prio",
        "a cgroup property names network interfaces that this host lacks",
        "net_prio.ifpriomap lists the interfaces of the host that was dumped on, and each is written back",
        INTERFACE_PRIORITIES.before,
        "--manage-cgroups=soft or none, or a newer CRIU, which leaves absent interfaces out",
        option="--manage-cgroups soft",
        thread="criu#447",
    ),
    _known(
        "network-unread",
        r"net: (Can't (open|read) ns' |Too small buffer to read ns|No name for link|No linkinfo|No kind for|failed to "
        r"parse (nested linkinfo|sit data)|gre(tap| device)? \d+ has no name|no data for sit|No iflas|sit device \d"
        r"|SIT device|No 6rd)|Can't open rtnl sock",
        "a network device or setting of a task's network namespace could not be read",
        "a dump asks netlink and /proc/sys/net for devices, addresses and settings of each network namespace: the "
        "kernel describes a device otherwise than this release expects, or refuses to tell",
        "all",
        "run as root of the host with /proc and /sys mounted; remove devices that no task needs before the dump (ip "
        "link shows them, ip link del); --empty-ns net leaves the network to who calls CRIU, on both sides",
        option="--empty-ns net",
        sure=False,
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
        "module; --external veth[IN]:OUT@BRIDGE for the container's own device; where the runtime (LXC, docker) hands "
        "over a name or an address that the kernel refuses (ERANGE, -34), another release of the runtime",
        thread="criu#3004",
        sure=False,
    ),
    _known(
        "network-rules",
        r"ip6?tables-(legacy-|nft-)?restore -w failed|Can't restore ip6?tables|nftables? (data|dump)|restore nftables"
        r"|xtables\.lock",
        "the rules of the firewall in a network namespace could not be put back",
        "they are dumped as iptables-save and nft print them, and go back through the same tools, which need the same "
        "modules of the kernel, a /run that may be written (xtables.lock) and CAP_NET_ADMIN there",
        "all",
        "install iptables (and ip6tables, nft) where CRIU runs, of the same kind on both sides (legacy or nft), a "
        "newer one (“invalid option -- w”); load its modules (ip_tables, iptable_filter, iptable_nat, ip6_tables, "
        "xt_mark, nf_tables); its message stands just above; or restore with --empty-ns net and set the rules from "
        "outside",
        option="--empty-ns net",
        thread="criu#469",
        sure=False,
    ),
    _known(
        "network-left-locked",
        r"-j CRIU\b|Chain CRIU\b|table inet CRIU-",
        "the network is still locked: CRIU's own rules of the firewall are there",
        "while it dumps and restores TCP connections CRIU drops all packets in the network namespace but its own; a "
        "run that was killed, or a restore into a namespace that somebody else keeps, leaves the rules behind, and "
        "programs there get “Operation not permitted” or no answer",
        "all",
        "take them away in that namespace (ip netns exec NAME, or nsenter -t PID -n): iptables -D INPUT -j CRIU; "
        "iptables -D OUTPUT -j CRIU; iptables -F CRIU; iptables -X CRIU, the same with ip6tables; with nftables: nft "
        "delete table inet CRIU-…; use a newer CRIU",
        container="in the container's or pod's network namespace; a new pod has none of them",
        thread="cri-o#4199",
        sure=False,
    ),
    _known(
        "iptables-missing",
        r"execvp\(\"ip6?tables|ip6?tables(-\w{1,20}){0,2}: (command )?not found",
        "iptables is missing, by which CRIU locks the network",
        "connections are kept from changing by rules that CRIU hands to iptables-restore (and ip6tables-restore), "
        "which it runs from PATH",
        "all",
        "install iptables where CRIU runs; where it is there, give whoever runs CRIU a PATH with its directory: sudo, "
        "services and engines often lack /usr/sbin; or lock in another way: --network-lock nftables (3.16 and later) "
        "or skip (3.19 and later)",
        option="--network-lock nftables",
        container="in the image, where CRIU runs inside the container; on the host otherwise",
    ),
    _known(
        "netfilter-absent",
        r"ip6?tables(-\w{1,20}){0,2}: line \d{1,6} failed|ip6?tables.{0,80}(No chain/target/match by that name"
        r"|Couldn't load match|can't initialize ip6?tables table)|(Extension mark|match .{0,10}mark\b).{0,60}(not "
        r"supported|missing)",
        "the kernel refused a rule that locks the network: it lacks a part of netfilter",
        "iptables is there, and its last line, which hands the rules to the kernel, failed: CRIU's rules use a mark "
        "(xt_mark, CONFIG_NETFILTER_XT_MARK), a module that minimal kernels and those without an initramfs lack; or "
        "the table itself (ip_tables, iptable_filter)",
        "all",
        "modprobe -a xt_mark ip_tables iptable_filter ip6_tables ip6table_filter, or build the kernel with "
        "CONFIG_NETFILTER_XT_MARK, CONFIG_IP_NF_FILTER and CONFIG_IP6_NF_FILTER; or another way to lock: "
        "--network-lock nftables (3.16 and later) or skip (3.19 and later); root and CAP_NET_ADMIN in that "
        "network namespace",
        option="--network-lock nftables",
        container="load the modules on the host or node, whose kernel the container has",
        thread="criu#292",
        sure=False,
    ),
    _known(
        "nft-table-kept",
        r"nft command error.{0,40}(Could not process rule: )?File exists",
        "tables of nftables that the dump stored are in this network namespace already",
        "the namespace was kept (ip netns, --external net, a pod), and CRIU only makes tables, never takes those that "
        "are there; one named CRIU-... is the lock of the dump itself, which nobody took away",
        "all",
        "look at them (ip netns exec NAME nft list tables) and take them away there before the restore: ip netns exec "
        "NAME nft delete table inet CRIU-..., as the log names it; or restore into a network namespace that is new",
        container="delete it in the pod's or container's namespace (nsenter --net=/run/netns/NAME nft delete table "
        "inet CRIU-...), or let the engine make a new one",
        thread="criu#3135",
    ),
    _known(
        "network-lock",
        r"Locking network failed|iptables-restore -w failed|Locking network failed using nftables"
        r"|ip6?tables.{0,120}(failed|not found|No such)|execvp\(\"ip6?tables|Iptables configuration failed"
        r"|chain .{0,120}CRIU|Locking connection failed|nft command error|Can't restore ip6?tables dump|xtables"
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
        "dump the network namespace too; on restore load the module tun (modprobe tun), have /dev/net/tun, and remove "
        "a device of the same name (ip link del); run as root with CAP_NET_ADMIN",
        container="--device /dev/net/tun --cap-add NET_ADMIN where CRIU runs inside; the module is the host's",
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
        "only-follows",
        r"cgroupd: recv req error",
        "the line that is shown only follows from an earlier failure",
        "the run had failed before: every one that fails ends with such a line, whatever the reason, and runtimes show "
        "the last line of the log",
        "all",
        "look into the whole restore.log or dump.log for the first error",
        container="runc and crun: give --work-path; podman: --keep keeps its logs",
    ),
    _known(
        "cgroup-property",
        r"cg: (Failed (writing|scanning|opening|closing)|failed statting cgroup prop|bad cgroup path|cg_prop_entry"
        r"|couldn't scan oom|dumping (known|global) properties)|special property failed",
        "a property of a cgroup could not be read or set",
        "properties are written back as they were: this kernel or version of cgroups (v1, v2) does not have it, does "
        "not take that value (beyond what the parent allows, devices that are absent), or whoever restores may not "
        "write it",
        "all",
        "--manage-cgroups=ignore or soft, which leave properties of existing cgroups alone; "
        "--cgroup-props-ignore-default with --cgroup-props for a list of one's own; the same kernel and cgroup "
        "version; a newer CRIU",
        option="--manage-cgroups soft",
        sure=False,
    ),
    _known(
        "cgroup-of-dump-absent",
        r"Can't move (\d+|thread \d+|\S{1,40}) into .{1,900}: No such file",
        "the cgroup that the task was in at the dump is not here",
        "CRIU puts tasks back into the cgroup of the dump, which nobody made here: the container has another name or "
        "id now, systemd has removed it, its controller is not mounted, or a runtime that made a cgroup of its own "
        "did not tell CRIU to leave cgroups alone",
        "all",
        "restore under the old name or id, or make that cgroup before, with its controllers (cgroup.subtree_control); "
        "or let CRIU leave tasks where it runs itself: --manage-cgroups=ignore (3.17 and later), or --cgroup-root for "
        "another place",
        option="--manage-cgroups ignore",
        container="crun up to 1.29.1 overrides --manage-cgroups-mode by soft (crun#2241), as old releases of runc did: "
        "use a newer crun or runc with --manage-cgroups-mode ignore",
        thread="crun#2241",
        sure=False,
    ),
    _known(
        "cgroup-move",
        r"Can't move (\d+|thread \d+|\S{1,40}) into|Can't move into",
        "a task cannot be moved into its cgroup",
        "the cgroup is not delegated to whoever restores (EACCES, EPERM), of the wrong type in v2 (EOPNOTSUPP, EBUSY), "
        "frozen, or its limits leave no room",
        "all",
        "--manage-cgroups=ignore leaves tasks in the cgroup that CRIU itself is in; --cgroup-root for another place; "
        "make the cgroup first, with its controllers; the same cgroup version on both sides",
        option="--manage-cgroups ignore",
        container="restore with a current runc or crun, which make the cgroup themselves",
        thread="criu#453",
        sure=False,
    ),
    _known(
        "cgroup-not-restored",
        r"cgroup\.procs: [Nn]o such file|adding pid \d{1,10} to cgroups?: .{0,400}: [Nn]o such file"
        r"|openat2 /sys/fs/cgroup/\S{1,300}: [Nn]o such file",
        "a cgroup of the container is not there after the restore",
        "the runtime looks for the container in a cgroup that nobody made again: in hybrid systems, which have v1 "
        "hierarchies and a unified one beside them, CRIU before 3.16 does not restore the unified one; or systemd "
        "has removed the empty cgroup, or --manage-cgroups=ignore left it out",
        "hybrid hierarchies: before 3.16",
        "use CRIU 3.16 or later, the newest at best, and a newer runtime; or boot with one hierarchy alone "
        "(systemd.unified_cgroup_hierarchy=1); restore without --manage-cgroups=ignore",
        container="runc: --manage-cgroups-mode soft or full; the same cgroup driver (systemd or cgroupfs) on both "
        "sides",
        thread="runc#3107",
        sure=False,
    ),
    _known(
        "cgroup-mode-unknown",
        r"Unknown cgroups mode",
        "the word given with --manage-cgroups is none that CRIU knows",
        "it says what of cgroups is restored, and a few words are taken alone",
        "all",
        "--manage-cgroups=none, props, soft, full, strict or ignore; without a word it is soft",
        container="runc --manage-cgroups-mode soft, full, strict or ignore",
    ),
    _known(
        "cgroup-list-long",
        r"/proc/self/cgroup was bigger than the page size",
        "the list of a task's cgroups is longer than CRIU reads",
        "the code that it puts into the task takes at most a page (4 KiB) of /proc/self/cgroup: many hierarchies of "
        "version 1, or long paths in each, are more",
        "all",
        "shorter names of cgroups (nested containers and pods make long ones), or cgroup v2 alone, which is one line",
    ),
    _known(
        "cgroup",
        r"^cg: |Can't move \d+ into|couldn't set cgns prefix|Failed writing .{0,300} to|cgroup|cg-prop"
        r"|Corrupted root cgset",
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
        "lsm-other",
        r"mismatched lsm types",
        "this host has another security module than the one of the dump (SELinux, AppArmor, none)",
        "tasks carry the label of the dump's module, which means nothing to another, or where it is switched off",
        "all",
        "restore where the same module is on, in the same mode (getenforce, aa-status), with a system as new; or dump "
        "the tasks without a label",
        container="make the container with --security-opt label=disable (SELinux) or apparmor=unconfined, then "
        "checkpoint it",
        thread="cri-o#7349",
    ),
    _known(
        "lsm-refused",
        r"can't write lsm profile -(1|13)\b",
        "the security module refused a task of the dump its label",
        "each thread gets the label of the dump (SELinux, AppArmor): the policy does not let CRIU, or a process of "
        "several threads, change to it; -13 and -1 are refusals, -2 and -22 a label or profile that is not here",
        "all",
        "see what was denied (ausearch -m avc -ts recent, dmesg); SELinux: a newer container-selinux and CRIU, "
        "setenforce 0 to try; AppArmor: load the profile, and restore as root outside of any profile",
        container="--security-opt label=disable (SELinux) or apparmor=unconfined when the container is made",
        thread="podman#13566",
    ),
    _known(
        "lsm",
        r"mismatched lsm types|can't write lsm profile|err scanfing|[Aa]pp[Aa]rmor|\bAA\b|lsm profile"
        r"|--lsm-profile(?! requires)|unknown lsm",
        "the security profile is not that of the dump",
        "AppArmor or SELinux here is another, or lacks the profile",
        "all",
        "load the profile (apparmor_parser), or --lsm-profile TYPE:NAME; restore as root outside of any profile",
        option="--lsm-profile apparmor:NAME",
        container="--security-opt apparmor=unconfined when the container is made",
        thread="criu#323",
    ),
    _known(
        "capabilities-newer",
        r"Kernel reports more capabilities",
        "this kernel has capabilities that this CRIU does not know",
        "each release knows those of the kernels of its time",
        "old releases on newer kernels",
        "use a newer CRIU, made after this kernel",
    ),
    _known(
        "bounding-set",
        r"Unable to drop capability|Unable to set PR_SET_SECUREBITS|SECUREBITS",
        "the bounding set or securebits of a task could not be set: CAP_SETPCAP is missing",
        "the restorer takes every capability out of the bounding set that the task had not, and sets its securebits; "
        "both want CAP_SETPCAP in the task's user namespace (capabilities(7), prctl(2))",
        "all",
        "restore with CAP_SETPCAP among the effective capabilities (capsh --print), as root; a task with "
        "no_new_privs (setpriv --no-new-privs, allowPrivilegeEscalation: false) is restored without that, and one "
        "whose bounding set is that of who restores needs none dropped",
        container="where CRIU runs inside: --cap-add SETPCAP (Kubernetes: securityContext.capabilities.add: "
        "[SETPCAP]), or --privileged",
        sure=False,
    ),
    _known(
        "userns-root-refused",
        r"Unable to set (PR_SET_KEEPCAPS|(user|group) ID)|Unable to drop supplementary groups",
        "CRIU could not take the ids that are root in the tasks' user namespace",
        "a child of it does so before the dump, to see whether the namespaces of the tasks belong to that user "
        "namespace: it wants CAP_SETUID and CAP_SETGID, and ids that are mapped where CRIU itself runs",
        "all, for tasks with a user namespace of their own",
        "dump as root of the host, with CAP_SETUID and CAP_SETGID (capsh --print) and without a seccomp filter; in a "
        "user namespace only with one that maps the outer ids of /proc/PID/uid_map and gid_map",
        container="where CRIU runs inside: --cap-add SETUID --cap-add SETGID",
        sure=False,
    ),
    _known(
        "task-ids",
        r"[Rr]eal, effective and saved (user|group) ID|Can't setgroups|Can't setup supplementary|Unable to set "
        r"fs[ug]id|NO_SETUID_FIXUP",
        "the user or group ids of a task could not be set",
        "user ids want CAP_SETUID, group ids and supplementary groups CAP_SETGID, and keeping capabilities meanwhile "
        "(SECURE_NO_SETUID_FIXUP) CAP_SETPCAP; an id that the user namespace does not map is refused with EINVAL "
        "(-22), and groups are where /proc/PID/setgroups says deny",
        "all",
        "restore as root with CAP_SETUID, CAP_SETGID and CAP_SETPCAP (capsh --print), in a user namespace that maps "
        "every id of the dump (/proc/PID/uid_map and gid_map; /etc/subuid, /etc/subgid)",
        container="--cap-add SETUID --cap-add SETGID --cap-add SETPCAP where CRIU runs inside; the same --userns and "
        "maps as where it was dumped",
        sure=False,
    ),
    _known(
        "capabilities",
        r"Unable to restore capabilit|[Rr]eal, effective and saved|Unable to set real|Unable to raise "
        r"ambient capability|Caps size mismatch|CAPs not allowed",
        "the capabilities of a task could not be restored",
        "permitted ones can only become fewer, inheritable ones beyond them want CAP_SETPCAP, and ambient ones must be "
        "both permitted and inheritable: whoever restores lacks some of those that the task had, or its bounding set "
        "does",
        "all",
        "restore as root with every capability of the dump and CAP_SETPCAP (capsh --print; the bounding set too), and "
        "a map that covers every id",
        container="--privileged, or --cap-add SETPCAP and each capability that the task had, where CRIU runs",
        thread="criu#499",
    ),
    _known(
        "seccomp-of-criu",
        r"(suspending seccomp failed|failed to suspend seccomp|couldn't suspend seccomp).{0,40}: Operation not "
        r"permitted"
        r"|[Dd]umping seccomp filters not supported: Permission denied",
        "CRIU may not suspend seccomp: it runs under a filter itself, or without CAP_SYS_ADMIN",
        "the kernel lets only those suspend the filters of another task, or read them, who have CAP_SYS_ADMIN in the "
        "initial user namespace and are under no filter themselves (ptrace(2), PTRACE_O_SUSPEND_SECCOMP; its build is "
        "right, else it said EINVAL). Filters are inherited: from a container's engine, a sandbox, or the init of "
        "the Windows Subsystem for Linux, some releases of which give one to every process",
        "all",
        "look at grep Seccomp /proc/self/status, and /proc/1/status, which say 0 where there is no filter: run CRIU as "
        "root of the host, outside of what set one; on WSL a release without that filter (wsl --update), or a virtual "
        "machine",
        container="run the container with --security-opt seccomp=unconfined and --cap-add SYS_ADMIN where CRIU runs "
        "inside",
        thread="WSL#9993",
    ),
    _known(
        "seccomp-suspend",
        r"suspending seccomp failed|failed to suspend seccomp|PTRACE_O_SUSPEND_SECCOMP|couldn't suspend seccomp",
        "seccomp could not be suspended",
        "while a task is dumped its filters must rest; kernels from 4.3 on can do that, with CONFIG_CHECKPOINT_RESTORE "
        "(else EINVAL), for who has CAP_SYS_ADMIN in the initial user namespace and is under no filter itself (else "
        "EPERM; ptrace(2), PTRACE_O_SUSPEND_SECCOMP)",
        "kernels before 4.3, or without CONFIG_CHECKPOINT_RESTORE",
        "run CRIU as root of the host, outside of any sandbox (grep Seccomp /proc/self/status says 0 there); use a "
        "newer kernel with CONFIG_CHECKPOINT_RESTORE",
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
        "limits-of-another-user",
        r"Can't get rlimit \d{1,3}: Operation not permitted",
        "CRIU may not read the limits of a task of another user",
        "prlimit() on a process that has other uids or gids than CRIU wants CAP_SYS_RESOURCE, which root of a "
        "container or of a confined machine may lack",
        "all",
        "run CRIU with CAP_SYS_RESOURCE (grep Cap /proc/self/status, capsh --decode); or run the program as the "
        "user that CRIU runs as",
        container="--cap-add SYS_RESOURCE where CRIU runs inside",
    ),
    _known(
        "limits",
        r"RLIMIT_\w+|rlimit|resource \d+|cur > max|sched (policy|param)|Can't get nice|setpriority|oom_score_adj"
        r"|sys_sched|Can't restore (nice|sched)",
        "a limit, a priority or the OOM score of a task could not be read or set",
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
        "prctl-mm-invalid",
        r"prctl failed @\d+ with -22\b|PR_SET_MM_MAP\)? failed with -22\b",
        "the kernel took the layout of a task's memory for invalid (PR_SET_MM: Invalid argument)",
        "kernels before 5.15 refuse a heap that lies below the program's data, which is how a static PIE "
        "(gcc -static-pie) or a program started through its loader is laid out; else it is a limit on data "
        "(RLIMIT_DATA), or a vm.mmap_min_addr above what the task has mapped",
        "all",
        "a static PIE (`file` says “static-pie”): restore on kernel 5.15 or later (or a long-term one with that mend), "
        "or build the program without -static-pie; else lift the limit (ulimit -d unlimited) before criu restore, and "
        "compare vm.mmap_min_addr with the host of the dump",
        thread="criu#1507",
        sure=False,
    ),
    _known(
        "prctl-mm",
        r"PR_SET_MM|prctl failed @|Can't restore EXE link|Caps.{0,300}SYS_RESOURCE",
        "the kernel refused to set the layout of a task's memory (PR_SET_MM)",
        "prctl(PR_SET_MM, PR_SET_MM_MAP) sets where code, data, stack and arguments lie, and wants CAP_SYS_RESOURCE "
        "in the user namespace of the task (from 5.9 on CAP_CHECKPOINT_RESTORE for the executable), which an "
        "unprivileged container lacks",
        "all",
        "run criu restore with CAP_SYS_RESOURCE and CAP_CHECKPOINT_RESTORE; “Permission denied” (-13) can be an "
        "executable that may not be run or lies on a noexec mount",
        container="--cap-add SYS_RESOURCE --cap-add CHECKPOINT_RESTORE (or --privileged)",
        thread="criu#2322",
    ),
    _known(
        "no-capability",
        r"CRIU needs to have the CAP_SYS_ADMIN",
        "CRIU has neither of the capabilities that it needs",
        "it looks for CAP_SYS_ADMIN and CAP_CHECKPOINT_RESTORE before anything else: another user than root has none, "
        "and root inside a container only those that the container was given, which in builds of images are few",
        "all",
        "on the host run as root, or setcap cap_checkpoint_restore+eip criu and --unprivileged",
        container="root inside is not enough: --cap-add=CHECKPOINT_RESTORE --cap-add=SYS_PTRACE --cap-add=SETPCAP for "
        "podman run and podman build (as root), --privileged to try; docker build gives them only where its builder "
        "allows security.insecure: else checkpoint in a container that runs, and commit it",
    ),
    _known(
        "no-privilege",
        r"You need to be root|Unable to (apply root mount options|open the proc file system): Operation not permitted"
        r"|Running as non-root requires|CAP_CHECKPOINT_RESTORE|One needs CAP_SYS_RESOURCE|CAP_AUDIT_CONTROL"
        r"|Unable to unshare"
        r"|Unable to create a new (netns|mntns|time)|Can't unshare|Can't create new mount namespace"
        r"|Unable (to )?create a (mount|network) namespace|Unable to create a netns",
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
        "vdso-not-followed",
        r"Comm: .{1,80}ainted\b.{0,80} (3\.\d+|4\.(\d|1[0-3]))\.\d\S*\.aarch64",
        "this kernel does not follow a vDSO that was moved (64-bit ARM)",
        "the restore puts the vDSO where it was; kernels before 4.14 send the program back to its old place after a "
        "signal, where nothing is any more",
        "64-bit ARM with kernels before 4.14",
        "use a kernel from 4.14 on (arm64/vdso: Support mremap() for vDSO), or one built without CONFIG_VDSO",
        thread="criu#415",
        sure=False,
    ),
    _known(
        "nftables-refused",
        r"Can't create nftables table",
        "the kernel refuses the table of nftables that CRIU tries",
        "this CRIU was built with nftables and tries it before any run; nft's own words stand before: “not supported” "
        "is a kernel without nftables, “not permitted” a want of CAP_NET_ADMIN",
        "all builds with nftables",
        "load nf_tables (modprobe nf_tables), use a kernel with CONFIG_NF_TABLES and CONFIG_NF_TABLES_INET, or build "
        "CRIU without libnftables",
        container="--privileged where CRIU runs inside; the kernel is the host's",
        thread="criu#2148",
    ),
    _known(
        "vdso-not-in-image",
        r"Can't find vDSO area in image",
        "the images have the data page of the vDSO (vvar), and no vDSO",
        "the program has unmapped its vDSO alone, as Valgrind and other tools do that run the code of a program "
        f"themselves; or {SPLIT_VDSO.before} did not find it, as kernels from 6.13 on lay it out differently",
        "all for a program that has unmapped it",
        f"on kernels from 6.13 on use {SPLIT_VDSO.later} for the dump and the restore; of a program without vDSO: dump "
        "it without Valgrind or whatever unmaps it, keep the vDSO mapped, or unmap vvar too; there is no option for it",
        thread="criu#2622",
        sure=False,
    ),
    _known(
        "vdso-in-the-way",
        r"Failed to map vdso -17\b",
        "the kernel makes no second vDSO: the restorer's own was not unmapped",
        "CRIU unmaps all below the end of the address space that it assumes; with page tables of five levels the vDSO "
        "can lie above it (47 bits), where it stays, and the kernel answers EEXIST",
        f"{TASK_SIZE_ASKED.before}, on machines with 5-level page tables (la57 among the flags of /proc/cpuinfo)",
        f"use {TASK_SIZE_ASKED.later}; it asks the kernel where the address space ends; or boot the kernel with no5lvl",
        thread="criu#2877",
    ),
    _known(
        "vdso-of-32-bits",
        r"Compatible vdso's size is bigger than reserved buf",
        "the 32-bit vDSO of this kernel is larger than CRIU has room for",
        "CRIU copies it at its start into a buffer of a fixed size: two pages up to 3.17.1, four since; kernels of "
        "one's own and other compilers make it larger",
        "all, by the kernel",
        "use CRIU 3.18 or later; where it is that already, the distribution's ordinary kernel, or a CRIU built without "
        "support for 32-bit tasks",
        thread="criu#1916",
    ),
    _known(
        "vdso",
        r"Unexpected rt vDSO area bounds|Failed to fill self vdso symtable|Can't find (rt )?vDSO"
        r"|vDSO isn't provided by kernel|Task had vdso, restorer doesn't|VVAR and VVAR_VCLOCK|nonconsecutive vvar"
        r"|vdso: |Failed to map vdso|[Ss]pecial mapping|VVAR area without support|vDSO",
        "the vDSO is not as CRIU expects it",
        "CRIU finds it among the mappings and by its symbols, and kernels change both: most of all those from 6.13 on, "
        "whose data pages are laid out differently; a CRIU much older than its kernel may not know of it",
        f"{SPLIT_VDSO.before} on kernels from 6.13 on; {ELF_OF_LINUX.before} on ARM from 6.12 on",
        f"use {SPLIT_VDSO.later}; {ELF_OF_LINUX.later} on ARM with kernels from 6.12 on; where it misses the "
        "mark of ELF (magic) and a restore with --auto-dedup has read these images before, they are used up: restore a "
        "copy of them, or dump again",
        thread="criu#2532",
    ),
    _known(
        "rseq-absent",
        r"rseq: can't restore as kernel",
        "this kernel has no restartable sequences (rseq), which a task of the dump uses",
        "the C library registers them where it finds them (glibc from 2.35 on), so that a dump of a newer kernel does "
        "not go back on one without them: older than 4.18, without CONFIG_RSEQ, or of a sandbox (AWS Lambda, gVisor)",
        "all",
        "restore on a kernel that has them, or dump the program anew, started with GLIBC_TUNABLES=glibc.pthread.rseq=0",
        container="-e GLIBC_TUNABLES=glibc.pthread.rseq=0; AWS Lambda: SnapStart, its own snapshots",
    ),
    _known(
        "rseq",
        r"has rseq but kernel lacks get_rseq_conf|Dump \d+ rseq failed|rseq|RSEQ",
        "restartable sequences could not be dumped or restored",
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
        "cpu-image-absent",
        r"No cpuinfo image",
        "there is no cpuinfo.img to compare this CPU with",
        "it is written by `criu cpuinfo dump`, or by a dump with --cpu-cap, into its images directory; without it "
        "nothing is known of the other CPU",
        "all",
        "make it on the machine that dumps (criu cpuinfo dump --images-dir DIR) and copy it here, or give the "
        "directory that has it",
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
        "a shadow stack could not be dumped or restored",
        "the dumped task has one, and this machine or release does not",
        f"{SHADOW_STACKS.before}; any on another CET setting",
        f"use the same CET setting, and {SHADOW_STACK_ORDER.later}",
    ),
    _known(
        "timer-thread-gone",
        r"Unable to convert the notify thread id",
        "a POSIX timer is for a thread that has ended (SIGEV_THREAD_ID)",
        "the program made it with timer_create for a thread of its own, named in the line, and that is gone: nothing "
        "is told any more, but in a pid namespace CRIU cannot say what its number is inside (Java from 21 on and "
        "others). Where the number is that of the task itself, its first thread, which lives, it is a fault of CRIU "
        "before 4.3 (criu#2887)",
        "all so far; of a first thread: before 4.3",
        "let the program delete that timer (timer_delete) before its thread ends, or start it anew and dump before; a "
        "CRIU built with pull request 2996 or 3117 leaves such timers out, which no release up to 4.3 has; for the "
        "first thread CRIU 4.3",
        container="the same; restored without a pid namespace such a timer fails too (timer_create: EINVAL)",
        thread="criu#2996",
    ),
    _known(
        "raw-socket-refused",
        r"libnet_init failed",
        "CRIU may not open the raw socket by which it ends half-closed TCP connections",
        "for a connection that one side has closed it makes up the last packets of the other (FIN), which wants "
        "CAP_NET_RAW in the user namespace that owns the network namespace",
        "all",
        "run as root with CAP_NET_RAW and CAP_NET_ADMIN; or --tcp-close, which gives no connection back",
        option="--tcp-close",
        sure=False,
    ),
    _known(
        "fin-unsent",
        r"Unable to send a fin packet",
        "the end of a half-closed TCP connection could not be made up",
        "CRIU sends the socket a packet of its own (FIN) by a raw socket, as if from the other end: that needs a route "
        "to the address and CAP_NET_RAW; before 3.7 it takes an IPv6 socket with an IPv4 peer for IPv6, which has no "
        "route, and before 3.4 the restore then waits for ever",
        "all; before 3.7 for IPv4 peers of IPv6 sockets",
        "give the host or namespace the addresses and routes of the connection before the restore (ip addr, ip route "
        "get ADDRESS; ip link set lo up); or dump or restore with --tcp-close, which gives no connection back; CRIU "
        "3.7 or later",
        option="--tcp-close",
        thread="CRIU's commit 6e770e50b",
        sure=False,
    ),
    _known(
        "call-not-begun-anew",
        r"\bUnknown error 51[2-6]\b",
        "a system call that the dump had interrupted was not begun anew",
        "512 to 516 are numbers of the kernel's own (ERESTARTSYS and the like), which no program should see: CRIU sets "
        "a task back to before the call, which it must know how to do on each architecture",
        "all, by architecture",
        f"dump again with the newest release ({NEWEST}); let the program take these for EINTR, and try again",
        sure=False,
    ),
    _known(
        "own-file-denied",
        r"open\S{0,40}(/fd/\d{1,7}\b|/dev/std(in|out|err)).{0,80}Permission denied",
        "a program may not open anew by its path what it has open",
        "/proc/PID/fd/N and /dev/stdout lead to the file itself, whose owner and mode count: a pipe that another user "
        "or root has made cannot be opened",
        "all",
        "compare owner and mode (ls -lL /proc/PID/fd) with the user of the program (Uid in /proc/PID/status): chown it "
        "to that user, or restore as that user",
        sure=False,
    ),
    _known(
        "timers",
        r"posix timer|notify thread id|timer interval|Can't create timers|timerfd|itimer|Unexpected timer id"
        r"|PR_TIMER_CREATE|Invalid timer value",
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
        "runtime-crashed",
        r"(crun|runc|youki) (checkpoint|restore)\b.{0,900}failed: signal: (segmentation|aborted|illegal|bus)",
        "the low-level runtime itself crashed",
        "it ended by a signal in its own code: CRIU had not been run yet, or its own log says how far it came",
        "none of CRIU's",
        "use a newer release of that runtime: crun before 1.22 crashes at a mount of config.json that has no type "
        '(give a bind mount “"type": "bind"”); look into dmesg for “segfault” and what library it names',
        container="podman --runtime with another runtime, until then",
        sure=False,
    ),
    _known(
        "lxc-crashed",
        r"\b_Cfunc_go_lxc_migrate\b",
        "LXC's library crashed inside LXD as the container was saved or restored",
        "LXD calls CRIU through liblxc in its own process, which ends with it: a bug of that liblxc, such as the one "
        "that LXC 3.1 has mended, and not of CRIU",
        "none of CRIU's",
        "use LXC (liblxc) 3.1 or newer and an LXD or Incus built with it; where it is newer, report the trace there",
        container="stop the container and move or copy it stopped, until then",
        thread="LXC's commit e20f46f87",
    ),
    _known(
        "criu-crashed",
        r"Program (terminated|received) (with )?signal (SIG(SEGV|ABRT|BUS|ILL)|(11|6|7|4), )"
        r"|(dump|restore) signaled with \d+"
        r"|CRIU was killed with signal|Child wasn't terminated normally|criu\[\d+\]: segfault"
        r"|criu.{0,60}(Segmentation fault|core dumped|SIGSEGV)|^(Segmentation fault|Aborted|Bus error"
        r"|Illegal instruction)( \(core dumped\))?$|\*\*\* (Error in|.{0,60}detected).{0,80}|(free|malloc|realloc"
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
        r"[Tt]racking memory is not available|support memory tracking|[Mm]emory tracking not supported"
        r"|missing features: \[[^\]]{0,200}MemTrack"
        r"|[Dd]irty (memory )?track\w* .{0,20}not"
        r"|soft[- _]dirty|clear_refs|Dirty tracking is OFF|kernel doesn't support memory changes|Mem dirty tracking"
        r"|dirty memory tracker",
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
        "clone3-half-there",
        r"Unexpected (error from clone3|success: clone3)",
        "this kernel has half of clone3, as Oracle's UEK of 5.4 has, and answers CRIU's probe of it as no other does",
        "asked for a pid (set_tid), a kernel either takes it, or says E2BIG or ENOSYS; this one makes a task "
        "instead, as clone3 was brought into it without that part. “Operation not permitted” is a seccomp profile "
        "that does not know clone3. From 3.19 on CRIU goes on after other answers, but not after a success",
        "all, on kernels 5.4 of Oracle's (UEK R6)",
        "boot another kernel: on Oracle Linux the Red Hat compatible one (RHCK), or a newer UEK (5.15, R7); the change "
        "offered for it (pull request 1593) is in no release; of a seccomp profile: run CRIU outside of it",
        container="--security-opt seccomp=unconfined where CRIU runs inside; the kernel is the host's",
        thread="criu#1592",
    ),
    _known(
        "kernel-feature",
        r"map_files|kcmp failed|System call kcmp|CONFIG_|Unsupported kernel|failed when initializing kerndat|kerndat"
        r"|pagemap-cache: Failed|PAGEMAP_SCAN|dirty (tracking|memory tracker)|Can't read pme|CRIU built without"
        r"|(?<![\w-])(?<!experimental )features?\b(?!: \[LazyPages)|pidfd_(open|getfd) syscall is not supported",
        "the kernel lacks a feature that CRIU needs",
        "CONFIG_CHECKPOINT_RESTORE, CONFIG_MEM_SOFT_DIRTY and a few others must be in the kernel; cloud and embedded "
        "kernels leave some out, and to whoever lacks the rights what is there looks absent too",
        "all",
        "run `criu check --all` as root of the host and use a kernel with what it still names; remove /run/criu.kdat "
        "after a change of kernel",
        container="--privileged to try where CRIU runs inside; the kernel is the host's",
        sure=False,
    ),
    _known(
        "file-lock-kind",
        r"Unknown lock option|Invalid file lock info|Unknown file lock(: |!$)",
        "a file lock of a kind that this CRIU does not know stands in /proc/locks",
        "CRIU reads the locks of the whole system, or on kernels from 4.1 on those of each descriptor: POSIX and flock "
        "at first, those of open file descriptions (OFD) from 2.11 on, leases from 3.7 on; delegations of an NFS "
        "server (DELEG) and others never",
        "all, for kinds that it does not know",
        "cat /proc/locks shows kind and pid (OFDLCK, LEASE, DELEG): end or let go who holds it; CRIU 2.11 or later for "
        "OFD locks",
        container="the process may lie outside of the container: look on the host",
        thread="criu#42",
        sure=False,
    ),
    _known(
        "proc-unparsed",
        r"Can't parse|bfd buffer is too small|Unable to parse(?! (a value|value|the ))|Bad format in"
        r"|Parsing \d+'s stat failed|Error parsing proc|No records of type|error parsing \[|Bogus mapping"
        r"|No data left in proc file",
        "a file of /proc reads other than this release expects",
        "CRIU learns most of a task from /proc: a newer kernel shows lines there that an older release does not know; "
        "some kernels of distributions and sandboxes (gVisor, LXCFS, OpenVZ) show others",
        "old releases on newer kernels",
        "use a newer CRIU, made after this kernel, or an older kernel; run on a real kernel, not in a sandbox",
        sure=False,
    ),
    _known(
        "debugger-refused",
        r"gcore: failed|You can't do that without a process to debug|Could not attach to process",
        "gdb or gcore may not trace that process",
        "it uses ptrace as CRIU does: without CAP_SYS_PTRACE, with kernel.yama.ptrace_scope above 0, or while another "
        "tracer (strace, CRIU) has the process the kernel refuses",
        "all",
        "run it as root of the host; sysctl kernel.yama.ptrace_scope=0; end the other tracer (TracerPid in "
        "/proc/PID/status)",
        container="--cap-add SYS_PTRACE",
    ),
    _known(
        "page-server-broken",
        r"(page-xfer: |page-server|pages to socket).{0,120}: (Broken pipe|Connection reset by peer)$",
        "the page server ended, or closed the connection, while pages were sent to it",
        "something at its end stopped it: no room left in its images directory, no memory, somebody who ended it, "
        "or it is no page server of CRIU's that answers at that port",
        "all",
        "look into the page server's own log and into df and dmesg of its host; start `criu page-server` anew, of "
        "the same release, with an empty --images-dir on a file system with room, and dump again with its --address "
        "and --port",
        container="runc checkpoint --page-server ADDRESS:PORT",
        sure=False,
    ),
    _known(
        "output-lost",
        r"EPIPE \(Broken pipe\)|(?<!Can't )(?<!Unable to )(write|stdout|stderr).{0,30}: [Bb]roken pipe|-{3} SIGPIPE",
        "the restored program's output goes nowhere: who read its pipe is gone",
        "the engine's monitor (conmon, shim) reads what a container writes; after a restore another one must have "
        "taken its place, which older engines missed at a second restore",
        "none of CRIU's",
        "use newer podman, conmon and crun or runc, or containerd, on both sides; or let the program write to a file "
        "or the journal; by hand: --inherit-fd fd[N]:pipe:[INODE] for each such pipe",
        container="as above; podman --log-driver k8s-file",
        thread="crun#756",
        sure=False,
    ),
    _known(
        "shared-directories",
        r"Can't make FS id for \d",
        "a process shares its current directory and root with another (CLONE_FS)",
        "two processes were made with one of them for both, not threads of one process; CRIU gives each its own and "
        "does not dump such ones",
        "all",
        "let the program make them without CLONE_FS, or as threads; where the helper process is not needed, end it "
        "before the dump",
        container="the same inside the container",
    ),
    _known(
        "shared-memory-map",
        r"Can't make VM id for \d",
        "two processes share one memory (CLONE_VM)",
        "a child made with vfork or clone(CLONE_VM) has the memory of its parent until it runs a program of its "
        "own; CRIU dumps threads that share it, processes not",
        "all",
        "dump again once that child has run its program (exec) or has ended; a program that keeps such children "
        "must make them with fork, or as threads",
        container="the same inside the container",
    ),
    _known(
        "shared-signals",
        r"Can't make (FILES|IO) id for \d",
        "two processes share a table of descriptors or of signal handlers (clone)",
        "they were made with CLONE_FILES or CLONE_SIGHAND in a way that CRIU does not make again",
        "all",
        "end the helper process before the dump, or let the program make it with fork or as a thread",
        container="the same inside the container",
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
        "madvise-refused",
        r"madvise\([0-9a-f]+, \d+, \d+\) failed",
        "the kernel here does not take what a task has advised it of its memory (madvise)",
        "the last number in the brackets is the advice: 12 is for pages that may be merged (CONFIG_KSM), 14 and 15 "
        "are for "
        "huge pages (CONFIG_TRANSPARENT_HUGEPAGE), 16 keeps memory out of core dumps, 18 wipes it in children; EINVAL "
        "(-22) is one that the kernel was built without, or not for that kind of mapping",
        "all; mappings that may be dropped (kernels from 6.11 on) are known from 4.2 on",
        "restore on a kernel that is built with that option, as the one where it was dumped is (see "
        "/proc/config.gz); with a newer C library or kernel dump and restore with CRIU 4.2 or later",
        container="the host's kernel counts",
        sure=False,
    ),
    _known(
        "restorer-step",
        r"Unable to set (PR_SET_\w+|no_new_privs|a thread name)|Unable to unmap|Can't restore membarrier"
        r"|Failed to (recover futex|poll from inotify|read inotify|set SIGCHLD|restore SIGCHLD)|Unable to send siginfo"
        r"|Unable to block signals|Restorer stack smash|madvise failed|madvise\("
        r"|Unable to map a guard page|shmat\(\) with NULL|mremap\(\) for shmem",
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
    _known(
        "option-of-dump",
        r"Dumped with --?\S{1,40}\.? Need to set it",
        "an option that the dump was made with is wanted for the restore too",
        "some options change what the images hold, and whoever restores must agree to that",
        "all",
        "give the option that the line names to `criu restore` as well",
        container="runc, podman and crun: the same flag on both sides; the line with it, without dashes, in "
        "/etc/criu/runc.conf (crun: crun.conf) on the host that restores too",
    ),
    # Images and transport
    _known(
        "parent-without-time",
        r"Pid-reuse detection failed",
        "the parent images do not say when they were made, by which a pid that was given anew is told",
        "a dump with --prev-images-dir compares the start of each task with the time in the parent's inventory.img: "
        "that file is missing behind the link `parent`, or comes from a dump without --track-mem or by an old CRIU; "
        "the warnings before say which",
        "3.10 and later",
        "make the parent anew, by criu pre-dump or criu dump --track-mem with the same CRIU, and look that `parent` "
        "leads to its directory; or make a full dump, without --prev-images-dir",
        container="runc: --parent-path relative to --image-path, and a pre-dump by the same runc and CRIU",
        thread="criu#479",
    ),
    _known(
        "parent-chain",
        r"No parent for snapshot pagemap|Missing [0-9a-f]+ in parent pagemap|Hole .{0,300} not found in parent"
        r"|No parent image found|Can't open parent path|Invalid parent image",
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
        r"|UFFD is not supported|missing features: \[[^\]]{0,200}LazyPages|Lazy pages are not available",
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
        r"image streamer|img-(streamer|proxy|cache)|streamer-(capture|serve)|--stream cannot"
        r"|criu-image-streamer (E|e)rror"
        r"|files\.img is missing from the image|No shards to read",
        "the image streamer could not be talked to",
        "--stream sends images through a socket in the images directory to the program criu-image-streamer, which "
        "must run already",
        "all",
        "start criu-image-streamer (capture or serve) with the same --images-dir first, and wait for its socket; "
        "leave --stream away without it; to serve an image it wants all shards of it, whole and in their order",
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
        "service-socket",
        r"initialize service socket|permissions of the service socket|listen for socket connections"
        r"|service server in the "
        r"background|service address .{1,200} is too long",
        "the socket of CRIU's service could not be made",
        "`criu service` binds a socket at --address (/var/run/criu_service.socket or criu_service.socket in the "
        "current directory): its directory must be there and writable, the path shorter than 108 characters, and no "
        "other service have it",
        "all",
        "end the other service or remove the socket that it has left; give --address with a short path in a directory "
        "that root may write; or let the library run criu by itself (swrk), which needs no socket",
        container="the directory must be one that both sides see",
        sure=False,
    ),
    _known(
        "service-unreached",
        r"Service not running|Socket file not found|criu[_-]service\.socket"
        r"|Connection refused.{0,60}criu\S{0,40}\.sock",
        "nobody answers at the socket of CRIU's service",
        "`criu service` must run there as root, and its socket be open to whoever asks",
        "all",
        "start it (criu service -d --address /var/run/criu_service.socket), or let the library run criu by itself "
        "(pycriu: use_binary, libcriu: criu_set_service_binary, both swrk)",
        container="mount the socket into the container, or have criu inside",
    ),
    _known(
        "pre-dump-read",
        r"process_vm_readv failed|page-xfer: Unable to mmap a buffer|vmsplice: Failed to splice user buffer",
        "a pre-dump could not read a task's memory from outside (--pre-dump-mode read)",
        "that mode copies pages with process_vm_readv while the task runs on, into memory and pipes of CRIU's own: it "
        "wants the right to trace the task, and memory for the copy",
        "3.14 and later, with --pre-dump-mode read",
        "leave the mode at splice, its default; or run as root of the host with CAP_SYS_PTRACE, and with more memory "
        "and "
        "a larger fs.pipe-user-pages-soft",
        sure=False,
    ),
    _known(
        "page-server-name-absent",
        r"Failed to resolve hostname: \(null\)",
        "--page-server was given without the address of the page server",
        "CRIU has nothing to connect to, and some releases crash behind this message",
        "all",
        "give --address ADDRESS --port PORT of the host where `criu page-server` runs beside --page-server",
        container="runc checkpoint --page-server ADDRESS:PORT",
    ),
    _known(
        "page-server-name",
        r"Failed to resolve hostname",
        "the name of the page server leads to no address",
        "CRIU asks the resolver of the machine, or of the container or namespace, that it runs in; the error behind "
        "the "
        "name is of an earlier call and says nothing",
        "3.11 and later",
        "give the address as a number (--address 192.0.2.7), or let the name be known where CRIU runs (/etc/hosts, "
        "DNS; getent hosts NAME)",
        container="runc checkpoint --page-server with a number for an address; names are those of the host or node",
    ),
    _known(
        "page-server",
        r"[Pp]age[ -]server|page-xfer: |Can't (write|connect) to (page )?server|Can't connect to server"
        r"|Can't bind .{0,300} server|Remote side closed connection|The page server doesn't answer"
        r"|Can't read pagemap from socket|tls: |Failed converting address",
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
        "connection's tcp-stream image, or the options of dump and restore differ; a directory without pstree.img is "
        "what a pre-dump writes, which holds memory only, or a dump that failed",
        "all",
        "the line above names the image. No pstree.img or core: make the final dump (criu dump with --prev-images-dir "
        "for the directory of the pre-dump) and restore from its directory, with that of the pre-dump beside it. Else "
        "the same options for dump and restore (--tcp-close, --tcp-established), a newer CRIU for both, and a look "
        "into dump.log whether the dump finished and all files were copied",
        sure=False,
    ),
    _known(
        "image-cut",
        r"Read \d{1,10} bytes while \d{1,10} expected",
        "an image ends before its content does",
        "it was cut: by a copy that broke off, a disk that was full, or a dump that did not finish; what the "
        "kernel's answer at the end of the line says is of an earlier call",
        "all",
        "compare the size of the image that is named with the source (ls -l, sha256sum) and copy it again; where it "
        "is short there too, see in dump.log whether the dump finished, and dump again with room (df)",
    ),
    _known(
        "task-image-absent",
        r"^No (pagemap|core|mm|ids|fs|fdinfo)-\d{1,10}\.img image$",
        "an image of a task is not in the directory",
        "every task has one of this kind, which the dump wrote: it was left behind when images were copied, or removed",
        "all",
        "copy all images of the dump again from where it was made, and compare the lists of files",
        sure=False,
    ),
    _known(
        "image-format",
        r"Too old image|Not supported images version|[Mm]agic doesn't match|Img trimmed|Unexpected EOF"
        r"|Image corrupted|Images? c[uo]rrupt|Unknown image format|LZ4|image corruption"
        r"|Can't open core data|Can't read img file|missed for non-zombie|Read \d+ bytes while \d+ expected"
        r"|Failed unpacking object|Can't read \d+ bytes from file|Wrong object requested|unknown remap type"
        r"|Image from old CRIU|libsoc+r is not supported|No (unsq len|rcv wscale|timestamp) in the image"
        r"|corrupted image|Bad number of sigactions|n_c_cc .{0,20}wrong|image size mismatch|image file was truncated"
        r"|Ghost file size mismatch|Unknown state in code"
        r"|missing required field|data too short after length-prefix",
        "an image is damaged, missing, or of another release",
        "CRIU could not read one of the images; an empty inventory or a missing core image is left by a dump that "
        "failed",
        "all",
        "compare the sizes with the source; restore with a release not older than the one that dumped, on the same "
        "architecture; check in dump.log that the dump finished, and dump again where it did not",
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
        "use current releases of both, CRIU and runtime; a parent directory (runc --parent-path) must exist and be "
        "named relative to the images, which is looked at from 3.16 on; take out lines of /etc/criu/*.conf that this "
        "release does not know; the containers must run, not be paused",
        sure=False,
    ),
    _known(
        "log-removed",
        r"^(sudo )?(cat|tail|head|less|more|ls|vim?|nano|grep|cp|open)\b.{0,400}\.log.{0,3}: No such file",
        "CRIU's log is not where the runtime says",
        "runtimes write it into the directory of the container, and remove that when a restore has failed",
        "all",
        "let CRIU write it where nobody removes it: the line “log-file /tmp/criu.log” in /etc/criu/runc.conf (crun: "
        "/etc/criu/crun.conf), and run it again",
        container="runc and crun by hand: --work-path DIR; the engine's journal may have CRIU's errors too",
        thread="moby#40529",
        sure=False,
    ),
    _known(
        "no-log",
        r"(dump|restore)\.log: no such file|Error collecting checkpoint log|read unixpacket .{0,300}EOF",
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
        r"volume with name \S{1,200} already exists|unable to import volume|failed to (open volume file"
        r"|extract volume)|(volume|mount) .{0,100}(not found|no such).{0,60}(restor|checkpoint)"
        r"|create criu restore mountpoint"
        r"|is not mounted, cannot export",
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
        r"|not running, not checkpointing|cannot \w{4,12} container \S{1,80} in state"
        r"|instance (must be|is) (stopped|running)",
        "the container is not in the state that this asks for",
        "a checkpoint is made of a container that runs, and a restore only into one that was stopped by a checkpoint",
        "all",
        "look at its state first; stop it before a restore, or restore under another name; where an engine has "
        "forgotten a checkpoint when its daemon started anew: a newer engine",
        container="podman ps -a --format json says Checkpointed; a container that was stopped otherwise is started, "
        "not restored; with an archive: restore --import FILE --name NEW",
    ),
    _known(
        "archive-denied",
        r"(unpack|extract|open)\w* .{0,160}(checkpoint|archive).{0,200}: [Pp]ermission denied",
        "the archive or image of the checkpoint may not be read by whoever asks",
        "checkpoints are root's, and some engines pack their directories without the right to enter them",
        "all",
        "run it as root (sudo); a newer release of the tool, which sets the rights anew as it unpacks",
        container="podman, checkpointctl and crictl with sudo; chmod u+x the directory after unpacking by hand",
        thread="checkpointctl#153",
        sure=False,
    ),
    _known(
        "zombie-without-pages",
        r"error opening binary file: open \S{1,300}/pagemap-\d{1,10}\.img",
        "checkpointctl looks for the memory of a task that has none: it is dead (a zombie)",
        "CRIU writes no pagemap of a zombie; the list of tasks could be read, so that the images are in the archive",
        "checkpointctl that does not look at the state of tasks",
        "the checkpoint is whole: use a newer checkpointctl, or leave --ps-tree-env and --ps-tree-cmd away; criu-tui "
        "shows the task's state (core-PID.img: task_state)",
        container="the same; no new checkpoint is needed",
        thread="checkpointctl#184",
        sure=False,
    ),
    _known(
        "images-elsewhere",
        r"/checkpoint/\S{1,80}\.img: no such file|failed to get process tree"
        r"|\berror opening binary file: open \S{1,300}\.img|^\s*(images-dir|image-dir)\s+/",
        "the engine's archive of the checkpoint has no images",
        "CRIU wrote them elsewhere, as a line images-dir in /etc/criu/runc.conf (crun.conf, default.conf) tells it to, "
        "or the dump failed; the engine packs the directory that it has asked for",
        "all",
        "take images-dir and work-dir out of CRIU's configuration files, and make the checkpoint anew; tar -tf FILE "
        "shows what it holds",
        container="the same on the node that makes the checkpoint",
        thread="checkpointctl#213",
        sure=False,
    ),
    _known(
        "archive-without-checkpoint",
        r"checkpoint directory is missing in the archive",
        "that archive is none of an engine's checkpoints",
        "checkpointctl looks for the directory checkpoint/ beside config.dump and spec.dump, as podman "
        "(--export), CRI-O, containerd and the kubelet pack them; what criu, runc or docker wrote has its images at "
        "the top",
        "none of CRIU's",
        "give it the archive that the engine exported (tar -tf FILE lists what is in one); criu-tui and crit read "
        "images at the top as well",
        container="podman container checkpoint --export FILE makes such an archive",
        thread="checkpointctl's own message",
    ),
    _known(
        "archive-unreadable",
        r"(unpacking of|failed to open|Unable to extract|error opening) (pre-)?checkpoint|archive/tar: (?!write too)"
        r"|tar: (Unexpected EOF|This does not look like|Error is not recoverable)|gzip: invalid|zstd: |(?<!write )(?<!"
        r"read )unexpected EOF$|failed to load checkpoint"
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
        r"[Mm]ust have criu \d|criu lacks support|supported in CRIU >=|requires at least CRIU 3\.|old criu version"
        r"|CRIU version \S{1,20} must be|invalid CRIU version|CRIU version must be|requires at least CRIU \d"
        r"|criu\S{0,10} (version )?(is )?too old",
        "the runtime asks for a newer CRIU",
        "it uses what that release of CRIU does not have yet, such as memory tracking, network namespaces from outside "
        "(3.11) or PID namespaces from outside (3.15)",
        "all",
        f"install the newest CRIU ({NEWEST}) where the runtime runs; memory tracking (pre-dump) wants a kernel with "
        "CONFIG_MEM_SOFT_DIRTY on x86",
    ),
    _known(
        "liberty-phase",
        r"CWWKE0954E|checkpoint phase .{0,80}(empty|unknown|not valid)",
        "the server was asked for a checkpoint at a phase that it does not know (Liberty InstantOn)",
        "a checkpoint is taken before or after the applications start, and no other word is taken",
        "all",
        "server checkpoint NAME --at=beforeAppStart or --at=afterAppStart; betas called them features, "
        "deployment and applications",
        container="RUN checkpoint.sh afterAppStart in the image's build, or WLP_CHECKPOINT=afterAppStart",
        thread="open-liberty#22371",
    ),
    _known(
        "liberty-workarea",
        r"CWWKE095[567]E",
        "the server's work area could not be saved or brought back for a checkpoint (Liberty InstantOn)",
        "it is copied beside the checkpoint, and whoever runs the server may not write or remove there",
        "none of CRIU's",
        "give the user of the server the right to write and remove below its workarea and logs directories, and leave "
        "room there",
        container="build the image as the user that runs it (USER 1001, --chown=1001:0), with no read-only root",
    ),
    _known(
        "liberty-hook",
        r"CWWKC045[48]E|occurred restoring the server process",
        "the server came back, and then a part of its own failed as it was restored (Liberty InstantOn)",
        "CRIU has done its work; a hook of a feature or of the application threw an exception, whose trace stands in "
        "messages.log and ffdc of the server",
        "none of CRIU's",
        "read logs/messages.log and logs/ffdc for the exception; use the newest Liberty, and a checkpoint made anew "
        "with it; environment and configuration at the restore must suit (files, variables, ports)",
        container="podman cp of /logs from the container that has ended",
        thread="open-liberty#22362",
        sure=False,
    ),
    _known(
        "liberty-restore",
        r"CWWKE0957I|CWWKE096[14][EI]|Restoring the checkpoint server process failed",
        "the server's restore failed (Liberty InstantOn), a consequence of CRIU's own failure",
        "the server goes on without its checkpoint; CRIU's own words stand in restore.log in logs/checkpoint, and "
        "where that is not there criu could not even start",
        "all",
        "read restore.log in logs/checkpoint (where the container ends at once, CRIU_RESTORE_DISABLE_RECOVERY=false "
        "keeps it and its log); give the capabilities CHECKPOINT_RESTORE, SYS_PTRACE, SETPCAP and NET_ADMIN",
        container="podman or docker run --cap-add=CHECKPOINT_RESTORE --cap-add=SETPCAP --security-opt "
        "seccomp=unconfined; Kubernetes and OpenShift: the same in securityContext, with allowPrivilegeEscalation: "
        "true",
        thread="open-liberty#23664",
        sure=False,
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
        r"Migration operation failure|[Ss]tateful (stop|snapshot|migration|restore|start)|migration\.(stateful"
        r"|incremental)|(dump|restore|pre-?copy) (was )?failed( \(|: )?.{0,20}snapshot|[Ss]napshot dump failed"
        r"|[Ll]ive[- ]migrat\w+|Migration failed on |migration (dump|pre-dump|restore|final dump|predump) failed"
        r"|Failed (to run: )?.{0,120}forkmigrate"
        r"|stateful checkpoint|failing CRIU|Failed migration on|CRIU state owner|Live storage pool changes"
        r"|(^|[\s>#])[Ee]rror: (restore|checkpoint|dump|pre-dump|[Mm]igration) failed[ .]?$",
        "the state of an instance could not be saved or moved (LXD, Incus)",
        "for containers they run CRIU, which cannot dump much of what a whole system runs (systemd, nested containers, "
        "lxcfs); their own log says no more than that it failed",
        "all",
        "look into the logs of the instance for CRIU's words (lxc or incus info NAME --show-log; migration_dump_*.log, "
        "migration_restore_*.log and snapshot_* below /var/log/lxd/NAME, /var/snap/lxd/common/lxd/logs/NAME or "
        "/var/log/incus/NAME); CRIU must be there on both sides, not older than the kernel (criu --version; snap set "
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
        r"No such file or directory: .(\S{1,100}/)?criu.|rust-criu: No such file|exec: .?criu.?:|couldn't find criu"
        r"|criu (binary )?.{0,60}not found in|criu.{0,80}(executable file )?not found|could not load .?libcriu"
        r"|libcriu\.so|undefined symbol: \S{0,40}criu|error while loading shared libraries|version `GLIBC_\S+ not found"
        r"|Can't exec criu swrk: No such file|execing criu failed|Couldn't find criu binary"
        r"|must have criu \S{1,20} or greater"
        r"|CRIU (is |are )?(not|isn't) (available|installed)|symbol lookup error: \S*criu|CRIU version check"
        r"|CRIU binary not found|(getting|check for|retrieve) criu version|find criu binary|execute criu\b"
        r"|CRIU: failed checking version|without the criu binary",
        "the runtime found no CRIU that it can use",
        "it needs the criu program, or crun its library, of a release that it knows",
        "all",
        "install CRIU where the runtime runs, a current release, in PATH",
        container="crun: built with CRIU, with libcriu beside it; docker: the experimental mode on; LXD: snap set lxd "
        "criu.enable=true; Kubernetes: on every node; CRI-O before 1.30 does not start without it where "
        "enable_criu_support = true",
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
        "engine-name-reserved",
        r"error reserving (ctr|pod|container|sandbox)|(ctr|container|pod|sandbox)? ?name .{0,200}is reserved"
        r"|failed to reserve (container|sandbox) name",
        "the engine still keeps the name for an earlier attempt",
        "a restore that has failed or a restored container that has ended keeps its name, so that the kubelet's next "
        "attempts are refused; a container cannot be restarted from its checkpoint",
        "all; newer releases of CRI-O free the name",
        "find out why the first attempt ended (the engine's journal, CRIU's restore.log); then delete the pod and make "
        "it anew",
        container="kubectl delete pod NAME; crictl rm and rmp what is left; a newer CRI-O or containerd",
        thread="cri-o#6515",
        sure=False,
    ),
    _known(
        "probe-unanswered",
        r"\b(Startup|Readiness|Liveness) probe failed: .{0,200}(connection refused|no route to host|i/o timeout)",
        "the program in the pod does not answer at the address that the probe asks",
        "a restored program goes on with the sockets that it had: one that listens at the address of the old pod, or "
        "that closed its server before the checkpoint and does not open it again, is not heard in a pod with another "
        "address, though the restore was a success",
        NOT_CRIUS,
        "see where it listens inside (ss -ltn in the pod); let it listen on 0.0.0.0 (or ::) before the checkpoint is "
        "made, or open its server again after the restore (hook of the framework, a signal); until then a probe that "
        "asks inside (exec) and more time (failureThreshold)",
        sure=False,
        thread="ai-dynamo/dynamo#10665",
    ),
    _known(
        "pod-ended",
        r"Back-off restarting failed container|CrashLoopBackOff|Exit Code: {1,8}(128|137|139|255)\b",
        "the restored container has ended, and cannot be started again from its checkpoint",
        "a restore takes place once; then it was killed (137: SIGKILL, by CRIU after a failure or for want of memory; "
        "139: it crashed), or its program ended",
        "all",
        "find out why: the container's log, the engine's journal, CRIU's restore.log (the line log-file /tmp/criu.log "
        "in /etc/criu/runc.conf keeps it), dmesg; then delete the pod and make it anew, with as much memory as before",
        container="kubectl logs --previous POD, kubectl delete pod POD; restartPolicy: Never while it is tried",
        thread="cri-o#6515",
        sure=False,
    ),
    _known(
        "time-limit",
        r"context deadline exceeded|DeadlineExceeded|retrying requests that are timing out|i/o timeout"
        r"|[Tt]imed out waiting for .{0,60}(checkpoint|restore|container)|container creation timeout"
        r"|init still running",
        "the engine's time limit was over before CRIU had ended",
        "writing memory takes as long as the disk needs, and engines wait only so long",
        "all",
        "raise the engine's limit, write to a faster disk, or dump less memory; look into CRIU's own log for where it "
        "was",
        container="kubelet: ?timeout=SECONDS of the checkpoint request and runtimeRequestTimeout; crictl --timeout; "
        "podman waits 240 seconds for a container: a newer podman, an archive without compression (--compress none)",
        sure=False,
    ),
    _known(
        "phaul",
        r"\bphaul\b|\bp\.haul\b",
        "p.haul's migration failed",
        "it dumps on one host and restores on the other through CRIU's service; both have CRIU's own log, which says "
        "why",
        "none of CRIU's",
        "look into the dump.log and restore.log in its images directories on both sides; it is no longer looked after: "
        "use the migration of the container engine (podman's --export and --import, incus or lxc move)",
        container="as above",
        sure=False,
    ),
    _known(
        "kubelet-unreached",
        r"connect to \S{1,200} port 10250|SSL certificate problem|HTTP request to an HTTPS server"
        r"|:10250\S{0,200}: (connect|EOF|x509|tls)",
        "the kubelet cannot be reached there, or not in that way",
        "its checkpoint request is answered on port 10250 of the node itself, by https alone",
        "all",
        "call https://NODE:10250/checkpoint/NAMESPACE/POD/CONTAINER from the node (curl -sk -X POST with --cert and "
        "--key of the cluster), and see that the kubelet runs and a firewall lets it through",
        container="as above; kubectl get --raw has no such request without the right to nodes/proxy",
        sure=False,
    ),
    _known(
        "kubelet-gate",
        r"^404 page not found|: 404 page not found|could not find the requested resource.{0,40}checkpoint"
        r"|checkpoint.{0,40}could not find the requested resource",
        "the kubelet answers no checkpoint requests, or not at that path",
        "its feature gate ContainerCheckpoint is on by default from Kubernetes 1.30; before that the path is not "
        "there, and it is there for POST alone",
        "none of CRIU's",
        "--feature-gates=ContainerCheckpoint=true for the kubelet itself (featureGates in its configuration file on "
        "the node, not only the API server's), restart it, and curl -X POST "
        "https://NODE:10250/checkpoint/NAMESPACE/POD/CONTAINER",
        container="as above, on the node that runs the pod; Docker Desktop's Kubernetes has no engine for it",
        thread="k8s#118213",
        sure=False,
    ),
    _known(
        "kubelet-name",
        r"container \S{1,120} does not exist in pod|pod (does not exist|\S{1,120} not found)"
        r"|container \S{1,120} not found in "
        r"pod",
        "the kubelet of that node knows no such pod or container",
        "the path names namespace, pod and container of a pod that runs on this very node",
        "none of CRIU's",
        "kubectl get pod -o wide for the node, and the names as kubectl has them: /checkpoint/NAMESPACE/POD/CONTAINER "
        "(the container's name in the pod, not its id; it must be running)",
        container="as above",
    ),
    _known(
        "kubelet-refused",
        r"message\W{3}Unauthorized|Forbidden \(user=|\b40[13]\b.{0,40}(Unauthorized|Forbidden)"
        r"|(^|[>#F]| {2}|: |Z) ?Unauthorized$"
        r"|subresource=checkpoint|cannot \w+ resource .{0,40}nodes/(proxy|checkpoint)",
        "the kubelet did not let the caller make a checkpoint",
        "its checkpoint request wants a client that may use nodes/checkpoint or nodes/proxy",
        "all",
        "call it with a certificate of the cluster (curl --cert apiserver-kubelet-client.crt --key … "
        "https://NODE:10250/checkpoint/NAMESPACE/POD/CONTAINER), or give the account the right to nodes/checkpoint",
        container="as above; from inside a pod with the token of a service account that has this right",
        sure=False,
    ),
    _known(
        "runtime-of-checkpoint",
        r"was created with runtime '\S{1,200}' and cannot be restored with runtime",
        "the checkpoint was made by another runtime than the one that should restore it",
        "runc and crun name what comes from outside differently in their checkpoints, and podman lets each go back "
        "only with the one that made it",
        "none of CRIU's",
        "leave --runtime away, so that podman takes the one of the checkpoint, or name that one (--runtime runc or "
        "crun); it must be installed here",
        container="as above; for a move to crun checkpoint a container that crun runs",
        thread="podman's commit c76caba36",
    ),
    _known(
        "restore-switched-off",
        r"restore via CreateContainer is disabled by configuration",
        "containerd's restores of checkpoints are switched off",
        "from 2.2.7 and 2.3.4 on it makes a checkpoint into a container only where its configuration allows it, since "
        "an image from elsewhere could restore what nobody meant to run",
        f"{NOT_CRIUS}; containerd 2.2.7, 2.3.4 and later",
        'on that node, in /etc/containerd/config.toml, below [plugins."io.containerd.cri.v1.runtime"]: '
        "enable_experimental_restore_via_create = true, and enable_criu not false; restart containerd; only where all "
        "who may start pods there are trusted. containerd 2.4 restores none in this way any more: stay on 2.2 or 2.3, "
        "or use CRI-O",
        thread="containerd#13913",
    ),
    _known(
        "checkpoint-unasked",
        r"failed to check if this is a checkpoint image",
        "containerd does not find the image, which it asks of each container whether it is a checkpoint",
        "from 2.1 on each container's image is looked up once more for that; one that was imported past the kubelet "
        "is not known to that part (the CRI's own store) yet, or is not in the namespace k8s.io",
        f"{NOT_CRIUS}; containerd from 2.1 on",
        "nothing is wrong with CRIU, and no checkpoint need be meant: pull the image through the CRI (crictl pull), or "
        "import it into the kubelet's namespace (ctr -n k8s.io images import) and try again a moment later; containerd "
        "2.2.7, 2.3.4 and later ask no more where restores are off",
        thread="containerd#12980",
    ),
    _known(
        "checkpoint-started-plain",
        r"no command specified",
        "the image of a checkpoint was to be started as a plain one: the engine did not take it for a checkpoint",
        "such an image has no command of its own; an engine whose restores are switched off, or that does not see the "
        "annotation, starts it as it starts any other: CRI-O only makes checkpoints unless told otherwise since "
        "September 2026 (checkpoint_only), containerd restores none on its own from 2.2.7, 2.3.4 and 2.4 on",
        "all",
        'CRI-O: container_level_enabled = "checkpoint_restore" below [crio.checkpoint_restore] (before that was '
        "there enable_criu_support = true), its log says which (“Checkpoint/restore support enabled (level: ...)”); "
        "containerd 2.2.7 to 2.3: enable_experimental_restore_via_create = true; where it is on, see that the image "
        "has the annotation (buildah config --annotation=io.kubernetes.cri-o.annotations.checkpoint.name=NAME, or "
        "`checkpointctl build`); an image that is no checkpoint needs a command in the pod",
        sure=False,
        thread="CRI-O's pull request 10251",
    ),
    _known(
        "checkpoint-image",
        r"failed to read .{0,3}(config|spec|status)\.dump|annotations?\.checkpoint"
        r"|no such file or directory: checkpoint image|not a (valid )?checkpoint|(config|spec)\.dump.{0,80}(no such"
        r"|not)|checkpoint (image|archive).{0,100}(invalid|missing|not )|exec format.{0,40}checkpoint"
        r"|(restore|import) checkpoint (from )?image",
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
        "the restore too; ctr container restore: containerd 1.7.0 or newer, whose ctr makes a terminal",
        sure=False,
    ),
    _known(
        "engine-name-left",
        r"(crun|runc|youki): (container .{1,100} already exists|container with given ID already)",
        "the low-level runtime has a container of that id still, which the engine may not show any more",
        "runc and crun keep a directory for each container until it is deleted there; podman "
        "3.1 to 4.1 leaves it of one that was run with --rm",
        "none of CRIU's",
        "crun delete -f ID or runc delete -f ID, with the engine's --root (what is left lies in /run/crun/ID or "
        "/run/runc/ID); or restore under another name",
        container="podman 4.2 or newer; podman rm first where it shows the container, or --name NEW with --import",
        sure=False,
    ),
    _known(
        "runtime-unknown-there",
        r"error opening file .{0,3}/\S{1,300}/status.?: No such|container `[^`]{1,120}` does not exist",
        "the low-level runtime knows no container of that id where it looks",
        "crun keeps what it knows of containers below --root, else below XDG_RUNTIME_DIR of whoever calls it, else in "
        "/run/crun: with another user's it finds none",
        "none of CRIU's",
        "call it as the user who started the container, with the same --root and the same XDG_RUNTIME_DIR (none for "
        "root: env -u XDG_RUNTIME_DIR); crun list shows what it finds",
        container="podman before 1.9 gives crun no XDG_RUNTIME_DIR for a checkpoint: a newer podman",
        sure=False,
    ),
    _known(
        "engine-name-taken",
        r"name .{0,160}((is )?already (in use|used)|in use$)|container with (given )?[iI][dD] .{0,80}exists"
        r"|container with given ID already|[Cc]ontainer .{0,100} already exists|\b(task|container) \S{1,100}: already "
        r"exists",
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
        r"missing parent .{0,120}not found|root ?file-?system (diff|changes)|checkpoint base image|rootfs-diff"
        r"|deleted\.files|layer not known|image .{0,200}(not known|not found)|unable to find (the )?image"
        r"|[Nn]o such image"
        r"|delete files from container .{1,100} during restore",
        "the image that the container was made from is not here, or its changes cannot be put on it",
        "an archive of a checkpoint holds what was changed of the image, not the image itself, which must be here",
        "all",
        "pull the same image first; restore with --ignore-rootfs where its changes do not matter",
        container="podman pull IMAGE, then restore --import; --ignore-rootfs on both sides; checkpoint with "
        "--create-image where the image goes along",
        sure=False,
    ),
    _known(
        "checkpoint-not-found",
        r"content sha256:\S{1,80}: not found|custom checkpointdir is not supported"
        r"|checkpoint \S{1,100} (does not exist|not found)|[Nn]o such checkpoint|content digest .{0,100}not found"
        r"|invalid checkpoint(?! (ID|compression))|cannot stat .{0,200}checkpoint"
        r"|(?<!stateful )checkpoint\S{0,60}: no such file"
        r"|checkpoint directory \S{1,200} (does not exist|exists but is not)",
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
        "engine-network-absent",
        r"unable to find network|network \S{1,100} not found|network not found|[Nn]o such network",
        "the network that the container was on is not here",
        "an engine restores a container onto the networks that it was on, by their names",
        "none of CRIU's",
        "make a network of that name first, with the same subnet where the address is fixed",
        container="podman network create NAME (with --subnet), then restore; docker network create NAME",
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
        "docker-without",
        r"'checkpoint' is not a docker command|docker: .checkpoint. is not",
        "this docker has no checkpoints: it is older than 1.13, or its client is not experimental",
        "`docker checkpoint` came with docker 1.13; clients up to 19.03 show it only in experimental mode",
        "docker before 1.13",
        "use a current docker with {“experimental”: true} in /etc/docker/daemon.json, and DOCKER_CLI_EXPERIMENTAL="
        "enabled for a client up to 19.03; or podman",
        thread="moby#30996",
    ),
    _known(
        "docker-experimental",
        r"only supported in experimental mode|[Dd]aemon with experimental features|checkpoint.{0,80}experimental "
        r"(features|mode)",
        "docker's daemon is not in experimental mode, without which it has no checkpoints",
        "`docker checkpoint` and `docker start --checkpoint` are experimental in every release",
        "none of CRIU's",
        "{“experimental”: true} in /etc/docker/daemon.json and systemctl restart docker (docker version then says "
        "Experimental: true for the server); old clients want “experimental”: “enabled” in ~/.docker/config.json too",
        container="as above; podman has checkpoints without such a switch",
        thread="moby#30996",
    ),
    _known(
        "no-restore-command",
        r"No help topic for .restore|unknown (sub)?command \"?restore|crictl.{0,40}(restore.{0,20}(unknown|not defined)"
        r"|no such command)",
        "this tool has no command to restore",
        "crictl and kubectl know checkpoints alone: a node restores a container that is created from a checkpoint as "
        "if that were its image",
        "none of CRIU's",
        "make an image of the archive and create a container or pod from it: newcontainer=$(buildah from scratch); "
        "buildah add $newcontainer ARCHIVE /; buildah config "
        "--annotation=io.kubernetes.cri-o.annotations.checkpoint.name=NAME $newcontainer; buildah commit "
        "$newcontainer IMAGE (containerd: org.criu.checkpoint.container.name); or checkpointctl build; CRI-O takes "
        "the path of the archive as image too (crictl create)",
        container="as above; runc, crun and podman have a restore of their own (podman container restore --import)",
        thread="cri-tools#1376",
    ),
    _known(
        "runtime-built-without",
        r"onfigured runtime does not support checkpoint|unknown (sub)?command \"?checkpoint|No help topic for "
        r".checkpoint|(crun|runtime).{0,40}(not built|was not compiled|without) .{0,10}(CRIU|criu)",
        "the low-level runtime was built without CRIU: it has no checkpoint command",
        "podman and docker ask crun or runc for `checkpoint --help`; a crun without +CRIU in its version line (Ubuntu "
        "and Debian build it so, some builds of Fedora did) has none",
        "none of CRIU's",
        "see `crun --version` for +CRIU; podman --runtime runc (for the run and for the checkpoint), or runtime = "
        "“runc” in containers.conf; or install a crun built with CRIU, and libcriu",
        container="as above; docker: the runc of its own package, not crun",
        thread="criu#2317",
    ),
    _known(
        "containerd-criu-off",
        r"criu support is disabled by configuration",
        "containerd's part for Kubernetes has CRIU turned off",
        "enable_criu = false in its configuration",
        "releases of containerd that have enable_criu",
        "enable_criu = true in the cri plugin's section of /etc/containerd/config.toml, then systemctl restart "
        "containerd; install criu on the node",
        container="on each node",
    ),
    _known(
        "method-unimplemented",
        r"code = Unimplemented|unknown method CheckpointContainer|method CheckpointContainer not implemented",
        "the container engine of this node has no checkpoints for Kubernetes",
        "the kubelet asks it for CheckpointContainer: containerd has that from 2.0 on, CRI-O from 1.25 on with "
        "enable_criu_support, and docker (cri-dockerd) not at all",
        "none of CRIU's",
        "use containerd 2.0 or later, or CRI-O 1.25 or later with enable_criu_support = true in /etc/crio/crio.conf, "
        "with criu on the node",
        container="as above, on each node",
        thread="k8s#113621",
        sure=False,
    ),
    _known(
        "runtime-without-checkpoint",
        r"code = Unimplemented|resource type .checkpoint|(method|unknown method) CheckpointContainer"
        r"|CheckpointContainer.{0,60}(not implemented|[Uu]nimplemented)"
        r"|checkpoint.{0,40}server could not find the requested resource|not support(ed)? (on|in) this platform"
        r"|(configured )?to not support checkpoint|onfigured runtime does not support checkpoint"
        r"|[Cc]heckpoint/[Rr]estore support (is )?not (available|enabled)|does not support checkpoint"
        r"|[Dd]aemon with experimental features|experimental (features|mode).{0,40}(checkpoint|not enabled)"
        r"|ContainerCheckpoint|(404 |daemon: )page not found|checkpoint.{0,40}(not (implemented|supported"
        r"|enabled)(?! in rootless)|[Uu]nimplemented)|enable_criu_support|unknown (sub)?command \"?checkpoint"
        r"|No help topic for .checkpoint|enable-criu-support|(was not compiled|not built) with (CRIU|criu)"
        r"|without (CRIU|criu) support|(CRIU|criu) (is |was )?(not|n't) (supported|built|enabled|compiled)",
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
        "rootless-in-machine",
        r"/var/home/core/\.local/share/containers/",
        "the container is one of the unprivileged user of podman's machine",
        "macOS and Windows run containers in a virtual machine, there as the user core unless told otherwise; CRIU "
        "needs root in that machine, and sudo on the Mac or on Windows gives none there",
        "all",
        "podman machine stop, podman machine set --rootful, podman machine start; then make the container anew, as "
        "root's containers are others than the user's, and checkpoint it without sudo",
        container="as above",
        thread="podman#19680",
        sure=False,
    ),
    _known(
        "rootless-engine",
        r"\b(crun|runc) (checkpoint|restore) .{0,600}/(\.local/share/containers|run/user/\d{1,10})/"
        r"|/(\.local/share/containers|run/user/\d{1,10})/.{0,600}(checkpoint|restore|CRIU|criu).{0,200}fail",
        "a container of a rootless engine cannot be dumped or restored",
        "its paths (~/.local/share/containers, /run/user/ID) are those of a user without root: CRIU needs root, and "
        "the engine's checkpoint does too",
        "all",
        "run the container and the checkpoint as root (sudo podman; root's containers are others than the user's); "
        "see the runtime's own words with its debug option (podman --log-level=debug), and CRIU's log in userdata",
        container="podman machine (macOS, Windows): podman machine set --rootful; docker: without rootless mode",
        thread="criu#2630",
        sure=False,
    ),
    _known(
        "rootless-machine",
        r"(checkpointing|restoring) (a container )?requires root|rootless containers?.{0,60}(checkpoint|restor)"
        r"|untested with rootless|checkpoint(ing)? .{0,40}rootless",
        "containers of a rootless engine cannot be checkpointed: that wants root",
        "CRIU needs rights over the kernel that the user namespace of a rootless engine does not have; on macOS and "
        "Windows the machine of podman is rootless unless told otherwise",
        "all",
        "run the container and the checkpoint as root: sudo podman run, sudo podman container checkpoint (root's "
        "containers are others than the user's); podman machine set --rootful on macOS and Windows",
        container="as above; docker with its daemon as root",
        thread="podman#8421",
    ),
    _known(
        "container-name-differs",
        r"(ID|name) of restored container .{0,140}does not match",
        "the checkpoint is of a container of another name or id than the one asked for",
        "an import goes back under the name and id that it was made with, unless it gets a new name",
        "none of CRIU's",
        "podman container restore --import FILE --name NEW, or under its old name where that is free",
        container="as above",
    ),
    _known(
        "container-dependencies",
        r"checkpoints of containers with dependencies",
        "the container is dependent on another one, whose namespaces it shares: such a checkpoint cannot be packed",
        "a container of a pod, or with --network container:NAME, does not stand for itself: only some namespaces can "
        "be left out of the archive",
        "podman before 4.0 for containers of a pod",
        "podman 4.0 or later: podman container restore --import FILE --pod POD, into a pod that shares the same "
        "namespaces; else run it by itself (no --pod, no --network container:), or checkpoint and restore in place "
        "without --export",
        container="as above; Kubernetes: the kubelet's checkpoint of one container",
        thread="criu#1424",
    ),
    _known(
        "container-refused",
        r"no containers? found|/state\.json: no such file|(checkpoint|restor)\S* .{0,120}(requires? root|rootless"
        r"|as root)|rootless.{0,120}(checkpoint|restore)|active exec sessions|started with '?--rm|--rm "
        r".{0,60}(checkpoint|export)|[Aa]uto-?[Rr]emove|[Cc]annot (checkpoint|export) .{0,80}depend|checkpointing "
        r"containers that use|(?<!import )checkpoints of containers with dep|[Cc]ontainer .{0,80}(is )?not running"
        r"|^(Error: )?container not found|could not find container|ID does not exist|cannot (checkpoint"
        r"|restore) .{0,80}state|[Nn]o container with name or ID|[Nn]o such container"
        r"|container \S{1,100} (does not exist|not found)|infra container"
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
        "crac-criu",
        r"CRIU failed with exit code|CRaC engine failed to (checkpoint|restore)|queued code -\d"
        r"|invalid info for restore|Native checkpoint failed",
        "the JVM's own criu failed, and said nothing to the JVM (CRaC)",
        "the JVM has closed what it must, and then runs criuengine and the criu beside it in JAVA_HOME/lib; they must "
        "be root's with the set-uid bit or have the capabilities, and write dump4.log into the directory of "
        "-XX:CRaCCheckpointTo",
        "all",
        "look into dump4.log in the checkpoint directory; where there is none or it says “not permitted”: sudo chown "
        "root:root JAVA_HOME/lib/criu && sudo chmod u+s JAVA_HOME/lib/criu (unpack the JDK as root: an archive "
        "unpacked by a user loses both), not on a file system mounted nosuid; -XX:CREngine=warp where criu may not run "
        "(Azul)",
        container="--cap-add CHECKPOINT_RESTORE --cap-add SYS_PTRACE (and SETPCAP) or --privileged, and no "
        "no-new-privileges",
        sure=False,
    ),
    _known(
        "answer-as-address",
        r"(->|\b(at|into) )0x(f{8})?f{5}[0-9a-f]{3}(?![0-9a-f])",
        "a call that CRIU ran inside a task failed, and its answer was taken for an address",
        "the number is an errno below zero (0xfffffff4 is -12, ENOMEM: no memory there): releases "
        f"{COMPAT_ERRORS.before} do not see it in tasks of 32 bits, and go on with an address that is none",
        f"32-bit tasks: {COMPAT_ERRORS.before}",
        f"use a newer CRIU (the newest is {NEWEST}), which sees the error and says it; then give the task room: "
        "ulimit -v, memory.max, vm.max_map_count, vm.overcommit_memory",
        thread="commit 2e16cc1e4",
        sure=False,
    ),
    _known(
        "crac-selector",
        r"(Busy|Illegal)SelectorException|path=anon_inode:\[eventpoll\]",
        "the JVM refused the checkpoint (CRaC): a server or client still has its channels registered with a selector",
        "CRaC closes a selector's epoll and opens it again by itself, but only one that no channel is registered with; "
        "a BusySelectorException names the channels, older builds say only IllegalSelectorException; policies for "
        "descriptors close sockets too late for it",
        "none of CRIU's",
        "stop that server or client before the checkpoint (Netty, Dubbo, Kafka, the library of a message broker): in "
        "beforeCheckpoint of a Resource, or in stop() of a bean with Spring's Lifecycle, and start it again in "
        "afterRestore or start(); use a release of the library that does so by itself; "
        "-Djdk.crac.collect-fd-stacktraces=true says where each descriptor was opened",
        thread="openjdk/crac#202",
        sure=False,
    ),
    _known(
        "host-name-of-dump",
        r"UnknownHostException: (\S{1,80}): \1: |InetAddress\.getLocalHost|unable to resolve host \S",
        "the host name is the one of the checkpoint, which is in no list of hosts here",
        "the name comes back with the UTS namespace; /etc/hosts is a file of the engine's, with the new container's "
        "name alone",
        "all",
        "make the container that is restored into with the old name (docker create --hostname OLD; docker inspect of "
        "the first one tells it), or add it to /etc/hosts inside (--add-host OLD:127.0.0.1)",
        container="as above; hostname inside says the name, and --hostname of a later run is not heeded",
        thread="criu#877",
        sure=False,
    ),
    _known(
        "port-published",
        r"cannot (listen on the|expose) ((TCP|UDP|SCTP) )?port.{0,160}(already in use|allocated)"
        r"|Bind for \S{1,60} failed: port is already allocated|rootlessport .{0,120}address already in use",
        "a port of the host that the container publishes is taken, most likely by the container it was made from",
        "a container that is restored publishes the ports that it was made with; the checkpointed one holds them where "
        "it was left running, or another restore of the same checkpoint",
        "none of CRIU's",
        "podman container restore --import FILE --publish OTHER:PORT, with podman 3.3 and later; or stop what holds "
        "the port (ss -ltnp) first",
        container="docker: publish other ports when the container that is restored into is created (docker create -p)",
        thread="podman#10338",
    ),
    _known(
        "pool-closed",
        r"This pool is closed|\bPool not open\b|HikariDataSource .{0,80}has been closed|[Cc]onnection pool (is )?shut ?"
        r"down|DataSource (is|has been) closed",
        "a pool of connections that was closed for the checkpoint is not opened again after the restore",
        "pools such as those of Agroal, HikariCP and Commons Pool cannot be used any more once they are closed",
        "none of CRIU's",
        "let go of the connections alone before the checkpoint (Agroal: dataSource.flush(ALL); HikariCP: "
        "suspendPool and softEvictConnections with allowPoolSuspension, and resumePool after it), or make a new pool "
        "in afterRestore, which the application then uses; Spring Boot from 3.2 on does so for HikariCP; leave the "
        "database out of the run that is checkpointed where that will do",
        thread="quarkus#45857",
        sure=False,
    ),
    _known(
        "connection-reset",
        r"\bFlags \[R\.?\]|^(?!(uns|cg|uffd|unix|skqueue): |RPC error|Can't (read|recv|receive|send|write) "
        r"|Failed to (send "
        r"command|read ack)|Unable to get a file descriptor|Error receiving nl"
        r"|.{0,9}recv failed \().{0,900}([Cc]onnection "
        r"reset by peer|\bECONNRESET\b)",
        "the other end of a restored connection does not know it (reset)",
        "a connection is both addresses and both ports, and what each end has sent: restored with another address, or "
        "where a packet came before it was there again, its other end answers with a reset. From the dump until the "
        "restore CRIU's rules of the firewall (mark 0xc114) keep that from happening, and they stay where the dump was",
        "all",
        "let the IP address move with the process (a network namespace or container of its own has one), and make the "
        "rules that the dump added (iptables -S shows them, with mark 0xc114) on the host of the restore before it; "
        "else restore with --tcp-close, and let the program connect again",
        container="a network in which the container keeps its address; podman --tcp-close",
        thread="criu#461",
        sure=False,
    ),
    _known(
        "clock-leap",
        r"\bgettimeofday(\(\))?[ .,?]|[Ww]atchdog\b.{0,60}\b(stuck|expired|timed? ?out)"
        r"|\b([Hh]eart)?beat \d{3,9} ?s ago",
        "the program took the time between dump and restore for its own",
        "the wall clock (CLOCK_REALTIME, gettimeofday) goes on while a program is not there, and no namespace keeps "
        "it: time namespaces keep CLOCK_MONOTONIC and CLOCK_BOOTTIME, with kernels from 5.6 on and CRIU 3.14 or later",
        "all",
        "let the program measure intervals with CLOCK_MONOTONIC; else tell it of the restore (a signal, "
        "--action-script at post-resume) so that it begins to count anew, or lengthen its limit beyond the pause",
        container="the same: in the program, or in the probe that ends it",
        thread="criu#2644",
        sure=False,
    ),
    _known(
        "names-unresolved",
        r"nslookup: can't resolve|server can't find \S|no servers could be reached|[Tt]emporary failure in name "
        r"resolution|Could not resolve host|Name does not resolve",
        "names are not resolved any more in what was restored",
        "on networks other than its default bridge docker answers itself, at 127.0.0.11, through NAT rules inside of "
        "the container's network namespace: CRIU puts the old rules back, whose ports its resolver has no more "
        "(moby#31560); elsewhere /etc/resolv.conf is empty or of the host before",
        "none of CRIU's",
        "cat /etc/resolv.conf inside: where it says 127.0.0.11 (docker), restart docker's daemon, or use its default "
        "bridge, or set the two rules anew (nsenter -n -t PID iptables -t nat -S shows them) with the ports that ss "
        "-lnup and -lntp show there; where it is empty, a newer podman fills it (podman#22901); JVMs keep old answers "
        "(networkaddress.cache.ttl)",
        container="as above",
        thread="moby#31560",
        sure=False,
    ),
    _known(
        "session-manager",
        r"ICE default IO error handler",
        "the program lost its connection to the desktop's session manager, and libICE ended it",
        "it had connected to a socket below /tmp/.ICE-unix, as SESSION_MANAGER in its environment told it to; no "
        "option of CRIU brings the other end back",
        "all",
        "start the program without it, then dump again: env -u SESSION_MANAGER -u DBUS_SESSION_BUS_ADDRESS PROGRAM, "
        "with an X server of its own in the same tree (Xvnc); no --external unix[…] and --ext-unix-sk are needed then",
        thread="criu#1082",
    ),
    _known(
        "start-times",
        r"\bVKTM\b",
        "Oracle ended itself after the restore: it watches the clocks, and when its processes were started",
        "a restored process has another start time (field 22 of /proc/PID/stat), which CRIU cannot set, and the wall "
        "clock has gone on; a time namespace keeps the monotonic clock alone",
        "all",
        "start the instance anew after the restore (shutdown abort, startup), or dump with it stopped; kernels from "
        "5.6 on with CRIU 3.14 or later keep CLOCK_MONOTONIC and CLOCK_BOOTTIME, which helps programs that watch no "
        "start times",
        container="the same: start the database anew inside",
        thread="criu#296",
        sure=False,
    ),
    _known(
        "terminal-read",
        r"read\(0, .{0,160}= -1 EIO\b|bash: cannot set terminal process group",
        "the program cannot read its terminal: its process group is not the one in front there",
        "read() gives EIO to a group in the background that is orphaned; a shell then ends as at the end of its input. "
        f"CRIU {SHELL_GROUP.before} gave a shell with job control its own process group instead of the shell's",
        "all; by CRIU's own doing those before",
        f"{SHELL_GROUP.later}; restore in the foreground of a terminal (no &, no --restore-detached) with "
        "--shell-job; or run the shell in a terminal of its own (screen, tmux) and dump the whole of it",
        container="the same",
        thread="criu#593",
        sure=False,
    ),
    _known(
        "socket-left",
        r"\(Dead \?\?\?\)",
        "a screen session that was dumped has left its socket behind, which screen calls dead",
        "CRIU ends what it has dumped and leaves its files as they are, as others may use them",
        "all",
        "leave it where the session shall come back, as the restore binds it anew at the same path; else screen -wipe, "
        "or an --action-script that removes it at post-dump",
        thread="criu#66",
    ),
    _known(
        "crac-connection",
        r"CheckpointOpenSocketException: (java\.nio\.channels\.)?(SocketChannel|Socket)\[(connected|addr=)",
        "the JVM refused the checkpoint (CRaC): a connection to another program is open",
        "a library keeps it, of a database, a broker or a cache, and CRaC wants it closed before the checkpoint; the "
        "exception names both ends, and with -Djdk.crac.collect-fd-stacktraces=true who opened it",
        "none of CRIU's",
        "close that client in beforeCheckpoint of a Resource, or in stop() of a bean with Spring's Lifecycle, and "
        "connect again in afterRestore or start(); for HikariCP spring.datasource.hikari.allow-pool-suspension=true, "
        "without which the pool connects anew at once (spring-boot#42906); use a release of the library that "
        "does so by itself (Spring Boot 3.2 and later for pools of databases, Spring Cloud Stream 4.2.1 and later for "
        "its binders and Kafka's metrics), or leave what connects out of the run that is checkpointed",
        thread="spring-cloud-stream#3062",
        sure=False,
    ),
    _known(
        "crac-refused",
        r"jdk\.internal\.crac\.(\w+\.){0,4}\w*Exception|CheckpointOpen\w*Exception|jdk\.crac\.(\w+\.)?\w*Exception"
        r"|org\.crac\.\w*Exception",
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
        "crac-killed",
        r"CRIU has not properly exited|waitpid status was \d+",
        "the JVM's own criu was killed or crashed (CRaC)",
        "the number is the status that it ended with: 9 is a kill from outside, by the OOM killer or by what ends the "
        "container; 11 and 139 are a crash of its own",
        "all",
        "give the container more memory (the dump needs as much again for a moment) and look into dmesg for the OOM "
        "killer; keep the JVM's process alive until the checkpoint is written (it must not be all that holds the "
        "container); dump4.log in the checkpoint directory has how far it came; a newer JDK",
        container="--memory, and an init (--init) as the first process",
        sure=False,
    ),
    _known(
        "crac-engine",
        r"\[error\]\[crac|criu is not executable|C/R is not (configured|supported)|C/R (failed|is disabled)|criuengine"
        r"|CRaCCheckpointTo|CRaCRestoreFrom|CRaCEngine|crexec|Checkpoint/Restore is not (configured|supported)",
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
        "libcriu-answer",
        r"\bcriu_(pre_)?(dump|restore|check)\w*\b.{0,80}-(52|70|111|2|110)\b",
        "CRIU's library has only a number for what went wrong",
        "-52 (EBADE): CRIU ran and failed; -70 (ECOMM): it ended, or could not be started, while they talked; -56 "
        "(EBADRQC): it did not take the request; -111, -2: no service, or no criu at the path that was given",
        "all",
        "let it write a log (criu_set_log_file, criu_set_log_level(4)) into the images directory and look there; -70: "
        "give the path of criu (criu_set_service_binary), and run it as root",
        container="the same, with criu in the image",
        thread="criu#1318",
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
        "pycriu-answer",
        r"CRIUException\w*: (?!.{0,80}inventory)|Unexpected response type",
        "CRIU refused or did not answer a request from Python (pycriu)",
        "the exception names the request and CRIU's answer; where that is “Unknown” or 0, CRIU ended before it had "
        "opened its log, or the answer was one of another request",
        "all",
        "look into CRIU's log in the work directory (log_file, log_level=4); use pycriu and criu of the same "
        "release, run as root; give images_dir_fd an open directory; try again once, as the first run after an "
        "installation writes a cache",
        thread="criu#2787",
        sure=False,
    ),
    _known(
        "python-too-new",
        r"Metaclasses with custom tp_new are not supported",
        "this Python is newer than the protobuf that pycriu stands on",
        "from Python 3.14 on the compiled part of older releases of protobuf cannot be loaded",
        "all with Python 3.14 and a protobuf built for older ones",
        "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=python in the environment of crit, which leaves the compiled part "
        "away; or a newer protobuf (pip install -U protobuf), or an older Python",
        container="anywhere: the images can be read on another machine too",
        thread="criu#2848",
    ),
    _known(
        "protobuf-too-new",
        r"'?FieldDescriptor'? object has no attribute '?label",
        "this protobuf is newer than pycriu, which asks it for what it no longer has",
        "protobuf 7 has taken the label off the fields of its messages, and newer releases of pycriu do without it",
        f"{FIELDS_WITHOUT_LABELS.before}, with protobuf 7",
        "pip install 'protobuf<7' where crit runs (a venv of its own), or crit and pycriu of "
        f"{FIELDS_WITHOUT_LABELS.later}",
        container="anywhere: the images can be read on another machine too",
        thread="criu#3008",
    ),
    _known(
        "protobuf-mismatch",
        r"got an unexpected keyword argument '(file|serialized_options|create_key|has_options)'"
        r"|Descriptors cannot (not )?be created directly|cannot import name '(builder|runtime_version)' from"
        r"|no attribute '_internal_create_key'|Protobuf (G|g)encode.{0,20}(R|r)untime|both try to extend message type",
        "pycriu was generated for another protobuf than the one that Python finds",
        "protoc writes modules (rpc_pb2.py and others) that need a protobuf of its own time or later, and newer ones "
        "drop what old modules ask for",
        "all",
        "let both be of one origin: the distribution's python3-protobuf with its criu and protoc, or a venv with pip "
        "install of crit and pycriu, which generate them anew; PYTHONPATH must not lead to another pycriu; "
        "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=python takes some old modules",
        container="anywhere: the images can be read on another machine too",
        thread="criu#434",
        sure=False,
    ),
    _known(
        "crit-conversion",
        r"(is not|not) JSON serializable|has type .{1,80}expected one of|Message \S{1,120} has no \S{1,60} field"
        r"|UnicodeDecodeError: '(utf-?8|ascii)'|binascii\.Error:|JSONDecodeError|ParseError: |has no field named",
        "crit could not turn an image into text, or text back into an image",
        "a release of crit knows only some of the types of its time: raw bytes, large numbers or newer fields fail in "
        "older ones (in 3.15 and before the extra bytes of shared memory, in 1.x large numbers in encode), and "
        "Python 3 where it was written for Python 2; or the text was changed into what is no JSON or of another type",
        "old releases of crit with newer images or another Python",
        f"use the crit of a newer release ({NEWEST}), not older than the CRIU that wrote the image, with a current "
        "python3-protobuf; compare the text with what `crit decode` printed, as one value of another type is enough",
        container="anywhere: the images can be read on another machine too",
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
        container="anywhere: the images can be read on another machine too",
        sure=False,
    ),
    _known(
        "lxc-directory",
        r"please use a fresh directory for the dump",
        "the directory for the dump has an older one in it, and LXC did not run CRIU",
        "images of two dumps in one directory would be taken for one",
        "none of CRIU's",
        "give an empty directory (lxc-checkpoint -D DIR), or remove what is in this one",
        container="LXD and Incus make their own: remove the instance's state directory after a failed attempt",
        thread="lxc's commit 85c50991d",
    ),
    _known(
        "lxc-configuration",
        r"lxc\.console(\.path)? configured on source host but not target|Must be root to (checkpoint|restore)",
        "LXC refused before it ran CRIU",
        "the container's configuration is not one that LXC can hand to CRIU, or differs between the two hosts",
        "all",
        "make the configuration the same on both sides: lxc.console.path = none and lxc.tty.max = 0; run as root",
        container="LXD and Incus keep these lines in raw.lxc of the instance",
        thread="lxd#9396",
    ),
    _known(
        "log-file",
        r"Can't create log file",
        "the file for the log cannot be made",
        "a name given with -o is looked for below --work-dir, else below the images directory; a path that begins "
        "with / is taken as it is, and its directory must be there",
        "all",
        "make the directory of that path (mkdir -p) with the right to write there, or give -o a plain name such as "
        "dump.log",
        container="a log-file of /etc/criu/runc.conf or crun.conf is such a path too",
    ),
    _known(
        "work-dir-absent",
        r"Can't change directory to \S{1,400}: No such file",
        "the directory given with --work-dir is not there",
        "CRIU keeps its log, pid file and sockets in it, and makes none itself",
        "all",
        "make it first (mkdir -p), or leave --work-dir (-W) away: the images directory serves then",
    ),
    _known(
        "image-dir",
        r"Can't open (dir\b|images? dir|images directory)|Couldn't open image dir|Can't link parent snapshot"
        r"|Can't chdir to work_dir|Failed to (mkdir|create directory)|(checkpoint|criu|restore).{0,80}: mkdir /|Unable "
        r"to get service fd|Can't create log|Can't open logfile",
        "the images directory cannot be opened",
        "it does not exist, or whoever runs CRIU may not read it",
        "all",
        "give an existing directory with --images-dir (-D), by its absolute path, with the right to enter every "
        "directory above it (namei -l DIR; ls -Zd for SELinux)",
        container="a directory of the host, or a volume, where CRIU runs; not one that only the container sees",
    ),
    _known(
        "configuration",
        r"[Uu]nsupported configuration file format|configuration file .{0,200}(not found|can't)"
        r"|Can't open .{0,300}\.conf",
        "a configuration file of CRIU cannot be read",
        "its lines are long options without the dashes, one a line, as “tcp-established” or “ghost-limit 8M”; quotes "
        "that are not closed and other forms are refused",
        "all",
        "correct the line in /etc/criu/default.conf, /etc/criu/runc.conf (crun.conf), ~/.criu/default.conf, or the "
        "file of --config; see criu(8), “Configuration files”",
    ),
    _known(
        "request",
        r"Failed (un)?packing (request|response)|Can't (recv|read|send) (request|response)(?! message)"
        r"|Can't receive response"
        r"|Can't connect to (criu|socket)\b|Can't exec criu swrk|swrk pid$|detach for a self-dump"
        r"|Unexpected response type",
        "the runtime and CRIU do not understand one another",
        "they talk over a socket: CRIU ended before it answered, or is too old for a request as long or as new as this",
        "all",
        "use a newer CRIU, of a release that this runtime knows; look into dmesg for a crash, and into CRIU's log; "
        "“Interrupted system call”: a signal reached the caller meanwhile, which must block it or use a newer libcriu",
        thread="libcontainer#479",
        sure=False,
    ),
    _known(
        "parent-directory",
        r"--parent-path must be relative|invalid --parent-path",
        "the directory of the dump before is not named as the runtime wants it",
        "runc and crun take --parent-path from the directory of --image-path, and it must be there: CRIU makes the "
        "link `parent` of it",
        "none of CRIU's",
        "name it relative to --image-path: --image-path DIR/image --parent-path ../parent, after a checkpoint with "
        "--pre-dump --image-path DIR/parent",
        container="as above; podman: --pre-checkpoint, then --with-previous",
        thread="runc's commit 23e3794d9",
    ),
    _known(
        "option-of-archives",
        r"--[\w-]{2,40} can only be used with (image or )?--(im|ex)port",
        "that option is for checkpoints in an archive only",
        "what was checkpointed without one goes back as it was, into the container that is still there: with its "
        "ports, its name, its files and its addresses",
        "none of CRIU's",
        "podman container checkpoint --export FILE, then podman container restore --import FILE with that option; or "
        "leave the option away",
        container="as above",
        thread="podman#28031",
    ),
    _known(
        "engine-combination",
        r"can (only|not|'t) be used with|cannot use --\S+ with|only (be )?used with (--|one|image)|must be relative"
        r"|(is|are) (not compatible|incompatible) with|not compatible with -|-D is required"
        r"|provide at least one name|invalid --parent-path|conflicts with (the )?(option|flag|--)"
        r"|invalid --status-fd|^Invalid port number|namespace .{1,40} is not supported",
        "options were given together that exclude or need one another",
        "the engine says which: most of those for archives want --export or --import",
        "all",
        "give the options as the message says; --help of the subcommand names what goes together",
        container="as above",
    ),
    _known(
        "checkpoint-name",
        r"[Ii]nvalid checkpoint (ID|name)",
        "a checkpoint may not have such a name",
        "its name becomes that of a directory: letters, digits, “_”, “.” and “-”, the first a letter or digit",
        "none of CRIU's",
        "give it another name; for another place use --checkpoint-dir",
        container="as above",
    ),
    _known(
        "bundle-absent",
        r"config\.json not found|specification file \S{1,200} (not found|does not exist)",
        "the runtime finds no config.json of the container",
        "a restore by hand wants the bundle that the container was started from: config.json, and rootfs beside it as "
        "it was",
        "none of CRIU's",
        "call it in the directory of the bundle, or with --bundle DIR",
        container="runc and crun restore --bundle DIR --image-path IMAGES ID; engines do that themselves",
    ),
    _known(
        "engine-options",
        r"multiple containers at once|Incorrect Usage|lxc-checkpoint: (unrecognized|invalid|unknown) option|requires "
        r"(a maximum of|at most|at least|exactly) \d+ argument|unknown (shorthand )?flag|flag provided but not "
        r"defined|unknown argument|(?<!--exec-cmd )cannot be used (together|with)|mutually exclusive",
        "a container runtime was called with options that it does not take so",
        "options stand behind the subcommand and before the container's name; or this release lacks one",
        "all",
        "put the options before the name of the container, and compare with --help of the subcommand; where an engine "
        "called it so, the runtime is of another age than the engine: install newer ones of both from one source "
        "(docker's own packages)",
        container="as above; podman-remote, and podman on macOS and Windows, lack options that read further files, "
        "such as restore --import-previous: podman machine ssh, and podman there",
    ),
    _known(
        "options",
        r"^invalid argument for -|Try -h.--help for more|[Uu]nknown (command(?! (in|to) parasite)|option(?! \[)"
        r"|namespace(?! flag|: \d))"
        r"|handle more than one command|unrecognized option|excessive parameter"
        r"|Invalid (server address|inherit fd|value|argument .{0,300} for)|pid not specified|command is required"
        r"|No subdirs are allowed|images-dir or work-dir is required|bad value|Bad request|only makes sense with"
        r"|Unknown (FPU mode|cgroups mode|file validation)|is only valid on restore|pars(e|ing) (--|unix socket inode"
        r"|a? ?value of)|[Ff]ailed to add (veth|action-script|skip-mnt|external)|Could not add external"
        r"|Standard file descriptors will be|namespace flags conflict|String is not a number|is out of int range"
        r"|Unsupported empty namespace|built without TLS|cpuinfo (requires|sub-command)|--exec-cmd (is|requires|cannot)"
        r"|restore-only option|Cannot pre-dump with --lazy|CRIU_FAULT out of|Use the --deprecated option"
        r"|Invalid (--|compress|decompress_threads|plugin option)|Unknown image I/O mode|Plugin option is missing"
        r"|conflicts with compression|compression options apply",
        "CRIU was called with options that it does not take",
        "this release does not know one of them, or one is missing",
        "all",
        "compare with `criu --help` of this release; a runtime may be newer than its CRIU, or a configuration file "
        "(/etc/criu/*.conf, ~/.criu) hold an unknown line",
    ),
    _known(
        "script",
        r"Script .{0,800} exited with|action scripts? failed|script ret code|script failed with"
        r"|RPC client reported script",
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
        "install the tool where CRIU runs (iproute2, iptables, nftables, tar, cuda-checkpoint); where it is there, "
        "give whoever runs CRIU a PATH with its directory: sudo, services and engines often lack /usr/sbin "
        "or /usr/local/bin",
        container="in the image, where CRIU runs inside the container; on the host otherwise",
    ),
    _known(
        "memfd",
        r"\bmemfd\b(?!_secret)|F_GET_SEALS",
        "a memfd could not be dumped or made again",
        "its contents, seals and name are dumped as a file without a path: huge pages of it must be reserved here, "
        "vm.memfd_noexec must let it be executable, and the release must know it (3.14 on, huge pages from 3.17 on)",
        "all",
        "use a newer CRIU; set vm.memfd_noexec=0 and vm.nr_hugepages as where it was dumped",
        container="huge pages and sysctls are the host's",
        sure=False,
    ),
    _known(
        "ipc-unread",
        r"Failed to (allocate memory for semaphore set values|get semaphore set values|get stats for IPC|collect \d+ "
        r"(message queues )?\(only|read max IPC message|copy IPC message|read IPC variables|attach shm)|(sem|msg)ctl "
        r"failed|shmctl\(SHM_INFO\) failed",
        "objects of System V IPC could not be read",
        "a dump copies every semaphore, message queue and segment of the IPC namespace: whoever dumps lacks the right "
        "to "
        "one (CAP_IPC_OWNER), one was removed meanwhile, or there is no memory for the copy",
        "all, for tasks with an IPC namespace of their own",
        "dump as root of the host, and again where an object was removed meanwhile (ipcs shows them); run the tasks "
        "in an "
        "IPC namespace that nobody else uses",
        container="no --ipc=container:… that others share",
        sure=False,
    ),
    _known(
        "systemd-ipc",
        r"IPC (shared|message|sem|variables|namespace)|(sem|msg|shm) (set|stat|uid|segment|pages)\b|\b(sem|msg"
        r"|shm)ctl|message queues? messages|messages queue|attach shm|Unsupported message size|sem id|shm id|msg id"
        r"|semaphore|ipc_ns|msq",
        "objects of System V IPC could not be dumped or restored",
        "they get their old ids and keys back, through sysctls of kernels with CONFIG_CHECKPOINT_RESTORE; one that "
        "exists here already, or limits on their number or size, prevent that",
        "all",
        "restore into an IPC namespace of its own (unshare -i, a container), or remove what has the same key here "
        "(ipcs, ipcrm); a kernel with CONFIG_CHECKPOINT_RESTORE; kernel.shmmax, shmmni, msgmni and sem as "
        "where it was dumped",
        container="no --ipc=host; the limits by --sysctl",
        sure=False,
    ),
    _known(
        "out-of-memory",
        r"Cannot allocate memory|Can't allocate \d+ bytes|Out of memory|Can't grow (rst|RM)",
        "the host has no memory left for this",
        "the kernel refused memory to CRIU itself (ENOMEM): there is none, a limit on it is reached, or it will not "
        "promise more than it has",
        "all",
        "free memory or add swap; raise memory.max of the cgroup that CRIU runs in; vm.overcommit_memory=1; where "
        "memory is free, lift the limits of whoever runs it (ulimit -v, -d, -l) and raise vm.max_map_count",
    ),
    # How tasks end
    _known(
        "root-not-given",
        r"BUG at (criu/)?mount\.c",
        "CRIU stopped itself over mounts: most often a mount namespace is restored without --root",
        "it clears away the mounts of the place where it runs first, which the mount engine of 3.17 and later does "
        "not do without a root of its own; with --mntns-compat-mode it says that --root is required",
        "3.17 and later",
        "restore with --root DIR, a mount point of its own with the files of the container (mount --bind DIR DIR; "
        "mount --make-private DIR)",
        container="restore with the engine's own command, which gives it",
        sure=False,
    ),
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
        "fault in the restorer's own code",
        SIGNAL_OF_A_STOP.before,
        "a newer CRIU names the signal and may have mended the crash; look for “segfault” in dmesg",
        thread="criu#1270",
    ),
    _known(
        "illegal-instruction",
        r"(killed|stopped) by signal 4\b|[Tt]ask stopped with 4\b|Type=Illegal instruction|\bSIGILL\b"
        r"|trap invalid opcode|Fatal glibc error: CPU does not support",
        "a restored task met an instruction that this CPU lacks (SIGILL)",
        "libraries choose their fastest code when a program starts (AVX-512, SVE …), and compilers of JVMs make it for "
        "the machine at hand: it stays with that wherever it is restored",
        "all",
        "restore on a CPU with the same features; start the program with those of the weakest one "
        "(GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX2; a generic CPU model for the virtual machine); `criu cpuinfo "
        "dump` and `criu cpuinfo check` tell beforehand; look for the crash in dmesg",
        container="nodes of one kind of CPU (a node selector), or such an environment in the pod; JVMs: dump in their "
        "portable mode (OpenJ9 0.41 and newer with -XX:+JVMPortableRestoreMode, later ones by themselves; CRaC with "
        "-XX:CPUFeatures=generic), on the oldest machine that it shall run on",
        sure=False,
    ),
    _known(
        "bus-error",
        r"(killed|stopped) by signal 7\b|[Tt]ask stopped with 7\b",
        "a restored task touched a page that cannot be had (SIGBUS)",
        "a mapped file is shorter here than it was, /dev/shm or memory for huge pages is used up, or a disk failed",
        "all",
        "bring the same files (compare their sizes), enlarge /dev/shm, reserve huge pages (vm.nr_hugepages) as where "
        "it was dumped; look into dmesg",
        container="the same image and volumes, a larger --shm-size; huge pages are the host's",
        sure=False,
    ),
    _known(
        "bad-system-call",
        r"(killed|stopped) by signal 31\b|[Tt]ask stopped with 31\b",
        "a restored task was killed for a system call that its seccomp filter forbids (SIGSYS)",
        "CRIU's own calls run in the task's place when its filter is back already, or this kernel or library calls "
        "another one than where it was dumped",
        "all",
        "use a newer CRIU, which puts filters back last; look for type=1326 in dmesg and the audit log, which has "
        "the number of the call, and allow that",
        container="--security-opt seccomp=unconfined to try, or a newer seccomp profile (libseccomp, "
        "containers-common)",
        sure=False,
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
        "restore with the same CPU features, the same files and the same kernel, with the same vsyscall= on its "
        "command line for old programs; look for the crash in dmesg",
        sure=False,
    ),
    _known(
        "task-killed",
        r"(killed|stopped) by signal 9|was killed by 9",
        "a task was killed while it was restored or dumped",
        "nothing in this log killed it before: the kernel's OOM killer, a limit of memory of its cgroup, or an "
        "administrator did; or it is no task of the dump but a process that CRIU makes and kills itself, such as that "
        "for the pidfd of a process that was gone, which releases before "
        f"{PIDFDS.release} took for a task (criu#2490)",
        "all",
        "look into dmesg for “Out of memory” and into memory.events of the cgroup: give the restore more memory; else "
        "into the journal for who ended it (systemd-oomd, a unit that was stopped, a supervisor, a time limit); where "
        f"its pid is none of the dump (`crit x DIR ps`): {PIDFDS.later}, or restore once more",
        container="raise --memory, or the pod's memory limit",
        thread="criu#255",
        sure=False,
    ),
    _known(
        "task-ended",
        r"killed by signal|stopped by signal|(?<!code=)exited, status=|exited unexpectedly|died too early"
        r"|exited with (?!\d+ unexpectedly)(?<!Parasite exited with )",
        "a task or a helper ended before it was restored",
        "it stopped with an error of its own that the lines before do not name",
        "all",
        "look at the last lines with the same pid, and into dmesg",
        with_detail="it shows more of these lines",
        sure=False,
    ),
    _known(
        "parasite-died",
        r"from daemon is trimmed|Can't retrieve FDs? from socket|Can't dump (misc|itimers|sigactions|posix timers"
        r"|thread)|Failed to read ack|Parasite (exited|failed)|exited with \d+ unexpectedly|for daemon failed"
        r"|Can't infect|Trimmed message",
        "the code that CRIU puts into a task failed or died there",
        "it answers commands over a socket; its own lines begin with “pie:” and say more",
        "all",
        "look at the pie: lines before, and into dmesg for a crash of the task; where SELinux is enforcing, take "
        "log-file out of /etc/criu/runc.conf: the task gets a descriptor of that log, which its label may not use "
        "(criu#2735)",
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
    _known(
        "step-failed",
        r"(Dump|Collect) (files|fds|mappings|fs|core|ids) \(pid: \d+\) failed",
        "a part of a task could not be dumped, and the log does not say why",
        "old releases leave some paths without a message, and at the default verbosity a reason that is a warning is "
        "not printed: files are descriptors, mappings the files that are mapped",
        "all",
        "use a newer CRIU, which says more, and look for what it does not dump: ls -l /proc/PID/fd and "
        "/proc/PID/map_files (devices, io_uring, deleted files, sockets of outside)",
        with_detail="it tells each descriptor and mapping before",
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
        "not-ready",
        r"([Ss]ocket|recv|send|[Rr]ead|[Ww]rite|splice|accept|connect|poll|page-xfer|message|answer)\b.{0,400}"
        r"Resource temporarily unavailable\)?$",
        "nothing was there yet to be read, or there was no room yet to write (EAGAIN)",
        "a socket or pipe that does not wait says so: the other side is slow, hangs or has not begun",
        "all",
        "try again, and look at what the other side does meanwhile (its log, dmesg)",
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
        "cgroup-mode-unknown",
        "checkpoint-image",
        "configuration",
        "console-socket",
        "container-running",
        "cpu-image-absent",
        "criu-in-tree",
        "criu-missing",
        "criu-not-started",
        "criu-package",
        "denied-by-apparmor",
        "denied-by-seccomp",
        "denied-by-selinux",
        "display-server",
        "engine-combination",
        "engine-name-taken",
        "engine-not-linux",
        "engine-options",
        "engine-rootfs",
        "engine-volume",
        "external-socket",
        "file-changed",
        "file-locks",
        "file-of-another-kind",
        "fork-limit",
        "ghost-too-big",
        "huge-memory-file",
        "image-cut",
        "image-dir",
        "image-permission",
        "image-streamer",
        "inventory-absent",
        "ip-missing",
        "iptables-missing",
        "jvm-data",
        "kubelet-refused",
        "label-form",
        "limits-of-another-user",
        "log-file",
        "loopback-down",
        "message-bus",
        "message-queues-there",
        "mptcp",
        "nested-pid-namespace",
        "nested-uts-namespace",
        "no-privilege",
        "no-space",
        "options",
        "own-limit-of-files",
        "page-server-address",
        "page-server-name",
        "page-server-name-absent",
        "page-server-port-taken",
        "pages-ended-early",
        "pages-file-absent",
        "parasite-without-socket",
        "parent-unfinished",
        "plugin-directory",
        "pod-mismatch",
        "proc-not-mounted",
        "process-absent",
        "process-unseizable",
        "program-absent",
        "program-changed",
        "rootless-engine",
        "script",
        "script-not-run",
        "service-address",
        "shared-directories",
        "shared-memory-map",
        "sound-server",
        "system-daemon-socket",
        "system-updated",
        "tar-missing",
        "task-image-absent",
        "task-memory-limit",
        "terminal-of-lxc",
        "thread-for-process",
        "traced-by-another",
        "uninterruptible",
        "user-namespace-refused",
        "vdso-unmapped",
        "vdso-unmapped-there",
        "work-dir-absent",
        "zombie-without-pages",
    ]
)
"""Those that lie in how CRIU is used: another release has them too."""
ANSWERED = frozenset(
    [
        "bounding-set",
        "crashed-over-images",
        "criu-crashed-restoring",
        "criu-fault",
        "criu-limit",
        "task-ids",
        "umount-busy",
        "umount-refused",
    ]
)
"""Those whose way out is for the kernel's answer already, or asks for none: it is not what that part has for it."""
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
        "not-ready",
        "other-kind-of-file",
    ]
)
"""Those that are told by the kernel's answer alone, whatever was asked of it."""
CRASHES = frozenset(
    ["aborted", "bad-system-call", "bus-error", "illegal-instruction", "rseq-crash", "task-crashed", "trap"]
)
"""Ends of a restored task, which in the log of a dump are those of the code that CRIU had put into it."""
BY_END = frozenset(["no-log", "own-calls", "parasite-died", "step-failed", "task-ended", "task-made"])
"""Those that say of a run or a task that it has ended, and not why."""
BY_TOOL = frozenset(["network-rules", "network-tool", "tmpfs-tar"])
"""Those of a tool that has failed, whose own words stand before."""
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

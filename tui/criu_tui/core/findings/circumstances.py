"""What the surroundings of a failure add to its way out: the kernel, the release of CRIU, who called it.

All of it stands in the log: its header, its paths, and what engines print around it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe
from criu_tui.core.findings.advice import NOT_CRIUS
from criu_tui.core.findings.pairs import PAIRS, kernel_of
from criu_tui.core.logs.line import LOOKED_AT
from criu_tui.core.restore.releases import LATEST, NEWEST, Change, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

HEAD = 300
"""Lines at the beginning of a log that are searched for who called CRIU."""
_OLD_SOURCE = expression(r"(?:pie/)?(?!\w*plugin)[\w-]{1,60}\.c:\d{1,6}")
"""Where an error was printed, as releases say it that keep their sources in no folder."""

_INTERNAL = expression(
    r"\bBUG at |^BUG\b|[Aa]ssertion|[Uu]nexpected (?:state|child|fd|tid|error(?! from clone3))\b"
    r"|\b(?:4|7|11) unexpectedly"
    r"|(?:double|invalid) (?:free|pointer)|in unexpected state"
)
"""Errors that CRIU's authors hold to be impossible."""


class Circumstance(NamedTuple):
    """Whoever calls CRIU, or what it runs on, and what its maintainers say of checkpoints there."""

    words: str
    """A regular expression, which few logs need."""
    advice: str
    of_criu: bool = False
    """Whether it is of use only where CRIU itself failed."""


CALLERS = (
    Circumstance(
        r"\b(?:lxc|lxd|incus|LXC|LXD|Incus)\b|lxcfs|lxc-checkpoint",
        "LXC, LXD and Incus: containers with systemd, nesting, FUSE (lxcfs) or devices often have what CRIU cannot "
        "dump; where nothing else helps stop it and move it cold (incus or lxc move after stop, --stateless), or use "
        "a virtual machine",
    ),
    Circumstance(
        r"\b[Dd]ocker\b|moby|response from daemon|Handler for POST",
        "docker: start the container without a terminal (no -t), and restore into the same container, whose files its "
        "checkpoints do not hold (podman's do, with --export); its own part of checkpoints is experimental and has "
        "had bugs that CRIU cannot mend: try a newer docker and containerd, or podman",
    ),
    Circumstance(
        r"kubepods|\bkubelet\b|\bcri-?o\b|CRI-O|\bkubernetes\b",
        "Kubernetes: use current releases of CRI-O or containerd, runc or crun and CRIU on both nodes",
    ),
    Circumstance(
        r"\bcrac\b|CRaC|\bjcmd\b|JDK\.checkpoint",
        "CRaC: the criu that comes with the JDK counts, not the system's: use a newer JDK for a newer one",
        of_criu=True,
    ),
    Circumstance(
        r"\blibj9\w{1,30}\.so|org\.eclipse\.openj9|\bCRIUSupport\b",
        "OpenJ9: options of the dump are set in Java before it (CRIUSupport.setFileLocks, setTCPEstablished, "
        "setShellJob, setExtUnixSupport, setGhostFileLimit) and given to criu restore again; Liberty's server does "
        "that itself: use a newer one",
        of_criu=True,
    ),
    Circumstance(
        r"/snap/|snap\.(?:docker|lxd)|/var/snap/",
        "snap: programs of a snap are confined and bring files of their own: install docker from its own packages, and "
        "give LXD its CRIU (snap set lxd criu.enable=true)",
    ),
    Circumstance(
        r"\b(?:[Aa]pptainer|[Ss]ingularity|[Ss]lurm|SLURM|[Hh]tcondor)\b",
        "clusters: a job that is dumped must not talk to its scheduler or to other nodes (InfiniBand, MPI), and CRIU "
        "wants root or CAP_CHECKPOINT_RESTORE there; DMTCP does such jobs without either",
    ),
    Circumstance(r"\bp\.?haul\b", "p.haul is no longer looked after: use the migration of the container engine"),
)
"""The first whose words stand in the log counts."""
MACHINES = (
    Circumstance(
        r"microsoft-standard|-Microsoft",
        "this is the kernel of the Windows Subsystem for Linux, which leaves out what CRIU needs: build it with "
        "CONFIG_CHECKPOINT_RESTORE, or use a virtual machine",
    ),
    Circumstance(
        r"-linuxkit",
        "this is the virtual machine of Docker Desktop, with a kernel of its own and no CRIU: use docker or podman on "
        "Linux",
    ),
    Circumstance(
        r"\.vz\d|stab\d|lve\d|-grsec|-gvisor",
        "this is a provider's or a hardened kernel, which forbids some of what CRIU needs: use the distribution's own "
        "kernel in a real virtual machine",
    ),
    Circumstance(
        r"\b3\.10\.0-\d{1,5}\S{0,30}\.el7\b",
        "the kernel of RHEL and CentOS 7 has parts of newer ones, for which CRIU needs a patch: use the CRIU of that "
        "distribution's package (3.12), or a newer CRIU on a newer kernel (criu#972)",
    ),
    Circumstance(
        r"\.el[67]\b|\.el[67]\.|\b(?:2\.6|3\.(?:[0-9]|1[0-8]))\.\d",
        "this kernel is older than most of what a current CRIU asks for: use a newer one (a current distribution's)",
    ),
    Circumstance(
        r"\bgvisor\b|\bkata\b|-fly\b|lambda|firecracker",
        "this is a sandbox's kernel: use what it has for snapshots of its own, or a plain runtime (runc, crun)",
    ),
    Circumstance(
        r"-tegra\b|-android|-rockchip|-sunxi|-raspi|-rpi|\bv[78]l?\+",
        "kernels of small boards are built without CONFIG_CHECKPOINT_RESTORE at times: build one with it",
    ),
    Circumstance(r"-pve\b", "Proxmox VE moves containers without CRIU, by stopping them (restart mode)"),
)
"""By the name of the kernel."""


def around(log: Log, shown: tuple[LogLine, ...]) -> Iterator[str]:
    """What kernel and caller add to a way out; `shown` are the lines that show the failure."""
    version, kernel = numbers(log.criu), kernel_of(log)
    if version is not None and kernel is not None:
        broken = [pair for pair in PAIRS if pair.fixed is not None and pair.met_by(version, kernel, log.machine)]
        newest = max((pair.fixed.since for pair in broken if pair.fixed is not None), default=None)
        if newest is not None:
            yield (
                f"this CRIU is older than its kernel ({'; '.join(dict.fromkeys(pair.title for pair in broken))}): use "
                f"{Change(newest).later}"
            )
    name = f"{log.kernel or ''} {log.system}"
    yield from (machine.advice for machine in MACHINES if re.search(machine.words, name))
    told = caller(log, shown)
    if told is not None:
        yield told


def caller(log: Log, shown: tuple[LogLine, ...], failed: str = "") -> str | None:
    """What the maintainers of the engine say that called CRIU, if the log tells which it was.

    `failed` are the releases of CRIU that have the failure, as its advice names them.
    """
    lines = [line.text[:LOOKED_AT] for line in (*log.lines[:HEAD], *shown)]
    for each in CALLERS:
        words = re.compile(each.words)
        if any(map(words.search, lines)):
            return None if each.of_criu and failed.startswith(NOT_CRIUS) else each.advice
    return None


def reads_old(log: Log) -> bool:
    """Whether a log that names no release has its errors in the form of old ones."""
    return log.criu is None and log.cause is not None and _OLD_SOURCE.fullmatch(log.cause.source) is not None


def is_old(log: Log) -> bool:
    """Whether a log names a release older than the newest, or reads like one."""
    return log.build is not None or LATEST.lacks(numbers(log.criu)) or reads_old(log)


def ordered(
    log: Log, cause: LogLine, ways: Iterable[str], releases: Iterable[str], *, certain: bool, known: bool = True
) -> Iterator[str]:
    """The way out with another release in its place.

    It stands first where CRIU's own logic failed, or an old release in a way that is not known; second where an old
    one failed and the cause is less than certain; and else last.
    """
    first, *others = ways
    if is_internal(cause) or (not known and is_old(log)):
        yield from (*releases, first, *others)
    elif not certain and is_old(log):
        yield from (first, *releases, *others)
    else:
        yield from (first, *others, *releases)


def is_internal(cause: LogLine) -> bool:
    """Whether an error is one of CRIU's own logic, not of what it runs on."""
    return _INTERNAL.search(cause.text[:LOOKED_AT]) is not None


def likely_mended(log: Log, cause: LogLine, *, certain: bool) -> str:
    """What the age of a release makes of a failure, to follow what is said of it."""
    if certain:
        return ""
    if is_internal(cause):
        return "; these words are of CRIU's own logic: likely a fault of CRIU itself, which may be mended since"
    if not is_old(log):
        return ""
    return "; this release is not the newest: a fault of CRIU itself that was mended since is possible too"


def another_release(log: Log, *, certain: bool = False) -> Iterator[str]:
    """What maintainers ask for first where the cause is not `certain`: another release than this one."""
    if log.build is not None:
        build = display_safe(log.build, 60)
        yield f"this is a development build ({build}): try a release, the newest known is {NEWEST}"
    elif LATEST.lacks(numbers(log.criu)):
        own = display_safe(log.criu or "", 40)
        newest = f", the newest release known is {NEWEST}" if certain else f": try {NEWEST}, the newest release known"
        yield f"this is CRIU {own}{newest}"
    elif reads_old(log):
        yield f"its errors read as those of 2016 and before do: try {NEWEST}, the newest release known"
    elif log.criu is None:
        yield f"the log does not say which CRIU this is: try {NEWEST}, the newest release known, where it is older"

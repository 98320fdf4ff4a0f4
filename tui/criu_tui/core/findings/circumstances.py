"""What the surroundings of a failure add to its way out: the kernel, the release of CRIU, who called it.

All of it stands in the log: its header, its paths, and what engines print around it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.findings.pairs import PAIRS, kernel_of
from criu_tui.core.logs.line import LOOKED_AT
from criu_tui.core.restore.releases import LATEST, NEWEST, Change, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

HEAD = 300
"""Lines at the beginning of a log that are searched for who called CRIU."""
_OLD_SOURCE = re.compile(r"(?:pie/)?(?!\w*plugin)[\w-]{1,60}\.c:\d{1,6}")
"""Where an error was printed, as releases say it that keep their sources in no folder."""


class Circumstance(NamedTuple):
    """Whoever calls CRIU, or what it runs on, and what its maintainers say of checkpoints there."""

    words: re.Pattern[str]
    advice: str


def _of(words: str, advice: str) -> Circumstance:
    return Circumstance(re.compile(words), advice)


CALLERS = (
    _of(
        r"\b(?:lxc|lxd|incus|LXC|LXD|Incus)\b|lxcfs|lxc-checkpoint",
        "LXC, LXD and Incus: containers with systemd, nesting, FUSE (lxcfs) or devices often have what CRIU cannot "
        "dump; where nothing else helps stop it and move it cold (incus or lxc move after stop, --stateless), or use "
        "a virtual machine",
    ),
    _of(
        r"\b[Dd]ocker\b|moby",
        "docker: start the container without a terminal (no -t); its own part of checkpoints is experimental and has "
        "had bugs that CRIU cannot mend: try a newer docker and containerd, or podman",
    ),
    _of(
        r"kubepods|\bkubelet\b|\bcri-?o\b|CRI-O|\bkubernetes\b",
        "Kubernetes: use current releases of CRI-O or containerd, runc or crun and CRIU on both nodes",
    ),
    _of(
        r"\bcrac\b|CRaC|\bjcmd\b|JDK\.checkpoint",
        "CRaC: the criu that comes with the JDK counts, not the system's: use a newer JDK for a newer one",
    ),
    _of(
        r"/snap/|snap\.(?:docker|lxd)|/var/snap/",
        "snap: programs of a snap are confined and bring files of their own: install docker from its own packages, and "
        "give LXD its CRIU (snap set lxd criu.enable=true)",
    ),
    _of(
        r"\b(?:[Aa]pptainer|[Ss]ingularity|[Ss]lurm|SLURM|[Hh]tcondor)\b",
        "clusters: a job that is dumped must not talk to its scheduler or to other nodes (InfiniBand, MPI), and CRIU "
        "wants root or CAP_CHECKPOINT_RESTORE there; DMTCP does such jobs without either",
    ),
    _of(r"\bp\.?haul\b", "p.haul is no longer looked after: use the migration of the container engine"),
)
"""The first whose words stand in the log counts."""
MACHINES = (
    _of(
        r"microsoft-standard|-Microsoft",
        "this is the kernel of the Windows Subsystem for Linux, which leaves out what CRIU needs: build it with "
        "CONFIG_CHECKPOINT_RESTORE, or use a virtual machine",
    ),
    _of(
        r"-linuxkit",
        "this is the virtual machine of Docker Desktop, with a kernel of its own and no CRIU: use docker or podman on "
        "Linux",
    ),
    _of(
        r"\.vz\d|stab\d|lve\d|-grsec|-gvisor",
        "this is a provider's or a hardened kernel, which forbids some of what CRIU needs: use the distribution's own "
        "kernel in a real virtual machine",
    ),
    _of(
        r"\.el[67]\b|\.el[67]\.|\b(?:2\.6|3\.(?:[0-9]|1[0-8]))\.\d",
        "this kernel is older than most of what a current CRIU asks for: use a newer one (a current distribution's)",
    ),
    _of(
        r"\bgvisor\b|\bkata\b|-fly\b|lambda|firecracker",
        "this is a sandbox's kernel: use what it has for snapshots of its own, or a plain runtime (runc, crun)",
    ),
    _of(
        r"-tegra\b|-android|-rockchip|-sunxi|-raspi|-rpi|\bv[78]l?\+",
        "kernels of small boards are built without CONFIG_CHECKPOINT_RESTORE at times: build one with it",
    ),
    _of(r"-pve\b", "Proxmox VE moves containers without CRIU, by stopping them (restart mode)"),
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
    yield from (machine.advice for machine in MACHINES if machine.words.search(name))
    told = caller(log, shown)
    if told is not None:
        yield told


def caller(log: Log, shown: tuple[LogLine, ...]) -> str | None:
    """What the maintainers of the engine say that called CRIU, if the log tells which it was."""
    lines = [line.text[:LOOKED_AT] for line in (*log.lines[:HEAD], *shown)]
    for each in CALLERS:
        if any(each.words.search(line) for line in lines):
            return each.advice
    return None


def is_old(log: Log) -> bool:
    """Whether a log names a release older than the newest, or reads like one."""
    old_source = log.cause is not None and _OLD_SOURCE.fullmatch(log.cause.source) is not None
    return log.build is not None or LATEST.lacks(numbers(log.criu)) or (log.criu is None and old_source)


def another_release(log: Log) -> Iterator[str]:
    """What maintainers ask for first where the cause is not certain: another release than this one."""
    if log.build is not None:
        build = display_safe(log.build, 60)
        yield f"this is a development build ({build}): try a release, the newest known is {NEWEST}"
    elif LATEST.lacks(numbers(log.criu)):
        yield f"this is CRIU {display_safe(log.criu or '', 40)}: try {NEWEST}, the newest release known"
    elif log.criu is None and log.cause is not None and _OLD_SOURCE.fullmatch(log.cause.source):
        yield f"its errors read as those of 2016 and before do: try {NEWEST}, the newest release known"
    elif log.criu is None:
        yield f"the log does not say which CRIU this is: try {NEWEST}, the newest release known, where it is older"

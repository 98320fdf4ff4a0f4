"""What a directory holds, by the names of its files alone: a dump, the log of one that failed, neither."""

from __future__ import annotations

import enum
import os
import re
from typing import TYPE_CHECKING

from criu_tui.core.base.encoding import as_utf8
from criu_tui.core.base.typography import bare
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.source.source import Source

_TELLING = ("inventory.img", "pstree.img")
"""Either of them makes a dump."""
# Compiled when first used: a directory that is a dump needs neither.
_LOG = (
    r"(?:criu[-_.]?)?(?:(?:pre-?)?dump|restore|checkpoint|criu|lazy[-_]?pages|page[-_]?server|netns|irmap)"
    r"[-_.]?(?:[\w-]{0,40}\d)?\.(?:log|txt|out|err)"
    r"|[\w.-]{0,100}criu[\w.-]{0,100}\.(?:log|txt|out|err)|(?:netns|irmap)[\w.-]{1,100}\.log"
)
_LINES = (
    rb"\(\d{2,4}\.\d{6}\)|\b(?:Error|Warn) {0,4}\([\w./+-]{1,80}\.[ch]: {0,4}\d{1,6}\)"
    rb"|\bcriu (?:failed|checkpoint|restor)|CRIU .{0,20}failed|criu-(?:dump|restore)\.log|\b(?:dump|restore)\.log"
    rb"|\bcriu-image-streamer\b"
    rb"|\bcriu\b.{0,80}(?:not found|error|missing)|(?:failed to|[Cc]annot) (?:checkpoint|restore) container"
    rb"|checkpointing of \S{1,200} failed|OCI runtime container pid|\bcriu\.c:"
    rb"|Can't exec criu swrk|CRIU RPC request failed"
    rb"|\b(?:podman|docker|runc|crun|youki|nerdctl|crictl|ctr|lxc|incus)\b.{0,80}\b(?:checkpoint|restore|snapshot)\b"
    rb"|(?i:\bcheckpoint\S{0,20}\b.{0,120}\b(?:not supported|unimplemented))"
    rb"|\bjdk\.crac\b|Checkpoint\w{0,20}Exception|EnableCRIUSupport|\bpycriu\b"
    rb"|\bcriu (?:check|dump|pre-dump|restore|page-server|lazy-pages|service|dedup|cpuinfo|swrk)\b"
    rb"|\b(?:PBCC|protoc-c|protobuf-c|compel(?:-host)?|install-criu)\b|/lib/criu\b"
    rb"|fatal error: \S{1,100}\.h: No such|\bcriu/[\w./-]{1,80}\.[chS]\b"
    rb"|\bcuda-checkpoint\b|\btoggling CUDA\b|\bContainerCheckpoint\b|\bCheckpointContainer\b|\bcrtools\b"
    rb"|\bMakefile\.install\b|\bcriu_coredump\b|\blibprotobuf-c\b|\bcriu/pie/|/nmk/scripts/build\.mk"
    rb"|\brunsc\b|\burpc method\b|\bgofer\.dentry|\bOCI runtime (?:restore|checkpoint)"
    rb"|(?i:\b(?:error|\w{0,60}exception|fail\w*|fatal|panic|unable|cannot|can't|could ?n[o']t)\b.{0,200}"
    rb"\b(?:criu|restor\w+|crac|stateful|checkpoint\w*)\b)"
    rb"|(?i:\b(?:criu|crac|checkpoint\w*|restor\w+)\b.{0,120}"
    rb"\b(?:error|fail\w*|must|require\w*|unable|not found|no such|cannot|too old)\b)"
    rb"|\b[Cc]omm(?:=|: ?).?criu\b|\bzdtm/\w"
    rb"|\bin (?:rt_)?sigreturn\b|\b(?:org|jdk)[./]crac\b|\bCan't (?:read|receive|send) (?:request|response)\b"
    rb"|\bCWWKE09\d\d[EWI]\b|\bqemu-\w+(?:-static)?: |\boperation failed \(msg|\bdmtcp_\w+|\bJASSERT\b"
    rb"|\b[Cc]riu: Symbol|\bCRIU (?:isn't|is not) installed|\bmigration\.stateful\b"
    rb"|\bCRaC\w+|\bJDK\.checkpoint\b|\bcriu_(?:pre_)?(?:dump|restore|check)\w*\b"
    rb"|\bCRIUException|\bMigration API failure|\b[Ll]ive migration failed|\]\[crac\b"
    rb"|\bSELinux is preventing .{0,100}\bcriu\b"
    rb"|\bImage:[ \t]{1,20}\S{0,200}checkpoint|\bkubelet\b.{0,100}\bBack-off restarting"
    rb"|\bsubresource=checkpoint|\bCRIUSupport\b|\b[Ll]ive[- ]migrat\w+|\b(?:vzctl|vzmigrate|prlctl)\b"
    rb"|\bno command specified\b|\bkubelet\b.{0,300}\b[Ee]rror\b|\bkubelet\b.{0,100}\b\w{5,9} probe failed"
    rb"|\bcheckpointctl\b|\bContainer\.Restore\b|\bcuCheckpointProcess\w|/go-criu/|\blibwarp\.so\b|\bwarp: error: "
    rb"|^\[?ctr\]?: ?.{0,80}\bmedia type|(?m:^)\[ctr\] |\btask must be stopped before deletion\b"
    rb"|\bcriu/ppa\b|\b[Pp]ackage '?criu'?(?: |$)|\bmatch: criu\b"
    rb"|\bnetwork namespace \S{1,200} does not exist|\bspecific network namespace is defined"
    rb"|\bhow to handle namespace\b|\blibcriu\b|\b(?:symbol|undefined symbol:) .?criu_|\b_Cfunc_go_lxc_migrate\b"
    rb"|\bread unixpacket\b|--(?:parent-path|manage-cgroups-mode)\b|\bservice Checkpoint:"
    rb"|\bdoes not share the \w{1,10} namespace\b|\bimage path not set\b|\bexternal bind mount\b"
    rb"|(?i:\blsm (?:profile|mount context) to\b)"
    rb"|\bCRIU does not support\b|\bsupported in CRIU >=|\bCRIU memory tracking\b|\binvalid --status-fd\b"
    rb"|\brefusing to copy .{1,300}: not a regular file|\bunable to parse the response\b"
    rb"|/crit\b.{0,20}\", line \d|\bcrit (?:show|decode|encode|info|x)\b|https?://\S{1,200}/checkpoint/\S"
)
"""What of CRIU's lines, of a runtime's about it, or of its build's, tells a text to be a log."""
TEXTS = (".log", ".txt", ".out", ".err", ".text", ".md")
_OF_A_JOB = r"\.p?[oe]\d{1,12}"
"""How batch systems (PBS, Grid Engine) name what a job has printed: job.o421."""
TEXTS_LOOKED_AT = 24
"""Texts of one place that are looked into."""
LOOKED_AT = 1 << 18
"""Bytes of each."""
WORK = ("criu.work", "work", "work-dir")
"""Directories in which runtimes let CRIU write its logs, beside the images or among them."""
_ARCHIVES = (
    ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.lz4",
)  # fmt: skip
_MM = r"mm-(\d{1,10})\.img"
_IMAGES = ("core-", "pagemap-", "mm-", "ids-")


class Holding(enum.Enum):
    """What a directory is."""

    DUMP = "dump"
    LOG = "log of a dump that failed"
    OTHER = ""


def holding(path: Path) -> Holding:
    """Whether images or a log of CRIU lie here; OTHER also for what cannot be read."""
    if any(os.path.lexists(path / name) for name in _TELLING) and os.access(path, os.R_OK):
        # The names of a large dump take a while to list.
        return Holding.DUMP
    return holding_of(names_in(path))


def names_in(path: Path) -> frozenset[str]:
    """Names of the files in a directory; none where they cannot be read."""
    try:
        with os.scandir(path) as listing:
            return frozenset(entry.name for entry in listing)
    except (OSError, ValueError):
        return frozenset()


def holding_of(names: frozenset[str]) -> Holding:
    """What files of these names are."""
    if not names.isdisjoint(_TELLING):
        return Holding.DUMP
    if any(name.endswith(".img") and name.startswith(_IMAGES) for name in names):
        return Holding.DUMP
    return Holding.LOG if any(map(is_log_name, names)) else Holding.OTHER


def images_of(pid: int) -> frozenset[str]:
    """Names of the images without which nothing of a task can be shown."""
    return frozenset((f"core-{pid}.img", f"mm-{pid}.img"))


def tasks_of(names: frozenset[str]) -> frozenset[int]:
    """PIDs of the tasks of which images of these names show something."""
    pids = (int(found[1]) for name in names if (found := re.fullmatch(_MM, name, re.ASCII)) is not None)
    return frozenset(pid for pid in pids if images_of(pid) <= names)


def logs_among(source: Source) -> list[str]:
    """Names of a place's logs of CRIU: those named so; where there is none, texts of any name that hold its lines."""
    # Of 25,000 files of a dump nearly all are images.
    names = [name for name in source.names() if not name.endswith(".img")]
    named = [name for name in names if is_log_name(name)]
    if named:
        return sorted(named)
    texts = sorted(name for name in names if _may_be_text(name))[:TEXTS_LOOKED_AT]
    return [name for name in texts if _says_criu(source, name)]


def _may_be_text(name: str) -> bool:
    return name.endswith(TEXTS) or "." not in name or re.search(f"{_OF_A_JOB}$", name, re.ASCII) is not None


def _says_criu(source: Source, name: str) -> bool:
    try:
        if not source.is_regular(name):
            return False
        return re.search(_LINES, bare(as_utf8(source.read(name, LOOKED_AT)))) is not None
    except ImageError:
        return False


def is_log_name(name: str) -> bool:
    """Whether a file of this name is a log of CRIU: dump.log, criu-dump.log of Docker, dump4.log of CRaC, criu.log."""
    return name.endswith((".log", ".txt", ".out", ".err")) and re.fullmatch(_LOG, name, re.ASCII) is not None


def is_archive_name(name: str) -> bool:
    """Whether a file of this name is a tar archive, compressed or not."""
    return name.lower().endswith(_ARCHIVES)

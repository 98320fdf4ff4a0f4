"""What a text shows of an engine after a restore that succeeded, by its commands alone: nothing names an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe
from criu_tui.core.findings.finding import Confidence, Finding, Severity
from criu_tui.core.findings.quoting import quoted_line
from criu_tui.core.logs.line import LOOKED_AT

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from criu_tui.core.logs.line import LogLine

LINES = 400
"""Lines of a text that are looked at."""
_RESTORED = r"\brestore\b|\blxc-checkpoint\b.{0,200} -r\b"


class SeenAfter(NamedTuple):
    """What the lines of a text have one meaning in together."""

    id: str
    lines: tuple[re.Pattern[str], ...]
    """Each is of some line; the first is of the one that is quoted."""
    severity: Severity
    title: str
    why: str
    advice: str


def _shown(id_: str, lines: tuple[str, ...], severity: Severity, title: str, why: str, advice: str) -> SeenAfter:
    return SeenAfter(id_, tuple(map(expression, lines)), severity, title, why, advice)


_TABLE = (
    _shown(
        "static-address-kept",
        (
            r"\bpodman (?:container )?restore (?!.*(?: -i\b|--import\b)).*--ignore-static-(?:ip|mac)",
            r"(?i:\bpodman version|\bVersion:) +4\.[0-3]\b",
        ),
        Severity.WARNING,
        "podman 4.0 to 4.3 give a container its old address back, whatever it is told",
        "these releases heed --ignore-static-ip and --ignore-static-mac only with --import (podman#16666)",
        "use podman 4.4 or later, or export the checkpoint (--export) and restore it with --import",
    ),
    _shown(
        "cgroups-mode-unheeded",
        (r"\brunc (?:.{0,200} )?restore\b.{0,400} --manage-cgroups-mode\b", r"\brunc version 1\.[01]\b"),
        Severity.WARNING,
        "runc before 1.2 restores the cgroups as if --manage-cgroups-mode had not been given",
        "its restore does not hand the mode on to CRIU (runc's commit ff3b4f3bb)",
        "use runc 1.2 or later; until then the line “manage-cgroups MODE” in /etc/criu/runc.conf",
    ),
    _shown(
        "log-not-carried-on",
        (r"\bpodman (?:container )?logs\b", r"\bpodman (?:container )?restore\b", r"\bjournald\b"),
        Severity.WARNING,
        "podman does not go on with a log in the journal after a restore",
        "where its log driver is journald, what the restored container prints is not shown by podman logs, though the "
        "container runs (podman#11677)",
        "give containers that are checkpointed a file for their log: --log-driver k8s-file, or log_driver in "
        "containers.conf; a newer podman and conmon; or let the program write into a file of its own",
    ),
    _shown(
        "log-left-behind",
        (
            r"\bkubectl logs\b",
            r"/checkpoint/\S|\brestored?\b",
            r"\bcri-?o\b",
            r"(?i:RuntimeVersion: +|cri-?o(?:://| version |[ /])v?)1\.(?:2[5-9]|30)\b",
        ),
        Severity.WARNING,
        "CRI-O before 1.31 does not give a restored container the log that it had",
        "the log is in the checkpoint, and kubectl logs shows only what was printed after the restore (cri-o#8290)",
        "use CRI-O 1.31 or later; until then read the old log out of the checkpoint's archive (tar xOf "
        "checkpoint-….tar, the file that ends with .log)",
    ),
    _shown(
        "zeros-untouched",
        (r"^\s*Rss: +0 kB", r"^\s*Rss: +[1-9]\d* kB", r"\bcriu (?:.{0,400} )?restore\b"),
        Severity.NOTE,
        "pages of zeros are not in memory after a restore until they are touched",
        "CRIU writes no page that holds zeros alone, and leaves its place empty: Rss counts what is there, and what "
        "the program reads is the same (criu#2305)",
        "nothing to do",
    ),
    _shown(
        "counted-anew",
        (r"^\s*Memory use:|\b(?:docker|podman) stats\b", r"\blxc-info\b|\bstats\b", _RESTORED),
        Severity.NOTE,
        "what a container has used is counted anew after a restore",
        "these figures are counters of its cgroups, which a restore makes anew; memory counts again once it is "
        "touched, and files once they are read: nothing was lost (criu#144)",
        "nothing to do; add the figures of before where the sum is wanted",
    ),
)


def shown_after(name: str, lines: Sequence[LogLine]) -> Finding | None:
    """What a text of this name shows; `lines` are its first."""
    texts = [(line, line.text[:LOOKED_AT]) for line in lines]
    for each in _TABLE:
        found = [next((line for line, text in texts if pattern.search(text)), None) for pattern in each.lines]
        first = found[0]
        if first is None or None in found:
            continue
        safe = display_safe(name)
        return Finding(
            each.id,
            each.severity,
            f"{safe}: {each.title}",
            f"{quoted_line(first)}: CRIU has not said it. {each.why}",
            each.advice,
            "none of CRIU's",
            log=safe,
            line=first.number,
            confidence=Confidence.LIKELY,
        )
    return None

"""What a maintainer asks for first, in Markdown, for an issue; nothing is sent anywhere."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import number
from criu_tui.core.findings.finding import Severity
from criu_tui.core.logs.log import Result
from criu_tui.core.report.findings import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log
    from criu_tui.core.report.report import Report

BEFORE, AFTER = 15, 5
"""Lines of the log shown around the cause."""
SHOWN = 20
"""Findings that are listed."""
_ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_ID = re.compile(r"\b[0-9a-f]{12,64}\b")
_UUID = re.compile(r"[0-9a-f]{8}([-_])(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)
_LINK_ADDRESS = re.compile(r"(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?!\w|:\w)", re.IGNORECASE)
_OPEN_TO_ALL = "com|org|net|edu|gov|mil|int|info|biz|io|dev|app|cloud"
_OWN = "internal|intranet|local|localdomain|lan|corp|home|private|test|example|invalid"
_COUNTRIES = (
    "at|au|be|br|ca|ch|cn|cz|de|dk|es|eu|fi|fr|hu|ie|il|in|it|jp|kr|nl|no|nz|pl|pt|ro|ru|se|sg|tr|tw|ua|uk|us|za"
)
_DOMAIN = re.compile(
    r"(?<![\w./-])(?:[\w.+-]{1,64}@)?((?:[a-z0-9-]{1,63}\.){1,8}"
    rf"(?:{_OPEN_TO_ALL}|{_OWN}|{_COUNTRIES}))(?![\w-])(?!\.\w)",
    re.IGNORECASE,
)
"""The name of a host, perhaps with who has an account there; libraries and images end otherwise."""
_KNOWN_TO_ALL = frozenset(
    ("criu.org", "kernel.org", "github.com", "docker.io", "k8s.io", "kubernetes.io", "nvidia.com")
)
_KNOWN_TO_ALL |= frozenset(("amd.com", "icr.io", "quay.io", "ghcr.io", "gcr.io"))
_LONG_ADDRESS = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:(?:\.\d{1,3}){3})?(?![\w:])")
"""What may be an address of IPv6: a time of day looks alike."""
_PATH = re.compile(r"(?<![\w.])/(?:[\w.+@:-]+/)*[\w.+@:-]+")
_TOPS = "bin|boot|dev|etc|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var"
_PATH_BELOW = re.compile(rf"(?<![\w./-])(?:(?:{_TOPS})/|[\w.+@:-]+/[\w.+@:-]+/)(?:[\w.+@:-]+/)*[\w.+@:-]+")
"""A path as from the root, without its first slash, as restores log them; of one part alone "I/O" looks alike."""
_SOURCE = re.compile(r"(?:arch|compel|criu|fs|include|kernel|mm|net|plugins|soccr)/(?:[\w-]+/)*[\w-]+\.[chS](?::\d+)?")
"""A source file of CRIU's or the kernel's, perhaps with a line."""
_COMMON = frozenset(
    [
        "bin",
        "boot",
        "cgroup",
        "checkpoint",
        "containers",
        "containerd",
        "criu",
        "dev",
        "docker",
        "etc",
        "fs",
        "home",
        "io",
        "kernel",
        "lib",
        "lib64",
        "libpod",
        "log",
        "machine.slice",
        "media",
        "mnt",
        "net",
        "ns",
        "opt",
        "overlay",
        "overlay2",
        "overlay-containers",
        "overlay-storage",
        "proc",
        "run",
        "sbin",
        "self",
        "shm",
        "storage",
        "sys",
        "system.slice",
        "task",
        "tmp",
        "userdata",
        "usr",
        "var",
        "dump.log",
        "restore.log",
        "criu-dump.log",
    ]
)
"""Parts of paths that tell nothing of whose they are."""


def text(report: Report, only: int | None = None, *, redacted: bool = False) -> Iterator[str]:
    """The report as lines of Markdown; with `redacted` hosts, paths, addresses and ids of containers are replaced."""
    log = _log(report)
    errors = [found for found in report.findings if found.severity is not Severity.NOTE]
    hide = _Replaced(log) if redacted else _kept
    yield "### What happened"
    yield ""
    yield _escaped(hide(errors[0].title if errors else "no findings"))
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, value in _facts(report, log):
        yield f"| {name} | {_escaped(hide(value))} |"
    if log is not None and log.cause is not None:
        yield from _cause(log, log.cause, hide)
    yield ""
    yield "### Checks"
    yield ""
    for found in report.findings[:SHOWN]:
        yield f"- {found.severity.value}: {_escaped(hide(found.title))}"
        if errors and found is errors[0]:
            yield f"  - {_escaped(hide(found.why))}"
            yield f"  - tried, or to try: {_escaped(hide(found.advice))}"
    if not report.findings:
        yield f"- {NONE}"
    yield ""
    yield "### To add"
    yield ""
    yield "- the whole log, written with `-v4`, as an attachment rather than pasted"
    yield "- the command line, with every option, or the runtime's and its version"
    yield "- distribution, `criu --version`, `uname -a`, `criu check --all`"
    yield "- whether it fails every time, and the last release or kernel with which it worked"


def json(report: Report, only: int | None = None, *, redacted: bool = False) -> dict[str, Json]:
    """The same text, and the facts apart."""
    log = _log(report)
    hide = _Replaced(log) if redacted else _kept
    facts = {name: hide(value) for name, value in _facts(report, log)}
    return {"markdown": "\n".join(text(report, only, redacted=redacted)), "facts": dict(facts)}


def hiding(report: Report) -> Callable[[str], str]:
    """Takes out of any text what tells whose it is, as a redacted report does."""
    return _Replaced(_log(report))


def _kept(words: str) -> str:
    """Nothing is replaced."""
    return words


def _log(report: Report) -> Log | None:
    """The log of a run that failed, else the first."""
    failed = (log for log in report.logs if log.problem is None and log.result is not Result.SUCCESS)
    return next(failed, next((log for log in report.logs if log.problem is None), None))


def _facts(report: Report, log: Log | None) -> Iterator[tuple[str, str]]:
    if log is None:
        yield "CRIU", f"unknown; looked at for {report.criu.name}"
        return
    yield "CRIU", display_safe(log.criu or "unknown: the log does not say", 60)
    yield "kernel", display_safe(log.kernel or "unknown: the log does not say", 80)
    told = "unknown: the log does not say" if log.distribution is None else f"{log.distribution}, by its kernel's name"
    yield "distribution", display_safe(told, 80)
    yield "command line", "unknown: no log says it"
    yield "run", "unknown" if log.run is None else log.run.value
    yield "result", log.result.value
    yield (
        "log",
        f"{display_safe(log.path.name, 80)}, {number(log.count)} lines"
        + ("" if log.detailed else ", not written with -v4"),
    )


def _cause(log: Log, cause: LogLine, hide: Callable[[str], str]) -> Iterator[str]:
    yield ""
    yield f"### Cause (line {number(cause.number)} of {display_safe(log.path.name, 80)})"
    yield ""
    yield "```"
    for line in log.lines[max(0, cause.number - 1 - BEFORE) : cause.number + AFTER]:
        time = f"({line.time}) " if line.time else ""
        task = "" if line.pid is None else f"{line.pid}: "
        level = f"{line.level.value.title()} ({line.source}): " if line.source else ""
        # A fence within would end the one around it.
        yield hide(display_safe(f"{time}{task}{level}{line.text}".replace("\t", "  "), 400)).replace("```", "'''")
    yield "```"


class MarkedPlace(NamedTuple):
    """A place that somebody found worth coming back to."""

    pane: str
    task: int | None
    address: int | None
    label: str
    note: str = ""


def marks_text(marks: Sequence[MarkedPlace]) -> Iterator[str]:
    """The marks of a session as lines of Markdown, to stand below the report; none without marks."""
    if not marks:
        return
    yield ""
    yield "### Marks"
    yield ""
    for pane, task, address, label, note in marks:
        where = [pane, *([] if task is None else [f"task {task}"]), *([] if address is None else [f"{address:x}"])]
        yield f"- {_escaped(label)} ({', '.join(where)}){f': {_escaped(note)}' if note else ''}"


def marks_json(marks: Sequence[MarkedPlace]) -> Json:
    """The same for programs."""
    return [dict(mark._asdict()) for mark in marks]


def _escaped(words: str) -> str:
    """Text that no Markdown reads as marks: of paths and names in it none is known."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", words)


class _Replaced:
    """Takes out of text what tells whose it is, the same for the same: hosts, addresses, ids, parts of paths."""

    def __init__(self, log: Log | None) -> None:
        self._host = display_safe(log.host, 80) if log is not None and log.host else None
        self._names: dict[str, str] = {}

    def __call__(self, words: str) -> str:
        if self._host:
            words = re.sub(rf"\b{re.escape(self._host)}\b", "host", words)
        words = _UUID.sub(lambda found: self._name(found[0], "id"), words)
        words = _LINK_ADDRESS.sub(lambda found: self._name(found[0], "address"), words)
        words = _DOMAIN.sub(lambda found: self._domain(found[0]), words)
        words = _LONG_ADDRESS.sub(lambda found: self._long_address(found[0]), words)
        words = _ADDRESS.sub(lambda found: self._name(found[0], "address"), words)
        words = _PATH.sub(lambda found: self._path(found[0]), words)
        words = _PATH_BELOW.sub(lambda found: found[0] if _SOURCE.fullmatch(found[0]) else self._path(found[0]), words)
        return _ID.sub(lambda found: self._name(found[0], "id") if _is_id(found[0]) else found[0], words)

    def _long_address(self, text: str) -> str:
        # The colon behind it may be the sentence's own.
        end = ":" if text.endswith(":") and not text.endswith("::") else ""
        address = text.removesuffix(end)
        try:
            IPv6Address(address)
        except ValueError:
            return text
        return text if address == "::" else self._name(address, "address") + end

    def _domain(self, name: str) -> str:
        return name if name.lower() in _KNOWN_TO_ALL else self._name(name, "host")

    def _path(self, path: str) -> str:
        return "/".join(map(self._part, path.split("/")))

    def _part(self, part: str) -> str:
        known = part in _COMMON or part.isdecimal() or part.startswith((".criu", "lib", "ld-"))
        return part if known or not part else self._name(part, "name")

    def _name(self, value: str, kind: str) -> str:
        return self._names.setdefault(f"{kind} {value}", f"{kind}{len(self._names) + 1}")


def _is_id(word: str) -> bool:
    """Ids of containers are longer than addresses and hold letters and digits."""
    return len(word) > 16 or (len(word) == 12 and not word.startswith(("7f", "55", "56", "00", "ff", "7e")))

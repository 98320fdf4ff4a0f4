"""What an engine's message says more closely by a name or a number in it, or by the command before it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.findings.advice import BY_ID
from criu_tui.core.findings.circumstances import HEAD
from criu_tui.core.logs.line import LOOKED_AT
from criu_tui.core.restore.releases import NEWEST

if TYPE_CHECKING:
    import re

    from criu_tui.core.findings.advice import KnownFailure
    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

NEAR = 12
"""Lines around a message in which its program is named."""


class OptionsSince(NamedTuple):
    """The options of checkpoint and restore that a program has not always had."""

    program: str
    refused: re.Pattern[str]
    """How it refuses one that it does not know."""
    since: MappingProxyType[str, str]
    instead: MappingProxyType[str, str]
    """What its releases before have in place of one."""


_OPTIONS = (
    OptionsSince(
        "podman",
        expression(r"unknown flag: --(?P<name>[\w-]{1,40})"),
        MappingProxyType(
            {
                "compress": "3.3",
                "create-image": "4.1",
                "file-locks": "4.0",
                "ignore-volumes": "3.0",
                "pre-checkpoint": "3.0",
                "print-stats": "4.0",
                "publish": "3.3",
                "tcp-close": "5.7",
                "with-previous": "3.0",
            }
        ),
        MappingProxyType(
            {
                "create-image": "--export FILE and --import FILE",
                "file-locks": "the line “file-locks” in /etc/criu/runc.conf",
                "tcp-close": "the line “tcp-close” in /etc/criu/runc.conf",
            }
        ),
    ),
    OptionsSince(
        "crun",
        expression(r"\b(?:checkpoint|restore): unrecognized option '--(?P<name>[\w-]{1,40})"),
        MappingProxyType(
            {
                "file-locks": "1.4",
                "lsm-mount-context": "1.18",
                "lsm-profile": "1.18",
                "manage-cgroups-mode": "1.4.5",
                "network-lock": "1.19",
                "pre-dump": "1.4.2",
                "tcp-close": "1.23",
            }
        ),
        MappingProxyType({"pre-dump": "podman --runtime runc"}),
    ),
    OptionsSince(
        "runc",
        expression(r"flag provided but not defined: --?(?P<name>[\w-]{1,40})"),
        MappingProxyType({"link-remap": "1.3", "lsm-mount-context": "1.1", "tcp-skip-in-flight": "1.3"}),
        MappingProxyType(
            {
                "link-remap": "the line “link-remap” in /etc/criu/runc.conf",
                "tcp-skip-in-flight": "the line “skip-in-flight” in /etc/criu/runc.conf",
            }
        ),
    ),
)
_NUMBER = expression(r"(?<![\d.])([1-9])(\d\d)(\d\d)(?![\d.])")
"""A release of CRIU as programs compare it: 31600 is 3.16."""
_CRASH = expression(r"^(?:Segmentation fault|Aborted|Bus error|Illegal instruction)\b")
_TYPED = expression(
    r"^(?:\[[^\]]{1,60}\]|[\w.@:~/-]{0,60}) ?[#$%] (?:sudo )?(?:\S{1,80}/)?(?P<program>[\w.+-]{1,40})(?: |$)"
)
"""A command behind the prompt of a shell."""
_RUNTIMES = ("crun", "runc", "youki", "runsc")


def closer(log: Log, line: LogLine, known: KnownFailure) -> KnownFailure:
    """What is known of a message, with what else it tells."""
    text = line.text[:LOOKED_AT]
    if known.id in ("engine-options", "runtime-option"):
        return _option(log, line, known)
    if known.id == "criu-too-old":
        return _releases(text, known)
    if known.id == "criu-crashed" and _CRASH.search(text.strip()) is not None:
        return _crashed(log, line, known)
    return known


def _option(log: Log, line: LogLine, known: KnownFailure) -> KnownFailure:
    """The option that a program does not know, and since when it has it."""
    for options in _OPTIONS:
        refused = options.refused.search(line.text[:LOOKED_AT])
        since = None if refused is None else options.since.get(refused["name"])
        if refused is None or since is None or not _named(log, line, options.program):
            continue
        name, program = f"--{refused['name']}", options.program
        instead = options.instead.get(refused["name"])
        return known._replace(
            title=f"{program} here is older than its option {name}",
            why=f"{program} has it since {since}",
            own_advice=f"install {program} {since} or newer" + ("" if instead is None else f"; until then {instead}"),
            container=known.container if program == "podman" else "as above",
            sure=True,
        )
    return known


def _named(log: Log, line: LogLine, program: str) -> bool:
    """Whether a program stands in a message or near it: docker and others refuse options in podman's words."""
    if program != "podman":
        return True
    first = max(0, line.number - 1 - NEAR)
    return any(program in near.text[:LOOKED_AT] for near in log.lines[first : line.number + 1])


def _releases(text: str, known: KnownFailure) -> KnownFailure:
    """The releases of CRIU that a message names as numbers."""
    found = sorted({(int(one[1]), int(one[2]), int(one[3])) for one in _NUMBER.finditer(text)})
    if not 0 < len(found) < 3:
        return known
    *here, wanted = (f"{major}.{minor}" + (f".{sub}" if sub else "") for major, minor, sub in found)
    return known._replace(
        title=f"the runtime asks for CRIU {wanted}" + "".join(f" and found {one}" for one in here),
        own_advice=f"install CRIU {wanted} or newer ({NEWEST} is the newest known) where the runtime runs, before an "
        "older one in its PATH",
    )


def _crashed(log: Log, line: LogLine, known: KnownFailure) -> KnownFailure:
    """Whose crash it is, by the command that was typed before it."""
    before = log.lines[max(0, line.number - 1 - HEAD) : line.number - 1]
    typed = next((found for one in reversed(before) if (found := _TYPED.match(one.text[:LOOKED_AT])) is not None), None)
    if typed is None or typed["program"] not in _RUNTIMES:
        return known
    return BY_ID["runtime-crashed"]._replace(title=f"{typed['program']} itself crashed")

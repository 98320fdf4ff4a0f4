"""What the commands say that somebody copied along with a message: a restore without what the checkpoint was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.findings.quoting import quoted_line
from criu_tui.core.logs.line import LOOKED_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

LINES = 400
"""Lines of a text that are searched for commands."""
_COMMAND = expression(
    r"(?:^|[$#>] |\bsudo )[ \t>]{0,8}(?:\S{1,80}/)?(?:criu|criu-ns|runc|crun|podman|lxc-checkpoint) (?P<given>.{1,800})"
)
_DUMP = expression(r"(?:^|\s)(?:dump|checkpoint)(?:\s|$)")
_RESTORE = expression(r"(?:^|\s)(?:restore|-r)(?:\s|$)")
_EACH = expression(r"(?<!\S)(?:--?)(?P<name>[a-zA-Z][\w-]{0,40})")
_SAME = {"j": "shell-job", "P": "pre-checkpoint", "i": "import", "e": "export"}
_BOTH = ("tcp-established", "tcp-close", "shell-job", "ext-unix-sk", "file-locks")
"""Options that CRIU, runc, crun and podman want for the restore too, where the dump needed them."""


class Shown(NamedTuple):
    """A command of a text, and the options that it gives."""

    line: LogLine
    options: frozenset[str]


def lacking(log: Log) -> Iterator[str]:
    """What the restore that a text shows was not given."""
    dumps, restores = _commands(log)
    if not dumps or not restores:
        return
    dump, restore = dumps[-1], restores[-1]
    shown = quoted_line(restore.line)
    missing = [f"--{name}" for name in _BOTH if name in dump.options and name not in restore.options]
    if missing:
        yield f"give the restore what the checkpoint was given, {' '.join(missing)}: {shown} does not"
    if "with-previous" in dump.options and "import" in restore.options and "import-previous" not in restore.options:
        yield (
            f"the pages of the pre-checkpoint are missing: {shown} names the last archive alone. Export both (podman "
            "container checkpoint --pre-checkpoint --export PRE NAME, then --with-previous --export LAST NAME) and "
            "restore with --import LAST --import-previous PRE (podman#26159)"
        )


def _commands(log: Log) -> tuple[list[Shown], list[Shown]]:
    """The dumps and the restores of a text, pre-dumps aside, in order."""
    dumps: list[Shown] = []
    restores: list[Shown] = []
    for line in log.lines[: min(log.count, LINES)]:
        command = _COMMAND.search(line.text[:LOOKED_AT])
        if command is None:
            continue
        given = command["given"]
        options = frozenset(_SAME.get(each["name"], each["name"]) for each in _EACH.finditer(given))
        if _RESTORE.search(given) is not None:
            restores.append(Shown(line, options))
        elif _DUMP.search(given) is not None and not options & {"pre-checkpoint", "pre-dump"}:
            dumps.append(Shown(line, options))
    return dumps, restores

"""Where logs lie: in a dump, beside it, in the work directory of a runtime; by the names that each gives them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from criu_tui.core.logs.log import Log
from criu_tui.core.logs.reading import read_log
from criu_tui.core.source.directory import Directory, located
from criu_tui.core.source.error import ImageError, reason_of
from criu_tui.core.source.holding import WORK, logs_among
from criu_tui.core.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from pathlib import Path

    from criu_tui.core.source.source import SourceFile

NAMES = ("dump.log", "restore.log", "criu-dump.log", "criu-restore.log", "checkpoint.log")
"""Those looked for outside the dump too, where other programs keep logs of their own."""
MOST_LOGS = 12
"""Logs of one directory that are read, the newest ones."""


def find_logs(images: Path | Source, given: Path | None = None) -> list[Log]:
    """Logs among the images, beside them in the usual places, and the one given; each once.

    The one given comes first, then those among the images, the newest first.
    """
    source = images if isinstance(images, Source) else Directory(images)
    found: list[SourceFile] = [] if given is None else [located(given)]
    found += _newest_first(source)
    # Some runtimes keep them in a work directory, podman one level above the images.
    for folder in (source.above, *_work(source.above), *_work(source)):
        if folder is not None:
            found += (folder.file(name) for name in NAMES if folder.is_regular(name))
    logs: dict[Hashable, Log] = {}
    for file in found:
        try:
            identity = file.source.status(file.name).identity
        except ValueError:
            logs[len(logs)] = Log(file, dumping=True, problem=ImageError(file.name, None, "not a name of a file"))
            continue
        except OSError as error:
            logs[len(logs)] = Log(file, dumping=True, problem=ImageError(file.name, None, reason_of(error)))
            continue
        if identity not in logs:
            logs[identity] = read_log(file)
    return list(logs.values())


def _work(source: Source | None) -> Iterator[Source]:
    """The directories in a place where runtimes let CRIU write its logs."""
    if source is None:
        return
    for name in WORK:
        with suppress(OSError, ValueError):
            yield source.sub(name)


def _newest_first(source: Source) -> list[SourceFile]:
    dated: list[tuple[int, str]] = []
    try:
        for name in logs_among(source):
            status = source.status(name)
            if status.regular:
                # In whole minutes, so that files copied together stay in the order of their names.
                dated.append((-int(status.modified // 60), name))
    except OSError:
        return []
    return [source.file(name) for _, name in sorted(dated)[:MOST_LOGS]]

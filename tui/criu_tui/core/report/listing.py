"""The checkpoints of a place, a line each: what they are, of what container, when, how large, whether whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, size
from criu_tui.core.dump.container import container_of
from criu_tui.core.source.holding import Holding, tasks_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.source.places import Checkpoint, Places
    from criu_tui.core.source.source import Source, SourceFile

WHOLE = ("inventory.img", "pstree.img", "files.img")
"""Images that every finished dump has since CRIU 3.4."""


class Listed(NamedTuple):
    """A checkpoint as a list shows it; all text is safe to show."""

    path: str
    holding: Holding
    source: Source | None
    """None for an archive that has not been opened."""
    archive: SourceFile | None = None
    engine: str = ""
    name: str = ""
    image: str = ""
    taken: str = ""
    """ISO 8601."""
    tasks: int = 0
    size: int = 0
    """Bytes of all files."""
    lacks: tuple[str, ...] = ()
    """What a finished dump has and this one has not, or what is wrong with its archive."""

    @property
    def what(self) -> str:
        """In a few words."""
        if self.archive is not None:
            return "archive"
        if self.holding is Holding.LOG:
            return str(self.holding.value)
        dump = f"dump of {counted(self.tasks, 'task')}" if self.tasks else "dump"
        of = f" of {self.name}" if self.name else ""
        by = f" by {self.engine}" if self.engine else ""
        return f"{dump}{of}{by}{', not whole' if self.lacks else ''}"


def listed(places: Places) -> Iterator[Listed]:
    """All that was found, in its order, then the archives that are closed. Reads the engines' own files."""
    for checkpoint in places.found:
        yield _of(checkpoint)
    for file in places.closed:
        status = file.source.status(file.name)
        path = display_safe(str(file.source.path / file.name))
        yield Listed(path, Holding.OTHER, None, file, taken=_iso(status.modified), size=status.size)


def _of(checkpoint: Checkpoint) -> Listed:
    source = checkpoint.source
    names = source.names()
    total, modified = 0, 0.0
    for name in names:
        try:
            status = source.status(name, follow=False)
        except (OSError, ValueError):
            continue
        total += status.size if status.regular else 0
        modified = max(modified, status.modified if name.endswith((".img", ".log")) else 0)
    container = container_of(source)
    lacks = [name for name in WHOLE if name not in names] if checkpoint.holding is Holding.DUMP else []
    lacks += [str(problem) for problem in source.problems]
    return Listed(
        display_safe(str(source.path)),
        checkpoint.holding,
        source,
        engine=display_safe(container.engine, 40) if container else "",
        name=display_safe(container.name, 80) if container else "",
        image=display_safe(container.image, 200) if container else "",
        taken=display_safe(container.checkpointed, 40) if container and container.checkpointed else _iso(modified),
        tasks=tasks_named(names),
        size=total,
        lacks=tuple(lacks),
    )


def _iso(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
    except (OverflowError, OSError, ValueError):
        return ""


def text(rows: Iterable[Listed]) -> Iterator[str]:
    """A line each."""
    kept = list(rows)
    width = max((len(row.what) for row in kept), default=0)
    for row in kept:
        yield f"{row.taken:20}  {size(row.size):>10}  {row.what:{width}}  {row.path}"
        for lack in row.lacks:
            yield f"{'':34}lacks {lack}" if lack.endswith(".img") else f"{'':34}{lack}"


def json(rows: Iterable[Listed]) -> dict[str, Json]:
    """One object a checkpoint, in the order found; sizes in bytes, null for what is not known."""
    return {
        "schema": 1,
        "checkpoints": [
            {
                "path": row.path,
                "kind": "archive" if row.archive is not None else "log" if row.holding is Holding.LOG else "dump",
                "engine": row.engine or None,
                "name": row.name or None,
                "image": row.image or None,
                "taken": row.taken or None,
                "tasks": row.tasks,
                "bytes": row.size,
                "whole": not row.lacks,
                "lacks": list(row.lacks),
            }
            for row in rows
        ],
    }

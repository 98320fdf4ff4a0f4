"""The checkpoints of a place, a line each: what they are, of what container, when, how large, whether whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.progress import Progress
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, moment, size
from criu_tui.core.dump.container import container_of
from criu_tui.core.dump.tree import TREE
from criu_tui.core.images.images import read_entries
from criu_tui.core.images.kinds import PSTREE
from criu_tui.core.images.schema import pstree_pb2
from criu_tui.core.source.archive import NotAnArchiveError, opened
from criu_tui.core.source.decompress import START, compression
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.holding import Holding
from criu_tui.core.source.places import checkpoints

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from criu_tui.core.base.json import Json
    from criu_tui.core.source.places import Checkpoint, Places
    from criu_tui.core.source.source import Source, SourceFile

LOOKED_INTO = 64 << 20
"""Bytes of a compressed archive that is opened only to say what it holds."""
_KINDS = {Holding.DUMP: "dump", Holding.LOG: "log", Holding.OTHER: "archive"}
WHOLE = ("inventory.img", TREE, "files.img")
"""Images that every finished dump has since CRIU 3.4."""


class Listed(NamedTuple):
    """A checkpoint as a list shows it."""

    path: Path
    """What opens it; it may go on into an archive."""
    holding: Holding
    """OTHER: an archive that was not looked into."""
    source: Source | None = None
    """The images; None for those in an archive that was closed again."""
    engine: str = ""
    name: str = ""
    pod: str = ""
    namespace: str = ""
    """Of Kubernetes."""
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
        if self.holding is Holding.OTHER:
            return "archive"
        if self.holding is Holding.LOG:
            return str(self.holding.value)
        dump = f"dump of {counted(self.tasks, 'task')}" if self.tasks else "dump"
        whose = "/".join(part for part in (self.namespace, self.pod, self.name) if part)
        of = f" of {whose}" if whose else ""
        by = f" by {self.engine}" if self.engine else ""
        return f"{dump}{of}{by}{', not whole' if self.lacks else ''}"


def listed(places: Places, progress: Progress | None = None) -> Iterator[Listed]:
    """All that was found, in its order, then what archives hold. Reads the engines' own files.

    Archives are opened and closed again one by one; compressed ones of more than LOOKED_INTO bytes are not.
    """
    for checkpoint in places.found:
        yield _of(checkpoint)
    for file in places.closed:
        yield from _of_archive(file, progress or Progress())


def _of_archive(file: SourceFile, progress: Progress) -> Iterator[Listed]:
    path = file.source.path / file.name
    status = file.source.status(file.name)
    try:
        opened_file = file.open()
        if compression(opened_file.read_at(0, START)) is None or opened_file.size <= LOOKED_INTO:
            archive = opened(opened_file, path, progress)
            with archive.members.file:
                found = [_of(each)._replace(source=None) for each in checkpoints(archive, progress).found]
            if found:
                # The archive stands for the only one in it.
                yield from [found[0]._replace(path=path)] if len(found) == 1 else found
                return
        else:
            opened_file.close()
    except (NotAnArchiveError, ImageError, OSError) as error:
        lacks = (str(error) if isinstance(error, ImageError) else display_safe(str(error)),)
        yield Listed(path, Holding.OTHER, taken=_iso(status.modified), size=status.size, lacks=lacks)
        return
    yield Listed(path, Holding.OTHER, taken=_iso(status.modified), size=status.size)


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
    tree = read_entries(source.file(TREE), PSTREE, pstree_pb2.pstree_entry)
    lacks += [str(tree.error)] if tree.error is not None and TREE in names else []
    return Listed(
        source.path,
        checkpoint.holding,
        source,
        engine=display_safe(container.engine, 40) if container else "",
        name=display_safe(container.name, 80) if container else "",
        pod=display_safe(container.pod, 80) if container else "",
        namespace=display_safe(container.namespace, 80) if container else "",
        image=display_safe(container.image, 200) if container else "",
        taken=display_safe(container.checkpointed, 40) if container and container.checkpointed else _iso(modified),
        tasks=len(tree.entries),
        size=total,
        lacks=tuple(lacks),
    )


def _iso(seconds: float) -> str:
    found = moment(seconds) if seconds else None
    return "" if found is None else found.strftime("%Y-%m-%dT%H:%M:%SZ")


def text(rows: Iterable[Listed]) -> Iterator[str]:
    """A line each."""
    kept = list(rows)
    width = max((len(row.what) for row in kept), default=0)
    for row in kept:
        yield f"{row.taken:20}  {size(row.size):>10}  {row.what:{width}}  {display_safe(str(row.path))}"
        for lack in row.lacks:
            yield f"{'':34}lacks {lack}" if lack.endswith(".img") else f"{'':34}{lack}"


def json(rows: Iterable[Listed]) -> dict[str, Json]:
    """One object a checkpoint, in the order found; sizes in bytes, null for what is not known."""
    return {
        "schema": 1,
        "checkpoints": [
            {
                "path": display_safe(str(row.path)),
                "kind": _KINDS[row.holding],
                "engine": row.engine or None,
                "name": row.name or None,
                "pod": row.pod or None,
                "namespace": row.namespace or None,
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

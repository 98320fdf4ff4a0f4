"""An archive that is still being read: how far that is, and what is known so far of what it holds.

Nothing is said to be absent or whole that may lie further on in it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number, size, some
from criu_tui.core.dump.container import container_of
from criu_tui.core.dump.task import task_core
from criu_tui.core.dump.tree import TREE
from criu_tui.core.images.images import read_entries
from criu_tui.core.images.kinds import CORE
from criu_tui.core.images.schema import core_pb2
from criu_tui.core.source.arriving import Arrival
from criu_tui.core.source.error import NOT_YET
from criu_tui.core.source.holding import images_of
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.report.report import Report
    from criu_tui.core.source.arriving import Search
    from criu_tui.core.source.members import Inside
    from criu_tui.core.source.source import Source
    from criu_tui.core.tables.table import Table

R = TypeVar("R")

NAMED = 8
"""Tasks that are named."""


def read_so_far(arrival: Arrival) -> str:
    """How much has been read, on one line: "reading pod.tar.gz  1.2 GiB of 2 GiB  60% ...", and where it is kept."""
    return f"{arrival.progress.line}  {size(arrival.spool.there)} unpacked, {arrival.spool.where}"


def so_far(report: Report, pid: int, made: Table[R]) -> Table[R]:
    """A table made of what has come so far, with words that say so; `pid` is the task in front, 0 for none."""
    awaited = {"inventory.img", "files.img", TREE, *(images_of(pid) | {f"pagemap-{pid}.img"} if pid else ())}
    missing = sorted(awaited - report.dump.files_listed)
    words = f"; not here yet: {', '.join(missing)}" if missing else ""
    note = Tone.NOTE, f"the archive is still being read: only what has come so far{words}"
    return made._replace(notes=(note, *made.notes), empty=made.empty and NOT_YET)


def lines(begun: Arrival | Search) -> Iterator[tuple[Tone, str]]:
    """How much has been read; of an archive the container, and the members and tasks that have come."""
    if isinstance(begun, Arrival):
        yield from _of_archive(begun)
    else:
        yield Tone.PLAIN, begun.progress.line


def _of_archive(arrival: Arrival) -> Iterator[tuple[Tone, str]]:
    yield Tone.PLAIN, read_so_far(arrival)
    whole = arrival.so_far()
    images = _images(whole)
    container = container_of(images)
    if container is not None:
        said = {
            "container": container.name,
            "image": container.image,
            "engine": f"{container.engine} {container.engine_version}".strip(),
            "pod": "/".join(part for part in (container.namespace, container.pod) if part),
            "created": container.created,
            "checkpointed": container.checkpointed,
        }
        yield from ((Tone.PLAIN, f"{what:12}  {display_safe(text, 200)}") for what, text in said.items() if text)
    members = list(whole.members.files())
    if members:
        last, _ = members[-1]
        yield Tone.PLAIN, f"{'so far':12}  {counted(len(members), 'file')}, the last {display_safe(last, 120)}"
    names = sorted((name for name in images.names() if name.startswith("mm-")), key=lambda name: (len(name), name))
    pids = [name[3:-4] for name in names]
    if pids:
        tasks = some([f"{pid} {_comm(images, pid)}" for pid in pids[:NAMED]], NAMED)
        more = f" and {number(len(pids) - NAMED)} more" if len(pids) > NAMED else ""
        yield Tone.PLAIN, f"{'tasks':12}  {tasks}{more}"


def _images(whole: Inside) -> Source:
    """The directory of an archive that holds images, or its root as long as there is none."""
    for path, _ in whole.members.files():
        if path.endswith(".img"):
            # Nothing where a later member of its name is no directory.
            with suppress(OSError):
                return whole.sub(path.rpartition("/")[0])
    return whole


def _comm(images: Source, pid: str) -> str:
    entries = read_entries(images.file(f"core-{pid}.img"), CORE, core_pb2.core_entry, single=True).entries
    return display_safe((task_core(entries[0]).comm or "?") if entries else "?", 16)

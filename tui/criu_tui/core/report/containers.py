"""The checkpoints that lie beside the one that is shown: of a pod, an image layout, a directory of checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.progress import Progress
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import size
from criu_tui.core.dump.dump import Dump, NotADumpError
from criu_tui.core.source.archive import NotAnArchiveError
from criu_tui.core.source.error import ImageError, reason_of
from criu_tui.core.source.places import checkpoints, root
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from criu_tui.core.report.listing import Listed
    from criu_tui.core.source.source import Source

NAME_WIDTH = 32
"""Characters of a name in the list."""
WHAT_WIDTH = 60
"""Characters of what it is."""


def name(found: Listed) -> str:
    """What a checkpoint is called: by its container, else by the end of its path."""
    return found.name or display_safe("/".join(found.path.parts[-2:]), NAME_WIDTH)


def position(beside: Sequence[Listed], source: Source) -> int | None:
    """Which of the checkpoints a source is; None when it is none of them."""
    path = source.path
    exact = next((at for at, each in enumerate(beside) if path in (each.path, each.source and each.source.path)), None)
    # An archive stands for the only checkpoint in it.
    return exact if exact is not None else next((i for i, e in enumerate(beside) if e.path in path.parents), None)


class CannotOpenError(Exception):
    """A checkpoint that was listed does not open; the message is one line that says why."""


def opened(found: Listed) -> Dump:
    """Opens one of them. Raises CannotOpenError."""
    try:
        if found.source is not None:
            return Dump(found.source)
        place = root(found.path, Progress())
        below = checkpoints(place, Progress()).found
        return Dump(below[0].source if below else place)
    except (NotADumpError, NotAnArchiveError, ImageError, ValueError) as error:
        raise CannotOpenError(display_safe(str(error))) from error
    except OSError as error:
        raise CannotOpenError(f"{display_safe(str(found.path))}: {reason_of(error)}") from error


def _apart(paths: Sequence[Path]) -> dict[Path, str]:
    """What tells paths apart, safe to show: each without the parts that all of them begin and end with."""
    parts = [path.parts for path in paths]
    shortest = min(map(len, parts), default=1) - 1
    before = next((at for at in range(shortest) if len({each[at] for each in parts}) > 1), shortest)
    most = shortest - before
    behind = next((at for at in range(most) if len({each[-1 - at] for each in parts}) > 1), most)
    told = ("/".join(each[before : len(each) - behind]) for each in parts)
    return dict(zip(paths, map(display_safe, told), strict=True))


def table(beside: Sequence[Listed]) -> Table[Listed]:
    """What, when, how large, whether whole: one row each; where it lies too, where one name has several."""
    names, where = {name(each) for each in beside}, _apart([each.path for each in beside])
    places: Column[Listed] = Column(
        "Where", lambda each: where[each.path], widest("Where", {*where.values()}), least=12
    )
    return Table(
        "Containers",
        (
            Column("Container", name, min(NAME_WIDTH, widest("Container", names))),
            *((places,) if len(names) < len(beside) else ()),
            Column(
                "What it is", lambda each: each.what, min(WHAT_WIDTH, widest("What", {each.what for each in beside}))
            ),
            Column("Taken", lambda each: each.taken, 20, weight=1),
            Column("Size", lambda each: size(each.size), 9, right=True, weight=2),
            Column("Whole", lambda each: "no" if each.lacks else "yes", 5, weight=3),
        ),
        beside,
        lambda _: (None, None),
        lambda each: Tone.WARNING if each.lacks else Tone.PLAIN,
    )

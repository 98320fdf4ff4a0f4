"""The images of a dump: which there are, of what kind, how many entries; and these entries, as crit has them."""

from __future__ import annotations

import fnmatch
import itertools
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import RAW_ENTRY_LIMIT
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number, size
from criu_tui.core.images.decoded import decoded, style_of
from criu_tui.core.images.entries import Examined, Head, entries_of, examine, examine_open, head_of_file
from criu_tui.core.images.fields import values_of
from criu_tui.core.images.kinds import OF_TASK, kind_of_name, known_name
from criu_tui.core.images.raw import RawEntry, raw_entries
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.source import READ_AHEAD, InMemory
from criu_tui.core.tables.rows import Rows
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json, Member
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.report.report import Report
    from criu_tui.core.source.source import OpenFile


class ImageRow(NamedTuple):
    """An image by its name, and what was found in it."""

    name: str
    task: int | None
    """The task that it belongs to; None for images of none, and of several."""
    found: Examined


def image_names(dump: Dump) -> tuple[str, ...]:
    """Files that are images by their name, numbers in order of their value."""
    return dump.once("image names", lambda: tuple(sorted(filter(_is_image, dump.files_listed), key=_by_number)))


def _is_image(name: str) -> bool:
    return name.endswith(".img") or known_name(name)


def _by_number(name: str) -> list[tuple[int, str]]:
    # A number by its length, then by its digits: of any length it is not made one.
    parts = re.split(r"([0-9]+)", name)
    return [(len(part.lstrip("0")), part.lstrip("0")) if index % 2 else (-1, part) for index, part in enumerate(parts)]


def matching(dump: Dump, pattern: str) -> tuple[str, ...]:
    """Images whose name, with or without ".img", a shell's pattern matches."""
    return tuple(
        name
        for name in image_names(dump)
        if fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name.removesuffix(".img"), pattern)
    )


def row_of(dump: Dump, name: str) -> ImageRow:
    """An image, looked at once."""
    return dump.once(("image", name), lambda: ImageRow(name, _task_of(dump, name), examine(dump.source.file(name))))


def _task_of(dump: Dump, name: str) -> int | None:
    known = kind_of_name(name)
    if known is None or known[0] not in OF_TASK:
        return None
    return _task_by_thread(dump).get(int(known[1]))


def _task_by_thread(dump: Dump) -> dict[int, int]:
    """The task of each thread, the tasks themselves included."""

    def find() -> dict[int, int]:
        found = {thread: task.pid for task in dump.tasks for thread in task.listed_threads}
        return found | {task.pid: task.pid for task in dump.tasks}

    return dump.once("task by thread", find)


def kind_words(found: Examined) -> str:
    """The kind as crit calls it; what is no image is said to be none."""
    return "unknown" if found.kind is None else found.kind.title


def headline(name: str, found: Examined) -> str:
    """What an image is, in one line."""
    return f"{display_safe(name)}: {kind_words(found)}, {size(found.size)}"


def table(report: Report) -> Table[ImageRow]:
    """All images, each looked at when its row is."""
    dump = report.dump
    names = image_names(dump)
    rows = Rows(len(names), lambda index: row_of(dump, names[index]))
    return Table(
        "Images",
        (
            Column("Image", lambda r: display_safe(r.name), min(40, widest("Image", set(names)))),
            Column("Kind", lambda r: kind_words(r.found), 14, weight=1),
            Column("Entries", _entries, 9, right=True, sort=lambda r: r.found.entries or 0),
            Column("Size", lambda r: size(r.found.size), 9, right=True, sort=lambda r: r.found.size, weight=1),
            Column("Task", lambda r: "" if r.task is None else str(r.task), 7, right=True, sort=lambda r: r.task or 0),
            Column("Problem", _problem, 24, weight=2),
        ),
        rows,
        lambda r: (r.task, None),
        lambda r: Tone.ERROR if r.found.error else Tone.PLAIN,
        total=counted(len(names), "image"),
        empty="no images here",
        # To find the images of a task all would have to be looked at.
        locate=lambda *_: None,
        linked=False,
    )


def _entries(row: ImageRow) -> str:
    return "" if row.found.entries is None else number(row.found.entries)


def _problem(row: ImageRow) -> str:
    error = row.found.error
    if error is None:
        return ""
    return display_safe(error.reason if error.offset is None else f"byte {error.offset}: {error.reason}")


def json(report: Report, only: int | None) -> dict[str, Json]:
    """Every image, or those of one task."""
    return {"images": [_json(row) for row in _rows(report, only)]}


def _rows(report: Report, only: int | None) -> Iterator[ImageRow]:
    for name in image_names(report.dump):
        row = row_of(report.dump, name)
        if only is None or row.task == only:
            yield row


def _json(row: ImageRow) -> Json:
    kind, count, error = row.found.kind, row.found.entries, row.found.error
    return {
        "name": display_safe(row.name),
        "kind": None if kind is None else kind.title,
        "magic": None if kind is None or kind.magic is None else f"0x{kind.magic:08x}",
        "entries": count,
        "bytes": row.found.size,
        "task": row.task,
        "problem": None if error is None else str(error),
    }


def text(report: Report, only: int | None) -> Iterator[str]:
    """The same as lines."""
    whole = table(report)
    rows = whole.rows
    return whole.text([index for index in range(len(rows)) if only is None or rows[index].task == only])


def entries_json(report: Report, names: tuple[str, ...], *, pretty: bool) -> Iterator[Iterator[Member]]:
    """Images with their entries as crit of the release that wrote them decodes them, one to be taken after another."""
    style = style_of(report.dump.source, pretty=pretty)
    for name in names:
        yield itertools.chain((("name", display_safe(name)),), decoded(report.dump.source.file(name), style))


def entries_text(report: Report, names: tuple[str, ...]) -> Iterator[str]:
    """Images with the fields of their entries: value, meaning, and the bytes of the file that hold them."""
    for name in names:
        try:
            with report.dump.source.open(name) as file:
                held = _held(file)
                found = examine_open(held)
                yield headline(name, found)
                if found.head is not None:
                    yield from _entries_text(held, found.head)
        except ImageError as error:
            found = Examined(None, 0, None, error)
            yield headline(name, found)
        if found.error is not None:
            yield f"  error: {found.error}"


def _held(file: OpenFile) -> OpenFile:
    """A file that is gone through twice: in memory where it is small."""
    if file.size > READ_AHEAD:
        return file
    with suppress(OSError):
        data = file.read_at(0, file.size)
        if len(data) == file.size:
            return InMemory(file.name, data)
    return file


def _entries_text(file: OpenFile, head: Head) -> Iterator[str]:
    """The entries of an image, each followed by its fields; up to what cannot be read, which `examine_open` found."""
    with suppress(ImageError):
        for entry in entries_of(file, head):
            yield f"  entry {entry.position}, bytes {entry.offset}-{entry.end}"
            for depth, name, _, _, text, words, _, _, _ in values_of(
                entry.encoded, entry.message.DESCRIPTOR.name, entry.start
            ):
                indent = "    " + "  " * depth
                yield f"{indent}{name}: {text}  {words}" if words else f"{indent}{name}: {text}"
        if head.kind.magic is None:
            for raw in itertools.islice(raw_entries(file, head.kind), RAW_ENTRY_LIMIT):
                yield f"    {raw_words(raw)}"


def raw_of(dump: Dump, name: str) -> tuple[list[RawEntry], ImageError | None]:
    """What another program's image says, and what ends it; nothing for CRIU's own."""
    found: list[RawEntry] = []
    try:
        with dump.source.open(name) as file:
            kind = head_of_file(file).kind
            if kind.magic is None:
                found.extend(itertools.islice(raw_entries(file, kind), RAW_ENTRY_LIMIT))
    except ImageError as error:
        return found, error
    return found, None


def raw_words(entry: RawEntry) -> str:
    """A line of it as it is, or its fields by name."""
    line = entry.fields.get("line")
    return line if isinstance(line, str) else ", ".join(f"{name} {value}" for name, value in entry.fields.items())

"""Whole images as the JSON of `crit decode`, and the bytes of `crit encode`."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from google.protobuf.message import EncodeError

from criu_tui.core.base.limits import ENTRY_LIMIT
from criu_tui.core.base.units import number
from criu_tui.core.images.crit_json import EntryError, Style, fill, to_json
from criu_tui.core.images.entries import entries_of, head_of_file, message_of
from criu_tui.core.images.framing import framed, head_of
from criu_tui.core.images.images import read_entries
from criu_tui.core.images.kinds import CORE, GHOST_FILE, INVENTORY, KINDS, ImageKind, kinds_of_magic
from criu_tui.core.images.message_classes import class_of
from criu_tui.core.images.payloads import PAYLOADS
from criu_tui.core.images.raw import raw_entries
from criu_tui.core.images.schema import inventory_pb2
from criu_tui.core.images.shown import from_shown
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

    from criu_tui.core.base.json import Json, Member
    from criu_tui.core.images.entries import Head, ImageEntry
    from criu_tui.core.source.source import OpenFile, Source, SourceFile


def style_of(source: Source, *, pretty: bool) -> Style:
    """How the crit of the release that wrote a dump writes numbers: since 4.3 the inventory says whether pages are
    compressed, also when they are not."""
    read = read_entries(source.file("inventory.img"), INVENTORY, inventory_pb2.inventory_entry, single=True)
    return Style(pretty, not any(entry.HasField("compress") for entry in read.entries))


def decoded(where: SourceFile, style: Style) -> Iterator[Member]:
    """The members of an image as crit shows it: magic, entries and, where the reading was stopped, the problem.

    The magic is crit's name of the kind; None for a file of another program, of which the entries are what
    `raw_entries` has of it, and for one that cannot be read. Entries come as they are read, of a damaged image those
    before the damage: they are to be taken before what follows them.
    """
    problem: ImageError | None = None

    def until_error(shown: Iterator[Json]) -> Iterator[Json]:
        nonlocal problem
        try:
            yield from itertools.islice(shown, ENTRY_LIMIT)
            if next(shown, None) is not None:
                raise ImageError(where.name, None, f"more than {number(ENTRY_LIMIT)} entries: the rest is not read")
        except ImageError as error:
            problem = error

    try:
        with where.open() as file:
            head = head_of_file(file)
            # crit tells kinds by the magic alone.
            yield "magic", None if head.kind.magic is None else kinds_of_magic(head.kind.magic)[0].title
            yield "entries", until_error(_shown(file, head, style))
    except ImageError as error:
        problem = error
        yield "magic", None
        yield "entries", []
    if problem is not None:
        yield "problem", str(problem)


def _shown(file: OpenFile, head: Head, style: Style) -> Iterator[Json]:
    if head.kind.magic is None:
        return (entry.fields for entry in raw_entries(file, head.kind))
    return (entry_json(head.kind, entry, style) for entry in entries_of(file, head, as_crit=True))


def entry_json(kind: ImageKind, entry: ImageEntry, style: Style) -> dict[str, Json]:
    """An entry as crit shows it: its fields, and as "extra" what follows it."""
    shown = to_json(entry.message, style)
    if kind in PAYLOADS and not _chunks_follow(kind, entry.message, entry.position):
        shown["extra"] = PAYLOADS[kind].to_json(entry.message, entry.follows)
    return shown


def encoded(image: Json) -> bytes:
    """The bytes of an image from what `decoded` or crit made of it, pretty or not.

    Raises EntryError, which names the field, for what is no image.
    """
    if not isinstance(image, dict) or not isinstance(image.get("entries"), list):
        raise EntryError("", "is not an image: an object with magic and entries")
    kind = next((kind for kind in KINDS if kind.title == image["magic"]), None) if "magic" in image else None
    if kind is None or not kind.message:
        raise EntryError("magic", "is none of an image with entries")
    entries = image["entries"]
    assert isinstance(entries, list)
    return b"".join((head_of(kind), *(_entry_bytes(kind, entry, index) for index, entry in enumerate(entries))))


def _entry_bytes(kind: ImageKind, entry: Json, index: int) -> bytes:
    path = f"entries[{index}]"
    if not isinstance(entry, dict):
        raise EntryError(path, "is not an object")
    fields = {name: value for name, value in entry.items() if name != "extra"}
    if kind is CORE:
        fields = _with_state(fields)
    message = class_of(message_of(kind, index))()
    fill(message, fields, path=path)
    try:
        data = framed(message.SerializeToString())
    except EncodeError as error:
        # protobuf names what is missing behind a colon.
        raise EntryError(path, f"lacks {str(error).rpartition(': ')[2]}") from None
    if kind not in PAYLOADS or _chunks_follow(kind, message, index):
        return data
    try:
        return data + PAYLOADS[kind].from_json(message, entry.get("extra", ""))
    except ValueError as error:
        raise EntryError(f"{path}.extra" if not isinstance(error, EntryError) else path, str(error)) from None


def _with_state(fields: dict[str, Json]) -> dict[str, Json]:
    """The fields of a core image with a number for the state of its task.

    Which of the two names crit means depends on its release; that a stopped task has threads to stop does not.
    """
    tc = fields.get("tc")
    if not isinstance(tc, dict) or tc.get("task_state") not in ("Stopped", "Zombie"):
        return fields
    return {
        **fields,
        "tc": {**tc, "task_state": from_shown("Stopped" if "thread_core" in fields else "Zombie", "TASK_STATE")},
    }


def _chunks_follow(kind: ImageKind, message: Message, index: int) -> bool:
    """Whether an entry is the head of a deleted file whose bytes are in the entries behind it."""
    return kind is GHOST_FILE and index == 0 and bool(getattr(message, "chunks", False))

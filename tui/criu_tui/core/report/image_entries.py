"""The entries of one image, and the fields of one entry: where each lies in the file, and what it leads to."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number, size
from criu_tui.core.images.entries import ImageEntry, entries_of, head_of_file
from criu_tui.core.images.fields import Field, fields_of
from criu_tui.core.report.image_targets import Target, target_of
from criu_tui.core.report.images import ImageRow, headline, raw_of, raw_words, row_of
from criu_tui.core.source.error import ImageError
from criu_tui.core.tables.table import Column, Table, Tone, widest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.raw import RawEntry
    from criu_tui.core.report.report import Report

ENTRIES_SHOWN = 20_000
FIELDS_SHOWN = 20_000
"""Rows of one table; what is beyond is counted, and printed by --print image."""
SUMMARY_FIELDS = 5


class EntryRow(NamedTuple):
    """One entry of an image."""

    image: ImageRow
    entry: ImageEntry


class RawRow(NamedTuple):
    """A line, a message or a file of a raw image."""

    image: ImageRow
    entry: RawEntry


class FieldRow(NamedTuple):
    """One field of an entry."""

    image: ImageRow
    field: Field
    target: Target | None


def entries_table(report: Report, name: str) -> Table[EntryRow] | Table[RawRow]:
    """The entries of an image, each in a line; of a damaged one those before the damage."""
    image = row_of(report.dump, name)
    if image.found.kind is not None and image.found.kind.magic is None:
        return _raw_table(report, image)
    rows = tuple(EntryRow(image, entry) for entry in itertools.islice(_entries(report.dump, name), ENTRIES_SHOWN))
    notes = [(Tone.PLAIN, headline(name, image.found))]
    if image.found.entries is not None and image.found.entries > len(rows):
        notes.append((Tone.WARNING, f"the first {number(len(rows))} of {number(image.found.entries)} entries"))
    if image.found.error is not None:
        notes.append((Tone.ERROR, str(image.found.error)))
    return Table(
        f"Entries of {display_safe(name)}",
        (
            Column("Entry", lambda r: str(r.entry.position), 7, right=True, sort=lambda r: r.entry.position),
            Column("Byte", lambda r: str(r.entry.offset), 9, right=True, sort=lambda r: r.entry.offset, weight=1),
            Column("Follows", _follows, 9, right=True, sort=lambda r: len(r.entry.follows), weight=2),
            Column("Fields", _summary, 40),
        ),
        rows,
        lambda r: (r.image.task, None),
        lambda _: Tone.PLAIN,
        notes=tuple(notes),
        empty="no entries",
        linked=False,
    )


def _raw_table(report: Report, image: ImageRow) -> Table[RawRow]:
    found, error = raw_of(report.dump, image.name)
    shown = display_safe(image.name)
    notes = [(Tone.PLAIN, f"{headline(image.name, image.found)}, written by another program")]
    if error is not None:
        notes.append((Tone.ERROR, str(error)))
    return Table(
        f"Contents of {shown}",
        (
            Column("Byte", lambda r: str(r.entry.offset), 9, right=True, sort=lambda r: r.entry.offset, weight=1),
            Column("What it says", lambda r: raw_words(r.entry), 60),
        ),
        tuple(RawRow(image, entry) for entry in found),
        lambda r: (r.image.task, None),
        lambda _: Tone.PLAIN,
        notes=tuple(notes),
        empty="nothing in it" if not image.found.size else "bytes alone",
        linked=False,
    )


def _entries(dump: Dump, name: str) -> Iterator[ImageEntry]:
    try:
        with dump.source.open(name) as file:
            yield from entries_of(file, head_of_file(file))
    except ImageError:
        # What `row_of` found says why.
        return


def _follows(row: EntryRow) -> str:
    return size(len(row.entry.follows)) if row.entry.follows else ""


def _fields(entry: ImageEntry) -> Iterator[Field]:
    return fields_of(entry.encoded, entry.message.DESCRIPTOR.name, entry.start)


def _summary(row: EntryRow) -> str:
    top = (field for field in _fields(row.entry) if not field.depth and field.value is not None)
    return ", ".join(f"{f.name} {f.words or f.text}" for f in itertools.islice(top, SUMMARY_FIELDS))


def fields_table(report: Report, name: str, position: int) -> Table[FieldRow]:
    """The fields of an entry as they lie in its file, messages within it indented."""
    image = row_of(report.dump, name)
    entry = next(itertools.islice(_entries(report.dump, name), position, None), None)
    found = [] if entry is None else list(itertools.islice(_fields(entry), FIELDS_SHOWN + 1))
    rows = tuple(FieldRow(image, field, target_of(report.dump, field, image.task)) for field in found[:FIELDS_SHOWN])
    notes = [(Tone.PLAIN, f"{display_safe(name)} entry {position}: {_kind_of(entry)}")]
    if len(found) > FIELDS_SHOWN:
        notes.append((Tone.WARNING, f"the first {number(FIELDS_SHOWN)} fields; --print image has all"))
    if entry is not None and entry.follows:
        end = entry.start + len(entry.encoded)
        notes.append((Tone.PLAIN, f"bytes {end}-{entry.end}: {counted(len(entry.follows), 'byte')} that follow it"))
    return Table(
        f"Entry {position} of {display_safe(name)}",
        (
            Column("Field", _name, min(40, widest("Field", {_name(row) for row in rows}))),
            Column("Value", lambda r: r.field.text, 20),
            Column("Means", lambda r: r.field.words, 16, weight=1),
            Column("Leads to", lambda r: "" if r.target is None else r.target.words, 20, weight=2),
            Column("Bytes", lambda r: f"{r.field.start}-{r.field.end}", 13, sort=lambda r: r.field.start, weight=3),
        ),
        rows,
        lambda r: (r.image.task, None),
        lambda r: Tone.WARNING if r.field.name.startswith("#") else Tone.PLAIN,
        notes=tuple(notes),
        empty="no fields",
        linked=False,
    )


def _kind_of(entry: ImageEntry | None) -> str:
    return "cannot be read" if entry is None else f"{entry.message.DESCRIPTOR.name}, bytes {entry.offset}-{entry.end}"


def _name(row: FieldRow) -> str:
    return "  " * row.field.depth + row.field.name

"""Terminals of a dump, from tty-info.img and tty-data.img."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.limits import ENTRY_LIMIT
from criu_tui.core.dump.payloads import Payload
from criu_tui.core.images import kinds
from criu_tui.core.images.fields import fields_of
from criu_tui.core.images.framing import U32
from criu_tui.core.images.images import frames_of
from criu_tui.core.images.schema import tty_pb2
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.files import File

_KINDS = {1: "pty", 2: "console", 3: "virtual terminal", 4: "controlling terminal", 5: "external", 6: "serial line"}
_PTMX = 5 << 8 | 2
"""The device number of /dev/ptmx: the side of a pty that a terminal emulator holds."""


def terminals(dump: Dump) -> dict[int, tty_pb2.tty_info_entry]:
    """Terminals by the number that descriptors name them with."""
    entries = dump.entries("tty-info.img", kinds.TTY_INFO, tty_pb2.tty_info_entry)
    return dump.once("terminals", lambda: {entry.id: entry for entry in entries})


def terminal_of(file: File) -> int | None:
    """The number of the terminal that a file is; None for other files."""
    return file.message.tty_info_id if isinstance(file.message, tty_pb2.tty_file_entry) else None


def unread_by(dump: Dump) -> dict[int, Payload]:
    """Bytes that a terminal got and nobody has read, by its number."""
    return dump.once("terminal data", lambda: _unread(dump))


def _unread(dump: Dump) -> dict[int, Payload]:
    """These lie within the entries, not behind them."""
    found: dict[int, Payload] = {}
    name = "tty-data.img"
    if name not in dump.files_listed or dump.refuses():
        return found
    try:
        with dump.source.file(name).open() as file:
            frames = frames_of(file, kinds.TTY_DATA)
            while frames.more and frames.count < ENTRY_LIMIT:
                start = frames.at + U32.size
                fields = {field.name: field for field in fields_of(frames.message(), "tty_data_entry", start)}
                number, data = fields.get("tty_id"), fields.get("data")
                if number is not None and isinstance(number.value, int) and data and isinstance(data.value, bytes):
                    found[number.value] = Payload(name, data.end - len(data.value), len(data.value))
    except ImageError as error:
        dump.note_problem(name, error)
    return found


def terminal_words(dump: Dump, number: int) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What a terminal is, and what else is known of it."""
    entry = terminals(dump).get(number)
    if entry is None:
        return f"terminal {number} is not in tty-info.img", ()
    kind = _KINDS.get(entry.type, "terminal")
    if entry.HasField("pty"):
        side = "master" if entry.rdev == _PTMX else "slave"
        kind = f"{kind} {entry.pty.index} {side}"
    facts = [("session", str(entry.sid)), ("foreground group", str(entry.pgrp))]
    if entry.HasField("winsize"):
        facts.append(("window", f"{entry.winsize.ws_col}x{entry.winsize.ws_row}"))
    facts += ((name, "yes") for name in ("locked", "exclusive", "packet_mode") if getattr(entry, name))
    if entry.HasField("uid"):
        facts.append(("owner", f"uid {entry.uid} gid {entry.gid}"))
    unread = unread_by(dump).get(number)
    if unread:
        facts.append(("not read yet", f"{unread.length} bytes"))
    return kind, tuple(facts)

"""Terminals of a dump, from tty-info.img and tty-data.img."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.images import kinds
from criu_tui.core.images.schema import tty_pb2

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump

_KINDS = {1: "pty", 2: "console", 3: "virtual terminal", 4: "controlling terminal", 5: "external", 6: "serial line"}
_PTMX = 5 << 8 | 2
"""The device number of /dev/ptmx: the side of a pty that a terminal emulator holds."""


def terminals(dump: Dump) -> dict[int, tty_pb2.tty_info_entry]:
    """Terminals by the number that descriptors name them with."""
    entries = dump.entries("tty-info.img", kinds.TTY_INFO, tty_pb2.tty_info_entry)
    return dump.once("terminals", lambda: {entry.id: entry for entry in entries})


def unread_by(dump: Dump) -> dict[int, bytes]:
    """Bytes that a terminal got and nobody has read, by its number."""
    entries = dump.entries("tty-data.img", kinds.TTY_DATA, tty_pb2.tty_data_entry)
    return dump.once("terminal data", lambda: {entry.tty_id: entry.data for entry in entries})


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
        facts.append(("not read yet", f"{len(unread)} bytes"))
    return kind, tuple(facts)

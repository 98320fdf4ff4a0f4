"""Text made to act on a terminal, dumps full of it, and how to tell that none of it survived."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from criu_tui.core.images import framing, images, kinds
from google.protobuf.descriptor import FieldDescriptor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from google.protobuf.message import Message

MARKERS = (
    "\x1b]52;c;aG9zdGlsZQ==\x07",  # puts text on the clipboard
    "\x1b]8;;http://hostile.example/\x1b\\",  # makes a link
    "\x1b[2J\x1b[31;1m",  # clears and colours
    "\x9b31m",  # the same as one C1 byte
    "\x1bP1$r\x1b\\",  # a device control string
    "\u202etxt.exe\u202c",  # bidi override
    "\u2066\u2069",  # bidi isolates
    "a\u200b\u200d\ufeffb",  # no width
    "e" + "\u0301" * 40,  # marks stacked over lines above
    "\U0001f600漢字",  # two cells each
    "line\nbreak\rback\x85next\u2028more",
    "[@click=app.quit]quit[/][/x][bold",  # Textual markup
    "\x00\x08\x7f",
    "\udcff\udc9b",  # bytes that are no UTF-8
)
LONG = "hostile-" * (1 << 17)
"""1 MiB."""

ACTING = (
    *(b"\x1b]52", b"\x1b]8;", b"\x1b[2J\x1b[31;1m", b"\x9b31m", b"\x1bP1$r"),
    *(character.encode() for character in "\u202e\u202c\u2066\u2069\u200b\u200d\ufeff\x85\u2028"),
)
"""Of MARKERS, what must never reach a terminal, as bytes; a screen has sequences of its own."""


def inert(text: str) -> bool:
    """Whether a text can do nothing to a terminal but show: printable characters and line feeds."""
    return text.replace("\n", "").isprintable() and "\u0301" * 3 not in text


def poison(directory: Path, kinds: tuple[tuple[kinds.ImageKind, type[Message]], ...], texts: tuple[str, ...]) -> None:
    """Puts these texts, one after another, into every string of every image of a dump, its logs and its listing."""
    supply = itertools.cycle(texts)
    for path in sorted(path for path in directory.iterdir() if path.is_file()):
        data = path.read_bytes()
        if path.name.endswith(".log"):
            lines = data.decode().splitlines()
            path.write_bytes(b"\n".join(_bytes(f"{line} {next(supply)}") for line in lines))
            continue
        for kind, message in kinds:
            image = images.decode(data, kind, path.name, message)
            if image.error is None and image.entries:
                for entry in image.entries:
                    _poison_message(entry, supply)
                path.write_bytes(framing.encode(kind, image.entries))
                break
    for text in texts:
        name = _bytes(text.replace("/", "_").replace("\x00", "")[:60])
        if name:
            (directory / f"{name.decode('utf-8', 'surrogateescape')}.img").write_bytes(_bytes(text))


def _poison_message(message: Message, supply: Iterator[str]) -> None:
    for field in message.DESCRIPTOR.fields:
        if field.message_type is not None:
            inner = getattr(message, field.name)
            for one in inner if field.is_repeated else (inner,) if message.HasField(field.name) else ():
                _poison_message(one, supply)
        elif field.type == FieldDescriptor.TYPE_STRING:
            text = next(supply).encode("utf-8", "replace").decode()
            if field.is_repeated:
                getattr(message, field.name).append(text)
            else:
                setattr(message, field.name, text)
        elif field.type == FieldDescriptor.TYPE_BYTES and not field.is_repeated and message.HasField(field.name):
            setattr(message, field.name, _bytes(next(supply)))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")

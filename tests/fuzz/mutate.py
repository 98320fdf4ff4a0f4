"""Mutation that knows what an image is made of: magics, frames, protobuf fields, also nested ones.

A mutated image is still one as far as possible, so that what reads it gets beyond the
first check. Everything follows from the random source that is given.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from criu_tui.core.images.kinds import IMG_COMMON_MAGIC

from tests.fuzz.hostile import MARKERS

if TYPE_CHECKING:
    from random import Random

IMG_SERVICE_MAGIC = 0x55105940
"""What stats-dump begins with (criu/include/magic.h)."""
VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
Field = tuple[int, int, "int | bytes"]
"""Number, wire type, value."""

_NUMBERS = (
    *(0, 1, 2, 3, 4, 5, 6, 7, 127, 128, 255, 4095, 4096, 4097, 1 << 16, 1 << 20),
    *((1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 40),
    *((1 << 47) - 4096, 1 << 47, 1 << 52, 1 << 63, (1 << 64) - 4096, (1 << 64) - 1),
)
LONGEST = 1 << 18
"""Bytes of an image or of a line of a log."""
_DEPTH = 4
"""Messages within messages that are taken apart."""
_REPEATS = (2, 3, 17, 300)


def mutate_image(data: bytes, random: Random) -> bytes:
    """An image changed in one to three ways."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        data = random.choices((_in_frames, _in_bytes), (4, 1))[0](data, random)[:LONGEST]
    return data


def mutate_log(data: bytes, random: Random) -> bytes:
    """A log with lines changed, repeated, cut, and hostile words in them."""
    lines = data.split(b"\n")
    for _ in range(random.choice((1, 1, 2, 4))):
        at = random.randrange(len(lines))
        match random.randrange(7):
            case 0:
                lines[at] = _in_bytes(lines[at], random)
            case 1:
                lines.insert(at, lines[random.randrange(len(lines))])
            case 2:
                del lines[at]
                lines = lines or [b""]
            case 3:
                lines[at] += _text(random)
            case 4:
                # Numbers of any length, in any place that has one.
                digits = b"9" * random.choice((1, 10, 20, 400, 5000))
                lines[at] = lines[at].replace(random.choice((b"0", b"1", b"2", b"7")), digits, 1)
            case 5:
                lines[at] = random.choice(_LOG_LINES)
            case _:
                # Repeated line after line, one would grow without end.
                lines[at] = (lines[at] * random.choice(_REPEATS))[:LONGEST]
    return b"\n".join(lines)


_LOG_LINES = (
    b"(00.000001) Error (criu/namespaces.c:931): Unable to convert uid or gid",
    b"(00.000001) id_map: 0 100000 65536",
    b"(00.000001) id_map: -1 4294967295 99999999999999999999",
    b"(00.000001) Version: 4.2.1 (gitid 0)",
    b"(00.000001) Running on host Linux 6.1.0 #1",
    b"(00.000001) Dump CRIU run id = 1234",
    b"(00.000001) Restoring FAILED.",
    b"(00.000001) Dumping finished successfully",
    b"(00.000001) pie: 42: \tmmap(0x1000 -> 0x2000, 0x3 0x22 -1)",
    b"(00.000001)     42: \tpremap 0x1000-0x2000 -> 0000",
    b"(00.000001) pie: 42: Error (criu/pie/restorer.c:1): Can't restore 0x1000 mapping with 0xfffffffffffffff4",
    b"(00.000001) pie: 42: `- render 99999 iovs (0x1000:4096...)",
    b"(00.000001)     42: nr_restored_pages: 18446744073709551616",
)


def fields_of(message: bytes) -> list[Field] | None:
    """The fields of a message; None when the bytes are not one."""
    found: list[Field] = []
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        if at < 0 or not number:
            return None
        value: int | bytes
        if kind == VARINT:
            value, at = _varint(message, at)
        elif kind == LENGTH:
            size, at = _varint(message, at)
            value, at = message[at : at + size], at + size
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
            value, at = message[at : at + size], at + size
        else:
            return None
        if at < 0 or at > len(message):
            return None
        found.append((number, kind, value))
    return found


def message_of(fields: list[Field]) -> bytes:
    """The bytes of a message with these fields in this order."""
    parts: list[bytes] = []
    for number, kind, value in fields:
        parts.append(varint(number << 3 | kind))
        if isinstance(value, int):
            parts.append(varint(value))
        else:
            parts += (varint(len(value)), value) if kind == LENGTH else (value,)
    return b"".join(parts)


def varint(value: int) -> bytes:
    """A number as protobuf writes it, in as few bytes as can be."""
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number and the offset after it, which is -1 when there is none."""
    value = shift = 0
    while 0 <= at < len(data) and shift < 70:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value & (1 << 64) - 1, at
    return 0, -1


def frames_of(data: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Magics, the payloads of the frames, and what follows the last whole one."""
    first = struct.unpack_from("<I", data)[0] if len(data) >= 4 else 0
    at = 8 if first in (IMG_COMMON_MAGIC, IMG_SERVICE_MAGIC) else 4
    magics, payloads = data[:at], []
    while at + 4 <= len(data):
        size = struct.unpack_from("<I", data, at)[0]
        if at + 4 + size > len(data):
            break
        payloads.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return magics, payloads, data[at:]


def _in_frames(data: bytes, random: Random) -> bytes:
    magics, payloads, rest = frames_of(data)
    if not payloads:
        return _in_bytes(data, random)
    at = random.randrange(len(payloads))
    match random.randrange(12):
        case 0:
            payloads.insert(random.randrange(len(payloads) + 1), payloads[at])
        case 1:
            del payloads[at]
        case 2:
            other = random.randrange(len(payloads))
            payloads[at], payloads[other] = payloads[other], payloads[at]
        case 3:
            payloads[at:at] = [payloads[at]] * random.choice(_REPEATS)
        case _:
            payloads[at] = _in_message(payloads[at], random, _DEPTH)
    return magics + b"".join(struct.pack("<I", len(p)) + p for p in payloads) + rest


def _in_message(message: bytes, random: Random, depth: int) -> bytes:
    fields = fields_of(message)
    if not fields:
        return _in_bytes(message, random) if random.random() < 0.5 else message_of([_new_field(random)])
    at = random.randrange(len(fields))
    number, kind, value = fields[at]
    match random.randrange(10):
        case 0:
            del fields[at]
        case 1:
            fields.append(fields[at])
        case 2:
            fields[at:at] = [fields[at]] * random.choice(_REPEATS)
        case 3:
            fields.insert(at, _new_field(random))
        case 4:
            fields[at] = (random.randrange(1, 24), kind, value)
        case _:
            fields[at] = (number, kind, _value(value, random, depth))
    return message_of(fields)


def _value(value: int | bytes, random: Random, depth: int) -> int | bytes:
    if isinstance(value, int):
        if random.random() < 0.4:
            return (value + random.choice((-4096, -1, 1, 4096, 1 << 32))) % (1 << 64)
        return random.choice(_NUMBERS)
    if len(value) in (4, 8) and random.random() < 0.5:
        return _in_bytes(value, random)[: len(value)].ljust(len(value), b"\0")
    if depth and fields_of(value) and random.random() < 0.8:
        return _in_message(value, random, depth - 1)
    return _text(random)


def _new_field(random: Random) -> Field:
    number = random.choice((1, 2, 3, 5, 14, 99, 1000))
    if random.random() < 0.5:
        return number, VARINT, random.choice(_NUMBERS)
    return number, LENGTH, _text(random)


def _text(random: Random) -> bytes:
    text = random.choice((*MARKERS, "", "..", "/", "/proc/self/mem", "/dev/zero", "a" * 5000))
    return text.encode("utf-8", "surrogateescape")


def _in_bytes(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    match random.randrange(6):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + random.randbytes(random.choice((1, 4, 16))) + data[at:]
        case 2:
            end = min(len(data), at + random.choice((1, 4, 64)))
            return data[:at] + bytes(end - at) + data[end:]
        case 3:
            return data[:at] + bytes((random.choice((0, 1, 0x7F, 0x80, 0xFF)),)) + data[at + 1 :]
        case 4:
            return data[:at] + struct.pack("<I", random.choice(_NUMBERS) & 0xFFFFFFFF) + data[at + 4 :]
        case _:
            end = random.randrange(at, len(data) + 1)
            return data[:at] + data[end:]

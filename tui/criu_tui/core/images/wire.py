"""Bytes of protobuf messages, taken apart without making objects of them.

Wire format: protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

VARINT, LENGTH = 0, 2
FIXED = {1: 8, 5: 4}
"""Bytes of a value, by wire type."""


def read_varint(payload: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the low ones first, and the offset behind it; cut, what there is of it."""
    if at < len(payload) and payload[at] < 0x80:
        # Nearly all are of one byte.
        return payload[at], at + 1
    value = shift = 0
    while at < len(payload):
        byte = payload[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            break
        shift += 7
        if shift == 70:
            break
    return value, at


def write_varint(value: int) -> bytes:
    """A number that is not negative, as `read_varint` reads it."""
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)

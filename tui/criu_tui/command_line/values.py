"""Values of options, read from their text."""

from __future__ import annotations

import argparse


def seconds(text: str) -> float:
    """A number of seconds, from 0.1 to 3600. Raises ArgumentTypeError, as all here do."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 3600:
        raise argparse.ArgumentTypeError("between 0.1 and 3600 seconds")
    return value


def pid(text: str) -> int:
    """The PID of a process."""
    if not (text.isascii() and text.isdecimal() and len(text) < 11):
        raise argparse.ArgumentTypeError("a PID is a decimal number")
    return int(text)


def address(text: str) -> int:
    """An address of memory, from hexadecimal with or without 0x."""
    try:
        value = int(text.removeprefix("0x"), 16)
    except ValueError:
        raise argparse.ArgumentTypeError("an address is hexadecimal, such as 7eb861200000") from None
    if not 0 <= value < 1 << 64:
        raise argparse.ArgumentTypeError("an address has at most 64 bits")
    return value

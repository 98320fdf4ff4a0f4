"""Lines of very many hits, made by array arithmetic: a GiB of memory can hold millions of strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from criu_tui.core.pages.scan import CONTEXT
from criu_tui.core.pages.strings import FoundStrings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from criu_tui.core.pages.scan import Matches

    Indexes: TypeAlias = NDArray[np.int64]
    Octets: TypeAlias = NDArray[np.uint8]

ADDRESSES = 1 << 48
"""Those below have 12 hexadecimal digits."""
AT_ONCE = 1024
"""Lines whose arrays a processor's cache holds."""
LENGTHS = 10**6
"""Those below have 6 decimal digits."""
PLACE, COUNT = "\0" * 12, "\1" * 6
"""Where in a template an address and a length go."""
_SPACE, _DOT, _LAST, _CUT = 0x20, 0x2E, 0x7E, 0x85
"""The last stands for an ellipsis, which no byte does, until the line is text."""
_DIGITS = np.array([b"%04x" % number for number in range(1 << 16)], "S4").view(np.uint32)


def lines(matches: Matches, template: str, shown: int) -> str:
    """A line for each match, as one text without the last one's end.

    A template is what stands before the match, with PLACE and COUNT in it; of a match `shown` bytes are.
    """
    base, data, spans = matches
    firsts, ends = (spans.firsts, spans.ends) if isinstance(spans, FoundStrings) else np.array(spans, np.int64).T
    text = _padded(data, max(CONTEXT, shown))
    return "\n".join(
        _lines(text, firsts[at : at + AT_ONCE], ends[at : at + AT_ONCE], base, template, shown)
        for at in range(0, len(firsts), AT_ONCE)
    )


def _lines(text: Octets, firsts: Indexes, ends: Indexes, base: int, template: str, shown: int) -> str:
    lengths = ends - firsts
    lead = np.frombuffer(template.encode("ascii"), np.uint8)
    place, count = template.index(PLACE), template.index(COUNT)
    match = len(lead) + CONTEXT + 1
    after = match + shown + 2
    rows = np.empty((len(firsts), after + CONTEXT + 1), np.uint8)
    rows[:, : len(lead)] = lead
    rows[:, place : place + len(PLACE)] = _hexadecimal(firsts + base)
    rows[:, count : count + len(COUNT)] = _decimal(lengths)
    rows[:, len(lead) : match - 1] = _windows(text, CONTEXT, firsts)
    rows[:, match - 1] = ord("[")
    rows[:, match : match + shown] = _windows(text, shown, firsts + CONTEXT)
    rows[:, match + shown] = _CUT
    rows[:, after - 1] = ord("]")
    rows[:, after:-1] = _windows(text, CONTEXT, ends + CONTEXT)
    rows[:, -1] = ord("\n")
    kept = np.ones(rows.shape, bool)
    # Which bytes of a match are shown, by its length; of a longer one all, and the ellipsis.
    least = np.arange(shown + 2)[:, None] > np.arange(shown + 1)
    kept[:, match : match + shown + 1] = least[np.minimum(lengths, shown + 1)]
    _strip(rows[:, after:-1], kept[:, after:-1])
    kept[-1, -1] = False
    made = str(rows[kept].data, "latin-1")
    return made.replace(chr(_CUT), "…") if lengths.max() > shown else made


def _padded(data: bytes, after: int) -> Octets:
    """Bytes as `printable` has them, with spaces around for what lies beyond."""
    codes = np.frombuffer(data, np.uint8)
    text = np.empty(CONTEXT + len(codes) + after, np.uint8)
    text[:CONTEXT] = text[CONTEXT + len(codes) :] = _SPACE
    inner = text[CONTEXT : CONTEXT + len(codes)]
    # A byte less a dot, times 0 or 1, and a dot: nothing branches, so random bytes take no longer than others.
    shown = codes - np.uint8(_SPACE) <= _LAST - _SPACE
    np.subtract(codes, np.uint8(_DOT), out=inner)
    np.multiply(inner, shown.view(np.uint8), out=inner)
    np.add(inner, np.uint8(_DOT), out=inner)
    return text


def _windows(text: Octets, width: int, starts: Indexes) -> Octets:
    """`width` bytes from each index on, as rows."""
    every = np.ndarray((len(text) - width + 1,), np.dtype((np.void, width)), text, 0, (1,))
    return every[starts].view(np.uint8).reshape(len(starts), width)


def _hexadecimal(addresses: Indexes) -> Octets:
    digits = np.empty((len(addresses), 3), np.uint32)
    for column, shift in enumerate((32, 16, 0)):
        digits[:, column] = _DIGITS[addresses >> shift & 0xFFFF]
    return digits.view(np.uint8)


def _decimal(lengths: Indexes) -> Octets:
    """Numbers below LENGTHS, to the right."""
    width = len(COUNT)
    counts = np.bincount(lengths)
    table = np.empty((len(counts), width), np.uint8)
    for length in np.flatnonzero(counts).tolist():
        table[length] = np.frombuffer(b"%*d" % (width, length), np.uint8)
    return table[lengths]


def _strip(after: Octets, kept: NDArray[np.bool_]) -> None:
    """Lets the spaces at the end of lines go."""
    ending = np.arange(len(after))
    for column in range(after.shape[1] - 1, -1, -1):
        ending = ending[after[ending, column] == _SPACE]
        if not len(ending):
            return
        kept[ending, column] = False

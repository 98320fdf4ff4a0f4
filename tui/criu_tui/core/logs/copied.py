"""What copying has done to the lines of a log: they are broken at the width of a page or a terminal.

A terminal breaks a line wherever it is full, a mail or a form between two words. Both are told by their lengths
alone: whatever follows a line that is not full begins a line of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.logs.wording import has_form
from criu_tui.core.logs.wrapping import begins_a_record

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLE = 400
"""Lines at a log's beginning that tell where its lines are broken."""
NARROWEST, WIDEST = 60, 200
"""Characters at which something breaks lines."""
TERMINALS = (80, 100, 120, 132)
"""Widths at which one broken line is enough to be sure."""
PAGE = 80
"""The widest at which mails and forms break between words, where one broken line is enough."""
SPARE = 2
"""Characters that a line may have been shorter than what it was broken at: the longest is not always full."""
ALIKE = 6
"""Characters by which two lines are told to begin alike: neither goes on the other."""
MOST = 20
"""Pieces that one line is put together from."""

_QUOTE = expression(r"[ \t]*>[ >]{0,16}")
"""Before each line of an answer; those that were broken after it was quoted have it too, or lack it."""
_OF_ITS_OWN = expression(
    r"\s*$|\t|  |```|~~~|</?\w|[-*+] |\d{1,3}[.)] |[#|]|[-=_*]{4}|RTNETLINK |Error: |Error talking|Cannot find device"
    r"|Dump (?:was|terminated)|ip6?tables|xtables|nft |line \d|[Ff]atal: |Failed to \w+: |Another app is|netlink:"
    r"|(?:tar|ip|sh|bash|modprobe|cuda-checkpoint|mount|umount|runc|crun|criu|sudo|make(?:\[\d{1,3}\])?): "
    r"|/(?:usr/)?s?bin/\S{1,80}: |\S{1,120}: line \d|Looks good|Does not look good"
    r"|(?:[\w.-]{1,40}@[\w.:~/ -]{1,120}|[\w.:~/-]{0,60})[#$%>] |(?:\$|#) |(?:sudo|criu|runc|podman|docker) \S"
)
"""Beginnings of lines that go on no other: rules, prompts of a shell, tools that CRIU runs."""
_COMPLETE = expression(
    r"(?:[.!]|No such file or directory|[Nn]o such process|not permitted|[Pp]ermission denied|[Ii]nvalid argument"
    r"|[Ff]ile exists|status=\d{1,3}|FAILED|Success)[ \t]*$"
)
"""Ends of messages."""
_OPEN = expression(r"[:,(/='\"-][ \t]*$")
"""Ends of lines behind which a message goes on, even with a capital."""


_DIGITS = expression(r"\d")


class Broken(NamedTuple):
    """Where the lines of a text were broken."""

    width: int
    """Characters of the longest line."""
    between_words: bool
    """Else wherever the line was full."""


def broken_at(data: bytes) -> Broken | None:
    """How the lines at a log's beginning were broken; None where nothing says that they were."""
    lines = [_text(raw) for raw in data.split(b"\n", SAMPLE)[:SAMPLE]]
    width = max(map(len, lines), default=0)
    if not NARROWEST <= width <= WIDEST:
        return None
    loose = [at for at, line in enumerate(lines[:-1]) if _goes_on(line, lines[at + 1]) and _is_head(line)]
    full = [at for at in loose if len(lines[at]) == width]
    between = [at for at in loose if not _is_over(lines[at], lines[at + 1])]
    where_full = _enough_full(lines, full, width) and 2 * len(full) >= len(loose)
    # Of a text that was broken between words some lines are as long as the longest one, and most are not.
    if where_full and all(len(lines[at]) == width for at in between):
        return Broken(width, between_words=False)
    if _enough_between(lines, between, width):
        return Broken(width, between_words=True)
    return Broken(width, between_words=False) if where_full else None


def _enough_full(lines: Sequence[str], full: Sequence[int], width: int) -> bool:
    """Whether as many lines were full as no text has by chance; one that is repeated counts once."""
    if len({_DIGITS.sub("", lines[at] + lines[at + 1]) for at in full}) > 1:
        return True
    return bool(full) and width in TERMINALS and not _is_over(lines[full[0]], lines[full[0] + 1])


def _enough_between(lines: Sequence[str], between: Sequence[int], width: int) -> bool:
    """Whether lines end where no other word had room, as no text does by chance."""
    if not between or any(lines[at + 1][:1].isspace() for at in between):
        return False
    if len(between) == 1 and (width > PAGE or not begins_a_record(lines[between[0]])):
        return False
    ended = sum(_had_no_room(lines[at], lines[at + 1], width) for at in between)
    return 10 * ended >= 9 * len(between)


def _is_head(line: str) -> bool:
    """Whether a line begins a message that may be longer than it."""
    return begins_a_record(line) or has_form(line)


def _goes_on(before: str, line: str) -> bool:
    """Whether a line may go on the one before it."""
    said = _unquoted(line)
    alike = said[:ALIKE] == _unquoted(before)[:ALIKE]
    return not alike and _OF_ITS_OWN.match(said) is None and not begins_a_record(line)


def _is_over(before: str, after: str) -> bool:
    """Whether a message reads as if it ended with its first line."""
    capital = _unquoted(after)[:1].isupper()
    return _COMPLETE.search(before) is not None or (capital and _OPEN.search(before) is None)


def _had_no_room(before: str, after: str, width: int) -> bool:
    """Whether the first word of a line would not have stood on the one before it."""
    word = next(iter(_unquoted(after).split(None, 1)), "")
    return len(before) + 1 + len(word) > width - SPARE


def unbroken(data: bytes, broken: Broken) -> bytes:
    """As many lines, each record on its first one, and the lines that it went on over empty."""
    raw = data.split(b"\n")
    whole: list[bytes] = []
    head: int | None = None
    pieces = 0
    for at, line in enumerate(raw):
        text = _text(line)
        if head is not None and pieces < MOST and _is_rest(_text(raw[at - 1]), text, broken):
            said = _unquoted(text).encode("utf-8", "surrogateescape")
            whole[head] = whole[head].removesuffix(b"\r") + (b" " if broken.between_words else b"") + said
            whole.append(b"")
            pieces += 1
            continue
        head = at if _is_head(text) else None
        pieces = 0
        whole.append(line)
    return b"\n".join(whole)


def _is_rest(before: str, line: str, broken: Broken) -> bool:
    """Whether a line goes on the one before it."""
    if not _goes_on(before, line):
        return False
    if not broken.between_words:
        return len(before) == broken.width
    return _had_no_room(before, line, broken.width) and _COMPLETE.search(before) is None


def _unquoted(line: str) -> str:
    found = _QUOTE.match(line)
    return line if found is None else line[found.end() :]


def _text(raw: bytes) -> str:
    return raw.removesuffix(b"\r").decode("utf-8", "surrogateescape")

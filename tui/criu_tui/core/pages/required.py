"""What every match of an expression must hold, by a look at how it is written.

Finding bytes is many times as fast as trying an expression, so that is tried only where they are. What is written in
any way that is not known here tells nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TELLING = 3
"""Bytes that a literal must have for it to pay to look for it first."""


class Required(NamedTuple):
    """What is known of all matches of an expression."""

    literals: tuple[bytes, ...] = ()
    """Each match holds all of these; the longest first."""
    within_lines: bool = False
    """No match holds an end of line, nor depends on what is around it."""


NOTHING = Required()


class _UnknownError(Exception):
    """Written in a way that is not known here."""


_TOKEN = re.compile(
    rb"(?P<plain>[A-Za-z0-9 _/:=@,;<>%&!~`'\"\x80-\xff-])|\\(?P<escaped>[^A-Za-z0-9\n])|(?P<dot>\.|\\[dwS])"
    rb"|(?P<any>\\[sDWn])|(?P<set>\[(?![\]^])[^\[\]\\\x00-\x1f]+\])|(?P<others>\[\^[^\[\]\\]+\])|(?P<open>\((?:\?:)?(?!\?))"
    rb"|(?P<close>\))|(?P<or>\|)"
)
_REPEAT = re.compile(rb"(?:(?P<some>\+)|[*?]|\{\d{0,9}(?:,\d{0,9})?\})[?+]?")


def required(expression: bytes) -> Required:
    """What every match of an expression of `regex` holds; nothing where a look does not tell."""
    try:
        return _required(expression)
    except _UnknownError:
        return NOTHING


def _required(expression: bytes) -> Required:
    literals: list[bytes] = []
    run = b""
    depth = at = 0
    within_lines = True
    while at < len(expression):
        token = _TOKEN.match(expression, at)
        if token is None:
            raise _UnknownError
        at = token.end()
        kind = token.lastgroup
        repeat = _REPEAT.match(expression, at) if kind not in ("open", "or") else None
        at = repeat.end() if repeat is not None else at
        depth += {"open": 1, "close": -1}.get(kind or "", 0)
        if depth < 0 or (kind == "or" and not depth):
            raise _UnknownError
        within_lines = within_lines and kind not in ("any", "others")
        if kind in ("plain", "escaped") and not depth and (repeat is None or repeat["some"]):
            run += token["plain"] or token["escaped"]
            if repeat is None:
                continue
        literals.append(run)
        run = b""
    literals.append(run)
    return Required(
        tuple(sorted({one for one in literals if len(one) >= TELLING}, key=lambda one: (-len(one), one))), within_lines
    )

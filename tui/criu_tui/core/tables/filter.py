"""What people type to narrow a table: words, and terms such as `prot:w size:>1G cover:<10% addr:7f12..`.

A row must satisfy every term. Terms are

    word            the row's text holds it, whatever the case; "two words" in quotes
    name:text       the cell of a column holds it; `name` is the title or its beginning
    name:=text      the cell is exactly this
    name:>number    and >=, <, <=, =, !=; K M G T are powers of 1024, % is a share
    addr:7f12..     the row begins there; addr:A holds the address; addr:A-B overlaps [A, B)
    -term           the row does not satisfy it
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.tables.table import R, Unit
from criu_tui.core.tables.terms import CellTest, Filter, NumberTest, PlaceTest, Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.tables.table import Column, Table
    from criu_tui.core.tables.terms import Test


class FilterError(ValueError):
    """A term that says nothing about this table; the message is one line that says why."""


_TERM = re.compile(r'(?P<no>[-!]?)(?:(?P<name>[A-Za-z]\w*):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S*))')
_HEX_WORD = re.compile(r"^0x([0-9a-f]+)(?:\.\.)?$")
_COMPARED = re.compile(r"(>=|<=|!=|>|<|=)(.*)", re.DOTALL)
_NUMBER = re.compile(r"(\d{1,32}(?:\.\d{1,32})?)\s*(?:([kmgtp])i?b?|(b)|(%))?", re.IGNORECASE)
_SUFFIXES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}
_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
}
ADDRESS_NAMES = ("addr", "address")


def parse(text: str, table: Table[R]) -> Filter[R]:
    """The filter that a text asks for; empty when it asks for nothing.

    Raises FilterError for a name that no column has, or a comparison that is none.
    """
    words: list[Word] = []
    tests: list[Test[R]] = []
    terms: list[str] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        found = _TERM.match(text, position)
        assert found is not None
        position = max(found.end(), position + 1)
        wanted = not found["no"]
        value = found["bare"] if found["quoted"] is None else found["quoted"]
        if found["name"] is None:
            # A lone dash: a term is about to be typed.
            if value:
                # Addresses are shown without 0x.
                words.append(Word(_HEX_WORD.sub(r"\1", value.casefold()), wanted))
            continue
        # Likewise a name without a value.
        test = _test(found["name"].casefold(), value, table) if value else None
        if test is not None:
            tests.append(test if wanted else test.negated())
            terms.append(found[0])
    return Filter(tuple(words), tuple(tests), tuple(terms))


def _test(name: str, value: str, table: Table[R]) -> Test[R] | None:
    """None: the number or text behind a comparison is about to be typed."""
    if name in ADDRESS_NAMES:
        return _place_test(value, table)
    column = _column(name, table)
    compared = _COMPARED.fullmatch(value)
    numeric = column.sort is not None and (not table.rows or isinstance(column.sort(table.rows[0]), int))
    if numeric and column.sort is not None:
        number = parse_number(compared[2] if compared else value, column.unit)
        if number is not None:
            return NumberTest(column, _comparison(_OPERATORS[compared[1] if compared else "="], number))
        if compared and compared[2]:
            raise FilterError(f"{compared[2]!r} is no number: try {name}:{compared[1]}{_EXAMPLES[column.unit]}")
    elif compared and compared[1] not in ("=", "!="):
        raise FilterError(f"{column.title} is text: try {name}:{compared[2] or 'text'}, or {name}:=text for all of it")
    if compared and not compared[2]:
        return None
    if compared:
        exact, equal = compared[2].casefold(), compared[1] == "="
        return CellTest(column, exact.__eq__, wanted=equal)
    part = value.casefold()
    return CellTest(column, lambda cell: part in cell)


_EXAMPLES = {Unit.NUMBER: "1G", Unit.ADDRESS: "7f0000000000", Unit.SHARE: "10%"}


def _comparison(compare: Callable[[int, int], bool], number: int) -> Callable[[int | str], bool]:
    return lambda value: isinstance(value, int) and compare(value, number)


def _column(name: str, table: Table[R]) -> Column[R]:
    """The column with a name, else the first whose name begins with it."""
    wanted = name.replace(" ", "")
    called = [
        (other.casefold().replace(" ", ""), column)
        for column in (*table.columns, *table.hidden)
        for other in (column.title, *column.names)
        if other
    ]
    for exactly in (True, False):
        for other, column in called:
            if other == wanted or (not exactly and other.startswith(wanted)):
                return column
    known = " ".join(dict.fromkeys(c.title.casefold().replace(" ", "") for c in (*table.columns, *table.hidden)))
    raise FilterError(f"no column {name!r} here, only {' '.join(known.split())} addr; quote text that has a colon")


def parse_number(text: str, unit: Unit = Unit.NUMBER) -> int | None:
    """A number as people write it: 4096, 4K, 1.5GiB, 10%, or hexadecimal for addresses; None when it is none.

    A share is in parts of ten thousand, with or without its sign.
    """
    if unit is Unit.ADDRESS:
        return parse_address(text)
    found = _NUMBER.fullmatch(text.strip().replace(",", ""))
    if found is None or (found[4] and unit is not Unit.SHARE):
        return None
    whole, _, fraction = found[1].partition(".")
    scale = 100 if unit is Unit.SHARE else _SUFFIXES.get((found[2] or "").casefold(), 1)
    return int(whole) * scale + (int(fraction) * scale // 10 ** len(fraction) if fraction else 0)


def parse_address(text: str) -> int | None:
    """A hexadecimal address with or without 0x, below 2^64; None when it is none."""
    digits = text.strip().casefold().removeprefix("0x").lstrip("0") or "0"
    if text.strip() in ("", "0x") or len(digits) > 16 or not set(digits) <= _HEXADECIMAL:
        return None
    return int(digits, 16)


_HEXADECIMAL = set("0123456789abcdef")


def _place_test(value: str, table: Table[R]) -> PlaceTest[R]:
    """Rows by their addresses, whether or not a column shows these."""
    return PlaceTest(table.place, _lies(value))


def _lies(value: str) -> Callable[[Span | None], bool]:
    """Whether addresses are those asked for."""
    if value.endswith(".."):
        return _begins(value.removesuffix(".."))
    first, dash, last = value.partition("-")
    start = parse_address(first)
    if start is None:
        raise FilterError(
            f"{first!r} is no address: try addr:7f0000000000, addr:7f.. or addr:7f0000000000-7f8000000000"
        )
    if dash:
        end = parse_address(last) if last else 1 << 64
        if end is None or end < start:
            raise FilterError(f"{value!r} is no range of addresses: the lower one comes first")
        range_ = Span(start, end)
        return lambda span: span is not None and span.overlaps(range_)
    begins = _begins(first)
    return lambda span: (span is not None and start in span) or begins(span)


def _begins(digits: str) -> Callable[[Span | None], bool]:
    """Whether the first address is written with these digits, leading zeros apart."""
    if parse_address(digits) is None:
        raise FilterError(f"{digits!r} is no beginning of an address")
    wanted = f"{digits.casefold().removeprefix('0x').lstrip('0')}"
    return lambda span: span is not None and f"{span.start:x}".startswith(wanted)

"""Lines of the protocol: what is said comes through, and what means nothing is told from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base.span import Span
from criu_tui.core.base.text import display_safe
from criu_tui.core.report.questions import COLUMNS, COUNT_MAX, ROWS, Answer, ColumnHead, Question, Row, Sought
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.tables.table import Tint, Tone
from criu_tui.share.fields import LABEL_SIZE, LINE_BYTES, NAME_SIZE, TEXT_SIZE, ProtocolError, safe
from criu_tui.share.protocol import (
    Allowed,
    At,
    Bye,
    Chatted,
    Filtered,
    Following,
    Hello,
    Line,
    Marked,
    Message,
    Place,
    Pointed,
    decode,
    encode,
)
from criu_tui.share.recording import moves
from criu_tui.share.row_lines import (
    CELL_SIZE,
    NUMBER_MAX,
    Ended,
    Rowed,
    RowsAsked,
    RowsTold,
    Tabled,
    Titled,
    lines_of,
)
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANY = st.text()


def texts(size: int, least: int = 0) -> st.SearchStrategy[str]:
    """As they are after one has been let through: safe to show."""
    return st.text(max_size=size).map(lambda text: safe(text, size)).filter(lambda text: len(text) >= least)


NAMES = texts(NAME_SIZE, 1)
PLACES = st.builds(
    Place,
    st.sampled_from(list(SHOWN)),
    st.none() | st.integers(0, (1 << 31) - 1),
    st.none() | st.integers(0, (1 << 64) - 1),
)
NUMBERS, POSITIONS = st.integers(0, (1 << 31) - 1), st.integers(0, COUNT_MAX - 1)
PANES = st.sampled_from(list(SHOWN))
ADDRESSES = st.none() | st.integers(0, (1 << 64) - 1)
CELLS = st.text(max_size=40).map(lambda text: display_safe(text, 40))
WIDTHS = st.integers(0, 999)
QUESTIONS = st.builds(
    Question,
    st.sampled_from(Sought),
    PANES,
    st.none() | st.integers(0, (1 << 31) - 1),
    ADDRESSES,
    texts(NAME_SIZE),
    st.integers(0, 63),
    texts(TEXT_SIZE),
    st.none() | st.integers(0, COLUMNS - 1),
    st.booleans(),
    st.booleans(),
    POSITIONS,
    st.integers(0, ROWS),
)
HEADS = st.builds(ColumnHead, texts(LABEL_SIZE), WIDTHS, st.booleans(), WIDTHS, st.none() | WIDTHS)
ROWS_SENT = st.builds(
    Row,
    POSITIONS,
    st.lists(CELLS, max_size=COLUMNS // 4).map(tuple),
    st.sampled_from(Tone),
    st.lists(st.sampled_from(Tint), max_size=COLUMNS).map(tuple),
    st.none() | st.integers(0, (1 << 31) - 1),
    st.none() | st.builds(Span, st.integers(0, (1 << 64) - 1), st.integers(0, 1 << 64)),
    st.just("") | PANES,
)
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.builds(
        Hello,
        NAMES,
        texts(LABEL_SIZE, 1),
        texts(LABEL_SIZE),
        st.booleans(),
        texts(NAME_SIZE),
        st.integers(0, 99),
    ),
    st.builds(At, PLACES),
    st.builds(
        Filtered,
        st.sampled_from(list(SHOWN)),
        texts(TEXT_SIZE),
        texts(NAME_SIZE),
        texts(LABEL_SIZE),
        st.booleans(),
    ),
    st.builds(Following, texts(NAME_SIZE)),
    st.builds(Pointed, PLACES),
    st.builds(Marked, PLACES, texts(LABEL_SIZE, 1), texts(TEXT_SIZE)),
    st.builds(Chatted, texts(TEXT_SIZE, 1)),
    st.builds(Bye, texts(TEXT_SIZE)),
    st.builds(Allowed, st.booleans()),
    st.builds(RowsAsked, NUMBERS, QUESTIONS),
    st.builds(Tabled, NUMBERS, texts(TEXT_SIZE), texts(TEXT_SIZE), texts(TEXT_SIZE), POSITIONS, st.none() | POSITIONS),
    st.builds(Titled, NUMBERS, HEADS),
    st.builds(Rowed, NUMBERS, ROWS_SENT),
    st.builds(RowsTold, NUMBERS, st.sampled_from(Tone), CELLS),
    st.builds(Ended, NUMBERS, texts(TEXT_SIZE), st.none() | st.integers(0, (1 << 31) - 1), ADDRESSES),
)
LINES = st.builds(Line, texts(NAME_SIZE), MESSAGES)


@given(LINES)
def test_what_is_said_comes_through(line: Line) -> None:
    sent = encode(line)
    assert decode(sent) == line
    assert sent.isascii()
    assert sent.count(b"\n") == 1
    assert sent.endswith(b"\n")


def test_the_longest_of_each_kind_fits_into_a_line() -> None:
    """Outside the first plane a character takes twelve bytes of ASCII."""
    wide = "\U0001f600"
    place = Place("findings", (1 << 31) - 1, (1 << 64) - 1)
    for message in (
        Marked(place, wide * LABEL_SIZE, wide * TEXT_SIZE),
        Hello(wide * NAME_SIZE, wide * LABEL_SIZE, wide * LABEL_SIZE, read_only=True, you=wide * NAME_SIZE),
        Filtered("findings", wide * TEXT_SIZE, wide * NAME_SIZE, wide * LABEL_SIZE, descending=True),
        RowsAsked(
            NUMBER_MAX - 1,
            Question(
                Sought.EXPLAINED, "findings", (1 << 31) - 1, (1 << 64) - 1, wide * NAME_SIZE, 63, wide * TEXT_SIZE
            ),
        ),
        *lines_of(
            NUMBER_MAX - 1,
            Answer(
                wide * TEXT_SIZE,
                *(wide * TEXT_SIZE,) * 3,
                columns=(ColumnHead(wide * LABEL_SIZE, 999, right=True, weight=999, least=999),),
                rows=(
                    Row(
                        COUNT_MAX - 1,
                        (wide * 1000, "x" * 1000, *("a" * 90,) * (COLUMNS - 2)),
                        Tone.WARNING,
                        (Tint.WRITABLE_CODE,) * COLUMNS,
                        (1 << 31) - 1,
                        Span((1 << 64) - 1, 1 << 64),
                        "findings",
                    ),
                ),
                lines=((Tone.WARNING, wide * 1000),),
            ),
        ),
    ):
        line = Line(wide * NAME_SIZE, message)
        assert len(encode(line)) <= LINE_BYTES
        assert decode(encode(line)) == line


@given(st.binary(max_size=300))
def test_any_bytes_are_a_line_or_refused(data: bytes) -> None:
    understood(data)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
NAMES_OF_FIELDS = (
    *("is", "from", "name", "checkpoint", "version", "pane", "task", "address", "text", "label", "note", "bytes", "id"),
    *("sought", "first", "most", "cells", "tints", "tone", "start", "end", "at", "rows", "width", "leads"),
)


@given(LINES, st.sampled_from(NAMES_OF_FIELDS), VALUES)
def test_a_field_of_another_type_is_refused_and_never_believed(line: Line, name: str, value: object) -> None:
    fields = json.loads(encode(line))
    fields[name] = value
    understood(json.dumps(fields).encode())


@given(LINES, st.lists(st.tuples(st.integers(0, LINE_BYTES), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_line_with_bytes_changed_is_a_line_or_refused(line: Line, changes: list[tuple[int, int]]) -> None:
    data = bytearray(encode(line))
    for at, byte in changes:
        data[at % len(data)] = byte
    understood(bytes(data))


def understood(data: bytes) -> None:
    """What is let through is within its bounds, and is the same when it is passed on."""
    try:
        line = decode(data)
    except ProtocolError:
        return
    assert decode(encode(line)) == line
    for value in (line.sender, *line.message):
        for text in _texts(value):
            assert len(text) <= CELL_SIZE
            assert text == "" or text.isprintable()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 4000, "no JSON"),
        (b'{"is":"at","pane":"maps","task":' + b"9" * 4000 + b"}", "task is no number in range"),
        (b"[1]", "no JSON object"),
        (b'{"is":"shell"}', "unknown kind"),
        (b'{"is":"at","pane":"../maps"}', "a pane that is not here"),
        (b'{"is":"at","pane":"maps","task":true}', "task is no number"),
        (b'{"is":"at","pane":"maps","task":1.0}', "task is no number"),
        (b'{"is":"at","pane":"maps","address":-1}', "address is no number in range"),
        (b'{"is":"at","pane":"maps","address":18446744073709551616}', "address is no number in range"),
        (b'{"is":"chat","text":" "}', "text is missing"),
        (b'{"is":"chat","text":"' + b"x" * 201 + b'"}', "more than 200 characters"),
        (b'{"is":"hello","name":"a","checkpoint":"run:1"}', "without a version"),
        (b'{"is":"hello","name":"a","checkpoint":"run:1","version":1,"read_only":1}', "neither true nor false"),
        (b'{"is":"chat","text":"x"}' + b" " * LINE_BYTES, "more than 4096 bytes"),
    ],
)
def test_why_a_line_is_refused(line: bytes, reason: str) -> None:
    with pytest.raises(ProtocolError, match=reason):
        decode(line)


def test_names_and_texts_act_on_no_terminal() -> None:
    line = decode(b'{"is":"chat","from":"\\u001b[2J","text":"a\\nb\\u202e[red]\\ud800"}')
    assert line == Line("\\x1b[2J", Chatted("a\\x0ab\\u202e[red]\\ud800"))


def test_keys_of_later_versions_are_left_alone() -> None:
    assert decode(b'{"is":"bye","reason":"x","mood":{"good":1}}') == Line("", Bye("x"))


@pytest.mark.parametrize(("after", "waited"), [("NaN", 0), ("Infinity", 3), ("-5", 0), ("1e999", 3), ("[]", 0)])
def test_no_pause_of_a_recording_is_beyond_what_is_waited_for(tmp_path: Path, after: str, waited: int) -> None:
    path = tmp_path / "moves.jsonl"
    path.write_bytes(b'{"after":%s,' % after.encode() + encode(Line("ann", Hello("ann", "x")))[1:])
    assert [move.after for move in moves(path)] == [waited]

"""Lines of the protocol: what is said comes through, and what means nothing is told from it."""

from __future__ import annotations

import json

import pytest
from criu_tui.core.report.registry import SHOWN
from criu_tui.share.protocol import (
    LABEL_SIZE,
    LINE_BYTES,
    NAME_SIZE,
    TEXT_SIZE,
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
    ProtocolError,
    decode,
    encode,
    safe,
)
from hypothesis import given
from hypothesis import strategies as st

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
    st.builds(Filtered, st.sampled_from(list(SHOWN)), texts(TEXT_SIZE), texts(NAME_SIZE)),
    st.builds(Following, texts(NAME_SIZE)),
    st.builds(Pointed, PLACES),
    st.builds(Marked, PLACES, texts(LABEL_SIZE, 1), texts(TEXT_SIZE)),
    st.builds(Chatted, texts(TEXT_SIZE, 1)),
    st.builds(Bye, texts(TEXT_SIZE)),
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
        Filtered("findings", wide * TEXT_SIZE, wide * NAME_SIZE),
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
NAMES_OF_FIELDS = ("is", "from", "name", "checkpoint", "version", "pane", "task", "address", "text", "label", "note")


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
        if isinstance(value, str):
            assert len(value) <= TEXT_SIZE
            assert value == "" or value.isprintable()


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

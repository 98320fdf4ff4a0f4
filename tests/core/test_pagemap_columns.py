"""Decoding in columns gives what protobuf gives, to the bit, for any bytes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base.span import Span
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import framing, kinds
from criu_tui.core.images.schema import pagemap_pb2
from criu_tui.core.pages import reader
from criu_tui.core.pages.columns import InColumns, coverages, decode
from criu_tui.core.pages.pagemaps import COLUMNS_FROM, pagemap_of
from criu_tui.core.pages.reader import SMALL, Builder, OneByOne, decode_small, encode_pagemap, read_pagemap
from criu_tui.core.source.source import InMemory
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from criu_tui.core.pages.pagemap import Pagemap

REAL = sorted(DUMPS.glob("**/pagemap-*.img"))
HEAD = framing.encode(kinds.PAGEMAP, (pagemap_pb2.pagemap_head(pages_id=1),))


def read(data: bytes, builder: Builder) -> tuple[object, ...]:
    """All that a pagemap holds, and the error."""
    found, error = read_pagemap(InMemory("pagemap-1.img", data), builder)
    return *held(found), str(error)


def held(found: Pagemap) -> tuple[object, ...]:
    columns = (found.starts, found.ends, found.flags, found.present_before, found.parent_before, found.lazy_before)
    return *map(list, columns), found.pages_id, found.ordered, found.wide_counts


def both(data: bytes) -> tuple[object, ...]:
    """What both builders make of the bytes, which must not differ; nor may what one read makes of what is whole."""
    found = read(data, OneByOne())
    assert read(data, InColumns(len(data))) == found
    if len(data) <= SMALL:
        small = decode_small(data, "pagemap-1.img")
        assert (*(() if small is None else held(small)), str(None)) == (found if found[-1] == "None" else ("None",))
    return found


def varint(value: int, padding: int = 0) -> bytes:
    """A varint, longer than it need be by `padding` bytes."""
    octets = []
    while value > 0x7F:
        octets.append(value & 0x7F)
        value >>= 7
    octets += [value, *[0] * padding]
    return bytes(octet | 0x80 for octet in octets[:-1]) + bytes(octets[-1:])


def framed(payloads: Sequence[bytes]) -> bytes:
    return b"".join(struct.pack("<I", len(payload)) + payload for payload in payloads)


numbers = st.one_of(
    st.integers(0, 300),
    st.integers(0, 1 << 47).map(lambda n: n & ~0xFFF),
    st.sampled_from([(1 << bits) + add for bits in (7, 14, 28, 32, 40, 49, 56, 63) for add in (-1, 0)]),
    st.integers(0, (1 << 64) - 1),
)
field = st.builds(
    lambda tag, value, padding: bytes([tag]) + varint(value, padding),
    st.sampled_from((0x08, 0x10, 0x18, 0x20, 0x28, 0x30)),
    numbers,
    st.integers(0, 2),
)
as_written = st.builds(
    lambda start, count, flags, has_count: (
        b"\x08" + varint(start) + b"\x10" + varint(count) + flags + (b"\x28" + varint(count) if has_count else b"")
    ),
    st.integers(0, 1 << 35).map(lambda n: n * 4096),
    st.integers(0, 1 << 20),
    st.sampled_from((b"", b"\x18\x00", b"\x18\x01", *(bytes([0x20, n]) for n in range(8)))),
    st.booleans(),
)
payload = st.one_of(
    as_written,
    as_written,
    as_written,
    st.lists(field, max_size=6).map(b"".join),
    st.binary(max_size=20),
    # Sizes and tags inside an entry that look like another entry.
    as_written.map(lambda written: written + b"\x32\x05\x04\x00\x00\x00\x08"),
)


@pytest.mark.parametrize("path", REAL, ids=lambda path: str(path.relative_to(DUMPS)))
def test_real_images(path: Path) -> None:
    data = path.read_bytes()
    both(data)
    # CRIU's own writing needs no help from protobuf.
    head = data.index(HEAD[:8]) + 12 + data[8]
    batch = decode(data[head:])
    assert batch is None if head == len(data) else batch is not None and batch.length == len(data) - head


@given(st.lists(payload, max_size=12), st.binary(max_size=6))
@settings(max_examples=400)
def test_any_fields_in_any_order(payloads: list[bytes], tail: bytes) -> None:
    both(HEAD + framed(payloads) + tail)


@given(st.lists(as_written, min_size=1, max_size=12), st.data())
def test_damaged_bytes(payloads: list[bytes], data: st.DataObject) -> None:
    image = bytearray(HEAD + framed(payloads))
    for _ in range(data.draw(st.integers(1, 3))):
        image[data.draw(st.integers(0, len(image) - 1))] = data.draw(st.integers(0, 255))
    both(bytes(image[: data.draw(st.integers(0, len(image)))]))


@given(st.lists(payload, max_size=40), st.integers(8, 64))
def test_blocks_end_anywhere(payloads: list[bytes], block: int) -> None:
    image = HEAD + framed(payloads)
    whole = both(image)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "BLOCK", block)
        assert both(image) == whole


def test_sums_that_leave_64_bits() -> None:
    """What a batch cannot hold is left to the path that says where it fails."""
    largest = (1 << 52) - 1
    image = encode_pagemap(1, [(0, largest, 4)] * 4097)
    assert "entry 4097" in str(both(image)[-1])


def test_a_decoy_in_every_entry() -> None:
    """Unknown fields that look like whole entries neither add any nor hide the true ones."""
    true = b"\x08\x80\x20\x10\x01\x20\x04\x28\x01"
    decoy = framed([true])
    image = HEAD + framed([true, true + b"\x3a" + bytes([len(decoy)]) + decoy, true] * 50)
    assert len(both(image)[0]) == 150  # type: ignore[arg-type]


def test_a_large_image_is_decoded_in_columns(tmp_path: Path) -> None:
    count = COLUMNS_FROM // 12
    entries = [(n * 0x4000, 1 + n % 3, (4, 6, 1, 2)[n % 4]) for n in range(1, count)]
    whole = DUMPS / "trailing-reservation" / "dump"
    pid = next(iter(Dump(whole).pids))
    for image in whole.glob("*.img"):
        (tmp_path / image.name).write_bytes(image.read_bytes())
    (tmp_path / f"pagemap-{pid}.img").write_bytes(encode_pagemap(1, entries))
    found = pagemap_of(Dump(tmp_path), pid)
    assert isinstance(found.starts, memoryview)
    assert [(e.start, (e.end - e.start) // 4096, e.flags) for e in found] == entries
    assert found.total().present == sum(pages for _, pages, flags in entries if flags & 4)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 7)), max_size=8),
    st.lists(st.tuples(st.integers(0, 40 * 4096), st.integers(0, 40 * 4096)), max_size=8),
)
def test_coverage_of_many_spans(gaps: list[tuple[int, int, int]], spans: list[tuple[int, int]]) -> None:
    """Aligned or not, reversed or not, beside and across entries."""
    at, entries = 0, []
    for gap, count, flags in gaps:
        entries.append(((at + gap) * 4096, count, flags))
        at += gap + count
    image = encode_pagemap(1, entries)
    pagemap, _ = read_pagemap(InMemory("pagemap-1.img", image), InColumns(len(image)))
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    found = coverages(pagemap, starts, ends)
    assert list(found) == [pagemap.coverage(Span(*span)) for span in spans]
    expected = pagemap.coverages(starts, ends)
    assert (list(found), found.dumped, found.following) == (list(expected), expected.dumped, expected.following)

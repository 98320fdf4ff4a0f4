"""Framing of image files: what is damaged is named, what precedes it is kept."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base.limits import EMPTY_LIMIT
from criu_tui.core.images import kinds
from criu_tui.core.images.entries import examine
from criu_tui.core.images.framing import encode
from criu_tui.core.images.images import decode, read_entries
from criu_tui.core.images.schema import core_pb2, mm_pb2, pstree_pb2
from criu_tui.core.source.directory import Directory, open_regular
from criu_tui.core.source.error import ImageError
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

u32 = st.integers(0, 0xFFFFFFFF)
entries = st.builds(pstree_pb2.pstree_entry, pid=u32, ppid=u32, pgid=u32, sid=u32, threads=st.lists(u32, max_size=3))


@given(st.lists(entries, max_size=5))
def test_what_is_encoded_is_decoded(written: list[pstree_pb2.pstree_entry]) -> None:
    image = decode(encode(kinds.PSTREE, written), kinds.PSTREE, "pstree.img", pstree_pb2.pstree_entry)
    assert list(image.entries) == written
    assert image.error is None


@given(st.lists(entries, min_size=1, max_size=4), st.data())
def test_a_cut_image_keeps_its_whole_entries_and_names_the_byte(
    written: list[pstree_pb2.pstree_entry], data: st.DataObject
) -> None:
    whole = encode(kinds.PSTREE, written)
    cut = data.draw(st.integers(0, len(whole) - 1))
    # Byte offsets at which a whole number of entries ends.
    ends = [len(encode(kinds.PSTREE, written[:count])) for count in range(len(written) + 1)]
    image = decode(whole[:cut], kinds.PSTREE, "pstree.img", pstree_pb2.pstree_entry)
    assert len(image.entries) == sum(end <= cut for end in ends[1:])
    if cut in ends:
        assert image.error is None
    else:
        assert image.error is not None
        assert image.error.file == "pstree.img"
        assert image.error.offset is not None
        assert image.error.offset <= cut


@given(st.binary(max_size=64))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    for prefix in (b"", struct.pack("<2I", kinds.IMG_COMMON_MAGIC, kinds.PSTREE.magic)):
        decode(prefix + data, kinds.PSTREE, "pstree.img", pstree_pb2.pstree_entry)


def test_a_size_beyond_the_file_is_not_believed() -> None:
    data = struct.pack("<3I", kinds.IMG_COMMON_MAGIC, kinds.PSTREE.magic, 0xFFFFFFFF) + b"abc"
    error = decode(data, kinds.PSTREE, "pstree.img", pstree_pb2.pstree_entry).error
    assert str(error) == ("pstree.img: byte 8 (entry 0): entry of 4294967295 bytes, but only 3 are left in the file")


def test_another_kinds_magic_is_refused() -> None:
    data = (DUMPS / "prot-none-1g" / "dump" / "inventory.img").read_bytes()
    error = decode(data, kinds.PSTREE, "pstree.img", pstree_pb2.pstree_entry).error
    assert str(error) == "pstree.img: byte 0: magic 0x58313116 is not that of a pstree image"


def test_images_older_than_the_common_magic_are_read() -> None:
    data = encode(kinds.PSTREE, [pstree_pb2.pstree_entry(pid=1, ppid=0, pgid=1, sid=1)])
    image = decode(data[4:], kinds.PSTREE, "pstree.img", pstree_pb2.pstree_entry)
    assert [entry.pid for entry in image.entries] == [1]


def test_real_images_encode_to_the_same_bytes() -> None:
    for path in DUMPS.glob("*/dump/pstree.img"):
        data = path.read_bytes()
        image = decode(data, kinds.PSTREE, path.name, pstree_pb2.pstree_entry)
        assert encode(kinds.PSTREE, image.entries) == data


def test_what_is_not_a_regular_file_is_refused_without_blocking(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pstree.img")
    (tmp_path / "mm-1.img").mkdir()
    (tmp_path / "core-1.img").symlink_to("/dev/zero")
    for name in ("pstree.img", "mm-1.img", "core-1.img"):
        with pytest.raises(ImageError, match="not a regular file"):
            open_regular(tmp_path / name)
    with pytest.raises(ImageError, match="no such file"):
        open_regular(tmp_path / "absent.img")


@pytest.mark.parametrize("kind", [kinds.FS, kinds.MM])
def test_a_hole_is_not_walked_entry_by_entry(tmp_path: Path, kind: kinds.ImageKind) -> None:
    """A terabyte of zeros reads as 2**38 empty entries."""
    path = tmp_path / f"{'fs' if kind is kinds.FS else 'mm'}-1.img"
    path.write_bytes(encode(kind, []))
    os.truncate(path, 1 << 40)
    found = examine(Directory(tmp_path).file(path.name))
    assert found.entries == EMPTY_LIMIT
    assert "empty entries: the rest is not read" in str(found.error)


def test_one_entry_is_read_alike_whether_the_image_is_small_or_not(tmp_path: Path) -> None:
    """A small image is read at once; cut anywhere, or of another kind, it is told of as any other is."""
    image = DUMPS / "trailing-reservation" / "dump"
    names = (("core-*.img", kinds.CORE, core_pb2.core_entry), ("mm-*.img", kinds.MM, mm_pb2.mm_entry))
    for pattern, kind, message in names:
        whole = next(iter(image.glob(pattern))).read_bytes()
        twice = whole + whole[8:]
        cuts = [whole[:end] for end in range(0, len(whole), 7)]
        for data in (whole, twice, whole[4:], b"\0" * 40, whole[:8] + b"\4\0\0\0\xff\xff\xff\xff", *cuts):
            file = tmp_path / "image"
            file.write_bytes(data)
            for wanted in (kind, kinds.FS):
                found, told = (
                    read_entries(file, wanted, message, single=True),
                    decode(data, wanted, "image", message, single=True),
                )
                assert found[:1] + found[2:] == told[:1] + told[2:]
                assert str(found.error) == str(told.error)

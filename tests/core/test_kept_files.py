"""Mapped files whose bytes lie in the dump itself: read with their holes, and no more of them than is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.base.span import Span
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.mapped_file import GhostContents, SharedContents, TaskContents
from criu_tui.core.dump.vma import Prot
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode, framed
from criu_tui.core.images.schema import ghost_file_pb2, memfd_pb2
from criu_tui.core.pages.kept_files import kept_file
from criu_tui.core.pages.reader import encode_pagemap
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

CHUNKS = {100: b"early", 3 * PAGE - 2: b"over a page border"}
SIZE = 5 * PAGE
WHOLE = bytearray(SIZE)
for _at, _bytes in CHUNKS.items():
    WHOLE[_at : _at + len(_bytes)] = _bytes
GHOST = GhostContents(1)


def with_ghost(directory: Path, size: int) -> Dump:
    entry = ghost_file_pb2.ghost_file_entry(uid=0, gid=0, mode=0o100755, chunks=True, size=size)
    image = encode(kinds.GHOST_FILE, [entry])
    for at, data in CHUNKS.items():
        image += framed(ghost_file_pb2.ghost_chunk_entry(len=len(data), off=at).SerializeToString()) + data
    (directory / "ghost-file-1.img").write_bytes(image)
    return Dump(directory)


@given(st.integers(0, SIZE + 10), st.integers(0, SIZE + 10))
def test_a_deleted_file_has_zeros_where_it_had_holes(
    tmp_path_factory: pytest.TempPathFactory, offset: int, length: int
) -> None:
    with kept_file(with_ghost(tmp_path_factory.mktemp("ghost"), SIZE), GHOST) as file:
        assert file.size == SIZE
        assert file.read_at(offset, length) == bytes(WHOLE[offset : offset + length])


def test_a_size_beyond_all_bytes_fills_no_memory(tmp_path: Path) -> None:
    with kept_file(with_ghost(tmp_path, 1 << 60), GHOST) as file:
        assert file.read_at(1 << 50, 10) == bytes(10)
        with pytest.raises(OSError, match="fewer bytes"):
            file.read_at(0, 1 << 40)


def test_pages_of_a_memory_file_and_of_a_task_are_files(tmp_path: Path) -> None:
    start = 0x7000_0000
    task = demos.DemoTask(7, 0, "t", (demos.Mapping(start, 2 * PAGE, Prot.READ),))
    demos.write(demos.DemoDump("", (task,)), tmp_path)
    inode = memfd_pb2.memfd_inode_entry(name="m", uid=0, gid=0, size=2 * PAGE + 5, shmid=9, seals=0, inode_id=1)
    (tmp_path / "memfd.img").write_bytes(encode(kinds.MEMFD_INODE, [inode]))
    first, third = b"first".ljust(PAGE, b"."), b"third".ljust(PAGE, b".")
    (tmp_path / "pagemap-shmem-9.img").write_bytes(encode_pagemap(8, [(0, 1, 4), (2 * PAGE, 1, 4)]))
    (tmp_path / "pages-8.img").write_bytes(first + third)
    (tmp_path / "pagemap-7.img").write_bytes(encode_pagemap(1, [(start + PAGE, 1, 4)]))
    (tmp_path / "pages-1.img").write_bytes(first)
    dump = Dump(tmp_path)
    with kept_file(dump, SharedContents(9)) as file:
        # The file ends within its third page, and its second is a hole.
        assert file.read_at(PAGE - 1, 4 * PAGE) == b"." + bytes(PAGE) + b"third"
    with kept_file(dump, TaskContents(7, Span(start, start + 2 * PAGE))) as file:
        assert file.read_at(PAGE - 2, 7) == bytes(2) + b"first"
        assert file.read_at(PAGE + 1, 3) == b"irs"
    (tmp_path / "pages-8.img").write_bytes(first)
    with kept_file(Dump(tmp_path), SharedContents(9)) as file:
        assert file.read_at(0, 5) == b"first"
        with pytest.raises(OSError, match=r"pages-8\.img"):
            file.read_at(2 * PAGE, 1)

"""Compressed page blocks as inputs: a pagemap and its pages file, and lies in both.

An input is the length of the pagemap image in two bytes, the image, and the pages file.
"""

from __future__ import annotations

import tempfile
import tracemalloc
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from criu_tui.core import demos
from criu_tui.core.base.limits import BLOCK_LIMIT
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import Prot
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode
from criu_tui.core.pages.contents import UNPACKED_KEPT, PageBytes
from criu_tui.core.pages.entries import PageKind
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.source.error import ImageError

from tests.compressed import compress, read_image
from tests.fuzz import mutate
from tests.fuzz.hostile import inert
from tests.fuzz.views import BrokenPromiseError

if TYPE_CHECKING:
    from collections.abc import Iterator

PID = 7
BASE = 0x10000
PAGEMAP, PAGES = f"pagemap-{PID}.img", "pages-1.img"
MOST_READS = 64
"""Pages of an entry that are read: its first ones and its last."""
MOST = UNPACKED_KEPT + 3 * BLOCK_LIMIT
"""Bytes that reading may hold: blocks that are kept, and of one more its room, its pages and its stored bytes."""
_SIZES = (0, 1, PAGE - 1, PAGE, PAGE + 1, BLOCK_LIMIT, BLOCK_LIMIT + 1, 1 << 31, (1 << 32) - 1)


def pack(pagemap: bytes, pages: bytes) -> bytes:
    """An input of both files."""
    return len(pagemap).to_bytes(2, "little") + pagemap + pages


def parts(data: bytes) -> tuple[bytes, bytes]:
    """The pagemap image and the pages file of an input."""
    length = int.from_bytes(data[:2], "little")
    return data[2 : 2 + length], data[2 + length :]


def prepare(folder: Path) -> None:
    """A dump of one task with one VMA, whose pagemap and pages are still to be written."""
    mapping = demos.Mapping(BASE, 1 << 30, Prot.READ | Prot.WRITE)
    demos.write(demos.DemoDump("test", (demos.DemoTask(PID, 0, "t", (mapping,)),)), folder)


def seeds() -> Iterator[bytes]:
    """Dumps packed page by page, in small blocks, and in one that is as large as can be."""
    random = Random(0)
    noise = random.randbytes(PAGE // 2).ljust(PAGE, b"\0")
    pages = b"".join((bytes(PAGE), noise, random.randbytes(PAGE), b"words " * (PAGE // 6) + b"word")) * 3
    for per_block in (1, 2, 5, BLOCK_LIMIT // PAGE):
        with tempfile.TemporaryDirectory() as base:
            folder = Path(base)
            prepare(folder)
            entries = [(BASE, 5, 4), (BASE + 8 * PAGE, 7, 4)]
            (folder / PAGEMAP).write_bytes(encode_pagemap(1, entries))
            (folder / PAGES).write_bytes(pages)
            compress(folder, per_block)
            yield pack((folder / PAGEMAP).read_bytes(), (folder / PAGES).read_bytes())


def mutate_blocks(data: bytes, random: Random) -> bytes:
    """Sizes that lie, sums that do not fit, any damage to the pagemap, blocks that are cut or overwritten."""
    pagemap, pages = parts(data)
    for _ in range(random.choice((1, 1, 2, 3))):
        match random.randrange(6):
            case 0:
                pagemap = mutate.mutate_image(pagemap, random)
            case 1:
                pages = pages[: random.randrange(len(pages) + 1)]
            case 2 if pages:
                at = random.randrange(len(pages))
                noise = random.randbytes(random.choice((1, 2, 16)))
                pages = pages[:at] + noise + pages[at + len(noise) :]
            case _:
                pagemap = lie(pagemap, random)
    return pack(pagemap[: (1 << 16) - 1], pages)


def lie(pagemap: bytes, random: Random) -> bytes:
    """The pagemap with another size, sum or number of pages in the blocks of one entry, where it has any."""
    with tempfile.NamedTemporaryFile(dir="/dev/shm", suffix=PAGEMAP) as image:
        path = Path(image.name)
        path.write_bytes(pagemap)
        try:
            head, entries = read_image(path)
        except (ImageError, ValueError):
            return pagemap
        except Exception as error:
            # Protobuf's own, of an image that was no message before.
            if type(error).__name__ != "DecodeError":
                raise
            return pagemap
    blocks = [entry.blocks for entry in entries if entry.HasField("blocks") and entry.blocks.block_sizes]
    if not blocks:
        return pagemap
    chosen = random.choice(blocks)
    sizes = chosen.block_sizes
    at = random.randrange(len(sizes))
    match random.randrange(5):
        case 0:
            chosen.total_payload_size = random.choice((*_SIZES, (1 << 63) - 1))
        case 1:
            chosen.pages_per_block = random.choice((0, 1, 2, BLOCK_LIMIT // PAGE, BLOCK_LIMIT // PAGE + 1, 1 << 31))
        case 2 if len(sizes) > 1:
            # Two neighbours share their bytes differently, and the sum stays true.
            at = random.randrange(len(sizes) - 1)
            both = min(sizes[at] + sizes[at + 1], (1 << 32) - 1)
            sizes[at] = random.randrange(both + 1)
            sizes[at + 1] = both - sizes[at]
        case _:
            sizes[at] = random.choice((*_SIZES, sizes[at] // 2))
            if random.random() < 0.8:
                chosen.total_payload_size = sum(sizes)
    try:
        return encode(kinds.PAGEMAP, (head, *entries))
    except Exception as error:
        # An entry without a field that must be there.
        if type(error).__name__ != "EncodeError":
            raise
        return pagemap


def read_blocks(folder: Path, data: bytes) -> None:
    """Reads pages of every entry; each is PAGE bytes or an error that says where, and costs bounded memory."""
    pagemap, pages = parts(data)
    (folder / PAGEMAP).write_bytes(pagemap)
    (folder / PAGES).write_bytes(pages)
    tracemalloc.start()
    try:
        _read(Dump(folder))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    if peak > MOST + 64 * len(data):
        raise BrokenPromiseError(f"{peak} bytes held for an input of {len(data)}")


def _read(dump: Dump) -> None:
    found = pagemap_of(dump, PID)
    with PageBytes(dump) as contents:
        for entry in found:
            count = (entry.end - entry.start) // PAGE
            for number in {*range(min(count, MOST_READS)), *range(max(0, count - 2), count)}:
                try:
                    page = contents.read(PID, entry.start + number * PAGE)
                except ImageError as error:
                    if not error.reason or not inert(str(error)):
                        raise BrokenPromiseError(f"an error that says nothing: {error}") from error
                else:
                    if page is None and entry.kind is PageKind.PRESENT and found.ordered:
                        raise BrokenPromiseError("a dumped page without bytes or an error")
                    if page is not None and len(page) != PAGE:
                        raise BrokenPromiseError(f"a page of {len(page)} bytes")

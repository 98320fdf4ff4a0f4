"""An encoder of compressed pages, as CRIU 4.3 writes them (images/pagemap.proto): page by page, or in blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lz4.block
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode, frame, payload_start
from criu_tui.core.images.images import decode
from criu_tui.core.images.schema import inventory_pb2, pagemap_pb2
from criu_tui.core.pages.entries import PageFlag, PageKind, page_kind
from criu_tui.core.pages.reader import entry_flags, entry_pages

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

PAGE = 4096
RAW_FROM = 7
"""Eighths of its pages from which on a block is stored raw."""


def compress(directory: Path, pages_per_block: int, chance: Random | None = None) -> None:
    """Compresses all pages of a dump in place; with `chance`, some entries stay plain and some are aligned."""
    for image in sorted(directory.glob("pagemap-*.img")):
        head, entries = read_image(image)
        path = directory / f"pages-{head.pages_id}.img"
        if path.exists():
            stored = _stored(entries, path.read_bytes(), pages_per_block, chance)
            path.write_bytes(stored)
        image.write_bytes(encode(kinds.PAGEMAP, (head, *entries)))
    path = directory / "inventory.img"
    (entry,) = decode(path.read_bytes(), kinds.INVENTORY, path.name, inventory_pb2.inventory_entry).entries
    entry.img_version, entry.compress, entry.compress_block_size = 3, 1, pages_per_block * PAGE
    path.write_bytes(encode(kinds.INVENTORY, (entry,)))


def read_image(image: Path) -> tuple[pagemap_pb2.pagemap_head, list[pagemap_pb2.pagemap_entry]]:
    data = image.read_bytes()
    at = payload_start(data, kinds.PAGEMAP, image.name)
    payload, at = frame(data, at, image.name, 0)
    head = pagemap_pb2.pagemap_head.FromString(payload)
    entries: list[pagemap_pb2.pagemap_entry] = []
    while at < len(data):
        payload, at = frame(data, at, image.name, len(entries) + 1)
        entries.append(pagemap_pb2.pagemap_entry.FromString(payload))
    return head, entries


def _stored(
    entries: list[pagemap_pb2.pagemap_entry], pages: bytes, pages_per_block: int, chance: Random | None
) -> bytes:
    """The new pages file; the entries are told of their blocks."""
    made, at = b"", 0
    for entry in entries:
        if page_kind(entry_flags(entry)) is not PageKind.PRESENT:
            continue
        length = entry_pages(entry) * PAGE
        data, at = pages[at : at + length], at + length
        plain = chance is not None and chance.random() < 0.2
        if chance is not None and chance.random() < 0.2:
            entry.flags = entry_flags(entry) | PageFlag.PAYLOAD_ALIGNED
            made += bytes(-len(made) % PAGE)
        if plain:
            made += data
            continue
        per_block = pages_per_block if chance is None else chance.choice((1, 2, 3, pages_per_block))
        blocks = [_block(data[start : start + per_block * PAGE]) for start in range(0, length, per_block * PAGE)]
        entry.blocks.block_sizes.extend(map(len, blocks))
        entry.blocks.total_payload_size = sum(map(len, blocks))
        entry.blocks.pages_per_block = per_block
        made += b"".join(blocks)
    return made


def _block(data: bytes) -> bytes:
    if not any(data):
        return b""
    packed: bytes = lz4.block.compress(data, store_size=False)
    return packed if len(packed) * 8 < len(data) * RAW_FROM else data

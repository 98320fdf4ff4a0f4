"""Bytes of a live process, dumped by real CRIU and read back: from private, shared and file memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.drawings.hexdump import HexDump
from criu_tui.core.dump.dump import Dump
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.pattern import PatternForm, pattern
from criu_tui.core.pages.search import Hit, Unread, search

if TYPE_CHECKING:
    from pathlib import Path

    from tests.real.criu import Criu

PAGE = 4096
PRIVATE, SHARED, MEMORY_FILE = 0x200000000000, 0x210000000000, 0x220000000000
WRITTEN = {
    **{PRIVATE + i * 97 * PAGE + i * 8: i for i in range(43)},
    PRIVATE + 501 * PAGE - 5: 10001,
    SHARED + 3 * PAGE + 100: 20001,
    MEMORY_FILE + 5 * PAGE - 7: 30001,
}
"""What tests/programs/patterns.c writes: numbers by address."""


def read_back(images: Path, pid: int) -> None:
    dump = Dump(images)
    with PageBytes(dump) as contents:
        view = HexDump(dump, pid, contents)
        for where, number in WRITTEN.items():
            text = f"pat-tern:{number:05d}".encode()
            found = view.bytes_at(where)[: len(text)]
            found += view.bytes_at(where + len(found))[: len(text) - len(found)]
            assert found == text
    for form, source in ((PatternForm.TEXT, "pat-tern:"), (PatternForm.EXPRESSION, r"pat-tern:\d{5}")):
        items = list(search(dump, pattern(form, source)))
        assert not [item for item in items if isinstance(item, Unread)]
        assert [item.address for item in items if isinstance(item, Hit)] == sorted(WRITTEN)
    assert dump.problems == ()


def test_every_pattern_reads_back_and_is_found(criu: Criu, programs: Path) -> None:
    with criu.running(programs / "patterns", criu.base / "ready", processes=1) as pid:
        images = criu.dump(pid)
    read_back(images, pid)

"""The in-place rules on arbitrary address spaces, against the comparison done entry by entry."""

from __future__ import annotations

import tempfile
from pathlib import Path

from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import Prot
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.restore.plan import plan
from criu_tui.core.restore.releases import criu
from hypothesis import given, settings
from hypothesis import strategies as st

PAGE = 4096
PROTS = (Prot.NONE, Prot.READ, Prot.READ | Prot.WRITE)


@st.composite
def spaces(draw: st.DrawFn) -> list[tuple[int, int, Prot]]:
    """(start page, end page, protection), sorted and apart; touching ones are common."""
    at, found = 16, []
    for _ in range(draw(st.integers(1, 8))):
        at += draw(st.integers(0, 2))
        length = draw(st.integers(1, 4))
        found.append((at, at + length, draw(st.sampled_from(PROTS))))
        at += length
    return found


# Entries in any order, overlapping, empty or outside of every VMA: an image may hold anything.
entries = st.lists(st.tuples(st.integers(10, 60), st.integers(0, 4)), max_size=8)


def walked(space: list[tuple[int, int, Prot]], pages: list[tuple[int, int]], rule: str) -> list[int]:
    """Protections asked for, by the cursor that moves one entry at a time."""
    cursor, asked = 0, []
    for start, end, prot in space:
        marked = False
        while cursor < len(pages) and pages[cursor][0] + pages[cursor][1] <= start:
            if cursor + 1 == len(pages):
                break
            cursor += 1
        else:
            if cursor < len(pages):
                first = pages[cursor][0]
                marked = {"3.19": first > end, "4.2.1": first >= end, "3.1": False}[rule]
        asked.append(int(prot if marked else prot | Prot.WRITE))
    return asked


@settings(deadline=None)
@given(spaces(), entries | entries.map(sorted), st.sampled_from(("3.1", "3.19", "4.2.1", "needed")))
def test_the_plan_is_the_walk(space: list[tuple[int, int, Prot]], pages: list[tuple[int, int]], version: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        mappings = tuple(demos.Mapping(start * PAGE, (end - start) * PAGE, prot) for start, end, prot in space)
        demos.write(demos.DemoDump("test", (demos.DemoTask(7, 0, "t", mappings),)), Path(directory))
        image = encode_pagemap(1, [(start * PAGE, count, 4) for start, count in pages])
        Path(directory, "pagemap-7.img").write_bytes(image)
        asked = [int(step.requested_prot) for step in plan(Dump(Path(directory)), criu(version)).by_pid[7].steps]
    if version == "needed":
        held = {page for start, count in pages for page in range(start, start + count)}
        assert asked == [
            int(prot | Prot.WRITE if held & set(range(start, end)) else prot) for start, end, prot in space
        ]
    else:
        assert asked == walked(space, pages, version)

"""The screen as a picture: SVG for the README, an export, an issue."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from tests.app.support import opened, screen

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host

NO_BREAK = "\N{NO-BREAK SPACE}"
WIDTH = 12.2
"""Of a character: Rich's 20 units of height times 0.61."""


async def test_each_text_begins_at_its_first_character(recorded_host: Host) -> None:
    """Viewers that drop blanks before a text (librsvg) would move it to the left."""
    async with opened("prot-none-400g", recorded_host, size=(100, 30), version="3.19", pane="plan") as (app, _):
        lines = screen(app).splitlines()
        svg = app.export_screenshot()
    elements = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    texts = [each for each in elements if "clip-path" in each.attrib]
    rows = sorted({float(each.attrib["y"]) for each in texts})
    assert len(rows) == len(lines)
    for each in texts:
        text = (each.text or "").rstrip("\n").replace(NO_BREAK, " ")
        if not text.strip():
            continue
        line = lines[rows.index(float(each.attrib["y"]))].replace(NO_BREAK, " ")
        at = round(float(each.attrib["x"]) / WIDTH)
        assert text[0] != " "
        assert line[at : at + len(text)] == text
        assert round(float(each.attrib["textLength"]) / WIDTH) == len(text)

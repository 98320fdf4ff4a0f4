"""Writes the pages of tui/docs that the program itself knows: `python -m tests.documents`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.commands import Command

DOCS = Path(__file__).parent.parent / "tui" / "docs"
PARTS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    ("Everywhere", commands.MAIN + commands.PANES),
    ("In every pane", commands.PANE),
    ("In tables", commands.TABLE),
    ("Overview", commands.OVERVIEW),
    ("Coverage", commands.COVERAGE),
    ("Heat map", commands.HEAT),
    ("Ids", commands.IDS),
    ("Log", commands.LOG),
    ("Findings", commands.FINDINGS),
    ("Bytes", commands.BYTES + commands.HEX),
    ("Task", commands.TASK),
    ("Files", commands.FILES),
    ("Diff", commands.DIFF),
    ("Images", commands.IMAGES),
    ("Memory", commands.MEMORY),
    ("In a session of several people", commands.SESSION),
    ("In panes over rows that a host sends", commands.REMOTE),
    ("Start screen", commands.OPEN),
    ("While an archive is read", commands.OPENING),
    ("Any time", commands.TERMINAL),
)
"""Every command, where it is within reach."""


def keys_page() -> str:
    """All keys, with the sentence that the palette says of each."""
    return "\n".join(_keys_lines())


def _keys_lines() -> Iterator[str]:
    yield "# Keys"
    yield ""
    yield "Written by `python -m tests.documents` from what the program binds. A pane may take a key of the wider"
    yield "places for a command of its own. `?` says the same of the pane in front, `:` finds commands by their words."
    for title, scope in PARTS:
        yield ""
        yield f"## {title}"
        yield ""
        yield "| Key | Command | |"
        yield "|---|---|---|"
        for command in scope:
            keys = " ".join(f"`{key}`" for key in command.shown.split()) or f"`:{command.label}`"
            yield f"| {keys} | {command.label} | {command.help.replace('|', '')} |"
    yield ""


if __name__ == "__main__":
    (DOCS / "keys.md").write_text(keys_page(), encoding="utf-8")

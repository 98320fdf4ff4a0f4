"""What there is to open, on standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui import terminal
from criu_tui.command_line.choosing import engines_places, places
from criu_tui.command_line.output import encodable, write_json
from criu_tui.core.base.ascii import to_ascii
from criu_tui.core.base.progress import Progress
from criu_tui.core.report import listing

if TYPE_CHECKING:
    from criu_tui.command_line.options import Options


def print_list(options: Options) -> None:
    """Writes the checkpoints below a place, or where engines keep them. Raises OutputError and UsageError."""
    progress = Progress()
    found = engines_places(progress) if options.dump is None else places(options.dump, progress)
    rows = list(listing.listed(found, progress))
    with terminal.output():
        if options.format == "json":
            write_json(listing.json(rows))
        else:
            for line in encodable(listing.text(rows)):
                print(to_ascii(line) if options.ascii else line)

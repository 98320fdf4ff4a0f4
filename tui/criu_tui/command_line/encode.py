"""`criu-tui encode FILE.json`: images from their JSON, as crit encode makes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui import terminal
from criu_tui.command_line.options import UsageError
from criu_tui.command_line.parsing import OneLineParser
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted
from criu_tui.core.report.encode import encode_file
from criu_tui.core.report.export import ExportError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def parser() -> argparse.ArgumentParser:
    """The options of this command."""
    made = OneLineParser(
        prog="criu-tui encode",
        description="Write images from their JSON: that of crit decode, or of criu-tui --print image --format json, "
        "edited or not. They go into a new directory, never into a dump.",
        allow_abbrev=False,
    )
    made.add_argument("file", metavar="FILE.json", help="an image as crit decodes it, or what --print image wrote")
    made.add_argument("--to", metavar="DIRECTORY", help="where to write, not there yet (default: FILE.images)")
    return made


def run(arguments: Sequence[str]) -> None:
    """Encodes a file and says what was written. Raises UsageError, and OutputError where standard output is closed."""
    asked = parser().parse_args(arguments)
    try:
        made = encode_file(Path(asked.file), asked.to)
    except ExportError as error:
        raise UsageError(str(error)) from None
    with terminal.output():
        print(f"{display_safe(str(made.directory))}: {counted(len(made.images), 'image')} written")
        for name in made.left_out:
            print(f"left out: {name} holds no entries")

"""What a build adds: the schema's modules, a man page, and completions for bash, zsh and fish."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import shtab
from argparse_manpage.manpage import Manpage
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    import argparse

NAME = "criu-tui"
COMPLETIONS = {
    "bash": f"share/bash-completion/completions/{NAME}",
    "zsh": f"share/zsh/site-functions/_{NAME}",
    "fish": f"share/fish/vendor_completions.d/{NAME}.fish",
}
MAN_PAGE = f"share/man/man1/{NAME}.1"
PATHS = frozenset({"DUMP", "CHECKPOINT", "OTHER", "FILE", "DIR"})
"""Words that stand for a path in the help; a shell completes these from the file system."""


class Build(BuildHookInterface):  # type: ignore[type-arg]
    """Runs for wheels and for editable installs alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        runpy.run_path(str(root / "proto" / "generate.py"))["generate"](root)
        if self.target_name != "wheel":
            return
        self.made = TemporaryDirectory()
        for number, (place, text) in enumerate(shared(root, self.metadata.version).items()):
            file = Path(self.made.name) / str(number)
            file.write_text(text, encoding="utf-8")
            build_data["shared_data"][str(file)] = place

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self.target_name == "wheel":
            self.made.cleanup()


def shared(root: Path, version: str) -> dict[str, str]:
    """The text of each file that an installation puts below its prefix, by path."""
    parser = described(root)
    files = {path: shtab.complete(parser, shell) for shell, path in COMPLETIONS.items()}
    files[MAN_PAGE] = man_page(parser, version, root / "tui" / "docs" / "man-sections.txt")
    return files


def described(root: Path) -> argparse.ArgumentParser:
    """The program's own parser, told which of its arguments are paths.

    The module that makes it imports the standard library alone, so the program's dependencies need not be here.
    """
    sys.path.insert(0, str(root / "tui"))
    from criu_tui.command_line.parsing import parser

    made = parser()
    for action in made._actions:  # noqa: SLF001  argparse has no public list of them
        if action.metavar in PATHS:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    return made


def man_page(parser: argparse.ArgumentParser, version: str, sections: Path) -> str:
    """The manual page, in roff; its date is SOURCE_DATE_EPOCH's, or else today."""
    page = Manpage(parser)
    page.source = f"{NAME} {version}"
    page.manual = "User Commands"
    page.description = "explore a CRIU checkpoint in the terminal"
    page.parse_include(str(sections))
    return str(page)

"""A built-in dump, written for this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core import demos
from criu_tui.core.source.directory import Directory

if TYPE_CHECKING:
    from criu_tui.command_line.scratch import Scratch


def built(name: str, scratch: Scratch) -> Directory:
    """The images of the demo of a name."""
    made = scratch.directory("criu-tui-demo-")
    demos.write(demos.demo(name), made)
    return Directory(made)

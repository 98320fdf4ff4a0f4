"""The class of each pane of the registry; its module loads when the pane is made."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from criu_tui.core.report.registry import SHOWN

if TYPE_CHECKING:
    from criu_tui.panes.pane import Pane


def pane_of(name: str, *, elsewhere: bool = False) -> type[Pane]:
    """The class of a pane by its id: MapsPane of panes/maps.py for "maps"; of rows that others send, one for all."""
    if elsewhere and name in SHOWN:
        name = "remote"
    return cast("type[Pane]", getattr(import_module(f"criu_tui.panes.{name}"), f"{name.capitalize()}Pane"))

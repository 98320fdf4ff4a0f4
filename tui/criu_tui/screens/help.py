"""The help: every command with its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from criu_tui.commands import APP, IDS, LOG, TABLE

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class HelpScreen(ModalScreen[None]):
    """Closes on escape, q and ?."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: 76; max-width: 100%; height: auto; max-height: 100%;
        border: round $primary; padding: 0 1; background: $surface;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "close", key_display="esc")
    ]

    def compose(self) -> ComposeResult:
        lines = [Content.styled("Keys", "bold")]
        for commands in (APP, TABLE, IDS, LOG):
            lines += [Content(f"{command.shown:<10} {command.help}") for command in commands]
            lines.append(Content(""))
        lines.append(Content("Legend: rw-→rwx is protection in the dump → asked of the kernel."))
        lines.append(Content("FAILS: the kernel refuses it. waste: writable without a page to read."))
        with VerticalScroll():
            yield Static(Content("\n").join(lines))

"""What any app of ours does for the terminal it runs on: few colours or none, ASCII alone, no animation."""

from __future__ import annotations

import os
import re
import time
from asyncio import get_running_loop
from collections import deque
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.text import Text
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding
from textual.events import AppBlur, AppFocus, InputEvent, Key, MouseMove, Paste
from textual.filter import LineFilter
from textual.reactive import Reactive
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.worker import WorkerFailed

from criu_tui import bugs
from criu_tui.commands import TERMINAL
from criu_tui.core.base.ascii import to_ascii
from criu_tui.remembered import Kept
from criu_tui.widgets import looks
from criu_tui.widgets.bindings import bindings
from criu_tui.widgets.driver import TerminalDriver
from criu_tui.widgets.in_turn import InTurn
from criu_tui.widgets.painting import Differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from textual import events
    from textual.binding import BindingType
    from textual.color import Color
    from textual.dom import DOMNode
    from textual.message import Message
    from textual.screen import Screen
    from textual.theme import Theme
    from textual.widget import Widget

    from criu_tui.commands import Command

T = TypeVar("T")

MOST_SURVIVED = 20
"""So many things that go wrong within SURVIVED_WITHIN seconds end the app."""
SURVIVED_WITHIN = 5.0
_OUTSIDE = r',\s*url\("https?:[^"]*"\) format\("[^"]*"\)|<!--[^>]*-->\n?'
"""What Rich's SVG says of a web site with fonts, and of its own."""
_BEGINS_BLANK = r'(<text[^>]* x=")([\d.]+)("[^>]* textLength=")([\d.]+)("[^>]*>)((?:&#160;)++)(?!<)'
"""A text of Rich's SVG that begins with blanks."""
COLUMN = 12.2
"""Units of Rich's SVG that a character is wide."""
AGAIN = 3.0
"""Seconds within which a second Ctrl-C quits."""

IN_TURN = (InputEvent, Paste, AppFocus, AppBlur)
"""What the user does; a line to type on is left when the terminal loses the focus."""
AT_ONCE = frozenset({"ctrl+c", "ctrl+z"})
"""Keys that wait for no other: out of here, whatever goes on."""

_FEW_COLOURS = ("ansi-dark", "ansi-light")
"""Themes of the terminal's own colours."""


class WholeCells(ScrollBarRender):
    """Scroll bars without signs for parts of a cell, which stand for shares of pages elsewhere."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8


class AsciiFilter(LineFilter):
    """The last word on what is written: no character beyond ASCII, wherever it comes from."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.text.isascii()
            else Segment(to_ascii(segment.text, cell_len), segment.style, segment.control)
            for segment in segments
        ]


class TerminalApp(App[T], inherit_css=False):
    """An app that asks the terminal for no more than it has.

    NO_COLOR and terminals of at most 16 colours get the terminal's own colours, and reverse for the selection.
    """

    # Of Textual's own CSS for apps only what is in use here: parsing the rest is a hundredth of the first paint.
    DEFAULT_CSS = """
    TerminalApp {
        background: $background; color: $foreground;
        &:ansi { background: ansi_default; color: ansi_default; }
    }
    """
    ENABLE_COMMAND_PALETTE = False
    # Nothing is done with a text that is marked by the mouse, which terminals do themselves while shift is held; and
    # Textual 8.2 fails where what is pressed on has just been taken from the screen.
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(TERMINAL),
        # What terminals and shells have always had for it: not worth a line of the help, which has to fit.
        Binding("ctrl+l", "redraw", show=False, priority=True),
    ]
    commands: tuple[Command, ...] = TERMINAL
    theme: Reactive[str] = Reactive(looks.DARK.name)
    ascii_because: str | None = None
    """Why ASCII alone is drawn though nobody asked for it; said once."""

    _interrupted: float | None = None
    """When Ctrl-C was pressed last, in seconds of the monotonic clock."""

    def __init__(self, *, ascii_only: bool = False, kept: Kept | None = None) -> None:
        few = few_colours()
        super().__init__(driver_class=TerminalDriver, ansi_color=True if few or os.environ.get("NO_COLOR") else None)
        self.animation_level = "none"
        ScrollBar.renderer = WholeCells
        self.in_turn = InTurn(self, super().on_event)
        """What the user does, where it waits for what came before."""
        self._survived: deque[float] = deque(maxlen=MOST_SURVIVED)
        """When something went wrong last, in seconds of the monotonic clock."""
        self._ascii = AsciiFilter(enabled=ascii_only)
        self.kept = kept or Kept()
        """What has been made of the screen, now and before."""
        self._few = few
        for theme in looks.THEMES:
            self.register_theme(theme)
        settings = self.kept.settings
        chosen = settings.few_colours_theme if few else settings.theme
        if chosen not in self.possible_themes:
            chosen = "ansi-dark" if few else looks.DARK.name
        if chosen != self.theme:
            self.theme = chosen

    def end(self, status: int) -> bool:
        """Asks for the end in order because of a signal; False: it does not run yet, or no more."""
        try:
            get_running_loop().call_soon_threadsafe(lambda: self.exit(return_code=status))
        except RuntimeError:
            return False
        return True

    def on_mount(self) -> None:
        if self.ascii_because is not None:
            said = f"drawn with ASCII alone: {self.ascii_because}; --no-ascii draws all signs"
            self.notify(said, timeout=8, markup=False)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *([self._ascii] if self._ascii.enabled else [])]

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Draws only what differs from what stands on the terminal."""
        update: object = renderable
        if isinstance(update, (LayoutUpdate, ChopsUpdate)) and isinstance(self._driver, TerminalDriver):
            update = Differences(self._driver.painted, update)
        super()._display(screen, update)  # type: ignore[arg-type]

    def action_redraw(self) -> None:
        """Draws all of the screen, as when another program has written on the terminal."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.redraw()

    workers_are_apart: ClassVar[bool] = False
    """Whether the app goes on without what a thread was to build, also before all of the screen is there."""

    @property
    def goes_on(self) -> bool:
        """Whether there is a whole screen, which goes on when something goes wrong."""
        return False

    # What goes wrong in a handler ends what it was about, not the app.

    def _register_child(self, parent: DOMNode, child: Widget, before: int | None, after: int | None) -> None:
        self._guard(child)
        super()._register_child(parent, child, before, after)

    def _start_widget(self, parent: Widget, widget: Widget) -> None:
        self._guard(widget)
        super()._start_widget(parent, widget)

    def _guard(self, widget: Widget) -> None:
        """Keeps a widget taking messages after one that it could not handle: Textual would leave it deaf."""
        dispatch = widget._dispatch_message

        async def guarded(message: Message) -> None:
            try:
                await dispatch(message)
            except Exception as error:
                if not self.survives(error):
                    raise

        widget._dispatch_message = guarded  # type: ignore[method-assign]

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            if not self.survives(error):
                raise

    @property
    def _leaves(self) -> bool:
        """Whether nothing can be mounted any more, or half of the widgets are gone: what fails then is no bug."""
        return self._exit or not self.is_running

    def survives(self, error: Exception) -> bool:
        """Says in one line what went wrong; False when the app cannot go on, or nobody is there to read it."""
        apart = self.workers_are_apart and isinstance(error, WorkerFailed)
        if not (self.goes_on or apart) or self.is_headless or self._leaves or bugs.traceback_wanted():
            return False
        now = time.monotonic()
        self._survived.append(now)
        if len(self._survived) == MOST_SURVIVED and now - self._survived[0] < SURVIVED_WITHIN:
            # It goes wrong again and again, as when a screen cannot be drawn.
            return False
        self.notify(bugs.survived(error), severity="error", timeout=10, markup=False)
        return True

    def _handle_exception(self, error: Exception) -> None:
        if self._leaves:
            self._close_messages_no_wait()
        elif not self.survives(error):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Ends the app with one line instead of a traceback, which would show a dump's bytes as variables."""
        if self._exception is None or bugs.traceback_wanted():
            super()._fatal_error()
        else:
            self.panic(Text(f"criu-tui: {bugs.line(self._exception)}"))

    def action_interrupt(self) -> None:
        """Quits when asked a second time: a habit of the fingers ends nothing."""
        now = time.monotonic()
        if self._interrupted is not None and now - self._interrupted < AGAIN:
            self.exit()
            return
        self._interrupted = now
        self.notify("Ctrl-C once more quits", timeout=AGAIN, markup=False)

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """The screen as SVG that refers to nothing outside itself, fonts included."""
        svg = re.sub(_OUTSIDE, "", super().export_screenshot(title=title, simplify=simplify))
        return re.sub(_BEGINS_BLANK, _behind_blanks, svg)

    def get_theme(self, theme_name: str) -> Theme | None:
        """As any app; ours are known from the start, so that the first screen is styled once."""
        return looks.DARK if theme_name == looks.DARK.name else super().get_theme(theme_name)

    def get_css_variables(self) -> dict[str, str]:
        """As any app; colours of other people's themes are mended where ours could not be read in them."""
        variables, theme = super().get_css_variables(), self.current_theme
        if theme in looks.THEMES:
            return variables
        self.theme_variables = (
            looks.of_few_colours(variables) if theme.ansi else looks.mended(variables, dark=theme.dark)
        )
        return self.theme_variables

    @property
    def possible_themes(self) -> list[str]:
        """Names of the themes that this terminal can show, ours first; of few colours its own."""
        if self._few:
            return list(_FEW_COLOURS)
        ours = [theme.name for theme in looks.THEMES]
        return [*ours, *(name for name in self.available_themes if name not in (*ours, *_FEW_COLOURS))]

    def action_theme(self) -> None:
        """The dark theme's light twin, or the other way round; ours for one that has none."""
        words = ("dark", "light") if self.current_theme.dark else ("light", "dark")
        twin = self.theme.replace(*words)
        ours = (looks.LIGHT if self.current_theme.dark else looks.DARK).name
        self.choose_theme(twin if twin != self.theme and twin in self.available_themes else ours)

    def choose_theme(self, name: str) -> None:
        """Takes a theme, now and the next time."""
        self.theme = name
        which = "few_colours_theme" if self._few else "theme"
        setattr(self.kept.settings, which, name)
        self.remember(which)

    def remember(self, *names: str) -> None:
        """Keeps settings of these names for the next time; says once why that cannot be."""
        said = self.kept.keep(*names)
        if said:
            self.notify(said, severity="warning", markup=False)

    async def on_event(self, event: events.Event) -> None:
        """As any app, but what the user does is carried out in its order, and no key overtakes another."""
        if isinstance(event, IN_TURN) and not event.is_forwarded and not _at_once(event):
            for each in _apart(event):
                await self.in_turn.take(each)
        else:
            await super().on_event(event)

    def carry_out_next(self, key: Key) -> None:
        """Has a key carried out that another screen had been sent, before those that came behind it."""
        self.in_turn.take_first(Key(key.key, key.character))


def _behind_blanks(text: re.Match[str]) -> str:
    """A text that begins where its first character stands: librsvg drops blanks before it, and moves it to the left."""
    head, x, middle, length, end, blanks = text.groups()
    width = COLUMN * blanks.count("&")
    return f"{head}{float(x) + width:g}{middle}{float(length) - width:g}{end}"


def _at_once(event: events.Event) -> bool:
    """Whether it waits for no other; a mouse that holds something moves it after it has taken hold."""
    if isinstance(event, MouseMove):
        return not event.button
    return isinstance(event, Key) and event.key in AT_ONCE


def _apart(event: events.Event) -> Sequence[events.Event]:
    """Escape with a key close behind it, which over a slow connection arrive as one, are these two keys."""
    if isinstance(event, Key) and event.key.startswith("alt+") and event.is_printable:
        return Key("escape", None), Key(event.key.removeprefix("alt+"), event.character)
    return (event,)


def few_colours() -> bool:
    """Whether the terminal has 16 colours or fewer."""
    return Console(force_terminal=True).color_system in (None, "standard", "windows")

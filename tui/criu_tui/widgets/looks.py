"""Colours of tones, tints and the cursor, once: as styles of text, and for widgets that draw lines themselves.

Our own themes are made for long reading: every colour of text stands out from each ground that text has by 4.5 to 1 or
more (WCAG 2, success criterion 1.4.3), and they differ from each other also for those who tell red from green, or blue
from yellow, badly: by lightness where not by hue. tests/test_themes.py works both out.

Styles are worked out from the theme: component classes would be styled by CSS again with every widget, twice before the
first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual.color import Color
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.theme import Theme
from textual.widget import Widget

from criu_tui.core.tables.table import Tint, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style

DARK = Theme(
    "criu-tui-dark",
    dark=True,
    primary="#63a2f6",
    secondary="#58d9a0",
    accent="#63a2f6",
    warning="#e2b32b",
    error="#fb8259",
    success="#58d9a0",
    foreground="#d6dbe1",
    background="#14181d",
    surface="#1b2027",
    panel="#2b333c",
    variables={
        "primary-background": "#22344a",
        "surface-lighten-2": "#2d3640",
        "block-cursor-background": "#2a5c9c",
        "block-cursor-foreground": "#ffffff",
        "text-muted": "#98a2ad",
        "text-disabled": "#98a2ad",
        "text-primary": "#63a2f6",
        "text-success": "#58d9a0",
        "text-warning": "#e2b32b",
        "text-error": "#fb8259",
        "text-accent": "#e0b4f1",
    },
)
LIGHT = Theme(
    "criu-tui-light",
    dark=False,
    primary="#0742ea",
    secondary="#116b3e",
    accent="#0742ea",
    warning="#8d5204",
    error="#6f0903",
    success="#116b3e",
    foreground="#1d2227",
    background="#faf8f4",
    surface="#f3f0ea",
    panel="#e3ded4",
    variables={
        "primary-background": "#d5dff0",
        "surface-lighten-2": "#e0dbd0",
        "block-cursor-background": "#1d55c8",
        "block-cursor-foreground": "#ffffff",
        "text-muted": "#58606a",
        "text-disabled": "#58606a",
        "text-primary": "#0742ea",
        "text-success": "#116b3e",
        "text-warning": "#8d5204",
        "text-error": "#6f0903",
        "text-accent": "#6d1683",
    },
)
THEMES = (DARK, LIGHT)

ELLIPSIS = "…"
STYLES = {
    Tone.PLAIN: "",
    Tone.DIM: "dim",
    Tone.NOTE: "$text-primary",
    Tone.WARNING: "$text-warning",
    Tone.ERROR: "bold $text-error",
}
"""The style of each tone, in text."""
_MUTED_TEXT = "$text-muted"
TINTS = {
    Tint.PLAIN: "",
    Tint.ANONYMOUS: "$text-success",
    Tint.FILE: "$text-primary",
    Tint.SHARED: "$text-accent",
    Tint.STACK: "$text-warning",
    Tint.KERNEL: _MUTED_TEXT,
    Tint.GUARD: _MUTED_TEXT,
    Tint.PRESENT: "$text-success",
    Tint.PARENT: "$text-primary",
    Tint.LAZY: "$text-warning",
    Tint.ABSENT: _MUTED_TEXT,
    Tint.NO_ACCESS: _MUTED_TEXT,
    Tint.CODE: "$text-accent",
    Tint.WRITABLE_CODE: "bold $text-warning",
}


class Drawing(Widget):
    """A widget that draws its lines itself and keeps the styles for that until something changes them.

    As a mixin it comes second among the bases: Textual takes CSS only from the first.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._styles_made: dict[str, Style] = {}

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_made.clear()

    @property
    def own_style(self) -> Style:
        """The style of plain text."""
        return self.styled("")

    def styled(self, style: str) -> Style:
        """A style of text, such as "bold $text-error", on this widget's own."""
        return self._made(style, lambda: self.app.stylesheet.parse_style(style))

    def tone_style(self, tone: Tone) -> Style:
        """The style of a tone."""
        return self.muted_style if tone is Tone.DIM else self.styled(STYLES[tone])

    def tint_style(self, tint: Tint) -> Style:
        """The style of a tint."""
        return self.muted_style if TINTS[tint] == _MUTED_TEXT else self.styled(TINTS[tint])

    @property
    def muted_style(self) -> Style:
        """The style of what matters less."""
        return self.muted("")

    def muted(self, style: str) -> Style:
        """The style of what matters less, bold or italic besides."""
        return self._made(f"muted {style}", lambda: self._muted() + self.app.stylesheet.parse_style(style))

    @property
    def cursor_style(self) -> Style:
        """The style under the cursor: bright with the focus; reversed or underlined where colours are few."""
        return self._made("cursor, focus" if self.has_focus else "cursor", self._cursor)

    @property
    def few_colours(self) -> bool:
        """Whether the colours are the terminal's own, or none: then brightness and lines tell things apart."""
        return bool(self.app.native_ansi_color or self.app.no_color)

    def fitted(self, segments: Sequence[Segment], width: int, style: Style | None = None) -> Strip:
        """Segments as a line of `width` cells, filled up in a style, plain without one; a cut is marked in it."""
        last = style or self.own_style
        strip = Strip(segments)
        if strip.cell_length > width:
            strip = Strip([*strip.crop(0, max(0, width - 1)), Segment(ELLIPSIS, last)])
        return strip.extend_cell_length(width, last).simplify()

    def _made(self, name: str, make: Callable[[], VisualStyle]) -> Style:
        found = self._styles_made.get(name)
        if found is None:
            found = self._styles_made[name] = (self.visual_style + make()).rich_style
        return found

    def _muted(self) -> VisualStyle:
        background = self.visual_style.background
        if self.few_colours or background is None:
            return VisualStyle(dim=True)
        return VisualStyle(foreground=self._on(background, "text-muted"))

    def _cursor(self) -> VisualStyle:
        if self.few_colours:
            return VisualStyle(reverse=True) if self.has_focus else VisualStyle(underline=True)
        if not self.has_focus:
            return VisualStyle(background=Color.parse(self.app.theme_variables["surface-lighten-2"]))
        background = Color.parse(self.app.theme_variables["block-cursor-background"])
        return VisualStyle(background, self._on(background, "block-cursor-foreground"))

    def _on(self, background: Color, variable: str) -> Color:
        """A colour of the theme, worked out where the theme says only how much it is to stand out."""
        value = self.app.theme_variables[variable]
        percent = value.removeprefix("auto ").removesuffix("%")
        return background + (Color.parse(value) if percent == value else Color.automatic(float(percent)))

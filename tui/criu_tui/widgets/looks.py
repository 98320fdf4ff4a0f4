"""Colours of tones, tints and the cursor, once: as styles of text, and for widgets that draw lines themselves.

Our own themes are made for long reading: every colour of text stands out from each ground that text has by 4.5 to 1 or
more (WCAG 2, success criterion 1.4.3), and they differ from each other also for those who tell red from green, or blue
from yellow, badly: by lightness where not by hue. Few of Textual's themes are made for as many colours of text on as
many grounds: `mended` keeps what serves and moves the rest until it does. tests/test_themes.py works all of this out.

Styles are worked out from the theme: component classes would be styled by CSS again with every widget, twice before the
first paint.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual.color import BLACK, WHITE, Color, rgb_to_lab
from textual.geometry import Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.theme import Theme
from textual.widget import Widget

from criu_tui.core.tables.table import Tint, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Protocol

    from rich.style import Style

    class Scrolled(Protocol):
        """A widget, as far as its content may be larger than itself."""

        @property
        def is_scrollable(self) -> bool: ...
        def _scroll_update(self, virtual_size: Size) -> None: ...


AHEAD = 2
"""Lines beyond the cursor that are on screen too, as long as there are any, where the terminal moves the others."""

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
        "block-cursor-background": "#336fb9",
        "block-cursor-foreground": "#ffffff",
        "border-blurred": "#666c72",
        "scrollbar": "#666c72",
        "scrollbar-background": "#14181d",
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
        "border-blurred": "#8d8a84",
        "scrollbar": "#8d8a84",
        "scrollbar-background": "#faf8f4",
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

READ, SEEN = 4.5, 3.0
"""The contrast of text to its ground, and that of frames, bars and cursors (WCAG 2, 1.4.3 and 1.4.11)."""
APART = 15.0
"""How far colours of text lie from each other in L*a*b*, where 2.3 is just noticed."""
ROOMY = 9.0
"""The contrast of white or black to a ground that leaves room for as many colours of text as there are."""
_STEPS = 32
"""So many steps from a colour to another are tried."""
_MEANING = ("error", "warning", "success", "primary", "accent")
"""Colours of text that mean something, that which matters most first."""


def mended(found: Mapping[str, str], *, dark: bool) -> dict[str, str]:
    """A theme's variables as they serve us.

    A colour that cannot be read is moved towards white, or black in a light theme. Where it is then too near to
    another one a further colour of the theme takes its place, in the end that of our own theme.
    """
    ink, ours = (WHITE, DARK.variables) if dark else (BLACK, LIGHT.variables)
    named = ("background", "surface", "panel", "foreground", "secondary", "block-cursor-background", *_MEANING)
    had = {name: Color.parse(found[name]) for name in named}
    background, foreground, secondary = had["background"], had["foreground"], had["secondary"]
    grounds = {name: had[name] for name in ("background", "surface", "panel")}
    grounds["primary-background"] = background.blend(had["primary"], 0.2)
    grounds["surface-lighten-2"] = had["surface"].blend(foreground, 0.12)
    grounds = {name: _moved(each, background, (ink,), ROOMY) for name, each in grounds.items()}
    under = list(grounds.values())

    def until(enough: float, colour: Color) -> Color:
        return _moved(colour, ink, under, enough)

    muted = until(READ, background.blend(foreground, 0.5))
    text = {"text-muted": muted, "foreground": _apart((until(READ, foreground), ink), (muted,))}
    for name in _MEANING:
        own = (
            Color.parse(found[f"text-{name}"]),
            had[name],
            secondary,
            had["accent"],
            Color.parse(ours[f"text-{name}"]),
        )
        text[f"text-{name}"] = _apart([until(READ, each) for each in own], list(text.values()))

    # Titles stand in frames, in their colour.
    lines = {name: until(READ, had[name]) for name in _MEANING}
    frame = _moved(grounds["panel"], ink, (background, grounds["surface"]), SEEN)
    lines |= {"border-blurred": frame, "scrollbar": frame, "scrollbar-background": background}
    cursor = until(SEEN, had["block-cursor-background"])
    made = {**grounds, **text, **lines, "block-cursor-background": cursor}
    made["block-cursor-foreground"] = max((WHITE, BLACK), key=lambda each: contrast(each, cursor))
    made |= {"text-disabled": muted, "panel-lighten-1": grounds["panel"]}
    return {**found, **{name: each.hex6 for name, each in made.items()}}


def of_few_colours(found: Mapping[str, str]) -> dict[str, str]:
    """The variables of a theme of the terminal's own colours.

    Frames are seen whatever it shows as black; no two colours that mean something are the same, so that the frame with
    the focus is not as green as what is well.
    """
    return {**found, "border-blurred": "ansi_default", "text-accent": "ansi_magenta", "accent": "ansi_magenta"}


def contrast(one: Color, other: Color) -> float:
    """Between two colours, from 1 to 21 (WCAG 2)."""
    darker, lighter = sorted(((rgb_to_lab(each).L + 16) / 116) ** 3 for each in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def _moved(colour: Color, towards: Color, others: Iterable[Color], enough: float) -> Color:
    """A colour moved towards another one, as little as has it stand out enough from others; at most to that one."""
    tried = (colour.blend(towards, step / _STEPS, alpha=1) for step in range(_STEPS))
    return next((each for each in tried if all(contrast(each, other) >= enough for other in others)), towards)


def _apart(tried: Sequence[Color], others: Sequence[Color]) -> Color:
    """The first of some colours that lies far enough from all others, else the one that lies farthest."""

    def nearest(colour: Color) -> float:
        return min(math.dist(rgb_to_lab(colour), rgb_to_lab(other)) for other in others)

    return next((each for each in tried if nearest(each) >= APART), max(tried, key=nearest))


ELLIPSIS = "…"
MUTED = "$text-muted"
"""The style of what matters less, which is dim where colours are few."""
STYLES = {
    Tone.PLAIN: "",
    Tone.DIM: MUTED,
    Tone.GOOD: "$text-success",
    Tone.NOTE: "$text-primary",
    Tone.WARNING: "$text-warning",
    Tone.ERROR: "bold $text-error",
}
"""The style of each tone, in text."""
TINTS = {
    Tint.PLAIN: "",
    Tint.ANONYMOUS: "$text-success",
    Tint.FILE: "$text-primary",
    Tint.SHARED: "$text-accent",
    Tint.STACK: "$text-warning",
    Tint.KERNEL: MUTED,
    Tint.GUARD: MUTED,
    Tint.PRESENT: "$text-success",
    Tint.PARENT: "$text-primary",
    Tint.LAZY: "$text-warning",
    Tint.ABSENT: MUTED,
    Tint.NO_ACCESS: MUTED,
    Tint.CODE: "$text-accent",
    Tint.WRITABLE_CODE: "bold $text-warning",
}


class Steady:
    """Of a widget whose content moves nothing around it: with how much there is, Textual lays the screen out anew.

    Comes first among the bases, and is no widget itself: to make a class of those takes half a millisecond.
    """

    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def watch_virtual_size(self: Scrolled, size: Size) -> None:
        if self.is_scrollable:
            self._scroll_update(size)


class Drawing(Steady, Widget):
    """A widget that draws its lines itself and keeps the styles for that until something changes them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._styles_made: dict[str, Style] = {}

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_made.clear()

    @property
    def alone_in_its_lines(self) -> bool:
        """Whether nothing but a frame stands beside it: then the terminal itself moves lines, which takes few bytes."""
        return isinstance(self.parent, Widget) and self.parent.region.width == self.app.size.width

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
        return self.muted_style if TINTS[tint] == MUTED else self.styled(TINTS[tint])

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
            # Also on a row that matters less: dim and reverse is grey on white.
            return VisualStyle(reverse=True, dim=False) if self.has_focus else VisualStyle(underline=True)
        if not self.has_focus:
            return VisualStyle(background=Color.parse(self.app.theme_variables["surface-lighten-2"]))
        background = Color.parse(self.app.theme_variables["block-cursor-background"])
        return VisualStyle(background, self._on(background, "block-cursor-foreground"))

    def _on(self, background: Color, variable: str) -> Color:
        """A colour of the theme, worked out where the theme says only how much it is to stand out."""
        value = self.app.theme_variables[variable]
        percent = value.removeprefix("auto ").removesuffix("%")
        return background + (Color.parse(value) if percent == value else Color.automatic(float(percent)))

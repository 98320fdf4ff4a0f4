"""Themes by arithmetic: what is text can be read, and colours that mean something differ; in our own ones for all eyes.

Contrast is WCAG 2.2's, success criterion 1.4.3 with its definition of relative luminance. Eyes without one kind of cone
are simulated with the matrices of Machado, Oliveira and Fernandes (IEEE TVCG 15, 2009, severity 1), differences told by
CIE 1976 L*a*b*, where 2.3 is just noticed (Mahy, 1994).
"""

from __future__ import annotations

import math
from itertools import combinations, cycle, product
from typing import TYPE_CHECKING

import pytest
from criu_tui.app import CriuTui
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.widgets.looks import THEMES, mended
from rich.color import ColorType
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from tests.app.support import settle
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from criu_tui.core.restore.host import Host
    from rich.segment import Segment
    from textual.app import App
    from textual.pilot import Pilot
    from textual.theme import Theme

AA = 4.5
APART = 15.0
"""Several times what is just noticed, for cells that stand far from each other."""
TEXT = ("foreground", "text-muted", "text-primary", "text-success", "text-warning", "text-error", "text-accent")
SAYING = ("text-success", "text-warning", "text-error")
GROUNDS = ("background", "surface", "panel", "surface-lighten-2")
"""The last is that of a cursor without the focus."""
OTHERS = [theme for theme in BUILTIN_THEMES.values() if not theme.ansi]
"""Textual's own, of colours that are known; the others are those that a terminal has."""
LINES = 3.0
"""The contrast of what is no text but has to be seen: success criterion 1.4.11."""
DRAWN = (
    *product(("border-blurred", "primary", "accent", "block-cursor-background"), ("background", "surface")),
    ("scrollbar", "scrollbar-background"),
)
"""Frames, cursors and scroll bars, on what they stand on."""
EYES = {
    "most": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip


def linear(color: Color) -> list[float]:
    """Red, green and blue as amounts of light, from 0 to 1."""
    values = [value / 255 for value in color.rgb]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]


def luminance(color: Color) -> float:
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear(color), strict=True))


def contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def seen(color: Color, eyes: str) -> Sequence[float]:
    """L*, a* and b* of what eyes see, under the daylight of sRGB."""
    light = linear(color)
    red, green, blue = (
        max(0.0, min(1.0, sum(weight * value for weight, value in zip(row, light, strict=True)))) for row in EYES[eyes]
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116 for value in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def colours(theme: Theme) -> dict[str, str]:
    found = {**theme.to_color_system().generate(), **theme.variables}
    return found if theme in THEMES else mended(found, dark=theme.dark)


def near(found: dict[str, str], pairs: Iterable[tuple[str, str]], least: float) -> dict[tuple[str, str], float]:
    """Pairs of colours with less contrast than there has to be."""
    ratios = {pair: contrast(*(Color.parse(found[name]) for name in pair)) for pair in pairs}
    return {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least}


def test_black_on_white_is_twenty_one_to_one() -> None:
    """As the definition has it; and mid grey, #777777, just fails on white, which is well known."""
    black, white = Color(0, 0, 0), Color(255, 255, 255)
    assert contrast(black, white) == pytest.approx(21)
    assert 4.4 < contrast(Color.parse("#777777"), white) < AA
    assert seen(white, "most") == pytest.approx((100, 0, 0), abs=0.1)


@pytest.mark.parametrize("theme", [*THEMES, *OTHERS], ids=lambda theme: theme.name)
def test_text_stands_out_from_every_ground(theme: Theme) -> None:
    """Also where the theme itself does not have it so: then its colours are moved as far as it takes."""
    found = colours(theme)
    pairs = [*product(TEXT, GROUNDS), ("block-cursor-foreground", "block-cursor-background")]
    assert near(found, [*pairs, ("foreground", "primary-background")], AA) == {}
    assert near(found, DRAWN, LINES) == {}


def test_a_theme_that_serves_keeps_its_colours() -> None:
    """Nord's red, #BF616A, is 3.1 to 1 on its background; its yellow, #EBCB8B, can be read on any ground as it is."""
    nord = BUILTIN_THEMES["nord"]
    found = {**nord.to_color_system().generate(), **nord.variables}
    made = mended(found, dark=True)
    assert made["background"] == found["background"]
    assert made["text-warning"] == found["text-warning"]
    assert contrast(Color.parse(found["text-error"]), Color.parse(made["panel"])) < AA
    assert made["text-error"] != found["text-error"]


def apart(found: dict[str, str], eyes: str) -> dict[tuple[str, str], float]:
    """Pairs of colours of text that eyes hardly tell from each other, and how far they are from each other."""
    colour = {name: seen(Color.parse(found[name]), eyes) for name in TEXT}
    distances = {(one, other): math.dist(colour[one], colour[other]) for one, other in combinations(TEXT, 2)}
    return {pair: round(distance, 1) for pair, distance in distances.items() if distance < APART}


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_colours_that_mean_something_differ_for_all_eyes(theme: Theme, eyes: str) -> None:
    assert apart(colours(theme), eyes) == {}


@pytest.mark.parametrize("theme", OTHERS, ids=lambda theme: theme.name)
def test_they_differ_for_most_eyes_in_the_themes_of_others(theme: Theme) -> None:
    """For those who tell few colours apart there are ours, and the signs ✗ ! ✓ in every one."""
    assert apart(colours(theme), "most") == {}


def unreadable(app: App[None]) -> Iterator[tuple[str, float]]:
    """Words whose colour is too near to what is behind them; lines of frames and bars are no words.

    What lies behind a list or a page that is open is dimmed on purpose.
    """
    region = app.screen.region if len(app.screen_stack) == 1 else app.screen.children[-1].region
    for line in app.screen._compositor.render_strips()[region.y : region.bottom]:
        for segment in line.crop(region.x, region.right):
            ratio = ratio_of(segment)
            if ratio is not None and ratio < AA and any(character.isalnum() for character in segment.text):
                yield segment.text.strip(), round(ratio, 2)


def ratio_of(segment: Segment) -> float | None:
    style = segment.style
    if style is None or style.color is None or style.bgcolor is None:
        return None
    ink, ground = (Color.from_rich_color(each) for each in (style.color, style.bgcolor))
    if style.reverse:
        ink, ground = ground, ink
    return contrast(ink.blend(ground, 1 / 2) if style.dim else ink, ground)


OPENED = (
    ("question_mark",), ("colon",), ("L",), ("v",), ("1", "slash", "x"), ("3", "enter"), ("4", "i"), ("2", "enter"),
    ("B",), ("colon", *"themes", "enter"),
)  # fmt: skip
"""Keys to what opens above a pane or in it: with the last but one a message comes up."""


async def test_all_that_is_drawn_can_be_read(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every pane, with the focus and without, and what opens above them.

    In both of our themes, and in those of others in turn: which of their colours meet is worked out above.
    """
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = CriuTui(Report(Dump(DUMPS / "prot-none-400g-fork" / "dump"), criu("3.19"), recorded_host), "maps")
    found: dict[tuple[str, str], set[tuple[str, float]]] = {}
    others = cycle(OTHERS)

    async def look(pilot: Pilot[None], where: str) -> None:
        before = app.theme
        for theme in (*THEMES, next(others)):
            app.theme = theme.name
            await pilot.pause()
            found[where, theme.name] = set(unreadable(app))
        app.theme = before

    async with app.run_test(size=(160, 45)) as pilot:
        for kind in SHOWN.values():
            await pilot.press(kind.key)
            await settle(pilot)
            await look(pilot, kind.id)
        for keys in OPENED:
            await pilot.press(*keys)
            await settle(pilot)
            await look(pilot, "+".join(keys))
            await pilot.press("escape", "escape")
            await settle(pilot)
    assert {where: words for where, words in found.items() if words} == {}


async def test_a_terminal_of_few_colours_gets_its_own(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of a fixed red, green and blue; a frame without the focus has the colour of text, whatever that is.

    One with the focus has none that says how something is: well, of concern or failing.
    """
    monkeypatch.setenv("TERM", "xterm-16color")
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = CriuTui(Report(Dump(DUMPS / "prot-none-400g-fork" / "dump"), criu("3.19"), recorded_host), "maps")
    found: set[ColorType] = set()
    async with app.run_test(size=(160, 45)) as pilot:
        for kind in SHOWN.values():
            await pilot.press(kind.key)
            await settle(pilot)
            strips = app.screen._compositor.render_strips()
            drawn = [(each.text, each.style) for strip in strips for each in strip if each.style is not None]
            found |= {colour.type for _, style in drawn for colour in (style.color, style.bgcolor) if colour}
            corners = [style.color for text, style in drawn if "╮" in text]
            assert corners
            assert Color.parse("ansi_black").rich_color not in corners
            assert not {Color.parse(app.theme_variables[name]).rich_color for name in SAYING} & set(corners)
    assert found <= {ColorType.DEFAULT, ColorType.STANDARD}
    meaning = [app.theme_variables[name] for name in TEXT if name not in ("foreground", "text-muted")]
    assert len(set(meaning)) == len(meaning)

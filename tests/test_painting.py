"""What is written for a screen drawn again, on a terminal of the test's own, beside all that Textual would write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from criu_tui.widgets.painting import NEAR, WORTHWHILE, Painted
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tests.screen import GARBAGE, Screen

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.quick

WIDTH, HEIGHT = 24, 12
CONSOLE = Console(force_terminal=True, color_system="truecolor", legacy_windows=False)


class Both:
    """What ours and Textual's own bytes make of the same updates."""

    def __init__(self, *, erases: bool = True) -> None:
        self.ours, self.textuals = Screen(WIDTH, HEIGHT), Screen(WIDTH, HEIGHT)
        self.painted = Painted(lambda: erases)

    def update(self, update: LayoutUpdate | ChopsUpdate) -> str:
        written = self.painted.written(update, CONSOLE)
        self.ours.write(written)
        self.textuals.write(update.render_segments(CONSOLE))
        assert self.ours.seen == self.textuals.seen
        return written


def strip(*parts: tuple[str, str]) -> Strip:
    return Strip([Segment(text, Style.parse(style) if style else None) for text, style in parts])


def whole(lines: Sequence[Sequence[Strip]], width: int = WIDTH) -> LayoutUpdate:
    return LayoutUpdate(list(lines), Region(0, 0, width, len(lines)))


def rows(*texts: str, style: str = "white on black") -> LayoutUpdate:
    return whole([[strip((text + " " * (WIDTH - cell_len(text)), style))] for text in texts])


STYLES = [
    "", "white on black", "green on black", "bold green on black", "dim green on black", "bold dim white",
    "reverse white on black", "underline red on black", "italic red on rgb(1,2,3)", "rgb(9,8,7) on rgb(1,2,3)",
    "strike default on default", "color(200) on color(17)", "bright_red on bright_blue", "overline blink red",
    "underline2 frame red", "link http://x white on black", "conceal white on black",
]  # fmt: skip
TEXT = st.text(alphabet="aab  x-│✓é文🔎\u00ad", max_size=10)
PARTS = st.lists(st.tuples(TEXT, st.sampled_from(STYLES)), max_size=5)


@st.composite
def lines_of(draw: st.DrawFn, width: int = WIDTH) -> Strip:
    made = strip(*draw(PARTS))
    return made.adjust_cell_length(width, Style.parse(draw(st.sampled_from(STYLES))))


@st.composite
def updates(draw: st.DrawFn) -> LayoutUpdate | ChopsUpdate:
    cuts = [sorted({0, WIDTH, *draw(st.lists(st.integers(1, WIDTH - 1), max_size=3))}) for _ in range(HEIGHT)]
    chops = [dict(zip(cut, draw(lines_of()).divide(cut[1:]), strict=False)) for cut in cuts]
    if draw(st.booleans()):
        return whole([list(chop.values()) for chop in chops])
    wanted = draw(st.lists(st.integers(0, HEIGHT - 1), min_size=1, max_size=HEIGHT, unique=True))
    spans = []
    for y in sorted(wanted):
        first, last = draw(st.integers(0, len(cuts[y]) - 2)), draw(st.integers(1, len(cuts[y]) - 1))
        spans.append((y, cuts[y][min(first, last - 1)], cuts[y][last]))
    return ChopsUpdate(chops, spans, [cut[1:] for cut in cuts])


@st.composite
def scrolled(draw: st.DrawFn) -> list[LayoutUpdate | ChopsUpdate]:
    """Rows of a longer list, from several places of it, below lines that stay; beside them nothing, or what stays."""
    texts = draw(st.lists(st.sampled_from([f"row {number}" for number in range(14)]), min_size=30, max_size=30))
    # Nothing, a frame, or what differs from line to line, now and then by a sign of two columns.
    signs = draw(st.sampled_from(["", "\u2502", "12x\u6587"]))
    lefts = [draw(st.sampled_from(signs)) if signs else "" for _ in range(HEIGHT)]
    width = max(map(cell_len, lefts))
    lefts = [text + " " * (width - cell_len(text)) for text in lefts]
    made: list[LayoutUpdate | ChopsUpdate] = []
    for top in draw(st.lists(st.integers(0, 18), min_size=2, max_size=6)):
        shown = ["heading", *texts[top : top + HEIGHT - 2], f"at {top}"]
        cursor = draw(st.integers(1, HEIGHT - 2))
        lines = [
            [
                strip((lefts[y], "green on black")),
                strip((text.ljust(WIDTH - width), "black on white" if y == cursor else "white on black")),
            ]
            for y, text in enumerate(shown)
        ]
        if made:
            cuts = [[width, WIDTH] if width else [WIDTH]] * HEIGHT
            chops = [{0: line[0], width: line[1]} if width else {0: line[1]} for line in lines]
            made.append(ChopsUpdate(chops, [(y, width, WIDTH) for y in range(HEIGHT)], cuts))
        else:
            made.append(whole(lines))
    return made


@settings(max_examples=100, deadline=None)
@given(st.lists(updates(), min_size=1, max_size=5), st.booleans())
def test_any_updates_leave_what_textual_would_leave(made: list[LayoutUpdate | ChopsUpdate], erases: bool) -> None:
    both = Both(erases=erases)
    for update in made:
        both.update(update)


@settings(max_examples=100, deadline=None)
@given(scrolled())
def test_rows_that_move_stand_where_they_should(made: list[LayoutUpdate | ChopsUpdate]) -> None:
    both = Both()
    for update in made:
        both.update(update)


def test_a_style_that_was_left_behind_is_ended_first() -> None:
    both = Both()
    both.ours.pen = GARBAGE
    both.update(whole([[strip(("as it comes".ljust(WIDTH), ""))]] * HEIGHT))


def test_nothing_is_written_for_what_stands_there() -> None:
    both = Both()
    assert both.update(rows(*["one two"] * HEIGHT))
    assert both.update(rows(*["one two"] * HEIGHT)) == ""


def test_after_another_program_all_is_written() -> None:
    both = Both()
    both.update(rows(*["one two"] * HEIGHT))
    both.ours.cells[3] = [GARBAGE] * WIDTH
    both.painted.forget()
    both.update(rows(*["one two"] * HEIGHT))


def test_another_size_has_nothing_of_the_one_before() -> None:
    both = Both()
    both.update(rows(*["one two"] * HEIGHT))
    # Wider lines have been cut at the right, or wrapped: terminals differ.
    both.ours, both.textuals = Screen(WIDTH, HEIGHT - 1), Screen(WIDTH, HEIGHT - 1)
    both.update(rows(*["one two"] * (HEIGHT - 1)))


def test_a_change_in_a_line_is_written_in_whole_words() -> None:
    """A screen reader speaks what is written."""
    both = Both()
    both.update(rows("from 7f5f4a000000 on", *[""] * (HEIGHT - 1)))
    written = both.update(rows("from 7f5f4a001000 on", *[""] * (HEIGHT - 1)))
    assert re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "|", written).strip("|") == "7f5f4a001000"


def test_changes_far_apart_are_written_apart_and_near_ones_together() -> None:
    both = Both()
    far, near = "a" + " " * (NEAR + 1) + "b", "a" + " " * NEAR + "b"
    for before, moves in ((far, 2), (near, 1)):
        both.update(rows(before, *[""] * (HEIGHT - 1)))
        written = both.update(rows(before.replace("a", "c").replace("b", "d"), *[""] * (HEIGHT - 1)))
        assert len(re.findall(r"\x1b\[\d+(?:;\d+H|C)", written)) == moves


def test_a_line_with_signs_of_uncertain_width_is_written_whole() -> None:
    both = Both()
    for text in ("文 x", "🔎 x", "e\u0301 x", "\u00ad x"):
        both.update(rows(text + "a", *[""] * (HEIGHT - 1)))
        assert text + "b" in both.update(rows(text + "b", *[""] * (HEIGHT - 1)))
        # What comes next cannot rely on it either.
        assert f"plain\x1b[{WIDTH - 5}X" in both.update(rows("plain", *[""] * (HEIGHT - 1)))


def test_the_terminal_moves_lines_that_stand_elsewhere() -> None:
    both = Both()
    texts = [f"row {number} of something" for number in range(3 * HEIGHT)]
    both.update(rows(*texts[:HEIGHT]))
    for top in (1, 3, 1, 0):
        written = both.update(rows(*texts[top : top + HEIGHT]))
        assert written.count("of something") <= 2
        assert re.search(r"\x1b\[\d+[ML]", written)
    # Not for so few that to write them is as short.
    few = WORTHWHILE // len("rownnofsomething")
    assert not re.search(r"\x1b\[\d+[ML]", both.update(rows(*texts[HEIGHT : 2 * HEIGHT - few], *texts[:few])))


def beside(lefts: Sequence[str], texts: Sequence[str]) -> list[dict[int, Strip | None]]:
    """Lines of which the first columns are another's than the rest."""
    width = len(lefts[0])
    return [
        {0: strip((left, "green on black")), width: strip((text.ljust(WIDTH - width), "white on black"))}
        for left, text in zip(lefts, texts, strict=True)
    ]


def moved(both: Both, lefts: Sequence[str], top: int) -> str:
    """What is written once the right part of all lines has the texts of the list from another place on."""
    width = len(lefts[0])
    texts = [f"row {number} of it" for number in range(top, top + HEIGHT)]
    return both.update(
        ChopsUpdate(beside(lefts, texts), [(y, width, WIDTH) for y in range(HEIGHT)], [[width, WIDTH]] * HEIGHT)
    )


def test_lines_in_a_frame_are_moved_with_it() -> None:
    both, lefts = Both(), ["\u2502 "] * HEIGHT
    both.update(whole([[*map(strip, [(left, "green on black"), ("".ljust(WIDTH - 2), "")])] for left in lefts]))
    moved(both, lefts, 0)
    written = moved(both, lefts, 1)
    assert re.search(r"\x1b\[1M", written)
    assert written.count("of it") == 1
    # Of the line that came up the frame is drawn too.
    assert written.count("\u2502") == 1


def test_lines_beside_others_are_moved_only_where_that_is_shorter() -> None:
    """What is left of them is moved along, and drawn again where it was."""
    both, lefts = Both(), [f"left {y:2}" for y in range(HEIGHT)]
    both.update(whole([[*map(strip, [(left, "green on black"), ("".ljust(WIDTH - 7), "")])] for left in lefts]))
    moved(both, lefts, 0)
    assert not re.search(r"\x1b\[\d+[ML]", moved(both, lefts, 1))


def test_a_style_is_said_once_for_what_follows_in_it() -> None:
    both = Both()
    line = [
        strip(("a" * 8, "green on black")),
        strip((" " * 8, "red on black")),
        strip(("b" * 8, "bold green on black")),
    ]
    written = both.update(whole([line] * HEIGHT))
    # A blank looks the same in both; to become bold takes one code.
    assert "a" * 8 + " " * 8 + "\x1b[1m" + "b" * 8 in written
    assert written.endswith("\x1b[0m")


def test_blanks_are_erased_where_the_terminal_does_so_in_colour() -> None:
    wide = "a" + " " * (WIDTH - 2) + "b"
    for erases in (True, False):
        both = Both(erases=erases)
        both.update(rows(*["." * WIDTH] * HEIGHT))
        written = both.update(rows(wide, *["." * WIDTH] * (HEIGHT - 1)))
        assert (" " * (WIDTH - 2) in written) is not erases
        # What draws a line on blanks too is not to be had by erasing.
        underlined = both.update(rows(wide, *["." * WIDTH] * (HEIGHT - 1), style="underline white on black"))
        assert " " * (WIDTH - 2) in underlined


def test_one_line_of_many_signs_is_worth_moving() -> None:
    both = Both()
    border = "\u2500" * WIDTH
    both.update(rows("above", "below", border, *["rest"] * (HEIGHT - 3)))
    written = both.update(rows("above", border, "new", *["rest"] * (HEIGHT - 3)))
    assert border[:-2] not in written

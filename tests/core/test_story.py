"""Stories: what is told fits the screen, and every number in it is that of the dump."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.command_line.options import Options
from criu_tui.command_line.scratch import Scratch
from criu_tui.command_line.telling import story_of
from criu_tui.core.report.stories.scene import WIDTH
from criu_tui.core.report.stories.story import STORIES
from criu_tui.core.tables.table import Tone
from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.report.stories.scene import Scene

LINES = 18
"""Within a frame of 22 lines, on a screen of 24."""


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with Scratch() as made:
        yield made


def text(scene: Scene) -> str:
    return "\n".join(line for _, line in scene.lines)


@pytest.mark.parametrize("name", STORIES)
def test_every_scene_fits_a_screen_of_80_by_24(name: str, scratch: Scratch) -> None:
    story = story_of(Options(demo=name), scratch)
    assert story is not None
    for index in range(len(story)):
        scene = story[index]
        assert len(scene.lines) <= min(LINES, story.lines), scene.title
        assert [line for _, line in scene.lines if cell_len(line) > WIDTH] == [], scene.title
    assert max(len(story[index].lines) for index in range(len(story))) == story.lines


def test_the_boundary_story_counts_what_the_two_reservations_come_to(scratch: Scratch) -> None:
    """Of 800 GiB the closed end maps 200 and 400 writable; the last 200 lie below the stack's page, far from it."""
    story = story_of(Options(demo="boundary"), scratch)
    assert story is not None
    refused, touching, one = story[1], story[2], story[3]
    assert "600 GiB ✗" in text(refused)
    # Who reads the rows behind it has not seen the pane yet.
    assert "Size  Prot         Charged" in text(refused)
    assert "Can't restore 0x7e8661200000 mapping" in text(refused)
    # The page, and the end of the reservation.
    assert text(touching).count("7eb861200000") >= 2
    assert "20.3 MiB ✓" in text(one)
    assert refused.place == (4242, 0x7E8661200000)


def test_a_forked_dump_fails_with_one_release_and_not_with_the_next(scratch: Scratch) -> None:
    """Both tasks hold 800 GiB between them twice: 1.6 TiB."""
    story = story_of(Options(demo="boundary"), scratch)
    assert story is not None
    told = story[4].lines
    failing = [line for tone, line in told if tone is Tone.ERROR and "TiB" in line]
    granted = [line for tone, line in told if tone is Tone.GOOD and "MiB" in line]
    assert [line.split()[1] for line in failing] == ["4.2.1"]
    assert [line.split()[1] for line in granted] == ["4.3"]


def test_the_story_of_ids_quotes_the_log_with_its_line_numbers(scratch: Scratch) -> None:
    story = story_of(Options(demo="userns"), scratch)
    assert story is not None
    assert "dump.log:10  Unable to convert uid or gid" in text(story[1])
    assert "ids in   ✗ no host id" in text(story[0])
    assert "uid in   ●" in text(story[3])
    assert story[3].report.dump.tasks


@pytest.mark.parametrize(
    "options",
    [
        Options(demo="fork"),
        Options(demo="boundary", criu="3.19"),
        Options(demo="userns", host="mem=1G"),
        Options(dump="x"),
    ],
)
def test_where_a_place_was_named_no_story_begins_by_itself(options: Options, scratch: Scratch) -> None:
    story = story_of(options, scratch)
    assert story is None or not story.begins
    assert (story is None) is (options.demo not in STORIES)

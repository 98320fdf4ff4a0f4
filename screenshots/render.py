"""Renders the pictures and recordings of the README: `python screenshots/render.py`, or `--check` to compare them.

A recording is a story as it plays by itself: an SVG whose scenes take turns, which needs nothing from outside, and the
same as text for asciinema, version 2 of its format.

A check that fails leaves, for each picture that differs, the picture as it is now and the two screens line
by line, in the directory that `--differences` gives.
"""

from __future__ import annotations

import argparse
import asyncio
import difflib
import html
import json
import os
import re
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.app import CriuTui
from criu_tui.command_line.building import built
from criu_tui.command_line.opening import opened
from criu_tui.command_line.options import Options
from criu_tui.command_line.scratch import Scratch
from criu_tui.command_line.telling import story_of
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.report.stories.story import STORIES
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.releases import criu
from criu_tui.widgets.terminal_app import COLUMN
from textual.worker import WorkerCancelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.pilot import Pilot

HERE = Path(__file__).parent
DUMPS = HERE.parent / "tests" / "dumps"
# Pictures show the machine that the real restores ran on, wherever they are rendered.
AGAIN = 4
"""So often a picture that differs is rendered anew: a line of progress that comes and goes may scroll what is below."""
STORY = (80, 24)
"""Columns and lines of a recording."""
SECONDS = 8
"""A scene is shown so long."""
HOST = Host(Mode.HEURISTIC, mem=24684084 * 1024, swap=0, limit=0, committed=0)


@dataclass(frozen=True, slots=True)
class Picture:
    """One screen: a built-in demo or a dump of tests/dumps, and the keys that lead there."""

    name: str
    source: str
    size: tuple[int, int]
    pane: str = "plan"
    version: str = "4.2.1"
    keys: tuple[str, ...] = ()


def _typed(text: str) -> list[str]:
    """Keys that write a text."""
    return [_KEYS.get(character, character) for character in text]


_KEYS = {":": "colon", "<": "less_than_sign", " ": "space"}

_CLOSER = ("g", *"7f7fbf391000", "enter", "enter")

PICTURES = (
    Picture("boundary-3.19", "demo:boundary", (100, 30), version="3.19"),
    Picture("boundary-4.2.1", "demo:boundary", (100, 30)),
    Picture("boundary-findings", "demo:boundary", (100, 30), "findings", "3.19"),
    Picture("boundary-detail", "demo:boundary", (100, 30), version="3.19", keys=("enter",)),
    Picture("why-it-fails-160x45", "demo:boundary", (160, 45), version="3.19"),
    Picture("ids-120x40", "userns-three-extents", (120, 40), "ids"),
    Picture("filter-80x24", "prot-none-400g", (80, 24), "maps", keys=("slash", *_typed("size:<1G prot:w"))),
    Picture("legend", "demo:boundary", (80, 24), keys=("L",)),
    Picture("prot-none-400g-80x24", "prot-none-400g", (80, 24), version="3.19"),
    Picture("prot-none-400g-160x45", "prot-none-400g", (160, 45), version="3.19"),
    Picture("prot-none-1g-80x24", "prot-none-1g", (80, 24), "coverage"),
    Picture("prot-none-1g-160x45", "prot-none-1g", (160, 45), version="3.19"),
    Picture("random-1-80x24", "random-1", (80, 24), "maps"),
    Picture("random-1-160x45", "random-1", (160, 45)),
    Picture("trailing-reservation-80x24", "trailing-reservation", (80, 24), keys=("end", "k", "k")),
    Picture("trailing-reservation-160x45", "trailing-reservation", (160, 45)),
    Picture("userns-three-extents-80x24", "userns-three-extents", (80, 24), "ids"),
    Picture("userns-three-extents-160x45", "userns-three-extents", (160, 45), "ids"),
    Picture("every-kind-160x45", "every-kind", (160, 45), keys=("z",)),
    Picture("random-2-fork-160x45", "random-2-fork", (160, 45), keys=("right_square_bracket",)),
    Picture("growsdown-fork-120x40", "growsdown-fork", (120, 40), keys=("end",)),
    Picture("prot-none-400g-fork-120x40", "prot-none-400g-fork", (120, 40)),
    Picture("coverage-120x40", "prot-none-400g", (120, 40), "coverage", keys=("enter", *["right"] * 3)),
    Picture("coverage-closer-120x40", "every-kind", (120, 40), "coverage", keys=(*_CLOSER, *["plus"] * 4)),
    Picture("coverage-farther-120x40", "every-kind", (120, 40), "coverage", keys=("enter", *["minus"] * 5)),
    Picture("coverage-80x24", "incremental", (80, 24), "coverage", keys=("enter",)),
    Picture("bytes-80x24", "every-kind", (80, 24), "bytes", keys=("right_curly_bracket", "down")),
    Picture("search-120x40", "every-kind", (120, 40), "bytes", keys=("slash", *"strings", "colon", "1", "2", "enter")),
    Picture("compare", "demo:boundary", (120, 34), version="3.19", keys=("c", "enter")),
    Picture("help", "demo:boundary", (80, 24), keys=("question_mark",)),
)


async def _settled(pilot: Pilot[None]) -> None:
    """Waits until nothing is worked on and the screen stays as it is."""
    before = ""
    while before != (now := pilot.app.export_screenshot()):
        before = now
        # One that another has taken the place of has nothing to wait for.
        with suppress(WorkerCancelled):
            await pilot.app.workers.wait_for_complete()
        await pilot.pause(0.1)


async def render(picture: Picture, scratch: Path) -> str:
    """The SVG of one picture."""
    kind, _, name = picture.source.rpartition(":")
    if kind == "demo":
        directory = scratch / name
        directory.mkdir(exist_ok=True)
        demos.write(demos.demo(name), directory)
        # The temporary path would differ on every run.
        shown = Path("demo") / name
    else:
        directory = DUMPS / name / "dump"
        shown = Path(name) / "dump"
    dump = Dump(directory)
    dump.shown_path = shown
    app = CriuTui(Report(dump, criu(picture.version), HOST), picture.pane)
    async with app.run_test(size=picture.size) as pilot:
        await _settled(pilot)
        for key in picture.keys:
            await pilot.press(key)
            await _settled(pilot)
        svg = app.export_screenshot(title=f"criu-tui {name}")
    # Class names carry a random number.
    return re.sub(r"terminal-\d+", "terminal", svg)


def screen(svg: str) -> list[str]:
    """The text of a picture, line by line: its elements have x and y, and rows differ in y."""
    lines: dict[float, list[tuple[float, str]]] = {}
    for found in re.finditer(r'<text[^>]* x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', svg):
        text = html.unescape(found[3]).replace("\N{NO-BREAK SPACE}", " ")
        lines.setdefault(float(found[2]), []).append((float(found[1]), text))
    return [_line(parts) for _, parts in sorted(lines.items())]


def _line(parts: list[tuple[float, str]]) -> str:
    """Texts at their columns; blanks are not drawn."""
    line = ""
    for x, text in sorted(parts):
        line = line.ljust(round(x / COLUMN)) + text
    return line.rstrip()


def difference(name: str, before: str, now: str) -> str:
    """The two screens line by line; when their text is the same, only colours or places differ."""
    lines = list(
        difflib.unified_diff(screen(before), screen(now), f"{name} in the repository", f"{name} now", lineterm="")
    )
    return "\n".join(lines or [f"{name}: the same text in other colours or places"]) + "\n"


def animated(frames: Sequence[str]) -> str:
    """SVGs of one size as one that shows them in turn, for ever; without animation the first is seen."""
    found = re.search(r'viewBox="([^"]+)"', frames[0])
    assert found is not None
    view = found[1]
    whole, share = len(frames) * SECONDS, 100 / len(frames)
    style = (
        f"@keyframes turn {{ 0% {{ visibility: visible }} {share:.4f}% {{ visibility: hidden }} }}\n"
        f".scene {{ visibility: hidden; animation: turn {whole}s step-end infinite }}\n"
        ".first { visibility: visible }\n"
    )
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">', f"<style>\n{style}</style>"]
    for index, frame in enumerate(frames):
        # Names within a picture are its own.
        own = frame.replace("terminal", f"scene{index}")
        own = re.sub(r"^<svg[^>]*>", f'<svg viewBox="{view}">', own.strip())
        first = " first" if not index else ""
        parts.append(f'<g class="scene{first}" style="animation-delay: {index * SECONDS}s">\n{own}\n</g>')
    return "\n".join((*parts, "</svg>\n"))


def asciicast(screens: Sequence[Sequence[str]], size: tuple[int, int], title: str) -> str:
    """The lines of each screen, one after another."""
    columns, rows = size
    lines = [json.dumps({"version": 2, "width": columns, "height": rows, "title": title})]
    for index, screen in enumerate(screens):
        text = "\x1b[2J\x1b[H" + "\r\n".join(screen)
        lines.append(json.dumps([float(index * SECONDS), "o", text], ensure_ascii=False))
    lines.append(json.dumps([float(len(screens) * SECONDS), "o", ""]))
    return "\n".join(lines) + "\n"


async def record(name: str) -> dict[str, str]:
    """The story of a demo as files by their names: an animated SVG, and a text for asciinema."""
    options = Options(demo=name)
    frames = []
    with Scratch() as scratch:
        story = story_of(options, scratch)
        assert story is not None
        app = CriuTui(opened(options, built(name, scratch)), story=story)
        async with app.run_test(size=STORY) as pilot:
            await _settled(pilot)
            for _ in range(len(story)):
                # Class names carry a random number.
                svg = app.export_screenshot(title=f"criu-tui --demo {name}")
                frames.append(re.sub(r"terminal-\d+", "terminal", svg))
                await pilot.press("space")
                await _settled(pilot)
    screens = [screen(frame)[1:] for frame in frames]
    return {f"story-{name}.svg": animated(frames), f"story-{name}.cast": asciicast(screens, STORY, story.title)}


async def main(*, check: bool, differences: Path | None) -> int:
    stale = []
    made: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for picture in PICTURES:
            path = HERE / f"{picture.name}.svg"
            before = path.read_text(encoding="utf-8") if check and path.exists() else None
            svg = await render(picture, Path(scratch))
            for _ in range(AGAIN):
                if before in (None, svg):
                    break
                svg = await render(picture, Path(scratch))
            made[path.name] = svg
    for name in STORIES:
        made |= await record(name)
    for name, text in made.items():
        path = HERE / name
        if not check:
            path.write_text(text, encoding="utf-8")
            continue
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before == text:
            continue
        stale.append(name)
        if differences is not None:
            differences.mkdir(parents=True, exist_ok=True)
            (differences / name).write_text(text, encoding="utf-8")
            (differences / f"{path.stem}.diff").write_text(difference(path.stem, before, text), encoding="utf-8")
    if stale:
        where = "" if differences is None else f"; how, is in {differences}"
        print(f"differs from what is rendered now: {', '.join(stale)}{where}", file=sys.stderr)
        return 1
    print(f"{len(made)} pictures {'match' if check else 'rendered'}")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the pictures here")
    parser.add_argument("--differences", type=Path, metavar="DIRECTORY", help="where a check writes what differs")
    options = parser.parse_args()
    # The same picture from any terminal, and from none.
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
    os.environ.pop("NO_COLOR", None)
    sys.exit(asyncio.run(main(check=options.check, differences=options.differences)))

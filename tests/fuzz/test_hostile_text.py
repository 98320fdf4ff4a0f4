"""A dump full of hostile text through every view."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base.text import display_safe
from criu_tui.core.dump.dump import Dump

from tests.conftest import DUMPS
from tests.fuzz.hostile import LONG, MARKERS, inert, poison
from tests.fuzz.targets import KINDS
from tests.fuzz.views import print_all, print_view

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["every-kind", "userns-three-extents", "prot-none-1g-fork"])
def test_no_view_lets_hostile_text_act(tmp_path: Path, name: str) -> None:
    directory = tmp_path / "dump\x1b]52;c;aGk=\x07[@click=app.quit]\u202e"
    shutil.copytree(DUMPS / name / "dump", directory)
    poison(directory, KINDS, MARKERS)
    dump = Dump(directory)
    comms = [dump.core(pid).comm for pid in dump.pids]
    assert not all(inert(comm or "") for comm in comms)
    print_all(directory)


@pytest.mark.parametrize("marker", MARKERS, ids=range(len(MARKERS)))
def test_each_hostile_text_as_every_name(tmp_path: Path, marker: str) -> None:
    directory = tmp_path / "dump"
    shutil.copytree(DUMPS / "userns-three-extents" / "dump", directory)
    poison(directory, KINDS, (marker,))
    print_all(directory)


def test_text_of_a_mebibyte_is_cut(tmp_path: Path) -> None:
    directory = tmp_path / "dump"
    shutil.copytree(DUMPS / "every-kind" / "dump", directory)
    poison(directory, KINDS, (LONG,))
    dump = Dump(directory)
    assert {len(dump.core(pid).comm or "") for pid in dump.pids} == {len(LONG)}
    for pane in ("summary", "maps", "coverage", "plan", "ids", "log", "findings"):
        _, out = print_view(directory, pane)
        assert max(map(len, out.splitlines())) < 10_000


def test_what_cannot_be_opened_is_named_in_inert_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from criu_tui.cli import main

    for number, marker in enumerate(MARKERS):
        missing = tmp_path / f"{number}{marker}"
        assert main(["--print", "maps", str(missing)]) == 2
        line = capsys.readouterr().err
        assert inert(line)
        assert line.count("\n") == 1


@pytest.mark.parametrize("marker", MARKERS, ids=range(len(MARKERS)))
def test_display_safe_leaves_none_of_the_markers(marker: str) -> None:
    shown = display_safe(f"a{marker}b")
    assert inert(shown)
    assert "\n" not in shown

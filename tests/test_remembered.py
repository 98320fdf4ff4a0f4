"""What is remembered of the screen: in one file, whatever is wrong with it, and nothing else is written."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.app import CriuTui
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.registry import LAYOUTS
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.remembered import SHARES, TREE, Kept, NotKeptError, Settings, keep, place, recalled
from hypothesis import given
from hypothesis import strategies as st

from tests.app.support import SMALL, WIDE, screen, settle
from tests.conftest import DUMPS
from tests.pseudo_terminal import ALTERNATE_SCREEN, OURS, Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from criu_tui.core.restore.host import Host
    from textual.pilot import Pilot

MEMORY, WHY = "memory", "why it fails"

shares = st.tuples(st.sampled_from(SHARES), st.sampled_from(SHARES))
names = st.text("abcdefghijklmnopqrstuvwxyz-", max_size=20).filter(lambda name: name.strip("-") or not name)
possible = st.fixed_dictionaries({
    "theme": names, "few_colours_theme": names, "explained": st.sampled_from((None, True, False)),
    "tree_shown": st.booleans(), "tree": st.sampled_from(TREE),
    "shares": st.fixed_dictionaries(dict.fromkeys(LAYOUTS, shares)),
})  # fmt: skip
USUAL = vars(Settings())


def settings(**fields: Any) -> Settings:
    made = Settings()
    vars(made).update(fields)
    return made


@given(possible)
def test_what_is_kept_is_recalled(tmp_path_factory: pytest.TempPathFactory, fields: dict[str, Any]) -> None:
    file = tmp_path_factory.getbasetemp() / "kept" / "screen"
    keep(file, settings(**fields))
    assert vars(recalled(file)) == fields
    assert [each.name for each in file.parent.iterdir()] == ["screen"]


@given(st.binary(max_size=6000) | st.text(max_size=200).map(lambda text: f"theme = {text}\ntree = {text}\n".encode()))
def test_whatever_the_file_has_the_settings_are_possible_ones(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "hostile"
    file.write_bytes(content)
    found = recalled(file)
    assert found.tree in TREE
    assert all(share in SHARES for each in found.shares.values() for share in each)
    assert all(name.replace("-", "").isalnum() or not name for name in (found.theme, found.few_colours_theme))


def test_one_bad_line_takes_no_other_along(tmp_path: Path) -> None:
    file = tmp_path / "screen"
    file.write_text("tree = 999\nfrom a later release = 1 2 3\nwhy it fails = 30 70\ntheme = \x1b[31m\nexplained = 2\n")
    assert vars(recalled(file)) == {**USUAL, "shares": {**USUAL["shares"], WHY: (30, 70)}}


@pytest.mark.parametrize("what", ["missing", "directory", "fifo", "link to itself", "device"])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, what: str) -> None:
    file = tmp_path / "screen"
    match what:
        case "directory":
            file.mkdir()
        case "fifo":
            os.mkfifo(file)
        case "link to itself":
            file.symlink_to(file)
        case "device":
            file.symlink_to("/dev/zero")
    assert vars(recalled(file)) == USUAL


def test_a_file_without_end_is_read_for_a_page(tmp_path: Path) -> None:
    file = tmp_path / "screen"
    with file.open("wb") as opened:
        opened.write(b"tree = 30\n")
        opened.truncate(1 << 40)
    assert recalled(file).tree == 30


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for unusable in ("", "relative/path"):
        monkeypatch.setenv("XDG_STATE_HOME", unusable)
        assert place() == tmp_path / ".local/state/criu-tui/screen"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert place() == tmp_path / "state/criu-tui/screen"


def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    other = tmp_path / "precious"
    other.write_text("as it was")
    (tmp_path / "screen").symlink_to(other)
    keep(tmp_path / "screen", settings(tree=30))
    assert other.read_text() == "as it was"
    assert (tmp_path / "screen").read_text() == "tree = 30\n"
    assert stat.S_IMODE((tmp_path / "screen").stat().st_mode) == 0o600


def test_nothing_is_kept_below_a_dump(tmp_path: Path) -> None:
    shutil.copytree(DUMPS / "random-1" / "dump", tmp_path / "dump")
    before = sorted((tmp_path / "dump").rglob("*"))
    with pytest.raises(NotKeptError, match="in a dump"):
        keep(tmp_path / "dump" / "state" / "criu-tui" / "screen", Settings())
    assert sorted((tmp_path / "dump").rglob("*")) == before


def test_two_runs_do_not_undo_each_other(tmp_path: Path) -> None:
    one, other = Kept(tmp_path / "screen"), Kept(tmp_path / "screen")
    one.settings.tree = 30
    other.settings.theme = "nord"
    assert one.keep("tree") == other.keep("theme") == ""
    assert vars(recalled(tmp_path / "screen")) == {**USUAL, "tree": 30, "theme": "nord"}


@pytest.mark.parametrize("wrong", ["a file for a directory", "another user's", "no room for a directory"])
def test_why_it_cannot_be_kept_is_said_once(tmp_path: Path, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    match wrong:
        case "a file for a directory":
            (tmp_path / "criu-tui").touch()
        case "another user's":
            monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        case _:
            (tmp_path / "criu-tui").symlink_to("/dev/null/nowhere")
    kept = Kept(tmp_path / "criu-tui" / "screen")
    said = kept.keep("tree")
    assert said.startswith("not remembered for the next time: ")
    assert "\n" not in said
    assert kept.keep("tree") == ""


# On the screen


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of many."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def app_of(host: Host, file: Path | None, name: str = "prot-none-400g-fork", pane: str = "maps") -> CriuTui:
    return CriuTui(Report(Dump(DUMPS / name / "dump"), criu("3.19"), host), pane, kept=Kept(file))


def widths(app: CriuTui) -> list[int]:
    return [pane.outer_size.width for pane in app.main.panes.seen]


def heights(app: CriuTui) -> list[int]:
    return [pane.outer_size.height for pane in app.main.panes.seen]


async def pressed(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


async def test_keys_move_borders_and_the_next_run_finds_them_there(recorded_host: Host, tmp_path: Path) -> None:
    file = tmp_path / "state" / "screen"
    app = app_of(recorded_host, file)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert not file.exists()
        before = widths(app), heights(app)
        # Room beside the task tree, which stays as it is.
        room = WIDE[0] - USUAL["tree"]
        await pressed(pilot, *["ctrl+right"] * 3, "full_stop", "full_stop")
        assert abs(widths(app)[0] - room * 60 // 100) <= 1
        assert widths(app)[2] == before[0][2]
        await pressed(pilot, "ctrl+up", *["circumflex_accent"] * 4)
        assert heights(app)[0] < before[1][0]
        # No pane loses all of its room.
        await pressed(pilot, *["ctrl+left"] * 40)
        assert abs(widths(app)[0] - room * SHARES[0] // 100) <= 1
        await pressed(pilot, "t", "t", *["ctrl+right"] * 3)
        assert app.main.panes.tasks is not None
        assert app.main.panes.tasks.outer_size.width == USUAL["tree"] + 6
        # Each layout has sizes of its own.
        await pressed(pilot, "4")
        assert abs(widths(app)[0] - (room - 6) // 2) <= 1
    assert recalled(file).shares[MEMORY] == (SHARES[0], 50)
    app = app_of(recorded_host, file)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert abs(widths(app)[0] - (room - 6) * SHARES[0] // 100) <= 1
        await app.main.panes.run_action("usual_borders")
        await settle(pilot)
        assert (widths(app), heights(app)) == before
    assert vars(recalled(file)) == USUAL


async def test_the_mouse_takes_borders_along(recorded_host: Host, tmp_path: Path) -> None:
    file = tmp_path / "screen"
    app = app_of(recorded_host, file)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)

        async def drag(start: tuple[int, int], end: tuple[int, int]) -> None:
            before = vars(recalled(file))
            await pilot.mouse_down(offset=start)
            await pilot.hover(offset=end)
            # Written once it has been let go.
            assert vars(recalled(file)) == before
            await pilot.mouse_up(offset=end)
            await settle(pilot)

        first = app.main.panes.seen[0]
        border = first.region.right - 1
        await drag((border, 15), (border - 20, 15))
        assert abs(first.region.right - 1 - (border - 20)) <= 1
        bottom = first.region.bottom - 1
        await drag((border - 40, bottom), (border - 40, bottom + 4))
        assert abs(first.region.bottom - 1 - (bottom + 4)) <= 1
        await drag((USUAL["tree"] - 1, 20), (39, 20))
        assert app.main.panes.tasks is not None
        assert app.main.panes.tasks.outer_size.width == 40
        # A click elsewhere moves none.
        before = deepcopy(vars(app.kept.settings))
        await drag((border + 10, 10), (border, 12))
        assert vars(app.kept.settings) == before
    assert vars(recalled(file)) == before


@pytest.mark.usefixtures("colours")
async def test_the_theme_and_the_explanation_are_as_they_were(recorded_host: Host, tmp_path: Path) -> None:
    file = tmp_path / "screen"
    app = app_of(recorded_host, file, "prot-none-400g", "plan")
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pressed(pilot, "p", "T")
        assert "touches, does not overlap" in screen(app)
        chosen = app.theme
    app = app_of(recorded_host, file, "prot-none-400g", "plan")
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert app.theme == chosen
        assert "touches, does not overlap" in screen(app)
        # As it is for somebody who has asked for nothing: nothing to remember.
        await pressed(pilot, "p")
    assert chosen == "criu-tui-light"
    assert vars(recalled(file)) == {**USUAL, "theme": chosen}


async def test_a_theme_that_is_not_here_is_left_alone(recorded_host: Host, tmp_path: Path) -> None:
    (tmp_path / "screen").write_text("theme = of-another-release\n")
    app = app_of(recorded_host, tmp_path / "screen")
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert app.theme == CriuTui(app.main.report).theme


@pytest.mark.terminal
def test_a_run_writes_that_file_and_no_other(tmp_path: Path) -> None:
    """And none at all unless something was set; nothing that is written speaks of the dump."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {"HOME": str(home), "XDG_STATE_HOME": ""}

    def run(keys: Sequence[str], *arguments: str) -> set[str]:
        with Terminal([*OURS, *arguments], WIDE, environment) as terminal:
            terminal.wait_for(ALTERNATE_SCREEN)
            terminal.settle(0.5)
            for key in keys:
                terminal.press(key)
            terminal.press("q")
            assert terminal.status() == 0
        return {str(each.relative_to(home)) for each in home.rglob("*") if not each.is_dir()}

    for arguments in (("--demo", "fork"), (str(DUMPS / "prot-none-400g" / "dump"),)):
        assert run("1234567890", *arguments) == set()
    dump = str(DUMPS / "prot-none-400g" / "dump")
    assert run(["1", "\x1b[1;5C", "T"], dump) == {".local/state/criu-tui/screen"}
    written = (home / ".local/state/criu-tui/screen").read_text()
    assert sorted(line.split(" = ")[0] for line in written.splitlines()) == ["memory", "theme"]


@pytest.mark.terminal
@pytest.mark.skipif(os.geteuid() != 0, reason="takes root to mount")
def test_a_file_system_that_takes_nothing_does_not_matter(tmp_path: Path) -> None:
    """A read-only one, in a mount namespace of the test's own."""
    dump, home = DUMPS / "prot-none-400g" / "dump", tmp_path / "home"
    home.mkdir()
    mount = f"mount -t tmpfs -o ro none {home} && exec {' '.join(OURS)} --pane maps {dump}"
    if subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no mount namespaces here")
    with Terminal(["unshare", "-m", "sh", "-c", mount], WIDE, {"HOME": str(home), "XDG_STATE_HOME": ""}) as terminal:
        terminal.wait_for(ALTERNATE_SCREEN)
        terminal.settle(0.5)
        terminal.press("1")
        terminal.press("\x1b[1;5C")
        terminal.shows("not remembered for the next time")
        terminal.press("q")
        assert terminal.status() == 0


@pytest.mark.usefixtures("colours")
def test_the_start_screen_has_the_theme_too(tmp_path: Path) -> None:
    (tmp_path / "screen").write_text("theme = criu-tui-light\n")
    from criu_tui.screens.open import OpenApp

    assert OpenApp(tmp_path, kept=Kept(tmp_path / "screen")).theme == "criu-tui-light"


def test_printing_reads_and_writes_no_settings(tmp_path: Path) -> None:
    found: dict[str, Any] = {"XDG_STATE_HOME": str(tmp_path / "state")}
    code = "import sys; from criu_tui.cli import main; main(sys.argv[1:]); print('criu_tui.remembered' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "--demo", "boundary", "--print", "maps"],
        env={**os.environ, **found}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.endswith("False\n")
    assert not (tmp_path / "state").exists()

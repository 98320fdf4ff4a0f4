"""Pane 6, and when the app goes there by itself."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.app import CriuTui
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report import issue
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import Tone
from criu_tui.panes.pane import Pane
from criu_tui.widgets import clipboard
from criu_tui.widgets.notes import Notes

from tests.app.support import SMALL, opened, place, screen, settle, shows, until
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host


async def test_a_directory_with_only_a_log_opens(recorded_host: Host) -> None:
    async with opened("userns-no-map", recorded_host) as (app, pilot):
        # It opens on the diagnosis.
        assert app.main.pane == "findings"
        for words in (
            "no task",
            "the dump failed: the user namespace does not map id 0",
            "the log shows no extent",
            "way out: map id 0",
        ):
            await shows(pilot, words)


@pytest.mark.parametrize("pressed", [(), ("p",)])
async def test_with_little_room_what_helps_is_told_whole_and_why_is_cut(
    recorded_host: Host, pressed: tuple[str, ...]
) -> None:
    async with opened("userns-no-map", recorded_host, (80, 16)) as (app, pilot):
        await pilot.press(*pressed)
        await settle(pilot)
        found = app.main.report.findings[0]
        cut = " ".join(screen(app).split())
        assert f"way out: {found.advice}" in cut
        assert found.why not in cut
        assert "… D: in full" in cut
        await pilot.press("D")
        await settle(pilot)
        assert found.why in " ".join(screen(app).replace("│", " ").split())


async def test_few_findings_are_told_in_full_where_there_is_room(recorded_host: Host) -> None:
    async with opened("userns-no-map", recorded_host, SMALL) as (app, _):
        shown = " ".join(screen(app).split())
        assert app.main.report.findings[0].why in shown
        assert "… D: in full" not in shown


async def test_errors_come_before_what_other_releases_do(recorded_host: Host, tmp_path: Path) -> None:
    directory = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-400g" / "dump", directory)
    with (directory / "pages-1.img").open("r+b") as file:
        file.truncate(34_816)
    app = CriuTui(Report(Dump(directory), criu("4.2.1"), recorded_host))
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("f")
        await settle(pilot)
        assert app.main.pane == "findings"


async def test_the_name_of_findings_is_red_for_errors(recorded_host: Host) -> None:
    for name, red in (("prot-none-400g-fork", True), ("prot-none-1g", False)):
        async with opened(name, recorded_host, version="4.2.1") as (app, _):
            colours = {
                segment.style.color
                for line in app.screen._compositor.render_strips()
                for segment in line
                if "Findings" in segment.text and segment.style is not None
            }
            error = app.query_one("#detail", Notes).tone_style(Tone.ERROR).color
            assert (error in colours) is red


async def test_a_finding_is_told_once_the_cursor_rests(recorded_host: Host) -> None:
    async with opened("prot-none-400g-fork", recorded_host, pane="findings") as (app, pilot):
        pane = app.main.panes.front
        told = pane.query_one("#finding", Notes)
        found = app.main.report.findings
        assert len(found) > 1
        drawn = told._drawn
        await pilot.press("j")
        assert pane.table.cursor == 1
        assert told._drawn == drawn
        await until(pilot, lambda: told._drawn != drawn)
        assert told._drawn[0][1].startswith(found[1].title[:20])


async def test_the_findings_know_which_task_is_selected(recorded_host: Host) -> None:
    async with opened("random-2-fork", recorded_host) as (app, pilot):
        findings = app.query_one("#findings", Pane)
        await pilot.press("j", "6")
        await settle(pilot)
        there = place(app, "maps")
        await pilot.press("right_square_bracket")
        await settle(pilot)
        # A forked task has the same addresses.
        assert (findings.pid, findings.address) == (16657, there)


async def test_a_directory_with_only_a_log_lets_the_user_go(recorded_host: Host) -> None:
    async with opened("userns-no-map", recorded_host) as (app, pilot):
        assert app.main.pane == "findings"
        await pilot.press("1", "V")
        await settle(pilot)
        assert app.main.pane == "maps"


async def test_f_goes_to_the_findings_when_no_mapping_fails_but_something_else_does(recorded_host: Host) -> None:
    # CRIU 3.19 knows no guard VMAs and takes them for VMAs out of order.
    async with opened("every-kind", recorded_host, version="3.19") as (app, pilot):
        await pilot.press("f")
        await settle(pilot)
        assert app.main.pane == "findings"
        assert "guard VMAs" in screen(app)


async def test_enter_goes_to_the_log_line_that_a_finding_quotes_and_backspace_returns(recorded_host: Host) -> None:
    folder = DUMPS / "prot-none-400g-fork"
    report = Report(Dump(folder / "dump"), criu("4.2.1"), recorded_host, given_log=folder / "restore-4.2.1.log")
    app = CriuTui(report, "findings")
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        findings, lines = app.query_one("#findings", Pane), app.query_one("#log", Pane)
        quoting = next(i for i, found in enumerate(report.findings) if found.line is not None)
        wanted = report.findings[quoting].line
        findings.table.select(quoting)
        for _ in range(2):
            await pilot.press("enter")
            await settle(pilot)
            assert app.main.pane == "log"
            assert lines.table.table is not None
            assert lines.table.row is not None
            assert lines.table.table.rows[lines.table.row].line.number == wanted
            # Somewhere else, and with the line filtered away: the second time it is found nevertheless.
            await pilot.press("home", "slash", *"zzzz", "enter")
            await settle(pilot)
            await pilot.press("backspace")
            await settle(pilot)
            assert app.main.pane == "findings"
            assert findings.table.row == quoting


async def test_enter_shows_a_finding_in_full_that_quotes_no_log(recorded_host: Host) -> None:
    async with opened("every-kind", recorded_host, version="3.19", pane="findings") as (app, pilot):
        main = app.screen
        await pilot.press("enter")
        await settle(pilot)
        assert app.screen is not main


@pytest.mark.parametrize("pane", ["findings", "coverage", "files"])
@pytest.mark.parametrize(("typed", "redacted"), [("report", False), ("redacted", True)])
async def test_the_palette_copies_the_report_for_an_issue(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch, pane: str, typed: str, redacted: bool
) -> None:
    copied: list[str] = []

    def copy(_: object, text: str) -> str:
        copied.append(text)
        return "here"

    monkeypatch.setattr(clipboard, "copy", copy)
    folder = DUMPS / "prot-none-400g-fork"
    report = Report(Dump(folder / "dump"), criu("4.2.1"), recorded_host, given_log=folder / "restore-4.2.1.log")
    app = CriuTui(report, pane)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("colon", *typed, "enter")
        await settle(pilot)
        await settle(pilot)
        assert copied == ["\n".join(issue.text(report, redacted=redacted))]
        assert "### Cause (line 202 of restore-4.2.1.log)" in copied[0]
        assert f"copied a {'redacted ' if redacted else ''}report for an issue" in screen(app)


async def test_without_findings_it_says_where_else_to_look(recorded_host: Host) -> None:
    """Checks may fail where nothing was found: the verdict is red, and the pane empty."""
    async with opened("random-1", recorded_host, pane="findings") as (app, _):
        shown = screen(app)
        assert "no findings in images, plan and logs; 0 has what the checks compared" in shown
        assert "0 errors, 0 warnings, 0 notes" in shown


async def test_a_row_is_copied_with_what_it_says(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    def copy(_: object, text: str) -> str:
        copied.append(text)
        return "here"

    monkeypatch.setattr(clipboard, "copy", copy)
    async with opened("userns-no-map", recorded_host) as (_, pilot):
        await pilot.press("y")
        await shows(pilot, "copied the row and command line here")
        assert copied[0].startswith("# the dump failed: the user namespace does not map id 0\n")
        assert copied[0].endswith(" --pane findings")


async def test_what_fails_is_said_to_be_in_front_already(recorded_host: Host) -> None:
    async with opened("userns-no-map", recorded_host) as (app, pilot):
        assert app.main.pane == "findings"
        await pilot.press("f")
        await settle(pilot)
        assert [each.message for each in app._notifications] == ["what fails is in front already"]

"""The table of panes: each of them is whole wherever it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report import printed
from criu_tui.core.report.registry import PANES, PRINTED, SHOWN, TASKS
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.panes.all import pane_of
from criu_tui.panes.pane import Pane

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host

OPTIONS = DUMPS.parents[1] / "tui" / "docs" / "options.md"


@pytest.mark.parametrize("name", [*SHOWN, TASKS.id])
def test_each_pane_of_the_app_has_a_class_and_rows(recorded_host: Host, name: str) -> None:
    kind = SHOWN.get(name, TASKS)
    assert issubclass(pane_of(name), Pane)
    report = Report(Dump(DUMPS / "every-kind" / "dump"), criu("4.2.1"), recorded_host)
    table = kind.build(report, report.dump.tasks[0].pid)
    assert table.columns
    assert len(kind.label) <= 16


@pytest.mark.parametrize("name", SHOWN)
def test_without_tasks_no_pane_speaks_of_one(recorded_host: Host, name: str, tmp_path: Path) -> None:
    demos.write(demos.demo("userns"), tmp_path)
    table = SHOWN[name].build(Report(Dump(tmp_path), criu("4.2.1"), recorded_host), 0)
    assert not {"0", "?"}.intersection(table.title)
    assert "task 0" not in table.empty
    if SHOWN[name].of_task:
        assert table.title == "Bytes" or table.title.endswith(": no task")


@pytest.mark.parametrize("name", PRINTED)
def test_each_printed_pane_has_text_and_json(recorded_host: Host, name: str) -> None:
    report = Report(Dump(DUMPS / "every-kind" / "dump"), criu("4.2.1"), recorded_host)
    assert any(printed.text(report, name))
    assert printed.json(report, name)["schema"] == 1


def test_names_and_keys_mean_one_pane() -> None:
    assert len({kind.name for kind in PANES.values()}) == len(PANES)
    keys = [kind.key for kind in SHOWN.values()]
    assert len(set(keys)) == len(keys)


def test_the_page_of_options_lists_the_printed_panes_in_order() -> None:
    _, _, after = " ".join(OPTIONS.read_text().split()).partition("--print PANE ")
    named = after.partition(",")[0].split(" | ")
    assert [name for name in named if name in PRINTED] == list(PRINTED)

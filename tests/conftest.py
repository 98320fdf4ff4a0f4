"""What tests of several modules need."""

from __future__ import annotations

import inspect
import itertools
import os
from pathlib import Path

import pytest
from criu_tui.core.restore.host import Host, Mode
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests import handled

TESTS = Path(__file__).parent
DUMPS = TESTS / "dumps"
SLOW = (
    "app/", "core/test_archives", "core/test_compressed", "core/test_containers", "core/test_contents",
    "core/test_damage", "core/test_isolation", "core/test_limits", "core/test_log", "core/test_pagemap_columns",
    "core/test_plan_properties", "core/test_search", "core/test_truths", "fuzz/", "panes/", "test_images_pane",
    "test_installed", "test_no_writes", "test_progress", "test_widgets",
)  # fmt: skip
"""Beginnings of the paths, below this folder, of tests that are not quick: together those take less than a minute."""

IN_TURN = ("real/", "share/test_ssh", "test_signals", "core/test_story", "core/test_truths")
"""Beginnings of the paths of tests that run one after the other, those of each in one process.

They change what is the whole machine's, or share what takes long to make.
"""
MOST_PROCESSES = 16
"""That share the tests, however many processors there are."""

# How long an example takes says something of the machine, not of the program.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
handled.take_place()
# Readline sets these in pytest, for the processes that share its tests; programs believe them, not their terminal.
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test finds what another one, or the developer, has made of the screen."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / f"state-{next(_RUNS)}"))


_RUNS = itertools.count()


@pytest.fixture
def recorded_host() -> Host:
    """The machine that the restores in tests/dumps ran on."""
    return Host(Mode.HEURISTIC, mem=24684084 * 1024, swap=0, limit=0, committed=0)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes share the tests: two for each processor, as tests wait half of the time.

    One alone runs what is named by its path: the others would take longer to start.
    """
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return 0
    return min(2 * len(os.sched_getaffinity(0)), MOST_PROCESSES)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Hands out tests one by one to whoever is free; those that run in turn begin."""
    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = _scope
    return scheduling


def _scope(test: str) -> str:
    """What runs in one process, by its id."""
    return next((path for path in IN_TURN if test.startswith(f"{TESTS.name}/{path}")), test)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test: `real`, `terminal`, and of the others those that are `quick`."""
    for item in items:
        module = item.path.relative_to(TESTS).as_posix()
        if module.startswith("real/"):
            item.add_marker(pytest.mark.real)
        elif module.startswith(("terminal/", "test_terminal.")) or opens_a_terminal(item):
            item.add_marker(pytest.mark.terminal)
        elif not module.startswith(SLOW):
            item.add_marker(pytest.mark.quick)


def opens_a_terminal(item: pytest.Item) -> bool:
    """Whether a test runs the program in a pseudo-terminal of its own."""
    function = inspect.unwrap(item.function) if isinstance(item, pytest.Function) else None
    return function is not None and "Terminal" in function.__code__.co_names

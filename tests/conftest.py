"""What tests of several modules need."""

from __future__ import annotations

import inspect
import itertools
from pathlib import Path

import pytest
from criu_tui.core.restore.host import Host, Mode
from hypothesis import settings

TESTS = Path(__file__).parent
DUMPS = TESTS / "dumps"
SLOW = (
    "app/", "core/test_archives", "core/test_compressed", "core/test_containers", "core/test_contents",
    "core/test_damage", "core/test_isolation", "core/test_limits", "core/test_log", "core/test_pagemap_columns",
    "core/test_plan_properties", "core/test_search", "core/test_truths", "fuzz/", "panes/", "test_images_pane",
    "test_installed", "test_no_writes", "test_progress", "test_widgets",
)  # fmt: skip
"""Beginnings of the paths, below this folder, of tests that are not quick: together those take less than a minute."""

# How long an example takes says something of the machine, not of the program.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test finds what another one, or the developer, has made of the screen."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / f"state-{next(_RUNS)}"))


_RUNS = itertools.count()


@pytest.fixture
def recorded_host() -> Host:
    """The machine that the restores in tests/dumps ran on."""
    return Host(Mode.HEURISTIC, mem=24684084 * 1024, swap=0, limit=0, committed=0)


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

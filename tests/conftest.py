"""What tests of several modules need."""

from __future__ import annotations

from pathlib import Path

import pytest
from criu_tui.core.restore.host import Host, Mode
from hypothesis import settings

DUMPS = Path(__file__).parent / "dumps"

# How long an example takes says something of the machine, not of the program.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture
def recorded_host() -> Host:
    """The machine that the restores in tests/dumps ran on."""
    return Host(Mode.HEURISTIC, mem=24684084 * 1024, swap=0, limit=0, committed=0)

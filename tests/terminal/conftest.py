"""A tmux for each test; under CI it has to be there."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.terminal.tmux import Tmux

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def tmux() -> Iterator[Tmux]:
    if shutil.which("tmux") is None:
        if os.environ.get("CI"):
            pytest.fail("no tmux here")
        pytest.skip("no tmux here")
    # The path of a socket has 107 bytes, which pytest's own directory may fill.
    with tempfile.TemporaryDirectory(dir="/tmp") as made, Tmux(Path(made) / "socket") as server:
        yield server

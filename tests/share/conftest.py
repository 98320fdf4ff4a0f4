"""Where the sessions of these tests have their sockets."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def near() -> Iterator[Path]:
    """A directory of the user's own below /tmp: the path of a socket has 107 bytes, which pytest's own may fill."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        yield Path(made)

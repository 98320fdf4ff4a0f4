"""What one input may cost a machine that does nothing else: for runs by hand, where someone judges a find."""

from __future__ import annotations

import resource
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.fuzz.views import BrokenPromiseError

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 2.0
"""Of processor time, for an input or for a view in all its formats."""
MEMORY = 200 << 20
"""Bytes above its own size that an input may cost."""


@contextmanager
def bounded_time() -> Iterator[None]:
    """Raises BrokenPromiseError when what is inside takes too long."""
    before = time.process_time()
    yield
    taken = time.process_time() - before
    if taken > SECONDS:
        raise BrokenPromiseError(f"{taken:.1f} s")


@contextmanager
def bounded_memory(size: int) -> Iterator[None]:
    """Raises BrokenPromiseError when what is inside costs more memory than an input of this many bytes may."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    if grown > size + MEMORY:
        raise BrokenPromiseError(f"{grown >> 20} MiB")

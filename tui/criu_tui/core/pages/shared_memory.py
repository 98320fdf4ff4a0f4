"""The shared memory of a dump that has pages of its own, by the ids that its images are named with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.dump.listed import numbered
from criu_tui.core.images.kinds import SHMEM_PAGEMAP

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump


def shared_memories(dump: Dump) -> tuple[int, ...]:
    """Ids of the shared memory that has a pagemap in the dump, ascending."""
    return tuple(number for number, _ in numbered(dump, SHMEM_PAGEMAP))

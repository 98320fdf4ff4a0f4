"""The shared memory of a dump that has pages of its own, by the ids that its images are named with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump

_BEFORE, _AFTER = "pagemap-shmem-", ".img"


def shared_memories(dump: Dump) -> tuple[int, ...]:
    """Ids of the shared memory that has a pagemap in the dump, ascending."""
    names = (name for name in dump.files_listed if name.startswith(_BEFORE) and name.endswith(_AFTER))
    numbers = (name[len(_BEFORE) : -len(_AFTER)] for name in names)
    return tuple(sorted(int(number) for number in numbers if number.isascii() and number.isdecimal()))

"""Huge pages that the images need, against the pools of the host."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.units import number, size
from criu_tui.core.dump.vma import MapFlag
from criu_tui.core.dump.vma_bits import vma_bits
from criu_tui.core.restore.preflight.check import Check, Needs, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.preflight.attempt import Attempt

HUGE = 2 << 20
"""Bytes of a huge page where the flags do not say it: the default on x86-64."""
HUGE_SHIFT, HUGE_MASK = 26, 0x3F
"""Where the map flags have the logarithm of the size (MAP_HUGE_SHIFT of mmap(2))."""


class HugePages:
    """Free pages of each size."""

    id: ClassVar[str] = "huge-pages"
    what: ClassVar[str] = "huge pages that are free"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether it maps huge pages."""
        return bool(wanted(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """One check for each size of page that the dump maps."""
        return checks(attempt.dump, attempt.around.host)


def wanted(dump: Dump) -> Counter[int]:
    """Bytes by the size of a page.

    The kernel reserves the whole length when it is mapped, unless NORESERVE is given (mm/hugetlb.c);
    shared memory reserves once.
    """
    found: Counter[int] = Counter()
    shared: set[int] = set()
    if not vma_bits(dump).flags & MapFlag.HUGETLB:
        return found
    for pid in dump.pids:
        for vma in dump.address_space(pid).vmas:
            if not vma.traits.hugetlb or vma.flags & MapFlag.NORESERVE or (vma.traits.shared and vma.shmid in shared):
                continue
            if vma.traits.shared:
                shared.add(vma.shmid)
            exponent = vma.flags >> HUGE_SHIFT & HUGE_MASK
            found[1 << exponent if exponent else HUGE] += vma.size
    return found


def checks(dump: Dump, host: Host) -> Iterator[Check]:
    """What the pools of a host have for each size of page."""
    about = HugePages.id
    for length, needed in sorted(wanted(dump).items()):
        if host.huge is None:
            yield Check(about, f"the dump needs {size(needed)} of huge pages", State.UNKNOWN, "the pools are not known")
            continue
        free = dict(host.huge).get(length, 0)
        what = f"the dump needs {size(needed)} of huge pages, this host has {size(free)} free"
        if needed <= free:
            yield Check(about, what, State.OK, f"pages of {size(length)}")
            continue
        yield Check(
            about,
            what,
            State.FAILS,
            f"pages of {size(length)}; the kernel reserves them when they are mapped, and refuses with ENOMEM",
            f"reserve {number(-(-needed // length))} of them: write to "
            f"/sys/kernel/mm/hugepages/hugepages-{length >> 10}kB/nr_hugepages",
        )

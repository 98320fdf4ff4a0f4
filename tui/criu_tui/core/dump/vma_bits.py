"""What VMAs have at all, so that what looks for those of a kind need not look at each where there are none."""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
import functools
import operator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump

_FLAGS, _STATUS = operator.attrgetter("flags"), operator.attrgetter("status")


class VmaBits(NamedTuple):
    """The bits that any VMA of any task has."""

    flags: int
    """MAP_*."""
    status: int
    """VMA_*."""


def vma_bits(dump: "Dump") -> VmaBits:
    """Those of a dump; looks at every VMA once."""
    return dump.once("VMA bits", lambda: _bits(dump))


def _bits(dump: "Dump") -> VmaBits:
    flags = status = 0
    for pid in dump.pids:
        vmas = dump.address_space(pid).vmas
        flags = functools.reduce(operator.or_, map(_FLAGS, vmas), flags)
        status = functools.reduce(operator.or_, map(_STATUS, vmas), status)
    return VmaBits(flags, status)

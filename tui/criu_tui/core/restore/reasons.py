"""Why a step is as it is, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import address, counted, size
from criu_tui.core.restore.releases import ACCOUNTING
from criu_tui.core.restore.steps import WRITE, Cause, Step

if TYPE_CHECKING:
    from criu_tui.core.base.span import Span
    from criu_tui.core.restore.releases import Criu


def reason(step: Step, criu: Criu, *, counted_known: bool) -> str:
    """One sentence that names what decided a step.

    counted_known: whether the images of the task say which VMAs the kernel counted.
    """
    entry, vma, partner = step.entry, step.vma, step.partner
    length = size(vma.size)
    read = counted(step.pages, "page")
    match step.cause:
        case Cause.WRITABLE:
            return f"writable in the dump already; {read} to read into it"
        case Cause.DATA:
            return f"{_entry_at(entry)} lies inside: mapped writable to read {read}, WRITE is dropped afterwards"
        case Cause.TOUCH:
            return (
                f"next dumped page {_start(entry)} begins exactly at this VMA's end: {criu.name} counts "
                f"that as inside, so it maps {length} writable"
            )
        case Cause.TRAILING:
            where = f"the last dumped page ends at {address(entry.end)}, " if entry else "the pagemap is empty, "
            return f"{where}no entry lies above to decide: {criu.name} maps {length} writable"
        case Cause.ALWAYS:
            return f"{criu.name} adds WRITE to every private VMA, dumped pages or not; {read} to read into it"
        case Cause.NO_DATA:
            place = (
                "begins exactly at this VMA's end, which is outside"
                if entry and entry.start == vma.end
                else "lies above"
            )
            return f"next dumped page {_start(entry)} {place}: nothing to read, protection kept"
        case Cause.NO_DATA_LEFT:
            where = f" above {address(entry.end)}" if entry else ""
            return f"no dumped page{where}: nothing to read, protection kept"
        case Cause.INHERITED:
            return (
                f"COW pair with parent task {partner}: its premapped copy is moved here, "
                f"nothing is mapped anew; {read} to compare"
            )
        case Cause.COW_ROOT:
            write = _write(step, criu, counted_known=counted_known)
            return f"COW pair: task {partner} inherits it, so it is mapped before the fork, {write}"
        case _:
            return _FIXED[step.cause].format(write=_write(step, criu, counted_known=counted_known))


_FIXED = {
    Cause.HUGETLB: "hugetlb: mapped in place and {write}",
    Cause.PLUGIN: "a CRIU plugin restores it: mapped in place and {write}",
    Cause.SHARED: "shared memory: mapped with its own protection, never charged as private memory",
    Cause.ABOVE: "ends above the task size: mapped with its own protection, no page of it is read; charged as private "
    "memory when writable",
    Cause.SYSV: "System V shared memory: attached with shmat",
    Cause.GUARD: "a guard region inside another VMA: nothing is mapped",
    Cause.UNMAPPED: "provided by the kernel: nothing is mapped",
    Cause.INCREMENTAL: "the dump is incremental (it has a parent): premapped, {write}",
    Cause.LAZY: "lazy restore: premapped, {write}",
    Cause.SHADOW_STACK: "a shadow stack: premapped, {write}",
    Cause.GROWSDOWN: "grows down and the VMA before it ends exactly at its start: premapped, {write}",
}


def _write(step: Step, criu: Criu, *, counted_known: bool) -> str:
    """Why a mapping that does not ask the pagemap is writable, or is not."""
    rule = criu.rule
    if step.requested_prot & WRITE:
        if rule.accounting and step.vma.prot == 0:
            if counted_known:
                return "with WRITE: the kernel counted it when it was dumped, so it was writable once"
            return f"with WRITE: {not_told(criu)}"
        return "always with WRITE"
    if not rule.accounting:
        return "and no page needs WRITE"
    if step.pages:
        read = counted(step.pages, "page")
        return f"without WRITE, since the kernel had not counted it, and so its {read} cannot be read into it"
    return "without WRITE, since the kernel had not counted it"


def not_told(criu: Criu) -> str:
    """What images of an older CRIU leave out."""
    return (
        f"dumped by a CRIU before {ACCOUNTING.release}, so {criu.name} cannot tell whether this reservation was ever "
        "counted"
    )


def _start(entry: Span | None) -> str:
    return address(entry.start) if entry else "none"


def _entry_at(entry: Span | None) -> str:
    if entry is None:
        return "a dumped page"
    return f"pagemap entry {address(entry.start)}-{address(entry.end)}"

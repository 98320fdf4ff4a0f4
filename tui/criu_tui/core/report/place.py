"""Where one is: going to an address that people write, and saying where one is so that others can go there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from criu_tui.core.base.units import address, size
from criu_tui.core.dump.mapped_file import address_of
from criu_tui.core.dump.vma import prot_text
from criu_tui.core.pages.symbols import address_of_symbol
from criu_tui.core.report import shell
from criu_tui.core.restore.releases import NEWEST
from criu_tui.core.tables.filter import parse_address, parse_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.dump.address_space import AddressSpace
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.report.report import Report
    from criu_tui.core.tables.table import Table

R = TypeVar("R")

SEARCHED_TASKS = 64
"""Other tasks whose address spaces are read in search of an address."""


class NowhereError(ValueError):
    """What was asked for leads to no VMA; the message is one line that says what is near."""


@dataclass(frozen=True, slots=True)
class TaskAddress:
    """An address of a task."""

    pid: int
    address: int


def go_to(report: Report, pid: int, text: str, here: int | None) -> TaskAddress:
    """The place that a text means: an address, +SIZE or -SIZE from here, FILE+OFFSET, a VMA type, part of a path, or a
    symbol.

    Raises NowhereError when no VMA is there.
    """
    wanted = text.strip()
    if not report.dump.pids:
        raise NowhereError("no tasks in this dump, and so no place to go to")
    space = report.dump.address_space(pid)
    if wanted[:1] in ("+", "-"):
        distance = parse_number(wanted[1:])
        if distance is None or here is None:
            raise NowhereError(f"{wanted!r} is no distance from here, such as +1M")
        return _at(report, pid, here + (distance if wanted[0] == "+" else -distance))
    where = parse_address(wanted)
    if where is not None:
        return _at(report, pid, where)
    found = _named(report, space, wanted)
    if found is None and (mapped := _in_file(report, pid, wanted)) is not None:
        return TaskAddress(pid, mapped)
    if found is None and (symbol := _symbol(report, pid, wanted)) is not None:
        return TaskAddress(pid, symbol)
    if found is None:
        raise NowhereError(
            f"{wanted!r} is no address, and no type or path of a VMA, nor a symbol of a file at hand, of task {pid}"
        )
    return TaskAddress(pid, found.start)


def names(report: Report, pid: int) -> list[str]:
    """What a place of a task may be called: types of its VMAs, and names of its files; of very many VMAs of some."""
    outline = report.dump.address_space(pid).outline
    files = {report.path(vma).rpartition("/")[2] for vma in outline.samples}
    return [*sorted({kind.value for kind in outline.kinds}), *sorted(files - {""})]


def _named(report: Report, space: AddressSpace, wanted: str) -> Vma | None:
    name = wanted.strip("[]").casefold()
    if not name:
        return None
    for part in (lambda vma: space.kind(vma).value, report.path):
        found = next((vma for vma in space.vmas if name in part(vma).casefold()), None)
        if found is not None:
            return found
    return None


def _symbol(report: Report, pid: int, wanted: str) -> int | None:
    """The address of "main", "main+0x10" or "libc.so.6:malloc", of files that are at hand; None without one."""
    name, plus, distance = wanted.rpartition("+")
    try:
        beyond = int(distance, 16) if plus else 0
    except ValueError:
        return None
    found = address_of_symbol(report.dump, pid, name if plus else wanted)
    return None if found is None else found + beyond


def _in_file(report: Report, pid: int, wanted: str) -> int | None:
    """The address of a byte of a mapped file, as "libc.so.6+0x2a1f0"; None for a text that is none."""
    name, plus, offset = wanted.rpartition("+")
    try:
        number = int(offset, 16)
    except ValueError:
        return None
    return address_of(report.dump, report.dump.address_space(pid), name, number) if plus and name else None


def _at(report: Report, pid: int, where: int) -> TaskAddress:
    space = report.dump.address_space(pid)
    if space.at(where) is not None:
        return TaskAddress(pid, where)
    for other in list(report.dump.pids)[:SEARCHED_TASKS]:
        if report.dump.address_space(other).at(where) is not None:
            return TaskAddress(other, where)
    below = max((vma for vma in space.vmas if vma.end <= where), key=lambda vma: vma.end, default=None)
    above = min((vma for vma in space.vmas if vma.start > where), key=lambda vma: vma.start, default=None)
    near = [
        *([f"one ends {size(where - below.end)} below, at {address(below.end)}"] if below else []),
        *([f"one starts {size(above.start - where)} above, at {address(above.start)}"] if above else []),
    ]
    raise NowhereError(f"no VMA holds {where:x}: {', '.join(near) or 'the task has none'}")


def vma_line(report: Report, pid: int, where: int | None) -> str:
    """The VMA at an address in one line; empty without one."""
    space = report.dump.address_space(pid)
    index = None if where is None else space.at(where)
    if index is None:
        return ""
    vma = space.vmas[index]
    kind, path = space.kind(vma).value, report.path(vma)
    line = f"{address(vma.start)}-{address(vma.end)} {prot_text(vma.prot)} {size(vma.size)} {kind} {path}".rstrip()
    guard = None if where is None else space.guard_at(where)
    return line if guard is None else f"{line}; {guard_words(space.vmas[guard])} lies in it"


def guard_words(vma: Vma) -> str:
    """A guard VMA, whose addresses another VMA has too."""
    return f"guard {address(vma.start)}-{address(vma.end)}"


def command_line(report: Report, pane: str, pid: int | None, where: int | None) -> str:
    """What to type in a shell to stand exactly here; a line that does nothing where no shell could be told."""
    words = ["criu-tui", *(report.opened_with or (str(report.dump.path.absolute()),))]
    if report.criu.version != NEWEST:
        words += ["--criu", report.criu.version]
    words += ["--pane", pane]
    if pid in report.dump.pids:
        words += ["--task", str(pid)]
        if where is not None:
            words += ["--goto", address(where)]
    try:
        return " ".join(map(shell.word, words))
    except shell.UnpastableError as error:
        return shell.comment(f"no command line opens this: {error}")


def lines(report: Report, pane: str, pid: int | None, where: int | None, said: Sequence[str] = ()) -> list[str]:
    """The place as text to paste: what is said there, address and VMA for people, and what opens it."""
    found = [] if pid not in report.dump.pids or pid is None else [vma_line(report, pid, where)]
    return [
        *map(shell.comment, said),
        *([shell.comment(address(where))] if where is not None else []),
        *(shell.comment(line) for line in found if line),
        command_line(report, pane, pid, where),
    ]


def said_at(table: Table[R], row: R) -> list[str]:
    """What a row without addresses says; of one that has some these are said."""
    if table.place(row)[1] is not None:
        return []
    if table.in_full is not None:
        return list(table.in_full(row))
    cells = (column.text(row).strip() for column in table.columns)
    return ["  ".join(filter(None, cells))]

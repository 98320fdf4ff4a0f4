"""A report whose dump lies with somebody else: its panes have the rows that are sent, and no more is known here."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from criu_tui.core.dump.address_space import AddressSpace
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.task import Task, TaskCore
from criu_tui.core.report.questions import COLUMNS, ROWS, Answer, Question, Row, Sought, unknown_row
from criu_tui.core.report.registry import SHOWN
from criu_tui.core.report.report import Report
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.source import Source
from criu_tui.core.tables.table import Column, Table, Tint, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from criu_tui.core.report.pane_kind import PaneKind
    from criu_tui.core.restore.host import Host
    from criu_tui.core.restore.releases import Criu
    from criu_tui.core.source.source import FileStatus, OpenFile

    Ask = Callable[[Question], Future[Answer]]
    """Asks whoever has the dump; from any thread."""

KEPT = 10 * ROWS
"""Rows of a table that are kept; those that came first go first."""
PATIENCE = 30.0
"""Seconds for which a thread waits for rows."""
NOWHERE = Path("with the host")
DEPTH = 64
"""Levels of the task tree that are believed."""

WITHOUT = {
    "maps": "what is told of an address below all panes",
    "coverage": "the heat map, counting contents",
    "plan": "comparing CRIUs, counters",
    "ids": "the drawing of the maps, converting ids",
    "log": "errors and warnings alone",
    "findings": "the log line behind a finding, the report",
    "bytes": "search, following pointers",
    "task": "taking out a core",
    "files": "taking out data",
    "diff": "reading pages, another checkpoint to compare with",
    "images": "entries and fields",
    "memory": "reading pages",
}
"""What of a pane is not sent, by its id: it needs the checkpoint itself."""


class Elsewhere(Source):
    """A place of which only the name is known."""

    lone = True

    def __init__(self) -> None:
        self.path = NOWHERE

    def names(self) -> frozenset[str]:
        return frozenset(("rows",))

    def open(self, name: str) -> OpenFile:
        raise ImageError(name, None, "lies with the host")

    def status(self, name: str, *, follow: bool = True) -> FileStatus:
        raise FileNotFoundError(name)

    def link(self, name: str) -> str | None:
        return None

    def sub(self, name: str) -> Source:
        raise FileNotFoundError(name)

    @property
    def above(self) -> Source | None:
        return None

    @property
    def identity(self) -> Hashable:
        return NOWHERE


class RemoteDump(Dump):
    """The tasks of a dump that lies elsewhere."""

    def __init__(self, title: str, rows: Iterable[Row] = ()) -> None:
        super().__init__(Elsewhere())
        # Shown, and never opened.
        self.shown_path = Path(title)
        self._cores: dict[int, TaskCore] = {}
        tasks: dict[int, Task] = {}
        for row in rows:
            if row.task and row.task not in tasks and len(row.cells) == 4:
                comm, state, ppid, depth = row.cells
                parent, below = (int(each) if each.isdecimal() and len(each) < 11 else 0 for each in (ppid, depth))
                tasks[row.task] = Task(row.task, parent, 0, 0, (row.task,), min(below, DEPTH))
                known = int(state) if state.isdecimal() and len(state) < 11 else None
                self._cores[row.task] = TaskCore(comm, known)
        self.tasks = tuple(tasks.values())
        self.pids = {task.pid: index for index, task in enumerate(self.tasks)}

    def address_space(self, pid: int) -> AddressSpace:
        """None of it is here."""
        return AddressSpace()

    def core(self, pid: int) -> TaskCore:
        return self._cores.get(pid, TaskCore())


class RemoteReport(Report):
    """What the panes show, asked for pane by pane."""

    elsewhere = True

    def __init__(
        self, dump: RemoteDump, chosen: Criu, opened_with: tuple[str, ...] = (), ask: Ask | None = None
    ) -> None:
        super().__init__(dump, chosen, opened_with=opened_with)
        self._ask = ask

    def connect(self, ask: Ask) -> None:
        """Says who answers."""
        self._ask = ask

    def _like(self, dump: Dump, by: Criu, host: Host | None) -> Report:
        assert isinstance(dump, RemoteDump)
        return RemoteReport(dump, by, self.opened_with, self._ask)

    def ask(self, asked: Question) -> Future[Answer]:
        """Asks under this report's release."""
        if self._ask is None:
            nobody: Future[Answer] = Future()
            nobody.set_result(Answer("nobody has been asked yet"))
            return nobody
        return self._ask(asked._replace(release=self.criu.version))

    def table_of(self, kind: PaneKind, pid: int) -> Table[Any]:
        """Waits for the first rows; the task tree is here."""
        if kind.id not in SHOWN:
            return super().table_of(kind, pid)
        asked = Question(Sought.TABLE, kind.id, pid or None)
        if not self.dump.tasks or kind.id == "bytes":
            # Of bytes the pane knows which.
            return self.table(asked, Answer("asking the host"))
        try:
            answer = self.ask(asked).result(PATIENCE)
        except (TimeoutError, CancelledError):
            answer = Answer("the host does not answer")
        return self.table(asked, answer)

    def table(self, asked: Question, answer: Answer) -> Table[Row]:
        """A table that a pane can show, of the rows that have come; the others are asked for when they are seen."""
        columns = tuple(
            Column(
                head.title,
                partial(_cell, at),
                head.width,
                head.right,
                weight=head.weight,
                least=head.least,
                tint=partial(_tint, at),
            )
            for at, head in enumerate(answer.columns[:COLUMNS])
        )
        rows = TakenRows(answer.count if columns else 0, max(1, len(columns)), asked)
        rows.take(answer.rows)
        without = f"; only with the checkpoint here: {WITHOUT[asked.pane]}" if asked.pane in WITHOUT else ""
        refused = ((Tone.WARNING, answer.reason),) if answer.reason and answer.count else ()
        return Table(
            answer.title or SHOWN[asked.pane].name,
            columns or (Column("", partial(_cell, 0), 1),),
            rows,
            lambda row: (row.task, row.span),
            lambda row: row.tone,
            notes=(*refused, *answer.lines, (Tone.DIM, f"rows from the host{without}")),
            total=answer.total or "0 rows",
            empty=answer.reason or answer.empty,
            locate=rows.find,
        )


def _cell(at: int, row: Row) -> str:
    return row.cells[at]


def _tint(at: int, row: Row) -> Tint:
    return row.tints[at] if at < len(row.tints) else Tint.PLAIN


class TakenRows(Sequence[Row]):
    """`count` rows, as far as they have come; one that has not is noted as missing, and stands for itself meanwhile."""

    def __init__(self, count: int, columns: int, asked: Question) -> None:
        self.asked = asked
        """What the table is the answer to."""
        self.missing: set[int] = set()
        """Positions of rows that somebody wanted to see."""
        self.wanting: Callable[[], object] = _nobody
        """Is told when there are some."""
        self._indexes = range(count)
        self._columns = columns
        self._known: dict[int, Row] = {}

    def __len__(self) -> int:
        return len(self._indexes)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self._row(at) for at in self._indexes[index]]
        return self._row(self._indexes[index])

    def _row(self, at: int) -> Row:
        found = self._known.get(at)
        if found is not None:
            return found
        first = not self.missing
        if len(self.missing) < ROWS:
            self.missing.add(at)
        if first:
            self.wanting()
        return unknown_row(at, self._columns)

    def known(self) -> list[Row]:
        """Those that have come, in their order."""
        return [row for _, row in sorted(self._known.items())]

    def take(self, rows: Iterable[Row]) -> None:
        """Keeps rows that fit; what does not is not believed."""
        for row in rows:
            if row.at < len(self._indexes) and len(row.cells) == self._columns:
                self._known.pop(row.at, None)
                self._known[row.at] = row
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]

    def find(self, pid: int | None, address: int | None) -> int | None:
        """The position of a row at a task and address, among those that have come."""
        for row in self._known.values():
            if row.task in (pid, None) and (address is None or (row.span is not None and address in row.span)):
                return row.at
        return None


def _nobody() -> None:
    """Nobody shows the rows."""

"""What a pane is to the app, to --print and to the documents: the fields of an entry of the registry."""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from criu_tui.core.tables.table import Table

if TYPE_CHECKING:
    from criu_tui.core.base.json import Json
    from criu_tui.core.report.report import Report


class PrintedByTask(Protocol):
    """A report module whose rows are of one task: printed as the tables of the tasks, one after another."""

    def table(self, report: "Report", pid: int, /) -> Table[Any]:
        """The rows of a task."""

    def json(self, report: "Report", only: int | None, /) -> "dict[str, Json]":
        """All that is known, of all tasks or of one."""


class PrintedWhole(Protocol):
    """A report module that tells of the whole dump."""

    def text(self, report: "Report", only: int | None, /) -> Iterator[str]:
        """Lines of all tasks, or of one."""

    def json(self, report: "Report", only: int | None, /) -> "dict[str, Json]":
        """All that is known, of all tasks or of one."""


class PaneKind(NamedTuple):
    """One way to look at a report."""

    id: str
    """As --pane takes it; the app has it in the module of this name in `panes`."""
    key: str
    """The key that leads to it, and its place among the tabs; empty for one that is only printed."""
    name: str
    """On its tab."""
    label: str
    """In the footer and the help, at most 16 characters."""
    about: str
    """What it shows, for the palette."""
    printed: str = ""
    """As --print takes it; empty: nothing is printed."""
    of_task: bool = False
    """Whether its rows are of one task; the others show the whole dump."""
    tells_news: bool = False
    """Whether its rows tell of all that becomes known of the dump, such as checks."""
    addresses: bool = False
    """Whether its rows are addresses, or bytes at them."""
    table: Callable[["Report", int], Table[Any]] | None = None
    """Makes its rows for a task, by PID; None: it has none."""
    first: Callable[["Report", int], Table[Any]] | None = None
    """Makes what of its rows takes next to no reading, for the first screen; None: it waits for all."""
    by_task: Callable[[], PrintedByTask] | None = None
    """The module that prints it task by task."""
    whole: Callable[[], PrintedWhole] | None = None
    """The module that prints it for the whole dump."""

    def build(self, report: "Report", pid: int) -> Table[Any]:
        """Its rows for a task; touches no widget, so that any thread may call it."""
        return report.table_of(self, pid)

    def first_of(self, report: "Report") -> Callable[["Report", int], Table[Any]] | None:
        """What makes the first of its rows of a report; None where that waits for all, as for what others send."""
        return None if report.elsewhere else self.first

    def module(self) -> PrintedByTask | PrintedWhole | None:
        """What prints it, imported now; None when nothing does."""
        loads = self.by_task or self.whole
        return None if loads is None else loads()

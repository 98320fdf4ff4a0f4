"""What is selected: one value that the main screen holds and every pane watches; and what panes ask of the screen."""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report
    from criu_tui.core.report.stories.scene import Scene
    from criu_tui.core.restore.releases import Criu
    from criu_tui.panes.pane import Pane


class Selection(NamedTuple):
    """A report, a task of it and an address there, and how one got there."""

    report: "Report | None" = None
    """None only for a pane that is in no screen yet."""
    pid: int | None = None
    """None until the first task has been found."""
    address: int | None = None
    """None until a row with an address has been gone to."""
    against: "Criu | None" = None
    """The CRIU that the write plan is compared with."""
    by: str = ""
    """Id of the pane in which the user went there: its own cursor is there already."""
    asked_for: bool = False
    """Whether the place was named, not passed: then it is to be seen in each pane, whatever is filtered there."""

    @property
    def place(self) -> tuple[int | None, int | None]:
        """Task and address."""
        return self.pid, self.address


class Selected(Message):
    """The user has moved to a task and an address in a pane, or asked for that place by name."""

    def __init__(self, pane: "Pane", pid: int | None, address: int | None, *, asked_for: bool = False) -> None:
        super().__init__()
        self.pane = pane
        self.pid = pid
        self.address = address
        self.asked_for = asked_for
        """Whether it is to be seen in each pane, whatever the filters there."""
        self.shown = pane.pid if pane.of_task else None
        """The task whose rows the pane showed; None for one that shows those of all tasks."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Selected) and message.pane is self.pane


class Narrowed(Message):
    """The filter or the order of a pane has changed."""


class BytesAsked(Message):
    """The bytes at the selected address are to be shown, or searched."""

    def __init__(self, *, searching: bool = False) -> None:
        super().__init__()
        self.searching = searching


class LineAsked(Message):
    """A line of the logs is to be shown, by its index among the rows of the Log pane."""

    def __init__(self, row: int) -> None:
        super().__init__()
        self.row = row


class SceneAsked(Message):
    """The place that a scene of a story speaks of is to be shown."""

    def __init__(self, scene: "Scene") -> None:
        super().__init__()
        self.scene = scene


class Settled(Message):
    """The user has set something that is remembered; `names` are of Settings."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names


class DetailAsked(Message):
    """Everything known of the selected row is to be shown."""

    def __init__(self, title: str, lines: list[tuple[Tone, str]]) -> None:
        super().__init__()
        self.title = title
        self.lines = lines

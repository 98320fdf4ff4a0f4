"""A line that says who else is at the checkpoint and where, and the line that marks and chat are typed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical
from textual.message import Message

from criu_tui.core.report.registry import SHOWN
from criu_tui.core.tables.table import Tone
from criu_tui.widgets.notes import Notes
from criu_tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.widget import Widget

    from criu_tui.share.company import SessionEnd
    from criu_tui.share.protocol import Place
    from criu_tui.share.session import Person
    from criu_tui.widgets.purpose import Purpose


class PresenceLine(Vertical):
    """One line above the keys; a second one while something is typed."""

    DEFAULT_CSS = "PresenceLine { height: auto; background: $surface; }"

    class Typed(Message):
        """Something has been typed for all."""

        def __init__(self, purpose: Purpose, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    def compose(self) -> ComposeResult:
        yield Notes("presence", limit=1, wrap=False)

    def show(self, end: SessionEnd, followed: str) -> None:
        """Shows who is where; `followed` is whom one follows."""
        following = f"following {followed} │ " if followed else ""
        rows = _rows_words(end)
        others = [person for person in end.session.people.values() if person.name != end.name]
        said = " │ ".join((*rows, *(_of(person, end.name) for person in others))) or "nobody else is here"
        self.query_one(Notes).show([(Tone.WARNING if followed else Tone.NOTE, f"{following}{said}")])

    async def ask(self, purpose: Purpose, back: Widget, hint: str) -> None:
        """Opens the line to type on; `back` has the focus afterwards."""
        await self.query(Prompt).remove()
        prompt = Prompt(purpose, back, hint=hint)
        await self.mount(prompt)
        # At once, since the next keys may be here already.
        self.screen.set_focus(prompt.line)

    @on(Prompt.Answered)
    async def answered(self, event: Prompt.Answered) -> None:
        event.stop()
        await event.prompt.remove()
        if event.text.strip():
            self.post_message(self.Typed(event.purpose, event.text))

    @on(Prompt.GivenUp)
    async def given_up(self, event: Prompt.GivenUp) -> None:
        event.stop()
        await event.prompt.remove()


def _rows_words(end: SessionEnd) -> Iterator[str]:
    """Whether rows go over the socket, and whether bytes may."""
    session = end.session
    sent = [person.name for person in session.people.values() if person.rows]
    allowed = "bytes allowed" if session.bytes_allowed else "no bytes"
    if end.name in sent:
        yield f"rows from the host, {allowed}"
    elif sent or session.bytes_allowed:
        yield f"rows to {', '.join(sent) or 'nobody'}, {allowed}"


def _of(person: Person, own: str) -> str:
    where = "" if person.place is None else f": {shown(person.place)}"
    follows = "" if not person.following else f", follows {'you' if person.following == own else person.following}"
    return f"{person.name}{where}{follows}"


def shown(place: Place) -> str:
    """A place in a few words."""
    return " ".join(_words(place))


def _words(place: Place) -> Iterator[str]:
    yield SHOWN[place.pane].label
    if place.address is not None:
        yield f"{place.address:x}"
    elif place.task is not None:
        yield f"task {place.task}"

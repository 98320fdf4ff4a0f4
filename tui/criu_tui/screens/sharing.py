"""Several people on one checkpoint, as the main screen takes part: it tells where it is, and goes where others are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.units import counted
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import Tone
from criu_tui.panes.pane import Pane
from criu_tui.panes.selection import DetailAsked
from criu_tui.screens.presence import PresenceLine, shown
from criu_tui.screens.taking import Taking
from criu_tui.share.fields import LABEL_SIZE, TEXT_SIZE, safe
from criu_tui.share.guest import SessionGuest
from criu_tui.share.host import SessionHost
from criu_tui.share.protocol import Allowed, At, Bye, Chatted, Filtered, Following, Hello, Line, Marked, Place, Pointed
from criu_tui.widgets.hints import Hints
from criu_tui.widgets.prompt import PromptLine
from criu_tui.widgets.purpose import Purpose

if TYPE_CHECKING:
    from criu_tui.screens.main import MainScreen
    from criu_tui.share.company import Company
    from criu_tui.share.protocol import Message
    from criu_tui.share.session import Person

APART = 1 / 30
"""Seconds between two positions that are told: of those between only the last counts."""
ALLOWED = "bytes are allowed: guests without the checkpoint see memory and values; W withdraws it"
WITHDRAWN = "no more bytes: guests without the checkpoint see rows alone"
READ = 15
"""Seconds for which what others say stays on the screen."""


class Sharing:
    """Holds whom one follows; all else that it knows is the session's."""

    def __init__(self, screen: MainScreen, company: Company) -> None:
        self._screen = screen
        self._line = PresenceLine()
        self._end = company.end(self._hear, self._tell, lambda: screen.report)
        self._recording = company.recording
        self._followed = company.replayed[0].line.sender if company.replayed else ""
        self._last_followed = ""
        self._passed: set[str] = set()
        """Those followed since one left one's own place."""
        self._before: Place | None = None
        """Where one was before following."""
        self._arriving = False
        """Whether it is the session that moves the screen."""
        self._goal: Place | None = None
        """Where following has led; elsewhere one has gone oneself."""
        self._told: list[Message] = []
        """Place and filter as the others know them."""
        self._waiting = False
        self._taking = Taking(screen, self._end) if isinstance(self._end, SessionGuest) else None

    def start(self) -> None:
        """Takes part from now on."""
        screen = self._screen
        screen.mount(self._line, before=screen.query_one(Hints))
        screen.watch(screen, "selection", self._moved, init=False)
        screen.watch(screen.panes, "in_front", self._moved, init=False)
        screen.run_worker(self._end.run(), group="sharing")
        self._line.call_after_refresh(self._show)
        screen.panes.once_complete(self._tell_where)

    # What one does oneself

    @property
    def _place(self) -> Place:
        return Place(self._screen.pane, self._screen.pid, self._screen.address)

    def _moved(self) -> None:
        if self._arriving:
            return
        if self._followed and self._goal is not None and not _same(self._place, self._goal):
            self._let_go()
        self._tell_where()

    def narrowed(self) -> None:
        """The filter of a pane has changed."""
        if not self._arriving:
            self._tell_where()

    def _let_go(self) -> None:
        self._last_followed, self._followed, self._goal = self._followed, "", None
        self._passed.clear()
        self._send(Following(""))
        self._show()

    def _tell_where(self) -> None:
        """Tells the others, at once or with the next position in a moment."""
        if self._waiting:
            return
        pane = self._screen.panes.front
        text = pane.arranging.filter_text[:TEXT_SIZE]
        title, descending = pane.arranging.sorted_by
        version, column = self._screen.report.criu.version, safe(title, LABEL_SIZE)
        now: list[Message] = [Filtered(self._screen.pane, text, version, column, descending), At(self._place)]
        if now != self._told:
            for message in now:
                if message not in self._told:
                    self._send(message)
            self._told = now
            self._waiting = True
            self._screen.set_timer(APART, self._tell_later)

    def _tell_later(self) -> None:
        self._waiting = False
        self._tell_where()

    def _send(self, message: Message) -> None:
        self._end.send(message)
        self._record(Line(self._end.name, message))

    def _record(self, line: Line) -> None:
        if self._recording is None:
            return
        try:
            self._recording.write(line)
        except OSError:
            self._recording = None
            self._tell("the recording cannot be written any more")

    async def carry_out(self, what: str) -> None:
        """What a key asks for: follow, point, mark, say or people."""
        match what:
            case "follow":
                self._follow()
            case "bytes":
                self._allow_bytes()
            case "people":
                self._screen.post_message(DetailAsked("Session", self._people()))
            case "point":
                self._send(Pointed(self._place))
                self._tell(f"pointed at {shown(self._place)}")
            case _ if self._end.read_only:
                self._tell("you may look and point here, and neither mark nor chat")
            case "mark":
                await self._ask(Purpose.MARK, "a name for this place, and after a colon a note")
            case _:
                await self._ask(Purpose.SAY, "a line to all in the session")

    def _allow_bytes(self) -> None:
        """The key is the host's alone."""
        if not isinstance(self._end, SessionHost):
            self._tell("only the host allows bytes")
            return
        self._end.allow(allowed=not self._end.session.bytes_allowed)
        self._tell(ALLOWED if self._end.session.bytes_allowed else WITHDRAWN)

    async def _ask(self, purpose: Purpose, hint: str) -> None:
        await self._line.ask(purpose, self._screen.panes.front.front, hint)

    def typed(self, purpose: Purpose, text: str) -> None:
        """Says or marks what has been typed."""
        if purpose is Purpose.SAY:
            said = safe(text, TEXT_SIZE)
            if said:
                self._send(Chatted(said))
                self._tell(f"you: {said}")
            return
        label, _, note = text.partition(":")
        mark = Marked(self._place, safe(label, LABEL_SIZE) or shown(self._place), safe(note, TEXT_SIZE))
        self._send(mark)
        self._tell(f"marked {mark.label}")

    def _people(self) -> list[tuple[Tone, str]]:
        session = self._end.session
        lines = [(Tone.NOTE, "People")]
        for person in session.people.values():
            own = " (you)" if person.name == self._end.name else ""
            where = "" if person.place is None else f"  {shown(person.place)}"
            lines.append((Tone.PLAIN, f"  {person.name}{own}{where}{'  looks only' if person.read_only else ''}"))
        lines += [(Tone.PLAIN, ""), (Tone.NOTE, counted(len(session.marks), "mark"))]
        for by, mark in session.marks:
            note = f": {mark.note}" if mark.note else ""
            lines.append((Tone.PLAIN, f"  {shown(mark.place)}  {mark.label}{note}  ({by})"))
        lines += [(Tone.PLAIN, ""), (Tone.NOTE, "Said")]
        said = [(line.sender, line.message.text) for line in session.said if isinstance(line.message, Chatted)]
        lines += [(Tone.PLAIN, f"  {sender}: {text}") for sender, text in said]
        return lines

    # What the others do

    def _hear(self, line: Line) -> None:
        self._record(line)
        sender, message = line
        match message:
            case Hello(rows=rows):
                self._tell(f"{sender} has come{', who has no checkpoint and is sent rows' if rows else ''}")
            case Allowed():
                if self._taking is not None:
                    self._taking.take()
            case Bye():
                self._tell(f"{sender} has gone")
                if sender == self._followed:
                    self._let_go()
            case Pointed(place):
                self._last_followed = sender
                self._tell(f"{sender} points at {shown(place)}; F goes there", READ)
            case Marked(place, label, note):
                self._tell(f"{sender} marks {shown(place)}: {label}{f', {note}' if note else ''}", READ)
            case Chatted(text):
                self._tell(f"{sender}: {text}", READ)
            case _ if sender == self._followed:
                self._screen.panes.once_complete(self._arrive)
        self._show()

    def _tell(self, words: str, seconds: float | None = None) -> None:
        self._screen.notify(words, timeout=seconds, markup=False)
        self._show()

    def _show(self) -> None:
        if self._line.is_mounted:
            self._line.show(self._end, self._followed)
        self._point_out()

    def _point_out(self) -> None:
        """Has panes show, at the end of their rows, who of the others is there."""
        there = [
            (each.initials, each.place)
            for each in self._end.session.people.values()
            if each.name != self._end.name and each.place is not None
        ]
        for pane in self._screen.panes.query(Pane).results():
            pane.table.show_others(
                tuple(
                    (initials, place.task, place.address)
                    for initials, place in there
                    if place.pane == pane.id and place.task is not None and place.address is not None
                )
            )

    # Following

    def _follow(self) -> None:
        """The one who pointed or was followed last, else who moved last; then the others; then back."""
        others = {
            name: person
            for name, person in self._end.session.people.items()
            if name != self._end.name and person.place is not None
        }
        if self._followed:
            self._passed.add(self._followed)
        left = [person for name, person in others.items() if name not in self._passed]
        if not left:
            self._return()
            return
        if not self._followed:
            self._before = self._place
        whom = max(left, key=lambda person: (person.name == self._last_followed, person.moved))
        self._followed = whom.name
        self._send(Following(whom.name))
        self._screen.panes.once_complete(self._arrive)
        self._show()

    def _return(self) -> None:
        if not self._followed:
            self._tell("nobody to follow")
            return
        back, self._before = self._before, None
        self._let_go()
        if back is not None:
            self._go(back)

    def _arrive(self) -> None:
        person = self._end.session.people.get(self._followed)
        if person is None or person.place is None or isinstance(self._screen.focused, PromptLine):
            # What is being typed is not torn away: the next move of the other is followed.
            return
        self._arriving = True
        try:
            self._look_as(person)
            self._go(person.place, as_filtered=person.filtered is not None and person.filtered.text != "")
        finally:
            self._arriving = False
        self._goal = self._place
        self._tell_where()

    def _look_as(self, person: Person) -> None:
        """By the CRIU, the filter and the order of somebody else."""
        if person.filtered is None:
            return
        screen = self._screen
        pane, text, version, column, descending = person.filtered
        if version not in ("", screen.report.criu.version):
            try:
                by = criu(version)
            except ValueError:
                return
            screen.restore_with(by)
        screen.panes.of(pane).arranging.arrange_as(text, column, descending=descending)

    def _go(self, place: Place, *, as_filtered: bool = False) -> None:
        screen = self._screen
        if place.pane != screen.pane:
            screen.action_pane(place.pane)
        if place.task in screen.report.dump.pids and (place.task, place.address) != (screen.pid, screen.address):
            screen.chosen = True
            screen.go_to(place.task, place.address, asked_for=not as_filtered)


def _same(here: Place, goal: Place) -> bool:
    """Whether one is still there: what the goal does not name may be found out later."""
    return here.pane == goal.pane and goal.task in (None, here.task) and goal.address in (None, here.address)

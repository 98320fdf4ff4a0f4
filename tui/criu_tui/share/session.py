"""What all in a session know: who is where, the marks, what has been said."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.share.protocol import (
    Allowed,
    At,
    Bye,
    Chatted,
    Filtered,
    Following,
    Hello,
    Line,
    Marked,
    Place,
    Pointed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE = 32
"""People that are kept; a host lets in fewer."""
MARKS = 200
"""Marks that are kept; further ones are refused."""
SAID = 100
"""Lines of chat that are kept; older ones go."""


@dataclass
class Person:
    """Somebody in the session, as far as is known."""

    name: str
    read_only: bool = False
    rows: bool = False
    """Whether the host sends them what the panes show."""
    place: Place | None = None
    filtered: Filtered | None = None
    following: str = ""
    moved: int = 0
    """Counts up with every move of anybody: whose is largest has moved last."""

    @property
    def initials(self) -> str:
        """Two characters of the name; of a second person of that name the number is one of them."""
        return self.name[:1] + self.name[-1] if self.name[-1:].isdigit() else self.name[:2]


class Noted(NamedTuple):
    """A mark, and whose it is."""

    by: str
    mark: Marked


class Session:
    """Follows the lines of all; the same lines in the same order make the same of it everywhere."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        """By name, oneself included."""
        self.marks: list[Noted] = []
        self.said: deque[Line] = deque(maxlen=SAID)
        self.bytes_allowed = False
        """Whether guests without the checkpoint may be sent bytes of it."""
        self._moves = 0

    def hear(self, line: Line) -> bool:
        """Whether a line changed anything, so that it is to be shown and passed on."""
        sender, message = line
        if isinstance(message, Hello):
            if sender not in self.people and len(self.people) >= PEOPLE:
                return False
            self.people[sender] = Person(sender, message.read_only, message.rows)
            return True
        person = self.people.get(sender)
        if person is None:
            return False
        match message:
            case At(place):
                self._moves += 1
                person.place, person.moved = place, self._moves
            case Pointed():
                self._moves += 1
                person.moved = self._moves
            case Filtered():
                person.filtered = message
            case Following(whom):
                person.following = whom
            case Marked():
                return not person.read_only and self._mark(Noted(sender, message))
            case Chatted():
                if person.read_only:
                    return False
                self.said.append(line)
            case Allowed(bytes=allowed):
                changed, self.bytes_allowed = self.bytes_allowed is not allowed, allowed
                return changed
            case Bye():
                del self.people[sender]
            case _:
                # Questions and answers are between two, and part of nothing.
                return False
        return True

    def _mark(self, noted: Noted) -> bool:
        """Who comes back says its marks again: one that is here already is not taken twice."""
        if len(self.marks) >= MARKS or any(noted.mark == each.mark for each in self.marks):
            return False
        self.marks.append(noted)
        return True

    def told(self, checkpoint: str) -> Iterator[Line]:
        """The lines that make the same of a new session."""
        for person in self.people.values():
            yield Line(person.name, Hello(person.name, checkpoint, read_only=person.read_only, rows=person.rows))
            if person.place is not None:
                yield Line(person.name, At(person.place))
            if person.filtered is not None:
                yield Line(person.name, person.filtered)
            if person.following:
                yield Line(person.name, Following(person.following))
        # A mark may be of somebody who has gone.
        gone = {line.sender for line in self.said} | {each.by for each in self.marks}
        gone -= self.people.keys()
        for name in sorted(gone):
            yield Line(name, Hello(name, checkpoint))
        yield from (Line(by, mark) for by, mark in self.marks)
        yield from self.said
        for name in sorted(gone):
            yield Line(name, Bye())

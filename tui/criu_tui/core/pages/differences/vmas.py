"""What became of the VMAs of a task: grown, split, moved, protected otherwise, new, gone."""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections import Counter, deque
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.span import Meeting, Span, join
from criu_tui.core.dump.vma import Vma, VmaKind
from criu_tui.core.pages.differences.difference import Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

_ALONE = (VmaKind.HEAP, VmaKind.STACK, VmaKind.VDSO, VmaKind.VVAR, VmaKind.VSYSCALL)
"""Kinds of which a task has one: it is the same wherever it lies and however large it is."""


class VmaDifference(NamedTuple):
    """VMAs of the first task, and what the second has in their place; each in image order."""

    turn: Turn
    before: tuple[Vma, ...]
    after: tuple[Vma, ...]

    @property
    def mirrored(self) -> VmaDifference:
        """The same told from the second task to the first."""
        return VmaDifference(self.turn.mirrored, self.after, self.before)

    @property
    def span(self) -> Span | None:
        """The addresses in the first task from the first VMA to the last; None without any."""
        return _around(self.before)

    @property
    def other_span(self) -> Span | None:
        """The addresses in the second task."""
        return _around(self.after)


class Shared(NamedTuple):
    """Addresses that both tasks have mapped to the same memory; the second has them `distance` bytes higher."""

    vma: Vma
    other: Vma
    span: Span
    """In the first task."""
    distance: int


class VmaDifferences(NamedTuple):
    """All of a task."""

    differences: tuple[VmaDifference, ...]
    """By the lowest address."""
    shared: tuple[Shared, ...]
    """By address in the first task."""


def vma_differences(
    vmas: Sequence[Vma],
    others: Sequence[Vma],
    identity: Callable[[Vma], Hashable],
    other_identity: Callable[[Vma], Hashable],
) -> VmaDifferences:
    """What became of the VMAs of a task.

    An identity says what memory a VMA shows, whatever its addresses and protection: its kind, and its file or shared
    memory by name. Two VMAs are of the same memory where their identities are equal, and of a file or shared memory
    where an address has the same byte of it.
    """
    if len(vmas) == len(others) and all(
        _seen(vma) == _seen(other) and identity(vma) == other_identity(other)
        for vma, other in zip(vmas, others, strict=True)
    ):
        # As most tasks of two dumps are.
        return without_differences(vmas, others)
    if (found := _in_pairs(vmas, others, identity, other_identity)) is not None:
        return found
    matcher = _Matcher(vmas, others, identity, other_identity)
    matcher.take_same()
    matcher.take_overlapping()
    matcher.take_moved()
    matcher.take_rest()
    return VmaDifferences(
        tuple(sorted(matcher.found, key=_order)),
        tuple(sorted(matcher.shared, key=lambda one: (one.span, one.distance))),
    )


def _in_pairs(
    vmas: Sequence[Vma],
    others: Sequence[Vma],
    identity: Callable[[Vma], Hashable],
    other_identity: Callable[[Vma], Hashable],
) -> VmaDifferences | None:
    """The same of VMAs each of which is where it was, and of the same memory; None where not all are."""
    if len(vmas) != len(others):
        return None
    found: list[VmaDifference] = []
    shared: list[Shared] = []
    end = 0
    for vma, other in zip(vmas, others, strict=True):
        span = Span(max(vma.start, other.start), min(vma.end, other.end))
        # Above all before them, in both: none overlaps another's counterpart.
        if vma.start < end or other.start < end or span.start >= span.end:
            return None
        if _memory(vma, identity) != _memory(other, other_identity):
            return None
        end = max(vma.end, other.end)
        if _seen(vma) != _seen(other):
            found.append(VmaDifference(_turn((vma,), (other,)), (vma,), (other,)))
        shared.append(Shared(vma, other, span, 0))
    return VmaDifferences(tuple(found), tuple(shared))


def without_differences(vmas: Sequence[Vma], others: Sequence[Vma]) -> VmaDifferences:
    """Of a task whose VMAs are the same in both, one by one."""
    both = [Shared(vma, other, vma.span, 0) for vma, other in zip(vmas, others, strict=True) if vma.size]
    both.sort(key=operator.attrgetter("span"))
    return VmaDifferences((), tuple(both))


def applied(vmas: Iterable[Vma], differences: Iterable[VmaDifference]) -> list[Vma]:
    """The VMAs of the second task, by address, from those of the first and what became of them."""
    left = Counter(vmas)
    for difference in differences:
        left.subtract(difference.before)
        left.update(difference.after)
    return sorted(left.elements())


def _order(found: VmaDifference) -> tuple[int, list[Vma], tuple[Vma, ...]]:
    """By the lowest address, the same from either side."""
    both = sorted((*found.before, *found.after))
    return both[0].start, both, found.before


def _around(vmas: tuple[Vma, ...]) -> Span | None:
    return Span(min(vma.start for vma in vmas), max(vma.end for vma in vmas)) if vmas else None


class _Matcher:
    """Takes VMAs of both tasks off two lists, pair by pair."""

    def __init__(
        self,
        vmas: Sequence[Vma],
        others: Sequence[Vma],
        identity: Callable[[Vma], Hashable],
        other_identity: Callable[[Vma], Hashable],
    ) -> None:
        self._left = list(vmas)
        self._right = list(others)
        self._identity, self._other_identity = identity, other_identity
        self.found: list[VmaDifference] = []
        self.shared: list[Shared] = []

    def take_same(self) -> None:
        """Pairs that differ in nothing."""
        places: dict[tuple[Hashable, ...], deque[Vma]] = {}
        for vma in self._right:
            places.setdefault((*_seen(vma), self._other_identity(vma)), deque()).append(vma)
        left: list[Vma] = []
        taken: Counter[Vma] = Counter()
        for vma in self._left:
            twins = places.get((*_seen(vma), self._identity(vma)))
            if twins:
                twin = twins.popleft()
                taken[twin] += 1
                self._share(vma, twin)
            else:
                left.append(vma)
        self._left = left
        right: list[Vma] = []
        for vma in self._right:
            if taken[vma]:
                taken[vma] -= 1
            else:
                right.append(vma)
        self._right = right

    def take_overlapping(self) -> None:
        """Groups of VMAs that share addresses and are of the same memory."""
        lefts = [_memory(vma, self._identity) for vma in self._left]
        rights = [_memory(vma, self._other_identity) for vma in self._right]
        group = list(range(len(lefts) + len(rights)))

        def root(index: int) -> int:
            while group[index] != index:
                group[index] = group[group[index]]
                index = group[index]
            return index

        # Of those that overlap others of their own task, which none has, pairs would be as many as squares.
        ours, theirs = _apart(self._left), _apart(self._right)
        spans = [self._left[at].span for at in ours], [self._right[at].span for at in theirs]
        for left, right, meeting in join(*spans):
            i, j = ours[left], theirs[right]
            if meeting is Meeting.OVERLAP and lefts[i] == rights[j]:
                group[root(len(lefts) + j)] = root(i)
                self._share(self._left[i], self._right[j])
        members: dict[int, tuple[list[Vma], list[Vma]]] = {}
        for index in range(len(group)):
            before, after = members.setdefault(root(index), ([], []))
            if index < len(lefts):
                before.append(self._left[index])
            else:
                after.append(self._right[index - len(lefts)])
        self._left, self._right = [], []
        for before, after in members.values():
            if before and after:
                self.found.append(VmaDifference(_turn(before, after), tuple(before), tuple(after)))
            else:
                self._left += before
                self._right += after

    def take_moved(self) -> None:
        """Pairs at other addresses: of one size and protection, in order; or of a kind of which a task has one."""
        by_key: dict[Hashable, deque[Vma]] = {}
        for vma in self._right:
            by_key.setdefault(_movable(vma, self._other_identity), deque()).append(vma)
        left: list[Vma] = []
        taken: set[int] = set()
        for vma in self._left:
            twins = by_key.get(_movable(vma, self._identity))
            if not twins:
                left.append(vma)
                continue
            twin = twins.popleft()
            taken.add(id(twin))
            turn = Turn.MOVED | _attributes((vma,), (twin,))
            if vma.size != twin.size:
                turn |= Turn.GROWN if twin.size > vma.size else Turn.SHRUNK
            self.found.append(VmaDifference(turn, (vma,), (twin,)))
            self._share(vma, twin, twin.start - vma.start)
        self._left = left
        self._right = [vma for vma in self._right if id(vma) not in taken]

    def take_rest(self) -> None:
        """What has no counterpart."""
        self.found += (VmaDifference(Turn.GONE, (vma,), ()) for vma in self._left)
        self.found += (VmaDifference(Turn.NEW, (), (vma,)) for vma in self._right)

    def _share(self, vma: Vma, other: Vma, distance: int = 0) -> None:
        there = Span(other.start - distance, other.end - distance)
        span = vma.span.intersection(there)
        if span.size:
            self.shared.append(Shared(vma, other, span, distance))


def _seen(vma: Vma) -> tuple[int, ...]:
    """All that a VMA is, apart from numbers that mean something only within its dump."""
    return vma.start, vma.end, vma.pgoff, vma.prot, vma.flags, vma.status, vma.madv


def _memory(vma: Vma, identity: Callable[[Vma], Hashable]) -> tuple[Hashable, int]:
    """What an address of it shows: for a file or shared memory, which byte lies at address 0."""
    traits = vma.traits
    bias = vma.start - vma.pgoff if traits.file or traits.memfd or traits.anonymous_shared else 0
    return identity(vma), bias


def _movable(vma: Vma, identity: Callable[[Vma], Hashable]) -> tuple[Hashable, ...]:
    known = identity(vma)
    kind = vma.traits.kind
    alone = kind in _ALONE or (isinstance(known, tuple) and known[:1] == (VmaKind.STACK,))
    return (known,) if alone else (known, vma.pgoff, vma.size, vma.prot, vma.flags, vma.status)


def _turn(before: Sequence[Vma], after: Sequence[Vma]) -> Turn:
    """Of VMAs that share addresses."""
    attributes = _attributes(before, after)
    if len(before) > 1 and len(after) > 1:
        return Turn.REDIVIDED | attributes
    if len(after) > 1:
        return Turn.SPLIT | attributes
    if len(before) > 1:
        return Turn.MERGED | attributes
    (ours,), (theirs,) = before, after
    if ours.span == theirs.span:
        return attributes or Turn.CHANGED
    grown = theirs.start < ours.start or theirs.end > ours.end
    shrunk = theirs.start > ours.start or theirs.end < ours.end
    bounds = Turn.MOVED if grown and shrunk else Turn.GROWN if grown else Turn.SHRUNK
    return bounds | attributes


def _attributes(before: Sequence[Vma], after: Sequence[Vma]) -> Turn:
    """Whether protection or flags are others than before."""
    turn = Turn(0)
    if {vma.prot for vma in before} != {vma.prot for vma in after}:
        turn |= Turn.PROTECTION
    if {(vma.flags, vma.status, vma.madv) for vma in before} != {(vma.flags, vma.status, vma.madv) for vma in after}:
        turn |= Turn.FLAGS
    return turn


def pieces(difference: VmaDifference) -> Iterator[tuple[Span, Vma | None, Vma | None]]:
    """Stretches of addresses that both tasks map, or one of them, with the VMA that each has there."""
    borders = sorted({bound for vma in (*difference.before, *difference.after) for bound in (vma.start, vma.end)})
    before, after = _Places(difference.before), _Places(difference.after)
    for start, end in pairwise(borders):
        ours, theirs = before.at(start), after.at(start)
        if ours is not None or theirs is not None:
            yield Span(start, end), ours, theirs


class _Places:
    """VMAs of which none overlaps another, by address."""

    def __init__(self, vmas: Sequence[Vma]) -> None:
        self._vmas = sorted(vmas)
        self._starts = [vma.start for vma in self._vmas]

    def at(self, address: int) -> Vma | None:
        """The one that has an address."""
        index = bisect_right(self._starts, address) - 1
        return self._vmas[index] if index >= 0 and address in self._vmas[index].span else None


def _apart(vmas: Sequence[Vma]) -> list[int]:
    """Places in a list of those that overlap none of lower addresses, by address."""
    found: list[int] = []
    end = 0
    for at in sorted(range(len(vmas)), key=lambda at: vmas[at].start):
        if vmas[at].start >= end:
            found.append(at)
            end = vmas[at].end
    return found

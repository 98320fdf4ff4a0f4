"""The VMAs of a task: looked at one by one, found by address, summed up without making each of them."""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
import functools
import itertools
import operator
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

from criu_tui.core.base.span import Span, SpanIndex
from criu_tui.core.dump.vma import Vma, VmaKind, VmaStatus

if TYPE_CHECKING:
    from criu_tui.core.images.schema import mm_pb2, vma_pb2

_UPPER_HALF = 1 << 63
SKETCHED = 1000
"""VMAs from which a sketch is worth making."""
_NATURE = operator.attrgetter("flags", "status", "shmid")
_STATUS = operator.attrgetter("status")
_GUARD = int(VmaStatus.GUARD)
_NO_GUARDS = SpanIndex((), ())


class VmasOfImage(Sequence[Vma]):
    """The VMAs of an image. Asking for one makes that one; the first walk through them makes all, and keeps them."""

    def __init__(self, entries: "Sequence[vma_pb2.vma_entry]") -> None:
        self._kept: tuple[Sequence[vma_pb2.vma_entry], tuple[Vma, ...] | None] = entries, None
        """(entries, None), and once all VMAs are made ((), VMAs): one attribute, so no thread sees half a change."""
        self._length = len(entries)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Vma: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Vma, ...]: ...
    def __getitem__(self, index: int | slice) -> Vma | tuple[Vma, ...]:
        entries, made = self._kept
        if made is not None:
            return made[index]
        return self.all[index] if isinstance(index, slice) else _vma(entries[index])

    def __iter__(self) -> Iterator[Vma]:
        made = self._kept[1]
        return iter(self.all if made is None else made)

    @property
    def entries(self) -> "Sequence[vma_pb2.vma_entry | Vma]":
        """Messages of the image, or the VMAs once they are made: both have the fields that are asked for here."""
        entries, made = self._kept
        return entries if made is None else made

    @property
    def all(self) -> tuple[Vma, ...]:
        """All VMAs in image order, made now if they have not been."""
        entries, made = self._kept
        if made is None:
            made = tuple(map(_MAKE, map(_FIELDS, entries)))
            self._kept = (), made
        return made


_FIELDS: "Callable[[vma_pb2.vma_entry | Vma], tuple[int, ...]]" = operator.attrgetter(*Vma._fields)
_MAKE: "Callable[[tuple[int, ...]], Vma]" = functools.partial(tuple.__new__, Vma)
"""A record of its fields, as a named tuple's own `_make` does it, without a call of Python's for each."""


def _vma(entry: "vma_pb2.vma_entry") -> Vma:
    return _MAKE(_FIELDS(entry))


class Outline(NamedTuple):
    """What the VMAs of a task come to, without making each of them."""

    highest_end: int
    """In bytes, of those in the lower half of the 64-bit space: the vsyscall page lies alone in the upper one."""
    size: int | None
    """Bytes of addresses; None where not all VMAs were looked at."""
    samples: tuple[Vma, ...]
    """A VMA of each combination of flags, status and file."""
    kinds: frozenset[VmaKind]


class MappedVmas:
    """The VMAs that addresses belong to, sorted and apart: no guard, no empty one, the earlier of two that overlap."""

    def __init__(self, vmas: Sequence[Vma]) -> None:
        kept: list[Vma] = []
        for vma in sorted((vma for vma in vmas if vma.size and not vma.traits.guard), key=lambda vma: vma.start):
            if not kept or vma.start >= kept[-1].end:
                kept.append(vma)
        self.vmas = tuple(kept)
        self._index = SpanIndex(tuple(vma.start for vma in kept), tuple(vma.end for vma in kept))

    @property
    def span(self) -> Span:
        """From the first VMA's start to the last one's end; empty without VMAs."""
        return self._index.span

    def at(self, address: int) -> Vma | None:
        """The VMA that holds an address."""
        index = self._index.at(address)
        return None if index is None else self.vmas[index]

    def hole(self, address: int) -> Span:
        """The gap between two VMAs around an address that no VMA holds."""
        return self._index.gap(address)


class Layout(NamedTuple):
    """Where the kernel placed what, in addresses, and what it handed to the program (proc(5): PID/stat, PID/auxv)."""

    code: Span
    data: Span
    brk: Span
    arguments: Span
    environment: Span
    auxv: tuple[int, ...]
    """Pairs of type and value, as words."""
    dumpable: int | None
    thp_disabled: bool


class AddressSpace:
    """The VMAs of a task in image order: sorted by start, then the fake guard VMAs."""

    def __init__(
        self,
        vmas: Sequence[Vma] = (),
        exe_file_id: int | None = None,
        start_stack: int | None = None,
        layout: Layout | None = None,
    ) -> None:
        self.vmas = vmas
        self.exe_file_id = exe_file_id
        self.start_stack = start_stack
        self.layout = layout

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AddressSpace) and self._said == other._said and self.made == other.made

    __hash__ = None  # type: ignore[assignment]

    @property
    def _said(self) -> tuple[object, ...]:
        """All but the VMAs themselves."""
        return len(self.vmas), self.exe_file_id, self.start_stack, self.layout

    def kind(self, vma: Vma) -> VmaKind:
        """The VMA's kind; the main stack is known only by the address that mm holds."""
        kind = vma.traits.kind
        if kind is VmaKind.ANON and self.start_stack is not None and vma.start <= self.start_stack < vma.end:
            return VmaKind.STACK
        return kind

    @functools.cached_property
    def outline(self) -> Outline:
        """What all VMAs together come to."""
        samples = dict(zip(map(_NATURE, self._at_hand), itertools.count()))
        found = tuple(self.vmas[index] for index in sorted(samples.values()))
        kinds = {vma.traits.kind for vma in found}
        if self.start_stack is not None:
            kinds.update(self.kind(self.vmas[index]) for index in self._holding(self.start_stack))
        highest = max(map(_highest_end, self._parts))
        return Outline(highest, sum(part.size for part in self._parts), found, frozenset(kinds))

    @functools.cached_property
    def sketch(self) -> Outline:
        """The outline; of a large address space only from the VMAs at both ends, which is quick."""
        count = len(self.vmas)
        if count < SKETCHED:
            return self.outline
        ends = (*range(SKETCHED // 4), *range(count - SKETCHED // 4, count))
        return AddressSpace(tuple(map(self.vmas.__getitem__, ends))).outline._replace(size=None)

    @property
    def before_guards(self) -> SpanIndex:
        """The VMAs before the first guard VMA, by their indexes."""
        return self._parts[0]

    @property
    def made(self) -> tuple[Vma, ...]:
        """All VMAs, each of them made."""
        return self.vmas.all if isinstance(self.vmas, VmasOfImage) else tuple(self.vmas)

    @property
    def starts(self) -> Sequence[int]:
        """Of each VMA, without making it."""
        vmas, guards = self._parts
        return array("Q", (*vmas.starts, *guards.starts)) if len(guards) else vmas.starts

    @property
    def ends(self) -> Sequence[int]:
        """Of each VMA, without making it."""
        vmas, guards = self._parts
        return array("Q", (*vmas.ends, *guards.ends)) if len(guards) else vmas.ends

    @property
    def sizes(self) -> Sequence[int]:
        """Bytes of each VMA, without making it; 0 when the image has it reversed."""
        return array("Q", (max(0, end - start) for start, end in zip(self.starts, self.ends, strict=True)))

    def at(self, address: int) -> int | None:
        """Index of the first VMA that holds an address."""
        vmas, guards = self._parts
        found = vmas.at(address)
        if found is not None:
            return found
        guard = guards.at(address)
        return None if guard is None else len(vmas) + guard

    def _holding(self, address: int) -> Iterator[int]:
        """Indexes of the VMAs that hold an address: several where they overlap, which CRIU never writes."""
        first = 0
        for part in self._parts:
            if part.apart:
                found = part.at(address)
                if found is not None:
                    yield first + found
            else:
                bounds = zip(part.starts, part.ends, strict=True)
                yield from (first + i for i, (start, end) in enumerate(bounds) if start <= address < end)
            first += len(part)

    def guard_at(self, address: int) -> int | None:
        """Index of the guard VMA that lies within another one at an address."""
        vmas, guards = self._parts
        guard = guards.at(address)
        return None if guard is None or vmas.at(address) is None else len(vmas) + guard

    @property
    def _at_hand(self) -> "Sequence[vma_pb2.vma_entry | Vma]":
        return self.vmas.entries if isinstance(self.vmas, VmasOfImage) else self.vmas

    @functools.cached_property
    def _parts(self) -> tuple[SpanIndex, SpanIndex]:
        """The VMAs before the first guard VMA, and those from it on: they begin anew at a low address."""
        vmas = self._at_hand
        starts = array("Q", map(operator.attrgetter("start"), vmas))
        ends = array("Q", map(operator.attrgetter("end"), vmas))
        first = next((i for i, status in enumerate(map(_STATUS, vmas)) if status & _GUARD), None)
        if first is None:
            return SpanIndex(starts, ends), _NO_GUARDS
        return SpanIndex(starts[:first], ends[:first]), SpanIndex(starts[first:], ends[first:])


def layout_of(entry: "mm_pb2.mm_entry") -> Layout:
    """The layout that an image of memory tells; spans that are reversed are empty."""

    def span(start: int, end: int) -> Span:
        return Span(start, max(start, end))

    return Layout(
        span(entry.mm_start_code, entry.mm_end_code),
        span(entry.mm_start_data, entry.mm_end_data),
        span(entry.mm_start_brk, entry.mm_brk),
        span(entry.mm_arg_start, entry.mm_arg_end),
        span(entry.mm_env_start, entry.mm_env_end),
        tuple(entry.mm_saved_auxv),
        entry.dumpable if entry.HasField("dumpable") else None,
        entry.thp_disabled,
    )


def _highest_end(vmas: SpanIndex) -> int:
    """In bytes, of the VMAs in the lower half of the 64-bit space."""
    if vmas.apart:
        return next((end for end in reversed(vmas.ends) if end < _UPPER_HALF), 0)
    return max((end for end in vmas.ends if end < _UPPER_HALF), default=0)

"""Which bytes of a dump are searched, and the line that people type for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.dump.vma import VmaKind
from criu_tui.core.pages.pattern import Pattern, PatternError, PatternForm, pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.core.dump.vma import Vma


@dataclass(frozen=True, slots=True)
class Where:
    """What is searched: every task or one, and only VMAs that fit."""

    pid: int | None = None
    span: Span | None = None
    """Addresses."""
    prot: int = 0
    """PROT_* bits that a VMA must have."""
    kind: str = ""
    """The name of its kind, or the beginning of it."""


_WORDS = re.compile(r"(\w+):(\S*)\s*")


def parse_query(text: str, pid: int | None, vma: Vma | None) -> tuple[Pattern, Where]:
    """A line that someone typed: terms that narrow, then the pattern with its form.

    Terms are `in:vma`, `in:task` or `in:dump`, `addr:START-END`, `prot:rw`, `type:heap`; forms are
    `hex:`, `re:` and `strings:`, else it is text. `pid` and `vma` are where the person is.
    Raises PatternError.
    """
    rest, where = text.lstrip(), Where(pid)
    while (term := _WORDS.match(rest)) and term[1] in _TERMS:
        where = _TERMS[term[1]](where, term[2], vma)
        rest = rest[term.end() :]
    for form in (PatternForm.BYTES, PatternForm.EXPRESSION, PatternForm.STRINGS):
        if rest.startswith(f"{form.value}:"):
            return pattern(form, rest.removeprefix(f"{form.value}:")), where
    return pattern(PatternForm.TEXT, rest), where


def _in(where: Where, value: str, vma: Vma | None) -> Where:
    match value:
        case "vma" if vma is not None:
            return replace(where, span=vma.span)
        case "task":
            return where
        case "dump":
            return replace(where, pid=None)
    raise PatternError("in: takes vma, task or dump")


def span_of(text: str) -> Span:
    """Two hexadecimal addresses START-END as a span. Raises PatternError."""
    start, dash, end = text.partition("-")
    try:
        found = Span(int(start, 16), int(end, 16))
    except ValueError:
        found = Span(0, 0)
    if not dash or not found.size:
        raise PatternError(f"{text!r} is not START-END in hexadecimal, such as 7f00-7fff")
    return found


def prot_of(text: str) -> int:
    """PROT_* bits of letters r, w, x. Raises PatternError."""
    if not text or set(text) - set("rwx-"):
        raise PatternError(f"{text!r} is not a protection of r, w and x")
    return sum({"r": 1, "w": 2, "x": 4}[letter] for letter in set(text) - {"-"})


def kind_of(text: str) -> str:
    """The beginning of the name of a kind of VMA. Raises PatternError when none begins so."""
    if not any(kind.value.startswith(text) for kind in VmaKind):
        raise PatternError(f"no kind of VMA is called {text!r}; they are {', '.join(kind.value for kind in VmaKind)}")
    return text


_TERMS: dict[str, Callable[[Where, str, Vma | None], Where]] = {
    "in": _in,
    "addr": lambda where, value, _: replace(where, span=span_of(value)),
    "prot": lambda where, value, _: replace(where, prot=prot_of(value)),
    "type": lambda where, value, _: replace(where, kind=kind_of(value)),
}

"""How a line reads: as a program prints an error, or as somebody speaks of one."""

from __future__ import annotations

import re

from criu_tui.core.base.expressions import expression
from criu_tui.core.logs.line import LOOKED_AT

_FORM = expression(
    r"\b(?:error|fail(?:ed|ure)?|fatal|panic|cannot|can't|could not|unable|invalid|refused|denied)\b"
    r"(?: [^\s:.;,`]{1,60}){0,8}: ?\S"
    r"|\b(?:erro|warn|fata|error|warning)\[|\[error\]|= -1 E[A-Z]|^docker \w{1,20} is only supported"
    r"|level=\"?(?:error|fatal|panic|warn)|\bcode = \w"
    r"|(?:Exception|Error)\b(?::|$)|^thread '[^']{1,80}' panicked at |(?:^|[\s>#])checkpointing of \S{1,200} failed\b"
    r"|^[ \t>]*(?:error|fatal|docker|podman|ctr|runc|crun|criu|lxc\S{0,20}|incus|kubectl|crictl|vzctl|vzmigrate"
    r"|prlctl)\b.{0,60}: ",
    re.IGNORECASE,
)
"""How programs print an error: a word of it and then, after a colon, of what; a level; an exception's name."""
_SENTENCE = expression(r"[ \t]*(?:[^\s:]{1,40} ){8}")
"""Eight words before anything else."""
_WORDS = expression(r"(?:(?<=\s)|^)(?:[A-Za-z'’-]{1,30}[,.;]? ){7}[A-Za-z'’-]{1,30}")
"""Eight words in a row, anywhere."""
_MARKDOWN = expression(r"[ \t]*(?:(?:[-*+]|\d{1,3}\.|#{2,6}) |\||!?\[[^\]]{1,400}\]\()")
"""A list, a table, a picture; one # may be the prompt of root."""
_TYPED = expression(r"(?:[\w.@:~/\[\]-]{1,60} ?)?[#$%] \S.{0,400}?\s-{1,2}[A-Za-z]")
"""A command with an option, behind the prompt of a shell."""
_STAMPED = expression(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]{0,12}Z: ")
"""The time that crun puts before what it prints."""
_CODE_SPAN = expression(r"[^`]{0,400}`[^`]{1,200}`(?: \S{1,40}){2}")
"""A span of code in the middle of words."""
_BEFORE_FORM = r"(?:^|[:.\"'`“(\[>])[ \t>#]{0,8}"
_ANNOUNCED = expression(rf"{_BEFORE_FORM}(?:[^\s:]{{1,40}} ){{0,3}}[^\s:]{{0,40}}$")
_LISTED = expression(rf"{_BEFORE_FORM}(?:[-*+] )?[^\s:]{{0,40}}$")
"""What stands before a message: the beginning of a line, or a mark, and few words; fewer in a list."""


def has_form(text: str) -> bool:
    """Whether a line reads as programs print errors, rather than speaks of them in the middle of a sentence."""
    form = _FORM.search(text[:LOOKED_AT])
    return form is not None and _SENTENCE.match(text[: form.start()]) is None


def is_prose(text: str) -> bool:
    """Whether a line reads like one of a description, in plain words or Markdown."""
    if _TYPED.match(text) is not None or _STAMPED.match(text) is not None:
        return False
    if _MARKDOWN.match(text) is not None:
        return not _announced(text, _LISTED)
    plain = _SENTENCE.match(text) is not None or _CODE_SPAN.match(text) is not None
    return plain and not _announced(text, _ANNOUNCED)


def is_told(text: str) -> bool:
    """Whether a line of a description is one of its sentences, or the rest of one that began on the line before."""
    return is_prose(text) or (_WORDS.search(text[:LOOKED_AT]) is not None and not _announced(text, _ANNOUNCED))


def _announced(text: str, before: re.Pattern[str]) -> bool:
    """Whether an error as programs print it stands at a line's beginning, or behind what announces it."""
    text = text[:LOOKED_AT]
    form = _FORM.search(text)
    while form is not None:
        if before.search(text[: form.start()].rstrip(" \t")) is not None:
            return True
        form = _FORM.search(text, form.start() + 1)
    return False

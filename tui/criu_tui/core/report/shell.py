"""Text that is safe to paste into a shell: words that mean themselves, and lines that do nothing.

The same words in bash, dash, zsh and fish. In single quotes fish knows the escapes \\\\ and \\', so backslash and quote
stand outside; `$'...'` is known to neither dash nor fish. In an interactive zsh `#` begins no comment: it is a command
that is not found, and what follows it must do nothing either.
"""

from __future__ import annotations

import os
import re

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.text import display_safe

_PLAIN_WORD = expression(r"[\w./:,@%+-][\w./:,@%+=-]*", re.ASCII)
_PLAIN_LINE = expression(r"[\w ./:,@%+=\u00a1-\U0010ffff-]*", re.ASCII)


class UnpastableError(ValueError):
    """No word in a command line stands for this text in every shell."""


def word(text: str) -> str:
    """A word that a shell reads back as this text, all of it printable.

    Raises UnpastableError for one with NUL, or whose last byte is a line feed, which no command substitution keeps.
    """
    if _PLAIN_WORD.fullmatch(text):
        return text
    if display_safe(text, len(text)) == text:
        return _quoted(text)
    data = os.fsencode(text)
    if data.endswith(b"\n") or b"\0" in data:
        raise UnpastableError("a line feed at its end, or a NUL, cannot be written in a command line")
    return "\"$(printf '" + "".join(f"\\{byte:03o}" for byte in data) + "')\""


def _quoted(text: str) -> str:
    parts = re.split(r"([\\'])", text)
    return "".join(f"\\{part}" if part in ("\\", "'") else f"'{part}'" for part in parts if part) or "''"


def comment(text: str) -> str:
    """One line for people, which does nothing in any shell; `text` is printable."""
    return f"# {text}" if _PLAIN_LINE.fullmatch(text) else f"# {_quoted(text)}"

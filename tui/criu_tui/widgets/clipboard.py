"""Text to the clipboard of the person who looks, over SSH and through tmux."""

from __future__ import annotations

import base64
import os
import subprocess
from typing import TYPE_CHECKING, Any

from criu_tui.core.base.limits import CLIPBOARD_LIMIT
from criu_tui.core.base.units import number

if TYPE_CHECKING:
    from textual.app import App

_SCREEN_CHUNK = 700
"""Characters that GNU screen lets through at a time."""


class TooLongError(Exception):
    """More text than terminals take; the message says how much."""


def osc52(text: str) -> str:
    """The sequence that asks a terminal to put text on the clipboard."""
    return f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'backslashreplace')).decode('ascii')}\a"


def through_tmux(sequence: str) -> str:
    """A sequence that tmux hands on to the terminal outside (`allow-passthrough`)."""
    return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"


def through_screen(sequence: str) -> str:
    """The same for GNU screen, in pieces that it takes."""
    pieces = (sequence[start : start + _SCREEN_CHUNK] for start in range(0, len(sequence), _SCREEN_CHUNK))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def copy(app: App[Any], text: str) -> str:
    """Copies text; returns which way it went, in words. Raises TooLongError; any thread may call it.

    Inside tmux its own buffer is filled, which reaches the terminal's clipboard whatever `set-clipboard` and
    `allow-passthrough` say of programs; where that fails, and elsewhere, the terminal is asked by OSC 52.
    """
    size = len(text.encode("utf-8", "backslashreplace"))
    if size > CLIPBOARD_LIMIT:
        raise TooLongError(
            f"{number(size)} bytes are more than a terminal takes ({number(CLIPBOARD_LIMIT)}); export with e instead"
        )
    sequence = osc52(text)
    if os.environ.get("TMUX"):
        if _tmux_buffer(text):
            return "to tmux's buffer and the clipboard"
        _send(app, sequence + through_tmux(sequence))
        return "by OSC 52, if tmux lets it through: set-clipboard on, or allow-passthrough on"
    if os.environ.get("STY"):
        _send(app, through_screen(sequence))
        return "by OSC 52 through GNU screen"
    _send(app, sequence)
    return "by OSC 52, if the terminal takes it"


def _tmux_buffer(text: str) -> bool:
    try:
        done = subprocess.run(
            ["tmux", "load-buffer", "-w", "-"],
            input=text.encode("utf-8", "backslashreplace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=2,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _send(app: App[Any], sequence: str) -> None:
    """Past the screen, to the terminal: Textual itself has a way only for a bare OSC 52."""
    driver = app._driver
    if driver is not None:
        driver.write(sequence)

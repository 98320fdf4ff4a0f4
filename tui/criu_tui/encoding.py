"""Whether the terminal shows more than ASCII."""

from __future__ import annotations

import locale
import os
import subprocess
from pathlib import Path

from criu_tui.core.base.text import display_safe


def why_ascii() -> str | None:
    """What says that this terminal shows ASCII alone; None where nothing does.

    A locale that names another encoding than UTF-8, of the variables that locale(7) asks in this order; or a client of
    this tmux session, since tmux shows others than ASCII as underscores there. Where no variable is set, as in
    containers, Python's own choice counts: UTF-8 (PEP 538 and 540), unless it was told to keep to the POSIX locale.
    """
    found = environment_at_start()
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if value := found.get(name):
            encoding = value.partition("@")[0].partition(".")[2].replace("-", "").lower()
            if encoding != "utf8":
                return f"{name} is {display_safe(value, 40)}"
            break
    else:
        encoding = locale.getpreferredencoding(do_setlocale=False)
        if encoding.replace("-", "").lower() != "utf8":
            return f"no locale is set, and Python's encoding is {display_safe(encoding, 40)}"
    if found.get("TMUX") and b"0" in _tmux_clients(found.get("TMUX_PANE", "")).split():
        return "a client of this tmux session has no UTF-8 (tmux -u says that it has)"
    return None


def environment_at_start() -> dict[str, str]:
    """The environment that the process was given: Python itself sets LC_CTYPE in a C locale, see PEP 538."""
    try:
        pairs = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:
        return dict(os.environ)
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in (pair.partition(b"=") for pair in pairs)}


def _tmux_clients(pane: str) -> bytes:
    """For each client that shows a pane's session a line: 1 with UTF-8, 0 without; empty where tmux does not say."""
    try:
        return subprocess.run(
            ["tmux", "list-clients", "-t", pane, "-F", "#{client_utf8}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=1,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return b""

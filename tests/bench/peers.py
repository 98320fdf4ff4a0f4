"""Peers that decode the same images, and with what: crit's time is mostly that of its protobuf implementation."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ASKED = (
    "import google.protobuf as p; from google.protobuf.internal import api_implementation as a; "
    "print(p.__version__, a.Type())"
)
_TOOLS = {"grep": "--version", "rg": "--version", "strings": "--version", "b2sum": "--version", "tar": "--version"}


def peers(crits: Sequence[str], go_crit: str | None) -> tuple[dict[str, list[str]], list[str]]:
    """Command lines of crit by name, and a sentence on each that is there or not."""
    found: dict[str, list[str]] = {}
    notes = []
    for command in crits:
        words = shlex.split(command)
        if shutil.which(words[0]) is None:
            notes.append(f"`{command}` is not here.")
            continue
        name = _version(words)
        found[name] = words
        notes.append(f"{name} runs on protobuf {_protobuf(words)}.")
    if go_crit is None:
        notes.append("go-criu's crit was not there.")
    else:
        found["go-criu crit"] = shlex.split(go_crit)
    return found, notes


def tools() -> list[str]:
    """What the other tools say of themselves, in their first lines."""
    return [_first_line([name, option]) for name, option in _TOOLS.items() if shutil.which(name) is not None]


def _version(words: Sequence[str]) -> str:
    told = subprocess.run([*words, "--version"], capture_output=True, text=True, check=False)
    version = (told.stdout or told.stderr).strip().splitlines()
    return f"crit {version[-1].split()[-1]}" if version and not told.returncode else "crit"


def _protobuf(words: Sequence[str]) -> str:
    """Version and implementation under the interpreter of a crit, asked in the environment that it runs in."""
    at = next((i for i, word in enumerate(words) if Path(word).name.startswith("python")), None)
    interpreter = list(words[: at + 1]) if at is not None else _shebang(words[0])
    return _first_line([*interpreter, "-c", _ASKED]) or "of an unknown implementation"


def _shebang(program: str) -> list[str]:
    with Path(shutil.which(program) or program).open("rb") as file:
        return file.readline().removeprefix(b"#!").decode().split()


def _first_line(command: Sequence[str]) -> str:
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return told.stdout.split("\n")[0].strip()


def versions() -> Mapping[str, str]:
    """Of this program's own parts."""
    import platform
    from importlib.metadata import version

    return {"Python": platform.python_version(), **{name: version(name) for name in ("protobuf", "numpy", "textual")}}

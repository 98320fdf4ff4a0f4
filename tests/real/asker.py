"""The command line with all of it loaded once: every question is put to a copy of this process, as if just started.

Run as a program it reads questions from standard input, one a line, and writes an answer for each.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import io
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import criu_tui
from criu_tui.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NEW_MOUNTS, NEW_PIDS = 0x20000, 0x20000000
LIBRARY = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Asker:
    """Such a process, seen from the tests."""

    process: subprocess.Popen[str]

    def ask(self, holder: int, arguments: Sequence[str], before: str, *, alone: bool) -> tuple[int, str]:
        """The exit status and the output of criu-tui, in the mount and the network namespace of a process.

        alone: in a pid namespace of its own, in which a shell script was run before.
        """
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps([holder, [*arguments], before, alone]) + "\n")
        stdin.flush()
        status, output = json.loads(stdout.readline())
        return status, output


@contextlib.contextmanager
def asking() -> Iterator[Asker]:
    """One that ends with the block."""
    command = [sys.executable, "-m", "tests.real.asker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Asker(process)


def _called(result: int, what: str) -> None:
    if result:
        raise OSError(ctypes.get_errno(), what)


def _enter(holder: int) -> None:
    for kind in ("net", "mnt"):
        descriptor = os.open(f"/proc/{holder}/ns/{kind}", os.O_RDONLY)
        _called(LIBRARY.setns(descriptor, 0), "setns")
        os.close(descriptor)


def _answer(arguments: list[str], output: int) -> int:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(arguments)
    os.write(output, said.getvalue().encode())
    return status


def _in_a_copy(holder: int, arguments: list[str], before: str, output: int, *, alone: bool) -> int:
    _enter(holder)
    if not alone:
        return _answer(arguments, output)
    _called(LIBRARY.unshare(NEW_MOUNTS | NEW_PIDS), "unshare")
    first = os.fork()
    if first == 0:
        _copied(partial(_first, arguments, before, output))
    return os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])


def _first(arguments: list[str], before: str, output: int) -> int:
    """The first process of a pid namespace: all others end with it."""
    script = f"mount -t proc proc /proc\n{before}"
    subprocess.run(["sh", "-ec", script], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return _answer(arguments, output)


def _copied(does: Callable[[], int]) -> NoReturn:
    """Ends this process with the status of what it does."""
    try:
        status = does()
    except BaseException:
        traceback.print_exc()
        status = 99
    os._exit(status)


def _serve() -> None:
    for module in pkgutil.walk_packages(criu_tui.__path__, "criu_tui."):
        if module.name.startswith(("criu_tui.core.", "criu_tui.command_line.")):
            importlib.import_module(module.name)
    for line in sys.stdin:
        holder, arguments, before, alone = json.loads(line)
        with tempfile.TemporaryFile() as output:
            copy = os.fork()
            if copy == 0:
                _copied(partial(_in_a_copy, holder, arguments, before, output.fileno(), alone=alone))
            status = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
            output.seek(0)
            print(json.dumps([status, output.read().decode()]), flush=True)


if __name__ == "__main__":
    _serve()

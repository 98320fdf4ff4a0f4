"""What is said of running programs before a dump, against what a real CRIU does with them."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.live.options import command, needed
from criu_tui.core.live.process import LiveError, tree
from criu_tui.core.live.source import Live
from criu_tui.core.report.subjects import refused
from criu_tui.core.restore.host import this_host
from criu_tui.core.restore.preflight.attempt import Attempt
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.releases import criu as release

from tests.real.living import BEGIN, END, LIVING, Living

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.real.criu import Criu

WITHOUT = {
    "--tcp-established": "consider using --tcp-established option",
    "--skip-in-flight": "In-flight connection",
    "--file-locks": "You can try --file-locks",
    "--ghost-limit": "increase limit",
    "--link-remap": "Use link-remap option",
    "--shell-job": "tty|session leader",
    "--external": "unreachable sharing|proper root mount|unsupported id",
    "--ext-unix-sk": "Consider using --ext-unix-sk option",
}
"""What CRIU logs when an option that it needs is not given, a regular expression."""
NOT_BEFORE = "4.3"
"""The release that the programs were tried with."""


@contextlib.contextmanager
def started(program: Living, where: Path) -> Iterator[int]:
    """The program, once it has done what it does; all below it ends with it."""
    with contextlib.ExitStack() as held:
        environment = dict(os.environ)
        passed: tuple[int, ...] = ()
        named = held.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        # The path of a socket has 107 bytes.
        near = held.enter_context(tempfile.TemporaryDirectory(dir="/tmp"))
        named.bind(f"{near}/named")
        environment["NAMED"] = named.getsockname()
        standard: int = subprocess.DEVNULL
        if program.given == "half":
            half, other = socket.socketpair()
            held.enter_context(half)
            held.enter_context(other)
            environment["HALF"], passed = str(half.fileno()), (half.fileno(),)
        if program.given == "terminal":
            master, standard = os.openpty()
            held.callback(os.close, master)
            held.callback(os.close, standard)
        command = [sys.executable, "-I", "-c", f"{BEGIN}{program.does}{END}"]
        if not program.leads:
            # A shell of its own: that of whoever runs the tests may lie outside this pid namespace.
            command = ["sh", "-c", '"$@" & echo $!; wait', "sh", *command]
        made = subprocess.Popen(
            command,
            cwd=where, stdin=standard, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment, pass_fds=passed, start_new_session=True,
        )  # fmt: skip
        try:
            assert made.stdout is not None
            pid = made.pid if program.leads else int(made.stdout.readline())
            if made.stdout.readline() != b"ready\n":
                pytest.skip("this kernel has no such thing")
            yield pid
        finally:
            with contextlib.suppress(LiveError, ProcessLookupError):
                for task in tree(made.pid)[1:]:
                    os.kill(task.pid, signal.SIGKILL)
            made.kill()
            made.communicate()


def without(options: list[str], one: str) -> list[str]:
    """Options less one of them and its value."""
    at = options.index(one)
    return options[:at] + options[at + (2 if one in ("--ghost-limit", "--external") else 1) :]


def dumped(criu: Criu, pid: int, *options: str) -> str:
    """What CRIU logs of a dump that fails; empty when it is made."""
    images = Path(tempfile.mkdtemp(dir=criu.base))
    done = subprocess.run(
        [*criu.command, "dump", "-t", str(pid), "-D", images, "-v2", "-o", "dump.log", *options],
        capture_output=True,
        check=False,
    )
    return "" if done.returncode == 0 else (images / "dump.log").read_text(errors="replace")


@pytest.mark.parametrize("name", LIVING)
def test_the_verdict_is_that_of_criu(name: str, criu: Criu) -> None:
    if criu.version.split(".") < NOT_BEFORE.split("."):
        pytest.skip("older releases refuse other things")
    program = LIVING[name]
    where = criu.base / "here"
    where.mkdir()
    with started(program, where) as pid:
        live = Live(pid)
        attempt = Attempt(Dump(live), release(criu.version), Surroundings(this_host()))
        failing = [finding.title for finding in refused(attempt)]
        takes = list(needed(live.tree))
        options = shlex.split(command(live.tree, takes).partition("--images-dir images")[2])
        if program.words:
            assert any(program.words in what for what in failing), failing
            assert re.search(program.criu, dumped(criu, pid, *options))
        else:
            assert failing == []
            if program.option:
                assert program.option in options
                said = dumped(criu, pid, *without(options, program.option))
                assert re.search(WITHOUT[program.option], said)
            else:
                assert takes == []
            assert dumped(criu, pid, *options) == ""

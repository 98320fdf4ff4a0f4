"""Real CRIUs, found or provided, and programs to dump with them."""

from __future__ import annotations

import functools
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.real.asker import asking
from tests.real.criu import Criu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.real.asker import Asker

PROGRAMS = Path(__file__).parent.parent / "programs"
NAMES = ("kinds", "patterns", "random_space", "reserve", "surroundings")
PRELOADED = "see_mmap"
"""A library, not a program."""


@functools.cache
def installed() -> dict[str, list[str]]:
    """The commands that run CRIU, one a line of CRIU_TUI_CRIU, by the version that each says it is."""
    found: dict[str, list[str]] = {}
    for line in os.environ.get("CRIU_TUI_CRIU", "criu").splitlines():
        command = shlex.split(line)
        if command and shutil.which(command[0]) is not None:
            said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False).stdout
            if match := re.search(r"^Version: (\S+)", said, re.MULTILINE):
                found[match[1]] = command
    return found


@functools.cache
def why_no_criu(version: str | None) -> str | None:
    """Why real restores cannot be made here with a CRIU; None when they can."""
    if os.geteuid() != 0:
        return "CRIU needs root"
    if version is None:
        return "no CRIU: set CRIU_TUI_CRIU to the output of .ci/provide-criu DIRECTORY VERSION"
    for tool in ("gcc", "unshare"):
        if shutil.which(tool) is None:
            return f"no {tool}"
    checked = subprocess.run([*installed()[version], "check"], capture_output=True, text=True, check=False)
    return None if checked.returncode == 0 else f"criu check fails: {checked.stderr.strip()[-200:]}"


@pytest.fixture(scope="session", params=tuple(installed()) or (None,))
def version(request: pytest.FixtureRequest) -> str:
    """Of each CRIU in turn; the test is skipped without one, and fails under CI."""
    if reason := why_no_criu(request.param):
        if os.environ.get("CI"):
            pytest.fail(f"under CI real restores must run: {reason}")
        pytest.skip(reason)
    return str(request.param)


@pytest.fixture(scope="session")
def criu_command(version: str) -> list[str]:
    """The command that runs it."""
    return installed()[version]


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory, criu_command: list[str]) -> Path:
    """A directory with the programs of tests/programs, compiled."""
    built = tmp_path_factory.mktemp("programs")
    compiler = ["gcc", "-O1", "-Wall", "-Werror"]
    for name in NAMES:
        source = PROGRAMS / f"{name}.c"
        subprocess.run([*compiler, "-static", "-pthread", "-o", built / name, source], check=True)
    library = built / f"{PRELOADED}.so"
    subprocess.run([*compiler, "-shared", "-fPIC", "-o", library, PROGRAMS / f"{PRELOADED}.c"], check=True)
    return built


@pytest.fixture(scope="session")
def asker() -> Iterator[Asker]:
    """A criu-tui that has started."""
    with asking() as found:
        yield found


@pytest.fixture
def criu(version: str, criu_command: list[str], tmp_path: Path) -> Criu:
    """One that dumps, and restores unless another is asked to."""
    return Criu(criu_command, tmp_path, version)


@pytest.fixture
def restorers(criu: Criu, tmp_path: Path) -> list[Criu]:
    """All of them, the one that dumps first."""
    others = [Criu(command, tmp_path, name) for name, command in installed().items() if name != criu.version]
    return [criu, *(other for other in others if why_no_criu(other.version) is None)]

"""A real CRIU, found or provided, and programs to dump with it."""

from __future__ import annotations

import functools
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.real.criu import Criu

PROGRAMS = Path(__file__).parent.parent / "programs"


@functools.cache
def why_no_criu() -> str | None:
    """Why real restores cannot be made here; None when they can."""
    if os.geteuid() != 0:
        return "CRIU needs root"
    command = shlex.split(os.environ.get("CRIU_TUI_CRIU", "criu"))
    if shutil.which(command[0]) is None:
        return "no CRIU: set CRIU_TUI_CRIU to the output of .ci/provide-criu DIRECTORY"
    for tool in ("gcc", "unshare"):
        if shutil.which(tool) is None:
            return f"no {tool}"
    checked = subprocess.run([*command, "check"], capture_output=True, text=True, check=False)
    return None if checked.returncode == 0 else f"criu check fails: {checked.stderr.strip()[-200:]}"


@pytest.fixture(scope="session")
def criu_command() -> list[str]:
    """The command that runs CRIU; the test is skipped without one, and fails under CI."""
    if reason := why_no_criu():
        if os.environ.get("CI"):
            pytest.fail(f"under CI real restores must run: {reason}")
        pytest.skip(reason)
    return shlex.split(os.environ.get("CRIU_TUI_CRIU", "criu"))


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory, criu_command: list[str]) -> Path:
    """A directory with the programs of tests/programs, compiled."""
    built = tmp_path_factory.mktemp("programs")
    for source in PROGRAMS.glob("*.c"):
        subprocess.run(["gcc", "-O1", "-Wall", "-Werror", "-static", "-o", built / source.stem, source], check=True)
    return built


@pytest.fixture
def criu(criu_command: list[str], tmp_path: Path) -> Criu:
    return Criu(criu_command, tmp_path)

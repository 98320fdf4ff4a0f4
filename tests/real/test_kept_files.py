"""Mapped files whose bytes lie in a dump of a real CRIU: their symbols are where the dynamic linker had them."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report import detail, place, task_json
from criu_tui.core.report.report import Report
from criu_tui.core.report.task import place_text
from criu_tui.core.restore.releases import criu as release

from tests.real.conftest import PROGRAMS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.real.criu import Criu

pytestmark = pytest.mark.real

FLAGS = ("-O1", "-g", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")


def library(made: Path, function: str) -> tuple[Path, str]:
    """A library of one function, and its build id."""
    flags = [*FLAGS, f"-DNAME={function}", "-shared", "-fPIC", "-Wl,--build-id"]
    subprocess.run(["gcc", *flags, "-o", made, PROGRAMS / "kept.c"], check=True)
    notes = subprocess.run(["readelf", "-n", made], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Build ID: ([0-9a-f]+)", notes)
    assert found is not None
    return made, found[1]


def test_symbols_of_a_deleted_library_of_one_in_memory_and_of_the_vdso(criu: Criu, tmp_path: Path) -> None:
    program = tmp_path / "kept"
    subprocess.run(["gcc", *FLAGS, "-o", program, PROGRAMS / "kept.c", "-ldl"], check=True)
    libraries = {"in_deleted": library(tmp_path / "first.so", "in_deleted")}
    libraries["in_memory"] = library(tmp_path / "second.so", "in_memory")
    paths = [path for path, _ in libraries.values()]
    with criu.running(program, criu.base / "ready", *paths, processes=1) as pid:
        addresses = (criu.base / "ready" / "addresses").read_text().split()
        report = Report(Dump(criu.dump(pid)), release(criu.version))
    assert not paths[0].exists()
    # The memory file is its own copy: nothing is at hand outside the dump.
    paths[1].unlink()
    deleted, remembered, clock = (int(text, 16) for text in addresses)
    for name, address in (("in_deleted", deleted), ("in_memory", remembered), ("[vdso]:__vdso_clock_gettime", clock)):
        assert place.go_to(report, pid, name, None) == place.TaskAddress(pid, address)
        function = name.rpartition(":")[2]
        said = place_text(report, pid, address + 1, named=True)
        # The kernel has two names for it.
        assert said.endswith((f" {function}+0x1", f" {function.removeprefix('__vdso_')}+0x1"))
    for name, address in (("in_deleted", deleted), ("in_memory", remembered)):
        facts = dict(
            line.split(maxsplit=2)[::2] for _, line in detail.everything(report, pid, address) if " id " in line
        )
        assert facts["build"] == libraries[name][1]
    thread = task_json.task(report, pid)["threads"]
    assert isinstance(thread, list)
    assert isinstance(thread[0], dict)
    frames = thread[0]["backtrace"]
    assert isinstance(frames, list)
    names = [str(frame["symbol"]).partition("+")[0] for frame in frames if isinstance(frame, dict)]
    assert [name for name in names if name.startswith("in_")] == ["in_deleted", "in_memory"]

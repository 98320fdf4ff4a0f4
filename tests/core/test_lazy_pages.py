"""A dump whose pages stay where it was made until a restore asks for them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.dump import Dump
from criu_tui.core.pages.entries import PageFlag
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight.attempt import Attempt
from criu_tui.core.restore.preflight.check import State
from criu_tui.core.restore.preflight.command import options
from criu_tui.core.restore.preflight.kernel import KernelFeatures
from criu_tui.core.restore.preflight.machine import Machine
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("machine", "fails"),
    [
        (Machine(kernel="6.1.0", arch="x86_64", userfaultfd=True), 0),
        (Machine(kernel="6.1.0", arch="x86_64", userfaultfd=False), 1),
        (Machine(kernel="4.10.0", arch="x86_64"), 1),
    ],
)
def test_it_takes_an_option_and_userfaultfd(tmp_path: Path, machine: Machine, fails: int) -> None:
    images = tmp_path / "dump"
    shutil.copytree(DUMPS / "random-1" / "dump", images)
    pid = next(iter(Dump(images).pids))
    heap = next(vma for vma in Dump(images).address_space(pid).vmas if vma.traits.private_kind)
    (images / f"pagemap-{pid}.img").write_bytes(encode_pagemap(1, [(heap.start, 1, int(PageFlag.LAZY))]))
    assert heap.size >= PAGE
    attempt = Attempt(Dump(images), criu("4.3"), Surroundings(Host(Mode.ALWAYS, None, 0, None, None), lambda: machine))
    assert ("--lazy-pages",) in [option.words for option in options(attempt)]
    failing = [check.what for check in KernelFeatures().look(attempt) if check.state is State.FAILS]
    assert len([what for what in failing if "userfaultfd" in what]) == fails

"""What is read of running processes, against what a real CRIU dumps of the same ones a moment later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.descriptors import descriptors
from criu_tui.core.dump.dump import Dump
from criu_tui.core.live.source import Live
from criu_tui.core.pages.pagemaps import pagemap_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.real.criu import Criu

SAYS_WHAT_IS_COUNTED = "4.3"
"""The first release that writes of a VMA whether the kernel counts it."""


def pages(dump: Dump, pid: int) -> set[int]:
    return {page for entry in pagemap_of(dump, pid) for page in range(entry.start, entry.end, 4096)}


@pytest.mark.parametrize(("program", "arguments"), [("kinds", ()), ("random_space", ("77", "1"))])
def test_a_process_is_read_as_criu_dumps_it(
    criu: Criu, programs: Path, program: str, arguments: tuple[str, ...]
) -> None:
    if criu.version.split(".") < SAYS_WHAT_IS_COUNTED.split("."):
        pytest.skip("this release writes less of a VMA")
    processes = 2 if arguments else 1
    with criu.running(programs / program, criu.base / "ready", *arguments, processes=processes) as pid:
        live = Dump(Live(pid))
        assert live.files
        for task in live.tasks:
            pagemap_of(live, task.pid)
            descriptors(live, task.pid)
        dumped = Dump(criu.dump(pid))
    assert live.tasks == dumped.tasks
    for task in dumped.tasks:
        seen, real = live.address_space(task.pid).vmas, dumped.address_space(task.pid).vmas
        # Numbers of files and of shared memory are CRIU's own.
        assert [vma._replace(shmid=0) for vma in seen] == [vma._replace(shmid=0) for vma in real]
        assert [live.path_of(vma) for vma in seen] == [dumped.path_of(vma) for vma in real]
        assert pages(live, task.pid) == pages(dumped, task.pid)
        opened = [(held.fd, held.type, held.close_on_exec) for held in descriptors(live, task.pid)]
        assert opened == [(held.fd, held.type, held.close_on_exec) for held in descriptors(dumped, task.pid)]

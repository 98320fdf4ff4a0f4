"""The plan of a live process against what real CRIU then does."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import MapFlag, VmaStatus
from criu_tui.core.logs.comparison import compare_restore
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.report import log_notes
from criu_tui.core.report.report import Report
from criu_tui.core.restore.commit_charge import budget
from criu_tui.core.restore.counters import counters
from criu_tui.core.restore.host import this_host
from criu_tui.core.restore.plan import plan
from criu_tui.core.restore.releases import criu as criu_version
from criu_tui.core.restore.steps import Action

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.span import Span
    from criu_tui.core.logs.restore_log import RestoreLog
    from criu_tui.core.restore.plan import TaskPlan

    from tests.real.criu import Criu

SPACES = int(os.environ.get("CRIU_TUI_SPACES", "20"))


def assert_predicted(images: Path, log: RestoreLog, version: str, *, lazy: bool = False) -> None:
    """Every logged mapping, counter and batch is the plan's, and the outcome is the budget's."""
    dump = Dump(images)
    made = plan(dump, criu_version(version), lazy=lazy)
    expected = counters(dump, made)
    failure = budget(made, this_host()).failure
    assert dump.problems == ()
    assert log.tasks
    assert log.others == []
    assert compare_restore(made, log, lambda: expected).agrees
    for pid, task in made.by_pid.items():
        logged = log.tasks.get(pid)
        if logged is None:
            assert failure is not None or not task.steps
            continue
        premaps = [premap.what for premap in logged.premaps]
        mmaps = [(m.what.start, m.what.end, m.what.prot, m.what.flags) for m in logged.mmaps]
        if failure is None:
            assert mmaps == planned_mmaps(task)
            assert planned_premaps(task) == premaps
            counted = expected[pid]
            assert counted.unread is None
            assert {name: value.what for name, value in logged.counters.items()} == counted.named()
            assert tuple(batch.what for batch in logged.batches) == counted.batches
        else:
            assert mmaps == planned_mmaps(task)[: len(mmaps)]
            assert planned_premaps(task)[: len(premaps)] == premaps
    if failure is None:
        assert log.refusal is None
        assert log.finished
    else:
        assert log.refusal is not None
        assert (log.refusal.pid, log.refusal.action) == (failure.step.pid, failure.action)
        assert log.refusal.start in (None, failure.step.vma.start)


_PREMAP = re.compile(r"(\d+): \tpremap 0x([0-9a-f]+)-0x[0-9a-f]+ -> ([0-9a-f]+)")


def assert_asked(images: Path, log: Path, seen: Path, version: str) -> None:
    """Protections of premaps, which no log tells, as CRIU asked the kernel for them."""
    asked: dict[tuple[int, int], int] = {}
    for line in seen.read_text().splitlines():
        words = line.split()
        asked[int(words[0]), int(words[1], 16)] = int(words[2], 16)
    made = plan(Dump(images), criu_version(version))
    planned = {
        (pid, step.vma.start): step.requested_prot
        for pid, task in made.by_pid.items()
        for step in task.scratch
        if step.action is Action.PREMAP
    }
    compared = 0
    for found in _PREMAP.finditer(log.read_text(errors="replace")):
        pid, start, at = int(found[1]), int(found[2], 16), int(found[3], 16)
        if (pid, start) in planned:
            assert asked[pid, at] == planned[pid, start], (version, pid, hex(start))
            compared += 1
    assert compared == len(planned)


def planned_mmaps(task: TaskPlan) -> list[tuple[int, int, int, int]]:
    return [
        (
            step.vma.start,
            step.vma.end,
            int(step.requested_prot),
            # The restorer adds MAP_FIXED, and makes an AIO ring as anonymous memory.
            step.vma.flags | MapFlag.FIXED | (MapFlag.ANONYMOUS if step.vma.status & VmaStatus.AIORING else 0),
        )
        for step in task.steps
        if step.action is Action.MMAP
    ]


def planned_premaps(task: TaskPlan) -> list[Span]:
    return [step.vma.span for step in task.scratch]


@pytest.mark.parametrize("index", range(SPACES))
def test_random_address_spaces(criu: Criu, restorers: list[Criu], programs: Path, index: int) -> None:
    """Dumped by one CRIU, restored by each: what is mapped, with which protection, counted and read."""
    # A fresh seed on each run; CRIU_TUI_SEED makes one again.
    seed = int(os.environ.get("CRIU_TUI_SEED", 0)) + index if "CRIU_TUI_SEED" in os.environ else random.getrandbits(63)
    forks = seed % 4
    print(f"CRIU_TUI_SEED={seed} CRIU_TUI_SPACES=1 makes this address space again")
    with criu.running(
        programs / "random_space", criu.base / "ready", str(seed), str(forks), processes=forks + 1
    ) as pid:
        images = criu.dump(pid)
    for restorer in restorers:
        seen = criu.base / f"seen-{restorer.version}"
        log = restorer.restore(images, seen=(programs / "see_mmap.so", seen))
        assert_predicted(images, log, restorer.version)
        assert_asked(images, criu.base / "work" / "restore.log", seen, restorer.version)


@pytest.mark.parametrize("forks", [0, 2])
def test_a_lazy_restore(criu: Criu, programs: Path, forks: int) -> None:
    seed = random.getrandbits(63)
    print(f"seed {seed}")
    with criu.running(
        programs / "random_space", criu.base / "ready", str(seed), str(forks), processes=forks + 1
    ) as pid:
        images = criu.dump(pid)
    with criu.lazy_pages(images):
        log = criu.restore(images, "--lazy-pages")
    assert any(task.counters["nr_lazy"].what for task in log.tasks.values())
    assert_predicted(images, log, criu.version, lazy=True)


def test_one_mapping_of_every_kind(criu: Criu, programs: Path) -> None:
    with criu.running(programs / "kinds", criu.base / "ready", processes=1) as pid:
        images = criu.dump(pid)
    statuses = [vma.status for vma in Dump(images).address_space(pid).vmas]
    for bit in (
        VmaStatus.SYSVIPC,
        VmaStatus.FILE_SHARED,
        VmaStatus.FILE_PRIVATE,
        VmaStatus.ANON_SHARED,
        VmaStatus.MEMFD,
        VmaStatus.HEAP,
    ):
        assert any(status & bit for status in statuses), bit
    assert_predicted(images, criu.restore(images), criu.version)


@pytest.mark.parametrize("forks", [0, 1, 3])
def test_reservations(criu: Criu, programs: Path, forks: int) -> None:
    # 400 GiB: fine in place, refused once forked.
    with criu.running(programs / "reserve", criu.base / "ready", "400", str(forks), processes=forks + 1) as pid:
        images = criu.dump(pid)
    log = criu.restore(images)
    assert_predicted(images, log, criu.version)
    fine = forks == 0 or criu_version(criu.version).rule.accounting
    assert log.finished is fine
    # The log is matched to the plan, and explains itself.
    report = Report(Dump(images), criu_version(criu.version), this_host(), given_log=criu.base / "work" / "restore.log")
    notes = " ".join(line for _, line in log_notes.notes(report))
    logged = sum(len(task.premaps) + len(task.mmaps) for task in log.tasks.values())
    assert f"{logged} of {logged} mappings as predicted" in notes
    assert ("premap-refused" in [finding.id for finding in report.findings]) is not fine


@contextlib.contextmanager
def most_committed() -> Iterator[list[int]]:
    """The highest Committed_AS in bytes while in the context, above that at its start."""
    found = [0]
    done = threading.Event()

    def committed() -> int:
        text = Path("/proc/meminfo").read_text()
        return int(text.partition("Committed_AS:")[2].split()[0]) * 1024

    before = committed()

    def sample() -> None:
        while not done.is_set():
            found[0] = max(found[0], committed() - before)

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield found
    finally:
        done.set()
        sampler.join()


@pytest.mark.parametrize("forks", [0, 1, 3])
def test_the_kernel_is_charged_as_planned(criu: Criu, programs: Path, forks: int) -> None:
    # Two reservations of 4 GiB: with each fork the kernel charges all of them again,
    # until the restorer drops WRITE.
    with criu.running(programs / "reserve", criu.base / "ready", "4", str(forks), processes=forks + 1) as pid:
        images = criu.dump(pid)
    planned = budget(plan(Dump(images), criu_version(criu.version)), this_host()).peak
    # CRIU itself and whatever else runs takes some hundred MiB; what is planned wrongly would be 4 GiB more or less.
    others, peak = 1 << 30, 0
    for _ in range(20):
        with most_committed() as most:
            assert criu.restore(images).finished
        peak = max(peak, *most)
        # On a busy machine a sample may come too late, so that the peak is seen in one of several restores.
        if peak > planned - others:
            break
    assert abs(peak - planned) < others


def test_a_reservation_above_the_stack(criu: Criu, programs: Path) -> None:
    with criu.running(programs / "reserve", criu.base / "ready", "1", "0", "trailing", processes=1) as pid:
        images = criu.dump(pid)
    assert_predicted(images, criu.restore(images), criu.version)


def test_an_incremental_dump_made_by_splitting(criu: Criu, programs: Path) -> None:
    with criu.running(programs / "reserve", criu.base / "ready", "1", "2", processes=3) as pid:
        images = criu.dump(pid)
    split(images, criu.base / "parent")
    dump = Dump(images)
    assert dump.parent is not None
    assert any(pagemap_of(dump, task.pid).total().parent for task in dump.tasks)
    assert_predicted(images, criu.restore(images), criu.version)


def split(images: Path, parent: Path) -> None:
    """Moves every other pagemap entry's pages into a parent dump, as a pre-dump would have left them."""
    from criu_tui.core.pages.reader import encode_pagemap

    dump = Dump(images)
    shutil.copytree(images, parent)
    for task in dump.tasks:
        pagemap = pagemap_of(dump, task.pid)
        pages = (images / f"pages-{pagemap.pages_id}.img").read_bytes()
        above: list[tuple[int, int, int]] = []
        below: list[tuple[int, int, int]] = []
        kept = moved = b""
        for entry in pagemap:
            count = (entry.end - entry.start) // 4096
            offset = pagemap.present_before[entry.index] * 4096
            data = pages[offset : offset + count * 4096]
            if entry.index % 2:
                above.append((entry.start, count, 1))
                below.append((entry.start, count, 4))
                moved += data
            else:
                above.append((entry.start, count, 4))
                kept += data
        name = f"pagemap-{task.pid}.img"
        (images / name).write_bytes(encode_pagemap(pagemap.pages_id, above))
        (parent / name).write_bytes(encode_pagemap(pagemap.pages_id, below))
        (images / f"pages-{pagemap.pages_id}.img").write_bytes(kept)
        (parent / f"pages-{pagemap.pages_id}.img").write_bytes(moved)
    (images / "parent").symlink_to(os.path.relpath(parent, images))


PYTHON = """
import os, pathlib, sys, time
ready, forks = sys.argv[1], int(sys.argv[2])
data = [bytes([n % 256]) * 1000 for n in range(5000)]
for n in range(forks):
    if os.fork() == 0:
        data[n::7] = [b"child"] * len(data[n::7])
        break
pathlib.Path(ready, str(os.getpid())).touch()
while True:
    time.sleep(1000)
"""


def test_cpython_with_forks(criu: Criu) -> None:
    script = criu.base / "forks.py"
    script.write_text(PYTHON)
    with criu.running(sys.executable, "-I", script, criu.base / "ready", "2", processes=3) as pid:
        images = criu.dump(pid)
    assert_predicted(images, criu.restore(images), criu.version)

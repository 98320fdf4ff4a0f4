"""What threads that ask together get: one result, computed once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base.once import Once, OnceEach
from criu_tui.core.dump.address_space import VmasOfImage
from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings import collect as findings_module
from criu_tui.core.images.schema import vma_pb2
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from criu_tui.core.restore.host import Host

    T = TypeVar("T")

THREADS = 4
SECONDS = 20
"""Long enough for any of these; a deadlock ends in an error."""


def together(ask: Callable[[], T]) -> list[T]:
    """What each of several threads gets that ask at the same time."""
    start = threading.Barrier(THREADS)

    def asked() -> T:
        start.wait(SECONDS)
        return ask()

    with ThreadPoolExecutor(THREADS) as pool:
        return [future.result(SECONDS) for future in [pool.submit(asked) for _ in range(THREADS)]]


def test_threads_that_ask_together_compute_once() -> None:
    once = Once()
    calls: list[None] = []
    asking = threading.Event()

    def compute() -> object:
        calls.append(None)
        asking.wait(0.05)
        return object()

    assert len(set(map(id, together(lambda: once("key", compute))))) == 1
    assert len(calls) == 1


def test_another_key_does_not_wait() -> None:
    once = Once()
    started, other = threading.Event(), threading.Event()

    def slow() -> bool:
        started.set()
        return other.wait(SECONDS)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(once, "slow", slow)
        assert started.wait(SECONDS)
        assert not once.known("slow")
        assert once("quick", lambda: 1) == 1
        other.set()
        assert waiting.result(SECONDS)
    assert once.known("slow")


def test_each_key_is_computed_once_and_what_fails_is_tried_again() -> None:
    calls: list[int] = []
    asking = threading.Event()

    def compute(key: int) -> object:
        calls.append(key)
        asking.wait(0.05)
        return 1 // key and object()

    each = OnceEach(compute)
    assert len(set(map(id, together(lambda: each[1])))) == 1
    assert calls == [1]
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            each[0]
    assert calls == [1, 0, 0]
    assert list(each) == [1]


def test_what_fails_is_tried_again_and_what_is_forgotten_computed_again() -> None:
    once = Once()
    with pytest.raises(ZeroDivisionError):
        once("key", lambda: 1 // 0)
    assert not once.known("key")
    assert once("key", lambda: 2) == 2
    assert once("key", lambda: 3) == 2
    shared = Once()
    shared.share("key", once)
    once.forget("key")
    assert once("key", lambda: 4) == 4
    assert shared("key", lambda: 5) == 2


def test_findings_and_plan_are_computed_once(recorded_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report(Dump(DUMPS / "random-2-fork" / "dump"), criu("4.2.1"), recorded_host)
    calls: list[None] = []
    original = findings_module.findings

    def findings(*args: object) -> object:
        calls.append(None)
        return original(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(findings_module, "findings", findings)
    assert len(set(map(id, together(lambda: report.findings)))) == 1
    assert len(calls) == 1
    other = report.restored_by(criu("3.19"))
    assert len(set(map(id, together(lambda: other.plan)))) == 1
    assert report.findings_so_far is report.findings


def test_single_vmas_are_there_while_another_thread_makes_all() -> None:
    """One attribute changes: what was looked at before the change still has its entries."""
    entries = [
        vma_pb2.vma_entry(start=n, end=n + 1, pgoff=0, shmid=0, prot=0, flags=0, status=0, fd=0) for n in range(10)
    ]

    class Entries(list[vma_pb2.vma_entry]):
        """Lets all VMAs be made between the decision to look at one and the look."""

        def __getitem__(self, index: object) -> vma_pb2.vma_entry:  # type: ignore[override]
            if not made:
                made.append(None)
                assert len(vmas.all) == len(entries)
            return entries[index]  # type: ignore[call-overload, no-any-return]

    made: list[None] = []
    vmas = VmasOfImage(Entries(entries))
    assert vmas[7].start == 7
    assert made
    assert vmas[7].start == vmas.all[7].start == 7
    assert len(vmas) == 10

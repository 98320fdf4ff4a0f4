"""Findings: none on healthy dumps, the right one on each broken dump."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demo, images
from criu_tui.core.dump import Dump
from criu_tui.core.findings import Severity
from criu_tui.core.findings.ids import extent_findings
from criu_tui.core.idmap import Extent
from criu_tui.core.known_failures import KNOWN_FAILURES, recognise
from criu_tui.core.memory import Prot
from criu_tui.core.pages import encode_pagemap
from criu_tui.core.plan import criu
from criu_tui.core.report import Report
from criu_tui.core.schema import pstree_pb2

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from criu_tui.core.findings import Finding
    from criu_tui.core.overcommit import Host

HEALTHY = (
    "every-kind", "growsdown-fork", "incremental", "prot-none-1g", "prot-none-1g-fork", "random-1", "random-2-fork",
    "trailing-reservation", "userns-three-extents",
)  # fmt: skip


def found_in(path: Path, host: Host, version: str = "4.2.1") -> list[Finding]:
    return Report(Dump(path), criu(version), host).findings


@pytest.mark.parametrize("name", HEALTHY)
def test_nothing_is_found_in_a_healthy_dump(recorded_host: Host, name: str) -> None:
    assert found_in(DUMPS / name / "dump", recorded_host) == []


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        (
            "prot-none-400g",
            "3.19",
            [("boundary-reservation", 0x7E8661200000), ("boundary-reservation", 0x7EB861C00000)],
        ),
        (
            "prot-none-400g-fork",
            "4.2.1",
            [("forked-reservation", start) for start in (0x7E431D600000, 0x7E751E000000, 0x7ED91E000000)],
        ),
    ],
)
def test_reservations_that_fail(recorded_host: Host, name: str, version: str, expected: list[tuple[str, int]]) -> None:
    found = found_in(DUMPS / name / "dump", recorded_host, version)
    assert [(f.id, f.start) for f in found] == expected
    assert {f.severity for f in found} == {Severity.ERROR}


def test_what_fails_only_on_older_releases_is_a_note(recorded_host: Host) -> None:
    found = found_in(DUMPS / "prot-none-400g" / "dump", recorded_host)
    assert {(f.id, f.severity, f.releases) for f in found} == {("boundary-reservation", Severity.NOTE, "3.2-3.19")}


def test_the_trailing_demo(recorded_host: Host, tmp_path: Path) -> None:
    demo.write(demo.demo("trailing"), tmp_path)
    assert [f.id for f in found_in(tmp_path, recorded_host)] == ["trailing-reservation"]


def test_guard_vmas_need_4_2(recorded_host: Host) -> None:
    assert "guard-vma" in [f.id for f in found_in(DUMPS / "every-kind" / "dump", recorded_host, "4.1")]


def test_the_failed_dumps_tell_their_story(recorded_host: Host) -> None:
    first, second = found_in(DUMPS / "userns-root-unmapped" / "dump", recorded_host)
    assert (first.id, first.severity) == ("userns-root-unmapped", Severity.ERROR)
    assert "uid 1000 1000 1, gid 1000 1000 1" in first.why
    assert "uid 0 and gid 0 have no mapping" in first.why
    assert second.id == "userns-clean-error"
    (first, second) = found_in(DUMPS / "userns-no-map" / "dump", recorded_host)
    assert "maps nothing at all" in first.why
    assert "nothing had been parsed" in second.why


def test_the_userns_demo_crashed(recorded_host: Host, tmp_path: Path) -> None:
    demo.write(demo.demo("userns"), tmp_path)
    assert [f.id for f in found_in(tmp_path, recorded_host)] == [
        "userns-root-unmapped",
        "userns-double-free",
        "log-cut",
    ]


def truncate_pages(path: Path) -> None:
    data = (path / "pages-1.img").read_bytes()
    (path / "pages-1.img").write_bytes(data[:-4096])


def lengthen_pages(path: Path) -> None:
    with (path / "pages-1.img").open("ab") as file:
        file.write(b"x")


def add_page_outside(path: Path) -> None:
    dump = Dump(path)
    entries = [(e.start, (e.end - e.start) // 4096, e.flags) for e in dump.pagemap(24417)]
    (path / "pagemap-24417.img").write_bytes(encode_pagemap(1, [(0x1000, 1, 4), *entries]))
    (path / "pages-1.img").write_bytes(b"\0" * 4096 + (path / "pages-1.img").read_bytes())


def unsort_pagemap(path: Path) -> None:
    dump = Dump(path)
    entries = [(e.start, (e.end - e.start) // 4096, e.flags) for e in dump.pagemap(24417)]
    (path / "pagemap-24417.img").write_bytes(encode_pagemap(1, entries[::-1]))


def list_task_twice(path: Path) -> None:
    entry = pstree_pb2.pstree_entry(pid=24417, ppid=0, pgid=1, sid=1, threads=[24417])
    (path / "pstree.img").write_bytes(images.encode(images.PSTREE, [entry, entry]))


def ring_of_tasks(path: Path) -> None:
    entries = [
        pstree_pb2.pstree_entry(pid=pid, ppid=ppid, pgid=1, sid=1, threads=[pid])
        for pid, ppid in ((24417, 0), (2, 3), (3, 2))
    ]
    (path / "pstree.img").write_bytes(images.encode(images.PSTREE, entries))


def cut(name: str) -> Callable[[Path], None]:
    def cutting(path: Path) -> None:
        data = (path / name).read_bytes()
        (path / name).write_bytes(data[:-3])

    return cutting


def remove(name: str) -> Callable[[Path], None]:
    return lambda path: (path / name).unlink()


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (truncate_pages, "pages-short"),
        (lengthen_pages, "pages-long"),
        (add_page_outside, "page-outside-vma"),
        (unsort_pagemap, "pagemap-order"),
        (list_task_twice, "pid-twice"),
        (ring_of_tasks, "parent-unknown"),
        (cut("mm-24417.img"), "image-unreadable"),
        (cut("pagemap-24417.img"), "image-unreadable"),
        (remove("pages-1.img"), "pages-missing"),
        (remove("core-24417.img"), "image-missing"),
        (remove("inventory.img"), "dump-incomplete"),
        (remove("files.img"), "file-unknown"),
    ],
)
def test_damage_is_found(tmp_path: Path, recorded_host: Host, damage: Callable[[Path], None], expected: str) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    damage(copy)
    assert expected in [f.id for f in found_in(copy, recorded_host)]


def test_a_dangling_parent_and_a_lost_page(tmp_path: Path, recorded_host: Host) -> None:
    shutil.copytree(DUMPS / "incremental", tmp_path / "chain", symlinks=True)
    dump, parent = tmp_path / "chain" / "dump", tmp_path / "chain" / "parent"
    pagemap = parent / "pagemap-24417.img"
    pagemap.write_bytes(encode_pagemap(1, []))
    assert "parent-page-missing" in [f.id for f in found_in(dump, recorded_host)]
    shutil.rmtree(parent)
    assert "parent-dangling" in [f.id for f in found_in(dump, recorded_host)]


def test_nonsense_vmas(tmp_path: Path, recorded_host: Host) -> None:
    mappings = (
        demo.Mapping(0x10000, 0x4000, Prot.READ),
        demo.Mapping(0x12000, 0x4000, Prot.READ),
        demo.Mapping(0x20000, -0x1000, Prot.READ),
        demo.Mapping(0x30001, 0x1000, Prot.READ),
        demo.Mapping(0x7FFFFFFFE000, 0x2000, Prot.READ),
    )
    demo.write(demo.DemoDump("test", (demo.DemoTask(7, 0, "t", mappings),)), tmp_path)
    ids = {f.id for f in found_in(tmp_path, recorded_host)}
    assert ids >= {"vma-order", "vma-empty", "vma-unaligned", "vma-high"}


@pytest.mark.parametrize(
    ("extents", "expected"),
    [
        ((Extent(0, 100000, 65536),), set()),
        ((Extent(0, 100000, 1000),), {"overflow-unmapped"}),
        ((Extent(0, 0, 70000), Extent(5, 200000, 1)), {"extent-overlap"}),
        ((Extent(0, 0, 70000), Extent(70000, 100000, 0)), {"extent-empty"}),
        ((Extent(0, 0, 70000), Extent(0xFFFFFFFF, 70000, 1)), {"extent-to-the-top"}),
        ((Extent(0, 0, 70000), Extent(0xFFFFFFFF, 70000, 2)), {"extent-wraps"}),
    ],
)
def test_odd_extents(extents: tuple[Extent, ...], expected: set[str]) -> None:
    assert {f.id for f in extent_findings("uid", extents)} == expected


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("Can't restore 0x7e8661200000 mapping with 0xfffffffffffffff4", "mapping-refused"),
        ("Unable to map ANON_VMA: Cannot allocate memory", "premap-refused"),
        ("VMA-s are not sorted in the image file", "vmas-unsorted"),
        ("Page entry address 1000 outside of VMA 2000-3000", "page-outside-vma"),
        ("vdso: Unexpected rt vDSO area bounds", "vdso"),
        ("Can't fork for 42: File exists", "pid-taken"),
        ("all is well", None),
    ],
)
def test_log_lines_are_recognised(line: str, known: str | None) -> None:
    found = recognise(line)
    assert (found.id if found else None) == known


def test_known_failures_are_told_apart() -> None:
    assert len({known.id for known in KNOWN_FAILURES}) == len(KNOWN_FAILURES)

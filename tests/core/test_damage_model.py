"""Nonsense that decodes: each kind of it ends in a finding, and every view still prints."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.base.limits import TASK_LIMIT, THREAD_LIMIT, VMA_LIMIT
from criu_tui.core.base.span import Span
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.user_namespace import user_namespace_of
from criu_tui.core.dump.vma import Prot
from criu_tui.core.findings.inventory import unreadable
from criu_tui.core.images import framing, images, kinds
from criu_tui.core.images.schema import fdinfo_pb2, mm_pb2, pstree_pb2, userns_pb2, vma_pb2
from criu_tui.core.pages.contents import Advance
from criu_tui.core.pages.pattern import PatternForm, pattern
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.pages.search import Unread, search
from criu_tui.core.report.overview_lines import first
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import TESTS
from tests.fuzz.views import print_all

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from criu_tui.core.restore.host import Host

IMAGES = TESTS / "images"
PID = 100
TOP = (1 << 64) - 1


def healthy(directory: Path) -> Path:
    """A dump of one task with one mapping."""
    mapping = demos.Mapping(0x10000, 0x4000, Prot.READ, pages=(0x11000,))
    demos.write(demos.DemoDump("test", (demos.DemoTask(PID, 0, "t", (mapping,)),)), directory)
    return directory


def vma(start: int, end: int, status: int = 0x201, flags: int = 0x22, shmid: int = 0) -> vma_pb2.vma_entry:
    return vma_pb2.vma_entry(start=start, end=end, pgoff=0, shmid=shmid, prot=1, flags=flags, status=status, fd=-1)


def write_vmas(directory: Path, vmas: Iterable[vma_pb2.vma_entry], pid: int = PID) -> None:
    entry = mm_pb2.mm_entry(vmas=vmas)
    for field in entry.DESCRIPTOR.fields:
        if field.is_required:
            setattr(entry, field.name, 0)
    (directory / f"mm-{pid}.img").write_bytes(framing.encode(kinds.MM, [entry]))


def write_tree(directory: Path, *tasks: tuple[int, int]) -> None:
    entries = (pstree_pb2.pstree_entry(pid=pid, ppid=ppid, pgid=pid, sid=pid, threads=[pid]) for pid, ppid in tasks)
    (directory / "pstree.img").write_bytes(framing.encode(kinds.PSTREE, entries))


def ids_in(directory: Path, host: Host) -> set[str]:
    return {finding.id for finding in Report(Dump(directory), criu("4.2.1"), host).findings}


@pytest.mark.parametrize(
    ("vmas", "expected"),
    [
        ([vma(0x20000, 0x21000), vma(0x10000, 0x14000)], "vma-order"),
        ([vma(0x10000, 0x14000), vma(0x12000, 0x16000)], "vma-order"),
        ([vma(0x10000, 0x14000), vma(0x10000, 0x14000)], "vma-order"),
        ([vma(0x10000, 0x10000)], "vma-empty"),
        ([vma(0x14000, 0x10000)], "vma-empty"),
        ([vma(0x10001, 0x14000)], "vma-unaligned"),
        ([vma(0x10000, 0x14001)], "vma-unaligned"),
        ([vma(0x10000, (1 << 47) + 0x1000)], "vma-high"),
        ([vma(TOP - 0xFFF, TOP)], "vma-high"),
        ([vma(TOP, 0)], "vma-empty"),
        ([vma(0x10000, 0x14000, status=0x41, flags=2, shmid=77)], "file-unknown"),
    ],
)
def test_vmas(tmp_path: Path, recorded_host: Host, vmas: list[vma_pb2.vma_entry], expected: str) -> None:
    write_vmas(healthy(tmp_path), vmas)
    assert expected in ids_in(tmp_path, recorded_host)
    print_all(tmp_path)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([(0x12000, 1, 4), (0x10000, 1, 4)], "pagemap-order"),
        ([(0x10000, 2, 4), (0x11000, 2, 4)], "pagemap-order"),
        ([(0x10000, 0, 4)], "entry-empty"),
        ([(0x10001, 1, 4)], "entry-unaligned"),
        ([(0x40000, 1, 4)], "page-outside-vma"),
        ([(1 << 50, 1, 4)], "page-outside-vma"),
        ([(0x10000, 1 << 32, 4)], "pages-short"),
        ([(0x10000, (1 << 32) - 1, 4), (0x10000, (1 << 32) - 1, 4)], "pages-short"),
        ([(0x10000, (1 << 52) - 0x11, 4)], "page-outside-vma"),
    ],
)
def test_pagemaps(tmp_path: Path, recorded_host: Host, entries: list[tuple[int, int, int]], expected: str) -> None:
    healthy(tmp_path)
    (tmp_path / f"pagemap-{PID}.img").write_bytes(encode_pagemap(1, entries))
    assert expected in ids_in(tmp_path, recorded_host)
    print_all(tmp_path)


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ([(PID, 0), (PID, 0)], "pid-twice"),
        ([(PID, PID)], "task-ring"),
        ([(PID, 102), (101, PID), (102, 101)], "task-ring"),
        ([(PID, 102), (101, PID), (102, 101)], "no-root"),
        ([(PID, 0), (101, 55)], "parent-unknown"),
        ([(PID, 0), (101, 102), (102, PID)], "parent-unknown"),
        ([(PID, 55)], "no-root"),
    ],
)
def test_trees(tmp_path: Path, recorded_host: Host, tasks: list[tuple[int, int]], expected: str) -> None:
    write_tree(healthy(tmp_path), *tasks)
    assert expected in ids_in(tmp_path, recorded_host)
    print_all(tmp_path)


def test_a_tree_as_deep_as_it_is_long(tmp_path: Path) -> None:
    write_tree(healthy(tmp_path), (PID, 0), *((pid, pid - 1) for pid in range(PID + 1, PID + 500)))
    assert Dump(tmp_path).tasks[-1].depth == 499
    print_all(tmp_path)


def test_more_tasks_than_are_kept(tmp_path: Path) -> None:
    write_tree(healthy(tmp_path), *((pid, 0) for pid in range(TASK_LIMIT + 1)))
    dump = Dump(tmp_path)
    assert len(dump.tasks) == TASK_LIMIT
    assert [str(problem) for problem in dump.problems] == [
        "pstree.img (entry 16384): more than 16,384 tasks: the others are not shown"
    ]
    # Nobody is told to copy an image again that is as it was; and the overview says it, whatever else is wrong.
    (found,) = unreadable(dump)
    assert (found.title, "copy it" in found.advice) == ("pstree.img has more than is kept of it", False)
    assert "more than 16,384 tasks" in " ".join(line.text for line in first(Report(dump, criu("4.3"))))


def test_more_vmas_than_are_kept(tmp_path: Path) -> None:
    healthy(tmp_path)
    vma = vma_pb2.vma_entry(start=4096, end=8192, pgoff=0, shmid=0, prot=1, flags=2, status=1, fd=-1)
    write_vmas(tmp_path, [vma] * (VMA_LIMIT + 2))
    dump = Dump(tmp_path)
    space = dump.address_space(PID)
    assert len(space.vmas) == VMA_LIMIT
    assert [str(problem) for problem in dump.problems] == [
        f"mm-{PID}.img (entry 0): 65,538 VMAs: those after 65,536 are left out"
    ]
    # A plan of what is left says so.
    assert dump.half_read == {PID}


def test_more_vmas_than_are_kept_in_an_image_of_their_own(tmp_path: Path) -> None:
    """As before CRIU 1.2."""
    healthy(tmp_path)
    vma = vma_pb2.vma_entry(start=4096, end=8192, pgoff=0, shmid=0, prot=1, flags=2, status=1, fd=-1)
    write_vmas(tmp_path, [])
    (tmp_path / f"vmas-{PID}.img").write_bytes(framing.encode(kinds.VMAS, [vma] * (VMA_LIMIT + 2)))
    dump = Dump(tmp_path)
    assert len(dump.address_space(PID).vmas) == VMA_LIMIT
    assert [problem.reason for problem in dump.problems] == ["more than 65,536 VMAs: the others are left out"]
    assert dump.half_read == {PID}


def test_more_threads_than_are_kept(tmp_path: Path) -> None:
    healthy(tmp_path)
    threads = range(1, THREAD_LIMIT + 2)
    entries = [
        pstree_pb2.pstree_entry(pid=1, ppid=0, pgid=1, sid=1, threads=threads[:10]),
        pstree_pb2.pstree_entry(pid=11, ppid=1, pgid=1, sid=1, threads=threads[10:]),
        pstree_pb2.pstree_entry(pid=12, ppid=1, pgid=1, sid=1),
    ]
    (tmp_path / "pstree.img").write_bytes(framing.encode(kinds.PSTREE, entries))
    dump = Dump(tmp_path)
    assert [len(task.listed_threads) for task in dump.tasks] == [10, THREAD_LIMIT - 10, 0]
    assert [str(problem) for problem in dump.problems] == [
        "pstree.img (entry 1): more than 65,536 threads: the others are not shown"
    ]


@pytest.mark.parametrize("chosen", fdinfo_pb2.fd_types.values())
def test_what_is_said_of_a_file_of_another_type_is_not_believed(tmp_path: Path, chosen: fdinfo_pb2.fd_types) -> None:
    """CRIU looks only at what belongs to the type (criu/files.c)."""
    shutil.copytree(IMAGES / "pipe00", tmp_path / "dump")
    path = tmp_path / "dump" / "files.img"
    entries = images.decode(path.read_bytes(), kinds.FILES, path.name, fdinfo_pb2.file_entry).entries
    for entry in entries:
        entry.type = chosen
    path.write_bytes(framing.encode(kinds.FILES, entries))
    print_all(tmp_path / "dump")
    assert {file.type for file in Dump(tmp_path / "dump").files.values()} == {fdinfo_pb2.fd_types.Name(chosen)}


def test_a_pid_listed_twice_is_the_first_task_of_that_name(tmp_path: Path, recorded_host: Host) -> None:
    """Both parents hold COW pairs with it, the second more than the first."""
    both = (demos.Mapping(0x10000, 0x4000, Prot.READ), demos.Mapping(0x20000, 0x1000, Prot.READ))
    demo_tasks = [
        demos.DemoTask(1, 0, "t", (demos.Mapping(0x10000, 0x4000, Prot.READ),)),
        demos.DemoTask(2, 1, "t", both),
        demos.DemoTask(3, 1, "t", both),
    ]
    demos.write(demos.DemoDump("test", tuple(demo_tasks)), tmp_path)
    write_tree(tmp_path, (1, 0), (2, 1), (3, 1), (3, 2), (3, 2))
    report = Report(Dump(tmp_path), criu("4.2.1"), recorded_host)
    assert [(task.pid, task.ppid, task.depth) for task in report.dump.tasks] == [(1, 0, 0), (2, 1, 1), (3, 1, 1)]
    assert [step.partner for step in report.plan.by_pid[3].scratch] == [1]
    (found,) = (finding for finding in report.findings if finding.id == "pid-twice")
    assert (found.title, found.pid) == ("task 3 is in pstree.img 3 times", 3)
    assert "only the first" in found.why


@pytest.mark.parametrize(("count", "found"), [(340, set()), (341, {"extents-too-many"}), (5000, {"extents-too-many"})])
def test_more_extents_than_the_kernel_takes(tmp_path: Path, recorded_host: Host, count: int, found: set[str]) -> None:
    """340 is the most since Linux 4.15 (user_namespaces(7)); of more, one is kept that shows it."""
    healthy(tmp_path)
    extents = [userns_pb2.uid_gid_extent(first=number, lower_first=number, count=1) for number in range(count)]
    (tmp_path / "userns-5.img").write_bytes(
        framing.encode(kinds.USERNS, [userns_pb2.userns_entry(uid_map=extents, gid_map=extents)])
    )
    space = user_namespace_of(Dump(tmp_path))
    assert space is not None
    assert len(space.uid_map) == min(count, 341)
    ids = ids_in(tmp_path, recorded_host)
    assert ids & {"extents-too-many"} == found
    assert ("image-unreadable" in ids) == (count > 341)


def test_findings_without_number_are_counted(tmp_path: Path, recorded_host: Host) -> None:
    write_vmas(healthy(tmp_path), (vma(0x10000, 0) for _ in range(500)))
    found = [f.title for f in Report(Dump(tmp_path), criu("4.2.1"), recorded_host).findings if f.id == "vma-empty"]
    # All alike count as one.
    assert len(found) == 1
    write_vmas(tmp_path, (vma(0x10000 + number * 0x1000, 0) for number in range(500)))
    found = [f.title for f in Report(Dump(tmp_path), criu("4.2.1"), recorded_host).findings if f.id == "vma-empty"]
    assert len(found) == 101
    assert found[-1] == "400 more findings “vma-empty”"


def test_a_search_ends_with_the_file_and_not_with_what_a_pagemap_claims(tmp_path: Path) -> None:
    directory = healthy(tmp_path)
    # Eight exabytes of pages; the file has none of them.
    write_vmas(directory, [vma(0x1000, 1 << 63)])
    (directory / f"pagemap-{PID}.img").write_bytes(encode_pagemap(1, [(0x1000, (1 << 51) - 2, 4)]))
    found = list(search(Dump(directory), pattern(PatternForm.TEXT, "needle")))
    assert [item.span for item in found if isinstance(item, Unread)] == [Span(0x1000, (1 << 63) - 0x1000)]
    assert len(found) < 10
    assert found[-1] == Advance(((1 << 51) - 2) * 0x1000, ((1 << 51) - 2) * 0x1000)


# Whole dumps

numbers = st.one_of(
    st.integers(0, TOP),
    st.sampled_from([0, 1, 0x1000, 0x10000, (1 << 47) - 0x1000, 1 << 47, 1 << 63, TOP - 0xFFF, TOP]),
    st.integers(0, 64).map(lambda page: page * 0x1000),
)
vmas = st.builds(
    vma,
    numbers,
    numbers,
    status=st.sampled_from([0, 1, 0x41, 0x81, 0x101, 0x201, 0x204, 0x2001, 0x8001, 0x10201, 0x8000201, 0xFFFFFFFF]),
    flags=st.sampled_from([0, 1, 2, 0x21, 0x22, 0x122, 0x4022, 0x40022, 0xFFFFFFFF]),
    shmid=numbers,
)
pagemaps = st.lists(st.tuples(numbers, st.integers(0, 1 << 54), st.integers(0, 15)), max_size=8)
pids = st.integers(0, 6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tree=st.lists(st.tuples(pids, pids), min_size=1, max_size=6),
    spaces=st.dictionaries(pids, st.tuples(st.lists(vmas, max_size=6), pagemaps), max_size=4),
    data=st.data(),
)
def test_dumps_of_anything(
    tmp_path_factory: pytest.TempPathFactory,
    tree: list[tuple[int, int]],
    spaces: dict[int, tuple[list[vma_pb2.vma_entry], list[tuple[int, int, int]]]],
    data: st.DataObject,
) -> None:
    directory = healthy(tmp_path_factory.mktemp("dump"))
    core = (directory / f"core-{PID}.img").read_bytes()
    write_tree(directory, *tree)
    for pid, (mapped, entries) in spaces.items():
        (directory / f"core-{pid}.img").write_bytes(core)
        write_vmas(directory, mapped, pid)
        (directory / f"pagemap-{pid}.img").write_bytes(encode_pagemap(1, entries))
    if data.draw(st.booleans()):
        (directory / "parent").symlink_to(".")
    print_all(directory)

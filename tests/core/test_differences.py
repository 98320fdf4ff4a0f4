"""What differs between two checkpoints, against arithmetic of one's own and dumps that say the same in other forms."""

from __future__ import annotations

import shutil
import tarfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.cli import EXIT_FAILS, EXIT_FINE, main
from criu_tui.core import demos
from criu_tui.core.base.progress import CancelledError, Progress
from criu_tui.core.base.span import Span
from criu_tui.core.drawings.differing import DifferingBytes
from criu_tui.core.drawings.hexdump import HexDump
from criu_tui.core.dump.descriptors import Holder
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import MapFlag, Prot, Vma, VmaStatus
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode
from criu_tui.core.images.schema import cgroup_pb2, core_pb2, mnt_pb2, seccomp_pb2
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.differences import reading, run_columns, same_pages, sweep
from criu_tui.core.pages.differences import vmas as differing_vmas
from criu_tui.core.pages.differences.checkpoints import TwoCheckpoints
from criu_tui.core.pages.differences.difference import Topic, Turn
from criu_tui.core.pages.differences.files import SHOWN, Called
from criu_tui.core.pages.differences.marks import PageMarks
from criu_tui.core.pages.differences.pages import page_differences, totals
from criu_tui.core.pages.differences.tasks import TaskPair, task_pairs
from criu_tui.core.pages.differences.vmas import applied, pieces, vma_differences
from criu_tui.core.pages.entries import PageFlag
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.report import against, coverage, files, maps, task
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.source.places import checkpoints, root
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compressed import compress
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

    from criu_tui.core.pages.differences.pages import PageDifferences
    from criu_tui.core.tables.table import Table

PAGE = 4096
BASE = 0x10000000
READ, WRITE = Prot.READ, Prot.READ | Prot.WRITE
PRESENT, PARENT, LAZY = PageFlag.PRESENT, PageFlag.PARENT, PageFlag.LAZY
ANON = MapFlag.PRIVATE | MapFlag.ANONYMOUS
ANON_STATUS = VmaStatus.REGULAR | VmaStatus.ANON_PRIVATE
FILE_STATUS = VmaStatus.REGULAR | VmaStatus.FILE_PRIVATE
ALL = sorted(path.name for path in DUMPS.iterdir() if (path / "dump" / "pstree.img").exists())


def anon(first: int, last: int, prot: int = WRITE, madv: int = 0) -> Vma:
    """Anonymous memory from one page to another."""
    return Vma(first * PAGE, last * PAGE, 0, 0, int(prot), int(ANON), int(ANON_STATUS), -1, madv)


def mapped(first: int, last: int, file: int, offset: int, prot: int = READ) -> Vma:
    """A file, from an offset in pages on."""
    return Vma(first * PAGE, last * PAGE, offset * PAGE, file, int(prot), int(MapFlag.PRIVATE), int(FILE_STATUS))


def identity(vma: Vma) -> Hashable:
    return vma.traits.kind, vma.shmid


def turns(before: list[Vma], after: list[Vma]) -> list[Turn]:
    return [found.turn for found in vma_differences(before, after, identity, identity).differences]


@st.composite
def vmas(draw: st.DrawFn) -> list[Vma]:
    """VMAs by address and apart, as the kernel has them."""
    made: list[Vma] = []
    at = draw(st.integers(0, 4))
    for _ in range(draw(st.integers(0, 8))):
        last = at + draw(st.integers(1, 5))
        prot = draw(st.sampled_from((READ, WRITE)))
        if draw(st.booleans()):
            made.append(anon(at, last, prot, draw(st.sampled_from((0, 0, 16384)))))
        else:
            made.append(mapped(at, last, draw(st.integers(1, 2)), draw(st.sampled_from((0, at))), prot))
        at = last + draw(st.integers(0, 3))
    return made


@settings(max_examples=400)
@given(vmas(), vmas())
def test_what_became_of_vmas_makes_the_second_of_the_first_and_the_first_of_the_second(
    before: list[Vma], after: list[Vma]
) -> None:
    forth = vma_differences(before, after, identity, identity)
    back = vma_differences(after, before, identity, identity)
    assert applied(before, forth.differences) == sorted(after)
    assert applied(after, (found.mirrored for found in forth.differences)) == sorted(before)
    assert Counter(found.mirrored for found in forth.differences) == Counter(back.differences)
    assert sorted((one.span.start + one.distance, one.span.size, -one.distance) for one in forth.shared) == sorted(
        (one.span.start, one.span.size, one.distance) for one in back.shared
    )


@settings(max_examples=300)
@given(vmas(), st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.booleans()), min_size=8, max_size=8))
def test_vmas_that_stayed_in_place_are_told_as_by_all_ways_of_matching(
    before: list[Vma], changes: list[tuple[int, int, bool]]
) -> None:
    after = [
        vma._replace(start=vma.start + low * PAGE, end=vma.end + high * PAGE, prot=int(READ if other else vma.prot))
        for vma, (low, high, other) in zip(before, changes, strict=False)
    ]
    after = [vma for vma in after if 0 <= vma.start < vma.end]
    quick = vma_differences(before, after, identity, identity)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(differing_vmas, "_in_pairs", lambda *_: None)
        assert vma_differences(before, after, identity, identity) == quick


@settings(max_examples=200)
@given(vmas())
def test_vmas_do_not_differ_from_themselves(same: list[Vma]) -> None:
    found = vma_differences(same, list(same), identity, identity)
    assert found.differences == ()
    assert [one.span for one in found.shared] == [vma.span for vma in same]


@settings(max_examples=200)
@given(vmas(), vmas())
def test_addresses_are_shared_once_at_most(before: list[Vma], after: list[Vma]) -> None:
    """And each difference tells of other VMAs."""
    found = vma_differences(before, after, identity, identity)
    told: Counter[int] = Counter()
    for one in found.shared:
        assert one.span.start in one.vma.span
        assert one.span.start + one.distance in one.other.span
        assert identity(one.vma) == identity(one.other)
        told.update(range(one.span.start, one.span.end, PAGE))
    assert all(count == 1 for count in told.values())
    assert sum(len(one.before) for one in found.differences) <= len(before)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([anon(0, 4)], [anon(0, 6)], [Turn.GROWN]),
        ([anon(2, 6)], [anon(0, 6)], [Turn.GROWN]),
        ([anon(0, 6)], [anon(0, 4)], [Turn.SHRUNK]),
        ([anon(0, 6)], [anon(0, 2), anon(4, 6)], [Turn.SPLIT]),
        ([anon(0, 6)], [anon(0, 2), anon(2, 3, READ), anon(3, 6)], [Turn.SPLIT | Turn.PROTECTION]),
        ([anon(0, 2), anon(2, 6, READ)], [anon(0, 6)], [Turn.MERGED | Turn.PROTECTION]),
        ([anon(0, 6)], [anon(0, 6, READ)], [Turn.PROTECTION]),
        ([anon(0, 6)], [anon(0, 6, madv=1 << 14)], [Turn.FLAGS]),
        ([anon(0, 6)], [anon(10, 16)], [Turn.MOVED]),
        ([anon(0, 6)], [anon(10, 17)], [Turn.GONE, Turn.NEW]),
        ([anon(0, 6)], [anon(3, 9)], [Turn.MOVED]),
        ([anon(0, 3), anon(3, 6, READ)], [anon(0, 2), anon(2, 6, READ)], [Turn.REDIVIDED]),
        ([mapped(0, 4, 1, 0)], [mapped(0, 4, 2, 0)], [Turn.GONE, Turn.NEW]),
        ([mapped(0, 4, 1, 0)], [mapped(0, 4, 1, 8)], [Turn.GONE, Turn.NEW]),
        ([mapped(0, 4, 1, 0)], [mapped(2, 4, 1, 2)], [Turn.SHRUNK]),
        ([mapped(0, 4, 1, 3)], [mapped(8, 12, 1, 3)], [Turn.MOVED]),
    ],
)
def test_turns(before: list[Vma], after: list[Vma], expected: list[Turn]) -> None:
    assert sorted(turns(before, after), key=str) == sorted(expected, key=str)


def test_vmas_that_overlap_their_own_neighbours_share_no_more_than_there_are() -> None:
    # No task has such; of two hostile dumps each of thousands would be compared with each.
    nested = [anon(at, 600 - at) for at in range(300)]
    crossing = [anon(at, at + 300, READ) for at in range(300)]
    for before, after in ((nested, crossing), (crossing, nested), (nested, nested[::-1])):
        found = vma_differences(before, after, identity, identity)
        assert len(found.shared) <= 600
        assert applied(before, found.differences) == sorted(after)


def test_an_end_that_many_hold_names_a_few_and_tells_the_others_by_a_digest() -> None:
    called = Called((pid, pid) for pid in range(1, 1000))
    held = tuple(Holder(pid, 3) for pid in range(1, 900))
    others = (*held[:-1], Holder(999, 3))
    few = called.holders(held[:SHOWN])
    assert few == " ".join(sorted(f"{pid}:3" for pid in range(1, SHOWN + 1)))
    said = called.holders(held)
    assert f"and {899 - SHOWN} more" in said
    assert len(said) < 100
    assert called.holders(others) != said
    assert called.holders(held) is said


def test_a_split_one_is_told_piece_by_piece() -> None:
    (found,) = vma_differences([anon(0, 6)], [anon(0, 2), anon(4, 6, READ)], identity, identity).differences
    told = [
        (span.start // PAGE, span.end // PAGE, None if theirs is None else theirs.prot)
        for span, _, theirs in pieces(found)
    ]
    assert told == [(0, 2, int(WRITE)), (2, 4, None), (4, 6, int(READ))]


# Tasks


def tree(directory: Path, tasks: list[tuple[int, int, str]]) -> Dump:
    directory.mkdir()
    mapping = demos.Mapping(BASE, PAGE, WRITE)
    made = tuple(demos.DemoTask(pid, ppid, comm, (mapping,)) for pid, ppid, comm in tasks)
    demos.write(demos.DemoDump("", made), directory)
    for image in directory.glob("mm-*.img"):
        # All demos run one program: without its path the name tells them apart.
        image.unlink()
    return Dump(directory)


def test_tasks_match_by_pid_then_by_place_and_program(tmp_path: Path) -> None:
    first = tree(tmp_path / "a", [(1, 0, "init"), (7, 1, "web"), (8, 1, "web"), (9, 1, "sh"), (12, 8, "job")])
    second = tree(tmp_path / "b", [(1, 0, "init"), (7, 1, "web"), (20, 1, "web"), (21, 1, "top"), (33, 20, "job")])
    found = task_pairs(first, second)
    assert [tuple(pair) for pair in found] == [(1, 1), (7, 7), (8, 20), (9, None), (12, 33), (None, 21)]
    assert {(pair.other_pid, pair.pid) for pair in found} == {tuple(pair) for pair in task_pairs(second, first)}


# What tasks are


def confined(directory: Path, cgroup: str, code: int) -> Dump:
    """A dump of task 7 in a cgroup, with a seccomp filter of one instruction; both stand in images of their own."""
    directory.mkdir()
    demos.write(demos.DemoDump("", (demos.DemoTask(7, 0, "t", (demos.Mapping(BASE, PAGE, WRITE),)),)), directory)
    core = Dump(directory).core_entry(7)
    assert core is not None
    core.thread_core.cg_set = 1
    core.thread_core.seccomp_mode = core_pb2.seccomp_mode.filter
    core.thread_core.seccomp_filter = 0
    (directory / "core-7.img").write_bytes(encode(kinds.CORE, [core]))
    member = cgroup_pb2.cgroup_entry()
    member.sets.add(id=1).ctls.add(name="cpu", path=cgroup)
    (directory / "cgroup.img").write_bytes(encode(kinds.CGROUP, [member]))
    chain = seccomp_pb2.seccomp_entry()
    chain.seccomp_filters.add(filter=bytes((6, 0, 0, 0, *code.to_bytes(4, "little"))))
    (directory / "seccomp.img").write_bytes(encode(kinds.SECCOMP, [chain]))
    return Dump(directory)


def test_of_equal_core_images_what_stands_elsewhere_may_differ(tmp_path: Path) -> None:
    of = (("a", "/x", 0), ("b", "/y", 0), ("c", "/x", 1 << 16))
    dumps = [confined(tmp_path / name, cgroup, code) for name, cgroup, code in of]
    assert len({(dump.path / "core-7.img").read_bytes() for dump in dumps}) == 1
    first, moved, allowed = dumps
    found = TwoCheckpoints(first, moved).differences
    assert [(each.topic, each.name, each.before, each.after) for each in found] == [(Topic.CGROUP, "cpu", "/x", "/y")]
    (other,) = TwoCheckpoints(first, allowed).differences
    assert (other.topic, other.name) == (Topic.SECCOMP, "main thread")
    assert other.before != other.after
    assert not TwoCheckpoints(first, confined(tmp_path / "again", "/x", 0)).differences


def test_a_thread_whose_core_image_differs_is_told_and_no_other(tmp_path: Path) -> None:
    first, second = (confined(tmp_path / name, "/x", 0) for name in "ab")
    core = second.core_entry(7)
    assert core is not None
    core.thread_core.sched_policy, core.thread_core.sched_nice = 0, 5
    core.tc.oom_score_adj = 100
    (tmp_path / "b" / "core-7.img").write_bytes(encode(kinds.CORE, [core]))
    found = TwoCheckpoints(first, Dump(tmp_path / "b")).differences
    assert {(each.topic, each.name) for each in found} == {
        (Topic.TASK, "oom score adj"), (Topic.THREAD, "main thread scheduling"),
    }  # fmt: skip


def test_a_mount_that_is_called_as_settings_are_hides_none(tmp_path: Path) -> None:
    name = "/etc/site settings"

    def mounted(directory: Path, source: str) -> Dump:
        tree(directory, [(7, 0, "t")])
        points = ("/", name, f"{name} of old")
        entries = [
            mnt_pb2.mnt_entry(
                fstype=5, mnt_id=number, root_dev=number, parent_mnt_id=0 if number == 1 else 1, flags=0, root="/",
                mountpoint=point, source=source, options="",
            )
            for number, point in enumerate(points, 1)
        ]  # fmt: skip
        (directory / "mountpoints-9.img").write_bytes(encode(kinds.MNTS, entries))
        return Dump(directory)

    found = TwoCheckpoints(mounted(tmp_path / "a", "one"), mounted(tmp_path / "b", "two")).differences
    assert [(each.topic, each.name) for each in found] == [
        (Topic.MOUNT, "/"), (Topic.MOUNT, name), (Topic.MOUNT, f"{name} of old"),
    ]  # fmt: skip


# Pages


def made(directory: Path, entries: list[tuple[int, int, int]], pages: bytes, start: int = BASE) -> Dump:
    """A dump of task 7 with one VMA; entries are (page number, pages, flags)."""
    directory.mkdir()
    mapping = demos.Mapping(start, 16 * PAGE, WRITE)
    demos.write(demos.DemoDump("", (demos.DemoTask(7, 0, "t", (mapping,)),)), directory)
    found = [(start + number * PAGE, count, flags) for number, count, flags in entries]
    (directory / "pagemap-7.img").write_bytes(encode_pagemap(1, found))
    (directory / "pages-1.img").write_bytes(pages)
    return Dump(directory)


def letters(text: str) -> bytes:
    return b"".join(letter.encode() * PAGE for letter in text)


def compared(first: Dump, second: Dump) -> TwoCheckpoints:
    two = TwoCheckpoints(first, second)
    two.pages = page_differences(first, second, two.places, Progress())
    return two


def pages_of(first: Dump, second: Dump) -> list[PageDifferences]:
    return compared(first, second).pages or []


def numbers(spans: object, start: int = BASE) -> list[int]:
    """The pages of stretches, counted from the VMA's first."""
    assert hasattr(spans, "__iter__")
    return [(at - start) // PAGE for span in spans for at in range(span.start, span.end, PAGE)]


def test_pages_are_told_apart(tmp_path: Path) -> None:
    first = made(tmp_path / "a", [(0, 4, PRESENT), (6, 2, PRESENT), (9, 1, LAZY), (12, 1, LAZY)], letters("abcdef"))
    second = made(tmp_path / "b", [(1, 3, PRESENT), (5, 2, PRESENT), (9, 1, LAZY)], letters("bXdge"))
    (found,) = pages_of(first, second)
    assert numbers(found.changed) == [2]
    assert numbers(found.appeared) == [5]
    assert numbers(found.gone) == [0, 7, 12]
    assert found.same == 3
    assert found.unread == 0


@pytest.mark.parametrize("piece", [None, PAGE, 3 * PAGE])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_pages_are_those_that_a_table_of_all_pages_says(
    data: st.DataObject, piece: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Also with a parent below one of them, and at another address; in arrays, a window after the other."""
    with pytest.MonkeyPatch.context() as patch:
        if piece is not None:
            for module, name, value in (
                (sweep, "MANY", 0), (sweep, "GAP", PAGE), (sweep, "PIECE", piece), (reading, "PIECE", piece),
                (sweep, "WINDOW", 2), (run_columns, "WINDOW", 2), (same_pages, "WHOLE", piece),
            ):  # fmt: skip
                patch.setattr(module, name, value)
        check_pages_by_table(data, tmp_path_factory)


def check_pages_by_table(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    base = tmp_path_factory.mktemp("pages")
    known: list[dict[int, str]] = []
    dumps = []
    starts = [BASE, data.draw(st.sampled_from((BASE, BASE + 64 * PAGE)))]
    for name, start in zip("ab", starts, strict=True):
        table: dict[int, str] = {}
        chain = data.draw(st.integers(1, 3))
        for level in range(chain):
            entries, pages = [], ""
            for number in range(16):
                choice = data.draw(st.sampled_from("-pxy" if level else "-xy"))
                if choice == "p" and number in table:
                    entries.append((number, 1, int(PARENT)))
                elif choice in "xy":
                    entries.append((number, 1, int(PRESENT)))
                    pages += choice
                    table[number] = choice
                else:
                    table.pop(number, None)
            where = base / f"{name}{level}"
            made(where, entries, letters(pages), start)
            if level:
                (where / "parent").symlink_to(f"../{name}{level - 1}")
        known.append(table)
        dumps.append(Dump(base / f"{name}{chain - 1}"))
    (found,) = pages_of(*dumps)
    ours, theirs = known
    both = ours.keys() & theirs.keys()
    assert found.shared.distance == starts[1] - starts[0]
    assert numbers(found.changed) == sorted(number for number in both if ours[number] != theirs[number])
    assert numbers(found.appeared) == sorted(theirs.keys() - ours.keys())
    assert numbers(found.gone) == sorted(ours.keys() - theirs.keys())
    assert found.same == sum(ours[number] == theirs[number] for number in both)
    back = totals(pages_of(*reversed(dumps)))
    assert (back.same, back.changed, back.appeared, back.gone) == (
        found.same, found.changed.pages, found.gone.pages, found.appeared.pages,
    )  # fmt: skip


runs_of_pages = st.lists(st.tuples(st.integers(1, 2), st.integers(1, 3), st.sampled_from((PRESENT, PRESENT, LAZY))))


@settings(max_examples=60, deadline=None)
@given(first=runs_of_pages, second=runs_of_pages, letter=st.sampled_from("aX"), same=st.booleans())
def test_files_compared_whole_say_what_pages_say_one_by_one(
    first: list[tuple[int, int, int]],
    second: list[tuple[int, int, int]],
    letter: str,
    same: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    base = tmp_path_factory.mktemp("whole")
    dumps = []
    for name, runs, last in (("a", first, "a"), ("b", first if same else second, letter)):
        entries, at = [], 0
        for gap, count, flags in runs:
            entries.append((at + gap, count, int(flags)))
            at += gap + count
        count = sum(count for _, count, flags in entries if flags == PRESENT)
        dumps.append(made(base / name, entries, letters(("a" * count)[:-1] + last)))
    whole = pages_of(*dumps)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(same_pages.SamePages, "left", lambda _, __, places: places)
        one_by_one = pages_of(*map(Dump, (dump.path for dump in dumps)))
    for ours, theirs in zip(whole, one_by_one, strict=True):
        assert (ours.same, ours.unread) == (theirs.same, theirs.unread)
        for turn in ("changed", "appeared", "gone"):
            assert list(getattr(ours, turn)) == list(getattr(theirs, turn))


def test_pages_of_one_chain_are_the_same_without_being_read(tmp_path: Path) -> None:
    """Taken away after its pagemap has been read, a pages file is not missed."""
    made(tmp_path / "older", [(0, 4, PRESENT)], letters("abcd"))
    made(tmp_path / "newer", [(0, 3, PARENT), (3, 1, PRESENT)], letters("D"))
    (tmp_path / "newer" / "parent").symlink_to("../older")
    (found,) = pages_of(Dump(tmp_path / "older"), Dump(tmp_path / "newer"))
    assert (found.same, numbers(found.changed)) == (3, [3])
    older, newer = Dump(tmp_path / "older"), Dump(tmp_path / "newer")
    (tmp_path / "older" / "pages-1.img").write_bytes(letters("abc"))
    (found,) = pages_of(older, newer)
    assert (found.same, found.unread) == (3, 1)


def test_pages_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    first = made(tmp_path / "a", [(0, 4, PRESENT)], letters("abcd"))
    second = made(tmp_path / "b", [(0, 4, PRESENT)], letters("aXc"))
    (found,) = pages_of(first, second)
    assert (found.same, numbers(found.changed), found.unread) == (2, [1], 1)
    assert "pages-1.img" in str(found.error)


def test_of_many_entries_those_that_cannot_be_read_are_told_and_no_other(tmp_path: Path) -> None:
    """Every other page of 1,200; of the second checkpoint the last 100 are cut off, and one differs."""
    count, lost = 600, 100
    dumps = []
    for name in "ab":
        directory = tmp_path / name
        directory.mkdir()
        mapping = demos.Mapping(BASE, 2 * count * PAGE, WRITE)
        demos.write(demos.DemoDump("", (demos.DemoTask(7, 0, "t", (mapping,)),)), directory)
        entries = [(BASE + 2 * number * PAGE, 1, int(PRESENT)) for number in range(count)]
        (directory / "pagemap-7.img").write_bytes(encode_pagemap(1, entries))
        pages = bytearray(letters("x" * count))
        if name == "b":
            pages[300 * PAGE + 5] = 0
            del pages[-lost * PAGE :]
        (directory / "pages-1.img").write_bytes(pages)
        dumps.append(Dump(directory))
    (found,) = pages_of(*dumps)
    assert (found.same, numbers(found.changed), found.unread) == (count - lost - 1, [600], lost)
    assert "pages-1.img" in str(found.error)


def test_the_comparison_can_be_given_up(tmp_path: Path) -> None:
    first = made(tmp_path / "a", [(0, 4, PRESENT)], letters("abcd"))
    second = made(tmp_path / "b", [(0, 4, PRESENT)], letters("abcd"))
    two, progress = TwoCheckpoints(first, second), Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        page_differences(first, second, two.places, progress)


# One dump in several forms


def memory_differs(first: Dump, second: Dump) -> list[object]:
    """What differs in memory; the inventory says how pages are kept."""
    two = compared(first, second)
    found: list[object] = [one for one in two.differences if one.topic is not Topic.INVENTORY]
    return found + [one for one in two.pages or () if one.differ]


@pytest.mark.parametrize("name", ALL)
def test_a_dump_is_its_copy_its_archive_and_its_compressed_form(name: str, tmp_path: Path) -> None:
    place = DUMPS / name / "dump"
    first = Dump(place)
    assert memory_differs(first, Dump(place)) == []
    if (place / "parent").exists():
        return
    shutil.copytree(place, tmp_path / "copy")
    assert memory_differs(first, Dump(tmp_path / "copy")) == []
    with tarfile.open(tmp_path / "packed.tar.gz", "w:gz") as archive:
        archive.add(place, "checkpoint")
    (found,) = checkpoints(root(tmp_path / "packed.tar.gz", Progress()), Progress()).found
    assert memory_differs(first, Dump(found.source)) == []
    compress(tmp_path / "copy", 4)
    assert memory_differs(Dump(tmp_path / "copy"), first) == []


def test_a_full_dump_is_its_incremental_form() -> None:
    first, second = Dump(DUMPS / "prot-none-1g" / "dump"), Dump(DUMPS / "incremental" / "dump")
    two = compared(first, second)
    assert [one for one in two.pages or () if one.differ] == []
    assert [one for one in two.differences if one.topic is Topic.VMA] == []
    assert totals(two.pages or ()).same == 17


@pytest.mark.parametrize(("name", "other"), [("random-1", "random-2-fork"), ("prot-none-1g", "every-kind")])
def test_differences_are_the_same_from_either_side(name: str, other: str) -> None:
    first, second = Dump(DUMPS / name / "dump"), Dump(DUMPS / other / "dump")
    forth, back = TwoCheckpoints(first, second), TwoCheckpoints(second, first)
    assert {(pair.other_pid, pair.pid) for pair in forth.pairs} == {tuple(pair) for pair in back.pairs}
    of_memory = (Topic.VMA, Topic.TASK, Topic.LIMIT, Topic.INVENTORY)
    ours = Counter(one.mirrored for one in forth.differences if one.topic in of_memory)
    assert ours == Counter(one for one in back.differences if one.topic in of_memory)
    for pair in forth.pairs:
        if pair.pid is not None and pair.other_pid is not None:
            found = forth.memory(pair)
            after = sorted(second.address_space(pair.other_pid).vmas)
            # Ids of files are each dump's own.
            made = applied(first.address_space(pair.pid).vmas, found.differences)
            assert [vma._replace(shmid=0, fd=0) for vma in made] == [vma._replace(shmid=0, fd=0) for vma in after]


# As printed


def test_the_exit_status_says_whether_they_differ(capsys: pytest.CaptureFixture[str]) -> None:
    same, other = str(DUMPS / "random-1" / "dump"), str(DUMPS / "random-2-fork" / "dump")
    assert main([same, "--against", same, "--print", "diff", "--check"]) == EXIT_FINE
    assert main([same, "--against", other, "--print", "diff"]) == EXIT_FINE
    assert main([same, "--against", other, "--print", "diff", "--check", "--format", "json"]) == EXIT_FAILS
    assert '"equal": false' in capsys.readouterr().out


def test_differences_as_markdown_are_the_text_in_a_fence(capsys: pytest.CaptureFixture[str]) -> None:
    one, other = str(DUMPS / "random-1" / "dump"), str(DUMPS / "random-2-fork" / "dump")
    assert main([one, "--against", other, "--print", "diff"]) == EXIT_FINE
    text = capsys.readouterr().out.splitlines()
    assert main([one, "--against", other, "--print", "diff", "--format", "markdown"]) == EXIT_FINE
    title, _, opens, command, closes, _, begins, *lines, end = capsys.readouterr().out.splitlines()
    assert (title, opens, closes, begins, end) == ("### criu-tui diff", "~~~sh", "~~~", "~~~text", "~~~")
    assert all(word in command for word in ("criu-tui ", one, other))
    assert len(lines) == len(text)
    assert all(line.startswith("# ") for line in lines)
    assert f"# {text[0]}" == lines[0]


def test_span_of_shared_addresses_is_that_of_both() -> None:
    found = vma_differences([anon(0, 6)], [anon(2, 9)], identity, identity)
    assert [one.span for one in found.shared] == [Span(2 * PAGE, 6 * PAGE)]
    assert TaskPair(1, None) != TaskPair(None, 1)


# Where they are


def test_the_way_leads_from_change_to_change_and_back(tmp_path: Path) -> None:
    """Two runs of bytes in one page, a page that only the second has, one that only the first has."""
    first = made(tmp_path / "a", [(0, 4, PRESENT), (9, 1, PRESENT)], letters("abcdz"))
    second = made(tmp_path / "b", [(0, 4, PRESENT), (6, 1, PRESENT)], letters("abcde"))
    pages = tmp_path / "b" / "pages-1.img"
    data = bytearray(pages.read_bytes())
    for at in (PAGE + 10, PAGE + 11, PAGE + 100, 3 * PAGE):
        data[at] ^= 1
    pages.write_bytes(data)
    marks = PageMarks(pages_of(first, second), 7)
    with PageBytes(first) as ours, PageBytes(second) as theirs:
        two = DifferingBytes(marks, HexDump(first, 7, ours), HexDump(second, 7, theirs))
        way, found = [], two.after(0)
        while found is not None:
            way.append(found - BASE)
            found = two.after(found)
        assert way == [PAGE + 10, PAGE + 100, 3 * PAGE, 6 * PAGE, 9 * PAGE]
        back, found = [], two.before(1 << 60)
        while found is not None:
            back.append(found - BASE)
            found = two.before(found)
        assert back == way[::-1]
        line = HexDump(first, 7, ours).line_at(BASE + PAGE)
        assert two.differing(line) == {10, 11}
    assert marks.within(Span(BASE, BASE + PAGE)) is None
    assert marks.within(Span(BASE, BASE + 16 * PAGE)) is Turn.CHANGED
    assert marks.within(Span(BASE + 5 * PAGE, BASE + 8 * PAGE)) is Turn.NEW
    assert marks.within(Span(BASE + 9 * PAGE, BASE + 10 * PAGE)) is Turn.GONE


def test_tables_show_the_other_side_beside_what_differs() -> None:
    first, second = Dump(DUMPS / "prot-none-1g" / "dump"), Dump(DUMPS / "prot-none-400g" / "dump")
    report = against.compared(Report(first, criu("4.3")), second)
    pid = next(iter(first.pids))
    for module in (maps, task):
        made = module.table(report, pid)
        (column,) = [column for column in made.columns if column.title == "In B"]
        told = [column.text(row) for row in made.rows]
        assert any(told), module.__name__
        plain = module.table(Report(first, criu("4.3")), pid)
        assert "In B" not in [column.title for column in plain.columns]


def test_files_and_coverage_show_the_other_side_beside_what_differs(tmp_path: Path) -> None:
    first, second = Dump(DUMPS / "prot-none-1g" / "dump"), Dump(DUMPS / "userns-three-extents" / "dump")
    report = against.compared(Report(first, criu("4.3")), second)
    pid, other_pid = next(iter(first.pids)), next(iter(second.pids))
    theirs = {cells["Fd"]: cells["What"] for cells in in_words(files.table(Report(second, criu("4.3")), other_pid))}
    for cells in in_words(files.table(report, pid)):
        there = theirs.get(cells["Fd"], "nothing")
        assert cells["In B"] == ("" if there == cells["What"] else there), cells
    own = made(tmp_path / "a", [(0, 4, PRESENT), (9, 1, PRESENT)], letters("abcdz"))
    other = made(tmp_path / "b", [(0, 4, PRESENT), (6, 1, PRESENT)], letters("aXXde"))
    report = against.compared(Report(own, criu("4.3")), other)
    assert [cells["In B"] for cells in in_words(coverage.table(report, 7))] == [""]
    assert report.against is not None
    report.against.checkpoints.pages = pages_of(own, other)
    told = [cells["In B"] for cells in in_words(coverage.table(report, 7))]
    assert told == ["2 changed, 1 appeared, 1 gone"]


def in_words(found: Table[Any]) -> list[dict[str, str]]:
    """The cells of each row by the titles of their columns."""
    return [{column.title.strip(): column.text(row).strip() for column in found.columns} for row in found.rows]

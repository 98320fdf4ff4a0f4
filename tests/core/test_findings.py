"""Findings: none on healthy dumps, the right one on each broken dump."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.idmap import Extent
from criu_tui.core.dump.owners import Id, IdKind, Owner
from criu_tui.core.dump.vma import MapFlag, Prot, VmaStatus
from criu_tui.core.findings.advice import KNOWN_FAILURES
from criu_tui.core.findings.finding import Severity
from criu_tui.core.findings.ids import extent_findings, nobody
from criu_tui.core.images import framing, images, kinds, messages
from criu_tui.core.images.schema import (
    core_pb2,
    fdinfo_pb2,
    fown_pb2,
    fs_pb2,
    inventory_pb2,
    memfd_pb2,
    mm_pb2,
    mnt_pb2,
    pstree_pb2,
    remap_file_path_pb2,
    tty_pb2,
    userns_pb2,
)
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.report import findings as findings_report
from criu_tui.core.report.report import Report
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from criu_tui.core.findings.finding import Finding
    from google.protobuf.message import Message

HEALTHY = (
    "every-kind", "growsdown-fork", "incremental", "prot-none-1g", "prot-none-1g-fork", "random-1", "random-2-fork",
    "trailing-reservation", "userns-three-extents",
)  # fmt: skip


def found_in(path: Path, host: Host, version: str = "4.2.1") -> list[Finding]:
    found = Report(Dump(path), criu(version), host).findings
    # Whatever is wrong comes with evidence and a way out.
    assert all(f.title and f.why for f in found)
    assert [f.id for f in found if f.severity is not Severity.NOTE and not f.advice] == []
    return found


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
    # Dumped by 4.2.1, whose page counts no release before 4.2 reads.
    unread = [("page-counts-unread", None)] * (version < "4.2")
    assert [(f.id, f.start) for f in found if f.severity is Severity.ERROR] == [*expected, *unread]
    # Linux 6.18, which dumped it, is none that CRIU before 4.1 runs on.
    assert [f.id for f in found if f.severity is not Severity.ERROR] == ["vdso"] * (version < "4.1")


def test_what_fails_only_on_older_releases_is_a_note(recorded_host: Host) -> None:
    found = found_in(DUMPS / "prot-none-400g" / "dump", recorded_host)
    assert {(f.id, f.severity, f.releases) for f in found} == {("boundary-reservation", Severity.NOTE, "3.2-3.19")}


def test_the_trailing_demo(recorded_host: Host, tmp_path: Path) -> None:
    demos.write(demos.demo("trailing"), tmp_path)
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
    demos.write(demos.demo("userns"), tmp_path)
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
    entries = [(e.start, (e.end - e.start) // 4096, e.flags) for e in pagemap_of(dump, 24417)]
    (path / "pagemap-24417.img").write_bytes(encode_pagemap(1, [(0x1000, 1, 4), *entries]))
    (path / "pages-1.img").write_bytes(b"\0" * 4096 + (path / "pages-1.img").read_bytes())


def unsort_pagemap(path: Path) -> None:
    dump = Dump(path)
    entries = [(e.start, (e.end - e.start) // 4096, e.flags) for e in pagemap_of(dump, 24417)]
    (path / "pagemap-24417.img").write_bytes(encode_pagemap(1, entries[::-1]))


def list_task_twice(path: Path) -> None:
    entry = pstree_pb2.pstree_entry(pid=24417, ppid=0, pgid=1, sid=1, threads=[24417])
    (path / "pstree.img").write_bytes(framing.encode(kinds.PSTREE, [entry, entry]))


def ring_of_tasks(path: Path) -> None:
    entries = [
        pstree_pb2.pstree_entry(pid=pid, ppid=ppid, pgid=1, sid=1, threads=[pid])
        for pid, ppid in ((24417, 0), (2, 3), (3, 2))
    ]
    (path / "pstree.img").write_bytes(framing.encode(kinds.PSTREE, entries))


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
        (cut("fs-24417.img"), "image-unreadable"),
        (cut("ids-24417.img"), "image-unreadable"),
        (cut("fdinfo-2.img"), "image-unreadable"),
        (remove("pages-1.img"), "pages-missing"),
        (remove("core-24417.img"), "image-missing"),
        (remove("inventory.img"), "dump-incomplete"),
        (remove("files.img"), "file-unknown"),
        (remove("fs-24417.img"), "task-image-missing"),
        (remove("ids-24417.img"), "task-image-missing"),
    ],
)
def test_damage_is_found(tmp_path: Path, recorded_host: Host, damage: Callable[[Path], None], expected: str) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    damage(copy)
    assert expected in [f.id for f in found_in(copy, recorded_host)]


def test_pipes_and_sockets_without_a_table_of_descriptors(tmp_path: Path, recorded_host: Host) -> None:
    """As 4.3 says of it: “Empty list on file desc id”, and crashes."""
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    (copy / "fdinfo-2.img").unlink()
    assert "task-image-missing" not in [f.id for f in found_in(copy, recorded_host)]
    add("files.img", kinds.FILES, fdinfo_pb2.file_entry(type=fdinfo_pb2.PIPE, id=77))(copy)
    assert [f.title for f in found_in(copy, recorded_host) if f.id == "task-image-missing"] == [
        "fdinfo-2.img is not here"
    ]


def test_a_crash_over_an_image_that_is_missing(tmp_path: Path, recorded_host: Host) -> None:
    """As 4.3 and 4.2.1 crashed without the mm image (criu/cr-restore.c looks for none)."""
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    log = (
        "(00.01) Reading image tree\n(00.02)  24417: Restoring namespaces 24417 flags 0x0\n"
        "(00.03)  24417: Restoring resources\n"
        "(00.04) Error (criu/cr-restore.c:1273): 24417 killed by signal 11: Segmentation fault\n"
        "(00.05) Error (criu/cr-restore.c:2424): Restoring FAILED.\n"
    )
    (copy / "restore.log").write_text(log)
    assert found_in(copy, recorded_host)[0].id == "criu-crashed-restoring"
    (copy / "mm-24417.img").unlink()
    found = found_in(copy, recorded_host)[0]
    assert (found.id, found.title.rpartition(": ")[2]) == ("crashed-over-images", "mm-24417.img")


def test_errors_of_a_dump_that_is_whole_did_no_harm(tmp_path: Path, recorded_host: Host) -> None:
    """As 4.2.1 dumped at -v1 upon a pre-dump that had failed: of success it says nothing there, of failure it does."""
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    text = (
        "Error (criu/protobuf.c:72): Unexpected EOF on (empty-image)\n"
        "Error (criu/page-xfer.c:410): page-xfer: No parent image found, though parent directory is set: No such file "
        "or directory\n"
    )
    (copy / "dump.log").write_text(text)
    assert [f.severity for f in found_in(copy, recorded_host)] == [Severity.NOTE]
    (copy / "dump.log").write_text(text + "Error (criu/cr-dump.c:1975): Dumping FAILED.\n")
    assert found_in(copy, recorded_host)[0].severity is Severity.ERROR


def test_what_a_failed_dump_left_is_not_held_against_itself(tmp_path: Path, recorded_host: Host) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    for name in ("inventory.img", "files.img", "pstree.img"):
        (copy / name).unlink()
    (copy / "files.img").write_bytes(b"")
    (copy / "dump.log").write_text("(00.01) Dumping processes (pid: 24417)\n(00.02) Set up parasite blob\n")
    assert [f.id for f in found_in(copy, recorded_host)] == ["dump-incomplete", "log-cut"]


def test_a_dangling_parent_and_a_lost_page(tmp_path: Path, recorded_host: Host) -> None:
    shutil.copytree(DUMPS / "incremental", tmp_path / "chain", symlinks=True)
    dump, parent = tmp_path / "chain" / "dump", tmp_path / "chain" / "parent"
    pagemap = parent / "pagemap-24417.img"
    pagemap.write_bytes(encode_pagemap(1, []))
    assert "parent-page-missing" in [f.id for f in found_in(dump, recorded_host)]
    shutil.rmtree(parent)
    assert "parent-dangling" in [f.id for f in found_in(dump, recorded_host)]


def test_what_is_wrong_in_a_parent_dump_is_said_with_its_way(tmp_path: Path, recorded_host: Host) -> None:
    shutil.copytree(DUMPS / "incremental", tmp_path / "chain", symlinks=True)
    dump, parent = tmp_path / "chain" / "dump", tmp_path / "chain" / "parent"
    pagemap = parent / "pagemap-24417.img"
    length = pagemap.stat().st_size
    with pagemap.open("r+b") as file:
        file.truncate(length - 1)
    (parent / "parent").symlink_to("nowhere")
    (parent / "files.img").unlink()
    found = {f.title: f for f in found_in(dump, recorded_host)}
    unreadable = found["parent/pagemap-24417.img cannot be read"]
    assert (unreadable.id, unreadable.severity) == ("image-unreadable", Severity.ERROR)
    assert unreadable.why.startswith("parent/pagemap-24417.img: byte ")
    dangling = found["parent/parent cannot be opened"]
    assert dangling.why == "parent/parent: no such file or directory"
    assert "files.img" not in " ".join(found)


def test_nonsense_vmas(tmp_path: Path, recorded_host: Host) -> None:
    mappings = (
        demos.Mapping(0x10000, 0x4000, Prot.READ),
        demos.Mapping(0x12000, 0x4000, Prot.READ),
        demos.Mapping(0x20000, -0x1000, Prot.READ),
        demos.Mapping(0x30001, 0x1000, Prot.READ),
        demos.Mapping(0x7FFFFFFFE000, 0x2000, Prot.READ),
    )
    demos.write(demos.DemoDump("test", (demos.DemoTask(7, 0, "t", mappings),)), tmp_path)
    ids = {f.id for f in found_in(tmp_path, recorded_host)}
    assert ids >= {"vma-order", "vma-empty", "vma-unaligned", "vma-high"}


@pytest.mark.parametrize(
    ("extents", "expected"),
    [
        ((Extent(0, 100000, 65536),), set()),
        ((Extent(0, 100000, 1000),), set()),
        ((Extent(0, 0, 70000), Extent(5, 200000, 1)), {"extent-overlap"}),
        ((Extent(0, 0, 70000), Extent(70000, 100000, 0)), {"extent-empty"}),
        ((Extent(0, 0, 70000), Extent(0xFFFFFFFF, 70000, 1)), {"extent-to-the-top"}),
        ((Extent(0, 0, 70000), Extent(0xFFFFFFFF, 70000, 2)), {"extent-wraps"}),
        (tuple(Extent(200 * n, 200 * n, 200) for n in range(341)), {"extents-too-many"}),
    ],
)
def test_odd_extents(extents: tuple[Extent, ...], expected: set[str]) -> None:
    assert {f.id for f in extent_findings("uid", extents)} == expected


@pytest.mark.parametrize(
    ("extents", "severity"),
    [
        # Many ids, but not 65534; id 0 is 100000 on the host.
        ((Extent(0, 100000, 65534), Extent(70000, 170000, 100000)), Severity.WARNING),
        ((Extent(0, 100000, 1000),), Severity.WARNING),
        ((Extent(0, 0, 1000),), Severity.NOTE),
    ],
)
def test_an_unmapped_overflow_id_is_risky_where_root_is_not_the_hosts(
    extents: tuple[Extent, ...], severity: Severity
) -> None:
    mine = Owner("file", 7, (Id("uid", IdKind.UID, 65534),))
    (finding,) = nobody(IdKind.UID, extents, [mine])
    assert (finding.id, finding.severity) == ("overflow-unmapped", severity)
    # Nothing to warn of where nothing is owned by it, or only its group is.
    assert list(nobody(IdKind.GID, extents, [mine])) == []
    assert list(nobody(IdKind.UID, extents, [Owner("file", 7, (Id("uid", IdKind.UID, 0),))])) == []


def test_mappings_refused_beyond_those_shown_are_counted(tmp_path: Path) -> None:
    gib = 1 << 30
    mappings = tuple(demos.Mapping(n * 2 * gib, gib, Prot.READ | Prot.WRITE) for n in range(1, 131))
    demos.write(demos.DemoDump("test", (demos.DemoTask(7, 0, "t", mappings),)), tmp_path)
    host = Host(Mode.HEURISTIC, mem=gib // 2, swap=0, limit=0, committed=0)
    titles = [finding.title for finding in found_in(tmp_path, host) if finding.severity is Severity.ERROR]
    assert sum(title.startswith("1 GiB mapped writable at") for title in titles) == 100
    assert "30 more findings “mapping-refused”" in titles


Edit = Callable[[Path], object]


def rewrite(name: str, kind: kinds.ImageKind, message: type[messages.M], change: Callable[[messages.M], None]) -> Edit:
    """Changes the first entry of an image."""

    def rewriting(path: Path) -> None:
        data = (path / name).read_bytes()
        entries = list(images.decode(data, kind, name, message).entries)
        change(entries[0])
        (path / name).write_bytes(framing.encode(kind, entries))

    return rewriting


def add(name: str, kind: kinds.ImageKind, *entries: Message) -> Edit:
    return lambda path: (path / name).write_bytes(framing.encode(kind, entries))


def add_to_files(entry: fdinfo_pb2.file_entry) -> Edit:
    def adding(path: Path) -> None:
        data = framing.encode(kinds.FILES, [entry])[8:]
        (path / "files.img").write_bytes((path / "files.img").read_bytes() + data)

    return adding


def fown() -> fown_pb2.fown_entry:
    return fown_pb2.fown_entry(uid=0, euid=0, signum=0, pid_type=0, pid=0)


def set_creds(entry: core_pb2.core_entry) -> None:
    entry.thread_core.creds.fsgid = 0xFFFFFFFF


def set_alarm(*, again: bool) -> Edit:
    """ITIMER_REAL with three seconds left, to fire once or every second."""

    def setting(entry: core_pb2.core_entry) -> None:
        timer = entry.tc.timers.real
        timer.isec, timer.iusec, timer.vsec, timer.vusec = int(again), 0, 3, 0

    return rewrite("core-24417.img", kinds.CORE, core_pb2.core_entry, setting)


MM = ("mm-24417.img", kinds.MM, mm_pb2.mm_entry)
FS = ("fs-24417.img", kinds.FS, fs_pb2.fs_entry)
FDINFO = ("fdinfo-2.img", kinds.FDINFO, fdinfo_pb2.fdinfo_entry)


def root_mount(flags: int, sb_flags: int) -> mnt_pb2.mnt_entry:
    return mnt_pb2.mnt_entry(
        fstype=0, mnt_id=612, root_dev=1, parent_mnt_id=611, flags=flags, sb_flags=sb_flags, root="/",
        mountpoint="/", source="/dev/vda3", options="",
    )  # fmt: skip


READ_ONLY_ROOT, ROOT = root_mount(1, 0), root_mount(0, 1)
"""A root that is mounted read-only, and one whose file system alone is."""


def set_vma(status: VmaStatus) -> Edit:
    def setting(entry: mm_pb2.mm_entry) -> None:
        entry.vmas[6].status |= status

    return rewrite(*MM, setting)


def move_vvar(entry: mm_pb2.mm_entry) -> None:
    vvar = next(vma for vma in entry.vmas if vma.status & VmaStatus.VVAR)
    vvar.end -= 4096


def mark_lazy(path: Path) -> None:
    entries = [(e.start, (e.end - e.start) // 4096, e.flags) for e in pagemap_of(Dump(path), 24417)]
    start = entries[-1][0] + entries[-1][1] * 4096
    (path / "pagemap-24417.img").write_bytes(encode_pagemap(1, [*entries, (start, 1, 2)]))


def log_of(version: str, kernel: str) -> Edit:
    text = (
        f"(0.1) Version: {version} (gitid 0)\n(0.1) Running on h Linux {kernel} #1\n(0.2) Dumping finished successfully"
    )
    return lambda path: (path / "dump.log").write_text(text)


INVENTORY = ("inventory.img", kinds.INVENTORY, inventory_pb2.inventory_entry)
USERNS = userns_pb2.userns_entry(
    uid_map=[userns_pb2.uid_gid_extent(first=0, lower_first=100000, count=65536)],
    gid_map=[userns_pb2.uid_gid_extent(first=0, lower_first=100000, count=65536)],
)
NARROW = userns_pb2.userns_entry(
    uid_map=[userns_pb2.uid_gid_extent(first=0, lower_first=100000, count=1)],
    gid_map=[userns_pb2.uid_gid_extent(first=5, lower_first=100000, count=65536)],
)


@pytest.mark.parametrize(
    ("edit", "version", "expected"),
    [
        # Ids that resolve nowhere.
        (rewrite(*MM, lambda e: setattr(e, "exe_file_id", 99)), "4.2.1", "file-unknown"),
        (rewrite(*FS, lambda e: setattr(e, "cwd_id", 99)), "4.2.1", "file-unknown"),
        (rewrite(*FDINFO, lambda e: setattr(e, "id", 99)), "4.2.1", "file-unknown"),
        (
            add_to_files(
                fdinfo_pb2.file_entry(
                    type=fdinfo_pb2.MEMFD,
                    id=77,
                    memfd=memfd_pb2.memfd_file_entry(id=77, flags=0, pos=0, fown=fown(), inode_id=5),
                )
            ),
            "4.2.1",
            "file-unknown",
        ),
        (
            add_to_files(
                fdinfo_pb2.file_entry(
                    type=fdinfo_pb2.TTY,
                    id=77,
                    tty=tty_pb2.tty_file_entry(id=77, tty_info_id=5, flags=0, fown=fown()),
                )
            ),
            "4.2.1",
            "file-unknown",
        ),
        (
            add(
                "remap-fpath.img",
                kinds.REMAP_FPATH,
                remap_file_path_pb2.remap_file_path_entry(orig_id=99, remap_id=10),
            ),
            "4.2.1",
            "file-unknown",
        ),
        (
            add(
                "remap-fpath.img",
                kinds.REMAP_FPATH,
                remap_file_path_pb2.remap_file_path_entry(
                    orig_id=1, remap_id=10, remap_type=remap_file_path_pb2.GHOST
                ),
            ),
            "4.2.1",
            "ghost-missing",
        ),
        # What the CRIU that restores lacks.
        (set_vma(VmaStatus.SHSTK), "3.19", "shadow-stack"),
        (rewrite(*MM, move_vvar), "4.2.1", "vdso-apart"),
        (mark_lazy, "4.2.1", "lazy-pages-needed"),
        (set_alarm(again=False), "4.0", "timer-once"),
        (add("mountpoints-12.img", kinds.MNTS, READ_ONLY_ROOT), "4.1", "root-writable"),
        (log_of("4.2.1", "6.13.0"), "4.0", "vdso"),
        (log_of("3.16.1", "6.1.0"), "4.2.1", "rseq"),
        (rewrite(*INVENTORY, lambda e: setattr(e, "img_version", 0)), "4.2.1", "too-old"),
        (rewrite(*INVENTORY, lambda e: setattr(e, "img_version", 3)), "4.2.1", "compressed"),
        (rewrite(*INVENTORY, lambda e: setattr(e, "allow_uprobes", True)), "4.1", "uprobes-unknown"),
        (rewrite(*INVENTORY, lambda e: setattr(e, "pre_dump_mode", 1)), "4.2.1", "pre-dump"),
        # Ids of users.
        (rewrite("core-24417.img", kinds.CORE, core_pb2.core_entry, set_creds), "4.2.1", "id-unmapped"),
        (add("userns-9.img", kinds.USERNS, NARROW), "4.2.1", "id-uncovered"),
        (add("userns-9.img", kinds.USERNS, NARROW), "4.2.1", "userns-root-unmapped"),
    ],
)  # fmt: skip
def test_each_finding_of_images_is_found(
    tmp_path: Path, recorded_host: Host, edit: Edit, version: str, expected: str
) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    (copy / "dump.log").unlink()
    before = {f.id for f in found_in(copy, recorded_host, version)}
    edit(copy)
    assert {f.id for f in found_in(copy, recorded_host, version)} - before >= {expected}
    assert expected not in before


def test_a_namespace_that_covers_all_ids_is_healthy(tmp_path: Path, recorded_host: Host) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    add("userns-9.img", kinds.USERNS, USERNS)(copy)
    assert found_in(copy, recorded_host) == []


@pytest.mark.parametrize(
    ("edit", "version"),
    [
        (set_alarm(again=False), "4.1"),
        (set_alarm(again=True), "4.0"),
        (add("mountpoints-12.img", kinds.MNTS, READ_ONLY_ROOT), "4.2"),
        (add("mountpoints-12.img", kinds.MNTS, ROOT), "4.1"),
    ],
)
def test_what_a_release_gives_back_is_not_found(tmp_path: Path, recorded_host: Host, edit: Edit, version: str) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    edit(copy)
    assert not {"timer-once", "root-writable"} & {f.id for f in found_in(copy, recorded_host, version)}


def test_lines_of_kernels_and_releases_that_are_fine_are_not_found(tmp_path: Path, recorded_host: Host) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    for log, version in (
        (log_of("4.2.1", "6.13.0"), "4.1"),
        (log_of("3.17", "6.12.9"), "4.0"),
        (log_of("x", "y"), "4.0"),
    ):
        log(copy)
        assert not {"vdso", "rseq"} & {f.id for f in found_in(copy, recorded_host, version)}


def test_pages_of_two_tasks_in_one_file(tmp_path: Path, recorded_host: Host) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g-fork" / "dump", copy)
    entries = [(e.start, (e.end - e.start) // 4096, e.flags) for e in pagemap_of(Dump(copy), 16507)]
    (copy / "pagemap-16507.img").write_bytes(encode_pagemap(1, entries))
    assert "pages-shared" in [f.id for f in found_in(copy, recorded_host)]


def test_a_task_of_another_architecture(tmp_path: Path, recorded_host: Host) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g-fork" / "dump", copy)
    edit = rewrite("core-16507.img", kinds.CORE, core_pb2.core_entry, lambda e: setattr(e, "mtype", 3))
    edit(copy)
    (found,) = (f for f in found_in(copy, recorded_host) if f.id == "architecture")
    assert "task 16507 AARCH64" in found.why


def test_a_parent_link_that_means_this_machine_only(tmp_path: Path, recorded_host: Host) -> None:
    shutil.copytree(DUMPS / "incremental", tmp_path / "chain", symlinks=True)
    link = tmp_path / "chain" / "dump" / "parent"
    link.unlink()
    link.symlink_to(tmp_path / "chain" / "parent")
    assert [f.id for f in found_in(tmp_path / "chain" / "dump", recorded_host)] == ["parent-absolute"]


def test_a_pre_dump_lacks_nothing_that_it_should_have(tmp_path: Path, recorded_host: Host) -> None:
    for name in ("inventory.img", "pagemap-24417.img", "pages-1.img"):
        shutil.copy(DUMPS / "prot-none-1g" / "dump" / name, tmp_path)
    rewrite(*INVENTORY, lambda e: setattr(e, "pre_dump_mode", 1))(tmp_path)
    assert [f.id for f in found_in(tmp_path, recorded_host)] == ["pre-dump"]


def log_with(*errors: str, version: str = "4.2.1", last: str = "Restoring FAILED.") -> str:
    lines = [f"(00.1) Version: {version} (gitid 0)", *(f"(00.2)  7: Error (criu/x.c:1): {error}" for error in errors)]
    return "\n".join([*lines, *([f"(00.3) Error (criu/cr.c:1): {last}"] if last else [])])


def test_the_cause_is_the_first_error_that_is_none_of_the_noise(tmp_path: Path, recorded_host: Host) -> None:
    (tmp_path / "restore.log").write_text(
        log_with(
            "cg: cgroupd: recv req error: No such file or directory",
            "Can't fork for 42: File exists",
            "Unable to convert uid or gid",
            "42 killed by signal 9: Killed",
        )
    )
    (found,) = found_in(tmp_path, recorded_host)
    assert (found.id, found.severity, found.pid) == ("pid-taken", Severity.ERROR, 7)
    assert "line 3: “Can't fork for 42: File exists”" in found.why
    assert found.advice
    assert found.releases == "all"


def test_a_taken_pid_comes_with_those_that_the_dump_needs(tmp_path: Path, recorded_host: Host) -> None:
    shutil.copytree(DUMPS / "prot-none-1g-fork" / "dump", tmp_path / "dump")
    (tmp_path / "restore.log").write_text(log_with("Can't fork for 16507: File exists"))
    first = found_in(tmp_path / "dump", recorded_host)[0]
    assert first.id == "pid-taken"
    assert "the dump needs 16506, 16507, 16508" in first.why


def test_an_error_that_nobody_knows_is_shown_as_it_is(tmp_path: Path, recorded_host: Host) -> None:
    (tmp_path / "restore.log").write_text(log_with("something \x1b[31mnew"))
    (found,) = found_in(tmp_path, recorded_host)
    assert (found.id, found.title) == ("restore-failed", "the restore failed: something \\x1b[31mnew")


def test_a_log_that_ends_in_an_error_was_cut_or_criu_crashed(tmp_path: Path, recorded_host: Host) -> None:
    (tmp_path / "restore.log").write_text(log_with("VMA-s are not sorted in the image file", last=""))
    assert [f.id for f in found_in(tmp_path, recorded_host)] == ["vmas-unsorted", "log-cut"]


def test_a_restore_that_leaves_the_plan(tmp_path: Path, recorded_host: Host) -> None:
    shutil.copytree(DUMPS / "prot-none-400g" / "dump", tmp_path / "dump")
    text = (DUMPS / "prot-none-400g" / "restore-4.2.1.log").read_text()
    (tmp_path / "restore.log").write_text(text.replace("0x7eb861200000, 0x0 ", "0x7eb861200000, 0x2 "))
    (found,) = (f for f in found_in(tmp_path / "dump", recorded_host) if f.id == "restore-off-the-plan")
    assert (found.pid, found.start) == (16363, 0x7E8661200000)
    assert "logged mmap 7e8661200000-7eb861200000 -w-, predicted mmap 7e8661200000-7eb861200000 ---" in found.why


def test_images_that_no_other_finding_reads_are_read_to_their_end(tmp_path: Path, recorded_host: Host) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    (copy / "eventfd.img").write_bytes(b"garbage that is no image")
    (found,) = found_in(copy, recorded_host)
    assert (found.id, found.severity) == ("image-unreadable", Severity.ERROR)
    assert "eventfd.img" in found.title
    # Whoever looked at an image before changes nothing.
    dump = Dump(copy)
    assert Report(dump, criu("4.2.1"), recorded_host).findings == [found]
    assert Report(dump, criu("4.2.1"), recorded_host).findings == [found]


def test_images_of_a_plugin_are_said_not_to_be_read(tmp_path: Path, recorded_host: Host) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    (copy / "amdgpu-kfd-7.img").write_bytes(b"garbage")
    (found,) = found_in(copy, recorded_host)
    assert (found.id, found.severity) == ("image-unread", Severity.NOTE)
    assert "amdgpu-kfd-7.img" in found.why


@pytest.mark.parametrize(
    ("free", "expected"), [(None, []), (((2 << 20, 2 << 20),), ["huge-pages"]), (((2 << 20, 4 << 20),), [])]
)
def test_huge_pages_that_the_host_lacks(
    tmp_path: Path, recorded_host: Host, free: tuple[tuple[int, int], ...] | None, expected: list[str]
) -> None:
    flags = MapFlag.PRIVATE | MapFlag.ANONYMOUS | MapFlag.HUGETLB
    mapping = demos.Mapping(0x200000, 4 << 20, Prot.READ, flags)
    demos.write(demos.DemoDump("test", (demos.DemoTask(7, 0, "t", (mapping,)),)), tmp_path)
    found = found_in(tmp_path, replace(recorded_host, huge=free))
    assert [f.id for f in found if f.id == "huge-pages"] == expected


def test_no_known_failure_tells_of_v4_whose_log_is_written_with_it() -> None:
    assert not [known.id for known in KNOWN_FAILURES if "-v4" in known.advice_for(detailed=True)]
    assert {known.id for known in KNOWN_FAILURES if "-v4" in known.advice_for(detailed=False)} >= {"epoll"}


def test_one_long_text_does_not_take_the_releases_from_all_rows(
    recorded_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu("3.19"), recorded_host)
    first, *others = report.findings
    long = [replace(first, releases="before 4.1, on some kernels " * 5), *others]
    monkeypatch.setattr(Report, "findings", property(lambda _: long))
    table = findings_report.table(report)
    beside = sum(column.width + 2 for column in table.columns if column.title != "Releases")
    shown = table.shown_columns(beside + 28)
    assert [table.columns[index].title for index in shown] == ["Severity", "Finding", "Task", "Releases"]

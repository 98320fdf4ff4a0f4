"""Ids of one image that another does not have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, some
from criu_tui.core.dump.descriptors import directories, table_id
from criu_tui.core.dump.listed import numbered
from criu_tui.core.findings.finding import AS_WRITTEN, Finding, Severity
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import fdinfo_pb2, memfd_pb2, remap_file_path_pb2, tty_pb2
from criu_tui.core.pages.pagemaps import pagemap_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.dump.dump import Dump


def references(dump: Dump) -> Iterator[Finding]:
    """Files, terminals, memory files and pages that an image refers to and that are not there."""
    # Before files.img, each kind of file had an image of its own.
    if "files.img" in dump.files_listed:
        yield from _files(dump)
    yield from _shared_pages(dump)


def _files(dump: Dump) -> Iterator[Finding]:
    for pid in dump.pids:
        exe = dump.address_space(pid).exe_file_id
        if exe is not None:
            yield from _unknown(dump, f"mm-{pid}.img", "executable", (exe,), pid)
        places = directories(dump, pid)
        if places is not None:
            ids = places.cwd_id, places.root_id
            yield from _unknown(dump, f"fs-{pid}.img", "root or working directory", ids, pid)
    owners: dict[str, int] = {}
    for pid in dump.pids:
        number = table_id(dump, pid)
        if number is not None:
            owners.setdefault(f"fdinfo-{number}.img", pid)
    for _, name in numbered(dump, kinds.FDINFO):
        found = dump.entries(name, kinds.FDINFO, fdinfo_pb2.fdinfo_entry)
        yield from _unknown(dump, name, "open file", (entry.id for entry in found), owners.get(name))
    yield from _targets(dump)
    for remap in dump.entries("remap-fpath.img", kinds.REMAP_FPATH, remap_file_path_pb2.remap_file_path_entry):
        yield from _unknown(dump, "remap-fpath.img", "remapped file", (remap.orig_id,), None)
        ghost = f"ghost-file-{remap.remap_id:x}.img"
        if remap.remap_type == remap_file_path_pb2.GHOST and ghost not in dump.files_listed:
            yield Finding(
                "ghost-missing",
                Severity.ERROR,
                f"{ghost} is not here",
                f"remap-fpath.img says that it holds the contents of file {remap.orig_id}, which was unlinked",
                AS_WRITTEN,
            )


def _targets(dump: Dump) -> Iterator[Finding]:
    """Memory files and terminals in files.img whose other half lies in an image of its own."""
    inodes = {inode.inode_id for inode in dump.entries("memfd.img", kinds.MEMFD_INODE, memfd_pb2.memfd_inode_entry)}
    terminals = {tty.id for tty in dump.entries("tty-info.img", kinds.TTY_INFO, tty_pb2.tty_info_entry)}
    for file in dump.entries("files.img", kinds.FILES, fdinfo_pb2.file_entry):
        if file.HasField("memfd") and file.memfd.inode_id not in inodes:
            yield _half(file.id, "memory file", f"inode {file.memfd.inode_id}", "memfd.img")
        if file.HasField("tty") and file.tty.tty_info_id not in terminals:
            yield _half(file.id, "terminal", f"terminal {file.tty.tty_info_id}", "tty-info.img")


def _half(number: int, kind: str, target: str, image: str) -> Finding:
    title = f"{kind} {number} has no {target} in {image}"
    why = f"files.img refers to it, and {image} does not describe it"
    return Finding("file-unknown", Severity.ERROR, title, why, AS_WRITTEN)


def _unknown(dump: Dump, image: str, role: str, ids: Iterable[int], pid: int | None) -> Iterator[Finding]:
    lacking = sorted({number for number in ids if number not in dump.files})
    if lacking:
        yield Finding(
            "file-unknown",
            Severity.ERROR,
            f"{display_safe(image)} refers to {counted(len(lacking), 'file')} that files.img lacks",
            f"{role} with id {some(lacking)}: the restore says that it cannot find the file",
            AS_WRITTEN,
            pid=pid,
        )


def _shared_pages(dump: Dump) -> Iterator[Finding]:
    """Two tasks whose pagemaps name one pages file; CRIU gives each its own."""
    pagemaps = (pagemap_of(dump, pid) for pid in dump.pids)
    pages = Counter(pagemap.pages_id for pagemap in pagemaps if pagemap.present_pages)
    for number, tasks in pages.items():
        if tasks > 1:
            yield Finding(
                "pages-shared",
                Severity.ERROR,
                f"{counted(tasks, 'task')} take their pages from pages-{number}.img",
                "every pagemap has a pages file of its own: what all but one of them would be given is not theirs",
                AS_WRITTEN,
            )

"""What the fuzzer throws its inputs at. An input that breaks no promise returns; any exception is a find.

An input is a few bytes that choose, then the bytes of an image or a log.
"""

from __future__ import annotations

import io
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from criu_tui.core.base.span import Span
from criu_tui.core.drawings.heat import HeatMap, fitting
from criu_tui.core.drawings.hexdump import HexDump
from criu_tui.core.drawings.strip import strip
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import framing, images, kinds
from criu_tui.core.images.schema import (
    core_pb2,
    creds_pb2,
    fdinfo_pb2,
    inventory_pb2,
    memfd_pb2,
    mm_pb2,
    pstree_pb2,
    regfile_pb2,
    timens_pb2,
    tty_pb2,
    userns_pb2,
    utsns_pb2,
)
from criu_tui.core.images.unknown_fields import unknown_fields
from criu_tui.core.logs.line import addresses_in, pids_in
from criu_tui.core.logs.places import find_logs
from criu_tui.core.logs.reading import read_log
from criu_tui.core.logs.restore_log import parse_restore, read_restore
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.reader import decode_pagemap
from criu_tui.core.report import detail, picture, place, tasks
from criu_tui.core.report.contents import hex_text, place_line, value_line
from criu_tui.core.report.report import Report
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.releases import criu
from criu_tui.core.source.error import ImageError

from tests.conftest import DUMPS
from tests.fuzz import blocks, mutate
from tests.fuzz.archives import mutate_archive, open_archive, seeds
from tests.fuzz.hostile import inert
from tests.fuzz.views import FORMATS, VIEWS, BrokenPromiseError, print_view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from random import Random

    from criu_tui.core.logs.log import Log
    from google.protobuf.message import Message

KINDS: tuple[tuple[kinds.ImageKind, type[Message]], ...] = (
    (kinds.INVENTORY, inventory_pb2.inventory_entry),
    (kinds.PSTREE, pstree_pb2.pstree_entry),
    (kinds.CORE, core_pb2.core_entry),
    (kinds.IDS, core_pb2.task_kobj_ids_entry),
    (kinds.MM, mm_pb2.mm_entry),
    (kinds.CREDS, creds_pb2.creds_entry),
    (kinds.FILES, fdinfo_pb2.file_entry),
    (kinds.REG_FILES, regfile_pb2.reg_file_entry),
    (kinds.FDINFO, fdinfo_pb2.fdinfo_entry),
    (kinds.MEMFD_INODE, memfd_pb2.memfd_inode_entry),
    (kinds.TTY_INFO, tty_pb2.tty_info_entry),
    (kinds.UTSNS, utsns_pb2.utsns_entry),
    (kinds.TIMENS, timens_pb2.timens_entry),
    (kinds.USERNS, userns_pb2.userns_entry),
)
HOST = Host(Mode.HEURISTIC, mem=24684084 * 1024, swap=0, limit=0, committed=0)
VERSIONS = ("4.2.1", "3.19", "3.1", "needed")


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to throw inputs at."""

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    mutate: Callable[[bytes, Random], bytes]
    choosing: int
    """Bytes at the start that choose."""

    def mutated(self, data: bytes, random: Random) -> bytes:
        """An input made from another: sometimes another choice, mostly another content."""
        chosen, content = data[: self.choosing].ljust(self.choosing, b"\0"), data[self.choosing :]
        if self.choosing and random.random() < 0.2:
            at = random.randrange(self.choosing)
            chosen = chosen[:at] + random.randbytes(1) + chosen[at + 1 :]
        return chosen + self.mutate(content, random)


# Image decoding


def decode_image(data: bytes) -> None:
    """Decodes the bytes as a kind of image, and holds the result to what it says."""
    kind, message = KINDS[data[0] % len(KINDS)] if data else KINDS[0]
    content = data[1:]
    image = images.decode(content, kind, "fuzzed.img", message)
    for entry in image.entries:
        entry.SerializeToString() if entry.IsInitialized() else entry.SerializePartialToString()
        unknown_fields(entry)
    if image.error is not None:
        _check_error(image.error, len(content))
    pagemap, problem = decode_pagemap(content, "pagemap-1.img")
    if problem is not None:
        _check_error(problem, len(content))
    for span in (Span(0, 1 << 47), Span(1 << 12, 1 << 13), Span(1 << 63, 1 << 64)):
        covered = pagemap.coverage(span)
        if pagemap.ordered and covered.dumped + covered.lazy > covered.pages:
            raise BrokenPromiseError("more pages covered than there are")


def _check_error(error: ImageError, length: int) -> None:
    if error.offset is None or not 0 <= error.offset <= length or not error.reason or not inert(str(error)):
        raise BrokenPromiseError(f"an error that does not say where: {error}")


def _image_seeds() -> Iterator[bytes]:
    for path in sorted(DUMPS.glob("*/dump/*")):
        data = path.read_bytes() if path.is_file() else b""
        for index, (kind, _) in enumerate(KINDS):
            try:
                framing.payload_start(data, kind, path.name)
            except ImageError:
                continue
            yield bytes((index,)) + data
        if path.name.startswith("pagemap-"):
            yield b"\0" + data


# Whole dumps


class Workplace:
    """Copies of the recorded dumps in memory, one image of which is replaced at a time."""

    def __init__(self, folder: Path) -> None:
        self.images: list[Path] = []
        for dump in sorted(path for path in DUMPS.iterdir() if path.is_dir()):
            copy = folder / dump.name
            shutil.copytree(dump, copy, symlinks=True)
            self.images += sorted(
                path for path in (copy / "dump").iterdir() if path.is_file() and not path.name.startswith("pages-")
            )

    @contextmanager
    def replaced(self, index: int, content: bytes) -> Iterator[Path]:
        """The directory of the dump in which an image has this content instead of its own."""
        image = self.images[index % len(self.images)]
        original = image.read_bytes()
        image.write_bytes(content)
        try:
            yield image.parent
        finally:
            image.write_bytes(original)

    def seeds(self) -> Iterator[bytes]:
        """Every image as it is."""
        for index, image in enumerate(self.images):
            yield index.to_bytes(2, "little") + image.read_bytes()


def open_dump(workplace: Workplace, data: bytes) -> None:
    """Opens a dump with a fuzzed image, and asks for all that the app shows of it."""
    with workplace.replaced(int.from_bytes(data[:2], "little"), data[3:]) as directory:
        dump = Dump(directory)
        chosen = criu(VERSIONS[data[2] % len(VERSIONS)] if len(data) > 2 else VERSIONS[0])
        report = Report(dump, chosen, HOST, lazy=bool(data[2:3]) and data[2] > 0x7F)
        shown = [*tasks.table(report).text()]
        for finding in report.findings:
            shown += (finding.title, finding.why, finding.advice)
        for pid in report.pids():
            for index, vma in enumerate(dump.address_space(pid).vmas[:8]):
                shown += (words for _, words in detail.lines(report, pid, vma.start))
                step = report.plan.by_pid[pid].steps[index]
                shown += (words for _, words in picture.lines(report, step))
            shown += _addresses(report, pid)
        if not all(map(inert, shown)):
            raise BrokenPromiseError("text that is not inert")


def _addresses(report: Report, pid: int) -> Iterator[str]:
    """What the strip, the heat map and the view of bytes say at both ends of a task's first VMAs."""
    vmas = report.dump.address_space(pid).vmas
    yield from (str(cell) for cell in strip(report.dump.address_space(pid), 80))
    if not vmas:
        return
    heat = fitting(HeatMap(report.dump, pid, vmas, 1, 1), 64, 20)
    yield from (str(line) for line in islice(heat.forward(vmas[0].start, 20), 20))
    with PageBytes(report.dump) as contents:
        view = HexDump(report.dump, pid, contents)
        for vma in vmas[:8]:
            for where in (vma.start, vma.end - 1, vma.end):
                yield from place.lines(report, "bytes", pid, where)
                if where in vma.span:
                    yield place_line(report, contents, pid, vma, where)[1]
                if 0 <= where < 1 << 64:
                    at = view.nearest(where)
                    yield from (hex_text(line) for line in islice(view.forward(at, 4), 4))
                    yield value_line(report, view, pid, at)[1]


def print_pane(workplace: Workplace, data: bytes) -> None:
    """Prints one view of a dump with a fuzzed image."""
    chosen = data[2] if len(data) > 2 else 0
    view, form = VIEWS[chosen // 2 % len(VIEWS)], FORMATS[chosen % 2]
    with workplace.replaced(int.from_bytes(data[:2], "little"), data[3:]) as directory:
        print_view(directory, *view, "--format", form)


# Logs


def parse_log(folder: Path, data: bytes) -> None:
    """Reads the bytes as a log in every way that there is."""
    path, other = folder / "restore.log", folder / "dump.log"
    if data[:1] <= b"\x7f":
        path, other = other, path
    other.unlink(missing_ok=True)
    path.write_bytes(data[1:])
    log = read_log(path)
    _check_log(log)
    find_logs(folder)
    parse_restore(enumerate(io.StringIO(data[1:].decode("utf-8", "surrogateescape")), 1), range(100))
    read_restore(log, range(100))


def _check_log(log: Log) -> None:
    for line in log.lines[:20]:
        if not all(0 <= number < 1 << 64 for number in (*addresses_in(line), *pids_in(line))):
            raise BrokenPromiseError("a number that no line can hold")
    if log.cause is not None and not 1 <= log.cause.number <= len(log.lines):
        raise BrokenPromiseError("a cause in no line")
    for extents in (maps for possible in log.possible_maps[:2] for maps in possible):
        for extent in extents:
            if max(extent.first, extent.lower_first, extent.count) >= 1 << 32:
                raise BrokenPromiseError("an extent beyond 32 bits")


def _log_seeds() -> Iterator[bytes]:
    for path in sorted(DUMPS.glob("*/dump/*.log")):
        yield b"\0" + path.read_bytes()[:20000]
    yield b"\0(00.000001) id_map: 0 0 1\n(00.000002) Error (criu/namespaces.c:931): Unable to convert uid or gid\n"
    yield b"\xff(00.000001) pie: 42: \tmmap(0x1000 -> 0x2000, 0x3 0x22 -1)\n(00.000002) Restoring FAILED.\n"


def targets(folder: Path) -> dict[str, Target]:
    """All targets by name; `folder` is where they may write."""
    logs, dumps, packed, made, pages = (folder / name for name in ("logs", "dumps", "packed", "made", "pages"))
    for each in (logs, packed, made, pages):
        each.mkdir()
    blocks.prepare(pages)
    workplace = Workplace(dumps)

    def of_image(data: bytes, random: Random) -> bytes:
        return mutate.mutate_log(data, random) if data[:1] == b"(" else mutate.mutate_image(data, random)

    def place_seeds() -> Iterator[bytes]:
        return (seed[:2] + b"\0" + seed[2:] for seed in workplace.seeds())

    found = (
        Target("image", decode_image, _image_seeds, mutate.mutate_image, 1),
        Target("dump", lambda data: open_dump(workplace, data), place_seeds, of_image, 3),
        Target("log", lambda data: parse_log(logs, data), _log_seeds, mutate.mutate_log, 1),
        Target("archive", lambda data: open_archive(packed, data), lambda: seeds(made), mutate_archive, 1),
        Target("blocks", lambda data: blocks.read_blocks(pages, data), blocks.seeds, blocks.mutate_blocks, 0),
        Target("panes", lambda data: print_pane(workplace, data), place_seeds, of_image, 3),
    )
    return {target.name: target for target in found}

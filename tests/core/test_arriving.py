"""An archive that is opened while it is still read: what has come is right, what has not is said."""

from __future__ import annotations

import io
import random
import tarfile
import threading
import time
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base.progress import CancelledError, Progress
from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings.finding import Severity
from criu_tui.core.report import arriving
from criu_tui.core.report.detail import everything
from criu_tui.core.report.registry import SHOWN, rows
from criu_tui.core.report.report import Report
from criu_tui.core.report.verdict_line import verdict_line
from criu_tui.core.restore.releases import NEWEST, criu
from criu_tui.core.source import spool
from criu_tui.core.source.archive import NotAnArchiveError
from criu_tui.core.source.arriving import Arrival, looked_for, same
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.holding import images_of
from criu_tui.core.source.source import OpenFile
from criu_tui.core.source.spool import NotYetError
from criu_tui.core.tables.table import Tone

from tests.archives import build
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from criu_tui.core.source.source import Source

PAGES = random.Random(3).randbytes(2 << 20)
"""They do not compress, so that a part of the archive is as large a part of them."""
SMALL = 4096


class Slow(OpenFile):
    """A file whose bytes come up to an offset that the test raises; further reads wait."""

    def __init__(self, data: bytes) -> None:
        super().__init__("slow.tar", len(data), len(data))
        self._data = data
        self._come = threading.Condition()
        self._upto = 0

    def let(self, upto: int | None = None) -> None:
        with self._come:
            self._upto = len(self._data) if upto is None else upto
            self._come.notify_all()

    def read_at(self, offset: int, length: int) -> bytes:
        with self._come:
            self._come.wait_for(lambda: self._upto > offset or self._upto == len(self._data), 60)
            return self._data[offset : min(offset + min(length, SMALL), self._upto)]

    def close(self) -> None:
        pass


def packed(names: Callable[[list[str]], list[str]], suffix: str = ".gz", more: bytes = b"") -> bytes:
    """Podman's export of a dump whose pages are large, its members in an order; more pages before the last of them."""
    dump = DUMPS / "prot-none-1g-fork" / "dump"
    assert dump.is_dir()
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as made:
        for name, text in (("config.dump", b'{"name": "counter", "rootfsImageName": "example/counter:1"}'),):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            made.addfile(member, io.BytesIO(text))
        ordered = names(sorted(path.name for path in dump.iterdir()))
        for name in [*ordered[:-1], *(["pages-9.img"] if more else ()), ordered[-1]]:
            data = {"pages-1.img": PAGES, "pages-9.img": more}.get(name) or (dump / name).read_bytes()
            member = tarfile.TarInfo(f"checkpoint/{name}")
            member.size = len(data)
            made.addfile(member, io.BytesIO(data))
    return build.COMPRESSIONS[suffix](plain.getvalue())


@pytest.fixture
def begun() -> Iterator[Callable[..., tuple[Arrival, Slow]]]:
    """Arrivals and their files; what is still being read at the end is given up."""
    made: list[tuple[Arrival, Slow]] = []

    def begin(path: Path, data: bytes, upto: int) -> tuple[Arrival, Slow]:
        file = Slow(data)
        file.let(upto)
        made.append((Arrival(file, path, Progress()), file))
        return made[-1]

    yield begin
    for arrival, file in made:
        arrival.close()
        file.let()
        assert arrival.done(60)


def come(arrival: Arrival) -> Source:
    end = time.monotonic() + 60
    while (dump := arrival.dump_so_far()) is None:
        assert time.monotonic() < end, "no dump came"
        assert not arrival.done(0.01)
    return dump


def told(arrival: Arrival, word: str) -> str:
    """What is said of an archive once that has a word: who looks for members comes a little behind who reads."""
    for _ in range(1000):
        said = "\n".join(text for _, text in arriving.lines(arrival))
        if word in said:
            return said
        time.sleep(0.01)
    raise AssertionError(said)


@pytest.mark.parametrize("memory", [1 << 16, 1 << 30])
@pytest.mark.parametrize("suffix", [".gz", ".zst", ".bz2", ".xz"])
def test_a_dump_opens_while_its_pages_come(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    begun: Callable[..., tuple[Arrival, Slow]],
    suffix: str,
    memory: int,
) -> None:
    monkeypatch.setattr(spool, "MEMORY", memory)
    data = packed(lambda names: names, suffix)
    arrival, file = begun(tmp_path / "a.tar", data, len(data) // 2)
    whole = Dump(DUMPS / "prot-none-1g-fork" / "dump")
    dump = Dump(come(arrival))
    assert dump.arriving
    assert "pstree.img" not in dump.files_listed, "its name comes after those of pages"
    assert list(dump.pids) == sorted(whole.pids)
    for pid in dump.pids:
        assert dump.core(pid) == whole.core(pid)
        assert list(dump.address_space(pid).vmas) == list(whole.address_space(pid).vmas)
    with dump.source.open("pages-1.img") as pages:
        assert pages.size == len(PAGES)
        assert pages.read_at(4096, 8192) == PAGES[4096:12288]
        with pytest.raises(NotYetError, match="not read from the archive yet"):
            pages.read_at(len(PAGES) - 4096, 4096)
    report = Report(dump, criu(NEWEST))
    assert [(found.id, found.severity) for found in report.findings] == [("still-being-read", Severity.NOTE)]
    said = "\n".join(text for _, text in arriving.lines(arrival))
    assert "counter" in said
    assert "example/counter:1" in said
    assert all(f"{pid} {whole.core(pid).comm}" in said for pid in list(whole.pids)[:2])
    assert not arrival.done()
    file.let()
    source = same(arrival.places(), dump.source)
    assert source is not None
    after = Report(dump, criu(NEWEST)).of(Dump(source))
    assert not after.dump.arriving
    assert list(after.dump.pids) == list(whole.pids)
    assert source.file("pages-1.img").read_bytes() == PAGES
    assert {n: source.file(n).read_bytes() for n in source.names() if n != "pages-1.img"} == {
        path.name: path.read_bytes() for path in whole.path.iterdir() if path.name != "pages-1.img"
    }


def pids_of(names: Iterable[str]) -> list[int]:
    """Of the tasks by their images, in order."""
    return sorted(int(name[3:-4]) for name in names if name.startswith("mm-"))


def behind_pages(*starts: str) -> Callable[[list[str]], list[str]]:
    """An order of names in which those that start so come behind all pages, and all others before them."""
    return lambda names: sorted(names, key=lambda name: (name.startswith(starts), name.startswith("pages-"), name))


def test_a_dump_opens_with_the_tasks_that_come_before_pages_and_grows(
    tmp_path: Path, begun: Callable[..., tuple[Arrival, Slow]]
) -> None:
    whole = Dump(DUMPS / "prot-none-1g-fork" / "dump")
    first, *others = pids_of(whole.files_listed)
    later = tuple(f"{kind}-{pid}." for pid in others for kind in ("core", "mm"))
    data = packed(behind_pages(*later))
    arrival, file = begun(tmp_path / "a.tar", data, len(data) // 2)
    dump = Dump(come(arrival))
    assert list(dump.pids) == [first] if "pstree.img" not in dump.files_listed else first in dump.pids
    assert list(dump.address_space(first).vmas) == list(whole.address_space(first).vmas)
    assert arrival.dump_so_far(images_of(first)) is not None
    assert arrival.dump_so_far(images_of(others[0])) is None
    found = looked_for(arrival, early=True, needed=images_of(first))
    assert found.found[0].source.arrival is arrival
    file.let()
    (place,) = looked_for(arrival, early=True, needed=images_of(others[0])).found
    assert images_of(others[0]) <= place.source.names()


CLAIMS = (
    "is not in files.img",
    "none in the dump",
    "the same on the host",
    "all pages are here",
    "no log in or beside",
    "none in or beside",
    "not in the dumped pages",
    "0 fds",
    "1 thread",
    "looking through every image",
    "no difference",
)
"""What is said of a whole dump that has no such images."""


@pytest.mark.parametrize(
    "late",
    [
        ("pstree", "parent"),
        ("pstree", "files", "fdinfo", "ids", "fs", "inventory"),
        ("pstree", "pagemap", "dump.log", "stats", "userns"),
    ],
)
def test_no_pane_claims_what_needs_images_that_have_not_come(
    tmp_path: Path, begun: Callable[..., tuple[Arrival, Slow]], late: tuple[str, ...]
) -> None:
    data = packed(behind_pages(*late))
    arrival, _ = begun(tmp_path / "a.tar", data, len(data) // 2)
    dump = Dump(come(arrival))
    assert not any(name.startswith(late) for name in dump.files_listed)
    report = Report(dump, criu(NEWEST))
    pid = next(iter(dump.pids))
    for name in SHOWN:
        table = rows(report, name, pid)
        said = "\n".join((*table.titled_text(), table.empty))
        assert not [claim for claim in CLAIMS if claim in said], name
        if name == "coverage":
            assert bool(table.rows) == ("pagemap" not in late)
    words = "\n".join(rows(report, "maps", pid).note_lines())
    assert "only what has come so far" in words
    assert "pstree.img" in words
    assert ("files.img" in words) == ("files" in late)
    assert (f"pagemap-{pid}.img" in words) == ("pagemap" in late)
    where = dump.address_space(pid).vmas[0].start
    detail = "\n".join(text for _, text in everything(report, pid, where))
    assert "planned once all of the archive has been read" in detail
    assert "none of them dumped" not in detail or "pagemap" not in late
    tone, line = verdict_line(report)
    assert tone is Tone.NOTE
    assert f"still being read, {arrival.progress.share} so far" in line


def test_pages_whose_file_has_not_come_are_not_said_to_be_gone(
    tmp_path: Path, begun: Callable[..., tuple[Arrival, Slow]]
) -> None:
    data = packed(behind_pages("pages-2.", "pages-3."))
    arrival, _ = begun(tmp_path / "a.tar", data, len(data) // 2)
    dump = Dump(come(arrival))
    assert "pages-2.img" not in dump.files_listed
    with pytest.raises(ImageError, match="not read from the archive yet"):
        dump.source.open("pages-2.img")


def test_pages_that_come_first_are_waited_for(tmp_path: Path, begun: Callable[..., tuple[Arrival, Slow]]) -> None:
    data = packed(lambda names: sorted(names, key=lambda name: name != "pages-1.img"))
    arrival, file = begun(tmp_path / "a.tar", data, len(data) // 2)
    while arrival.spool.there < len(PAGES) // 3:
        time.sleep(0.01)
    assert arrival.dump_so_far() is None
    assert "counter" in told(arrival, "pages-1.img")
    file.let()
    assert len(looked_for(arrival, early=True).found) == 1


def test_a_cut_archive_ends_as_when_it_is_read_at_once(
    tmp_path: Path, begun: Callable[..., tuple[Arrival, Slow]]
) -> None:
    data = packed(lambda names: names)
    arrival, file = begun(tmp_path / "a.tar", data[: len(data) // 2], len(data) // 4)
    dump = come(arrival)
    file.let()
    source = same(arrival.places(), dump)
    assert source is not None
    assert "damaged gzip data" in str(source.problems[0])
    assert source.status("pages-1.img").size < len(PAGES)


def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, begun: Callable[..., tuple[Arrival, Slow]]) -> None:
    data = build.COMPRESSIONS[".gz"](b"hello\n" * 500)
    arrival, _ = begun(tmp_path / "a.gz", data, len(data))
    with pytest.raises(NotAnArchiveError, match=r"a\.gz"):
        looked_for(arrival, early=True)


def test_a_directory_that_a_later_member_replaces_holds_no_images(
    tmp_path: Path, begun: Callable[..., tuple[Arrival, Slow]]
) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as made:
        for name in ("checkpoint/mm-1.img", "checkpoint"):
            made.addfile(tarfile.TarInfo(name))
    data = build.COMPRESSIONS[".gz"](plain.getvalue())
    arrival, _ = begun(tmp_path / "a.tar", data, len(data))
    assert arrival.done(60)
    assert told(arrival, "mm-1.img")
    assert arrival.dump_so_far() is None


def test_it_can_be_given_up(tmp_path: Path, begun: Callable[..., tuple[Arrival, Slow]]) -> None:
    data = packed(lambda names: names)
    arrival, file = begun(tmp_path / "a.tar", data, len(data) // 2)
    come(arrival)
    arrival.close()
    file.let(len(data) // 2 + SMALL)
    with pytest.raises(CancelledError):
        arrival.whole()

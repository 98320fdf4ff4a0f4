"""Search in what a dump keeps beside memory: data in flight, messages, deleted files; and what is shown of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.beside_memory import KeptBytes, Part, kept_bytes
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.payloads import Payload
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode, framed
from criu_tui.core.images.schema import fdinfo_pb2, sk_queue_pb2, tty_pb2
from criu_tui.core.pages.contents import Advance
from criu_tui.core.pages.pattern import PatternForm, pattern
from criu_tui.core.pages.query import Where
from criu_tui.core.pages.search_beside import BesideHit, BesideUnread, search_all, search_beside
from criu_tui.core.report import search
from criu_tui.core.report.extract import extract
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

IMAGES = DUMPS.parent / "images"
SOCKET = 13
"""Of scm00: one of a pair that its task 5 made."""


def found(dump: Dump, text: str, where: Where | None = None, form: PatternForm = PatternForm.TEXT) -> list[BesideHit]:
    return [hit for hit in search_beside(dump, pattern(form, text), where) if isinstance(hit, BesideHit)]


def test_what_is_in_a_pipe() -> None:
    dump = Dump(IMAGES / "pipe00")
    (hit,) = found(dump, "world")
    # TEST_STRING of pipe00.c, in the pipe whose ends are with both of its tasks.
    assert (hit.kept.name, hit.kept.pids, hit.offset) == ("pipe:469199", (5, 6), 6)
    assert (hit.before, hit.data, hit.after) == (b"Hello ", b"world", b"\0")
    image = (IMAGES / "pipe00" / "pipes-data.img").read_bytes()
    assert image[hit.image_offset :][:5] == b"world"
    for pid, hits in ((5, 1), (6, 1), (1, 0)):
        assert len(found(dump, "world", Where(pid))) == hits
    # What has no addresses and no protection is not asked for by these.
    assert not found(dump, "world", Where(prot=1))
    assert not found(dump, "world", Where(kind="heap"))


def queued(directory: Path, packets: list[bytes], type_: int) -> Dump:
    shutil.copytree(IMAGES / "scm00", directory)
    dump = Dump(directory)
    files = dump.entries("files.img", kinds.FILES, fdinfo_pb2.file_entry)
    for entry in files:
        if entry.id == SOCKET:
            entry.usk.type = type_
    (directory / "files.img").write_bytes(encode(kinds.FILES, files))
    image = encode(kinds.SK_QUEUES, [])
    for each in packets:
        image += framed(sk_queue_pb2.sk_packet_entry(id_for=SOCKET, length=len(each)).SerializeToString()) + each
    (directory / "sk-queues.img").write_bytes(image)
    return Dump(directory)


@pytest.mark.parametrize(("type_", "offsets"), [(1, [0, 6]), (2, [6])])
def test_a_stream_goes_on_in_the_next_packet_and_a_datagram_does_not(
    tmp_path: Path, type_: int, offsets: list[int]
) -> None:
    dump = queued(tmp_path / "dump", [b"hel", b"lo hello"], type_)
    hits = found(dump, "hello")
    assert [hit.offset for hit in hits] == offsets
    image = (tmp_path / "dump/sk-queues.img").read_bytes()
    assert image[hits[-1].image_offset :][:5] == b"hello"
    extract(dump, hits[-1].kept.name, str(tmp_path / "out"))
    assert (tmp_path / "out").read_bytes()[6:11] == b"hello"


def test_what_a_terminal_got(tmp_path: Path) -> None:
    shutil.copytree(IMAGES / "pty01", tmp_path / "dump")
    data = {0: b"typed before", 1: b"\xff" * 300 + b"a password"}
    entries = [tty_pb2.tty_data_entry(tty_id=number, data=text) for number, text in data.items()]
    (tmp_path / "dump/tty-data.img").write_bytes(encode(kinds.TTY_DATA, entries))
    dump = Dump(tmp_path / "dump")
    (hit,) = found(dump, "password")
    assert (hit.kept.name, hit.offset) == ("tty:1", 302)
    image = (tmp_path / "dump/tty-data.img").read_bytes()
    assert image[hit.image_offset :][:8] == b"password"
    for number, text in data.items():
        extract(dump, f"tty:{number}", str(tmp_path / f"out{number}"))
        assert (tmp_path / f"out{number}").read_bytes() == text


def test_bytes_of_a_deleted_file(tmp_path: Path) -> None:
    dump = Dump(IMAGES / "unlink_fstat04")
    extract(dump, "ghost:1", str(tmp_path / "out"))
    # unlink_fstat04.c writes 1000 bytes.
    written = (tmp_path / "out").read_bytes()
    assert len(written) == 1000
    (hit,) = found(dump, written[500:516].hex(), form=PatternForm.BYTES)
    assert (hit.kept.name, hit.kept.pids, hit.offset) == ("ghost:1", (5,), 500)
    assert (IMAGES / "unlink_fstat04" / "ghost-file-1.img").read_bytes()[hit.image_offset :][:16] == written[500:516]


def test_both_kinds_of_hits_with_what_advances(tmp_path: Path) -> None:
    dump = Dump(IMAGES / "pipe00")
    items = list(search_all(dump, pattern(PatternForm.TEXT, "Hello")))
    steps = [item for item in items if isinstance(item, Advance)]
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    # "Hello world" and its end.
    assert steps[-1] == Advance(12, 12)
    report = Report(dump, criu("4.2.1"))
    lines = list(search.text(report, pattern(PatternForm.TEXT, "Hello"), Where()))
    assert lines[-1] == "1 hit for text Hello"
    rows = search.table(report, [item for item in items if isinstance(item, BesideHit)])
    assert lines[0] == rows.line(rows.cells(0), range(5)).rstrip()
    told = search.json(report, pattern(PatternForm.TEXT, "Hello"), Where())
    assert told["hits"] == []
    assert isinstance(told["beside"], dict)
    assert isinstance(told["beside"]["hits"], list)
    assert isinstance(told["beside"]["hits"][0], dict)
    assert told["beside"]["hits"][0]["of"] == "pipe:469199"


def test_an_image_that_is_cut_is_said(tmp_path: Path) -> None:
    dump = queued(tmp_path / "dump", [b"hello", b"hello"], 2)
    kept = kept_bytes(dump)
    assert len(kept) == 1
    (tmp_path / "dump/sk-queues.img").write_bytes(b"")
    items = list(search_beside(dump, pattern(PatternForm.TEXT, "hello")))
    assert sum(isinstance(item, BesideUnread) for item in items) == 2
    lines = list(search.text(Report(dump, criu("4.2.1")), pattern(PatternForm.TEXT, "hello"), Where()))
    assert lines[-2].startswith("warning: 5 B of socket:13 not searched: sk-queues.img: byte")


def test_a_place_in_parts_that_are_out_of_order() -> None:
    """As no CRIU writes them."""
    parts = (Part(100, Payload("a", 0, 4)), Part(10, Payload("a", 50, 4)))
    hit = BesideHit(KeptBytes("ghost:1", (), parts, apart=False), 11, b"x", b"", b"")
    assert hit.part in parts

"""Checkpoints in every shape they arrive in: what is opened is what lies unpacked, byte for byte."""

from __future__ import annotations

import gzip
import io
import os
import random
import shutil
import subprocess
import tarfile
import tempfile
from typing import TYPE_CHECKING, Any

import lz4.frame
import pytest
from criu_tui.core.base.progress import CancelledError, Progress
from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings.finding import Severity
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu
from criu_tui.core.source import archive, decompress, members, spool
from criu_tui.core.source.archive import NotAnArchiveError, opened
from criu_tui.core.source.blocks import BLOCK, BlockFile
from criu_tui.core.source.directory import Directory, open_regular
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.holding import Holding
from criu_tui.core.source.places import checkpoints, root
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archives import build
from tests.conftest import DUMPS
from tests.fuzz.views import print_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from criu_tui.core.restore.host import Host
    from criu_tui.core.source.members import Inside
    from criu_tui.core.source.source import Source


def only(path: Path) -> Source:
    """The images of a place that holds one checkpoint."""
    found = checkpoints(root(path, Progress()), Progress())
    assert [each.holding for each in found.found] == [Holding.DUMP], found
    assert found.complete
    return found.found[0].source


def inside(path: Path) -> Inside:
    return opened(open_regular(path), path, Progress())


def contents(source: Source) -> dict[str, bytes]:
    """The bytes of all images of a place, by name."""
    return {n: source.file(n).read_bytes() for n in source.names() if n.endswith(".img")}


def original(name: str) -> dict[str, bytes]:
    return contents(Directory(DUMPS / name / "dump"))


@pytest.mark.parametrize("layout", build.LAYOUTS)
def test_a_layout_opens_unpacked_and_packed(tmp_path: Path, layout: str) -> None:
    place = build.LAYOUTS[layout](tmp_path / "place")
    name = {"podman-with-previous": "incremental", "plain": "every-kind"}.get(layout, "prot-none-1g")
    expected = original(name)
    assert contents(only(place)) == expected
    for suffix in (".tar", ".tar.zst"):
        packed = build.pack(place, tmp_path / f"packed{suffix}")
        source = only(packed)
        assert contents(source) == expected
        assert source.problems == ()
        assert [task.pid for task in Dump(source).tasks] == [task.pid for task in Dump(DUMPS / name / "dump").tasks]


@pytest.mark.parametrize("suffix", build.COMPRESSIONS)
def test_every_compression(tmp_path: Path, suffix: str) -> None:
    packed = build.pack(DUMPS / "every-kind" / "dump", tmp_path / f"dump{suffix}")
    assert contents(only(packed)) == original("every-kind")


def test_a_spool_beyond_memory_lies_in_a_file_without_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MEMORY", 1 << 16)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "private"))
    (tmp_path / "private").mkdir()
    packed = build.pack(DUMPS / "every-kind" / "dump", tmp_path / "dump.gz")
    source = only(packed)
    assert contents(source) == original("every-kind")
    assert os.listdir(tmp_path / "private") == []  # noqa: PTH208


def test_a_parent_is_found_in_the_archive_and_nowhere_else(tmp_path: Path) -> None:
    place = build.with_parent(tmp_path / "place")
    dump = Dump(only(build.pack(place, tmp_path / "a.tar")))
    assert dump.parent is not None
    assert contents(dump.parent.source) == contents(Directory(DUMPS / "incremental" / "parent"))
    for target in ("/", "../../..", str(DUMPS / "incremental" / "parent"), "../checkpoint/parent"):
        (place / "checkpoint" / "parent").unlink()
        (place / "checkpoint" / "parent").symlink_to(target)
        archive = inside(build.pack(place, tmp_path / "b.tar"))
        assert Dump(archive.sub("checkpoint")).parent is None


def test_a_path_goes_on_into_an_archive(tmp_path: Path) -> None:
    packed = build.pack(build.pod(tmp_path / "pod"), tmp_path / "pod.tar")
    assert contents(root(packed / "counter.tar" / "checkpoint", Progress())) == original("prot-none-1g")
    assert only(packed / "counter.tar").path == packed / "counter.tar" / "checkpoint"
    with pytest.raises(OSError, match="No such file"):
        root(packed / "nowhere", Progress())


def test_a_file_that_is_no_archive_is_said_to_be_none(tmp_path: Path) -> None:
    for name, data in (("text", b"hello\n" * 200), ("empty", b""), ("zeros", bytes(4096)), ("gz", b"\x1f\x8b\x08")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(NotAnArchiveError, match=name):
            inside(tmp_path / name)


# Ways to name and to compress that occur


SKIPPED = b"\x50\x2a\x4d\x18" + (9).to_bytes(4, "little") + b"ninebytes"
"""A frame without data, with which pzstd begins and seekable formats end."""


def named(path: Path, name: Callable[[str], str], *, reverse: bool = False) -> bytes:
    """An archive of the files below a place, by other names."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as made:
        for file in sorted(path.rglob("*"), reverse=reverse):
            member = made.gettarinfo(file, name(str(file.relative_to(path))))
            member.name = name(str(file.relative_to(path)))
            made.addfile(member, io.BytesIO(file.read_bytes()) if file.is_file() else None)
    return plain.getvalue()


NAMES: dict[str, Callable[[str], str]] = {
    "absolute": lambda name: f"/{name}",
    "with dots": lambda name: f".//./{name}",
    "far down": lambda name: f"a/b/c/d/e/f/g/{name}",
    "hidden": lambda name: f".hidden/{name}",
    "long": lambda name: f"{'x' * 200}/{name}",
    "not ascii": lambda name: f"k\u00e4se/{name}",
}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_members_by_any_name_in_any_order(tmp_path: Path, name: str, reverse: bool) -> None:
    place = build.podman(tmp_path / "place")
    (tmp_path / "a.tar").write_bytes(named(place, NAMES[name], reverse=reverse))
    assert contents(only(tmp_path / "a.tar")) == original("prot-none-1g")


def halves(compress: Callable[[bytes], bytes], between: bytes = b"") -> Callable[[bytes], bytes]:
    return lambda data: compress(data[: len(data) // 2]) + between + compress(data[len(data) // 2 :])


PARTS: dict[str, Callable[[bytes], bytes]] = {
    **{f"two{suffix}": halves(compress) for suffix, compress in build.COMPRESSIONS.items() if suffix != ".tar"},
    "padded.xz": halves(build.COMPRESSIONS[".xz"], bytes(8)),
    "padded.gz": lambda data: build.COMPRESSIONS[".gz"](data) + bytes(700_000),
    "empty.gz": lambda data: build.COMPRESSIONS[".gz"](b"") + build.COMPRESSIONS[".gz"](data),
    "skipped.zst": halves(build.COMPRESSIONS[".zst"], SKIPPED),
    "skipped first.zst": lambda data: SKIPPED + build.COMPRESSIONS[".zst"](data),
    "skipped last.zst": lambda data: build.COMPRESSIONS[".zst"](data) + SKIPPED,
    "two.lz4": halves(lz4.frame.compress),
    "skipped first.lz4": lambda data: SKIPPED + lz4.frame.compress(data),
    "twice.gz": lambda data: build.COMPRESSIONS[".gz"](build.COMPRESSIONS[".zst"](data)),
    "UPPER.TAR.GZ": build.COMPRESSIONS[".gz"],
}


@pytest.mark.parametrize("name", PARTS)
def test_streams_of_several_parts(tmp_path: Path, name: str) -> None:
    plain = build.pack(build.podman(tmp_path / "place"), tmp_path / "a.tar").read_bytes()
    (tmp_path / name).write_bytes(PARTS[name](plain))
    source = only(tmp_path / name)
    assert contents(source) == original("prot-none-1g")
    assert source.problems == ()


@pytest.mark.skipif(shutil.which("zstd") is None, reason="there is no zstd")
def test_a_window_that_takes_too_much_memory_is_said(tmp_path: Path) -> None:
    plain = build.pack(build.podman(tmp_path / "place"), tmp_path / "a.tar").read_bytes()
    for window, opens in ((27, True), (31, False)):
        packed = subprocess.run(["zstd", f"--long={window}", "-c"], input=plain, capture_output=True, check=True)
        (tmp_path / "a.zst").write_bytes(packed.stdout)
        if opens:
            assert contents(only(tmp_path / "a.zst")) == original("prot-none-1g")
        else:
            with pytest.raises(NotAnArchiveError, match=r"looks back more than 256 MiB"):
                inside(tmp_path / "a.zst")


def test_archives_in_an_archive_are_told_by_what_they_hold(tmp_path: Path) -> None:
    plain = build.pack(build.podman(tmp_path / "place"), tmp_path / "a.tar").read_bytes()
    with tarfile.open(tmp_path / "pod.tar", "w") as made:
        for name, data in (("ONE.TAR", plain), ("two.tgz", build.COMPRESSIONS[".gz"](plain)), ("three", plain)):
            member = tarfile.TarInfo(f"pod/{name}")
            member.size = len(data)
            made.addfile(member, io.BytesIO(data))
    found = checkpoints(root(tmp_path / "pod.tar", Progress()), Progress()).found
    assert [contents(each.source) for each in found] == [original("prot-none-1g")] * 3


# Pages that CRaC compresses


@pytest.mark.parametrize("options", [{}, {"block_size": 4}, {"block_checksum": True}, {"store_size": False}])
def test_pages_of_crac_are_read_out_of_their_frames(tmp_path: Path, options: dict[str, Any]) -> None:
    place = build.crac(tmp_path / "place", "every-kind")
    pages = {path.name: path.read_bytes() for path in place.glob("pages-*.img")}
    pages["pages-1.img"] += random.Random(5).randbytes(300_000) + bytes(500_000)
    for name, data in pages.items():
        packed = lz4.frame.compress(data, block_linked=False, **options)
        (place / name.replace(".img", ".comp.img")).write_bytes(packed)
        (place / name).unlink()
    for source in (Directory(place), only(build.pack(place, tmp_path / "a.tar.gz"))):
        dump = Dump(source)
        assert pages.keys() <= dump.files_listed
        assert not any(".comp." in name for name in dump.files_listed)
        for name, data in pages.items():
            assert dump.source.file(name).read_bytes() == data
            assert dump.source.status(name).size == len(data)
            with dump.source.open(name) as file:
                for at in (0, 65_535, 65_536, 300_000, len(data) - 3, len(data), len(data) + 9):
                    assert file.read_at(at, 70_000) == data[at : at + 70_000]


def test_a_damaged_frame_of_crac_is_said_and_the_rest_opens(tmp_path: Path) -> None:
    place = build.crac(tmp_path / "place", "every-kind")
    data = random.Random(1).randbytes(200_000)
    whole = lz4.frame.compress(data + data, block_linked=False)
    frames = {
        "pages-1": whole[:-70_000],
        "pages-2": b"no frame",
        "pages-3": lz4.frame.compress(data + data, block_linked=True),
        "pages-4": whole[:40] + bytes(100) + whole[140:],
    }
    for name, packed in frames.items():
        (place / f"{name}.img").unlink(missing_ok=True)
        (place / f"{name}.comp.img").write_bytes(packed)
    dump = Dump(place)
    assert len(dump.tasks) == 1
    cut = dump.source.file("pages-1.img").read_bytes()
    assert 0 < len(cut) < 2 * len(data)
    assert (data + data).startswith(cut)
    for name, why in (("pages-2", "no LZ4 frame"), ("pages-3", "linked blocks")):
        with pytest.raises(ImageError, match=rf"{name}\.comp\.img.*{why}"):
            dump.source.open(f"{name}.img")
    assert "crac-pages" in {found.id for found in Report(dump, criu(NEWEST)).findings}


def test_files_of_crac_that_change_or_lead_out_are_told_of(tmp_path: Path) -> None:
    place = build.crac(tmp_path / "place", "every-kind")
    pages = place / "pages-1.img"
    (place / "pages-1.comp.img").write_bytes(lz4.frame.compress(pages.read_bytes(), block_linked=False))
    pages.unlink()
    shutil.move(place / "inventory.img", tmp_path / "inventory.img")
    (place / "inventory.img").symlink_to(tmp_path / "inventory.img")
    dump = Dump(place)
    assert dump.source.outside() == {"inventory.img": str(tmp_path / "inventory.img")}
    dump.remember_files()
    (place / "pstree.img").write_bytes(b"written anew")
    assert dump.look_for_changes() == ("pstree.img",)


# GNU tar's and pax's own ways


GNU_TAR = [
    *((form, ()) for form in ("gnu", "oldgnu", "pax", "posix", "ustar", "v7")),
    *((form, ("--sparse",)) for form in ("gnu", "oldgnu", "pax")),
    *(("pax", ("--sparse", f"--sparse-version={version}")) for version in ("0.0", "0.1", "1.0")),
]


@pytest.mark.parametrize(("form", "sparse"), GNU_TAR)
def test_what_gnu_tar_writes(tmp_path: Path, form: str, sparse: tuple[str, ...]) -> None:
    place = build.images("every-kind", tmp_path / "dump")
    holes = place / "pages-9.img"
    with holes.open("wb") as file:
        for at in range(0, 3 << 20, 1 << 18):
            file.seek(at)
            file.write(bytes(range(256)) * 16)
        file.truncate(4 << 20)
    if form not in ("ustar", "v7"):
        long = place / "a" / ("x" * 120) / ("y" * 120)
        long.mkdir(parents=True)
        (long / "core-1.img").write_bytes(b"far down")
    (place / "core-8.img").write_bytes(b"linked")
    os.link(place / "core-8.img", place / "core-9.img")
    subprocess.run(
        ["tar", f"--format={form}", *sparse, "-cf", str(tmp_path / "a.tar"), "-C", str(place), "."], check=True
    )
    archive = inside(tmp_path / "a.tar")
    assert archive.problems == ()
    assert contents(archive) == contents(Directory(place))
    assert archive.status("pages-9.img").size == holes.stat().st_size
    assert archive.status("core-8.img").identity == archive.status("core-9.img").identity
    if form not in ("ustar", "v7"):
        below = archive.sub(f"a/{'x' * 120}/{'y' * 120}")
        assert below.file("core-1.img").read_bytes() == b"far down"
    if sparse:
        with archive.open("pages-9.img") as file:
            assert file.allocated < file.size
            assert file.hole_from(0) == 4096
            assert file.data_from(5000) == 1 << 18
            assert file.data_from((3 << 20) + 1) is None
            assert file.read_at(4000, 200) == (bytes(range(256)) * 16)[4000:4096] + bytes(104)


# Hostile archives


def raw(name: bytes, data: bytes = b"", form: bytes = b"0", link: bytes = b"") -> bytes:
    """A ustar header and its contents, whatever they say."""
    fields = name.ljust(100, b"\0") + b"0000644\0" * 1 + b"0000000\0" * 2 + b"%011o\0" % len(data) + b"%011o\0" % 0
    rest = form + link.ljust(100, b"\0") + b"ustar\00000" + bytes(247)
    total = sum(fields) + 8 * 0x20 + sum(rest[: 512 - 156])
    header = (fields + b"%06o\0 " % total + rest)[:512]
    return header + data + bytes(-len(data) % 512)


def made(path: Path, *parts: bytes) -> Inside:
    path.write_bytes(b"".join(parts) + bytes(1024))
    return inside(path)


def test_names_and_links_never_lead_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret.img"
    secret.write_bytes(b"secret")
    archive = made(
        tmp_path / "a.tar",
        raw(b"inventory.img", b"x"),
        raw(b"../secret.img", b"y"),
        raw(b"a/../../b.img", b"y"),
        raw(b"/etc/shadow.img", b"z"),
        raw(b"core-1.img", form=b"2", link=b"../secret.img"),
        raw(b"core-2.img", form=b"2", link=bytes(secret)),
        raw(b"core-3.img", form=b"1", link=b"../secret.img"),
        raw(b"core-4.img", form=b"2", link=b"core-4.img"),
        raw(b"core-5.img", form=b"2", link=b"./d/../inventory.img"),
        raw(b"core-6.img", form=b"3"),
        raw(b"core-7.img", form=b"6"),
        raw(b"d/", form=b"5"),
    )
    assert archive.sub("etc").file("shadow.img").read_bytes() == b"z"
    assert archive.file("core-5.img").read_bytes() == b"x"
    for number in (1, 2, 3, 4, 6, 7):
        with pytest.raises(ImageError, match=f"core-{number}.img"):
            archive.open(f"core-{number}.img")
        assert not archive.is_regular(f"core-{number}.img")
    assert str(archive.problems[0]) == "a.tar: 2 members left out: the name leads out of the archive"
    Dump(archive)


def test_one_member_by_many_names_is_read_up_to_a_limit(tmp_path: Path) -> None:
    large = raw(b"core-1.img", bytes(3 << 20))
    archive = made(tmp_path / "a.tar", large, raw(b"core-22.img", form=b"1", link=b"core-1.img"))
    assert archive.open("core-1.img").size == 3 << 20
    with pytest.raises(ImageError, match=r"the same file as core-1\.img"):
        archive.open("core-22.img")


def test_the_later_of_two_members_counts(tmp_path: Path) -> None:
    archive = made(tmp_path / "a.tar", raw(b"pages-1.img", b"old"), raw(b"./pages-1.img", b"new!"))
    assert archive.file("pages-1.img").read_bytes() == b"new!"
    assert "1 member there twice" in str(archive.problems[0])


def test_what_is_odd_about_an_archive_fails_no_restore(tmp_path: Path, recorded_host: Host) -> None:
    images = [raw(name.encode(), data) for name, data in original("prot-none-1g").items()]
    archive = made(tmp_path / "a.tar", *images, images[0], raw(b"../x.img", b"y"))
    with tarfile.open(tmp_path / "long.tar", "w") as far:
        far.addfile(tarfile.TarInfo("d/" * 2500 + "x.img"))
    assert str(inside(tmp_path / "long.tar").problems[0]).endswith(
        "1 member left out: the name is longer than a path can be"
    )
    found = Report(Dump(archive), criu("4.2.1"), recorded_host).findings
    assert [(each.title, each.severity) for each in found] == [
        ("a.tar: 1 member left out: the name leads out of the archive", Severity.WARNING),
        ("a.tar: 1 member there twice: the later one counts", Severity.WARNING),
    ]


def test_members_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MEMBER_LIMIT", 100)
    archive = made(tmp_path / "a.tar", *(raw(b"core-%d.img" % n) for n in range(200)))
    assert len(archive.names()) == 100
    assert "more than 100 members" in str(archive.problems[0])


def test_a_cut_archive_keeps_what_precedes_the_cut(tmp_path: Path) -> None:
    place = build.images("every-kind", tmp_path / "dump")
    # Compressed in more than one block.
    (place / "zzz.img").write_bytes(random.Random(0).randbytes(3 << 20))
    whole = build.pack(place, tmp_path / "a.tar").read_bytes()
    for suffix, compress in build.COMPRESSIONS.items():
        data = compress(whole)
        cut = tmp_path / f"cut{suffix}"
        cut.write_bytes(data[: len(data) // 2])
        archive = inside(cut)
        problems = [str(problem) for problem in archive.problems]
        assert suffix == ".tar" or any("damaged" in problem and f"{cut.name}: byte" in problem for problem in problems)
        expected = contents(Directory(place))
        held = contents(archive)
        assert len(held) > 10
        assert all(expected[name].startswith(data) for name, data in held.items())


@pytest.mark.parametrize(("suffix", "behind"), [(".gz", 8), (".zst", 500), (".bz2", 8), (".xz", 500)])
def test_what_precedes_damage_is_kept_however_small_the_archive(tmp_path: Path, suffix: str, behind: int) -> None:
    """Damage so many bytes before the end: in a checksum, or in the last of several blocks."""
    place = build.images("prot-none-1g", tmp_path / "dump")
    (place / "zzz.img").write_bytes(
        b"".join(b"request %d took %d ms\n" % (n * n, n * 7919 % 977) for n in range(15_000))
    )
    data = bytearray(build.COMPRESSIONS[suffix](build.pack(place, tmp_path / "a.tar").read_bytes()))
    data[-behind : 4 - behind] = bytes(byte ^ 0xFF for byte in data[-behind : 4 - behind])
    damaged = tmp_path / f"damaged{suffix}"
    damaged.write_bytes(data)
    archive = inside(damaged)
    assert f"{damaged.name}: byte" in str(archive.problems[0])
    assert "damaged" in str(archive.problems[0])
    expected, held = contents(Directory(place)), contents(archive)
    assert {name: each for name, each in held.items() if name != "zzz.img"} == {
        name: each for name, each in expected.items() if name != "zzz.img"
    }
    assert len(held["zzz.img"]) > len(expected["zzz.img"]) // 2


@pytest.mark.parametrize("time", ["nan", "-inf", "1e400", "99999999999999999999", "x"])
def test_a_member_may_be_of_any_time(tmp_path: Path, time: str) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as packed:
        for name, data in (*original("prot-none-1g").items(), ("dump.log", b"(00.1) Error (criu/x.c:1): a\n")):
            member = tarfile.TarInfo(name)
            member.size, member.pax_headers = len(data), {"mtime": time}
            packed.addfile(member, io.BytesIO(data))
    print_all(tmp_path / "a.tar")


@pytest.mark.parametrize("suffix", [".gz", ".zst", ".bz2", ".xz"])
def test_a_bomb_is_not_read_beyond_its_ratio(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "KEPT_FREELY", 2 << 20)
    monkeypatch.setattr(spool, "KEPT_RATIO", 10)
    bomb = raw(b"inventory.img", b"x" * (40 << 20))
    (tmp_path / f"bomb{suffix}").write_bytes(build.COMPRESSIONS[suffix](bomb))
    archive = inside(tmp_path / f"bomb{suffix}")
    assert archive.members.file.size <= (2 << 20) + 10 * (tmp_path / f"bomb{suffix}").stat().st_size + decompress.PIECE
    assert "more than any dump compresses" in str(archive.problems[0])


def test_zeros_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MEMORY", 1 << 20)
    zeros = raw(b"pages-1.img", bytes(64 << 20)) + raw(b"inventory.img", b"x")
    (tmp_path / "a.zst").write_bytes(build.COMPRESSIONS[".zst"](zeros + bytes(1024)))
    archive = inside(tmp_path / "a.zst")
    assert archive.members.file.allocated <= 2 << 20
    assert archive.status("pages-1.img").size == 64 << 20
    assert archive.file("inventory.img").read_bytes() == b"x"


@given(st.lists(st.tuples(st.sampled_from([b"", b"\0", b"ab", b"\xff\x01\x02"]), st.integers(1, 1 << 18)), max_size=8))
@settings(max_examples=30, deadline=None)
def test_blocks_give_back_what_was_written(parts: list[tuple[bytes, int]]) -> None:
    random_bytes = random.Random(1).randbytes(1 << 18)
    whole = b"".join((unit * length if unit else random_bytes)[:length] for unit, length in parts)
    with tempfile.TemporaryFile() as file:
        held = BlockFile(os.dup(file.fileno()))
        for at in range(0, len(whole), 70_001):
            held.write(whole[at : at + 70_001])
        held.flush()
        assert held.read(0, len(whole) + 9) == whole
        for at in (0, BLOCK - 1, BLOCK, len(whole) // 2, max(0, len(whole) - 3), len(whole), len(whole) + BLOCK):
            assert held.read(at, 2 * BLOCK + 5) == whole[at : at + 2 * BLOCK + 5]
        held.close()


def test_opening_can_be_given_up(tmp_path: Path) -> None:
    packed = build.pack(DUMPS / "every-kind" / "dump", tmp_path / "a.gz")
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        opened(open_regular(packed), packed, progress)


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz"])
def test_what_cannot_be_opened_leaves_no_file_open(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor the temporary file that it was decompressed to."""
    packed = build.pack(DUMPS / "every-kind" / "dump", tmp_path / f"a{suffix}")
    twice = tmp_path / "twice.gz"
    twice.write_bytes(gzip.compress(gzip.compress(packed.read_bytes())))

    def given_up(*_: object) -> None:
        raise CancelledError

    monkeypatch.setattr(spool, "MEMORY", 1)
    monkeypatch.setattr(archive, "walk", given_up)
    before = os.listdir("/proc/self/fd")  # noqa: PTH208
    for path in (packed, twice):
        with pytest.raises(CancelledError):
            opened(open_regular(path), path, Progress())
    assert len(os.listdir("/proc/self/fd")) == len(before)  # noqa: PTH208


# Several checkpoints


def test_a_place_with_several_holds_them_all(tmp_path: Path) -> None:
    for name in ("a", "b"):
        build.podman(tmp_path / name)
    (tmp_path / "failed").mkdir()
    (tmp_path / "failed" / "dump4.log").write_text("(00.000000) Version: 4.2.1\n")
    build.pack(tmp_path / "a", tmp_path / "checkpoint-a.tar.gz")
    found = checkpoints(root(tmp_path, Progress()), Progress())
    assert [(each.source.path.relative_to(tmp_path).as_posix(), each.holding) for each in found.found] == [
        ("failed", Holding.LOG),
        ("a/checkpoint", Holding.DUMP),
        ("b/checkpoint", Holding.DUMP),
    ] or sorted(each.source.path.name for each in found.found) == ["checkpoint", "checkpoint", "failed"]
    assert [file.name for file in found.closed] == ["checkpoint-a.tar.gz"]


def test_a_shard_that_is_missing_is_said(tmp_path: Path) -> None:
    place = build.stream(tmp_path / "s", shards=3)
    (place / "img-1.img").unlink()
    source = only(place)
    assert "a shard is missing" in str(source.problems[0])


@pytest.mark.parametrize("packed", [False, True], ids=["directory", "archive"])
@pytest.mark.parametrize(
    ("links", "kept"),
    [
        ({"a": "../a"}, ["a", "b"]),
        ({"a": "../b", "b": "../a"}, ["a", "b"]),
        ({"a": "../b"}, ["a"]),
        ({"a": "../b", "b": "../b"}, ["a"]),
    ],
    ids=["itself", "each other", "parent", "parent of itself"],
)
def test_dumps_whose_parents_form_a_ring_are_found(
    tmp_path: Path, links: dict[str, str], kept: list[str], packed: bool
) -> None:
    for name in ("a", "b"):
        (tmp_path / "c" / name).mkdir(parents=True)
        (tmp_path / "c" / name / "inventory.img").write_bytes(b"x")
    for name, target in links.items():
        (tmp_path / "c" / name / "parent").symlink_to(target)
    place = tmp_path / "c"
    if packed:
        build.pack(place, tmp_path / "c.tar")
        place = tmp_path / "c.tar"
    found = checkpoints(root(place, Progress()), Progress())
    assert sorted(each.source.path.name for each in found.found) == kept

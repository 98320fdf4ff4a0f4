"""Mutated archives: headers of tar that lie, compressed bytes that are damaged, markers of streams that do not fit.

What is opened must be read without a crash, allocate no more than its bytes warrant, follow no
link out of the archive, and leave no file behind.
"""

from __future__ import annotations

import io
import os
import tarfile
from contextlib import suppress
from typing import TYPE_CHECKING

from criu_tui.core.base.progress import Progress
from criu_tui.core.dump.container import container_of, home_of
from criu_tui.core.dump.dump import Dump, NotADumpError
from criu_tui.core.dump.root_files import root_files
from criu_tui.core.report.arriving import lines
from criu_tui.core.report.listing import listed
from criu_tui.core.source.archive import NotAnArchiveError, opened
from criu_tui.core.source.arriving import Arrival
from criu_tui.core.source.directory import open_regular
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.members import Inside
from criu_tui.core.source.places import checkpoints

from tests.archives import build
from tests.fuzz.views import BrokenPromiseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from criu_tui.core.source.source import Source

SMALL = 8192
"""Bytes of the images that go into archives: headers are what is tried."""
SECRET = b"what lies outside the archive"
READ = 1 << 16
FILES_READ = 40
FORMS = (".tar", ".gz", ".zst", ".bz2", ".xz")
_BLOCK = 512
_NAMES = (
    b"./checkpoint/inventory.img", b"../secret", b"/etc/passwd", b"checkpoint/../../secret", b"parent", b"blobs/sha256",
    b"checkpoint", b"a/" * 40, b"\x1b]0;x\x07.img", b"", b"oci-layout", b"index.json", b"config.dump", b"c.tar",
)  # fmt: skip
_SIZES = (
    b"00000000000",
    b"77777777777",
    b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff",
    b"-0000000001",
    b"00000001000",
    b"x",
)


def open_archive(folder: Path, data: bytes) -> None:
    """Opens the bytes, compressed as the first one says, and reads what they hold."""
    form = FORMS[data[0] % len(FORMS)] if data else FORMS[0]
    path = folder / "checkpoint-pod_ns-ctr-2026-03-02T09:30:00Z.tar"
    path.write_bytes(build.COMPRESSIONS[form](data[1:]))
    (folder / "secret").write_bytes(SECRET)
    try:
        place = opened(open_regular(path), path, Progress())
    except (NotAnArchiveError, OSError, ImageError):
        return
    try:
        found = checkpoints(place, Progress())
        for each in found.found:
            _read(each.source)
        for row in listed(found):
            str(row.what)
        _arrive(path, place)
    finally:
        place.members.file.close()
    if sorted(os.listdir(folder)) != sorted((path.name, "secret")):  # noqa: PTH208
        raise BrokenPromiseError("a file was left behind")


def _arrive(path: Path, place: Inside) -> None:
    """Opens it while it is read: whatever has come is fit to look at, and all of it is the same in the end."""
    arrival = Arrival(open_regular(path), path, Progress())
    while True:
        ended = arrival.done()
        for _ in lines(arrival):
            pass
        dump = arrival.dump_so_far()
        if dump is not None:
            with suppress(NotADumpError):
                _ = Dump(dump).problems
        if ended:
            break
        arrival.done(0.01)
    whole = arrival.whole()
    same = list(whole.members.files()) == list(place.members.files())
    if not same or [*map(str, whole.problems)] != [*map(str, place.problems)]:
        raise BrokenPromiseError("what is read behind the screen is not what is read at once")
    whole.members.file.close()


def _read(source: Source) -> None:
    for name in sorted(source.names())[:FILES_READ]:
        source.link(name)
        with suppress(OSError, ValueError):
            source.status(name)
            source.status(name, follow=False)
        with suppress(ImageError, OSError), source.open(name) as file:
            data = file.read_at(0, READ) + file.read_at(max(0, file.size - READ), READ)
            if SECRET in data:
                raise BrokenPromiseError("what lies outside the archive was read")
            file.data_from(0)
            file.hole_from(0)
        with suppress(OSError, ValueError):
            inner = source.sub(name)
            if not isinstance(inner, Inside):
                raise BrokenPromiseError("a link led out of the archive")
    container_of(source)
    home = home_of(source)
    if home is not None:
        root_files(home)
    with suppress(NotADumpError):
        dump = Dump(source)
        _ = dump.files, dump.parent, dump.problems
        for pid in list(dump.pids)[:3]:
            dump.address_space(pid)


def seeds(folder: Path) -> Iterator[bytes]:
    """An archive of each layout, plain or compressed; the first byte chooses what is compressed over it."""
    for number, make in enumerate((build.podman, build.oci, build.pod, build.with_parent, _streamed)):
        place = make(folder / f"seed-{number}")
        for path in place.rglob("*"):
            if path.is_file() and path.stat().st_size > SMALL and path.suffix != ".tar" and "blobs" not in path.parts:
                os.truncate(path, SMALL)
        if make is _streamed:
            yield b"\0" + (place / "img-0.img").read_bytes()[: 16 * SMALL]
            continue
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
            archive.add(place, ".")
        yield b"\0" + plain.getvalue()
        for form in FORMS[1:]:
            yield b"\0" + build.COMPRESSIONS[form](plain.getvalue())


def _streamed(place: Path) -> Path:
    return build.stream(place)


def mutate_archive(data: bytes, random: Random) -> bytes:
    """An archive changed in one to three ways."""
    for _ in range(random.choice((1, 1, 2, 3))):
        data = _in_header(data, random) if _is_plain(data) and random.random() < 0.7 else _in_bytes(data, random)
    return data


def _is_plain(data: bytes) -> bool:
    return len(data) >= _BLOCK and data[257:262] == b"ustar"


def _in_header(data: bytes, random: Random) -> bytes:
    starts = [at for at in range(0, len(data) - _BLOCK + 1, _BLOCK) if data[at + 257 : at + 262] == b"ustar"]
    at = random.choice(starts)
    header = bytearray(data[at : at + _BLOCK])
    match random.randrange(6):
        case 0:
            header[:100] = random.choice(_NAMES).ljust(100, b"\0")[:100]
        case 1:
            header[124:136] = random.choice(_SIZES).ljust(12, b"\0")[:12]
        case 2:
            header[156] = random.choice(b"0123456789LKxgSVM\0")
        case 3:
            header[157:257] = random.choice(_NAMES).ljust(100, b"\0")[:100]
            header[156] = random.choice(b"12")
        case 4:
            other = random.choice(starts)
            header[:] = data[other : other + _BLOCK]
        case _:
            header[random.randrange(_BLOCK)] = random.randrange(256)
    if random.random() < 0.9:
        header[148:156] = b"        "
        header[148:156] = b"%06o\0 " % sum(header)
    return data[:at] + bytes(header) + data[at + _BLOCK :]


def _in_bytes(data: bytes, random: Random) -> bytes:
    if not data:
        return random.randbytes(8)
    at = random.randrange(len(data))
    match random.randrange(5):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + random.randbytes(random.choice((1, 4, 512))) + data[at:]
        case 2:
            end = min(len(data), at + random.choice((1, 4, 512, 4096)))
            return data[:at] + data[end:]
        case 3:
            return data[:at] + bytes(512) + data[at + 512 :]
        case _:
            return data[:at] + bytes((random.randrange(256),)) + data[at + 1 :]

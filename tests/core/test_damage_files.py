"""What the file system can do to a dump: odd files, files that change, no permission, no writing."""

from __future__ import annotations

import os
import random
import shutil
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.cli import main
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import framing, images, kinds, messages
from criu_tui.core.images.schema import pstree_pb2
from criu_tui.core.logs.places import find_logs
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.report import printed
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.source.directory import is_regular, open_regular
from criu_tui.core.source.error import ImageError

from tests.conftest import DUMPS
from tests.fuzz.views import VIEWS, print_all, print_view
from tests.pseudo_terminal import ALTERNATE_SCREEN, OURS, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.restore.host import Host

SOURCE = DUMPS / "prot-none-1g" / "dump"
PID = 24417
ROUNDS = 16
"""How often every view is printed while files change."""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A copy of a healthy dump."""
    return Path(shutil.copytree(SOURCE, tmp_path / "dump"))


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        # A socket's name has 107 bytes at most.
        os.chdir(path.parent)
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


ODD: dict[str, Callable[[Path], None]] = {
    "fifo": lambda path: os.mkfifo(path),
    "socket": bind,
    "device": lambda path: os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5)),
    "directory": lambda path: path.mkdir(),
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
    "link to a directory": lambda path: path.symlink_to("/"),
    "link to itself": lambda path: path.symlink_to(path.name),
    "link to nothing": lambda path: path.symlink_to("nowhere"),
    "link to memory": lambda path: path.symlink_to("/proc/self/mem"),
    "link to what never ends": lambda path: path.symlink_to("/proc/self/pagemap"),
    "sparse": lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 1 << 43),
    "empty": lambda path: path.touch(),
}
IMAGES = (
    "inventory.img", "pstree.img", f"core-{PID}.img", f"mm-{PID}.img", f"pagemap-{PID}.img", "files.img", "dump.log",
    "pages-1.img", f"ids-{PID}.img", "timens-0.img",
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_every_image_as_something_else(directory: Path, recorded_host: Host, odd: str) -> None:
    for number, name in enumerate(IMAGES):
        path = directory / name
        path.unlink()
        ODD[odd](path)
        print_all(directory, tuple(view for at, view in enumerate(VIEWS) if at % len(IMAGES) == number))
        if name.startswith(("pstree", "core", "mm-", "pagemap-")):
            report = Report(Dump(directory), criu("4.2.1"), recorded_host)
            assert any(name in finding.why for finding in report.findings)
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        shutil.copy(SOURCE / name, path)


def test_a_device_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To some devices, such as a watchdog, being opened is an order."""
    (tmp_path / "core-1.img").symlink_to("/dev/null")
    opened: list[object] = []
    monkeypatch.setattr(os, "open", lambda path, *_: opened.append(path))
    with pytest.raises(ImageError, match="not a regular file"):
        open_regular(tmp_path / "core-1.img")
    assert opened == []


def test_every_name_that_is_a_fifo_at_once(tmp_path: Path) -> None:
    for name in (*IMAGES, "parent", "restore.log"):
        os.mkfifo(tmp_path / name)
    print_all(tmp_path)


# Files that change


def test_an_image_that_shrinks_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [pstree_pb2.pstree_entry(pid=pid, ppid=0, pgid=1, sid=1) for pid in range(20_000)]
    path = tmp_path / "pstree.img"
    path.write_bytes(framing.encode(kinds.PSTREE, entries))
    whole = path.stat().st_size
    parse_many = messages.parse_many

    def shrink(*parsed: object) -> object:
        if path.stat().st_size == whole:
            os.truncate(path, whole // 2)
        return parse_many(*parsed)  # type: ignore[arg-type]

    monkeypatch.setattr(images, "parse_many", shrink)
    image = images.read_entries(path, kinds.PSTREE, pstree_pb2.pstree_entry)
    assert image.error is not None
    assert image.error.offset is not None
    assert image.error.offset <= whole // 2 < image.error.offset + 16
    assert [entry.pid for entry in image.entries] == list(range(len(image.entries)))


def test_a_pages_file_that_shrinks_and_vanishes(directory: Path) -> None:
    dump = Dump(directory)
    entry = pagemap_of(dump, PID).entry(len(pagemap_of(dump, PID)) - 1)
    with PageBytes(dump) as contents:
        assert contents.read(PID, entry.start) is not None
        os.truncate(directory / "pages-1.img", 4096)
        with pytest.raises(ImageError, match=r"pages-1\.img: byte \d+: the file ends before"):
            contents.read(PID, entry.start)
        (directory / "pages-1.img").unlink()
    with PageBytes(dump) as contents, pytest.raises(ImageError, match="no such file"):
        contents.read(PID, entry.start)


def test_files_that_change_all_the_time(directory: Path) -> None:
    done = threading.Event()
    names = [*IMAGES, "parent"]

    def disturb() -> None:
        chance = random.Random(0)
        while not done.wait(0.001):
            path = directory / chance.choice(names)
            match chance.randrange(4):
                case 0:
                    path.unlink(missing_ok=True)
                case 1 if path.name != "parent":
                    shutil.copy(SOURCE / path.name, path)
                case 2 if is_regular(path):
                    os.truncate(path, chance.randrange(1 << 16))
                case _:
                    (directory / "parent").unlink(missing_ok=True)
                    (directory / "parent").symlink_to(chance.choice((".", "..", "/", "x" * 300)))

    disturbing = threading.Thread(target=disturb)
    disturbing.start()
    try:
        for view in VIEWS * ROUNDS:
            print_view(directory, *view)
    finally:
        done.set()
        disturbing.join()


# The link `parent`


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (".", "parent-dangling"),
        ("../dump", "parent-dangling"),
        ("nowhere", "parent-dangling"),
        ("parent", "parent-dangling"),
        ("/", "parent-absolute"),
        ("/dev/zero", "parent-dangling"),
    ],
)
def test_parent_links(directory: Path, recorded_host: Host, target: str, expected: str) -> None:
    (directory / "parent").symlink_to(target)
    assert expected in {finding.id for finding in Report(Dump(directory), criu("4.2.1"), recorded_host).findings}
    print_all(directory)


@pytest.mark.parametrize("text", ["", "/", "x" * 5000, "a\0b", "\x1b]52;c;a\x07", "../" * 2000])
def test_parent_as_text(directory: Path, text: str) -> None:
    (directory / "parent").write_text(text)
    dump = Dump(directory)
    assert dump.parent is None
    assert [problem.file for problem in dump.problems] == ["parent"]
    print_all(directory)


def test_parents_in_a_ring_end(tmp_path: Path, recorded_host: Host) -> None:
    source = DUMPS / "incremental" / "dump"
    for number in range(3):
        shutil.copytree(source, tmp_path / str(number), symlinks=True)
        (tmp_path / str(number) / "parent").unlink()
        (tmp_path / str(number) / "parent").symlink_to(f"../{(number + 1) % 3}")
    dump = Dump(tmp_path / "0")
    assert dump.parent is not None
    assert dump.parent.parent is not None
    assert dump.parent.parent.parent is None
    assert "parent: the links form a ring: it leads back to a dump before it" in map(str, dump.parent.parent.problems)
    found = {finding.id for finding in Report(dump, criu("4.2.1"), recorded_host).findings}
    assert "parent-page-missing" in found
    print_all(tmp_path / "0")


def test_a_chain_longer_than_is_followed(tmp_path: Path) -> None:
    for number in range(140):
        directory = tmp_path / str(number)
        shutil.copytree(DUMPS / "incremental" / "dump", directory, symlinks=True)
        (directory / "parent").unlink()
        (directory / "parent").symlink_to(f"../{number + 1}")
    depth, dump = 0, Dump(tmp_path / "0")
    while dump.parent is not None:
        depth, dump = depth + 1, dump.parent
    assert depth == 128
    assert [str(problem) for problem in dump.problems] == ["parent: more than 128 parent dumps"]
    print_all(tmp_path / "0")


# Permission and writing


def test_what_another_user_may_not_read_is_said(directory: Path) -> None:
    """Root may read all: the process becomes nobody, or is no root to begin with."""
    (directory / f"mm-{PID}.img").chmod(0)
    (directory / "dump.log").chmod(0)
    script = f"""
import contextlib, io, os, sys
from criu_tui.cli import main
import criu_tui.core.report, criu_tui.core.report.printed, criu_tui.core.pages.search, json, encodings.idna
with contextlib.redirect_stdout(io.StringIO()):
    main(["--print", "findings", {str(directory)!r}])  # all that is imported late is now
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(main(["--print", "findings", {str(directory)!r}]))
"""
    for folder in (directory, *directory.parents):
        if folder == Path(os.environ.get("TMPDIR", "/tmp")):
            break
        folder.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"mm-{PID}.img: permission denied" in done.stdout
    assert "dump.log: permission denied" in done.stdout


def snapshot(directory: Path) -> dict[str, tuple[int, ...]]:
    """All of stat(2) but the times of access, of everything below a directory."""
    found: dict[str, tuple[int, ...]] = {}
    for path in (directory, *directory.rglob("*")):
        s = path.lstat()
        owner = (s.st_mode, s.st_ino, s.st_nlink, s.st_uid, s.st_gid)
        found[str(path)] = (*owner, s.st_size, s.st_mtime_ns, s.st_ctime_ns)
    return found


@pytest.mark.parametrize("name", ["every-kind", "incremental", "userns-no-map"])
def test_nothing_is_written_below_a_dump(tmp_path: Path, name: str) -> None:
    shutil.copytree(DUMPS / name, tmp_path / name, symlinks=True)
    before = snapshot(tmp_path)
    print_all(tmp_path / name / "dump")
    with Terminal([*OURS, str(tmp_path / name / "dump")]) as terminal:
        terminal.wait_for(ALTERNATE_SCREEN)
        terminal.settle()
        for key in "12345678tjjGfvcz?":
            terminal.press(key)
        terminal.press("\x1b")
        terminal.press("q")
        assert terminal.status() == 0
    assert snapshot(tmp_path) == before
    # Logs may lie beside the images; a dump is not opened from a directory within.
    assert find_logs(tmp_path / name / "dump")


def test_a_read_only_file_system(tmp_path: Path) -> None:
    read_only = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && ! touch "$0/x"'
    command = ["unshare", "--mount", "sh", "-c", f'{read_only} && exec "{sys.executable}" "$@"', str(tmp_path)]
    shutil.copytree(SOURCE, tmp_path / "dump")
    done = subprocess.run(
        [*command, "-m", "criu_tui", "--print", "findings", str(tmp_path / "dump")],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    if "not permitted" in done.stderr and not os.environ.get("CI"):
        pytest.skip("may not mount here")
    assert (done.returncode, done.stdout.startswith("no findings")) == (0, True), done.stderr


def test_files_that_are_not_any_more_what_they_were_are_told_of(
    directory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read ones whatever happens to them, others once somebody has remembered what they were."""
    dump = Dump(directory)
    assert dump.look_for_changes() == ()
    unread = next(name for name in sorted(dump.files_listed) if name.startswith("fs-"))
    (directory / unread).write_bytes(b"before anybody looked")
    assert dump.look_for_changes() == ()
    dump.remember_files()
    # As long as before, by another file of that name.
    whole = (directory / "inventory.img").read_bytes()
    (directory / "new").write_bytes(whole)
    (directory / "new").rename(directory / "inventory.img")
    assert dump.look_for_changes() == ("inventory.img",)
    (directory / unread).unlink()
    assert dump.look_for_changes() == (unread, "inventory.img")
    # What is printed says it, where it happens while it is being made.
    made = printed._text

    def changing(*rest: object) -> Iterator[str]:
        yield from made(*rest)  # type: ignore[arg-type]
        (directory / "pstree.img").write_bytes((directory / "pstree.img").read_bytes() + b"more")

    monkeypatch.setattr(printed, "_text", changing)
    assert main(["--print", "maps", str(directory)]) == 0
    assert "warning: changed on disk since it was opened: pstree.img" in capsys.readouterr().out

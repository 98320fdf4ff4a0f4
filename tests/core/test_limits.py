"""What a checkpoint may cost, and which files a directory gives under which names."""

from __future__ import annotations

import os
import shutil
from random import Random
from typing import TYPE_CHECKING

import pytest
from criu_tui.cli import main
from criu_tui.core.base.limits import REPEATED_LIMIT
from criu_tui.core.base.text import display_safe
from criu_tui.core.dump.descriptors import descriptors, holders
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import U32, encode
from criu_tui.core.images.schema import cgroup_pb2, fdinfo_pb2, mm_pb2
from criu_tui.core.source.directory import Directory
from criu_tui.core.source.error import ImageError, LeftOutError

from tests.conftest import DUMPS
from tests.fuzz.compositions import MEMORY, SECONDS, cost, many_tasks, on_disk, pagemap_claims_more
from tests.fuzz.scale import SCALES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", tmp_path / "dump", symlinks=True)
    return tmp_path / "dump"


class Largest(Random):
    """Always the most there is to choose."""

    def choice(self, seq):  # type: ignore[no-untyped-def]
        return seq[-1]


class Fixed(Random):
    """Always one choice."""

    def __init__(self, chosen: int) -> None:
        super().__init__()
        self._chosen = chosen

    def choice(self, seq):  # type: ignore[no-untyped-def]
        return self._chosen


def a_name_that_3000_repeat(dump: Path) -> None:
    perms = cgroup_pb2.cgroup_perms(mode=0o755, uid=0, gid=0)
    below = [cgroup_pb2.cgroup_dir_entry(dir_name=str(number), dir_perms=perms) for number in range(3000)]
    top = cgroup_pb2.cgroup_dir_entry(dir_name="n" * (1 << 20), children=below, dir_perms=perms)
    controller = cgroup_pb2.cg_controller_entry(cnames=["c" * (1 << 20)], dirs=[top])
    entry = cgroup_pb2.cgroup_entry(controllers=[controller])
    (dump / "cgroup.img").write_bytes(encode(kinds.CGROUP, [entry]))


def an_entry_of_a_hole(dump: Path) -> None:
    pagemap_claims_more(dump, Largest())


def links_to_few_files(dump: Path) -> None:
    """A hundred tasks or more, all with the 16,000 VMAs of one."""
    image = next(iter(dump.glob("mm-*.img")))
    data = image.read_bytes()
    mm = mm_pb2.mm_entry.FromString(data[12 : 12 + U32.unpack_from(data, 8)[0]])
    for number in range(16_000):
        vma = mm.vmas.add()
        vma.CopyFrom(mm.vmas[0])
        vma.start = (1 << 32) + number * 8192
        vma.end = vma.start + 4096
    image.write_bytes(encode(kinds.MM, [mm]))
    many_tasks(dump, Largest())


@pytest.mark.parametrize("make", [a_name_that_3000_repeat, an_entry_of_a_hole, links_to_few_files])
def test_memory_and_time_follow_the_bytes_on_disk(dump: Path, make: Callable[[Path], None]) -> None:
    make(dump)
    for view in ("findings", "summary", "ids", "plan", "files", "task"):
        found = cost(dump, (view,))
        assert found.status == 0
        assert found.peak < on_disk(dump) + MEMORY, view
        assert found.seconds < SECONDS, view


@pytest.mark.parametrize(
    ("kind", "count", "said"),
    [
        ("tasks", 20_000, "more than 16,384 tasks: the others are not shown"),
        ("threads", 70_000, "more than 65,536 threads: the others are not shown"),
        ("vmas", 80_000, "80,000 VMAs: those after 65,536 are left out"),
        ("files", 5_000, ""),
        ("extents", 1_000, "1,000 extents in a map: those after 341 are not read"),
        ("long-line", 64 << 20, ""),
        ("lines", 100_000, ""),
    ],
)
def test_as_many_as_there_may_be_stay_within_the_budget(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, count: int, said: str
) -> None:
    """Beyond the limits; tests/fuzz/scale.py has the same by the million."""
    SCALES[kind].make(tmp_path, count)
    for view in ("findings", SCALES[kind].views[0]):
        found = cost(tmp_path, (view,))
        assert found.status == 0
        assert found.peak < on_disk(tmp_path) + MEMORY, view
    assert main(["--print", "findings", str(tmp_path)]) == 0
    assert said in capsys.readouterr().out


def test_what_is_left_out_is_said(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    links_to_few_files(dump)
    assert main(["--print", "findings", str(dump)]) == 0
    assert "the same file as mm-" in capsys.readouterr().out


def test_other_names_of_a_file_are_read_up_to_a_limit(tmp_path: Path) -> None:
    half = REPEATED_LIMIT // 2
    (tmp_path / "mm-1.img").write_bytes(bytes(half))
    for number in (2, 3, 4):
        os.link(tmp_path / "mm-1.img", tmp_path / f"mm-{number}.img")
    (tmp_path / "mm-5.img").symlink_to("mm-1.img")
    source = Directory(tmp_path)
    for name in ("mm-1.img", "mm-2.img", "mm-3.img"):
        source.open(name).close()
    for name in ("mm-4.img", "mm-5.img"):
        with pytest.raises(ImageError, match="the same file as mm-1"):
            source.open(name)
    # A copy of a whole dump by hard links repeats nothing within it.
    (tmp_path / "copy").mkdir()
    os.link(tmp_path / "mm-1.img", tmp_path / "copy" / "mm-1.img")
    Directory(tmp_path / "copy").open("mm-1.img").close()


def test_a_table_of_descriptors_that_many_tasks_share_is_listed_so_often(dump: Path) -> None:
    """Three tasks with one table of 40,000: the first always has it, a second within the limit of 65,536."""
    many_tasks(dump, Fixed(3))
    table = next(dump.glob("fdinfo-*.img"))
    held = [fdinfo_pb2.fdinfo_entry(id=1, flags=0, type=fdinfo_pb2.REG, fd=fd) for fd in range(40_000)]
    table.write_bytes(encode(kinds.FDINFO, held))
    opened = Dump(dump)
    # Whoever is asked for first, and again.
    for _ in range(2):
        assert [len(descriptors(opened, pid)) for pid in (1002, 1000, 1001)] == [40_000, 40_000, 0]
    assert {fd for holders_ in holders(opened).values() for pid, fd in holders_ if pid == 1000} >= set(range(40_000))
    assert [(problem.file, type(problem)) for problem in opened.problems] == [(table.name, LeftOutError)]


def test_links_out_of_a_dump_are_followed_only_when_asked(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = dump.parent / "secret"
    secret.write_text("(00.000001) Error (criu/x.c:1): a line of another file\n")
    (dump / "dump.log").unlink()
    (dump / "dump.log").symlink_to(secret)
    pages = next(iter(dump.glob("pages-*.img")))
    pages.rename(dump.parent / "elsewhere.img")
    pages.symlink_to("../elsewhere.img")
    inside = next(iter(dump.glob("mm-*.img")))
    inside.rename(dump / "renamed.img")
    inside.symlink_to("renamed.img")
    for view in ("log", "findings"):
        assert main(["--print", view, str(dump)]) == 0
        said = capsys.readouterr().out
        assert "a line of another file" not in said
        assert f"a link to {secret}, outside of the dump: not followed (--follow-links)" in said
    # Also where no view has read it, and none of them would say so.
    assert f"dump.log -> {display_safe(str(secret), 80)}, {pages.name} -> ../elsewhere.img: symbolic links" in said
    assert main(["--print", "findings", "--follow-links", str(dump)]) == 0
    assert "symbolic links" not in capsys.readouterr().out
    assert main(["--print", "coverage", "--contents", str(dump)]) == 0
    assert "a link to ../elsewhere.img, outside of the dump" in capsys.readouterr().out
    assert main(["--print", "log", "--follow-links", str(dump)]) == 0
    assert "a line of another file" in capsys.readouterr().out
    # Within the dump links are as good as names.
    assert main(["--print", "maps", str(dump)]) == 0
    assert f"warning: {inside.name}" not in capsys.readouterr().out

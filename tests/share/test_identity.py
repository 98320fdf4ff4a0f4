"""The same checkpoint is known again wherever it lies, and another is told from it."""

from __future__ import annotations

import shutil
import tarfile
from typing import TYPE_CHECKING

from criu_tui.core.base.progress import Progress
from criu_tui.core.dump.dump import Dump
from criu_tui.core.source.places import checkpoints, root
from criu_tui.share.fields import LABEL_SIZE, safe
from criu_tui.share.identity import identity

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

DUMP = DUMPS / "prot-none-1g" / "dump"


def copied(tmp_path: Path) -> Path:
    return shutil.copytree(DUMP, tmp_path / "copy")


def test_a_copy_is_the_same_also_in_an_archive(tmp_path: Path) -> None:
    known = identity(Dump(DUMP))
    copy = copied(tmp_path)
    (copy / "restore.log").write_text("beside the images, so nothing of them\n")
    assert identity(Dump(copy)) == known
    with tarfile.open(tmp_path / "copy.tar", "w") as archive:
        archive.add(copy, "checkpoint")
    progress = Progress("")
    found = checkpoints(root(tmp_path / "copy.tar", progress), progress).found
    assert [identity(Dump(each.source)) for each in found] == [known]
    assert safe(known, LABEL_SIZE) == known


def test_each_recorded_dump_is_another() -> None:
    """Two of them have the same run id, since one is the other split in two."""
    places = sorted(path.parent for path in DUMPS.glob("*/dump/inventory.img"))
    assert len({Dump(place).run_id for place in places}) < len(places)
    assert len({identity(Dump(place)) for place in places}) == len(places)


def test_what_makes_it_another(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    seen = {identity(Dump(copy))}

    def another() -> None:
        found = identity(Dump(copy))
        assert found not in seen
        seen.add(found)

    tree = bytearray((copy / "pstree.img").read_bytes())
    tree[-1] ^= 1
    (copy / "pstree.img").write_bytes(tree)
    another()
    with (copy / "pages-1.img").open("ab") as pages:
        pages.write(b"\0")
    another()
    (copy / "inventory.img").unlink()
    another()
    (copy / "pstree.img").unlink()
    another()


def test_a_failed_dump_of_a_log_alone_has_one_too() -> None:
    assert identity(Dump(DUMPS / "userns-no-map" / "dump")).startswith("digest:")

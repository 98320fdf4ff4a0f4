"""Compressed pages that our encoder writes, undone by CRIU's own crit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.compressed import compress
from tests.conftest import DUMPS

pytestmark = pytest.mark.real

DUMPED = ("every-kind", "prot-none-1g-fork", "random-2-fork")


@pytest.fixture
def packages() -> Path:
    """Where the crit of CRIU 4.3 lies; the test is skipped without it, and fails under CI."""
    found = Path(os.environ.get("CRIU_TUI_CRIT", "/nowhere"), "4.3/usr/lib/python3/dist-packages")
    if not (found / "crit").is_dir():
        reason = "no crit 4.3: set CRIU_TUI_CRIT to the DIRECTORY of .ci/provide-criu"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def pages(directory: Path) -> dict[str, bytes]:
    """The pages files of a dump that hold anything; crit leaves out the others."""
    return {path.name: data for path in sorted(directory.glob("pages-*.img")) if (data := path.read_bytes())}


@pytest.mark.parametrize("pages_per_block", [1, 4, 64, 1024])
@pytest.mark.parametrize("name", DUMPED)
def test_crit_undoes_what_the_encoder_packs(packages: Path, tmp_path: Path, name: str, pages_per_block: int) -> None:
    seed = int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}")
    packed = tmp_path / "packed"
    shutil.copytree(DUMPS / name / "dump", packed)
    before = pages(packed)
    compress(packed, pages_per_block, None if pages_per_block == 1 else Random(seed))
    assert pages(packed) != before
    command = [sys.executable, "-m", "crit", "decompress", "--in-place", str(packed)]
    # What crit needs is installed with what the tests need.
    with_crit = os.environ | {"PYTHONPATH": str(packages)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=with_crit)
    assert done.returncode == 0, done.stderr
    assert pages(packed) == before

"""The engine's own way to restore what it checkpointed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.cli import main

from tests.archives.build import LAYOUTS
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

BY_ENGINE = {
    "podman": "podman container restore --import ARCHIVE",
    "docker": "docker start --checkpoint CHECKPOINT CONTAINER",
}


@pytest.mark.parametrize("layout", sorted(LAYOUTS.keys() & {"podman", "docker", "crio", "containerd"}))
def test_what_an_engine_made_it_restores(tmp_path: Path, capsys: pytest.CaptureFixture[str], layout: str) -> None:
    place = LAYOUTS[layout](tmp_path / "place")
    assert main(["--print", "checks", "--no-host-checks", "--format", "json", str(place)]) == 0
    assert json.loads(capsys.readouterr().out)["engine_command"] == BY_ENGINE.get(layout)


def test_a_runtime_is_known_by_what_it_leaves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images = tmp_path / "its images"
    shutil.copytree(DUMPS / "random-1" / "dump", images)
    assert main(["--print", "checks", "--no-host-checks", str(images)]) == 0
    assert "by what made it" not in capsys.readouterr().out
    (images / "descriptors.json").write_text('["/dev/null","pipe:[1]","pipe:[2]"]')
    assert main(["--print", "checks", "--no-host-checks", str(images)]) == 0
    assert f"runc restore --image-path '{images}' --bundle BUNDLE NAME" in capsys.readouterr().out

"""The core works on a machine without Textual."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import DUMPS

SCRIPT = """
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("textual", "rich"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
import criu_tui.core
for module in pkgutil.walk_packages(criu_tui.core.__path__, "criu_tui.core."):
    importlib.import_module(module.name)
from criu_tui.cli import main
for pane in ("summary", "maps", "coverage", "plan", "ids"):
    assert main(["--print", pane, sys.argv[1]]) == 0
assert not {"textual", "rich"} & {name.split(".")[0] for name in sys.modules}
"""


def test_core_and_printing_need_no_textual() -> None:
    dump = DUMPS / "prot-none-400g" / "dump"
    done = subprocess.run([sys.executable, "-c", SCRIPT, dump], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "7e8661200000" in done.stdout


COSTLY = """
import sys

import pytest
from criu_tui.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sorted({"textual", "rich", "numpy", "google"} & {name.split(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize(
    ("arguments", "imported"),
    [
        (("--help",), set()),
        (("--version",), set()),
        (("--print", "maps", str(DUMPS / "random-1" / "dump")), {"google"}),
        (("--print", "plan", str(DUMPS / "random-1" / "dump")), {"google"}),
    ],
)
def test_nothing_costly_is_imported_before_it_is_needed(arguments: tuple[str, ...], imported: set[str]) -> None:
    done = subprocess.run([sys.executable, "-c", COSTLY, *arguments], capture_output=True, text=True, check=True)
    assert set(done.stdout.splitlines()[-1].split()) <= imported


@pytest.mark.parametrize("pane", ["findings", "ids", "maps"])
def test_every_implementation_of_protobuf_reads_the_same(pane: str) -> None:
    """Wheels for uncommon machines have the one in Python alone."""
    command = [sys.executable, "-m", "criu_tui", "--print", pane, str(DUMPS / "every-kind" / "dump")]
    printed = {
        kind: subprocess.run(
            command,
            env={**os.environ, "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": kind},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for kind in ("upb", "python")
    }
    assert printed["python"] == printed["upb"] != ""


START = """
import sys
from criu_tui.cli import main
assert main(["--print", "maps", sys.argv[1]]) == 0
assert "google.protobuf.internal.python_message" not in sys.modules
"""


def test_messages_in_python_are_left_out_where_there_are_faster_ones() -> None:
    dump = DUMPS / "random-1" / "dump"
    done = subprocess.run([sys.executable, "-c", START, dump], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

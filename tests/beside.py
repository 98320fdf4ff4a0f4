"""A writer beside an open app: `python -m tests.beside [--seconds N] [--seed N] [DUMP]`.

Images are cut, emptied, grown, replaced, exchanged and removed, and put back, while keys are pressed in the app. It
ends nothing, shows no bug, and says that files have changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.conftest import DUMPS
from tests.monkey import KEYS
from tests.pseudo_terminal import ALTERNATE_SCREEN, OURS, Terminal, plain

if TYPE_CHECKING:
    from collections.abc import Callable

PRESSED = [key for key in KEYS if key != "\xff"]
CHANGED = "changed on disk"
"""What the app says."""


class Writer:
    """Does one thing after another to the files of a directory, and puts each back as it was."""

    def __init__(self, directory: Path, random: Random) -> None:
        self._whole = {path: path.read_bytes() for path in sorted(directory.iterdir()) if path.is_file()}
        self._random = random
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self.deeds = 0

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._stop.is_set():
            path = self._random.choice(list(self._whole))
            self._random.choice(DEEDS)(path, self._whole[path], self._random.choice(list(self._whole.values())))
            time.sleep(self._random.choice((0.0, 0.002, 0.02, 0.2)))
            _replace(path, self._whole[path], b"")
            self.deeds += 1


def _cut(path: Path, data: bytes, _: bytes) -> None:
    os.truncate(path, len(data) // 2)


def _empty(path: Path, *_: bytes) -> None:
    os.truncate(path, 0)


def _zeros(path: Path, data: bytes, _: bytes) -> None:
    path.write_bytes(bytes(len(data)))


def _grow(path: Path, data: bytes, _: bytes) -> None:
    with path.open("ab") as file:
        file.write(data[-4096:] * 16)


def _hole(path: Path, *_: bytes) -> None:
    os.truncate(path, 1 << 40)


def _write_other(path: Path, _: bytes, other: bytes) -> None:
    path.write_bytes(other)


def _replace(path: Path, data: bytes, other: bytes) -> None:
    made = path.with_name(".new")
    made.write_bytes(other or data)
    made.rename(path)


def _remove(path: Path, *_: bytes) -> None:
    path.unlink(missing_ok=True)


def _directory(path: Path, *_: bytes) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()
    path.rmdir()


DEEDS: tuple[Callable[[Path, bytes, bytes], None], ...] = (
    *(_cut, _empty, _zeros, _grow, _hole, _write_other, _replace, _remove, _directory),
)


def played(dump: Path, seconds: float, random: Random) -> int:
    """What the writer did in so many seconds, a key pressed all the while. Raises AssertionError."""
    with tempfile.TemporaryDirectory(prefix="beside-") as folder:
        directory = Path(folder) / "dump"
        shutil.copytree(dump, directory)
        with Terminal(["env", "-C", folder, *OURS, str(directory)], (100, 30)) as terminal:
            terminal.wait_for(ALTERNATE_SCREEN)
            terminal.settle(1.0)
            end = time.monotonic() + seconds
            with Writer(directory, random) as writer:
                while time.monotonic() < end:
                    os.write(terminal.master, random.choice(PRESSED).encode())
                    if not random.randrange(20):
                        os.write(terminal.master, b"\x1b")
                    terminal.read(random.choice((0.0, 0.01, 0.05)))
                    if not random.randrange(50):
                        # Each key is carried out for itself: on a busy machine they come faster than that.
                        terminal.settle()
                    assert terminal.process.poll() is None, "the app has ended"
                    assert b"a bug in criu-tui" not in terminal.output, plain(bytes(terminal.output[-3000:]))
                    assert b"Traceback" not in terminal.output
            for _ in range(3):
                terminal.press("\x1b")
            terminal.shows(CHANGED)
            terminal.press("\x03")
            terminal.press("\x03")
            assert terminal.status() == 0
            terminal.assert_restored()
        return writer.deeds


def main() -> int:
    """Exit status 1 when something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.beside")
    parser.add_argument("dump", nargs="?", type=Path, default=DUMPS / "random-2-fork" / "dump")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, help="default: a fresh one, which is printed")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "little")
    print(f"seed {seed}", flush=True)
    try:
        deeds = played(options.dump, options.seconds, Random(seed))
    except AssertionError as error:
        print(error)
        return 1
    print(f"{deeds} changes to files in {options.seconds:.0f} s, nothing went wrong")
    return 0


if __name__ == "__main__":
    sys.exit(main())

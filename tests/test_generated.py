"""The schema's modules are made while a program may run from the same folder."""

from __future__ import annotations

import runpy
from pathlib import Path
from threading import Event, Thread

put = runpy.run_path(str(Path(__file__).parents[1] / "proto" / "generate.py"))["put"]


def test_what_is_the_same_stays_and_what_is_made_no_more_goes(tmp_path: Path) -> None:
    put(tmp_path, {"core_pb2.py": "CORE = 1\n", "mm_pb2.py": "MM = 1\n", "gone_pb2.pyi": "GONE: int\n"})
    (tmp_path / "__init__.py").write_text("")
    before = (tmp_path / "core_pb2.py").stat()
    put(tmp_path, {"core_pb2.py": "CORE = 1\n", "mm_pb2.py": "MM = 2\n"})
    after = (tmp_path / "core_pb2.py").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "__init__.py": "",
        "core_pb2.py": "CORE = 1\n",
        "mm_pb2.py": "MM = 2\n",
    }


def test_whoever_imports_one_meanwhile_finds_all_of_it(tmp_path: Path) -> None:
    texts = [f"VALUES = {[number] * 4000}\n" for number in range(2)]
    put(tmp_path, {"core_pb2.py": texts[0]})
    enough = Event()

    def make() -> None:
        for number in range(300):
            put(tmp_path, {"core_pb2.py": texts[number % 2]})
        enough.set()

    maker = Thread(target=make)
    maker.start()
    while not enough.is_set():
        assert (tmp_path / "core_pb2.py").read_text() in texts
    maker.join()

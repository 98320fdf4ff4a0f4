"""The coverage-guided fuzzer: `python -m tests.fuzz.guided TARGET [-runs=N] [other options of libFuzzer]`.

It stops at the first find, with the input in a file crash-*, and exits with a status that
is not 0. An input is too slow only when it seems to hang, so that a busy machine finds nothing. Needs the extra `fuzz`.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["criu_tui"]):
    from tests.fuzz.limits import bounded_memory
    from tests.fuzz.targets import targets

LONGEST = 1 << 18
"""Bytes of an input."""


def main() -> None:
    """Fuzzes one target in a process of its own, which libFuzzer ends, and cleans up after it."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="criu-tui-fuzz-", dir="/dev/shm") as folder:
        child = os.fork()
        if not child:
            _fuzz(sys.argv[1], sys.argv[2:], Path(folder))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.exit(status)


def _fuzz(name: str, options: list[str], folder: Path) -> None:
    """Does not return."""
    target = targets(folder)[name]
    corpus = folder / "corpus"
    corpus.mkdir()
    for seed in target.seeds():
        if len(seed) <= LONGEST:
            (corpus / hashlib.sha256(seed).hexdigest()[:32]).write_bytes(seed)

    def run(data: bytes) -> None:
        with bounded_memory(len(data)):
            target.run(data)

    def mutator(data: bytes, max_size: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.2:
            return bytes(atheris.Mutate(data, max_size))
        return target.mutated(data, random)[:max_size]

    arguments = [sys.argv[0], f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=0", *options, str(corpus)]
    atheris.Setup(arguments, run, custom_mutator=mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""Decodes a pagemap image, and prints the most memory it had: `python -m tests.bench.decode FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from criu_tui.core.pages.columns import InColumns
from criu_tui.core.pages.reader import read_pagemap
from criu_tui.core.source.directory import open_regular

if __name__ == "__main__":
    path = Path(sys.argv[1])
    with open_regular(path) as file:
        _, error = read_pagemap(file, InColumns(file.size))
    # Not ru_maxrss: that has in it what the parent process had when it forked.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), "KiB")
    sys.exit(0 if error is None else str(error))

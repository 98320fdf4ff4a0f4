"""Decodes a pagemap image and nothing else: `python -m tests.bench.decode FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from criu_tui.core.pagemap_columns import InColumns
from criu_tui.core.pages import read_pagemap

if __name__ == "__main__":
    path = Path(sys.argv[1])
    with path.open("rb") as file:
        length = path.stat().st_size
        _, error = read_pagemap(file, length, path.name, InColumns(length))
    sys.exit(0 if error is None else str(error))

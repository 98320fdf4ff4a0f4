"""Runs the command `criu-tui`, and `python -m criu_tui`."""

import sys

from criu_tui import early  # noqa: F401
from criu_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""Runs `python -m criu_tui`."""

import sys

from criu_tui.cli import main

sys.exit(main())

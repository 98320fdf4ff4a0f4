"""The command `checkpointctl-tui`, which checkpointctl finds on PATH and offers as `checkpointctl tui`.

A plugin that is asked for its description prints a line and exits with 42 (checkpointctl, cmd/plugin.go).
"""

from __future__ import annotations

import sys

from criu_tui import early  # noqa: F401
from criu_tui.cli import main as run

DESCRIPTION = "--plugin-description"
EXIT_DESCRIBED = 42


def main() -> int:
    """Runs the plugin and returns its exit status."""
    if sys.argv[1:2] == [DESCRIPTION]:
        print("Explore a checkpoint in the terminal: memory, what a restore maps, what fails and why")
        return EXIT_DESCRIBED
    return run()

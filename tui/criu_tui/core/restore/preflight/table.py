"""All checks that need no plan and no findings, in the order in which they are made: quick ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.restore.preflight.files import Directories, Files
from criu_tui.core.restore.preflight.huge import HugePages

if TYPE_CHECKING:
    from criu_tui.core.restore.preflight.check import Subject

SUBJECTS: tuple[Subject, ...] = (HugePages(), Files(), Directories())

"""The stories by the name of their demo, told on a machine that is the same for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.report.stories import boundary, ids
from criu_tui.core.restore.host import Host, Mode

if TYPE_CHECKING:
    from criu_tui.core.report.stories.scene import ReportOf, Scene

EXAMPLE = Host(Mode.HEURISTIC, mem=24_684_084 << 10, swap=0, limit=None, committed=None)
"""A machine of 23.5 GiB, so that a story is the same on every screen."""
STORIES = {
    "boundary": ("The boundary bug", boundary.SCENES, 18),
    "userns": ("No root in the namespace", ids.SCENES, 14),
}
"""Title, scenes, and the most lines that a scene has."""


class Story:
    """The scenes of a demo, each made when it is first asked for."""

    def __init__(self, name: str, report_of: ReportOf, seconds: float | None = None, *, begins: bool = True) -> None:
        """KeyError for a demo without a story, see STORIES; `seconds` a scene when it is to play by itself.

        `begins`: it is told at once, rather than when it is asked for.
        """
        self.begins = begins
        self.title, self._makers, self.lines = STORIES[name]
        """`lines`: the most that a scene has."""
        self.seconds = seconds
        self.at = 0
        """Index of the scene that was shown last."""
        self._report_of = report_of
        self._made: list[Scene] = []

    def __len__(self) -> int:
        return len(self._makers)

    def __getitem__(self, index: int) -> Scene:
        while len(self._made) <= index:
            self._made.append(self._makers[len(self._made)](self._report_of))
        return self._made[index]

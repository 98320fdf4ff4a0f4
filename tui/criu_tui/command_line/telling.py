"""The story that a demo opens with, over reports that are opened when a scene asks for them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from criu_tui.command_line.building import built
from criu_tui.command_line.opening import opened
from criu_tui.core.report.stories.story import EXAMPLE, STORIES, Story

if TYPE_CHECKING:
    from criu_tui.command_line.options import Options
    from criu_tui.command_line.scratch import Scratch
    from criu_tui.core.report.report import Report
    from criu_tui.core.restore.releases import Criu

SPEC = f"overcommit={EXAMPLE.overcommit.value},mem={(EXAMPLE.mem or 0) >> 10}K,swap=0K"
"""The host that the numbers of the stories hold for, as --host takes it."""


def story_of(options: Options, scratch: Scratch) -> Story | None:
    """The story of the demo that was asked for; None where it has none.

    It waits to be asked for where a place in the demo was named.
    """
    if options.demo is None or options.demo not in STORIES:
        return None
    named = (options.pane, options.criu, options.host, options.task, options.goto)

    @functools.cache
    def demo(name: str) -> Report:
        return opened(options._replace(demo=name, host=SPEC), built(name, scratch))

    def report_of(name: str, chosen: Criu | None) -> Report:
        return demo(name) if chosen is None else demo(name).restored_by(chosen)

    return Story(options.demo, report_of, options.auto, begins=all(each is None for each in named))

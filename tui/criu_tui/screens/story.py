"""The story of a demo: a scene at a time above the real panes, which stand where the scene speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content

from criu_tui.panes.selection import SceneLeft
from criu_tui.screens.closing import Closing
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from criu_tui.core.report.stories.story import Story

KEYS = "space next   b back   enter look around   q leave"
BEHIND = frozenset({*"0123456789", "colon", "question_mark", "f1", "tab"})
"""Keys of the panes that lead out of the story."""
LAST_KEYS = "enter look around   b back   q leave"


class StoryScreen(Closing):
    """Space goes on, b back, enter to the panes behind, q out of the program."""

    DEFAULT_CSS = """
    StoryScreen { align: center middle; background: $background; &:ansi { background: $background; } }
    StoryScreen > Vertical {
        width: 80; max-width: 100%; height: 22; max-height: 100%;
        border: round $primary; border-title-style: bold; padding: 1 1; background: $surface;
    }
    StoryScreen Notes { height: 1fr; }
    """

    def __init__(self, story: Story) -> None:
        super().__init__()
        self._story = story

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Notes("scene", limit=20)

    def on_mount(self) -> None:
        self._show(self._story.at)
        if self._story.seconds is not None:
            self.set_interval(self._story.seconds, self._play)

    def _play(self) -> None:
        if self._story.at + 1 == len(self._story):
            self.app.exit()
        else:
            self._show(self._story.at + 1)

    def _show(self, at: int) -> None:
        if not 0 <= at < len(self._story):
            return
        self._story.at = at
        scene = self._story[at]
        last = at + 1 == len(self._story)
        box = self.query_one(Vertical)
        box.border_title = Content(f"{self._story.title} ── {at + 1} of {len(self._story)} ── {scene.title}")
        box.border_subtitle = Content(LAST_KEYS if last else KEYS)
        self.query_one(Notes).show(scene.lines)

    async def take(self, event: events.Key) -> None:
        """The keys of the story."""
        match event.key:
            case "space" | "right" | "l" | "pagedown" | "n":
                self._show(self._story.at + 1)
            case "b" | "left" | "h" | "pageup" | "backspace" | "p":
                self._show(self._story.at - 1)
            case "enter" | "escape":
                self._look_around()
            case "q":
                self.app.exit()
            case key if key in BEHIND:
                self._look_around()
                self.pass_on(event)
            case _:
                pass

    def _look_around(self) -> None:
        self.app.screen_stack[0].post_message(SceneLeft(self._story[self._story.at]))
        self.close()

"""The story of a demo: a scene at a time, on large screens below the real panes, which stand where it speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content

from criu_tui.panes.selection import SceneAsked
from criu_tui.screens.above import help_of_story
from criu_tui.screens.closing import Closing
from criu_tui.screens.going_on import leave_room
from criu_tui.screens.main import MainScreen
from criu_tui.widgets.notes import Notes

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from criu_tui.core.report.stories.story import Story

KEYS = "space next   b back   enter look around   ? help   q leave"
AROUND = 4
"""Lines of the frame of a scene, and blank ones within."""
ALONE = 22
"""Lines of a scene that stands alone, with its frame."""
PANES = 18
"""So many lines of the panes above a scene show rows of them; with fewer the scene stands alone."""
BEHIND = frozenset({*"0123456789", "colon", "tab"})
"""Keys of the panes that lead out of the story."""
LAST_KEYS = "enter look around   b back   ? help   q leave"
HELP = (
    ("space → l n PgDn", "the next scene"),
    ("b ← h p BkSp PgUp", "the scene before"),
    ("enter esc", "look around: to the panes, at the place that the scene speaks of"),
    ("0 to 9 tab :", "to the panes, and there what the key means; B comes back to the scene"),
    ("q", "leave criu-tui"),
)
"""What its keys do."""


class StoryScreen(Closing):
    """Space goes on, b back, enter to the panes behind, q out of the program."""

    DEFAULT_CSS = """
    StoryScreen { align: center middle; background: $background; &:ansi { background: $background; } }
    StoryScreen > Vertical {
        width: 80; max-width: 100%; height: 22; max-height: 100%;
        border: round $primary; border-title-style: bold; padding: 1 1; background: $surface;
    }
    StoryScreen Notes { height: 1fr; }
    StoryScreen.-below { align: center bottom; background: transparent; &:ansi { background: transparent; } }
    StoryScreen.-below > Vertical { width: 100%; align-horizontal: center; }
    StoryScreen.-below Notes { width: 76; }
    """

    def __init__(self, story: Story) -> None:
        super().__init__()
        self._story = story
        self._below = False
        """Whether it stands below the panes."""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Notes("scene", limit=20)

    def on_mount(self) -> None:
        # Not only once it is told its size: that may be after it has been drawn.
        self._stand(self.app.size.height)
        self._show(self._story.at)
        if self._story.seconds is not None:
            self.set_interval(self._story.seconds, self._play)

    def on_resize(self, event: events.Resize) -> None:
        if self._stand(event.size.height):
            self._look()

    def on_unmount(self) -> None:
        self._leave_room(0)

    def _leave_room(self, lines: int) -> None:
        panes = self.app.screen_stack[0]
        assert isinstance(panes, MainScreen)
        leave_room(panes, lines)

    def _stand(self, lines: int) -> bool:
        """Stands below the panes, or alone, on a screen of so many lines; whether that changes anything.

        Below them it is as high as its highest scene needs, so that none moves them, and takes no room of theirs.
        """
        below = lines >= ALONE + PANES
        changed, self._below = below != self._below, below
        self.set_class(below, "-below")
        height = self._story.lines + AROUND if below else ALONE
        self.query_one(Vertical).styles.height = height
        # Its frame covers the line of the panes' keys, which mean nothing here.
        self._leave_room(height - 1 if below else 0)
        return changed

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
        self._look()

    def _look(self) -> None:
        """Has the panes stand where the scene speaks of, where they are seen."""
        if self._below:
            self._ask()

    async def take(self, event: events.Key) -> None:
        """The keys of the story."""
        match event.key:
            case "space" | "right" | "l" | "pagedown" | "n":
                self._show(self._story.at + 1)
            case "b" | "left" | "h" | "pageup" | "backspace" | "p":
                self._show(self._story.at - 1)
            case "enter" | "escape":
                self._look_around()
            case "question_mark" | "f1":
                self.app.push_screen(help_of_story(self.app.screen_stack[0], HELP))
            case "q":
                self.app.exit()
            case key if key in BEHIND:
                self._look_around()
                self.pass_on(event)
            case _:
                pass

    def _look_around(self) -> None:
        if not self._below:
            self._ask()
        self.close()

    def _ask(self) -> None:
        self.app.screen_stack[0].post_message(SceneAsked(self._story[self._story.at]))

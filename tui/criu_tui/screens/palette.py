"""The palette: any command within reach, found by its words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content

from criu_tui.commands import TABLE
from criu_tui.widgets.bindings import reachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.command import Hits
    from textual.types import IgnoreReturnCallbackType


class CommandProvider(Provider):
    """Reads the commands of the widget that had the focus when the palette was opened."""

    async def discover(self) -> Hits:
        for name, text, run in self._commands():
            yield DiscoveryHit(Content(name), run, text=name, help=text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name, text, run in self._commands():
            score = matcher.match(f"{name} {text}")
            if score > 0:
                yield Hit(score, matcher.highlight(name), run, help=text)

    def _commands(self) -> Iterator[tuple[str, str, IgnoreReturnCallbackType]]:
        # Moving about needs no palette: rows come last.
        for node, command in sorted(reachable(self.screen), key=lambda each: each[1] in TABLE):
            run = partial(self.app.run_action, command.action, node)
            yield f"{command.label}  ({command.shown})", command.help, run

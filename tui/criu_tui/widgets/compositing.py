"""Which lines widgets are asked for when a part of the screen is drawn again: those of that part.

Textual asks each widget that has a line between the first and the last of them for all of its own, and lays a border, a
background and filters on every one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.reactive import Reactive
from textual.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from textual import events
    from textual._compositor import CompositorMap
    from textual.strip import Strip
    from textual.widget import Widget


class LineCompositor(Compositor):
    """Composes a screen of the lines that are to be drawn."""

    @property
    def full_map(self) -> CompositorMap:
        """Where widgets lie. What has come or gone is drawn: the next layout finds it here, and so nothing to draw."""
        before = self._full_map
        found = super().full_map
        if found is not before:
            for widget in before.keys() ^ found.keys():
                place = before.get(widget) or found[widget]
                if seen := place.clip.intersection(place.region):
                    self._dirty_regions.add(seen)
        return found

    def render_partial_update(self) -> ChopsUpdate | None:
        regions = self._dirty_regions.copy()
        self._dirty_regions.clear()
        if not regions:
            return None
        spans = list(self._regions_to_spans(regions))
        cuts = self.cuts
        chops: list[Mapping[int, Strip | None]] = [{} for _ in cuts]
        for lines in _runs(y for y, _, _ in spans):
            crop = Region(0, lines.start, self.size.width, len(lines))
            chops[lines.start : lines.stop] = self._render_chops(crop, lines.__contains__)[lines.start : lines.stop]
        return ChopsUpdate(chops, spans, [cut[1:] for cut in cuts])

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        lines = self.size.region if crop is None else Region(0, crop.y, self.size.width, crop.height)
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip).intersection(lines)
            if seen:
                yield region, seen, widget.render_lines(seen.translate(-region.offset))


class LineScreen(Screen[None]):
    """A screen of which only what looks otherwise is styled and drawn again."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """As any screen's. What gets the focus and what loses it draw themselves, and nothing else looks otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = LineCompositor()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """The first time, all on it has been styled just now: as it was mounted, and again where that changed it."""
        event.refresh_styles = self.stack_updates > 0

    def _update_focus_styles(self, focused: Widget | None = None, blurred: Widget | None = None) -> None:
        """Styles only what has come to hold the focus, or holds it no more; not all of a pane that holds it still."""
        if focused is not None and blurred is not None:
            styled = [node for node in focused.ancestors if node._has_focus_within]
            if styled == [node for node in blurred.ancestors if node._has_focus_within]:
                return
        super()._update_focus_styles(focused, blurred)


def _runs(lines: Iterable[int]) -> Iterator[range]:
    """Lines in order, each perhaps more than once, as ranges of those that follow one another."""
    run = range(0)
    for y in lines:
        if y > run.stop or not run:
            if run:
                yield run
            run = range(y, y + 1)
        elif y == run.stop:
            run = range(run.start, y + 1)
    if run:
        yield run

"""Pages that a dump left on its machine, for `criu lazy-pages` to bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.pages.pagemaps import pagemap_of

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump


def lazy_pages(dump: Dump) -> int:
    """How many pages of all tasks are nowhere in the images (dump --lazy-pages)."""
    return dump.once("lazy pages", lambda: sum(pagemap_of(dump, pid).total().lazy for pid in dump.pids))

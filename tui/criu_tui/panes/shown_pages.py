"""The pages whose bytes are shown, and those of another checkpoint that they are held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.drawings.differing import DifferingBytes
from criu_tui.core.drawings.hexdump import HexDump
from criu_tui.core.pages.contents import PageBytes
from criu_tui.core.pages.differences.marks import PageMarks

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.report.report import Report


class ShownPages:
    """Keeps the files of both open, until those of another dump are asked for."""

    def __init__(self) -> None:
        self.dump: Dump | None = None
        """Whose pages are shown."""
        self.bytes: PageBytes | None = None
        self.differing: DifferingBytes | None = None
        """Set once the pages of another checkpoint have been compared."""
        self._other: PageBytes | None = None
        self._compared: tuple[object, object] = None, None
        """What `differing` was made of."""

    def open(self, dump: Dump) -> PageBytes:
        """The pages of a dump, in place of those of another one."""
        if self.bytes is None or self.dump is not dump:
            self.close()
            self.dump, self.bytes = dump, PageBytes(dump)
        return self.bytes

    def close(self) -> None:
        """Closes all files."""
        for pages in (self.bytes, self._other):
            if pages is not None:
                pages.close()
        self.dump = self.bytes = self.differing = self._other = None
        self._compared = None, None

    def compare(self, report: Report | None, own: HexDump | None, pid: int) -> bool:
        """Whether another checkpoint than before is compared with, or pages of it that had not been read then."""
        against = None if report is None else report.against
        pages = None if against is None else against.checkpoints.pages
        pair = None if against is None else against.checkpoints.by_pid.get(pid)
        if pages is None or against is None or own is None or pair is None or pair.other_pid is None:
            self.differing = None
        elif self._compared != (own, pages):
            if self._other is not None:
                self._other.close()
            self._other = PageBytes(against.report.dump)
            other = HexDump(against.report.dump, pair.other_pid, self._other)
            self.differing = DifferingBytes(PageMarks(pages, pid), own, other)
            own.keep_apart(self.differing.page)
        before, self._compared = self._compared, (own, pages)
        return before != self._compared

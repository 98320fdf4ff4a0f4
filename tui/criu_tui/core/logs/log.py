"""One log file: its header, how it ends, its errors, and why the run failed.

Of a log of any length only where its blocks of lines begin, and its first errors, are kept.
"""

from __future__ import annotations

import enum
import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

from criu_tui.core.base.encoding import Encoding
from criu_tui.core.base.typography import plain
from criu_tui.core.logs.blocks import LONGEST, selected, text_of_line
from criu_tui.core.logs.copied import Broken, unbroken
from criu_tui.core.logs.line import LogLine, parse_line
from criu_tui.core.logs.userns import failed_check, possible_maps
from criu_tui.core.restore.releases import USERNS_FREED_ONCE, numbers
from criu_tui.core.source.directory import open_regular
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from criu_tui.core.dump.idmap import Extent, IdMap, RootCheck
    from criu_tui.core.logs.wrapping import Wrapping
    from criu_tui.core.source.directory import Where


_DISTRIBUTIONS = (
    (r"Ubuntu", "Ubuntu"),
    (r"Debian|[+.~]deb(\d+)", "Debian"),
    (r"\.fc(\d{2,3})", "Fedora {0}"),
    (r"\.el(\d{1,2})", "Enterprise Linux {0}"),
    (r"\.(?:amzn|al)(\d{1,4})", "Amazon Linux {0}"),
    (r"-arch\d", "Arch Linux"),
    (r"-MANJARO|manjaro", "Manjaro"),
    (r"\+rpt-rpi|-v8\+|-rpi", "Raspberry Pi OS"),
    (r"-linuxkit", "Docker Desktop (LinuxKit)"),
    (r"microsoft-standard", "Windows Subsystem for Linux"),
    (r"-flatcar", "Flatcar"),
    (r"-pve", "Proxmox VE"),
    (r"-yocto", "Yocto"),
    (r"-(?:default|lp15\d)", "openSUSE or SLE"),
)
"""How distributions name their kernels, in the release or in the build."""


class Result(enum.Enum):
    """How a log ends."""

    SUCCESS = "success"
    FAILED = "failed"
    CUT = "cut"
    """Without a last word: CRIU crashed, or is still running, or the log was cut."""


class RunKind(enum.Enum):
    """What CRIU was asked to do."""

    DUMP = "dump"
    PRE_DUMP = "pre-dump"
    RESTORE = "restore"
    LAZY_PAGES = "lazy-pages daemon"
    PAGE_SERVER = "page server"
    CHECK = "check"


@dataclass(slots=True)
class Log:
    """One log file as it was when read."""

    path: Where
    dumping: bool
    """Of `criu dump`; else of `criu restore`."""
    run: RunKind | None = None
    """None where neither its name nor its lines tell."""
    criu: str | None = None
    build: str | None = None
    """Of a CRIU that is no release, as "v4.2-120-g90dd8ae"."""
    kernel: str | None = None
    system: str = ""
    """What stands behind the kernel: its build, its date, the machine's architecture."""
    host: str | None = None
    run_id: str | None = None
    """The run that wrote the images, as the log has it."""
    result: Result = Result.CUT
    mistaken: bool = False
    """It says that the dump was successful, which an error had ended: no inventory was written (criu PR #2846)."""
    went_on: bool = False
    """It is of a dump, has no last word, and goes on after its errors to what a dump does where nothing has failed."""
    cause: LogLine | None = None
    """The line that says why the run failed; the errors after it are its consequences."""
    evidence: tuple[LogLine, ...] = ()
    """The cause and up to four lines that show it, in order."""
    errors: list[LogLine] = field(default_factory=list)
    """The first errors and warnings, noise included."""
    extents: list[Extent] = field(default_factory=list)
    """From `id_map:` lines: those of uid_map, then those of gid_map."""
    count: int = 0
    """Lines in the file."""
    timed: bool = False
    """Its lines have times: it was written from -v3 on, and has more than errors and warnings."""
    detailed: bool = False
    """It has lines that only -v4 writes."""
    encoding: Encoding = Encoding.UTF_8
    wrappings: tuple[Wrapping, ...] = ()
    """What most of its lines have around them, the outermost first."""
    broken: Broken | None = None
    """Where copying has broken its lines."""
    starts: array[int] = field(default_factory=lambda: array("Q"))
    """Byte offset of each block of lines."""
    firsts: array[int] = field(default_factory=lambda: array("Q"))
    """Lines before each block."""
    mappings: array[int] = field(default_factory=lambda: array("Q"))
    """Blocks that say what a restore mapped or read, see `restore_log`."""
    problem: ImageError | None = None

    def as_written(self, raw: bytes) -> bytes:
        """Whole lines of its file as UTF-8, as they were before somebody copied them; as many as there are."""
        data = plain(self.encoding.as_utf8(raw))
        return data if self.broken is None else unbroken(data, self.broken)

    @property
    def lines(self) -> Lines:
        """Its lines, read again when they are looked at."""
        return Lines(self)

    @property
    def machine(self) -> str | None:
        """Architecture of the machine, as "aarch64"; None where the log does not say it."""
        return self.system.rpartition(" ")[2] or None

    @property
    def distribution(self) -> str | None:
        """Whose build the kernel is, as "Ubuntu" or "Fedora 42"; None where its name does not tell."""
        named = f"{self.kernel or ''} {self.system}"
        for pattern, name in _DISTRIBUTIONS:
            if (found := re.search(pattern, named)) is not None:
                return name.format(*found.groups())
        return None

    @property
    def taken_off(self) -> tuple[str, ...]:
        """What was taken off its lines before they were read, in words, the outermost first."""
        written = () if self.encoding is Encoding.UTF_8 else (self.encoding.value.upper(),)
        return (*written, *(wrapping.name for wrapping in self.wrappings))

    @property
    def run_name(self) -> str:
        """What CRIU was asked to do, in a word or two: "dump", "lazy-pages daemon"; "run" where nothing tells."""
        if self.run is None:
            return "dump" if self.dumping else "run"
        return self.run.value

    def of_run(self, run_id: str) -> bool | None:
        """Whether it is of the run that wrote images with this run id; None when either is not known."""
        return self.run_id == run_id if run_id and self.run_id else None

    @property
    def id_maps(self) -> tuple[IdMap, IdMap] | None:
        """uid and gid extents recovered from the log; None when they cannot be told apart."""
        found = self.possible_maps
        return found[0] if len(found) == 1 else None

    @property
    def possible_maps(self) -> list[tuple[IdMap, IdMap]]:
        """Every uid map and gid map that would leave such a log, see `userns.splits`.

        Where the dump failed on the check of id 0 they fail it too, where it succeeded they pass.
        """
        succeeded = self.dumping and self.result is Result.SUCCESS
        passed = False if self._failed_on_root else True if succeeded else None
        return possible_maps(self.extents, passed=passed)

    @property
    def _failed_on_root(self) -> bool:
        return self.dumping and any("Unable to convert uid or gid" in line.text for line in self.errors)

    @property
    def root_check(self) -> RootCheck | None:
        """CRIU's check on id 0 replayed on the recovered extents; None when the log has no such failure."""
        return failed_check(self.extents) if self._failed_on_root else None

    @property
    def cleanup_crashed(self) -> bool | None:
        """Whether this CRIU's clean-up freed the parsed maps twice; None when its version is unknown.

        Before USERNS_FREED_ONCE the error path freed them and the final clean-up did so again; with no
        extent parsed there was nothing to free (criu/namespaces.c).
        """
        version = numbers(self.criu)
        return None if version is None else USERNS_FREED_ONCE.lacks(version) and bool(self.extents)


class Lines(Sequence[LogLine]):
    """The lines of a log, a block at a time read from the file when they are looked at."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._held: tuple[int, list[bytes]] = -1, []
        """The block read last, since the next line looked at is most often in it."""

    def __len__(self) -> int:
        return self._log.count

    @overload
    def __getitem__(self, index: int) -> LogLine: ...
    @overload
    def __getitem__(self, index: slice) -> list[LogLine]: ...
    def __getitem__(self, index: int | slice) -> LogLine | list[LogLine]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        log = self._log
        block = bisect_right(log.firsts, index) - 1
        held, lines = self._held
        if held != block:
            lines = self._read(block)
            self._held = block, lines
        position = index - log.firsts[block]
        # A file that has shrunk since has no such line any more.
        raw = text_of_line(lines[position]) if position < len(lines) else ""
        return parse_line(index + 1, raw, log.wrappings)

    def _read(self, block: int) -> list[bytes]:
        return read_block(self._log, block).split(b"\n")


def read_block(log: Log, block: int) -> bytes:
    """A block of lines as UTF-8; empty where it cannot be read any more."""
    start = log.starts[block]
    end = log.starts[block + 1] if block + 1 < len(log.starts) else start + LONGEST
    try:
        with open_regular(log.path) as file:
            return log.as_written(file.read_at(start, min(end - start, LONGEST)))
    except (ImageError, OSError):
        return b""


def lines_with(log: Log, words: Sequence[bytes], blocks: Iterable[int] | None = None) -> Iterator[tuple[int, bytes]]:
    """Number, counted from 1, and bytes of the lines that hold one of these words, of all blocks or of some.

    All other lines are passed over without being taken apart.
    """
    for block in range(len(log.firsts)) if blocks is None else blocks:
        first = log.firsts[block]
        for index, raw in selected(read_block(log, block), words):
            # The file may have grown since.
            if first + index < log.count:
                yield first + index + 1, raw


def taken_apart(log: Log, number: int, raw: bytes) -> LogLine:
    """A line by its number, counted from 1, and its bytes."""
    return parse_line(number, text_of_line(raw), log.wrappings)

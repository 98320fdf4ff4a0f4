"""What a command line can ask for, as a record; parsing.py makes it of words."""

# Annotations are not kept as text here: a named tuple compiles each of these, 0.6 ms for as many as there are.
from collections.abc import Sequence
from typing import Any, NamedTuple

SEARCH = "search"
"""Printed when there is something to look for."""
IMAGE = "image"
"""Printed with all entries."""
CHECKS = "checks"
"""Printed when the exit status is asked for and nothing else."""
MARKDOWN = "markdown"
PLAN, DIFF = "plan", "diff"
"""Printed against a CRIU version, and against another checkpoint."""
PLAIN = ("criu", "host", "log", "pane", "root")
"""Options that are followed by a value, go with each other and say how a place is opened."""
LOG = "log"
"""Printed as the lines that are asked for."""


class UsageError(Exception):
    """One clear line for standard error; exit status 2."""


class Options(NamedTuple):
    """What a command line asks for; None where it does not say."""

    dump: str | None = None
    demo: str | None = None
    """One of DEMOS."""
    printed: str | None = None
    """One of PRINTED, IMAGE or SEARCH; None shows the app."""
    format: str = "text"
    """text or json."""
    criu: str | None = None
    host: str | None = None
    against: str | None = None
    """The path of another checkpoint, or a CRIU version."""
    counters: bool = False
    pattern: str | None = None
    regex: bool = False
    hex: bool = False
    strings: str | None = None
    """How long text must be; empty: as long as usual."""
    range: str | None = None
    prot: str | None = None
    type: str | None = None
    contents: bool = False
    image: str | None = None
    """Which ones, as a shell's pattern."""
    pretty: bool = False
    log: str | None = None
    level: str | None = None
    """error or warning."""
    subsystem: str | None = None
    redact: bool = False
    lazy: bool = False
    follow_links: bool = False
    task: int | None = None
    """A PID."""
    goto: int | None = None
    """An address."""
    pane: str | None = None
    """One of SHOWN."""
    ascii: bool | None = None
    """ASCII alone or not; None: as the terminal needs it."""
    no_mouse: bool = False
    extract: str | None = None
    """What to take out, such as core:PID."""
    to: str | None = None
    """The file that is written then."""
    pid: int | None = None
    """A process that runs: it and all below it stand for a dump that was never made."""
    images_with: str | None = None
    """Where the images lie that the dump lacks."""
    host_facts: bool = False
    """Print the facts of this machine."""
    root: str | None = None
    """Where the file system of the restore lies."""
    no_host_checks: bool = False
    ask_criu: str | None = None
    """The command of a CRIU on this machine that is run for what it says of itself."""
    check: bool = False
    """Whether the exit status tells of failing checks, or of differences."""
    list: bool = False
    """Print what there is to open."""
    auto: float | None = None
    """Seconds that each scene of a demo's story is shown, when it is to play by itself."""
    share: str | None = None
    """What the session that is opened is called; empty: as usual."""
    join: str | None = None
    """The name or socket of a session; empty: the only one here."""
    rows: bool = False
    """Join without the checkpoint: the host sends what the panes show."""
    group: str | None = None
    """Whose members may join, or whose sessions are looked for."""
    read_only: bool = False
    """Guests neither mark nor chat; as a guest, oneself does not."""
    list_sessions: bool = False
    """Print the sessions that can be joined."""
    record: str | None = None
    """The new file that the moves are written to."""
    replay: str | None = None
    """A file of moves."""
    version: bool = False
    """Print the version, whatever else is asked for."""


def plainly(words: Sequence[str]) -> Options | None:
    """The options of a command line that has at most one place and, beside it, PLAIN options alone; None for any other.

    They are those that the parser would give; whether a pane of that name exists is not looked at. The parser takes
    longer to make than a small dump to read.
    """
    told: dict[str, Any] = {}
    following = iter(words)
    for word in following:
        name = word.removeprefix("--")
        if word == name or name not in PLAIN:
            name, value = "dump", word
        else:
            value = next(following, "-")
        if value.startswith("-") or name in told:
            return None
        told[name] = value
    return Options(**told)

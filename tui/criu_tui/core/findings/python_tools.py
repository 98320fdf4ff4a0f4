"""Tracebacks of the programs in Python that come with CRIU: crit, criu-coredump and criu-ns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.findings.advice import BY_ID, KnownFailure
from criu_tui.core.logs.line import LOOKED_AT
from criu_tui.core.restore.releases import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.logs.line import LogLine
    from criu_tui.core.logs.log import Log

LINES = 2000
"""Lines of a text that are searched for a traceback."""
_CALL = expression(r"\bFile \"(?P<path>[^\"]{1,400})\", line \d{1,6}, in (?P<function>\S{1,80})")
_RAISED = expression(r"(?:^|\s)(?P<name>[A-Za-z_][\w.]{0,80}(?:Error|Exception|Interrupt)): ?(?P<said>.{0,400})")
_PROGRAMS = (
    (expression(r"coredump"), "criu-coredump"),
    (expression(r"/criu-ns\b"), "criu-ns"),
    (expression(r"pycriu|/crit\b"), "crit"),
)
"""By the paths of its files which program it is, the first that fits."""
CORE_DUMPS = KnownFailure(
    "coredump-failed",
    "",
    "criu-coredump could not make core files of these images",
    "it reads the images with the Python module pycriu, which must be of the same release as the CRIU that wrote them, "
    "and knows only some architectures (x86_64; ARM in later releases)",
    "all",
    "take criu-coredump and pycriu of the release that dumped; or look at the memory here, or with crit x DIR mems",
    sure=False,
)
OTHER_NAMESPACES = KnownFailure(
    "criu-ns-failed",
    "",
    "criu-ns itself failed, the script around criu",
    "it enters or makes a pid and a mount namespace, mounts /proc there and runs criu: each of these may be refused, "
    "and criu's own log tells of its part alone",
    "all",
    "run it as root, with criu and Python 3 in PATH, with -t PID before other options when dumping; look into criu's "
    "own log (-o) whether that was successful; a criu-ns of the release of criu",
    sure=False,
)


class Fault(NamedTuple):
    """What one of these programs did wrong, and the release that has mended it."""

    program: str
    words: str
    """A regular expression for the innermost functions, and what was raised."""
    title: str
    fixed: Change
    until_then: str
    source: str


def _fault(program: str, words: str, title: str, fixed: tuple[int, ...], until_then: str, source: str) -> Fault:
    return Fault(program, words, title, Change(fixed), until_then, source)


FAULTS = (
    _fault(
        "crit",
        r"explore_rss IndexError: list index",
        "crit x rss goes beyond the last mapping, where pages lie behind it",
        (4, 0),
        "crit x DIR mems, which does not pair the two",
        "615ccf98c",
    ),
    _fault(
        "crit",
        r"ftype_find_in_image KeyError: '",
        "crit x does not know the files of a memfd",
        (3, 16),
        "crit decode -i files.img, which shows all files",
        "2ebb1c741",
    ),
    _fault(
        "crit",
        r"__rhandler decode UnicodeDecodeError",
        "crit x opens images as text, which Python 3 takes for UTF-8",
        (3, 16),
        "crit decode -i IMAGE, which opens them as they are",
        "criu#1484",
    ),
    _fault(
        "crit",
        r"decodebytes _input_type_check TypeError: expected bytes-like",
        "crit encode hands text to a decoder that takes bytes alone under Python 3",
        (3, 16),
        "crit under Python 2",
        "71013465b",
    ),
    _fault(
        "crit",
        r"decode KeyError: 'nopl'",
        "crit decode of a build shortly before it asks for an option that nobody has set",
        (2, 3),
        "crit of CRIU 2.2, which does not have that option yet",
        "39cbd9167",
    ),
    _fault(
        "crit",
        r"\bdump TypeError: write\(\) argument must be str, not bytes",
        "crit encode opens its output as text, which Python 3 takes no bytes for",
        (3, 16),
        "crit under Python 2",
        "ed0f4608f",
    ),
    _fault(
        "crit",
        r"default TypeError: Object of type bytes is not JSON",
        "crit cannot print some bytes of images under Python 3",
        (3, 16),
        "crit of CRIU 3.15, which prints all but the extra bytes of a few images, such as shared memory",
        "criu#1165",
    ),
    _fault(
        "crit",
        r"main KeyError: 'func'",
        "crit without a command says this under Python 3 in place of its help",
        (3, 12),
        "name a command: crit decode, encode, info, x or show",
        "681c05392",
    ),
    _fault(
        "criu-coredump",
        r"AttributeError: 'dict' object has no attribute 'compat_nr_pages'",
        "criu-coredump asks images for the number of pages in a form that they do not have",
        (4, 2),
        "read the memory here, or with crit x DIR mems",
        "1d08ff8ca",
    ),
    _fault(
        "criu-coredump",
        r"_gen_prpsinfo ValueError: bytes too long",
        "criu-coredump does not shorten a long command line, for which a core file has 80 bytes",
        (3, 18),
        "dump the program started with a short command line",
        "3ca979f9a",
    ),
    _fault(
        "criu-coredump",
        r"ModuleNotFoundError: No module named '?(coredump|elf)\b|TypeError: (a bytes-like object is required"
        r"|.{0,40}must be str, not bytes|'(filter|map)' object)",
        "criu-coredump is written for Python 2",
        (3, 17),
        "run it with Python 2",
        "3180d35fa",
    ),
    _fault(
        "criu-ns",
        r"(_wait_for_process_status )?ChildProcessError: \[Errno 10\]",
        "criu-ns waits for the process that it has dumped, not for criu: the dump itself may be whole, as criu's own "
        "log says",
        (3, 17),
        "look at the last line of dump.log, not at the exit code (5)",
        "criu#1739",
    ),
    _fault(
        "criu-ns",
        r"AttributeError: .*waitstatus_to_exitcode",
        "criu-ns needs a function of Python 3.9",
        (3, 19),
        "run it with Python 3.9 or later",
        "e4b6fb2d1",
    ),
)


def fault_of(log: Log) -> tuple[LogLine, KnownFailure] | None:
    """The line that ends a traceback of one of these programs, where it tells of a fault that was mended."""
    for program, functions, line, said in _tracebacks(log):
        for fault in FAULTS:
            if fault.program == program and re.search(fault.words, f"{functions} {said}") is not None:
                return line, _known(fault)
    return None


def program_of(log: Log) -> tuple[LogLine, KnownFailure] | None:
    """The same of any traceback of these programs: which of them it was."""
    failed = {"crit": BY_ID["crit-failed"], "criu-coredump": CORE_DUMPS, "criu-ns": OTHER_NAMESPACES}
    return next(((line, failed[program]) for program, _, line, _ in _tracebacks(log)), None)


def _tracebacks(log: Log) -> Iterator[tuple[str, str, LogLine, str]]:
    """Of each traceback: the program, the two innermost functions, the line that says what was raised, and that."""
    calls: list[tuple[str, str]] = []
    for line in log.lines[: min(log.count, LINES)]:
        text = line.text[:LOOKED_AT]
        call = _CALL.search(text)
        if call is not None:
            calls.append((call["path"], call["function"]))
            continue
        raised = _RAISED.search(text) if calls else None
        if raised is None:
            continue
        # The innermost call may be one of Python's own.
        named = (name for pattern, name in _PROGRAMS if any(pattern.search(path) for path, _ in calls))
        program = next(named, None)
        if program is not None:
            yield program, " ".join(function for _, function in calls[-2:]), line, f"{raised['name']}: {raised['said']}"
        calls.clear()


def _known(fault: Fault) -> KnownFailure:
    alone = fault.program == "criu-ns"
    beside = "" if alone else ", with pycriu of the same release beside it"
    return KnownFailure(
        f"{fault.program}-fault",
        fault.words,
        f"a fault of {fault.program}, mended in {fault.fixed.release}: {fault.title}",
        f"this is a bug of {fault.program} {fault.fixed.before}: the images are not wrong",
        fault.fixed.before,
        f"use a newer {fault.program}, that of {fault.fixed.later}{beside}; until then {fault.until_then}",
        container="criu-ns is not for these" if alone else "anywhere: the images can be read on another machine too",
        thread=fault.source if "#" in fault.source else f"CRIU's commit {fault.source}",
    )

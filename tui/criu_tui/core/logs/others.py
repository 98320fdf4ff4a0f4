"""What stands in a log that CRIU did not write: lines not understood, and what a runtime says of CRIU."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.logs.blocks import text_of_line
from criu_tui.core.logs.line import LOOKED_AT, LogLine, messages
from criu_tui.core.logs.log import read_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.logs.log import Log

LOOKED_INTO = 20_000
"""Lines that are searched for what they mean; the others are counted."""
KEPT = 20
"""Lines that look like errors that are kept."""
RULES = re.compile(r"[\W_]*$|[ \t]*(?:```|~~~|</?(?:details|summary|pre|p|code)>)")
"""Rules, blank lines and marks of a text around a log: nothing to understand."""
_ERROR = re.compile(
    r"(?i)\b(?:error|fail(?:ed|ure|s)?|fatal|cannot|can't|could not|couldn't|unable|denied|no such|invalid"
    r"|not (?:permitted|found|supported|destroyed|implemented|available|enabled|running|configured)|panic|segfault"
    r"|segmentation|killed|abort(?:ed)?|EOF|already exists|refused|rejected|denied|requires?|unimplemented|disabled"
    r"|unsupported|timed out|timeout|exceeded|traceback|no module named|does not|doesn't|only supported"
    r"|(?:file )?exists|not (?:implemented|allowed|a directory)|undefined|execvp)\b|\b\d{3} page not found|\bcode = \w"
    r"|(?:Exception|Error)\b|\*\*\* .{1,80} \*\*\*|^\S{0,40}(?:make|Makefile)\S{0,20}: \*\*\*|multiple definition of"
    r"|relocation R_\w+|(?:free|malloc|realloc|munmap_chunk)\(\): "
)
_RUNTIME = re.compile(
    r"criu failed: type|CRIU (?:checkpointing|restoring|restore|checkpoint|dump).{0,12} failed|excerpt from CRIU log"
    r"|check CRIU log|failed to (?:checkpoint|restore)|(?:checkpoint|restore) .{0,200}failed: exit status"
    r"|container is not (?:destroyed|running)|log file: |criu-(?:dump|restore)\.log"
    r"|Cannot (?:checkpoint|restore) container"
    r"|failed with criu|criu\.c: ?\w|Can't exec criu swrk|execing criu failed"
    r"|CRIU was killed with|CRIU RPC request failed|type:(?:NOTIFY|DUMP|RESTORE)|did not terminate success?fully"
    r"|rpc (?:error|failed)"
    r"|operation failed \(msg|criu (?:dump|restore) failed|libcriu|criu.{0,40}not found"
    r"|OCI runtime container pid|checkpointing of \S{1,200} failed"
)
_PATHS = re.compile(
    r"(?:log file:|excerpt from CRIU log|check CRIU logs? ?(?:file)?(?: at| in)?|path=|[Ss]ee"
    r"|[Ll]og(?:file| file)?(?: is)?(?: at| in)?:?)"
    r"[ \t]*[`'\"]?(/[^\s`'\",;]{1,500}\.log)"
    r"|(/[^\s`'\",;:]{1,500}/(?:criu-)?(?:dump|restore)\.log)"
)


class Others(NamedTuple):
    """The lines of a log that are none of CRIU's."""

    lines: int
    errors: int
    """Of the first LOOKED_INTO, those that look like errors."""
    kept: tuple[LogLine, ...]
    """The first of these."""
    runtime: tuple[LogLine, ...]
    """What a runtime says of a CRIU that it ran."""
    paths: tuple[str, ...]
    """Where that says CRIU's own log is; as in the text."""
    rules: int = 0
    """Lines that are neither: blank ones, rules, marks of a text."""


def others(log: Log) -> Others:
    """Goes through a log once more, for the lines that are none of CRIU's."""
    count = errors = rules = 0
    kept: list[LogLine] = []
    runtime: list[LogLine] = []
    paths: dict[str, None] = {}
    for number, raw in _not_plain(log):
        if count >= LOOKED_INTO:
            count += 1
            continue
        line = next(messages(number, text_of_line(raw), log.wrappings))
        text = line.text[:LOOKED_AT]
        if line.understood:
            continue
        if RULES.match(text):
            rules += 1
            continue
        count += 1
        told = bool(_RUNTIME.search(text))
        if told and len(runtime) < KEPT:
            runtime.append(line)
        if told or "log" in text:
            paths.update(dict.fromkeys(found[1] or found[2] for found in _PATHS.finditer(text)))
        if _ERROR.search(text):
            errors += 1
            if len(kept) < KEPT:
                kept.append(line)
    return Others(count, errors, tuple(kept), tuple(runtime), tuple(paths)[:KEPT], rules)


def excerpt(line: LogLine, limit: int) -> str:
    """The part of a runtime's message, often one long line, that says something of CRIU; of others the beginning."""
    text = line.text.strip()
    found = [match for match in (_PATHS.search(text), _RUNTIME.search(text)) if match is not None]
    if len(text) <= limit or not found:
        return text
    start = max(0, min(found[0].start() - (limit - len(found[0][0])) // 2, len(text) - limit))
    return ("…" if start else "") + text[start:]


def _not_plain(log: Log) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of the lines that do not begin as by far the most of CRIU's do."""
    for block in range(len(log.starts)):
        for index, raw in enumerate(read_block(log, block).removesuffix(b"\n").split(b"\n")):
            if raw[:2] not in _BEGINNINGS:
                yield log.firsts[block] + index + 1, raw


_BEGINNINGS = frozenset(b"(%d" % digit for digit in range(10))

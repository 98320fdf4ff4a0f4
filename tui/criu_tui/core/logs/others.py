"""What stands in a log that CRIU did not write: lines not understood, and what a runtime says of CRIU."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.logs.blocks import text_of_line
from criu_tui.core.logs.line import LOOKED_AT, LogLine, messages
from criu_tui.core.logs.log import read_block
from criu_tui.core.logs.wording import is_prose, is_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.logs.log import Log

LOOKED_INTO = 20_000
"""Lines that are searched for what they mean; the others are counted."""
SEARCHED_BEHIND = 1 << 16
"""Bytes at a log's end in which its last word may stand."""
LINES_BEHIND = 200
"""Lines behind that word that are looked at."""
_END = b"finished successfully"
KEPT = 20
"""Lines that look like errors that are kept."""
RULES = expression(r"[\W_]*$|[ \t]*(?:```|~~~|</?(?:details|summary|pre|p|code)>)")
"""Rules, blank lines and marks of a text around a log: nothing to understand."""
_RULED = bytes(each for each in range(0x80) if not chr(each).isalnum())
"""Signs of which a line can only be such a one, whatever stands around CRIU's own."""
_ERROR = expression(
    r"(?i)\b(?:error|unknown subcommand|No help topic|unauthorized|forbidden|unrecogni[sz]ed|Exit Code: {1,8}[1-9]\d*"
    r"|panicked|preventing|is not executable|not defined|unknown (?:diagnostic|option|flag|command)"
    r"|at once|HTTPS server|re-linking|isn't installed|fail(?:ed|ure|s)?|fatal|cannot|can't|could not"
    r"|couldn't|unable|denied|no such|invalid|not (?:permitted|found|supported|destroyed|implemented|available|enabled"
    r"|running|configured)|panic|segfault|segmentation|killed|abort(?:ed)?|EOF|already exists|refused|rejected|denied"
    r"|requires?|unimplemented|disabled|unsupported|timed out|timeout|exceeded|traceback|no module named|does not"
    r"|doesn't|only supported|(?:file )?exists|not (?:implemented|allowed|a directory)|undefined|execvp|inconsistent"
    r"|mismatch(?:ed)?|must (?:be|have)|needs? to (?:be|have)|does not match|can be saved|too old|missing|could n[o']t"
    r"|illegal instruction|is not a child|exited with|broken pipe)\b|\bCWW\w{2}\d{4}E\b|\bbad frame in\b"
    r"|\b\d{3} page not found|\bcode = \w"
    r"|(?:Exception|Error)\b"
    r"|\*\*\* .{1,80} \*\*\*|^\S{0,40}(?:make|Makefile)\S{0,20}: \*\*\*|multiple definition of|\bBUG\b|\bOops\b"
    r"|-j CRIU\b|Chain CRIU\b|table inet CRIU-|general protection fault|\bFAIL\b|relocation R_\w+"
    r"|\(\*(?:SCM|Host)ConnectedEndpoint|no installation candidate|\(Dead \?\?\?\)|\bPool not open\b|\blo: <LOOPBACK>"
    r"|checkpoint-restore/checkpointctl/\S{1,80}\(|\bCUDA_ERROR_[A-Z]|\[libwarp\.so\+0x"
    r"|\b_Cfunc_go_lxc_migrate\b|how to handle namespace|image path not set|supported in CRIU >="
    r"|(?:free|malloc|realloc|munmap_chunk)\(\): "
)
_RUNTIME = expression(
    r"criu failed: type|CRIU (?:checkpointing|restoring|restore|checkpoint|(?:pre-)?dump).{0,12} failed"
    r"|excerpt from CRIU log"
    r"|check CRIU log|failed to (?:checkpoint|restore)|(?:checkpoint|restore) .{0,200}failed: exit status"
    r"|container is not (?:destroyed|running)|log file: |criu-(?:dump|restore)\.log"
    r"|Cannot (?:checkpoint|restore) container"
    r"|failed with criu|criu\.c: ?\w|Can't exec criu swrk|execing criu failed"
    r"|CRIU was killed with|CRIU RPC request failed|type:(?:NOTIFY|DUMP|RESTORE)|did not terminate success?fully"
    r"|rpc (?:error|failed)"
    r"|operation failed \(msg|criu (?:dump|restore) failed|libcriu|criu.{0,40}not found"
    r"|OCI runtime container pid|checkpointing of \S{1,200} failed"
)
_PATHS = expression(
    r"(?:log file:|excerpt from CRIU log|check CRIU logs? ?(?:file)?(?: at| in)?|path=|[Ss]ee"
    r"|[Ll]og(?:file| file)?(?: is)?(?: at| in)?:?)"
    r"[ \t]*[`'\"]?(/[^\s`'\",;]{1,500}\.log)"
    r"|(?<![^\s`'\",;:=([{<])(/[^\s`'\",;:]{1,500}/(?:criu-)?(?:dump|restore)\.log)"
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
    count = errors = rules = prose = 0
    kept: list[LogLine] = []
    runtime: list[LogLine] = []
    paths: dict[str, None] = {}
    for number, raw in _not_plain(log):
        if not raw.strip(_RULED):
            # A file may consist of these, and taking each apart takes a hundred times as long.
            rules += 1
            continue
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
        prose += is_prose(text)
        told = bool(_RUNTIME.search(text))
        if told and len(runtime) < KEPT:
            runtime.append(line)
        if told or "log" in text:
            paths.update(dict.fromkeys(found[1] or found[2] for found in _PATHS.finditer(text)))
        if _ERROR.search(text):
            errors += 1
            if len(kept) < KEPT:
                kept.append(line)
    if prose * 2 > count:
        # A description of dumps speaks of errors too: only what is none of its sentences counts.
        kept, runtime = ([line for line in lines if not is_told(line.text)] for lines in (kept, runtime))
        errors = len(kept)
    return Others(count, errors, tuple(kept), tuple(runtime), tuple(paths)[:KEPT], rules)


def after_the_end(log: Log) -> Iterator[LogLine]:
    """Lines that CRIU did not write, behind its word that it was successful, where that stands near the end."""
    if not log.starts:
        return
    data = read_block(log, len(log.starts) - 1)
    at = data.rfind(_END, max(0, len(data) - SEARCHED_BEHIND))
    first = log.firsts[-1] + data.count(b"\n", 0, max(at, 0)) + 1
    rest = data[at:].removesuffix(b"\n").split(b"\n") if at >= 0 else []
    for number, raw in enumerate(rest[: LINES_BEHIND + 1], first):
        if number > first and raw[:2] not in _BEGINNINGS:
            line = next(messages(number, text_of_line(raw), log.wrappings))
            if not line.understood and not RULES.match(line.text):
                yield line


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

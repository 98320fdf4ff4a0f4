"""A log's bytes in blocks of whole lines: a log of any length costs only where its blocks begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.limits import LINE_LIMIT, LOG_LIMIT

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from criu_tui.core.base.encoding import Encoding
    from criu_tui.core.source.source import OpenFile

LINES_KEPT = 1 << 22
BLOCK = 1 << 16
"""Bytes read at once."""
LONGEST = BLOCK + LINE_LIMIT
"""Bytes of a block: what was read at once, and the beginning of a line left from before."""


class LogTooLongError(Exception):
    """A log is longer than what is read of any; the argument is the byte offset where reading stopped."""


def blocks(opened: OpenFile, encoding: Encoding) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines as they are in the file, each with the bytes from the first one's beginning to its own.

    A line beyond LINE_LIMIT ends its block and is cut there; the rest of it is passed over. Raises
    LogTooLongError beyond `_limit`.
    """
    limit = _limit(opened)
    file = opened.stream
    offset = 0
    held = b""
    while chunk := file.read(BLOCK):
        held += chunk
        end = encoding.rfind_newline(held)
        if end:
            yield offset, held[:end]
            held = held[end:]
            offset += end
            if offset > limit:
                raise LogTooLongError(offset)
        if len(held) >= LINE_LIMIT:
            yield offset, held[:LINE_LIMIT]
            offset += len(held)
            held = b""
            # Blocks are of an even length: none ends within a character of two bytes.
            while chunk := file.read(BLOCK):
                end = encoding.find_newline(chunk)
                offset += end or len(chunk)
                if offset > limit:
                    raise LogTooLongError(offset)
                if end:
                    held = chunk[end:]
                    break
    if held:
        yield offset, held


def _limit(file: OpenFile) -> int:
    """How much of a log is read: up to the first hole. CRIU never leaves one, and it may be terabytes long."""
    try:
        hole = file.hole_from(0)
    except OSError:
        # A file system that cannot say.
        return LOG_LIMIT
    return min(LOG_LIMIT, hole) if hole is not None and hole < file.size else LOG_LIMIT


def selected(data: bytes, words: Sequence[bytes], marks: Sequence[re.Pattern[bytes]] = ()) -> list[tuple[int, bytes]]:
    """Index in the block and bytes of the lines that hold one of these words or marks, in order."""
    # Most lines hold none: finding the words is far cheaper than splitting lines.
    starts: set[int] = set()
    for word in words:
        at = data.find(word)
        while at >= 0:
            starts.add(data.rfind(b"\n", 0, at) + 1)
            after = data.find(b"\n", at)
            at = data.find(word, after) if after >= 0 else -1
    for mark in marks:
        starts.update(data.rfind(b"\n", 0, match.start()) + 1 for match in mark.finditer(data))
    found: list[tuple[int, bytes]] = []
    before = index = 0
    for start in sorted(starts):
        index += data.count(b"\n", before, start)
        before = start
        end = data.find(b"\n", start)
        found.append((index, data[start : end if end >= 0 else None]))
    return found


def last_selected(data: bytes, words: Sequence[bytes]) -> list[tuple[int, bytes]]:
    """The last of the lines that hold one of these words, as `selected` gives them all; at most one."""
    at = max(map(data.rfind, words), default=-1)
    if at < 0:
        return []
    start = data.rfind(b"\n", 0, at) + 1
    end = data.find(b"\n", at)
    return [(data.count(b"\n", 0, start), data[start : end if end >= 0 else None])]


def line_count(data: bytes) -> int:
    """Lines of a block; the last one may lack its end."""
    return data.count(b"\n") + (not data.endswith(b"\n"))


def text_of_line(raw: bytes) -> str:
    """The beginning of a line as text, bytes that are not UTF-8 kept as surrogates."""
    return raw[:LINE_LIMIT].decode("utf-8", "surrogateescape")

"""Why a file of a checkpoint, or the rest of it, cannot be read."""

from __future__ import annotations

import errno

from criu_tui.core.base.text import display_safe

NOT_YET = "not read from the archive yet"
"""Why there is none of what lies further on in an archive that is still being read."""


class ImageError(Exception):
    """Why an image, or the rest of it, cannot be read: file, byte offset and reason.

    Its text is safe to show, whatever the file is called.
    """

    def __init__(self, file: str, offset: int | None, reason: str, entry: int | None = None) -> None:
        self.file = file
        self.offset = offset
        self.reason = reason
        self.entry = entry
        super().__init__(file, offset, reason, entry)

    def __str__(self) -> str:
        where = display_safe(self.file)
        if self.offset is not None:
            where += f": byte {self.offset}"
        if self.entry is not None:
            where += f" (entry {self.entry})"
        return f"{where}: {display_safe(self.reason)}"


class LeftOutError(ImageError):
    """What of an image that can be read is more than is kept."""


class OddError(ImageError):
    """What is odd about an archive of which every file is read as it would be unpacked."""


def reason_of(error: OSError) -> str:
    """The system's words for an error, without the path that Python adds."""
    if error.errno == errno.ENXIO:
        return "not a regular file"
    return (error.strerror or str(error)).lower()

"""What a checkpoint may cost, whatever it claims of itself: every bound on what is read, kept or tried, once.

A view takes at most 200 MiB above the bytes that the checkpoint has on its disk, and 20 seconds of processor
time. What is left out to keep to that is said where it would have been shown. tests/fuzz/compositions.py and
tests/fuzz/scale.py measure both. Facts of the kernel or of a format are not limits: they stand where they are used,
and so does how much of a list one row or sentence shows.
"""

from __future__ import annotations

# Images

PACKED = 8
"""How much longer a file may be than the blocks it takes: some file systems compress; more is holes."""
ALWAYS_READ = 1 << 20
"""Bytes of a file that are read whatever its disk holds, since few bytes pack better than many."""
HOLES_WALKED = 1 << 20
"""Holes of a pages file that are added up: `criu dedup` punches one for each stretch of pages."""
HOLES_COUNTED = 1 << 12
"""Holes of a file whose bytes between them are counted; what lies behind as many counts as not there."""
MESSAGE_LIMIT = 1 << 26
"""Bytes of one message; an address space of a million VMAs takes as much."""
NESTED_LIMIT = 1 << 20
"""Messages within a message: of a few bytes each they would grow fiftyfold in memory."""
ENTRY_LIMIT = 1 << 20
"""Entries of an image that are kept, or whose raw bytes are looked for."""
EMPTY_LIMIT = 4096
"""Entries without a byte that may follow one another; no image of CRIU's has nearly as many."""
PAYLOAD_LIMIT = 1 << 28
"""Bytes of all messages of an image together, and of what follows them where that is read too."""
IMAGE_LIMIT = 1 << 30
"""Bytes of a pagemap image, which is read in blocks into columns."""
RAW_IMAGE_LIMIT = 1 << 24
"""Bytes of an image of text or of netlink messages: it is read whole."""
RAW_ENTRY_LIMIT = 1 << 17
"""Lines, messages or files of a raw image that are listed."""
UNPACKED_LIMIT = 1 << 28
"""Bytes of an archive within a dump that are unpacked, to list what is in it."""
UNPACKED_LEAST, UNPACKED_RATIO = 1 << 24, 100
"""Those of a small one, and how many more for each of its own bytes."""
UNKNOWN_LIMIT = 1000
"""Unknown fields that are kept; from then on no more are looked for: one message can have millions."""

# Files and archives

PATH_MAX = 4096
"""Characters of a path that are kept where much else repeats it; the kernel takes no longer ones."""
REPEATED_LIMIT = 2 << 20
"""Bytes that are read again under other names of one file, hard or symbolic links within a directory."""
MEMBER_LIMIT = 1 << 18
"""Members and directories of an archive that are listed; a dump of 5,000 tasks has 25,000."""
FOLLOWED_LIMIT = 40
"""Links in an archive that are followed one after another, as many as the kernel follows (path_resolution(7))."""
MEMBER_TEXT_LIMIT = 1 << 20
"""Bytes of a member's long name, or of its pax records, which stand before it in an archive."""
STRETCH_LIMIT = 1 << 16
"""Stretches of data of one sparse member."""
MARKER_LIMIT = 1 << 22
"""Markers of all shards of a stream together; bytes of a file come in pieces of up to a megabyte."""
WINDOW_LIMIT = 1 << 28
"""Bytes that a decompressor may look back; `zstd --long=27` needs half as many, `xz -9` a quarter."""
MANIFEST_LIMIT = 4 << 20
"""Bytes of an OCI index or manifest (the size that registries take)."""
BACKUP_LIMIT = 1 << 20
"""Bytes of Incus' backup.yaml that are read."""
DELETED_LIMIT = 16 << 20
"""Bytes of an engine's list of deleted files."""

# What a dump is made of

PARENT_LIMIT = 128
"""Parent dumps that are followed: each is as large as the dump itself."""
TASK_LIMIT = 1 << 14
"""Tasks that are kept of pstree.img: each takes 8 KiB, though it may have no image of its own."""
VMA_LIMIT = 1 << 16
"""VMAs that are kept of one task, as many as the kernel allows one by default (vm.max_map_count is 65,530)."""
THREAD_LIMIT = 1 << 16
"""Threads that are kept of all tasks together: each has an image of its own."""
SHARED_DESCRIPTOR_LIMIT = 1 << 16
"""Descriptors that are listed again for tasks that share their table with one before: the table has one image."""
PROBLEM_LIMIT = 1000
"""Problems that are kept; further ones are only counted."""
MOUNT_DEPTH_LIMIT = 256
"""Mounts above one by which it is set in; a chain of mounts would fill the screen with blanks."""
CGROUP_DEPTH_LIMIT = 128
"""Cgroups below one another that are followed, since each path repeats those above it."""
FILTER_LIMIT = 1024
"""Seccomp filters of one thread, each leading to the one before; their links may form a ring."""

DESCRIPTOR_LIMIT = 1 << 20
"""Descriptors of one running task that are looked at, as many as the kernel lets one have by default (fs.nr_open)."""
QUEUE_LIMIT = 1 << 20
"""Bytes of a queue that are compared with another dump's; of longer ones the length."""

# Memory

ARGUMENTS_LIMIT = 8 << 20
"""Bytes of arguments or environment that are read: the kernel takes at most 6 MiB of both (execve(2))."""
MEMORY_READ_LIMIT = 64 << 20
"""Bytes of a task's memory that are read at once."""
BLOCK_LIMIT = 4 << 20
"""Bytes of pages in one compressed block: it is unpacked whole."""
OPEN_PAGES_LIMIT = 64
"""Pages files that are kept open, far below the descriptors of a process."""
OPEN_ELF_LIMIT = 128
"""Mapped files of this machine that are opened, to look for build ids and symbols."""
ELF_HEADER_LIMIT = 256
"""Program headers of one ELF file that are looked through."""
SYMBOL_LIMIT = 1 << 20
"""Symbols of one ELF file that are read."""
ELF_NOTE_LIMIT = 1 << 16
"""Bytes of one ELF file's notes that are read for its build id."""
CALL_LIMIT = 1000
"""Calls of one thread that are followed: a damaged stack may lead anywhere."""
PATTERN_SECONDS = 5.0
"""Seconds that an expression may take over the bytes that are there: some take time without end."""
ZEROS_LIMIT = 64 << 20
"""Bytes of one stretch of absent anonymous pages that a core file has as zeros; longer ones it leaves out."""
SEGMENT_LIMIT = 1 << 20
"""Segments of a core file: each has a header, and no debugger takes more."""

# The plan, findings and logs

COMPARED_LIMIT = 1 << 20
"""Pages of a task that are compared, 4 GiB of them; any others count as restored."""
UNASKED_LIMIT = 1 << 14
"""Pages of a whole dump, 64 MiB of them, that are compared for the sake of a log, which nobody has asked for."""
CHECKED_LIMIT = 20_000
"""Images without a view of their own that are read to their end; of the others nothing is said."""
FINDING_LIMIT = 100
"""Findings of one kind that are kept; further ones are counted."""
LINE_LIMIT = 1 << 16
"""Bytes of a log's line that are looked at."""
LOG_LIMIT = 1 << 30
"""Bytes of a log that are read."""
PRINTED_LIMIT = 1 << 22
"""Lines of a log that are printed, or looked at for those that are wanted: each takes some 3 microseconds."""
LINES_COMPARED = 1 << 20
"""Lines of two logs that are held against each other; runs that part do so long before."""

# The terminal

CLIPBOARD_LIMIT = 74_994
"""Bytes of copied text; in base64 just below the 100,000 that terminals take in one sequence."""


# Checks before a restore

FACTS_LIMIT = 1 << 24
"""Bytes of a file with the facts of a machine."""
CHECKS_LIMIT = 100
"""Checks of one subject that are kept."""
CHECK_SECONDS_LIMIT = 20.0
"""Seconds that one subject may take: a file system that hangs must not hang the rest."""
CRIU_SECONDS_LIMIT = 5.0
"""Seconds that a CRIU on this machine has for each answer."""
ANSWER_LIMIT = 1 << 20
"""Bytes of such an answer; a whole `criu check -v4` takes a hundredth."""


def path_cut(name: str) -> str:
    """As much of a name as a path can have: all that lies below repeats it."""
    return name if len(name) <= PATH_MAX else f"{name[:PATH_MAX]}…"

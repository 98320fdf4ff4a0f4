"""The VMAs of a running process as CRIU would write them, and the pages of each that it would dump.

Sources: criu/proc_parse.c (parse_smaps, handle_vma) for flags and status bits, criu/mem.c (should_dump_page) for pages.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.vma import MapFlag, Prot, Vma, VmaStatus
from criu_tui.core.pages.entries import PageFlag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from criu_tui.core.live.memory import Mapped, Run

_PROT = ((0, "r", Prot.READ), (1, "w", Prot.WRITE), (2, "x", Prot.EXEC))
_MAP_FLAGS = {"gd": MapFlag.GROWSDOWN, "ht": MapFlag.HUGETLB, "lo": MapFlag.LOCKED, "nr": MapFlag.NORESERVE}
"""Two letters of VmFlags that become MAP_* bits."""
_ADVICE = {"rr": 1, "sr": 2, "dc": 10, "mg": 12, "hg": 14, "nh": 15, "dd": 16, "wf": 18}
"""Two letters of VmFlags that become numbers of madvise(2)."""
_KERNELS = {
    "[vsyscall]": VmaStatus.VSYSCALL,
    "[vdso]": VmaStatus.REGULAR | VmaStatus.VDSO,
    "[vvar]": VmaStatus.REGULAR | VmaStatus.VVAR,
    "[vvar_vclock]": VmaStatus.REGULAR | VmaStatus.VVAR,
    "[heap]": VmaStatus.REGULAR | VmaStatus.HEAP,
    "[uprobes]": VmaStatus.REGULAR | VmaStatus.UPROBES,
}
"""Mappings that the kernel has a word for."""
AIO = "/[aio]"
"""What the kernel calls the memory of an io_setup(2) context."""
_SYSTEM_V = "/SYSV"
_MEMFD = "/memfd:"
SHARED_MEMORY = _MEMFD, "/dev/zero (deleted)"
"""Beginnings of what CRIU takes for memory files: those of memfd_create(2), and shared memory without a file."""
_FILE = "file"
# Numbers: what is done for each of 65,530 mappings must not make flags.
_VVAR, _VDSO, _NOT_ACCOUNTABLE = int(VmaStatus.VVAR), int(VmaStatus.VDSO), int(VmaStatus.NOT_ACCOUNTABLE)
_OF_FILES, _ANON_SHARED = int(VmaStatus.FILE_PRIVATE | VmaStatus.FILE_SHARED), int(VmaStatus.ANON_SHARED)
_EXEC = int(Prot.EXEC)


def has_file(mapped: Mapped) -> bool:
    """Whether a mapping is of a file that CRIU would open again, a memory file among them."""
    return mapped.inode != 0 and not mapped.name.startswith((AIO, _SYSTEM_V))


def vmas(mapped: Iterable[Mapped], file_id: Callable[[Mapped], int]) -> Iterator[Vma]:
    """The VMAs of mappings; `file_id` numbers the file of one. Parts of the kernel's data page become one VMA.

    What the kernel does not count towards its limit of one mapping CRIU takes to be so of the next one of that file.
    """
    last: Vma | None = None
    for each in mapped:
        made = _vma(each, file_id)
        if last is not None:
            before, status = last.status, made.status
            if (
                before & _NOT_ACCOUNTABLE & ~status
                and last.shmid == made.shmid
                and last.traits.file
                and made.traits.file
            ):
                made = made._replace(status=status | _NOT_ACCOUNTABLE)
            if before & status & _VVAR and last.end == made.start:
                last = last._replace(end=made.end)
                continue
            yield last
        last = made
    if last is not None:
        yield last


def _vma(mapped: Mapped, file_id: Callable[[Mapped], int]) -> Vma:
    prot, flags, status, advice = _nature(mapped.permissions, mapped.flags, _word(mapped))
    shmid = 0
    if status & _OF_FILES:
        shmid = file_id(mapped)
    elif status & _ANON_SHARED:
        shmid = mapped.inode
    return Vma(mapped.start, mapped.end, mapped.offset, shmid, prot, flags, status, -1, advice)


def _word(mapped: Mapped) -> str:
    """What of a mapping's name decides what it is."""
    if not mapped.name:
        return ""
    for beginning in (AIO, _SYSTEM_V, *SHARED_MEMORY):
        if mapped.name.startswith(beginning):
            return _MEMFD if beginning in SHARED_MEMORY else beginning
    return _FILE if has_file(mapped) else mapped.name if mapped.name in _KERNELS else ""


@functools.lru_cache(4096)
def _nature(permissions: str, words: frozenset[str], name: str) -> tuple[int, int, int, int]:
    """Protection, MAP_* bits, status bits and advice; cached, since many mappings are alike."""
    prot = 0
    for at, letter, bit in _PROT:
        if permissions[at] == letter:
            prot |= bit
    shared = permissions[3] == "s"
    flags = int(MapFlag.SHARED if shared else MapFlag.PRIVATE)
    advice = 0
    for word in words:
        flags |= _MAP_FLAGS.get(word, 0)
        if word in _ADVICE:
            advice |= 1 << _ADVICE[word]
    status = int(_KERNELS.get(name, VmaStatus.REGULAR))
    if name == AIO:
        status = int(VmaStatus.AIORING)
    elif name in (_FILE, _MEMFD):
        status |= VmaStatus.FILE_SHARED if shared else VmaStatus.FILE_PRIVATE
        if name == _MEMFD:
            status |= VmaStatus.MEMFD
    elif shared:
        status |= VmaStatus.ANON_SHARED
        flags |= MapFlag.ANONYMOUS
        if name == _SYSTEM_V:
            status |= VmaStatus.SYSVIPC
    else:
        status |= VmaStatus.ANON_PRIVATE
        flags |= MapFlag.ANONYMOUS
    if "ss" in words:
        status |= VmaStatus.SHSTK
    if words and "ac" not in words:
        status |= VmaStatus.NOT_ACCOUNTABLE
    return int(prot), int(flags), int(status), advice


def guards(runs: Iterable[Run]) -> Iterator[Vma]:
    """The guard pages among runs, which CRIU writes as VMAs behind all others."""
    for run in runs:
        if run.guard:
            yield Vma(run.start, run.end, 0, 0, 0, 0, int(VmaStatus.GUARD))


def pagemap(made: Iterable[Vma], runs: Iterable[Run]) -> Iterator[tuple[int, int]]:
    """Pages [start, end) in bytes that a dump would hold, in order: VMAs and runs are both in order of addresses.

    Of private memory what is in memory or swapped out, pages of the file itself and of zeros left out;
    of the vDSO every page; of the kernel's data page none. What was mapped anew while it was read counts once.
    CRIU puts a call of its own into the first page of code, which is then the task's own and dumped
    (compel/src/lib/infect.c).
    """
    left = iter(runs)
    run = next(left, None)
    told, patched = 0, False
    for vma in made:
        status = vma.status
        if vma.start < told:
            continue
        told = vma.end
        if status & _VDSO or vma.traits.always_private:
            yield vma.start, vma.end
            continue
        if status & _VVAR or not vma.is_private():
            continue
        begin = vma.start
        if not patched and vma.prot & _EXEC:
            patched, begin = True, vma.start + PAGE
            yield vma.start, begin
        while run is not None and run.end <= begin:
            run = next(left, None)
        while run is not None and run.start < vma.end:
            if not run.file and not run.guard:
                yield max(run.start, begin), min(run.end, vma.end)
            if run.end > vma.end:
                break
            run = next(left, None)


def entries(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Pagemap entries of spans in order, those that touch made one: address, pages and flags."""
    found: list[tuple[int, int, int]] = []
    for start, end in spans:
        pages = (end - start) // PAGE
        if found and found[-1][0] + found[-1][1] * PAGE == start:
            found[-1] = found[-1][0], found[-1][1] + pages, found[-1][2]
        else:
            found.append((start, pages, int(PageFlag.PRESENT)))
    return found

"""VMAs: protections, map flags and status bits in the kernel's and CRIU's own words."""

# Annotations are not kept as text here: a named tuple compiles each of these, 0.4 ms for as many as there are.
import enum
import functools
from typing import NamedTuple

from criu_tui.core.base.span import Span

TASK_SIZE_X86_64 = 0x7FFFFFFFF000
"""Where user addresses end on x86-64 with four page-table levels."""


class Prot(enum.IntFlag):
    """PROT_* bits of mmap(2)."""

    NONE = 0
    READ = 1
    WRITE = 2
    EXEC = 4


class MapFlag(enum.IntFlag):
    """MAP_* bits of mmap(2) with their values on x86-64."""

    SHARED = 0x1
    PRIVATE = 0x2
    FIXED = 0x10
    ANONYMOUS = 0x20
    GROWSDOWN = 0x100
    DENYWRITE = 0x800
    LOCKED = 0x2000
    NORESERVE = 0x4000
    POPULATE = 0x8000
    STACK = 0x20000
    HUGETLB = 0x40000
    DROPPABLE = 0x8


class VmaStatus(enum.IntFlag):
    """VMA_* status bits of an image (criu/include/image.h)."""

    REGULAR = 1 << 0
    STACK = 1 << 1
    VSYSCALL = 1 << 2
    VDSO = 1 << 3
    HEAP = 1 << 5
    FILE_PRIVATE = 1 << 6
    FILE_SHARED = 1 << 7
    ANON_SHARED = 1 << 8
    ANON_PRIVATE = 1 << 9
    SYSVIPC = 1 << 10
    SOCKET = 1 << 11
    VVAR = 1 << 12
    AIORING = 1 << 13
    MEMFD = 1 << 14
    SHSTK = 1 << 15
    GUARD = 1 << 16
    UPROBES = 1 << 17
    NOT_ACCOUNTABLE = 1 << 18
    EXT_PLUGIN = 1 << 27


class VmaKind(enum.Enum):
    """What a VMA is to the person who looks at it; the first that fits."""

    GUARD = "guard"
    VSYSCALL = "vsyscall"
    VDSO = "vdso"
    VVAR = "vvar"
    STACK = "stack"
    HEAP = "heap"
    SHADOW_STACK = "shadow stack"
    AIO_RING = "aio ring"
    SYSV = "sysv shm"
    SOCKET = "socket"
    UPROBES = "uprobes"
    PLUGIN = "plugin"
    HUGETLB = "hugetlb"
    MEMFD = "memfd"
    FILE_PRIVATE = "file"
    FILE_SHARED = "file shared"
    ANON_SHARED = "anon shared"
    ANON = "anon"
    OTHER = "other"


_KIND_OF_STATUS = (
    (VmaStatus.GUARD, VmaKind.GUARD),
    (VmaStatus.VSYSCALL, VmaKind.VSYSCALL),
    (VmaStatus.VDSO, VmaKind.VDSO),
    (VmaStatus.VVAR, VmaKind.VVAR),
    (VmaStatus.EXT_PLUGIN, VmaKind.PLUGIN),
    (VmaStatus.UPROBES, VmaKind.UPROBES),
    (VmaStatus.SHSTK, VmaKind.SHADOW_STACK),
    (VmaStatus.AIORING, VmaKind.AIO_RING),
    (VmaStatus.STACK, VmaKind.STACK),
    (VmaStatus.HEAP, VmaKind.HEAP),
    (VmaStatus.SYSVIPC, VmaKind.SYSV),
    (VmaStatus.SOCKET, VmaKind.SOCKET),
)

_KIND_OF_MEMORY = (
    (VmaStatus.MEMFD, VmaKind.MEMFD),
    (VmaStatus.FILE_PRIVATE, VmaKind.FILE_PRIVATE),
    (VmaStatus.FILE_SHARED, VmaKind.FILE_SHARED),
    (VmaStatus.ANON_SHARED, VmaKind.ANON_SHARED),
    (VmaStatus.ANON_PRIVATE, VmaKind.ANON),
)


class Traits(NamedTuple):
    """What flags and status bits make of a VMA, whatever its addresses."""

    kind: VmaKind
    private_kind: bool
    """REGULAR with ANON_PRIVATE or FILE_PRIVATE: private if it also lies below the task size."""
    always_private: bool
    """A shadow stack or an AIO ring."""
    guard: bool
    hugetlb: bool
    growsdown: bool
    anonymous: bool
    shared: bool
    shadow_stack: bool
    plugin: bool
    file: bool
    sysv: bool
    memfd: bool
    anonymous_shared: bool
    """Shared memory without a file, System V's included."""
    mapped: bool
    """A restore maps it: REGULAR or AIORING, and neither GUARD nor VSYSCALL."""
    unaccounted: bool
    """The kernel did not count it towards the commit limit when it was dumped; only CRIU from 4.3 on says so."""


def _all_bits(kind: type[enum.IntFlag]) -> int:
    return functools.reduce(lambda bits, bit: bits | bit.value, kind, 0)


# An IntFlag remembers every value that it is ever given: unknown bits are kept away from it.
_KNOWN_FLAGS = _all_bits(MapFlag)
_KNOWN_STATUS = _all_bits(VmaStatus)
_COMBINATIONS = 4096
"""Of flags that are remembered; a dump made to hurt can hold any number."""


@functools.lru_cache(_COMBINATIONS)
def traits(flags: int, status: int) -> Traits:
    """The traits of map flags and status bits; cached, since dumps hold few combinations."""
    map_flags, bits = MapFlag(flags & _KNOWN_FLAGS), VmaStatus(status & _KNOWN_STATUS)
    hugetlb = MapFlag.HUGETLB in map_flags
    kind = next((kind for bit, kind in _KIND_OF_STATUS if bit in bits), None)
    if kind is None and hugetlb:
        kind = VmaKind.HUGETLB
    if kind is None:
        kind = next((kind for bit, kind in _KIND_OF_MEMORY if bit in bits), VmaKind.OTHER)
    regular = VmaStatus.REGULAR in bits
    aio_ring = VmaStatus.AIORING in bits
    return Traits(
        kind=kind,
        private_kind=regular and bool(bits & (VmaStatus.ANON_PRIVATE | VmaStatus.FILE_PRIVATE)),
        always_private=bool(bits & (VmaStatus.SHSTK | VmaStatus.AIORING)),
        guard=VmaStatus.GUARD in bits,
        hugetlb=hugetlb,
        growsdown=MapFlag.GROWSDOWN in map_flags,
        anonymous=MapFlag.ANONYMOUS in map_flags,
        shared=MapFlag.SHARED in map_flags,
        shadow_stack=VmaStatus.SHSTK in bits,
        plugin=VmaStatus.EXT_PLUGIN in bits,
        file=bool(bits & (VmaStatus.FILE_PRIVATE | VmaStatus.FILE_SHARED)),
        sysv=VmaStatus.SYSVIPC in bits,
        memfd=VmaStatus.MEMFD in bits,
        anonymous_shared=bool(bits & (VmaStatus.ANON_SHARED | VmaStatus.SYSVIPC)),
        mapped=(regular or aio_ring) and not bits & (VmaStatus.GUARD | VmaStatus.VSYSCALL),
        unaccounted=VmaStatus.NOT_ACCOUNTABLE in bits,
    )


class Vma(NamedTuple):
    """One mapping of a task, [start, end) in bytes, as mm-PID.img holds it."""

    start: int
    end: int
    pgoff: int
    """Bytes into the file."""
    shmid: int
    """Id of the file in files.img, or of the shared memory."""
    prot: int
    """PROT_* bits; see Prot."""
    flags: int
    """MAP_* bits; see MapFlag."""
    status: int
    """VMA_* bits; see VmaStatus."""
    fd: int = -1
    madv: int = 0
    """Bit N set: madvise(2) advice N was given."""

    @property
    def span(self) -> Span:
        """[start, end) in bytes."""
        return Span(self.start, self.end)

    @property
    def size(self) -> int:
        """Bytes; 0 when the image has it reversed."""
        return max(0, self.end - self.start)

    @property
    def traits(self) -> Traits:
        """What its flags and status bits make of it."""
        return traits(self.flags, self.status)

    def is_private(self, task_size: int = TASK_SIZE_X86_64) -> bool:
        """Whether CRIU restores it page by page as private memory (criu/include/vma.h)."""
        own = self.traits
        return own.always_private or (own.private_kind and self.end <= task_size)


@functools.lru_cache(_COMBINATIONS)
def prot_text(prot: int) -> str:
    """Protection as /proc/PID/maps shows it: "rw-", "---"; bits beyond these in hexadecimal."""
    shown = "".join(letter if prot & bit else "-" for letter, bit in (("r", 1), ("w", 2), ("x", 4)))
    return shown if prot < 8 else f"{shown}+{prot & ~7:x}"


@functools.lru_cache(_COMBINATIONS)
def flag_names(flags: int) -> tuple[str, ...]:
    """Names of MAP_* bits in bit order; unknown bits as one hexadecimal number."""
    return _names(MapFlag, flags)


@functools.lru_cache(_COMBINATIONS)
def status_names(status: int) -> tuple[str, ...]:
    """Names of VMA_* bits in bit order; unknown bits as one hexadecimal number."""
    return _names(VmaStatus, status)


def _names(kind: type[enum.IntFlag], value: int) -> tuple[str, ...]:
    names = tuple(bit.name or "" for bit in sorted(kind) if bit and value & bit)
    unknown = value & ~_all_bits(kind)
    return (*names, f"0x{unknown:x}") if unknown else names

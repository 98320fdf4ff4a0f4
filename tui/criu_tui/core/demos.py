"""The built-in dumps: what each is called, where it opens, what it is made of; written as images when asked for."""

# Annotations are not kept as text here: a named tuple compiles each of these, 0.2 ms for as many as there are.
from collections.abc import Callable
from collections.abc import Mapping as Names
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from criu_tui.core.dump.vma import MapFlag, Prot, VmaStatus

GIB = 1 << 30
MIB = 1 << 20

_PRIVATE = MapFlag.PRIVATE | MapFlag.ANONYMOUS
_ANON = VmaStatus.REGULAR | VmaStatus.ANON_PRIVATE
_ROOT_PID = 4242


class Mapping(NamedTuple):
    """A VMA to write, with the pages in it that hold data."""

    start: int
    size: int
    prot: int
    """PROT_* bits."""
    flags: int = _PRIVATE
    status: int = _ANON
    pages: tuple[int, ...] = ()
    """Addresses, each of one dumped page."""

    @property
    def end(self) -> int:
        """The address behind its last byte."""
        return self.start + self.size


class DemoTask(NamedTuple):
    """One task to write; mappings sorted by start."""

    pid: int
    ppid: int
    comm: str
    mappings: tuple[Mapping, ...]
    creds: tuple[int, int] = (0, 0)
    """uid and gid inside the namespace."""


class DemoDump(NamedTuple):
    """What a built-in dump holds."""

    story: str
    """What it is made of, in a sentence."""
    tasks: tuple[DemoTask, ...] = ()
    uid_map: tuple[tuple[int, int, int], ...] = ()
    gid_map: tuple[tuple[int, int, int], ...] = ()
    files: Names[str, str] = MappingProxyType({})
    """Text files beside the images."""


def _program() -> tuple[Mapping, ...]:
    """The program's own file mappings, with the pages that a run of it leaves written."""
    file = VmaStatus.REGULAR | VmaStatus.FILE_PRIVATE
    return (
        Mapping(0x400000, 0x1000, Prot.READ, MapFlag.PRIVATE, file),
        Mapping(0x401000, 0x7A000, Prot.READ | Prot.EXEC, MapFlag.PRIVATE, file),
        Mapping(0x4A7000, 0x3000, Prot.READ | Prot.WRITE, MapFlag.PRIVATE, file, (0x4A7000, 0x4A8000)),
        Mapping(0x4AA000, 0x22000, Prot.READ | Prot.WRITE, status=_ANON | VmaStatus.HEAP, pages=(0x4AA000, 0x4AB000)),
    )


def _stack(start: int = 0x7FFC5DB96000) -> Mapping:
    pages = (start + 0x1F000, start + 0x20000)
    return Mapping(start, 0x21000, Prot.READ | Prot.WRITE, _PRIVATE | MapFlag.GROWSDOWN, _ANON, pages)


def _reservations(base: int = 0x7E8661200000) -> tuple[Mapping, ...]:
    """Two 400 GiB PROT_NONE reservations, a 10 MiB writable window in the middle of each.

    The kernel merges what lies between the windows into one VMA, since the reservations adjoin.
    """
    first, second = base + 200 * GIB, base + 600 * GIB
    window = 10 * MIB
    return (
        Mapping(base, 200 * GIB, Prot.NONE),
        Mapping(first, window, Prot.READ | Prot.WRITE, pages=(first,)),
        Mapping(first + window, 400 * GIB - window, Prot.NONE),
        Mapping(second, window, Prot.READ | Prot.WRITE, pages=(second,)),
        Mapping(second + window, 200 * GIB - window, Prot.NONE),
    )


def _boundary() -> DemoDump:
    return DemoDump(
        "two 400 GiB PROT_NONE reservations, a writable window with data in each",
        (DemoTask(_ROOT_PID, 0, "reserve", (*_program(), *_reservations(), _stack())),),
    )


def _fork() -> DemoDump:
    # As CRIU 4.3 dumps it: memory that was never writable is marked as not counted.
    space = tuple(
        mapping if mapping.prot & Prot.WRITE else mapping._replace(status=mapping.status | VmaStatus.NOT_ACCOUNTABLE)
        for mapping in (*_program(), *_reservations(), _stack())
    )
    return DemoDump(
        "the two reservations in a process that has forked: COW pairs, writable up to 4.2.1, left alone by 4.3",
        (DemoTask(_ROOT_PID, 0, "reserve", space), DemoTask(_ROOT_PID + 1, _ROOT_PID, "reserve", space)),
    )


def _trailing() -> DemoDump:
    stack = _stack(0x7F0000000000)
    return DemoDump(
        "a 400 GiB PROT_NONE reservation above the last dumped page: writable on every release",
        (DemoTask(_ROOT_PID, 0, "reserve", (*_program(), stack, Mapping(0x7F1000000000, 400 * GIB, Prot.NONE))),),
    )


def _userns() -> DemoDump:
    log = """\
(00.000000) CRIU run id = 3f0c9d5e-6b2a-4c1e-9d1b-0f7a5f3c2b11
(00.000071) Version: 3.19 (gitid 0)
(00.000077) Running on host Linux 6.8.0-45-generic #45-Ubuntu SMP PREEMPT_DYNAMIC x86_64
(00.001962) Found task size of 7ffffffff000
(00.048210) Seized task 4242, state 1
(00.048301) Will take user namespace in the image
(00.048302) Add user ns 13 pid 4242
(00.048412) id_map: 1000 1000 1
(00.048427) id_map: 1000 1000 1
(00.048590) Error (criu/namespaces.c:893): Unable to convert uid or gid
(00.049127) Error (criu/namespaces.c:959): One or more namespaces doesn't belong to the target user namespace
"""
    return DemoDump("a dump that failed in a user namespace without id 0", files={"dump.log": log})


def _userns_mapped() -> DemoDump:
    uid_map = ((0, 100000, 1000), (1000, 1000, 1), (1001, 101001, 64535))
    return DemoDump(
        "two tasks in a user namespace of three uid extents",
        (
            DemoTask(1, 0, "init", (*_program(), _stack())),
            DemoTask(2, 1, "inner", (*_program(), _stack()), creds=(1000, 1000)),
        ),
        uid_map,
        ((0, 100000, 65536),),
    )


class Demo(NamedTuple):
    """A built-in dump."""

    name: str
    """As --demo takes it."""
    title: str
    """What it shows, in a few words."""
    pane: str
    """Id of the pane that it opens on."""
    build: Callable[[], DemoDump]


DEMOS = {
    demo.name: demo
    for demo in (
        Demo("boundary", "a reservation mapped writable for a page that touches it", "plan", _boundary),
        Demo("fork", "the same, forked: writable up to 4.2.1, left alone by 4.3", "plan", _fork),
        Demo("trailing", "a reservation above the last dumped page", "plan", _trailing),
        Demo("userns", "a dump that failed: unable to convert uid or gid", "findings", _userns),
        Demo(
            "userns-mapped",
            "a user namespace that maps id 0: two tasks, every id drawn",
            "ids",
            _userns_mapped,
        ),
    )
}
"""Every built-in dump by its name; the first is the one that is meant without a name."""


def demo(name: str) -> DemoDump:
    """The built-in dump of a name; KeyError for another."""
    return DEMOS[name].build()


def write(dump: DemoDump, directory: Path) -> None:
    """Writes the files of a demo into an existing directory."""
    # The command line asks for the names alone.
    from criu_tui.core.demo_images import images

    for name, text in dump.files.items():
        (directory / name).write_text(text, encoding="utf-8")
    for name, data in images(dump).items() if dump.tasks else ():
        (directory / name).write_bytes(data)

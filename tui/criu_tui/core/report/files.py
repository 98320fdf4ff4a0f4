"""Every descriptor of a task: what it is, its path or ends, flags in words, position, who else has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base import linux
from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, number, size
from criu_tui.core.dump.described import Described, described
from criu_tui.core.dump.descriptors import directories, holders, locks
from criu_tui.core.dump.peers import peer_of
from criu_tui.core.dump.pipes import O_ACCMODE, O_WRONLY, end_flags, pipe_number, pipes
from criu_tui.core.dump.sockets import socket_at
from criu_tui.core.report import file_sections
from criu_tui.core.report.file_bytes import bytes_of, in_flight
from criu_tui.core.report.file_rows import FileRow, rows_of
from criu_tui.core.report.queued import searched
from criu_tui.core.report.report import NO_TASKS
from criu_tui.core.report.section import WIDTH_ROWS, Section, sections_text
from criu_tui.core.report.titles import titled
from criu_tui.core.tables.table import Column, Table, Tone, Unit, widest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.descriptors import Holder
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.report.report import Report

ENDS_TASKS = 256
"""Tasks up to which the descriptors of all are read at once, to say who has the other end of a pipe."""
HOLDERS_SHOWN = 12


def table(report: Report, pid: int) -> Table[FileRow]:
    """The descriptors of a task."""
    rows = tuple(rows_of(report.dump, pid))
    fds = sum(row.fd is not None for row in rows)
    return _table(report, titled(report, "Files", pid), rows, counted(fds, "descriptor"), _empty(report, pid))


def all_table(report: Report) -> Table[FileRow]:
    """The descriptors of all tasks, in tree order."""
    rows = tuple(row for pid in report.dump.pids for row in rows_of(report.dump, pid))
    fds = sum(row.fd is not None for row in rows)
    note = f"{counted(fds, 'descriptor')} of {counted(len(report.dump.pids), 'task')}"
    return _table(report, "Files of all tasks", rows, note, "no descriptors in this dump")


def _empty(report: Report, pid: int) -> str:
    core = report.dump.core(pid) if pid in report.dump.pids else None
    if core is not None and core.alive:
        return f"no descriptors of task {pid} can be read"
    return report.no_memory(pid).replace("it has no address space", "it has no descriptors")


def _table(report: Report, title: str, rows: Sequence[FileRow], note: str, empty: str) -> Table[FileRow]:
    looked = _Looked(report.dump)
    sample = rows[:WIDTH_ROWS]
    several = len({row.pid for row in sample}) > 1
    columns: tuple[Column[FileRow], ...] = (
        Column("Fd", lambda r: r.name, 4, right=True, sort=lambda r: -1 if r.fd is None else r.fd),
        Column("Type", looked.kind, widest("Type", {looked.kind(row) for row in sample})),
        Column("What", looked.what, widest("What", {looked.what(row) for row in sample}), names=("path", "name")),
        Column("Flags", looked.flags, widest("Flags", {looked.flags(row) for row in sample}), weight=2),
        Column("Pos", looked.pos, 8, right=True, sort=lambda r: looked(r).pos or 0, weight=3),
        Column("Size", looked.size, 9, right=True, sort=lambda r: looked(r).size or 0, weight=1),
        *(report.against.of_descriptors(lambda r: (r.pid, r.name)) if report.against else ()),
    )
    if several:
        columns = (Column("Task", lambda r: str(r.pid), 7, right=True, sort=lambda r: r.pid), *columns)
    first: dict[int, int] = {}
    for index, row in enumerate(rows):
        first.setdefault(row.pid, index)
    return Table(
        title,
        columns,
        rows,
        lambda r: (r.pid, None),
        looked.tone,
        total=note,
        empty=empty,
        hidden=(
            Column("Task", lambda r: str(r.pid), 7, sort=lambda r: r.pid, names=("pid",)),
            Column("File", lambda r: f"{r.file_id:#x}", 6, sort=lambda r: r.file_id, unit=Unit.ADDRESS, names=("id",)),
            Column("Shared", looked.shared, 6, sort=lambda r: len(holders(report.dump).get(r.file_id, ()))),
            Column("Lock", looked.locked, 4),
            Column("Cloexec", lambda r: "yes" if r.close_on_exec else "no", 7),
            Column("Data", lambda r: searched(report.dump, [part for _, part in bytes_of(report.dump, r)]), 4),
            Column("Facts", lambda r: display_safe(" ".join(map(" ".join, looked(r).facts))), 5),
        ),
        locate=lambda pid, address: 0 if pid is None and rows else first.get(-1 if pid is None else pid),
    )


class _Looked:
    """What the rows of one table say, looked up once a file."""

    def __init__(self, dump: Dump) -> None:
        self._dump = dump
        self._known: dict[tuple[int, str], Described] = {}
        self.ends = len(dump.pids) <= ENDS_TASKS

    def __call__(self, row: FileRow) -> Described:
        key = row.file_id, row.type
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = described(self._dump, row.file_id, row.type)
        return found

    def kind(self, row: FileRow) -> str:
        return self(row).kind

    def what(self, row: FileRow) -> str:
        found = self(row)
        # As /proc has it behind the path of a file that is gone.
        gone = "(deleted)" if any(name == "deleted" for name, _ in found.facts) else ""
        return " ".join(filter(None, (display_safe(found.what), gone, self._end(row))))

    def _end(self, row: FileRow) -> str:
        """Which end of a pipe it is, and who has the other; who has the other end of a socket."""
        file = self._dump.files.get(row.file_id)
        socket = socket_at(self._dump, row.file_id) if self.ends else None
        peer = None if socket is None else peer_of(self._dump, socket)
        if peer is not None and peer.file_id is not None:
            return f"({holders_text(holders(self._dump).get(peer.file_id, ()), row.pid)})"
        number = None if file is None else pipe_number(file)
        if file is None or number is None:
            return ""
        mode = end_flags(self._dump, file) & O_ACCMODE
        side = ("reads", "writes", "reads and writes")[min(mode, 2)]
        if not self.ends:
            return side
        pipe = pipes(self._dump)[number]
        others = pipe.readers if mode == O_WRONLY else pipe.writers
        return f"{side}, {'reader' if mode == O_WRONLY else 'writer'} {holders_text(others, row.pid)}"

    def flags(self, row: FileRow) -> str:
        flags = None if row.fd is None else self(row).flags
        words = [] if flags is None else [linux.open_flags(flags & ~linux.LARGEFILE)]
        return " ".join((*words, "CLOEXEC")) if row.close_on_exec else " ".join(words)

    def pos(self, row: FileRow) -> str:
        pos = self(row).pos
        return "" if pos is None or row.fd is None else number(pos)

    def size(self, row: FileRow) -> str:
        found = self(row).size
        return "" if found is None else size(found)

    def shared(self, row: FileRow) -> str:
        others = [held for held in holders(self._dump).get(row.file_id, ()) if held != (row.pid, row.fd)]
        return holders_text(others, row.pid) if others else ""

    def locked(self, row: FileRow) -> str:
        held = () if row.fd is None else locks(self._dump).get((row.pid, row.fd), ())
        return ", ".join(map(str, held))

    def tone(self, row: FileRow) -> Tone:
        if row.file_id not in self._dump.files:
            return Tone.ERROR
        if row.fd is None:
            return Tone.DIM
        return Tone.WARNING if self.ends and outside(self._dump, row.file_id) else Tone.PLAIN


SECTIONS = (Section("all", "all tasks", all_table, lambda _: None), *file_sections.SECTIONS)
"""The tables after the task's own, in the order of the pane."""


def outside(dump: Dump, file_id: int) -> bool:
    """Whether a pipe or socket has another end that is held by nobody in the dump."""
    file = dump.files.get(file_id)
    pipe = None if file is None else pipe_number(file)
    if pipe is not None:
        return pipes(dump)[pipe].peer_outside
    found = socket_at(dump, file_id)
    peer = None if found is None else peer_of(dump, found)
    return found is not None and found.stream and peer is not None and peer.file_id is None


def holders_text(held: Sequence[Holder], pid: int) -> str:
    """ "fd 4", "7:3": descriptors of a task, and of others with their PID before; who they are when there are many."""
    if not held:
        return "not in the dump"
    words = [f"fd {each.fd}" if each.pid == pid else str(each) for each in held[:HOLDERS_SHOWN]]
    more = len(held) - len(words)
    return ", ".join(words) + (f" and {number(more)} more" if more else "")


def lines(report: Report, row: FileRow, *, few: bool = False) -> list[tuple[Tone, str]]:
    """All that is known of a descriptor, one fact a line; `few` leaves out what takes a look at all tasks of many."""
    looked = _Looked(report.dump)
    found = looked(row)
    facts = [("is", f"{found.kind} {looked.what(row)}".strip()), ("file", f"{row.file_id:#x} of files.img")]
    if found.flags is not None:
        facts.append(("flags", linux.open_flags(found.flags)))
    if row.close_on_exec:
        facts.append(("close on exec", "yes"))
    if found.pos is not None and row.fd is not None:
        facts.append(("position", f"{number(found.pos)} bytes"))
    if found.size is not None:
        facts.append(("size", f"{size(found.size)} = {number(found.size)} bytes"))
    if row.label:
        facts.append(("SELinux label", row.label))
    facts += (("lock", text) for text in (looked.locked(row),) if text)
    if looked.ends or not few:
        facts += (("shared with", text) for text in (looked.shared(row),) if text)
    facts += in_flight(report.dump, row)
    facts += found.facts
    tone = looked.tone(row)
    return [
        (tone if index == 0 else Tone.PLAIN, f"{display_safe(name):<14}{display_safe(words)}")
        for index, (name, words) in enumerate(facts)
    ]


def text(report: Report, only: int | None) -> Iterator[str]:
    """The descriptors of each task, then what all of them share: sockets, pipes, mounts and more."""
    if not report.dump.tasks:
        yield NO_TASKS
    for position, pid in enumerate(report.pids(only)):
        if position:
            yield ""
        yield from table(report, pid).titled_text()
    if only is None:
        yield from sections_text(file_sections.SECTIONS, report)


def json(report: Report, only: int | None) -> dict[str, Json]:
    """Tasks with their descriptors, then "sockets", "pipes", "mounts" and the other sections by their ids."""
    tasks: list[Json] = [_task_json(report, pid) for pid in report.pids(only)]
    return {"tasks": tasks, **file_sections.json(report)}


def _task_json(report: Report, pid: int) -> dict[str, Json]:
    looked = _Looked(report.dump)
    rows = tuple(rows_of(report.dump, pid))
    held = directories(report.dump, pid)
    return {
        "pid": pid,
        "comm": report.comm(pid),
        **{row.name: display_safe(looked(row).what) for row in rows if row.fd is None},
        "umask": None if held is None else held.umask,
        "files": [_file_json(report.dump, looked, row) for row in rows if row.fd is not None],
    }


def _file_json(dump: Dump, looked: _Looked, row: FileRow) -> dict[str, Json]:
    found = looked(row)
    file = dump.files.get(row.file_id)
    path = file.path if file is not None and file.path else found.what if found.kind == "fifo" else None
    return {
        "fd": row.fd,
        "type": row.type,
        "kind": found.kind,
        "what": looked.what(row),
        "path": None if path is None else display_safe(path),
        "id": row.file_id,
        "flags": found.flags,
        "flags_text": None if found.flags is None else linux.open_flags(found.flags),
        "close_on_exec": row.close_on_exec,
        "pos": found.pos,
        "size": found.size,
        "locks": [str(lock) for lock in locks(dump).get((row.pid, row.fd or 0), ())],
        "shared_with": [
            {"pid": held.pid, "fd": held.fd}
            for held in holders(dump).get(row.file_id, ())
            if (held.pid, held.fd) != (row.pid, row.fd)
        ],
        "facts": {display_safe(name): display_safe(words) for name, words in found.facts},
    }

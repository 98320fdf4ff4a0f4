"""Open and mapped files of a dump, by the id that VMAs and descriptors name them with."""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from google.protobuf.message import Message

from criu_tui.core.images import kinds
from criu_tui.core.images.message_classes import class_of
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import fdinfo_pb2, memfd_pb2, sk_unix_pb2

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump


class File(NamedTuple):
    """What a restore opens for an id of files.img."""

    id: int
    type: str
    path: str | None
    """As in the dump; for memory files their name. None for a kind without one."""
    shmid: int | None = None
    """For memory files the id of the shared memory that holds their pages."""
    message: Message | None = None
    """What the image says of this kind of file: a reg_file_entry, a pipe_entry ...; None where it says nothing."""


_UNIX = fdinfo_pb2.UNIXSK
_FIELDS = {
    fdinfo_pb2.REG: "reg", fdinfo_pb2.PIPE: "pipe", fdinfo_pb2.FIFO: "fifo", fdinfo_pb2.INETSK: "isk",
    fdinfo_pb2.UNIXSK: "usk", fdinfo_pb2.EVENTFD: "efd", fdinfo_pb2.EVENTPOLL: "epfd", fdinfo_pb2.INOTIFY: "ify",
    fdinfo_pb2.SIGNALFD: "sgfd", fdinfo_pb2.PACKETSK: "psk", fdinfo_pb2.TTY: "tty", fdinfo_pb2.FANOTIFY: "ffy",
    fdinfo_pb2.NETLINKSK: "nlsk", fdinfo_pb2.NS: "nsf", fdinfo_pb2.TUNF: "tunf", fdinfo_pb2.EXT: "ext",
    fdinfo_pb2.TIMERFD: "tfd", fdinfo_pb2.MEMFD: "memfd", fdinfo_pb2.BPFMAP: "bpf", fdinfo_pb2.PIDFD: "pidfd",
}  # fmt: skip
"""What is said of a file of each type; CRIU looks at no other (criu/files.c)."""


class FilesOfImage(Mapping[int, File]):
    """The files of files.img by their id; what is said of one is looked up when it is asked for.

    A large container has a hundred thousand, of which a pane shows a few. An id that is there twice is the last one's.
    """

    def __init__(
        self, entries: "Iterable[fdinfo_pb2.file_entry]", inodes: "dict[int, memfd_pb2.memfd_inode_entry]"
    ) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self._inodes = inodes
        self._made: dict[int, File] = {}

    def __getitem__(self, number: int) -> File:
        found = self._made.get(number)
        if found is None:
            found = self._made[number] = self._file(self._entries[number])
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, number: object) -> bool:
        return number in self._entries

    def of_type(self, *types: int) -> Iterator[File]:
        """The files of some types, numbers of fd_types, without a look at what is said of the others."""
        chosen = [number for number, entry in self._entries.items() if entry.type in types]
        return map(self.__getitem__, chosen)

    def unix_inodes(self) -> dict[int, int]:
        """Ids of unix sockets by their inode."""
        return {
            entry.usk.ino: number for number, entry in self._entries.items() if entry.type == _UNIX and entry.usk.ino
        }

    def _file(self, entry: "fdinfo_pb2.file_entry") -> File:
        path: str | None = None
        shmid: int | None = None
        field = _FIELDS.get(entry.type, "")
        message: Message | None = getattr(entry, field) if field and entry.HasField(field) else None
        if message is not None and field == "reg":
            path = text_of(entry.reg.name)
        elif message is not None and field == "memfd":
            inode = self._inodes.get(entry.memfd.inode_id)
            if inode is not None:
                path, shmid = f"memfd:{text_of(inode.name)}", inode.shmid
        return File(entry.id, fdinfo_pb2.fd_types.Name(entry.type), path, shmid, message)


def memfd_inodes(dump: "Dump") -> "dict[int, memfd_pb2.memfd_inode_entry]":
    """Memory files by the number that descriptors name them with."""
    return dump.once("memory files", lambda: _memfd_inodes(dump))


def _memfd_inodes(dump: "Dump") -> "dict[int, memfd_pb2.memfd_inode_entry]":
    entries = dump.entries("memfd.img", kinds.MEMFD_INODE, memfd_pb2.memfd_inode_entry)
    return {inode.inode_id: inode for inode in entries}


def read_files(dump: "Dump") -> Mapping[int, File]:
    """Open and mapped files by their id: files.img, or an image for each kind before CRIU 3.4."""
    if "files.img" not in dump.files_listed and "reg-files.img" in dump.files_listed:
        return _of_each_kind(dump)
    entries = dump.entries("files.img", kinds.FILES, fdinfo_pb2.file_entry)
    return FilesOfImage(entries, memfd_inodes(dump))


def of_type(files: Mapping[int, File], *types: int) -> Iterator[File]:
    """The files of some types, numbers of fd_types."""
    if isinstance(files, FilesOfImage):
        return files.of_type(*types)
    names = {fdinfo_pb2.fd_types.Name(each) for each in types}
    return (file for file in files.values() if file.type in names)


def unix_inodes(files: Mapping[int, File]) -> dict[int, int]:
    """Ids of the files of unix sockets, by inode."""
    if isinstance(files, FilesOfImage):
        return files.unix_inodes()
    messages = ((file.id, file.message) for file in files.values())
    return {
        found.ino: number for number, found in messages if isinstance(found, sk_unix_pb2.unix_sk_entry) and found.ino
    }


_BEFORE_FILES = (
    (kinds.REG_FILES, "REG"),
    (kinds.PIPES, "PIPE"),
    (kinds.FIFO, "FIFO"),
    (kinds.INETSK, "INETSK"),
    (kinds.UNIXSK, "UNIXSK"),
    (kinds.PACKETSK, "PACKETSK"),
    (kinds.NETLINK_SK, "NETLINKSK"),
    (kinds.EVENTFD_FILE, "EVENTFD"),
    (kinds.EVENTPOLL_FILE, "EVENTPOLL"),
    (kinds.INOTIFY_FILE, "INOTIFY"),
    (kinds.FANOTIFY_FILE, "FANOTIFY"),
    (kinds.SIGNALFD, "SIGNALFD"),
    (kinds.TIMERFD, "TIMERFD"),
    (kinds.TTY_FILES, "TTY"),
    (kinds.TUNFILE, "TUNF"),
    (kinds.NS_FILES, "NS"),
    (kinds.EXT_FILES, "EXT"),
)
"""The images that files.img took the place of with CRIU 3.4."""


_WATCHED = (
    (kinds.EVENTPOLL_TFD, "tfd"),
    (kinds.INOTIFY_WD, "wd"),
    (kinds.FANOTIFY_MARK, "mark"),
)
"""What was watched, in images of their own with the file's id, and the field that holds them since."""


def _of_each_kind(dump: "Dump") -> dict[int, File]:
    """The files of a dump before CRIU 3.4."""
    files: dict[int, File] = {}
    for kind, kind_name in _BEFORE_FILES:
        found: tuple[Any, ...] = dump.entries(f"{kind.name}.img", kind, class_of(kind.message))
        for entry in found:
            path = text_of(entry.name) if kind_name == "REG" else None
            files[entry.id] = File(entry.id, kind_name, path, None, entry)
    for kind, field in _WATCHED:
        found = dump.entries(f"{kind.name}.img", kind, class_of(kind.message))
        for entry in found:
            watching = files.get(entry.id)
            if watching is not None and watching.message is not None and hasattr(watching.message, field):
                getattr(watching.message, field).add().CopyFrom(entry)
    return files

"""What an archive holds, by path: a tree in memory, each directory of it a source. Links lead nowhere but within it."""

from __future__ import annotations

import enum
import errno
import itertools
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import FOLLOWED_LIMIT, MEMBER_LIMIT, PATH_MAX
from criu_tui.core.base.units import counted
from criu_tui.core.source.error import NOT_YET, ImageError, OddError, reason_of
from criu_tui.core.source.repeated import repeated, repeated_names
from criu_tui.core.source.source import FileStatus, OpenFile, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping
    from pathlib import Path

    from criu_tui.core.source.arriving import Arrival


class MemberForm(enum.IntEnum):
    """What a member is."""

    REGULAR = 0
    HARD_LINK = 1
    LINK = 2
    DIRECTORY = 3
    OTHER = 4


class Member(NamedTuple):
    """A member of an archive: where its bytes lie."""

    form: MemberForm
    offset: int = 0
    """Of its first byte in the archive."""
    size: int = 0
    """Bytes of the file, its holes among them; of one that is cut, what is there."""
    stored: int = 0
    """Bytes of it in the archive."""
    modified: float = 0.0
    """Seconds since 1970."""
    link: str = ""
    """Where a link leads: from its own directory, a hard link from the archive's root."""
    pieces: list[tuple[int, int]] | None = None
    """Of a sparse member: offset in the file and length of each stretch that is stored, in order."""
    parts: list[tuple[int, int]] | None = None
    """Of a member whose bytes lie in many places: offset in the archive and length of each, in order."""


class Members:
    """The members of one archive, in its order; of two with one name the later one counts, as when it is unpacked."""

    def __init__(self, file: OpenFile) -> None:
        self.file = file
        self.problems: list[ImageError] = []
        """What of the archive could not be read or was left out."""
        self.annotations: Mapping[str, str] = {}
        """What an OCI manifest says of the archive."""
        self._tree: dict[str, dict[str, Member]] = {"": {}}
        self._count = 0
        self.linked = False
        """Whether there are links, symbolic or hard."""
        self.arrival: Arrival | None = None
        """What goes on reading the archive, where these are the members so far."""
        self._outside = self._too_long = self._twice = 0

    def __len__(self) -> int:
        return self._count

    def add(self, name: str, member: Member) -> bool:
        """Takes a member in; False when there are too many. One whose name is no path within is left out."""
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if not parts:
            return True
        if len(name) > PATH_MAX:
            self._too_long += 1
            return True
        if ".." in parts or "\0" in name:
            self._outside += 1
            return True
        directory = "/".join(parts[:-1])
        if directory not in self._tree and not self._make(parts[:-1]):
            return False
        held = self._tree[directory].get(parts[-1])
        if held is None:
            if self._count >= MEMBER_LIMIT:
                return False
            self._count += 1
        elif not held.form == member.form == MemberForm.DIRECTORY:
            self._twice += 1
        self.linked |= member.form in (MemberForm.LINK, MemberForm.HARD_LINK)
        if member.form is MemberForm.DIRECTORY:
            self._tree.setdefault("/".join(parts), {})
        self._tree[directory][parts[-1]] = member
        return True

    def _make(self, parts: list[str]) -> bool:
        """The directories of a path that no member of their own has named."""
        for depth in range(1, len(parts) + 1):
            path = "/".join(parts[:depth])
            if path in self._tree:
                continue
            if self._count >= MEMBER_LIMIT:
                return False
            self._count += 1
            self._tree[path] = {}
            self._tree["/".join(parts[: depth - 1])][parts[depth - 1]] = Member(MemberForm.DIRECTORY)
        return True

    def problem(self, offset: int | None, reason: str) -> None:
        """Keeps what is wrong with the archive, by the byte offset in it."""
        self.problems.append(ImageError(self.file.name, offset, reason))

    def copied(self, file: OpenFile, there: Callable[[str, int], bool]) -> Members:
        """The same of another file, as far as members are there by their names and the ends of their bytes."""
        made = Members(file)
        for path, held in self._tree.items():
            made._tree[path] = {name: m for name, m in held.items() if there(name, m.offset + m.stored)}
            made._count += len(made._tree[path])
        made.linked = self.linked
        return made

    def finish(self) -> None:
        """Says what was left out, once all members are known."""
        for count, odd in (
            (self._outside, "left out: the name leads out of the archive"),
            (self._too_long, "left out: the name is longer than a path can be"),
            (self._twice, "there twice: the later one counts"),
        ):
            if count:
                self.problems.append(OddError(self.file.name, None, f"{counted(count, 'member')} {odd}"))

    def listed(self, directory: str) -> Mapping[str, Member]:
        """What lies in a directory, by name. Raises FileNotFoundError."""
        try:
            return self._tree[directory]
        except KeyError:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory") from None

    def files(self, directory: str = "") -> Iterator[tuple[str, Member]]:
        """All members at or below a directory that are none themselves, by path, in the archive's order."""
        start = f"{directory}/" if directory else ""
        for path, held in self._tree.items():
            if path == directory or path.startswith(start):
                yield from (
                    (f"{path}/{n}" if path else n, m) for n, m in held.items() if m.form is not MemberForm.DIRECTORY
                )

    def resolved(self, directory: str, name: str, *, follow: bool = True) -> tuple[str, Member]:
        """The path and the member that a path leads to from a directory, links followed within the archive.

        Raises OSError where nothing is, and where the way leads out of the archive.
        """
        if name.startswith("/"):
            raise FileNotFoundError(errno.ENOENT, "leads out of the archive")
        at = directory.split("/") if directory else []
        waiting = [part for part in reversed(name.split("/")) if part not in ("", ".")]
        followed = 0
        member = Member(MemberForm.DIRECTORY)
        while waiting:
            part = waiting.pop()
            if part == "..":
                if not at:
                    raise FileNotFoundError(errno.ENOENT, "leads out of the archive")
                at.pop()
                member = Member(MemberForm.DIRECTORY)
                continue
            if member.form is not MemberForm.DIRECTORY:
                raise NotADirectoryError(errno.ENOTDIR, "Not a directory")
            found = self.listed("/".join(at)).get(part)
            if found is None:
                raise FileNotFoundError(errno.ENOENT, "No such file or directory")
            if found.form is MemberForm.HARD_LINK or (found.form is MemberForm.LINK and (follow or waiting)):
                followed += 1
                if followed > FOLLOWED_LIMIT:
                    raise OSError(errno.ELOOP, "Too many levels of symbolic links")
                if found.form is MemberForm.HARD_LINK:
                    at = []
                elif found.link.startswith("/"):
                    raise FileNotFoundError(errno.ENOENT, "leads out of the archive")
                if len(waiting) > PATH_MAX:
                    raise OSError(errno.ENAMETOOLONG, "File name too long")
                waiting += (step for step in reversed(found.link.split("/")) if step not in ("", "."))
                continue
            member = found
            at.append(part)
        return "/".join(at), member


class Inside(Source):
    """A directory of an archive."""

    def __init__(self, members: Members, path: Path, directory: str = "") -> None:
        self.members = members
        self._archive = path
        self._directory = directory
        self.path = path / directory
        self._repeated: dict[str, str] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Inside) and (self.members, self.path) == (other.members, other.path)

    def __hash__(self) -> int:
        return hash(self.path)

    def names(self) -> frozenset[str]:
        return frozenset(self.members.listed(self._directory))

    def open(self, name: str) -> OpenFile:
        try:
            member = self.members.resolved(self._directory, name)[1]
        except FileNotFoundError as error:
            raise ImageError(name, None, reason_of(error) if self.arrival is None else NOT_YET) from error
        except OSError as error:
            raise ImageError(name, None, reason_of(error)) from error
        if member.form is not MemberForm.REGULAR:
            raise ImageError(name, None, "not a regular file")
        if self.members.linked:
            if self._repeated is None:
                self._repeated = repeated_names(self)
            if name in self._repeated:
                raise repeated(name, self._repeated[name])
        return MemberFile(name, self.members.file, member)

    def status(self, name: str, *, follow: bool = True) -> FileStatus:
        path, found = self.members.resolved(self._directory, name, follow=follow)
        regular, directory = found.form is MemberForm.REGULAR, found.form is MemberForm.DIRECTORY
        identity = (id(self.members), found.offset if regular else path)
        return FileStatus(found.size, found.stored, found.modified, regular, directory, identity)

    def link(self, name: str) -> str | None:
        found = self.members.listed(self._directory).get(name)
        return found.link if found is not None and found.form is MemberForm.LINK else None

    def sub(self, name: str) -> Inside:
        path, found = self.members.resolved(self._directory, name)
        if found.form is not MemberForm.DIRECTORY:
            raise NotADirectoryError(errno.ENOTDIR, "Not a directory")
        return Inside(self.members, self._archive, path)

    @property
    def above(self) -> Inside | None:
        if not self._directory:
            return None
        return Inside(self.members, self._archive, self._directory.rpartition("/")[0])

    @property
    def identity(self) -> Hashable:
        return id(self.members), self._directory

    @property
    def problems(self) -> tuple[ImageError, ...]:
        return tuple(self.members.problems)

    @property
    def annotations(self) -> Mapping[str, str]:
        return self.members.annotations

    @property
    def arrival(self) -> Arrival | None:
        return self.members.arrival


class MemberFile(OpenFile):
    """A member, read where it lies in the archive."""

    def __init__(self, name: str, archive: OpenFile, member: Member) -> None:
        super().__init__(name, member.size, member.stored)
        self._archive = archive
        parts = [(member.offset, member.stored)] if member.parts is None else member.parts
        pieces = [(0, member.size)] if member.pieces is None else member.pieces
        self._parts, self._pieces = _Stretches(parts), pieces
        self._starts = [start for start, _ in pieces]
        self._before = [0, *itertools.accumulate(length for _, length in pieces)]
        """Stored bytes before each piece."""

    def read_at(self, offset: int, length: int) -> bytes:
        end = min(self.size, offset + length)
        if offset >= end:
            return b""
        index = max(0, bisect_right(self._starts, offset) - 1)
        found: list[bytes] = []
        at = offset
        while at < end:
            start, count = self._pieces[index] if index < len(self._pieces) else (end, 0)
            if at < start:
                upto = min(end, start)
                found.append(bytes(upto - at))
                at = upto
            elif at < start + count:
                wanted = min(end, start + count) - at
                data = self._parts.read(self._archive, self._before[index] + at - start, wanted)
                found.append(data)
                at += len(data)
                if len(data) < wanted:
                    break
            else:
                index += 1
        return found[0] if len(found) == 1 else b"".join(found)

    def data_from(self, offset: int) -> int | None:
        index = max(0, bisect_right(self._starts, offset) - 1)
        for start, length in self._pieces[index:]:
            if length and offset < start + length:
                return max(offset, start)
        return None

    def hole_from(self, offset: int) -> int | None:
        if offset >= self.size:
            return None
        at = offset
        for start, length in self._pieces[max(0, bisect_right(self._starts, offset) - 1) :]:
            if length and start <= at < start + length:
                at = start + length
            elif length and start > at:
                break
        return at

    def close(self) -> None:
        """The archive stays open."""


class _Stretches:
    """Bytes that lie in an archive in many places, as one range."""

    def __init__(self, parts: list[tuple[int, int]]) -> None:
        self._parts = parts
        self._before = [0, *itertools.accumulate(length for _, length in parts)]

    def read(self, archive: OpenFile, offset: int, length: int) -> bytes:
        """Up to `length` bytes; fewer at the end."""
        if len(self._parts) == 1:
            return archive.read_at(self._parts[0][0] + offset, length)
        found = []
        index = bisect_right(self._before, offset) - 1
        while length > 0 and index < len(self._parts):
            start, count = self._parts[index]
            skip = offset - self._before[index]
            wanted = min(length, count - skip)
            data = archive.read_at(start + skip, wanted)
            found.append(data)
            if len(data) < wanted:
                break
            offset, length, index = offset + wanted, length - wanted, index + 1
        return b"".join(found)

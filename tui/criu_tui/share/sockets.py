"""Where the sockets of sessions lie, who may connect to them, and which there are.

A session of one user lies in XDG_RUNTIME_DIR, which is the user's alone. One of a group lies below /tmp in a directory
that the group may enter; who connects is asked of the kernel (SO_PEERCRED, unix(7)), not of the peer.
"""

from __future__ import annotations

import grp
import os
import pwd
import re
import socket
import stat
import struct
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.text import display_safe
from criu_tui.core.source.error import reason_of
from criu_tui.share.fields import LINE_BYTES, ProtocolError
from criu_tui.share.protocol import PROTOCOL, Bye, Hello, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMON = Path("/tmp")
"""Where directories of groups lie: all users have it at one place, unlike TMPDIR."""
SUFFIX = ".sock"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", re.ASCII)
"""What a session may be called."""
PATIENCE = 3.0
"""Seconds in which a host must say hello."""
PATH_BYTES = 107
"""Bytes of a socket's path (unix(7)), its end not counted."""
SESSIONS = 100
"""Sessions of one directory that are listed."""


class SharingError(Exception):
    """Why a session cannot be opened or joined: one line."""


class PeerCredentials(NamedTuple):
    """Who is at the other end of a Unix socket, as the kernel says."""

    pid: int
    uid: int
    gid: int


class FoundSession(NamedTuple):
    """A session that answers."""

    path: Path
    hello: Hello

    @property
    def name(self) -> str:
        """What --join takes."""
        return self.path.name.removesuffix(SUFFIX)


def group_id(name: str) -> int:
    """The number of a group of this machine. Raises SharingError for one that is not here, or that is not one's own."""
    try:
        found = grp.getgrnam(name).gr_gid
    except (KeyError, ValueError):
        raise SharingError(f"no group {display_safe(name, 60)} here") from None
    if os.geteuid() != 0 and found not in {os.getegid(), *os.getgroups()}:
        raise SharingError(f"you are not in the group {display_safe(name, 60)}")
    return found


def directory(gid: int | None = None) -> Path:
    """Where one's own sessions lie, of oneself alone or of a group."""
    if gid is not None:
        return COMMON / f"criu-tui.{gid}.{os.geteuid()}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/"):
        return Path(runtime) / "criu-tui"
    return COMMON / f"criu-tui.{os.geteuid()}"


def listening(name: str, gid: int | None = None) -> tuple[socket.socket, Path]:
    """A socket that listens under a name, 0600, or 0660 for a group. Raises SharingError."""
    if not NAME.fullmatch(name):
        raise SharingError(f"{display_safe(name, 60)}: a session's name is of letters, digits, - and _, at most 32")
    path = directory(gid) / f"{name}{SUFFIX}"
    if len(os.fsencode(path)) > PATH_BYTES:
        raise SharingError(f"{display_safe(str(path))}: too long for a socket, at most {PATH_BYTES} bytes")
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _make_directory(path.parent, gid)
        _remove_if_left(path)
        # The file has its mode from the umask for a moment: its directory keeps others out until then.
        made.bind(str(path))
        path.chmod(0o600 if gid is None else 0o660)
        if gid is not None:
            os.chown(path, -1, gid)
            os.chown(path.parent, -1, gid)
            path.parent.chmod(0o750)
        made.listen()
        made.settimeout(0)
    except OSError as error:
        made.close()
        raise SharingError(f"{display_safe(str(path))}: {reason_of(error)}") from None
    except SharingError:
        made.close()
        raise
    return made, path


def _make_directory(path: Path, gid: int | None) -> None:
    """A directory of one's own that others cannot enter. Raises SharingError for one that others can."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    _check_directory(path, 0o077 if gid is None else 0o027)


def _check_directory(path: Path, closed: int, owner: int | None = None) -> None:
    """Raises SharingError for what is no directory of a user, or has one of the mode bits in `closed`."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise SharingError(f"{display_safe(str(path))}: is no directory")
    if found.st_uid != (os.geteuid() if owner is None else owner):
        raise SharingError(f"{display_safe(str(path))}: is the directory of another user")
    if found.st_mode & closed:
        mode = stat.S_IMODE(found.st_mode)
        raise SharingError(f"{display_safe(str(path))}: open to others (mode {mode:04o}), so no session lies there")


def _remove_if_left(path: Path) -> None:
    """Removes the socket of a session that has ended without doing so itself. Raises SharingError for one that runs."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as tried:
        tried.settimeout(PATIENCE)
        try:
            tried.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
    raise SharingError(f"a session {path.name.removesuffix(SUFFIX)} runs already: --join it, or give another name")


def credentials(connected: socket.socket) -> PeerCredentials:
    """Who is at the other end. Raises OSError."""
    size = struct.calcsize("3i")
    return PeerCredentials(*struct.unpack("3i", connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)))


def why_not(peer: PeerCredentials, gid: int | None) -> str:
    """Why somebody may not join: empty for oneself, root, and members of the group."""
    if peer.uid in (0, os.geteuid()) or (gid is not None and gid in _groups(peer)):
        return ""
    if gid is None:
        return "this session is its user's own: --share --group GROUP opens one that others may join"
    return "this session is for members of its group"


def _groups(peer: PeerCredentials) -> set[int]:
    try:
        return {peer.gid, *os.getgrouplist(pwd.getpwuid(peer.uid).pw_name, peer.gid)}
    except KeyError:
        return {peer.gid}


def answering(path: Path, gid: int | None = None) -> Hello:
    """What the host of a session says of itself; it is left at once. Raises SharingError."""
    shown = display_safe(str(path))
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connected:
            connected.settimeout(PATIENCE)
            connected.connect(str(path))
            if gid is None and credentials(connected).uid not in (0, os.geteuid()):
                raise SharingError(f"{shown}: is the session of another user: --group GROUP joins one of a group")
            message = decode(_first_line(connected)).message
    except PermissionError:
        raise SharingError(f"{shown}: permission denied; --share --group GROUP opens a session to a group") from None
    except TimeoutError:
        raise SharingError(f"{shown}: nobody answers") from None
    except (ConnectionRefusedError, FileNotFoundError):
        raise SharingError(f"{shown}: no session runs there") from None
    except ValueError:
        raise SharingError(f"{shown}: not a name of a socket") from None
    except OSError as error:
        raise SharingError(f"{shown}: {reason_of(error)}") from None
    except ProtocolError as error:
        raise SharingError(f"{shown}: does not answer as a session does: {error}") from None
    match message:
        case Bye(reason):
            raise SharingError(f"{shown}: {reason or 'the host has left'}")
        case Hello(version=version) if version != PROTOCOL:
            raise SharingError(f"{shown}: the host speaks version {version} of the protocol, this program {PROTOCOL}")
        case Hello():
            return message
        case _:
            raise SharingError(f"{shown}: does not answer as a session does")


def _first_line(connected: socket.socket) -> bytes:
    data = b""
    while b"\n" not in data and len(data) <= LINE_BYTES:
        more = connected.recv(LINE_BYTES)
        if not more:
            break
        data += more
    return data.partition(b"\n")[0]


def sessions(gid: int | None = None) -> Iterator[FoundSession]:
    """The sessions of this machine that one may join: one's own, and those of a group, by name."""
    where = [directory()]
    if gid is not None:
        where += sorted(COMMON.glob(f"criu-tui.{gid}.*"))
    for place in where:
        try:
            owner = place.lstat().st_uid
            _check_directory(place, 0o077 if place == directory() else 0o027, None if place == directory() else owner)
            names = sorted(each for each in place.iterdir() if each.suffix == SUFFIX)
        except (OSError, SharingError):
            continue
        for path in names[:SESSIONS]:
            with suppress(SharingError):
                yield FoundSession(path, answering(path, gid if place != directory() else None))


def the_session(named: str, gid: int | None = None) -> Path:
    """The socket that --join means: a path, a name, or with neither the only one here. Raises SharingError."""
    if "/" in named:
        return Path(named)
    if named and not NAME.fullmatch(named):
        raise SharingError(f"{display_safe(named, 60)}: no name of a session, and no path of a socket")
    found = [each for each in sessions(gid) if named in ("", each.name)]
    if len(found) == 1:
        return found[0].path
    if found:
        names = ", ".join(each.name for each in found)
        raise SharingError(f"{len(found)} sessions are here: --join one of {names}")
    raise SharingError(f"no session {named} is here" if named else "no session is here: --share opens one")

"""Where sockets lie, with which modes, who may connect, and what is refused with one line."""

from __future__ import annotations

import grp
import os
import socket
import stat
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest
from criu_tui.share import sockets
from criu_tui.share.protocol import PROTOCOL, Bye, Chatted, Hello, Line, encode
from criu_tui.share.sockets import PeerCredentials, SharingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GROUP = grp.getgrgid(os.getegid())
HELLO = Hello("ann", "digest:1", "a dump")


@pytest.fixture(autouse=True)
def runtime(near: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of the user's own, and another in the place of /tmp."""
    own = near / "run"
    own.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(own))
    monkeypatch.setattr(sockets, "COMMON", near)
    return own


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def answered() -> Iterator[list[bytes]]:
    """What the session `x` says to each who connects; served in a thread until the end of the test."""
    said: list[bytes] = []
    listening, _ = sockets.listening("x")
    listening.settimeout(None)
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            connected, _ = listening.accept()
            # Who has heard enough leaves.
            with connected, suppress(BrokenPipeError):
                for each in said:
                    connected.sendall(each)

    serving = threading.Thread(target=serve)
    serving.start()
    yield said
    done.set()
    with socket.socket(socket.AF_UNIX) as last:
        last.connect(listening.getsockname())
    serving.join()
    listening.close()


@pytest.mark.parametrize("umask", [0, 0o077])
def test_a_socket_is_its_users_alone(runtime: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        listening, path = sockets.listening("ann")
    finally:
        os.umask(before)
    with closing(listening):
        assert path == runtime / "criu-tui" / "ann.sock"
        assert mode(path.parent) == 0o700
        assert mode(path) == 0o600


@pytest.mark.parametrize("umask", [0, 0o077])
def test_a_socket_of_a_group_lets_that_group_in(near: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        listening, path = sockets.listening("ann", GROUP.gr_gid)
    finally:
        os.umask(before)
    with closing(listening):
        assert path == near / f"criu-tui.{GROUP.gr_gid}.{os.geteuid()}" / "ann.sock"
        assert mode(path.parent) == 0o750
        assert mode(path) == 0o660
        assert path.stat().st_gid == path.parent.stat().st_gid == GROUP.gr_gid
    # And once more where the directory is left from the session before.
    again, _ = sockets.listening("ann", GROUP.gr_gid)
    again.close()


def test_a_directory_that_others_may_enter_is_refused(runtime: Path) -> None:
    (runtime / "criu-tui").mkdir()
    (runtime / "criu-tui").chmod(0o755)
    with pytest.raises(SharingError, match=r"open to others \(mode 0755\)"):
        sockets.listening("ann")
    assert list(sockets.sessions()) == []


def test_a_link_in_the_place_of_the_directory_is_refused(runtime: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (runtime / "criu-tui").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SharingError, match="is no directory"):
        sockets.listening("ann")


@pytest.mark.parametrize("name", ["", "../ann", "a/b", ".ann", "-x", "a" * 33, "a b", "ann\n", "é", "a\0"])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(SharingError, match="a session's name is of letters"):
        sockets.listening(name)


def test_a_path_that_is_too_long_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("x" * 100)))
    with pytest.raises(SharingError, match="too long for a socket"):
        sockets.listening("ann")
    assert not (tmp_path / ("x" * 100)).exists()


def test_a_socket_that_is_left_is_taken_over_and_one_that_runs_is_not() -> None:
    left, path = sockets.listening("ann")
    left.close()
    assert path.exists()
    with pytest.raises(SharingError, match="no session runs there"):
        sockets.answering(path)
    runs, _ = sockets.listening("ann")
    with closing(runs), pytest.raises(SharingError, match="runs already"):
        sockets.listening("ann")


def test_without_a_runtime_directory_one_below_tmp_is_made(near: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    listening, path = sockets.listening("ann")
    listening.close()
    assert path.parent == near / f"criu-tui.{os.geteuid()}"
    assert mode(path.parent) == 0o700


def test_the_kernel_says_who_is_at_the_other_end() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert sockets.credentials(one) == (os.getpid(), os.getuid(), os.getgid())


def test_who_may_join() -> None:
    own = PeerCredentials(1, os.geteuid(), os.getegid())
    stranger = PeerCredentials(1, 3_000_000_000, 3_000_000_001)
    assert sockets.why_not(own, None) == ""
    assert sockets.why_not(PeerCredentials(1, 0, 0), None) == ""
    assert "--share --group GROUP" in sockets.why_not(stranger, None)
    assert "members of its group" in sockets.why_not(stranger, GROUP.gr_gid)
    # By the group of the process, and by the list of groups of its user.
    assert sockets.why_not(stranger._replace(gid=GROUP.gr_gid), GROUP.gr_gid) == ""
    assert "its user's own" in sockets.why_not(stranger._replace(gid=GROUP.gr_gid), None)


def test_a_group_that_is_not_here_is_refused() -> None:
    assert sockets.group_id(GROUP.gr_name) == GROUP.gr_gid
    for name in ("no-such-group", "", "a\0b"):
        with pytest.raises(SharingError, match="no group"):
            sockets.group_id(name)


def test_sessions_are_listed_and_the_only_one_is_meant(answered: list[bytes], runtime: Path) -> None:
    answered[:] = [encode(Line("ann", HELLO))]
    assert [(each.name, each.hello) for each in sockets.sessions()] == [("x", HELLO)]
    here = runtime / "criu-tui" / "x.sock"
    assert sockets.the_session("") == sockets.the_session("x") == here
    assert sockets.the_session(str(here)) == here
    for named, reason in (("y", "no session y is here"), ("../x\n", "no session runs there"), ("x\n", "no name")):
        with pytest.raises(SharingError, match=reason):
            sockets.answering(sockets.the_session(named))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "no JSON"),
        (b"\xff\n", "no JSON"),
        (b"x" * 100_000, "more than 4096 bytes"),
        (encode(Line("ann", Chatted("hi"))), "does not answer as a session does"),
        (encode(Line("ann", Bye("not you\x1b"))), "not you"),
        (encode(Line("ann", HELLO._replace(version=PROTOCOL + 1))), "speaks version 3 of the protocol, this program 2"),
    ],
)
def test_what_does_not_answer_as_a_session_is_refused(
    answered: list[bytes], runtime: Path, said: bytes, reason: str
) -> None:
    answered[:] = [said]
    with pytest.raises(SharingError, match=reason) as caught:
        sockets.answering(runtime / "criu-tui" / "x.sock")
    assert str(caught.value).isprintable()


def test_a_host_that_says_nothing_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sockets, "PATIENCE", 0.05)
    listening, path = sockets.listening("silent")
    with closing(listening), pytest.raises(SharingError, match="nobody answers"):
        sockets.answering(path)

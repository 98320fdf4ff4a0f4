"""Two accounts of one machine, and a third that may not: through a real sshd on loopback."""

from __future__ import annotations

import contextlib
import grp
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.conftest import DUMPS
from tests.pseudo_terminal import OURS, PATIENCE, Terminal, plain
from tests.share.test_sharing import HOLE, do, until_there

if TYPE_CHECKING:
    from collections.abc import Iterator

DUMP = DUMPS / "prot-none-400g" / "dump"
GROUP = "criu-tui-test"
ACCOUNTS = ("criu-tui-ann", "criu-tui-bob", "criu-tui-cid")
"""The host, a guest of its group, and one who is not of it."""
NEEDED = ("useradd", "setpriv", "ssh", "ssh-keygen")
SSHD = "/usr/sbin/sshd"


def missing() -> str | None:
    """What this machine lacks for accounts and an sshd of its own."""
    if os.geteuid() != 0:
        return "only root can make accounts"
    absent = [program for program in (*NEEDED, SSHD) if shutil.which(program) is None]
    return f"no {' and '.join(absent)} here" if absent else None


class Account(NamedTuple):
    """Who runs programs; the repository may be root's alone, so all of them may read what root may."""

    name: str
    home: Path

    def as_them(self, *command: str) -> list[str]:
        """A command as this account has it."""
        reading = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
        who = (f"--reuid={self.name}", f"--regid={self.name}", "--init-groups")
        return ["setpriv", *who, *reading, "--", "env", "-u", "XDG_RUNTIME_DIR", f"HOME={self.home}", *command]

    def terminal(self, *arguments: str, size: tuple[int, int] = (80, 24)) -> Terminal:
        """criu-tui over the dump."""
        return self.elsewhere(str(DUMP), *arguments, size=size)

    def elsewhere(self, *arguments: str, size: tuple[int, int] = (80, 24)) -> Terminal:
        """criu-tui with no more than these arguments."""
        return Terminal(self.as_them(*OURS, *arguments), size, {"TMPDIR": str(self.home)})


@pytest.fixture(scope="module")
def accounts() -> Iterator[list[Account]]:
    """Three accounts, the first two of one group; they end with the tests."""
    why = missing()
    if why is not None:
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    with contextlib.ExitStack() as made:

        def run(*words: str) -> None:
            subprocess.run(words, check=True, capture_output=True)

        run("groupadd", "--force", GROUP)
        made.callback(subprocess.run, ["groupdel", GROUP], capture_output=True, check=False)
        found = []
        # Beside the repository, which may lie where nobody else may look.
        base = Path(made.enter_context(tempfile.TemporaryDirectory(dir="/tmp", prefix="accounts-")))
        base.chmod(0o755)
        for name in ACCOUNTS:
            groups = ("--groups", GROUP) if name != ACCOUNTS[2] else ()
            run("useradd", "--no-create-home", "--shell", "/bin/sh", "--password", "*", *groups, name)
            made.callback(subprocess.run, ["userdel", "--force", name], capture_output=True, check=False)
            home = base / name
            home.mkdir(mode=0o700)
            shutil.chown(home, name, name)
            found.append(Account(name, home))
        yield found


class Server:
    """An sshd of the tests' own, and tunnels through it."""

    def __init__(self, base: Path) -> None:
        self._base = base
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        Path("/run/sshd").mkdir(exist_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", base / "host"], check=True)
        (base / "config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {base}/host\nPidFile none\nUsePAM no\n"
            f"StrictModes no\nAuthorizedKeysFile {base}/authorized\nPasswordAuthentication no\n"
        )
        self._process = subprocess.Popen([SSHD, "-D", "-f", base / "config"], stderr=subprocess.DEVNULL)

    def end(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()

    def let_in(self, account: Account) -> None:
        """Makes a key for an account."""
        key = account.home / "key"
        subprocess.run(account.as_them("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)), check=True)
        with (self._base / "authorized").open("a") as file:
            file.write(key.with_suffix(".pub").read_text())
        (self._base / "authorized").chmod(0o644)

    @contextlib.contextmanager
    def tunnel(self, account: Account, there: Path) -> Iterator[Path]:
        """A socket of the account's own that leads to another one, as `ssh -L` makes it."""
        here = account.home / "here.sock"
        command = account.as_them(
            "ssh", "-N", "-F", "/dev/null", "-i", str(account.home / "key"), "-p", str(self.port),
            "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
            "-o", "StreamLocalBindUnlink=yes", "-L", f"{here}:{there}", f"{account.name}@127.0.0.1",
        )  # fmt: skip
        here.unlink(missing_ok=True)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            end = time.monotonic() + PATIENCE
            while not here.exists():
                assert process.poll() is None, "ssh has ended"
                assert time.monotonic() < end
                time.sleep(0.05)
            yield here
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def server(accounts: list[Account]) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="sshd-") as made:
        base = Path(made)
        base.chmod(0o755)
        started = Server(base)
        try:
            for each in accounts[1:]:
                started.let_in(each)
            yield started
        finally:
            started.end()


def test_an_investigation_of_two_accounts_through_ssh(accounts: list[Account], server: Server) -> None:
    ann, bob, cid = accounts
    shared = Path(f"/tmp/criu-tui.{grp.getgrnam(GROUP).gr_gid}.{ann.home.stat().st_uid}") / "boundary.sock"
    with ann.terminal("--pane", "maps", "--share", "boundary", "--group", GROUP) as host:
        host.shows("nobody else is here")
        until_there(shared)
        with contextlib.ExitStack() as stack:
            tunnel = stack.enter_context(contextlib.ExitStack())
            here = tunnel.enter_context(server.tunnel(bob, shared))
            guest = stack.enter_context(bob.terminal("--pane", "maps", "--join", str(here), size=(120, 40)))
            near = stack.enter_context(
                bob.terminal("--pane", "maps", "--join", str(shared), "--group", GROUP, size=(200, 60))
            )
            for terminal in (guest, near):
                terminal.shows("criu-tui-ann")
                terminal.settle()

            # Follow, point, mark and chat, each heard at the other end.
            since, nearby = len(guest.output), len(near.output)
            do(host, "2")
            guest.shows("criu-tui-ann: coverage", since)
            do(guest, "F")
            guest.shows("following criu-tui-ann", since)
            do(host, "3")
            do(host, "g")
            do(host, f"{HOLE}\r")
            guest.shows("200 GiB", since)
            do(host, "P")
            guest.shows(f"points at write plan {HOLE}", since)
            heard = len(host.output)
            do(guest, "K")
            do(guest, "the hole: through ssh\r")
            host.shows("the hole,", heard)
            near.shows("the hole,", nearby)
            do(guest, "a")
            do(guest, "seen from afar\r")
            host.shows("seen from afar", heard)

            # The connection is cut, and comes back.
            since, heard = len(guest.output), len(host.output)
            tunnel.close()
            guest.shows("connection lost: trying again", since)
            host.shows("has gone", heard)
            do(host, "a")
            do(host, "while you were away\r")
            tunnel.enter_context(server.tunnel(bob, shared))
            guest.shows("connected again", since)
            guest.shows("while you were away", since)

            # Who is not of the group hears so in a line, with ssh and without.
            with server.tunnel(cid, shared) as closed:  # The kernel says who asks sshd.
                for path in (closed, shared):
                    with cid.terminal("--join", str(path)) as refused:
                        assert refused.status() == 2
                        assert len(plain(bytes(refused.output)).decode().splitlines()) == 1

            # The host's end leaves the guests alone.
            since = len(guest.output)
            do(host, "q")
            assert host.status() == 0
            guest.shows("the host has left: you go on alone", since)
            do(guest, "q")
            assert guest.status() == 0
    assert not shared.exists()


def test_a_guest_without_the_checkpoint_looks_at_it_through_ssh(accounts: list[Account], server: Server) -> None:
    ann, bob, _ = accounts
    shared = Path(f"/tmp/criu-tui.{grp.getgrnam(GROUP).gr_gid}.{ann.home.stat().st_uid}") / "rows.sock"
    with ann.terminal("--pane", "maps", "--share", "rows", "--group", GROUP, size=(120, 40)) as host:
        host.shows("nobody else is here")
        until_there(shared)
        with (
            server.tunnel(bob, shared) as here,
            bob.elsewhere("--join", str(here), "--rows", "--pane", "maps", size=(120, 40)) as guest,
        ):
            guest.shows(HOLE)
            guest.shows("rows from the host, no bytes")
            host.shows("rows to criu-tui-bob, no bytes")
            for terminal in (host, guest):
                terminal.settle()
            since, heard = len(guest.output), len(host.output)
            do(host, "3")
            guest.shows("criu-tui-ann: write plan", since)
            do(guest, "F")
            guest.shows("following criu-tui-ann", since)
            do(host, "g")
            do(host, f"{HOLE}\r")
            guest.shows("touches, does not overlap", since)
            do(guest, "P")
            host.shows(f"points at write plan {HOLE}", heard)
            do(guest, "K")
            do(guest, "the hole: from afar\r")
            host.shows("the hole,", heard)
            since = do(guest, "7")
            guest.shows("bytes stay with the host", since)
            since = do(guest, "1")
            do(guest, "g")
            do(guest, "heap\r")
            host.shows("maps 32db9000", heard)
            do(guest, "7")
            since, heard = len(guest.output), len(host.output)
            do(host, "W")
            host.shows("rows to criu-tui-bob, bytes allowed", heard)
            guest.shows("a0 89 4a 00", since)
            since = len(guest.output)
            do(host, "W")
            guest.shows("bytes stay with the host", since)
            since = len(guest.output)
            do(host, "q")
            assert host.status() == 0
            guest.shows("the host has left: you go on alone", since)
            do(guest, "q")
            assert guest.status() == 0

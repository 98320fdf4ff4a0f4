"""Checks before a restore against real restores: what is broken around a healthy dump, and what CRIU says of it."""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.real.criu import wait_for
from tests.real.surroundings import STATE, Place, attempt, place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.real.asker import Asker

TAKES = "echo $(({id} - 1)) >/proc/sys/kernel/ns_last_pid; "
"""The next process in the pid namespace has this id."""


class Breakage(NamedTuple):
    """One thing broken."""

    name: str
    check: str
    """Of the check that fails."""
    script: str = ""
    """Breaks it, inside, before check and restore."""
    named: str = ""
    """What the failing check names: the end of its path, or a word in what it says."""
    child: bool = False
    """Whether it is the child's, not the first task's."""
    before: str = ""
    """Run in the pid namespace of the check, and again of the restore."""
    prefix: tuple[str, ...] = ()
    """What stands before both commands."""
    says: str = ""
    """What CRIU's log has."""


def held(what: str) -> str:
    """A process in the background that holds something, once it has it."""
    program = f"import socket,time\n{what}\nopen('{STATE}/held','w')\ntime.sleep(600)"
    return (
        f'python3 -c "{program}" </dev/null >/dev/null 2>&1 & echo $! >{STATE}/pid;'
        f"while ! [ -e {STATE}/held ]; do sleep 0.02; done"
    )


def bound(family: str, kind: str, address: str, port: int) -> str:
    return held(
        f"s=socket.socket(socket.{family},socket.{kind})\ns.bind(('{address}',{port}))\n"
        + ("s.listen()" if kind == "SOCK_STREAM" else "")
    )


BREAKAGES = (
    Breakage("missing", "files", "rm data", "data", says="No such file"),
    Breakage("longer", "files", "echo more >>data", "data", says="bad size"),
    Breakage("shorter", "files", ": >data", "data", says="bad size"),
    Breakage("log-grew", "files", "echo line >>log", "log", says="bad size"),
    Breakage("mode", "files", "chmod 600 data", "data", says="bad mode"),
    Breakage("setuid", "files", "chmod u+s data", "data", says="bad mode"),
    Breakage("file-is-directory", "files", "rm data; mkdir data", "data"),
    Breakage("file-is-fifo", "files", "rm log; mkfifo -m 644 log", "log"),
    Breakage("dangling-link", "files", "rm data; ln -s nowhere data", "data", says="No such file"),
    Breakage("ring-of-links", "files", "rm data; ln -s data data", "data", says="symbolic links"),
    Breakage("way-gone", "files", "rm -r deep", "deep/er/file", says="No such file"),
    Breakage("way-is-file", "files", "rm -r deep; echo >deep", "deep/er/file", says="Not a directory"),
    Breakage("device-is-file", "files", "rm device; echo >device", "device"),
    Breakage("device-gone", "files", "rm device", "device", says="No such"),
    Breakage("fifo-gone", "files", "rm fifo", "fifo", says="No such"),
    Breakage("fifo-is-file", "files", "rm fifo; echo >fifo", "fifo"),
    Breakage("library-gone", "files", "rm lib.so", "lib.so", says="No such file"),
    Breakage("library-longer", "files", "echo >>lib.so", "lib.so", says="bad size"),
    Breakage("library-rebuilt", "files", "cp rebuilt.so lib.so", "lib.so", says="bad build-ID"),
    Breakage("library-mode", "files", "chmod 700 lib.so", "lib.so", says="bad mode"),
    Breakage("shared-memory-file-shorter", "files", "truncate -s 4096 shared", "shared", says="bad size"),
    Breakage("shared-memory-file-gone", "files", "rm shared", "shared", says="No such file"),
    Breakage("program-gone", "files", "rm program", "program", says="No such file"),
    Breakage("program-longer", "files", "echo >>program", "program", says="bad size"),
    Breakage("program-mode", "files", "chmod -x program", "program", says="bad mode"),
    Breakage("cwd-gone", "directories", "rmdir wd", "wd", says="No such file"),
    Breakage("cwd-is-file", "directories", "rmdir wd; echo >wd", "wd"),
    Breakage("cwd-mode", "directories", "chmod 700 wd", "wd", says="bad mode"),
    Breakage("root-mode", "directories", "chmod 700 jail", "jail", child=True, says="bad mode"),
    Breakage("cwd-in-jail-gone", "directories", "rmdir jail/home", "jail/home", child=True, says="No such file"),
    Breakage("other-name-gone", "deleted-files", "rm link_remap.*", "link_remap", says="No such file"),
    Breakage("other-name-longer", "deleted-files", "echo >>$(echo link_remap.*)", "link_remap", says="bad size"),
    Breakage("task-id", "pids", named="{pid}", before=TAKES + "sleep 600 & ", says="Can't fork"),
    Breakage("child-id", "pids", named="{child}", child=True, before=TAKES + "sleep 600 & "),
    Breakage("thread-id", "pids", named="{thread}", child=True, before=TAKES + "sleep 600 & "),
    Breakage("session-id", "pids", named="{pid}", before=TAKES + "( exec setsid sh -c 'sleep 600 >/dev/null 2>&1 &' )"),
    Breakage("pid-max", "pids", named="pid_max", before="echo {most} >/proc/sys/kernel/pid_max"),
    Breakage("address-gone", "addresses", "ip addr del 10.77.0.1/32 dev lo", "10.77.0.1", says="Can't bind"),
    Breakage("device-of-net-gone", "interfaces", "ip link del veth7", "veth7"),
    Breakage("port-taken", "ports", bound("AF_INET", "SOCK_STREAM", "127.0.0.1", 7001), "7001", says="in use"),
    Breakage("port-taken-by-all", "ports", bound("AF_INET", "SOCK_STREAM", "0.0.0.0", 7001), "7001", says="in use"),
    Breakage("port-taken-by-6", "ports", bound("AF_INET6", "SOCK_STREAM", "::", 7001), "7001", says="in use"),
    Breakage("port-of-6-taken", "ports", bound("AF_INET6", "SOCK_STREAM", "fd77::1", 7003), "7003", says="in use"),
    Breakage("port-of-udp-taken", "ports", bound("AF_INET", "SOCK_DGRAM", "10.77.0.1", 7002), "7002", says="in use"),
    Breakage("socket-path-taken", "unix-sockets", "rm sockets/listening; echo >sockets/listening", "listening"),
    Breakage("socket-directory-gone", "unix-sockets", "rm -r sockets", "listening"),
    Breakage("service-gone", "unix-sockets", "rm service", "service"),
    Breakage("service-is-file", "unix-sockets", "rm service; echo >service", "service"),
    Breakage(
        "capability",
        "capabilities",
        prefix=("setpriv", "--bounding-set=-kill", "--"),
        named="CAP_KILL",
        says="restore capabilities",
    ),
    Breakage(
        "no-set-tid",
        "capabilities",
        prefix=("setpriv", "--bounding-set=-checkpoint_restore,-sys_admin", "--"),
        named="CAP_CHECKPOINT_RESTORE",
    ),
    Breakage("read-only", "files", f"mount -o remount,ro {STATE}", "log"),
    Breakage("noexec", "files", f"mount -o remount,noexec {STATE}", "program"),
)


@dataclass
class Dumped:
    """A dump and what surrounds it."""

    inside: Place
    images: Path
    ids: dict[str, int] = field(default_factory=dict)
    """pid, child, thread and most, as scripts name them."""


def start(inside: Place, program: Path, ready: Path, *words: str, shell: bool = False) -> int:
    """The program inside, in a session of its own or in one that a shell leads; the PID of its first task."""
    ready.mkdir()
    command = f"{STATE}/program {ready} {STATE} {' '.join(words)}"
    # The shell is the test's own: that of whoever runs the tests may lie outside this pid namespace.
    led = f"sh -c '{command} & wait'" if shell else command
    inside.run(
        f"cp {program} {STATE}/program; cp {inside.base}/lib.so {inside.base}/rebuilt.so {STATE}/;"
        f"setsid {led} </dev/null >/dev/null 2>{ready.parent}/said &"
    )

    def is_ready() -> bool:
        said = (ready.parent / "said").read_text()
        assert not said, said
        return any(ready.iterdir())

    wait_for(is_ready, "the program is not ready")
    return int(next(ready.iterdir()).name)


def libraries(base: Path) -> None:
    """Two builds of one length."""
    for name, number in (("lib.so", "11"), ("rebuilt.so", "22")):
        (base / "lib.c").write_text(f"int answer(void) {{ return {number}; }}\n")
        subprocess.run(["gcc", "-shared", "-fPIC", "-Wl,--build-id", "-o", base / name, base / "lib.c"], check=True)
    assert (base / "lib.so").stat().st_size == (base / "rebuilt.so").stat().st_size


def dump(inside: Place, command: list[str], pid: int, images: Path, *options: str) -> Path:
    images.mkdir()
    done = subprocess.run(
        [*inside.inside(), *command, "dump", "-t", str(pid), "-D", images, "-v4", "-o", "dump.log", *options],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, (images / "dump.log").read_text(errors="replace")[-2000:]
    return images


@pytest.fixture(scope="module")
def dumped(
    tmp_path_factory: pytest.TempPathFactory, criu_command: list[str], programs: Path, asker: Asker
) -> Iterator[Dumped]:
    base = tmp_path_factory.mktemp("checks")
    libraries(base)
    with place(base, asker) as inside:
        pid = start(inside, programs / "surroundings", base / "ready")
        images = dump(inside, criu_command, pid, base / "images", "--ext-unix-sk", "--link-remap")
        inside.keep()
        child, thread = sorted(
            int(match[1]) for path in images.iterdir() if (match := re.fullmatch(r"core-(\d+)\.img", path.name))
        )[1:]
        yield Dumped(
            inside, images, {"pid": pid, "child": child, "thread": thread, "most": min(pid, child, thread) - 1}
        )


def test_nothing_fails_when_nothing_is_broken(dumped: Dumped, criu_command: list[str], version: str) -> None:
    dumped.inside.mend()
    found = attempt(
        dumped.inside, criu_command, version, dumped.images, options=("--ask-criu", shlex.join(criu_command))
    )
    assert found.failing == []
    assert found.restored, found.log[-2000:]
    said = [check["what"] for check in found.printed["checks"] if (check["id"], check["state"]) == ("criu", "ok")]
    assert said[0].endswith(f"is CRIU {version}")
    assert said[1:] == ["criu check", "it has clone3_set_tid"]
    # What nobody can know is said to be so, and nothing else.
    assert {check["id"] for check in found.printed["checks"] if check["state"] == "unknown"} <= {"cpu"}


def test_an_address_of_ipv6_is_not_asked_for(dumped: Dumped, criu_command: list[str], version: str) -> None:
    """CRIU binds to any, since an address may be announced later."""
    dumped.inside.mend()
    dumped.inside.run("ip addr del fd77::1/128 dev lo")
    found = attempt(dumped.inside, criu_command, version, dumped.images)
    assert found.failing == []
    assert found.restored


@pytest.mark.parametrize("broken", BREAKAGES, ids=lambda each: each.name)
def test_what_is_broken_is_what_criu_fails_on(
    dumped: Dumped, criu_command: list[str], version: str, broken: Breakage
) -> None:
    inside = dumped.inside
    inside.mend()
    ids = dumped.ids | {"id": dumped.ids["child" if broken.child else "pid"]}
    if broken.name == "thread-id":
        ids["id"] = ids["thread"]
    if broken.name == "pid-max" and ids["most"] < 301:
        pytest.skip("the kernel takes no kernel.pid_max below 301")
    try:
        if broken.script:
            inside.run(f"cd {STATE}; {broken.script}")
        found = attempt(
            inside,
            criu_command,
            version,
            dumped.images,
            before=broken.before.format(**ids),
            prefix=broken.prefix,
            says=broken.says,
        )
    finally:
        inside.run(f"[ -e {STATE}/pid ] && kill $(cat {STATE}/pid) || true")
    assert not found.restored
    assert found.ids == {broken.check}, found.failing
    assert broken.says in found.log, found.log[-2000:]
    named = broken.named.format(**ids)
    first = found.failing[0]
    assert named in f"{first['path']} {first['what']}"
    assert first["pid"] == (ids["child"] if broken.child else ids["pid"])


# What the last one leaves would be in the way of another, where ss cannot end it.
@pytest.mark.parametrize("reused", [True, False])
def test_connections_that_were_closed_may_keep_a_port(
    dumped: Dumped, criu_command: list[str], version: str, *, reused: bool
) -> None:
    """For a minute; only those of sockets that were bound with SO_REUSEADDR let another have it."""
    dumped.inside.mend()
    own = "s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1)\n" if reused else ""
    program = (
        f"import socket\ns=socket.socket()\n{own}s.bind(('127.0.0.1',7001));s.listen()\n"
        "c=socket.create_connection(('127.0.0.1',7001))\na,_=s.accept()\na.close();c.close();s.close()"
    )
    dumped.inside.run(f'python3 -c "{program}"')
    try:
        found = attempt(dumped.inside, criu_command, version, dumped.images, says="in use")
    finally:
        dumped.inside.run("ss -K state time-wait", check=False)
    assert found.failing == []
    (said,) = [check for check in found.printed["checks"] if check["id"] == "ports" and check["state"] == "unknown"]
    assert "7001" in said["what"]
    assert said["pid"] == dumped.ids["pid"]
    assert found.restored is reused, found.log[-2000:]
    if not reused:
        assert "Address already in use" in found.log

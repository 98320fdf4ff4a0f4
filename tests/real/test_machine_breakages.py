"""What the machine itself withholds from a restore: pools, numbers of the kernel, cgroups, security modules.

One dump that needs all of them. What is taken away is the whole machine's, and is given back.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import framed, head_of
from criu_tui.core.images.schema import core_pb2, inventory_pb2

from tests.real.criu import wait_for
from tests.real.surroundings import STATE, Place, attempt, place
from tests.real.test_checks import Dumped, dump, libraries, start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.real.asker import Asker

HUGE_PAGES = Path("/proc/sys/vm/nr_hugepages")
OPEN_FILES = Path("/proc/sys/fs/nr_open")
RINGS = Path("/proc/sys/fs/aio-max-nr")
ENOUGH = {HUGE_PAGES: 8, OPEN_FILES: 1 << 20, RINGS: 1 << 20}
"""What the program and its restore need."""
TOGETHER, ALONE = "net_cls,net_prio", "net_cls"
"""Controllers of cgroups of version 1 only, which nobody has mounted."""
NAMED = "none,name=surroundings"
"""A hierarchy without controllers."""


class Withheld(NamedTuple):
    """Something taken away."""

    check: str
    named: str
    """What the failing check says."""
    says: str
    """What CRIU's log has."""
    number: tuple[Path, int]
    """Of the kernel."""
    of_task: bool = True
    """Whether the check names the first task."""


WITHHELD = {
    "huge-pages": Withheld("huge-pages", "8 MiB", "mapping with 0xfffffffffffffff4", (HUGE_PAGES, 0), of_task=False),
    "descriptors": Withheld("limits", "fs.nr_open", "9000", (OPEN_FILES, 1 << 13)),
    "rings": Withheld("limits", "AIO rings", "Ring setup failed", (RINGS, 0)),
}


@contextlib.contextmanager
def numbers(wanted: dict[Path, int]) -> Iterator[None]:
    """Numbers of the kernel, put back at the end."""
    before = {path: path.read_text() for path in wanted}
    try:
        for path, number in wanted.items():
            path.write_text(f"{number}\n")
        yield
    finally:
        for path, text in before.items():
            path.write_text(text)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Cgroups of version 1, mounted with certain controllers, with one group in it."""

    controllers: str
    top: Path
    inside: Place
    """Where it is seen: what other tests start must not take it along."""

    def up(self, *tasks: int) -> None:
        """Mounts it; tasks are moved to its group."""
        # One that was unmounted goes on for a moment.
        wait_for(lambda: self._done(self._mount), f"{self.controllers} cannot be mounted")
        self.inside.run(f"mkdir {self.top}/group; for task in {' '.join(map(str, tasks))}; do "
                        f"echo $task >{self.top}/group/cgroup.procs; done")  # fmt: skip

    def down(self) -> bool:
        """Unmounts it, until nothing is left of it; False where it goes on.

        A group that is removed lives until its last task is reaped, which is up to whoever is init here.
        """
        return any(self._done(f"rmdir {self.top}/group") for _ in tries()) and any(self._unmounted() for _ in range(5))

    @property
    def _mount(self) -> str:
        return f"mkdir -p {self.top}; mount -t cgroup -o {self.controllers} none {self.top}"

    def _done(self, script: str) -> bool:
        return self.inside.run(script, check=False).returncode == 0

    def _unmounted(self) -> bool:
        self.inside.run(f"umount {self.top}")
        if any(free(self.controllers) for _ in tries()):
            return True
        # The kernel looks for groups that are left only where it is unmounted.
        self.inside.run(self._mount)
        return False


def tries() -> Iterator[int]:
    """A few, over a second."""
    for number in range(50):
        yield number
        time.sleep(0.02)


@contextlib.contextmanager
def mounted(controllers: str, inside: Place, *tasks: int) -> Iterator[Hierarchy]:
    hierarchy = Hierarchy(controllers, inside.base / controllers, inside)
    hierarchy.up(*tasks)
    try:
        yield hierarchy
    finally:
        hierarchy.down()


def free(controllers: str) -> bool:
    """Whether the kernel has them and no hierarchy of version 1 does; of a name, whether none has it."""
    if controllers == NAMED:
        return "name=surroundings" not in Path("/proc/self/cgroup").read_text()
    rows = [line.split() for line in Path("/proc/cgroups").read_text().splitlines()]
    return all([each, "0", "1"] in [[row[0], row[1], row[3]] for row in rows] for each in controllers.split(","))


@dataclass
class Demanding(Dumped):
    """A dump that needs much of the machine."""

    hierarchy: Hierarchy | None = None


@pytest.fixture(scope="module")
def demanding(
    tmp_path_factory: pytest.TempPathFactory, criu_command: list[str], programs: Path, asker: Asker
) -> Iterator[Demanding]:
    base = tmp_path_factory.mktemp("machine")
    libraries(base)
    with numbers(ENOUGH), contextlib.ExitStack() as ends:
        inside = ends.enter_context(place(base, asker))
        pid = start(inside, programs / "surroundings", base / "ready", "huge", "high", "ring", "ghost")
        hierarchy = None
        if free(TOGETHER):
            tasks = (pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
            hierarchy = ends.enter_context(mounted(TOGETHER, inside, *tasks))
        options = ("--ext-unix-sk", "--link-remap", "--ghost-limit", "4M")
        images = dump(inside, criu_command, pid, base / "images", *options)
        inside.keep()
        yield Demanding(inside, images, {"pid": pid}, hierarchy)


def test_nothing_fails_when_nothing_is_withheld(demanding: Demanding, criu_command: list[str], version: str) -> None:
    demanding.inside.mend()
    found = attempt(demanding.inside, criu_command, version, demanding.images)
    assert found.failing == []
    assert found.restored, found.log[-2000:]


@pytest.mark.parametrize("name", WITHHELD)
def test_what_is_withheld_is_what_criu_fails_on(
    demanding: Demanding, criu_command: list[str], version: str, name: str
) -> None:
    withheld = WITHHELD[name]
    demanding.inside.mend()
    with numbers(dict([withheld.number])):
        found = attempt(demanding.inside, criu_command, version, demanding.images, says=withheld.says)
    assert not found.restored
    assert found.ids == {withheld.check}, found.failing
    assert withheld.says in found.log, found.log[-2000:]
    first = found.failing[0]
    assert withheld.named in first["what"]
    assert first["pid"] == (demanding.ids["pid"] if withheld.of_task else None)


def test_controllers_that_are_mounted_otherwise(demanding: Demanding, criu_command: list[str], version: str) -> None:
    if demanding.hierarchy is None:
        pytest.skip(f"this kernel has no {TOGETHER}, or somebody uses them")
    demanding.inside.mend()
    if not demanding.hierarchy.down():
        pytest.skip(f"{TOGETHER} go on: nobody reaps the tasks that were in their group")
    try:
        with mounted(ALONE, demanding.inside):
            found = attempt(demanding.inside, criu_command, version, demanding.images)
    finally:
        demanding.hierarchy.up()
    assert not found.restored
    assert found.ids == {"cgroups"}, found.failing
    assert "Can't mount controller dir" in found.log
    assert TOGETHER in found.failing[0]["what"]


def test_a_task_in_the_cgroups_of_criu_itself(
    tmp_path: Path, criu_command: list[str], version: str, programs: Path, asker: Asker
) -> None:
    libraries(tmp_path)
    with place(tmp_path, asker) as inside:
        pid = start(inside, programs / "surroundings", tmp_path / "ready")
        # Its child stays in the cgroups of the tests.
        with mounted(NAMED, inside, pid):
            images = dump(inside, criu_command, pid, tmp_path / "images", "--ext-unix-sk", "--link-remap")
            found = attempt(inside, criu_command, version, images)
            words = [each for each in found.printed["restore_command"].split() if "manage-cgroups" not in each]
            ignoring = attempt(inside, criu_command, version, images, restore=[*words, "--manage-cgroups=ignore"])
    assert ignoring.restored, ignoring.log[-2000:]
    assert not found.restored
    assert found.ids == {"cgroups"}, found.failing
    assert re.search(r"No set \d+ found", found.log)
    assert found.failing[0]["pid"] != pid


def test_a_hard_limit_that_nobody_may_raise(demanding: Demanding, criu_command: list[str], version: str) -> None:
    """CRIU restores, and says nothing of it."""
    inside = demanding.inside
    inside.mend()
    limited = ("setpriv", "--bounding-set=-sys_resource", "--", "prlimit", "--core=0:4096", "--")
    found = attempt(inside, criu_command, version, demanding.images, prefix=limited)
    assert found.restored, found.log[-2000:]
    assert found.failing == []
    said = [check for check in found.printed["checks"] if check["id"] == "limits" and "hard limits" in check["what"]]
    assert said[0]["pid"] == demanding.ids["pid"]
    assert said[0]["state"] == "unknown"
    assert "core" in said[0]["what"]
    words = shlex.join([*limited, *criu_command, *shlex.split(found.printed["restore_command"])[1:]])
    first = inside.base / "work" / "first"
    first.unlink()
    inside.mend()
    script = f"{words} -d -W {first.parent} -o again.log --pidfile {first} && cat /proc/$(cat {first})/limits"
    limits = inside.run(f"unshare -p -f --kill-child --mount-proc -- sh -c {shlex.quote(script)}").stdout
    dumped = inside.run("prlimit --core --output=HARD --noheadings").stdout.split()
    assert re.findall(r"Max core file size +\d+ +(\w+)", limits) == ["4096"]
    assert dumped == ["unlimited"]


@pytest.mark.parametrize(("room", "restores"), [(2 << 20, False), (4 << 20, True)])
def test_room_for_deleted_files(
    demanding: Demanding, criu_command: list[str], version: str, room: int, restores: bool
) -> None:
    """3 MiB of them, and a hole that is larger than the file system."""
    inside = demanding.inside
    inside.mend()
    used = int(inside.run(f"df --block-size=1 --output=used {STATE}").stdout.split()[-1])
    inside.run(f"mount -o remount,size={used + room} {STATE}")
    try:
        found = attempt(inside, criu_command, version, demanding.images, says="No space left on device")
    finally:
        inside.run(f"mount -o remount,size=50% {STATE}")
    assert found.restored is restores, found.log[-2000:]
    assert found.ids == (set() if restores else {"room"}), found.failing
    if not restores:
        assert "No space left on device" in found.log
        assert "3 MiB of deleted files" in found.failing[0]["what"]
        assert found.failing[0]["pid"] == demanding.ids["pid"]


class Registers(NamedTuple):
    """A core image whose registers are not of their size."""

    field: str
    numbers: int
    """Of numbers that it has."""
    says: str
    """What CRIU's log has."""
    with_xsave: bool = True
    """Whether the field is one that xsave keeps."""


REGISTERS = (
    Registers("st_space", 31, "Corruption in FPU st_space area", with_xsave=False),
    Registers("ymmh_space", 63, "Corruption in XFEATURE_YMM area"),
    Registers("pkru", 1, "Corruption in XFEATURE_PKRU area"),
    Registers("ymmh_space", 65, "XFEATURE_YMM reported 256 bytes (expecting 260)"),
)


@pytest.mark.parametrize("wrong", REGISTERS, ids=lambda wrong: f"{wrong.field}-{wrong.numbers}")
def test_registers_that_are_not_of_their_size(
    demanding: Demanding, criu_command: list[str], version: str, wrong: Registers
) -> None:
    if "avx" not in Path("/proc/cpuinfo").read_text().split():
        pytest.skip("a processor without such registers")
    inside = demanding.inside
    inside.mend()
    images = inside.base / f"{wrong.field}-{wrong.numbers}"
    shutil.copytree(demanding.images, images)
    name = f"core-{demanding.ids['pid']}.img"
    for core in Dump(images).entries(name, kinds.CORE, core_pb2.core_entry, single=True):
        registers = core.thread_info.fpregs
        registers.xsave.xstate_bv |= 1 << 2
        kept = registers.xsave if wrong.with_xsave else registers
        numbers_of = getattr(kept, wrong.field)
        del numbers_of[:]
        numbers_of.extend([0] * wrong.numbers)
        (images / name).write_bytes(head_of(kinds.CORE) + framed(core.SerializeToString()))
    found = attempt(inside, criu_command, version, images, says=wrong.says)
    assert not found.restored
    assert found.ids == {"cpu"}, found.failing
    assert wrong.says in found.log, found.log[-2000:]
    assert wrong.field in found.failing[0]["what"]
    assert found.failing[0]["pid"] == demanding.ids["pid"]


def test_a_profile_that_is_not_known(demanding: Demanding, criu_command: list[str], version: str) -> None:
    """As if the dump came from a machine with AppArmor, whether this kernel has it or not."""
    inside = demanding.inside
    inside.mend()
    images = inside.base / "confined"
    if not images.exists():
        shutil.copytree(demanding.images, images)
        dump = Dump(demanding.images)
        for inventory in dump.entries("inventory.img", kinds.INVENTORY, inventory_pb2.inventory_entry, single=True):
            inventory.lsmtype = inventory_pb2.APPARMOR
            (images / "inventory.img").write_bytes(head_of(kinds.INVENTORY) + framed(inventory.SerializeToString()))
        name = f"core-{demanding.ids['pid']}.img"
        for core in dump.entries(name, kinds.CORE, core_pb2.core_entry, single=True):
            core.thread_core.creds.lsm_profile = "no-such-profile"
            (images / name).write_bytes(head_of(kinds.CORE) + framed(core.SerializeToString()))
    found = attempt(inside, criu_command, version, images)
    assert not found.restored
    assert found.ids == {"lsm"}, found.failing
    assert "no-such-profile" in found.failing[0]["what"]
    assert found.failing[0]["pid"] == demanding.ids["pid"]

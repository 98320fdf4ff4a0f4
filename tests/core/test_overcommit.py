"""What the kernel charges and refuses, by mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import MapFlag, Prot
from criu_tui.core.report.plan import notes as plan_notes
from criu_tui.core.report.report import Report
from criu_tui.core.restore.commit_charge import budget
from criu_tui.core.restore.host import Host, Mode, describe, parse_host, this_host
from criu_tui.core.restore.plan import plan
from criu_tui.core.restore.releases import criu

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.commit_charge import Budget

GIB = 1 << 30
HOST = Host(Mode.HEURISTIC, mem=24 * GIB, swap=1 * GIB, limit=12 * GIB, committed=1 * GIB)


def budget_of(directory: Path, host: Host, *mappings: demos.Mapping, version: str = "3.1") -> Budget:
    demos.write(demos.DemoDump("test", (demos.DemoTask(7, 0, "t", mappings),)), directory)
    return budget(plan(Dump(directory), criu(version)), host)


def hole(start_gib: int, gib: int, flags: MapFlag = MapFlag.PRIVATE | MapFlag.ANONYMOUS) -> demos.Mapping:
    return demos.Mapping(start_gib * GIB, gib * GIB, Prot.NONE, flags)


def test_mode_0_refuses_one_length_above_ram_and_swap_whatever_the_total(tmp_path: Path) -> None:
    granted = budget_of(tmp_path, HOST, hole(1, 25), hole(100, 25))
    assert granted.failure is None
    assert granted.charged == 50 * GIB
    refused = budget_of(tmp_path, HOST, hole(1, 25), hole(100, 26))
    assert refused.failure is not None
    assert refused.failure.step.vma.start == 100 * GIB
    assert (refused.failure.needed, refused.failure.limit) == (26 * GIB, 25 * GIB)


def test_mode_1_refuses_nothing(tmp_path: Path) -> None:
    always = Host(Mode.ALWAYS, mem=0, swap=0, limit=0, committed=0)
    assert budget_of(tmp_path, always, hole(1, 4000)).failure is None


def test_mode_2_refuses_the_sum(tmp_path: Path) -> None:
    never = Host(Mode.NEVER, mem=24 * GIB, swap=0, limit=12 * GIB, committed=1 * GIB)
    assert budget_of(tmp_path, never, hole(1, 4), hole(100, 7)).failure is None
    refused = budget_of(tmp_path, never, hole(1, 4), hole(100, 8))
    assert refused.failure is not None
    assert refused.failure.step.vma.start == 100 * GIB
    assert (refused.failure.needed, refused.failure.limit) == (13 * GIB, 12 * GIB)


def test_mode_2_refuses_the_fork_that_copies_the_scratch_area(tmp_path: Path) -> None:
    # COW pairs of 4 GiB: the parent holds them, and each fork copies them (seen as Committed_AS of real restores).
    tasks = tuple(demos.DemoTask(pid, ppid, "t", (hole(1, 4),)) for pid, ppid in ((7, 0), (8, 7), (9, 7)))
    demos.write(demos.DemoDump("test", tasks), tmp_path)
    made = plan(Dump(tmp_path), criu("4.2.1"))
    roomy = budget(made, Host(Mode.NEVER, mem=0, swap=0, limit=13 * GIB, committed=1 * GIB))
    assert (roomy.failure, roomy.charged, roomy.peak) == (None, 4 * GIB, 12 * GIB)
    tight = budget(made, Host(Mode.NEVER, mem=0, swap=0, limit=12 * GIB, committed=1 * GIB))
    assert tight.failure is not None
    assert (tight.failure.step.pid, tight.failure.forked) == (9, 9)
    assert (tight.failure.needed, tight.failure.limit) == (13 * GIB, 12 * GIB)
    # Mode 0 judges each mapping alone.
    assert budget(made, Host(Mode.HEURISTIC, mem=4 * GIB, swap=0, limit=0, committed=0)).failure is None


@pytest.mark.parametrize("dead", [False, True])
def test_a_fork_copies_what_the_child_does_not_inherit_too(tmp_path: Path, dead: bool) -> None:
    # 8 inherits 4 GiB of 7; 9, whose VMA is another, or which is dead and has none, gets a copy all the same.
    tasks = (
        demos.DemoTask(7, 0, "t", (hole(1, 4),)),
        demos.DemoTask(8, 7, "t", (hole(1, 4),)),
        demos.DemoTask(9, 7, "t", (hole(50, 1),)),
    )
    demos.write(demos.DemoDump("test", tasks), tmp_path)
    if dead:
        (tmp_path / "mm-9.img").unlink()
    made = plan(Dump(tmp_path), criu("3.1"))
    assert bool(made.by_pid[9].steps) is not dead
    roomy = budget(made, Host(Mode.NEVER, mem=0, swap=0, limit=13 * GIB, committed=1 * GIB))
    # 4 each of 7 and 8, and the copy in 9, unmapped before it maps its own in place.
    assert roomy.failure is None
    assert roomy.peak == 12 * GIB
    tight = budget(made, Host(Mode.NEVER, mem=0, swap=0, limit=12 * GIB, committed=1 * GIB))
    assert tight.failure is not None
    assert (tight.failure.forked, tight.failure.needed) == (9, 13 * GIB)
    assert (tight.failure.step.pid, tight.failure.step.vma.start) == (7, 1 * GIB)
    assert "forking task 9 copies" in tight.failure.arithmetic


def test_noreserve_is_free_but_in_mode_2(tmp_path: Path) -> None:
    free = hole(1, 30, MapFlag.PRIVATE | MapFlag.ANONYMOUS | MapFlag.NORESERVE)
    assert budget_of(tmp_path, HOST, free).charged == 0
    never = Host(Mode.NEVER, mem=24 * GIB, swap=0, limit=100 * GIB, committed=0)
    assert budget_of(tmp_path, never, free).charged == 30 * GIB


def test_what_stays_unwritable_is_free(tmp_path: Path) -> None:
    data = demos.Mapping(200 * GIB, 4096, Prot.READ | Prot.WRITE, pages=(200 * GIB,))
    assert budget_of(tmp_path, HOST, hole(1, 100), data, version="4.0").charged == 4096


def test_shared_and_huge_mappings_are_free(tmp_path: Path) -> None:
    rw = Prot.READ | Prot.WRITE
    huge = demos.Mapping(GIB, 30 * GIB, rw, MapFlag.PRIVATE | MapFlag.ANONYMOUS | MapFlag.HUGETLB)
    assert budget_of(tmp_path, HOST, huge).charged == 0


def test_a_host_is_read_from_a_line() -> None:
    host = parse_host("overcommit=2,mem=24684084K,swap=2G,limit=12333848K,committed=161152K", HOST)
    assert host == Host(Mode.NEVER, 24684084 * 1024, 2 * GIB, 12333848 * 1024, 161152 * 1024)
    assert parse_host("mem=1M", HOST).swap == HOST.swap


@pytest.mark.parametrize("spec", ["", "mem", "mem=", "mem=-1K", "overcommit=3", "cpu=1", "mem=1Q", "mem=1\x1b"])
def test_other_lines_are_refused(spec: str) -> None:
    with pytest.raises(ValueError, match="overcommit=0") as caught:
        parse_host(spec, HOST)
    assert "\x1b" not in str(caught.value)


def test_this_host_is_what_proc_says(tmp_path: Path) -> None:
    (tmp_path / "sys/vm").mkdir(parents=True)
    (tmp_path / "sys/vm/overcommit_memory").write_text("2\n")
    (tmp_path / "sys/vm/user_reserve_kbytes").write_text("131072\n")
    (tmp_path / "meminfo").write_text(
        "MemTotal: 100 kB\nSwapTotal: 0 kB\nCommitLimit: 50 kB\nCommitted_AS: 7 kB\nHugePages_Total: 0\n"
    )
    pools = tmp_path / "hugepages"
    assert this_host(tmp_path, pools) == Host(Mode.NEVER, 102400, 0, 51200, 7168, 131072 * 1024)
    (pools / "hugepages-2048kB").mkdir(parents=True)
    (pools / "hugepages-2048kB" / "free_hugepages").write_text("3\n")
    assert this_host(tmp_path, pools).huge == ((2 << 20, 6 << 20),)


@pytest.mark.parametrize("mode", [0, 2])
def test_nothing_is_predicted_of_memory_that_proc_does_not_tell(tmp_path: Path, mode: int) -> None:
    """No /proc, or one without meminfo as some sandboxes have it."""
    (tmp_path / "sys/vm").mkdir(parents=True)
    (tmp_path / "sys/vm/overcommit_memory").write_text(f"{mode}\n")
    (tmp_path / "sys/vm/user_reserve_kbytes").write_text("131072\n")
    dump = tmp_path / "dump"
    dump.mkdir()
    for host in (this_host(tmp_path / "absent"), this_host(tmp_path)):
        assert (host.mem, host.limit, host.committed) == (None, None, None)
        assert "RAM unknown" in describe(host)
        assert describe(host).endswith("whether memory suffices is not predicted")
        assert budget_of(dump, host, hole(1, 4)).failure is None
        said = [words for _, words in plan_notes(Report(Dump(dump), criu("3.1"), host))]
        assert any(words.startswith("whether every mapping is granted is not known") for words in said)
    # What somebody says of it is known.
    told = parse_host(f"overcommit={mode},mem=1M,limit=1M,committed=0", this_host(tmp_path))
    assert "not predicted" not in describe(told)
    assert budget_of(dump, told, hole(1, 4)).failure is not None

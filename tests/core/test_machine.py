"""Facts of a machine: read here, written, read elsewhere, and files that are none."""

from __future__ import annotations

import dataclasses
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.cli import main
from criu_tui.core.restore.host import this_host
from criu_tui.core.restore.preflight.machine import Machine, Port, this_machine
from criu_tui.core.restore.preflight.machine_json import MACHINE, from_json, to_json

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = [*([("unlimited", "unlimited")] * 7), ("1024", "20000"), *([("0", "0")] * 8)]
PROC = {
    "self/status": "Name:\tx\nCapPrm:\t000001fffeffffff\nCapBnd:\t000001ffffffffff\n",
    # As Linux writes them: sixteen lines in the order of RLIMIT_*, the hard limit from column 47 on.
    "self/limits": "Limit                     Soft Limit           Hard Limit           Units     \n"
    + "".join(f"{'Max something':<26}{soft:<21}{hard:<21}{'files':<10}\n" for soft, hard in LIMITS),
    "self/smaps": "1000-2000 rw-p 0 0:0 0\nSize: 4 kB\nVmFlags: rd wr sd\n2000-3000 rw-p 0 0:0 0\nVmFlags: rd\n",
    "sys/kernel/cap_last_cap": "40\n",
    "sys/kernel/pid_max": "32768\n",
    "cpuinfo": "processor : 0\nvendor_id : GenuineIntel\ncpu family : 6\nmodel : 85\nflags : fpu sse avx\n"
    "\nflags : other\n",
    "filesystems": "nodev\tproc\n\text4\n",
    "cgroups": "#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t3\t1\t1\nrdma\t4\t1\t0\n"
    "cpu\t5\t1\t1\ncpuacct\t5\t1\t1\npids\t0\t9\t1\n",
    "fs/cgroup/unified/cgroup.subtree_control": "pids\n",
    "self/uid_map": "         0     100000      65536\n     65536       1000          1\n",
    # A name in parentheses that ends like the fields after it.
    "77/stat": "77 (a) S 1 1) S 1 78 79 0 -1\n",
    "net/fib_trie": "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 127.0.0.0\n        /8 host LOCAL\n     |-- 10.0.0.5\n"
    "        /32 host LOCAL\n     |-- 10.0.0.255\n        /32 link BROADCAST\n",
    "net/if_inet6": "fd000000000000000000000000000002 02 40 00 80     eth0\n",
    # As written by a little-endian machine.
    "net/tcp": "  sl  local_address rem_address   st\n   0: 0100007F:1B59 00000000:0000 0A 0\n",
    "net/udp6": "  sl  local_address rem_address   st\n   0: 000000FD000000000000000002000000:1B5A 0:0 07 0\n",
}


def test_facts_are_read_from_proc(tmp_path: Path) -> None:
    for name, text in PROC.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "77" / "task" / "80").mkdir(parents=True)
    found = this_machine(tmp_path, tmp_path)
    assert found.permitted == 0x1FFFEFFFFFF
    assert found.last_capability == 40
    assert found.cpu == "GenuineIntel 6 85"
    assert found.cpu_flags == frozenset({"fpu", "sse", "avx"})
    assert found.file_systems == frozenset({"proc", "ext4"})
    assert found.controllers == frozenset({"memory", "cpu", "cpuacct", "pids"})
    assert found.hierarchies == frozenset({"memory", "rdma", "cpu,cpuacct"})
    assert found.delegated == frozenset({"pids"})
    assert found.uids == ((0, 65536), (65536, 1))
    assert found.ids == frozenset({77, 78, 79, 80})
    assert found.addresses == frozenset({"127.0.0.0/8", "10.0.0.5/32", "fd00::2/128"})
    assert found.ports == (
        Port("tcp", "127.0.0.1", 7001, listens=True),
        Port("udp", "fd00::2", 7002, listens=False),
    )
    assert found.sysctl("kernel/pid_max") == 32768
    assert found.sysctl("vm/max_map_count") is None
    assert found.lsm == "none"
    assert found.hard_limits is not None
    # RLIMIT_NOFILE is 7, RLIM_INFINITY all ones (getrlimit(2)).
    assert found.hard_limits[6:9] == (("nproc", (1 << 64) - 1), ("nofile", 20000), ("memlock", 0))
    assert found.soft_dirty is True
    (tmp_path / "self/smaps").write_text("VmFlags: rd\n")
    (tmp_path / "self/limits").write_text("of another kernel\n")
    without = this_machine(tmp_path, tmp_path)
    assert without.soft_dirty is False
    assert without.hard_limits is None


def test_facts_survive_the_way_to_another_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine, host = this_machine(), this_host()
    assert from_json(json.loads(json.dumps(to_json(machine, host)))) == (machine, host)
    assert main(["--host-facts"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert written["machine"]["kernel"] == os.uname().release


def test_every_fact_can_be_told(tmp_path: Path) -> None:
    assert MACHINE.keys() == frozenset({field.name for field in dataclasses.fields(Machine)})


def test_what_is_not_told_is_not_known() -> None:
    machine, host = from_json({"schema": 1, "machine": {"kernel": None}, "memory": {}})
    assert machine == Machine()
    assert not host.can_tell


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ([], "schema"),
        ({"schema": 2, "machine": {}, "memory": {}}, "schema"),
        ({"schema": 1, "machine": [], "memory": {}}, "machine"),
        ({"schema": 1, "machine": {"kernel": 6}, "memory": {}}, "machine.kernel"),
        ({"schema": 1, "machine": {"ids": ["1"]}, "memory": {}}, "machine.ids"),
        ({"schema": 1, "machine": {"ports": [["tcp", "nowhere", 1, True]]}, "memory": {}}, "machine.ports"),
        ({"schema": 1, "machine": {"addresses": ["1.2.3.4/99"]}, "memory": {}}, "machine.addresses"),
        ({"schema": 1, "machine": {"uids": [[0]]}, "memory": {}}, "machine.uids"),
        ({"schema": 1, "machine": {"permitted": 1 << 70}, "memory": {}}, "machine.permitted"),
        ({"schema": 1, "machine": {}, "memory": {"overcommit": 7}}, "memory.overcommit"),
        ({"schema": 1, "machine": {}, "memory": {"mem": -1}}, "memory.mem"),
        ({"schema": 1, "machine": {}, "memory": {"huge": [5]}}, "memory.huge"),
    ],
)
def test_facts_that_are_none_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any, names: str
) -> None:
    file = tmp_path / "host.json"
    file.write_text(json.dumps(content))
    assert main(["--demo", "boundary", "--print", "checks", "--host", str(file)]) == 2
    said = capsys.readouterr().err
    assert names in said
    assert said.count("\n") == 1


def test_a_described_machine_is_looked_at_nowhere_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "host.json"
    facts = to_json(Machine(kernel="4.4.0", arch="aarch64", ids=frozenset({4242})), this_host())
    file.write_text(json.dumps(facts))
    assert main(["--demo", "boundary", "--check", "--format", "json", "--host", str(file)]) == 3
    printed = json.loads(capsys.readouterr().out)
    states = {check["id"]: check["state"] for check in printed["checks"]}
    assert states["pids"] == states["kernel"] == "fails"
    assert states["files"] == "skipped"
    assert states["limits"] == "unknown"

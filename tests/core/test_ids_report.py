"""What the Ids pane and --print ids say: each id on both sides, conversions, namespaces."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.idmap import OVERFLOW_ID
from criu_tui.core.images import framing, images, kinds
from criu_tui.core.images.schema import cgroup_pb2, core_pb2
from criu_tui.core.report import id_maps, ids, namespaces, overview
from criu_tui.core.report import log as log_report
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.table import Tone

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host


@pytest.fixture
def mapped(tmp_path: Path, recorded_host: Host) -> Report:
    """Two tasks in three extents; the second has an id without a mapping, and groups."""
    demos.write(demos.demo("userns-mapped"), tmp_path)
    name = tmp_path / "core-2.img"
    (entry,) = images.decode(name.read_bytes(), kinds.CORE, name.name, core_pb2.core_entry).entries
    creds = entry.thread_core.creds
    creds.euid, creds.fsgid = 1001, OVERFLOW_ID
    creds.groups.extend((27, 1000))
    creds.cap_eff.extend((1 << 7, 0))
    creds.cap_prm.extend((1 << 7, 0))
    creds.cap_bnd.extend((0xFFFFFFFF, 0x1FF))
    entry.tc.loginuid = OVERFLOW_ID
    name.write_bytes(framing.encode(kinds.CORE, [entry]))
    perms = cgroup_pb2.cgroup_perms(mode=0o755, uid=100005, gid=7)
    controller = cgroup_pb2.cg_controller_entry(dirs=[cgroup_pb2.cgroup_dir_entry(dir_name="a", dir_perms=perms)])
    (tmp_path / "cgroup.img").write_bytes(
        framing.encode(kinds.CGROUP, [cgroup_pb2.cgroup_entry(controllers=[controller])])
    )
    return Report(Dump(tmp_path), criu("4.2.1"), recorded_host)


def test_every_id_is_told_on_both_sides(mapped: Report) -> None:
    table = ids.table(mapped)
    rows = [table.cells(index) for index in range(len(table.rows))]
    assert rows[0][:5] == ("task 1 init", "0", "100000", "0", "100000")
    assert rows[1][:5] == ("task 2 inner", "1000", "1000", "1000", "101000")
    assert rows[1][5] == "euid 1001→101001 fsgid 4294967295→none group 27→100027 group 1000→101000 loginuid not set"
    assert rows[1][6] == "effective permitted: setuid; inheritable ambient: none; bounding: all"
    # Cgroups keep the ids of the host: 100005 is 5 inside, and gid 7 of the host is nobody's.
    assert rows[2][:5] == ("cgroup v2:/a", "5", "100005", "none", "7")
    assert [table.tone(row) for row in table.rows] == [Tone.PLAIN, Tone.ERROR, Tone.PLAIN]
    told = [line for _, line in ids.lines(mapped, table.rows[1])]
    assert "suid 1000→1000 fsuid 1000→1000 egid 1000→101000" in told[0]
    assert told[1] == "no mapping when dumped: fsgid (4294967295)"


def test_ids_sort_as_numbers(mapped: Report) -> None:
    table = ids.table(mapped)
    host = next(column for column in table.columns if column.title == "Host uid")
    assert host.sort is not None
    assert sorted(table.rows, key=host.sort)[0].object == "task 2"


def test_ids_as_json(mapped: Report) -> None:
    made = ids.json(mapped, None)
    tasks = made["tasks"]
    assert isinstance(tasks, list)
    task = tasks[1]
    assert isinstance(task, dict)
    assert (task["uid"], task["host_uid"], task["euid"], task["groups"], task["host_groups"]) == (
        1000, 1000, 1001, [27, 1000], [100027, 101000],
    )  # fmt: skip
    assert task["host"] == {
        "euid": 101001, "suid": 1000, "fsuid": 1000, "egid": 101000, "sgid": 101000, "fsgid": None, "loginuid": None,
    }  # fmt: skip
    assert task["unmapped"] == ["fsgid"]
    assert task["capability_sets"] == {
        "effective": "setuid", "permitted": "setuid", "inheritable": "none", "bounding": "all", "ambient": "none",
    }  # fmt: skip
    assert made["namespaces"] == [
        {"kind": "user", "id": 9, "tasks": [1, 2], "own": True, "detail": "3 uid extents, 1 gid extent"}
    ]


def test_ids_of_one_task(mapped: Report) -> None:
    lines = list(ids.text(mapped, 1))
    assert any(line.startswith("task 1 init") for line in lines)
    assert not any(line.startswith(("task 2", "cgroup")) for line in lines)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", []),
        ("0", ["0 inside: uid 100000, gid 100000 on the host", "0 on the host: uid none, gid none inside"]),
        (" 1000 ", ["1000 inside: uid 1000, gid 101000 on the host", "1000 on the host: uid 1000, gid none inside"]),
        ("4294967296", ["4294967296: an id is a number from 0 to 4294967295"]),
        ("１", ["１: an id is a number from 0 to 4294967295"]),
        ("-1", ["-1: an id is a number from 0 to 4294967295"]),
    ],
)
def test_a_typed_id(mapped: Report, typed: str, expected: list[str]) -> None:
    assert [line for _, line in ids.conversions(mapped, typed)] == expected


def test_without_a_user_namespace_ids_stay_what_they_are(recorded_host: Host) -> None:
    report = Report(Dump(DUMPS / "random-1" / "dump"), criu("4.2.1"), recorded_host)
    assert [line for _, line in ids.conversions(report, "5")] == [
        "5 inside: uid 5, gid 5 on the host",
        "5 on the host: uid 5, gid 5 inside",
    ]
    assert list(id_maps.drawing(report)) == []


def test_tasks_in_several_namespaces_of_a_kind_are_noted(tmp_path: Path, recorded_host: Host) -> None:
    demos.write(demos.demo("userns-mapped"), tmp_path)
    other = core_pb2.task_kobj_ids_entry(vm_id=1, files_id=1, fs_id=1, sighand_id=1, user_ns_id=9, uts_ns_id=12)
    for pid, uts in ((1, 11), (2, 12)):
        other.uts_ns_id = uts
        (tmp_path / f"ids-{pid}.img").write_bytes(framing.encode(kinds.IDS, [other]))
    # Of the namespaces that CRIU was in, its inventory.img names the user namespace alone.
    table = namespaces.table(Report(Dump(tmp_path), criu("4.2.1"), recorded_host))
    assert [table.cells(index)[:4] for index in range(len(table.rows))] == [
        ("uts", "11", "unknown", "1"),
        ("uts", "12", "unknown", "2"),
        ("user", "9", "the dump's", "all 2, shared"),
    ]
    assert "the tasks are not all in one namespace of these kinds: uts" in [line for _, line in table.notes]


LOG = """\
(00.000000) CRIU run id = 3f0c9d5e-6b2a-4c1e-9d1b-0f7a5f3c2b11
{}(00.048590) Error (criu/namespaces.c:893): Unable to convert uid or gid
(00.048600) Error (criu/cr-dump.c:1): Dumping FAILED.
"""


def test_a_failed_dump_above_is_not_this_one(tmp_path: Path, recorded_host: Host) -> None:
    (tmp_path / "dump.log").write_text(LOG.format(""))
    name = "prot-none-1g"
    shutil.copytree(DUMPS / name / "dump", tmp_path / name)
    report = Report(Dump(tmp_path / name), criu("4.2.1"), recorded_host)
    assert any(log.root_check is not None for log in report.logs)
    (note, *_) = (line for _, line in ids.notes(report))
    assert note == "no user namespace of its own in this dump: ids are the same on the host"
    assert list(id_maps.drawing(report)) == []
    assert ids.json(report, None)["source"] is None
    assert ids.conversions(report, "0")[0][1] == "0 inside: uid 0, gid 0 on the host"
    # A dump that left no task may still say that the log is of another run.
    (tmp_path / "other").mkdir()
    shutil.copy(DUMPS / name / "dump" / "inventory.img", tmp_path / "other")
    other = Report(Dump(tmp_path / "other"), criu("4.2.1"), recorded_host)
    assert [other.belongs(log) for log in other.logs] == [False]
    assert list(id_maps.drawing(other)) == []


def test_maps_that_cannot_be_told_apart(tmp_path: Path, recorded_host: Host) -> None:
    (tmp_path / "dump.log").write_text(LOG.format("(00.04) id_map: 0 0 1\n"))
    report = Report(Dump(tmp_path), criu("4.2.1"), recorded_host)
    assert [line.strip() for _, line in id_maps.drawing(report)][1] == "0 0 1"
    made = ids.json(report, None)
    assert (made["uid_map"], made["gid_map"], made["source"]) == (None, None, "dump.log")
    # 0 is 0 on the host under one map and nothing under the other; 1 is nothing under both.
    assert ids.conversions(report, "0")[0][1] == "0 inside: uid unknown, gid unknown on the host"
    assert ids.conversions(report, "1")[0][1] == "1 inside: uid none, gid none on the host"
    (file,) = json.loads(json.dumps(log_report.json(report, None)))["files"]
    assert (file["extents"], file["uid_map"], file["gid_map"]) == ([[0, 0, 1]], None, None)


def test_where_a_log_is_all_there_is_nothing_is_said_of_images(tmp_path: Path, recorded_host: Host) -> None:
    (tmp_path / "restore.log").write_text("(00.049127) Error (criu/cr-restore.c:2536): Restoring FAILED.\n")
    report = Report(Dump(tmp_path), criu("4.2.1"), recorded_host)
    assert list(ids.notes(report)) == [(Tone.NOTE, "which ids the tasks had is not known: the images are not here")]
    assert [line for _, line in ids.conversions(report, "0")] == [
        "0 inside: uid unknown, gid unknown on the host",
        "0 on the host: uid unknown, gid unknown inside",
    ]
    found = ids.json(report, None)
    assert (found["uid_map"], found["check"]) == (None, {"ok": None, "reason": "the images are not here"})
    told = list(overview.text(report, None))
    assert told[-1] == "parent     not known: the images are not here"
    assert any(line.startswith("restores?  ✗ the restore failed") for line in told)

"""What the kernel keeps for tasks beside files: IPC objects, settings, clocks, formats, bpf maps; bytes as hex."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.sysctls import Sysctl, formats, sysctls
from criu_tui.core.images import framing, kinds
from criu_tui.core.images.schema import (
    binfmt_misc_pb2,
    bpfmap_pb2,
    ipc_msg_pb2,
    ipc_sem_pb2,
    ipc_shm_pb2,
    ipc_var_pb2,
    timens_pb2,
)
from criu_tui.core.report import file_sections, files
from criu_tui.core.report.file_bytes import bytes_lines
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.tables.filter import parse
from criu_tui.core.tables.view import View

from tests.conftest import DUMPS
from tests.core.test_owners import desc, fill, framed

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.tables.table import Table

IMAGES = DUMPS.parent / "images"


def report_of(directory: Path, images: dict[str, bytes]) -> Report:
    (directory / "pstree.img").write_bytes(framing.encode(kinds.PSTREE, []))
    for name, data in images.items():
        (directory / name).write_bytes(data)
    return Report(Dump(directory), criu("4.2.1"))


def section(report: Report, name: str) -> tuple[Table[Any], Any]:
    found = next(each for each in file_sections.SECTIONS if each.id == name)
    return found.table(report), found.json(report)


def test_ipc_objects_with_what_they_hold(tmp_path: Path) -> None:
    messages = framed(ipc_msg_pb2.ipc_msg(mtype=26538, msize=5)) + b"hello\0\0\0"
    messages += framed(ipc_msg_pb2.ipc_msg(mtype=7, msize=8)) + b"12345678"
    report = report_of(
        tmp_path,
        {
            "ipcns-shm-5.img": framing.encode(kinds.IPCNS_SHM, [ipc_shm_pb2.ipc_shm_entry(desc=desc(1), size=3)])
            + b"abc\0",
            "ipcns-sem-5.img": framing.encode(kinds.IPCNS_SEM, [ipc_sem_pb2.ipc_sem_entry(desc=desc(2), nsems=3)])
            + struct.pack("<4H", 7, 0, 65535, 0),
            "ipcns-msg-5.img": framing.encode(
                kinds.IPCNS_MSG, [ipc_msg_pb2.ipc_msg_entry(desc=desc(3), qbytes=9, qnum=2)]
            )
            + messages,
        },
    )
    table, json = section(report, "ipc")
    assert [table.cells(index)[-1] for index in range(3)] == [
        "3 B",
        "3 semaphores: 7 0 65535",
        "2 messages, 13 bytes, types 26538 7",
    ]
    assert [each["namespace"] for each in json] == [5, 5, 5]
    assert json[1]["values"] == [7, 0, 65535]
    assert json[2]["messages"] == [{"type": 26538, "bytes": 5}, {"type": 7, "bytes": 8}]
    lines = [text for _, text in bytes_lines(report, table.rows[2])]
    assert lines[0].startswith("message of type 26538: 5 bytes of ipcns-msg-5.img")
    assert lines[1] == f"00000000  {'68 65 6c 6c 6f':<47}  hello"
    # What it holds is found by a filter.
    assert list(View(table).arranged(None, parse("data:hell", table)).order) == [2]


def test_settings_have_their_names_below_proc_sys(tmp_path: Path) -> None:
    entry = ipc_var_pb2.ipc_var_entry()
    fill(entry)
    entry.sem_ctls[:] = [250, 32000, 32, 128]
    entry.msg_ctlmax, entry.mq_queues_max = 8192, 256
    report = report_of(tmp_path, {"ipcns-var-11.img": framing.encode(kinds.IPC_VAR, [entry])})
    found = sysctls(report.dump)
    # Semaphore limits in the order of /proc/sys/kernel/sem, and two defaults of the kernel.
    for name, value in (("kernel/sem", "250 32000 32 128"), ("kernel/msgmax", "8192"), ("fs/mqueue/queues_max", "256")):
        assert Sysctl("ipc", 11, name, value) in found


def test_settings_of_real_network_devices() -> None:
    names = {each.name: each.value for each in sysctls(Dump(IMAGES / "cr_veth02")) if each.kind == "net"}
    # Every kernel's own value (Documentation/networking/ip-sysctl.rst), which the test does not touch.
    assert names["net/ipv6/conf/lo/hop_limit"] == "64"
    assert names["net/ipv6/conf/lo/mtu"] == "65536"
    assert names["net/ipv6/conf/lo/temp_valid_lft"] == "604800"
    assert names["net/ipv6/conf/zdtmvthc0/mtu"] == "1500"
    assert names["net/ipv4/conf/lo/shared_media"] == "1"


def test_clocks_formats_and_maps(tmp_path: Path) -> None:
    clocks = timens_pb2.timens_entry()
    fill(clocks)
    clocks.monotonic.tv_sec, clocks.monotonic.tv_nsec = 1234, 5
    java = binfmt_misc_pb2.binfmt_misc_entry(
        name="java", enabled=True, interpreter="/usr/bin/java", flags="OC", magic="cafebabe", offset=0
    )
    ending = binfmt_misc_pb2.binfmt_misc_entry(name="py", enabled=False, interpreter="/usr/bin/python3", extension="py")
    held = bpfmap_pb2.bpfmap_data_entry(map_id=4, keys_bytes=4, values_bytes=8, count=1)
    report = report_of(
        tmp_path,
        {
            "timens-13.img": framing.encode(kinds.TIMENS, [clocks]),
            "binfmt-misc.img": framing.encode(kinds.BINFMT_MISC, [java, ending]),
            "bpfmap-data.img": framing.encode(kinds.BPFMAP_DATA, [held]) + b"\1\0\0\0" + b"value\0\0\0",
        },
    )
    assert section(report, "clocks")[1][0] == {"namespace": 13, "clock": "monotonic", "sec": 1234, "nsec": 5}
    assert [(each.name, each.told_by) for each in formats(report.dump)] == [
        ("java", "cafebabe at byte 0"),
        ("py", ".py"),
    ]
    table, json = section(report, "bpf_maps")
    assert json == [{"map": 4, "entries": 1, "keys": "01000000", "values": b"value\0\0\0".hex()}]
    assert [text for _, text in bytes_lines(report, table.rows[0])][3].endswith("value...")


def test_data_in_flight_is_seen_and_found() -> None:
    report = Report(Dump(IMAGES / "pipe00"), criu("4.2.1"))
    table = files.table(report, 5)
    found = View(table).arranged(None, parse('data:"Hello world"', table)).order
    # TEST_STRING of pipe00.c, with its NUL, in the pipe that descriptor 12 reads.
    assert [table.rows[index].fd for index in found] == [12]
    lines = [text for _, text in bytes_lines(report, table.rows[found[0]])]
    assert lines[1] == "00000000  48 65 6c 6c 6f 20 77 6f 72 6c 64 00              Hello world."

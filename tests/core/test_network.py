"""Network devices, addresses and routes, from images that ip(8) wrote; cgroups with what is set in them."""

from __future__ import annotations

import shutil
import socket
import struct
from typing import TYPE_CHECKING

from criu_tui.core.dump import cgroups, network
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.threads import threads
from criu_tui.core.report import file_sections
from criu_tui.core.report.report import Report
from criu_tui.core.report.section import sections_text
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

IMAGES = DUMPS.parent / "images"


def test_devices_have_their_addresses() -> None:
    found = {each.name: each for each in network.devices(Dump(IMAGES / "cr_veth02"))}
    assert found["lo"].kind == "loopback"
    assert found["lo"].addresses == ("127.0.0.1/8", "::1/128")
    # cr_veth02.c: zdtmvthc0 with 192.168.124.124.
    assert found["zdtmvthc0"].kind == "veth"
    assert found["zdtmvthc0"].addresses == ("192.168.124.124/32",)
    assert len(bytes.fromhex(found["zdtmvthc0"].hardware.replace(":", ""))) == 6


def attribute(kind: int, data: bytes) -> bytes:
    return (struct.pack("<HH", 4 + len(data), kind) + data).ljust(-(-(4 + len(data)) // 4) * 4, b"\0")


def message(kind: int, body: bytes) -> bytes:
    """A netlink message, as netlink(7) lays it out."""
    return struct.pack("<IHHII", 16 + len(body), kind, 0, 0, 0) + body


def test_routes_by_rtnetlink(tmp_path: Path) -> None:
    shutil.copytree(IMAGES / "cr_veth02", tmp_path / "dump")
    head = struct.pack("<BBBBBBBBI", socket.AF_INET, 0, 0, 0, 254, 4, 0, 1, 0)
    default = message(24, head + attribute(5, socket.inet_aton("10.0.0.1")) + attribute(4, struct.pack("<I", 3)))
    head = struct.pack("<BBBBBBBBI", socket.AF_INET, 24, 0, 0, 254, 4, 0, 1, 0)
    net = message(24, head + attribute(1, socket.inet_aton("10.0.0.0")) + attribute(6, struct.pack("<I", 100)))
    (tmp_path / "dump" / "route-10.img").write_bytes(b"$\x121E" + default + net)
    found = [each for each in network.routes(Dump(tmp_path / "dump")) if each.table == 254]
    assert [(each.destination, each.gateway, each.device, each.metric) for each in found] == [
        ("default", "10.0.0.1", 3, 0),
        ("10.0.0.0/24", "", 0, 100),
    ]


def test_a_message_longer_than_its_image_is_a_problem(tmp_path: Path) -> None:
    shutil.copytree(IMAGES / "cr_veth02", tmp_path / "dump")
    image = tmp_path / "dump" / "ifaddr-10.img"
    image.write_bytes(image.read_bytes()[:-7])
    dump = Dump(tmp_path / "dump")
    assert network.devices(dump)
    assert [each for each in dump.problems if each.file == "ifaddr-10.img"]


def test_cgroups_with_their_settings_and_members() -> None:
    dump = Dump(IMAGES / "cgroup02")
    found = cgroups.cgroups(dump)
    assert any("zdtmtst" in each.controllers for each in found)
    assert any(each.settings for each in found)
    pid = dump.tasks[-1].pid
    held = {each.controller: each.path for each in cgroups.memberships(dump, threads(dump, pid)[0].cgroup_set)}
    # cgroup02.c works below /prefix in a hierarchy of its own.
    assert held["name=zdtmtst"].startswith("/prefix")


def test_each_section_has_rows_text_and_json() -> None:
    for name in ("cr_veth02", "cgroup02"):
        report = Report(Dump(IMAGES / name), criu("4.2.1"))
        assert set(file_sections.json(report)) == {section.id for section in file_sections.SECTIONS}
        assert list(sections_text(file_sections.SECTIONS, report))

"""Raw images: what iproute2, the firewall's tools and tar wrote into real dumps, and damage to it."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.images import kinds
from criu_tui.core.images.raw import raw_entries
from criu_tui.core.source.error import ImageError
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_decoded import InMemory

if TYPE_CHECKING:
    from criu_tui.core.base.json import Json

# `ip addr save` of a namespace with lo and a veth device, from CRIU's own test cr_veth02.
IFADDR = bytes.fromhex(
    "22123647" "4c000000" "14000200" "58310b6b" "b1000000" "020880fe" "01000000" "08000100" "7f000001" "08000200"
    "7f000001" "07000300" "6c6f0000" "08000800" "80000000" "14000600" "ffffffff" "ffffffff" "a28b0500" "a28b0500"
)  # fmt: skip
# `ip route save`: 1.2.3.6 via 1.2.3.5, from CRIU's own test netns.
ROUTE = bytes.fromhex(
    "24123145" "3c000000" "18002200" "cf2c0b6b" "96000000" "02200000" "fe030001" "00000000" "08000f00" "fe000000"
    "08000100" "01020306" "08000500" "01020305" "08000400" "01000000"
)  # fmt: skip
# `ip rule save`: the rule for the local table.
RULE = bytes.fromhex(
    "86697071" "34000000" "20000200" "9d2a0b6b" "6e000000" "02000000" "ff000001" "00000000" "08000f00" "ff000000"
    "08000e00" "ffffffff" "05001500" "02000000"
)  # fmt: skip
# A TCP connection within the host, from CRIU's own test socket-tcp-ipt-nfconntrack.
CONNECTION = bytes.fromhex(
    "8c000000" "00010200" "68600000" "5a000000" "02000000" "34000180" "14000180" "08000100" "7f000001" "08000200"
    "7f000001" "1c000280" "05000100" "06000000" "06000200" "cc860000" "06000300" "22b00000" "34000280" "14000180"
    "08000100" "7f000001" "08000200" "7f000001" "1c000280" "05000100" "06000000" "06000200" "22b00000" "06000300"
    "cc860000" "08000300" "0000000e" "08000700" "0006977f"
)  # fmt: skip


def read(kind: kinds.ImageKind, data: bytes) -> list[dict[str, Json]]:
    name = kind.pattern.replace("%u", "1") + ".img"
    return [entry.fields for entry in raw_entries(InMemory(name, data), kind)]


def test_addresses_routes_and_rules_are_those_that_ip_saved() -> None:
    assert read(kinds.IFADDR, IFADDR) == [
        {"type": "address", "family": "inet", "address": "127.0.0.1/8", "ifindex": 1, "label": "lo"}
    ]
    assert read(kinds.ROUTE, ROUTE) == [
        {"type": "route", "family": "inet", "to": "1.2.3.6/32", "via": "1.2.3.5", "ifindex": 1, "table": 254}
    ]
    assert read(kinds.RULE, RULE) == [{"type": "rule", "family": "inet", "to": "all", "from": "all", "table": 255}]
    assert read(kinds.ROUTE6, ROUTE[:4]) == []


def test_a_connection_has_both_its_directions() -> None:
    assert read(kinds.NETNF_CT, CONNECTION) == [
        {
            "type": "connection",
            "family": "inet",
            "original": "127.0.0.1:52358 -> 127.0.0.1:8880",
            "protocol": "tcp",
            "reply": "127.0.0.1:8880 -> 127.0.0.1:52358",
            "status": 14,
            # Five days in seconds, but one.
            "timeout": 431999,
        }
    ]


def test_rules_of_the_firewall_are_lines() -> None:
    assert read(kinds.NFTABLES, b"table ip filter {\n\tchain \x1b[31m {\n") == [
        {"line": "table ip filter {"},
        {"line": "        chain \\x1b[31m {"},
    ]


def archive(names: list[str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as made:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = 10, 0o640, 7
            made.addfile(member, io.BytesIO(bytes(10)))
    return packed.getvalue()


def test_an_archive_is_listed() -> None:
    assert read(kinds.TMPFS_DEV, archive(["./a", "./b"])) == [
        {"name": name, "mode": "-rw-r-----", "size": 10, "uid": 0, "gid": 0, "mtime": 7} for name in ("./a", "./b")
    ]


def test_an_archive_that_unpacks_to_much_more_than_its_length_is_not_read_to_its_end() -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as made:
        member = tarfile.TarInfo("zeros")
        member.size = 1 << 26
        made.addfile(member, io.BytesIO(bytes(1 << 26)))
    with pytest.raises(ImageError, match="unpacks to much more than its own length"):
        read(kinds.TMPFS_IMG, gzip.compress(data.getvalue(), 1))


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        (kinds.IFADDR, b"abcd", "does not begin with 0x47361222"),
        (kinds.IFADDR, IFADDR[:10], "byte 4: cut within the head of a netlink message"),
        (kinds.IFADDR, IFADDR[:-4], "byte 4: a netlink message of 76 bytes, but 72 are left"),
        (kinds.IFADDR, IFADDR[:4] + bytes(16), "byte 4: a netlink message of 0 bytes"),
        (kinds.TMPFS_DEV, b"no archive", "no archive of files"),
        (kinds.TMPFS_DEV, b"", "no archive of files"),
    ],
)
def test_damage_is_said_with_its_byte(kind: kinds.ImageKind, data: bytes, said: str) -> None:
    with pytest.raises(ImageError) as refused:
        read(kind, data)
    assert said in str(refused.value)


@given(st.sampled_from([IFADDR, ROUTE, RULE, CONNECTION, archive(["a"])]), st.data())
def test_any_change_of_bytes_is_read_or_refused(whole: bytes, data: st.DataObject) -> None:
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    for kind in (kinds.IFADDR, kinds.ROUTE, kinds.RULE, kinds.NETNF_CT, kinds.TMPFS_DEV, kinds.IPTABLES):
        try:
            read(kind, bytes(changed[: data.draw(st.integers(0, len(changed)))]))
        except ImageError as error:
            assert str(error)  # noqa: PT017

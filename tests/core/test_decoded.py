"""Images as crit's JSON, and back: held against what crit 4.2.1 and 4.3 wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.core.images import kinds
from criu_tui.core.images.crit_json import EntryError, Style, fill, to_json
from criu_tui.core.images.decoded import decoded, encoded, entry_json, style_of
from criu_tui.core.images.entries import entries_of, head_of_file
from criu_tui.core.images.framing import framed, head_of
from criu_tui.core.images.message_classes import SCHEMA
from criu_tui.core.images.schema import (
    core_pb2,
    ghost_file_pb2,
    ipc_msg_pb2,
    ipc_sem_pb2,
    pipe_pb2,
    regfile_pb2,
    sk_inet_pb2,
    tcp_stream_pb2,
)
from criu_tui.core.source.directory import Directory
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.source import OpenFile
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DUMPS
from tests.core.messages import messages, whole_image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.message import Message

CRIT = Path(__file__).parent / "crit"
RECORDED = sorted(path.with_suffix("") for path in CRIT.glob("*/*/*.json"))


@pytest.mark.parametrize("style", ["plain", "pretty"])
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: str(path.relative_to(CRIT)))
def test_images_are_decoded_as_crit_does(path: Path, style: str) -> None:
    before_4_3 = path.relative_to(CRIT).parts[0] != "4.3"
    image = whole_image(decoded(Directory(path.parent).file(path.name), Style(style == "pretty", before_4_3)))
    recorded = json.loads(path.with_name(f"{path.name}.json").read_text())[style]
    # As text: the order of the fields counts too.
    assert json.dumps(image) == json.dumps(recorded)
    assert encoded(recorded) == path.read_bytes()


def test_the_recorded_images_are_of_many_kinds() -> None:
    magics = {json.loads(path.with_name(f"{path.name}.json").read_text())["plain"]["magic"] for path in RECORDED}
    assert len(magics) > 28


def test_the_release_that_wrote_a_dump_decides_on_names() -> None:
    assert style_of(Directory(DUMPS / "prot-none-1g" / "dump"), pretty=True) == Style(pretty=True, before_4_3=True)
    inventory = next(path for path in RECORDED if path.name == "inventory.img" and "4.3" in path.parts)
    assert style_of(Directory(inventory.parent), pretty=True) == Style(pretty=True, before_4_3=False)


@given(st.data())
def test_any_message_comes_back_from_its_json(data: st.DataObject) -> None:
    message = data.draw(messages(data.draw(st.sampled_from(sorted(SCHEMA.message_types_by_name)))))
    for style in (Style(), Style(pretty=True)):
        again = type(message)()
        fill(again, json.loads(json.dumps(to_json(message, style))))
        assert again == message


def image_of(kind: kinds.ImageKind, parts: Sequence[tuple[Message, bytes]]) -> bytes:
    return head_of(kind) + b"".join(framed(message.SerializeToString()) + data for message, data in parts)


def both_ways(tmp_path: Path, kind: kinds.ImageKind, name: str, data: bytes) -> list[Any]:
    """The entries of an image, which must encode to the same bytes."""
    (tmp_path / name).write_bytes(data)
    image = whole_image(decoded(Directory(tmp_path).file(name), Style()))
    assert image.keys() == {"magic", "entries"}
    assert image["magic"] == kind.title
    assert encoded(image) == data
    entries: list[Any] = image["entries"]
    return entries


def test_semaphores_are_16_bits_and_filled_up_to_8_bytes(tmp_path: Path) -> None:
    desc = {"key": 1, "uid": 0, "gid": 0, "cuid": 0, "cgid": 0, "mode": 0o600, "id": 0}
    sets = []
    for values in ([7], [1, 2, 3, 65535], [], [5, 6, 7, 8, 9]):
        message = ipc_sem_pb2.ipc_sem_entry()
        fill(message, {"desc": desc, "nsems": len(values)})  # type: ignore[dict-item]
        data = b"".join(value.to_bytes(2, "little") for value in values)
        sets.append((message, data + bytes(-len(data) % 8)))
    entries = both_ways(tmp_path, kinds.IPCNS_SEM, "ipcns-sem-9.img", image_of(kinds.IPCNS_SEM, sets))
    assert [entry["extra"] for entry in entries] == [[7], [1, 2, 3, 65535], [], [5, 6, 7, 8, 9]]


def test_messages_of_a_queue_are_filled_up_to_8_bytes(tmp_path: Path) -> None:
    queue = ipc_msg_pb2.ipc_msg_entry(qbytes=16384, qnum=2)
    fill(queue.desc, {"key": 1, "uid": 0, "gid": 0, "cuid": 0, "cgid": 0, "mode": 0o600, "id": 0})
    behind = b""
    for text in (b"eight by", b"nine byte"):
        message = ipc_msg_pb2.ipc_msg(mtype=3, msize=len(text))
        behind += framed(message.SerializeToString()) + text + bytes(-len(text) % 8)
    data = image_of(kinds.IPCNS_MSG, [(queue, behind), (queue, behind)])
    entries = both_ways(tmp_path, kinds.IPCNS_MSG, "ipcns-msg-9.img", data)
    assert [entry["extra"][1::2] for entry in entries] == [["ZWlnaHQgYnk=\n", "bmluZSBieXRl\n"]] * 2


def test_what_a_connection_has_in_flight_is_two_queues(tmp_path: Path) -> None:
    message = tcp_stream_pb2.tcp_stream_entry(
        inq_len=3, inq_seq=1, outq_len=2, outq_seq=1, opt_mask=0, snd_wscale=0, mss_clamp=0
    )
    data = image_of(kinds.TCP_STREAM, [(message, b"abcde")])
    entries = both_ways(tmp_path, kinds.TCP_STREAM, "tcp-stream-1f.img", data)
    assert entries[0]["extra"] == {"inq": "YWJj\n", "outq": "ZGU=\n"}


@pytest.mark.parametrize("chunks", [True, False])
def test_a_deleted_file_has_chunks_or_all_that_is_left(tmp_path: Path, chunks: bool) -> None:
    head = ghost_file_pb2.ghost_file_entry(uid=0, gid=0, mode=0o100644, size=9000)
    parts: list[tuple[Message, bytes]] = [(head, b"" if chunks else b"x" * 100)]
    if chunks:
        head.chunks = True
        parts += [(ghost_file_pb2.ghost_chunk_entry(len=length, off=8192 * length), b"y" * length) for length in (1, 0)]
    entries = both_ways(tmp_path, kinds.GHOST_FILE, "ghost-file-a.img", image_of(kinds.GHOST_FILE, parts))
    assert [entry.get("extra") for entry in entries] == ([None, "eQ==\n", ""] if chunks else [entries[0]["extra"]])


def test_a_cut_payload_is_kept_and_said(tmp_path: Path) -> None:
    message = pipe_pb2.pipe_data_entry(pipe_id=1, bytes=10)
    data = image_of(kinds.PIPES_DATA, [(message, b"0123456789"), (message, b"0123")])
    (tmp_path / "pipes-data.img").write_bytes(data)
    with Directory(tmp_path).open("pipes-data.img") as file:
        walked = entries_of(file, head_of_file(file))
        assert next(walked).follows == b"0123456789"
        assert next(walked).follows == b"0123"
        with pytest.raises(ImageError, match="10 bytes follow, but only 4 are left in the file"):
            next(walked)


def test_a_name_that_is_not_utf_8_survives() -> None:
    message = regfile_pb2.reg_file_entry(id=1, flags=0, pos=0, name="x")
    message.MergeFromString(b"\x32\x03a\xffb")
    shown = to_json(message)
    assert shown["name"] == "b'a\\xffb'"
    again = regfile_pb2.reg_file_entry()
    fill(again, shown)
    assert again.SerializePartialToString() == message.SerializePartialToString()


def test_addresses_of_sockets_are_read_as_they_lie_in_memory() -> None:
    def shown(*words: int) -> Any:
        return to_json(sk_inet_pb2.inet_sk_entry(src_addr=words), Style(pretty=True))["src_addr"]

    assert shown(0x0100007F) == ["127.0.0.1"]
    assert shown(0, 0, 0, 0x01000000) == ["::1"]
    assert shown(0xB80D0120, 0, 0, 0x02000000) == ["2001:db8::2"]
    # Two numbers are no address: crit fails, here they stay numbers.
    assert shown(1, 2) == [1, 2]


def test_states_are_called_as_the_release_called_them() -> None:
    def shown(state: int, *, before_4_3: bool) -> Any:
        style = Style(pretty=True, before_4_3=before_4_3)
        return to_json(core_pb2.task_core_entry(task_state=state), style)["task_state"]

    # crit up to 4.2.1 has the names of 3 and 6 the wrong way round, and none for 2.
    assert [shown(state, before_4_3=True) for state in (1, 2, 3, 6)] == ["Alive", 2, "Zombie", "Stopped"]
    assert [shown(state, before_4_3=False) for state in (1, 2, 3, 6)] == ["Alive", "Dead", "Stopped", "Zombie"]


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ([], "is not an image: an object with magic and entries"),
        ({"magic": "PSTREE"}, "is not an image: an object with magic and entries"),
        ({"magic": "NONE", "entries": []}, "magic: is none of an image with entries"),
        ({"magic": "PAGES", "entries": []}, "magic: is none of an image with entries"),
        ({"magic": "PSTREE", "entries": [7]}, "entries[0]: is not an object"),
        ({"magic": "PSTREE", "entries": [{"pid": 1}]}, "entries[0]: lacks ppid,pgid,sid"),
        ({"magic": "PSTREE", "entries": [{"pidd": 1}]}, "entries[0].pidd: pstree_entry has no such field"),
        ({"magic": "PSTREE", "entries": [{"pid": True}]}, "entries[0].pid: is not a number"),
        ({"magic": "PSTREE", "entries": [{"pid": 1.5}]}, "entries[0].pid: is not a number"),
        ({"magic": "PSTREE", "entries": [{"threads": [1, "x"]}]}, "entries[0].threads[1]: no value of this field: "),
        ({"magic": "PSTREE", "entries": [{"pid": 1 << 40}]}, "entries[0].pid: no value of this field: "),
        ({"magic": "PSTREE", "entries": [{"threads": 1}]}, "entries[0].threads: is not a list"),
        ({"magic": "CORE", "entries": [{"mtype": "Z80"}]}, "entries[0].mtype: march has no value of this name"),
        ({"magic": "CORE", "entries": [{"mtype": "\ud800"}]}, "entries[0].mtype: march has no value of this name"),
        ({"magic": "CORE", "entries": [{"\ud800": 1}]}, "core_entry has no such field"),
        ({"magic": "SECCOMP", "entries": [{"seccomp_filters": [{"filter": 1}]}]}, "[0].filter: is not a text"),
        ({"magic": "SECCOMP", "entries": [{"seccomp_filters": [{"filter": "a"}]}]}, "[0].filter: no value of this"),
        (
            {"magic": "PIPES_DATA", "entries": [{"pipe_id": 1, "bytes": 1, "extra": 1}]},
            "extra: is not a text of base64",
        ),
        ({"magic": "PIPES_DATA", "entries": [{"pipe_id": 1, "bytes": 1, "extra": "a"}]}, "entries[0].extra: "),
    ],
)
def test_what_is_no_image_is_refused_by_the_field_that_is_wrong(image: Any, said: str) -> None:
    with pytest.raises(EntryError) as refused:
        encoded(image)
    assert said in str(refused.value)


class InMemory(OpenFile):
    """A file of bytes."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__(name, len(data), len(data))
        self._data = data

    def read_at(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]

    def close(self) -> None:
        pass


@given(st.binary(max_size=200), st.sampled_from(kinds.KINDS))
def test_any_bytes_are_walked_or_refused(data: bytes, kind: kinds.ImageKind) -> None:
    name = kind.pattern.replace("%u", "1").replace("%x", "1").replace("%s", "dump") + ".img"
    image = InMemory(name, head_of(kind) + data)
    for as_crit in (True, False):
        at = 0
        ended: int | None = 0
        try:
            for entry in entries_of(image, head_of_file(image), as_crit=as_crit):
                json.dumps(entry_json(kind, entry, Style(pretty=True)))
                assert entry.end > at
                at = entry.end
        except ImageError as error:
            ended = error.offset
        assert ended is not None
        assert ended <= image.size


@pytest.mark.parametrize(
    ("name", "data", "title"),
    [
        ("pages-1.img", bytes.fromhex("1943565430305027") + bytes(4088), "PAGES"),
        ("pages-1.img", b"", "PAGES"),
        # A file of 2013: its magic, then pages with their addresses before them.
        ("pages-7.img", bytes.fromhex("25400856") + bytes(2 * 4104), "PAGES_OLD"),
        ("pages-7.img", bytes.fromhex("25400856") + bytes(4092), "PAGES"),
        ("pagemap-shmem-7.img", bytes.fromhex("1943565425400856"), "SHMEM_PAGEMAP"),
        ("any-name", bytes.fromhex("1943565425400856"), "PAGEMAP"),
        ("ifaddr-1.img", bytes.fromhex("30305027"), "IFADDR"),
    ],
)
def test_a_file_is_of_the_kind_of_its_name_or_magic(name: str, data: bytes, title: str) -> None:
    assert head_of_file(InMemory(name, data)).kind.title == title

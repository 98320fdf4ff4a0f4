"""Our decoding beside crit's own, of the same release: all images of CRIU's test suite, and any message of any kind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.images import kinds
from criu_tui.core.images.crit_json import Style
from criu_tui.core.images.decoded import decoded, encoded, style_of
from criu_tui.core.images.framing import framed, head_of
from criu_tui.core.images.schema import ipc_msg_pb2, pagemap_pb2
from criu_tui.core.source.directory import Directory
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.core.messages import messages, whole_image
from tests.packed import unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

RELEASES = ("4.2.1", "4.3")
SERVER = """
import json, sys
sys.path.append(sys.argv[1])
import pycriu
for line in sys.stdin:
    answer = {}
    for style in ("plain", "pretty"):
        try:
            with open(line.rstrip("\\n"), "rb") as file:
                answer[style] = pycriu.images.load(file, style == "pretty")
            answer[style] = json.dumps(answer[style])
        except Exception as error:
            answer[style] = None
    print(json.dumps(answer), flush=True)
"""
"""Decodes images whose paths it reads, as the crit in a directory does, with our protobuf."""


class Crit:
    """crit of one release, running."""

    def __init__(self, release: str, packages: Path) -> None:
        self.release = release
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(packages)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def decode(self, path: Path) -> dict[str, str | None]:
        """The JSON of an image by style; None where crit fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(path, file=self._process.stdin, flush=True)
        return dict(json.loads(self._process.stdout.readline()))

    def end(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module", params=RELEASES)
def crit(request: pytest.FixtureRequest) -> Iterator[Crit]:
    where = os.environ.get("CRIU_TUI_CRIT")
    packages = Path(where or "/nowhere") / request.param / "usr/lib/python3/dist-packages"
    if not (packages / "pycriu").is_dir():
        reason = f"no crit {request.param}: set CRIU_TUI_CRIT to the DIRECTORY of .ci/provide-criu"
        if os.environ.get("CI"):
            pytest.fail(f"under CI crit must run: {reason}")
        pytest.skip(reason)
    running = Crit(request.param, packages)
    yield running
    running.end()


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack("zdtm", tmp_path_factory.mktemp("zdtm"))


def ours(path: Path, style: Style) -> tuple[str, bytes]:
    shown = whole_image(decoded(Directory(path.parent).file(path.name), style))
    assert "problem" not in shown, path
    return json.dumps(shown), encoded(shown)


def test_every_image_of_crius_own_tests_is_decoded_as_crit_does(crit: Crit, suite: Path) -> None:
    compared = 0
    for dump in sorted((suite / crit.release).glob("*/dump")):
        styles = {name: style_of(Directory(dump), pretty=name == "pretty") for name in ("plain", "pretty")}
        for path in sorted(dump.iterdir()):
            if path.name.startswith("pages-") or not path.is_file():
                continue
            for name, theirs in crit.decode(path).items():
                if theirs is None:
                    continue
                text, again = ours(path, styles[name])
                assert text == theirs, path
                assert again == path.read_bytes(), path
                compared += 1
    # Each of some 190 dumps has at least ten images that crit decodes, in two styles.
    assert compared > 180 * 10 * 2


def image_of(kind: kinds.ImageKind, message: Message, data: bytes) -> bytes:
    """An image with a message twice, each followed by bytes where the kind has any."""
    behind = b""
    if kind in (kinds.PIPES_DATA, kinds.FIFO_DATA):
        message.bytes, behind = len(data), data  # type: ignore[attr-defined]
    elif kind is kinds.SK_QUEUES:
        message.length, behind = len(data), data  # type: ignore[attr-defined]
    elif kind is kinds.TCP_STREAM:
        message.inq_len, message.outq_len, behind = len(data), 3, data + b"abc"  # type: ignore[attr-defined]
    elif kind is kinds.BPFMAP_DATA:
        message.keys_bytes, message.values_bytes, behind = len(data), 3, data + b"abc"  # type: ignore[attr-defined]
    elif kind is kinds.IPCNS_SEM:
        message.nsems, behind = len(data), data * 2 + bytes(-len(data) * 2 % 8)  # type: ignore[attr-defined]
    elif kind is kinds.IPCNS_SHM:
        message.size = len(data)  # type: ignore[attr-defined]
        if not message.in_pagemaps:  # type: ignore[attr-defined]
            behind = data + bytes(-len(data) % 4)
    elif kind is kinds.IPCNS_MSG:
        message.qnum = 2  # type: ignore[attr-defined]
        each = framed(ipc_msg_pb2.ipc_msg(mtype=1, msize=len(data)).SerializeToString())
        behind = (each + data + bytes(-len(data) % 8)) * 2
    entry = framed(message.SerializeToString()) + behind
    if kind is kinds.GHOST_FILE:
        message.chunks = False  # type: ignore[attr-defined]
        return head_of(kind) + framed(message.SerializeToString()) + data
    if kind in (kinds.PAGEMAP, kinds.SHMEM_PAGEMAP):
        return head_of(kind) + framed(pagemap_pb2.pagemap_head(pages_id=1).SerializeToString()) + entry * 2
    return head_of(kind) + entry * 2


@pytest.mark.parametrize("crit", ["4.3"], indirect=True)
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_message_is_decoded_as_crit_does(
    crit: Crit, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Also of kinds that no test of CRIU's writes: older layouts, other processors."""
    kind = data.draw(st.sampled_from([kind for kind in kinds.KINDS if kind.message]))
    message = data.draw(messages(kind.message))
    path = tmp_path_factory.getbasetemp() / "any" / kind.pattern.replace("%u", "1").replace("%x", "1")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(image_of(kind, message, data.draw(st.binary(max_size=100))))
    for name, theirs in crit.decode(path).items():
        assume(theirs is not None)
        found = decoded(Directory(path.parent).file(path.name), Style(name == "pretty"))
        assert json.dumps(whole_image(found)) == theirs

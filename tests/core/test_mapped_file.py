"""From an address to the byte of the file that is mapped there, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.mapped_file import address_of, file_place
from criu_tui.core.report import detail, place
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host

PID = 16884
DUMP = DUMPS / "every-kind" / "dump"


def test_the_program_counter_in_its_file_and_back() -> None:
    dump = Dump(DUMP)
    entry = dump.core_entry(PID)
    assert entry is not None
    pc, space = entry.thread_info.gpregs.ip, dump.address_space(PID)
    index = space.at(pc)
    assert index is not None
    vma = space.vmas[index]
    found = file_place(dump, vma, pc)
    assert found is not None
    assert found.path == "/tmp/cases/src/kinds"
    # A static program is linked at 0x400000 and mapped from its start.
    assert found.offset == pc - 0x400000
    assert len(bytes.fromhex(found.build_id)) == 20
    for name in ("kinds", "src/kinds", "/tmp/cases/src/kinds"):
        assert address_of(dump, space, name, found.offset) == pc
    assert address_of(dump, space, "inds", found.offset) is None
    assert address_of(dump, space, "kinds", 1 << 40) is None


def test_memory_without_a_file_has_no_place_in_one() -> None:
    dump = Dump(DUMP)
    for vma in dump.address_space(PID).vmas:
        assert (file_place(dump, vma, vma.start) is not None) == bool(dump.path_of(vma))


def test_going_to_a_byte_of_a_file(recorded_host: Host) -> None:
    report = Report(Dump(DUMP), criu("4.2.1"), recorded_host)
    assert place.go_to(report, PID, "kinds+0x2ff5e", None) == place.TaskAddress(PID, 0x42FF5E)
    with pytest.raises(place.NowhereError):
        place.go_to(report, PID, "kinds+0xffffffffffff", None)
    with pytest.raises(place.NowhereError):
        place.go_to(report, PID, "nothing+0x10", None)
    told = [line for _, line in detail.everything(report, PID, 0x42FF5E)]
    assert any("kinds+0x2ff5e" in line for line in told)
    assert any(line.startswith("build id") for line in told)

"""What the tasks had in the registers of the processor, against what another processor has."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images import kinds
from criu_tui.core.images.framing import encode
from criu_tui.core.images.schema import core_pb2
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight.attempt import Attempt
from criu_tui.core.restore.preflight.check import Check, State
from criu_tui.core.restore.preflight.machine import Machine
from criu_tui.core.restore.preflight.processor import Processor
from criu_tui.core.restore.preflight.surroundings import Surroundings
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from criu_tui.core.images.schema.core_x86_pb2 import user_x86_fpregs_entry

ALL = frozenset(("xsave", "avx", "mpx", "avx512f", "pku", "user_shstk"))


def checks(images: Path, flags: frozenset[str], change: Callable[[user_x86_fpregs_entry], object]) -> list[Check]:
    """What is said of a dump whose first task has other registers, on a processor with these flags."""
    shutil.copytree(DUMPS / "random-1" / "dump", images)
    pid = next(iter(Dump(images).pids))
    for core in Dump(images).entries(f"core-{pid}.img", kinds.CORE, core_pb2.core_entry, single=True):
        change(core.thread_info.fpregs)
        (images / f"core-{pid}.img").write_bytes(encode(kinds.CORE, (core,)))
    machine = Machine(cpu_flags=flags)
    around = Surroundings(Host(Mode.ALWAYS, None, 0, None, None), lambda: machine)
    return list(Processor().look(Attempt(Dump(images), criu("4.3"), around)))


def kept(field: str, count: int, bits: int = 0) -> Callable[[user_x86_fpregs_entry], object]:
    """So many numbers of one field, with bits of xstate_bv."""

    def change(registers: user_x86_fpregs_entry) -> None:
        of = registers if field.endswith(("st_space", "xmm_space")) else registers.xsave
        del getattr(of, field)[:]
        getattr(of, field).extend([0] * count)
        registers.xsave.xstate_bv |= bits

    return change


# Lengths are those of the registers: 16 halves of 16 bytes, 4 pairs of bounds, 8 masks, 16 halves of 32 bytes,
# 16 registers of 64 bytes; 64 bytes for the two of BNDCSR and 8 for the one of PKRU by Intel's manual (1, 13.4).
@pytest.mark.parametrize(
    ("field", "count"),
    [
        ("st_space", 8 * 16 // 4),
        ("xmm_space", 16 * 16 // 4),
        ("ymmh_space", 16 * 16 // 4),
        ("bndreg_state", 4 * 2),
        ("bndcsr_state", 64 // 8),
        ("opmask_reg", 8),
        ("zmm_upper", 16 * 32 // 8),
        ("hi16_zmm", 16 * 64 // 8),
        ("pkru", 8 // 4),
    ],
)
def test_registers_have_the_size_of_the_processor(tmp_path: Path, field: str, count: int) -> None:
    every = sum(1 << bit for bit in (2, 3, 4, 5, 6, 7, 9))

    def failing(name: str, numbers: int, flags: frozenset[str] = ALL) -> list[str]:
        found = checks(tmp_path / name, flags, kept(field, numbers, every))
        return [check.what for check in found if check.state is State.FAILS]

    assert failing("whole", count) == []
    assert len(failing("short", count - 1)) == 1
    # What CRIU finds no bytes of, it takes to be left out.
    assert len(failing("none", 0)) == field.endswith(("st_space", "xmm_space"))
    if field in ("st_space", "xmm_space"):
        assert failing("long", count + 1) == []
    else:
        assert len(failing("long", count + 1)) == 1
        # Of registers that are not here nothing is restored.
        assert failing("long, of others", count + 1, frozenset({"xsave"})) == []


def test_without_xsave_nothing_that_it_kept_is_restored(tmp_path: Path) -> None:
    found = checks(tmp_path / "dump", frozenset({"fpu"}), lambda registers: registers.xsave.SetInParent())
    assert [(check.state, "lacks xsave" in check.what) for check in found] == [(State.FAILS, True)]
    # An old dump, or one of a machine without.
    found = checks(tmp_path / "old", frozenset({"fpu"}), lambda registers: registers.ClearField("xsave"))
    assert State.FAILS not in {check.state for check in found}


@pytest.mark.parametrize(
    ("bit", "flag"),
    [(2, "avx"), (3, "mpx"), (5, "avx512f"), (9, "pku"), (17, "amx_tile")],
)
def test_registers_that_are_not_here_are_left_out(tmp_path: Path, bit: int, flag: str) -> None:
    def used(registers: user_x86_fpregs_entry) -> None:
        registers.xsave.xstate_bv = 1 << bit
        registers.xsave.pkru[:] = [0x55555550, 0]

    found = checks(tmp_path / "dump", ALL - {flag}, used)
    assert [(check.state, flag in check.what) for check in found] == [(State.UNKNOWN, True)]
    assert checks(tmp_path / "here", ALL | {flag}, used)[0].state is State.OK


def test_a_task_that_never_used_protection_keys_misses_none(tmp_path: Path) -> None:
    """The kernel gives each task all keys but the first denied: 01 for each of the other fifteen (pkeys(7))."""

    def at_start(registers: user_x86_fpregs_entry) -> None:
        registers.xsave.xstate_bv = 1 << 9
        registers.xsave.pkru[:] = [int("01" * 15 + "00", 2), 0]

    assert checks(tmp_path / "dump", ALL - {"pku"}, at_start)[0].state is State.OK


def test_a_shadow_stack_takes_a_processor_with_one(tmp_path: Path) -> None:
    def used(registers: user_x86_fpregs_entry) -> None:
        registers.xsave.xstate_bv = 0
        registers.xsave.cet.cet, registers.xsave.cet.ssp = 1, 0x7F0000000000

    found = checks(tmp_path / "dump", ALL - {"user_shstk"}, used)
    assert [(check.state, "user_shstk" in check.what) for check in found] == [(State.UNKNOWN, True)]
    assert checks(tmp_path / "here", ALL, used)[0].state is State.OK

"""What is known of a task: state, threads, signals, timers, limits, seccomp, memory as programs see it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from criu_tui.core.base import linux
from criu_tui.core.dump import limits, seccomp, task_words
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.registers import registers
from criu_tui.core.dump.threads import threads
from criu_tui.core.images.message_classes import class_of
from criu_tui.core.images.schema import core_pb2
from criu_tui.core.pages.memory import Memory, arguments, environment
from criu_tui.core.report import task
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu

from tests.conftest import DUMPS
from tests.core.test_owners import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGES = DUMPS.parent / "images"


def facts(dump: Dump, pid: int, group: str) -> dict[str, str]:
    rows = task.table(Report(dump, criu("4.2.1")), pid).rows
    return {row.name: row.value for row in rows if row.group == group}


def test_how_children_ended() -> None:
    dump = Dump(IMAGES / "zombie00")
    ended = {facts(dump, pid, "task")["ended"] for pid in dump.pids if not dump.core(pid).alive}
    # zombie00.c: exit codes 0 and 3, then SIGKILL and SIGSEGV.
    assert ended == {"exit status 0", "exit status 3", "killed by SIGKILL", "killed by SIGSEGV"}


@pytest.mark.parametrize(
    ("status", "words"),
    [(0x0300, "exit status 3"), (9, "killed by SIGKILL"), (0x80 | 6, "killed by SIGABRT, core dumped")],
)
def test_the_status_of_wait_in_words(status: int, words: str) -> None:
    assert linux.ended(status) == words


def test_the_system_call_that_a_thread_is_in() -> None:
    dump = Dump(DUMPS / "every-kind" / "dump")
    pid = next(iter(dump.pids))
    # It sleeps in pause().
    assert facts(dump, pid, "threads")[f"{pid} system call"] == "pause"


def test_posix_timers_and_the_signals_they_send() -> None:
    dump = Dump(IMAGES / "posix_timers")
    assert [(timer.clock, linux.signal_name(timer.signal or 0)) for timer in limits.timers(dump, 5)] == [
        ("realtime", "SIGUSR1"),
        ("monotonic", "SIGUSR2"),
        ("boottime", "SIGPROF"),
    ]
    caught = {linux.signal_name(each.signal) for each in limits.actions(dump, 5) if each.handler > 1}
    assert {"SIGUSR1", "SIGUSR2", "SIGPROF", "SIGTERM"} <= caught
    (own,) = threads(dump, 5)
    assert linux.signal_names(own.blocked or 0) == ("SIGUSR1", "SIGUSR2", "SIGPROF")


def test_a_seccomp_filter_is_told_instruction_by_instruction() -> None:
    dump = Dump(IMAGES / "seccomp_filter_tsync")
    pid = next(pid for pid in dump.pids if len(threads(dump, pid)) == 2)
    filtered = [each for each in threads(dump, pid) if each.seccomp_mode == 2]
    assert filtered
    for each in filtered:
        (only,) = seccomp.filters(dump, each.seccomp_filter)
        lines = [line.split(maxsplit=1)[1] for line in seccomp.lines(only.program)]
        # seccomp_filter_tsync.c: BPF_STMT(BPF_LD+BPF_W+BPF_ABS, nr), a jump on its system call, ERRNO | 1234, ALLOW.
        assert lines[0] == "a = nr"
        assert lines[1].startswith("if a == 0x27 go to 2 else 3")
        assert lines[2:] == ["return errno 1234", "return allow"]


@pytest.mark.parametrize(
    ("instruction", "words"),
    [
        ((0x20, 0, 0, 16), "a = arg0"),
        ((0x20, 0, 0, 60), "a = arg5 high"),
        ((0x20, 0, 0, 4), "a = arch"),
        ((0x05, 0, 0, 3), "go to 4"),
        ((0x45, 1, 2, 0x40), "if a & 0x40 go to 2 else 3"),
        ((0x54, 0, 0, 0xFF), "a &= 0xff"),
        ((0x06, 0, 0, 0x80000000), "return kill process"),
        ((0x06, 0, 0, 0x00050001), "return errno 1"),
        ((0x07, 0, 0, 0), "x = a"),
        ((0x16, 0, 0, 0), "return a"),
        ((0x61, 0, 0, 2), "x = m[2]"),
    ],
)
def test_instructions_of_classic_bpf(instruction: tuple[int, int, int, int], words: str) -> None:
    """Codes from <linux/bpf_common.h>."""
    assert [*seccomp.lines(struct.pack("<HBBI", *instruction))] == [f"   0  {words}"]


def test_a_chain_of_filters_that_leads_to_itself_ends() -> None:
    assert seccomp.filters(Dump(IMAGES / "seccomp_filter_tsync"), 7) == ()


def test_limits_have_their_units_and_names() -> None:
    found = {each.name: each for each in limits.limits(Dump(DUMPS / "every-kind" / "dump"), 16884)}
    assert len(found) == 16
    # 8 MiB of stack is what Linux gives since 2.4.
    assert task_words.limit_text(found["stack"].soft, found["stack"].unit) == "8 MiB"
    assert task_words.limit_text(found["cpu"].soft, found["cpu"].unit) == "unlimited"
    assert found["rttime"].unit == "us"


def test_the_command_line_is_read_from_the_stack() -> None:
    # The program's path is in files.img too.
    dump = Dump(DUMPS / "every-kind" / "dump")
    found = arguments(dump, 16884)
    assert found is not None
    assert found[0] == b"/tmp/cases/src/kinds"
    assert any(each.startswith(b"PATH=/") for each in environment(dump, 16884) or ())


def test_a_long_name_of_the_environment_leaves_values_room_at_80_columns() -> None:
    report = Report(Dump(DUMPS / "prot-none-400g" / "dump"), criu("4.3"))
    found = task.table(report, next(iter(report.dump.pids)))
    assert max(len(found.cells(index)[1]) for index in range(len(found.rows))) > 30
    group, name, _ = found.fit(80).rooms
    assert 80 - group - name >= 36


def test_values_of_the_environment_are_hidden_until_asked_for() -> None:
    report = Report(Dump(DUMPS / "every-kind" / "dump"), criu("4.2.1"))
    hidden = [row for row in task.table(report, 16884, values=False).rows if row.group == "environment"]
    shown = [row for row in task.table(report, 16884, values=True).rows if row.group == "environment"]
    assert {row.value for row in hidden} == {task.HIDDEN}
    assert [row.name for row in hidden] == [row.name for row in shown]
    assert any("/bin" in row.value for row in shown if row.name == "PATH")


def test_registers_of_x86_are_those_of_gdb() -> None:
    dump = Dump(DUMPS / "every-kind" / "dump")
    (own,) = threads(dump, 16884)
    assert own.registers is not None
    entry = dump.core_entry(16884)
    assert entry is not None
    regs = entry.thread_info.gpregs
    assert own.registers.value("rip") == regs.ip
    assert own.registers.value("rsp") == regs.sp
    assert own.registers.value("rbp") == regs.bp
    # pause() is system call 34 on x86-64.
    assert own.registers.value("orig_rax") == 34


OTHERS = (
    ("ARM", "ti_arm", "thread_info_arm", "pc", "sp"),
    ("AARCH64", "ti_aarch64", "thread_info_aarch64", "pc", "sp"),
    ("PPC64", "ti_ppc64", "thread_info_ppc64", "nip", "r1"),
    ("S390", "ti_s390", "thread_info_s390", "psw_addr", "r15"),
    ("MIPS", "ti_mips", "thread_info_mips", "cp0_epc", "r29"),
    ("LOONGARCH64", "ti_loongarch64", "thread_info_loongarch64", "pc", "r3"),
    ("RISCV64", "ti_riscv64", "thread_info_riscv64", "pc", "sp"),
)


@pytest.mark.parametrize(("arch", "field", "message", "pc", "sp"), OTHERS)
def test_registers_of_every_architecture(arch: str, field: str, message: str, pc: str, sp: str) -> None:
    info = class_of(message)()
    fill(info)
    gpregs = getattr(info, "gpregs")  # noqa: B009
    for repeated in ("regs", "gpr", "gprs"):
        if repeated in gpregs.DESCRIPTOR.fields_by_name:
            getattr(gpregs, repeated).extend(range(100, 132))
    entry = core_pb2.core_entry(mtype=arch)
    getattr(entry, field).CopyFrom(info)
    found = registers(entry)
    assert found is not None
    assert (found.pc, found.sp) == (pc, sp)
    assert len(found.values) >= 16


def test_memory_reads_zeros_where_a_restored_task_finds_them() -> None:
    dump = Dump(DUMPS / "every-kind" / "dump")
    space = dump.address_space(16884)
    with Memory(dump, 16884) as memory:
        for vma in zero_pages(dump):
            assert memory.read(vma, 4096) == bytes(4096)
        assert memory.read(0, 16) is None
        assert memory.read(space.vmas[0].start, 1 << 62) is None


def zero_pages(dump: Dump) -> Iterator[int]:
    """The eight pages that kinds.c has only read."""
    yield from (
        vma.start
        for vma in dump.address_space(16884).vmas
        if vma.size == 8 * 4096 and vma.traits.anonymous and not vma.traits.shared
    )


def test_signals_and_flags_by_their_names() -> None:
    assert linux.signal_name(9) == "SIGKILL"
    assert linux.signal_name(31) == "SIGSYS"
    assert linux.signal_name(34) == "SIGRTMIN+2"
    assert linux.signal_names(1 << 10 | 1 << 14) == ("SIGSEGV", "SIGTERM")
    assert set(linux.open_flags(0o2102002).split()) == {"RDWR", "APPEND", "LARGEFILE", "CLOEXEC"}
    assert linux.mode_text(0o100755) == "-rwxr-xr-x"
    assert linux.mode_text(0o41777) == "drwxrwxrwt"
    assert linux.mode_text(0o104711) == "-rws--x--x"

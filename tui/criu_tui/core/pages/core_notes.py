"""The notes of a core file: registers of each thread, the process, mapped files, the auxiliary vector."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from criu_tui.core.base.units import PAGE
from criu_tui.core.dump.threads import threads
from criu_tui.core.pages.memory import arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.threads import Thread
    from criu_tui.core.images.schema import core_x86_pb2

MACHINES = {"X86_64": 62, "AARCH64": 183}
"""EM_* of the architectures whose cores are known."""
_PRSTATUS, _FPREGSET, _PRPSINFO, _AUXV, _FILE, _XSTATE = 1, 2, 3, 6, 0x46494C45, 0x202
_NHDR = struct.Struct("<III")
_STATUS = struct.Struct("<iiihxxQQiiii64x")
"""struct elf_prstatus before its registers: signal, its code and errno, current signal, two sets of signals, ids."""
_INFO = struct.Struct("<cccbxxxxQIIiiii16s80s")
_FXSAVE = struct.Struct("<HHHHQQII")
_X86_ORDER = (
    "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi", "orig_rax",
    "rip", "cs", "eflags", "rsp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs",
)  # fmt: skip
"""struct user_regs_struct of <sys/user.h>."""
_ARM64_ORDER = (*(f"x{number}" for number in range(31)), "sp", "pc", "pstate")
_ORDERS = {"X86_64": _X86_ORDER, "AARCH64": _ARM64_ORDER}
_XCR0 = 464
"""Offset into an XSAVE area where the kernel says which parts are there, for debuggers."""
_XSAVE_LEGACY, _XSAVE_HEADER, _YMM = 512, 64, 256
_MASK = (1 << 64) - 1


class NotACoreError(ValueError):
    """No core file can be made of a task; the message is one line that says why."""


def notes(dump: Dump, pid: int) -> bytes:
    """All notes of a task, the thread of its own PID first: debuggers take that for the one that stopped."""
    found = sorted(
        (each for each in threads(dump, pid) if each.registers is not None), key=lambda each: each.tid != pid
    )
    parts: list[bytes] = []
    for position, each in enumerate(found):
        parts.append(_note(_PRSTATUS, _status(dump, pid, each)))
        if position == 0:
            parts += (_note(_PRPSINFO, _process(dump, pid)), *_of_memory(dump, pid))
        parts += _floating(dump, each.tid)
    return b"".join(parts)


def _note(kind: int, data: bytes, owner: bytes = b"CORE\0") -> bytes:
    return _NHDR.pack(len(owner), len(data), kind) + _padded(owner) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data.ljust(-(-len(data) // 4) * 4, b"\0")


def _status(dump: Dump, pid: int, thread: Thread) -> bytes:
    task, own = dump.tasks[dump.pids[pid]], thread.registers
    assert own is not None
    named = dict(own.values)
    values = [named.get(name, 0) & _MASK for name in _ORDERS[own.arch]]
    blocked = (thread.blocked or 0) & _MASK
    head = _STATUS.pack(0, 0, 0, 0, 0, blocked, thread.tid, *map(_int, (task.ppid, task.pgid, task.sid)))
    return head + struct.pack(f"<{len(values)}Q", *values) + struct.pack("<ixxxx", 1)


def _int(value: int) -> int:
    """A 32-bit number as the signed one that pid_t is."""
    return (value & 0xFFFFFFFF ^ 0x80000000) - 0x80000000


def _process(dump: Dump, pid: int) -> bytes:
    task, core = dump.tasks[dump.pids[pid]], dump.core(pid)
    own = next((each for each in threads(dump, pid) if each.tid == pid), None)
    creds = None if own is None else own.credentials
    words = b" ".join(arguments(dump, pid) or ())
    comm = (core.comm or "").encode("utf-8", "surrogateescape")
    uid, gid = (0, 0) if creds is None else (creds.uid, creds.gid)
    nice = max(-20, min(19, (own.nice if own is not None else 0) or 0))
    ids = map(_int, (pid, task.ppid, task.pgid, task.sid))
    return _INFO.pack(b"\0", b"S", b"\0", nice, 0, uid, gid, *ids, comm[:15], words[:79])


def _of_memory(dump: Dump, pid: int) -> Iterator[bytes]:
    space = dump.address_space(pid)
    if space.layout is not None and space.layout.auxv:
        words = [word & _MASK for word in space.layout.auxv]
        yield _note(_AUXV, struct.pack(f"<{len(words)}Q", *words))
    mapped = [(vma, path) for vma in space.vmas if (path := dump.path_of(vma)) is not None]
    head = [len(mapped), PAGE]
    for vma, _ in mapped:
        head += (vma.start, vma.end, vma.pgoff // PAGE)
    names = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for _, path in mapped)
    yield _note(_FILE, struct.pack(f"<{len(head)}Q", *head) + names)


def _floating(dump: Dump, tid: int) -> Iterator[bytes]:
    """Floating point and vector registers of x86-64, of aarch64 the vector registers."""
    entry = dump.core_entry(tid)
    if entry is None:
        return
    if entry.HasField("thread_info"):
        own = entry.thread_info.fpregs
        legacy = _fxsave(own)
        yield _note(_FPREGSET, legacy)
        if own.HasField("xsave") and len(own.xsave.ymmh_space) * 4 == _YMM:
            yield _note(_XSTATE, _xsave(legacy, own.xsave), b"LINUX\0")
    elif entry.HasField("ti_aarch64"):
        simd = entry.ti_aarch64.fpsimd
        words = [*simd.vregs[:64]] + [0] * (64 - min(64, len(simd.vregs)))
        yield _note(_FPREGSET, struct.pack("<64QII8x", *words, simd.fpsr, simd.fpcr))


def _fxsave(own: core_x86_pb2.user_x86_fpregs_entry) -> bytes:
    head = _FXSAVE.pack(
        own.cwd & 0xFFFF, own.swd & 0xFFFF, own.twd & 0xFFFF, own.fop & 0xFFFF, own.rip, own.rdp, own.mxcsr,
        own.mxcsr_mask,
    )  # fmt: skip
    st, xmm = (struct.pack(f"<{len(words)}I", *words) for words in (own.st_space[:32], own.xmm_space[:64]))
    return (head + st.ljust(128, b"\0") + xmm.ljust(256, b"\0")).ljust(_XSAVE_LEGACY, b"\0")


def _xsave(legacy: bytes, own: core_x86_pb2.user_x86_xsave_entry) -> bytes:
    """An XSAVE area with the upper halves of the ymm registers, which follow its header."""
    area = bytearray(legacy)
    # x87, SSE and AVX: what follows here, whatever else the processor had.
    struct.pack_into("<Q", area, _XCR0, 7)
    header = struct.pack("<Q", own.xstate_bv & 7).ljust(_XSAVE_HEADER, b"\0")
    return bytes(area) + header + struct.pack(f"<{len(own.ymmh_space)}I", *own.ymmh_space)

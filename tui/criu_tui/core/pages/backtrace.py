"""Which calls a thread is in, from its registers and dumped pages alone: by frame pointers and return addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.limits import CALL_LIMIT
from criu_tui.core.dump.limits import actions
from criu_tui.core.dump.vma import Prot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.dump.registers import Registers
    from criu_tui.core.pages.memory import Memory

SCANNED_WORDS = 512
"""Words of the stack in which the return address of a function without a frame is looked for."""
WORD = 8
_SUPPORTED = {"X86_64": (0, WORD), "AARCH64": (0, WORD), "RISCV64": (-2 * WORD, -WORD)}
"""Where, from the frame pointer, the caller's frame pointer and the return address lie."""

_RBP, _RSP, _RIP = 120, 160, 168
"""Of the registers in a ucontext of x86-64 (the kernel's asm/sigcontext.h), which begins behind the return address."""


class Frame(NamedTuple):
    """One call."""

    pc: int
    """The next instruction there: of a caller, that after its call."""
    guessed: bool = False
    """Found among the words of the stack, since the function below keeps no frame pointer."""


def backtrace(memory: Memory, registers: Registers, returns: frozenset[int] = frozenset()) -> Iterator[Frame]:
    """The calls of a thread, the innermost first; ends where the stack says no more, at most CALL_LIMIT.

    `returns` are the addresses that signal handlers return to (sa_restorer of sigaction(2)): below such a call the
    kernel has put the registers of what the signal interrupted.

    A function that keeps no frame pointer leaves its caller's in the register: its own return address is then the
    first word above the stack pointer that points into executable memory.
    """
    pc, stack = registers.value(registers.pc), registers.value(registers.sp)
    yield Frame(pc)
    if registers.arch not in _SUPPORTED or not registers.fp:
        return
    caller, back = _SUPPORTED[registers.arch]
    pointer = registers.value(registers.fp)
    first = _return_address(memory, stack, pointer)
    if first is not None:
        yield Frame(first, guessed=True)
    for _ in range(CALL_LIMIT):
        vma = memory.vma(pointer)
        if vma is None or pointer % WORD or pointer < stack:
            return
        address, above = memory.word(pointer + back), memory.word(pointer + caller)
        if not address or not _executable(memory, address):
            return
        if address != first:
            yield Frame(address)
        first = None
        if address in returns and registers.arch == "X86_64":
            context = pointer + 2 * WORD
            interrupted, above = memory.word(context + _RIP), memory.word(context + _RBP)
            stack = memory.word(context + _RSP) or 0
            if not interrupted or above is None or not _executable(memory, interrupted):
                return
            yield Frame(interrupted)
            # What was interrupted may keep no frame pointer, as the innermost call may not.
            first = _return_address(memory, stack, above)
            if first is not None:
                yield Frame(first, guessed=True)
        if above is None or above <= pointer:
            return
        pointer = above


def signal_returns(dump: Dump, pid: int) -> frozenset[int]:
    """Where the signal handlers of a task return to."""
    return frozenset(action.restorer for action in actions(dump, pid) if action.restorer)


def _return_address(memory: Memory, stack: int, pointer: int) -> int | None:
    """The first word from the stack pointer on, below the frame, that points into executable memory."""
    end = stack + SCANNED_WORDS * WORD
    if stack < pointer and memory.vma(stack) is memory.vma(pointer):
        end = min(end, pointer)
    elif pointer == stack:
        return None
    for address in range(stack & -WORD, end, WORD):
        word = memory.word(address)
        if word is None:
            return None
        if word and _executable(memory, word):
            return word
    return None


def _executable(memory: Memory, address: int) -> bool:
    vma = memory.vma(address)
    return vma is not None and bool(vma.prot & Prot.EXEC)

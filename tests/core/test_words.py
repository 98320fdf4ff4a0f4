"""What numbers in images stand for, as the kernel's headers and manual pages have it."""

from __future__ import annotations

import itertools
import os
import struct

import pytest
from criu_tui.core.base.system_calls import system_call
from criu_tui.core.dump.dump import Dump
from criu_tui.core.images.entries import entries_of, head_of_file
from criu_tui.core.images.fields import fields_of
from criu_tui.core.images.schema.marks_pb2 import WORDS
from criu_tui.core.images.words import IN_WORDS, capabilities, signal_info

from tests.conftest import DUMPS

OF_THEIR_OWN = {"CAPABILITIES", "SIGNAL_INFO"}


def test_every_way_that_the_schema_names_has_words() -> None:
    ways = set(itertools.chain.from_iterable(fields.values() for fields in WORDS.values()))
    assert ways == set(IN_WORDS) | OF_THEIR_OWN


@pytest.mark.parametrize(
    ("way", "number", "words"),
    [
        ("SYSTEM_CALL", 59, "execve"),
        ("SYSTEM_CALL", (1 << 64) - 1, "none"),
        ("RESULT", (1 << 64) - 4, "-EINTR"),
        ("RESULT", (1 << 64) - 512, "-ERESTARTSYS"),
        ("RESULT", 7, ""),
        # What a terminal has when it is opened: `stty -a` beside the numbers that strace prints.
        ("TERMINAL_INPUT", 0o2400, "ICRNL IXON"),
        ("TERMINAL_OUTPUT", 0o5, "OPOST ONLCR"),
        ("TERMINAL_CONTROL", 0o277, "CS8 CREAD B38400"),
        ("TERMINAL_LOCAL", 0o105073, "ISIG ICANON ECHO ECHOE ECHOK ECHOCTL ECHOKE IEXTEN"),
        ("SPEED", 0o17, "38400 baud"),
        ("SPEED", 0o10002, "115200 baud"),
        ("SPEED", 0o10017, "4000000 baud"),
        ("PERSONALITY", 0x40008, "ADDR_NO_RANDOMIZE LINUX32"),
        ("ADVICE", 1 << 14 | 1 << 16 | 1 << 18, "DONTDUMP HUGEPAGE WIPEONFORK"),
        ("ETHERNET", 0x0008, "ip"),
        ("EXIT", 9, "killed by SIGKILL"),
        ("TUN_FLAGS", 0x1002, "TAP NO_PI"),
        ("BPF_MAP", 27, "ringbuf"),
        ("LOCK_KIND", 4, "ofd"),
        ("FILTER_FLAGS", 6, "LOG SPEC_ALLOW"),
        ("DEVICE_NUMBER", os.makedev(136, 3), "136:3"),
    ],
)
def test_numbers_in_words(way: str, number: int, words: str) -> None:
    assert IN_WORDS[way](number) == words


def test_system_calls_by_the_numbers_of_x86() -> None:
    named = {
        0: "read",
        1: "write",
        231: "exit_group",
        257: "openat",
        270: "pselect6",
        334: "rseq",
        424: "pidfd_send_signal",
    }
    named |= {435: "clone3", 449: "futex_waitv", 462: "mseal", 400: "system call 400"}
    assert {number: system_call(number) for number in named} == named


def test_the_second_word_of_a_set_goes_on_where_the_first_ends() -> None:
    assert capabilities(1 << 21 | 1, 0) == "chown sys_admin"
    assert capabilities(1 << 8 | 1 << 20, 1) == "checkpoint_restore 52"


def test_a_siginfo_by_its_signal_and_sender() -> None:
    assert signal_info(struct.pack("<iii", 10, 0, 0).ljust(128, b"\0")) == "SIGUSR1 by kill"
    assert signal_info(struct.pack("<iii", 17, 0, 1).ljust(128, b"\0")) == "SIGCHLD code 1"
    assert signal_info(b"\x0a\0") == ""


def test_fields_of_a_real_dump_in_words() -> None:
    dump = Dump(DUMPS / "every-kind" / "dump")
    pid = next(iter(dump.pids))
    with dump.source.open(f"core-{pid}.img") as file:
        (entry,) = entries_of(file, head_of_file(file))
    found = {
        f"{each.message}.{each.name}": each.words
        for each in fields_of(entry.encoded, entry.message.DESCRIPTOR.name, entry.start)
    }
    # Dumped as root, asleep in pause(), which is begun anew.
    assert found["user_x86_regs_entry.orig_ax"] == "pause"
    assert found["creds_entry.cap_eff[0]"].startswith("chown dac_override dac_read_search")
    assert "checkpoint_restore" in found["creds_entry.cap_eff[1]"]

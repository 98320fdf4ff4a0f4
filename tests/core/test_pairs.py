"""Releases and kernels that do not go together: each is said where it is known of, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.findings.advice import BY_ID
from criu_tui.core.findings.finding import Severity
from criu_tui.core.findings.pairs import PAIRS, known_pairs
from criu_tui.core.logs.reading import read_log

if TYPE_CHECKING:
    from pathlib import Path

# Of the thread or change named: a release and a kernel that meet it, then pairs that do not.
CASES = (
    ("criu#2532", "4.0", "6.13.0 x86_64", ("4.1", "6.13.0 x86_64"), ("4.0", "6.12.9 x86_64")),
    ("criu#2626", "4.1.1", "6.14.2 x86_64", ("4.2", "6.14.2 x86_64"), ("4.1.1", "6.12.1 x86_64")),
    ("criu#2695", "4.1", "6.16.0 x86_64", ("4.1.1", "6.16.0 x86_64"), ("4.1", "6.14.0 x86_64")),
    ("criu#3002", "4.2", "7.1.0-rc1 x86_64", ("4.2.1", "7.1.0 x86_64"), ("4.2", "7.0.0 x86_64")),
    ("criu#2705", "4.1.1", "6.17.0 x86_64", ("4.2", "6.17.0 x86_64"), ("4.1.1", "6.15.0 x86_64")),
    ("criu#3006", "4.2.1", "7.0.0-1008-aws x86_64", ("4.3", "7.0.0 x86_64"), ("4.2.1", "6.18.0 x86_64")),
    ("criu#2552", "3.19", "5.4.0-150-generic x86_64", ("3.19", "5.15.0 x86_64"), ("3.16.1", "5.4.0 x86_64")),
    ("criu/pie-util-vdso.c", "4.0", "6.12.0-41.el10 aarch64", ("4.1", "6.12.0 aarch64"), ("4.0", "6.12.0 x86_64")),
    ("criu#2751", "4.1.1", "6.12.20 aarch64", ("4.2", "6.12.20 aarch64"), ("4.1.1", "6.12.20 x86_64")),
    ("criu/bpfmap.c", "3.16.1", "5.16.2 x86_64", ("3.17", "5.16.2 x86_64"), ("3.16.1", "5.15.0 x86_64")),
    ("criu#964", "3.13", "5.4.0 x86_64", ("3.14", "5.4.0 x86_64"), ("3.13", "5.3.0 x86_64")),
    ("criu#1232", "3.15", "5.8.0 x86_64", ("3.15", "5.10.0 x86_64"), ("3.13", "5.8.0 x86_64")),
    ("criu#322", "3.2", "4.12.0 x86_64", ("3.2.1", "4.12.0 x86_64"), ("3.2", "4.11.0 x86_64")),
    ("criu/files-reg.c", "1.6", "3.19.0 x86_64", ("1.7", "3.19.0 x86_64"), ("1.6", "4.2.0 x86_64")),
)


def threads(tmp_path: Path, criu: str, kernel: str) -> set[str]:
    """The threads of what is said of a log with this release and kernel, and no error."""
    release, machine = kernel.split(" ")
    path = tmp_path / "dump.log"
    path.write_text(f"(00.1) Version: {criu} (gitid 0)\n(00.2) Running on node1 Linux {release} #1 SMP {machine}\n")
    found = list(known_pairs(read_log(path), frozenset()))
    assert all(one.severity is Severity.NOTE and one.advice for one in found)
    return {one.why.partition("(")[2].partition(")")[0] for one in found}


@pytest.mark.parametrize(("thread", "criu", "kernel", "fixed", "older"), CASES)
def test_a_pair_is_said_where_it_is_known(
    tmp_path: Path, thread: str, criu: str, kernel: str, fixed: tuple[str, str], older: tuple[str, str]
) -> None:
    assert thread in threads(tmp_path, criu, kernel)
    assert thread not in threads(tmp_path, *fixed)
    assert thread not in threads(tmp_path, *older)


def test_every_pair_has_a_case_and_leads_to_what_is_known() -> None:
    assert sorted(pair.thread for pair in PAIRS) == sorted(case[0] for case in CASES)
    assert {pair.id for pair in PAIRS} <= {"", *BY_ID}


def test_what_has_happened_is_not_foretold(tmp_path: Path) -> None:
    path = tmp_path / "dump.log"
    path.write_text("(00.1) Version: 4.0 (gitid 0)\n(00.2) Running on node1 Linux 6.13.0 #1 SMP x86_64\n")
    ids = {found.id for found in known_pairs(read_log(path), frozenset(["vdso"]))}
    assert ids == {"pair-guard-pages"}


def test_the_newest_release_on_a_kernel_of_its_time_has_none(tmp_path: Path) -> None:
    assert not threads(tmp_path, "4.3", "6.18.0 x86_64")

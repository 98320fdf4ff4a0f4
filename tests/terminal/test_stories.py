"""The three stories, keys in and screens out, as someone over SSH walks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.terminal.tmux import PROGRAM

if TYPE_CHECKING:
    from tests.terminal.tmux import Tmux

HOST = "--host overcommit=0,mem=24684084K,swap=0K"
SMALL, LARGE = (80, 24), (200, 60)

looks = pytest.mark.parametrize(
    ("options", "environment"),
    [("", {}), ("", {"NO_COLOR": "1"}), ("--ascii", {}), ("--ascii --no-mouse", {"TERM": "vt100", "LANG": "C"})],
    ids=["colour", "no-colour", "ascii", "vt100"],
)
sizes = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "200x60"])


def check(screen: str, options: str, size: tuple[int, int]) -> None:
    """No line is wider than the screen, and with --ascii there is nothing else on it."""
    lines = screen.splitlines()
    assert len(lines) <= size[1]
    assert all(len(line) <= size[0] for line in lines)
    assert "--ascii" not in options or screen.isascii()


def in_full(tmux: Tmux, size: tuple[int, int]) -> None:
    """Has words and pictures shown in full, which a small screen keeps for rows."""
    tmux.shows("FAILS")
    if size == SMALL:
        tmux.press("p")


@sizes
@looks
def test_boundary(tmux: Tmux, options: str, environment: dict[str, str], size: tuple[int, int]) -> None:
    tmux.start(f"{PROGRAM} --demo boundary --criu 3.19 {HOST} {options}", size, environment)
    # It opens on the step that fails, and says in full why: the reason and the two spans.
    in_full(tmux, size)
    screen = tmux.shows(
        "fails in task 4242 at 7e8661200000-7eb861200000",
        "touches, does not overlap",
        "200 GiB > 23.5 GiB: ENOMEM",
        "begins exactly at this VMA's end",
    )
    check(screen, options, size)
    # The other release keeps the protection.
    tmux.press("v")
    tmux.shows("Restore with", "is taken for")
    tmux.press("v")
    check(tmux.shows("every private mapping", "3.2-3.19"), options, size)
    tmux.press("Enter")
    tmux.shows("CRIU 3.1 ")
    tmux.press("V", "V")
    check(tmux.shows("CRIU 4.3 ", "every mapping is granted"), options, size)
    # Which VMA holds an address, and everything known of it.
    tmux.press("1")
    tmux.shows("[1 Maps]", "10 VMAs")
    tmux.press("g")
    tmux.shows("go to:")
    tmux.press("0x7e9000000000", "Enter")
    tmux.shows("7e8661200000-7eb861200000 --- 200 GiB anon")
    tmux.press("Enter")
    check(tmux.shows("no access", "touches this VMA's end", "private anonymous memory"), options, size)
    tmux.press("q")
    # Keys in one burst, as a slow line delivers them.
    tmux.press("/size:>199G")
    check(tmux.shows("3 of 10 rows with size:>199G"), options, size)
    tmux.press("Enter", "s", "s", "s")
    tmux.shows("by Size, largest first")
    tmux.press("q")
    tmux.gone("by Size, largest first")


@sizes
@looks
def test_fork(tmux: Tmux, options: str, environment: dict[str, str], size: tuple[int, int]) -> None:
    tmux.start(f"{PROGRAM} --demo fork --criu 4.2.1 {HOST} {options}", size, environment)
    in_full(tmux, size)
    check(tmux.shows("fails in task", "writable"), options, size)
    tmux.press("]")
    tmux.shows("task 4243 reserve", "its premapped copy is moved here")
    tmux.press("6")
    check(tmux.shows("[6 Findings", "way out"), options, size)
    tmux.press("c")
    tmux.shows("Compare the plan with")
    tmux.press("Enter")
    check(tmux.shows("[3 Write plan]", "difference in charge"), options, size)
    tmux.press("?")
    check(tmux.shows("Help: Write plan", "compare CRIUs"), options, size)


@sizes
@looks
def test_userns(tmux: Tmux, options: str, environment: dict[str, str], size: tuple[int, int]) -> None:
    tmux.start(f"{PROGRAM} --demo userns {HOST} {options}", size, environment)
    check(tmux.shows("the dump failed", "id 0", "way out"), options, size)
    tmux.press("5")
    check(tmux.shows("[5 Log]", "first cause", "uid or gid"), options, size)
    tmux.press("q")
    tmux.gone("[5 Log]")


@looks
def test_the_host_uid_of_uid_1000(tmux: Tmux, options: str, environment: dict[str, str]) -> None:
    tmux.start(f"{PROGRAM} --demo userns-mapped {HOST} {options}", SMALL, environment)
    check(tmux.shows("[4 Ids]", "Host uid"), options, SMALL)

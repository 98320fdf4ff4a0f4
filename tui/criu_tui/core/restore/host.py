"""The memory of the machine that will restore, see proc_sys_vm(5)."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import size

if TYPE_CHECKING:
    from collections.abc import Iterator

KIB = 1024


class Mode(enum.IntEnum):
    """vm.overcommit_memory."""

    HEURISTIC = 0
    ALWAYS = 1
    NEVER = 2


@dataclass(frozen=True, slots=True)
class Host:
    """Memory of the machine that will restore; all sizes in bytes, None where one is not known."""

    overcommit: Mode
    mem: int | None
    swap: int
    limit: int | None
    """CommitLimit."""
    committed: int | None
    """Committed_AS before the restore."""
    reserve: int = 0
    """vm.user_reserve_kbytes: at most this much, and 1/32 of what the task maps, is kept free in mode 2."""
    huge: tuple[tuple[int, int], ...] | None = None
    """Free bytes of huge pages by the size of one; None where that is not known."""

    @property
    def can_tell(self) -> bool:
        """Whether enough is known to tell which mapping the kernel refuses."""
        if self.overcommit is Mode.NEVER:
            return self.limit is not None and self.committed is not None
        return self.overcommit is Mode.ALWAYS or self.mem is not None

    @property
    def most(self) -> int | None:
        """Bytes of a charge beyond which the kernel refuses; None where it refuses none, or not enough is known."""
        if self.overcommit is Mode.NEVER and self.limit is not None and self.committed is not None:
            return max(0, self.limit - self.committed)
        return self.mem + self.swap if self.overcommit is Mode.HEURISTIC and self.mem is not None else None


def this_host(proc: Path = Path("/proc"), pools: Path = Path("/sys/kernel/mm/hugepages")) -> Host:
    """The machine this runs on, from /proc; of memory that it does not tell, nothing is known."""
    info = {}
    for line in _lines(proc / "meminfo"):
        name, _, value = line.partition(":")
        digits = value.split()
        if digits and digits[0].isdecimal():
            info[name] = int(digits[0]) * KIB
    mode = _first_number(proc / "sys/vm/overcommit_memory")
    return Host(
        overcommit=Mode(mode) if mode in tuple(Mode) else Mode.HEURISTIC,
        mem=info.get("MemTotal"),
        swap=info.get("SwapTotal", 0),
        limit=info.get("CommitLimit"),
        committed=info.get("Committed_AS"),
        reserve=_first_number(proc / "sys/vm/user_reserve_kbytes") * KIB,
        huge=_free_huge_pages(pools),
    )


def _free_huge_pages(pools: Path) -> tuple[tuple[int, int], ...] | None:
    """Free bytes by page size, from /sys/kernel/mm/hugepages/hugepages-SIZEkB/free_hugepages."""
    try:
        found = sorted(pools.glob("hugepages-*kB"))
    except OSError:
        return None
    sizes = [(int(digits) * KIB, pool) for pool in found if (digits := pool.name[10:-2]).isdecimal()]
    return tuple((length, length * _first_number(pool / "free_hugepages")) for length, pool in sizes) or None


def _lines(path: Path) -> Iterator[str]:
    try:
        yield from path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return


def _first_number(path: Path) -> int:
    first = next(_lines(path), "").strip()
    return int(first) if first.isdecimal() else 0


_UNITS = {"": 1, "B": 1, "K": KIB, "M": KIB**2, "G": KIB**3, "T": KIB**4}
_SIZES = ("mem", "swap", "limit", "committed", "reserve")


def parse_host(spec: str, default: Host) -> Host:
    """A host from "overcommit=0,mem=24684084K,swap=0K"; what is not given is the default's.

    In mode 2 CommitLimit and Committed_AS matter, in mode 0 RAM and swap. Sizes take K,
    M, G or T; without a unit they are bytes. Raises ValueError with a line for the user.
    """
    mode = default.overcommit
    sizes = {name: getattr(default, name) for name in _SIZES}
    # A host that is described has no reserve unless the description has one.
    sizes["reserve"] = 0
    for part in spec.split(","):
        name, separator, value = part.strip().partition("=")
        if name == "overcommit" and value in ("0", "1", "2"):
            mode = Mode(int(value))
            continue
        match = re.fullmatch(r"(\d{1,20})([BKMGT]?)(?:iB)?", value, re.ASCII)
        if not separator or name not in _SIZES or match is None:
            raise ValueError(
                f"{display_safe(part, 60)!r} in the host: give overcommit=0|1|2 or one of "
                f"{', '.join(f'{known}=SIZE' for known in _SIZES)}, sizes as 24684084K"
            )
        sizes[name] = int(match[1]) * _UNITS[match[2]]
    return Host(mode, **sizes)


def describe(host: Host) -> str:
    """One line on a host: "overcommit 0, 23.5 GiB RAM, no swap"."""
    line = f"overcommit {int(host.overcommit)}, "
    if host.mem is None:
        line += "RAM unknown"
    else:
        line += f"{size(host.mem)} RAM, {f'{size(host.swap)} swap' if host.swap else 'no swap'}"
    if host.overcommit is Mode.NEVER:
        line += f", CommitLimit {_size(host.limit)}, committed {_size(host.committed)}"
    return line if host.can_tell else f"{line}: whether memory suffices is not predicted"


def _size(count: int | None) -> str:
    return "unknown" if count is None else size(count)

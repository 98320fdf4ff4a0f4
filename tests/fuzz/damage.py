"""Every way in which a copy of a dump can be damaged: cut, zeroed, missing or mistaken for another file."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

STRIDE = 64
"""Bytes between two cuts, and in a zeroed range."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What was done to which image; `other` is the image that it changed places with."""

    image: str
    deed: str
    start: int = 0
    end: int = 0
    other: str = ""

    def __str__(self) -> str:
        match self.deed:
            case "cut":
                return f"{self.image} cut at byte {self.start}"
            case "zero":
                return f"{self.image} zeroed from byte {self.start} to {self.end}"
            case "remove":
                return f"{self.image} removed"
            case _:
                return f"{self.image} swapped with {self.other}"


def damages(directory: Path, *, pages: bool) -> Iterator[Damage]:
    """All damages to a dump, image by image; `pages` says whether files of pages are cut and zeroed too."""
    names = sorted(path.name for path in directory.iterdir() if path.suffix == ".img")
    for position, name in enumerate(names):
        length = (directory / name).stat().st_size
        yield Damage(name, "remove")
        yield from (Damage(name, "swap", other=other) for other in names[position + 1 :])
        if name.startswith("pages-") and not pages:
            yield Damage(name, "cut", length // 2)
            continue
        for start in range(0, length, STRIDE):
            yield Damage(name, "cut", start)
            yield Damage(name, "zero", start, min(start + STRIDE, length))


@contextmanager
def damaged(directory: Path, damage: Damage) -> Iterator[None]:
    """Does the damage to a directory, and undoes it."""
    undo = _do(directory / damage.image, directory.parent / "aside", damage)
    try:
        yield
    finally:
        undo()


def _do(image: Path, aside: Path, damage: Damage) -> Callable[[], object]:
    """Does the damage; what undoes it."""
    if damage.deed == "remove":
        image.rename(aside)
        return lambda: aside.rename(image)
    if damage.deed == "swap":
        other = image.with_name(damage.other)
        _exchange(image, other, aside)
        return lambda: _exchange(image, other, aside)
    # Only what is damaged is written: files of pages are long.
    with image.open("r+b") as file:
        file.seek(damage.start)
        lost = file.read() if damage.deed == "cut" else file.read(damage.end - damage.start)
        file.seek(damage.start)
        if damage.deed == "cut":
            file.truncate()
        else:
            file.write(bytes(len(lost)))

    def put_back() -> None:
        with image.open("r+b") as file:
            file.seek(damage.start)
            file.write(lost)

    return put_back


def _exchange(one: Path, other: Path, aside: Path) -> None:
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def copy(dump: Path, target: Path) -> Path:
    """A copy of a directory of dumps, links kept, to do damage to; the images directory of it."""
    shutil.copytree(dump, target, symlinks=True)
    return target / "dump"

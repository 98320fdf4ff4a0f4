"""Every way in which a copy of a dump can be damaged: cut, zeroed, missing or mistaken for another file."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    image = directory / damage.image
    match damage.deed:
        case "remove":
            aside = directory.parent / "aside"
            image.rename(aside)
            yield
            aside.rename(image)
        case "swap":
            other, aside = directory / damage.other, directory.parent / "aside"
            _exchange(image, other, aside)
            yield
            _exchange(image, other, aside)
        case _:
            # Only what is damaged is written: files of pages are long.
            with image.open("r+b") as file:
                file.seek(damage.start)
                lost = file.read() if damage.deed == "cut" else file.read(damage.end - damage.start)
                if damage.deed == "cut":
                    file.truncate(damage.start)
                else:
                    file.seek(damage.start)
                    file.write(bytes(len(lost)))
            yield
            with image.open("r+b") as file:
                file.seek(damage.start)
                file.write(lost)


def _exchange(one: Path, other: Path, aside: Path) -> None:
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def copy(dump: Path, target: Path) -> Path:
    """A copy of a directory of dumps, links kept, to do damage to; the images directory of it."""
    shutil.copytree(dump, target, symlinks=True)
    return target / "dump"

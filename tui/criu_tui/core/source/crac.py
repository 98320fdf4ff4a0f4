"""A directory of CRaC, whose CRIU keeps pages as pages-N.comp.img: one LZ4 frame each, in place of pages-N.img."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from criu_tui.core.source.error import ImageError, reason_of
from criu_tui.core.source.lz4_frame import LZ4Frame
from criu_tui.core.source.source import FileStatus, Source

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from criu_tui.core.source.arriving import Arrival
    from criu_tui.core.source.source import OpenFile

ENDING = ".comp.img"
_PACKED = r"(pages-[\w-]{1,40})\.comp\.img"


def unpacked(place: Source, names: frozenset[str]) -> tuple[Source, frozenset[str]]:
    """A place and its names with pages-N.img where it has pages-N.comp.img alone; without any, as they are."""
    # Of a large container there are 25,000: all at once takes a fifth of asking each.
    if ENDING not in "/".join(names):
        return place, names
    packed = {f"{found[1]}.img": name for name in names if (found := re.fullmatch(_PACKED, name, re.ASCII))}
    packed = {name: each for name, each in packed.items() if name not in names}
    if not packed:
        return place, names
    made = Unpacked(place, packed)
    return made, made.names()


class Unpacked(Source):
    """A place with files that are read out of LZ4 frames, by their names and those of the frames."""

    def __init__(self, place: Source, packed: Mapping[str, str]) -> None:
        self._place = place
        self.packed = packed
        self.path = place.path
        self._sizes: dict[str, int] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unpacked) and self._place == other._place

    def __hash__(self) -> int:
        return hash(self._place)

    def names(self) -> frozenset[str]:
        return (self._place.names() - set(self.packed.values())) | set(self.packed)

    def open(self, name: str) -> OpenFile:
        if name not in self.packed:
            return self._place.open(name)
        file = self._place.open(self.packed[name])
        try:
            return LZ4Frame(name, file)
        except OSError as error:
            file.close()
            raise ImageError(self.packed[name], None, reason_of(error)) from error
        except ImageError:
            file.close()
            raise

    def status(self, name: str, *, follow: bool = True) -> FileStatus:
        found = self._place.status(self.packed.get(name, name), follow=follow)
        if name not in self.packed:
            return found
        if name not in self._sizes:
            try:
                with self.open(name) as file:
                    self._sizes[name] = file.size
            except ImageError:
                self._sizes[name] = found.size
        return found._replace(size=self._sizes[name])

    def link(self, name: str) -> str | None:
        return self._place.link(name)

    def sub(self, name: str) -> Source:
        return self._place.sub(name)

    def remember(self) -> None:
        self._place.remember()

    def changed(self) -> frozenset[str]:
        return self._place.changed()

    def outside(self) -> Mapping[str, str]:
        return self._place.outside()

    @property
    def above(self) -> Source | None:
        return self._place.above

    @property
    def identity(self) -> Hashable:
        return self._place.identity

    @property
    def places(self) -> tuple[Hashable, ...]:
        return self._place.places

    @property
    def problems(self) -> tuple[ImageError, ...]:
        return self._place.problems

    @property
    def annotations(self) -> Mapping[str, str]:
        return self._place.annotations

    @property
    def arrival(self) -> Arrival | None:
        return self._place.arrival

"""Which files of a dump are images of which kind, by their names."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from criu_tui.core.images.kinds import kind_of_name, kind_of_stem, known_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.kinds import ImageKind


_IS_IMAGE = operator.methodcaller("endswith", ".img")
_PARTED, _STEM = operator.methodcaller("rpartition", "-"), operator.itemgetter(0)
"""Of the parts of a name what stands before its last hyphen; all three without a call of Python's for each name."""


def names_by_kind(dump: Dump) -> Mapping[ImageKind | None, Sequence[str]]:
    """The names of all files by the kind that each says it is, in any order; None for other names."""

    def find() -> Mapping[ImageKind | None, Sequence[str]]:
        found: dict[ImageKind | None, list[str]] = {}
        # Of a dump of 5,000 tasks there are 25,000: nearly all are told by their stem, all of one stem at once.
        rest = set(dump.files_listed)
        for stem, names in by_stem(dump).items():
            kind, named = kind_of_stem(stem, names)
            if named:
                rest.difference_update(named)
                found.setdefault(kind, []).extend(named)
        for name in rest:
            named_kind = kind_of_name(name)
            found.setdefault(None if named_kind is None else named_kind[0], []).append(name)
        return found

    return dump.once("names by kind", find)


def lengths(dump: Dump) -> Mapping[str, int]:
    """Bytes of each regular file, when this was first asked for; links are not among them."""
    return dump.once("lengths", lambda: dict(dump.source.sizes(dump.files_listed)))


def unknown_images(dump: Dump) -> tuple[str, ...]:
    """Names of *.img files of no kind that a known CRIU writes."""
    unknown = (name for name in names_by_kind(dump).get(None, ()) if name.endswith(".img"))
    return tuple(sorted(name for name in unknown if not known_name(name)))


def numbered(dump: Dump, kind: ImageKind) -> tuple[tuple[int, str], ...]:
    """The images of a kind that has one for each number, such as a namespace's: numbers and names, by number."""
    stem, _, form = kind.pattern.partition("-%")
    found: list[tuple[int, str]] = []
    for name in of_stem(dump, stem):
        named = kind_of_name(name)
        # What has more between number and ending, such as ".comp", is another program's.
        if named is not None and named[0] is kind and name == f"{stem}-{named[1]}.img":
            found.append((int(named[1], 16 if form == "x" else 10), name))
    return tuple(sorted(found))


def of_stem(dump: Dump, stem: str) -> Sequence[str]:
    """Names of *.img files that have this before their last hyphen."""
    return by_stem(dump).get(stem, ())


def by_stem(dump: Dump) -> Mapping[str, Sequence[str]]:
    """Names of *.img files by what stands before their last hyphen: a dump of 5,000 tasks has 25,000 files."""

    def find() -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        images = [*filter(_IS_IMAGE, dump.files_listed)]
        for stem, name in zip(map(_STEM, map(_PARTED, images)), images, strict=True):
            found.setdefault(stem, []).append(name)
        return found

    return dump.once("images by stem", find)

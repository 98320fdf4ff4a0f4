"""Which files of a dump are images of which kind, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.images.kinds import kind_of_name, known_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.kinds import ImageKind


def kinds_listed(dump: Dump) -> Mapping[str, ImageKind | None]:
    """The kind that the name of each file says it is; None for other names."""

    def find() -> Mapping[str, ImageKind | None]:
        listed = dump.files_listed
        return {name: None if (found := kind_of_name(name)) is None else found[0] for name in listed}

    return dump.once("kinds listed", find)


def lengths(dump: Dump) -> Mapping[str, int]:
    """Bytes of each regular file, when this was first asked for; links are not among them."""
    return dump.once("lengths", lambda: dict(dump.source.sizes(dump.files_listed)))


def unknown_images(dump: Dump) -> tuple[str, ...]:
    """Names of *.img files of no kind that a known CRIU writes."""
    unknown = (name for name, kind in kinds_listed(dump).items() if kind is None and name.endswith(".img"))
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
        for name in dump.files_listed:
            if name.endswith(".img"):
                found.setdefault(name.rpartition("-")[0], []).append(name)
        return found

    return dump.once("images by stem", find)

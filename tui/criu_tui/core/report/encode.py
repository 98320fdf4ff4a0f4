"""Images written from their JSON, into a new directory: never into a dump, never over another file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.base.json_text import parsed
from criu_tui.core.base.text import display_safe
from criu_tui.core.images.crit_json import EntryError
from criu_tui.core.images.decoded import encoded
from criu_tui.core.images.kinds import kind_of_name
from criu_tui.core.report.export import ExportError
from criu_tui.core.source.error import reason_of
from criu_tui.core.source.holding import Holding, holding

if TYPE_CHECKING:
    from criu_tui.core.base.json import Json

SUFFIX = ".json"


class Encoded(NamedTuple):
    """What was written."""

    directory: Path
    images: tuple[str, ...]
    left_out: tuple[str, ...]
    """Images that the JSON names without entries to encode: those of other programs."""


def encode_file(path: Path, to: str | None = None) -> Encoded:
    """Writes the images that a file of JSON tells of: one as crit decodes it, or what `--print image` printed.

    They go into a new directory, by default that of the file's name without ".json" and with ".images" behind it. All
    are encoded before any is written. Raises ExportError for what is no such JSON, and for a directory that is there
    already or lies in a dump.
    """
    images, left_out = _images(path)
    directory = _new_directory(path, to)
    shown = display_safe(str(directory))
    try:
        directory.mkdir()
        for name, data in images.items():
            with (directory / name).open("xb") as file:
                file.write(data)
    except FileExistsError:
        raise ExportError(f"{shown}: is there already; nothing is overwritten") from None
    except ValueError:
        raise ExportError(f"{shown}: not a name of a directory") from None
    except OSError as error:
        raise ExportError(f"{shown}: {reason_of(error)}") from None
    return Encoded(directory, tuple(images), left_out)


def _images(path: Path) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The images of a file by name, and the names of those that have nothing to encode."""
    shown = display_safe(str(path))
    try:
        document = parsed(path.read_bytes())
    except OSError as error:
        raise ExportError(f"{shown}: {reason_of(error)}") from None
    except ValueError as error:
        raise ExportError(f"{shown}: {display_safe(str(error))}") from None
    images: dict[str, bytes] = {}
    left_out: list[str] = []
    for name, image in _named(document, path):
        known = isinstance(name, str) and kind_of_name(name) is not None
        if not isinstance(name, str) or not known or name in images:
            raise ExportError(f"{shown}: {display_safe(str(name))!r} is not the name of an image, or twice there")
        if isinstance(image, dict) and image.get("magic") is None:
            left_out.append(name)
            continue
        try:
            images[name] = encoded(image)
        except EntryError as error:
            raise ExportError(f"{shown}: {name}: {display_safe(str(error))}") from None
        except RecursionError:
            raise ExportError(f"{shown}: {name}: nests too deeply") from None
    if not images:
        raise ExportError(f"{shown}: holds no image that can be encoded")
    return images, tuple(left_out)


def _named(document: Json, path: Path) -> list[tuple[Json, Json]]:
    """The images of a document with their names; one of crit's has that of its file."""
    if isinstance(document, dict) and isinstance(listed := document.get("images"), list):
        return [(image.get("name") if isinstance(image, dict) else None, image) for image in listed]
    name = path.name.removesuffix(SUFFIX)
    return [(name if name.endswith(".img") or kind_of_name(name) else f"{name}.img", document)]


def _new_directory(path: Path, to: str | None) -> Path:
    try:
        wanted = Path(path.name.removesuffix(SUFFIX) + ".images") if to is None else Path(to).expanduser()
        above = wanted.parent.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        why = reason_of(error) if isinstance(error, OSError) else "no name of a directory"
        raise ExportError(f"{display_safe(path.name if to is None else to)}: {why}") from None
    if any(holding(each) is Holding.DUMP for each in (above, *above.parents)):
        shown = display_safe(str(wanted))
        raise ExportError(f"{shown}: lies in a dump, and nothing is written there; give another directory with --to")
    return wanted

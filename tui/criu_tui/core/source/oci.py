"""OCI image layouts and content stores: which blobs hold a checkpoint (OCI image spec 1.1, image-layout.md).

Podman, CRI-O and buildah make an image of one layer, annotated as a checkpoint; containerd an
index whose entries are the images, the container's spec and its changes of the file system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from criu_tui.core.base import json_text
from criu_tui.core.base.limits import MANIFEST_LIMIT
from criu_tui.core.source.error import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from criu_tui.core.source.source import Source, SourceFile

BLOBS_LOOKED_AT = 256
"""Indexes and manifests that are followed."""
IMAGES_OF_CONTAINERD = "application/vnd.containerd.container.criu.checkpoint.criu.tar"
_CHECKPOINT = ("checkpoint", "criu")
"""Words one of which the annotations of a checkpoint have in a key."""


class Blob(NamedTuple):
    """A layer that may hold a checkpoint, and what is said of it."""

    file: SourceFile
    annotations: Mapping[str, str]


def is_layout(names: frozenset[str]) -> bool:
    """Whether a directory with these names is an OCI layout, or a store of its blobs."""
    return "blobs" in names and ("oci-layout" in names or "index.json" in names)


def checkpoint_layers(layout: Source) -> list[Blob]:
    """Layers of the manifests that are annotated as checkpoints; where none is, every layer there is.

    Damaged indexes lead to none.
    """
    found = list(_layers(layout))
    marked = [
        blob
        for blob, media in found
        if media == IMAGES_OF_CONTAINERD or any(word in key for key in blob.annotations for word in _CHECKPOINT)
    ]
    return marked or [blob for blob, _ in found]


def _layers(layout: Source) -> Iterator[tuple[Blob, str]]:
    index = json_of(layout, "index.json")
    waiting: list[tuple[object, dict[str, str]]] = [(each, {}) for each in _list(index, "manifests")]
    looked_at = 0
    while waiting and looked_at < BLOBS_LOOKED_AT:
        looked_at += 1
        descriptor, above = waiting.pop(0)
        if not isinstance(descriptor, dict):
            continue
        media = str(descriptor.get("mediaType", ""))
        said = above | texts(descriptor.get("annotations"))
        file = _blob(layout, str(descriptor.get("digest", "")))
        if file is None:
            continue
        if media == IMAGES_OF_CONTAINERD or ".layer." in media or media.endswith((".tar", ".tar+gzip", ".tar+zstd")):
            yield Blob(file, said), media
            continue
        inner = json_of(file.source, file.name)
        said = said | texts(inner.get("annotations"))
        waiting += [(each, said) for each in (*_list(inner, "manifests"), *_list(inner, "layers"))]


def _blob(layout: Source, digest: str) -> SourceFile | None:
    """The file of a digest such as "sha256:8dc3..."; None where there is none."""
    algorithm, _, name = digest.partition(":")
    if not (algorithm.isalnum() and name.isalnum()):
        return None
    try:
        place = layout.sub(f"blobs/{algorithm}")
        return place.file(name) if place.is_regular(name) else None
    except (OSError, ValueError):
        return None


def json_of(source: Source, name: str) -> dict[str, Any]:
    """A file of JSON that holds an object; empty for one that is absent, damaged or too long."""
    try:
        return parsed(source.read(name, MANIFEST_LIMIT))
    except ImageError:
        return {}


def parsed(text: str | bytes) -> dict[str, Any]:
    """A JSON object; empty for anything else."""
    try:
        found = json_text.parsed(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _list(held: Mapping[str, object], key: str) -> list[object]:
    value = held.get(key)
    return value if isinstance(value, list) else []


def texts(value: object) -> dict[str, str]:
    """The members of a JSON object that are text; empty for anything else."""
    if not isinstance(value, dict):
        return {}
    return {str(key): text for key, text in value.items() if isinstance(text, str)}

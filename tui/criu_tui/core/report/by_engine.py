"""How an engine restores what it checkpointed: the root, mounts and namespaces it then names itself.

Sources: runc-restore(8), crun(1), podman-container-restore(1), docker-start(1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.report.shell import UnpastableError, word
from criu_tui.core.source.directory import Directory

if TYPE_CHECKING:
    from criu_tui.core.report.report import Report

DESCRIPTORS = "descriptors.json"
"""What runc and crun leave among the images: where the standard descriptors of the container led."""
IMAGES = "IMAGES"
"""Stands for images that do not lie in a directory."""


def by_engine(report: Report) -> str | None:
    """A command line, safe to paste, with capitals for what only the user knows; None where no engine is known."""
    container = report.container
    engine = "" if container is None else container.engine
    if engine == "Podman":
        return "podman container restore --import ARCHIVE"
    if engine == "Docker":
        return "docker start --checkpoint CHECKPOINT CONTAINER"
    if engine or DESCRIPTORS not in report.dump.files_listed:
        # Kubernetes starts a pod from an image that is made of the checkpoint.
        return None
    source = report.dump.source
    try:
        images = word(str(source.path.absolute())) if isinstance(source, Directory) else IMAGES
    except UnpastableError:
        images = IMAGES
    return f"runc restore --image-path {images} --bundle BUNDLE NAME"

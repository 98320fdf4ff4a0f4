"""The container's own facts: lines for the summary and the overview, and the same as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import PAGE, counted, number, size
from criu_tui.core.dump.root_files import DIFF
from criu_tui.core.report import rootfs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.container import Container
    from criu_tui.core.dump.statistics import Statistics
    from criu_tui.core.report.report import Report

SHOWN = 12
"""Mounts and annotations that have a line each."""
LISTED = 1000
"""Files, mounts and annotations that are listed in JSON."""


def text(report: Report) -> Iterator[str]:
    """A word of up to eight letters and what it is of, as the summary has them."""
    found = report.container
    if found is not None:
        yield from _of_container(found)
    changed = report.root_files
    if changed is not None and (changed.changed or changed.deleted):
        total = sum(each.size for each in changed.changed)
        words = (
            f"{counted(len(changed.changed), 'file')} changed, {size(total)}; {number(len(changed.deleted))} deleted"
        )
        packed = dict(changed.archives).get(DIFF)
        yield f"rootfs   {words}" + ("" if packed is None else f"; {DIFF} of {size(packed)}")
    for run in report.statistics:
        yield f"{run.run:<9}{_words(run)}"


def _of_container(found: Container) -> Iterator[str]:
    engine = " ".join(filter(None, (found.engine, found.engine_version)))
    runtime = " ".join(filter(None, (found.runtime, found.runtime_version)))
    lines = {
        "name": ", id ".join(filter(None, (found.name, found.id))),
        "pod": ", namespace ".join(filter(None, (found.pod, found.namespace))),
        "image": ", ".join(filter(None, (found.image, found.digest))),
        "engine": " with ".join(filter(None, (engine, runtime))),
        "created": found.created,
        "taken": found.checkpointed,
        "restored": found.restored,
        "host": found.hostname,
        "command": " ".join(found.command),
    }
    for word, value in lines.items():
        if value:
            yield f"{word:<8} {display_safe(value, 300)}"
    for address in found.addresses[:8]:
        gateway = f"gateway {address.gateway}" if address.gateway else ""
        parts = [address.ip, address.interface, address.mac, gateway, address.network]
        yield f"address  {display_safe('  '.join(filter(None, parts)), 200)}"
    yield from _some("mount", [f"{each.destination}  {each.type}  {each.source}" for each in found.mounts])
    yield from _some("noted", [f"{key}: {value}" for key, value in found.annotations])


def _some(word: str, values: Sequence[str]) -> Iterator[str]:
    """A line each of the first few, and how many more there are."""
    for value in values[:SHOWN]:
        yield f"{word:<8} {display_safe(value, 200)}"
    if len(values) > SHOWN:
        yield f"         and {number(len(values) - SHOWN)} more: --format json has all"


def _words(run: Statistics) -> str:
    """The times of a run and its pages in words."""
    times = [
        (name, run.get(f"{name}_time")) for name in ("freezing", "frozen", "memdump", "memwrite", "forking", "restore")
    ]
    parts = [f"{name} {value / 1e6:.3f} s" for name, value in times if value is not None]
    for name in ("pages_scanned", "pages_written", "pages_skipped_parent", "pages_restored"):
        pages = run.get(name)
        if pages:
            parts.append(f"{name.replace('_', ' ')} {number(pages)} ({size(pages * PAGE)})")
    return ", ".join(parts)


def json(report: Report) -> dict[str, Json]:
    """Keys that are added to the summary; null for what no engine recorded."""
    found = report.container
    return {
        "container": None if found is None else _container_json(found),
        "rootfs": rootfs.json(report),
        "statistics": {run.run: dict(run.numbers) for run in report.statistics},
    }


def _container_json(found: Container) -> dict[str, Json]:
    plain = (
        "engine", "engine_version", "name", "id", "pod", "namespace", "image", "digest", "runtime", "runtime_version",
        "criu", "created", "checkpointed", "restored", "hostname",
    )  # fmt: skip
    made: dict[str, Json] = {name: display_safe(getattr(found, name)) or None for name in plain}
    made["command"] = [display_safe(word) for word in found.command[:LISTED]]
    made["addresses"] = [
        {"interface": display_safe(a.interface) or None, "ip": display_safe(a.ip), "mac": display_safe(a.mac) or None,
         "gateway": display_safe(a.gateway) or None, "network": display_safe(a.network) or None}
        for a in found.addresses[:LISTED]
    ]  # fmt: skip
    made["mounts"] = [
        {"destination": display_safe(m.destination), "type": display_safe(m.type), "source": display_safe(m.source),
         "options": [display_safe(option) for option in m.options]}
        for m in found.mounts[:LISTED]
    ]  # fmt: skip
    made["annotations"] = {display_safe(key): display_safe(value) for key, value in found.annotations[:LISTED]}
    return made

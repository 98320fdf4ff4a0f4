"""A dump in a few lines."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import counted, size
from criu_tui.core.dump.listed import lengths
from criu_tui.core.pages.pagemaps import pagemap_of
from criu_tui.core.report import container, ids, plan
from criu_tui.core.report.verdict_line import json as verdict_json
from criu_tui.core.report.verdict_line import verdict_line
from criu_tui.core.tables.table import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.logs.log import Log
    from criu_tui.core.report.report import Report


@dataclass(frozen=True, slots=True)
class Summary:
    """A dump in a few numbers; sizes in bytes."""

    tasks: int
    files: int
    size: int
    """Of all its files."""
    pages: int
    """Of its files of pages."""
    criu: str | None
    kernel: str | None
    complete: bool
    missing: tuple[str, ...]


def facts_of(report: Report) -> Summary:
    """What a dump holds and what of it is missing; who wrote it, by the log of the dump."""
    dump = report.dump
    log = _written_by(report)
    missing = tuple(missing_images(dump))
    found = lengths(dump)
    return Summary(
        len(dump.tasks),
        len(dump.files_listed),
        sum(found.values()),
        sum([length for name, length in found.items() if name.startswith("pages-")]),
        None if log is None or log.criu is None else display_safe(log.criu, 40),
        None if log is None or log.kernel is None else display_safe(log.kernel, 80),
        not missing and not dump.problems,
        missing,
    )


def _written_by(report: Report) -> Log | None:
    """The log of the run that wrote these images; where no run id says so the first that may be."""
    dumps = [log for log in report.logs if log.dumping and log.criu is not None and report.belongs(log) is not False]
    return next((log for log in dumps if report.belongs(log)), dumps[0] if dumps else None)


def missing_images(dump: Dump) -> Iterator[str]:
    """Names of images that a restore needs and the directory lacks."""
    listed = dump.files_listed
    wanted = ["inventory.img", "pstree.img"]
    if "reg-files.img" not in listed:
        wanted.append("files.img")
    for pid in dump.pids:
        wanted += [f"core-{tid}.img" for tid in dump.threads(pid) or (pid,)]
        if dump.core(pid).alive:
            wanted += f"mm-{pid}.img", f"pagemap-{pid}.img"
            pagemap = pagemap_of(dump, pid)
            if pagemap.present_pages:
                wanted.append(pagemap.pages_name)
    yield from itertools.filterfalse(listed.__contains__, wanted)


def text(report: Report, only: int | None) -> Iterator[str]:
    """The same for all tasks: these facts are of the whole dump."""
    facts = facts_of(report)
    report.checking.finish()
    yield f"verdict  {verdict_line(report)[1]}"
    if report.dump.source.running:
        yield f"process  {report.dump.path.name} and all below it: no dump has been made"
    else:
        yield f"dump     {display_safe(str(report.dump.path))}"
        yield f"written  by CRIU {facts.criu or 'unknown'} on Linux {facts.kernel or 'unknown'}"
    pages = f", {size(facts.pages)} of it pages" if facts.pages else ""
    yield f"holds    {counted(facts.tasks, 'task')}, {counted(facts.files, 'file')}, {size(facts.size)}{pages}"
    yield from container.text(report)
    if report.dump.incremental:
        yield "parent   this dump is incremental"
    for name in facts.missing:
        yield f"missing  {display_safe(name)}"
    for tone, line in (*plan.notes(report), *ids.notes(report)):
        yield f"{'error    ' if tone is Tone.ERROR else '         '}{line}"


def json(report: Report, only: int | None) -> dict[str, Json]:
    """What the dump holds and who wrote it, for programs."""
    facts = facts_of(report)
    return {
        "verdict": verdict_json(report),
        "path": display_safe(str(report.dump.path)),
        "tasks": facts.tasks,
        "criu": facts.criu,
        "kernel": facts.kernel,
        "complete": facts.complete,
        "bytes": facts.size,
        "pages_bytes": facts.pages,
        "missing": list(facts.missing),
        "incremental": report.dump.incremental,
        **container.json(report),
    }

"""Everything found in a dump, its plan and its logs, the worst first."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

from criu_tui.core.base.limits import FINDING_LIMIT
from criu_tui.core.base.units import number
from criu_tui.core.findings.address_spaces import address_spaces
from criu_tui.core.findings.chain import chain
from criu_tui.core.findings.every_image import every_image
from criu_tui.core.findings.finding import Finding, Severity
from criu_tui.core.findings.ids import id_maps
from criu_tui.core.findings.inventory import (
    inventory,
    left_by_failure,
    links_outside,
    missing,
    packed_pages,
    unknown,
    unreadable,
)
from criu_tui.core.findings.logs import from_log
from criu_tui.core.findings.needs import huge_pages, needs, unread_counts
from criu_tui.core.findings.not_given_back import left_out
from criu_tui.core.findings.own_namespaces import own_namespaces
from criu_tui.core.findings.pairs import known_pairs
from criu_tui.core.findings.references import references
from criu_tui.core.findings.refusals import refusals
from criu_tui.core.findings.task_images import task_images
from criu_tui.core.findings.timers import stopped_timers
from criu_tui.core.findings.tree import tree
from criu_tui.core.logs.log import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.logs.comparison import Comparison
    from criu_tui.core.logs.log import Log
    from criu_tui.core.restore.commit_charge import Budget
    from criu_tui.core.restore.plan import Plan
    from criu_tui.core.restore.releases import Criu
    from criu_tui.core.source.directory import Where


def findings(
    dump: Dump,
    planned: Callable[[Criu], tuple[Plan, Budget]],
    chosen: Criu,
    logs: list[Log],
    restores: dict[Where, Comparison],
) -> list[Finding]:
    """Everything found, errors first.

    `planned` gives plan and budget of a CRIU, `chosen` is the one that will restore, `restores` each
    restore.log held against its plan.
    """
    # These read further images: what turns out unreadable is complete only after them.
    rest = list(
        _bounded(
            inventory(dump, chosen),
            needs(dump, chosen, logs),
            tree(dump),
            address_spaces(dump, chosen),
            task_images(dump),
            # Of a dump that failed files.img is not complete.
            references(dump) if "inventory.img" in dump.files_listed or dump.source.running else (),
            stopped_timers(dump),
            left_out(dump, chosen),
            # Of running processes no image of a namespace is made.
            own_namespaces(dump) if not dump.source.running else (),
            chain(dump),
            id_maps(dump),
            refusals(dump, planned, chosen) if dump.tasks else (),
            unread_counts(dump, chosen),
            huge_pages(dump, planned(chosen)[1].host) if dump.tasks else (),
            packed_pages(dump),
            links_outside(dump),
            unknown(dump),
            every_image(dump),
        )
    )
    failed = list(itertools.chain.from_iterable(from_log(log, dump, restores.get(log.path), planned) for log in logs))
    happened = frozenset(finding.id for finding in failed)
    pairs = (known_pairs(log, happened) for log in logs)
    if any(_left_images(log, dump, Result.FAILED) for log in logs):
        # What such a directory lacks follows from that, and says nothing more.
        first = _bounded(failed, left_by_failure(dump), *pairs)
    elif any(_left_images(log, dump, Result.CUT) for log in logs):
        # What is half written neither.
        first = _bounded(failed, missing(dump), *pairs)
    else:
        first = _bounded(failed, missing(dump), unreadable(dump), *pairs)
    order = list(Severity)
    return sorted((*first, *rest), key=lambda finding: order.index(finding.severity))


def _left_images(log: Log, dump: Dump, result: Result) -> bool:
    """Whether images here were left by the dump that this log tells of, which ended so."""
    own = log.of_run(dump.run_id) is not False
    return own and log.dumping and log.result is result and "inventory.img" not in dump.files_listed


def _bounded(*rules: Iterable[Finding]) -> Iterator[Finding]:
    """Each finding once, at most FINDING_LIMIT of a kind; then how many more of that kind there are."""
    seen: dict[str, set[Finding]] = {}
    left_out: Counter[str] = Counter()
    for finding in itertools.chain.from_iterable(rules):
        alike = seen.setdefault(finding.id, set())
        if finding in alike:
            continue
        if len(alike) == FINDING_LIMIT:
            left_out[finding.id] += 1
            continue
        alike.add(finding)
        yield finding
    for kind, count in left_out.items():
        alike = seen[kind]
        yield Finding(
            kind,
            next(iter(alike)).severity,
            f"{number(count)} more findings “{kind}”",
            f"the first {FINDING_LIMIT} are shown",
            "begin with the first",
        )

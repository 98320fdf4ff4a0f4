"""Everything found in a dump, its plan and its logs, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.findings.address_spaces import address_spaces
from criu_tui.core.findings.chain import chain
from criu_tui.core.findings.finding import Severity
from criu_tui.core.findings.ids import id_maps
from criu_tui.core.findings.inventory import inventory, missing, unreadable
from criu_tui.core.findings.logs import from_log
from criu_tui.core.findings.needs import needs
from criu_tui.core.findings.references import references
from criu_tui.core.findings.refusals import refusals
from criu_tui.core.findings.tree import tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from criu_tui.core.dump import Dump
    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.log import Log
    from criu_tui.core.overcommit import Budget
    from criu_tui.core.plan import Mark, Plan
    from criu_tui.core.restore_log import Comparison


def findings(
    dump: Dump,
    planned: Callable[[Mark], tuple[Plan, Budget]],
    chosen: Mark,
    version: str,
    logs: list[Log],
    restores: dict[Path, Comparison],
) -> list[Finding]:
    """Everything found, errors first.

    `planned` gives plan and budget under a rule, `restores` each restore.log held against its plan.
    """
    failed = [finding for log in logs for finding in from_log(log, dump, restores.get(log.path), planned)]
    contents = [
        *inventory(dump, version),
        *needs(dump, version, logs),
        *tree(dump),
        *address_spaces(dump, version),
        *references(dump),
        *chain(dump),
        *id_maps(dump),
        *(refusals(planned, chosen) if dump.tasks else ()),
    ]
    # By now every image has been read, so all that cannot be is known.
    unique = dict.fromkeys([*failed, *missing(dump), *unreadable(dump), *contents])
    order = list(Severity)
    return sorted(unique, key=lambda finding: order.index(finding.severity))

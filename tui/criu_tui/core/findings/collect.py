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
    found: list[Finding] = []
    for log in logs:
        found += from_log(log, dump, restores.get(log.path), planned)
    found += missing(dump)
    found += unreadable(dump)
    found += inventory(dump, version)
    found += needs(dump, version, logs)
    found += tree(dump)
    found += address_spaces(dump, version)
    found += references(dump)
    found += chain(dump)
    found += id_maps(dump)
    if dump.tasks:
        found += refusals(planned, chosen)
    unique = dict.fromkeys(found)
    order = list(Severity)
    return sorted(unique, key=lambda finding: order.index(finding.severity))

"""Failed runs of the field: the first finding names the cause and a way out that the maintainers know."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings.finding import Severity
from criu_tui.core.report import findings
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host

CASES = Path(__file__).parent / "cases"


class Expected(NamedTuple):
    """What expect.json says of a case."""

    cause: str
    advice: list[str]


def expected(case: Path) -> Expected:
    read = json.loads((case / "expect.json").read_text())
    return Expected(read["cause_contains"], read.get("advice_any", []))


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_the_first_finding_names_cause_and_way_out(case: Path, recorded_host: Host) -> None:
    want = expected(case)
    report = Report(Dump(case), criu(NEWEST), recorded_host)
    found = [one for one in report.findings if one.severity is not Severity.NOTE]
    assert found, "nothing is said to be wrong"
    said = "\n".join((*(text for _, text in findings.lines(found[0])), found[0].why))
    assert want.cause.lower() in said.lower()
    assert not want.advice or any(re.search(pattern, said, re.IGNORECASE) for pattern in want.advice)

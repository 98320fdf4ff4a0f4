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
    nothing_failed: bool
    """The finding is a note."""


def expected(case: Path) -> Expected:
    read = json.loads((case / "expect.json").read_text())
    return Expected(read["cause_contains"], read.get("advice_any", []), read.get("nothing_failed", False))


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_the_first_finding_names_cause_and_way_out(case: Path, recorded_host: Host) -> None:
    want = expected(case)
    report = Report(Dump(case), criu(NEWEST), recorded_host)
    found = [one for one in report.findings if (one.severity is Severity.NOTE) is want.nothing_failed]
    assert found, "nothing is said to be wrong"
    said = "\n".join((*(text for _, text in findings.lines(found[0])), found[0].why))
    assert want.cause.lower() in said.lower()
    assert not want.advice or any(re.search(pattern, said, re.IGNORECASE) for pattern in want.advice)


@pytest.mark.parametrize(
    "text",
    [
        "# Real dumps\n`dump/` as CRIU wrote them, `failure` what went wrong and `errors` of the restore.\n",
        "A dump of a process in a namespace fails with words such as Unable to convert uid or gid there.\n"
        "  wrong with them, gVisor, ctr, CRaC, pycriu and engines; a text about a failed checkpoint is a log\n"
        "A checkpoint that criu failed to write is what this text is not about: error or not.\n",
        "# Changes\n\n- Ways out of a failure name both of its common reasons: ports in TIME_WAIT, locked mounts.\n"
        "- Checkpoints that failed are read, and logs of docker.\n",
        "Reports of people who use CRIU through something else were tried in lots, each written down before; what\n"
        "was missed: hooks of runtimes, libraries that one word stood for, refused labels, kernels without rseq\n"
        "and images that an engine cannot pull, and a restore failed before it had begun to read what it got\n",
    ],
)
def test_a_description_of_dumps_is_no_message_of_an_engine(text: str, tmp_path: Path, recorded_host: Host) -> None:
    (tmp_path / "docker.txt").write_text(text)
    report = Report(Dump(tmp_path), criu(NEWEST), recorded_host)
    of_the_text = [one.id for one in report.findings if one.log == "docker.txt"]
    assert of_the_text in ([], ["not-a-log"])

"""What a check of the kernel missed: every option of it, not the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host


def test_a_check_names_every_option_of_the_kernel_that_it_missed(tmp_path: Path, recorded_host: Host) -> None:
    """As barge-os#72 has it: userfaultfd, autofs and audit were not in that kernel."""
    (tmp_path / "criu.log").write_text(
        "Warn  (criu/cr-check.c:1015): Loginuid restore is OFF.\n"
        "Error (criu/cr-check.c:1037): UFFD is not supported\n"
        "Error (criu/cr-check.c:863): failed to mount autofs: No such device\n"
        "Looks good but some kernel features are missing\n"
    )
    found = Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings[0]
    named = [option for option in ("USERFAULTFD", "AUTOFS_FS", "AUDIT") if f"CONFIG_{option}" in found.advice]
    assert named == ["USERFAULTFD", "AUTOFS_FS", "AUDIT"]

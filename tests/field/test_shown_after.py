"""What commands show of an engine after a restore that succeeded, where no line names an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.restore.host import Host

_KEPT = "# podman container checkpoint fo\n# podman container restore {} fo\nfo\nClient: Podman Engine\nVersion:  {}\n"
_LOGS = "$ podman run -d --log-driver {} --name a b\n$ podman container checkpoint a\n$ podman container restore a\n"
_KUBECTL = (
    "$ curl -X POST https://node:10250/checkpoint/default/a/a\n$ kubectl apply -f restored.yaml\n"
    "$ kubectl logs restored\nnode-1 Ready v1.30.0 containerd://1.7 {}\n"
)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (_KEPT.format("--ignore-static-mac", "4.3.1"), "static-address-kept"),
        (_KEPT.format("--ignore-static-ip", "4.0.2"), "static-address-kept"),
        (_KEPT.format("--ignore-static-ip", "4.4.0"), ""),
        (_KEPT.format("--ignore-static-ip --import /tmp/a.tar", "4.3.1"), ""),
        (_LOGS.format("journald") + "$ podman logs a\n", "log-not-carried-on"),
        (_LOGS.format("k8s-file") + "$ podman logs a\n", ""),
        (_LOGS.format("journald"), ""),
        (_KUBECTL.format("cri-o://1.29.2"), "log-left-behind"),
        (_KUBECTL.format("cri-o://1.31.0"), ""),
        (_KUBECTL.format(""), ""),
    ],
)
def test_commands_show_what_an_engine_does_not_bring_back(
    text: str, known: str, tmp_path: Path, recorded_host: Host
) -> None:
    (tmp_path / "steps.txt").write_text(text)
    found = [one.id for one in Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings]
    assert found == ([known] if known else ["not-a-log"])


def test_figures_that_begin_anew_are_no_failure(tmp_path: Path, recorded_host: Host) -> None:
    (tmp_path / "restore.log").write_text("(00.212390) Restore finished successfully. Tasks resumed.\n")
    (tmp_path / "notes.txt").write_text(
        "$ lxc-checkpoint -r -D /tmp/c7 -n c7\n$ lxc-info -n c7\nMemory use:  6.07 MiB\n"
    )
    found = Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings
    assert [(one.id, one.severity.name) for one in found] == [("counted-anew", "NOTE")]


def test_an_engine_that_crashed_behind_a_dump_is_told(tmp_path: Path, recorded_host: Host) -> None:
    path = tmp_path / "dump.log"
    path.write_text("(00.190021) Dumping finished successfully\n$ runc restore -d a\npanic: runtime error: index\n")
    found = Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings
    assert [(one.id, one.line) for one in found if one.severity.name == "ERROR"] == [("engine-crashed", 3)]
    path.write_text("(00.190021) Dumping finished successfully\n$ runc restore -d a\n$ dmesg | grep panic\n")
    assert not Report(Dump(tmp_path), criu(NEWEST), recorded_host).findings

"""What an engine's message says by a name or a number in it, and by the commands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from criu_tui.core.dump.dump import Dump
from criu_tui.core.findings.finding import Severity
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import NEWEST, criu

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.findings.finding import Finding
    from criu_tui.core.restore.host import Host


def of(text: str, directory: Path, host: Host) -> Finding:
    (directory / "engine.txt").write_text(text)
    return Report(Dump(directory), criu(NEWEST), host).findings[0]


@pytest.mark.parametrize(
    ("text", "title", "advice"),
    [
        (
            "# podman container checkpoint --create-image i web\nError: unknown flag: --create-image\n",
            "podman here is older than its option --create-image",
            "podman 4.1 or newer",
        ),
        (
            "# podman container restore --import x.tar.gz --publish 80:80\nError: unknown flag: --publish\n",
            "podman here is older than its option --publish",
            "podman 3.3 or newer",
        ),
        (
            "# podman container checkpoint -P web\ncheckpoint: unrecognized option '--pre-dump'\n",
            "crun here is older than its option --pre-dump",
            "crun 1.4.2 or newer",
        ),
        (
            "# runc checkpoint --tcp-skip-in-flight web\n"
            "Incorrect Usage: flag provided but not defined: -tcp-skip-in-flight\n",
            "runc here is older than its option --tcp-skip-in-flight",
            "skip-in-flight",
        ),
        (
            "Error: checkpoint/restore requires at least CRIU 31100, current version is 30800\n",
            "asks for CRIU 3.11 and found 3.8",
            "install CRIU 3.11 or newer",
        ),
        (
            'level=error msg="criu: CRIU version 31502 must be 31600 or higher"\n',
            "asks for CRIU 3.16 and found 3.15.2",
            "install CRIU 3.16 or newer",
        ),
        (
            "Error: checkpoint/restore requires at least CRIU 31600\n",
            "the runtime asks for CRIU 3.16",
            "install CRIU 3.16 or newer",
        ),
        (
            "[root@host ~]# crun checkpoint web\nSegmentation fault (core dumped)\n",
            "crun itself crashed",
            "1.22",
        ),
        (
            "# criu dump -t 12 -D /images\nSegmentation fault (core dumped)\n",
            "CRIU itself crashed",
            "dmesg",
        ),
        (
            "# runc --version\nrunc version 1.1.4\n# runc restore --manage-cgroups-mode ignore web\n",
            "runc before 1.2 restores the cgroups as if --manage-cgroups-mode had not been given",
            "runc 1.2",
        ),
    ],
)
def test_a_message_says_more_than_its_words(
    text: str, title: str, advice: str, tmp_path: Path, recorded_host: Host
) -> None:
    found = of(text, tmp_path, recorded_host)
    assert title in found.title
    assert advice in (found.advice or "")


@pytest.mark.parametrize(
    "text",
    [
        "$ docker checkpoint create --file-locks web c1\nunknown flag: --file-locks\n",
        "# podman container checkpoint --no-such web\nError: unknown flag: --no-such\n",
    ],
)
def test_an_option_of_another_program_or_of_none_has_no_release(text: str, tmp_path: Path, recorded_host: Host) -> None:
    assert "older than" not in of(text, tmp_path, recorded_host).title


def test_an_option_is_said_to_have_no_effect_only_where_the_release_shows_it(
    tmp_path: Path, recorded_host: Host
) -> None:
    text = "# runc --version\nrunc version 1.2.0\n# runc restore --manage-cgroups-mode ignore web\n"
    assert of(text, tmp_path, recorded_host).id != "cgroups-mode-unheeded"


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01T00:00:00.1Z: CRIU does not support `src-nofollow` for bind mounts\n",
        "2024-01-01T00:00:00.1Z: shared ipc namespace restore is supported in CRIU >= 3.16.1\n",
        "2024-01-01T00:00:00.1Z: CRIU memory tracking not supported\n",
        "2024-01-01T00:00:00.1Z: error setting LSM profile to `x`\n",
        "2024-01-01T00:00:00.1Z: unable to resolve external bind mount `/x` under rootfs\n",
        "2024-01-01T00:00:00.1Z: image path not set\n",
        'time="2024-01-01T00:00:00Z" level=error msg="read unixpacket @->@: EOF"\n',
        'time="2024-01-01T00:00:00Z" level=error msg="invalid --status-fd argument 7: not writable"\n',
        'time="2024-01-01T00:00:00Z" level=error msg="Requested network namespace /run/netns/x does not exist"\n',
        "Error: refusing to copy /x/container.log: not a regular file\n",
        "Error: pod web does not share the IPC namespace\n",
    ],
)
def test_a_message_of_a_runtime_alone_is_read(text: str, tmp_path: Path, recorded_host: Host) -> None:
    found = of(text, tmp_path, recorded_host)
    assert found.severity is Severity.ERROR
    assert found.id not in ("not-a-log", "engine-message")

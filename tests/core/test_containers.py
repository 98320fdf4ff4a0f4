"""What engines record of a container, and lists of checkpoints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.cli import main
from criu_tui.core.base.progress import Progress
from criu_tui.core.dump.container import Address, SpecMount, container_of
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.root_files import root_files
from criu_tui.core.dump.statistics import statistics_of
from criu_tui.core.report import containers
from criu_tui.core.report.export import ExportError, target
from criu_tui.core.report.listing import Listed
from criu_tui.core.source.directory import Directory
from criu_tui.core.source.holding import Holding
from criu_tui.core.source.places import checkpoints, root
from criu_tui.core.source.together import Together

from tests.archives import build
from tests.conftest import DUMPS

if TYPE_CHECKING:
    from criu_tui.core.dump.container import Container
    from criu_tui.core.source.source import Source


def only(path: Path) -> Source:
    (found,) = checkpoints(root(path, Progress()), Progress()).found
    return found.source


def container(path: Path) -> Container:
    found = container_of(only(path))
    assert found is not None
    return found


def test_podman(tmp_path: Path) -> None:
    place = build.podman(tmp_path / "p")
    for where in (place, build.pack(place, tmp_path / "p.tar.zst")):
        found = container(where)
        assert found.engine == "Podman"
        assert (found.name, found.id, found.image) == (
            build.CONFIG["name"],
            build.CONFIG["id"],
            build.CONFIG["rootfsImageName"],
        )
        assert (found.digest, found.runtime) == (build.CONFIG["rootfsImageRef"], "runc")
        assert (found.created, found.checkpointed, found.restored) == (
            "2026-03-01T08:00:00.5Z",
            "2026-03-02T09:30:00Z",
            "",
        )
        assert found.addresses == (Address("eth0", "10.88.0.9/16", "f2:99:8d:fb:5a:57", "10.88.0.1", "podman"),)
        assert found.mounts[1] == SpecMount("/data", "bind", "/srv/data", ("rbind", "rw"))
        assert found.hostname == "counter-host"
        assert found.command == ("/bin/counter", "--every", "1s")


def test_crio_and_containerd_through_the_kubelet(tmp_path: Path) -> None:
    found = container(build.crio(tmp_path / "c"))
    assert (found.engine, found.pod, found.namespace) == ("CRI-O", "counters", "default")
    assert found.addresses == (Address("", "10.85.0.7", "", ""),)
    found = container(build.containerd(tmp_path / "d"))
    assert (found.engine, found.name, found.pod, found.namespace) == ("containerd", "counter", "counters", "default")
    # The name of an archive tells where its files do not.
    plain = build.images("prot-none-1g", tmp_path / "plain")
    found = container(build.pack(plain, tmp_path / "checkpoint-web-0_shop-nginx-2026-03-02T09:30:00Z.tar"))
    assert (found.pod, found.namespace, found.name) == ("web-0", "shop", "nginx")
    assert found.checkpointed == "2026-03-02T09:30:00Z"


def test_an_oci_image_says_more_than_its_layer(tmp_path: Path) -> None:
    found = container(build.oci(tmp_path / "o"))
    assert (found.engine, found.engine_version, found.runtime_version) == ("CRI-O", "1.33.1", "1.3.3")
    assert (found.name, found.criu, found.pod) == ("counter", "4.2.1", "counters")


def test_docker_and_lxd(tmp_path: Path) -> None:
    identity = "5f" * 32
    place = tmp_path / identity
    build.docker(place)
    whole = {"ID": identity, "Name": "/web", "Image": "sha256:77", "Config": {"Image": "nginx"}, "Created": "2026"}
    (place / "config.v2.json").write_text(json.dumps(whole))
    found = container(place)
    assert (found.engine, found.name, found.id, found.image) == ("Docker", "web", identity, "nginx")
    found = container(build.lxd(tmp_path / "l"))
    assert (found.engine, found.name) == ("LXD", "c1")
    assert container_of(only(build.images("every-kind", tmp_path / "plain"))) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{", '{"mounts": 7, "annotations": [1], "process": "x"}', "[" * 100_000, "\xff\x00"]
)
def test_damaged_words_of_an_engine_are_no_words(tmp_path: Path, text: str) -> None:
    place = build.podman(tmp_path / "p")
    for name in ("config.dump", "spec.dump", "network.status", "deleted.files", "rootfs-diff.tar"):
        (place / name).write_text(text)
    found = container(place)
    assert (found.name, found.mounts) == ("", ())
    assert main(["--print", "summary", "--format", "json", str(place)]) == 0
    assert root_files(Directory(place)).changed == ()


def test_what_changed_below_the_root(tmp_path: Path) -> None:
    found = root_files(Directory(build.podman(tmp_path / "p")))
    assert [(each.path, each.size) for each in found.changed] == [("etc/motd", 8), ("var/lib/counter/state", 3)]
    assert found.deleted == ("/tmp/gone", "/etc/old.conf")
    assert [name for name, _ in found.archives] == ["rootfs-diff.tar"]


def test_changes_are_listed_with_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = build.pack(build.podman(tmp_path / "p"), tmp_path / "p.tar.gz")
    told = json.loads(printed(capsys, "--print", "files", "--format", "json", str(packed)))["rootfs"]
    assert [each["path"] for each in told["changed"]] == ["etc/motd", "var/lib/counter/state"]
    assert told["deleted"] == ["/tmp/gone", "/etc/old.conf"]
    lines = printed(capsys, "--print", "files", str(packed)).splitlines()
    assert any(line.split() == ["changed", "8", "B", "etc/motd"] for line in lines)
    assert any(line.split() == ["deleted", "/tmp/gone"] for line in lines)


def test_the_summary_has_the_size_of_what_changed_and_the_pages_scanned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = build.podman(tmp_path / "p", "every-kind")
    packed = (place / "rootfs-diff.tar").stat().st_size
    assert packed % 1024 == 0
    (run,) = statistics_of(Directory(DUMPS / "every-kind" / "dump"))
    scanned = run.get("pages_scanned")
    assert scanned
    said = printed(capsys, "--print", "summary", str(place))
    assert f"rootfs   2 files changed, 11 B; 2 deleted; rootfs-diff.tar of {packed // 1024} KiB" in said
    assert f"pages scanned {scanned:,} (" in said


def test_the_statistics_of_a_dump() -> None:
    """Of every-kind: the pages that its pagemaps count are those that were written."""
    (found,) = statistics_of(Directory(DUMPS / "every-kind" / "dump"))
    pages = sum(path.stat().st_size for path in (DUMPS / "every-kind" / "dump").glob("pages-*.img")) // 4096
    written, shared = found.get("pages_written"), found.get("shpages_written")
    assert written is not None
    assert written + (shared or 0) == pages


# The command line


HOST = "overcommit=0,mem=24684084K,swap=0K,limit=12333848K,committed=161152K"
"""A plan tells how much of this machine's memory is in use, which changes."""


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["--host", HOST, *arguments]) == 0
    return capsys.readouterr().out


ASKED = (
    *(("maps",), ("coverage", "--contents"), ("plan", "--counters"), ("ids",), ("log",), ("findings",), ("files",)),
    ("search", "--pattern", "ELF"),
    ("task",),
)


@pytest.mark.parametrize("name", ["every-kind", "growsdown-fork", "incremental"])
@pytest.mark.parametrize("suffix", [".tar", ".zst"])
def test_panes_of_an_archive_are_those_of_the_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, suffix: str
) -> None:
    place = DUMPS / name
    packed = build.pack(place, tmp_path / f"a{suffix}")
    given = [str(packed / "dump"), str(place / "dump")]
    for asked in ASKED:
        archive, directory = (printed(capsys, "--print", *asked, "--format", "json", each) for each in given)
        assert archive == directory, asked


def test_a_list_of_what_lies_below(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build.podman(tmp_path / "a")
    build.pack(tmp_path / "a", tmp_path / "b.tar.gz")
    (tmp_path / "broken.tar").write_bytes(b"no tar at all")
    (tmp_path / "a" / "checkpoint" / "pstree.img").unlink()
    told = json.loads(printed(capsys, "--list", "--format", "json", str(tmp_path)))["checkpoints"]
    assert [(each["name"], each["kind"], each["tasks"], each["whole"]) for each in told] == [
        ("counter", "dump", 0, False),
        ("counter", "dump", 1, True),
        (None, "archive", 0, False),
    ]
    assert told[1]["path"] == str(tmp_path / "b.tar.gz")
    lines = printed(capsys, "--list", str(tmp_path))
    assert "dump of 1 task of counter by Podman" in lines
    assert "lacks pstree.img" in lines


def test_several_in_one_place_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pod").mkdir()
    for name in ("a", "b"):
        build.crio(tmp_path / "pod" / name)
    packed = build.pack(tmp_path / "pod", tmp_path / "pod.tar")
    assert main(["--print", "maps", str(packed)]) == 2
    error = capsys.readouterr().err
    assert f"{packed}/a/checkpoint, {packed}/b/checkpoint" in error


def test_images_that_lie_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = build.images("every-kind", tmp_path / "whole")
    pages, rest = tmp_path / "pages", tmp_path / "rest"
    pages.mkdir()
    rest.mkdir()
    for path in sorted(whole.iterdir()):
        path.rename((pages if path.name.startswith("page") else rest) / path.name)
    for more in (rest, build.pack(rest, tmp_path / "rest.tar.gz")):
        told = printed(capsys, "--print", "coverage", "--format", "json", "--images-with", str(more), str(pages))
        assert told == printed(capsys, "--print", "coverage", "--format", "json", str(DUMPS / "every-kind" / "dump"))


def test_nothing_is_written_where_images_lie(tmp_path: Path) -> None:
    pages, rest = build.images("every-kind", tmp_path / "pages"), build.images("every-kind", tmp_path / "rest")
    dump = Dump(Together(Directory(pages), Directory(rest)))
    for place in (pages, rest):
        with pytest.raises(ExportError, match="lies in the dump"):
            target(str(place / "x.md"), dump)
    packed = build.pack(pages, tmp_path / "a.tar")
    assert target(str(tmp_path / "x.md"), Dump(only(packed))) == tmp_path / "x.md"


def test_links_out_of_either_place_are_told_of(tmp_path: Path) -> None:
    pages, rest = build.images("every-kind", tmp_path / "pages"), build.images("every-kind", tmp_path / "rest")
    for path, name in ((pages, "pstree.img"), (rest, "files.img"), (rest, "inventory.img")):
        (path / name).rename(tmp_path / name)
        (path / name).symlink_to(tmp_path / name)
    (pages / "files.img").unlink()
    # The inventory is that of the first place.
    found = Dump(Together(Directory(pages), Directory(rest))).source.outside()
    assert found == {name: str(tmp_path / name) for name in ("pstree.img", "files.img")}


def test_standard_input(tmp_path: Path) -> None:
    packed = build.pack(DUMPS / "every-kind" / "dump", tmp_path / "a.gz")
    command = [sys.executable, "-m", "criu_tui", "--print", "maps", "-"]
    expected = subprocess.run([*command[:-1], str(packed)], capture_output=True, check=True).stdout
    with packed.open("rb") as file:
        redirected = subprocess.run(command, stdin=file, capture_output=True, check=True).stdout
    piped = subprocess.run(command, input=packed.read_bytes(), capture_output=True, check=True).stdout
    assert redirected == piped == expected


def test_checkpointctl_asks_its_plugin(capfd: pytest.CaptureFixture[str]) -> None:
    plugin = os.path.join(os.path.dirname(sys.executable), "checkpointctl-tui")  # noqa: PTH118, PTH120
    done = subprocess.run([plugin, "--plugin-description"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("\n")) == (42, 1)


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (("/var/backup/monday.tar", "/var/backup/late/tuesday.tar"), ("monday.tar", "late/tuesday.tar")),
        (("pod.tar/web.tar/checkpoint", "pod.tar/db.tar/checkpoint"), ("web.tar", "db.tar")),
        (("a/checkpoint", "a/b/checkpoint"), ("checkpoint", "b/checkpoint")),
        (("a/b", "a/b/c"), ("b", "b/c")),
    ],
)
def test_containers_of_one_name_are_told_apart_by_where_they_lie(paths: tuple[str, str], told: tuple[str, str]) -> None:
    """As two checkpoints of one container in a directory."""
    beside = [Listed(Path(path), Holding.DUMP, name="web") for path in paths]
    assert [containers.table(beside).cells(row)[:2] for row in range(2)] == [("web", each) for each in told]


def test_containers_of_different_names_need_no_places() -> None:
    beside = [Listed(Path(f"/var/{name}.tar"), Holding.DUMP, name=name) for name in ("web", "db")]
    titles = [column.title for column in containers.table(beside).columns]
    assert "Where" not in titles

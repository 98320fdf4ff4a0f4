"""The command line: what is printed, and one clear line for what cannot be opened."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui import bugs, cli
from criu_tui.cli import main
from criu_tui.command_line.options import PLAIN, Options, UsageError, plainly
from criu_tui.command_line.parsing import parser, read
from criu_tui.core.demos import DEMOS
from criu_tui.core.report.registry import PANES, PRINTED, SHOWN

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from criu_tui.terminal import Ends

RECORDED = "overcommit=0,mem=24684084K,swap=0K"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["--print", *arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("version", "truth"), [("4.2.1", "restore-4.2.1.json"), ("3.19", "restore-pre-4.0.json")])
@pytest.mark.parametrize("name", ["prot-none-400g", "prot-none-1g", "random-1", "trailing-reservation"])
def test_the_printed_plan_has_the_rows_of_the_restore(
    capsys: pytest.CaptureFixture[str], name: str, version: str, truth: str
) -> None:
    restore = json.loads((DUMPS / name / truth).read_text())
    plan = printed(capsys, "plan", "--criu", version, "--host", RECORDED, str(DUMPS / name / "dump"))
    assert plan["schema"] == 1
    assert [str(task["pid"]) for task in plan["tasks"]] == list(restore["tasks"])
    for task in plan["tasks"]:
        rows = [[s["start"], s["end"], s["requested_prot"]] for s in task["steps"] if s["action"] == "mmap"]
        logged = [row[:3] for row in restore["tasks"][str(task["pid"])]["mmap"]]
        assert rows[: len(logged)] == logged
        assert restore["failure"] or len(rows) == len(logged)
    if restore["failure"] is None:
        assert plan["failure"] is None
    else:
        assert plan["failure"]["pid"] == restore["failure"]["task"]
        assert plan["failure"]["start"] == restore["failure"]["start"]
        # 200 GiB in one mapping, on 24684084 KiB of memory.
        assert plan["failure"]["needed"] == 200 << 30
        assert plan["failure"]["limit"] == 24684084 * 1024


@pytest.mark.parametrize("pane", PRINTED)
@pytest.mark.parametrize("name", sorted(path.name for path in DUMPS.iterdir() if path.is_dir()))
def test_every_pane_prints_every_dump(capsys: pytest.CaptureFixture[str], name: str, pane: str) -> None:
    dump = DUMPS / name / "dump"
    # Each task has an image of its memory, named after it.
    tasks = {int(path.stem.removeprefix("mm-")) for path in dump.glob("mm-*.img")}
    # A checkpoint is compared with another one: here with itself.
    words = [str(dump), *(["--against", str(dump)] if pane == "diff" else [])]
    assert main(["--print", pane, *words]) == 0
    text = capsys.readouterr().out
    found = printed(capsys, pane, *words)
    assert found["schema"] == 1
    if pane in ("maps", "coverage", "plan", "ids", "task", "files"):
        assert {task["pid"] for task in found["tasks"]} == tasks
        assert all(str(pid) in text for pid in tasks)
    elif pane == "summary":
        assert found["tasks"] == len(tasks)
        # A link to the parent dump is no byte of this one.
        files = [path for path in dump.iterdir() if not path.is_symlink()]
        assert found["bytes"] == sum(path.stat().st_size for path in files)
    elif pane == "log":
        assert [log["name"] for log in found["files"]] == sorted(path.name for path in dump.glob("*.log"))
    elif pane == "images":
        names = sorted(path.name for path in dump.iterdir() if path.suffix == ".img" or path.name.startswith("stats-"))
        assert sorted(image["name"] for image in found["images"]) == names
        assert [image["name"] for image in found["images"] if image["problem"] is not None] == []
        assert all(name in text for name in names)
    elif pane == "report":
        assert found["markdown"].split() == text.split()
    elif pane == "checks":
        assert all(check["what"] in text for check in found["checks"])
        assert found["line"] in text
    elif pane == "diff":
        assert found["equal"] is True
    elif pane == "overview":
        # What this machine says of a restore may change from one moment to the next: a pid is taken and free again.
        subject, lasting = "", []
        for line in found["lines"]:
            subject = line["subject"] or subject
            if subject != "restores?":
                lasting.append(line)
        assert {line["subject"] for line in lasting} >= {"what", "found", "log"}
        assert all(line["text"] in text for line in lasting)
    elif pane == "chain":
        # One of them has a parent.
        assert len(found["levels"]) == (2 if name == "incremental" else 1)
    elif pane == "memory":
        sides = [kind[side] for kind in found["kinds"] for side in ("private", "shared")]
        assert sum(side["reserved"] for side in sides) == found["total"]["reserved"]
    else:
        assert all(finding["title"] in text for finding in found["findings"])


def test_search_prints_hits(capsys: pytest.CaptureFixture[str]) -> None:
    dump = str(DUMPS / "every-kind" / "dump")
    # The vDSO is an ELF image that starts its mapping, as the kernel gave it to the task.
    found = printed(capsys, "search", "--hex", "--pattern", "7f 45 4c 46", "--type", "vdso", dump)
    assert [(hit["address"], hit["data"], hit["kind"]) for hit in found["hits"]] == [
        (0x7F7FBF548000, "7f454c46", "vdso")
    ]
    strings = printed(capsys, "search", "--strings", "8", "--prot", "rx", dump)
    assert "linux-vdso.so.1" in [hit["text"] for hit in strings["hits"]]
    expression = printed(capsys, "search", "--regex", "--pattern", r"linux-\w+\.so", "--task", "16884", dump)
    assert [hit["text"] for hit in expression["hits"]] == ["linux-vdso.so"]
    assert main(["--print", "search", "--pattern", "linux-vdso", dump]) == 0
    assert capsys.readouterr().out.endswith("1 hit for text linux-vdso\n")


def test_shared_memory_is_listed_with_who_maps_it(capsys: pytest.CaptureFixture[str]) -> None:
    dump = DUMPS / "every-kind" / "dump"
    found = printed(capsys, "coverage", str(dump))
    # The images' names and lengths; the memory file is mapped twice.
    assert {shared["id"]: (shared["present"], len(shared["vmas"])) for shared in found["shared"]} == {
        0: (1, 1),
        1134: (1, 1),
        1136: (2, 2),
    }
    assert found["bytes"] == sum(path.stat().st_size for path in dump.glob("pages-*.img"))
    assert main(["--print", "coverage", str(dump)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (
        "shared memory 1136: 2 pages present, mapped by task 16884 at 7f7fbf52e000, task 16884 at 7f7fbf532000" in lines
    )


def test_a_log_that_is_not_there_is_wrong_usage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = tmp_path / "restore.log"
    assert main(["--log", str(missing), "--print", "log", str(DUMPS / "random-1" / "dump")]) == 2
    assert capsys.readouterr().err == f"criu-tui: {missing}: no such file or directory\n"


def test_a_log_without_a_dump_is_opened_itself(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But beside a dump where that is the place that one is in."""
    log = tmp_path / "restore.log"
    log.write_text("(00.049127) Error (criu/cr-restore.c:2536): Restoring FAILED.\n")
    for place, tasks in ((tmp_path, "0 tasks"), (DUMPS / "random-1" / "dump", "1 task")):
        monkeypatch.chdir(place)
        assert main(["--log", str(log), "--print", "overview", "--no-host-checks"]) == 0
        told = capsys.readouterr().out
        assert f"what       {tasks}, " in told
        assert "restore.log: restore failed, 1 line" in told
    # Among other checkpoints too, of which one would have to be chosen.
    monkeypatch.chdir(DUMPS)
    assert main(["--log", str(log), "--print", "overview", "--no-host-checks"]) == 0
    assert "what       0 tasks, 1 file" in capsys.readouterr().out


def test_nothing_readable_is_no_plan(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "pstree.img").write_bytes(b"junk")
    assert main(["--print", "summary", str(tmp_path)]) == 0
    printed_lines = capsys.readouterr().out
    assert "no plan: no task here has memory that can be read" in printed_lines
    assert "every mapping is granted" not in printed_lines


def test_contents_are_counted_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    (task,) = printed(capsys, "coverage", "--contents", str(DUMPS / "prot-none-1g" / "dump"))["tasks"]
    assert task["contents"]["bytes"] == task["bytes"] == (DUMPS / "prot-none-1g/dump/pages-1.img").stat().st_size
    pages = (DUMPS / "prot-none-1g/dump/pages-1.img").read_bytes()
    split = [pages[at : at + 4096] for at in range(0, len(pages), 4096)]
    assert task["contents"]["zero"] == split.count(bytes(4096))
    held = [page for page in split if page != bytes(4096)]
    assert task["contents"]["duplicates"] == len(held) - len(set(held))


def test_against_prints_what_differs_and_what_it_costs(capsys: pytest.CaptureFixture[str]) -> None:
    dump = str(DUMPS / "prot-none-400g" / "dump")
    found = printed(capsys, "plan", "--criu", "3.19", "--against", "4.2.1", "--host", RECORDED, dump)
    logs = [
        {
            tuple(row[:2]): row[2]
            for row in json.loads((DUMPS / "prot-none-400g" / name).read_text())["tasks"]["16363"]["mmap"]
        }
        for name in ("restore-pre-4.0.json", "restore-4.2.1.json")
    ]
    (task,) = found["tasks"]
    steps = {(s["start"], s["end"]): (s["requested_prot"], s["against_requested_prot"]) for s in task["steps"]}
    # The log of the old restore ends at the failure.
    assert {k: v for k, v in steps.items() if k in logs[0]} == {
        k: (v, logs[1][k]) for k, v in logs[0].items() if v != logs[1][k]
    }
    assert found["failure"]["start"] == 0x7E8661200000
    assert found["against_failure"] is None
    assert found["charged"] - found["against_charged"] == sum(
        s["charged"] - s["against_charged"] for s in task["steps"]
    )


def test_counters_are_printed_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    dump = str(DUMPS / "prot-none-1g" / "dump")
    truth = json.loads((DUMPS / "prot-none-1g" / "restore-4.2.1.json").read_text())["tasks"]["24417"]
    (task,) = printed(capsys, "plan", "--counters", dump)["tasks"]
    assert (task["counters"], task["batches"]) == (truth["counters"], truth["iov_batches"])
    assert "counters" not in printed(capsys, "plan", dump)["tasks"][0]


@pytest.mark.parametrize(("name", "version", "wasted"), [("fork", "4.2.1", 800), ("trailing", "4.3", 400)])
def test_demos_of_what_newer_releases_fail_at(
    capsys: pytest.CaptureFixture[str], name: str, version: str, wasted: int
) -> None:
    newest = printed(capsys, "plan", "--demo", name, "--criu", version, "--host", RECORDED)
    assert newest["failure"] is not None
    needed = printed(capsys, "plan", "--demo", name, "--criu", "needed", "--host", RECORDED)
    assert needed["failure"] is None
    # All the reservations, but for windows of a few MiB, are charged for nothing.
    assert round((newest["charged"] - needed["charged"]) / (1 << 30)) == wasted


def test_the_forked_reservations_are_restored_by_4_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "plan", "--demo", "fork", "--criu", "4.3", "--host", RECORDED)["failure"] is None


def test_maps_are_the_kernels(capsys: pytest.CaptureFixture[str]) -> None:
    maps = printed(capsys, "maps", str(DUMPS / "prot-none-400g" / "dump"))
    (task,) = maps["tasks"]
    assert (task["pid"], task["ppid"], task["comm"], task["state"]) == (16363, 0, "hole", "alive")
    assert len(task["vmas"]) == 16
    assert task["vmas"][0]["path"] == "/tmp/cases/src/hole"
    assert task["vmas"][7] == {
        "start": 0x7E8661200000, "end": 0x7EB861200000, "prot": 0, "flags": 0x22, "status": 0x201,
        "kind": "anon", "path": None, "pgoff": 0,
    }  # fmt: skip


def test_ids_of_the_three_extents(capsys: pytest.CaptureFixture[str]) -> None:
    ids = printed(capsys, "ids", str(DUMPS / "userns-three-extents" / "dump"))
    assert ids["uid_map"] == [[0, 100000, 1000], [1000, 1000, 1], [1001, 101001, 64535]]
    assert ids["gid_map"] == [[0, 100000, 65536]]
    assert ids["check"]["ok"] is True
    assert [(t["pid"], t["uid"], t["host_uid"], t["host_gid"]) for t in ids["tasks"]] == [(1, 0, 100000, 100000)]


@pytest.mark.parametrize("name", DEMOS)
def test_demos_are_dumps(capsys: pytest.CaptureFixture[str], name: str) -> None:
    summary = printed(capsys, "summary", "--demo", name)
    assert summary["complete"] is (name != "userns")
    assert main(["--print", "findings", "--demo", name]) == 0
    assert "userns-mapped" not in name or "no findings" in capsys.readouterr().out


def test_the_boundary_demo_fails_before_4_0_only(capsys: pytest.CaptureFixture[str]) -> None:
    old = printed(capsys, "plan", "--demo", "boundary", "--criu", "3.19", "--host", RECORDED)
    new = printed(capsys, "plan", "--demo", "boundary", "--host", RECORDED)
    assert old["failure"]["needed"] == 200 << 30
    assert new["failure"] is None


def test_names_of_panes_and_demos_are_those_of_the_tables() -> None:
    choices = {action.dest: action.choices for action in parser()._actions}
    assert list(choices["demo"] or ()) == list(DEMOS)
    assert list(choices["pane"] or ()) == list(SHOWN)
    assert list(choices["printed"] or ()) == [*PRINTED, "image", "search"]
    keys = [kind.key for kind in SHOWN.values()]
    assert len(set(keys)) == len(keys)
    # Digits come first and in their order; letters are for what is looked at more rarely.
    digits = [key for key in keys if key.isdecimal()]
    assert keys[: len(digits)] == sorted(digits)
    assert {demo.pane for demo in DEMOS.values()} <= set(PANES)


def empty_directory(base: Path) -> Path:
    (base / "empty").mkdir()
    return base / "empty"


def other_directory(base: Path) -> Path:
    (base / "notes.txt").write_text("no dump")
    return base


def plain_file(base: Path) -> Path:
    (base / "mm-1.img").write_bytes(b"")
    return base / "mm-1.img"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda base: base / "absent", "no such file or directory"),
        (empty_directory, "the directory is empty"),
        (other_directory, "holds no CRIU images"),
        (plain_file, "is a file"),
        (lambda base: base / "\x1b[31m", "\\x1b[31m: no such file"),
    ],
)
def test_nothing_to_open_is_one_line_and_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, make: Any, words: str
) -> None:
    assert main(["--print", "maps", str(make(tmp_path))]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("criu-tui: ")
    assert words in captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--criu", "new"],
        ["--host", "mem=lots"],
        ["--task", "1"],
        ["--demo", "fork"],
        ["--goto", "zz"],
        ["--goto", "7eb861200000"],
        ["--pane", "maps"],
        ["--task", "x"],
        ["--\n\x1b[31m"],
        ["--regex"],
        ["--hex"],
        ["--strings"],
        ["--range", "1000-2000"],
        ["--prot", "rw"],
        ["--type", "heap"],
        ["--pattern", "x"],
        ["--contents"],
        ["--level", "error"],
        ["--against", "3.19"],
    ],
)
def test_wrong_usage_is_one_line_and_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    dump = str(DUMPS / "prot-none-1g" / "dump")
    assert main([*arguments, "--print", "maps", dump]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("criu-tui: ")
    assert captured.err.count("\n") == 1
    assert captured.err.removesuffix("\n").isprintable()


@pytest.mark.parametrize(
    ("arguments", "way_out"),
    [
        (["--nope"], "--nope: no such option; criu-tui --help lists them"),
        (["a", "b"], "b: a second DUMP; --against takes the other one of two to compare"),
    ],
)
def test_a_word_too_many_is_told_what_to_do(
    capsys: pytest.CaptureFixture[str], arguments: list[str], way_out: str
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"criu-tui: {way_out}\n"


def test_an_empty_directory_that_nobody_named_leads_to_the_demo(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--print", "maps"]) == 2
    assert "give a DUMP, or --demo" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "says"), [(b"", "is empty"), (b"\x7fELF\0\0", "neither an archive or a stream of images nor a log")]
)
def test_standard_input_that_holds_nothing_is_named_as_such(data: bytes, says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "criu_tui", "--print", "findings", "-"], input=data, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr.decode()) == (2, f"criu-tui: standard input: {says}\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON: Expecting value (line 1, column 1)"),
        ("[" * 100_000, "nests too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "a number of more than 4,300 digits"),
        ("[]", "this holds no facts of a host"),
        ('{"schema": 1, "memory": {}, "machine": "\\u001b[31m"}', ""),
    ],
    ids=["empty", "deep", "digits", "list", "machine"],
)
def test_what_is_wrong_with_a_file_of_json_is_said_with_its_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, says: str
) -> None:
    facts = tmp_path / "target.json"
    facts.write_text(text)
    assert main(["--check", "--host", str(facts), str(DUMPS / "prot-none-1g" / "dump")]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"criu-tui: {facts}: {says}")
    assert error.removesuffix("\n").isprintable()
    if says and says != "this holds no facts of a host":
        assert main(["encode", str(facts)]) == 2
        assert capsys.readouterr().err.startswith(f"criu-tui: {facts}: {says}")


def test_an_archive_that_is_cut_before_its_images_is_said_to_be(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    archive = tmp_path / "cut.tar"
    with tarfile.open(archive, "w") as file:
        member = tarfile.TarInfo("checkpoint/rootfs")
        member.size = 5000
        file.addfile(member, io.BytesIO(bytes(5000)))
    archive.write_bytes(archive.read_bytes()[:2000])
    assert main(["--print", "maps", str(archive)]) == 2
    assert "cut.tar: byte " in capsys.readouterr().err


def test_a_format_needs_something_to_print(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--format", "json", "--demo"]) == 2
    assert capsys.readouterr().err == "criu-tui: --format goes with --print or --list\n"


def test_the_page_of_options_lists_them_all() -> None:
    page = (DUMPS.parents[1] / "tui" / "docs" / "options.md").read_text()
    block = page.split("Without a DUMP", 1)[0]
    options = set().union(
        *re.findall(r"^  (?:-h, )?(--[a-z-]+)(?:, (--[a-z-]+))?", parser().format_help(), re.MULTILINE)
    )
    # CRIU's own is spoken of too; --help is in every program.
    assert set(re.findall(r"--[a-z-]+", block)) - {"--lazy-pages", "--help"} == options - {"--help", ""}
    assert all(re.search(rf"\b{word}\b", block) for word in (*PRINTED, *DEMOS))


@pytest.mark.parametrize(("option", "first"), [("--version", "criu-tui "), ("--help", "usage: criu-tui ")])
def test_what_is_asked_for_goes_to_standard_output(capsys: pytest.CaptureFixture[str], option: str, first: str) -> None:
    try:
        status: object = main([option])
    except SystemExit as ended:
        status = ended.code or 0
    captured = capsys.readouterr()
    assert (status, captured.err) == (0, "")
    assert captured.out.startswith(first)


def test_no_permission_is_one_line_and_2(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    # Root may read everything, so the child becomes another user once all is imported.
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom criu_tui.core.dump.dump import Dump, NotADumpError\n"
        "if os.geteuid() == 0: os.setresuid(65534, 65534, 65534)\n"
        "try: Dump(Path(sys.argv[1]))\nexcept NotADumpError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=False)
    tmp_path.chmod(0o700)
    assert "permission denied" in done.stdout, done.stderr


def test_missing_images_are_named_and_the_rest_opens(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    copy = tmp_path / "dump"
    shutil.copytree(DUMPS / "prot-none-1g" / "dump", copy)
    (copy / "pagemap-24417.img").unlink()
    (copy / "files.img").unlink()
    summary = printed(capsys, "summary", str(copy))
    assert summary["complete"] is False
    assert set(summary["missing"]) >= {"pagemap-24417.img", "files.img"}
    maps = printed(capsys, "maps", str(copy))
    assert len(maps["tasks"][0]["vmas"]) == 16
    assert any("pagemap-24417.img" in problem for problem in maps["problems"])


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "criu_tui", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        **options,
    )


def test_a_closed_pipe_ends_quietly() -> None:
    command = f"{sys.executable} -m criu_tui --print maps {DUMPS}/random-2-fork/dump | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False)
    assert done.stderr == b""
    assert done.stdout.startswith(b"Maps of 16656")


def test_without_a_terminal_the_app_says_so() -> None:
    done = run(str(DUMPS / "prot-none-1g" / "dump"))
    assert done.returncode == 2
    assert b"no terminal" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_where_nothing_can_be_said_the_status_still_is() -> None:
    with Path("/dev/full").open("w") as full:
        for words in (["--print", "nothing"], ["--print", "plan", "/nowhere"]):
            assert subprocess.run([sys.executable, "-m", "criu_tui", *words], stderr=full).returncode == 2


def test_a_directory_that_is_gone_is_no_bug(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    run = "import os, sys; os.rmdir(os.getcwd()); from criu_tui.cli import main; sys.exit(main(sys.argv[1:]))"
    words = ["--print", "summary", "--root", ".", str(DUMPS / "prot-none-1g" / "dump")]
    done = subprocess.run([sys.executable, "-c", run, *words], cwd=gone, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "not enough memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "not enough memory"),
        (ImportError("libz.so.1: failed to map segment from shared object"), "not enough memory"),
        (RuntimeError("can't start new thread"), "no thread can be started"),
        (OSError(errno.EMFILE, "Too many open files"), "too many files are open"),
    ],
)
def test_what_the_machine_lacks_is_no_bug(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fails(*_: object) -> None:
        try:
            raise error
        except Exception as met:
            raise ImportError("a library says much more") from met

    monkeypatch.setattr("criu_tui.command_line.printing.print_pane", fails)
    assert main(["--print", "plan", str(DUMPS / "prot-none-1g" / "dump")]) == 2
    assert capsys.readouterr().err.startswith(f"criu-tui: {said}")
    # Nothing else is excused.
    assert bugs.lacking(ValueError("no room")) is None


def test_an_ascii_terminal_gets_escapes_not_a_traceback() -> None:
    done = run("--print", "plan", "--demo", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stderr == b""


def test_help_and_print_import_no_textual() -> None:
    script = (
        "import sys\nfrom criu_tui.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "assert not any(m.split('.')[0] in ('textual', 'rich') for m in sys.modules)"
    )
    for arguments in (["--help"], ["--version"], ["--print", "maps", "--demo"]):
        done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        *([], ["some/dump"], [""], ["a=b"], ["encode"], ["@file"]),
        *(["d", f"--{name}", "maps"] for name in PLAIN),
        [word for name in PLAIN for word in (f"--{name}", "maps")],
        ["--pane", "maps", "--criu", "", "--host", "mem=1G"],
    ],
    ids=repr,
)
def test_plain_words_mean_what_the_parser_makes_of_them(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gives a place and plain options does not wait for the parser of all of them."""
    meant: list[Options] = []

    def run(options: Options, ends: Ends) -> int:
        meant.append(options)
        return 0

    monkeypatch.setattr(cli, "_run", run)
    assert main(words) == 0
    assert meant == [read(words)]
    assert plainly(words) == meant[0]


@pytest.mark.parametrize(
    "words",
    [
        *(["--pane"], ["--pane", "--criu", "maps"], ["--pane", "-"], ["--pane=maps"], ["--pan", "maps"], ["--"]),
        *(["a", "b"], ["-"], ["--pane", "maps", "--pane", "plan"], ["--task", "7"], ["--lazy"]),
    ],
    ids=" ".join,
)
def test_other_words_are_left_to_the_parser(words: list[str]) -> None:
    assert plainly(words) is None


def test_a_pane_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--pane", "mops", "some/dump"]) == 2
    assert "invalid choice: 'mops'" in capsys.readouterr().err


def test_an_option_that_is_not_named_is_what_the_record_has_for_it() -> None:
    """No option is made that a command line does not name."""
    assert Options(**vars(parser().parse_args([]))) == Options()


@pytest.mark.parametrize(
    "words",
    [
        ["--pane", "maps", "some/dump"],
        ["some/dump", "--pane=plan", "--task=7"],
        ["--no-ascii", "--", "--pane"],
        ["--print", "search", "--pattern=--regex", "--regex", "-"],
        ["--print", "search", "--strings", "--range", "0-1000", "d"],
        ["--demo", "--pane", "ids"],
        ["--join", "--rows"],
    ],
    ids=" ".join,
)
def test_options_mean_the_same_whichever_others_are_made(words: list[str]) -> None:
    assert read(words) == Options(**vars(parser().parse_args(words)))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--pan", "maps"], "unrecognized arguments: --pan"),
        (["--pane", "--task", "1"], "argument --pane: expected one argument"),
        (["--no-ascii=1"], "argument --ascii/--no-ascii: ignored explicit argument '1'"),
        (["a", "b"], "unrecognized arguments: b"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_what_is_wrong_is_said_whichever_options_are_made(words: list[str], said: str) -> None:
    for named in (None, {word.partition("=")[0] for word in words}):
        with pytest.raises(UsageError) as error:
            parser(named).parse_args(words)
        assert str(error.value) == said

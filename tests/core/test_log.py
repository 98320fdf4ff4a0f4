"""Logs: the grammar, the first cause, recovered extents, and the crash that followed."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from criu_tui.cli import main
from criu_tui.core.base.encoding import Encoding
from criu_tui.core.base.limits import LINE_LIMIT
from criu_tui.core.base.progress import Progress
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.idmap import Extent
from criu_tui.core.findings.logs import recovered
from criu_tui.core.logs.blocks import selected, text_of_line
from criu_tui.core.logs.line import Level, addresses_in, messages, parse_line, pids_in
from criu_tui.core.logs.log import Result, read_block
from criu_tui.core.logs.others import others
from criu_tui.core.logs.places import find_logs
from criu_tui.core.logs.reading import read_log
from criu_tui.core.logs.userns import splits
from criu_tui.core.report import log as log_report
from criu_tui.core.report import summary
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from criu_tui.core.source.directory import Directory, located
from criu_tui.core.source.lone import LoneLog
from criu_tui.core.source.places import checkpoints
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from criu_tui.core.restore.host import Host


@pytest.mark.parametrize(
    ("raw", "pid", "level", "subsystem", "text"),
    [
        ("(00.000068) Version: 4.2.1 (gitid 0)", None, Level.INFO, "", "Version: 4.2.1 (gitid 0)"),
        ("(00.019192)  11824: \tpremap 0x1-0x2 -> 3", 11824, Level.INFO, "", "\tpremap 0x1-0x2 -> 3"),
        (
            "(00.022245) pie: 11827: \tmmap(0x1 -> 0x2, 0x3 0x32 -1)",
            11827,
            Level.INFO,
            "pie",
            "\tmmap(0x1 -> 0x2, 0x3 0x32 -1)",
        ),
        ("(00.049423) net: Lock network", None, Level.INFO, "net", "net: Lock network"),
        ("(00.1) Error (criu/mem.c:964): Unable to map", None, Level.ERROR, "", "Unable to map"),
        ("(00.1)     42: Error (criu/files.c:1): x", 42, Level.ERROR, "", "x"),
        ("(00.1) Warn  (criu/kerndat.c:1290): y", None, Level.WARNING, "", "y"),
        ("(00.1) pie: 7: Error (criu/pie/restorer.c:1883): z", 7, Level.ERROR, "pie", "z"),
        ("no line of CRIU's", None, Level.INFO, "", "no line of CRIU's"),
        ("", None, Level.INFO, "", ""),
    ],
)
def test_lines_are_taken_apart(raw: str, pid: int | None, level: Level, subsystem: str, text: str) -> None:
    line = parse_line(3, raw)
    assert (line.pid, line.level, line.subsystem, line.text) == (pid, level, subsystem, text)


@given(st.text())
def test_any_line_is_taken(raw: str) -> None:
    parse_line(1, raw)


@pytest.mark.parametrize("name", ["userns-root-unmapped", "userns-no-map"])
def test_the_first_cause_of_a_real_failure(name: str) -> None:
    (log,) = find_logs(DUMPS / name / "dump")
    assert (log.criu, log.result, log.dumping) == ("4.2.1", Result.FAILED, True)
    assert log.cause is not None
    # Not the rlimit complaint before it, nor "Dumping FAILED" after it.
    assert log.cause.text == "Unable to convert uid or gid"
    raw = (DUMPS / name / "dump" / "dump.log").read_text().splitlines()
    assert "Unable to convert uid or gid" in raw[log.cause.number - 1]
    assert len(log.lines) == len(raw)
    assert log.lines[log.cause.number - 1].text == log.cause.text
    assert log.root_check is not None
    assert not log.root_check.ok


def test_what_criu_goes_on_without_is_not_the_cause(tmp_path: Path) -> None:
    """CRIU prints the first as an error and goes on (criu/sk-unix.c), and the last is its clearing away."""
    path = tmp_path / "restore.log"
    path.write_text(
        "(00.01) Error (criu/sk-unix.c:772): unix: No socket shutdown info\n"
        "(00.02)     42: Error (criu/files-reg.c:2353): Can't open file a on restore: No such file or directory\n"
        "(00.03) Error (criu/cgroup.c:1337): cg: Unable to umount /tmp/.criu.cgyard.x: Device or resource busy\n"
        "(00.04) Error (criu/cr-restore.c:2447): Restoring FAILED.\n"
    )
    cause = read_log(located(path)).cause
    assert cause is not None
    assert cause.number == 2


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        (["Error (criu/cr-restore.c:1261): 175 killed by signal 9: Killed"], 1),
        (["Error (criu/sockets.c:216): sockets: Diag module missing (-2)"], 1),
        (
            [
                "Error (criu/cr-restore.c:1261): 175 killed by signal 9: Killed",
                "Error (criu/cr-restore.c:2314): Restoring FAILED.",
                "Error (criu/cr-restore.c:1261): 168 killed by signal 9: Killed",
            ],
            1,
        ),
        (
            [
                "Error (criu/cr-restore.c:2314): Restoring FAILED.",
                "Error (criu/cr-restore.c:1261): 168 killed by signal 9: Killed",
            ],
            None,
        ),
    ],
)
def test_what_is_killed_behind_the_last_word_did_not_fail_the_run(
    lines: list[str], cause: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "restore.log"
    path.write_text("".join(f"{line}\n" for line in lines))
    found = read_log(located(path)).cause
    assert (None if found is None else found.number) == cause


def test_successful_dumps_have_no_cause() -> None:
    for folder in DUMPS.glob("*/dump"):
        for log in find_logs(folder):
            if log.result is Result.SUCCESS:
                assert log.cause is None


def test_extents_recovered_from_the_log_are_those_of_the_image() -> None:
    (log,) = find_logs(DUMPS / "userns-three-extents" / "dump")
    assert log.id_maps is not None
    uid_map, gid_map = log.id_maps
    assert [str(e) for e in uid_map] == ["0 100000 1000", "1000 1000 1", "1001 101001 64535"]
    assert [str(e) for e in gid_map] == ["0 100000 65536"]


def test_two_equal_maps_are_two_halves() -> None:
    both = [Extent(1000, 1000, 1), Extent(0, 5, 5)] * 2
    assert splits(both) == [(tuple(both[:2]), tuple(both[2:]))]


FAILED = "(00.2) Error (criu/namespaces.c:931): Unable to convert uid or gid\n"


@pytest.mark.parametrize(
    ("uid_map", "gid_map"),
    [
        # Only one of the two files was written: either way id 0 of the other kind is not mapped.
        ("0 0 1", ""),
        ("", "0 0 1"),
        # Taken apart as two and one, it would be gid 0 that has no mapping.
        ("1000 1000 1", "0 100000 1000\n1000 1000 1"),
    ],
)
def test_what_the_log_does_not_tell_is_not_told(tmp_path: Path, uid_map: str, gid_map: str) -> None:
    path = tmp_path / "dump.log"
    extents = [line for line in (*uid_map.splitlines(), *gid_map.splitlines()) if line]
    path.write_text("".join(f"(00.1) id_map: {extent}\n" for extent in extents) + FAILED)
    log = read_log(path)
    true = tuple(
        tuple(Extent(*map(int, line.split())) for line in printed.splitlines()) for printed in (uid_map, gid_map)
    )
    assert true in log.possible_maps
    assert log.id_maps is None
    assert log.root_check is not None
    assert not log.root_check.ok
    assert "uid 0 or gid 0 has no mapping" in log.root_check.reason
    told = recovered(log)
    assert "cannot be told apart" in told
    assert "uid" not in told.partition("; ")[0]


def test_maps_that_would_pass_the_check_did_not_fail_it(tmp_path: Path) -> None:
    path = tmp_path / "dump.log"
    # Both with id 0: only a gid map of one extent more fails.
    path.write_text("(00.1) id_map: 1000 1000 1\n(00.1) id_map: 0 0 1\n" + FAILED)
    log = read_log(path)
    assert [tuple(map(len, maps)) for maps in log.possible_maps] == [(0, 2), (1, 1), (2, 0)]
    path.write_text("(00.1) id_map: 0 0 1\n(00.1) id_map: 0 0 1\n" + FAILED)
    assert read_log(path).possible_maps == []


@given(st.lists(st.tuples(*[st.integers(0, 6)] * 2, st.integers(0, 3)), max_size=6))
def test_every_split_without_an_overlap_is_found(triples: list[tuple[int, int, int]]) -> None:
    extents = [Extent(*triple) for triple in triples]

    def apart(part: tuple[Extent, ...]) -> bool:
        inside = [number for e in part for number in range(e.first, e.first + e.count)]
        outside = [number for e in part for number in range(e.lower_first, e.lower_first + e.count)]
        return len(set(inside)) == len(inside) and len(set(outside)) == len(outside)

    halves = [(tuple(extents[:at]), tuple(extents[at:])) for at in range(len(extents) + 1)]
    assert splits(extents) == [pair for pair in halves if all(map(apart, pair))]


def test_logs_beside_a_relative_path_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dump" / "below").mkdir(parents=True)
    beside = write(tmp_path / "dump.log", "4.2.1", 0)
    for here, directory in (("dump", "."), ("dump/below", ".."), (".", "dump")):
        monkeypatch.chdir(tmp_path / here)
        assert [log.path for log in find_logs(Path(directory))] == [located(beside)]


def test_a_log_by_itself_that_grows_is_told_of(tmp_path: Path) -> None:
    log = write(tmp_path / "migration.log", "4.2.1", 0)
    (tmp_path / "other.log").write_text("none of its business")
    dump = Dump(LoneLog(log))
    dump.remember_files()
    (tmp_path / "other.log").write_text("more")
    assert dump.look_for_changes() == ()
    log.write_text(log.read_text() + "\n(00.3) Error (criu/cr-dump.c:1): Dumping FAILED.")
    assert dump.look_for_changes() == ("migration.log",)


@pytest.mark.parametrize("name", ["criu.work", "work", "work-dir"])
@pytest.mark.parametrize("beside", [True, False])
def test_a_log_in_a_work_directory_is_shown_with_its_images(tmp_path: Path, name: str, beside: bool) -> None:
    """The search for checkpoints leaves such a directory out, since its logs are found from the images."""
    images = tmp_path / "container" / "images"
    work = (images.parent if beside else images) / name
    work.mkdir(parents=True)
    shutil.copytree(DUMPS / "every-kind" / "dump", images, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.log"))
    log = write(work / "dump.log", "4.2.1", 0)
    assert [each.source.path for each in checkpoints(Directory(tmp_path), Progress()).found] == [images]
    assert [found.path for found in find_logs(images)] == [located(log)]


def write(path: Path, version: str, extents: int) -> Path:
    lines = [f"(00.000068) Version: {version} (gitid 0)"]
    lines += ["(00.1) id_map: 1000 1000 1"] * extents
    lines += ["(00.2) Error (criu/namespaces.c:931): Unable to convert uid or gid"]
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize(
    ("version", "extents", "crashed"),
    [
        ("3.16.1", 2, True),
        ("4.0", 2, True),
        ("4.1", 2, False),
        ("4.2.1", 2, False),
        ("3.19", 0, False),
        ("new", 2, None),
    ],
)
def test_the_double_free_before_4_1(tmp_path: Path, version: str, extents: int, crashed: bool | None) -> None:
    assert read_log(write(tmp_path / "dump.log", version, extents)).cleanup_crashed is crashed


def test_minus_one_is_the_last_id(tmp_path: Path) -> None:
    (tmp_path / "dump.log").write_text("(00.1) id_map: 1 1 -1\n")
    assert read_log(tmp_path / "dump.log").extents == [Extent(1, 1, 4294967295)]


# A cut line, a line as long as is looked at, and blocks that end inside, at, and beyond a line.
LENGTHS = st.sampled_from((0, 1, 80, 5_000, LINE_LIMIT - 1, LINE_LIMIT, LINE_LIMIT + 1, 2 * LINE_LIMIT + 7))


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_logs_that_windows_has_redirected_are_read(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "dump.log"
    # U+0A00 and U+000A beside one another hold the bytes of an end of line where there is none.
    lines = [f"(00.{number:06}) Dumping path [/tmp/\u0a00\u000b\u2028{number}]" for number in range(9000)]
    lines += ["(00.2) Error (criu/files-reg.c:1031): Can't dump ghost file /x of 9 size, increase limit", "z" * 70_000]
    lines += ["(00.3) Error (criu/cr-dump.c:1545): Dumping FAILED."]
    path.write_bytes((mark + "\r\n".join(lines) + "\r\n").encode(encoding))
    log = read_log(path)
    assert (log.count, log.result, log.encoding.value) == (9003, Result.FAILED, encoding)
    assert log.cause is not None
    assert log.cause.number == 9001
    assert [log.lines[at].text for at in (0, 8999, 9002)] == [
        "Dumping path [/tmp/\u0a00\u000b\u20280]",
        "Dumping path [/tmp/\u0a00\u000b\u20288999]",
        "Dumping FAILED.",
    ]


@given(st.binary(max_size=64), st.sampled_from(Encoding))
def test_ends_of_lines_are_whole_characters(data: bytes, encoding: Encoding) -> None:
    ends = [
        at + encoding.width
        for at in range(0, len(data), encoding.width)
        if data[at : at + encoding.width] == encoding.newline
    ]
    assert encoding.find_newline(data) == (ends[0] if ends else 0)
    assert encoding.rfind_newline(data) == (ends[-1] if ends else 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LENGTHS, max_size=12), st.booleans())
def test_any_line_is_read_again_where_it_was(tmp_path: Path, lengths: list[int], ends: bool) -> None:
    path = tmp_path / "dump.log"
    lines = [(b"%d Error " % number).ljust(length, b".")[:length] for number, length in enumerate(lengths)]
    path.write_bytes(b"\n".join(lines) + (b"\n" if ends and lines else b""))
    # An unfinished empty line at the end is none.
    expected = lines[:-1] if lines and not ends and not lines[-1] else lines
    log = read_log(path)
    assert log.count == len(expected)
    texts = [raw[:LINE_LIMIT].decode() for raw in expected]
    assert [line.text for line in log.lines] == texts
    assert [line.text for line in reversed(log.lines)] == texts[::-1]
    assert [line.number for line in log.lines] == list(range(1, len(expected) + 1))
    found = [
        (log.firsts[at] + index + 1, text_of_line(line))
        for at in range(len(log.starts))
        for index, line in selected(read_block(log, at), (b"Error", b"rror "))
    ]
    assert found == [(number, text) for number, text in enumerate(texts, 1) if "Error" in text]


def test_a_log_of_any_length_costs_where_its_blocks_begin(tmp_path: Path) -> None:
    path = tmp_path / "restore.log"
    line = b"(00.019192)  11824: \tpremap 0x00000000400000-0x00000000401000 -> 00007f9681460000\n"
    with path.open("wb") as file:
        file.write(line * 100_000)
        file.write(b"(00.2) Error (criu/x.c:1): the end")
    log = read_log(path)
    assert log.count == 100_001
    assert log.cause is not None
    assert log.cause.number == 100_001
    assert log.lines[50_000].pid == 11824
    assert len(log.starts) <= path.stat().st_size // LINE_LIMIT + 2
    # One that shrinks while it is looked at has empty lines.
    path.write_bytes(line * 10)
    assert log.lines[99_000].text == ""


def test_the_last_word_counts_however_often_it_was_said(tmp_path: Path) -> None:
    path = tmp_path / "ci.log"
    done, failed = b"(00.1) Dumping finished successfully\n", b"(00.1) Error (criu/cr-dump.c:2): Dumping FAILED.\n"
    path.write_bytes(done * 25_000 + b"(00.2) text\n" * 10_000 + failed)
    assert read_log(path).result is Result.FAILED


def test_another_program_s_errors_do_not_hide_those_of_criu(tmp_path: Path) -> None:
    path = tmp_path / "console.txt"
    path.write_text("2026-04-20 main Error (handler): lost\n" * 50_000 + f"{PLAIN}\n")
    log = read_log(path)
    assert log.cause is not None
    assert log.cause.number == 50_001


def test_blanks_before_a_mark_cost_no_more_than_other_signs() -> None:
    before = time.process_time()
    line = parse_line(1, f"x{' ' * 4000}(00.1){' ' * 2000}pie: {' ' * 2000}42: {' ' * 2000}Error (criu/x.c:1): gone")
    assert (line.time, line.pid, line.level, line.text) == ("00.1", 42, Level.ERROR, "gone")
    assert not parse_line(1, "\t " * 5000 + "x Error (nowhere").understood
    assert time.process_time() - before < 1


def test_lines_without_a_letter_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "console.txt"
    path.write_bytes(b"\0\n---\n \t\n" * 200_000 + b"failed: x\n")
    log = read_log(path)
    before = time.process_time()
    found = others(log)
    assert time.process_time() - before < 1
    assert (found.rules, found.lines, [line.text for line in found.kept]) == (600_000, 1, ["failed: x"])


def test_addresses_and_pids_that_a_line_names() -> None:
    line = parse_line(1, "(00.1)  42: premap 0x00000000400000-0x401000 -> 00007f9681460000 of 43, v4.2.1 deadbeefx")
    assert list(addresses_in(line)) == [0x400000, 0x401000, 0x7F9681460000]
    assert list(pids_in(line)) == [42, 43]


def test_a_log_without_end_says_so(tmp_path: Path) -> None:
    assert read_log(write(tmp_path / "dump.log", "3.19", 1)).result is Result.CUT


def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    assert read_log(tmp_path / "absent.log").problem is not None
    assert read_log(tmp_path).problem is not None


def test_who_wrote_a_dump_is_told_by_the_log_of_its_run(tmp_path: Path, recorded_host: Host) -> None:
    name = "prot-none-1g"
    shutil.copytree(DUMPS / name / "dump", tmp_path / "images")
    log = tmp_path / "images" / "dump.log"
    # As podman keeps it, one level above the images; another run's is beside them.
    log.rename(tmp_path / "dump.log")
    log.write_text("(00.1) CRIU run id = 00000000-0000-0000-0000-000000000000\n(00.1) Version: 3.15 (gitid 0)\n")
    made = summary.json(Report(Dump(tmp_path / "images"), criu("4.2.1"), recorded_host), None)
    assert "Version: 4.2.1 " in (tmp_path / "dump.log").read_text()
    assert made["criu"] == "4.2.1"
    (tmp_path / "dump.log").unlink()
    assert summary.json(Report(Dump(tmp_path / "images"), criu("4.2.1"), recorded_host), None)["criu"] is None


PLAIN = "(00.081000) Error (criu/files-reg.c:1031): Can't dump ghost file /tmp/x of 2097152 size, increase limit"


@pytest.mark.parametrize(
    "wrapped",
    [
        PLAIN,
        f"{PLAIN}\r",
        f"\ufeff{PLAIN}",
        f"\x1b[1;31m{PLAIN}\x1b[0m",
        f"> {PLAIN}",
        f"> > {PLAIN}",
        f"    {PLAIN}",
        f"2026-04-20T17:26:21.376171Z: {PLAIN}",
        f"2026-04-20T20:18:39.8826432Z {PLAIN}",
        f'2026-04-20T20:18:39.8826432Z b"{PLAIN}"',
        f"2026-04-20T17:26:21.376171000Z stderr F {PLAIN}",
        f"Nov 28 21:00:01 node1 dockerd[812]: {PLAIN}",
        f"2026-11-28T21:00:01+0000 node1 podman[812]: {PLAIN}",
        f"<30>1 2026-11-28T21:00:01Z node1 criu 812 - - {PLAIN}",
        f'time="2026-11-28T21:00:01Z" level=warning msg="123:{PLAIN}"',
        json.dumps({"log": f"{PLAIN}\n", "stream": "stderr", "time": "2026-11-28T21:00:01Z"}),
        json.dumps({"MESSAGE": PLAIN, "_PID": "812"}),
        f"ERRO[0000] {PLAIN}",
        f"web-1  | {PLAIN}",
        f"# {PLAIN}",
        f"[2026-01-26T06:30:23.856Z]  [ERR] {PLAIN}",
        f"22:12:10   [ERR] {PLAIN}",
        f"dump.log:17:{PLAIN}",
        f"    17\t{PLAIN}",
        f"E1128 21:00:01.123456    812 remote_runtime.go:116] {PLAIN}",
        f"[  12.345678] {PLAIN}",
        f"something before it {PLAIN}",
        f"<pre><code>{PLAIN.replace(chr(39), '&#39;')}",
        PLAIN.replace("'", "&#x27;"),
    ],
)
def test_what_others_put_around_a_line_is_taken_off(wrapped: str) -> None:
    line = parse_line(1, wrapped)
    assert (line.level, line.source, line.time) == (Level.ERROR, "criu/files-reg.c:1031", "00.081000")
    assert line.text == "Can't dump ghost file /tmp/x of 2097152 size, increase limit"


@pytest.mark.parametrize(
    ("raw", "pid", "level", "text"),
    [
        # As printed without -v, by code inside a task, and by releases before 2.0.
        ("Error (criu/cr-dump.c:1349): Dump eventpoll (pid: 4711) failed", None, Level.ERROR, "Dump eventpoll"),
        ("Warn  (criu/image.c:134): Failed to open", None, Level.WARNING, "Failed to open"),
        ("pie: 4711: Error (criu/pie/parasite.c:557): can't", 4711, Level.ERROR, "can't"),
        ("pie: Error (pie/restorer.c:442): Thread pid mismatch 9844/9843", None, Level.ERROR, "Thread pid mismatch"),
        ("     1: Error (criu/files-reg.c:1189): Can't link", 1, Level.ERROR, "Can't link"),
        ("(00.189574)pie: 1: Error (criu/pie/restorer.c:273): Unable", 1, Level.ERROR, "Unable"),
        ("(00.001074) Error (cgroup.c:978): cg: Failed", None, Level.ERROR, "cg: Failed"),
    ],
)
def test_every_producer_of_lines(raw: str, pid: int | None, level: Level, text: str) -> None:
    line = parse_line(1, raw)
    assert (line.pid, line.level, line.understood) == (pid, level, True)
    assert line.text.startswith(text)


def test_messages_on_one_line_are_taken_apart() -> None:
    joined = "(00.030894) mnt: <-- (00.040000) Error (criu/x.c:1): gone (00.041000) Error (criu/cr-restore.c:2): FAILED"
    assert [line.text for line in messages(1, joined)] == ["mnt: <--", "gone", "FAILED"]
    escaped = "(00.01) one\\n(00.040000) Error (criu/x.c:1): two"
    assert [line.text for line in messages(1, escaped)] == ["one", "two"]


@pytest.mark.parametrize("raw", ["RTNETLINK answers: File exists", "42: a list", "Error: ipv4: Address", "{}", "b'x'"])
def test_what_is_not_of_criu_is_told_apart(raw: str) -> None:
    assert not parse_line(1, raw).understood


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            (
                "Error (",
                "criu/x.c:1): ",
                "(00.01",
                "0000) ",
                "pie: ",
                "7: ",
                "\n",
                "{",
                '"log":"',
                "b'",
                "\\n",
                ">",
                "\x1b[",
                "FAILED",
                "Dumping ",
                "time=",
                'msg="',
                "# ",
                "\x00",
                "finished success",
            )
        ),
        max_size=40,
    )
)
def test_any_log_is_read(tmp_path: Path, parts: list[str]) -> None:
    path = tmp_path / "dump.log"
    path.write_bytes("".join(parts).encode())
    log = read_log(path)
    assert log.cause is None or 1 <= log.cause.number <= log.count
    assert all(1 <= line.number <= log.count for line in log.evidence)
    assert others(log).lines <= log.count


@pytest.mark.parametrize("words", [(), ("--level", "error")])
def test_of_a_log_without_end_some_lines_are_printed_and_the_rest_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    (tmp_path / "restore.log").write_text(
        "".join(f"(00.{number:06}) Error (criu/mem.c:1): No {number}\n" for number in range(30))
    )
    monkeypatch.setattr(log_report, "PRINTED_LIMIT", 10)
    assert main(["--print", "log", *words, str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "No 9" in printed
    assert printed.splitlines()[-1] == "20 more lines are left out here; the app shows them all"


_TIMES = (
    "(00.000068)",
    "(00.1) ",
    "(00.1) \t",
    "(1234567890123.5) ",
    "2026-01-01T00:00:00Z (00.1) ",
    "\ufeff(00.1)",
    "",
)
_OWNERS = ("", "pie: ", "  42: ", "pie: 42: ", "042: ", "12345678901: ", "0: ")
_LEVELS = (
    "",
    "Error (criu/mem.c:964): ",
    "Warn  (criu/a.c:1):",
    "Error (no source) ",
    "Error (open",
    "Error (a&amp;#40;:1): ",
)
_SAID = (
    "net: ",
    "sk unix: ",
    "cgroupv2: ",
    "text",
    "\\n",
    "\\n(00.000001) ",
    " (00.000001) ",
    "&lt;",
    "&#40;",
    "é",
    "\t",
)
_ODD = ("\r", "\x1b[0m", "\udcff", "%s", "x" * 2001, "y" * 5000, "  ", ") ")
_RAW = st.tuples(
    *map(st.sampled_from, (_TIMES, _OWNERS, _LEVELS)),
    st.lists(st.sampled_from(_SAID + _ODD), max_size=4).map("".join),
    st.sampled_from(("", "", "text (00.000001) more")),
).map("".join)


@given(st.lists(_RAW, min_size=40, max_size=60), st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_are_printed_as_the_table_has_them(tmp_path: Path, lines: list[str], ended: bool) -> None:
    written = "\n".join(lines) + ("\n" if ended else "")
    (tmp_path / "restore.log").write_bytes(written.encode("utf-8", "surrogateescape"))
    report = Report(Dump(tmp_path), criu("4.2.1"))
    made = log_report.table(report)
    printed = list(log_report.text(report, None))
    # Row by row each line is parsed for itself.
    assert printed[-len(made.rows) :] == list(made.text())[-len(made.rows) :]
    for wanted in (log_report.Wanted(pid=42), log_report.Wanted(level="warning"), log_report.Wanted(subsystem="net")):
        assert list(log_report.text(report, None, wanted))[len(made.notes) + 1 :] == [
            made.line(made.cells(index), range(len(made.columns)))
            for index, row in enumerate(made.rows)
            if wanted.pid in (None, row.line.pid)
            and (wanted.level is None or row.line.level in (Level.ERROR, Level.WARNING))
            and wanted.subsystem in (None, row.line.subsystem)
        ]

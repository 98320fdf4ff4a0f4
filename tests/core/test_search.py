"""Search and content facts: against the standard library over the whole of the bytes."""

from __future__ import annotations

import itertools
import re
import time
from typing import TYPE_CHECKING

import pytest
from criu_tui.core import demos
from criu_tui.core.base.span import Span
from criu_tui.core.dump.dump import Dump
from criu_tui.core.dump.vma import Prot, VmaStatus
from criu_tui.core.pages import scan, sieve
from criu_tui.core.pages import search as searching
from criu_tui.core.pages.contents import Advance
from criu_tui.core.pages.pagemaps import pagemap_of, shared_pagemap_of
from criu_tui.core.pages.pattern import PatternError, PatternForm, beginning, pattern
from criu_tui.core.pages.query import Where, parse_query
from criu_tui.core.pages.reader import encode_pagemap
from criu_tui.core.pages.required import required
from criu_tui.core.pages.search import Hit, Unread, search
from criu_tui.core.pages.totals import ContentFacts, content_facts
from criu_tui.core.report import search as search_report
from criu_tui.core.report.report import Report
from criu_tui.core.restore.releases import criu
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PAGE = 4096
BASE = 0x10000000
RW = Prot.READ | Prot.WRITE


def made(
    directory: Path, pages: dict[int, bytes], *, vma_pages: int = 32, apart: int = 0, tasks: int = 1, pid: int = 7
) -> Dump:
    """Tasks with a VMA of `vma_pages` pages; bytes by page number, one pagemap entry for each page."""
    mapping = (
        demos.Mapping(BASE, vma_pages * PAGE, RW, status=VmaStatus.REGULAR | VmaStatus.ANON_PRIVATE | VmaStatus.HEAP),
        demos.Mapping(BASE + vma_pages * PAGE, PAGE, Prot.READ),
    )
    forked = tuple(demos.DemoTask(pid + i, pid - 1 + i if i else 0, "t", mapping) for i in range(tasks))
    demos.write(demos.DemoDump("", forked), directory)
    for i in range(tasks):
        entries = [(BASE + number * PAGE, 1, 4) for number in sorted(pages)]
        (directory / f"pagemap-{pid + i}.img").write_bytes(encode_pagemap(i + 1, entries))
        (directory / f"pages-{i + 1}.img").write_bytes(b"".join(pages[n].ljust(PAGE, b"\0") for n in sorted(pages)))
    return Dump(directory)


def hits(found: Iterable[Hit | Unread | Advance]) -> list[Hit]:
    return [hit for hit in found if isinstance(hit, Hit)]


def places(dump: Dump, form: PatternForm, source: str, where: Where | None = None) -> list[tuple[int, bytes]]:
    return [(hit.address - BASE, hit.data) for hit in hits(search(dump, pattern(form, source), where))]


def test_a_match_across_pages_and_entries_is_found_once(tmp_path: Path) -> None:
    dump = made(tmp_path, {1: b"x" * (PAGE - 3) + b"nee", 2: b"dle needle", 4: b"dle"})
    assert places(dump, PatternForm.TEXT, "needle") == [(2 * PAGE - 3, b"needle"), (2 * PAGE + 4, b"needle")]
    assert places(dump, PatternForm.BYTES, "6e 65 65 64 6c 65") == [
        (2 * PAGE - 3, b"needle"),
        (2 * PAGE + 4, b"needle"),
    ]
    assert places(dump, PatternForm.EXPRESSION, "ne+dle") == [(2 * PAGE - 3, b"needle"), (2 * PAGE + 4, b"needle")]


SCATTERED = ("abc", "ab\0", "aa", "\0a", "a\0\0\0\0", "\0\0\0\0b", "a.b", "abca*", "bab[^c]{0,3}", "a+bab.?")


@given(
    st.lists(
        st.tuples(st.text("abc\0", min_size=1, max_size=9).map(str.encode), st.integers(0, 2)), min_size=1, max_size=8
    ),
    st.sampled_from(SCATTERED),
    st.integers(1, 3),
    st.integers(1, 300),
)
def test_what_a_sieve_holds_back_has_no_match(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[bytes, int]], wanted: str, pieces: int, reach: int
) -> None:
    """Entries that adjoin in memory, and others that do so in the file alone, against each stretch of memory."""
    pages: dict[int, bytes] = {}
    number = 0
    for part, gap in parts:
        number += gap
        pages[number] = part + b"-" * (PAGE - 2 * len(part)) + part
        number += 1
    form = PatternForm.TEXT if set(wanted) <= set("abc\0") else PatternForm.EXPRESSION
    expression = re.compile((re.escape(wanted) if form is PatternForm.TEXT else wanted).encode())
    expected = []
    for start in sorted(n for n in pages if n - 1 not in pages):
        end = next(n for n in itertools.count(start) if n not in pages)
        memory = b"".join(pages[n] for n in range(start, end))
        expected += [(start * PAGE + m.start(), m.group()) for m in expression.finditer(memory)]
    dump = made(tmp_path_factory.mktemp("sieve"), pages)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sieve, "PIECE", pieces * 1000 + reach)
        patch.setattr(sieve, "SHARED_FROM", 2)
        patch.setattr(searching, "STRETCH", pieces * 5000)
        patch.setattr(searching, "LONGEST", 300)
        assert places(dump, form, wanted) == expected


def test_nothing_matches_across_a_hole(tmp_path: Path) -> None:
    dump = made(tmp_path, {1: b"x" * (PAGE - 3) + b"nee", 3: b"dle"})
    assert places(dump, PatternForm.TEXT, "needle") == []
    assert places(dump, PatternForm.EXPRESSION, "needle") == []


def test_strings_have_a_shortest_length(tmp_path: Path) -> None:
    dump = made(tmp_path, {0: b"\0abc\0abcd\1hello\tworld\xff", 1: b"\0" * (PAGE - 2) + b"sp", 2: b"an\0"})
    assert places(dump, PatternForm.STRINGS, "4") == [
        (5, b"abcd"),
        (10, b"hello\tworld"),
        (2 * PAGE - 2, b"span"),
    ]
    assert [data for _, data in places(dump, PatternForm.STRINGS, "5")] == [b"hello\tworld"]
    assert places(dump, PatternForm.STRINGS, "") == places(dump, PatternForm.STRINGS, "4")


EXPRESSIONS = (
    *("a", "ab+", "a.b", "(?:ab)+", "b{2,}", "a(?=b)", "(?<=a)b", "a|bb|abc", "[^a]c", "(a)b?", "c+?"),
    *("abca*", "aba?c", "aab.*c", "abc|c", "bab[^c]{0,3}", "aba{0,2}b", "[ab]+cab", "a.*bca", "(?:a|b)+cba", "a+bab.?"),
    *("abc\\s?a", "[^b]abc", "(?=aba)ab", "bc?abca+", "(?:abca)?b", "ab\\nabc?"),
)
LONG_LINES = ("[ab]+cab", "b?abc", "(?:a|b)+cba", "a+bab.?", "[^b]abc", "abc\\s?a")
"""Of which no match in the parts below is long."""


@example([b"aba", b"b"], "(?:ab)+", 1)
@given(
    st.lists(st.text("abc\0\n", min_size=1, max_size=12).map(str.encode), min_size=1, max_size=4),
    st.sampled_from(EXPRESSIONS) | st.text("abc", min_size=1, max_size=4).map(re.escape),
    st.integers(1, 40),
)
def test_pieces_of_any_size_give_what_the_whole_gives(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], expression: str, chunk: int
) -> None:
    # The ends of neighbouring pages meet; what lies between is one byte repeated.
    pages = {n: part + b"-" * (PAGE - 2 * len(part)) + part for n, part in enumerate(parts)}
    whole = b"".join(pages.values())
    dump = made(tmp_path_factory.mktemp("search"), pages)
    step = chunk if len(parts) == 1 else PAGE - 1 + chunk
    expected = [(m.start(), m.group()) for m in re.finditer(expression.encode(), whole) if m.group()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "CHUNK", step)
        assert places(dump, PatternForm.EXPRESSION, expression) == expected
        if set(expression) <= set("abc"):
            assert places(dump, PatternForm.TEXT, expression) == expected


@given(
    st.lists(st.text("abc\n", min_size=1, max_size=12).map(str.encode), min_size=1, max_size=4),
    st.sampled_from(LONG_LINES),
    st.integers(1, 40),
)
def test_lines_longer_than_what_is_kept_give_what_the_whole_gives(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], expression: str, chunk: int
) -> None:
    pages = {n: part + b"-" * (PAGE - 2 * len(part)) + part for n, part in enumerate(parts)}
    expected = [(m.start(), m.group()) for m in re.finditer(expression.encode(), b"".join(pages.values()))]
    dump = made(tmp_path_factory.mktemp("long"), pages)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "CHUNK", PAGE - 1 + chunk)
        patch.setattr(scan, "LONGEST", 64)
        assert places(dump, PatternForm.EXPRESSION, expression) == expected


@pytest.mark.parametrize(
    ("expression", "literals", "within_lines"),
    [
        ("worker7.*zzzz", (b"worker7", b"zzzz"), True),
        ("[a-z]+-in-memory", (b"-in-memory",), True),
        ("ab+cde", (b"cde",), True),
        ("abcd+e", (b"abcd",), True),
        ("abcd?e", (b"abc",), True),
        ("abcd{0,2}", (b"abc",), True),
        ("abcd{2}e", (b"abc",), True),
        ("(?:one|two)three", (b"three",), True),
        ("(one)?two", (b"two",), True),
        ("one\\.two", (b"one.two",), True),
        ("one\\stwo", (b"one", b"two"), False),
        ("one[^x]two", (b"one", b"two"), False),
        # Nothing is known of these.
        *((text, (), False) for text in ("one|two", "(?i)one", "one\\x41", "one\\b", "^one", "one[\\t-a]two")),
        *((text, (), False) for text in ("(?:one){e<=1}", "(?<!a)one", "one$", "on[[:alpha:]]etwo", "(?=a)one")),
    ],
)
def test_what_every_match_holds(expression: str, literals: tuple[bytes, ...], within_lines: bool) -> None:
    assert required(expression.encode()) == (literals, within_lines)


def test_rows_of_hits_are_those_of_the_table(tmp_path: Path) -> None:
    # The last string begins in one VMA and goes on in the next.
    dump = made(tmp_path, {0: b"word\0" * 800 + b"x" * 60 + b"\tend", 31: b"\0".rjust(PAGE, b"y"), 32: b"more\0\xff"})
    report = Report(dump, criu("4.2.1"))
    wanted = pattern(PatternForm.STRINGS, "4")
    made_of = search_report.table(report, hits(search(dump, wanted)))
    expected = [made_of.line(made_of.cells(index), range(5)) for index in range(len(made_of.rows))]
    # Many lines may come as one text.
    printed = "\n".join(search_report.text(report, wanted, Where()))
    assert printed.split("\n") == [*expected, "803 hits for strings 4"]


def test_rows_of_many_hits_show_any_byte_around_them_as_the_table_does(tmp_path: Path) -> None:
    words = b"".join(b"\0one" + bytes((byte,)) + b"two\xff" for byte in range(256))
    dump = made(tmp_path, {0: words, 2: b"end".rjust(PAGE, b"\0")})
    report = Report(dump, criu("4.2.1"))
    wanted = pattern(PatternForm.STRINGS, "3")
    made_of = search_report.table(report, hits(search(dump, wanted)))
    expected = [made_of.line(made_of.cells(index), range(5)) for index in range(len(made_of.rows))]
    joined = sum(byte == 9 or 0x20 <= byte < 0x7F for byte in range(256))
    assert len(expected) == 2 * 256 - joined + 1
    *printed, last = "\n".join(search_report.text(report, wanted, Where())).split("\n")
    assert (printed, last) == (expected, f"{len(expected)} hits for strings 3")


@given(
    st.lists(st.binary(min_size=1, max_size=30) | st.text("ab\t \0\x7f\n", max_size=30).map(str.encode), max_size=4),
    st.integers(1, 12),
    st.integers(1, 40),
)
def test_strings_are_those_of_an_expression(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], shortest: int, chunk: int
) -> None:
    pages = {n: part + b"\0" * (PAGE - 2 * len(part)) + part for n, part in enumerate(parts)}
    whole = b"".join(pages.values())
    dump = made(tmp_path_factory.mktemp("strings"), pages)
    expected = [(m.start(), m.group()) for m in re.finditer(rb"[\t\x20-\x7e]{%d,}" % shortest, whole)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "CHUNK", PAGE - 1 + chunk)
        assert places(dump, PatternForm.STRINGS, str(shortest)) == expected


@pytest.mark.parametrize(
    ("expression", "begun"),
    [
        ("worker7.*z", b"worker7"),
        ("error [0-9]+", b"error "),
        ("abc+", b"abc"),
        ("abc*", b"ab"),
        ("abc?d", b"ab"),
        ("abc{0,2}", b"ab"),
        ("abc|def", b""),
        ("abc(?i)", b""),
        ("(?i)abc", b""),
        ("[ab]c", b""),
        ("a", b"a"),
    ],
)
def test_what_every_match_begins_with(expression: str, begun: bytes) -> None:
    assert beginning(expression.encode()) == begun


def test_memory_of_several_places_is_one_stretch_of_the_file(tmp_path: Path) -> None:
    """Borders of a range lie within pages; a VMA that is left out lies between two that are searched."""
    dump = made(tmp_path, {0: b"one", 5: b"one", 31: b"e".rjust(PAGE, b"\0")[:-2] + b"on", 32: b"e one"})
    assert [a for a, _ in places(dump, PatternForm.TEXT, "one")] == [0, 5 * PAGE, 32 * PAGE - 2, 32 * PAGE + 2]
    assert [a for a, _ in places(dump, PatternForm.TEXT, "one", Where(prot=2))] == [0, 5 * PAGE]
    within = Where(span=Span(BASE + 5 * PAGE + 1, BASE + 32 * PAGE + 5))
    assert [a for a, _ in places(dump, PatternForm.TEXT, "one", within)] == [32 * PAGE - 2, 32 * PAGE + 2]
    assert [a for a, _ in places(dump, PatternForm.TEXT, "one", Where(span=Span(BASE, BASE + 32 * PAGE + 4)))] == [
        0, 5 * PAGE, 32 * PAGE - 2,
    ]  # fmt: skip


def test_a_search_is_narrowed(tmp_path: Path) -> None:
    dump = made(tmp_path, {0: b"one", 5: b"one", 32: b"one"}, tasks=2)
    assert len(places(dump, PatternForm.TEXT, "one")) == 6
    assert len(places(dump, PatternForm.TEXT, "one", Where(7))) == 3
    assert [a for a, _ in places(dump, PatternForm.TEXT, "one", Where(8, prot=2))] == [0, 5 * PAGE]
    assert [a for a, _ in places(dump, PatternForm.TEXT, "one", Where(8, kind="stack"))] == [32 * PAGE]
    assert [a for a, _ in places(dump, PatternForm.TEXT, "one", Where(8, Span(BASE + 1, BASE + 32 * PAGE)))] == [
        5 * PAGE
    ]
    vma = dump.address_space(8).vmas[0]
    wanted, where = parse_query("in:vma prot:w type:heap re:o.e", 8, vma)
    assert (where.pid, where.span, where.prot, where.kind) == (8, vma.span, 2, "heap")
    assert len(hits(search(dump, wanted, where))) == 2
    assert len(hits(search(dump, *parse_query("in:dump one", 8, vma)))) == 6
    assert parse_query("key: value", 8, vma)[0].literal == b"key: value"
    assert parse_query("hex:6f6e65", 8, vma)[0].literal == b"one"
    assert parse_query(f"addr:{BASE:x}-{BASE + 1:x} one", 8, None)[1].span == Span(BASE, BASE + 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "nothing to search for"),
        ("hex:6x", "not bytes in hexadecimal"),
        ("re:(", "not a regular expression"),
        ("strings:none", "is a number from 1"),
        ("in:here x", "in: takes"),
        ("addr:12 x", "not START-END"),
        ("prot:z x", "not a protection"),
        ("type:cow x", "no kind of VMA is called 'cow'"),
    ],
)
def test_a_bad_query_says_what_is_wrong(line: str, said: str) -> None:
    with pytest.raises(PatternError, match=said):
        parse_query(line, 7, None)


def test_progress_ends_at_all_and_a_short_file_is_said(tmp_path: Path) -> None:
    dump = made(tmp_path, {0: b"one", 1: b"two", 3: b"three"})
    with (tmp_path / "pages-1.img").open("r+b") as pages:
        pages.truncate(2 * PAGE + 100)
    found = list(search(dump, pattern(PatternForm.TEXT, "t")))
    progress = [p for p in found if isinstance(p, Advance)]
    assert progress[0] == Advance(0, 3 * PAGE)
    assert progress[-1] == Advance(3 * PAGE, 3 * PAGE)
    assert [p.done for p in progress] == sorted(p.done for p in progress)
    (unread,) = [u for u in found if isinstance(u, Unread)]
    assert unread.span == Span(BASE + 3 * PAGE, BASE + 4 * PAGE)
    assert "byte 8192" in str(unread.error)
    assert [h.address for h in hits(found)] == [BASE + PAGE]


def test_pages_of_a_missing_parent_are_said(tmp_path: Path) -> None:
    dump = made(tmp_path, {0: b"one"})
    (tmp_path / "pagemap-7.img").write_bytes(encode_pagemap(1, [(BASE, 1, 4), (BASE + PAGE, 2, 1)]))
    found = list(search(dump, pattern(PatternForm.TEXT, "one")))
    assert [h.address for h in hits(found)] == [BASE]
    (unread,) = [u for u in found if isinstance(u, Unread)]
    assert unread.span == Span(BASE + PAGE, BASE + 3 * PAGE)
    assert "parent dump that is not there" in str(unread.error)


def test_hits_have_a_few_bytes_around_them(tmp_path: Path) -> None:
    dump = made(tmp_path, {0: bytes(range(100)) + b"needle" + bytes(range(100, 200))})
    (hit,) = hits(search(dump, pattern(PatternForm.TEXT, "needle")))
    assert (hit.before, hit.after) == (bytes(range(84, 100)), bytes(range(100, 116)))


def facts(dump: Dump, pid: int) -> ContentFacts:
    *_, last = content_facts(dump, pid)
    assert isinstance(last, ContentFacts)
    return last


def test_zero_equal_and_inherited_pages_are_counted(tmp_path: Path) -> None:
    dump = made(tmp_path, {0: b"", 1: b"a", 2: b"a", 3: b"a", 9: b"b", 10: b""}, tasks=2)
    with (tmp_path / "pages-2.img").open("r+b") as pages:
        pages.write(b"changed")
    assert facts(dump, 7) == ContentFacts(6, 2, 2, 0, 0)
    assert facts(dump, 8) == ContentFacts(6, 1, 2, 5, 0)
    with (tmp_path / "pages-1.img").open("r+b") as pages:
        pages.truncate(5 * PAGE)
    short = facts(dump, 7)
    assert (short.pages, short.unread) == (5, 1)
    assert "pages-1.img: byte 20480" in str(short.error)


@pytest.mark.parametrize("name", ["prot-none-1g", "random-2-fork", "incremental", "every-kind"])
def test_a_restore_reads_every_page_once(name: str) -> None:
    dump = Dump(DUMPS / name / "dump")
    for task in dump.tasks:
        found = facts(dump, task.pid)
        total = pagemap_of(dump, task.pid).total()
        shared = {dump.shared_memory_of(v) for v in dump.address_space(task.pid).vmas if not v.is_private()} - {None}
        held = sum(shared_pagemap_of(dump, s).total().dumped for s in shared if s is not None)
        assert found.pages == total.dumped + held
        assert found.unread == 0


def test_elf_headers_are_found_in_a_real_dump() -> None:
    dump = Dump(DUMPS / "every-kind" / "dump")
    found = hits(search(dump, pattern(PatternForm.BYTES, "7f454c46")))
    # The vDSO is an ELF image at the start of its mapping.
    vdso = next(v.start for v in dump.address_space(16884).vmas if dump.address_space(16884).kind(v).value == "vdso")
    assert vdso in [hit.address for hit in found]


@pytest.mark.parametrize(
    ("expression", "unit"),
    [
        ("ABCDEFGH(?:a|a)*b", b"ABCDEFGH" + b"a" * 12 + b"!\n"),
        ("ABCDEFGH(?:aa?){1,40}[^!a]\\n?", b"ABCDEFGH" + b"a" * 18 + b"!"),
    ],
)
def test_all_places_of_a_chunk_share_one_time_limit(
    monkeypatch: pytest.MonkeyPatch, expression: str, unit: bytes
) -> None:
    """Each of them takes a few milliseconds, and a chunk has thousands."""
    monkeypatch.setattr(scan, "PATTERN_SECONDS", 0.2)
    before = time.process_time()
    with pytest.raises(PatternError, match="takes more than"):
        scan.Scan(pattern(PatternForm.EXPRESSION, expression)).feed(0, unit * 4000)
    assert time.process_time() - before < 2

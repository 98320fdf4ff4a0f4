"""Kinds of images, held against the table of CRIU's own."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from criu_tui.core.images import kinds
from criu_tui.core.images.kinds import kind_of_name, kind_of_stem, kinds_of_magic, known_name
from criu_tui.core.images.message_classes import SCHEMA
from hypothesis import given
from hypothesis import strategies as st

with (Path(__file__).parent / "image-kinds.tsv").open() as file:
    TABLE = list(csv.DictReader(file, delimiter="\t"))
NAME = "file name (before .img)"


def test_every_kind_has_crius_magic_message_and_file_name() -> None:
    ours = {kind.title: kind for kind in kinds.KINDS}
    for row in TABLE:
        if not row["magic"]:
            continue  # MEMFD_FILE: a type of entry in files.img, never an image
        kind = ours.pop(row["kind"])
        assert (kind.magic or 0) == int(row["magic"], 16), row
        if row["entry message"]:
            assert kind.message == row["entry message"]
        if row[NAME]:
            assert kind.pattern == row[NAME].replace("%lu", "%u").replace("%ld", "%u").replace("%d", "%u")
    assert not ours
    assert {kind.message for kind in kinds.KINDS} - {""} <= set(SCHEMA.message_types_by_name)


@pytest.mark.parametrize("row", [row for row in TABLE if row[NAME]], ids=lambda row: str(row["kind"]))
def test_a_file_is_known_by_its_name(row: dict[str, str]) -> None:
    number = "1f" if "%x" in row[NAME] else "31"
    pattern = row[NAME]
    for form in ("%lu", "%ld", "%u", "%d", "%x"):
        pattern = pattern.replace(form, number)
    found = kind_of_name(f"{pattern}.img")
    assert found is not None
    kind, there = found
    assert there == (number if "%" in row[NAME] else "")
    # Old pages and pages of today have one name; the content tells them apart.
    assert kind.title == {"PAGES_OLD": "PAGES"}.get(row["kind"], row["kind"])


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("stats-dump", True),
        ("stats-restore", True),
        ("stats-other", False),
        ("irmap-cache", True),
        ("cipher.img", True),
        ("amdgpu-kfd-7.img", True),
        ("pages-3.comp.img", True),
        ("core-.img", False),
        ("core-1x.img", False),
        ("core-+1.img", False),
        ("core-١.img", False),
        ("core-1", False),
        ("core.img", False),
        ("ghost-file-g.img", False),
        ("pstree-1.img", False),
        ("netns-12.img", True),
        ("netns-ct-12.img", True),
        ("-1.img", False),
        (".img", False),
    ],
)
def test_names_that_are_nearly_images(name: str, known: bool) -> None:
    assert known_name(name) is known


@given(
    st.sampled_from([*(kind.pattern.partition("-%")[0] for kind in kinds.KINDS), "", "x", "core-1", "core."]),
    st.lists(st.text("0179afg.x-\u0661", max_size=22), unique=True),
)
def test_names_of_one_stem_are_told_together_as_each_alone(stem: str, numbers: list[str]) -> None:
    names = [f"{stem}-{number}.img" for number in numbers]
    kind, told = kind_of_stem(stem, names)
    assert {name: (kind, name.removeprefix(f"{stem}-").removesuffix(".img")) for name in told} == {
        name: found for name in told if (found := kind_of_name(name)) is not None
    }
    assert not [name for name in set(names) - set(told) if (found := kind_of_name(name)) and found[0] is kind]


def test_todays_kind_of_a_magic_comes_first() -> None:
    assert [kind.title for kind in kinds_of_magic(0x56084025)] == [
        "PAGEMAP", "PAGES_OLD", "SHMEM_PAGEMAP", "SHM_PAGES_OLD",
    ]  # fmt: skip
    assert kinds_of_magic(0) == ()

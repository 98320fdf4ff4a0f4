"""Images printed as crit decodes them, and written again."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from criu_tui.cli import main
from criu_tui.command_line.output import HELD, write_json

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from pathlib import Path

    from criu_tui.core.base.json import Json, Member

DUMP = DUMPS / "every-kind" / "dump"


def run(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> tuple[str, str]:
    assert main(list(words)) == status
    written = capsys.readouterr()
    return written.out, written.err


def images(capsys: pytest.CaptureFixture[str], *words: str) -> list[Any]:
    found = json.loads(run(capsys, "--print", "image", "--format", "json", *words)[0])
    assert found["schema"] == 1
    return list(found["images"])


def test_the_pattern_chooses_images_in_order_of_their_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    found = images(capsys, "--image", "pagemap-shmem-*", str(DUMP))
    # By number: 0 before 1134.
    assert [image["name"] for image in found] == [
        "pagemap-shmem-0.img", "pagemap-shmem-1134.img", "pagemap-shmem-1136.img",
    ]  # fmt: skip
    assert {image["magic"] for image in found} == {"PAGEMAP"}
    assert [image["name"] for image in images(capsys, "--image", "pstree", str(DUMP))] == ["pstree.img"]
    _, error = run(capsys, "--print", "image", "--image", "nothing*", str(DUMP), status=2)
    assert error == "criu-tui: no image here is called 'nothing*'; --print images lists all\n"


@pytest.mark.parametrize("count", [0, 1, HELD - 1, HELD, HELD + 1, 2 * HELD, 3 * HELD - 1])
def test_json_in_pieces_is_that_of_the_whole(capsys: pytest.CaptureFixture[str], count: int) -> None:
    """What is made member by member, and some items at a time, is written as json.dumps has it at once."""
    items: list[Json] = [{"number": number, "text": "], ["} for number in range(count)]
    image: dict[str, Json] = {"name": "one", "entries": items, "problem": None}
    members: list[Member] = [("name", "one"), ("entries", iter(items)), ("problem", None)]
    write_json({"images": iter((iter(members), iter(members[::2]))), "plain": items})
    expected = {"images": [image, {"name": "one", "problem": None}], "plain": items}
    assert capsys.readouterr().out == json.dumps(expected) + "\n"


def test_numbers_are_in_words_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    (plain,) = images(capsys, "--image", "mm-*", str(DUMP))
    (pretty,) = images(capsys, "--image", "mm-*", "--pretty", str(DUMP))
    first, words = plain["entries"][0]["vmas"][0], pretty["entries"][0]["vmas"][0]
    assert words["start"] == f"0x{first['start']:x}"
    assert words["prot"] == "PROT_READ"


@pytest.mark.parametrize("style", [[], ["--pretty"]])
def test_what_was_printed_is_written_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, style: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text, _ = run(capsys, "--print", "image", "--format", "json", *style, str(DUMP))
    (tmp_path / "all.json").write_text(text)
    said, _ = run(capsys, "encode", "all.json")
    written = {path.name: path.read_bytes() for path in (tmp_path / "all.images").iterdir()}
    assert written == {name: (DUMP / name).read_bytes() for name in written}
    left_out = {path.name for path in DUMP.iterdir() if path.name.startswith("pages-")}
    assert set(written) | left_out == {image["name"] for image in images(capsys, str(DUMP))}
    assert said.startswith(f"all.images: {len(written)} images written\n")
    assert all(f"left out: {name}" in said for name in left_out)


def test_an_edited_image_of_crit_goes_to_a_new_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(DUMP, tmp_path / "dump")
    (image,) = images(capsys, "--image", "pstree.img", str(DUMP))
    image["entries"][0]["sid"] = 1
    (tmp_path / "pstree.img.json").write_text(json.dumps({"magic": image["magic"], "entries": image["entries"]}))
    given = str(tmp_path / "pstree.img.json")
    for inside in (tmp_path / "dump" / "new", tmp_path / "dump" / "new" / ".." / "other"):
        _, error = run(capsys, "encode", given, "--to", str(inside), status=2)
        assert "nothing is written there" in error or "no such file" in error
    (tmp_path / "there").mkdir()
    _, error = run(capsys, "encode", given, "--to", str(tmp_path / "there"), status=2)
    assert "is there already; nothing is overwritten" in error
    run(capsys, "encode", given, "--to", str(tmp_path / "new"))
    (again,) = images(capsys, str(tmp_path / "new"))
    assert again["entries"][0]["sid"] == 1
    assert {path.name for path in (tmp_path / "dump").iterdir()} == {path.name for path in DUMP.iterdir()}


def test_a_name_that_begins_with_a_tilde_is_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text, _ = run(capsys, "--print", "image", "--image", "pstree", "--format", "json", str(DUMP))
    (tmp_path / "~no-such-user.json").write_text(text)
    run(capsys, "encode", "./~no-such-user.json")
    assert [path.name for path in (tmp_path / "~no-such-user.images").iterdir()] == ["pstree.img"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "nests too deeply"),
        ("[]", "is not an image: an object with magic and entries"),
        ('{"images": []}', "holds no image that can be encoded"),
        ('{"images": [{"name": "../pstree.img", "magic": "PSTREE", "entries": []}]}', "is not the name of an image"),
        ('{"images": [{"magic": "PSTREE", "entries": []}]}', "is not the name of an image"),
        ('{"images": [{"name": "pstree.img", "magic": "PSTREE", "entries": [{}]}]}', "lacks pid,ppid,pgid,sid"),
    ],
)  # fmt: skip
def test_what_cannot_be_encoded_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (tmp_path / "pstree.json").write_text(text)
    output, error = run(capsys, "encode", str(tmp_path / "pstree.json"), "--to", str(tmp_path / "new"), status=2)
    assert said in error
    assert output == ""
    assert error.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_text_has_every_field_with_its_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    text, _ = run(capsys, "--print", "image", "--image", "fdinfo-*", str(DUMP))
    assert text.splitlines()[:6] == [
        "fdinfo-2.img: FDINFO, 56 B",
        "  entry 0, bytes 8-20",
        "    id: 5",
        "    flags: 0",
        "    type: 1  REG",
        "    fd: 0",
    ]


def test_a_damaged_image_gives_what_precedes_the_damage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(DUMP, tmp_path / "dump")
    fdinfo = tmp_path / "dump" / "fdinfo-2.img"
    fdinfo.write_bytes(fdinfo.read_bytes()[:-3])
    (image,) = images(capsys, "--image", "fdinfo-*", str(tmp_path / "dump"))
    assert len(image["entries"]) == 3
    assert image["problem"] == "fdinfo-2.img: byte 44 (entry 3): entry of 8 bytes, but only 5 are left in the file"
    text, _ = run(capsys, "--print", "image", "--image", "fdinfo-*", str(tmp_path / "dump"))
    assert image["problem"] in text

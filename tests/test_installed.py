"""What an installation puts beside the program: the man page and completions, made from the program's own options."""

from __future__ import annotations

import re
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest
from criu_tui.command_line.parsing import parser

OPTIONS = sorted(set(re.findall(r"--[a-z-]+", parser().format_usage())))


def installed(ending: str) -> Path:
    """The one installed file whose path ends so."""
    found = [each for each in distribution("criu-tui").files or () if str(each).endswith(ending)]
    assert len(found) == 1, f"{ending}: install criu-tui again"
    return Path(str(found[0].locate())).resolve()


@pytest.mark.parametrize(
    ("ending", "form"),
    [
        ("share/man/man1/criu-tui.1", r"\fB{escaped}"),
        ("share/bash-completion/completions/criu-tui", "{option}"),
        ("share/zsh/site-functions/_criu-tui", "{option}"),
        ("share/fish/vendor_completions.d/criu-tui.fish", "-l {name} "),
    ],
)
def test_every_option_is_in_it(ending: str, form: str) -> None:
    text = installed(ending).read_text()
    assert len(OPTIONS) > 20
    for option in OPTIONS:
        name = option.removeprefix("--")
        assert form.format(option=option, name=name, escaped=option.replace("-", r"\-")) in text


COMPLETE = """
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMP_LINE="$*"
COMP_POINT=${#COMP_LINE}
COMP_TYPE=9
_shtab_criu_tui "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(directory: Path, *words: str) -> set[str]:
    """What bash offers for the last of the words."""
    script = installed("share/bash-completion/completions/criu-tui")
    command = ["bash", "-uc", COMPLETE, "bash", str(script), "criu-tui", *words]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(done.stdout.split("\n")) - {""}


def test_bash_offers_options_panes_and_paths(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").mkdir()
    (tmp_path / "chain.log").touch()
    assert completed(tmp_path, "--no-m") == {"--no-mouse"}
    assert completed(tmp_path, "--print", "co") == {"coverage"}
    assert completed(tmp_path, "--demo", "us") == {"userns", "userns-mapped"}
    assert completed(tmp_path, "--log", "ch") == {"checkpoint", "chain.log"}
    assert completed(tmp_path, "ch") == {"checkpoint", "chain.log"}

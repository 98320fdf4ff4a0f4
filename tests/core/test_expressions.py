"""Expressions that are compiled when first used are as those of `re.compile`, and none of the program's is broken."""

from __future__ import annotations

import importlib
import pkgutil
import re

import criu_tui.core
import pytest
from criu_tui.core.base import expressions
from criu_tui.core.base.expressions import expression


def test_methods_are_those_of_a_compiled_expression() -> None:
    late, text = expression(r"(?P<word>[a-z]+)=(\d)", re.IGNORECASE), "A=1 b=2 c"
    compiled = re.compile(r"(?P<word>[a-z]+)=(\d)", re.IGNORECASE)
    assert [found.groups() for found in late.finditer(text)] == [("A", "1"), ("b", "2")]
    assert (found := late.match(text)) is not None
    assert found["word"] == "A"
    assert late.match(text, 1) is None
    assert late.fullmatch("b=2") is not None
    assert (found := late.search(text, 3)) is not None
    assert found.span() == (4, 7)
    assert late.findall(text) == compiled.findall(text)
    assert late.split(text) == compiled.split(text)
    assert late.sub(r"\2", text) == compiled.sub(r"\2", text) == "1 2 c"
    assert late.subn("", text) == compiled.subn("", text)
    assert expression(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_it_is_compiled_when_it_is_used() -> None:
    broken = expression("(")
    with pytest.raises(re.error):
        broken.search("")


def test_every_one_of_the_program_compiles() -> None:
    found = 0
    for module in pkgutil.walk_packages(criu_tui.core.__path__, "criu_tui.core."):
        held = vars(importlib.import_module(module.name)).values()
        for each in (one for value in held for one in (value if isinstance(value, tuple) else (value,))):
            for late in each if isinstance(each, tuple) else (each,):
                if isinstance(late, expressions._Late):
                    assert late.search is not None
                    found += 1
    assert found > 50

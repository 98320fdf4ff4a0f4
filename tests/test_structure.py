"""The shape of the program: packages, the sizes of modules, and names that stay at home.

The direction of imports is held by import-linter, in pyproject.toml.
"""

from __future__ import annotations

import ast
import inspect
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

PROGRAM = Path(__file__).parent.parent / "tui" / "criu_tui"
CORE = PROGRAM / "core"
GENERATED = CORE / "images" / "schema"

MOST_PACKAGES = 12
MOST_LINES = 350
LONGER = frozenset(
    {
        # Tables of data.
        "core/findings/advice.py",
        "core/findings/mended.py",
        "core/findings/second_lines.py",
    }
)
"""Modules that may have more lines; a module that no longer needs it is taken off the list."""

SEAMS = frozenset(
    {
        "app.py",
        "cli.py",
        "showing.py",
        "command_line/printing.py",
        "screens/main.py",
        "panes/overview.py",
        "panes/pane.py",
        "core/report/printed.py",
        "core/report/registry.py",
        "core/report/report.py",
        "core/report/subjects.py",
    }
)
"""Where imports wait: from the command line to the app, from the app to what only some of its panes and
keys need, and from the reports to what only
some panes need. What loads only behind one of these imports at its top."""
LIBRARIES = {
    "core/base/units.py": "humanize, for sizes that are no whole number of units, and for long times",
    "core/demos.py": "the schemas: the command line asks demos for their names alone",
    "core/pages/differences/pages.py": "numpy, where pages are compared",
    "core/dump/unknown.py": "protobuf's reader of unknown fields, which the first screen does without",
    "core/pages/blocks.py": "lz4, for compressed pages",
    "core/pages/identical.py": "numpy, for pages that tasks have alike",
    "core/pages/pagemaps.py": "numpy, for large pagemaps",
    "core/pages/pattern.py": "regex, for expressions",
    "core/pages/scan.py": "numpy, for strings",
    "core/source/lz4_frame.py": "lz4, for pages of CRaC",
    "core/pages/totals.py": "numpy, for equal pages",
    "core/report/search.py": "numpy, for lines of very many hits",
    "core/restore/reading_in.py": "numpy, for large pagemaps",
    "widgets/pen.py": "curses, for what terminfo says of the terminal, which the first paint does without",
}
"""What the third seam is made of below the reports: libraries that only some dumps, or what follows a first
paint, need."""
OPEN_TO_ITS_BASES = frozenset({"app.py"})
"""To be split: a class whose bases lie in several packages and share its private names."""
OPEN = frozenset({"_replace", "_asdict", "_fields", "_make", "_field_defaults"})
"""Documented methods of named tuples, underscore or not."""
FOREIGN = {
    "terminal.py": {"_exit"},
    "widgets/clipboard.py": {"_driver"},
    "widgets/compositing.py": {
        "_dirty_regions",
        "_full_map",
        "_has_focus_within",
        "_regions_to_spans",
        "_render_chops",
    },
    "widgets/dimming.py": {"_dirty_regions"},
    "widgets/driver.py": {"_app", "_exit", "_loop", "_writer_thread"},
    "widgets/looks.py": {"_scroll_update"},
    "widgets/terminal_app.py": {"_close_messages_no_wait", "_driver", "_exception", "_exit"},
}
"""What is used of Textual that it calls private, and os._exit, which is documented; by module."""


def packages() -> list[Path]:
    return sorted(each.parent for each in PROGRAM.rglob("__init__.py"))


def modules() -> list[Path]:
    return sorted(each for each in PROGRAM.rglob("*.py") if GENERATED not in each.parents)


def named(path: Path) -> str:
    return str(path.relative_to(PROGRAM))


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(), str(module))


@pytest.mark.parametrize("package", packages(), ids=named)
def test_a_package_says_what_lives_in_it(package: Path) -> None:
    """Packages of the core also say what may not."""
    said = ast.get_docstring(tree(package / "__init__.py"))
    assert said
    if package.parent == CORE:
        first, _, rest = said.partition("\n\n")
        assert first
        assert rest


def test_the_core_is_few_packages_and_not_deep() -> None:
    """Three levels: the core, its packages, and at most one more below them."""
    below = [each.relative_to(CORE).parts for each in packages() if CORE in each.parents]
    assert sum(len(parts) == 1 for parts in below) <= MOST_PACKAGES
    assert max(map(len, below)) <= 2


def long_modules() -> set[str]:
    return {named(each) for each in modules() if len(each.read_text().splitlines()) > MOST_LINES}


def test_modules_are_short() -> None:
    assert sorted(long_modules() - LONGER) == []


def imports_inside_functions(module: Path) -> bool:
    functions = [each for each in ast.walk(tree(module)) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return any(isinstance(each, ast.Import | ast.ImportFrom) for function in functions for each in ast.walk(function))


def late_modules() -> set[str]:
    return {named(each) for each in modules() if imports_inside_functions(each)}


def test_imports_stand_at_the_top_except_at_the_seams() -> None:
    assert sorted(late_modules() - SEAMS - LIBRARIES.keys()) == []


def test_exceptions_that_are_no_longer_needed_are_gone() -> None:
    """Whoever shortens a module, or moves its imports to the top, takes it off the lists above."""
    assert sorted(LONGER - long_modules()) == []
    assert sorted((SEAMS | LIBRARIES.keys()) - late_modules()) == []


@cache
def private_names(package: Path) -> frozenset[str]:
    """Names with a leading underscore that the modules of a package define, at any depth."""
    found = set()
    for module in package.glob("*.py"):
        for node in ast.walk(tree(module)):
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    found.add(name)
                case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                    found.add(name)
                case ast.Assign(targets=[ast.Name(id="__slots__")], value=ast.Tuple(elts=slots)):
                    found |= {str(slot.value) for slot in slots if isinstance(slot, ast.Constant)}
    return frozenset(name for name in found if name.startswith("_"))


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name != "_" and name not in OPEN


@pytest.mark.parametrize("module", [each for each in modules() if named(each) not in OPEN_TO_ITS_BASES], ids=named)
def test_private_names_stay_in_their_package(module: Path) -> None:
    """A name with a leading underscore is used where it is made, in one package."""
    at_home = private_names(module.parent)
    used = []
    for node in ast.walk(tree(module)):
        match node:
            case ast.Attribute(attr=name) if is_private(name) and name not in at_home:
                used.append((node.lineno, name))
            case ast.ImportFrom(names=names):
                used += [
                    (node.lineno, each.name) for each in names if is_private(each.name) and each.name not in at_home
                ]
    assert [each for each in used if each[1] not in FOREIGN.get(named(module), ())] == []


def undocumented(module: ModuleType) -> Iterator[str]:
    """Public functions and methods of a module that do not say what they return, nor does what they override."""
    for name, found in vars(module).items():
        if name.startswith("_") or getattr(found, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(found) and not inspect.getdoc(found):
            yield f"{module.__name__}.{name}"
        if inspect.isclass(found):
            for member in vars(found):
                value = getattr(found, member)
                told = inspect.isfunction(value) or isinstance(value, property)
                if told and not member.startswith("_") and not inspect.getdoc(value):
                    yield f"{module.__name__}.{name}.{member}"


def test_what_the_core_offers_says_what_it_returns() -> None:
    core = [each for each in modules() if CORE in each.parents and each.name != "__init__.py"]
    names = [".".join(("criu_tui", *each.relative_to(PROGRAM).with_suffix("").parts)) for each in core]
    assert [one for name in names for one in undocumented(import_module(name))] == []


def test_a_class_name_stands_for_one_thing() -> None:
    defined: dict[str, list[str]] = {}
    for each in modules():
        for node in ast.parse(each.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                defined.setdefault(node.name, []).append(str(each.relative_to(PROGRAM)))
    assert {name: where for name, where in defined.items() if len(where) > 1} == {}


def test_limits_stand_in_one_place() -> None:
    """What is read, kept or tried at most: of each its reason is in one module, for who weighs them together."""
    elsewhere = {
        f"{module.relative_to(PROGRAM)}: {target.id}"
        for module in PROGRAM.rglob("*.py")
        if module != CORE / "base" / "limits.py" and GENERATED not in module.parents
        for line in ast.parse(module.read_text(encoding="utf-8")).body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name) and target.id.endswith("LIMIT")
    }
    # Of setrlimit(2), the name of an image.
    assert elsewhere == {"core/images/kinds.py: RLIMIT"}

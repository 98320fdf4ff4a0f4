"""Every action once: id, keys, words. Bindings, footer, help, palette and README read this.

A command belongs to the widget that carries it out. The footer and the help name the commands within
reach of the focus: those of the focused widget first, then of what it lies in, then of the screen. A pane may take
a key for a command of its own; the outer one is then out of reach there.
"""

# Annotations are not kept as text: a named tuple compiles each of these, which takes a tenth of a millisecond.
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol, TypeVar

from criu_tui.core.report.registry import SHOWN


class Command(NamedTuple):
    """One thing the user can ask for.

    `action` is the `action_...` of the widget that has the command, with its arguments; `keys` are in
    Textual's names, the first one shown.
    """

    id: str
    action: str
    keys: tuple[str, ...]
    shown: str
    """The keys as people write them; empty for what only the palette has."""
    label: str
    """A few words for footer and help, at most 16 characters."""
    help: str
    """A sentence for the palette."""
    footer: int = 0
    """Place in the footer; the largest gives way first as the width shrinks. 0: not there."""
    priority: bool = False
    """Whether its keys are its own before the focused widget and Textual see them."""
    takes: str = ""
    """What may be typed behind its label in the palette; its action is then called with that."""


class HasCommands(Protocol):
    """A widget with commands of its own."""

    @property
    def commands(self) -> tuple[Command, ...]: ...


W = TypeVar("W", bound=HasCommands)


def in_reach(chain: Iterable[W]) -> Iterator[tuple[W, Command]]:
    """The commands of widgets from the innermost outwards, without those whose every key is taken before.

    One without a key, which only the palette has, is left out where an inner widget has a key for it.
    """
    taken: set[str] = set()
    met: set[str] = set()
    for widget in chain:
        for command in widget.commands:
            if not taken.issuperset(command.keys) or not (command.keys or command.id in met):
                yield widget, _without(command, taken)
            taken.update(command.keys)
            met.add(command.id)


def _without(command: Command, taken: set[str]) -> Command:
    """The command as it is shown where some of its keys mean something else."""
    words = command.shown.split(" ")
    if taken.isdisjoint(command.keys) or len(words) != len(command.keys):
        return command
    left = [word for word, key in zip(words, command.keys, strict=True) if key not in taken]
    return command._replace(shown=" ".join(left))


TERMINAL = (
    Command("interrupt", "interrupt", ("ctrl+c",), "^c", "quit (twice)", "Quit, pressed twice", priority=True),
    Command("suspend", "suspend_process", ("ctrl+z",), "^z", "to the shell", "To the shell, until fg", priority=True),
    Command("redraw", "redraw", (), "", "draw anew", "Draw all anew, over what others wrote: Ctrl-L"),
)
"""What these keys mean in any terminal, within every screen."""

SESSION = (
    Command("follow-other", "share('follow')", ("F",), "F", "follow", "Follow who moved last; again: the next"),
    Command("point", "share('point')", ("P",), "P", "point", "Point at this place: all in the session are told"),
    Command("mark", "share('mark')", ("m", "K"), "m K", "mark", "Mark this place with a note, for all here"),
    Command("say", "share('say')", ("a",), "a", "say to all", "Send a line to all in the session"),
    Command(
        "bytes",
        "share('bytes')",
        ("W",),
        "W",
        "allow bytes",
        "As host: allow bytes to guests, or forbid them",
    ),
    Command("people", "share('people')", ("A",), "A", "people, marks", "Who is here, the marks, and what was said"),
)
"""Of the app, within reach while several people look at one checkpoint."""

CONTAINERS = (
    Command("next-container", "next_container(1)", ("right_parenthesis",), ")", "next container", "Next container"),
    Command("last-container", "next_container(-1)", ("left_parenthesis",), "(", "container before", "The one before"),
    Command("containers", "containers", ("O",), "O", "containers", "Choose one of the containers here"),
)
"""Of the app, where several lie beside each other."""

MAIN = (
    *(
        Command(
            f"pane-{kind.id}", f"pane('{kind.id}')", (kind.key,), kind.key, kind.label, f"{kind.name}: {kind.about}"
        )
        for kind in SHOWN.values()
    ),
    Command("next-pane", "next_pane(1)", ("tab",), "tab", "next pane", "Next pane", 9, priority=True),
    Command("previous-pane", "next_pane(-1)", ("shift+tab",), "S-tab", "previous pane", "Previous pane", priority=True),
    Command("problem", "problem", ("f",), "f", "failure", "Go to what fails, or where releases differ", 4),
    Command("version", "open_above('releases')", ("v",), "v", "CRIU", "Choose the CRIU that restores", 6),
    Command("next-version", "version", ("V",), "V", "next CRIU", "Next CRIU version: the plan follows"),
    Command("compare", "open_above('others')", ("c",), "c", "compare CRIUs", "Plan: where another CRIU differs", 10),
    Command("tasks", "toggle_tasks", ("t",), "t", "task tree", "Show or hide the task tree", 11),
    Command("next-task", "next_task(1)", ("right_square_bracket",), "]", "next task", "Next task"),
    Command("previous-task", "next_task(-1)", ("left_square_bracket",), "[", "previous task", "Previous task"),
    Command("zoom", "zoom", ("z",), "z", "one pane/all", "One pane alone, or side by side on a large screen", 12),
    Command(
        "legend", "open_above('legend')", ("L",), "L", "legend", "Legend: signs and colours of VMA types and pages"
    ),
    Command("explain", "explain", ("p",), "p", "explain/rows", "Words and pictures in full, or more rows", 5),
    Command("story", "app.story", ("B",), "B", "story", "Go on with the story of the demo"),
    Command("theme", "app.theme", ("T",), "T", "dark/light", "Dark or light theme"),
    Command("themes", "open_above('themes')", (), "", "themes", "Choose a theme"),
    Command("palette", "open_above('palette')", ("colon",), ":", "commands", "Find any command by its name", 5),
    Command(
        "help", "open_above('help')", ("question_mark", "f1"), "?", "help", "What this pane shows, and every key", 1
    ),
    Command("quit", "app.quit", ("q",), "q", "quit", "Quit", 2),
)

PANES = (
    Command(
        "compare-with", "compare_with", ("C",), "C", "compare", "Compare with another checkpoint: compare PATH",
        takes="PATH",
    ),
    Command("go-back", "return", ("backspace",), "BkSp", "go back", "Back to where you came from"),
)  # fmt: skip
"""Of all panes together."""

BORDERS = (
    Command("border-left", "move_border(-2, 0)", ("ctrl+left", "comma"), "^← ,", "border left", "Move it left"),
    Command("border-right", "move_border(2, 0)", ("ctrl+right", "full_stop"), "^→ .", "border right", "Move it right"),
    Command("border-up", "move_border(0, -2)", ("ctrl+up", "circumflex_accent"), "^↑ ^", "border up", "Move it up"),
    Command("border-down", "move_border(0, 2)", ("ctrl+down", "underscore"), "^↓ _", "border down", "Move it down"),
    Command("usual-borders", "usual_borders", (), "", "usual borders", "Put all borders back where they were at first"),
)
"""Of panes, or of the task tree, that stand beside each other."""

PANE = (
    Command("filter", "filter", ("slash",), "/", "filter", "Show only rows with these words and terms", 3),
    Command("match", "match(1)", ("n",), "n", "next match", "Next row that the last filter matches"),
    Command("match-back", "match(-1)", ("N",), "N", "previous match", "Previous row that the last filter matches"),
    Command("sort", "sort(1)", ("s",), "s", "sort", "Sort by the next column", 8),
    Command("reverse", "reverse", ("S",), "S", "reverse order", "Sort the other way round"),
    Command("goto", "goto", ("g",), "g", "go to", "Go to an address, +SIZE, heap, part of a path", 3),
    Command("detail", "detail", ("enter", "D"), "enter D", "detail", "Everything known of the selected row", 7),
    Command("copy", "copy", ("y",), "y", "copy place", "Copy the row or place, and what opens it", 13),
    Command("markdown", "copy_pane", ("Y",), "Y", "copy pane", "Copy the pane as Markdown for an issue report"),
    Command("report", "copy_report(False)", (), "", "report", "Copy a report for an issue, in Markdown"),
    Command(
        "redacted-report",
        "copy_report(True)",
        (),
        "",
        "redacted report",
        "Copy a report; hosts, paths and ids replaced",
    ),
    Command("export", "export", ("e",), "e", "export pane", "Write the pane to a .txt, .json, .md or .svg file"),
    Command(
        "back", "back", ("escape",), "esc", "all rows, cancel", "Cancel what runs, else show all rows, else unsort"
    ),
)

TABLE = (
    Command("down", "move(1)", ("down", "j"), "↓ j", "row down", "Row down"),
    Command("up", "move(-1)", ("up", "k"), "↑ k", "row up", "Row up"),
    Command("page-down", "move_page(1)", ("pagedown", "ctrl+d", "space"), "PgDn ^d", "page down", "Page down"),
    Command("page-up", "move_page(-1)", ("pageup", "ctrl+u"), "PgUp ^u", "page up", "Page up"),
    Command("first", "move_to(0)", ("home", "less_than_sign"), "Home <", "first row", "First row"),
    Command("last", "move_to(-1)", ("end", "greater_than_sign", "G"), "End > G", "last row", "Last row"),
    Command("left", "scroll_columns(-8)", ("left", "h"), "← h", "scroll left", "Scroll left"),
    Command("right", "scroll_columns(8)", ("right", "l"), "→ l", "scroll right", "Scroll right"),
)

LINES = (
    Command("line-down", "lines(1)", ("down", "j"), "↓ j", "line down", "Line down"),
    Command("line-up", "lines(-1)", ("up", "k"), "↑ k", "line up", "Line up"),
    Command("lines-page-down", "page(1)", ("pagedown", "ctrl+d", "space"), "PgDn ^d", "page down", "Page down"),
    Command("lines-page-up", "page(-1)", ("pageup", "ctrl+u"), "PgUp ^u", "page up", "Page up"),
    Command("lowest", "end(False)", ("home", "less_than_sign"), "Home <", "lowest", "Lowest address"),
    Command("highest", "end(True)", ("end", "greater_than_sign", "G"), "End > G", "highest", "Highest address"),
)

HEAT = (
    Command("cell-right", "cells(1)", ("right", "l"), "→ l", "next cell", "Next cell"),
    Command("cell-left", "cells(-1)", ("left", "h"), "← h", "previous cell", "Previous cell"),
    Command(
        "closer", "zoom_cells(True)", ("plus", "equals_sign"), "+", "closer", "Fewer pages to a cell, down to one", 3
    ),
    Command("farther", "zoom_cells(False)", ("minus",), "-", "farther", "More pages to a cell", 4),
    *LINES,
)

HEX = (
    Command("byte-right", "bytes(1)", ("right", "l"), "→ l", "next byte", "Next byte"),
    Command("byte-left", "bytes(-1)", ("left", "h"), "← h", "previous byte", "Previous byte"),
    Command("follow", "follow", ("enter",), "enter", "follow pointer", "Go to where the eight bytes here point", 4),
    Command("return", "return", ("backspace",), "BkSp", "back", "Back to the pointer that led here"),
    Command(
        "next-dumped", "dumped(1)", ("right_curly_bracket",), "}", "next dumped", "Next stretch of dumped pages", 5
    ),
    Command(
        "previous-dumped", "dumped(-1)", ("left_curly_bracket",), "{", "previous dumped", "Previous dumped stretch"
    ),
    *LINES,
)

COVERAGE = (
    Command("heat", "heat", ("enter",), "enter", "page by page", "Into the heat map, and from there to the bytes", 3),
    Command("whole", "whole", ("w",), "w", "VMA/all", "Heat map of the selected VMA, or of the whole task", 7),
    Command("contents", "contents", ("i",), "i", "count contents", "Read all pages: zero, equal, shareable ones", 10),
)

BYTES = (
    Command("search", "search", ("slash",), "/", "search", "Search bytes, text or an expression", 3),
    Command("next-hit", "hit(1)", ("n",), "n", "next hit, change", "Next hit of the search, or next change"),
    Command(
        "previous-hit",
        "hit(-1)",
        ("N",),
        "N",
        "previous hit",
        "Previous hit of the search, or previous change",
    ),
    Command("hits", "hits", ("o",), "o", "hits/bytes", "Switch between the hits and the bytes", 8),
)

EXTRACT = (Command("extract", "extract", ("X",), "X", "take out", "Extract an ELF core, memory, a queue, a file"),)

TASK = (
    Command("values", "values", ("x",), "x", "show values", "Show or hide the values of the environment", 4),
    *EXTRACT,
)

FILES = (
    Command("section", "section(1)", ("m",), "m", "sockets, pipes", "All tasks, sockets, pipes, mounts and more", 4),
    Command("section-back", "section(-1)", ("M",), "M", "section before", "The table before this one"),
    *EXTRACT,
)

REMOTE = (
    Command("go-on", "go_on", ("enter",), "enter", "go there, detail", "Go where it leads, else tell all about it", 3),
    Command("next-table", "section(1)", ("m",), "m", "next table", "The pane's next table", 4),
    Command("table-before", "section(-1)", ("M",), "M", "table before", "The table before this one"),
    Command("host-values", "values", ("x",), "x", "show values", "Values of the environment, if the host allows"),
)
"""Of every pane over rows that a host sends."""

MEMORY = (
    Command(
        "memory-section", "section(1)", ("m",), "m", "files, tasks", "By file, by task, pages files, same pages", 4
    ),
    Command("memory-back", "section(-1)", ("M",), "M", "table before", "The table before this one"),
    Command(
        "compare-pages", "compare_pages", ("i",), "i", "compare pages", "Read all pages: which are the same in tasks", 5
    ),
)

IDS = (
    Command("convert", "convert", ("i",), "i", "convert id", "Convert a uid or gid, inside and on the host", 3),
    Command("namespaces", "namespaces", ("m",), "m", "namespaces/ids", "Who is in which namespace, or has which id", 4),
)

IMAGES = (
    Command(
        "open-row", "open", ("enter",), "enter", "open, go there", "Into an image or entry, or where a number leads", 3
    ),
    Command("out", "out", ("backspace",), "BkSp", "back out", "Back to where this was opened from", 4),
)

REPORT = (Command("report", "copy_report(False)", ("R",), "R", "report", "Copy a report for an issue, in Markdown"),)
"""With a key where one looks for the cause; elsewhere the palette has it."""

OVERVIEW = (
    Command("go", "go", ("enter",), "enter", "go there", "Go to the pane that shows more", 3),
    *REPORT,
)

FINDINGS = (
    Command("evidence", "evidence", ("enter",), "enter", "more", "Go to the quoted log line, or show it in full", 3),
    Command("in-full", "detail", ("D",), "D", "in full", "The finding in full", 3),
    *REPORT,
)

DIFF = (
    Command("place", "place", ("enter",), "enter", "go there", "Go to what differs, in the pane that shows it", 3),
    Command("chain", "chain", ("m",), "m", "chain/diff", "This dump and its parents as a timeline, or back", 4),
    Command("pages", "pages", ("i",), "i", "compare pages", "Read and compare the pages of both again", 10),
)

LOG = (
    Command("follow-line", "follow", ("enter",), "enter", "go there", "Go to the VMA or task that the line names", 3),
    Command("only-marked", "only_marked", ("w",), "w", "warnings/all", "Errors and warnings alone, or every line", 4),
    *REPORT,
)

OPEN = (
    Command("open", "open", ("enter",), "enter", "open", "Open the dump, or look into the directory", 3),
    Command("above", "above", ("backspace", "minus"), "BkSp -", "directory above", "The directory above", 4),
    Command("open-theme", "theme", ("T",), "T", "dark/light", "Dark or light theme", 5),
    Command("open-quit", "quit", ("q",), "q", "quit", "Quit", 1),
)
"""Of the start screen, instead of MAIN and PANE."""

OPENING = (Command("give-up", "give_up", ("escape", "q"), "esc q", "give up", "Stop reading the archive", 1),)
"""While a large archive is read."""

SCOPES = (
    TERMINAL,
    SESSION,
    CONTAINERS,
    MAIN,
    PANES,
    BORDERS,
    PANE,
    COVERAGE,
    IDS,
    OVERVIEW,
    FINDINGS,
    DIFF,
    LOG,
    BYTES,
    TASK,
    FILES,
    IMAGES,
    MEMORY,
    REMOTE,
    TABLE,
    HEAT,
    HEX,
    OPEN,
    OPENING,
)
"""What each kind of widget carries out; a key means one thing within each."""

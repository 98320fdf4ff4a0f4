"""Every action once: id, keys, footer text, help. Footer, help, palette and README read this."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the user can ask for.

    `action` is the app's or widget's `action_...` with its arguments; `keys` are in
    Textual's names, the first one shown.
    """

    id: str
    action: str
    keys: tuple[str, ...]
    shown: str
    """The key as people write it."""
    help: str
    footer: str = ""
    """Empty: not in the footer."""


APP = (
    Command("pane-maps", "pane('maps')", ("1",), "1", "Maps: every VMA of the task"),
    Command("pane-coverage", "pane('coverage')", ("2",), "2", "Coverage: which pages are in the dump"),
    Command("pane-plan", "pane('plan')", ("3",), "3", "Write plan: what a restore maps, and why"),
    Command("pane-ids", "pane('ids')", ("4",), "4", "Ids: user-namespace maps and who uses which id"),
    Command("pane-log", "pane('log')", ("5",), "5", "Log: dump.log and restore.log, and the first cause"),
    Command("pane-findings", "pane('findings')", ("6",), "6", "Findings: what is wrong or risky, and the way out"),
    Command("next-pane", "next_pane(1)", ("tab",), "tab", "Next pane", "next pane"),
    Command("previous-pane", "next_pane(-1)", ("shift+tab",), "shift+tab", "Previous pane"),
    Command("version", "version", ("v",), "v", "Next CRIU version: the plan follows", "CRIU version"),
    Command("compare", "compare", ("c",), "c", "Write plan: compare with another CRIU, only what differs", "compare"),
    Command("tasks", "toggle_tasks", ("t",), "t", "Show or hide the task tree", "tasks"),
    Command("next-task", "next_task(1)", ("right_square_bracket",), "]", "Next task"),
    Command("previous-task", "next_task(-1)", ("left_square_bracket",), "[", "Previous task"),
    Command(
        "problem",
        "problem",
        ("f",),
        "f",
        "Go to the step that fails, or that versions disagree on",
        "failure",
    ),
    Command("zoom", "zoom", ("z",), "z", "One pane alone, or side by side on a wide screen", "zoom"),
    Command("help", "help", ("question_mark", "f1"), "?", "This help", "help"),
    Command("quit", "quit", ("q",), "q", "Quit", "quit"),
)

TABLE = (
    Command("up", "move(-1)", ("up", "k"), "↑ k", "Row up"),
    Command("down", "move(1)", ("down", "j"), "↓ j", "Row down"),
    Command("page-up", "move_page(-1)", ("pageup", "ctrl+u"), "PgUp", "Page up"),
    Command("page-down", "move_page(1)", ("pagedown", "ctrl+d"), "PgDn", "Page down"),
    Command("first", "move_to(0)", ("home", "less_than_sign"), "Home <", "First row"),
    Command("last", "move_to(-1)", ("end", "greater_than_sign", "G"), "End >", "Last row"),
    Command("left", "scroll_columns(-8)", ("left", "h"), "← h", "Scroll left"),
    Command("right", "scroll_columns(8)", ("right", "l"), "→ l", "Scroll right"),
)

IDS = (
    Command("convert", "convert", ("i",), "i", "Ids: convert an id as you type it; escape goes back", "convert id"),
    Command("namespaces", "namespaces", ("m",), "m", "Ids: namespaces and who is in them, or who uses which id"),
)

LOG = (
    Command("follow", "follow", ("enter",), "enter", "Log: go to the VMA or the task that the line names", "go there"),
    Command("only-marked", "only_marked", ("w",), "w", "Log: errors and warnings alone, or every line", "warnings"),
)

COMMANDS = APP + TABLE + IDS + LOG

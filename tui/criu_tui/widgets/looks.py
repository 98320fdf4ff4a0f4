"""Colours of tones, tints and the cursor, once: as styles of text, and as CSS of widgets that draw lines themselves.

A component class is named after the widget's prefix and what it colours: "table--error", "table--cursor";
those of tints are the same everywhere: "tint--file".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.table import Tint, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable

STYLES = {
    Tone.PLAIN: "",
    Tone.DIM: "dim",
    Tone.NOTE: "$text-primary",
    Tone.WARNING: "$text-warning",
    Tone.ERROR: "bold $text-error",
}
TINTS = {
    Tint.PLAIN: "",
    Tint.ANONYMOUS: "$text-success",
    Tint.FILE: "$text-primary",
    Tint.SHARED: "$text-accent",
    Tint.STACK: "$text-warning",
    Tint.KERNEL: "$text-muted",
    Tint.GUARD: "$text-muted",
    Tint.PRESENT: "$text-success",
    Tint.PARENT: "$text-primary",
    Tint.LAZY: "$text-warning",
    Tint.ABSENT: "$text-muted",
}
_TONES = {
    Tone.DIM: "color: $text-muted;",
    Tone.NOTE: "color: $text-primary;",
    Tone.WARNING: "color: $text-warning;",
    Tone.ERROR: "color: $text-error; text-style: bold;",
}


def tone_class(prefix: str, tone: Tone) -> str:
    """The component class of a tone: "table--error"."""
    return f"{prefix}--{tone.name.lower()}"


def tint_class(tint: Tint) -> str:
    """The component class of a tint: "tint--file"."""
    return f"tint--{tint.value}"


def tone_classes(prefix: str) -> set[str]:
    """The component classes of all tones."""
    return {tone_class(prefix, tone) for tone in Tone}


def tint_classes() -> set[str]:
    """The component classes of all tints."""
    return {tint_class(tint) for tint in Tint}


def tone_css(widget: str, prefix: str) -> str:
    """CSS for the tones of a widget, by the name of its class."""
    return _rules(widget, ((tone_class(prefix, tone), style) for tone, style in _TONES.items()))


def tint_css(widget: str) -> str:
    """CSS for the tints of a widget."""
    return _rules(widget, ((tint_class(tint), f"color: {colour};") for tint, colour in TINTS.items() if colour))


def cursor_css(widget: str, prefix: str) -> str:
    """CSS for what is under the cursor: bright with the focus, and underlined or reversed where colours are few."""
    cursor = f"{prefix}--cursor"
    few = [f"{widget}:{kind}" for kind in ("ansi", "nocolor")]
    return "\n".join(
        (
            f"{widget} > .{cursor} {{ background: $surface-lighten-2; }}",
            f"{widget}:focus > .{cursor} {{",
            "    background: $block-cursor-background; color: $block-cursor-foreground;",
            "}",
            ", ".join(f"{each} > .{cursor}" for each in few) + " { text-style: underline; }",
            ", ".join(f"{each}:focus > .{cursor}" for each in few) + " { text-style: reverse; }",
            "",
        )
    )


def _rules(widget: str, styles: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{widget} > .{name} {{ {style} }}\n" for name, style in styles)

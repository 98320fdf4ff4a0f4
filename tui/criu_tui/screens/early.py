"""Commands that come before all panes are there."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from criu_tui.screens.layout import Panes

P = ParamSpec("P")
S = TypeVar("S", bound="HasPanes")


class HasPanes(Protocol):
    """A screen with panes."""

    panes: Panes


def with_all_panes(action: Callable[Concatenate[S, P], None]) -> Callable[Concatenate[S, P], None]:
    """A command that comes before all panes are there is carried out once they are."""

    @wraps(action)
    def carried_out(screen: S, /, *arguments: P.args, **options: P.kwargs) -> None:
        screen.panes.once_complete(lambda: action(screen, *arguments, **options))

    return carried_out

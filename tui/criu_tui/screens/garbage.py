"""What Python's search for garbage leaves alone: what has been read of a dump stays until the dump is left.

Each full search looks at everything that was made since the last. With some hundred thousand records of a large dump
it takes a tenth of a second and more, in which no key is answered; so what has outlived one is not looked at again.
"""

from __future__ import annotations

import gc

MANY = 3
"""Searches of the second generation, each after some 7,000 new objects, from which on a full one is soon due."""


def begin() -> None:
    """Begins to look for garbage, at first among what is made from now on."""
    if _keep in gc.callbacks:
        # Another dump is shown than before: what was read of that one may be garbage by now.
        gc.unfreeze()
    else:
        gc.freeze()
        gc.callbacks.append(_keep)
    gc.enable()


def search() -> None:
    """Looks for garbage now if much has been made since: where work ends, not in the midst of a key."""
    if gc.get_count()[_FULL] >= MANY:
        gc.collect()


def _keep(phase: str, info: dict[str, int]) -> None:
    if phase == "stop" and info["generation"] == _FULL:
        gc.freeze()


_FULL = 2
"""The generation whose search looks at everything."""

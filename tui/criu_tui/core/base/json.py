"""What JSON can say."""

from __future__ import annotations

from collections.abc import Iterator

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None
Member = tuple[str, Json | Iterator[Json]]
"""Of an object that is written as it is made: a name, and a value or the items of a list."""

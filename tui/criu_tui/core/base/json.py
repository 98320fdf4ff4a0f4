"""What JSON can say."""

from __future__ import annotations

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None

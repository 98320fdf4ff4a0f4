"""Facts of a machine as JSON: written there with --host-facts, read elsewhere with --host FILE.

What is read was written by somebody else: every value is held against its type, and its size, before it is used.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import typing
from typing import TYPE_CHECKING, Any

from criu_tui.core.base.text import display_safe
from criu_tui.core.restore.host import Host, Mode
from criu_tui.core.restore.preflight.machine import HostRange, Machine, Port

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from criu_tui.core.base.json import Json

SCHEMA = 1
MOST = 1 << 20
"""Items of one list that are read."""
LONGEST = 4096
"""Characters of one text that are read."""
BITS = 64


def to_json(machine: Machine, host: Host) -> dict[str, Json]:
    """All facts, sorted where they have no order."""
    facts = {field.name: _plain(getattr(machine, field.name)) for field in dataclasses.fields(machine)}
    memory = {field.name: _plain(getattr(host, field.name)) for field in dataclasses.fields(host)}
    return {"schema": SCHEMA, "memory": memory, "machine": facts}


def _plain(value: Any) -> Json:
    if isinstance(value, Mode):
        return int(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return typing.cast("Json", value)


def from_json(content: object) -> tuple[Machine, Host]:
    """The same read back; what is null or absent is not known. Raises ValueError with a line for the user."""
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise ValueError(f'this holds no facts of a host: {{"schema": {SCHEMA}, "memory", "machine"}} is wanted')
    machine = _read(content.get("machine"), "machine", MACHINE)
    memory = _read(content.get("memory"), "memory", MEMORY)
    try:
        mode = Mode(memory.pop("overcommit", 0))
    except ValueError:
        raise ValueError("memory.overcommit: 0, 1 or 2") from None
    known = {"mem": None, "limit": None, "committed": None} | memory
    known["swap"], known["reserve"] = known.get("swap") or 0, known.get("reserve") or 0
    return Machine(**machine), Host(mode, **known)


def _read(content: object, name: str, kinds: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise ValueError(f"{name}: an object is wanted")
    found = {}
    for key, kind in kinds.items():
        value = content.get(key)
        if value is None:
            continue
        try:
            found[key] = kind(value)
        except (TypeError, ValueError, KeyError):
            raise ValueError(f"{name}.{key}: not what is written there: {display_safe(str(value), 60)}") from None
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise TypeError
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << BITS:
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST:
        raise TypeError
    return value


def _texts(value: Any) -> frozenset[str]:
    return frozenset(map(_text, _list(value)))


def _networks(value: Any) -> frozenset[str]:
    return frozenset(str(ipaddress.ip_network(_text(each), strict=False)) for each in _list(value))


def _ranges(value: Any) -> tuple[HostRange, ...]:
    return tuple(HostRange(_number(first), _number(length)) for first, length in map(_list, _list(value)))


def _ports(value: Any) -> tuple[Port, ...]:
    return tuple(
        Port(_text(protocol), str(ipaddress.ip_address(_text(address))), _number(port), _flag(listens))
        for protocol, address, port, listens in map(_list, _list(value))
    )


def _pools(value: Any) -> tuple[tuple[int, int], ...]:
    return tuple((_number(length), _number(free)) for length, free in map(_list, _list(value)))


def _named_numbers(value: Any) -> tuple[tuple[str, int], ...]:
    return tuple((_text(name), _number(number)) for name, number in map(_list, _list(value)))


MACHINE: dict[str, Callable[[Any], Any]] = {
    "kernel": _text,
    "arch": _text,
    "uid": _number,
    "permitted": _number,
    "bounding": _number,
    "last_capability": lambda value: min(_number(value), BITS - 1),
    "ids": lambda value: frozenset(map(_number, _list(value))),
    "uids": _ranges,
    "gids": _ranges,
    "namespaces": _texts,
    "cpu": _text,
    "cpu_flags": _texts,
    "file_systems": _texts,
    "controllers": _texts,
    "hierarchies": _texts,
    "delegated": _texts,
    "userfaultfd": _flag,
    "seccomp": _flag,
    "soft_dirty": _flag,
    "hard_limits": _named_numbers,
    "lsm": _text,
    "profiles": _texts,
    "addresses": _networks,
    "ports": _ports,
    "interfaces": _texts,
    "tools": _texts,
    "plugins": _texts,
    "sysctls": _named_numbers,
}
MEMORY: dict[str, Callable[[Any], Any]] = {
    "overcommit": _number,
    "mem": _number,
    "swap": _number,
    "limit": _number,
    "committed": _number,
    "reserve": _number,
    "huge": _pools,
}

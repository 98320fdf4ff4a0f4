"""What a thread may do: its ids and capabilities, from core-PID.img or creds-PID.img."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import core_pb2, creds_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from criu_tui.core.dump.dump import Dump


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The five sets of a thread, bit by bit as in capabilities(7)."""

    effective: int
    permitted: int
    inheritable: int
    bounding: int
    ambient: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """Ids of a thread inside its user namespace."""

    uid: int
    gid: int
    euid: int
    egid: int
    suid: int
    sgid: int
    fsuid: int
    fsgid: int
    groups: tuple[int, ...]
    capabilities: Capabilities
    securebits: int = 0
    """SECBIT_* bits."""
    no_new_privileges: bool | None = None
    """None where an older CRIU did not keep it."""
    profile: str = ""
    """Of SELinux or AppArmor, as in the dump; empty without one."""
    socket_profile: str = ""
    """What SELinux labels new sockets with."""


def credentials_of(dump: Dump, tid: int) -> Credentials | None:
    """Ids of a thread: from its core image or, before CRIU 2.0, creds-PID.img; None without either."""
    return dump.each(_read)[tid]


def _read(dump: Dump, tid: int) -> Credentials | None:
    creds = thread_credentials(dump.core_entry(tid))
    if creds is not None:
        return creds
    entries = dump.entries(f"creds-{tid}.img", kinds.CREDS, creds_pb2.creds_entry, single=True)
    return credentials(entries[0]) if entries else None


def thread_credentials(entry: core_pb2.core_entry | None) -> Credentials | None:
    """The ids in the core image of a thread, which has them since CRIU 2.0."""
    if entry is None or not entry.HasField("thread_core") or not entry.thread_core.HasField("creds"):
        return None
    return credentials(entry.thread_core.creds)


def credentials(entry: creds_pb2.creds_entry) -> Credentials:
    """The ids that a creds entry holds; made once for all threads that have the same."""
    return _credentials(entry.SerializePartialToString())


@functools.lru_cache(256)
def _credentials(encoded: bytes) -> Credentials:
    entry = creds_pb2.creds_entry.FromString(encoded)
    return Credentials(
        entry.uid,
        entry.gid,
        entry.euid,
        entry.egid,
        entry.suid,
        entry.sgid,
        entry.fsuid,
        entry.fsgid,
        tuple(entry.groups),
        Capabilities(*map(_mask, (entry.cap_eff, entry.cap_prm, entry.cap_inh, entry.cap_bnd, entry.cap_amb))),
        entry.secbits,
        bool(entry.no_new_privs) if entry.HasField("no_new_privs") else None,
        text_of(entry.lsm_profile),
        text_of(entry.lsm_sockcreate),
    )


def _mask(words: Sequence[int]) -> int:
    """One number of two 32-bit words, the low one first."""
    return sum(word << 32 * index for index, word in enumerate(words[:2]))

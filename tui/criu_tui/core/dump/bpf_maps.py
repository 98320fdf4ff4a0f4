"""What bpf maps hold, from bpfmap-data.img."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.dump.payloads import Payload, entries_with_bytes
from criu_tui.core.images import kinds
from criu_tui.core.images.schema import bpfmap_pb2

if TYPE_CHECKING:
    from criu_tui.core.dump.dump import Dump


class BpfMap(NamedTuple):
    """What a bpf map holds: keys, then values."""

    map_id: int
    entries: int
    keys: Payload
    values: Payload

    @property
    def parts(self) -> tuple[tuple[str, Payload], ...]:
        """Its bytes, each piece with what it is."""
        return (("keys", self.keys), ("values", self.values))


def bpf_maps(dump: Dump) -> tuple[BpfMap, ...]:
    """Every map with entries, in image order."""
    return dump.once("bpf maps", lambda: _read(dump))


def _read(dump: Dump) -> tuple[BpfMap, ...]:
    def raw(entry: bpfmap_pb2.bpfmap_data_entry) -> int:
        return entry.keys_bytes + entry.values_bytes

    found = entries_with_bytes(dump, "bpfmap-data.img", kinds.BPFMAP_DATA, bpfmap_pb2.bpfmap_data_entry, raw)
    return tuple(
        BpfMap(
            entry.map_id,
            entry.count,
            payload._replace(length=entry.keys_bytes),
            payload._replace(offset=payload.offset + entry.keys_bytes, length=entry.values_bytes),
        )
        for entry, payload in found
    )

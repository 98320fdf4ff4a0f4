"""A fuzzer without guidance: mutates seeds and what was mutated before, goes on after a find, repeats exactly."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from tests.fuzz.limits import bounded_memory, bounded_time
from tests.fuzz.mutate import LONGEST

if TYPE_CHECKING:
    from tests.fuzz.targets import Target

POOL = 2000
"""Mutated inputs that are kept to be mutated again."""
KEPT = 1 << 14
"""Bytes of an input that is kept."""


@dataclass(slots=True)
class Finds:
    """What a run came to; finds by the place that raised."""

    inputs: int = 0
    seconds: float = 0
    finds: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """How often, and the shortest input that does it."""


def run(target: Target, runs: int, seed: int = 0) -> Finds:
    """Throws this many inputs at a target."""
    random = Random(seed)
    seeds = list(target.seeds())
    pool = list(seeds)
    result = Finds()
    before = time.monotonic()
    for number in range(runs):
        data = seeds[number] if number < len(seeds) else target.mutated(random.choice(pool), random)[:LONGEST]
        result.inputs += 1
        try:
            with bounded_time(), bounded_memory(len(data)):
                target.run(data)
        except Exception as error:
            _keep(result, error, data)
        if len(data) <= KEPT and random.random() < 0.2:
            if len(pool) < POOL:
                pool.append(data)
            else:
                pool[random.randrange(len(seeds), POOL)] = data
    result.seconds = time.monotonic() - before
    return result


def _keep(result: Finds, error: Exception, data: bytes) -> None:
    cause = error.__cause__ or error
    where = traceback.extract_tb(cause.__traceback__)[-1]
    key = f"{where.filename.rpartition('/')[2]}:{where.lineno}: {type(cause).__name__}: {str(cause)[:100]}"
    count, shortest = result.finds.get(key, (0, data))
    result.finds[key] = count + 1, min(shortest, data, key=len)

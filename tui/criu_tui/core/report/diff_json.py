"""The differences between two checkpoints for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.pages.differences.difference import Topic
from criu_tui.core.pages.differences.pages import totals
from criu_tui.core.report import two_logs
from criu_tui.core.report.outcomes import place_words, reason, verdict

if TYPE_CHECKING:
    from criu_tui.core.base.json import Json
    from criu_tui.core.dump.vma import Vma
    from criu_tui.core.pages.differences.difference import Difference
    from criu_tui.core.pages.differences.pages import PageDifferences
    from criu_tui.core.pages.differences.tasks import TaskPair
    from criu_tui.core.pages.differences.vmas import VmaDifference
    from criu_tui.core.report.report import Report

SPANS_TOLD = 10_000
"""Stretches of pages of one VMA that are listed."""


def equal(report: Report) -> bool:
    """Whether nothing differs, as far as it has been read; of logs alone, whether they part."""
    if report.against is None:
        return True
    two = report.against.checkpoints
    if not report.dump.tasks:
        return not two_logs.apart(report)
    return not two.differences and not any(one.differ for one in two.pages or ()) and verdict(report) is None


def differences(report: Report, only: int | None) -> dict[str, Json]:
    """Every difference by what differs; numbers as numbers, spans as [start, end)."""
    if report.against is None:
        return {"against": None, "equal": None}
    two, against = report.against.checkpoints, report.against.report
    found = [each for each in two.differences if only is None or only in (each.pid, each.other_pid)]
    pages = [one for one in two.pages or () if only is None or only in one.pair]
    of: dict[Topic, list[Json]] = {topic: [] for topic in Topic}
    for difference in found:
        if difference.topic is not Topic.VMA:
            of[difference.topic].append(_json(difference))
    counts = totals(pages)
    return {
        "against": place_words(against),
        "equal": equal(report),
        "verdict": {"restores": reason(report) is None, "reason": reason(report),
                    "against_restores": reason(against) is None, "against_reason": reason(against)},
        "plan": {name: one.budget.charged if one.dump.tasks else None
                 for name, one in (("charged", report), ("against_charged", against))},
        "tasks": of[Topic.TASK],
        "threads": of[Topic.THREAD],
        "vmas": [_vma_json(pair, one) for pair in two.pairs if only is None or only in pair
                 for one in two.memory(pair).differences],
        "pages": {
            "same": counts.same, "changed": counts.changed, "appeared": counts.appeared, "gone": counts.gone,
            "unread": counts.unread, "vmas": [_pages_json(one) for one in pages if one.differ],
        },
        "files": of[Topic.FILE],
        "credentials": of[Topic.CREDENTIALS],
        "limits": of[Topic.LIMIT],
        "signals": of[Topic.SIGNAL],
        "timers": of[Topic.TIMER],
        "command_line": of[Topic.COMMAND_LINE],
        "environment": of[Topic.ENVIRONMENT],
        "seccomp": of[Topic.SECCOMP],
        "registers": of[Topic.REGISTERS],
        "namespaces": of[Topic.NAMESPACE],
        "mounts": of[Topic.MOUNT],
        "id_maps": of[Topic.ID_MAP],
        "cgroups": of[Topic.CGROUP],
        "inventory": of[Topic.INVENTORY],
        "engine": of[Topic.ENGINE],
        "logs": two_logs.json(report),
    }  # fmt: skip


def _json(found: Difference) -> dict[str, Json]:
    return {
        "change": found.turn.words,
        "pid": found.pid,
        "against_pid": found.other_pid,
        "name": display_safe(found.name),
        "value": display_safe(found.before, 1 << 20) or None,
        "against_value": display_safe(found.after, 1 << 20) or None,
    }


def _vma_json(pair: TaskPair, found: VmaDifference) -> dict[str, Json]:
    return {
        "change": found.turn.words,
        "pid": pair.pid,
        "against_pid": pair.other_pid,
        "vmas": [_one_vma(vma) for vma in found.before],
        "against_vmas": [_one_vma(vma) for vma in found.after],
    }


def _one_vma(vma: Vma) -> dict[str, Json]:
    return {"start": vma.start, "end": vma.end, "prot": vma.prot, "flags": vma.flags, "status": vma.status}


def _pages_json(one: PageDifferences) -> dict[str, Json]:
    shared = one.shared
    return {
        "pid": one.pair.pid,
        "against_pid": one.pair.other_pid,
        "start": shared.span.start,
        "end": shared.span.end,
        "distance": shared.distance,
        "same": one.same,
        "changed": one.changed.pages,
        "appeared": one.appeared.pages,
        "gone": one.gone.pages,
        "unread": one.unread,
        "error": None if one.error is None else display_safe(str(one.error)),
        "shown_again": one.again,
        **{
            f"{name}_spans": [[*span] for span, _ in zip(spans, range(SPANS_TOLD), strict=False)]
            for name, spans in (("changed", one.changed), ("appeared", one.appeared), ("gone", one.gone))
        },
    }

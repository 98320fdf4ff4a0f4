"""What stands in place of all findings while a dump is still being read."""

from __future__ import annotations

from criu_tui.core.findings.finding import Finding, Severity


def still_read() -> Finding:
    """Nothing is missing yet, and nothing said to be whole."""
    return Finding(
        "still-being-read",
        Severity.NOTE,
        "the archive is still being read",
        "its images are looked through for what is wrong once all of them are here",
    )

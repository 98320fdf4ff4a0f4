"""The CRIU on this machine, asked for its release and with `criu check` for what the images need; only on demand."""

from __future__ import annotations

import re
import select
import subprocess
import time
from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.limits import ANSWER_LIMIT, CRIU_SECONDS_LIMIT
from criu_tui.core.base.text import display_safe
from criu_tui.core.dump.namespaces import namespaces
from criu_tui.core.restore.preflight.check import Check, Needs, State
from criu_tui.core.restore.preflight.lazy import lazy_pages
from criu_tui.core.restore.preflight.programs import EMPTY, size_of_image
from criu_tui.core.restore.preflight.where import own_namespace
from criu_tui.core.restore.releases import numbers
from criu_tui.core.source.error import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt

UNKNOWN_FEATURE = "Unknown feature"
"""What a release says of a feature that it does not know by this name (criu/cr-check.c)."""


class InstalledCriu:
    """Whether the CRIU that was named runs here, is the one that is judged, and has what the images need."""

    id: ClassVar[str] = "criu"
    what: ClassVar[str] = "the CRIU on this machine"
    needs: ClassVar[Needs] = Needs.IMAGES

    def concerns(self, dump: Dump) -> bool:
        """Always, where one was named."""
        return True

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Its release; what `criu check` says; what it says of each feature that the images need."""
        command = attempt.around.criu
        if not command:
            return
        shown = display_safe(" ".join(command), 200)
        try:
            version = re.search(r"^Version: (\S{1,40})", _said(command, "--version")[1], re.MULTILINE)
            if version is None:
                raise OSError(0, "it says no version")
        except (OSError, subprocess.TimeoutExpired) as error:
            advice = "install CRIU, or name another with --ask-criu COMMAND"
            yield Check(self.id, f"{shown} does not run", State.FAILS, _why(error), advice)
            return
        found = display_safe(version[1], 40)
        if numbers(version[1]) == attempt.criu.numbers:
            yield Check(self.id, f"{shown} is CRIU {found}", State.OK, "the release that is judged")
        else:
            what = f"{shown} is CRIU {found}, and {attempt.criu.name} is judged"
            why = "another release may plan, read and refuse otherwise"
            yield Check(self.id, what, State.UNKNOWN, why, f"judge that one: --criu {found}")
        try:
            yield from self._features(attempt, command)
        except (OSError, subprocess.TimeoutExpired) as error:
            yield Check(self.id, f"{shown} check", State.UNKNOWN, _why(error))

    def _features(self, attempt: Attempt, command: tuple[str, ...]) -> Iterator[Check]:
        status, said = _said(command, "check")
        last = display_safe(next(reversed(said.strip().splitlines()), ""), 200)
        if status:
            yield Check(self.id, "criu check is not content", State.UNKNOWN, last, "run it as root: criu check --all")
        else:
            yield Check(self.id, "criu check", State.OK, last)
        for feature, need in features(attempt.dump).items():
            status, said = _said(command, "check", "--feature", feature)
            if status == 0:
                yield Check(self.id, f"it has {feature}", State.OK, need)
            elif UNKNOWN_FEATURE not in said:
                yield Check(
                    self.id,
                    f"it lacks {feature} on this kernel",
                    State.FAILS,
                    need,
                    f"see what it says: criu check --feature {feature}",
                )


def features(dump: Dump) -> dict[str, str]:
    """What `criu check --feature` is asked for, with what needs it."""
    found = {"clone3_set_tid": "to give tasks their ids"} if dump.tasks else {}
    kinds = {each.kind for each in namespaces(dump) if each.shared_with_criu is False}
    if "time" in kinds:
        found["timens"] = "a task is in a time namespace of its own"
    if "cgroup" in kinds:
        found["cgroupns"] = "a task is in a cgroup namespace of its own"
    if lazy_pages(dump):
        found["uffd-noncoop"] = "pages were left behind for a lazy restore"
    if own_namespace(dump, "net") and any(
        name.startswith("nftables-") and size_of_image(dump, name) > EMPTY for name in dump.files_listed
    ):
        found["nftables"] = "a network namespace has rules of nftables"
    return found


def _why(error: OSError | subprocess.TimeoutExpired) -> str:
    """Why CRIU has said nothing."""
    return (
        display_safe(reason_of(error), 200)
        if isinstance(error, OSError)
        else f"no answer in {CRIU_SECONDS_LIMIT:.0f} s"
    )


def _said(command: tuple[str, ...], *words: str) -> tuple[int, str]:
    """The exit status of CRIU, and all that it wrote."""
    ends = time.monotonic() + CRIU_SECONDS_LIMIT
    with subprocess.Popen(
        [*command, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
    ) as ran:
        try:
            said = _answer(ran, ends)
            status = ran.wait(max(0.0, ends - time.monotonic()))
        except BaseException:
            ran.kill()
            raise
    return status, said.decode(errors="replace")


def _answer(ran: subprocess.Popen[bytes], ends: float) -> bytes:
    """All that it writes until then. Raises TimeoutExpired, and OSError for more than any CRIU has to say."""
    assert ran.stdout is not None
    said = bytearray()
    while select.select([ran.stdout], [], [], max(0.0, ends - time.monotonic()))[0]:
        more = ran.stdout.read(ANSWER_LIMIT)
        if not more:
            return bytes(said)
        said += more
        if len(said) > ANSWER_LIMIT:
            raise OSError(0, "more output than an answer takes")
    raise subprocess.TimeoutExpired(ran.args, CRIU_SECONDS_LIMIT)

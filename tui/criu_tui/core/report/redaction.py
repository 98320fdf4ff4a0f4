"""What tells whose a checkpoint is, taken out of text: hosts, addresses, ids of containers, parts of paths."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from criu_tui.core.base.text import display_safe
from criu_tui.core.dump.mounts import mounts
from criu_tui.core.dump.sysctls import sysctls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.logs.log import Log
    from criu_tui.core.report.report import Report

_ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_ID = re.compile(r"\b[0-9a-f]{12,64}\b")
_UUID = re.compile(r"[0-9a-f]{8}([-_])(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)
_LINK_ADDRESS = re.compile(r"(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?!\w|:\w)", re.IGNORECASE)
_OPEN_TO_ALL = "com|org|net|edu|gov|mil|int|info|biz|io|dev|app|cloud"
_OWN = "internal|intranet|local|localdomain|lan|corp|home|private|test|example|invalid"
_COUNTRIES = (
    "at|au|be|br|ca|ch|cn|cz|de|dk|es|eu|fi|fr|hu|ie|il|in|it|jp|kr|nl|no|nz|pl|pt|ro|ru|se|sg|tr|tw|ua|uk|us|za"
)
_DOMAIN = re.compile(
    r"(?<![\w./-])(?:[\w.+-]{1,64}@)?((?:[a-z0-9-]{1,63}\.){1,8}"
    rf"(?:{_OPEN_TO_ALL}|{_OWN}|{_COUNTRIES}))(?![\w-])(?!\.\w)",
    re.IGNORECASE,
)
"""The name of a host, perhaps with who has an account there; libraries and images end otherwise."""
_KNOWN_TO_ALL = frozenset(
    ("criu.org", "kernel.org", "github.com", "docker.io", "k8s.io", "kubernetes.io", "nvidia.com")
)
_KNOWN_TO_ALL |= frozenset(("amd.com", "icr.io", "quay.io", "ghcr.io", "gcr.io"))
_LONG_ADDRESS = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:(?:\.\d{1,3}){3})?(?![\w:])")
"""What may be an address of IPv6: a time of day looks alike."""
_PATH = re.compile(r"(?<![\w.])/(?:[\w.+@:-]+/)*[\w.+@:-]+")
_TOPS = "bin|boot|dev|etc|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var"
_PATH_BELOW = re.compile(rf"(?<![\w./-])(?:(?:{_TOPS})/|[\w.+@:-]+/[\w.+@:-]+/)(?:[\w.+@:-]+/)*[\w.+@:-]+")
"""A path as from the root, without its first slash, as restores log them; of one part alone "I/O" looks alike."""
_SOURCE = re.compile(r"(?:arch|compel|criu|fs|include|kernel|mm|net|plugins|soccr)/(?:[\w-]+/)*[\w-]+\.[chS](?::\d+)?")
"""A source file of CRIU's or the kernel's, perhaps with a line."""
_COMMON = frozenset(
    [
        "bin",
        "boot",
        "cgroup",
        "checkpoint",
        "containers",
        "containerd",
        "criu",
        "dev",
        "docker",
        "etc",
        "fs",
        "home",
        "io",
        "kernel",
        "lib",
        "lib64",
        "libpod",
        "log",
        "machine.slice",
        "media",
        "mnt",
        "net",
        "ns",
        "opt",
        "overlay",
        "overlay2",
        "overlay-containers",
        "overlay-storage",
        "proc",
        "run",
        "sbin",
        "self",
        "shm",
        "storage",
        "sys",
        "system.slice",
        "task",
        "tmp",
        "userdata",
        "usr",
        "var",
        "dump.log",
        "restore.log",
        "criu-dump.log",
    ]
)
"""Parts of paths that tell nothing of whose they are."""
_QUOTED = re.compile(r"(?<=['\"`\[])/[^'\"`\]\n]*(?=['\"`\]])")
"""A path between quotes or brackets, which tell where it ends whatever stands in it."""
_WRITTEN = re.compile(rf"{_PATH.pattern}(?:(?<!:) (?!I/O\b|(?:criu|compel|plugins|soccr)/)[\w.+@-]+(?:/[\w.+@:-]+)+)*")
"""A path as it stands in a text: what follows a blank and has parts too is more of it."""
_NO_HOSTS = frozenset(["", "(none)", "localhost", "localhost.localdomain", "criu"])
"""Names of hosts that tell nothing, or stand for something else."""
_FLAVOUR = re.compile(
    r"(?:amazon|amd|amzn|arch|arm|aws|azure|bpo|cloud|deb|edge|el|fc|g[0-9a-f]{7,}|gcp|generic|gke|hwe|ibm|kvm|linuxkit|"
    r"lowlatency|lts|microsoft|nvidia|oracle|preempt|pve|raspi|rc|rt|standard|tegra|trunk|u|ubuntu|v|virt|wsl|xanmod|"
    r"zen|aarch|armv|i[3-6]86|mips|ppc|riscv|s390x|x86)\d*(?:l|le)?",
    re.IGNORECASE,
)
"""A part of a kernel's release that distributions, clouds and architectures give; others are of whoever built it."""


def hiding(report: Report, log: Log | None) -> Callable[[str], str]:
    """Takes out of any text what tells whose it is: what looks like it, and names that the dump and the log hold."""
    return _Replaced(report.dump, log)


class _Replaced:
    """The same stands for the same."""

    def __init__(self, dump: Dump, log: Log | None) -> None:
        self._host = display_safe(log.host, 80) if log is not None and log.host else None
        self._kernel = display_safe(log.kernel, 80) if log is not None and log.kernel else None
        self._hosts = sorted({name for name in _hosts(dump) if name not in _NO_HOSTS}, key=len, reverse=True)
        self._odd_paths = sorted({display_safe(path) for path in _odd_paths(dump)}, key=len, reverse=True)
        self._names: dict[str, str] = {}

    def __call__(self, words: str) -> str:
        if not self._kernel:
            return self._replaced(words)
        # Apart: its numbers look like an address.
        return _kernel(self._kernel).join(map(self._replaced, words.split(self._kernel)))

    def _replaced(self, words: str) -> str:
        if self._host:
            words = re.sub(rf"\b{re.escape(self._host)}\b", "host", words)
        for name in self._hosts:
            if name in words:
                words = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", self._name(name, "host"), words)
        for path in self._odd_paths:
            if path in words:
                words = words.replace(path, self._path(path))
        words = _QUOTED.sub(lambda found: self._path(found[0]), words)
        words = _UUID.sub(lambda found: self._name(found[0], "id"), words)
        words = _LINK_ADDRESS.sub(lambda found: self._name(found[0], "address"), words)
        words = _DOMAIN.sub(lambda found: self._domain(found[0]), words)
        words = _LONG_ADDRESS.sub(lambda found: self._long_address(found[0]), words)
        words = _ADDRESS.sub(lambda found: self._name(found[0], "address"), words)
        words = _WRITTEN.sub(lambda found: self._path(found[0]), words)
        words = _PATH_BELOW.sub(lambda found: found[0] if _SOURCE.fullmatch(found[0]) else self._path(found[0]), words)
        return _ID.sub(lambda found: self._name(found[0], "id") if _is_id(found[0]) else found[0], words)

    def _long_address(self, text: str) -> str:
        # The colon behind it may be the sentence's own.
        end = ":" if text.endswith(":") and not text.endswith("::") else ""
        address = text.removesuffix(end)
        try:
            IPv6Address(address)
        except ValueError:
            return text
        return text if address == "::" else self._name(address, "address") + end

    def _domain(self, name: str) -> str:
        return name if name.lower() in _KNOWN_TO_ALL else self._name(name, "host")

    def _path(self, path: str) -> str:
        return "/".join(map(self._part, path.split("/")))

    def _part(self, part: str) -> str:
        known = part in _COMMON or part.isdecimal() or part.startswith((".criu", "lib", "ld-"))
        return part if known or not part else self._name(part, "name")

    def _name(self, value: str, kind: str) -> str:
        return self._names.setdefault(f"{kind} {value}", f"{kind}{len(self._names) + 1}")


def _is_id(word: str) -> bool:
    """Ids of containers are longer than addresses and hold letters and digits."""
    return len(word) > 16 or (len(word) == 12 and not word.startswith(("7f", "55", "56", "00", "ff", "7e")))


def _kernel(release: str) -> str:
    """A kernel's release without what its builder has called it."""
    version, parted, rest = release.partition("-")
    return version + parted + re.sub(r"[^\W\d_]\w*", lambda found: found[0] if _told(found[0]) else "local", rest)


def _told(part: str) -> bool:
    return all(_FLAVOUR.fullmatch(each) or each.isdecimal() for each in part.split("_"))


def _hosts(dump: Dump) -> Iterator[str]:
    """Names of hosts and domains that the images have."""
    for setting in sysctls(dump):
        if setting.kind == "uts":
            yield display_safe(setting.value, 80)


def _odd_paths(dump: Dump) -> Iterator[str]:
    """Paths that the images have and that are not known by their signs where they stand in a text."""
    named = [file.path for file in dump.files.values()]
    for mount in mounts(dump):
        named += [mount.point, mount.root, mount.source]
    for path in (str(dump.shown_path), *filter(None, named)):
        # A file system without one names what it is made of instead, as "tmpfs".
        if path.startswith("/") and path.strip("/") and not _PATH.fullmatch(path):
            yield path
            if " " in path:
                # As from the root of a restore.
                yield path[1:]

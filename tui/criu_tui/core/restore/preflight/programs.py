"""What the restore runs beside CRIU: its plugins, tools of the network, tar."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from criu_tui.core.base.text import display_safe
from criu_tui.core.base.units import some
from criu_tui.core.dump.listed import of_stem
from criu_tui.core.images.messages import text_of
from criu_tui.core.restore.preflight.check import Check, Needs, State, by_name
from criu_tui.core.restore.preflight.network import connections
from criu_tui.core.restore.preflight.where import own_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.restore.preflight.attempt import Attempt

IPTABLES, NFTABLES = 0, 1
"""inventory.network_lock_method."""
UNLOCKS = "iptables"
"""What CRIU runs for connections outside a network namespace, and goes on without (criu/netfilter.c)."""
EMPTY = 16
"""Bytes of an image with its magic numbers alone, and of one that a tool wrote without anything to tell."""


class Plugins:
    """Plugins that took part in the dump, by the inventory."""

    id: ClassVar[str] = "plugins"
    what: ClassVar[str] = "plugins of CRIU that took part in the dump"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether any took part."""
        return bool(_plugins(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every plugin that is not installed (criu/plugin.c: check_inventory_plugins)."""
        missing = {
            name: Check(
                self.id,
                f"the plugin {display_safe(name, 80)} is not installed",
                State.FAILS,
                "inventory.img names it, and CRIU refuses to restore without it",
                "install it where CRIU looks (/usr/lib/criu; CRIU_LIBS_DIR): packages criu-*-plugin",
            )
            for name in _plugins(attempt.dump)
        }
        return by_name(missing, attempt.machine.plugins, "is installed", "which are installed is not known")


def _plugins(dump: Dump) -> list[str]:
    return [] if dump.inventory is None else [text_of(name) for name in dump.inventory.plugins_entry.plugins]


class Tools:
    """Programs that CRIU runs for what these images hold."""

    id: ClassVar[str] = "tools"
    what: ClassVar[str] = "programs that the restore runs"
    needs: ClassVar[Needs] = Needs.MACHINE

    def concerns(self, dump: Dump) -> bool:
        """Whether any is run."""
        return bool(tools_of(dump))

    def look(self, attempt: Attempt) -> Iterator[Check]:
        """Every program that is missing."""
        wanted = tools_of(attempt.dump)
        known = attempt.machine.tools
        if known is None:
            yield Check(self.id, some(sorted(wanted)), State.UNKNOWN, "which are installed is not known")
            return
        for name, why in wanted.items():
            if name not in known:
                yield Check(
                    self.id,
                    f"{name} is not installed",
                    State.UNKNOWN if name == UNLOCKS else State.FAILS,
                    f"the restore runs it {why}",
                    f"install {PACKAGES[name]}",
                )
        found = sorted(wanted.keys() & known)
        if found:
            yield Check(self.id, ", ".join(found), State.OK, "installed")


PACKAGES = {
    "ip": "iproute2",
    "iptables": "iptables",
    "iptables-restore": "iptables",
    "ip6tables-restore": "iptables",
    "tar": "tar",
}


def tools_of(dump: Dump) -> dict[str, str]:
    """What the images ask for, and why.

    `ip` sets addresses, routes and rules of a network namespace; iptables its rules, where there are some; tar fills a
    tmpfs (criu/net.c, criu/filesystems.c).
    """
    found: dict[str, str] = {}
    if any(name.endswith(".tar.gz.img") for stem in ("tmpfs", "tmpfs-dev") for name in of_stem(dump, stem)):
        found["tar"] = "to fill a tmpfs"
    if own_namespace(dump, "net"):
        found["ip"] = "for addresses and routes of the network namespace"
        for stem, tool in (("iptables", "iptables-restore"), ("ip6tables", "ip6tables-restore")):
            if any(size_of_image(dump, name) > EMPTY for name in of_stem(dump, stem)):
                found[tool] = "for the rules of the network namespace"
    elif connections(dump) and dump.inventory is not None and dump.inventory.network_lock_method == IPTABLES:
        found[UNLOCKS] = "to take off the rules that kept connections still; without it they stay so"
    return found


def size_of_image(dump: Dump, name: str) -> int:
    """Bytes of an image; 0 where it is not there."""
    try:
        return dump.source.status(name).size
    except OSError:
        return 0

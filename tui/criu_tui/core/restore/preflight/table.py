"""All checks that need no plan and no findings, in the order in which they are made: quick ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from criu_tui.core.restore.preflight.confinement import Cgroups, Seccomp, SecurityModule
from criu_tui.core.restore.preflight.credentials import CapabilitiesCheck, IdMaps
from criu_tui.core.restore.preflight.deleted import DeletedFiles
from criu_tui.core.restore.preflight.files import Files, TaskDirectories
from criu_tui.core.restore.preflight.huge import HugePages
from criu_tui.core.restore.preflight.installed import InstalledCriu
from criu_tui.core.restore.preflight.kernel import KernelFeatures
from criu_tui.core.restore.preflight.limits import SystemLimits
from criu_tui.core.restore.preflight.mounted import Mounts
from criu_tui.core.restore.preflight.network import Addresses, Interfaces, Ports
from criu_tui.core.restore.preflight.pids import Pids
from criu_tui.core.restore.preflight.processor import Processor
from criu_tui.core.restore.preflight.programs import Plugins, Tools
from criu_tui.core.restore.preflight.room import GhostRoom
from criu_tui.core.restore.preflight.tracking import MemoryTracking
from criu_tui.core.restore.preflight.unix_sockets import UnixSockets

if TYPE_CHECKING:
    from criu_tui.core.restore.preflight.check import Subject

SUBJECTS: tuple[Subject, ...] = (
    HugePages(),
    Files(),
    TaskDirectories(),
    DeletedFiles(),
    GhostRoom(),
    Mounts(),
    Pids(),
    IdMaps(),
    CapabilitiesCheck(),
    KernelFeatures(),
    Processor(),
    MemoryTracking(),
    SystemLimits(),
    Addresses(),
    Ports(),
    Interfaces(),
    UnixSockets(),
    Cgroups(),
    Seccomp(),
    SecurityModule(),
    Plugins(),
    Tools(),
    InstalledCriu(),
)

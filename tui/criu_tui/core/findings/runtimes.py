"""How container runtimes are told an option of CRIU: by a flag of their own, or by CRIU's configuration file."""

from __future__ import annotations

_RUNC = frozenset(
    [
        "tcp-established",
        "tcp-skip-in-flight",
        "ext-unix-sk",
        "shell-job",
        "lazy-pages",
        "file-locks",
        "manage-cgroups",
        "empty-ns",
        "auto-dedup",
        "link-remap",
        "lsm-profile",
        "lsm-mount-context",
    ]
)
"""Options that `runc checkpoint` and `runc restore` have under the same name, or with `-mode` behind it."""
_PODMAN = frozenset(["tcp-established", "tcp-close", "file-locks"])
"""Those of `podman container checkpoint` and `restore`."""


SAME_ON_THE_HOST = (
    "in containers: the same, on the host or node, whose CRIU runc, crun, podman, docker and Kubernetes run"
)
"""Where a runtime has nothing of its own to set."""
SAME_THERE = "in containers: the same"
"""Where the failure is none of CRIU's."""


def in_containers(option: str) -> str:
    """The ways to give an option such as "--ghost-limit 8M" through runc, podman, docker and Kubernetes."""
    name, _, value = option.removeprefix("--").partition(" ")
    flags = []
    if name in _RUNC:
        flags.append(f"runc --{'manage-cgroups-mode' if name == 'manage-cgroups' else name}{value and f' {value}'}")
    if name in _PODMAN:
        flags.append(f"podman --{name}")
    line = f"{name} {value}".strip()
    file = (
        f"the line “{line}” in /etc/criu/runc.conf (crun: /etc/criu/crun.conf) for docker, containerd, CRI-O and "
        "Kubernetes, which have no flag for it"
    )
    return f"in containers: {'; '.join((*flags, file))}"

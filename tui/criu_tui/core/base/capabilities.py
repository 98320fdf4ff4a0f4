"""What each bit of a set of capabilities is called."""

CAPABILITIES = (
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
)
"""By bit, as in capabilities(7), without CAP_."""


def capability_names(mask: int) -> list[str]:
    """The capabilities of a set, lowest number first; one without a name by its number."""
    return [
        f"CAP_{CAPABILITIES[bit].upper()}" if bit < len(CAPABILITIES) else f"capability {bit}"
        for bit in range(mask.bit_length())
        if mask >> bit & 1
    ]

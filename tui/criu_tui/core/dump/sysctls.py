"""Settings of the kernel that a dump keeps: of IPC, network and UTS namespaces, by their names below /proc/sys."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from criu_tui.core.dump.listed import numbered
from criu_tui.core.images import kinds
from criu_tui.core.images.messages import text_of
from criu_tui.core.images.schema import binfmt_misc_pb2, ipc_var_pb2, netdev_pb2, utsns_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from criu_tui.core.dump.dump import Dump
    from criu_tui.core.images.schema import sysctl_pb2


class Sysctl(NamedTuple):
    """One setting; text is as in the dump."""

    kind: str
    """Of the namespace: ipc, net or uts."""
    namespace: int
    name: str
    """Below /proc/sys, with slashes."""
    value: str


_IPC = (
    ("kernel/sem", "sem_ctls"),
    ("kernel/msgmax", "msg_ctlmax"),
    ("kernel/msgmnb", "msg_ctlmnb"),
    ("kernel/auto_msgmni", "auto_msgmni"),
    ("kernel/msgmni", "msg_ctlmni"),
    ("kernel/shmmax", "shm_ctlmax"),
    ("kernel/shmall", "shm_ctlall"),
    ("kernel/shmmni", "shm_ctlmni"),
    ("kernel/shm_rmid_forced", "shm_rmid_forced"),
    ("fs/mqueue/queues_max", "mq_queues_max"),
    ("fs/mqueue/msg_max", "mq_msg_max"),
    ("fs/mqueue/msgsize_max", "mq_msgsize_max"),
    ("fs/mqueue/msg_default", "mq_msg_default"),
    ("fs/mqueue/msgsize_default", "mq_msgsize_default"),
    ("kernel/msg_next_id", "msg_next_id"),
    ("kernel/sem_next_id", "sem_next_id"),
    ("kernel/shm_next_id", "shm_next_id"),
)
"""Names and the fields that hold them (criu/ipc_ns.c)."""

_CONF4 = (
    "accept_local", "accept_redirects", "accept_source_route", "arp_accept", "arp_announce", "arp_filter",
    "arp_ignore", "arp_notify", "bootp_relay", "disable_policy", "disable_xfrm", "force_igmp_version", "forwarding",
    "igmpv2_unsolicited_report_interval", "igmpv3_unsolicited_report_interval", "log_martians", "medium_id",
    "promote_secondaries", "proxy_arp", "proxy_arp_pvlan", "route_localnet", "rp_filter", "secure_redirects",
    "send_redirects", "shared_media", "src_valid_mark", "tag", "ignore_routes_with_linkdown", "drop_gratuitous_arp",
    "drop_unicast_in_l2_multicast",
)  # fmt: skip
_CONF6 = (
    "accept_dad", "accept_ra", "accept_ra_defrtr", "accept_ra_from_local", "accept_ra_min_hop_limit", "accept_ra_mtu",
    "accept_ra_pinfo", "accept_ra_rt_info_max_plen", "accept_ra_rtr_pref", "accept_redirects", "accept_source_route",
    "autoconf", "dad_transmits", "disable_ipv6", "drop_unicast_in_l2_multicast", "drop_unsolicited_na",
    "force_mld_version", "force_tllao", "forwarding", "hop_limit", "ignore_routes_with_linkdown", "keep_addr_on_down",
    "max_addresses", "max_desync_factor", "mldv1_unsolicited_report_interval", "mldv2_unsolicited_report_interval",
    "mtu", "ndisc_notify", "optimistic_dad", "proxy_ndp", "regen_max_retry", "router_probe_interval",
    "router_solicitation_delay", "router_solicitation_interval", "router_solicitations", "stable_secret",
    "suppress_frag_ndisc", "temp_prefered_lft", "temp_valid_lft", "use_oif_addrs_only", "use_optimistic",
    "use_tempaddr",
)  # fmt: skip
"""In the order in which CRIU keeps them (criu/net.c)."""


def sysctls(dump: Dump) -> tuple[Sysctl, ...]:
    """Every setting that the images of namespaces and network devices have."""
    return dump.once("sysctls", lambda: (*_ipc(dump), *_net(dump), *_uts(dump)))


def _ipc(dump: Dump) -> Iterator[Sysctl]:
    for number, image in numbered(dump, kinds.IPC_VAR):
        for entry in dump.entries(image, kinds.IPC_VAR, ipc_var_pb2.ipc_var_entry):
            for name, field in _IPC:
                if field == "sem_ctls":
                    yield Sysctl("ipc", number, name, " ".join(map(str, entry.sem_ctls)))
                elif entry.HasField(field):
                    yield Sysctl("ipc", number, name, str(getattr(entry, field)))


def _net(dump: Dump) -> Iterator[Sysctl]:
    for number, image in numbered(dump, kinds.NETNS):
        for entry in dump.entries(image, kinds.NETNS, netdev_pb2.netns_entry):
            for where, names, values in (
                ("ipv4/conf/all", _CONF4, entry.all_conf4),
                ("ipv4/conf/default", _CONF4, entry.def_conf4),
                ("ipv6/conf/all", _CONF6, entry.all_conf6),
                ("ipv6/conf/default", _CONF6, entry.def_conf6),
                ("unix", ("max_dgram_qlen",), entry.unix_conf),
                ("ipv4", ("ping_group_range",), entry.ipv4_sysctl),
            ):
                yield from _listed(number, where, names, values)
    for number, image in numbered(dump, kinds.NETDEV):
        for device in dump.entries(image, kinds.NETDEV, netdev_pb2.net_device_entry):
            name = text_of(device.name)
            yield from _listed(number, f"ipv4/conf/{name}", _CONF4, device.conf4)
            yield from _listed(number, f"ipv6/conf/{name}", _CONF6, device.conf6)


def _listed(
    number: int, where: str, names: Sequence[str], values: Sequence[sysctl_pb2.sysctl_entry]
) -> Iterator[Sysctl]:
    """The values that are set, in CRIU's order of the names; one that a later CRIU adds is told by its place."""
    for index, entry in enumerate(values):
        if entry.HasField("sarg") or entry.HasField("iarg"):
            name = names[index] if index < len(names) else f"[{index}]"
            value = text_of(entry.sarg) if entry.HasField("sarg") else str(entry.iarg)
            yield Sysctl("net", number, f"net/{where}/{name}", value)


def _uts(dump: Dump) -> Iterator[Sysctl]:
    for number, image in numbered(dump, kinds.UTSNS):
        for entry in dump.entries(image, kinds.UTSNS, utsns_pb2.utsns_entry):
            yield Sysctl("uts", number, "kernel/hostname", text_of(entry.nodename))
            yield Sysctl("uts", number, "kernel/domainname", text_of(entry.domainname))


class Format(NamedTuple):
    """What the kernel hands a kind of program to (binfmt_misc); text is as in the dump."""

    name: str
    enabled: bool
    interpreter: str
    flags: str
    told_by: str
    """The ending of a name, or the bytes that a file begins with, in hexadecimal."""


def formats(dump: Dump) -> tuple[Format, ...]:
    """The entries of /proc/sys/fs/binfmt_misc, from either kind of image that CRIU keeps them in."""
    names = ["binfmt-misc.img"] if "binfmt-misc.img" in dump.files_listed else []
    names += (name for _, name in numbered(dump, kinds.BINFMT_MISC_OLD))
    return tuple(
        Format(text_of(entry.name), entry.enabled, text_of(entry.interpreter), text_of(entry.flags), _told_by(entry))
        for name in names
        for entry in dump.entries(name, kinds.BINFMT_MISC, binfmt_misc_pb2.binfmt_misc_entry)
    )


def _told_by(entry: binfmt_misc_pb2.binfmt_misc_entry) -> str:
    if entry.HasField("extension"):
        return f".{text_of(entry.extension)}"
    mask = f", mask {text_of(entry.mask)}" if entry.HasField("mask") else ""
    return f"{text_of(entry.magic)} at byte {entry.offset}{mask}"

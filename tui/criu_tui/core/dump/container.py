"""What an engine recorded of the container whose checkpoint this is, beside the images.

Podman: config.dump, spec.dump, network.status; CRI-O and containerd the same and annotations
of Kubernetes; containerd also `status`; Docker the container's own directory; LXD and Incus
backup.yaml. Names of fields are those that checkpointctl's lib/metadata.go reads; all that
such files say is hostile until it is made safe to show.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from criu_tui.core.base.expressions import expression
from criu_tui.core.base.limits import BACKUP_LIMIT
from criu_tui.core.source.error import ImageError
from criu_tui.core.source.oci import json_of, parsed, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from criu_tui.core.source.source import Source

LISTED = 10_000
"""Mounts, annotations and addresses that are kept."""
NEVER = "0001-01-01T00:00:00Z"
"""What Go writes for a time that has not come."""

_OWN = ("config.dump", "spec.dump", "status", "network.status", "backup.yaml", "config.v2.json")
"""Files that tell of a container."""
_KUBELET = expression(
    r"checkpoint-(?P<pod>[a-z0-9.-]+)_(?P<rest>[a-z0-9.-]+)-(?P<time>\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\dZ)"
)
"""checkpoint-POD_NAMESPACE-CONTAINER-TIME, as the kubelet names archives."""
_ID = expression(r"[0-9a-f]{64}")
_NAME = expression(r"^ {0,2}name: *[\"']?([^\s\"'#]+)", re.MULTILINE)
_CREATED = expression(r"^ {0,2}created_at: *[\"']?([^\s\"'#]+)", re.MULTILINE)
_IMAGE = expression(r"^ {0,4}image\.description: *[\"']?([^\n\"'#]+)", re.MULTILINE)
_DIGEST = expression(r"^ {0,4}volatile\.base_image: *[\"']?([^\s\"'#]+)", re.MULTILINE)


class Address(NamedTuple):
    """A network address of the container."""

    interface: str
    ip: str
    """With the length of its network where that is known: 10.88.0.9/16."""
    mac: str
    gateway: str
    network: str = ""
    """Its name with the engine."""


class SpecMount(NamedTuple):
    """A mount of the runtime's spec."""

    destination: str
    type: str
    source: str
    options: tuple[str, ...]


class Container(NamedTuple):
    """A container as its engine knows it; empty where it does not say. Times are ISO 8601 as they were written."""

    engine: str = ""
    engine_version: str = ""
    name: str = ""
    id: str = ""
    pod: str = ""
    namespace: str = ""
    image: str = ""
    digest: str = ""
    """Of the image, or its id."""
    runtime: str = ""
    runtime_version: str = ""
    criu: str = ""
    created: str = ""
    checkpointed: str = ""
    restored: str = ""
    hostname: str = ""
    command: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    mounts: tuple[SpecMount, ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()
    """Of the spec and of the OCI image, by name."""


def home_of(images: Source) -> Source | None:
    """Where the engine's own files lie: beside the images or one level above; None when no engine left any."""
    for place in (images, images.above):
        # One by one: to list the files of 5,000 tasks takes longer.
        if place is not None and any(map(place.is_regular, _OWN if place is not images else (*_OWN, "config.json"))):
            return place
    return None


def container_of(images: Source) -> Container | None:
    """What is recorded of the container; None where no engine left a word."""
    home = home_of(images)
    said = images.annotations
    crac = _crac(images)
    named = _from_kubelet(images)
    if home is None and not said and not crac and not any(named):
        return None
    config = json_of(home, "config.dump") if home else {}
    spec = json_of(home, "spec.dump") if home else {}
    status = json_of(home, "status") if home else {}
    annotations = texts(spec.get("annotations")) | dict(said)
    manager = annotations.get("io.container.manager", "")
    process = spec.get("process")
    return _first_said(
        Container(engine={"libpod": "Podman", "cri-o": "CRI-O"}.get(manager, "")),
        _from_annotations(annotations),
        _from_config(config),
        _image_of_annotations(annotations),
        _from_image(said),
        _from_status(status),
        _from_docker(home),
        _from_lxd(home),
        named,
        Container(engine="CRaC" if crac else _engine(annotations, status, config)),
        Container(
            hostname=_text(spec.get("hostname")),
            command=tuple(_strings(process.get("args"))) if isinstance(process, dict) else (),
            addresses=tuple(_addresses(json_of(home, "network.status") if home else {}, annotations)),
            mounts=tuple(_mounts(spec)),
            annotations=tuple(sorted(annotations.items())[:LISTED]),
        ),
    )


def _first_said(*found: Container) -> Container:
    """Of each field what the first says that says anything."""
    return Container._make(next(filter(None, values), values[0]) for values in zip(*found, strict=True))


def _engine(annotations: Mapping[str, str], status: dict[str, Any], config: dict[str, Any]) -> str:
    """The engine of a spec that does not name it: containerd's does not."""
    if status or any(key.startswith("io.kubernetes.cri.") for key in annotations):
        return "containerd"
    return "containerd" if config and annotations and "io.container.manager" not in annotations else ""


def _from_config(config: dict[str, Any]) -> Container:
    return Container(
        name=_text(config.get("name")),
        id=_text(config.get("id")),
        image=_text(config.get("rootfsImageName")) or _text(config.get("rootfsImage")),
        digest=_text(config.get("rootfsImageRef")) or _text(config.get("rootfsImageID")),
        runtime=_text(config.get("runtime")),
        created=_time(config.get("createdTime")),
        checkpointed=_time(config.get("checkpointedTime")) or _time(config.get("checkpointedAt")),
        restored=_time(config.get("restoredTime")),
    )


def _from_annotations(said: Mapping[str, str]) -> Container:
    """Of the runtime's spec, as CRI-O and containerd write them: config.dump has longer names made of these."""
    metadata = parsed(said.get("io.kubernetes.cri-o.Metadata", ""))
    return Container(
        name=_text(metadata.get("name"))
        or said.get("io.kubernetes.cri.container-name")
        or said.get("io.kubernetes.container.name", ""),
        pod=said.get("io.kubernetes.pod.name") or said.get("io.kubernetes.cri.sandbox-name", ""),
        namespace=said.get("io.kubernetes.pod.namespace") or said.get("io.kubernetes.cri.sandbox-namespace", ""),
        created=said.get("io.kubernetes.cri-o.Created", ""),
    )


def _image_of_annotations(said: Mapping[str, str]) -> Container:
    """Names of images in config.dump come before these."""
    return Container(
        id=said.get("io.kubernetes.cri-o.ContainerID", ""),
        image=said.get("io.kubernetes.cri-o.ImageName") or said.get("io.kubernetes.cri.image-name", ""),
        digest=said.get("io.kubernetes.cri-o.ImageRef") or said.get("io.kubernetes.cri-o.Image", ""),
    )


def _from_image(said: Mapping[str, str]) -> Container:
    """Of an OCI image that holds a checkpoint: names of annotations differ from engine to engine, their ends hardly."""
    lower = {key.lower(): value for key, value in said.items() if "checkpoint" in key}

    def at(*ends: str) -> str:
        return next((value for end in ends for key, value in lower.items() if key.endswith(end.lower())), "")

    return Container(
        engine=at("engine.name", "container.manager") or ("CRI-O" if any("cri-o" in key for key in lower) else ""),
        engine_version=at("engine.version", "podman.version", "cri-o.version"),
        name=at("container.name", "checkpoint.name"),
        id=at("container.id", "checkpoint.id"),
        pod=at("pod.name", "checkpoint.pod"),
        namespace=at("pod.namespace", "checkpoint.namespace"),
        image=at("rootImage.name", "rootfsImageName", "rawImage.name", "rootfsImage", "image.name"),
        digest=at("rootImage.digest", "rootfsImageID", "rootfsImage.id", "image.digest"),
        runtime=at("runtime.name"),
        runtime_version=at("runtime.version"),
        criu=at("criu.version"),
        checkpointed=at("checkpoint.time", "checkpointed"),
    )


def _from_status(status: dict[str, Any]) -> Container:
    """Of containerd's own status of a container; nanoseconds since 1970."""
    created = status.get("CreatedAt")
    if not isinstance(created, int) or not 10**15 < created < 10**19:
        return Container()
    return Container(created=datetime.fromtimestamp(created // 10**9, UTC).isoformat().replace("+00:00", "Z"))


def _from_docker(home: Source | None) -> Container:
    """Docker keeps a checkpoint in containers/ID/checkpoints/NAME, with a config.json of its own among the images."""
    if home is None or "config.json" not in home.names() or "config.dump" in home.names():
        return Container()
    config = json_of(home, "config.json")
    if not {"created", "name"} & config.keys():
        return Container()
    found = Container("Docker", name=_text(config.get("name")), checkpointed=_time(config.get("created")))
    own = home.above.above if home.above is not None else None
    if own is None:
        return found
    whole = json_of(own, "config.v2.json")
    if not whole:
        return found._replace(id=own.path.name) if _ID.fullmatch(own.path.name) else found
    inner = whole.get("Config")
    return found._replace(
        name=_text(whole.get("Name")).lstrip("/") or found.name,
        image=_text(inner.get("Image")) if isinstance(inner, dict) else "",
        digest=_text(whole.get("Image")),
        created=_text(whole.get("Created")),
        id=_text(whole.get("ID")),
    )


def _from_lxd(home: Source | None) -> Container:
    if home is None or "backup.yaml" not in home.names():
        return Container()
    try:
        text = home.read("backup.yaml", BACKUP_LIMIT).decode("utf-8", "replace")
    except ImageError:
        return Container()
    found = (pattern.search(text) for pattern in (_NAME, _CREATED, _IMAGE, _DIGEST))
    name, created, image, digest = ("" if match is None else match[1].strip() for match in found)
    engine = "Incus" if "incus" in home.path.parts else "LXD"
    return Container(engine, name=name, created=created, image=image, digest=digest)


def _from_kubelet(images: Source) -> Container:
    """Of the name of an archive that the kubelet wrote, or of a directory it was unpacked to."""
    for part in reversed(images.path.parts):
        found = _KUBELET.match(part)
        if found:
            namespace, _, name = found["rest"].partition("-")
            date, _, clock = found["time"].partition("T")
            known = Container(pod=found["pod"], checkpointed=f"{date}T{clock.replace('-', ':')}")
            # Both may have hyphens: where there is but one, it parts them.
            return known if "-" in name else known._replace(namespace=namespace, name=name)
    return Container()


def _crac(images: Source) -> bool:
    return any(map(images.is_regular, ("dump4.log", "cppath"))) or all(map(images.is_regular, ("perfdata", "tags")))


def _addresses(network: dict[str, Any], annotations: Mapping[str, str]) -> Iterator[Address]:
    """Of Podman's network.status, by network and interface, or of CNI's results; else of CRI-O's annotations."""
    found: list[Address] = []
    for of_all, of_network in network.items():
        interfaces = of_network.get("interfaces") if isinstance(of_network, dict) else None
        for name, each in interfaces.items() if isinstance(interfaces, dict) else ():
            if isinstance(each, dict):
                mac = _text(each.get("mac_address"))
                found += (
                    Address(name, _text(net.get("ipnet")), mac, _text(net.get("gateway")), of_all)
                    for net in _objects(each.get("subnets"))
                )
    found += (
        Address("", _text(ip.get("address")), "", _text(ip.get("gateway"))) for ip in _objects(network.get("ips"))
    )
    if not found:
        keys = sorted(key for key in annotations if key.startswith("io.kubernetes.cri-o.IP."))
        found = [Address("", annotations[key], "", "") for key in keys]
    yield from found[:LISTED]


def _mounts(spec: dict[str, Any]) -> Iterator[SpecMount]:
    for each in _objects(spec.get("mounts")):
        options = tuple(_strings(each.get("options")))
        yield SpecMount(_text(each.get("destination")), _text(each.get("type")), _text(each.get("source")), options)


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value[:LISTED] if isinstance(each, dict)] if isinstance(value, list) else []


def _time(value: object) -> str:
    text = _text(value)
    return "" if text == NEVER else text


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _strings(value: object) -> list[str]:
    return [text for text in value[:LISTED] if isinstance(text, str)] if isinstance(value, list) else []

"""Lays dumps out as engines do, and packs them; the layouts are those that the engines' sources and documents give."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import struct
import sys
import tarfile
from typing import TYPE_CHECKING, Any

import lz4.frame

from tests.conftest import DUMPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONFIG: dict[str, Any] = {
    "id": "5f2c" * 16,
    "name": "counter",
    "rootfsImageName": "quay.io/example/counter:1.2",
    "rootfsImageRef": "sha256:" + "ab" * 32,
    "runtime": "runc",
    "createdTime": "2026-03-01T08:00:00.5Z",
    "checkpointedTime": "2026-03-02T09:30:00Z",
    "restoredTime": "0001-01-01T00:00:00Z",
    "restored": False,
}
SPEC: dict[str, Any] = {
    "ociVersion": "1.1.0",
    "hostname": "counter-host",
    "process": {"args": ["/bin/counter", "--every", "1s"], "cwd": "/"},
    "annotations": {
        "io.container.manager": "libpod",
        "org.opencontainers.image.stopSignal": "15",
    },
    "mounts": [
        {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid"]},
        {"destination": "/data", "type": "bind", "source": "/srv/data", "options": ["rbind", "rw"]},
    ],
}
KUBELET = {
    "io.kubernetes.cri-o.ContainerManager": "cri-o",
    "io.container.manager": "cri-o",
    "io.kubernetes.cri-o.SandboxName": "k8s_counters_default_0",
    "io.kubernetes.pod.name": "counters",
    "io.kubernetes.pod.namespace": "default",
    "io.kubernetes.container.name": "counter",
    "io.kubernetes.cri-o.IP.0": "10.85.0.7",
    "io.kubernetes.cri-o.Image": "sha256:" + "cd" * 32,
    "io.kubernetes.cri-o.ImageName": "quay.io/example/counter:1.2",
    "io.kubernetes.cri-o.Created": "2026-03-01T08:00:00.5Z",
}
CONTAINERD = {
    "io.kubernetes.cri.container-name": "counter",
    "io.kubernetes.cri.container-type": "container",
    "io.kubernetes.cri.image-name": "quay.io/example/counter:1.2",
    "io.kubernetes.cri.sandbox-name": "counters",
    "io.kubernetes.cri.sandbox-namespace": "default",
}
NETWORK = {
    "podman": {
        "interfaces": {
            "eth0": {
                "subnets": [{"ipnet": "10.88.0.9/16", "gateway": "10.88.0.1"}],
                "mac_address": "f2:99:8d:fb:5a:57",
            }
        }
    }
}


def images(name: str, place: Path) -> Path:
    """The images of a dump, without its log and statistics, which engines keep elsewhere."""
    shutil.copytree(DUMPS / name / "dump", place, symlinks=True)
    return place


def _engine(place: Path, name: str, config: dict[str, Any], spec: dict[str, Any]) -> Path:
    images(name, place / "checkpoint")
    for each in ("dump.log", "stats-dump"):
        if (place / "checkpoint" / each).exists():
            (place / "checkpoint" / each).rename(place / each)
    (place / "config.dump").write_text(json.dumps(config))
    (place / "spec.dump").write_text(json.dumps(spec))
    (place / "artifacts").mkdir()
    with tarfile.open(place / "rootfs-diff.tar", "w") as archive:
        _add(archive, "etc/motd", b"welcome\n")
        _add(archive, "var/lib/counter/state", b"41\n")
    (place / "deleted.files").write_text(json.dumps(["/tmp/gone", "/etc/old.conf"]))
    return place


def podman(place: Path, name: str = "prot-none-1g") -> Path:
    place.mkdir()
    _engine(place, name, CONFIG, SPEC)
    (place / "network.status").write_text(json.dumps(NETWORK))
    return place


def crio(place: Path, name: str = "prot-none-1g") -> Path:
    place.mkdir()
    _engine(place, name, CONFIG, SPEC | {"annotations": KUBELET})
    (place / "bind.mounts").write_text("{}")
    return place


def containerd(place: Path, name: str = "prot-none-1g") -> Path:
    place.mkdir()
    _engine(place, name, CONFIG | {"runtime": "io.containerd.runc.v2"}, SPEC | {"annotations": CONTAINERD})
    status = {"CreatedAt": 1772352000000000000, "StartedAt": 1772352001000000000, "Pid": 77}
    (place / "status").write_text(json.dumps(status))
    (place / "container.log").write_text("2026-03-01T08:00:01Z stdout F hello\n")
    return place


def docker(place: Path, name: str = "prot-none-1g") -> Path:
    inner = images(name, place / "checkpoints" / "c1")
    (inner / "config.json").write_text(json.dumps({"created": "2026-03-01T08:00:00Z", "name": "c1", "exit": True}))
    return place


def docker_work(place: Path, name: str = "prot-none-1g") -> Path:
    images(name, place)
    (place / "criu.work").mkdir()
    (place / "dump.log").rename(place / "criu.work" / "dump.log")
    return place


def lxd(place: Path, name: str = "prot-none-1g") -> Path:
    images(name, place / "c1" / "state")
    (place / "c1" / "rootfs").mkdir()
    (place / "c1" / "backup.yaml").write_text("container:\n  name: c1\n  architecture: x86_64\n")
    (place / "c1" / "metadata.yaml").write_text("architecture: x86_64\n")
    return place


def with_parent(place: Path, name: str = "incremental") -> Path:
    """Podman's --with-previous: the parent beside it."""
    shutil.copytree(DUMPS / name / "dump", place / "checkpoint", symlinks=True)
    shutil.copytree(DUMPS / name / "parent", place / "pre-checkpoint", symlinks=True)
    (place / "checkpoint" / "parent").unlink()
    (place / "checkpoint" / "parent").symlink_to("../pre-checkpoint")
    return place


def crac(place: Path, name: str = "prot-none-1g") -> Path:
    images(name, place)
    (place / "dump.log").rename(place / "dump4.log")
    for other in ("perfdata", "score", "tags"):
        (place / other).write_bytes(b"0" * 64)
    return place


def oci(place: Path, name: str = "prot-none-1g") -> Path:
    """An image as buildah and `checkpointctl build` make it: one layer, annotated."""
    blobs = place / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    layer = place.parent / f"{place.name}-layer"
    crio(layer, name)
    shutil.move(pack(layer, place.parent / f"{place.name}.layer.tar.gz"), place.parent / "layer")
    data = (place.parent / "layer").read_bytes()
    shutil.rmtree(layer)
    annotations = {
        "org.criu.checkpoint.container.name": "counter",
        "org.criu.checkpoint.engine.name": "CRI-O",
        "org.criu.checkpoint.engine.version": "1.33.1",
        "org.criu.checkpoint.criu.version": "4.2.1",
        "org.criu.checkpoint.runtime.version": "1.3.3",
        "org.criu.checkpoint.pod.name": "counters",
        "org.criu.checkpoint.pod.namespace": "default",
        "org.criu.checkpoint.rootImage.name": "quay.io/example/counter:1.2",
    }
    config = _blob(blobs, json.dumps({"architecture": "amd64", "os": "linux"}).encode())
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": config | {"mediaType": "application/vnd.oci.image.config.v1+json"},
        "layers": [_blob(blobs, data) | {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip"}],
        "annotations": annotations,
    }
    index = {
        "schemaVersion": 2,
        "manifests": [
            _blob(blobs, json.dumps(manifest).encode()) | {"mediaType": "application/vnd.oci.image.manifest.v1+json"}
        ],
    }
    (place / "index.json").write_text(json.dumps(index))
    (place / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return place


def _blob(blobs: Path, data: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    (blobs / digest).write_bytes(data)
    return {"digest": f"sha256:{digest}", "size": len(data)}


def pod(place: Path, name: str = "prot-none-1g") -> Path:
    """A pod's directory: a tar of each container, and what the engine says of the pod."""
    place.mkdir()
    made = crio(place.parent / "one", name)
    pack(made, place / "counter.tar")
    shutil.rmtree(made)
    (place / "pod.dump").write_text("{}")
    (place / "pod.options").write_text(json.dumps({"version": 1, "containers": {"counter": "counter"}}))
    return place


def stream(place: Path, name: str = "prot-none-1g", shards: int = 1, *, compressed: bool = False) -> Path:
    """A directory with the shards of a stream of criu-image-streamer."""
    place.mkdir()
    made = [io.BytesIO() for _ in range(shards)]
    for number, (marker, data) in enumerate(_markers(DUMPS / name / "dump")):
        body = (b"\x08" + _varint(number) if number else b"") + marker
        made[number % shards].write(struct.pack("<I", len(body)) + body + data)
    for number, shard in enumerate(made):
        content = shard.getvalue()
        if compressed:
            (place / f"img-{number}.lz4").write_bytes(lz4.frame.compress(content))
        else:
            (place / f"img-{number}.img").write_bytes(content)
    return place


def _markers(dump: Path) -> Iterator[tuple[bytes, bytes]]:
    """Marker without its number, and the bytes after it: files in pieces, one piece of each in turn."""
    waiting = [(path.name, io.BytesIO(path.read_bytes())) for path in sorted(dump.glob("*.img"))]
    current = None
    while waiting:
        for name, rest in list(waiting):
            if name != current:
                yield b"\x12" + _varint(len(name)) + name.encode(), b""
                current = name
            piece = rest.read(10_000)
            if piece:
                yield b"\x18" + _varint(len(piece)), piece
            else:
                yield b"\x20\x01", b""
                waiting.remove((name, rest))
    yield b"\x28\x01", b""


def _varint(value: int) -> bytes:
    found = b""
    while value > 0x7F:
        found += bytes((value & 0x7F | 0x80,))
        value >>= 7
    return found + bytes((value,))


def pack(place: Path, archive: Path) -> Path:
    """A directory as an archive, compressed as its name says, members named "./..." as engines name them."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as made:
        made.add(place, ".")
    data = plain.getvalue()
    archive.write_bytes(COMPRESSIONS[archive.suffix](data))
    return archive


def _compressions() -> dict[str, Callable[[bytes], bytes]]:
    import bz2
    import gzip
    import lzma

    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    return {
        ".tar": lambda data: data,
        ".gz": gzip.compress,
        ".zst": zstd.compress,
        ".bz2": bz2.compress,
        ".xz": lzma.compress,
    }


COMPRESSIONS = _compressions()


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


LAYOUTS: dict[str, Callable[[Path], Path]] = {
    "podman": podman,
    "podman-with-previous": with_parent,
    "crio": crio,
    "containerd": containerd,
    "docker": docker,
    "docker-work": docker_work,
    "lxd": lxd,
    "crac": crac,
    "oci": oci,
    "pod": pod,
    "stream": stream,
    "stream-of-shards": lambda place: stream(place, shards=3, compressed=True),
    "plain": lambda place: images("every-kind", place),
}

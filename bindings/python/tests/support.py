# SPDX-License-Identifier: Apache-2.0
"""Where the inputs are (made by tests/golden/inputs.c), and an image that takes a while."""
import hashlib
import io
import json
import os
import pathlib
import tarfile

INPUTS = pathlib.Path(os.environ["IMGASSURE_INPUTS"])
GOLDEN = pathlib.Path(os.environ["IMGASSURE_GOLDEN"])  # what the C program wrote
CASES = pathlib.Path(os.environ["IMGASSURE_CASES"])
OUT = pathlib.Path(os.environ["IMGASSURE_OUT"])  # an empty folder for what the tests write
NOW = 1750000000
FEED_DATE = 1700000000
MIB = 1 << 20


class Once:
    """A stream: it can be read, and no more."""

    def __init__(self, data, piece=1000):
        self.data = io.BytesIO(data)
        self.piece = piece

    def read(self, size):
        return self.data.read(min(size, self.piece))


def add(archive, name, data):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def layer(files):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            add(archive, name, data)
    return raw.getvalue()


def docker_archive(path, layers):
    """Writes a docker save archive of layers of {name: bytes}."""
    tars = [layer(files) for files in layers]
    config = json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [
        "sha256:" + hashlib.sha256(tar).hexdigest() for tar in tars]}}).encode()
    name = hashlib.sha256(config).hexdigest() + ".json"
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for i, tar in enumerate(tars):
            add(archive, f"{i}.tar", tar)
        add(archive, name, config)
        add(archive, "manifest.json", json.dumps([{"Config": name, "RepoTags": ["big:latest"], "Layers": [
            f"{i}.tar" for i in range(len(tars))]}]).encode())
    return path


def packages(count):
    """A dpkg status file."""
    return "".join(f"Package: p{i:05}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.{i}-1\n\n"
                   for i in range(count)).encode()


def big_image(path, megabytes=96, count=1000):
    return docker_archive(path, [{"etc/os-release": b"ID=debian\nVERSION_ID=12\n",
                                  "var/lib/dpkg/status": packages(count),
                                  "usr/data": bytes(megabytes * MIB)}])


def big_feed(count):
    return json.dumps({f"p{i:05}": {f"CVE-2024-{i:05}": {"releases": {"bookworm": {
        "status": "resolved", "fixed_version": "1.0-1", "urgency": "low"}}}} for i in range(count)}).encode()

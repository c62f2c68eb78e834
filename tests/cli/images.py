# SPDX-License-Identifier: Apache-2.0
"""Docker save archives for the tests of the tool: hostile texts, and one that takes long to read."""
import hashlib
import io
import json
import tarfile

# Everything that steers a terminal: escape, bell, DEL, C1, bidirectional override and isolate, BOM, line separator.
STEER = "\x1b[2J\x07\x7f\u009b31m\u202e\u2066\ufeff\u2028"


def member(tar, name, data=b"", **more):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in more.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data))


def layer(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in files.items():
            member(tar, name, data.encode())
    return out.getvalue()


def documents(diff_id, reference, created_by):
    config = json.dumps({"architecture": "amd64", "os": "linux", "created": "2024-01-02T03:04:05Z",
                         "history": [{"created_by": created_by}],
                         "rootfs": {"type": "layers", "diff_ids": [diff_id]}}).encode()
    name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = json.dumps([{"Config": name, "RepoTags": [reference], "Layers": ["layer.tar"]}]).encode()
    return {name: config, "manifest.json": manifest}


def save(path, files, reference="made:1", created_by="made"):
    data = layer(files)
    diff_id = "sha256:" + hashlib.sha256(data).hexdigest()
    with tarfile.open(path, mode="w") as tar:
        for name, document in documents(diff_id, reference, created_by).items():
            member(tar, name, document)
        member(tar, "layer.tar", data)


def package(name, version, more=""):
    return f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n{more}\n"


DEBIAN = "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n"


def hostile(path):
    status = (package("zlib1g", "1:1.2.13.dfsg-1", "Source: zlib\nMaintainer: M" + STEER + "\n") +
              package("bad" + STEER, "1.0") + package("tar", "1.34" + STEER) +
              package("libssl3", "3.0.8-1", f"Source: openssl{STEER} (3.0{STEER})\nHomepage: {STEER}\n"))
    save(path, {"etc/os-release": DEBIAN + f"PRETTY_NAME=\"Debian{STEER}\"\n",
                "var/lib/dpkg/status": status,
                f"var/lib/dpkg/status.d/{STEER}": package("d" + STEER, "1" + STEER),
                f"tmp/.wh.{STEER}": "",
                f"../{STEER}": "x"},
         reference="name" + STEER + ":1", created_by="RUN " + STEER)


def slow(path):
    """A layer of 6 GiB that takes no room on disk. Its digest is wrong, but that shows at its end only."""
    size = 6 << 30
    inner = tarfile.TarInfo("big")
    inner.size = size
    outer = tarfile.TarInfo("layer.tar")
    outer.size = size + 3 * 512
    with open(path, "wb") as out:
        with tarfile.open(fileobj=out, mode="w") as tar:
            for name, document in documents("sha256:" + "0" * 64, "slow:1", "made").items():
                member(tar, name, document)
            at = tar.offset
        out.seek(at)
        out.truncate()
        out.write(outer.tobuf(tarfile.USTAR_FORMAT))
        out.write(inner.tobuf(tarfile.USTAR_FORMAT))
        out.truncate(at + 512 + outer.size + 1024)

# SPDX-License-Identifier: Apache-2.0
"""An OCI layout of one layer from a folder, for tests that install something and ask what the inventory makes of it."""
import hashlib
import io
import json
import platform
import subprocess
import tarfile

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


def blob(folder, data):
    digest = hashlib.sha256(data).hexdigest()
    (folder / "blobs/sha256").mkdir(parents=True, exist_ok=True)
    (folder / "blobs/sha256" / digest).write_bytes(data)
    return {"digest": "sha256:" + digest, "size": len(data)}


def layer(root, below):
    """The folder as a layer that has it at the path below."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.add(root, arcname=str(below).strip("/") or ".")
    return out.getvalue()


def write(folder, root, below=""):
    data = layer(root, below)
    config = {"os": "linux", "architecture": MACHINES.get(platform.machine(), platform.machine()),
              "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(data).hexdigest()]}}
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST,
                "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                           **blob(folder, json.dumps(config).encode())},
                "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **blob(folder, data)}]}
    index = {"schemaVersion": 2, "manifests": [{"mediaType": MANIFEST, **blob(folder, json.dumps(manifest).encode())}]}
    (folder / "index.json").write_text(json.dumps(index))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def inventory(tool, folder, root, *options, below=""):
    """The inventory of the folder root at the path below; folder is made for the layout."""
    folder.mkdir()
    write(folder, root, below)
    done = subprocess.run([tool, "inventory", str(folder), "-q", "-o", "json", *options], capture_output=True)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{tool}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout)

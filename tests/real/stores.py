# SPDX-License-Identifier: Apache-2.0
"""stores.py TOOL IMAGES: an image in the storage of an engine gives the inventory that it gives as OCI layout.

containers-storage is filled by skopeo and buildah; Docker's root folder by dockerd where there is one, and always by a
small writer of its own (layerdb, imagedb, tar-split). Then files are changed at rest: each change must be told. Needs
root and skopeo; without them, or without images, exit 77."""
import base64
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

NAMES = ["alpine-3.18.9", "distroless-like", "node-alpine", "debian-bookworm", "nginx-bookworm"]
INTEGRITY = 4  # exit code
problems = []


def expect(holds, text):
    print(("ok       " if holds else "WRONG    ") + text, flush=True)
    if not holds:
        problems.append(text)


# Engines mount things: in a mount namespace of their own nothing is left behind.
def run(*command, **more):
    done = subprocess.run(["unshare", "--mount", *map(str, command)], capture_output=True, text=True, **more)
    if done.returncode != 0:
        print(f"{command[0]}: {done.stderr.strip()[-500:]}")
    return done.stdout.strip() if done.returncode == 0 else None


def inventory(tool, image, *options):
    done = subprocess.run([tool, "inventory", image, "-q", "-o", "json", *options], capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else (done.returncode, done.stderr.strip())


# Docker does not keep what the layers were before they were unpacked.
LOST = ("digest", "size", "mediaType")


def facts(document, is_docker):
    image = {k: v for k, v in document["image"].items() if k not in ("form", "reference")}
    layers = [dict(layer) for layer in document["layers"]]
    if is_docker:
        image.pop("manifestDigest")
        for layer in layers:
            for key in LOST:
                layer.pop(key)
    return {**document, "image": image, "layers": layers}


def compare(tool, stored, layout, is_docker=False):
    found, wanted = inventory(tool, stored), inventory(tool, layout)
    if isinstance(found, tuple) or isinstance(wanted, tuple):
        expect(False, f"{stored}: {found if isinstance(found, tuple) else wanted}")
        return
    found, wanted = facts(found, is_docker), facts(wanted, is_docker)
    different = [key for key in wanted if found.get(key) != wanted[key]]
    expect(not different and found["complete"], f"{stored}: {len(wanted['packages'])} packages {different}")


# Every kind of change of one file: content, size, absence, an added byte. An empty file has its own.
def tamper(tool, image, path):
    before = path.read_bytes()
    changes = {"changed": before[:-1] + bytes([before[-1] ^ 1]), "longer": before + b"x", "shorter": before[:-1]}
    for name, content in changes.items():
        path.write_bytes(content)
        found = inventory(tool, image)
        code, word = (1, "[truncated]") if name == "shorter" else (INTEGRITY, "[digest]")
        expect(isinstance(found, tuple) and found[0] == code and word in found[1], f"{image}: {path.name} {name}")
    path.unlink()
    found = inventory(tool, image)
    expect(isinstance(found, tuple) and "[not-found]" in found[1], f"{image}: {path.name} gone")
    path.write_bytes(before)
    expect(isinstance(inventory(tool, image), dict), f"{image}: {path.name} as before")


def tamper_empty(tool, image, diff):
    empty = next((p for p in sorted(diff.rglob("*")) if p.is_file() and not p.is_symlink() and p.stat().st_size == 0
                  and not p.name.startswith(".wh.")), None)
    if not empty:
        return
    empty.write_bytes(b"no longer empty")
    found = inventory(tool, image)
    expect(isinstance(found, tuple) and found[0] == INTEGRITY, f"{image}: {empty.name} no longer empty")
    empty.write_bytes(b"")


def copy_to_storage(images, root, name):
    where = f"[overlay@{root}/graph+{root}/run]localhost/{name}:v1"
    return run("skopeo", "copy", "-q", f"oci:{images}/{name}", f"containers-storage:{where}") is not None


def layout_digest(folder):
    return json.loads((folder / "index.json").read_text())["manifests"][0]["digest"]


def check_containers(tool, images, root, names):
    graph = root / "graph"
    stored = f"containers-storage:[{graph}]"
    for name in names:
        if not copy_to_storage(images, root, name):
            print("skopeo cannot fill a storage with the overlay driver here")
            sys.exit(77)
        compare(tool, f"{stored}localhost/{name}:v1", str(images / name))
    first = images / names[0]
    image_id = inventory(tool, str(first))["image"]["configDigest"].split(":")[1]
    for reference in (image_id, image_id[:7], layout_digest(first)):
        compare(tool, stored + reference, str(first))
    image = f"containers-storage:[{graph}]localhost/{names[0]}:v1"
    layers = {row["diff-digest"]: row["id"] for row in json.loads((graph / "overlay-layers/layers.json").read_text())}
    diff = graph / "overlay" / layers[inventory(tool, image)["layers"][0]["diffId"]] / "diff"
    tamper(tool, image, diff / "lib/apk/db/installed")
    tamper_empty(tool, image, diff)
    found = inventory(tool, str(graph))
    expect(len(names) == 1 or (isinstance(found, tuple) and "[ambiguous]" in found[1]), "several images need a name")


# An image of several layers that was never anything else: whiteouts, links, odd names.
def check_buildah(tool, root, base):
    buildah = ["buildah", "--root", root / "graph", "--runroot", root / "run", "--storage-driver", "overlay"]
    work = run(*buildah, "from", "--pull-never", f"localhost/{base}:v1")
    if not work:
        print("buildah cannot work here: its image is not looked at")
        return
    odd = root / "odd"
    (odd / "deep/er").mkdir(parents=True)
    (odd / "deep/er/one").write_text("one\n")
    (odd / "empty").write_text("")
    os.link(odd / "deep/er/one", odd / "hard")
    (odd / "link").symlink_to("deep")
    (odd / ("n" * 120)).write_text("a long name\n")
    (odd / "ümlaut").write_text("a name in UTF-8\n")
    with open(os.fsencode(odd) + b"/\xff\xfe", "wb") as file:
        file.write(b"a name that is not UTF-8\n")
    steps = [run(*buildah, "copy", work, odd, "/odd"), run(*buildah, "commit", "-q", work, "localhost/built:v1")]
    built = f"[overlay@{root}/graph+{root}/run]localhost/built:v1"
    steps.append(run("skopeo", "copy", "-q", f"containers-storage:{built}", f"oci:{root}/built:v1"))
    expect(None not in steps, "buildah makes an image")
    if None not in steps:
        found = inventory(tool, f"containers-storage:[{root}/graph]localhost/built:v1")
        wanted = inventory(tool, f"{root}/built")
        same = isinstance(found, dict) and [l["diffId"] for l in found["layers"]] == [
            l["diffId"] for l in wanted["layers"]] and found["packages"] == wanted["packages"]
        expect(same and len(found["layers"]) > 1, f"localhost/built:v1: {found if isinstance(found, tuple) else ''}")


def line(**members):
    return json.dumps(members, separators=(",", ":")) + "\n"


# The files of a layer's tar go below diff; what is left is its tar-split.
def split_layer(raw, diff):
    out, at = [], 0
    for entry in tarfile.open(fileobj=io.BytesIO(raw), errors="surrogateescape"):
        out.append(line(type=2, payload=base64.b64encode(raw[at:entry.offset_data]).decode(), position=0))
        name = entry.name.encode(errors="surrogateescape")
        try:
            named = {"name": name.decode()}
        except UnicodeDecodeError:
            named = {"name_raw": base64.b64encode(name).decode()}
        at = entry.offset_data
        if entry.isreg() and not os.path.basename(entry.name).startswith(".wh."):
            path = os.path.join(os.fsencode(diff), os.path.normpath(name.lstrip(b"/")))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(raw[at:at + entry.size])
        if entry.isreg() and entry.size:
            at += entry.size
            named["size"] = entry.size
        out.append(line(type=1, **named, payload=None, position=1))
    out.append(line(type=2, payload=base64.b64encode(raw[at:]).decode(), position=2))
    return "".join(out)


def blob(folder, digest):
    return (folder / "blobs" / digest.replace(":", "/")).read_bytes()


def write_docker(root, folder, name):
    store = root / "image/overlay2"
    manifest = json.loads(blob(folder, layout_digest(folder)))
    config = blob(folder, manifest["config"]["digest"])
    image_id = hashlib.sha256(config).hexdigest()
    (store / "imagedb/content/sha256").mkdir(parents=True, exist_ok=True)
    (store / "imagedb/content/sha256" / image_id).write_bytes(config)
    chain = ""
    for layer in manifest["layers"]:
        raw = gzip.decompress(blob(folder, layer["digest"]))
        diff_id = "sha256:" + hashlib.sha256(raw).hexdigest()
        parent, chain = chain, diff_id if not chain else (
            "sha256:" + hashlib.sha256(f"{chain} {diff_id}".encode()).hexdigest())
        place = store / "layerdb/sha256" / chain[7:]
        place.mkdir(parents=True, exist_ok=True)
        diff = root / "overlay2" / ("c" + chain[8:]) / "diff"
        diff.mkdir(parents=True, exist_ok=True)
        (place / "diff").write_text(diff_id)
        (place / "cache-id").write_text("c" + chain[8:])
        if parent:
            (place / "parent").write_text(parent)
        (place / "tar-split.json.gz").write_bytes(gzip.compress(split_layer(raw, diff).encode(), 1))
    return {f"{name}:latest": "sha256:" + image_id}


def check_docker(tool, images, root, names):
    table = {}
    for name in names:
        table[name] = write_docker(root, images / name, name)
        (root / "image/overlay2/repositories.json").write_text(json.dumps({"Repositories": table}))
        compare(tool, f"docker-root:[{root}]{name}", str(images / name), is_docker=True)
    short = table[names[0]][names[0] + ":latest"][7:19]
    compare(tool, f"docker-root:[{root}]{short}", str(images / names[0]), is_docker=True)
    image = f"docker-root:[{root}]{names[0]}"
    diff_id = inventory(tool, image)["layers"][0]["diffId"][7:]
    tamper(tool, image, root / "overlay2" / ("c" + diff_id[1:]) / "diff/lib/apk/db/installed")


# The real one, where it is installed and may run.
def check_dockerd(tool, images, root, names):
    if not shutil.which("dockerd") or not shutil.which("docker"):
        print("no dockerd: only the layout written here was looked at")
        return
    socket = f"unix://{root}/exec/docker.sock"
    command = ["unshare", "--mount", "dockerd", "--iptables=false", "--ip6tables=false", "--bridge=none",
               "--storage-driver", "overlay2", "--data-root", root / "data", "--exec-root", root / "exec",
               "--pidfile", root / "pid", "-H", socket]
    daemon = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    loaded = []
    try:
        for _ in range(120):
            if daemon.poll() is not None or run("docker", "-H", socket, "info") is not None:
                break
            time.sleep(0.5)
        if daemon.poll() is not None:
            print("dockerd does not run here")
            return
        for name in names:
            archive = images / f"{name}.docker.tar"
            if archive.exists() and run("docker", "-H", socket, "load", "-i", archive) is not None:
                loaded.append(name)
    finally:
        daemon.terminate()
        daemon.wait()
    for name in loaded:
        compare(tool, f"docker-root:[{root}/data]localhost/{name}", str(images / name), is_docker=True)
    expect(loaded, f"dockerd loaded {len(loaded)} images")


def main():
    tool, images = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    names = [name for name in NAMES if (images / name / "index.json").exists()]
    if not names or names[0] != NAMES[0] or os.geteuid() != 0 or not shutil.which("skopeo"):
        print("needs images, root and skopeo")
        sys.exit(77)
    root = pathlib.Path(tempfile.mkdtemp(prefix="stores-"))
    try:
        check_containers(tool, images, root / "podman", names)
        if shutil.which("buildah"):
            check_buildah(tool, root / "podman", names[0])
        check_docker(tool, images, root / "docker", names[:4])
        check_dockerd(tool, images, root / "dockerd", names)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(f"{len(problems)} problems")
    sys.exit(1 if problems else 0)


main()

# SPDX-License-Identifier: Apache-2.0
"""A part of an image's root from the layers of its layout, without the library: for tests that ask other tools."""
import io
import json
import os
import shutil
import subprocess
import tarfile


def blob(folder, descriptor):
    return (folder / "blobs" / descriptor["digest"].replace(":", "/")).read_bytes()


def layers(folder):
    """The layers of the first image of a layout, as tar files; None when one cannot be read here."""
    document = json.loads((folder / "index.json").read_text())
    while "manifests" in document:
        document = json.loads(blob(folder, document["manifests"][0]))
    for layer in document["layers"]:
        data = blob(folder, layer)
        if data[:4] == b"\x28\xb5\x2f\xfd":
            data = subprocess.run(["zstd", "-dcq"], input=data, capture_output=True, check=True).stdout
        yield tarfile.open(fileobj=io.BytesIO(data))


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.is_symlink() or path.exists():
        path.unlink()


def put(root, name, member, archive):
    target = root / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if member.isdir():
        target.mkdir(exist_ok=True)
        return
    remove(target)
    if member.issym():
        target.symlink_to(member.linkname)
    elif member.isreg():
        target.write_bytes(archive.extractfile(member).read())
    elif member.islnk() and (root / member.linkname).is_file():
        target.write_bytes((root / member.linkname).read_bytes())


def apply(root, archive, prefixes):
    """Puts what a layer has below the prefixes into root; removes what it removes."""
    for member in archive:
        name = os.path.normpath(member.name).lstrip("/")
        folder, last = os.path.split(name)
        if last == ".wh..wh..opq":
            for entry in (root / folder).iterdir() if (root / folder).is_dir() else []:
                remove(entry)
        elif last.startswith(".wh."):
            remove(root / folder / last[4:])
        elif name.startswith(prefixes):
            put(root, name, member, archive)


def unpack(image, root, *prefixes):
    """Writes the files of an image below the prefixes ("var/lib/dpkg/") to the folder root."""
    for archive in layers(image):
        apply(root, archive, prefixes)

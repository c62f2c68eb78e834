# SPDX-License-Identifier: Apache-2.0
"""OCI archives (image-spec 1.1) and docker save archives around given layers. Every digest and size is right unless a
case says otherwise."""
import hashlib
import json

from compression_writer import gzip, runs_of, zstd
from tarfile_writer import Tar

OCI = "application/vnd.oci.image."
MANIFEST, INDEX, CONFIG = OCI + "manifest.v1+json", OCI + "index.v1+json", OCI + "config.v1+json"
LAYER = OCI + "layer.v1.tar"
DOCKER = "application/vnd.docker."
SUFFIX = {"none": "", "gzip": "+gzip", "zstd": "+zstd"}


def sha256(data):
    digest = hashlib.sha256()
    for part, times in runs_of(data):
        for _ in range(times):
            digest.update(part)
    return "sha256:" + digest.hexdigest()


def sha512(data):
    return "sha512:" + hashlib.sha512(data).hexdigest()


def document(value):
    return value if isinstance(value, bytes) else json.dumps(value).encode()


class Layer:
    """A layer: the tar (Tar, bytes or runs) and how it is stored. Whatever is not given is right."""

    def __init__(self, content, compression="none", **given):
        content = content.runs if isinstance(content, Tar) else content
        pack = {"none": lambda runs: b"".join(p * n for p, n in runs), "gzip": gzip, "zstd": zstd}[compression]
        self.blob = given.pop("blob", None)
        if self.blob is None:
            self.blob = pack(runs_of(content))
        self.diff_id = given.pop("diff_id", None) or sha256(content)
        self.media_type = given.pop("media_type", LAYER + SUFFIX[compression])
        self.digest = given.pop("digest", None) or sha256(self.blob)
        self.size = given.pop("size", len(self.blob))
        self.more = given.pop("more", {})
        self.stored = given.pop("stored", True)
        if given:
            raise TypeError(f"unknown: {given}")

    def descriptor(self):
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size, **self.more}


def config_of(layers, **more):
    return {"architecture": "amd64", "os": "linux", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]}, **more}


def manifest_of(layers, config, **more):
    config = document(config)
    return {"schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": sha256(config), "size": len(config)},
            "layers": [layer.descriptor() for layer in layers], **more}


def index_of(*manifests, **more):
    return {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(manifests), **more}


def descriptor_of(data, media_type=MANIFEST, **more):
    data = document(data)
    return {"mediaType": media_type, "digest": sha256(data), "size": len(data), **more}


class Archive:
    """The outer archive: files by name, in the order in which they were added."""

    def __init__(self):
        self.tar = Tar()
        self.blobs = set()

    def file(self, name, data, **fields):
        if len(name) > 100:
            self.tar.pax(("path", name))
            name = name[:100]
        self.tar.file(name, data, **fields)
        return self

    def blob(self, data, digest=None):
        data = document(data)
        name = "blobs/" + (digest or sha256(data)).replace(":", "/")
        if name in self.blobs:
            return self
        self.blobs.add(name)
        return self.file(name, data)

    def bytes(self, end=2):
        return Tar().raw(self.tar.bytes()).end(end).bytes()


def layout(archive, index, version="1.0.0"):
    archive.file("oci-layout", document({"imageLayoutVersion": version}))
    return archive.file("index.json", document(index))


def oci_archive(layers, *, config=None, manifest=None, index=None):
    """The archive, still open for more members. config, manifest and index: documents (values or bytes) or functions
    that change the right one."""
    config = changed(config, config_of(layers))
    manifest = changed(manifest, manifest_of(layers, config))
    index = changed(index, index_of(descriptor_of(manifest)))
    archive = Archive()
    for layer in layers:
        if layer.stored:
            archive.blob(layer.blob, layer.digest)
    archive.blob(config).blob(manifest)
    return layout(archive, index)


def changed(change, right):
    if change is None:
        return right
    return change(right) if callable(change) else change


def oci(layers, **documents):
    return oci_archive(layers, **documents).bytes()


def docker_archive(layers, *, names=None, config=None, config_name=None, manifest=None):
    """A docker save archive; names are those of the layers."""
    names = names or [f"{i:064x}/layer.tar" for i in range(len(layers))]
    config = document(changed(config, config_of(layers)))
    config_name = config_name or sha256(config)[7:] + ".json"
    entry = {"Config": config_name, "RepoTags": ["hostile:latest"], "Layers": names}
    archive = Archive()
    for name, layer in zip(names, layers):
        if layer.stored:
            archive.file(name, layer.blob)
    archive.file(config_name, config)
    return archive.file("manifest.json", document(changed(manifest, [entry])))


def docker(layers, **documents):
    return docker_archive(layers, **documents).bytes()

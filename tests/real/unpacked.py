# SPDX-License-Identifier: Apache-2.0
"""An OCI archive once more with its gzip layers unpacked, so that damage to a layer is damage to a tar and not to a
compressed stream. Documents are edited as JSON; one that is not JSON stays as it is."""
import hashlib
import io
import json
import tarfile
import zlib

MOST = 4 << 20  # bytes of one layer
BLOBS = "blobs/sha256/"


def inflated(data):
    """The content of a gzip stream of one member, or None."""
    if data[:2] != b"\x1f\x8b":
        return None
    stream = zlib.decompressobj(31)
    try:
        content = stream.decompress(data, MOST)
    except zlib.error:
        return None
    return content if stream.eof and not stream.unused_data else None


def redirected(node, moved):
    """Whether a descriptor was changed; moved maps digests to (digest, size)."""
    if isinstance(node, list):
        return any([redirected(item, moved) for item in node])
    if not isinstance(node, dict):
        return False
    changed = any([redirected(value, moved) for value in node.values()])
    digest = node.get("digest")
    if isinstance(digest, str) and digest in moved:
        node["digest"], node["size"] = moved[digest]
        if str(node.get("mediaType", "")).endswith("+gzip"):
            node["mediaType"] = node["mediaType"][:-len("+gzip")]
        return True
    return changed


def edited(data, moved):
    """The document with its descriptors changed, or None."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return json.dumps(document).encode() if redirected(document, moved) else None


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def move(files, name, data, moved):
    """Replaces a blob; its new name is that of its new digest."""
    if name.startswith(BLOBS):
        moved["sha256:" + name[len(BLOBS):]] = (digest(data), len(data))
    files[name] = data


def settle(files, moved):
    """Edits documents until none points at an old blob: an index, its manifests, and an index above are three."""
    for _ in range(4):
        for name, data in list(files.items()):
            new = edited(data, moved) if len(data) < MOST and data[:1] in (b"{", b"[") else None
            if new is not None:
                move(files, name, new, moved)


def members(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive if m.isreg()}


def written(files, moved):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            if name.startswith(BLOBS) and "sha256:" + name[len(BLOBS):] in moved:
                member.name = BLOBS + digest(data)[len("sha256:"):]
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def unpacked(data):
    """The other archive, or None when there is nothing to unpack."""
    try:
        files = members(data)
    except (tarfile.TarError, EOFError, ValueError):
        return None
    moved, found = {}, False
    for name, blob in list(files.items()):
        content = inflated(blob)
        if content is not None:
            move(files, name, content, moved)
            found = True
    if not found:
        return None
    settle(files, moved)
    return written(files, moved)

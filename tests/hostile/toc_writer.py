# SPDX-License-Identifier: Apache-2.0
"""Tables of contents behind layers: eStargz (estargz.md of stargz-snapshotter) and zstd:chunked (pkg/chunked of
containers/storage), around tars that may be something else."""
import hashlib
import io
import json
import struct
import tarfile

from compression_writer import gzip, gzip_header, runs_of, skippable, zstd
from image_writer import LAYER, Layer, sha256
from tarfile_writer import Tar

NAME = "stargz.index.json"
TYPES = {tarfile.REGTYPE: "reg", tarfile.DIRTYPE: "dir", tarfile.SYMTYPE: "symlink", tarfile.LNKTYPE: "hardlink",
         tarfile.CHRTYPE: "char", tarfile.BLKTYPE: "block", tarfile.FIFOTYPE: "fifo"}
CHECKSUM = "io.github.containers.zstd-chunked.manifest-checksum"
POSITION = "io.github.containers.zstd-chunked.manifest-position"
DIGEST = "containerd.io/snapshot/stargz/toc.digest"


def entries_of(tar):
    """What an honest table of contents says of a tar."""
    archive = tarfile.open(fileobj=io.BytesIO(tar))
    for member in archive:
        entry = {"name": member.name, "type": TYPES[member.type], "mode": member.mode}
        if member.isreg():
            data = archive.extractfile(member).read()
            entry |= {"size": member.size, "digest": "sha256:" + hashlib.sha256(data).hexdigest()}
        if member.islnk() or member.issym():
            entry["linkName"] = member.linkname
        yield {key: value for key, value in entry.items() if value not in (0, "")}


def table(entries, **more):
    return json.dumps({"version": 1, "entries": list(entries), **more}).encode()


def stargz_footer(offset):
    """51 bytes: an empty member, whose only block is stored."""
    return gzip_header(extra=b"SG\x16\x00%016xSTARGZ" % offset) + b"\x01\x00\x00\xff\xff" + bytes(8)


def estargz(tar, toc, hidden=None, digest=None):
    """A layer of a tar without its end and a table; hidden: one behind the end of the archive, which the footer means."""
    files, index = gzip(tar), Tar().file(NAME, toc).end().bytes()
    blob, stream, offset = files + gzip(index), tar + index, len(files)
    if hidden is not None:
        more = Tar().file(NAME, hidden).end().bytes()
        blob, stream, offset = blob + gzip(more), stream + more, len(blob)
    annotations = {DIGEST: digest or sha256(hidden or toc)}
    return Layer(stream, blob=blob + stargz_footer(offset), media_type=LAYER + "+gzip", more={"annotations": annotations})


def chunked(tar, toc, hidden=None):
    """A layer of a tar with its end and a table; hidden: one that only the descriptor's annotations lead to."""
    blob = zstd(tar)
    packed = zstd(toc)
    said = (len(blob) + 8, len(packed), sum(len(part) * times for part, times in runs_of(toc)), 1)
    footer = struct.pack("<7Q", *said, 0, 0, 0) + b"GnUlInUx"
    if hidden is not None:
        packed_hidden = zstd(hidden)
        said = (len(blob) + len(packed) + 16, len(packed_hidden), len(hidden), 1)
        blob += skippable(packed) + skippable(packed_hidden) + skippable(footer)
        packed = packed_hidden
    else:
        blob += skippable(packed) + skippable(footer)
    annotations = {CHECKSUM: sha256(packed), POSITION: "%d:%d:%d:%d" % said}
    return Layer(tar, blob=blob, media_type=LAYER + "+zstd", more={"annotations": annotations})

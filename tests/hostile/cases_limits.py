# SPDX-License-Identifier: Apache-2.0
"""Limits of docs/limits.md: what is exactly as large as the default is read, what is one larger is not."""
import json

from case import Case, CASES, complete, error, noted
from compression_writer import gzip
from image_writer import LAYER, Layer, oci, oci_archive, sha256
from cases_manifest import nested
from system import DATABASE, OS_RELEASE, STATUS, base, debian, image
from tarfile_writer import Tar, pax_record

OVER = (error("LIMIT"),)
LEFT_OUT = (noted("SKIPPED"), error("LIMIT"))


def layers(count):
    return oci([base()] * count)


def manifest_bytes(size):
    return oci([base()], manifest=lambda right: json.dumps(right).encode().ljust(size))


def config_bytes(size):
    return oci([base()], config=lambda right: json.dumps(right).encode().ljust(size))


def json_depth(depth):
    """The document is the first level."""
    inside = "[" * (depth - 1) + "]" * (depth - 1)
    return oci([base()], config=lambda right: (json.dumps(right)[:-1] + f', "x": {inside}}}').encode())


def archive_members(count):
    archive = oci_archive([base()])  # five of them
    archive.tar.raw(Tar().dir("folder/").bytes(), count - 5)
    return archive.bytes()


def path_bytes(size):
    return image(debian().pax(("path", ("n" * 99 + "/") * (size // 100) + "n" * (size % 100))).file("x", "y"))


def path_components(count):
    return image(debian().pax(("path", "/".join("d" * count))).file("x", "y"))


def tar_header_bytes(size):
    value = "x" * (size - len(pax_record("comment", "x" * size)) + size)
    return image(debian().pax(("comment", value)).file("x", "y"))


def links(count):
    """The database itself is the first one."""
    tar = Tar().file("etc/os-release", OS_RELEASE).symlink(STATUS, "/l/1").file(f"l/{count}", DATABASE)
    for number in range(1, count):
        tar.symlink(f"l/{number}", f"/l/{number + 1}")
    return image(tar)


def gzip_members(count):
    content = debian().end().bytes()
    blob = gzip(b"") * (count - 1) + gzip(content)
    return image(Layer(b"", blob=blob, diff_id=sha256(content), media_type=LAYER + "+gzip"))


NOTHING_SHOWN = (noted("LINK_LOOP", has=[], may=["DB_PARTIAL", "NO_PACKAGES", "OS", "LINK"]),
                 noted("DB_PARTIAL", has=[], may=["LINK_LOOP", "OS", "LINK", "NO_PACKAGES"]))
ROWS = [ # what, the default, what is right one over it
    (layers, 512, OVER),
    (manifest_bytes, 4 << 20, OVER),
    (config_bytes, 4 << 20, OVER),
    (json_depth, 128, (error("LIMIT", "FORMAT"),)),
    (nested, 4, OVER),
    (archive_members, 65536, OVER),
    (path_bytes, 4096, LEFT_OUT),
    (path_components, 512, LEFT_OUT),
    (tar_header_bytes, 1 << 20, OVER),
    (links, 40, NOTHING_SHOWN),
    (gzip_members, 1000000, OVER),
]


def register():
    for make, limit, over in ROWS:
        name = make.__name__.replace("_", " ")
        for size, outcomes in ((limit, (complete("victim", may=["LINK"]),)), (limit + 1, over)):
            CASES.append(Case(f"{name}: {size}", "limits", lambda make=make, size=size: make(size), outcomes,
                              seconds=20, heavy=make in (gzip_members, layers)))


register()

# SPDX-License-Identifier: Apache-2.0
"""Layers damaged below digests that are right: nothing but the readers of tar and of databases stands in the way."""
import dataclasses
import random
from typing import Callable

from compression_writer import gzip, zstd
from image_writer import LAYER, Layer, sha256
from system import STATUS, alpine, debian, image, stanza
from tarfile_writer import GNU, Tar

CUTS, FLIPS = 30, 90


@dataclasses.dataclass(frozen=True)
class Job:
    name: str
    make: Callable[[], bytes]  # the layer, uncompressed
    pack: Callable[[bytes], Layer] = Layer
    area: str = "layer damage"

    def check(self, _, options, work):
        """Copies end in an error, or in packages, or are incomplete."""
        from run import Run, attempts, must
        paths = []
        for number, data in enumerate(damaged(self.make(), sum(self.name.encode()))):
            path = work / str(number)
            path.write_bytes(image(self.pack(data)))
            paths.append(str(path))
        found = attempts(Run([options.programs[0], "each", *paths], work))
        must(len(found) == len(paths), f"{len(found)} attempts")
        must(found[0][2] == 0 and found[0][4] > 0, "the intact layer has no packages")
        for number, (_, _, status, complete, packages) in enumerate(found):
            must(not (status == 0 and complete and packages == 0), f"copy {number}: complete, and without packages")
        refused = sum(status < 0 for _, _, status, _, _ in found)
        return f"{len(found) - 1} copies, {refused} refused"


def damaged(data, seed):
    """The intact bytes, then cut ones, then flipped ones."""
    chance = random.Random(seed)
    yield data
    for _ in range(CUTS):
        yield data[:chance.randrange(1, len(data))]
    for _ in range(FLIPS):
        copy = bytearray(data)
        copy[chance.randrange(len(copy))] ^= 1 << chance.randrange(8)
        yield bytes(copy)


def compressed(pack, suffix):
    """The compressed bytes are damaged, so the diff_id is that of the intact content."""
    content = debian().end().bytes()
    return Job(f"{suffix[1:]} stream", lambda: pack(content),
               lambda blob: Layer(b"", blob=blob, diff_id=sha256(content), media_type=LAYER + suffix))


def with_headers():
    tar = debian().pax(("path", "usr/share/" + "n" * 150), ("size", "3")).file("x", "abc", size=3)
    tar.gnu(b"L", b"usr/share/" + b"m" * 150).file("y", "abc", magic=GNU).hardlink("z", STATUS)
    return tar.symlink("l", "usr/share").file("var/lib/.wh.nothing").end().bytes()


def distroless():
    tar = Tar().file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
    for name in ("base-files", "tzdata", "victim"):
        tar.file(f"var/lib/dpkg/status.d/{name}", stanza(name))
    return tar.end().bytes()


def behind_links():
    tar = Tar().file("etc/os-release", "ID=debian\nVERSION_ID=12\n").file("srv/db", stanza("victim"))
    return tar.symlink("var/lib/dpkg", "../../srv/dpkg").symlink("srv/dpkg/status", "../db").end().bytes()


JOBS = [
    Job("dpkg", lambda: debian().end().bytes()),
    Job("apk", lambda: alpine().end().bytes()),
    Job("extension headers", with_headers),
    Job("distroless", distroless),
    Job("database behind links", behind_links),
    compressed(gzip, "+gzip"),
    compressed(zstd, "+zstd"),
]

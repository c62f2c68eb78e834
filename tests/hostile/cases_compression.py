# SPDX-License-Identifier: Apache-2.0
"""Compression: wrong trailers, what follows the end, frames that ask for too much, bombs whose digests are right."""
import bz2
import lzma
import random
import struct
import zlib

from case import case, complete, error, noted
from compression_writer import ZSTD_MAGIC, gzip, gzip_header, skippable, zstd
from image_writer import LAYER, Layer, sha256
from system import base, debian, image
from tarfile_writer import Tar

GIB = 1 << 30


def content():
    return debian().end().bytes()


def stored(blob, compression="gzip", diff_id=None):
    """An image of one layer with these bytes; its diff_id is that of the plain content."""
    suffix = {"gzip": "+gzip", "zstd": "+zstd", "none": ""}[compression]
    return image(Layer(b"", blob=blob, diff_id=diff_id or sha256(content()), media_type=LAYER + suffix))


def bomb(compression, size=GIB):
    tar = debian().zeros("usr/share/zeros", size).end()
    return image(Layer(tar, compression))


@case("gzip", complete("victim"))
def plain_gzip():
    return image(base("gzip"))


@case("zstd", complete("victim"))
def plain_zstd():
    return image(base("zstd"))


@case("gzip bomb of 1 GiB, digests right", complete("victim"), heavy=True, seconds=30)
def gzip_bomb():
    return bomb("gzip")


@case("zstd bomb of 1 GiB, digests right", complete("victim"), heavy=True, seconds=30)
def zstd_bomb():
    return bomb("zstd")


@case("gzip at the highest ratio there is", complete("victim"), heavy=True, seconds=20)
def gzip_ratio():
    tar = debian().zeros("usr/share/zeros", 256 << 20).end()
    return image(Layer(tar, "none", blob=gzip(tar.runs, level=9), media_type=LAYER + "+gzip"))


@case("database of 300 MiB of zeros",
      noted("SKIPPED", "DB_PARTIAL", has=[]), error("LIMIT"), heavy=True, seconds=20)
def database_bomb():
    """Over the limit of an analysed file: what is kept of it is bounded, and it does not read as empty."""
    tar = Tar().file("etc/os-release", "ID=debian\nVERSION_ID=12\n").zeros("var/lib/dpkg/status", 300 << 20).end()
    return image(Layer(tar, "gzip"))


@case("forty databases of 10 MiB each",
      complete("victim", may=["DB_PARTIAL"]), error("LIMIT"), heavy=True, seconds=20, mib=420)
def many_databases():
    tar = debian()
    for n in range(40):
        tar.zeros(f"var/lib/dpkg/status.d/{n}", 10 << 20)
    return image(Layer(tar.end(), "gzip"))


@case("gzip of wrong CRC", error("CHECKSUM"))
def wrong_crc():
    return stored(gzip(content(), crc=0x12345678))


@case("gzip of wrong length", error("CHECKSUM"))
def wrong_length():
    return stored(gzip(content(), size=12345))


@case("gzip without trailer", error("TRUNCATED"))
def no_trailer():
    return stored(gzip(content())[:-8])


@case("gzip cut in its data", error("TRUNCATED"))
def cut_data():
    blob = gzip(content())
    return stored(blob[:len(blob) // 2])


@case("gzip cut in its header", error("TRUNCATED", "FORMAT"))
def cut_header():
    return stored(gzip_header(name=b"x" * 100)[:50])


@case("gzip and garbage", error("FORMAT"))
def gzip_garbage():
    return stored(gzip(content()) + b"garbage behind the member")


@case("gzip and zero padding", complete("victim"), noted("TRAILING"))
def gzip_padding():
    return stored(gzip(content()) + bytes(1024))


@case("gzip in two members, cut in the database", complete("victim"))
def two_members():
    data = content()
    return stored(gzip(data[:1000]) + gzip(data[1000:]))


@case("second member has a wrong CRC behind the end of the tar", error("CHECKSUM"))
def second_member_wrong():
    data = content()
    return stored(gzip(data) + gzip(bytes(512), crc=1), diff_id=sha256(data + bytes(512)))


@case("hundred thousand empty members", complete("victim"), error("LIMIT"), heavy=True, seconds=20)
def empty_members():
    return stored(gzip(b"") * 100000 + gzip(content()))


@case("gzip header with every field, and long ones", complete("victim"))
def long_fields():
    return stored(gzip(content(), extra=bytes(65535), name=b"n" * (1 << 20), comment=b"c" * (1 << 20), header_crc=True))


@case("gzip header with a wrong CRC", error("CHECKSUM", "FORMAT"))
def wrong_header_crc():
    return stored(gzip(content(), name=b"a", header_crc=0x4242))


@case("gzip with reserved flags", error("FORMAT", "UNSUPPORTED"))
def reserved_flags():
    return stored(gzip(content(), flags=0x80))


@case("gzip of another method", error("FORMAT", "UNSUPPORTED"))
def other_method():
    return stored(gzip(content(), method=7))


@case("deflate with a distance before the start", error("FORMAT"))
def bad_distance():
    """One block of fixed codes: length 3, distance 1, end."""
    return stored(gzip_header() + b"\x03\x02\x00" + struct.pack("<II", 0, 0))


@case("deflate block of the reserved type", error("FORMAT"))
def bad_block():
    return stored(gzip_header() + b"\x07\x00\x00" + struct.pack("<II", 0, 0))


@case("gzip in gzip", error("FORMAT", "DIGEST", "TRUNCATED"))
def gzip_twice():
    inner = gzip(content())
    return stored(gzip(inner), diff_id=sha256(inner))


@case("gzip in gzip, with the digest of the innermost", error("FORMAT", "DIGEST", "TRUNCATED"))
def gzip_twice_digest():
    return stored(gzip(gzip(content())))


@case("zlib stream under the name of gzip", error("FORMAT", "UNSUPPORTED", "DIGEST", "TRUNCATED"))
def zlib_stream():
    return stored(zlib.compress(content()))


@case("plain tar under the name of gzip", noted("MEDIATYPE"))
def plain_as_gzip():
    return stored(content(), "gzip")


@case("gzip under the name of plain tar", noted("MEDIATYPE"))
def gzip_as_plain():
    return stored(gzip(content()), "none")


@case("zstd under the name of gzip", noted("MEDIATYPE"))
def zstd_as_gzip():
    return stored(zstd(content()), "gzip")


@case("xz layer", error("UNSUPPORTED"))
def xz():
    return stored(lzma.compress(content()), "none")


@case("bzip2 layer", error("UNSUPPORTED"))
def bzip2():
    return stored(bz2.compress(content()), "none")


@case("random bytes as gzip", error("FORMAT"))
def random_bytes():
    return stored(random.Random(7).randbytes(4096))


@case("zstd frames one after the other", complete("victim"))
def zstd_frames():
    data = content()
    return stored(zstd(data[:700]) + zstd(b"") + zstd(data[700:]), "zstd")


@case("zstd between skippable frames", complete("victim"))
def zstd_skippable():
    return stored(skippable(b"first") + zstd(content()) + skippable(bytes(70000), 15), "zstd")


@case("skippable frame of 4 GiB that is not there", error("TRUNCATED"))
def zstd_skippable_cut():
    return stored(zstd(content()) + skippable(b"")[:4] + b"\xff\xff\xff\xff" + b"x" * 100, "zstd")


@case("only a skippable frame", error("TRUNCATED", "FORMAT", "DIGEST"))
def zstd_only_skippable():
    return stored(skippable(b"nothing else"), "zstd")


@case("zstd and garbage", error("FORMAT"))
def zstd_garbage():
    return stored(zstd(content()) + b"garbage", "zstd")


@case("zstd cut", error("TRUNCATED"))
def zstd_cut():
    blob = zstd(content())
    return stored(blob[:len(blob) // 2], "zstd")


@case("zstd window of 2 GiB", error("LIMIT"))
def zstd_window():
    return stored(zstd(content(), window_log=31), "zstd")


@case("zstd window of 2 TiB", error("LIMIT", "FORMAT", "UNSUPPORTED"))
def zstd_window_largest():
    return stored(zstd(content(), window_log=41), "zstd")


@case("zstd window of 128 MiB", complete("victim"), mib=200)
def zstd_window_allowed():
    return stored(zstd(content(), window_log=27), "zstd")


@case("zstd content size of 2^60", error("FORMAT", "TRUNCATED", "LIMIT", "CHECKSUM"))
def zstd_content_size():
    return stored(zstd(content(), content_size=1 << 60, empty_end=False), "zstd")


@case("zstd content size of 2^60, last block empty", complete("victim"), error("FORMAT", "TRUNCATED", "CHECKSUM"))
def zstd_content_size_unchecked():
    """libzstd does not compare sizes when the last block is empty; the digest is right all the same."""
    return stored(zstd(content(), content_size=1 << 60), "zstd")


@case("zstd with a dictionary", error("UNSUPPORTED", "FORMAT"))
def zstd_dictionary():
    return stored(zstd(content(), dictionary=0xDEADBEEF), "zstd")


@case("zstd of wrong checksum", error("CHECKSUM"))
def zstd_checksum():
    return stored(zstd(content(), checksum=b"\x00\x00\x00\x00"), "zstd")


@case("zstd block of the reserved type", error("FORMAT"))
def zstd_reserved():
    return stored(struct.pack("<IBB", ZSTD_MAGIC, 0, 0x38) + b"\x07\x00\x00" + content()[:100], "zstd")


@case("three hundred thousand empty zstd frames", complete("victim"), error("LIMIT"), heavy=True, seconds=30)
def zstd_empty_frames():
    return stored(zstd(b"") * 300000 + zstd(content()), "zstd")


@case("uncompressed layer of zeros around the database", complete("victim"), heavy=True)
def plain_large():
    return image(debian().zeros("usr/share/zeros", 8 << 20))

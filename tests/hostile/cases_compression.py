# SPDX-License-Identifier: Apache-2.0
"""Compression: wrong trailers, what follows the end, frames that ask for too much, bombs whose digests are right."""
import lzma
import random
import struct
import zlib

from case import case, complete, error, noted
from compression_writer import ZSTD_MAGIC, bzip2, gzip, gzip_header, skippable, xz, xz_changed, zstd
from image_writer import LAYER, Layer, sha256
from system import base, debian, image
from tarfile_writer import Tar

GIB = 1 << 30
PACK = {"xz": xz, "bzip2": bzip2} # no media type says these: they are stored as plain layers


def content():
    return debian().end().bytes()


def stored(blob, compression="gzip", diff_id=None):
    """An image of one layer with these bytes; its diff_id is that of the plain content."""
    suffix = {"gzip": "+gzip", "zstd": "+zstd", "none": ""}[compression]
    return image(Layer(b"", blob=blob, diff_id=diff_id or sha256(content()), media_type=LAYER + suffix))


def bomb(compression, size=GIB):
    tar = debian().zeros("usr/share/zeros", size).end()
    if compression in PACK:
        return image(Layer(tar, blob=PACK[compression](tar.runs)))
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


@case("xz layer", noted("MEDIATYPE"))
def plain_xz():
    return stored(lzma.compress(content()), "none")


@case("xz under the name of gzip", noted("MEDIATYPE"))
def xz_as_gzip():
    return stored(xz(content()), "gzip")


@case("xz without a check", noted("MEDIATYPE"))
def xz_no_check():
    return stored(xz(content(), lzma.CHECK_NONE), "none")


@case("xz with SHA-256 and three filters", noted("MEDIATYPE"))
def xz_filters():
    return stored(xz(content(), lzma.CHECK_SHA256, [{"id": lzma.FILTER_DELTA, "dist": 3}, {"id": lzma.FILTER_X86}]), "none")


@case("xz streams and padding, cut in the database", noted("MEDIATYPE"))
def xz_streams():
    data = content()
    return stored(xz(data[:1000]) + bytes(4) + xz(b"") + xz(data[1000:]) + bytes(512), "none")


@case("xz bomb of 1 GiB, digests right", noted("MEDIATYPE"), heavy=True, seconds=30)
def xz_bomb():
    return bomb("xz")


@case("xz bomb in one block", noted("MEDIATYPE"), heavy=True, seconds=30)
def xz_bomb_block():
    tar = debian().zeros("usr/share/zeros", 256 << 20).end()
    return image(Layer(tar, blob=xz(b"".join(part * times for part, times in tar.runs))))


@case("xz with padding of three bytes", error("FORMAT"))
def xz_padding():
    return stored(xz(content()) + bytes(3), "none")


@case("xz and garbage", error("FORMAT"))
def xz_garbage():
    return stored(xz(content()) + b"garbage", "none")


@case("xz cut", error("TRUNCATED"))
def xz_cut():
    blob = xz(content())
    return stored(blob[:len(blob) // 2], "none")


@case("xz without its footer", error("TRUNCATED"))
def xz_no_footer():
    return stored(xz(content())[:-12], "none")


@case("xz of wrong check", error("CHECKSUM"))
def xz_check():
    """CRC-32 before the index, which has one record of two sizes: 00, 01, two and two bytes, padding, CRC-32."""
    blob = xz(content(), lzma.CHECK_CRC32)
    index = 4 * (struct.unpack_from("<I", blob, len(blob) - 8)[0] + 1)
    at = len(blob) - 12 - index - 1
    return stored(blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1:], "none")


@case("xz with an unknown check", error("UNSUPPORTED"))
def xz_unknown_check():
    return stored(xz_changed(xz(content()), 7, 2), "none")


@case("xz dictionary of 4 GiB", error("LIMIT"))
def xz_dictionary():
    return stored(xz_changed(xz(content()), 16, 40), "none")


@case("xz dictionary of 192 MiB", error("LIMIT"))
def xz_dictionary_over():
    return stored(xz_changed(xz(content()), 16, 31), "none")


@case("xz dictionary of 128 MiB", noted("MEDIATYPE"), mib=200)
def xz_dictionary_allowed():
    return stored(xz_changed(xz(content()), 16, 30), "none")


@case("xz footer that tells another size of the index", error("FORMAT"))
def xz_backward_size():
    blob = xz(content())
    return stored(xz_changed(blob, len(blob) - 8, blob[-8] + 1), "none")


@case("xz index of two records for one block", error("FORMAT"))
def xz_index():
    blob = xz(content())
    index = len(blob) - 12 - 4 * (struct.unpack_from("<I", blob, len(blob) - 8)[0] + 1)
    return stored(xz_changed(blob, index + 1, 2), "none")


@case("hundred thousand empty xz streams", noted("MEDIATYPE"), error("LIMIT"), heavy=True, seconds=20)
def xz_empty_streams():
    return stored(xz(b"") * 100000 + xz(content()), "none")


@case("xz in xz", error("FORMAT", "DIGEST", "TRUNCATED"))
def xz_twice():
    return stored(xz(xz(content())), "none")


@case("bzip2 layer", noted("MEDIATYPE"))
def plain_bzip2():
    return stored(bzip2(content()), "none")


@case("bzip2 under the name of zstd", noted("MEDIATYPE"))
def bzip2_as_zstd():
    return stored(bzip2(content(), 1), "zstd")


@case("bzip2 streams, cut in the database", noted("MEDIATYPE"))
def bzip2_streams():
    data = content()
    return stored(bzip2(data[:1000]) + bzip2(b"") + bzip2(data[1000:], 1), "none")


@case("bzip2 bomb of 1 GiB, digests right", noted("MEDIATYPE"), heavy=True, seconds=30)
def bzip2_bomb():
    return bomb("bzip2")


@case("bzip2 and zero padding", noted("MEDIATYPE", "TRAILING"))
def bzip2_padding():
    return stored(bzip2(content()) + bytes(512), "none")


@case("bzip2 and garbage", error("FORMAT"))
def bzip2_garbage():
    return stored(bzip2(content()) + b"garbage", "none")


@case("bzip2 cut", error("TRUNCATED"))
def bzip2_cut():
    blob = bzip2(content())
    return stored(blob[:len(blob) // 2], "none")


@case("bzip2 with a wrong CRC of its block", error("CHECKSUM"))
def bzip2_block_crc():
    blob = bzip2(content())
    return stored(blob[:10] + bytes([blob[10] ^ 1]) + blob[11:], "none")


@case("bzip2 with a wrong CRC over all", error("CHECKSUM"))
def bzip2_stream_crc():
    blob = bzip2(content())
    return stored(blob[:-3] + bytes([blob[-3] ^ 1]) + blob[-2:], "none")


@case("second bzip2 stream has a wrong CRC behind the end of the tar", error("CHECKSUM"))
def bzip2_second_wrong():
    data, more = content(), bzip2(bytes(512))
    more = more[:10] + bytes([more[10] ^ 1]) + more[11:]
    return stored(bzip2(data) + more, "none", diff_id=sha256(data + bytes(512)))


@case("twenty thousand empty bzip2 streams", noted("MEDIATYPE"), error("LIMIT"), heavy=True, seconds=20)
def bzip2_empty_streams():
    return stored(bzip2(b"") * 20000 + bzip2(content()), "none")


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
